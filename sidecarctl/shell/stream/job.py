"""One run over the input: read pieces, work on them in several processes, write and report in order.

Of several files a shard gets whole ones, a contiguous run of the list, so that the outputs of all shards in order are
the output of a run without it. Of a single stream it gets every Nth document (job.py). Runs are of about as many
bytes; with --in-place of as many files, for what one shard writes must not move the bounds of the next.
"""

from __future__ import annotations

import os
import sys
from functools import reduce
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Self

from sidecarctl.finding import SidecarctlError, UnreadableDocument
from sidecarctl.record import Record
from sidecarctl.render.text import visible
from sidecarctl.shell.cli.flags import parsed_shard
from sidecarctl.shell.errors import Exit, UsageError, exit_code
from sidecarctl.shell.input.sources import EMPTY, Input
from sidecarctl.shell.pool import Pool, jobs_worth
from sidecarctl.shell.stream.pieces import Piece, Result, Show, Trace, passed_over, result_of
from sidecarctl.shell.terminal import say
from sidecarctl.yamledit.stream.documents import Chunk, says_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sidecarctl.api.change import Change
    from sidecarctl.shell.cli.command_flags import JobFlags, ProgressWish, WriteFlags
    from sidecarctl.shell.files import Source
    from sidecarctl.shell.report.run_report import Reports
    from sidecarctl.shell.stream.writers import Writer
    from sidecarctl.shell.terminal import Progress
    from sidecarctl.yamledit.proof import Proof
    from sidecarctl.yamledit.stream.sifting import Sieve
    from sidecarctl.yamledit.value import Value


_SMALL = 2 * 1024 * 1024  # up to here the full proof costs less than anybody notices; so does reading all there is


class Job(Record):
    """What to do with each document, and what with the results."""

    given: Input
    changes: Callable[[Chunk, str], Iterable[Change]]
    may_concern: Callable[[bytes], bool]
    show: Show | None
    writer: Writer
    reports: Reports
    sieve: Sieve | None = None  # finds what may concern us in many documents at once
    trace: Trace | None = None
    verify: Proof | None = None  # how edits are proven, where that was asked for
    writing: WriteFlags | None = None  # None for a command that does not write the documents

    @property
    def only_changed(self) -> bool:
        """Whether documents that do not change are left out."""
        return self.writing is not None and self.writing.only_changed


class _Run(Record):
    """A job, and what is decided once for all of its sources."""

    job: Job
    flags: JobFlags
    reads_all: bool  # documents that cannot concern us are read all the same

    def work(self, piece: Piece) -> Result:
        """Return what becomes of a piece."""
        return result_of(piece, self.job.changes, self.job.show, self.job.trace)


class Ended(Record):
    """How going through the input ended."""

    code: Exit
    shown: list[Value]
    is_changed: bool


def run_job(job: Job, flags: JobFlags) -> Ended:
    """Go through the whole input.

    Raises the first error; with --keep-going the errors are said, what they are about is passed on as it came, and the
    exit code is that of the worst.
    """
    own = _own_sources(job, flags)
    size = input_size(job.given)  # once: it looks at every file
    run = _Run(job, flags, job.show is not None or proof_for_size(job.verify, size) == "full")
    watch = _Watch(job.writing.progress if job.writing else "none", sum(map(job.given.size, own)))
    shown: list[Value] = []
    code, is_changed, is_empty = Exit.OK, False, True
    for missing in job.given.missing:
        code = max(code, _said(missing, job.reports))
        is_empty = False
    jobs = jobs_worth(flags.jobs, size)
    with Workers(run.work, jobs) as workers, job.writer as writer, job.reports.awaiting(writer):
        writer.follow(lambda: _last_output(run, own))
        for source in own:
            writer.begin(source)
            job.reports.begin(source.path, source.shown if len(job.given.sources) > 1 else "")
            for result in watch.seen(_results(run, source, workers), source):
                is_empty = is_empty and result.error is None and says_nothing(result.output)
                if result.error is not None:
                    if not flags.keep_going:
                        raise result.error
                    code = max(code, _said(result.error, job.reports))
                for error in result.errors:
                    code = max(code, _said(error, job.reports))
                shown += result.objects if result.is_changed or not job.only_changed else ()
                is_changed = is_changed or result.is_changed
                job.reports.add(result.outcomes, result.findings, passed_over=result.passed_over)
                if result.is_changed or not job.only_changed:
                    writer.put(result)
        if is_empty and not flags.allow_empty and not is_changed and not (flags.shard and _holds_something(job.given)):
            raise UsageError(EMPTY)
        writer.finish()
    return Ended(code, shown, is_changed)


