"""What scalars are beyond the answers of Kubernetes: tags, keys, and what no JSON can say."""

import pytest
from doors.yamledit import CORE, ScalarError, json_number, key_text, plain_value, tagged_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0777", 511),
        ("0o17", 15),
        ("0b101", 5),
        ("-0x1f", -31),
        ("1_000", 1000),
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", 1.8446744073709552e19),
        ("-9223372036854775809", -9.223372036854775809e18),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("1e400", "1e400"),
        ("0x", "0x"),
        ("on", True),
        ("~", None),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    read = plain_value(text)

    assert read == value
    assert type(read) is type(value)


def test_a_number_of_a_thousand_digits_is_read_and_one_more_is_not() -> None:
    assert plain_value("1" * 200) == float("1" * 200)
    with pytest.raises(ScalarError, match="a number over 1000 digits"):
        plain_value("1" * 1001)
    assert plain_value("0x" + "f" * 5000) == "0x" + "f" * 5000


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("1", "!", "1"),
        ("1", f"{CORE}str", "1"),
        ("x", f"{CORE}str", "x"),
        ("2", f"{CORE}float", 2),
        ("on", f"{CORE}bool", True),
        ("~", f"{CORE}null", None),
        ("aGVs\nbG8=", f"{CORE}binary", "hello"),
    ],
)
def test_tags_of_the_core_schema(text: str, tag: str, value: object) -> None:
    assert tagged_value(text, tag) == value


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("hidden", f"{CORE}int"),
        ("true", f"{CORE}int"),
        ("1", f"{CORE}bool"),
        ("2026-01-01", f"{CORE}timestamp"),
        ("hidden", f"{CORE}binary"),
        ("/w==", f"{CORE}binary"),
        ("hidden", f"{CORE}python/name:os.system"),
        ("hidden", "!thing"),
    ],
)
def test_tags_that_are_refused_without_a_quotation(text: str, tag: str) -> None:
    with pytest.raises(ScalarError) as refused:
        tagged_value(text, tag)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (7, "7"),
        (1.5, "1.5"),
        (1e21, "1e+21"),
        (0.1, "0.1"),
        (1e-7, "1e-07"),
        (16777217.0, "1.6777216e+07"),
    ],
)
def test_keys_become_the_text_that_go_prints(key: str | float, text: str) -> None:
    assert key_text(key) == text


@pytest.mark.parametrize("key", [None, 2**63, -(2**63) - 1, [1]])
def test_keys_without_a_text(key: object) -> None:
    with pytest.raises(ScalarError):
        key_text(key)  # type: ignore[arg-type]  # any value may stand where a key stands


@pytest.mark.parametrize(
    ("number", "read"),
    [(1000.0, 1000), (1.5, 1.5), (1e21, 1e21), (1.8446744073709552e19, 18446744073709552000), (-0.0, 0)],
)
def test_floats_come_out_of_json_as_go_prints_them(number: float, read: float) -> None:
    assert json_number(number) == read
    assert type(json_number(number)) is type(read)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_floats_that_json_does_not_know(number: float) -> None:
    with pytest.raises(ScalarError):
        json_number(number)
