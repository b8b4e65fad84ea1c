"""Splicing the difference of two values into the text of the first gives a text of the second."""

from doors.yamledit import Document, Edit, Origin, UnsupportedEdit, Value, applied, diff, prove, resolved, same, spliced
from hypothesis import event, given, reject
from hypothesis import strategies as st
from strategies import changed_inside, documents

from sidecarctl.finding import FieldPath, UnreadableDocument

REFUSED = (  # what is refused rather than guessed
    "a change of the whole document at once",
    "a change inside an anchored value that is merged (<<) elsewhere",
    "removing a key that a merge (<<) brings in",
    "removing all that an item holds",
    "a key without a colon",
)


def named(_path: FieldPath) -> str | None:
    return "name"


def document_and_value(text: str) -> tuple[Document, Value]:
    """A document, and what it says; what cannot be read is no example."""
    document = Document(text, Origin())
    try:
        return document, document.value()
    except UnreadableDocument:
        reject()


def output_of(document: Document, edits: list[Edit]) -> str | None:
    """The edited text; None where a named reason speaks against it."""
    try:
        splices, _ = resolved(document, edits)
    except UnsupportedEdit as refused:
        event(f"refused: {refused.message}")
        if refused.message in REFUSED:
            return None
        raise
    return spliced(document.text, splices)


@given(documents(), st.data())
def test_the_result_says_what_was_meant(text: str, data: st.DataObject) -> None:
    document, before = document_and_value(text)
    after = data.draw(changed_inside(before))
    edits = diff(before, after, named)
    assert same(applied(before, edits), after)
    output = output_of(document, edits)
    if output is None:
        return

    prove(document, edits, output, "full")
    prove(document, edits, output, "fast")
    assert same(Document(output, Origin()).value(), after)
    if not edits:
        assert output == text


@given(documents(), st.data())
def test_the_bytes_around_the_splices_are_the_same(text: str, data: st.DataObject) -> None:
    document, before = document_and_value(text)
    try:
        splices, _ = resolved(document, diff(before, data.draw(changed_inside(before)), named))
    except UnsupportedEdit:
        return
    output = spliced(text, splices)

    position = shift = 0
    for splice in splices:
        assert output[position + shift : splice.start + shift] == text[position : splice.start]
        shift += len(splice.text) - (splice.end - splice.start)
        position = splice.end
    assert output[position + shift :] == text[position:]
