"""Rules for environment variables and field references; values never appear in a message.

Upstream: KV ValidateEnv, ValidateEnvFrom; KV validateObjectFieldSelector, validateContainerResourceFieldSelector
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, all_invalid, invalid, required, unsupported
from sidecarctl.upstream.fields import struct, structs, text
from sidecarctl.upstream.quantity import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


_BESIDE_VALUE: Final = "may not be specified when `value` is not empty"


_SOURCES: Final = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")


def env_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether each variable has a name, and a value from one place.

    Upstream: KV ValidateEnv, ValidateEnvFrom
    """
    for index, variable in enumerate(structs(container, "env")):
        there = where.at("env", index)
        name = text(variable, "name")
        if name:
            yield from all_invalid("ENV001", there.at("name"), name, formats.env_name(name))
        else:
            yield required("ENV001", there.at("name"), message="an environment variable needs a name")
        if variable.get("valueFrom") is not None:
            yield from _source_findings(variable, there.at("valueFrom"), release)
    for index, source in enumerate(structs(container, "envFrom")):
        yield from _import_findings(source, where.at("envFrom", index))


def _source_findings(variable: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV validateEnvVarValueFrom."""
    source = struct(variable, "valueFrom")
    if source.get("fieldRef") is not None:
        yield from field_ref_findings(struct(source, "fieldRef"), where.at("fieldRef"), ENV_FIELDS, release)
    if source.get("resourceFieldRef") is not None:
        there = where.at("resourceFieldRef")
        yield from resource_ref_findings(struct(source, "resourceFieldRef"), there, needs_container=False)
    for field in ("configMapKeyRef", "secretKeyRef"):
        if source.get(field) is not None:
            yield from _key_ref_findings(struct(source, field), where.at(field))
    yield from _choice_findings(variable, [name for name in _SOURCES if source.get(name) is not None], where)


def _choice_findings(variable: Mapping[str, object], sources: Sequence[str], where: Place) -> Iterator[Finding]:
    """A variable gets its value from one place."""
    told = ""
    if not sources:
        told = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
    elif text(variable, "value"):
        told = _BESIDE_VALUE
    elif len(sources) > 1:
        told = "may not have more than one field specified at a time"
    if told:
        both = "keep value or valueFrom, not both" if told == _BESIDE_VALUE else ""
        yield invalid("ENV002", where, "", told, both)


def _key_ref_findings(reference: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: KV validateConfigMapKeySelector, validateSecretKeySelector."""
    name, key = text(reference, "name"), text(reference, "key")
    yield from all_invalid("ENV003", where.at("name"), name, formats.dns_subdomain(name))
    if key:
        yield from all_invalid("ENV003", where.at("key"), key, formats.config_key(key))
    else:
        yield required("ENV003", where.at("key"))


def _import_findings(source: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: KV ValidateEnvFrom."""
    prefix = text(source, "prefix")
    if prefix:
        yield from all_invalid("ENV001", where.at("prefix"), prefix, formats.env_name(prefix))
    sources = [field for field in ("configMapRef", "secretRef") if source.get(field) is not None]
    for field in sources:
        name = text(struct(source, field), "name")
        if name:
            yield from all_invalid("ENV003", where.at(field, "name"), name, formats.name_prefix(name))
        else:
            yield required("ENV003", where.at(field, "name"))
    if len(sources) != 1:
        told = "may not have more than one field specified at a time"
        unnumbered = Place(where.path, where.called[:-1])
        yield invalid(
            "ENV002", unnumbered, "", told if sources else "must specify one of: `configMapRef` or `secretRef`"
        )


ENV_FIELDS: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)


VOLUME_FIELDS: Final = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)


_FIELDS_OF_A_POD: Final = frozenset(
    [*ENV_FIELDS, *VOLUME_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host"]
)


_MAPS: Final = ("metadata.labels", "metadata.annotations")


_HOST_IPS: Final = "status.hostIPs"


RESOURCES: Final = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)


_HUGE_PAGES: Final = ("limits.hugepages-", "requests.hugepages-")


_UNITS_OF_CPU: Final = ("1m", "1")


_UNITS_OF_BYTES: Final = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")


# What a divisor may be, and what the webhook calls the resource.
_DIVISORS: Final = {
    "cpu": (_UNITS_OF_CPU, " and ".join(_UNITS_OF_CPU), "cpu"),
    "memory": (_UNITS_OF_BYTES, ", ".join(_UNITS_OF_BYTES), "memory"),
    "ephemeral-storage": (_UNITS_OF_BYTES, ", ".join(_UNITS_OF_BYTES), "local ephemeral storage"),
    "hugepages": (_UNITS_OF_BYTES, ", ".join(_UNITS_OF_BYTES), "hugepages"),
}


def split_subscript(path: str) -> tuple[str, str | None]:
    """Split `metadata.labels['app']` into the field and the key; a path without a key has None.

    Upstream: k8s.io/kubernetes/pkg/fieldpath SplitMaybeSubscriptedPath
    """
    field, opening, subscript = path.removesuffix("']").partition("['")
    return (field, subscript) if opening and field and path.endswith("']") else (path, None)


def field_ref_findings(
    reference: Mapping[str, object], where: Place, supported: Sequence[str], release: Release
) -> Iterator[Finding]:
    """Whether a field of a pod can be referred to from here.

    Upstream: KV validateObjectFieldSelector
    """
    version, path = text(reference, "apiVersion"), text(reference, "fieldPath")
    if not path:
        yield required("ENV004", where.at("fieldPath"))
        return
    if why := _why_unknown(version, path, release):
        yield invalid("ENV004", where.at("fieldPath"), path, f"error converting fieldPath: {why}", why)
        return
    field, subscript = split_subscript("spec.nodeName" if path == "spec.host" else path)
    if subscript is not None:
        key = subscript.lower() if field == "metadata.annotations" else subscript
        yield from all_invalid("ENV004", where.at("fieldPath", called=()), key, formats.qualified_name(key))
    else:
        known = [name for name in supported if name != _HOST_IPS or release.knows_host_ips]
        if field not in known:
            yield unsupported("ENV004", where.at("fieldPath"), field, known)


def resource_ref_findings(reference: Mapping[str, object], where: Place, *, needs_container: bool) -> Iterator[Finding]:
    """Whether a resource of a container can be referred to.

    Upstream: KV validateContainerResourceFieldSelector
    """
    resource = text(reference, "resource")
    if needs_container and not text(reference, "containerName"):
        yield required("ENV005", where.at("containerName"))
    elif not resource:
        yield required("ENV005", where.at("resource"))
    elif resource not in RESOURCES and not resource.startswith(_HUGE_PAGES):
        yield unsupported("ENV005", where.at("resource"), resource, RESOURCES)
    yield from _divisor_findings(resource, reference.get("divisor"), where.at("divisor"))


def _why_unknown(version: str, path: str, release: Release) -> str:
    """Upstream: k8s.io/kubernetes/pkg/apis/core/pods ConvertDownwardAPIFieldLabel."""
    field, subscript = split_subscript(path)
    if version != "v1":
        return f"unsupported pod version: {version}"
    if subscript is not None:
        return "" if field in _MAPS else f"field label does not support subscript: {path}"
    is_known = path in _FIELDS_OF_A_POD and (path != _HOST_IPS or release.knows_host_ips)
    return "" if is_known else f"field label not supported: {path}"


def _divisor_findings(resource: str, divisor: object, where: Place) -> Iterator[Finding]:
    """Upstream: KV validateContainerResourceDivisor."""
    kind = (
        "hugepages" if resource.startswith(_HUGE_PAGES) else resource.partition(".")[2] if resource in RESOURCES else ""
    )
    if kind and isinstance(divisor, str | int | float):
        units, listed, name = _DIVISORS[kind]
        unit = parse(divisor)
        if unit.nano and str(unit) not in units:
            told = f"only divisor's values {listed} are supported with the {name} resource"
            yield invalid("ENV006", where, resource, told)
