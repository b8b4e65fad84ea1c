"""Case files of testdata/splice: a document, `+++ edit`, and `+++ output` (testdata/README.md)."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from doors.yamledit import BOM, Document, Edit, Origin, UnsupportedEdit, prove, resolved, spliced
from visible import as_bytes_say, as_people_see

if TYPE_CHECKING:
    from doors.yamledit import Value

    from sidecarctl.finding import FieldPath

_TITLE: Final = "## "
_BLOCK: Final = re.compile(r"^\+\+\+ (\w+)\n", re.MULTILINE)


class SpliceCase(NamedTuple):
    """One case file: the lines of its title, and its blocks as they stand there."""

    title: str
    blocks: dict[str, str]

    @property
    def document(self) -> Document:
        """The document before the edits."""
        text = as_bytes_say(self.blocks["document"])
        bom = BOM if text.startswith(BOM) else ""
        return Document(text.removeprefix(BOM), Origin("case"), bom)

    @property
    def edits(self) -> list[Edit]:
        """The edits, one a line: what to do, the path, the value in JSON; an indented line goes on."""
        lines = self.blocks["edit"].rstrip("\n").replace("\n ", " ").split("\n")
        return [_edit(line) for line in lines]


def read_case(path: Path) -> SpliceCase:
    """Read a case file."""
    document, *rest = _BLOCK.split(path.read_text(encoding="utf-8"))
    lines = document.splitlines(keepends=True)
    title = "".join(line for line in lines if line.startswith(_TITLE))
    blocks = dict(zip(rest[::2], rest[1::2], strict=True))
    return SpliceCase(title, {"document": document.removeprefix(title), **blocks})


def case_text(case: SpliceCase) -> str:
    """Write a case file."""
    first, *others = case.blocks.items()
    return case.title + first[1] + "".join(f"+++ {name}\n{block}" for name, block in others)


def answered(case: SpliceCase) -> SpliceCase:
    """Return the case with the blocks that the code gives now."""
    asked = {name: case.blocks[name] for name in ("document", "edit")}
    document, edits = case.document, case.edits
    try:
        splices, expanded = resolved(document, edits)
    except UnsupportedEdit as error:
        position = document.position_at(error.index)
        return case._replace(blocks={**asked, "refused": f"{position.line}:{position.column}: {error.message}\n"})
    output = spliced(document.text, splices)
    for proof in ("full", "fast"):
        prove(document, edits, output, proof)
    answers = {"output": as_people_see(document.bom + output)}
    if expanded:
        answers["expanded"] = "".join(f"{'.'.join(map(str, path))}\n" for path in expanded)
    return case._replace(blocks={**asked, **answers})


def _edit(line: str) -> Edit:
    op, rest = line.split(" ", 1)
    assert op in {"set", "add", "insert", "remove"}
    if rest.startswith("["):
        parts, end = json.JSONDecoder().raw_decode(rest)
        path: FieldPath = tuple(parts)
    else:
        dotted, _, _ = rest.partition(" ")
        path, end = tuple(int(part) if part.isdecimal() else part for part in dotted.split(".")), len(dotted)
    value: Value = json.loads(rest[end:]) if rest[end:].strip() else None
    return Edit(op, path, value)  # type: ignore[arg-type]  # asserted above
