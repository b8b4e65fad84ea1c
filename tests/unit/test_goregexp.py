import pytest

from sidecarctl.upstream.goregexp import InvalidRegexp, search


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
