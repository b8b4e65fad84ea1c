"""Warnings about transferEnv: what no Pod has, no sidecar can take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.finding import FieldPath, Finding, Severity
from sidecarctl.sidecarset.transferenv import env_table, names_wanted, source_of
from sidecarctl.upstream.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.transferenv import EnvTable
    from sidecarctl.upstream.types import Pod, SidecarContainer, SidecarSet, TransferEnvVar

_Texts = dict[str, dict[str, str]]


def missing_transfers(before: Pod, after: Pod, sidecar_sets: Sequence[SidecarSet]) -> Iterator[Finding]:
    """What sidecars are to take over and do not find in this pod; worth a word where that is so of all pods (WRN050).

    `after` is the pod with their sidecars; the paths are those of the SidecarSets, as the cluster stores them.
    Raises UndecodableObject where it is no Pod.
    """
    transferring = [one for one in sidecar_sets if any(sidecar.get("transferEnv") for _, sidecar in _sidecars(one))]
    if not transferring:  # as most: nothing of the pod needs to be read
        return
    table = env_table(decode(before, "Pod").get("spec", {}).get("containers", []))
    metadata = decode(after, "Pod").get("metadata", {})
    texts: _Texts = {"annotations": metadata.get("annotations", {}), "labels": metadata.get("labels", {})}
    for one in transferring:
        for path, sidecar in _sidecars(one):
            for index, transfer in enumerate(sidecar.get("transferEnv", ())):
                for finding in _missing(transfer, table, texts):
                    where = (*path, "transferEnv", index, *finding.path)
                    told = f"{finding.message}, for {sidecar.get('name', '')} to take over"
                    name = one.get("metadata", {}).get("name", "")
                    yield finding._replace(message=told, path=where, sidecar_set=name)


def _missing(transfer: TransferEnvVar, table: EnvTable, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    source = source_of(transfer, texts)
    reference = transfer.get("sourceContainerNameFrom", {}).get("fieldRef")
    shown = (
        f"whose name is in {reference.get('fieldPath', '')}" if reference else transfer.get("sourceContainerName", "")
    )
    for name in names_wanted(transfer):
        if source is None or (source, name) not in table:
            told = f"no Pod of the input that it selects has env {name} in a container {shown}"
            advice = "env of app containers is copied, not what envFrom brings, nor that of init containers"
            yield Finding("WRN050", told, _place_of(name, transfer), Severity.WARNING, help=advice)


def _place_of(name: str, transfer: TransferEnvVar) -> FieldPath:
    names = transfer.get("envNames", [])
    return ("envNames", names.index(name)) if name in names else ("envName",)


def _sidecars(sidecar_set: SidecarSet) -> Iterator[tuple[FieldPath, SidecarContainer]]:
    spec = sidecar_set.get("spec", {})
    for index, sidecar in enumerate(spec.get("initContainers", ())):
        yield ("spec", "initContainers", index), sidecar
    for index, sidecar in enumerate(spec.get("containers", ())):
        yield ("spec", "containers", index), sidecar
