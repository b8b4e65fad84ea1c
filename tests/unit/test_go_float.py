"""Numbers as Go reads them: the answers are those of strconv.ParseFloat, Go 1.26."""

from math import inf, isnan

import pytest
from doors.upstream import as_int64, parsed_float


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1E5", 100000.0),
        ("-.5", -0.5),
        ("50.", 50.0),
        ("1_0", 10.0),
        ("0_1", 1.0),
        ("1e5_0", 1e50),
        ("0x1p3", 8.0),
        ("0x_1p3", 8.0),
        ("0x1_0p0", 16.0),
        ("0x1.8p1", 3.0),
        ("0x.8p1", 1.0),
        ("0X8.P1", 16.0),
        ("0x1P+2", 4.0),
        ("0x1p-99999", 0.0),
        ("inf", inf),
        ("-Inf", -inf),
        ("+InFiNiTy", inf),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert parsed_float(text) == number


def test_no_number() -> None:
    assert isnan(parsed_float("NaN"))


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "1e", "e1", "+-1", "1__0", "_1", "1_", "1_e1", "1e_1", "1._0", "1_.0", "0x1", "0xp1", "0b1", "0o7"),
        *("infinit", "+nan", "-nan", "\u0661", "\u00a01", " 1", "1\n", "1f"),
    ],
)
def test_no_syntax(text: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid syntax$"):
        parsed_float(text)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "0x1p99999", f"0x1p{'9' * 30}"])
def test_out_of_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"^value out of range$"):
        parsed_float(text)


@pytest.mark.parametrize(
    ("number", "whole"), [(2.9, 2), (-2.9, -2), (inf, -(1 << 63)), (1e19, -(1 << 63)), (float("nan"), -(1 << 63))]
)
def test_conversion(number: float, whole: int) -> None:
    assert as_int64(number) == whole
