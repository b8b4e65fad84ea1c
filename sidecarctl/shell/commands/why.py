"""The command `why`."""

import sys
from collections.abc import Iterable, Iterator

from sidecarctl.api.change import Limits
from sidecarctl.api.check import misspelt_kinds
from sidecarctl.api.explain import REFUSED, Answer, Explained, Explainer, RefusedSet
from sidecarctl.api.inject import Injector
from sidecarctl.api.targets import Knowledge, Known, is_unknown_workload, objects, targets
from sidecarctl.api.uninject import missing_templates
from sidecarctl.api.workload_pods import OwnedWorkloads
from sidecarctl.finding import Position, Severity, SidecarctlError, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.cli.command_flags import WhyFlags
from sidecarctl.shell.cli.flags import SHORT_KINDS, followed_release, limits_of
from sidecarctl.shell.errors import Exit, UsageError, exit_code
from sidecarctl.shell.files import Source
from sidecarctl.shell.input import rules
from sidecarctl.shell.input.refusals import told_findings
from sidecarctl.shell.input.sources import Input, cluster_knowledge, gathered_input, input_of, owned_in, refuse_blank
from sidecarctl.shell.terminal import palette, say
from sidecarctl.sidecarset.cluster import Prepared
from sidecarctl.sidecarset.injection.additions import Additions
from sidecarctl.sidecarset.matching.verdict import NO_CONTAINERS
from sidecarctl.upstream.workload import has_containers
from sidecarctl.yamledit.document import Document
from sidecarctl.yamledit.stream.documents import documents


class Asked(Record):
    """What the command line asks about: workloads, SidecarSets, or everything."""

    workloads: frozenset[str] = frozenset()
    sidecar_sets: frozenset[str] = frozenset()

    def concerns(self, data: bytes) -> bool:
        """Whether a text may hold one of the workloads."""
        names = [name.partition("/")[2] for name in self.workloads]
        return not names or any(name.encode() in data for name in names)


def run(flags: WhyFlags) -> int:
    """Say which SidecarSets select the Pods and templates of the input, and why the others do not."""
    asked = _asked(flags.names)
    source = _input(asked, flags)
    if not flags.allow_empty:
        refuse_blank(source)
    known = cluster_knowledge(flags, source)
    if not known.sidecar_sets:
        raise UsageError("no SidecarSet: name its file with --sidecarset (or put it into the input)")
    rules.flag_warnings(known, flags)
    refused = dict(_refused(known, flags))
    code, found = _explained(source, flags, (known, refused), asked)
    if code is Exit.OK:  # else the name may stand in what could not be read
        _check_found(asked, found, known)
    _print(found, asked, flags)
    return code


def _input(asked: Asked, flags: WhyFlags) -> Input:
    """The input; where only names are given, and the cluster is live, these workloads of it."""
    if flags.paths or flags.filename or not asked.workloads or not flags.live:
        return gathered_input(flags)
    from sidecarctl.shell.input.live import workload_sources

    names = [name for name in flags.names if not _as_resource(*name.split("/")).startswith("sidecarset/")]
    return input_of(workload_sources(names, flags), flags)


def _asked(names: Iterable[str]) -> Asked:
    lowered = [_as_resource(*name.split("/")) for name in names]
    sets = frozenset(name.partition("/")[2] for name in lowered if name.startswith("sidecarset/"))
    return Asked(frozenset(name for name in lowered if not name.startswith("sidecarset/")), sets)


def _as_resource(kind: str, name: str) -> str:
    """What we call a workload that a person names as kubectl lets them: `deploy/web`, `deployments.apps/web`."""
    plain = kind.partition(".")[0].lower()
    return f"{SHORT_KINDS.get(plain, plain.removesuffix('s'))}/{name}"


def _refused(known: Knowledge, flags: WhyFlags) -> Iterator[tuple[str, RefusedSet]]:
    """The SidecarSets that their webhook would refuse, and the first thing that is wrong with each."""
    for one in known.sidecar_sets:
        found = told_findings(one, None, known, flags)
        error = next((finding for finding in found if finding.severity is Severity.ERROR), None)
        if error is not None:
            told = f"the webhook refuses the SidecarSet, so it is not in force: {error.message} [{error.code}]"
            answer = Answer(one.name, REFUSED, told, "sidecarctl check says it all", error.position)
            yield one.name, RefusedSet(answer, _alone(one, known, flags))


def _alone(one: Known, known: Knowledge, flags: WhyFlags) -> Prepared | None:
    """A cluster with this SidecarSet only, to say what it selects; None where it cannot be read."""
    try:
        return rules.prepared(known._replace(sidecar_sets=[one]), flags, followed_release(flags.kruise_version))
    except SidecarctlError:
        return None


