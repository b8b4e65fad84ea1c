"""What sidecars cost: the requests of all Pods, by SidecarSet and namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.shell.reports.table import aligned
from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.additions import Cost
from sidecarctl.upstream.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.api.explainer import Explained


def cost_lines(found: Sequence[Explained]) -> Iterator[str]:
    """Return a table of requests; what several SidecarSets bring to one Pod is not divided among them."""
    sums: dict[tuple[str, str], tuple[int, Cost]] = {}
    for one in found:
        if one.selected and one.pods:
            key = ", ".join(one.selected), one.namespace
            pods, total = sums.get(key, (0, Cost()))
            sums[key] = pods + one.pods, total.plus(_times(one.cost, one.pods))
    if sums:
        rows = [("SIDECARSETS", "NAMESPACE", "PODS", "CPU", "MEMORY")]
        rows += [(*key, str(pods), str(total.cpu), str(total.memory)) for key, (pods, total) in sums.items()]
        yield ""
        yield "requests of the sidecars, all Pods together:"
        yield from aligned([tuple(map(visible, row)) for row in rows])


def _times(cost: Cost, number: int) -> Cost:
    return Cost(*(Quantity(amount.nano * number, amount.format) for amount in cost))
