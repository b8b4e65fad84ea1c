"""functionConfig of the KRM function: a SidecarInjector, a ConfigMap with the same keys as text, or a SidecarSet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

from sidecarctl.api.arguments import a_release, update_time
from sidecarctl.finding import SidecarctlError, UnreadableDocument, nearest
from sidecarctl.record import Record
from sidecarctl.upstream.release import LATEST
from sidecarctl.yamledit.stream.documents import chunks, documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sidecarctl.finding import FieldPath
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.upstream.release import Release
    from sidecarctl.yamledit.value import Value

    Object: TypeAlias = Mapping[str, Value]

API_VERSION: Final = "fn.sidecarctl.dev/v1alpha1"
KIND: Final = "SidecarInjector"
_SIDECAR_SETS: Final = ("apps.kruise.io/v1alpha1", "apps.kruise.io/v1beta1")
# The fields of the spec and their types: choices as a tuple. `sidecarctl schema SidecarInjector` is held equal to it.
FIELDS: Final[Mapping[str, object]] = {
    "mode": ("inject", "uninject", "check"),
    "sidecarSets": {"fromItems": bool, "inline": list},
    "namespaces": list,
    "systemNamespaces": ("exclude", "include"),
    "defaults": bool,
    "timestamp": str,
    "failOn": ("error", "warning"),
    "kruiseVersion": str,
    "featureGates": dict,
    "emitSidecarSets": ("keep", "drop"),
}
_NAMES: Final = {bool: "true or false", list: "a list", str: "a text", dict: "a mapping"}
_METADATA: Final = frozenset({"apiVersion", "kind", "metadata"})


class InvalidFunctionConfig(SidecarctlError):
    """A functionConfig that cannot be followed."""


class FunctionConfig(Record):
    """The settings of a functionConfig, with their defaults."""

    mode: Literal["inject", "uninject", "check"] = "inject"
    from_items: bool = True
    sidecar_sets: tuple[tuple[FieldPath, Object], ...] = ()  # configured ones, with their paths in the ResourceList
    namespaces: tuple[Object, ...] = ()
    system_namespaces: SystemNamespaces = "exclude"
    defaults: bool = False
    timestamp: str | None = None
    fail_on: Literal["error", "warning"] = "error"
    release: Release = LATEST
    feature_gates: Mapping[str, bool] = {}
    drops_sidecar_sets: bool = False


def function_config(value: object) -> FunctionConfig:
    """Read a functionConfig; none, and the empty one that kpt sends, ask for the defaults.

    Raises `InvalidFunctionConfig` for an unknown kind or key, and for a value of the wrong type.
    """
    if value is None:
        return FunctionConfig()
    if not isinstance(value, dict):
        raise InvalidFunctionConfig("functionConfig must be an object")
    kind, api_version = value.get("kind"), value.get("apiVersion")
    if kind == "SidecarSet" and api_version in _SIDECAR_SETS:
        return FunctionConfig(sidecar_sets=((("functionConfig",), value),))
    if kind == KIND and api_version == API_VERSION:
        _refuse_unknown(value, _METADATA | {"spec"}, "functionConfig")
        return _config(_mapping(value.get("spec"), "functionConfig.spec"), ("functionConfig", "spec"))
    if (kind == "ConfigMap" and api_version in {"v1", None}) or (kind is None and api_version is None):
        return _config(_from_texts(_mapping(value.get("data"), "functionConfig.data")), ("functionConfig", "data"))
    told = f"functionConfig is a {kind} ({api_version}); expected a {KIND} ({API_VERSION}), a ConfigMap or a SidecarSet"
    raise InvalidFunctionConfig(told)


def _mapping(value: object, name: str) -> dict[str, Value]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidFunctionConfig(f"{name} must be a mapping")
    return value


def _refuse_unknown(given: Mapping[str, object], known: frozenset[str] | Mapping[str, object], name: str) -> None:
    for key in given:
        if key not in known:
            near = nearest(key, known)
            raise InvalidFunctionConfig(f"{name}.{key} is unknown{f': did you mean {near}?' if near else ''}")


def _config(spec: dict[str, Value], path: FieldPath) -> FunctionConfig:
    name = ".".join(map(str, path))
    _check(spec, FIELDS, name)
    sets = cast("dict[str, Value]", spec.get("sidecarSets") or {})
    inline = cast("list[Value]", sets.get("inline") or [])
    for kind, objects in (("SidecarSet", inline), ("Namespace", cast("list[Value]", spec.get("namespaces") or []))):
        if any(not isinstance(one, dict) or one.get("kind", kind) != kind for one in objects):
            raise InvalidFunctionConfig(f"{name}: expected {kind}s in a list")
    gates = cast("dict[str, Value]", spec.get("featureGates") or {})
    if any(not isinstance(one, bool) for one in gates.values()):
        raise InvalidFunctionConfig(f"{name}.featureGates: expected true or false for each feature gate")
    version = spec.get("kruiseVersion")
    try:
        release = a_release(cast("str", version)) if version else LATEST
        timestamp = update_time(cast("str | None", spec.get("timestamp")))
    except ValueError as error:
        raise InvalidFunctionConfig(f"{name}: {error}") from None
    return FunctionConfig(
        mode=cast("Literal['inject', 'uninject', 'check']", spec.get("mode", "inject")),
        from_items=sets.get("fromItems") is not False,
        sidecar_sets=tuple(
            ((*path, "sidecarSets", "inline", index), cast("Object", one)) for index, one in enumerate(inline)
        ),
        namespaces=tuple(cast("list[Object]", spec.get("namespaces") or [])),
        system_namespaces=cast("SystemNamespaces", spec.get("systemNamespaces", "exclude")),
        defaults=spec.get("defaults") is True,
        timestamp=timestamp,
        fail_on=cast("Literal['error', 'warning']", spec.get("failOn", "error")),
        release=release,
        feature_gates=cast("dict[str, bool]", gates),
        drops_sidecar_sets=spec.get("emitSidecarSets") == "drop",
    )


def _check(given: Mapping[str, Value], fields: Mapping[str, object], name: str) -> None:
    """Hold values against their types."""
    _refuse_unknown(given, fields, name)
    for key, value in given.items():
        wanted = fields[key]
        if isinstance(wanted, tuple):
            if value not in wanted:
                raise InvalidFunctionConfig(f"{name}.{key}: expected one of {', '.join(wanted)}")
        elif isinstance(wanted, dict):
            _check(_mapping(value, f"{name}.{key}"), wanted, f"{name}.{key}")
        elif not isinstance(value, cast("type", wanted)):
            raise InvalidFunctionConfig(f"{name}.{key}: expected {_NAMES[cast('type', wanted)]}")


def _from_texts(data: dict[str, Value]) -> dict[str, Value]:
    """Return the spec that the flat texts of a ConfigMap stand for."""
    spec: dict[str, Value] = {}
    sets: dict[str, Value] = {}
    flat = {**{key: kind for key, kind in FIELDS.items() if key != "sidecarSets"}, "fromItems": bool, "inline": list}
    _refuse_unknown(data, flat, "functionConfig.data")
    for key, text in data.items():
        if not isinstance(text, str):
            raise InvalidFunctionConfig(f"functionConfig.data.{key}: expected a text")
        value = _from_text(key, text, flat[key])
        (sets if key in {"fromItems", "inline"} else spec)[key] = value
    return {**spec, "sidecarSets": sets} if sets else spec


def _from_text(key: str, text: str, kind: object) -> Value:
    if kind is bool and text in {"true", "false"}:
        return text == "true"
    if kind is dict:  # A=true,B=false
        pairs = [part.partition("=") for part in text.split(",") if part]
        if all(value in {"true", "false"} for _, _, value in pairs):
            return {name: value == "true" for name, _, value in pairs}
    elif kind is list:
        try:
            found = [one.value() for chunk in chunks([text.encode()], key) for one in documents(chunk, key)]
        except UnreadableDocument as error:
            raise InvalidFunctionConfig(f"functionConfig.data.{key}: {error.message}") from None
        return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    elif kind is not bool:
        return text
    expected = "true or false" if kind is bool else "NAME=true or NAME=false, joined by commas"
    raise InvalidFunctionConfig(f"functionConfig.data.{key}: expected {expected}")
