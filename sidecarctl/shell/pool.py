"""Work in several processes, in order, with a bounded number of pieces under way."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from sidecarctl.shell.errors import InputError, tidy_when_terminated

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
_WORTH_A_PROCESS: Final = 8 * 1024 * 1024  # bytes of input
_MOST: Final = 4
Task = TypeVar("Task")
Done = TypeVar("Done")
_work: Callable[[object], object] | None = None  # set before the fork, so that workers have it


def jobs_worth(asked: int, input_size: int) -> int:
    """Return how many processes to use: what was asked for, or what the input is worth."""
    if asked:
        return asked
    if input_size < _WORTH_A_PROCESS or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST)


def in_order(tasks: Iterable[Task], work: Callable[[Task], Done], jobs: int) -> Iterator[tuple[Task, Done]]:
    """Return each task with what the work gives, in order.

    Raises `InputError` where a process was killed.
    """
    if jobs == 1 or not hasattr(os, "fork"):
        yield from ((task, work(task)) for task in tasks)
        return
    pool = Pool(work, jobs)
    try:
        yield from pool.in_order(tasks, lambda _: None)
    finally:
        pool.close()


class Pool(Generic[Task, Done]):
    """Processes that are started with the first task."""

    def __init__(self, work: Callable[[Task], Done], jobs: int) -> None:
        self._work = work
        self._jobs = jobs
        self._processes: ProcessPoolExecutor | None = None

    def in_order(self, tasks: Iterable[Task], quickly: Callable[[Task], Done | None]) -> Iterator[tuple[Task, Done]]:
        """Return each task with what the work gives, in order; what `quickly` can do is not worth a journey.

        Raises `InputError` where a process was killed.
        """
        from concurrent.futures.process import BrokenProcessPool

        pending: deque[tuple[Task, Callable[[], Done]]] = deque()
        try:
            pool = self._started()
            for task in tasks:
                done = quickly(task)
                result = pool.submit(_worked_on, task).result if done is None else partial(_itself, done)
                pending.append((task, cast("Callable[[], Done]", result)))
                if len(pending) > 2 * self._jobs:
                    yield _ended(pending.popleft())
            while pending:
                yield _ended(pending.popleft())
        except BrokenProcessPool:
            raise InputError(
                "one of our processes was killed, perhaps for its memory; --jobs 1 needs the least"
            ) from None

    def close(self) -> None:
        """End the processes."""
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)

    def _started(self) -> "ProcessPoolExecutor":
        global _work  # noqa: PLW0603 - the workers are forks: this is how they get what cannot be pickled
        if self._processes is None:
            from concurrent.futures import ProcessPoolExecutor  # multiprocessing.Pool hangs when a worker has died
            from multiprocessing import get_context

            _work = cast("Callable[[object], object]", self._work)
            self._processes = ProcessPoolExecutor(self._jobs, get_context("fork"), _leave_signals_to_the_parent)
            _start(self._processes)
        return self._processes


def _ended(pending: tuple[Task, Callable[[], Done]]) -> tuple[Task, Done]:
    return pending[0], pending[1]()


def _itself(value: Done) -> Done:
    return value


def _start(pool: "ProcessPoolExecutor") -> None:
    """Start the workers. Signals wait until all of them run: one in between would leave some that nobody ends."""
    from signal import SIG_BLOCK, SIG_UNBLOCK, SIGINT, SIGTERM, pthread_sigmask

    tidy_when_terminated()
    pthread_sigmask(SIG_BLOCK, (SIGINT, SIGTERM))
    pool.submit(_itself, None)  # the first task starts them
    pthread_sigmask(SIG_UNBLOCK, (SIGINT, SIGTERM))


def _leave_signals_to_the_parent() -> None:
    from signal import SIG_DFL, SIG_IGN, SIG_UNBLOCK, SIGINT, SIGTERM, pthread_sigmask, signal

    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, (SIGINT, SIGTERM))


def _worked_on(task: object) -> object:
    assert _work is not None  # noqa: S101 - set before the fork
    return _work(task)
