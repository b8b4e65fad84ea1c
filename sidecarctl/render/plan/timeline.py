"""The history of each Pod in a plan, round by round, with durations.

# Strategy: a plan may name a million Pods. Each is looked at once, for the columns in which it changes and how it ends:
its fate. A fate is shared by all Pods that fare alike, so what is drawn grows with the columns and not with the Pods.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.upstream.fields import struct, structs, text, text_map, texts
from sidecarctl.upstream.go.time import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.upstream.fields import Value


MOST_CELLS: Final = 60  # Pods, and columns, that are shown one by one


UPGRADED, EMPTIED, BOTH_RUN = "U", "R", "h"


UPDATED, STARTING, NOT_READY, WAITS, NOT_UPGRADABLE = "+", "~", "!", ".", "x"


LEGEND: Final = {
    UPGRADED: "upgraded in this round",
    STARTING: "updated, not ready yet",
    BOTH_RUN: "hot upgrade: both containers run",
    EMPTIED: "hot upgrade ends: the old container is emptied",
    UPDATED: "updated and ready",
    NOT_READY: "updated and not ready",
    WAITS: "old version",
    NOT_UPGRADABLE: "old version, not upgradable in place",
}


class Column(Record):
    """Rounds that are shown together: the index of the first, and of the one after the last."""

    start: int
    stop: int

    @property
    def label(self) -> str:
        """Which rounds: "3" or "3-7"."""
        return f"{self.start + 1}" if self.stop == self.start + 1 else f"{self.start + 1}-{self.stop}"


class Row(Record):
    """Pods that fare alike, and a sign for each column and for the end."""

    pods: Sequence[str]
    signs: str


class Timeline(Record):
    """Rows of signs; `hidden` Pods have no row any more."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    hidden: int = 0


class Fate(Record):
    """What becomes of a Pod: the columns in which it changes, when it is ready after each, and how it ends."""

    changes: tuple[tuple[int, str, int], ...] = ()  # column, sign, first column in which it is ready again
    end: str = UPDATED

    def sign(self, column: int, *, is_hot: bool) -> str:
        """Return what stands in a column; the end is one column more."""
        here = next((sign for at, sign, _ in self.changes if at == column), None)
        if here is not None:
            return here
        before = [change for change in self.changes if change[0] < column]
        if not before:
            return self.first_sign
        _, sign, ready = before[-1]
        settled = self.settled(sign, is_hot=is_hot)
        return STARTING if column < ready and self.end == UPDATED else settled

    @property
    def first_sign(self) -> str:
        """What stands before the first change."""
        if not self.changes or self.changes[0][1] == EMPTIED:
            return BOTH_RUN if self.changes and self.end in {UPDATED, NOT_READY} else self.end
        return WAITS

    def settled(self, change: str, *, is_hot: bool) -> str:
        """Return what stands after a change, once the Pod is ready again."""
        return self.end if self.end != UPDATED else BOTH_RUN if is_hot and change == UPGRADED else UPDATED


