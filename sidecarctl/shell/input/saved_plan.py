"""Plans that were saved with `plan -o json` or `-o yaml`, to be printed otherwise."""

from typing import TYPE_CHECKING, Final

from sidecarctl.api.plan_document import API_VERSION, KIND, Document
from sidecarctl.api.plan_document import STAGES_KIND as STAGES
from sidecarctl.finding import UndecodableObject, UnreadableDocument
from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.errors import UsageError
from sidecarctl.shell.input.rollout import InputObject, InputObjects

if TYPE_CHECKING:
    from pydantic import ValidationError

    from sidecarctl.finding import FieldPath

OF_PLANNING: Final = (
    *("steps", "group_by", "canary", "in_place", "rounds"),
    *("never_ready", "ready_after", "from_", "kruise_version", "feature_gates"),
)
_KINDS: Final = frozenset({KIND, STAGES})


def saved_plans(objects: InputObjects) -> list[Document]:
    """Return the saved plans of an input, in stages or not; none where it is something else.

    Raises `UsageError` where something else stands beside them, and `UnreadableDocument` (or `UndecodableObject` where
    no line is known) for a plan that is none of ours.
    """
    found = list(objects.workloads())
    plans = [one for one in found if _is_plan(one)]
    if plans and len(plans) < len(found):
        other = next(one for one in found if not _is_plan(one))
        raise UsageError(f"{other.file}: {other.found.resource} beside saved plans, which are only printed again")
    return [*map(_checked, plans)]


def refuse_what_is_planned(flags: PlanFlags) -> None:
    """Raise `UsageError` for flags of the command line that make another plan: a saved one is only printed again."""
    named = [f"--{key.replace('_', '-').rstrip('-')}" for key in OF_PLANNING if key in flags.given]
    if named:
        raise UsageError(f"{', '.join(named)}: a saved plan is only printed again; plan from the SidecarSet for that")


def are_stages(document: Document) -> bool:
    """Whether a plan is one in stages."""
    return document.get("kind") == STAGES


def _is_plan(one: InputObject) -> bool:
    return one.found.value.get("apiVersion") == API_VERSION and one.found.kind in _KINDS


def _checked(one: InputObject) -> Document:
    from pydantic import ValidationError

    from sidecarctl.shell.schemas.catalogue import PRINTED

    try:
        PRINTED[one.found.kind].model_validate(one.found.value)
    except ValidationError as error:
        raise _placed(error, one) from None
    return one.found.value


def _placed(error: "ValidationError", one: InputObject) -> UnreadableDocument | UndecodableObject:
    """The first thing that is wrong, and where."""
    from sidecarctl.finding import show_path

    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path: FieldPath = first["loc"]
    said = f"a {one.found.kind} that sidecarctl has not written like this: {first['msg']}"
    if one.document is None:
        return UndecodableObject(said, path, one.file)
    where = f"{show_path(path)}: " if path else ""
    return UnreadableDocument(f"{where}{said}", one.document.position((*one.found.path, *path)))
