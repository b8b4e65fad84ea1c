"""Environment variables of a container; their values are nobody's business, and stand in no sentence.

Upstream: KV ValidateEnv, ValidateEnvFrom
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.fieldref import ENV_FIELDS, field_ref_findings, resource_ref_findings
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, all_invalid, invalid, required
from sidecarctl.upstream.fields import struct, structs, text

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
