"""The fast path for long streams: inject into plain block documents and List items without parsing the rest.

# Strategy: a projection, a memory, a proof.
Injection reads a pod's labels, annotations, and the names of its containers, volumes and secrets; only a sidecar that
shares volumes, takes over env or reckons with resources reads more (and then this road is closed). So those few fields
are read by their lines; what injection makes of such a projection is remembered; and the additions are put between
lines, which the parser then proves. Whatever is unusual is left to the long road, which knows everything. A test holds
the bytes of both roads against each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.api.change import Change, Outcome, pod_identity
from sidecarctl.api.fastpath.projection import Projection, Unusual, projection
from sidecarctl.finding import InjectionRefused, UndecodableObject
from sidecarctl.record import Record
from sidecarctl.sidecarset.pod_validation.hazards import has_telling_annotations
from sidecarctl.yamledit.document import BOM, Document, Origin
from sidecarctl.yamledit.edit import Edit, Splice, diff
from sidecarctl.yamledit.lines.outline import above_comments, content_end, follows_blank_line, stands_apart
from sidecarctl.yamledit.stream.documents import decoded
from sidecarctl.yamledit.write.emit import Style, block_lines, item_lines
from sidecarctl.yamledit.write.splice import spliced

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from sidecarctl.api.change import Limits, Made
    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.pod_validation.hazards import Hazards
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.stream.documents import Chunk
    from sidecarctl.yamledit.value import Value


_REMEMBERED: Final = 4096


_PROJECTED: Final = pod_identity(())


class Interest(Record):
    """What SidecarSets ask of a pod, and what they make of it."""

    rule: Callable[[Pod], Made]
    concerned: Callable[[str, Mapping[str, str]], Hashable]  # SidecarSets that namespace and labels do not rule out
    names: frozenset[str]  # of their containers, volumes and secrets
    volumes: frozenset[str]
    patches_annotations: bool
    hazards: Hazards
    may_forbid: Callable[[str], bool]  # whether a namespace's Pod Security level may forbid sidecars


class _Recipe(Record):
    """What injection makes of a projection."""

    made: Made
    edits: tuple[Edit, ...]
    rendered: dict[tuple[int, int, Style], str]  # by the edit's place, its column, and the style around it
    edits_at: dict[FieldPath, tuple[Edit, ...]]  # by the path of the template


class QuickRoad:
    """Injects into documents that can be read by their lines."""

    def __init__(self, interest: Interest, limits: Limits) -> None:
        self._interest = interest
        self._limits = limits
        self._recipes: dict[object, _Recipe] = {}
        self._volume_named = _named(interest.volumes)
        self._hazards = tuple(key or field for field, key in interest.hazards.container_fields)

    def change(self, text: str, origin: Origin) -> Change | None:
        """Return what injection makes of a document; None where that is for the long road to say."""
        if self._names_volume(text):
            return None  # a volume of the pod's own, or one that it only uses: what that means, its fields tell
        if any(word in text for word in self._hazards):
            return None
        try:
            read = projection(text, self._limits, self._interest.hazards.spec_fields)
            self._leave_to_validation(read)
            recipe = self._recipe(read)
            before = len(read.text) - len(text)  # of what was put before the text to read it
            splices = [_splice(number, edit, recipe, read, before) for number, edit in enumerate(recipe.edits)]
        except Unusual:
            return None
        splices.sort(key=lambda splice: (splice.start, -splice.depth))
        if not stands_apart(read.text, [(splice.start + before, read.columns) for splice in splices]):
            return None
        made, restarts = recipe.made, read.restarts if recipe.edits else 0
        outcome = Outcome(read.resource, read.namespace, made.done, made.sidecar_sets, made.reason, made.code, restarts)
        edits = recipe.edits_at.get(read.path)
        if edits is None:
            edits = tuple(edit._replace(path=(*read.path, *edit.path)) for edit in recipe.edits)
            recipe.edits_at[read.path] = edits
        output = spliced(text, splices) if splices else text
        return Change(Document(text, origin), edits, output.encode(), (outcome,), splices=tuple(splices))

    def _leave_to_validation(self, read: Projection) -> None:
        """Raise `Unusual` where the Pod may be refused with its sidecars, which its other fields tell."""
        interest = self._interest
        is_named_pod = interest.hazards.of_named_pods and not read.path
        if is_named_pod or has_telling_annotations(read.annotations) or interest.may_forbid(read.namespace):
            raise Unusual

    def _names_volume(self, text: str) -> bool:
        """Whether a volume of a SidecarSet may be named in a text; the pattern alone would be slow."""
        volumes = self._interest.volumes
        is_possible = any(name in text for name in volumes) or (bool(volumes) and "\\" in text)
        return is_possible and self._volume_named.search(text) is not None

    def _recipe(self, read: Projection) -> _Recipe:
        key = (
            self._interest.concerned(read.namespace, read.labels),
            read.state,
            self._shape(read),
            tuple(read.annotations.items()) if self._interest.patches_annotations else (),
        )
        known = self._recipes.get(key)
        if known is None:
            if len(self._recipes) >= _REMEMBERED:
                self._recipes.clear()
            known = self._recipes[key] = self._made(read)
        return known

    def _shape(self, read: Projection) -> tuple[object, ...]:
        """What of a projection's names matters: how many there are, and which of them SidecarSets use, too."""
        used = self._interest.names
        shape = ((key, len(names), *(name for name in names if name in used)) for key, names in read.names.items())
        return (*shape, bool(read.annotations))

    def _made(self, read: Projection) -> _Recipe:
        pod = read.pod()
        try:
            made = self._interest.rule(pod)
        except (InjectionRefused, UndecodableObject):
            raise Unusual from None  # a refusal wants its place
        if made.findings:
            raise Unusual  # so do findings
        before = {"metadata": pod["metadata"], "spec": pod["spec"]}
        after = {"metadata": made.pod["metadata"], "spec": made.pod["spec"]}
        edits = diff(cast("Value", before), cast("Value", after), _PROJECTED)
        if any(edit.op not in {"add", "insert"} for edit in edits):
            raise Unusual
        return _Recipe(made, tuple(edits), {}, {})


