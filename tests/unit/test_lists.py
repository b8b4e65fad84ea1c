"""Cutting Lists: which are left whole and why, what the pieces are, and where their fields stand in the file."""

import re
import tracemalloc
from collections.abc import Iterable
from itertools import chain, repeat

import pytest
from doors.api import excerpt
from doors.yamledit import Chunk, KnownLists, Lists, chunks, documents, lists
from doors.yamledit import stream_documents as stream

from sidecarctl.finding import ConflictingEdits, UnreadableDocument

YAML = """\
# of two
apiVersion: v1
items:

# the first
- kind: Pod
  metadata:
    name: a  # one

  # still the first
# the second
- kind: Pod
  metadata: {name: b}

kind: List
"""
JSON = '{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"é"}},\t{"kind":"Pod","metadata":{"name":"b"}}\n]}'


@pytest.fixture(autouse=True)
def _cuts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "WHOLE", 0)


def cut(data: str, size: int = 1 << 20, limit: int = 1 << 20) -> tuple[list[Chunk], Lists]:
    """Cut a stream that comes in blocks of a size."""
    given = data.encode()

    def blocks(start: int) -> Iterable[bytes]:
        return (given[at : at + size] for at in range(start, len(given), size))

    known: KnownLists = {}
    cutter = Lists("f", blocks, limit, known)
    return list(chunks(blocks(0), "f", limit, cutter)), cutter


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
@pytest.mark.parametrize(
    "text",
    [
        YAML,
        YAML.replace("\n", "\r\n"),
        re.sub(r"\n(?=- |  )", "\n    ", YAML),
        f"a: 1\n---\n{YAML}---\n{YAML}...\nb: 2\n",
        YAML.replace("kind: List\n", "").replace("# of two", "kind: List"),
        JSON,
        f"{JSON}\n{JSON}\n---\na: 1\n",
        f"\ufeff{JSON}",
    ],
)
def test_joined_the_pieces_are_the_stream(text: str, size: int) -> None:
    found, _ = cut(text, size)

    assert b"".join(chunk.original for chunk in found) == text.encode()
    assert len([chunk for chunk in found if chunk.cut]) == 2 * text.count("List")


def test_an_item_is_a_list_of_one() -> None:
    (first, second), _ = cut(YAML)

    assert first.data.decode() == YAML.replace("# the second\n- kind: Pod\n  metadata: {name: b}\n\n", "")
    assert second.data.decode() == YAML[: YAML.index("# the first")] + YAML[YAML.index("# the second") :]


