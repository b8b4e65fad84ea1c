"""What flags name that is not there: a mistake, or something newer than we are; the run goes on."""

from collections.abc import Collection, Iterable, Iterator

from sidecarctl.api.knowledge import Knowledge
from sidecarctl.finding import Finding, Severity
from sidecarctl.shell.cli.command_flags import ChoiceFlags, InputFlags
from sidecarctl.shell.cli.flags import feature_gates, revision_choices
from sidecarctl.shell.stderrfindings import goes_to_a_program, tell
from sidecarctl.upstream.featuregates import is_gate_elsewhere, nearest_gate
from sidecarctl.upstream.release import LATEST, Release


def flag_warnings(known: Knowledge, flags: InputFlags, releases: Iterable[Release]) -> list[Finding]:
    """Return a warning for each feature gate and each SidecarSet that flags name and that is not there."""
    gates, names = feature_gates(flags.feature_gates), {one.name for one in known.sidecar_sets}
    choices = revision_choices(flags.choose_revision) if isinstance(flags, ChoiceFlags) else ()
    about_gates = [finding for release in releases for gate in gates for finding in _about_gate(gate, release)]
    return list(dict.fromkeys([*about_gates, *_about_choices(choices, names)]))


def told_flag_warnings(
    known: Knowledge, flags: InputFlags, releases: Iterable[Release], more: Iterable[Finding] = ()
) -> list[Finding]:
    """Return the same and `more`, once it was said; nothing is where stderr is for a program alone."""
    found = [*flag_warnings(known, flags, releases), *more]
    if not goes_to_a_program(flags):
        tell(found, flags)
    return found


def _about_gate(gate: str, release: Release) -> Iterator[Finding]:
    if gate in release.feature_gates or is_gate_elsewhere(gate):
        return
    if gate in LATEST.feature_gates:
        told, advice = f"OpenKruise {release.name} does not know the feature gate {gate} yet, and would not start", ""
    else:
        near = nearest_gate(gate)
        told = f"{gate} is no feature gate of OpenKruise that sidecarctl knows; it changes nothing"
        advice = f"did you mean {near}?" if near else ""
    yield Finding("FLG001", told, severity=Severity.WARNING, help=advice)


def _about_choices(names: Iterable[str], sidecar_sets: Collection[str]) -> Iterator[Finding]:
    for name in names:
        if name not in sidecar_sets:
            told = f"--choose-revision is for SidecarSet {name}, which is not there"
            advice = f"there is {', '.join(sorted(sidecar_sets))}" if sidecar_sets else ""
            yield Finding("FLG002", told, severity=Severity.WARNING, help=advice)