def _explained(
    source: Input, flags: WhyFlags, judged: tuple[Knowledge, dict[str, RefusedSet]], asked: Asked
) -> tuple[Exit, list[Explained]]:
    known, refused = judged
    sound = [one for one in known.sidecar_sets if one.name not in refused]
    usable = known._replace(sidecar_sets=sound)
    prepared = rules.prepared(usable, flags, followed_release(flags.kruise_version))
    options, limits = rules.choice_options(flags), limits_of(flags)
    if (makers := owned_in(source, limits)) is not None:
        prepared.makers = makers.makers()
    explainer = Explainer(Injector(prepared, options), prepared, options, limits)
    code = Exit.OK
    for missing in source.missing:
        code = max(code, _said(missing))
    found: list[Explained] = []
    owned = OwnedWorkloads(limits)
    for one in source.sources:
        try:
            for document in _documents(source, one, asked):
                notes = list(_passed_over(document, limits))
                owned.add(objects(document))
                for it in explainer.explained(document, known, refused):
                    if isinstance(it, UndecodableObject):
                        code = max(code, exit_code(it))
                        notes.append(_Note(it.position or document.position(()), str(it)))
                    elif _is_asked(it, asked):
                        found.append(it)
                for note in sorted(notes, key=lambda note: note.position):  # as they come if a List is cut
                    say(visible(f"sidecarctl: {note.text}"))
        except SidecarctlError as error:
            code = max(code, _said(error))
    return code, [_narrowed(it._replace(counted_with=owned.owner(it.key)), asked) for it in found]


def _said(error: SidecarctlError) -> Exit:
    """Return the exit code of an error that ends no run, once it was said."""
    say(visible(f"sidecarctl: {error}"))
    return exit_code(error)


def _documents(given: Input, source: Source, asked: Asked) -> Iterator[Document]:
    for chunk in given.chunks(source):
        if asked.concerns(chunk.data):
            yield from documents(chunk, source.shown)


class _Note(Record):
    """A line for stderr, and where what it is about stands."""

    position: Position
    text: str


def _passed_over(document: Document, limits: Limits) -> Iterator[_Note]:
    """Yield what there is no answer about: kinds that are nearly SidecarSet, unknown templates, no containers."""
    for finding in (*misspelt_kinds(document), *missing_templates(document, limits)):
        at = document.position(finding.path)
        yield _Note(at, f"{at}: warning: {finding.message} [{finding.code}]")
    for found in objects(document):
        at = document.position(found.path)
        if is_unknown_workload(found, limits.workloads):
            told = f"where a {found.kind} keeps its pod template is unknown: --template-path says it"
            yield _Note(at, f"{at}: warning: {told} [KND001]")
        if not all(has_containers(target.value) for target in targets(found, limits.workloads)):
            told = f"{found.resource} is passed over: {NO_CONTAINERS.sentence}"
            yield _Note(at, f"{at}: info: {told} [{NO_CONTAINERS.code}]")


def _is_asked(found: Explained, asked: Asked) -> bool:
    return not asked.workloads or found.resource in asked.workloads


def _narrowed(found: Explained, asked: Asked) -> Explained:
    if not asked.sidecar_sets:
        return found
    why = tuple(one for one in found.answers if one.sidecar_set in asked.sidecar_sets)
    selecting = [answer.sidecar_set for answer in why if answer.is_selected]
    names = frozenset[str]().union(*(found.brought[name].names for name in selecting))
    brought = {name: found.brought[name] for name in selecting}
    return found._replace(answers=why, brought=brought, adds=found.adds.only(names) if selecting else Additions())


def _check_found(asked: Asked, found: list[Explained], known: Knowledge) -> None:
    """Raise `UsageError` for a name that nothing in the input has."""
    missing = sorted(asked.workloads - {one.resource for one in found})
    names = {one.name for one in known.sidecar_sets}
    missing += [f"sidecarset/{name}" for name in sorted(asked.sidecar_sets - names)]
    if missing:
        raise UsageError(f"there is no {', '.join(missing)} in the input")


def _print(found: list[Explained], asked: Asked, flags: WhyFlags) -> None:
    from sidecarctl.render.findings import why

    if flags.output == "text":
        colours = palette(flags.color, sys.stdout)
        lines = why.answer_lines(found, colours) if any(asked) else why.table_lines(found)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    elif flags.output == "json":
        sys.stdout.write(why.json_text(found))
    else:
        from sidecarctl.render.findings.why import graph_text

        sys.stdout.write(graph_text(found, flags.output))
