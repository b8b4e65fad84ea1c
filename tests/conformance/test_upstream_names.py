"""Each `Upstream:` names a file that docs/upstream.md knows, a path, or a package of Go's library."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
_CITED = re.compile(r'Upstream: ([^\n"]+)')
_NAME = re.compile(r"[A-Z]{2,}")
_GO = {"encoding/json", "fmt", "net", "reflect.DeepEqual", "regexp", "regexp/syntax/parse.go", "strconv", "time"}
_OTHER = ("the patchMergeKey tags of KT and TB", "RFC 7386 section 2", "strconv.Quote")


def known_names() -> set[str]:
    """The short names of the page's table."""
    rows = re.findall(r"^\| ([A-Z, ]+) \|", (ROOT / "docs" / "upstream.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {name for row in rows for name in row.split(", ")}


@pytest.mark.parametrize("path", sorted((ROOT / "sidecarctl").rglob("*.py")), ids=lambda path: path.stem)
def test_each_citation_leads_somewhere(path: Path) -> None:
    names = known_names()
    for cited in _CITED.findall(path.read_text(encoding="utf-8")):
        if cited.startswith(_OTHER):
            continue
        first, *following = re.split(r"[;,] ", cited.rstrip("."))
        assert first.split(" ")[0] in names | _GO or "/" in first, cited
        for part in following:
            word = part.split(" ")[0]
            assert word in names or not _NAME.fullmatch(word), cited
