"""OpenKruise's SidecarSet webhook and controller, offline: plain JSON-shaped values in and out.

The names below are loaded when they are first asked for; importing the package costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sidecarctl.api.change import Change, Outcome
    from sidecarctl.api.check_values import Explanation, check, diff, why
    from sidecarctl.api.rollout import RolloutPlan, RolloutStage, plan, plan_stages, status
    from sidecarctl.api.validate import validate
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
    from sidecarctl.sidecarset.injection.inject import Injection
    from sidecarctl.yamledit.edit import Edit

__version__ = "0.1.0"

__all__ = [
    "Change",
    "ClusterRefused",
    "ConflictingEdits",
    "Edit",
    "Explanation",
    "Finding",
    "Injection",
    "InjectionRefused",
    "Outcome",
    "Position",
    "RolloutPlan",
    "RolloutStage",
    "Severity",
    "SidecarctlError",
    "UndecodableObject",
    "UnreadableDocument",
    "admit",
    "check",
    "diff",
    "inject",
    "inject_stream",
    "plan",
    "plan_stages",
    "status",
    "uninject",
    "validate",
    "why",
]

_HOMES = {
    "Change": "api.change",
    "Edit": "yamledit.edit",
    "Outcome": "api.change",
    "Explanation": "api.check_values",
    "Injection": "sidecarset.injection.inject",
    "RolloutPlan": "api.rollout",
    "RolloutStage": "api.rollout",
    "admit": "api.values",
    "check": "api.check_values",
    "diff": "api.check_values",
    "inject": "api.values",
    "inject_stream": "api.values",
    "plan": "api.rollout",
    "plan_stages": "api.rollout",
    "status": "api.rollout",
    "uninject": "api.values",
    "validate": "api.validate",
    "why": "api.check_values",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'finding')}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
