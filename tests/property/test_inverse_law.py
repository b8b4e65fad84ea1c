"""What was only put into collections is taken out again without a trace, where that can be."""

import re

from doors.yamledit import Document, Origin, content_end, diff, held_in_block, start_of
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import documents, filled, grown
from test_splice_law import document_and_value, named, output_of

from sidecarctl.finding import FieldPath


@given(documents(), st.data())
def test_taking_out_what_was_put_in_gives_the_same_bytes(text: str, data: st.DataObject) -> None:
    document, before = document_and_value(text)
    after = data.draw(grown(before))
    there = diff(before, after, named)
    assume(
        text.endswith(("\n", "\r", "\x85")) or not {"|", ">"} & set(text)
    )  # a block scalar must be closed to go on behind it
    assume(not document.tree.aliases)  # they are written out for an edit, and stay so
    assume(all(edit.op in {"add", "insert"} for edit in there))
    assume("\r" not in text or len(set(re.findall("\r\n|\r|\n", text))) == 1)  # a line has the break of the first line
    # A comment indented deeper than the first item, above it: it seems to be the last word of what is put above it.
    assume("#" not in text or all(edit.path[-1] != 0 for edit in there))

    output = output_of(document, there)

    assert output is not None
    changed = Document(output, Origin())
    back = diff(changed.value(), before, named)
    assume(all(edit.op == "remove" for edit in back))  # items without a name may be told apart in another way
    assert output_of(changed, back) == text


@given(documents(), st.data())
def test_what_held_nothing_and_was_filled_is_emptied_again(text: str, data: st.DataObject) -> None:
    document, before = document_and_value(text)
    after = data.draw(filled(before))
    there = diff(before, after, named)
    assume(there)
    assume(not document.tree.aliases)
    # Items without a name may be told apart in another way; what spells out that it is nothing is lost.
    assume(all(edit.op == "set" and edit.value and _is_written_as_nothing(document, edit.path) for edit in there))
    assume("[#" not in text and "{#" not in text)

    output = output_of(document, there)

    assert output is not None
    changed = Document(output, Origin())
    assert output_of(changed, diff(changed.value(), before, named)) == text


def _is_written_as_nothing(document: Document, path: FieldPath) -> bool:
    if document.value(path) is not None:
        return document.value(path) in ({}, [])
    node = held_in_block(document, path)
    return node is not None and start_of(node) == content_end(node)[0] and document.text[start_of(node) - 1] == ":"
