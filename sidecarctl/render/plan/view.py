"""Reading of plan documents that all pictures of a plan share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.render.plan.timeline import LEGEND, sizes
from sidecarctl.render.text import counted, visible
from sidecarctl.sidecarset.rollout.pod_row import counts_sentence
from sidecarctl.sidecarset.rollout.pod_traits import some
from sidecarctl.sidecarset.rollout.stuck import NO_PODS
from sidecarctl.upstream.fields import struct, structs, text, text_map, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.upstream.fields import Value


_MOST_ROWS: Final = 24  # rounds before those that are alike are told as one


_EFFECTS: Final = {
    "Nothing": "nothing that concerns running containers",
    "InPlace": "in place, the sidecar restarts and the Pod stays",
    "HotUpgrade": "hot upgrade, the idle container takes over and the Pod stays",
    "NewPods": "only new Pods get it",
}


_TOLD_BY: Final = {
    "PLN001": "NotUpgradable",
    "PLN003": "MaxUnavailable",
    "PLN004": "Blocked",
    "PLN015": "Restarting",
    "PLN011": "NoPods",
}  # findings whose cause says it all


class Rounds(Record):
    """Rounds that do alike, one after the other."""

    first: Value
    last: Value

    @property
    def numbers(self) -> str:
        """Which ones: "3" or "3-7"."""
        first, last = self.first["round"], self.last["round"]
        return f"{first}" if first == last else f"{first}-{last}"

    @property
    def times(self) -> str:
        """When they are: "30s" or "30s-1m"."""
        first, last = shown(self.first, "at"), shown(self.last, "at")
        return first if first == last else f"{first}-{last}"


def rounds_to_show(document: Value) -> list[Rounds]:
    """Return the rounds of a plan; many rounds that do alike are told as one."""
    rounds = structs(document, "rounds")
    if len(rounds) <= _MOST_ROWS:
        return [Rounds(one, one) for one in rounds]
    grouped: list[Rounds] = []
    for one in rounds:
        if grouped and sizes(grouped[-1].last) == sizes(one):
            grouped[-1] = grouped[-1]._replace(last=one)
        else:
            grouped.append(Rounds(one, one))
    return grouped


def pods_in(round_: Value, key: str = "pods") -> Sequence[str]:
    """Return the names under a key of a round."""
    return texts(round_, key)


def title(document: Value) -> str:
    """Return what the plan is about."""
    about, release = struct(document, "sidecarSet"), shown(document, "kruiseVersion")
    return f"SidecarSet {shown(about, 'name')}, revision {shown(about, 'revision')}, OpenKruise {release}"


def change_lines(document: Value) -> Iterator[str]:
    """Say what the new version asks for, before any Pod is looked at."""
    change = struct(document, "change")
    if not change:
        return
    yield f"Change: {effect(change)}"
    for image in structs(change, "images"):
        yield f"  {shown(image, 'sidecar')}: image {shown(image, 'from')} -> {shown(image, 'to')}"
    for what, meaning in change_notes(change):
        yield f"  {visible(what)}: {meaning}"


def effect(change: Value) -> str:
    """Return what a change does to Pods, in words."""
    return _EFFECTS.get(text(change, "effect"), shown(change, "effect"))


def change_notes(change: Value) -> Iterator[tuple[str, str]]:
    """Say of the fields that change besides images what becomes of them."""
    for key, meaning in (
        ("fields", "asks for new Pods"),
        ("forNewPods", "for new Pods only, holds up nothing"),
        ("alongWithUpgrades", "written when a Pod is created, or upgraded for another reason"),
        ("policy", "changes no container"),
    ):
        if paths := texts(change, key):
            yield ", ".join(paths), meaning
    if restarts := change.get("templateRestarts"):
        yield "sidecars stand in pod templates", f"applying these again restarts {counted(cast('int', restarts))}"


def strategy_line(document: Value) -> str:
    """Return the strategy that decides, as it is written."""
    return visible(f"Strategy: {', '.join(f'{key} {value}' for key, value in strategy(document))}")


def strategy(document: Value) -> list[tuple[str, str]]:
    """Return the fields of the strategy, and what is written there."""
    from json import dumps

    written = struct(struct(document, "sidecarSet"), "updateStrategy")
    return [(key, value if isinstance(value, str) else dumps(value)) for key, value in written.items()]


def outcome_lines(document: Value) -> list[str]:
    """Say how it ends, and why not all Pods get there; what decides comes first."""
    causes = structs(document, "outcome")
    if is_empty(document):
        return [f"Ends: {ending(document)}"]
    return [*not_counted(document), f"Ends: {ending(document)}", *(f"  {cause_text(cause)}" for cause in causes)]


def not_counted(document: Value) -> list[str]:
    """Say how many Pods of the input do not count, and why; nothing where all do."""
    pods = struct(document, "pods")
    groups = [(cast("int", one.get("pods", 0)), shown(one, "message")) for one in structs(pods, "notCounted")]
    told = counts_sentence(cast("int", pods.get("counted", 0)), groups) if groups else ""
    return [told[0].upper() + told[1:]] if told else []


def is_empty(document: Value) -> bool:
    """Whether no Pod counts."""
    causes = structs(document, "outcome")
    return bool(causes) and causes[0].get("code") == NO_PODS


def ending(document: Value) -> str:
    """Return how far a rollout comes, and in how many rounds."""
    if is_empty(document):
        return shown(structs(document, "outcome")[0], "message")
    status = struct(struct(document, "final"), "status")
    rounds = len(structs(document, "rounds"))
    took = f"after {counted(rounds, 'round')}" if rounds else "no round changes a Pod"
    took += _time_taken(document) if rounds else ""
    matched, updated = cast("int", status.get("matchedPods", 0)), status.get("updatedPods", 0)
    ready = status.get("updatedReadyPods", 0)
    return f"{updated} of {counted(matched)} updated, {ready} of them ready, {took}"


def _time_taken(document: Value) -> str:
    timing = struct(document, "timing")
    if not timing:
        return ""
    bounds = f" ({shown(timing, 'shortest')} to {shown(timing, 'longest')})" if "longest" in timing else ""
    return f" in {shown(timing, 'duration')}{bounds}"


def finding_texts(document: Value) -> list[str]:
    """Return the findings that the outcome does not tell already."""
    return [f"{shown(one, 'severity')}: {finding_text(one)}" for one in findings(document)]


def findings(document: Value) -> list[Value]:
    """Return the findings that the outcome does not tell already."""
    told = {cause.get("code") for cause in structs(document, "outcome")}
    return [one for one in structs(document, "findings") if _TOLD_BY.get(text(one, "code")) not in told]


def finding_text(one: Value) -> str:
    """Return what a finding says."""
    about = f"{shown(one, 'resource')}: " if one.get("resource") else ""
    return f"{about}{shown(one, 'message')} [{shown(one, 'code')}]"


def legend(signs: Iterable[str]) -> list[str]:
    """Explain the signs that occur."""
    used = set("".join(signs))
    return [f"{sign} {meaning}" for sign, meaning in LEGEND.items() if sign in used]


def short(pods: Sequence[str], most: int = 3) -> str:
    """Return the first few of many names."""
    return visible(some(pods, most))


def shown(value: Value, key: str) -> str:
    """Return a text of a document so that it cannot play tricks on a terminal."""
    return visible(text(value, key))


def updated_and_ready(status: Value) -> tuple[str, str]:
    """Return how many Pods are updated, of how many, and how many are ready."""
    return f"{status.get('updatedPods', 0)}/{status.get('matchedPods', 0)}", str(status.get("readyPods", 0))


def cause_text(cause: Value) -> str:
    """Return which Pods a cause keeps back, and why."""
    number = cast("int", cause.get("pods", 0))
    return f"{counted(number)}: {cause_sentence(cause)}" if number else cause_sentence(cause)


def cause_sentence(cause: Value) -> str:
    """Return why Pods are kept back, with some of their names."""
    number, examples = cast("int", cause.get("pods", 0)), pods_in(cause, "examples")
    is_all = cause.get("code") in {"NotUpdate", "Paused", "MaxUnavailable"}  # their names add nothing to that
    more = f" and {number - len(examples)} more" if number > len(examples) else ""
    names = f" ({visible(', '.join(examples))}{more})" if examples and not is_all else ""
    return f"{shown(cause, 'message')}{names}"


_WHOLE: Final = "100%"


def new_pods_lines(document: Value) -> Iterator[str]:
    """Return the sentence; nothing for a plan that does not know."""
    parts = structs(document, "newPods")
    if parts:
        yield visible(f"New Pods: {', '.join(_said(one) for one in parts)}{_die(parts)}{_outside(parts[0])}")


def _said(one: Value) -> str:
    share = "" if text(one, "share") == _WHOLE else f"{text(one, 'share')} get "
    return f"{share}{_what(one)}{_WHOM.get(text(one, 'whom'), '')}"


_WHOM: Final = {
    "Selected": " if updateStrategy.selector selects them",
    "NotSelected": " if it does not",
}


def _what(one: Value) -> str:
    gets = text(one, "gets")
    if gets == "Nothing":
        return f"no sidecars, {text(one, 'reason') or 'injectionStrategy.paused is true'}"
    if gets == "Refusal":
        return f"refused by the webhook, {text(one, 'reason')}"
    if gets == "Latest":
        return "this version at once"
    images = ", ".join(text_map(one, "images").values())
    return f"revision {text(one, 'revision')} ({images}) of injectionStrategy"


def _outside(one: Value) -> str:
    """Which Pods the webhook's configuration leaves out."""
    labels, namespaces = text(one, "labels"), one.get("exceptIn")
    told = f"; only Pods that meet the webhook's objectSelector {labels}" if labels else ""
    if isinstance(namespaces, list) and namespaces:
        told += (
            f"; no sidecars in {some([str(name) for name in namespaces])}, left out by the webhook's namespaceSelector"
        )
    return told


def _die(parts: Sequence[Value]) -> str:
    is_thrown = any(text(one, "share") != _WHOLE for one in parts)
    return "; a cluster throws a die for each" if is_thrown else ""