def _named(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds every object with one of these names, and perhaps others."""
    start = r"name[\"']?\s*:\s*(?:(?:[&|>]\S*|#.*)\s+)*"
    wanted = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(rf"{start}(?:[\"']?(?:{wanted})(?![\w.-])|\"[^\"\n]*\\)")


def _splice(number: int, edit: Edit, recipe: _Recipe, read: Projection, before: int) -> Splice:
    region, style = read.region_of(edit.path[:-1]), read.styles[edit.path[:-1]]
    key = (number, region.column, style)
    text = recipe.rendered.get(key)
    if text is None:
        text = recipe.rendered[key] = _rendered(edit, region.column, style)
    starts, index = read.starts[edit.path[:-1]], edit.path[-1]
    place = index if isinstance(index, int) else len(starts)
    if place == len(starts):
        at = content_end(read.text, region, read.regions.values())
    else:
        at = above_comments(read.text, starts[place], region)
    behind = starts[min(max(place, 1), len(starts) - 1)]
    is_set_apart = len(starts) > 1 and follows_blank_line(read.text, behind, region.column)
    if at is None or is_set_apart is None:
        raise Unusual
    if is_set_apart:
        text = f"\n{text}" if place == len(starts) else f"{text}\n"  # blank lines between items: one more
    return Splice(at - before, at - before, text, len(edit.path))


def _rendered(edit: Edit, column: int, style: Style) -> str:
    named = {str(edit.path[-1]): edit.value}
    lines = item_lines(edit.value, style) if edit.op == "insert" else block_lines(named, style)
    return "".join(f"{' ' * column}{line}\n" if line else "\n" for line in lines)


_DASH: Final = re.compile(r"(?: *(?:#[^\n]*)?\n)* *-(?= )")


def quick_change(chunk: Chunk, file: str, quick: Callable[[str, Origin], Change | None]) -> Change | None:
    """Return what the short road makes of a piece of a stream; None where that is for the long road to say."""
    text = decoded(chunk, file)
    if chunk.cut is None:
        return quick(text, Origin(file, chunk.line))
    origin = chunk.origin(file)
    start = (origin.item.start if origin.item else 0) + text.startswith(BOM)
    end = len(text) - len(chunk.data[len(chunk.data) - chunk.cut.tail :].decode())
    dash = _DASH.match(text, start, end)
    if dash is None:
        return None
    before = text[start : dash.end() - 1]
    change = quick(f"{before} {text[dash.end() : end]}", origin)
    if change is None:
        return None
    output = change.output.decode().removeprefix(f"{before} ")
    edits = tuple(edit._replace(path=("items", 0, *edit.path)) for edit in change.edits)
    document = Document(text.removeprefix(BOM), origin, BOM if text.startswith(BOM) else "")
    shift = start - text.startswith(BOM)
    splices = tuple(one._replace(start=one.start + shift, end=one.end + shift) for one in change.splices)
    whole = f"{text[: dash.end()]}{output}{text[end:]}".encode()
    return change._replace(document=document, edits=edits, output=whole, splices=splices)
