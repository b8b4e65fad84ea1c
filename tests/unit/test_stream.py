"""A stream is cut the same wherever the blocks it comes in are cut, and loses no byte."""

import pytest
from doors.yamledit import chunks, documents

from sidecarctl.finding import UnreadableDocument

STREAMS = {
    b"a: 1\n---\nb: 2\n--- # c\nc: 3\n...\n%YAML 1.1\n---\nd: |\n ---\n---x: 1\n": 4,
    b'{"a":1}\n{"b":2}\n\n{"c":\n{"x":1}}\n---\ny: 1\n': 4,
    b'{"a": {\n  "b": 1\n }\n}\n{"c": 2}': 2,
    b"---\n---\na: 1": 2,
    b"%YAML 1.1\n# c\n---\na: 1\n---\r\nb: 1\r\n...": 2,
    b"a: 1\r---\rb: 2\r": 2,
    b"": 0,
    b"# only": 1,
    b"a: 1\n... # x\n# y\nb: 2\n": 2,
    b"\xef\xbb\xbfa: 1\n---\nb: '\n\n'\n": 2,
    b"a: 1\n---": 2,
}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 11, 64])
def test_cuts_alike_in_blocks_of_any_size(stream: bytes, size: int) -> None:
    whole = list(chunks([stream], "x"))
    blocks = (stream[start : start + size] for start in range(0, len(stream), size))

    assert list(chunks(blocks, "x")) == whole
    assert b"".join(chunk.data for chunk in whole) == stream
    assert len(whole) == STREAMS[stream]


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (b'{"a":1} {"b":2}\n', [0, 0]),
        (b"a: 1\xc2\x85---\nb: 2\n", [0, 0]),  # NEL is a line break to YAML, not to an editor
        (b"\n\na: 1\n---\nb: 2", [0, 3]),
    ],
)
def test_the_parser_sees_borders_that_the_search_does_not(stream: bytes, lines: list[int]) -> None:
    found = [document for chunk in chunks([stream], "x") for document in documents(chunk, "x")]

    assert [document.origin.line for document in found] == lines
    assert b"".join(document.data for document in found) == stream


def test_a_document_over_the_limit_is_refused_before_it_ends() -> None:
    def endless() -> object:
        yield b"a: 1\n---\n"
        while True:
            yield b"k: v\n" * 1000

    with pytest.raises(UnreadableDocument, match=r"x:2:1: .*max-document"):
        list(chunks(endless(), "x", max_document=50_000))  # type: ignore[arg-type]  # a generator of bytes


def test_bytes_that_are_not_utf8_are_named_by_their_offset() -> None:
    (_, second) = chunks([b"a: 1\n---\nb: \xff\n"], "x")

    with pytest.raises(UnreadableDocument, match="x:3:4: not UTF-8, at byte 12"):
        list(documents(second, "x"))
