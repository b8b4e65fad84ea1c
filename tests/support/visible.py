"""Characters that cannot be seen, in case files: <CR>, <TAB>, <BOM>, and <no break> for a line that has none."""

import re
from typing import Final

_INVISIBLE: Final = {
    "<CR>": "\r",
    "<TAB>": "\t",
    "<BOM>": "\ufeff",
    "<NEL>": "\x85",
    "<LS>": "\u2028",
    "<BEL>": "\x07",
    "<space>": " ",
}
_NO_BREAK: Final = "<no break>"


def as_bytes_say(block: str) -> str:
    """Return the text that a block of a case file shows."""
    text = block.replace(f"{_NO_BREAK}\n", "")
    for name, char in _INVISIBLE.items():
        text = text.replace(name, char)
    return text


def as_people_see(text: str) -> str:
    """Show a text as a block of a case file."""
    shown = re.sub(r" (?=\r?$)", "<space>", text, flags=re.MULTILINE)
    for name, char in _INVISIBLE.items():
        shown = shown if char == " " else shown.replace(char, name)
    shown = re.sub("<CR>(?!\n)", f"<CR>{_NO_BREAK}\n", shown)
    return shown if shown.endswith("\n") else f"{shown}{_NO_BREAK}\n"
