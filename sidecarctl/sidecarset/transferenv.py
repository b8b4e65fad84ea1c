"""The env that a sidecar takes over from other containers.

Upstream: UTIL GetSidecarTransferEnvs
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.upstream.types import Container, EnvVar, TransferEnvVar

EnvTable = dict[tuple[str, str], "EnvVar"]


def env_table(containers: Iterable[Container]) -> EnvTable:
    """Each env entry by its container's name and its own; the last of several."""
    return {
        (container.get("name", ""), env.get("name", "")): env
        for container in containers
        for env in container.get("env", ())
    }


def transferred_env(
    transfers: Iterable[TransferEnvVar], table: EnvTable, metadata: Mapping[str, Mapping[str, str]]
) -> Iterator[EnvVar]:
    """The entries that these transfers find, in order, names in order within each; what is missing is passed over.

    `metadata` holds the pod's annotations and labels.
    """
    for transfer in transfers:
        source = source_of(transfer, metadata)
        if source is not None:
            wanted = ((source, name) for name in names_wanted(transfer))
            yield from (table[key] for key in wanted if key in table)


def names_wanted(transfer: TransferEnvVar) -> list[str]:
    """The names of the env that a transfer takes over, in order."""
    one = transfer.get("envName", "")
    return sorted({*transfer.get("envNames", ()), *([one] if one else ())})


def source_of(transfer: TransferEnvVar, metadata: Mapping[str, Mapping[str, str]]) -> str | None:
    """The container that a transfer takes from, None where its reference cannot be followed."""
    reference = transfer.get("sourceContainerNameFrom", {}).get("fieldRef")
    if reference is None:
        return transfer.get("sourceContainerName", "")
    return _value_at(reference.get("fieldPath", ""), metadata)


def _value_at(field_path: str, metadata: Mapping[str, Mapping[str, str]]) -> str | None:
    """Look up `metadata.labels['key']` or `metadata.annotations['key']`, the only paths that upstream follows.

    Upstream: UTIL ExtractContainerNameFromFieldPath
    """
    field, bracket, key = field_path.removesuffix("']").partition("['")
    entries = metadata.get(field.removeprefix("metadata."))
    if not field_path.endswith("']") or not bracket or not field.startswith("metadata.") or entries is None:
        return None
    checked = key.lower() if field == "metadata.annotations" else key
    return entries.get(key, "") if _is_qualified_name(checked) else None


def _is_qualified_name(key: str) -> bool:
    """Upstream: k8s.io/apimachinery/pkg/util/validation/validation.go IsQualifiedName."""
    parts = _qualified_name().fullmatch(key)
    return parts is not None and len(parts["prefix"] or "") <= len("/") + 253 and len(parts["name"]) <= 63  # noqa: PLR2004 - DNS


@cache
def _qualified_name() -> re.Pattern[str]:
    label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
    return re.compile(rf"(?P<prefix>{label}(?:\.{label})*/)?(?P<name>(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])")
