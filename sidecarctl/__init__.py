"""OpenKruise's SidecarSet webhook and controller, offline: admit, inject, uninject, plan, and what they found.

The names below are loaded when they are first asked for; importing the package costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sidecarctl.api.change import Change, Outcome
    from sidecarctl.api.rollout import plan, status
    from sidecarctl.api.validation import validate
    from sidecarctl.api.values import admit, inject, inject_stream, uninject
    from sidecarctl.finding import (
        ClusterRefused,
        ConflictingEdits,
        Finding,
        InjectionRefused,
        Position,
        Severity,
        SidecarctlError,
        UndecodableObject,
        UnreadableDocument,
    )
    from sidecarctl.sidecarset.rollout.plan import RolloutPlan
    from sidecarctl.yamledit.edit import Edit

__version__ = "0.1.0"

__all__ = [
    "Change",
    "ClusterRefused",
    "ConflictingEdits",
    "Edit",
    "Finding",
    "InjectionRefused",
    "Outcome",
    "Position",
    "RolloutPlan",
    "Severity",
    "SidecarctlError",
    "UndecodableObject",
    "UnreadableDocument",
    "admit",
    "inject",
    "inject_stream",
    "plan",
    "status",
    "uninject",
    "validate",
]

_HOMES = {
    "Change": "api.change",
    "Edit": "yamledit.edit",
    "Outcome": "api.change",
    "RolloutPlan": "sidecarset.rollout.plan",
    "admit": "api.values",
    "inject": "api.values",
    "inject_stream": "api.values",
    "plan": "api.rollout",
    "status": "api.rollout",
    "uninject": "api.values",
    "validate": "api.validation",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'finding')}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
