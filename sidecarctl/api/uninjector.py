"""Take sidecars out of pods, whatever document they come from."""

from collections.abc import Mapping
from typing import Final

from sidecarctl.api.editor import Made
from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.effective import EffectiveSet
from sidecarctl.sidecarset.inject import Options, Prepared, inject
from sidecarctl.sidecarset.recorded import recorded
from sidecarctl.sidecarset.uninject import containers_lost, without_recorded, without_sets
from sidecarctl.upstream.types import Pod

_TRACE: Final = b"kruise.io/sidecarset"


class Uninjector:
    """The rule of `uninject`: with the SidecarSets at hand all that they brought goes, else what the pod records."""

    def __init__(
        self, known: Mapping[str, EffectiveSet], prepared: Prepared, options: Options, *, partial: bool
    ) -> None:
        self._known = known
        self._prepared = prepared
        self._options = options
        self._partial = partial

    @staticmethod
    def may_concern(data: bytes) -> bool:
        """Whether a document may hold sidecars."""
        return _TRACE in data or b"\\" in data

    def made(self, pod: Pod) -> Made:
        """Return a pod without its sidecars; errors among the findings say what cannot come back.

        Raises `InjectionRefused` and `UndecodableObject` where the pod cannot be read.
        """
        names = [name for name in recorded(pod) if not self._known or name in self._known]
        if not names:
            return Made(pod, "skipped", (), "it records no sidecars", "UNI010")
        at_hand = [self._known[name] for name in names if name in self._known]
        stripped, findings = without_sets(pod, at_hand, partial=self._partial)
        for name in names:
            if name not in self._known:
                stripped, left = without_recorded(stripped, name)
                findings += left
        if at_hand and len(at_hand) == len(names):
            findings += self._lost(pod, stripped)
        return Made(stripped, "uninjected", tuple(names), findings=tuple(findings))

    def _lost(self, pod: Pod, stripped: Pod) -> list[Finding]:
        again = inject(stripped, self._prepared, self._options)
        lost = containers_lost(pod, again.pod)
        return [finding._replace(severity=Severity.WARNING) for finding in lost] if self._partial else lost
