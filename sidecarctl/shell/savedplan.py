"""Plans that were saved with `plan -o json` or `-o yaml`, to be printed otherwise."""

from typing import TYPE_CHECKING, Final

from sidecarctl.api.rolloutdocument import API_VERSION, KIND, Document
from sidecarctl.api.stagesdocument import KIND as STAGES
from sidecarctl.finding import UndecodableObject, UnreadableDocument
from sidecarctl.shell.stock import Met, Stock

if TYPE_CHECKING:
    from pydantic import ValidationError

    from sidecarctl.finding import FieldPath

_KINDS: Final = frozenset({KIND, STAGES})


def saved_plans(stock: Stock) -> list[Document]:
    """Return the saved plans of an input, in stages or not; none where it is something else.

    Raises `UnreadableDocument`, or `UndecodableObject` where no line is known, for a plan that is none of ours.
    """
    return [_checked(met) for met in stock.workloads() if _is_plan(met)]


def are_stages(document: Document) -> bool:
    """Whether a plan is one in stages."""
    return document.get("kind") == STAGES


def _is_plan(met: Met) -> bool:
    return met.found.value.get("apiVersion") == API_VERSION and met.found.kind in _KINDS


def _checked(met: Met) -> Document:
    from pydantic import ValidationError

    from sidecarctl.shell.shapes.catalogue import PRINTED

    try:
        PRINTED[met.found.kind].model_validate(met.found.value)
    except ValidationError as error:
        raise _placed(error, met) from None
    return met.found.value


def _placed(error: "ValidationError", met: Met) -> UnreadableDocument | UndecodableObject:
    """The first thing that is wrong, and where."""
    from sidecarctl.finding import show_path

    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path: FieldPath = first["loc"]
    said = f"a {met.found.kind} that sidecarctl has not written like this: {first['msg']}"
    if met.document is None:
        return UndecodableObject(said, path, met.file)
    where = f"{show_path(path)}: " if path else ""
    return UnreadableDocument(f"{where}{said}", met.document.position((*met.found.path, *path)))
