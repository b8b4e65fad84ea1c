"""Read by their lines what injection asks of a workload: labels, annotations, and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn, cast

from sidecarctl.record import Record
from sidecarctl.yamledit.emit import Style
from sidecarctl.yamledit.outline import (
    Entry,
    Region,
    below,
    entries,
    is_plain,
    items,
    key_of_item,
    root,
    text_of,
)

if TYPE_CHECKING:
    from sidecarctl.api.editor import Limits
    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import Pod
    from sidecarctl.upstream.workload import Workload

_LISTS: Final = ("initContainers", "containers", "volumes", "imagePullSecrets")
_TRACE: Final = "kruise.io/"
_DELETED: Final = "deletionTimestamp"
Entries = dict[str, Entry]


class Unusual(Exception):
    """Something that only the long road can do."""


class Projection(Record):
    """What injection sees of a workload's pod, and where the lines are that it may add to."""

    text: str
    resource: str
    namespace: str
    path: FieldPath  # of the template
    pods: int | None
    pod: Pod  # labels, annotations, and lists of names
    state: tuple[str, str, str]  # what keeps sidecars out: phase, node, deletion
    names: tuple[tuple[str, ...], ...]  # of each list: its own name, then those of its items
    annotations: tuple[tuple[str, str], ...]
    regions: dict[FieldPath, Region]
    starts: dict[FieldPath, list[int]]  # of the keys or items of each
    columns: tuple[int, ...]  # of the keys that lead to the pod's lists
    style: Style

    def region_of(self, path: FieldPath) -> Region:
        """Return the lines of a collection."""
        return self.regions.get(path) or unusual()


def unusual() -> NoReturn:
    """Leave it to the long road."""
    raise Unusual


def projection(text: str, limits: Limits) -> Projection:
    """Read a document; raise `Unusual` where it cannot be read by its lines, or is no workload."""
    if not is_plain(text) or not text.endswith("\n"):
        raise Unusual
    return _Reader(text).projection(limits)


