"""Measurements of the layout: sizes of modules and functions, imports, helpers that are called once.

`python3 dev.py house` prints them for the package; a path prints them for the package in that checkout as well.
"""

import ast
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
SHORT = 60  # lines


class Function(NamedTuple):
    """A function or method."""

    name: str
    lines: int


class Module(NamedTuple):
    """A module, without the `__init__.py` of folders."""

    path: Path
    lines: int
    functions: list[Function]
    imports: int  # of own modules


def house(package: Path) -> dict[str, str]:
    """Return each measurement with its value."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
    modules = [measured(path, text) for path, text in sources.items() if path.name != "__init__.py"]
    sizes = sorted(module.lines for module in modules)
    functions = sorted(function.lines for module in modules for function in module.functions)
    folders = Counter(module.path.parent for module in modules)
    all_lines = sum(text.count("\n") for text in sources.values())
    in_shell = sum(text.count("\n") for path, text in sources.items() if path.is_relative_to(package / "shell"))
    once = sum(map(called_once, sources.values()))
    return {
        "modules": str(len(modules)),
        "lines": f"{all_lines:,}",
        "median module": f"{statistics.median(sizes):.0f} lines",
        "largest module": f"{sizes[-1]} lines",
        f"modules under {SHORT} lines": str(sum(size < SHORT for size in sizes)),
        "largest folder": f"{max(folders.values())} modules",
        "function, mean": f"{statistics.mean(functions):.1f} lines",
        "function, 90th percentile": f"{functions[len(functions) * 9 // 10]} lines",
        "private functions called once": f"{100 * once / len(functions):.1f} %",
        "own modules imported, mean": f"{statistics.mean(module.imports for module in modules):.2f}",
        "lines outside shell/": f"{100 * (all_lines - in_shell) / all_lines:.1f} %",
    }


def measured(path: Path, text: str) -> Module:
    """Measure one module."""
    tree = ast.parse(text)
    functions = [
        Function(node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return Module(path, text.count("\n"), functions, len(set(own_imports(tree))))


def own_imports(tree: ast.Module) -> Iterator[str]:
    """Return the modules of the package that a module imports, also those for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sidecarctl"):
            yield node.module


def called_once(text: str) -> int:
    """Count the private functions of a module that stand once besides their definition."""
    words = Counter(re.findall(r"\b_[a-z]\w*", text))
    defined = re.findall(r"^\s*def (_[a-z]\w*)", text, re.MULTILINE)
    return sum(words[name] == 2 for name in defined)


def main(paths: list[str]) -> None:
    """Print a table: a column for each checkout."""
    columns = [house(Path(path) / "sidecarctl") for path in [str(ROOT), *paths]]
    for name in columns[0]:
        sys.stdout.write("  ".join([f"{name:32}", *(f"{column.get(name, '-'):>14}" for column in columns)]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
