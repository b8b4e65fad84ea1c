"""A List that is cut into its items gives the bytes, the findings and the numbers of one that is read as a whole."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain, zip_longest
from operator import eq
from pathlib import Path
from typing import IO, Any, Final

import pytest
from casefolder import Case, cases
from commandline import Ran, executed
from doors.api import Change, quick_change
from doors.api import inject as quickitem
from doors.api import replay as rereading
from doors.shell import Exit
from doors.shell import sources as inputs
from doors.upstream import group_kind
from doors.yamledit import Document, Origin, chunks, documents, lists

import sidecarctl
from sidecarctl.finding import SidecarctlError

CASES: Final = Path(__file__).parent.parent.parent / "testdata" / "inject"
COMMANDS: Final = ("inject", "uninject", "diff", "check", "why")
SETS: Final = """\
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {name: every}
spec:
  selector: {matchExpressions: [{key: no-such-label, operator: DoesNotExist}]}
  initContainers: [{name: prepare, image: "busybox:1.37"}]
  containers:
  - name: first
    image: a:1
    shareVolumePolicy: {type: enabled}
    volumeMounts: [{name: buffer, mountPath: /buffer}]
  - {name: last, image: "b:2", args: ["a\\nb\\n"], podInjectPolicy: AfterAppContainer}
  volumes: [{name: buffer, emptyDir: {}}]
  imagePullSecrets: [{name: registry}]
  patchPodMetadata: [{annotations: {example.com/added: "yes"}, patchPolicy: Retain}]
