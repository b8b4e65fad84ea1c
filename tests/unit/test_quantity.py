import pytest
from doors.upstream import Format, InvalidQuantity, Quantity, from_milli, parse
from hypothesis import given
from hypothesis import strategies as st

KEPT = ["1.500", "00100m", "+5", "1e3", "1E3", "1e-3", "1.G", "5.", "1.500e3", "0100Mi", "1025Mi", "0", "1e21"]
CANONICAL = {
    "1.5": "1500m",
    "0.100": "100m",
    "1000m": "1",
    "100e1": "1e3",
    "12e4": "120e3",
    "1.000": "1",
    "1024Mi": "1Gi",
    "8Gi": "8Gi",
    "8Ei": "9223372036854775807",
    "0.1Gi": "107374182400m",
    "1000000000000000000000": "1",
    "5000000000000000000000": "5",
    "0.0000000001": "1n",
    "-1.5Gi": "-1536Mi",
    "-0": "0",
    " 1.5 ": "1500m",
}
TEXTS = st.from_regex(
    r"[+-]?[0-9]{0,12}(\.[0-9]{0,10})?(n|u|m||k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?[0-9]{1,2})", fullmatch=True
)


@pytest.mark.parametrize("text", KEPT)
def test_keeps_the_text_where_kubernetes_does(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(("text", "shown"), CANONICAL.items())
def test_prints_canonical_text(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


@pytest.mark.parametrize("text", [".", "+", "m", "E", "Ti", "0Pi", "-0.0"])
def test_without_digits_it_is_zero(text: str) -> None:
    assert (parse(text).nano, str(parse(text))) == (0, "0")


@pytest.mark.parametrize(
    "text", ["", "K", "KiB", "1 0", "Pi", "Ei", "1K", "abc", "1e", "1e3m", "--1", "1e99999", "9" * 2000]
)
def test_refuses_what_is_none(text: str) -> None:
    with pytest.raises(InvalidQuantity):
        parse(text)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.5, "500m"), (1, "1"), (1.0, "1"), (1e-7, "100e-9"), (0.00001, "10u"), (1e16, "10P"), (1e21, "1e+21"), (0, "0")],
)
def test_reads_numbers_as_their_json_text(number: float, shown: str) -> None:
    assert str(parse(number)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1u", "1m"),
        ("1n", "1m"),
        ("1500u", "2m"),
        ("0.0001Ki", "103m"),
        ("1.0005", "1001m"),
        ("1.500", "1.500"),
        ("-1u", "-1m"),
    ],
)
def test_rounds_up_to_thousandths_and_else_keeps_the_text(text: str, shown: str) -> None:
    assert str(parse(text).rounded_up_to_milli()) == shown


def test_a_sum_takes_the_left_format_unless_that_is_zero() -> None:
    assert str(parse("1Gi").plus(parse("1G"))) == "2073741824"
    assert str(parse("100M").plus(parse("1Gi"))) == "1173741824"
    assert str(Quantity(0).plus(parse("1Gi"))) == "1Gi"
    assert str(parse("1.500").minus(parse("0"))) == "1500m"


def test_thousandths_beyond_64_bits_are_refused() -> None:
    assert parse("8P").milli() == 8 * 10**18
    with pytest.raises(InvalidQuantity):
        parse("10P").milli()


def test_a_number_of_thousandths() -> None:
    assert str(from_milli(1500, Format.BINARY_SI)) == "1500m"


@given(TEXTS)
def test_printed_text_reads_back_as_itself(text: str) -> None:
    try:
        shown = str(parse(text))
    except InvalidQuantity:
        return
    again = parse(shown)
    assert str(again) == shown
    if abs(again.nano) < 10**30:  # above, the suffix is lost
        assert again.nano == parse(text).nano


@given(TEXTS)
def test_rounding_up_is_stable_and_never_down(text: str) -> None:
    try:
        quantity = parse(text)
    except InvalidQuantity:
        return
    rounded = quantity.rounded_up_to_milli()
    assert rounded.rounded_up_to_milli() is rounded
    assert abs(rounded.nano) >= abs(quantity.nano)