class _Reader:
    """Reads one document; each mapping once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = root(text) or unusual()
        self._entries: dict[int, Entries] = {}
        self.regions: dict[FieldPath, Region] = {}
        self.starts: dict[FieldPath, list[int]] = {}

    def projection(self, limits: Limits) -> Projection:
        top = self.entries(self.root)
        kind, workload = self._workload(top, limits)
        metadata = self.entries(self.below(top, "metadata", self.root))
        namespace = self.value(metadata, "namespace") or limits.namespace
        if not _is_meant(kind, namespace, limits):
            raise Unusual
        (path,) = workload.templates
        template, columns = self._down(path)
        regions = self.entries(template)
        meta_region, spec_region = self.below(regions, "metadata", template), self.below(regions, "spec", template)
        self._note(("metadata",), meta_region)
        self._note(("spec",), spec_region)
        labels, annotations = self._texts("labels", meta_region), self._texts("annotations", meta_region)
        if any(_TRACE in key for key in annotations):
            raise Unusual  # it may carry sidecars already
        lists = {name: names for name in _LISTS if (names := self._names(name, spec_region))}
        node, deleted = self.value(self.entries(spec_region), "nodeName"), _DELETED in self.entries(meta_region)
        state = ("" if path else self._phase(top), node, _DELETED if deleted else "")
        return Projection(
            text=self.text,
            resource=f"{kind.lower()}/{self.value(metadata, 'name') or unusual()}",
            namespace=namespace,
            path=path,
            pods=self._replicas(top, workload),
            pod=_pod(labels, annotations, lists, namespace, state),
            state=state,
            names=tuple((name, *names) for name, names in lists.items()),
            annotations=tuple(annotations.items()),
            regions=self.regions,
            starts=self.starts,
            columns=(*columns, template.column, spec_region.column),
            style=self._style(template, spec_region),
        )

    def entries(self, region: Region) -> Entries:
        known = self._entries.get(region.start)
        if known is None:
            found = None if region.is_sequence else entries(self.text, region)
            known = self._entries[region.start] = unusual() if found is None else found
        return known

    def below(self, keys: Entries, key: str, parent: Region) -> Region:
        return (below(self.text, keys[key], parent.column) if key in keys else None) or unusual()

    def value(self, keys: Entries, key: str) -> str:
        if key not in keys:
            return ""
        found = text_of(self.text, keys[key])
        return unusual() if found is None else found

    def _texts(self, key: str, parent: Region) -> dict[str, str]:
        keys = self.entries(parent)
        if key not in keys:
            return {}
        region = self.below(keys, key, parent)
        self._note(("metadata", key), region)
        values = {name: text_of(self.text, entry) for name, entry in self.entries(region).items()}
        return {name: unusual() if value is None else value for name, value in values.items()}

    def _note(self, path: FieldPath, mapping: Region) -> None:
        self.regions[path] = mapping
        self.starts[path] = [entry.start for entry in self.entries(mapping).values()]

    def _names(self, name: str, parent: Region) -> tuple[str, ...]:
        keys = self.entries(parent)
        if name not in keys:
            return ()
        region = self.regions["spec", name] = self.below(keys, name, parent)
        found = items(self.text, region) if region.is_sequence else None
        if not found:
            raise Unusual
        self.starts["spec", name] = [item.start for item in found]
        named = [key_of_item(self.text, item, region.column, "name") for item in found]
        names = tuple((text_of(self.text, entry) if entry else None) or unusual() for entry in named)
        return names if len(set(names)) == len(names) else unusual()

    def _workload(self, top: Entries, limits: Limits) -> tuple[str, Workload]:
        kind, api_version = self.value(top, "kind"), self.value(top, "apiVersion")
        group, slash, _ = api_version.partition("/")
        workload = limits.workloads.get((group if slash else "", kind))
        if workload is None or len(workload.templates) != 1:
            raise Unusual
        return kind, workload

    def _down(self, path: FieldPath) -> tuple[Region, tuple[int, ...]]:
        region = self.root
        columns: tuple[int, ...] = ()
        for part in path:
            columns = (*columns, region.column)
            region = self.below(self.entries(region), str(part), region)
        return region, columns

    def _replicas(self, top: Entries, workload: Workload) -> int | None:
        if workload.replicas is None:
            return None
        region, keys = self.root, top
        for part in workload.replicas[:-1]:
            if part not in keys:
                return 1
            region = self.below(keys, str(part), region)
            keys = self.entries(region)
        entry = keys.get(str(workload.replicas[-1]))
        if entry is None:
            return 1
        digits = entry.inline.partition(" #")[0].strip()
        return int(digits) if digits.isdigit() and (digits == "0" or digits[0] != "0") else unusual()

    def _phase(self, top: Entries) -> str:
        region = below(self.text, top["status"], 0) if "status" in top else None
        return self.value(self.entries(region), "phase") if region else ""

    def _style(self, template: Region, spec: Region) -> Style:
        step = spec.column - template.column
        sequence = next((region for path, region in self.regions.items() if path[0] == "spec" and len(path) > 1), None)
        if sequence is None:
            return Style(step)
        first = self.text.find("-", sequence.start)
        content = first + 1
        while self.text[content] == " ":
            content += 1
        return Style(step, sequence.column - spec.column, content - first)


def _is_meant(kind: str, namespace: str, limits: Limits) -> bool:
    """Whether a workload is within the limits; those on labels are left to the long road."""
    if limits.selector or (limits.kinds and kind.lower() not in limits.kinds):
        return False
    return not limits.namespaces or namespace in limits.namespaces


def _pod(
    labels: dict[str, str],
    annotations: dict[str, str],
    lists: dict[str, tuple[str, ...]],
    namespace: str,
    state: tuple[str, str, str],
) -> Pod:
    phase, node, deleted = state
    metadata: dict[str, object] = {"labels": labels, "namespace": namespace}
    if annotations:
        metadata["annotations"] = annotations
    if deleted:
        metadata[_DELETED] = deleted
    spec: dict[str, object] = {name: [{"name": item} for item in names] for name, names in lists.items()}
    if node:
        spec["nodeName"] = node
    return cast("Pod", {"metadata": metadata, "spec": spec, **({"status": {"phase": phase}} if phase else {})})
