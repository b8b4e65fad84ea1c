"""Names of sidecarctl.yamledit that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.yamledit.document import BOM, Document, Origin, child, key_node
from sidecarctl.yamledit.edit import Edit, Splice, applied, diff, no_identity
from sidecarctl.yamledit.lines.outline import is_plain, stands_apart
from sidecarctl.yamledit.parse.nodes import Collection, Node
from sidecarctl.yamledit.parse.scalar import CORE, ScalarError, json_number, key_text, plain_value, tagged_value
from sidecarctl.yamledit.parse.values import start_of
from sidecarctl.yamledit.proof import Proof, events_of, prove
from sidecarctl.yamledit.stream import documents as stream_documents
from sidecarctl.yamledit.stream import lists, sifting
from sidecarctl.yamledit.stream.documents import Chunk, chunks, documents, documents_in
from sidecarctl.yamledit.stream.lists import KnownLists, Lists
from sidecarctl.yamledit.value import Value, same
from sidecarctl.yamledit.write.aliases import settled
from sidecarctl.yamledit.write.authorship import held_in_block
from sidecarctl.yamledit.write.emit import Style, after_colon, block_lines, item_lines, json_string, quoted, scalar_text
from sidecarctl.yamledit.write.flow import FlowStyle, flow_text, key_text_in_flow
from sidecarctl.yamledit.write.geometry import Geometry, UnsupportedEdit, content_end
from sidecarctl.yamledit.write.splice import resolved, spliced

__all__ = [
    "BOM",
    "CORE",
    "Chunk",
    "Collection",
    "Document",
    "Edit",
    "FlowStyle",
    "Geometry",
    "KnownLists",
    "Lists",
    "Node",
    "Origin",
    "Proof",
    "ScalarError",
    "Splice",
    "Style",
    "UnsupportedEdit",
    "Value",
    "after_colon",
    "applied",
    "block_lines",
    "child",
    "chunks",
    "content_end",
    "diff",
    "documents",
    "documents_in",
    "events_of",
    "flow_text",
    "held_in_block",
    "is_plain",
    "item_lines",
    "json_number",
    "json_string",
    "key_node",
    "key_text",
    "key_text_in_flow",
    "lists",
    "no_identity",
    "plain_value",
    "prove",
    "quoted",
    "resolved",
    "same",
    "scalar_text",
    "settled",
    "sifting",
    "spliced",
    "stands_apart",
    "start_of",
    "stream_documents",
    "tagged_value",
]
