"""Files of a tree that a run leaves out: by --exclude or .sidecarctlignore, foreign files, patches of kustomize.

# Strategy
Patterns are those of .gitignore, read by pathspec. --exclude speaks of every path, also of one that the command line
names, for a shell may have expanded it; .sidecarctlignore only of files that a directory or a pattern brought.
--skip-foreign looks at the text: a file counts as foreign where it is certain, and as Kubernetes' in doubt.
A file that a kustomization of the input names as a patch holds part of an object: kustomize puts it into the whole one.
"""

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import UnreadableDocument
from sidecarctl.shell.errors import InputError, UsageError
from sidecarctl.shell.files import IGNORE_FILE, LeavesOut, open_regular, template_mark
from sidecarctl.yamledit.stream.documents import chunks, documents

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_KEY_AT_TOP: Final = re.compile(rb"""(?m)^(?:\xef\xbb\xbf)?["']?(?:apiVersion|kind)["']?[ \t]*:""")
_FLOW_ROOT: Final = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?(?:---)?[ \t]*[{\[](?![{%])")  # JSON is one, too
_KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "kustomization")  # may lack apiVersion and kind
_PATCH_LISTS: Final = ("patches", "patchesStrategicMerge", "patchesJson6902")  # fields of a kustomization


def exclusion(excluded: list[str], folders: Iterable[str]) -> LeavesOut:
    """Return the test for paths to leave out.

    `excluded` are the patterns of --exclude, relative to the current directory; `folders` are the directories that the
    command line names: their .sidecarctlignore is read, and that of the current directory.
    Raises `InputError` for an ignore file that cannot be read, `UsageError` for a pattern without meaning.
    """
    roots = sorted({os.path.normpath(folder) for folder in (os.curdir, *folders)})
    found = [(root, path) for root in roots if os.path.lexists(path := os.path.join(root, IGNORE_FILE))]
    flagged = _patterns(excluded, "--exclude")
    ignored = [(root, _patterns(_lines(path), path)) for root, path in found]

    def is_left_out(path: str, is_named: bool) -> bool:  # noqa: FBT001 - called in one place
        seen = _relative(path, os.curdir)
        if flagged.match_file(path if seen is None else seen):
            return True
        below = ((spec, _relative(path, folder)) for folder, spec in ignored if not is_named)
        return any(relative is not None and spec.match_file(relative) for spec, relative in below)

    return is_left_out


def foreign_reason(name: str, data: bytes) -> str:
    """Return why a file with these bytes holds no Kubernetes manifest; an empty text if it does, or may."""
    if is_kustomization(name) or not data.strip():
        return ""
    try:
        found = (document for chunk in chunks([data], name) for document in documents(chunk, name))
        if any(_is_manifest(document.value()) for document in found):
            return ""
    except UnreadableDocument as error:
        return _foreign_text(data, error.position.line)
    return "no document in it has an apiVersion and a kind"


def is_kustomization(path: str) -> bool:
    """Return whether a file is a kustomization, by its name."""
    return os.path.basename(path).lower() in _KUSTOMIZATIONS


def patch_files(path: str, data: bytes) -> list[str]:
    """Return the paths of the patches that a kustomization names; none if it cannot be read."""
    try:
        values = [one.value() for chunk in chunks([data], path) for one in documents(chunk, path)]
    except UnreadableDocument:
        return []  # for the run to report
    lists = [value.get(field) for value in values if isinstance(value, dict) for field in _PATCH_LISTS]
    patches = [patch for patches in lists if isinstance(patches, list) for patch in patches]
    named = [patch.get("path") if isinstance(patch, dict) else patch for patch in patches]
    folder = os.path.dirname(path)
    return [os.path.normpath(os.path.join(folder, one)) for one in named if isinstance(one, str) and "\n" not in one]


def _is_manifest(value: object) -> bool:
    return isinstance(value, dict) and "apiVersion" in value and "kind" in value


def _foreign_text(data: bytes, line: int) -> str:
    """Judge a text that cannot be read as YAML from a line on, which is 1-based."""
    if template_mark(data, line) is not None:
        return "looks like a template, which is no YAML until it is rendered"
    may_be_manifest = _KEY_AT_TOP.search(data) or (b"apiVersion" in data and _FLOW_ROOT.search(data)) or b"\0" in data
    return "" if may_be_manifest else "no YAML, and no manifest: no apiVersion and no kind at its top level"


def _patterns(lines: list[str], where: str) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from None


def _lines(path: str) -> list[str]:
    try:
        with open(open_regular(path), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8") from None


def _relative(path: str, folder: str) -> str | None:
    """Return a path as it is seen from a folder; None if it does not lie below it."""
    relative = os.path.relpath(path, folder)
    is_outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
    return None if is_outside else relative.replace(os.sep, "/")