def columns_of(rounds: Sequence[Value], most: int = MOST_CELLS) -> list[Column]:
    """Return at most so many columns; rounds that do alike go together before others do."""
    if len(rounds) <= most:
        return [Column(index, index + 1) for index in range(len(rounds))]
    step = -(-len(rounds) // most)
    alike = _runs_of_alike(rounds, step * 2)
    if len(alike) <= most:
        return alike
    return [Column(start, min(start + step, len(rounds))) for start in range(0, len(rounds), step)]


def fates(document: Value, columns: Sequence[Column]) -> dict[Fate, list[str]]:
    """Return the Pods that have a part in a plan by what becomes of them, those that change first before the others."""
    changes: dict[str, tuple[tuple[int, str, int], ...]] = {}
    for pod, change in _changes(document, columns):
        changes[pod] = changes[pod] + change if pod in changes else change
    ends = _ends(struct(document, "final"))
    found: dict[Fate, list[str]] = {}
    last, alike = Fate(), found.setdefault(Fate(), [])
    for pod, changed in chain(changes.items(), ((pod, ()) for pod in ends if pod not in changes)):
        end = ends.get(pod, UPDATED)
        if changed is not last.changes or end is not last.end:  # neighbours mostly share theirs: a look-up saved
            last = Fate(changed, end)
            alike = found.setdefault(last, [])
        alike.append(pod)
    return {fate: pods for fate, pods in found.items() if pods}


def _ends(final: Value) -> dict[str, str]:
    """How the Pods end that are not updated and ready."""
    ends: dict[str, str] = dict.fromkeys(struct(final, "waiting"), WAITS)
    ends.update(dict.fromkeys(struct(final, "notUpgradable"), NOT_UPGRADABLE))
    ends.update(dict.fromkeys(texts(final, "unavailable"), NOT_READY))
    return ends


def is_hot(document: Value) -> bool:
    """Whether Pods are upgraded hot: an upgrade is over only when the old container is emptied."""
    images = structs(struct(document, "change"), "images")
    return any(one.get("resets") for one in structs(document, "rounds")) or any(image.get("hot") for image in images)


def timeline(document: Value, most: int = MOST_CELLS) -> Timeline | None:
    """Return the rows of a plan, with at most so many columns; None where no Pod has a part in it."""
    rounds = structs(document, "rounds")
    if not rounds:
        return None
    columns = columns_of(rounds, most)
    found, hot = fates(document, columns), is_hot(document)
    if sum(map(len, found.values())) <= MOST_CELLS:
        order = {pod: fate for fate, pods in found.items() for pod in pods}
        rows = [Row([pod], _signs(order[pod], columns, hot=hot)) for pod in _in_order(document, order)]
        return Timeline(columns, rows)
    by_signs: dict[str, list[str]] = {}
    for fate, pods in found.items():
        by_signs.setdefault(_signs(fate, columns, hot=hot), []).extend(pods)
    rows = [Row(pods, signs) for signs, pods in by_signs.items()]
    return Timeline(columns, rows[:MOST_CELLS], sum(len(row.pods) for row in rows[MOST_CELLS:]))


def most_columns(document: Value, cells: int) -> int:
    """Return how many columns have room in so many cells of a line, a blank before each and before the end."""
    rounds = structs(document, "rounds")
    for most in range(min(len(rounds), MOST_CELLS), 1, -1):
        if sum(len(column.label) + 1 for column in columns_of(rounds, most)) + len(" end") <= cells:
            return most
    return 1


def pods_with_a_part(document: Value) -> Iterator[str]:
    """Return the names of all Pods that a plan tells something of; some several times."""
    for one in structs(document, "rounds"):
        yield from texts(one, "pods")
        yield from texts(one, "resets")
    yield from _ends(struct(document, "final"))


def row_label(row: Row) -> str:
    """Return the first of the Pods that fare alike, and how many more there are."""
    return f"{row.pods[0]} and {len(row.pods) - 1} more" if len(row.pods) > 1 else row.pods[0]


def others(document: Value, found: Mapping[Fate, Sequence[str]]) -> dict[str, int]:
    """Return how many Pods no list of the plan names: updated from the beginning, or never looked at."""
    status = struct(struct(document, "final"), "status")
    updated = cast("int", status.get("updatedPods", 0)) - sum(
        len(pods) for fate, pods in found.items() if fate.end in {UPDATED, NOT_READY}
    )
    rest = cast("int", status.get("matchedPods", 0)) - sum(map(len, found.values()))
    return {UPDATED: max(updated, 0), WAITS: max(rest - max(updated, 0), 0)}


def _in_order(document: Value, pods: Mapping[str, Fate]) -> Iterator[str]:
    """The Pods as they come in the rounds, then the others."""
    yield from (pod for pod in dict.fromkeys(pods_with_a_part(document)) if pod in pods)


def _signs(fate: Fate, columns: Sequence[Column], *, hot: bool) -> str:
    return "".join(fate.sign(column, is_hot=hot) for column in range(len(columns) + 1))


def _changes(document: Value, columns: Sequence[Column]) -> Iterator[tuple[str, tuple[tuple[int, str, int]]]]:
    """Each change of each Pod, in the order of the rounds."""
    rounds = structs(document, "rounds")
    starts = [seconds_of(text(rounds[column.start], "at")) for column in columns]
    for number, column in enumerate(columns):
        for one in rounds[column.start : column.stop]:
            ready_at = text_map(one, "readyAt")
            for key, sign in (("pods", UPGRADED), ("resets", EMPTIED)):
                usual = ((number, sign, number + 1),)  # shared by all the Pods
                for pod in texts(one, key):
                    if pod in ready_at:
                        ready = bisect_left(starts, seconds_of(ready_at[pod]))
                        yield pod, ((number, sign, max(ready, number + 1)),)
                    else:
                        yield pod, usual


def _runs_of_alike(rounds: Sequence[Value], most: int) -> list[Column]:
    made: list[Column] = []
    for index, one in enumerate(rounds):
        last = made[-1] if made else None
        if last and last.stop - last.start < most and sizes(rounds[last.start]) == sizes(one):
            made[-1] = last._replace(stop=index + 1)
        else:
            made.append(Column(index, index + 1))
    return made


def sizes(round_: Value) -> tuple[int, int]:
    """Return how many Pods a round upgrades, and of how many it empties the old containers."""
    return len(texts(round_, "pods")), len(texts(round_, "resets"))


_PIECE: Final = r"[0-9]+(?:\.[0-9]+)?(?:h|ms|m|s|us|µs|ns)"


DURATION: Final = rf"^(?:0|(?:{_PIECE})+)$"


_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def seconds_of(duration: str) -> float:
    """Return the seconds of a duration."""
    return seconds(duration) or 0.0


def duration_of(moment: float) -> str:
    """Return seconds, rounded, in the largest units: "1m30s", "2h"."""
    rest, said = round(moment), ""
    for unit, size in (("h", 3600), ("m", 60), ("s", 1)):
        number, rest = divmod(rest, size)
        said += f"{number}{unit}" if number else ""
    return said or "0s"


def total(document: Value) -> str:
    """Return how long a plan takes, as it is written; empty where it has no time axis."""
    return text(struct(document, "timing"), "duration")


def has_times(document: Value) -> bool:
    """Whether each round of a plan says when it is."""
    rounds = structs(document, "rounds")
    return bool(rounds) and all("at" in one for one in rounds)


def last_moment(document: Value) -> float:
    """Return the seconds after which nothing changes any more."""
    moments = [seconds_of(total(document))]
    for one in structs(document, "rounds"):
        moments.append(seconds_of(text(one, "at")))
        moments += map(seconds_of, cast("dict[str, str]", struct(one, "readyAt")).values())
    return max(moments)


def marks(length: float, most: int) -> list[float]:
    """Return round moments from 0 to `length` seconds, at most so many."""
    step = next((step for step in _STEPS if length / step < most), None) or 86400 * -(-length // (86400 * (most - 1)))
    return [index * float(step) for index in range(int(length // step) + 1)]
