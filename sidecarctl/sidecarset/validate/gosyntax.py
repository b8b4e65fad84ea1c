"""How Go prints values: `%q` for a string, `%#v` for a struct. The webhook's sentences quote bad values this way."""

from collections.abc import Mapping, Sequence
from typing import Final

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
