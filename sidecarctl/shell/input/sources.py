"""From flags to what a command works with: the sources to go through, and what is known of the cluster."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from sidecarctl.api.fastpath.prefilter import has_escapes
from sidecarctl.api.targets import Knowledge, Known, knowledge
from sidecarctl.finding import SidecarctlError
from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.cli.command_flags import InputFlags, LiveFlags, QuietFlags
from sidecarctl.shell.cli.flags import size
from sidecarctl.shell.errors import InputError, UsageError
from sidecarctl.shell.files import (
    IGNORE_FILE,
    STDIN,
    Kept,
    KeptStdin,
    Refuse,
    Source,
    blocks,
    folder_named,
    raised,
    sources,
    stdin_is_piped,
)
from sidecarctl.shell.terminal import say
from sidecarctl.yamledit.document import Document
from sidecarctl.yamledit.stream.documents import WHOLE, Chunk, ListCutter, chunks, documents, says_nothing

if TYPE_CHECKING:
    from sidecarctl.api.change import Limits
    from sidecarctl.api.workload_pods import OwnedWorkloads
    from sidecarctl.finding import Finding
    from sidecarctl.yamledit.stream.lists import KnownLists
    from sidecarctl.yamledit.stream.sifting import Sieve

_TELLING: Final = (
    b"SidecarSet",
    b"ControllerRevision",
    b"kruise-configuration",
    b"MutatingWebhookConfiguration",
)
_NAMESPACE: Final = b"Namespace"
_OVERLAP: Final = 64  # so that a name cut by the border of two blocks is seen


EMPTY: Final = "the input is empty (comments count as nothing); --allow-empty accepts that"


class Input(Record):
    """What to go through; stdin is kept, for it can be read only once."""

    sources: list[Source]
    stdin: Kept | None
    max_document: int
    known_lists: "dict[Source, KnownLists] | None" = None  # what was found out about long Lists; None: all stay whole
    missing: tuple[InputError, ...] = ()  # what was named and is not there, where that ends no run
    of_cluster: frozenset[str] = frozenset()  # the sources that show a cluster
    unread: "tuple[Finding, ...]" = ()  # about what a live cluster does not let the user read
    patches: frozenset[str] = frozenset()  # the sources that a kustomization of the input names as patches

    def blocks(self, source: Source, start: int = 0) -> Iterable[bytes]:
        """Return the bytes of a source in pieces, from an offset on."""
        if source.path != STDIN:
            return blocks(source, start)
        return self.stdin.blocks(start) if self.stdin is not None else ()

    def chunks(self, source: Source, sieve: "Sieve | None" = None) -> Iterator[Chunk]:
        """Return the documents of a source; of a long List, its items; in one piece what a sieve does not find."""
        sift = None
        if sieve is not None:
            from sidecarctl.yamledit.stream.sifting import sifted

            sift = partial(sifted, sieve)
        return chunks(self.blocks(source), source.shown, self.max_document, self._lists(source), sift)

    def items(self, source: Source, first: Chunk) -> Iterator[Chunk]:
        """Return the items of a long List, once more from the first on."""
        lists = self._lists(source)
        return lists.items(first) if lists is not None else iter(())

    def size(self, source: Source) -> int:
        """Return how many bytes a source has."""
        return self.stdin.size if source.path == STDIN and self.stdin is not None else source.size

    def _lists(self, source: Source) -> ListCutter | None:
        if self.known_lists is None or self.size(source) <= WHOLE:
            return None
        from sidecarctl.yamledit.stream.lists import Lists

        known = self.known_lists.setdefault(source, {})
        return Lists(source.shown, partial(self.blocks, source), self.max_document, known)


def gathered_input(flags: InputFlags, *, keeps_patches: bool = False) -> Input:
    """Return the sources that the command line names; stdin where it names none and something is piped in.

    Patches of kustomize are left out unless the command passes their text on.

    Raises `UsageError` where there is nothing to work on, `InputError` for what is not there without --keep-going.
    """
    paths = [*flags.filename, *flags.paths]
    if not paths:
        if not stdin_is_piped():
            raise UsageError("nothing to work on: name files with -f, or pipe something in")
        paths = [STDIN]
    given = input_named(paths, flags)
    if not given.sources and not given.missing and not flags.allow_empty:
        raise UsageError(f"no manifests in {', '.join(paths)}; -R reads directories with all that is below them")
    return given if keeps_patches else without_patches(given)


def input_named(paths: list[str], flags: InputFlags) -> Input:
    """Return what paths name as an input; with --keep-going, what is not there is noted in it.

    Raises `UsageError` for a pattern that matches nothing, `InputError` for what is not there without --keep-going.
    """
    missing: list[InputError] = []
    refuse = missing.append if flags.keep_going else raised
    given = input_of(found_sources(paths, flags, refuse), flags)._replace(missing=tuple(missing))
    is_quiet = isinstance(flags, QuietFlags) and flags.quiet
    given = _with_patches_marked(given, is_quiet=is_quiet)
    return _without_foreign(given, is_quiet=is_quiet) if flags.skip_foreign else given


def found_sources(paths: list[str], flags: InputFlags, refuse: Refuse = raised) -> list[Source]:
    """Return the files that paths name, without those that --exclude or .sidecarctlignore leave out.

    Raises `UsageError` for a pattern that matches nothing, `InputError` for what is not there unless `refuse` takes it.
    """
    leaves_out = None
    folders = [folder for path in paths if (folder := folder_named(path)) is not None]
    if flags.exclude or any(os.path.lexists(os.path.join(folder, IGNORE_FILE)) for folder in (os.curdir, *folders)):
        from sidecarctl.shell.input.excluded_files import exclusion

        leaves_out = exclusion(flags.exclude, folders)
    return sources(paths, recursive=flags.recursive, refuse=refuse, leaves_out=leaves_out)


def _with_patches_marked(given: Input, *, is_quiet: bool) -> Input:
    """Mark the files that a kustomization of the input names as patches, with a line for each."""
    if not any(os.path.basename(source.path).lower().startswith("kustomization") for source in given.sources):
        return given
    from sidecarctl.shell.input.excluded_files import is_kustomization, patch_files

    named: dict[str, str] = {}  # the kustomization of each patch
    for source in given.sources:
        if is_kustomization(source.path) and source.size <= given.max_document:
            data = b"".join(given.blocks(source))
            named.update(dict.fromkeys(patch_files(source.path, data), source.shown))
    marked = [source for source in given.sources if os.path.normpath(source.path) in named]
    for source in marked if not is_quiet else ():
        say(visible(f"{source.shown}: passed over: {named[os.path.normpath(source.path)]} names it as a patch"))
    return given._replace(patches=frozenset(source.shown for source in marked))


def without_patches(given: Input) -> Input:
    """Leave out the files that are patches of kustomize: for commands that do not pass their text on."""
    return given._replace(sources=[source for source in given.sources if source.shown not in given.patches])


def _without_foreign(given: Input, *, is_quiet: bool) -> Input:
    """Leave out the files that hold no Kubernetes manifest, with a line for each."""
    from sidecarctl.shell.input.excluded_files import foreign_reason

    kept: list[Source] = []
    for source in given.sources:
        is_small = source.path != STDIN and source.size <= given.max_document  # what is larger is a dump
        reason = foreign_reason(source.shown, b"".join(given.blocks(source))) if is_small else ""
        if not reason:
            kept.append(source)
        elif not is_quiet:
            say(visible(f"{source.shown}: passed over: {reason}"))
    return given._replace(sources=kept)


def refuse_blank(given: Input) -> None:
    """Raise `UsageError` for sources without a value."""
    is_blank = all(says_nothing(block) for source in given.sources for block in given.blocks(source))
    if is_blank and not given.missing:
        raise UsageError(EMPTY)


def input_of(found: list[Source], flags: InputFlags, stdin: Kept | None = None) -> Input:
    """Return sources as an input; stdin may have been kept before."""
    if stdin is None and any(source.path == STDIN for source in found):
        stdin = KeptStdin()
    return Input(found, stdin, size(flags.max_document), {})


def cluster_knowledge(flags: InputFlags, given: Input) -> Knowledge:
    """Return what --cluster, --sidecarset and the input itself tell about the cluster."""
    return joined(*theirs_and_ours(flags, given), flags)


def cluster_input(flags: InputFlags, given: Input) -> Input:
    """Return the sources that tell about the cluster: those of --live, --cluster and --sidecarset."""
    dumps = found_sources(flags.cluster, flags)
    found = [*dumps, *found_sources(flags.sidecarset, flags)]
    if not (isinstance(flags, LiveFlags) and flags.live):
        of_cluster = frozenset(source.shown for source in dumps)
        return input_of(found, flags, given.stdin)._replace(of_cluster=of_cluster)
    from sidecarctl.shell.input.live import known_sources

    live = known_sources(flags)
    return input_of([*live.sources, *found], flags, given.stdin)._replace(
        of_cluster=frozenset(source.shown for source in live.sources), unread=live.findings
    )


def theirs_and_ours(flags: InputFlags, given: Input, cluster: Input | None = None) -> tuple[Knowledge, Knowledge]:
    """Return what --live, --cluster and --sidecarset tell about the cluster, and what the input itself does."""
    if cluster is None:
        cluster = cluster_input(flags, given)
        tell_unread(cluster, flags)
    theirs = documents_of(cluster)
    from_input = documents_of(without_patches(given), keep_going=flags.keep_going)
    return knowledge(theirs, cluster.of_cluster), knowledge(from_input)


def tell_unread(cluster: Input, flags: InputFlags) -> None:
    """Say what a live cluster does not let the user read."""
    if cluster.unread:
        from sidecarctl.shell.report.run_report import tell

        tell(cluster.unread, flags)


def older_sets(paths: list[str], flags: InputFlags, given: Input) -> list[Known]:
    """Return the SidecarSets in the files that --from (or --old) names.

    Raises `UsageError` where it names files, and none is in them.
    """
    found = knowledge(documents_of(input_of(sources(paths), flags, given.stdin))).sidecar_sets
    refuse_none(found, paths)
    return found


def refuse_none(sidecar_sets: Sized, paths: list[str]) -> None:
    """Raise `UsageError` where files were named, and no SidecarSet is in them."""
    if paths and not sidecar_sets:
        raise UsageError(f"no SidecarSet in {', '.join(paths)}")


def _tells(data: bytes) -> bool:
    """Whether a text may hold something that a cluster knows; plain searches, for a stream is long."""
    if any(name in data for name in _TELLING) or has_escapes(data):  # a kind may be spelled with one
        return True
    return _NAMESPACE in data and re.search(_NAMESPACE + rb"(?:List)?\b", data) is not None  # not `Namespaced`


def _may_tell(pieces: Iterable[bytes]) -> bool:
    tail = b""
    for piece in pieces:
        if _tells(piece) or _tells(tail + piece[:_OVERLAP]):
            return True
        tail = (tail + piece)[-_OVERLAP:] if len(piece) < _OVERLAP else piece[-_OVERLAP:]
    return False


def documents_of(given: Input, *, keep_going: bool = False) -> Iterator[Document]:
    """Return the documents of the input that may tell something about a cluster."""
    for source in given.sources:
        try:
            if not _may_tell(given.blocks(source)):
                continue
            for chunk in given.chunks(source):
                if _tells(chunk.data):
                    yield from _readable(chunk, source) if keep_going else documents(chunk, source.shown)
        except SidecarctlError:
            if not keep_going:  # else: said when the documents are gone through
                raise


def owned_in(given: Input, limits: "Limits") -> "OwnedWorkloads | None":
    """Return which workloads of an input another one of its objects made; None where none says that it has an owner.

    What cannot be read says nothing here.
    """
    says_owner = False
    for source in given.sources:
        with suppress(SidecarctlError):
            says_owner = says_owner or any(b"ownerReferences" in block for block in given.blocks(source))
    if not says_owner:
        return None
    from sidecarctl.api.targets import objects
    from sidecarctl.api.workload_pods import OwnedWorkloads

    owned = OwnedWorkloads(limits)
    for source in given.sources:
        with suppress(SidecarctlError):
            for chunk in given.chunks(source):
                for document in documents(chunk, source.shown):
                    owned.add(found for found in objects(document) if found.kind != "Pod")  # Pods own none
    return owned


def _readable(chunk: Chunk, source: Source) -> list[Document]:
    """The documents of a chunk; none where one of them has no value."""
    try:
        found = list(documents(chunk, source.shown))
        for document in found:
            document.value()
    except SidecarctlError:
        return []
    return found


def joined(theirs: Knowledge, ours: Knowledge, flags: InputFlags) -> Knowledge:
    """Join what two sources tell; a later object of one name takes the place of an earlier one, with a warning.

    What is to be applied to a live cluster takes the place of what is there: that is no cause for a warning.
    """
    warn = _nothing_said if isinstance(flags, LiveFlags) and flags.live else say
    return Knowledge(*(_without_doubles([*a, *b], warn) for a, b in zip(theirs, ours, strict=True)))


def _nothing_said(_: str) -> None:
    return


def _without_doubles(known: list[Known], warn: Callable[[str], None]) -> list[Known]:
    by_name: dict[tuple[str, str], Known] = {}
    for one in known:
        name = one.found.text_of("namespace"), one.name
        if name in by_name and by_name[name].found.value != one.found.value:
            first, second = by_name[name].position, one.position
            told = f"sidecarctl: warning: {one.found.resource} at {first} is given again at {second}, which counts"
            warn(visible(told))
        by_name[name] = one
    return list(by_name.values())
