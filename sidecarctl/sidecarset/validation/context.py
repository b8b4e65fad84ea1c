"""What a SidecarSet is judged against: the objects that exist beside it, and the release that judges."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_NO_GATES: Final[Mapping[str, bool]] = MappingProxyType({})


class ValidationContext(Record):
    """The cluster as far as it is known; None says that nobody told.

    With `cluster_known` what is missing does not exist, as for the webhook itself; without it, a rule that would
    need it warns instead.
    """

    others: Sequence[Mapping[str, object]] | None = None  # the SidecarSets that exist
    canaries: Sequence[Mapping[str, object]] = ()  # of the one that is judged; not among the others
    old: Mapping[str, object] | None = None  # the one that is replaced
    revisions: Sequence[Mapping[str, object]] | None = None  # ControllerRevisions
    kruise_config: Mapping[str, object] | None = None  # the ConfigMap `kruise-configuration`
    namespaces: Sequence[Mapping[str, object]] = ()
    feature_gates: Mapping[str, bool] = _NO_GATES
    release: Release = LATEST
    cluster_known: bool = True
