"""What the author of a malformed field probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.workload import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.finding import FieldPath, Finding

# What a volume's source is called where only one thing of it was written.
_ONLY_FIELD: Final = {
    "configMap": "name",
    "downwardAPI": "items",
    "emptyDir": "sizeLimit",
    "hostPath": "path",
    "persistentVolumeClaim": "claimName",
    "secret": "secretName",
}
_WRONG_TYPE: Final = "SCH001"
_UNKNOWN_FIELD: Final = "SCH004"
_SELECTORS: Final = ("selector", "namespaceSelector", "matchSelector")


def advised(finding: Finding, sidecar_set: Mapping[str, object]) -> Finding:
    """The finding, with what to write instead where a value has the wrong shape or the wrong place."""
    if finding.code == _UNKNOWN_FIELD and finding.path[-2:-1] and finding.path[-2] in _SELECTORS:
        return finding._replace(help="labels stand below matchLabels")
    if finding.code != _WRONG_TYPE:
        return finding
    advice = _advice(finding.message, value_at(sidecar_set, finding.path), finding.path)
    return finding._replace(help=advice) if advice else finding


def _advice(message: str, value: object, path: FieldPath) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if message.endswith("a mapping"):
        if isinstance(value, list):
            return "write `key: value` lines, without dashes"
        return (
            f"write {name}: {{{_ONLY_FIELD[name]}: ...}}"
            if name in _ONLY_FIELD
            else "write `key: value` lines below it"
        )
    if message.endswith("a list"):
        return f"put a dash before each item of {name}"
    return ""