@pytest.mark.parametrize("text", [YAML, JSON])
def test_fields_stand_where_they_stand_in_the_file(text: str) -> None:
    [whole] = chunks([text.encode()], "f")
    [document] = documents(whole, "f")
    found, _ = cut(text)

    for number, chunk in enumerate(found):
        [item] = documents(chunk, "f")
        for path in ((), ("kind",), ("metadata",), ("metadata", "name")):
            position = item.position(("items", 0, *path))
            assert position == document.position(("items", number, *path))
            at = position.line - 1, position.column - 1
            assert [one.extent[0] <= at < one.extent[1] for one in found] == [one is chunk for one in found]
            shown, wanted = excerpt(item, position), excerpt(document, position)
            assert shown
            assert wanted
            assert shown.line[shown.caret :][:5] == wanted.line[wanted.caret :][:5]
        assert item.path_in_file(("items", 0, "kind")) == ("items", number, "kind")
        assert item.path_in_file(("kind",)) == ("kind",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("items:\n- a: &x 1\n- a: *x\nkind: List\n", "unreadable on its own, at line 3"),
        ("x: &x 1\nitems:\n- a: *x\nkind: List\n", "unreadable on its own, at line 3"),
        ('items:\n- a: "b\n- c"\n- d: 1\nkind: List\n', "unreadable on its own, at line 2"),
        ('items:\n- a: "b\n# c"\n- d: 1\nkind: List\n', "unreadable on its own, at line 2"),
        ("items:\n- a: [b,\nc]\n- d: 1\nkind: List\n", "unreadable on its own, at line 2"),
        ("items:\n- a: b\u2028c\nkind: List\n", "a line break that is none in JSON, at line 2"),
        ("items:\n- a: 1\r\n- b: 2\nkind: List\n", "its lines end in different ways, at line 2"),
        ("items:\n- a: 1\nkind: List", "its last line is open, at line 3"),
        ("items:\n- a: 1\nkind: Listing\n", "its kind is no List, at line 4"),
        ("items:\n- a: 1\nkind: List\nkind: List\n", "around its items is unreadable: a key that this mapping"),
        ("items:\n- a: 1\nkind: List\nitems: []\n", "around its items is unreadable: a key that this mapping"),
        ("items: [a: 1]\nkind: List\n", "its items are not to be seen"),
        ("items: {}\nkind: List\n", "its items are not to be seen"),
        ("- a\n", "its items are not to be seen"),
        ('{"items":[{"a":1}],"kind":"Foo"}', "its kind is no List"),
        ('{"items":[{"a":1}],"kind":"List"} {"b":1}', "its kind is no List"),
        ('{"items":[],"kind":"List"}', "it has no items that could be seen"),
        ('{"items":{},"kind":"List"}', "its items are not to be seen"),
        ('{"items":[{"a":1},{"b":x}],"kind":"List"}', "an item that is no JSON"),
        ('{"items":[{"a":1} {"b":1}],"kind":"List"}', "no comma behind an item"),
        ('{"items":[{"a":1},{"b":1}', "it is cut off"),
        ('{"items":[{"a":1},{"b":"', "it is cut off"),
        ('{"items":[ {\n "a":1\n   }, {\n"b":1\n}],"kind":"List"}', "an item begins in the middle of a line"),
    ],
)
def test_what_is_not_sure_stays_whole(text: str, why: str) -> None:
    found, cutter = cut(text)

    assert [chunk.data for chunk in found] == [text.encode()]
    assert why in cutter.why_whole(0)


def test_says_why_a_list_that_is_too_long_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_LIST", 1000)
    items = "- a: 1\n" * 200
    with pytest.raises(UnreadableDocument, match=r"f:1:1: .*; as a List it .* its last line is open, at line 202"):
        cut(f"items:\n{items}kind: List", 100, limit=1000)


@pytest.mark.parametrize("text", ["items:\n- a: 1\n- b: X\nkind: List\n", '{"items":[\n"a",\n"X"],"kind":"List"}'])
def test_an_item_has_the_limit_of_a_document(text: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"f:3:1: an item of a List over 1000 bytes .the limit max-document"):
        cut(text.replace("X", "x" * 2000), 100, limit=1000)


def test_an_edit_must_leave_the_list_around_alone() -> None:
    (first, _), _ = cut(YAML)

    assert first.in_stream(first.data.replace(b"a  #", b"c  #")) == first.original.replace(b"a  #", b"c  #")
    with pytest.raises(ConflictingEdits):
        first.in_stream(first.data.replace(b"kind: List", b"kind: Pods"))


@pytest.mark.parametrize("head", ["kind: List\nitems:\n", '{"kind":"List","items":[\n'])
def test_memory_is_an_items(head: str) -> None:
    is_json = head.startswith("{")
    text = "x" * 65_000
    item = f'{{"a":"{text}"}},\n' if is_json else f"- a: {text}\n"
    end = '{"a":1}]}' if is_json else "- a: 1\n"

    def blocks(start: int) -> Iterable[bytes]:
        for piece in chain([head], repeat(item, 400), [end]):
            yield piece.encode()[start:]
            start = max(0, start - len(piece))

    tracemalloc.start()
    known: KnownLists = {}
    count = sum(chunk.cut is not None for chunk in chunks(blocks(0), "f", 1 << 20, Lists("f", blocks, 1 << 20, known)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 401
    assert peak < 40 * len(item)  # of 400
