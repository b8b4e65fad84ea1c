"""Edits that meet aliases: which are written out, and which edits are refused."""

import pytest
from doors.yamledit import Document, Edit, Origin, UnsupportedEdit, settled

TEXT = """base: &base
  list: &list [1, 2]
  map: &map {k: v}
one: *list
two: *map
merged:
  <<: *base
  own: 1
"""


def test_without_aliases_edits_stay_as_they_are() -> None:
    edits = [Edit("set", ("a",), 1)]

    assert settled(Document("a: 2\n", Origin()), edits) == (edits, ())


@pytest.mark.parametrize(
    ("edit", "edits", "expanded"),
    [
        (Edit("insert", ("one", 2), 3), [Edit("set", ("one",), [1, 2, 3])], (("one",),)),
        (Edit("set", ("one",), 5), [Edit("set", ("one",), 5)], ()),
        (Edit("remove", ("one",)), [Edit("remove", ("one",))], ()),
        (Edit("add", ("merged", "new"), 1), [Edit("add", ("merged", "new"), 1)], ()),
        (
            Edit("set", ("merged", "map", "k"), "w"),
            [Edit("add", ("merged", "map"), {"k": "w"})],
            (("merged", "map"),),
        ),
        (Edit("set", ("merged", "own"), 2), [Edit("set", ("merged", "own"), 2)], ()),
    ],
)
def test_an_edit_behind_an_alias_writes_that_alias_out(
    edit: Edit, edits: list[Edit], expanded: tuple[tuple[str, ...], ...]
) -> None:
    assert settled(Document(TEXT, Origin()), [edit]) == (edits, expanded)


@pytest.mark.parametrize(
    ("edits", "expanded"),
    [
        ([Edit("set", ("base", "map", "k"), "w")], None),
        ([Edit("remove", ("base",))], None),
        ([Edit("remove", ("base",)), Edit("remove", ("merged",))], (("one",), ("two",))),
        ([Edit("remove", ("base",)), Edit("remove", ("merged",)), Edit("set", ("two",), 1)], (("one",),)),
    ],
)
def test_an_edit_of_the_anchored_value_writes_its_aliases_out(
    edits: list[Edit], expanded: tuple[tuple[str, ...], ...] | None
) -> None:
    document = Document(TEXT, Origin())
    if expanded is None:
        with pytest.raises(UnsupportedEdit, match="merged"):
            settled(document, edits)
        return
    settlement = settled(document, edits)

    assert settlement.expanded == expanded
    assert settlement.edits == [*edits, *(Edit("set", path, document.value(path)) for path in expanded)]


def test_what_a_merge_brings_in_cannot_be_removed() -> None:
    with pytest.raises(UnsupportedEdit, match=r"removing a key that a merge \(<<\) brings in"):
        settled(Document(TEXT, Origin()), [Edit("remove", ("merged", "list"))])
