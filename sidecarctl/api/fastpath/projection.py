"""Read by their lines what injection asks of a workload: labels, annotations, and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.injection.records import may_carry_sidecars
from sidecarctl.yamledit.lines.outline import Keys, Region, is_plain, items, keys, measured_around, root
from sidecarctl.yamledit.write.emit import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sidecarctl.api.change import Limits
    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import Pod
    from sidecarctl.upstream.workload import Workload

_LISTS: Final = ("initContainers", "containers", "volumes", "imagePullSecrets")
_USUAL: Final = Style()
_DELETED: Final = "deletionTimestamp"

T = TypeVar("T")


class Unusual(Exception):
    """Something that only the long road can do."""


class Projection(Record):
    """What injection sees of a workload's pod, and where the lines are that it may add to."""

    text: str
    resource: str
    namespace: str
    path: FieldPath  # of the template
    restarts: int | None  # of Pods, by a change
    labels: dict[str, str]
    annotations: dict[str, str]
    state: tuple[str, str]  # what keeps sidecars out: phase, node
    names: dict[str, tuple[str, ...]]  # of the items of each list
    regions: dict[FieldPath, Region]
    starts: dict[FieldPath, list[int]]  # of the keys or items of each
    columns: tuple[int, ...]  # of the keys that lead to the pod's lists
    styles: dict[FieldPath, Style]  # of what is added to each

    def pod(self) -> Pod:
        """Return what injection sees of the pod."""
        phase, node = self.state
        metadata: dict[str, object] = {"labels": self.labels, "namespace": self.namespace}
        if self.annotations:
            metadata["annotations"] = self.annotations
        spec: dict[str, object] = {key: [{"name": name} for name in names] for key, names in self.names.items()}
        if node:
            spec["nodeName"] = node
        return cast("Pod", {"metadata": metadata, "spec": spec, **({"status": {"phase": phase}} if phase else {})})

    def region_of(self, path: FieldPath) -> Region:
        """Return the lines of a collection."""
        region = self.regions.get(path)
        if region is None:
            raise Unusual
        return region


def _usual(found: T | None) -> T:
    """Return what was read by its lines; raise `Unusual` if it could not be."""
    if found is None:
        raise Unusual
    return found


def projection(text: str, limits: Limits, watched: frozenset[str] = frozenset()) -> Projection:
    """Read a document; raise `Unusual` where it cannot be read by its lines, is no workload, or has watched fields.

    Those are fields of the Pod's spec.
    A line break is put before a text that begins with neither one nor a marker.
    """
    if not text.endswith("\n") or not is_plain(text):
        raise Unusual
    return _Reader(text if text.startswith(("---", "\n")) else f"\n{text}").projection(limits, watched)


