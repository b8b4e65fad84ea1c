"""A stream gives the same documents wherever the blocks are cut that it is read in, and loses no byte."""

import re
from functools import partial
from itertools import pairwise
from unittest.mock import patch

import pytest
from doors.yamledit import Document, documents_in, sifting
from doors.yamledit import stream_documents as stream
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from sidecarctl.finding import UnreadableDocument

_JSON = st.sampled_from(['{"a":1}', '{"a": {\n "b": []\n}}', "{}", "[1]", ""])
_MARKS = st.sampled_from(
    [
        "---\n",
        "--- # x\n",
        "...\n---\n",
        "\n---\r\n",
        "---\r",
        "...\n",
        "%YAML 1.1\n---\n",
        "\n",
        "--- \n",
        "---x\n",
        "# c\n---\n",
        "%x\n",
    ]
)
_pieces = st.lists(documents() | _JSON | _MARKS, max_size=8)


def _read(chunks: list[stream.Chunk]) -> list[Document]:
    return [document for chunk in chunks for document in stream.documents(chunk, "x")]


@given(_pieces, st.lists(st.integers(0, 400)))
def test_the_cut_of_the_blocks_does_not_matter(pieces: list[str], cuts: list[int]) -> None:
    data = "".join(pieces).encode()
    borders = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    blocks = [data[a:b] for a, b in pairwise(borders)]

    whole = list(stream.chunks([data], "x"))
    assert list(stream.chunks(blocks, "x")) == whole
    assert b"".join(chunk.data for chunk in whole) == data
    try:
        found = _read(whole)
    except UnreadableDocument:
        return
    assert b"".join(document.data for document in found) == data
    for document in found:
        assert data.count(b"\n") >= document.origin.line - data.count(b"\r")


_INTERESTING = ("containers", "kind")
_NEAR = [0, 60, sifting._FAR]  # noqa: SLF001 - the documents here are shorter than any that it was made for


def _places(data: bytes, end: int) -> list[int]:
    return [found.start() for word in _INTERESTING for found in re.finditer(word.encode(), data[:end])]


@given(_pieces, st.lists(st.integers(0, 400)), st.sampled_from([stream.MAX_DOCUMENT, 300, 60]), st.sampled_from(_NEAR))
def test_documents_without_interest_stay_together_and_no_other(
    pieces: list[str], cuts: list[int], max_document: int, near: int
) -> None:
    data = "".join(pieces).encode()
    borders = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    blocks = [data[a:b] for a, b in pairwise(borders)]
    try:
        whole = list(stream.chunks([data], "x", max_document))
    except UnreadableDocument as error:
        with pytest.raises(UnreadableDocument, match=re.escape(error.message)):
            list(stream.chunks(blocks, "x", max_document, None, partial(sifting.sifted, _places)))
        return

    with patch.object(sifting, "_FAR", near):
        sifted = list(stream.chunks(blocks, "x", max_document, None, partial(sifting.sifted, _places)))

    assert b"".join(chunk.data for chunk in sifted) == data
    assert sum(documents_in(chunk.data) for chunk in sifted) == len(whole)
    alone = {chunk for chunk in sifted if not chunk.is_passed}
    assert alone <= set(whole)
    assert {chunk for chunk in whole if _places(chunk.data, len(chunk.data))} <= alone
