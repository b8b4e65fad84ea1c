"""What stages tell a Pod by, beyond its place in the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.owners import Owner


class Mark(Record):
    """All that is kept of a Pod's labels and owner."""

    is_canary: bool = False
    group: str | Owner | None = None  # the value of a label, or whose it is


NO_MARK: Final = Mark()
