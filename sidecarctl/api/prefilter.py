"""Tell documents that cannot concern us by a search through their bytes, without parsing them.

Every answer errs on the safe side: a document passes that might be a target.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sidecarctl.upstream.types import SidecarSet

_CONTAINERS: Final = b"containers"
_ESCAPE: Final = re.compile(rb"\\[xuU/]")  # it may hide texts from a search
_TEMPLATE: Final = re.compile(rb"\{[{%]")  # what may be a template, or UTF-16, is to be refused, not passed over
_TOP_LEVEL_KIND: Final = re.compile(rb"\nkind:[ \t]*[\"']?(\w*)")
_NO_WORKLOADS: Final = frozenset(
    b"ConfigMap Secret CustomResourceDefinition Role ClusterRole Namespace SidecarSet ControllerRevision"
    b" ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy".split()
)


class Prefilter:
    """What a document must hold to be a target: containers, and the labels that some SidecarSet asks for."""

    def __init__(self, labels: Iterable[Collection[str]]) -> None:
        """Take, for each SidecarSet, texts that must all stand in whatever it selects."""
        self._labels = [[text.encode() for text in texts] for texts in labels]
        self._any_label = any(not texts for texts in self._labels)

    def may_concern(self, data: bytes) -> bool:
        """Whether a document may hold a target."""
        if (b"\\" in data and _ESCAPE.search(data)) or b"\0" in data or _TEMPLATE.search(data):
            return True
        if _CONTAINERS not in data:
            return False
        if not (self._any_label or any(all(text in data for text in texts) for texts in self._labels)):
            return False
        kinds = _TOP_LEVEL_KIND.findall(b"\n" + data if data.startswith(b"kind:") else data)
        return not (len(kinds) == 1 and kinds[0] in _NO_WORKLOADS)


def texts_selected(sidecar_set: SidecarSet) -> set[str]:
    """Return texts that stand in every document of which a SidecarSet selects something."""
    selector = (sidecar_set.get("spec") or {}).get("selector") or {}
    texts = {text for label in (selector.get("matchLabels") or {}).items() for text in label}
    for expression in selector.get("matchExpressions") or ():
        if expression.get("operator") in {"In", "Exists"}:
            texts.add(expression.get("key", ""))
    return texts
