"""Work in several processes, in order, with a bounded number of pieces under way."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from sidecarctl.shell.exits import InputError, tidy_when_terminated
from sidecarctl.shell.work import Piece, Result, passed_over

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_WORTH_A_PROCESS: Final = 8 * 1024 * 1024  # bytes of input
_MOST: Final = 4
_BATCH_BYTES: Final = 256 * 1024

_work: Callable[[Piece], Result] | None = None  # set before the fork, so that workers have it


def jobs_worth(asked: int, input_size: int) -> int:
    """Return how many processes to use: what was asked for, or what the input is worth."""
    if asked:
        return asked
    if input_size < _WORTH_A_PROCESS or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST)


def worked(pieces: Iterable[Piece], work: Callable[[Piece], Result], jobs: int) -> Iterator[Result]:
    """Return the result of each piece, in order."""
    if jobs == 1 or not hasattr(os, "fork"):
        yield from map(work, pieces)
        return
    yield from _worked_in_processes(pieces, work, jobs)


def _worked_in_processes(pieces: Iterable[Piece], work: Callable[[Piece], Result], jobs: int) -> Iterator[Result]:
    global _work  # noqa: PLW0603 - the workers are forks: this is how they get what cannot be pickled
    from concurrent.futures import ProcessPoolExecutor  # multiprocessing.Pool waits for ever for a worker that died
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    _work = work
    pool = ProcessPoolExecutor(jobs, get_context("fork"), _leave_signals_to_the_parent)
    pending: deque[Callable[[], list[Result]]] = deque()
    try:
        _start(pool)
        for batch in _batches(pieces):
            if any(piece.may_concern for piece in batch):
                pending.append(pool.submit(_batch_results, batch).result)
            else:  # not worth a journey
                pending.append(partial(_all_passed_over, batch))
            if len(pending) > 2 * jobs:
                yield from pending.popleft()()
        while pending:
            yield from pending.popleft()()
    except BrokenProcessPool:
        raise InputError("one of our processes was killed, perhaps for its memory; --jobs 1 needs the least") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start(pool: "ProcessPoolExecutor") -> None:
    """Start the workers. Signals wait until all of them run: one in between would leave some that nobody ends."""
    from signal import SIG_BLOCK, SIG_UNBLOCK, SIGINT, SIGTERM, pthread_sigmask

    tidy_when_terminated()
    pthread_sigmask(SIG_BLOCK, (SIGINT, SIGTERM))
    pool.submit(_batch_results, [])  # the first task starts them
    pthread_sigmask(SIG_UNBLOCK, (SIGINT, SIGTERM))


def _leave_signals_to_the_parent() -> None:
    from signal import SIG_DFL, SIG_IGN, SIG_UNBLOCK, SIGINT, SIGTERM, pthread_sigmask, signal

    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, (SIGINT, SIGTERM))


def _all_passed_over(batch: list[Piece]) -> list[Result]:
    return list(map(passed_over, batch))


def _batch_results(batch: list[Piece]) -> list[Result]:
    assert _work is not None  # noqa: S101 - set before the fork
    return list(map(_work, batch))


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
