"""Findings for each error type of Kubernetes' field.Error, with Go's quoting of values.

Upstream: FE
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sidecarctl.finding import FieldPath, Finding, Severity, nearest, show_path
from sidecarctl.record import Record


class Place(Record):
    """A field: where the user wrote it, and what the webhook calls it, which is not always the same."""

    path: FieldPath
    called: FieldPath

    def at(self, *parts: str | int, called: FieldPath | None = None) -> Place:
        """The field below this one; the webhook may call it otherwise."""
        return Place((*self.path, *parts), (*self.called, *(parts if called is None else called)))


class Shown(str):
    """A bad value as the webhook prints it, which is not as a Go string."""

    __slots__ = ()


def place(*path: str | int, called: FieldPath | None = None) -> Place:
    """A field by its path from the top."""
    return Place(path, path if called is None else called)


SPEC: Final = place("spec")


_PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")


# Compiled when a finding is told: a short run has none, and would spend half a millisecond on them.
_EXAMPLES: Final = r" \(e\.g\. '([^']*)',.*?regex used for validation is '.*?'\)(?= |$)"


_KIND_OF_TEXT: Final = (
    "^a (?:lowercase RFC 1123 (?:label|subdomain)|valid [A-Za-z ]+?) must(?! not)|^sidecarset name must"
)


_WITHOUT_SUBJECT: Final = ("must ", "may not ", "can not ", "is ")


def required(code: str, where: Place, detail: str = "", *, message: str = "") -> Finding:
    """Something that must be there is not."""
    told = message or detail or f"{_name(where)} must not be empty"
    return _refused(code, where, ("Required value", detail), told)


def forbidden(code: str, where: Place, detail: str, *, message: str = "") -> Finding:
    """Something must not be set here."""
    return _refused(code, where, ("Forbidden", detail), message or detail)


def too_long(code: str, where: Place, detail: str) -> Finding:
    """More bytes than allowed."""
    return _refused(code, where, ("Too long", detail), detail)


def invalid(code: str, where: Place, bad: object, detail: str, message: str = "") -> Finding:
    """The value breaks a rule; it stands in the webhook's sentence, not in the message."""
    return _refused(code, where, (f"Invalid value: {shown(bad)}", detail), message or detail)


def all_invalid(code: str, where: Place, bad: object, details: Iterable[str]) -> list[Finding]:
    """The value breaks these rules."""
    return [invalid(code, where, bad, detail) for detail in details]


def duplicate(code: str, where: Place, bad: object, *, message: str = "") -> Finding:
    """The value stands there already."""
    told = message or f"{shown(bad)} is taken already: it must be unique"
    return _refused(code, where, (f"Duplicate value: {shown(bad)}",), told)


def not_found(code: str, where: Place, bad: object, detail: str = "", *, message: str) -> Finding:
    """The value names nothing."""
    return _refused(code, where, (f"Not found: {shown(bad)}", detail), message)


def unsupported(code: str, where: Place, bad: object, supported: Sequence[str]) -> Finding:
    """The value is none of those supported."""
    choices = ", ".join(quoted(choice) for choice in supported)
    parts = (f"Unsupported value: {shown(bad)}", f"supported values: {choices}")
    told = f"must be {'one of ' if len(supported) > 1 else ''}{choices}{did_you_mean(bad, supported)}"
    return _refused(code, where, parts, told)


def pull_policy_findings(policy: str, code: str, where: Place) -> Iterator[Finding]:
    """Check that an image, of a container or of a volume, is pulled by a known policy.

    Upstream: KV validatePullPolicy
    """
    if not policy:
        yield required(code, where)
    elif policy not in _PULL_POLICIES:
        yield unsupported(code, where, policy, _PULL_POLICIES)


def as_warning(finding: Finding) -> Finding:
    """The finding where nobody told what the rule needs to know: only the cluster can confirm it."""
    return finding._replace(severity=Severity.WARNING)


def shown(bad: object) -> str:
    """A bad value as the webhook prints it.

    Upstream: FE ErrorBody
    """
    match bad:
        case None:
            return '"null"'
        case Shown():
            return str(bad)
        case str():
            return quoted(bad)
        case bool():
            return str(bad).lower()
        case _:
            return str(bad)


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """Return what was probably meant, as the end of a sentence; empty if nothing is near."""
    near = nearest(str(given), known)
    return f": did you mean {near}?" if near else ""


def _refused(code: str, where: Place, sentence: Sequence[str], message: str) -> Finding:
    parts = (show_path(where.called), *(part for part in sentence if part))
    return Finding(code, _plainly(message, where), where.path, upstream=": ".join(parts))


def _plainly(told: str, where: Place) -> str:
    """A sentence with its subject, and with an example in place of the regular expression: `upstream` has that."""
    told = re.sub(_KIND_OF_TEXT, "must", re.sub(_EXAMPLES, r", such as \1", told))
    return f"{_name(where)} {told}" if told.startswith(_WITHOUT_SUBJECT) else told


def _name(where: Place) -> str:
    return next((part for part in reversed(where.path) if isinstance(part, str)), "the object")


