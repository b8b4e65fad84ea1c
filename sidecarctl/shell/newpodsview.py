"""What Pods get that are created during a rollout, in a sentence; from the document of a plan, new or saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.shell.terminal import visible
from sidecarctl.sidecarset.rollout.pod_traits import some
from sidecarctl.upstream.fields import structs, text, text_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.fields import Value

_WHOLE: Final = "100%"


def new_pods_lines(document: Value) -> Iterator[str]:
    """Return the sentence; nothing for a plan that does not know."""
    parts = structs(document, "newPods")
    if parts:
        yield visible(f"New Pods: {', '.join(_said(one) for one in parts)}{_die(parts)}{_outside(parts[0])}")


def _said(one: Value) -> str:
    share = "" if text(one, "share") == _WHOLE else f"{text(one, 'share')} get "
    return f"{share}{_what(one)}{_WHOM.get(text(one, 'whom'), '')}"


_WHOM: Final = {
    "Selected": " if updateStrategy.selector selects them",
    "NotSelected": " if it does not",
}


def _what(one: Value) -> str:
    gets = text(one, "gets")
    if gets == "Nothing":
        return f"no sidecars, {text(one, 'reason') or 'injectionStrategy.paused is true'}"
    if gets == "Refusal":
        return f"refused by the webhook, {text(one, 'reason')}"
    if gets == "Latest":
        return "this version at once"
    images = ", ".join(text_map(one, "images").values())
    return f"revision {text(one, 'revision')} ({images}) of injectionStrategy"


def _outside(one: Value) -> str:
    """Which Pods the webhook's configuration leaves out."""
    labels, namespaces = text(one, "labels"), one.get("exceptIn")
    told = f"; only Pods that meet the webhook's objectSelector {labels}" if labels else ""
    if isinstance(namespaces, list) and namespaces:
        told += (
            f"; no sidecars in {some([str(name) for name in namespaces])}, left out by the webhook's namespaceSelector"
        )
    return told


def _die(parts: Sequence[Value]) -> str:
    is_thrown = any(text(one, "share") != _WHOLE for one in parts)
    return "; a cluster throws a die for each" if is_thrown else ""
