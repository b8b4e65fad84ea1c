"""What a Pod goes by, and what several do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.upstream import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.upstream.types import Pod


def namespace_of(pod: Pod) -> str:
    """The namespace a Pod is in, the default one where none is written."""
    return (pod.get("metadata") or {}).get("namespace") or names.DEFAULT_NAMESPACE


def full_name(pod: Pod) -> str:
    """What a Pod goes by in plans: "namespace/name"."""
    return f"{namespace_of(pod)}/{(pod.get('metadata') or {}).get('name') or ''}"


def some(pods: Sequence[str], most: int = 3) -> str:
    """The first few of many names, and how many more there are."""
    rest = len(pods) - most
    return ", ".join(pods[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted_pods(number: int) -> str:
    """So many Pods, in words."""
    return "1 Pod" if number == 1 else f"{number} Pods"