# What `%#v` prints of the structs that some rule may dump: Go's field names with their types, in order.
_STRUCTS: Final = {
    "v1.LabelSelector": "MatchLabels:map[string]string MatchExpressions:[]v1.LabelSelectorRequirement",
    "v1.LabelSelectorRequirement": "Key:string Operator:string Values:[]string",
    "v1.OwnerReference": (
        "APIVersion:string Kind:string Name:string UID:string Controller:*bool BlockOwnerDeletion:*bool"
    ),
    "ShareVolumePolicy": "Type:string",
    "SidecarSetInjectRevision": "CustomVersion:*string RevisionName:*string Policy:string",
    "ResourcesPolicy": "TargetContainersMode:string TargetContainersNameRegex:string ResourcesExpr:ResourcesExpr",
    "ResourcesExpr": "Limits:*ResourceExprLimits Requests:*ResourceExprRequests",
    "core.ContainerResizePolicy": "ResourceName:string RestartPolicy:string",
    "core.ClusterTrustBundleProjection": (
        "Name:*string SignerName:*string LabelSelector:*v1.LabelSelector Optional:*bool Path:string"
    ),
    "core.Lifecycle": "PostStart:*core.LifecycleHandler PreStop:*core.LifecycleHandler",
    "core.Probe": (
        "ProbeHandler:core.ProbeHandler InitialDelaySeconds:int32 TimeoutSeconds:int32 PeriodSeconds:int32"
        " SuccessThreshold:int32 FailureThreshold:int32 TerminationGracePeriodSeconds:*int64"
    ),
    "core.ProbeHandler": (
        "Exec:*core.ExecAction HTTPGet:*core.HTTPGetAction TCPSocket:*core.TCPSocketAction GRPC:*core.GRPCAction"
    ),
    "core.SeccompProfile": "Type:string LocalhostProfile:*string",
    "core.SecurityContext": (
        "Capabilities:*core.Capabilities Privileged:*bool SELinuxOptions:*core.SELinuxOptions"
        " WindowsOptions:*core.WindowsSecurityContextOptions RunAsUser:*int64 RunAsGroup:*int64 RunAsNonRoot:*bool"
        " ReadOnlyRootFilesystem:*bool AllowPrivilegeEscalation:*bool ProcMount:*core.ProcMountType"
        " SeccompProfile:*core.SeccompProfile AppArmorProfile:*core.AppArmorProfile"
    ),
}


_EMBEDDED: Final = frozenset({"ProbeHandler"})  # its fields stand among those of the struct around it


_JSON_NAMES: Final = {
    "APIVersion": "apiVersion",
    "UID": "uid",
    "HTTPGet": "httpGet",
    "TCPSocket": "tcpSocket",
    "GRPC": "grpc",
    "SELinuxOptions": "seLinuxOptions",
}


_ADDRESS: Final = "0x0"  # a pointer's value says where it lay in the webhook's memory, which no one can know


_ESCAPES: Final = {
    '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def quoted(text: str) -> str:
    """A string as `%q` prints it: in double quotes, what cannot be printed escaped.

    Upstream: strconv.Quote
    """
    return f'"{"".join(_ESCAPES.get(character) or _printable(character) for character in text)}"'


def dumped(value: object, go_type: str, package: str = "") -> str:
    """A value as `%#v` prints it; package is the one of OpenKruise's own types, whose names stand in the table without.

    Upstream: fmt %#v
    """
    shown_type = _with_package(go_type, package)
    if go_type in _STRUCTS:
        fields = " ".join(_STRUCTS[go_type].split())
        shown = (_dumped_field(value, field, package) for field in fields.split(" "))
        return f"{shown_type}{{{', '.join(shown)}}}"
    if go_type.startswith("*"):
        return f"({shown_type})({'nil' if value is None else _ADDRESS})"
    if value is None and go_type.startswith(("[]", "map[")):
        return f"{shown_type}(nil)"
    if isinstance(value, Mapping):
        pairs = (f"{quoted(key)}:{quoted(str(value[key]))}" for key in sorted(value))
        return f"{shown_type}{{{', '.join(pairs)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = (dumped(item, go_type.removeprefix("[]"), package) for item in value)
        return f"{shown_type}{{{', '.join(items)}}}"
    return _scalar(value, go_type)


def int_or_string(written: str) -> str:
    """An IntOrString that holds a text, as `%#v` prints it.

    Upstream: fmt %#v
    """
    return f"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{quoted(written)}}}"


def selector_text(selector: Mapping[str, object]) -> str:
    """A label selector as its own String method prints it.

    Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/generated.pb.go String
    """
    labels = selector.get("matchLabels")
    expressions = selector.get("matchExpressions")
    pairs = "".join(f"{key}: {labels[key]}," for key in sorted(labels)) if isinstance(labels, Mapping) else ""
    shown = "".join(_requirement(item) for item in expressions) if isinstance(expressions, Sequence) else ""
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{pairs}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{shown}}},}}"
    )


def _requirement(expression: Mapping[str, object]) -> str:
    values = expression.get("values")
    shown = " ".join(values) if isinstance(values, Sequence) else ""
    key, operator = expression.get("key", ""), expression.get("operator", "")
    return f"LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{shown}],}},"


def _dumped_field(struct: object, field: str, package: str) -> str:
    name, _, go_type = field.partition(":")
    json_name = _JSON_NAMES.get(name) or name[0].lower() + name[1:]
    inside = struct if name in _EMBEDDED else struct.get(json_name) if isinstance(struct, Mapping) else None
    return f"{name}:{dumped(inside, go_type, package)}"


def _with_package(go_type: str, package: str) -> str:
    marks = go_type[: len(go_type) - len(go_type.lstrip("*[]"))]
    name = go_type[len(marks) :]
    is_ours = name[:1].isupper() and "." not in name
    return f"{marks}{package}.{name}" if is_ours else go_type


def _scalar(value: object, go_type: str) -> str:
    if go_type == "string":
        return quoted("" if value is None else str(value))
    return str(value or 0)


def _printable(character: str) -> str:
    """The character where Go's unicode.IsPrint holds, else its escape."""
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:  # noqa: PLR2004 - ASCII is written as a byte
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the basic plane
