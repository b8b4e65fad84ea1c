"""What a Pod goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.upstream import names

if TYPE_CHECKING:
    from sidecarctl.upstream.types import Pod


def namespace_of(pod: Pod) -> str:
    """The namespace a Pod is in, the default one where none is written."""
    return (pod.get("metadata") or {}).get("namespace") or names.DEFAULT_NAMESPACE


def full_name(pod: Pod) -> str:
    """What a Pod goes by in plans: "namespace/name"."""
    return f"{namespace_of(pod)}/{(pod.get('metadata') or {}).get('name') or ''}"
