"""What `check` says of SidecarSets once all Pods of the input are known."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sidecarctl.api.check import secrets_in
from sidecarctl.api.fastpath.prefilter import has_escapes
from sidecarctl.finding import UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.sidecarset.validate.canary import base_of_canary
from sidecarctl.sidecarset.warnings.selection import is_paused, missing_secrets, selects_nothing
from sidecarctl.yamledit.stream.documents import documents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sidecarctl.api.editor import Limits
    from sidecarctl.api.knowledge import Known
    from sidecarctl.finding import Finding
    from sidecarctl.shell.checkreport import Collected
    from sidecarctl.shell.input.sources import Input

_SECRET = b"Secret"


class AllPods(Record):
    """What the whole input has to do with its SidecarSets."""

    collected: Collected
    secrets: frozenset[str]  # that are there, as "namespace/name"
    hidden: frozenset[str]  # SidecarSets in whose place their canaries select Pods

    def findings(self, known: Known) -> Iterator[Finding]:
        """Return what there is to say of a SidecarSet that a cluster would take; the paths are its own."""
        name = known.name
        namespaces = [*self.collected.namespaces.get(name, ())]
        yield from missing_secrets(known.found.value, namespaces, self.secrets)
        if self.collected.pods_hidden:
            return
        yield from self.collected.lacking_everywhere(name)
        is_idle = name in self.hidden or is_paused(known.found.value)  # it selects, and brings nothing
        if not namespaces and not is_idle:
            yield selects_nothing()


def hidden_bases(sets: Iterable[Known], collected: Collected) -> frozenset[str]:
    """Return the names of the SidecarSets whose canaries select Pods."""
    selecting = (one for one in sets if one.name in collected.namespaces)
    return frozenset(base_of_canary(one.found.value) for one in selecting)


def known_secrets(cluster: Input, wanted: Collection[str], limits: Limits) -> Iterator[str]:
    """Return those Secrets of --cluster whose names are wanted, as "namespace/name"; none of what cannot be read."""
    words = [name.encode() for name in wanted]
    for source in cluster.sources if words else ():
        for chunk in cluster.chunks(source):
            if _may_hold(chunk.data, words):
                with suppress(UnreadableDocument):
                    for document in documents(chunk, source.shown):
                        yield from secrets_in(limits, wanted, document)


def _may_hold(data: bytes, names: Iterable[bytes]) -> bool:
    return has_escapes(data) or (_SECRET in data and any(name in data for name in names))
