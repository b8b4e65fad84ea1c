"""A small SidecarSet to break, and what the webhook says of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from doors.sidecarset import ValidationContext, validate
from doors.upstream import release_for

CONTAINER = {"name": "c1", "image": "img:1"}
ALPHA = "apps.kruise.io/v1alpha1"
BETA = "apps.kruise.io/v1beta1"
CONFIG = "kruise-configuration"
WHITELIST = "SidecarSet_PatchPodMetadata_WhiteList"


def sidecar_set(spec: Mapping[str, Any] | None = None, version: str = BETA, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - any metadata
    """A sound SidecarSet, but for these fields; None takes one away."""
    sound = {"selector": {"matchLabels": {"a": "b"}}, "containers": [CONTAINER]}
    wanted = {**sound, **(spec or {})}
    return {
        "apiVersion": version,
        "kind": "SidecarSet",
        "metadata": {"name": "s1", **metadata},
        "spec": {field: value for field, value in wanted.items() if value is not None},
    }


def with_container(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a container
    """A SidecarSet whose one container has these fields."""
    return sidecar_set({"containers": [{**CONTAINER, **fields}]})


def with_init_container(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a container
    """A SidecarSet that is never rolled out, and has one init container with these fields."""
    init = {"name": "i1", "image": "img:1", **fields}
    return sidecar_set({"initContainers": [init], "updateStrategy": {"type": "NotUpdate"}})


def with_volume(**source: Any) -> dict[str, Any]:  # noqa: ANN401 - any source
    """A SidecarSet with one volume, called v, from this source."""
    return sidecar_set({"volumes": [{"name": "v", **source}]})


def with_strategy(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the strategy
    """A SidecarSet with this update strategy."""
    return sidecar_set({"updateStrategy": fields})


def config(whitelist: str) -> dict[str, Any]:
    """The ConfigMap with this whitelist."""
    return {"metadata": {"name": CONFIG, "namespace": "kruise-system"}, "data": {WHITELIST: whitelist}}


def refusals(submitted: Mapping[str, Any], version: str | None = None, **known: Any) -> list[str]:  # noqa: ANN401 - any context
    """The webhook's sentences."""
    findings = validate(submitted, ValidationContext(release=release_for(version), **known))
    return [finding.upstream for finding in findings]


def assert_refused(submitted: Mapping[str, Any], expected: Sequence[str], version: str | None = None) -> None:
    """The webhook says just this, where `...` stands for anything."""
    told = refusals(submitted, version)
    patterns = [".*".join(map(re.escape, sentence.split("..."))) for sentence in expected]
    assert len(told) == len(expected), told
    for sentence, pattern in zip(told, patterns, strict=True):
        assert re.fullmatch(pattern, sentence), sentence
