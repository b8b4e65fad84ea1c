"""The Pods that count, each reduced to what a plan needs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.mark import NO_MARK, Mark
from sidecarctl.sidecarset.rollout.pace import AT_ONCE, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sidecarctl.sidecarset.rollout.left_out import LeftOut
    from sidecarctl.sidecarset.rollout.order import Standpoint
    from sidecarctl.sidecarset.rollout.pod_state import State
    from sidecarctl.sidecarset.rollout.unreadiness import Complaint
    from sidecarctl.upstream.selector import Requirement
    from sidecarctl.upstream.types import Pod


class Row(Record):
    """A Pod that a SidecarSet counts."""

    namespace: str
    name: str
    state: State
    is_selected: bool  # by updateStrategy.selector
    standpoint: Standpoint  # in the order of upgrade
    cannot_be_patched: bool  # its annotations refuse what the SidecarSet merges into them
    cannot_be_marked: bool  # the message of its SidecarSetUpgradable condition is beyond reading
    span: Span = AT_ONCE  # how long a restart of it takes
    mark: Mark = NO_MARK  # what stages tell it by
    complaints: tuple[Complaint, ...] = ()  # why it is not ready, as far as its status says

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def takes(self) -> int:
        """Milliseconds from the change of an image until it is ready."""
        return self.span.shortest if self.span.shortest == self.span.longest else self.span.of(str(self))


class Counted(Record):
    """The Pods that a SidecarSet counts, and what was noticed in finding them."""

    rows: Sequence[Row]  # by namespace and name
    examples: Mapping[str, Pod]  # a Pod for each hash without image that is not the SidecarSet's
    assumed: Mapping[str, Requirement]  # namespaces whose labels nobody gave, and what these would have decided
    left_out: Sequence[LeftOut] = ()  # the Pods that do not count, by reason
