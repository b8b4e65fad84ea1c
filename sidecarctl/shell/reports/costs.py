"""What sidecars cost: the requests of all Pods, by SidecarSet and namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.render.text import aligned
from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.injection.additions import Cost
from sidecarctl.upstream.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.api.explain import Explained


def cost_lines(found: Sequence[Explained]) -> Iterator[str]:
    """Return a table of requests, by SidecarSet and namespace."""
    sums: dict[tuple[str, str], tuple[int, Cost]] = {}
    for one in found:
        for name, brought in one.brought.items() if one.pods and not one.counted_with else ():
            pods, total = sums.get((name, one.namespace), (0, Cost()))
            sums[name, one.namespace] = pods + (one.pods or 0), total.plus(_times(brought.cost, one.pods or 0))
    if sums:
        rows = [("SIDECARSET", "NAMESPACE", "PODS", "CPU", "MEMORY")]
        rows += [
            (*key, str(pods), str(total.cpu), str(total.memory))
            for key, (pods, total) in sorted(sums.items(), key=_name)
        ]
        yield ""
        yield "requests of the sidecars, all Pods together:"
        yield from aligned([tuple(map(visible, row)) for row in rows])


def _name(item: tuple[tuple[str, str], object]) -> tuple[str, str]:
    return item[0]


def _times(cost: Cost, number: int) -> Cost:
    return Cost(*(Quantity(amount.nano * number, amount.format) for amount in cost))