def _own_sources(job: Job, flags: JobFlags) -> list[Source]:
    """The sources that this run works on; of several, those of its shard."""
    if not flags.shard or len(job.given.sources) == 1:
        return job.given.sources

    return sources_of_shard(job.given, flags.shard, by_files=job.writing is not None and job.writing.in_place)


def _last_output(run: _Run, own: list[Source]) -> bytes:
    """Return the last byte that the shards before this one print; nothing where they print nothing."""
    before = run.job.given.sources[: run.job.given.sources.index(own[0])] if own else []
    for source in reversed(before):
        results = map(run.work, _Pieces(run, source))
        kept = (one.output for one in results if one.is_changed or not run.job.only_changed)
        if last := reduce(lambda last, output: output[-1:] or last, kept, b""):
            return last
    return b""


def _holds_something(given: Input) -> bool:
    """Return whether the input has any document, be it in another shard."""
    return any(not says_nothing(block) for source in given.sources for block in given.blocks(source))


def _said(error: SidecarctlError, reports: Reports) -> Exit:
    """Return the exit code of an error that does not end the run, once it was said."""
    from sidecarctl.shell.errors import findings_of

    say(visible(f"sidecarctl: {error}"))
    reports.note(findings_of(error))
    return exit_code(error)


class _Watch:
    """Tells a person how far a run has come; not where the output itself goes to their terminal."""

    def __init__(self, wish: ProgressWish, total: int) -> None:
        self._progress: Progress | None = None
        self._done, self._total = 0, total
        if wish == "plain" or (wish == "auto" and sys.stderr.isatty() and not sys.stdout.isatty()):
            from sidecarctl.shell.terminal import progress_for

            self._progress = progress_for(wish)

    def seen(self, results: Iterator[Result], source: Source) -> Iterator[Result]:
        """Return results as they come."""
        if (progress := self._progress) is None:
            yield from results
            return
        try:
            for result in results:
                self._done += len(result.original)
                progress.tell(lambda: f"{source.shown}: {progress.part(self._done, self._total)}")
                if result.error is not None:
                    progress.clear()
                yield result
        finally:
            progress.clear()


def proof_for(asked: Proof | None, given: Input) -> Proof:
    """Return how edits are proven: as asked, else in full as long as the input is small."""
    return proof_for_size(asked, input_size(given))


def proof_for_size(asked: Proof | None, size: int) -> Proof:
    """Return the same for an input of this size, in bytes."""
    return asked or ("full" if size <= _SMALL else "fast")


def input_size(given: Input) -> int:
    """Return how many bytes the input holds."""
    return sum(map(given.size, given.sources))


def _results(run: _Run, source: Source, workers: Workers) -> Iterator[Result]:
    pieces = _Pieces(run, source)
    yield from workers.worked(pieces)
    if pieces.error is None:
        return
    is_readable = isinstance(pieces.error, UnreadableDocument)  # as bytes
    if not run.flags.keep_going or (pieces.end and not is_readable):
        raise pieces.error  # a part of a file is not to be taken for the whole
    yield Result(b"", b"", error=pieces.error)
    if is_readable and pieces.takes_next():
        say(visible(f"sidecarctl: {source.shown}: what follows is passed on as it came"))
        for block in run.job.given.blocks(source, pieces.end):
            yield Result(block, block)


