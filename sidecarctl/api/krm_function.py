"""KRM function: apply a mode to the items of a ResourceList, and return the list with results.

The text is edited, not rewritten: items keep their order, comments and annotations. A list with an error among its
results keeps its items byte for byte.

Upstream: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from sidecarctl.api.change import Limits, edited
from sidecarctl.api.editor import Editor
from sidecarctl.api.function_config import FunctionConfig, function_config
from sidecarctl.api.inject import Injector
from sidecarctl.api.targets import Found, knowledge
from sidecarctl.finding import (
    Finding,
    InjectionRefused,
    Severity,
    SidecarctlError,
    UndecodableObject,
    UnreadableDocument,
    show_path,
)
from sidecarctl.record import Record
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.injection.inject import Options
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.metadata import base_of_canary
from sidecarctl.yamledit.edit import Edit
from sidecarctl.yamledit.stream.documents import chunks, documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.api.change import Change
    from sidecarctl.finding import FieldPath
    from sidecarctl.upstream.types import ControllerRevision, Namespace, SidecarSet
    from sidecarctl.yamledit.document import Document
    from sidecarctl.yamledit.value import Value

    Object: TypeAlias = Mapping[str, Value]

STDIN: Final = "stdin"
_MOST: Final = 256 * 1024 * 1024  # bytes of a list; each item has the limits of an object
_VERSIONS: Final = ("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1")
_PREVIOUS_NAMES: Final = "internal.config.kubernetes.io/previousNames"
_FILE: Final = (
    ("path", "config.kubernetes.io/path", "internal.config.kubernetes.io/path"),
    ("index", "config.kubernetes.io/index", "internal.config.kubernetes.io/index"),
)
_SECRET_FIELDS: Final = frozenset({"env", "envFrom", "data", "stringData", "args", "command", "annotations"})
_LONGEST_VALUE: Final = 200  # characters of a value in a result


class NotAResourceList(SidecarctlError):
    """Input that is no ResourceList."""


class _SidecarSetAt(Record):
    """A SidecarSet and its path in the ResourceList."""

    value: Object
    path: FieldPath
    name: str  # before kustomize renamed it

    @property
    def spec(self) -> object:
        """The spec, as it is written."""
        return self.value.get("spec")


class FunctionRun(Record):
    """The outcome of a function: the ResourceList to print, and its results.

    results: sorted by file, index, field and code, as the functions specification has them.
    """

    output: bytes
    results: tuple[dict[str, Value], ...]
    has_failed: bool


def run_function(data: bytes) -> FunctionRun:
    """Apply the function that a ResourceList configures to its items.

    Raises `NotAResourceList`, and `InvalidFunctionConfig` for a functionConfig that cannot be followed.
    """
    document = _resource_list(data)
    value = cast("Object", document.value())
    config = function_config(value.get("functionConfig"))
    edits: list[Edit] = []
    try:
        edits, findings = _applied(document, config)
    except SidecarctlError as error:
        findings = _error_findings(error)
    failing = {Severity.ERROR, Severity.WARNING} if config.fail_on == "warning" else {Severity.ERROR}
    shown = [one for one in findings if one.severity is not Severity.INFO]
    has_failed = any(one.severity in failing for one in shown)
    results = _results([_failed(one) if one.severity in failing else one for one in shown], document)
    if has_failed or config.mode == "check":
        edits = []
    if results:
        edits = [*edits, Edit("set" if "results" in value else "add", ("results",), cast("Value", list(results)))]
    elif "results" in value:
        edits = [*edits, Edit("remove", ("results",))]
    return FunctionRun(edited(document, edits, "full").output, results, has_failed)


def _resource_list(data: bytes) -> Document:
    """Read a ResourceList; raise `NotAResourceList` for anything else."""
    try:
        found = [one for chunk in chunks([data], STDIN, _MOST) for one in documents(chunk, STDIN)]
        values = [one.value() for one in found]
    except UnreadableDocument as error:
        raise NotAResourceList(str(error)) from None
    if len(found) != 1:
        raise NotAResourceList(f"{STDIN}: expected one ResourceList, found {len(found) or 'no'} documents")
    value = values[0]
    if not isinstance(value, dict) or value.get("kind") != "ResourceList":
        raise NotAResourceList(f"{STDIN}: expected a ResourceList ({_VERSIONS[0]})")
    if value.get("apiVersion") not in _VERSIONS:
        raise NotAResourceList(f"{STDIN}: apiVersion is none of {', '.join(_VERSIONS)}")
    items = value.get("items")
    if items is not None and not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
        raise NotAResourceList(f"{STDIN}: items must be a list of objects")
    return found[0]


def _applied(document: Document, config: FunctionConfig) -> tuple[list[Edit], list[Finding]]:
    """Return the edits of the items, and what there is to say.

    Raises what the rules raise: `UndecodableObject`, `InjectionRefused`, `UnreadableDocument`.
    """
    known = knowledge([document])
    named = [one.found for one in known.sidecar_sets] if config.from_items else []
    sets, findings = _sidecar_sets(named, config)
    if any(one.severity is Severity.ERROR for one in findings):
        return [], findings
    if not sets and config.mode != "uninject":
        return [], [Finding("KRM003", "no SidecarSet: give one as functionConfig, among the items, or inline")]
    namespaces = [*config.namespaces, *(one.found.value for one in known.namespaces)]
    revisions = [one.found.value for one in known.revisions]
    findings += _validated(sets, config, namespaces)
    if any(one.severity is Severity.ERROR for one in findings):
        return [], findings
    prepared = Prepared(
        Cluster(
            cast("Sequence[SidecarSet]", [one.value for one in sets]),
            cast("Sequence[Namespace]", namespaces),
            cast("Sequence[ControllerRevision]", revisions),
            system_namespaces=config.system_namespaces,
            feature_gates=config.feature_gates,
            release=config.release,
        )
    )
    options = Options("defaults" if config.defaults else "written", config.timestamp)
    change = _change(document, config, prepared, options)
    return list(change.edits), [*findings, *change.findings]


def _change(document: Document, config: FunctionConfig, prepared: Prepared, options: Options) -> Change:
    """Return what the mode makes of the items; the edits are proven later, with those of the results."""
    if config.mode == "uninject":
        from sidecarctl.api.uninject import Uninjector  # noqa: PLC0415 - one mode of three

        uninjector = Uninjector(prepared, options, partial=False)
        return Editor(uninjector.made, Limits(), "off").change(document)
    injector = Injector(prepared, options)
    if config.mode == "inject":
        return Editor(injector.made, Limits(), "off", drops_sidecar_sets=config.drops_sidecar_sets).change(document)
    from sidecarctl.api.check import Checker, Demands  # noqa: PLC0415 - as above

    return Checker(injector, prepared, options, Limits(), Demands(injected=True)).checked(document)


def _sidecar_sets(items: Sequence[Found], config: FunctionConfig) -> tuple[list[_SidecarSetAt], list[Finding]]:
    """Return each SidecarSet once, as a cluster will know it: the item, if it is configured as well.

    kustomize may rename an item; its first name tells that it is the same as a configured one.
    """
    sets = [_SidecarSetAt(one.value, one.path, _first_name(one)) for one in items]
    findings = [finding for one in sets for finding in _renamed(one)]
    for path, value in config.sidecar_sets:
        one = _SidecarSetAt(value, path, Found(path, dict(value)).text_of("name"))
        same = next((other for other in sets if other.name == one.name), None)
        if same is None:
            sets.append(one)
        elif same.spec != one.spec:
            told = (
                f"SidecarSet {one.name} is given twice, with different specs: {show_path(same.path)} is the other one"
            )
            findings.append(Finding("KRM002", told, (*path, "spec"), resource=f"sidecarset/{one.name}"))
    return sets, findings


def _first_name(found: Found) -> str:
    annotations = found.metadata.get("annotations")
    previous = annotations.get(_PREVIOUS_NAMES) if isinstance(annotations, dict) else None
    return previous.partition(",")[0] if isinstance(previous, str) and previous else found.text_of("name")


def _renamed(one: _SidecarSetAt) -> Iterator[Finding]:
    name = Found(one.path, dict(one.value)).text_of("name")
    if name != one.name:
        told = (
            f"SidecarSet {one.name} was renamed to {name}, and is injected under that name: a cluster that knows it as"
        )
        yield Finding(
            "KRM001",
            f"{told} {one.name} takes the sidecars for those of another one",
            (*one.path, "metadata", "name"),
            Severity.WARNING,
            resource=f"sidecarset/{name}",
            help="keep SidecarSets out of namePrefix and nameSuffix",
        )


def _validated(sets: Sequence[_SidecarSetAt], config: FunctionConfig, namespaces: Sequence[Object]) -> list[Finding]:
    """Return what the webhook would say of the SidecarSets; in mode check also what it would not say."""
    from sidecarctl.api.validate import findings_about, refusals  # noqa: PLC0415 - after the input was read

    judge = findings_about if config.mode == "check" else refusals
    found: list[Finding] = []
    for one in sets if config.mode != "uninject" else ():
        others = [other.value for other in sets if other is not one]
        context = ValidationContext(
            others=[other for other in others if base_of_canary(other) != one.name],
            canaries=[other for other in others if base_of_canary(other) == one.name],
            namespaces=namespaces,
            feature_gates=config.feature_gates,
            release=config.release,
            cluster_known=False,
        )
        resource = f"sidecarset/{one.value.get('metadata', {}).get('name', '')}"  # type: ignore[union-attr]
        found += [
            finding._replace(path=(*one.path, *finding.path), resource=resource)
            for finding in judge(one.value, context)
        ]
    return found


def _error_findings(error: SidecarctlError) -> list[Finding]:
    """Return an error as a finding: it has no result, and no item changes."""
    if isinstance(error, InjectionRefused):
        told = f"the webhook would refuse this Pod: {error.sentence}"
        return [Finding("CHK004", told, position=error.position, resource=error.resource, upstream=error.sentence)]
    if isinstance(error, UndecodableObject):
        return [Finding("INP002", error.message, error.path, position=error.position, resource=error.resource)]
    if isinstance(error, UnreadableDocument):
        return [Finding("INP001", error.message, position=error.position)]
    raise error


def _failed(finding: Finding) -> Finding:
    return finding._replace(severity=Severity.ERROR)


def _results(findings: Sequence[Finding], document: Document) -> tuple[dict[str, Value], ...]:
    """Return findings as results of a function, in order of file, index, field and code."""
    value = cast("Object", document.value())
    results = [_result(finding, value) for finding in findings]
    unique = {str(result): result for result in results}
    return tuple(sorted(unique.values(), key=_order))


def _order(result: dict[str, Value]) -> tuple[str, int, str, str]:
    file = cast("dict[str, Value]", result.get("file") or {})
    field = cast("dict[str, Value]", result.get("field") or {})
    return (
        str(file.get("path", "")),
        cast("int", file.get("index", 0)),
        str(field.get("path", "")),
        str(result["message"]),
    )


def _result(finding: Finding, value: Object) -> dict[str, Value]:
    item, path = _item_at(finding.path, value)
    help_text = f"; {finding.help}" if finding.help else ""
    result: dict[str, Value] = {
        "message": f"{finding.code}: {finding.message}{help_text}",
        "severity": finding.severity.value,
    }
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    reference = {
        "apiVersion": item.get("apiVersion"),
        "kind": item.get("kind"),
        "namespace": metadata.get("namespace"),
        "name": metadata.get("name"),
    }
    if any(reference.values()):
        result["resourceRef"] = {key: one for key, one in reference.items() if isinstance(one, str) and one}
    if path:
        result["field"] = {"path": show_path(path), **_current_value(item, path)}
    file = _file_of(metadata)
    if file:
        result["file"] = file
    tags = {"code": finding.code, "sidecarSet": finding.sidecar_set or _sidecar_set_in(finding)}
    result["tags"] = {key: one for key, one in tags.items() if one}
    return result


def _sidecar_set_in(finding: Finding) -> str:
    kind, _, name = finding.resource.partition("/")
    return name if kind == "sidecarset" else ""


def _item_at(path: FieldPath, value: Object) -> tuple[Object, FieldPath]:
    """Return the object that a path of the ResourceList leads into, and the rest of the path."""
    if path[:1] == ("functionConfig",):
        config = value.get("functionConfig")
        return (config if isinstance(config, dict) else {}), path[1:]
    item: Value = cast("dict[str, Value]", value)
    while path[:1] == ("items",) and len(path) > 1 and isinstance(item, dict):  # Lists may stand among the items
        items, index = item.get("items"), path[1]
        if not (isinstance(items, list) and isinstance(index, int) and index < len(items)):
            break
        item, path = items[index], path[2:]
    return (item if isinstance(item, dict) and item is not value else {}), path


def _current_value(item: Object, path: FieldPath) -> dict[str, Value]:
    """Return the value at a path for a result; nothing for what may be secret, is long, or is no scalar."""
    if _SECRET_FIELDS.intersection(path) or item.get("kind") == "Secret":
        return {}
    value: Value = cast("dict[str, Value]", item)
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return {}
    if isinstance(value, dict | list) or value is None or len(str(value)) > _LONGEST_VALUE:
        return {}
    return {"currentValue": value}


def _file_of(metadata: Mapping[str, Value]) -> dict[str, Value]:
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict):
        return {}
    found = {key: next((annotations[name] for name in names if name in annotations), None) for key, *names in _FILE}
    path, index = found["path"], str(found["index"])
    if not isinstance(path, str):
        return {}
    return {"path": path, "index": int(index) if index.isascii() and index.isdigit() and len(index) < 10 else 0}  # noqa: PLR2004 - digits of an int


def result_line(result: dict[str, Value]) -> str:
    """Return a result as a line of text: file, severity, object and message."""
    reference = cast("dict[str, Value]", result.get("resourceRef") or {})
    file = cast("dict[str, Value]", result.get("file") or {})
    resource = f"{str(reference.get('kind', '')).lower()}/{reference.get('name', '')}" if reference else ""
    parts = (str(file.get("path", "")), str(result["severity"]), resource, str(result["message"]))
    return ": ".join(part for part in parts if part)
