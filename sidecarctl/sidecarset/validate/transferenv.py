"""Group C, transferEnv: from which container a variable is taken over.

Upstream: VAL validateDownwardAPI; UTIL ExtractContainerNameFromFieldPath
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.validate.fieldref import split_subscript
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, all_invalid, invalid, required
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding

_ADVICE = "only metadata.labels['KEY'] and metadata.annotations['KEY'] can name the container"


def transfer_env_findings(sidecar: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Whether a container is named by a label or an annotation of the pod, where it is named by a field at all.

    Upstream: VAL validateContainersForSidecarSet
    """
    for index, transfer in enumerate(structs(sidecar, "transferEnv")):
        field_ref = struct(transfer, "sourceContainerNameFrom").get("fieldRef")
        if field_ref is not None:
            path = ("transferEnv", index, "sourceContainerNameFrom", "fieldRef")
            reference = struct(struct(transfer, "sourceContainerNameFrom"), "fieldRef")
            yield from _field_ref_findings(reference, where.at(*path, called=("transferEnv", "fieldRef")))


def _field_ref_findings(reference: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: VAL validateObjectFieldSelector."""
    version, path = text(reference, "apiVersion"), text(reference, "fieldPath")
    if not path:
        yield required("TRE001", where.at("fieldPath"))
        return
    field, subscript = split_subscript(path)
    why = ""
    if version != "v1":
        why = f"unsupported pod version: {version}"
    elif subscript is None:
        why = f"field label not supported: {path}"
    elif field not in {"metadata.labels", "metadata.annotations"}:
        why = f"field path not supported: {field}"
    if why or subscript is None:
        told = f"{why}; {_ADVICE}"
        yield invalid("TRE002", where.at("fieldPath"), path, f"error converting fieldPath: {why}", told)
        return
    key = subscript.lower() if field == "metadata.annotations" else subscript
    entry = where.at("fieldPath", called=())
    yield from all_invalid("TRE003", entry, key, formats.qualified_name(key))
