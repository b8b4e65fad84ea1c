"""The command `inject`."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from sidecarctl.api.injector import Injector, Limits
from sidecarctl.api.knowledge import Knowledge
from sidecarctl.shell.exits import UsageError
from sidecarctl.shell.formats import Show, print_shown, show_for
from sidecarctl.shell.gather import Input, cluster_knowledge, feature_gates, gathered_input, older_sets, release_of
from sidecarctl.shell.job import Job, proof_for, run_job
from sidecarctl.shell.options import INJECT, Values
from sidecarctl.shell.report import JsonReport, Reports, TextReport
from sidecarctl.shell.settings import settled
from sidecarctl.shell.terminal import palette
from sidecarctl.shell.writers import InPlace, Nowhere, OutputDir, Stdout, Writer
from sidecarctl.sidecarset.effective import Choice, EffectiveSet
from sidecarctl.sidecarset.host import Form
from sidecarctl.sidecarset.inject import Cluster, Options, prepare
from sidecarctl.upstream.release import Release
from sidecarctl.upstream.workload import WORKLOADS, Workload, parse_template_path

if TYPE_CHECKING:
    from sidecarctl.sidecarset.match import RunningPods
    from sidecarctl.sidecarset.namespaces import SystemNamespaces
    from sidecarctl.upstream.types import ControllerRevision, Namespace, SidecarSet


def run(given: Values) -> int:
    """Inject, write and report; return the exit code."""
    values = settled(INJECT, given)
    source = gathered_input(values)
    injector = injector_for(values, source, cluster_knowledge(values, source))
    show = _show(values, injector)
    reports = reports_for(values)
    job = Job(source, injector.change, _filter(values, injector), show, writer_for(values, show), reports)
    ended = run_job(job, values)
    if show is not None:
        print_shown(str(values["output"]), ended.shown)
    reports.write()
    return ended.code


def injector_for(values: Values, source: Input, known: Knowledge) -> Injector:
    """Return what injects, as the flags and the cluster have it.

    Raises `Refused` for a SidecarSet that its webhook would refuse, `UsageError` where there is no SidecarSet at all.
    """
    if not known.sidecar_sets:
        raise UsageError("no SidecarSet: name its file with --sidecarset (or put it into the input)")
    release = release_of(values)
    if not values.get("no_validate"):
        from sidecarctl.shell.refuse import refuse_invalid_sets

        refuse_invalid_sets(known, values, release)
    cluster = _cluster(values, known)
    options = Options(
        form="defaults" if values.get("defaults") else "written",
        timestamp=_timestamp(values),
        choose_revision=_choices(values),
        running_pods=cast("RunningPods", values.get("running_pods") or "skip"),
        namespace=str(values.get("namespace") or "default"),
    )
    older = older_effective(values, source, release, options.form)
    injector = Injector(prepare(cluster), options, limits_for(values), proof_for(values, source), older)
    injector.drops_sidecar_sets = bool(values.get("drop_sidecarsets"))
    return injector


def older_effective(values: Values, source: Input, release: Release, form: Form) -> tuple[EffectiveSet, ...]:
    """Return the SidecarSets of --from, ready to be recognised."""
    named = {one.found.text_of("name"): cast("SidecarSet", one.found.value) for one in older_sets(values, source)}
    prepared = prepare(Cluster(list(named.values()), release=release))
    return tuple(prepared.effective(name, "latest", form) for name in named)


def limits_for(values: Values) -> Limits:
    """Return which targets are meant; `UsageError` for a selector or a path that cannot be read."""
    from sidecarctl.shell.selection import parsed_selector

    workloads = dict(WORKLOADS)
    for text in _texts(values, "template_path"):
        try:
            kind, group, path = parse_template_path(text)
        except ValueError as error:
            raise UsageError(str(error)) from None
        workloads[group, kind] = Workload((path,), ("spec", "replicas"))
    return Limits(
        parsed_selector(str(values.get("selector") or "")),
        frozenset(kind.lower() for kind in _texts(values, "kind")),
        frozenset(_texts(values, "only_namespace")),
        workloads,
    )


def reports_for(values: Values) -> Reports:
    """Return the reports that were asked for: text on stderr, unless it says otherwise."""
    if values.get("quiet"):
        return Reports([])
    reports: list[TextReport | JsonReport] = []
    for wish in _texts(values, "report") or ["text"]:
        name, _, path = wish.partition("=")
        if name == "json":
            reports.append(JsonReport(path))
        elif name == "text" and not path:
            colours = palette(str(values.get("color") or "auto"), sys.stderr)
            reports.append(TextReport(colours, str(values.get("namespace") or "default")))
        else:
            raise UsageError(f"--report takes text, json or json=PATH; {wish} is none of these")
    return Reports(reports)


def writer_for(values: Values, show: Show | None) -> Writer:
    """Return where the documents go."""
    in_place, directory = values.get("in_place"), values.get("output_dir")
    if sum(map(bool, (in_place, directory, show))) > 1:
        raise UsageError("--in-place, --output-dir and another --output than yaml exclude each other")
    if values.get("only_changed") and in_place:
        raise UsageError("--only-changed would drop documents from the files that --in-place writes")
    if show is not None:
        return Nowhere()
    if in_place:
        return InPlace([*_texts(values, "filename"), *_texts(values, "paths")])
    return OutputDir(str(directory)) if directory else Stdout()


def _show(values: Values, injector: Injector) -> Show | None:
    if not values.get("as_pods"):
        return show_for(str(values.get("output") or "yaml"))
    from functools import partial

    from sidecarctl.api.shown import as_pods

    if values.get("output") not in {"yaml", "json"}:
        raise UsageError("--as-pods prints yaml or json")
    return partial(as_pods, injector)


def _filter(values: Values, injector: Injector) -> Callable[[bytes], bool]:
    may_concern = injector.prefilter.may_concern
    if not values.get("drop_sidecarsets"):
        return may_concern
    return lambda data: b"SidecarSet" in data or may_concern(data)


def _cluster(values: Values, known: Knowledge) -> Cluster:
    return Cluster(
        sidecar_sets=cast("list[SidecarSet]", [one.found.value for one in known.sidecar_sets]),
        namespaces=cast("list[Namespace]", [one.found.value for one in known.namespaces]),
        revisions=cast("list[ControllerRevision]", [one.found.value for one in known.revisions]),
        system_namespaces=cast("SystemNamespaces", values.get("system_namespaces") or "exclude"),
        feature_gates=feature_gates(values),
        release=release_of(values),
    )


def _timestamp(values: Values) -> str | None:
    text = cast("str | None", values.get("timestamp"))
    if text != "now":
        return _checked_time(text) if text else None
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _checked_time(text: str) -> str:
    from sidecarctl.upstream.timestamp import InvalidTimestamp, in_utc

    try:
        return in_utc(text)
    except InvalidTimestamp:
        raise UsageError(f"--timestamp takes `now` or a time as 2026-01-31T12:00:00Z; {text} is none") from None


def _choices(values: Values) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}
    for text in _texts(values, "choose_revision"):
        name, _, choice = text.partition("=")
        if choice not in {"latest", "specified"}:
            raise UsageError(f"--choose-revision takes NAME=latest or NAME=specified; {text} is neither")
        choices[name] = cast("Choice", choice)
    return choices


def _texts(values: Values, key: str) -> list[str]:
    return cast("list[str]", values.get(key) or [])
