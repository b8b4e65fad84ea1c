from time import process_time

import pytest
from doors.upstream import InvalidRegexp, search


@pytest.mark.parametrize(
    ("pattern", "text", "occurs"),
    [
        ("ain", "main-1", True),
        ("", "anything", True),
        ("^main$", "main-1", False),
        ("^main$", "main\n", False),
        ("(?m)^main$", "x\nmain\ny", True),
        ("^(main|side).*", "sidecar", True),
        ("(?i)MAIN", "main", True),
        ("a(?i)b|MAIN", "main", True),
        ("(?i:M)AIN", "main", False),
        ("(?P<name>m)ain", "main", True),
        (r"\d+", "a1", True),
        (r"\d", "\u0663", False),
        (r"\bmain\b", "a main thing", True),
        (r"\Qm.n\E", "main", False),
        (r"\x6d\x{61}in", "main", True),
        (r"\p{Lu}", "Main", True),
        (r"\P{L}", "main", False),
        ("[[:alpha:]]", "1", False),
        ("[]a]", "]", True),
        ("[^]a]", "a", False),
        ("a{,2}", "aa", False),
        ("a{2,}", "aa", True),
        ("a{2}b", "ab", False),
        (".", "\n", False),
        ("(?s).", "\n", True),
        (r"\z", "", True),
        ("^*main", "main", True),
    ],
)
def test_occurs(pattern: str, text: str, occurs: bool) -> None:  # noqa: FBT001 - a column
    assert search(pattern)(text) is occurs


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing closing ): `(`"),
        ("[", "missing closing ]: `[`"),
        ("a)", "unexpected ): `a)`"),
        ("(?=x)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!x)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=x)a", "invalid named capture: `(?<=x)a`"),
        ("(?<a-b>x)", "invalid named capture: `(?<a-b>`"),
        ("(?P<a-b>x)", "invalid named capture: `(?P<a-b>`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\q", r"invalid escape sequence: `\q`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("(a{100}){100}", "invalid repeat count: `{100}`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
        ("\\", "trailing backslash at end of expression: ``"),
    ],
)
def test_refuses_what_go_refuses_in_its_words(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidRegexp) as refused:
        search(pattern)
    assert str(refused.value) == f"error parsing regexp: {reason}"


def test_time_does_not_explode() -> None:
    assert not search("(a+)+(a*)*b")("a" * 63)


@pytest.mark.parametrize(
    ("pattern", "text", "occurs"),
    [
        (r"^\p{Greek}+$", "σας", True),
        (r"\p{Latin}", "σας", False),
        (r"\p{^Greek}", "a", True),
        ("(" * 999 + "a" + ")" * 999, "main", True),
        ("(?i)Δ", "δ", True),
        ("^.$", "\ud800", True),  # Go reads a surrogate as U+FFFD
        ("\ufffd", "\udc00", True),
        (r"\Q\C\E", r"\C", True),
        ("a(?P<n>b)(?P<n>c)", "abc", True),
    ],
)
def test_takes_what_go_takes(pattern: str, text: str, occurs: bool) -> None:  # noqa: FBT001 - a column
    assert search(pattern)(text) is occurs


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"a\C", r"invalid escape sequence: `\C`"),
        (r"[\C]", r"invalid escape sequence: `\C`"),
        (r"\8\C", r"invalid escape sequence: `\8`"),
        ("(?P<é>a)", "invalid named capture: `(?P<é>`"),
        ("(?<!a)", "invalid named capture: `(?<!a)`"),
        ("(" * 1000 + ")" * 1000, f"expression nests too deeply: `{'(' * 1000}{')' * 1000}`"),
    ],
)
def test_refuses_what_only_re2_takes(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidRegexp) as refused:
        search(pattern)
    assert str(refused.value) == f"error parsing regexp: {reason}"


@pytest.mark.parametrize(
    "pattern",
    [
        "|".join(f"a{number}" for number in range(50_000)),
        "^(" + "|".join(f"a{number}" for number in range(50_000)) + ")$",
        "a" * 2_000_000,
        "a?" * 200_000,
        r"\pL" * 100_000,
        "[" + "".join(chr(0x10000 + 2 * number) for number in range(200_000)) + "]",
        "a{0,1000}" * 900,
        "(?i)" + "k" * 400_000,
        "." * 3_000_000,
        "|" * 400_000,
        "[a-z]" * 3_000,
    ],
    ids=lambda pattern: f"{pattern[:8]}… {len(pattern)}",
)
def test_long_patterns_and_texts_take_little_time(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    start = process_time()
    try:
        search(pattern)("z" * 100_000)
    except InvalidRegexp as refused:
        assert "expression too large" in str(refused)  # noqa: PT017 - both ends are right
    assert process_time() - start < 3
    assert capfd.readouterr().err == ""


def test_time_is_linear_in_the_text() -> None:
    start = process_time()
    assert not search("^.*x")("y" * 3_000_000)
    assert process_time() - start < 3
