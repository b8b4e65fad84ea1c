"""SidecarSets beside a stream of manifests: what the commands are given."""

from pathlib import Path
from typing import Final, NamedTuple

from chooser import Chooser, Json
from commandline import Ran, executed
from doors.shell import Exit
from doors.yamledit import Value, chunks, documents
from hypothesis import assume, settings
from hypothesis import strategies as st
from manifests import sidecar_sets, workload
from rendering import DIRECTIVE, as_json, rendered
from strategies import Draw

FEWER: Final = settings(max_examples=settings().max_examples // 2)  # each of them runs whole commands
_BYSTANDERS: Final = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |+\n    app: web\n    containers:\n\n",
    "# only a comment\n",
    "\n",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec: {selector: {app: web}}\n",
    '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}\n',
)
_REFUSED: Final = (
    b"the webhook refuses this Pod",  # no JSON to merge, nothing to reckon resources with
    b"sidecarctl does not guess",  # a change inside an anchored value that is merged (<<) elsewhere
)


class Scene(NamedTuple):
    """SidecarSets, and the bytes of the stream that they meet."""

    sets: list[Json]
    data: bytes

    @property
    def has_anchors(self) -> bool:
        """Whether an alias may have to be written out for an edit."""
        return b"&n" in self.data

    @property
    def ends_open(self) -> bool:
        """Whether the stream ends without a line break: a block scalar there must be closed to go on behind it."""
        return not self.data.endswith((b"\n", b"\r"))

    def run(self, folder: Path, command: str, data: bytes, *flags: str) -> Ran:
        """Run a command on a stream; the SidecarSets stand in a file."""
        path = folder / "sidecarsets.yaml"
        path.write_text("\n".join(as_json(one) for one in self.sets), encoding="utf-8")
        return executed([command, "--sidecarset", str(path), *flags], data)


def injected(folder: Path, scene: Scene, *flags: str) -> Ran:
    """How injection into a scene ended; what it must refuse is no example."""
    ran = scene.run(folder, "inject", scene.data, *flags)
    assume(not any(reason in ran.stderr for reason in _REFUSED))
    assert ran.code == Exit.OK, ran.stderr.decode()
    return ran


def values(data: bytes) -> list[Value]:
    """What the documents of a stream say."""
    return [document.value() for chunk in chunks([data], "out") for document in documents(chunk, "out")]


@st.composite
def scenes(draw: Draw) -> Scene:
    """What the commands are given."""
    return scene(Chooser(draw))


def scene(choose: Chooser) -> Scene:
    """The same, of these choices."""
    sets = sidecar_sets(choose)
    pieces = [rendered(choose, workload(choose))]
    while choose.chance(5):
        other = choose.one_of(*_BYSTANDERS) if choose.chance(2) else rendered(choose, workload(choose))
        pieces.insert(choose.number(0, len(pieces)), other)
    return Scene(sets, _broken(choose, _joined(pieces)))


def _joined(pieces: list[str]) -> str:
    """The documents one after the other; only the first one keeps its directive."""
    text, *others = pieces
    for piece in others:
        text += "" if text.endswith("\n") else "\n"
        bare = piece.removeprefix(DIRECTIVE)
        text += bare if bare.startswith("---") else f"---\n{bare}"
    return text


def _broken(choose: Chooser, text: str) -> bytes:
    """The bytes, with line breaks of one kind, and perhaps a byte order mark."""
    newline = choose.one_of("\n", "\r\n", "\r") if choose.chance(6) else "\n"
    bom = "\ufeff" if choose.chance(20) else ""
    return (bom + text.replace("\n", newline)).encode()
