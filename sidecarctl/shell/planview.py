"""What the pictures of a plan have in common; they are drawn from its document, which may have been saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.rollout.causes import NO_PODS, some
from sidecarctl.sidecarset.rollout.fields import items, part, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.sidecarset.rollout.fields import Value

MOST_CELLS: Final = 60  # Pods, and rounds, that a timeline shows
_MOST_ROWS: Final = 24  # rounds before those that are alike are told as one

UPGRADED, EMPTIED, BOTH_RUN = "U", "R", "h"
UPDATED, NOT_READY, WAITS, NOT_UPGRADABLE = "+", "!", ".", "x"
LEGEND: Final = {
    UPGRADED: "upgraded in this round",
    BOTH_RUN: "hot upgrade: both containers run",
    EMPTIED: "hot upgrade ends: the old container is emptied",
    UPDATED: "updated and ready",
    NOT_READY: "updated and not ready",
    WAITS: "old version",
    NOT_UPGRADABLE: "old version, not upgradable in place",
}
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
    "PLN005": "Restarting",
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


def rounds_to_show(document: Value) -> list[Rounds]:
    """Return the rounds of a plan; many rounds that do alike are told as one."""
    rounds = items(document, "rounds")
    if len(rounds) <= _MOST_ROWS:
        return [Rounds(one, one) for one in rounds]
    grouped: list[Rounds] = []
    for one in rounds:
        if grouped and _kind(grouped[-1].last) == _kind(one):
            grouped[-1] = grouped[-1]._replace(last=one)
        else:
            grouped.append(Rounds(one, one))
    return grouped


def pods_in(round_: Value, key: str = "pods") -> Sequence[str]:
    """Return the names under a key of a round."""
    return cast("Sequence[str]", round_.get(key) or ())


def title(document: Value) -> str:
    """Return what the plan is about."""
    about, release = part(document, "sidecarSet"), shown(document, "kruiseVersion")
    return f"SidecarSet {shown(about, 'name')}, revision {shown(about, 'revision')}, OpenKruise {release}"


def change_lines(document: Value) -> Iterator[str]:
    """Say what the new version asks for, before any Pod is looked at."""
    change = part(document, "change")
    if not change:
        return
    yield f"Change: {_EFFECTS.get(text(change, 'effect'), shown(change, 'effect'))}"
    for image in items(change, "images"):
        yield f"  {shown(image, 'sidecar')}: image {shown(image, 'from')} -> {shown(image, 'to')}"
    for key, meaning in (
        ("fields", "asks for new Pods"),
        ("forNewPods", "for new Pods only, holds up nothing"),
        ("alongWithUpgrades", "written when a Pod is created, or upgraded for another reason"),
        ("policy", "changes no container"),
    ):
        if paths := cast("Sequence[str]", change.get(key)):
            yield f"  {visible(', '.join(paths))}: {meaning}"
    if restarts := change.get("templateRestarts"):
        yield f"  sidecars stand in pod templates: applying these again restarts {counted(cast('int', restarts))}"


def strategy_line(document: Value) -> str:
    """Return the strategy that decides, as it is written."""
    from json import dumps

    strategy = part(part(document, "sidecarSet"), "updateStrategy")
    said = (f"{key} {value if isinstance(value, str) else dumps(value)}" for key, value in strategy.items())
    return visible(f"Strategy: {', '.join(said)}")


def outcome_lines(document: Value) -> list[str]:
    """Say how it ends, and why not all Pods get there; what decides comes first."""
    status = part(part(document, "final"), "status")
    rounds = len(items(document, "rounds"))
    matched, updated = status.get("matchedPods", 0), status.get("updatedPods", 0)
    causes = items(document, "outcome")
    if causes and causes[0].get("code") == NO_PODS:
        return [f"Ends: {visible(text(causes[0], 'message'))}"]
    took = f"after {counted(rounds, 'round')}{_time_taken(document)}" if rounds else "no round changes a Pod"
    ready = status.get("updatedReadyPods", 0)
    head = f"Ends: {updated} of {counted(cast('int', matched))} updated, {ready} of them ready, {took}"
    return [head, *(f"  {_cause(cause)}" for cause in causes)]


def _time_taken(document: Value) -> str:
    timing = part(document, "timing")
    if not timing:
        return ""
    bounds = f" ({shown(timing, 'shortest')} to {shown(timing, 'longest')})" if "longest" in timing else ""
    return f" in {shown(timing, 'duration')}{bounds}"


def finding_texts(document: Value) -> list[str]:
    """Return the findings that the outcome does not tell already."""
    told = {cause.get("code") for cause in items(document, "outcome")}
    return [_finding(one) for one in items(document, "findings") if _TOLD_BY.get(text(one, "code")) not in told]


def timeline(document: Value) -> list[tuple[str, str]] | None:
    """Return each Pod that has a part in the plan, with a cell for each round and for the end; None if too many."""
    rounds = items(document, "rounds")
    final = part(document, "final")
    stuck = cast("Mapping[str, str]", part(final, "notUpgradable"))
    pods = dict.fromkeys(
        [*(pod for one in rounds for key in ("pods", "resets") for pod in pods_in(one, key)), *part(final, "waiting")]
    )
    pods.update(dict.fromkeys(stuck))
    if not rounds or len(rounds) > MOST_CELLS or len(pods) > MOST_CELLS:
        return None
    unavailable = set(cast("Sequence[str]", final.get("unavailable") or ()))
    is_hot = any(pods_in(one, "resets") for one in rounds)
    return [(pod, _cells(pod, rounds, is_bad=pod in unavailable, is_hot=is_hot, is_stuck=pod in stuck)) for pod in pods]


def legend(cells: Iterable[str]) -> list[str]:
    """Explain the signs that occur."""
    used = set("".join(cells))
    return [f"{sign} {meaning}" for sign, meaning in LEGEND.items() if sign in used]


def short(pods: Sequence[str], most: int = 3) -> str:
    """Return the first few of many names."""
    return visible(some(pods, most))


def shown(value: Value, key: str) -> str:
    """Return a text of a document so that it cannot play tricks on a terminal."""
    return visible(text(value, key))


def counted(number: int, word: str = "Pod") -> str:
    """Return a number of things."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _kind(round_: Value) -> tuple[int, int]:
    return len(pods_in(round_)), len(pods_in(round_, "resets"))


