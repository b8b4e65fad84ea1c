"""Plans that were saved with `plan -o json`, to be printed otherwise."""

from collections.abc import Mapping
from typing import Final, cast

from sidecarctl.api.rolloutdocument import API_VERSION, KIND, Document
from sidecarctl.finding import UnreadableDocument
from sidecarctl.shell.stock import Met, Stock

_SHAPE: Final[Mapping[str, type]] = {
    "sidecarSet": dict,
    "outcome": list,
    "rounds": list,
    "final": dict,
    "findings": list,
}
_ROUND: Final[Mapping[str, type]] = {
    "round": int,
    "status": dict,
    "pods": list,
    "unavailable": int,
    "maxUnavailable": int,
}


def saved_plans(stock: Stock) -> list[Document]:
    """Return the saved plans of an input; none where it is something else.

    Raises `UnreadableDocument` for a plan that no sidecarctl has written.
    """
    return [_checked(met) for met in stock.workloads() if _is_plan(met)]


def _is_plan(met: Met) -> bool:
    return met.found.value.get("apiVersion") == API_VERSION and met.found.kind == KIND


def _checked(met: Met) -> Document:
    document = met.found.value
    rounds = document.get("rounds")
    is_sound = _fits(document, _SHAPE) and all(_fits(one, _ROUND) for one in cast("list[object]", rounds))
    if not is_sound and met.document is not None:
        message = "a RolloutPlan that sidecarctl has not written like this"
        raise UnreadableDocument(message, met.document.position(met.found.path))
    return document


def _fits(value: object, shape: Mapping[str, type]) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), kind) for key, kind in shape.items())
