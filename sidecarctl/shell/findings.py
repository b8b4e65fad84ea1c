"""Findings, however many: the first in memory, the rest in a nameless file, and always their number."""

import os
from collections.abc import Iterable, Iterator
from typing import IO, Final

from sidecarctl.finding import Finding, Severity

_KEPT_IN_MEMORY: Final = 2_000
_AT_ONCE: Final = 500  # are written and read together


class Findings:
    """Findings in their order, to be gone through as often as need be."""

    def __init__(self, first: Iterable[Finding] = ()) -> None:
        self.totals = dict.fromkeys(Severity, 0)  # the worst first
        self._file: IO[bytes] | None = None
        self._first: list[Finding] = []
        self._last: list[Finding] = []
        self.add(first)

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings behind those that are there."""
        self._last += self._counted(findings)
        if len(self._last) > _KEPT_IN_MEMORY:
            self._spill()

    def put_first(self, findings: Iterable[Finding]) -> None:
        """Take findings before those that are there; they stay in memory."""
        self._first = [*self._counted(findings), *self._first]

    def __len__(self) -> int:
        return sum(self.totals.values())

    def __iter__(self) -> Iterator[Finding]:
        yield from self._first
        at = 0
        while at < self._spilt:
            found, at = self._read(at)
            yield from found
        yield from self._last

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _counted(self, findings: Iterable[Finding]) -> list[Finding]:
        counted = list(findings)
        for finding in counted:
            self.totals[finding.severity] += 1
        return counted

    @property
    def _spilt(self) -> int:
        return self._file.seek(0, os.SEEK_END) if self._file is not None else 0

    def _spill(self) -> None:
        from pickle import dump

        if self._file is None:
            from tempfile import TemporaryFile

            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as we do
        self._file.seek(0, os.SEEK_END)
        for start in range(0, len(self._last), _AT_ONCE):
            dump(self._last[start : start + _AT_ONCE], self._file)
        self._last = []

    def _read(self, at: int) -> tuple[list[Finding], int]:
        """From its place each time: two may go through it at once."""
        from pickle import load

        assert self._file is not None  # noqa: S101 - there is something in it
        self._file.seek(at)
        found: list[Finding] = load(self._file)  # noqa: S301 - nobody else can have written it: it has no name
        return found, self._file.tell()
