"""The command `plan`, with `plan -o pods`."""

from __future__ import annotations

import sys
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, cast

from sidecarctl.api.plan_document import plan_documents
from sidecarctl.api.workload_pods import decoded_pod
from sidecarctl.finding import Finding, Severity
from sidecarctl.shell.cli.command_flags import PlanFlags
from sidecarctl.shell.cli.flags import asks_for_stages, followed_release, refuse_what_stages_cannot
from sidecarctl.shell.cli.options import PODS
from sidecarctl.shell.dumps.packed import collector_off, written_values
from sidecarctl.shell.errors import Exit, UsageError
from sidecarctl.shell.input.crowd import Crowd, rollout
from sidecarctl.shell.input.refusals import context_for, placed_findings, told_flag_warnings
from sidecarctl.shell.input.rollout import (
    RolloutInput,
    gathered_rollout_input,
    missing_templates,
    names_cluster,
    own_objects,
)
from sidecarctl.shell.input.saved_plan import are_stages, refuse_what_is_planned, saved_plans
from sidecarctl.shell.report.run_report import finding_lines
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.shell.terminal import palette, say, terminal_width
from sidecarctl.sidecarset.rollout.pod_traits import Sibling, full_name
from sidecarctl.sidecarset.validation.webhook import validate
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sidecarctl.api.plan_document import Document
    from sidecarctl.api.targets import Known
    from sidecarctl.shell.cli.command_flags import PlanFlags
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.value import Value


def run(flags: PlanFlags) -> int:
    """Print the rollout of each SidecarSet, or plans that were saved; return the exit code."""
    releases = [followed_release(version) for version in flags.kruise_version] or [followed_release(None)]
    refuse_what_stages_cannot(flags)
    own = own_objects(flags)
    if saved := [] if names_cluster(flags) else saved_plans(own):
        refuse_what_is_planned(flags)
        _print_saved(saved, flags, len(releases))
        return own.code
    if len(releases) > 1:
        _refuse_pods(flags)
    code = _planned(gathered_rollout_input(flags, own), flags, releases)
    return max(code, own.code)


def _print_saved(documents: list[Document], flags: PlanFlags, releases: int) -> None:
    if any(map(are_stages, documents)):
        from sidecarctl.shell.commands.plan_stages import print_saved_stages

        print_saved_stages(documents, flags)
        return
    _refuse_pods(flags)
    _print(documents, flags, releases)


def _planned(rollout_input: RolloutInput, flags: PlanFlags, releases: Sequence[Release]) -> Exit:
    """Print what is planned anew; return the exit code."""
    told_flag_warnings(rollout_input.known, flags, releases, missing_templates(rollout_input, flags))
    if not flags.no_validate and any(_is_refused(rollout_input, flags, release) for release in releases):
        return Exit.REFUSED
    if asks_for_stages(flags):
        from sidecarctl.shell.commands.plan_stages import plan_stages

        plan_stages(Crowd(rollout_input, releases[0], flags), flags)
    elif flags.output == PODS:
        print_pods(Crowd(rollout_input, releases[0], flags), flags)
    else:
        with collector_off():
            documents = [document for release in releases for document in _documents(rollout_input, flags, release)]
        _print(documents, flags, len(releases))
    return Exit.OK


def _refuse_pods(flags: PlanFlags) -> None:
    """Raise `UsageError` for Pods that a saved plan does not hold, and for those of several releases."""
    if flags.output == PODS:
        raise UsageError("-o pods needs the Pods themselves, which a saved plan does not hold, and a single release")


def _documents(rollout_input: RolloutInput, flags: PlanFlags, release: Release) -> list[Document]:
    crowd = Crowd(rollout_input, release, flags)
    return plan_documents([rollout(one, crowd, flags) for one in rollout_input.sets])


def _print(documents: Sequence[Document], flags: PlanFlags, releases: int) -> None:
    if flags.output in {"yaml", "json"}:
        print_shown(flags.output, cast("list[Value]", documents))
        return
    from sidecarctl.render.plan.table import compared, side_by_side

    differences = compared(documents, releases)
    if flags.output == "html":
        from sidecarctl.render.plan.html_page import page

        sys.stdout.write(page(documents, differences))
    elif flags.output == "markdown":
        from sidecarctl.render.plan.markdown import markdown

        sys.stdout.write(markdown(documents, differences))
    else:
        from sidecarctl.render.plan.table import Screen, table

        screen = Screen(palette(flags.color, sys.stdout), terminal_width())
        parts = [*(table(document, screen) for document in documents), *map(side_by_side, differences)]
        sys.stdout.write("\n".join("".join(f"{line}\n" for line in part) for part in parts))


def _is_refused(rollout_input: RolloutInput, flags: PlanFlags, release: Release) -> bool:
    """Say what the webhook has against the SidecarSets that are to be rolled out, and whether it refuses one."""
    colours = palette(flags.color, sys.stderr)
    findings = [finding for one in rollout_input.sets for finding in _refusals(one, rollout_input, flags, release)]
    for finding in findings:
        for line in finding_lines(finding, colours):
            say(line)
    return any(finding.severity is Severity.ERROR for finding in findings)


def _refusals(one: Known, rollout_input: RolloutInput, flags: PlanFlags, release: Release) -> list[Finding]:
    """The errors of the webhook, which looks at the version before as well; warnings about what a cluster holds."""
    older = rollout_input.older.get(one.name)
    context = context_for(one, older, rollout_input.known, flags, release)
    found = [finding for finding in validate(one.found.value, context) if finding.severity is Severity.ERROR]
    return placed_findings(found, one, context)


def print_pods(crowd: Crowd, flags: PlanFlags) -> None:
    """Print the Pods that the rollout of each SidecarSet changes, by namespace and name: a YAML stream.

    Images, annotations, conditions and statuses are those after the last round, or after `--rounds`.
    """
    shown: list[Pod] = []
    for one in crowd.input.sets:
        made = rollout(one, crowd, flags).plan
        names = frozenset(pod for round_ in made.rounds for pod in (*round_.pods, *round_.resets))
        changed = _whole((pod for pod in crowd.pods() if full_name(pod) in names), crowd.release)
        shown += [_as_object(pod) for pod in made.applied_to(changed)]
    print_shown("yaml", cast("list[Value]", shown))


def _whole(pods: Iterable[Pod], release: Release) -> Iterator[Pod]:
    """The Pods with all their fields, where a long dump was read for a few of them."""
    for is_short, group in groupby(pods, key=lambda pod: isinstance(pod, Sibling)):
        if not is_short:
            yield from group
            continue
        short = cast("list[Sibling]", list(group))
        for pod, written in zip(short, written_values(short), strict=True):
            whole = decoded_pod(written, release, partial(str, "a Pod of the dump"))
            yield {**whole, "metadata": {**whole.get("metadata", {}), "namespace": namespace_of(cast("Pod", pod))}}


def _as_object(pod: Pod) -> Pod:
    return cast("Pod", {"apiVersion": "v1", "kind": "Pod", **pod})