def _cause(cause: Value) -> str:
    number, examples = cast("int", cause.get("pods", 0)), pods_in(cause, "examples")
    who = f"{counted(number)}: " if number else ""
    is_all = cause.get("code") in {"NotUpdate", "Paused", "MaxUnavailable"}  # their names add nothing to that
    more = f" and {number - len(examples)} more" if number > len(examples) else ""
    names = f" ({visible(', '.join(examples))}{more})" if examples and not is_all else ""
    return f"{who}{shown(cause, 'message')}{names}"


def _finding(one: Value) -> str:
    about = f"{shown(one, 'resource')}: " if one.get("resource") else ""
    return f"{shown(one, 'severity')}: {about}{shown(one, 'message')} [{shown(one, 'code')}]"


def _cells(pod: str, rounds: Sequence[Value], *, is_bad: bool, is_hot: bool, is_stuck: bool) -> str:
    sign, cells = (NOT_UPGRADABLE if is_stuck else WAITS), ""
    for one in rounds:
        is_upgraded, is_reset = pod in pods_in(one), pod in pods_in(one, "resets")
        cells += UPGRADED if is_upgraded else EMPTIED if is_reset else sign
        if is_upgraded:
            sign = NOT_READY if is_bad else BOTH_RUN if is_hot else UPDATED
        elif is_reset and sign == BOTH_RUN:
            sign = UPDATED
    return cells + sign
