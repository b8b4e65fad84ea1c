"""The command `admit`."""

import sys
from collections.abc import Sequence
from typing import cast

from sidecarctl.api.knowledge import Known, knowledge
from sidecarctl.api.values import admitted_as, revision_of
from sidecarctl.finding import UndecodableObject
from sidecarctl.shell import flags
from sidecarctl.shell.exits import Exit, UsageError
from sidecarctl.shell.formats import print_shown, yaml_stream
from sidecarctl.shell.gather import cluster_knowledge, documents_of, gathered_input
from sidecarctl.shell.options import ADMIT, Values
from sidecarctl.shell.settings import settled
from sidecarctl.upstream.names import HASH, HASH_WITHOUT_IMAGE
from sidecarctl.yamledit.value import Value


def run(given: Values) -> int:
    """Print the SidecarSets of the input as a cluster would store them; return the exit code."""
    values = settled(ADMIT, given)
    source = gathered_input(values)
    own = knowledge(documents_of(source))
    known = cluster_knowledge(values, source)
    if not own.sidecar_sets:
        raise UsageError("no SidecarSet in the input")
    if not values.get("no_validate"):
        from sidecarctl.shell.refuse import refuse_invalid_sets

        refuse_invalid_sets(known, values, flags.release(values))
    stored = [_admitted(one, values) for one in own.sidecar_sets]
    _print(flags.text(values, "output", "yaml"), stored, values)
    return Exit.OK


def _admitted(one: Known, values: Values) -> dict[str, Value]:
    try:
        return admitted_as(one.found.value, flags.text(values, "to"), flags.release(values))
    except UndecodableObject as error:
        path = (*one.found.path, *error.path)
        raise one.document.undecodable(error.message, path, one.found.resource) from None


def _print(output: str, stored: Sequence[dict[str, Value]], values: Values) -> None:
    release = flags.release(values)
    if output == "hash":
        for one in stored:
            metadata = cast("dict[str, dict[str, str]]", one["metadata"])
            annotations = metadata["annotations"]
            revision = revision_of(one, release)
            sys.stdout.write(f"{metadata['name']} {annotations[HASH]} {annotations[HASH_WITHOUT_IMAGE]} {revision}\n")
    elif output == "name":
        print_shown(
            "name", [f"sidecarset.apps.kruise.io/{cast('dict[str, str]', one['metadata'])['name']}" for one in stored]
        )
    elif output == "json":
        print_shown("json", list(stored))
    else:
        texts = [f"# revision: {revision_of(one, release)}\n{yaml_stream([one])}" for one in stored]
        sys.stdout.write("\n---\n".join(texts) + "\n")
