"""What may still be in a pod of an older version of a SidecarSet, once its containers were taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.sidecarset.injection.records import is_marked, names_in_pod, pod_containers, recorded
from sidecarctl.sidecarset.removal.metadata import is_record
from sidecarctl.sidecarset.removal.uninject import means_the_same, secrets_in, volumes_used, volumes_used_by
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import annotations_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.upstream.types import Pod, Volume

_AT_HAND: Final = "give the SidecarSets with --sidecarset, and all that they brought is taken out"
_AT_THEIR_VERSION: Final = "give the version that was injected with --from, and all that it brought is taken out"


def leftover_findings(before: Pod, after: Pod, sets: Sequence[EffectiveSet]) -> list[Finding]:
    """Name what stays of the older versions of SidecarSets, as nothing tells it from the pod's own (INJ002, INJ003)."""
    if not sets:
        return []
    old, new = decode(before, "Pod"), decode(after, "Pod")
    names = ", ".join(one.name for one in sets)
    sure = [*_volumes(old, new, sets), *_init_containers(new, sets)]
    possible = [*_pull_secrets(new, sets), *_annotations(old, sets)]
    findings = []
    if sure:
        findings.append(
            _finding("INJ002", names, f"what it may have brought stays: {'; '.join(sure)}", Severity.WARNING)
        )
    if possible:
        findings.append(
            _finding("INJ003", names, f"nothing tells whether it brought {'; '.join(possible)}", Severity.INFO)
        )
    return findings


def marked_findings(seen: Pod, severity: Severity) -> Iterator[Finding]:
    """Name the init containers of a decoded pod, out of which all recorded ones were taken, that are marked (UNI007).

    Plain ones are not recorded; without SidecarSets at hand nothing else tells of them.
    """
    for one in pod_containers(seen):
        if one.field == "initContainers" and is_marked(one.container):
            yield Finding(
                "UNI007",
                f"{one.name} says that it was injected, and nothing records by which SidecarSet: it stays",
                ("spec", one.field, one.at),
                severity,
                help=_AT_HAND,
            )


def orphan_findings(before: Pod, after: Pod, names: Sequence[str], *, is_known: bool) -> list[Finding]:
    """Name the volumes that only sidecars used which were taken out, and that stay (UNI003).

    Their SidecarSets were not at hand, or, where `is_known`, are of another version.
    """
    if after is before:
        return []
    old, new = decode(before, "Pod"), decode(after, "Pod")
    orphans = volumes_used(old) - volumes_used(new)
    left = [name for volume in new.get("spec", {}).get("volumes", ()) if (name := volume.get("name", "")) in orphans]
    if not left:
        return []
    return [
        Finding(
            "UNI003",
            f"nothing uses {', '.join(left)} any more, and nothing tells whether that came with the sidecars",
            ("spec", "volumes"),
            Severity.WARNING,
            sidecar_set=", ".join(names),
            help=_AT_THEIR_VERSION if is_known else _AT_HAND,
        )
    ]


def _volumes(old: Pod, new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    """The volumes that only the older version used, where nobody uses them now or the new version means another one."""
    recorded_names = [name for one in sets for name in (recorded(old)[one.name].sidecars or ())]
    gone = names_in_pod(recorded_names, old)
    theirs = {name for one in pod_containers(old) if one.name in gone for name in volumes_used_by(one)}
    others = {name for one in pod_containers(old) if one.name not in gone for name in volumes_used_by(one)}
    meant: dict[str, Volume] = {volume.get("name", ""): volume for one in sets for volume in one.volumes}
    used = volumes_used(new)
    return [
        f"volume {name} (nothing uses it any more)" if name not in used else f"volume {name} (as it was)"
        for volume in new.get("spec", {}).get("volumes", ())
        if (name := volume.get("name", "")) in theirs - others
        and (name not in used or (name in meant and not means_the_same(meant[name], volume)))
    ]


def _init_containers(new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    """Marked init containers that nothing records or brings."""
    known = {made.name for one in sets for made in one.init_sidecars}
    listed = {name for entry in recorded(new).values() for name in entry.sidecars or ()}
    known_in_pod = names_in_pod(known | listed, new)
    return [
        f"init container {one.name}"
        for one in pod_containers(new)
        if one.field == "initContainers" and is_marked(one.container) and one.name not in known_in_pod
    ]


def _pull_secrets(new: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    brought = {name for one in sets for name in one.secret_names}
    return [f"imagePullSecret {name}" for name in secrets_in(new) if name not in brought]


def _annotations(old: Pod, sets: Sequence[EffectiveSet]) -> list[str]:
    brought = {key for one in sets for key in one.patched_keys}
    return [f"annotation {key}" for key in annotations_of(old) if key not in brought and not is_record(key)]


def _finding(code: str, names: str, message: str, severity: Severity) -> Finding:
    return Finding(
        code,
        f"an older version of SidecarSet {names} was taken out; {message}",
        (),
        severity,
        sidecar_set=names,
        help="give the version that was injected with --from, and all of it is taken out",
    )