"""


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], tuple[Ran, int]]:
    """Run a command line twice, on whole Lists and on cut ones; return how it ended, and how many items were cut."""

    def run(arguments: list[str], same: Callable[[Ran, Ran], bool] = eq) -> tuple[Ran, int]:
        found: list[Ran] = []
        counted = 0
        cut = lists._cut  # noqa: SLF001 - to see that it was cut at all

        def counting(*given: object) -> object:
            nonlocal counted
            counted += 1
            return cut(*given)  # type: ignore[arg-type]  # passed on as they came

        for whole in (1 << 30, 0):
            with monkeypatch.context() as patched:
                patched.setattr(inputs, "WHOLE", whole)
                patched.setattr(lists, "WHOLE", whole)
                patched.setattr(lists, "_cut", counting)
                found.append(executed(arguments))
        assert same(*found)
        return found[0], counted

    return run


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", cases("inject"))
def test_on_the_cases(case: Case, command: str, both: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)
    arguments = case.arguments(command)
    report = ["--report", "json"] if command not in {"why", "check"} else []
    both([*arguments, *report, *case.inputs])


def objects() -> Iterator[tuple[str, Document]]:
    """The documents of all cases that hold a workload, with the name of their case."""
    for path in sorted(CASES.glob("*/input*")):
        try:
            for chunk in chunks([path.read_bytes()], "x"):
                for document in documents(chunk, "x"):
                    value = document.value()
                    if isinstance(value, dict) and group_kind(value) is not None:
                        yield path.parent.name, document
        except SidecarctlError:
            continue


def yaml_list(texts: list[str], indent: str, tail: str) -> str:
    """Write documents as the items of one List, as they stand, two columns further right."""
    lines = [f"{indent}{line}" if line.strip() else line for text in texts for line in item_lines(text)]
    return "".join(("apiVersion: v1\nitems:\n", *lines, tail))


def item_lines(text: str) -> Iterator[str]:
    is_first = True
    for line in text.splitlines(keepends=True):
        if line.startswith(("---", "...")):
            continue
        is_comment = not line.strip() or line.startswith("#")
        yield "\n" if not line.strip() else f"- {line}" if is_first and not is_comment else f"  {line}"
        is_first = is_first and is_comment


BLOCK: Final = [
    document.text if document.text.endswith("\n") else f"{document.text}\n"
    for _, document in objects()
    if re.match(r"(?:---[^\n]*\n)?(?:#[^\n]*\n)*\w+:", document.text)
    and not {"\r", "\x85", "\u2028", "\ufeff"} & {*document.text}
]
VALUES: Final = [document.value() for _, document in objects()]
TAILS: Final = ('kind: List\nmetadata:\n  resourceVersion: ""\n', "\n# the end\nkind: List\n")
LAYOUTS: Final[dict[str, Callable[[object], str]]] = {
    "kubectl": lambda value: json.dumps(value, indent=4) + "\n",
    "compact": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "one line": lambda value: json.dumps(value, ensure_ascii=False) + "\n",
    "kind first": lambda value: json.dumps(dict(reversed(value.items())), indent=2) + "\n",  # type: ignore[attr-defined]
    "braces joined": lambda value: braces_joined(value).replace("\n    ", "\n  "),
    "CRLF": lambda value: json.dumps(value, indent=4).replace("\n", "\r\n"),
}


def braces_joined(value: object) -> str:
    return re.sub(r"(,|\[)\n    \{(?=\n|\})", r"\1 {", json.dumps(value, indent=2))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("indent", ["", "  ", "    "])
@pytest.mark.parametrize("tail", TAILS)
def test_on_yaml(command: str, indent: str, tail: str, tmp_path: Path, both: Callable[..., tuple[Ran, int]]) -> None:
    whole, cut = 0, 0
    for start in range(0, len(BLOCK), 7):
        (tmp_path / "list.yaml").write_text(yaml_list(BLOCK[start : start + 7], indent, tail), encoding="utf-8")
        _, counted = run_on(tmp_path / "list.yaml", command, both)
        cut, whole = cut + bool(counted), whole + (not counted)
    assert cut > whole


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_on_json(command: str, layout: str, tmp_path: Path, both: Callable[..., tuple[Ran, int]]) -> None:
    for start in range(0, len(VALUES), 40):
        value = {"apiVersion": "v1", "items": VALUES[start : start + 40], "kind": "List", "metadata": {}}
        (tmp_path / "list.json").write_text(LAYOUTS[layout](value), encoding="utf-8", newline="")
        _, counted = run_on(tmp_path / "list.json", command, both)
        assert counted


@pytest.mark.parametrize("indent", ["", "  "])
def test_on_the_short_road(
    indent: str, tmp_path: Path, both: Callable[..., tuple[Ran, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bool] = []

    def watched(*given: object) -> object:
        change = quick_change(*given)  # type: ignore[arg-type]  # passed on as they came
        taken.append(change is not None)
        return change

    monkeypatch.setattr(quickitem, "quick_change", watched)
    (tmp_path / "sets.yaml").write_text(SETS.replace("shareVolumePolicy: {type: enabled}", ""), encoding="utf-8")
    command = ["inject", "--verify", "fast", "--sidecarset", str(tmp_path / "sets.yaml"), "--report", "json"]
    for text in BLOCK:
        (tmp_path / "list.yaml").write_text(yaml_list([text, text], indent, TAILS[0]), encoding="utf-8")
        both([*command, str(tmp_path / "list.yaml")], same_unless_unread)
    assert sum(taken) > len(BLOCK) / 3  # the cases are all about what is unusual


class Pipe(BytesIO):
    def seekable(self) -> bool:
        return False


STREAMS: Final[dict[str, Callable[[bytes], IO[bytes] | Iterable[bytes]]]] = {
    "file": BytesIO,
    "rest of a file": lambda data: behind(b"kind: Gone\n---\n", data),
    "lines": lambda data: data.splitlines(keepends=True),
    "pipe": Pipe,
    "one block": lambda data: [b"", data, b""],
}


def behind(before: bytes, data: bytes) -> IO[bytes]:
    stream = BytesIO(before + data)
    stream.seek(len(before))
    return stream


@pytest.mark.parametrize("layout", ["yaml", *LAYOUTS])
@pytest.mark.parametrize("kind", STREAMS)
def test_in_a_stream_of_the_api(kind: str, layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between other documents, with changes, edits and findings that are those of the whole List."""
    sets: Any = [document.value() for chunk in chunks([SETS.encode()], "") for document in documents(chunk, "")]
    texts = [text for text in BLOCK[:12] if is_let_in(text, sets)]
    values = [Document(text, Origin()).value() for text in texts]
    long = {"apiVersion": "v1", "kind": "List", "items": values}
    text = yaml_list(texts, "  ", TAILS[0]) if layout == "yaml" else LAYOUTS[layout](long)
    line_end = "\r\n" if "\r\n" in text else "\n"  # of the List; where several meet, it stays whole
    data = f"{BLOCK[0]}---{line_end}{text}{line_end}---\n{BLOCK[1]}".encode()
    found = []
    for whole in (1 << 30, 0):
        monkeypatch.setattr(lists, "WHOLE", whole)
        found.append([*sidecarctl.inject_stream(STREAMS[kind](data), sets)])

    one, cut = found
    assert len(one) == 3
    assert len(cut) == 2 + len(texts)
    assert b"".join(change.output for change in cut) == b"".join(change.output for change in one)
    for field in ("edits", "outcomes", "findings"):
        assert sorted(map(str, joined(cut, field))) == sorted(map(str, joined(one, field)))


