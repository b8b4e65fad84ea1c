"""Group D: what an update may not change.

Upstream: VAL validateSidecarContainerConflict
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation.field_errors import SPEC, invalid
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding

_CONTAINERS: Final = SPEC.at("containers")


def update_findings(spec: Mapping[str, object], old_spec: Mapping[str, object]) -> Iterator[Finding]:
    """Containers may go, but never come, be renamed, or change how they are upgraded; initContainers may.

    Upstream: VAL validateSidecarContainerConflict
    """
    old_types = {text(old, "name"): _upgrade_type(old) for old in structs(old_spec, "containers")}
    for index, container in enumerate(structs(spec, "containers")):
        name = text(container, "name")
        if name not in old_types:
            where = _CONTAINERS.at(index, "name", called=("name",))
            told = f"an update cannot add or rename a container, and {name} is new: create another SidecarSet for it"
            yield invalid("UPD002", where, name, f"container {name} is not found", told)
        elif old_types[name] not in {"", _upgrade_type(container)}:
            path = ("upgradeStrategy", "upgradeType")
            where = _CONTAINERS.at(index, *path, called=path)
            told = f"upgradeType of the container {name} was {old_types[name]}, and cannot be changed"
            yield invalid("UPD001", where, name, f"container {name} upgradeType is immutable", told)


def _upgrade_type(container: Mapping[str, object]) -> str:
    return text(struct(container, "upgradeStrategy"), "upgradeType")
