"""Inject SidecarSets into pods, whatever document they come from."""

from sidecarctl.api.editor import Made
from sidecarctl.api.prefilter import Prefilter, texts_selected
from sidecarctl.sidecarset.effective import EffectiveSet
from sidecarctl.sidecarset.inject import Options, Prepared
from sidecarctl.sidecarset.reasons import reason_skipped
from sidecarctl.sidecarset.reinject import injected_again
from sidecarctl.upstream.types import Pod


class Injector:
    """The rule of `inject`."""

    def __init__(self, prepared: Prepared, options: Options, older: tuple[EffectiveSet, ...] = ()) -> None:
        self._prepared = prepared
        self._options = options
        self._older = older
        self.prefilter = Prefilter(map(texts_selected, prepared.cluster.sidecar_sets))

    def made(self, pod: Pod) -> Made:
        """Return a pod with its sidecars, and why it has them or not.

        Raises `InjectionRefused` and `UndecodableObject`.
        """
        result = injected_again(pod, self._prepared, self._options, self._older)
        if result.pod is not pod:
            return Made(result.pod, "injected", result.sidecar_sets, findings=result.findings)
        already = tuple(finding.sidecar_set for finding in result.findings if finding.code == "INJ001")
        if already or result.sidecar_sets:
            names = (*already, *result.sidecar_sets)
            return Made(pod, "unchanged", names, "already injected", "INJ001", result.findings)
        why = reason_skipped(pod, self._prepared, self._options)
        return Made(pod, "skipped", (), why.sentence, why.code, result.findings)
