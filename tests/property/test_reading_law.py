"""Whatever the bytes: they are read, or refused with their place; nothing else is raised, and no value is quoted."""

import re

from doors.yamledit import stream_documents as stream
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import documents

from sidecarctl.finding import UnreadableDocument

HIDDEN = "hunter2"
_SIGNS = "-?:,[]{}#&*!|>'\"%@`~\n\r\t \\<="
_MARKS = [
    "---",
    "...",
    "- ",
    ": ",
    "? ",
    "<<: ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "%YAML 1.2\n",
    "\n  ",
    "|\n ",
    "{}",
    HIDDEN,
]
_ODD = ["\0", "\x07", "\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "é", "🚀", "1e9", "0x", "_"]
_PIECES = st.sampled_from([*_SIGNS, *_MARKS, *_ODD])
soups = st.lists(_PIECES, max_size=30).map("".join)


def _refusal(data: bytes) -> UnreadableDocument | None:
    try:
        for chunk in stream.chunks([data], "file"):
            for document in stream.documents(chunk, "file"):
                document.value()
                document.position(("a", 0))
    except UnreadableDocument as refused:
        return refused
    return None


def _check(data: bytes) -> None:
    refusal = _refusal(data)
    if refusal is not None:
        assert re.match(r"file:\d+:\d+: .", str(refusal))
        assert HIDDEN not in str(refusal)
        assert refusal.position.line <= len(re.split(rb"\r\n?|\n", data))


@given(soups | st.text())
@example("{a: " * 25_000)
@example("[" * 25_000)
@example("? " * 16 + "a\n")
@example("- " * 100_000)
@example("{}" * 2_000)
@example(": " + HIDDEN)
def test_any_text(text: str) -> None:
    _check(text.encode(errors="surrogatepass"))


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    _check(data)


@given(documents(), st.data())
def test_a_document_with_a_mistake(text: str, data: st.DataObject) -> None:
    text = text.replace("app", HIDDEN)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 4)))

    _check((text[:start] + data.draw(_PIECES) + text[end:]).encode(errors="surrogatepass"))
