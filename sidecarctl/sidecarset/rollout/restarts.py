"""The Pods that restart, and when they are ready again."""

# Strategy: no clock. Time is a number that goes on from the end of one restart to the end of the next, as nothing else
# happens in between. Rounds without a time are those of Pods that take none: all of a batch are ready for the next.

from __future__ import annotations

from heapq import heappop, heappush


class Restarts:
    """Restarts under way; Pods go by number, times are milliseconds since the rollout began."""

    __slots__ = ("_agenda", "_ends", "_pods", "now")

    def __init__(self) -> None:
        self.now = 0
        self._agenda: list[int] = []  # a heap of the moments at which some restart ends
        self._pods: dict[int, list[int]] = {}  # of each such moment
        self._ends: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._ends)

    def begin(self, pod: int, takes: int) -> None:
        """Let a Pod restart from now on; one that did so already begins anew."""
        end = self._ends[pod] = self.now + takes
        if end not in self._pods:
            heappush(self._agenda, end)
        self._pods.setdefault(end, []).append(pod)

    def ended_next(self) -> list[int]:
        """Go on to the next moment at which restarts end; the Pods that are through then."""
        ended: set[int] = set()  # a Pod that begins twice is listed twice
        while not ended and self._agenda:
            moment = heappop(self._agenda)
            ended = {pod for pod in self._pods.pop(moment) if self._ends.get(pod) == moment}
            self.now = moment if ended else self.now
        for pod in ended:
            del self._ends[pod]
        return sorted(ended)
