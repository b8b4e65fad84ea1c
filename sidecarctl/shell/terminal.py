"""What goes to a person: escaped where a name could move the cursor, coloured where somebody watches."""

import os
import re
import sys
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import Final

# Control, direction and invisible characters; lone surrogates are bytes of file names that are no UTF-8.
HIDDEN: Final = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_COMMAND: Final = r"^(\s*):(?=:)|#(?=#\w*\[)"  # `::error::` begins a line, `##[error]` and `##vso[` stand anywhere
_COLOURS: Final = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "grey": "90", "bold": "1"}


def prepare_streams() -> None:
    """Let stdout take any text; let streams that were closed be empty, silent, or fail as files do."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as above
    if sys.stdout is None:
        sys.stdout = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as above; not to be written to
    elif isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _buffered(sys.stdout)
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _buffered(sys.stderr)
        sys.stderr.reconfigure(line_buffering=True)


def _buffered(stream: TextIOWrapper) -> TextIOWrapper:
    """A stream with a buffer: under PYTHONUNBUFFERED it has none, and forgets what the kernel did not take at once."""
    if not isinstance(stream.buffer, RawIOBase):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return TextIOWrapper(BufferedWriter(stream.detach()), encoding, errors)  # type: ignore[type-var]  # a raw one


def visible(text: str) -> str:
    """Show control and direction characters as escapes, and break what a CI system takes for a command in its log."""
    if not text.isprintable():  # all that is hidden is not; the search would take long to compile
        text = re.sub(HIDDEN, _escape, text)
    if "::" in text or "##" in text:
        text = re.sub(_COMMAND, lambda found: f"{found[1] or ''}{_escape(found[0][-1:])}", text)
    return text


def _escape(found: "re.Match[str] | str") -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - as Python writes them


def counted(number: int, word: str = "Pod") -> str:
    """Return a number of things: "1 Pod", "2 Pods"."""
    return f"{number} {word}{'' if number == 1 else 's'}"


class Palette:
    """Colours, or none of them."""

    def __init__(self, *, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, colour: str) -> str:
        """Colour a text."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.on else text


def palette(wish: str, stream: object) -> Palette:
    """Decide about colour: the flag, then NO_COLOR and FORCE_COLOR, then whether somebody watches the stream."""
    if wish != "auto":
        return Palette(on=wish == "always")
    if os.environ.get("NO_COLOR"):
        return Palette(on=False)
    if os.environ.get("FORCE_COLOR"):
        return Palette(on=True)
    watched = getattr(stream, "isatty", lambda: False)()
    return Palette(on=bool(watched) and os.environ.get("TERM") != "dumb")


def terminal_width() -> int | None:
    """Return how many cells a line of stdout has; None where nobody watches."""
    if not getattr(sys.stdout, "isatty", lambda: False)():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def say(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{text}\n")
