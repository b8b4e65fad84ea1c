"""What to do about the parser's complaints, which speak of its own work."""

from typing import Final

_INDENTATION: Final = "is this line indented as its neighbours are?"
_HINTS: Final = (
    ("found a tab character", "indent with blanks, never with tabs"),
    (
        "found character that cannot start any token",
        "indent with blanks, never with tabs; quote what begins with @ or %",
    ),
    (
        "mapping values are not allowed",
        "put a text with `: ` in it in quotes, or indent this line as its neighbours are",
    ),
    (
        "could not find expected ':'",
        "each key needs a colon and a blank behind it; or a text goes on too far to the left",
    ),
    ("while scanning a quoted scalar, found unexpected", "this quote is not closed"),
    ("while parsing a block mapping, did not find expected key", _INDENTATION),
    ("while parsing a block collection, did not find expected '-' indicator", _INDENTATION),
    ("while parsing a flow", "look for a bracket, brace or comma that is missing, or one too many"),
)


def hinted(complaint: str) -> str:
    """Return a complaint of the parser, with what a person may do about it."""
    return next((f"{complaint}: {hint}" for sign, hint in _HINTS if sign in complaint), complaint)