class _Pieces:
    """The pieces of a source that this run works on, up to where nobody can read on."""

    def __init__(self, run: _Run, source: Source) -> None:
        self._run = run
        self._source = source
        self._part, self._parts = parsed_shard(run.flags.shard or "1/1") if len(run.job.given.sources) == 1 else (1, 1)
        self._number = -1
        self.end = 0  # in bytes, of what came so far
        self.error: SidecarctlError | None = None

    def __iter__(self) -> Iterator[Piece]:
        try:
            yield from self._pieces()
        except SidecarctlError as error:
            self.error = error

    def takes_next(self) -> bool:
        """Whether what follows is for this shard."""
        return (self._number + 1) % self._parts == self._part - 1

    def _pieces(self) -> Iterator[Piece]:
        job, _, reads_all = self._run
        is_patch = self._source.shown in job.given.patches  # it holds part of an object: its text is passed on
        may_concern = False
        for chunk in _chunks(job, self._source, None if reads_all or self._parts > 1 else job.sieve):
            if chunk.cut is None or chunk.cut.number == 0:
                self._number += 1
                may_concern = not is_patch and (
                    reads_all or (not chunk.is_passed and _may_concern(job, self._source, chunk))
                )
            self.end += len(chunk.original)
            if self._number % self._parts == self._part - 1:
                yield Piece(chunk, self._source.shown, may_concern)


def _chunks(job: Job, source: Source, sieve: Sieve | None) -> Iterator[Chunk]:
    """The documents of a source; Lists stay whole where what becomes of an item depends on the others."""
    is_whole = job.only_changed or (job.writing is not None and job.writing.drop_sidecarsets)
    return (job.given._replace(known_lists=None) if is_whole else job.given).chunks(source, sieve)


def _may_concern(job: Job, source: Source, chunk: Chunk) -> bool:
    """Whether a document may concern us; a List whose items go separate ways is still asked as one."""
    if job.may_concern(chunk.data):
        return True
    return chunk.cut is not None and any(job.may_concern(item.data) for item in job.given.items(source, chunk))


def sources_of_shard(given: Input, shard: str, *, by_files: bool) -> list[Source]:
    """Return the sources of a shard (I/N), of an input that has several; `by_files`: whatever their sizes are.

    Raises `UsageError` for a --shard that cannot be read.
    """
    part, parts = parsed_shard(shard)
    sizes = [1] * len(given.sources) if by_files else [*map(given.size, given.sources)]
    start, end = shards(sizes, parts)[part - 1]
    return given.sources[start:end]


def shards(sizes: list[int], parts: int) -> list[tuple[int, int]]:
    """Cut a list of files, by their sizes, into runs of about the same size; return the bounds of each.

    A run holds at least one file as long as there are enough of them.
    """
    bounds: list[tuple[int, int]] = []
    start, left = 0, sum(sizes)
    for others in range(parts - 1, -1, -1):
        share, most = left / (others + 1), len(sizes) - others
        end, taken = start, 0
        while end < len(sizes) and (end == start or (end < most and taken + sizes[end] / 2 <= share)):
            taken += sizes[end]
            end += 1
        if others == 0:
            end = len(sizes)
        bounds.append((start, end))
        start, left = end, left - taken
    return bounds


_BATCH_BYTES: Final = 128 * 1024


class Workers:
    """Processes that work on pieces: started for the first source of more than one batch, and kept for the others."""

    def __init__(self, work: Callable[[Piece], Result], jobs: int) -> None:
        def results(batch: list[Piece]) -> list[Result]:
            return list(map(work, batch))

        self._work = work
        self._pool = Pool(results, jobs) if jobs > 1 and hasattr(os, "fork") else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()

    def worked(self, pieces: Iterable[Piece]) -> Iterator[Result]:
        """Return the result of each piece of a source, in order."""
        if self._pool is None:
            yield from map(self._work, pieces)
            return
        batches = _batches(pieces)
        first_two = list(islice(batches, 2))
        if len(first_two) < 2:  # noqa: PLR2004 - as its name says
            yield from map(self._work, chain(*first_two))
            return
        for _, done in self._pool.in_order(chain(first_two, batches), _all_passed_over):
            yield from done


def _all_passed_over(batch: list[Piece]) -> list[Result] | None:
    return None if any(piece.may_concern for piece in batch) else list(map(passed_over, batch))


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    held = 0
    for piece in pieces:
        batch.append(piece)
        held += len(piece.chunk.data)
        if held >= _BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
