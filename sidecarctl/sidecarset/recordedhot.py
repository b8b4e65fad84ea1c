"""What a pod's annotations record of hot upgrades, once their containers are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.go.json_text import InvalidJson, read_json
from sidecarctl.upstream.names import ALTERNATE_VERSION_PREFIX, VERSION_PREFIX, WORKING_HOT_UPGRADE_CONTAINER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def without_hot_upgrades(annotations: Mapping[str, str], gone: Collection[str]) -> dict[str, str]:
    """The annotations without those of hot-upgraded containers that are gone."""
    ours = {f"{prefix}{name}" for prefix in (VERSION_PREFIX, ALTERNATE_VERSION_PREFIX) for name in gone}
    left = {key: value for key, value in annotations.items() if key not in ours}
    if left.get(WORKING_HOT_UPGRADE_CONTAINER):
        working = _without_working(left[WORKING_HOT_UPGRADE_CONTAINER], gone)
        if working:
            left[WORKING_HOT_UPGRADE_CONTAINER] = working
        else:
            del left[WORKING_HOT_UPGRADE_CONTAINER]
    return left


def _without_working(text: str, gone: Collection[str]) -> str:
    """The map of working containers without those that are gone; as it was where it cannot be read."""
    try:
        working = read_json(text)
    except InvalidJson:
        return text
    if not isinstance(working, dict):
        return text
    is_gone = {sidecar: isinstance(container, str) and container in gone for sidecar, container in working.items()}
    kept = {sidecar: container for sidecar, container in working.items() if not is_gone[sidecar]}
    if len(kept) == len(working):
        return text
    return encode_plain(kept) if kept else ""
