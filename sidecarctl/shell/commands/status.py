"""The command `status`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.plan_document import pods_given_document
from sidecarctl.api.targets import Known
from sidecarctl.record import Record
from sidecarctl.render.text import aligned, visible
from sidecarctl.shell.cli.command_flags import StatusFlags
from sidecarctl.shell.cli.flags import followed_release
from sidecarctl.shell.input.crowd import Crowd, applied_at, context_of
from sidecarctl.shell.input.refusals import told_flag_warnings
from sidecarctl.shell.input.rollout import gathered_rollout_input, missing_templates, own_objects
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.sidecarset.rollout.plan import status_and_left_out
from sidecarctl.sidecarset.rollout.pod_row import counts_sentence
from sidecarctl.yamledit.value import Value

if TYPE_CHECKING:
    from sidecarctl.sidecarset.rollout.pod_row import LeftOut
    from sidecarctl.upstream.types import SidecarSetStatus

_DESCRIBED: Final = (
    ("Matched Pods", "matchedPods", "Pods injected and managed by the SidecarSet"),
    ("Updated Pods", "updatedPods", "of these, Pods that carry the latest version"),
    ("Ready Pods", "readyPods", "of the matched, Pods that are ready and run what their spec says"),
    ("Updated Ready Pods", "updatedReadyPods", "updated and ready"),
    ("Observed Generation", "observedGeneration", ""),
    ("Latest Revision", "latestRevision", ""),
    ("Collision Count", "collisionCount", ""),
)


class SetStatus(Record):
    """A SidecarSet and its status."""

    sidecar_set: Known
    status: "SidecarSetStatus"
    left_out: "Sequence[LeftOut]"  # the Pods that do not count, by reason

    @property
    def pods_told(self) -> str:
        """How many of the Pods given count, and why the others do not; empty where all do."""
        groups = [(one.pods, visible(one.sentence)) for one in self.left_out]
        return counts_sentence(self.status.get("matchedPods", 0), groups) if groups else ""


def run(flags: StatusFlags) -> int:
    """Print the status that the controller gives each SidecarSet; return the exit code."""
    release = followed_release(flags.kruise_version)
    own = own_objects(flags)
    crowd = Crowd(gathered_rollout_input(flags, own), release, flags)
    told_flag_warnings(crowd.input.known, flags, [release], missing_templates(crowd.input, flags))
    found = [_status_of(one, crowd) for one in crowd.input.sets]
    if flags.output in {"yaml", "json"}:
        print_shown(flags.output, [_as_object(one) for one in found])
    else:
        lines = _table(found) if flags.output == "table" else _described(found)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return own.code


def _status_of(one: Known, crowd: Crowd) -> SetStatus:
    sidecar_set, context = applied_at(one, crowd), context_of(one, crowd)
    return SetStatus(one, *status_and_left_out(sidecar_set, crowd.pods(), context))


def _as_object(found: SetStatus) -> Value:
    value = found.sidecar_set.found.value
    return {
        "apiVersion": value.get("apiVersion"),
        "kind": "SidecarSet",
        "metadata": {"name": found.sidecar_set.name},
        "status": cast("Value", found.status),
        **pods_given_document(found.status.get("matchedPods", 0), found.left_out),
    }


def _table(found: Sequence[SetStatus]) -> list[str]:
    rows = [("NAME", "MATCHED", "UPDATED", "READY", "UPDATED-READY", "REVISION")]
    for one in found:
        numbers = [str(one.status.get(key, 0)) for _, key, _ in _DESCRIBED[:4]]
        name = visible(one.sidecar_set.name)
        rows.append(
            (name, numbers[0], numbers[1], numbers[2], numbers[3], visible(one.status.get("latestRevision", "")))
        )
    told = [f"{visible(one.sidecar_set.name)}: {one.pods_told}" for one in found if one.pods_told]
    return [*aligned(rows), *([""] if told else []), *told]


def _described(found: Sequence[SetStatus]) -> list[str]:
    """As `kubectl describe` shows it, with the manual's words."""
    lines: list[str] = []
    for one in found:
        lines += [""] if lines else []
        lines += [f"Name:         {visible(one.sidecar_set.name)}", "Kind:         SidecarSet", "Status:"]
        for title, key, meaning in _DESCRIBED:
            number = visible(f"{one.status.get(key, 0)}")
            lines.append(f"  {f'{title}:':<21} {f'{number:<5} # {meaning}' if meaning else number}")
        if one.pods_told:
            number = str(sum(group.pods for group in one.left_out))
            lines.append(f"  {'Not Counted:':<21} {number:<5} # {one.pods_told}")
    return lines
