"""Tell documents that cannot concern us by a search through their bytes, without parsing them.

Every answer errs on the safe side: a document passes that might be a target.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.upstream.workload import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sidecarctl.upstream.types import SidecarSet

_CONTAINERS: Final = b"ontainers"  # a pod may have initContainers alone
# Kinds of workloads, to find one that has no containers; a knative.dev Service without any is not looked for.
_KINDS: Final = sorted({kind.encode() for _, kind in WORKLOADS} - {b"Service", b"Configuration"})
_TEMPLATE: Final = rb"\{[{%]"  # what may be a template, or UTF-16, is to be refused, not passed over
_ESCAPE: Final = rb"\\[xuU/\n\r]"
_LINE_BREAKS: Final = frozenset({b"\n", b"\r"})
_QUOTE: Final = b'"'
_BINARY: Final = b"binary"
_LONGEST_TAG: Final = 40  # more than `!<tag:yaml.org,2002:binary>` has
_TELLING: Final = 5  # bytes: shorter words stand everywhere
_TOP_LEVEL_KIND: Final = re.compile(rb"\nkind:[ \t]*[\"']?(\w*)")
_KIND: Final = b"kind"
_WORKLOAD_KIND: Final = _KIND + rb"[\"']?\s*:\s*[\"']?(?:" + b"|".join(_KINDS) + rb")(?:List)?\b"
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
        longest = {max(texts, key=len, default=b"") for texts in self._labels}
        self._words = sorted(longest) if min(map(len, longest), default=0) >= _TELLING else [_CONTAINERS]
        self._asks_for_kinds = self._words == [_CONTAINERS]  # a workload may have no containers, which is to be told

    def places(self, data: bytes, end: int) -> list[int]:
        """Return where, up to an offset, something stands that every document has which may hold a target."""
        templates = (match.start() for match in re.compile(_TEMPLATE).finditer(data, 0, end))
        found = [*templates, *_escapes(data, end), *_places(data, end, b"\0", *self._words)]
        if self._asks_for_kinds:
            is_workload = re.compile(_WORKLOAD_KIND).match
            found += [place for place in _places(data, end, _KIND) if is_workload(data, place)]
        return found

    def may_concern(self, data: bytes) -> bool:
        """Whether a document may hold a target."""
        return self._is_like_a_target(data) or _may_hide_texts(data)

    def _is_like_a_target(self, data: bytes) -> bool:
        if not (self._any_label or any(all(text in data for text in texts) for texts in self._labels)):
            return False
        if _CONTAINERS not in data and re.search(_WORKLOAD_KIND, data) is None:
            return False
        text = b"\n" + data if data.startswith(b"kind:") else data
        first = _TOP_LEVEL_KIND.search(text)
        if first is None or first[1] not in _NO_WORKLOADS:
            return True
        return _TOP_LEVEL_KIND.search(text, first.end()) is not None  # two kinds: for the parser to refuse


def _may_hide_texts(data: bytes) -> bool:
    return b"\0" in data or has_escapes(data) or (b"{" in data and re.search(_TEMPLATE, data) is not None)


def has_escapes(data: bytes) -> bool:
    """Whether characters are escaped, or texts encoded, so that a search for a text may not find it."""
    return next(_escapes(data, len(data)), None) is not None


def _escapes(data: bytes, end: int) -> Iterator[int]:
    if data.find(b"\\", 0, end) >= 0:  # much faster than the pattern
        for found in re.compile(_ESCAPE).finditer(data, 0, min(end + 1, len(data))):
            place = found.start()
            if found[0][1:] not in _LINE_BREAKS or _QUOTE in _line_up_to(data, place):
                yield place
    if data.find(b"!", 0, end) >= 0:  # a rare sign: it is found much faster than the word
        for place in _places(data, min(end + _LONGEST_TAG, len(data)), _BINARY):
            tag = data.rfind(b"!", max(0, place + len(_BINARY) - _LONGEST_TAG), min(place, end))
            if tag >= 0:
                yield tag


def _line_up_to(data: bytes, place: int) -> bytes:
    """What of a line stands before a place; where a text goes on in the next line, the quote that begins it does."""
    return data[data.rfind(b"\n", 0, place) + 1 : place]


def _places(data: bytes, end: int, *words: bytes) -> Iterator[int]:
    for word in words:
        place = data.find(word, 0, end)
        while place >= 0:
            yield place
            place = data.find(word, place + 1, end)


def texts_selected(sidecar_set: SidecarSet) -> set[str]:
    """Return texts that stand in every document of which a SidecarSet selects something."""
    selector = (sidecar_set.get("spec") or {}).get("selector") or {}
    texts = {text for label in (selector.get("matchLabels") or {}).items() for text in label}
    for expression in selector.get("matchExpressions") or ():
        if expression.get("operator") in {"In", "Exists"}:
            texts.add(expression.get("key", ""))
    return texts
