"""Signals that wait until something is finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGHUP, SIGINT, SIGTERM, raise_signal, signal
from types import FrameType
from typing import Final

_HELD: Final = (SIGHUP, SIGINT, SIGTERM)


@contextmanager
def held_signals() -> Iterator[list[int]]:
    """Let SIGINT, SIGTERM and SIGHUP wait until the block is finished; give it the list of those that came.

    They take effect then, unless the block raises an error: that says more.
    """
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    before = [(number, signal(number, note)) for number in _HELD]
    try:
        yield received
    finally:
        for number, handler in before:
            signal(number, handler)
    if received:
        raise_signal(received[0])
