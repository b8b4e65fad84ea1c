"""What a Pod goes by, and what several do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.upstream.fields import name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.upstream.types import Pod


def full_name(pod: Pod) -> str:
    """What a Pod goes by in plans: "namespace/name"."""
    return f"{namespace_of(pod)}/{name_of(pod)}"


def some(pods: Sequence[str], most: int = 3) -> str:
    """The first few of many names, and how many more there are."""
    rest = len(pods) - most
    return ", ".join(pods[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted_pods(number: int) -> str:
    """So many Pods, in words."""
    return "1 Pod" if number == 1 else f"{number} Pods"
