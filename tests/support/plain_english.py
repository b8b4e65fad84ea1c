"""Rules of plain English that a program can check: banned words, and how docstrings begin.

`python3 tests/support/plain_english.py PATH...` prints what breaks them.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
BANNED: Final = (
    r"nobody|somebody|whoever|whom|anew|without a word|for ever|a word|what is none|where it is none|throws? a die"
)
_BANNED: Final = re.compile(rf"(?<![\w-])({BANNED})(?![\w-])", re.IGNORECASE)
# A docstring of a function starts with a verb; these words start something else.
_NO_VERB: Final = re.compile(
    r"a|all|an|any|as|at|bare|both|by|each|every|everything|from|how|if|in|its|it's|left|more|most|names|no|none|"
    r"nothing|number|of|one|other|others|ours|pods|round|so|some|something|such|that|the|their|them|these|they|this|"
    r"those|two|up|what|when|where|whether|which|who|whose|why|with|yet"
)
_RIDDLE: Final = re.compile(r"what|whether|where|who|which|how|why|whose|if|that|those")  # nor is it a noun


def prose_faults(path: Path) -> Iterator[str]:
    """Return each broken rule of a file with its line."""
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        for found in _BANNED.finditer(line):
            yield f"{path.relative_to(ROOT)}:{number}: banned: {found[0]!r}"
    if path.suffix == ".py":
        yield from _docstring_faults(path, ast.parse(text))


def _docstring_faults(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        docstring = ast.get_docstring(node)
        if not docstring:
            continue
        first = re.split(r"[\s.,:;]", docstring, maxsplit=1)[0].lower()
        is_noun = isinstance(node, ast.Module | ast.ClassDef) or is_property(node)
        if (_RIDDLE if is_noun else _NO_VERB).fullmatch(first):
            line = getattr(node, "lineno", 1)
            name = getattr(node, "name", "module")
            yield f"{path.relative_to(ROOT)}:{line}: docstring of {name} starts with {first!r}"


def is_property(node: ast.FunctionDef) -> bool:
    """Return whether a function is read like an attribute; its docstring starts with a noun."""
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def texts(paths: list[Path]) -> list[Path]:
    """Return the files in some paths that hold prose."""
    found = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [file for file in found if file.suffix in {".py", ".md"} and file != Path(__file__).resolve()]


if __name__ == "__main__":
    faults = [fault for path in texts([Path(one).resolve() for one in sys.argv[1:]]) for fault in prose_faults(path)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.exit(bool(faults))
