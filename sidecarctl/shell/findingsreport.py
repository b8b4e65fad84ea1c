"""The findings of a run that edits documents, in the formats of other programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sidecarctl.shell.findings import Findings
from sidecarctl.shell.reports import Wish, findings_writer, write_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sidecarctl.api.change import Outcome
    from sidecarctl.finding import Finding


class FindingsReport:
    """Collects findings; these formats have no words for what became of an object that nothing is to be said of."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._findings = Findings()

    def add(self, outcomes: Iterable[Outcome], findings: Iterable[Finding], *, passed_over: int = 0) -> None:
        """Take note of what there is to say about a document."""
        del outcomes, passed_over
        self._findings.add(findings)

    def note(self, findings: Iterable[Finding]) -> None:
        """Take note of what a person was told already."""
        self._findings.add(findings)

    def fail(self) -> None:
        """Write what is known to the file; stderr gets the error itself."""
        if self._wish.path:
            self.write()

    def write(self) -> None:
        """Write it to stderr or to its file."""
        pieces = findings_writer(self._wish.format)(self._findings)
        if self._wish.path:
            write_pieces(self._wish.path, pieces)
        else:
            sys.stderr.writelines(pieces)