def is_let_in(text: str, sets: Any) -> bool:  # noqa: ANN401 - SidecarSets
    try:
        return bool([*sidecarctl.inject_stream([text.encode()], sets)])
    except SidecarctlError:
        return False


def joined(changes: list[Change], field: str) -> Iterator[object]:
    return chain.from_iterable(getattr(change, field) for change in changes)


def test_a_stream_forgets_what_is_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A List of 8 MB from a generator: its bytes are held once, and let go as its items come out."""
    monkeypatch.setattr(rereading, "_WORTH_LETTING_GO", 1 << 16)
    held: list[int] = []
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"text": "x" * 1000}}
    data = json.dumps({"apiVersion": "v1", "kind": "List", "items": [item] * 8000}).encode()
    stream = rereading.readable_again(data[at : at + 5000] for at in range(0, len(data), 5000))
    monkeypatch.setattr("sidecarctl.api.values.readable_again", lambda _: stream)

    for change in sidecarctl.inject_stream([], []):
        held.append(len(b"".join(stream._held)))  # type: ignore[attr-defined]  # noqa: SLF001 - what it is about
        assert change.output

    assert len(held) == 8000
    assert held[0] > len(data) - (1 << 17)
    assert held[-1] < 1 << 19


def same_unless_unread(whole: Ran, cut: Ran) -> bool:
    """What nobody asks for is not read on the short road: a wrong type there is for the API server to find."""
    return whole == cut or (whole.code == Exit.UNREADABLE and cut.code == Exit.OK)


def run_on(path: Path, command: str, both: Callable[..., tuple[Ran, int]]) -> tuple[Ran, int]:
    sets = path.parent / "sets.yaml"
    sets.write_text(SETS, encoding="utf-8")
    report = [] if command == "why" else ["--report", "json"]  # of a line that holds all items, text shows a part
    return both([command, "--sidecarset", str(sets), *report, str(path)], same_patch(path) if command == "diff" else eq)


def same_patch(path: Path) -> Callable[[Ran, Ran], bool]:
    """Compare what diffs make of a file: lines that are alike may be told apart otherwise, item by item."""

    def same(whole: Ran, cut: Ran) -> bool:
        given = path.read_bytes()
        assert (whole.code, whole.stderr) == (cut.code, cut.stderr)
        return patched(given, whole.stdout) == patched(given, cut.stdout)

    return same


def open_ends(lines: list[bytes]) -> Iterator[bytes]:
    """Return the lines of a patch; those with a note below them end without a line break."""
    for line, below in zip_longest(lines, lines[1:], fillvalue=b""):
        if not line.startswith(b"\\"):
            yield line.removesuffix(b"\n") if below.startswith(b"\\") else line


def patched(given: bytes, patch: bytes) -> bytes:
    """Apply a unified diff; every line that it takes to be there must be there."""
    old, new, at = given.splitlines(keepends=True), [], 0
    for line in open_ends(patch.splitlines(keepends=True)[2:]):
        if found := re.match(rb"@@ -(\d+)(,0)?", line):
            start = int(found[1]) - (not found[2])
            new += old[at:start]
            at = start
            continue
        if line[:1] != b"+":
            assert old[at] == line[1:]
            at += 1
        if line[:1] != b"-":
            new.append(line[1:])
    return b"".join([*new, *old[at:]])


@pytest.mark.parametrize("proof", ["fast", "full"])
def test_items_of_a_long_list_of_pods_are_pods(
    proof: str, both: Callable[..., tuple[Ran, int]], tmp_path: Path
) -> None:
    pod = "- metadata: {name: web-%d, labels: {app: web}}\n  spec:\n    containers:\n    - {name: main, image: web}\n"
    items = "".join(pod % number for number in range(40))
    main = {"name": "main", "image": "web"}
    given = {
        "first.yaml": f"apiVersion: v1\nkind: PodList\nitems:\n{items}",
        "last.yaml": f"apiVersion: v1\nitems:\n{items}kind: PodList\n",
        "last.json": json.dumps(
            {"items": [{"spec": {"containers": [main]}}] * 40, "kind": "PodList", "apiVersion": "v1"}
        ),
    }
    (tmp_path / "sets.yaml").write_text(SETS)
    for name, text in given.items():
        (tmp_path / name).write_text(text)
        arguments = ["inject", "--sidecarset", str(tmp_path / "sets.yaml"), "--verify", proof, str(tmp_path / name)]
        ran, cut = both(arguments)
        assert cut
        assert ran.stderr.splitlines()[-1] == b"40 injected"
        assert (b"kind: Pod\n" in ran.stdout, b'"kind": "Pod"' in ran.stdout) == (False, False)
