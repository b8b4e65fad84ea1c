"""Edits land in the user's own bytes as a careful hand would make them (testdata/splice)."""

from pathlib import Path

import pytest
from splicecase import answered, case_text, read_case

CASES = sorted((Path(__file__).parent.parent.parent / "testdata" / "splice").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_splices(path: Path, *, update: bool) -> None:
    case = read_case(path)
    answer = answered(case)
    if update:
        path.write_text(case_text(answer), encoding="utf-8")
        return
    assert answer.blocks == case.blocks
