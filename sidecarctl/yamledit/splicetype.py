"""The last form of a change: a piece of text, and the stretch of the document that it takes the place of."""

from sidecarctl.record import Record


class Splice(Record):
    """Put `text` where the characters from `start` to `end` were; `depth` orders insertions at one place."""

    start: int
    end: int
    text: str
    depth: int = 0
