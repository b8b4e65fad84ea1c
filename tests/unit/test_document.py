"""Documents: where things lie, for people who count lines and characters."""

import pytest
from doors.yamledit import Document, Origin, child, key_node

from sidecarctl.finding import FieldPath, UnreadableDocument

TEXT = """# 集群
x: &base
  k: 1
spec:
  <<: *base
  containers:
  - name: app # 🚀
    image:
  "quoted": [a, {b: c}]
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), "f:2:1"),
        (("spec",), "f:5:3"),
        (("spec", "containers", 0, "name"), "f:7:11"),
        (("spec", "containers", 0, "image"), "f:8:11"),
        (("spec", "quoted", 1, "b"), "f:9:21"),
        (("spec", "k"), "f:3:6"),
        (("spec", "nowhere", "deeper"), "f:5:3"),
        (("spec", "containers", 7), "f:7:3"),
        (("x", 0), "f:2:4"),
    ],
)
def test_tells_where_a_field_stands(path: FieldPath, place: str) -> None:
    assert str(Document(TEXT, Origin("f")).position(path)) == place


def test_counts_lines_from_the_beginning_of_the_stream_with_every_kind_of_break() -> None:
    document = Document("a: 1\r\nb: 2\rc: 3\nd: 4", Origin("f", 10))

    assert [document.position((key,)).line for key in "abcd"] == [11, 12, 13, 14]


def test_gives_its_bytes_back_with_the_mark_in_front() -> None:
    assert Document("é: 1", Origin(), "\ufeff").data == b"\xef\xbb\xbf\xc3\xa9: 1"


def test_reads_nothing_until_asked() -> None:
    document = Document("[", Origin())

    assert document.data == b"["
    with pytest.raises(UnreadableDocument):
        document.value()


@pytest.mark.parametrize("path", [("b",), ("b", "c")])
def test_a_key_that_is_no_scalar_is_refused_on_every_way(path: FieldPath) -> None:
    document = Document("[a]: 1\nb: 2", Origin("f"))

    for ask in (document.value, document.node, document.position):
        with pytest.raises(UnreadableDocument, match="f:1:1: a key that is not a scalar"):
            ask(path)


def test_where_nothing_stands_there_is_null() -> None:
    document = Document("a: {b: [1]}", Origin())

    assert document.value(("a", "b", 5)) is None
    assert document.value(("a", "b", "c")) is None
    assert document.value(("a", 0)) is None
    assert child(document.tree.root, "z") is None
    assert key_node(document.tree.root, "a") is not None


@pytest.mark.parametrize("text", ["", "# only\n", "---\n", "\n\n"])
def test_an_empty_document_is_null(text: str) -> None:
    assert Document(text, Origin("f")).value() is None
    assert Document(text, Origin("f")).position(("a",)).file == "f"