class _Reader:
    """Reads one document; each mapping once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._top = _usual(keys(text, _usual(root(text))))
        self._known: dict[int, Keys] = {}
        self.regions: dict[FieldPath, Region] = {}
        self.starts: dict[FieldPath, list[int]] = {}

    def projection(self, limits: Limits, watched: frozenset[str]) -> Projection:
        top = self._top
        kind, workload = self._workload(top, limits)
        metadata = self._below(top, "metadata")
        namespace = _text(metadata, "namespace") or limits.namespace
        if not _is_meant(kind, namespace, limits):
            raise Unusual
        if workload.rolls and "ownerReferences" in metadata.lines:
            raise Unusual  # its restarts may be counted with its owner
        (path,) = workload.templates
        chain = self._down(path)
        template = chain[0]
        pod_metadata, spec = self._below(template, "metadata"), self._below(template, "spec")
        self._note(("metadata",), pod_metadata)
        self._note(("spec",), spec)
        labels, annotations = self._texts("labels", pod_metadata), self._texts("annotations", pod_metadata)
        if may_carry_sidecars(annotations):
            raise Unusual
        if _DELETED in pod_metadata.lines or not watched.isdisjoint(spec.lines):
            raise Unusual
        name = _text(metadata, "name")
        if not name:
            raise Unusual
        state = ("" if path else self._phase(top), _text(spec, "nodeName"))
        return Projection(
            text=self.text,
            resource=f"{kind.lower()}/{name}",
            namespace=namespace,
            path=path,
            restarts=self._replicas(top, workload) if path and workload.rolls else 0,
            labels=labels,
            annotations=annotations,
            state=state,
            names={name: self._names(name, spec) for name in _LISTS if name in spec.lines},
            regions=self.regions,
            starts=self.starts,
            columns=(*(one.region.column for one in reversed(chain)), spec.region.column),
            styles=self._styles(chain, pod_metadata, spec),
        )

    def _below(self, parent: Keys, key: str) -> Keys:
        if key not in parent.lines:
            raise Unusual
        _, _, body, _ = parent.lines[key]
        known = self._known.get(body)  # asked often: plain statements are faster here than `_usual`
        if known is None:
            region = parent.below(key)
            known = keys(self.text, region) if region is not None else None
            if known is None:
                raise Unusual
            self._known[body] = known
        return known

    def _texts(self, key: str, parent: Keys) -> dict[str, str]:
        if key not in parent.lines:
            return {}
        found = self._below(parent, key)
        self._note(("metadata", key), found)
        return _usual(found.texts())

    def _note(self, path: FieldPath, mapping: Keys) -> None:
        self.regions[path] = mapping.region
        self.starts[path] = [start for start, *_ in mapping.lines.values()]

    def _names(self, name: str, spec: Keys) -> tuple[str, ...]:
        region = self.regions["spec", name] = _usual(spec.below(name))
        found = _usual(items(self.text, region, "name"))
        names = tuple(found.values())
        if not names or len(set(names)) < len(names):
            raise Unusual
        self.starts["spec", name] = list(found)
        return names

    def _workload(self, top: Keys, limits: Limits) -> tuple[str, Workload]:
        kind, api_version = _text(top, "kind"), _text(top, "apiVersion")
        group, slash, _ = api_version.partition("/")
        workload = limits.workloads.get((group if slash else "", kind))
        if workload is None or len(workload.templates) != 1:
            raise Unusual
        return kind, workload

    def _down(self, path: FieldPath) -> list[Keys]:
        """Return the mappings on the way to a field, the last one first."""
        chain = [self._top]
        for part in path:
            chain.insert(0, self._below(chain[0], str(part)))
        return chain

    def _replicas(self, top: Keys, workload: Workload) -> int | None:
        if workload.replicas is None:
            return None
        *path, last = map(str, workload.replicas)
        found = top
        for part in path:
            if part not in found.lines:
                return 1
            found = self._below(found, part)
        if last not in found.lines:
            return 1
        return _usual(found.number(last))

    def _phase(self, top: Keys) -> str:
        if "status" not in top.lines or top.is_empty("status"):
            return ""
        return _text(self._below(top, "status"), "phase")

    def _styles(self, chain: Sequence[Keys], metadata: Keys, spec: Keys) -> dict[FieldPath, Style]:
        """Return the style of what is added to each collection of the pod; `chain` leads from the template up."""
        of_spec = self._style(spec, *chain, has_lists=True)
        styles = dict.fromkeys(self.regions, of_spec)
        if ("metadata", "annotations") not in styles:
            styles["metadata",] = self._style(metadata, *chain, has_lists=False)
        for path, region in self.regions.items():
            if region.is_sequence and (gap := self._gap(region, self.starts[path][0])) != of_spec.gap:
                styles[path] = of_spec._replace(gap=gap)
        return styles

    def _style(self, *chain: Keys, has_lists: bool) -> Style:
        columns = measured_around(self.text, chain, has_lists=has_lists)
        return _USUAL._replace(**cast("dict[str, Any]", _usual(columns)))

    def _gap(self, region: Region, item: int) -> int:
        """Return the columns from the dash of an item, whose line begins at an offset, to its first key."""
        first = region.column + 1
        while self.text[item + first] == " ":
            first += 1
        return first - region.column


def _text(found: Keys, key: str) -> str:
    """Return the text at a key; empty where there is none."""
    if key not in found.lines:
        return ""
    return _usual(found.value(key))


def _is_meant(kind: str, namespace: str, limits: Limits) -> bool:
    """Whether a workload is within the limits; those on labels are left to the long road."""
    if limits.selector or (limits.kinds and kind.lower() not in limits.kinds):
        return False
    return not limits.namespaces or namespace in limits.namespaces
