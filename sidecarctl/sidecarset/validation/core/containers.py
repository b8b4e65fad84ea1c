"""The containers of a set, as Kubernetes would judge them in a pod.

Upstream: KV validateContainers, validateInitContainers
"""

# Strategy: OpenKruise makes up a pod of the set's containers and volumes and lets Kubernetes validate that. Up to
# Kubernetes 1.24 init containers went through all the rules of containers first; `_older_...` keeps that order. The
# rules for a field are imported only for containers that have it, because imports are most of what a short run costs.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    SPEC,
    Place,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    pull_policy_findings,
    required,
    unsupported,
)
from sidecarctl.upstream.fields import structs, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

    Volumes = Mapping[str, Mapping[str, object]]

_ALWAYS: Final = "Always"
_TERMINATION_POLICIES: Final = ("File", "FallbackToLogsOnError")
_DUMMY: Final[Mapping[str, object]] = {"name": "test", "image": "busybox"}  # stands in where a set has no containers
_ONE_RULE_FOR_ALL_SINCE: Final = 26  # the minor version of Kubernetes

_CONTAINERS: Final = SPEC.at("containers")
_INIT_CONTAINERS: Final = SPEC.at("initContainers")
_HANDLERS: Final = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


def pod_findings(spec: Mapping[str, object], release: Release) -> Iterator[Finding]:
    """Whether Kubernetes would take a pod of these containers and volumes.

    Upstream: VAL validateContainersForSidecarSet; KV ValidatePodCreate
    """
    volumes: Volumes = {}
    if structs(spec, "volumes"):
        from sidecarctl.sidecarset.validation.core.volumes import checked_volumes  # noqa: PLC0415 - only for sets with volumes

        checked = checked_volumes(spec, release)
        yield from checked.findings
        volumes = checked.sound
    containers, init_containers = structs(spec, "containers"), structs(spec, "initContainers")
    names = {text(container, "name") for container in containers or (_DUMMY,)}
    if release.kubernetes_minor < _ONE_RULE_FOR_ALL_SINCE:
        yield from _older_findings(containers, _CONTAINERS, volumes, release)
        yield from _host_port_findings(list(_placed(containers, _CONTAINERS)))
        yield from _older_findings(init_containers, _INIT_CONTAINERS, volumes, release)
        yield from _older_init_findings(init_containers, names, release)
    else:
        yield from _container_findings(containers, volumes, release)
        yield from _init_findings(init_containers, names, volumes, release)
    everything = [*init_containers, *(containers or (_DUMMY,))]
    if _have(everything, "securityContext"):
        from sidecarctl.sidecarset.validation.core.security import host_process_findings  # noqa: PLC0415 - as for volumes

        yield from host_process_findings(everything)
    for container, where in [*_placed(containers, _CONTAINERS), *_placed(init_containers, _INIT_CONTAINERS)]:
        image = text(container, "image")
        if image.strip() != image:
            yield invalid("CON003", where.at("image"), image, "must not have leading or trailing whitespace")


def _placed(containers: Sequence[Mapping[str, object]], where: Place) -> Iterator[tuple[Mapping[str, object], Place]]:
    return ((container, where.at(index)) for index, container in enumerate(containers))


def _have(containers: Iterable[Mapping[str, object]], *fields: str) -> bool:
    return any(container.get(field) is not None for container in containers for field in fields)


def _container_findings(
    containers: Sequence[Mapping[str, object]], volumes: Volumes, release: Release
) -> Iterator[Finding]:
    """Upstream: KV validateContainers."""
    seen: set[str] = set()
    for container, where in _placed(containers, _CONTAINERS):
        yield from _common_findings(container, where, volumes, release)
        yield from _repeated_name(container, where, seen)
        seen.add(text(container, "name"))
        yield from _handler_findings(container, where, release)
        if container.get("restartPolicy") is not None:
            yield forbidden("CON012", where.at("restartPolicy"), "may not be set for non-init containers")
    yield from _host_port_findings(list(_placed(containers, _CONTAINERS)))


def _init_findings(
    containers: Sequence[Mapping[str, object]], names: set[str], volumes: Volumes, release: Release
) -> Iterator[Finding]:
    """Upstream: KV validateInitContainers."""
    seen = names
    for container, where in _placed(containers, _INIT_CONTAINERS):
        yield from _common_findings(container, where, volumes, release)
        restart = container.get("restartPolicy")
        if restart not in {None, _ALWAYS}:
            yield unsupported("CON012", where.at("restartPolicy"), restart, (_ALWAYS,))
        yield from _repeated_name(container, where, seen)
        seen = seen | {text(container, "name")} - {""}
        yield from _host_port_findings([(container, _first_called(where))])
        if restart == _ALWAYS and release.allows_handlers_on_native_sidecars:
            yield from _handler_findings(container, where, release)
        else:
            yield from _misplaced_handler_findings(container, where, release)
        if _have([container], "resizePolicy"):
            from sidecarctl.sidecarset.validation.core.resources import misplaced_resize_findings  # noqa: PLC0415 - as above

            yield from misplaced_resize_findings(container, where)


def _common_findings(
    container: Mapping[str, object], where: Place, volumes: Volumes, release: Release
) -> Iterator[Finding]:
    """Upstream: KV validateContainerCommon."""
    yield from _name_findings(container, where)
    yield from _image_findings(container, where)
    yield from _termination_findings(text(container, "terminationMessagePolicy"), where, release)
    yield from _content_findings(container, where, volumes, release)


def _content_findings(
    container: Mapping[str, object], where: Place, volumes: Volumes, release: Release
) -> Iterator[Finding]:
    """Apply the rules whose order is the same in all releases."""
    if _have([container], "ports"):
        from sidecarctl.sidecarset.validation.core.ports import port_findings  # noqa: PLC0415 - only for containers with ports

        yield from port_findings(container, where, release)
    if _have([container], "env", "envFrom"):
        from sidecarctl.sidecarset.validation.core.env import env_findings  # noqa: PLC0415 - likewise

        yield from env_findings(container, where, release)
    if _have([container], "volumeMounts", "volumeDevices"):
        from sidecarctl.sidecarset.validation.core.mounts import device_findings, mount_findings  # noqa: PLC0415 - likewise

        yield from mount_findings(container, where, volumes)
        yield from device_findings(container, where, volumes)
    yield from pull_policy_findings(text(container, "imagePullPolicy"), "CON005", where.at("imagePullPolicy"))
    if _have([container], "resources", "resizePolicy"):
        from sidecarctl.sidecarset.validation.core.resources import resize_findings, resource_findings  # noqa: PLC0415 - likewise

        yield from resource_findings(container, where, release)
        yield from resize_findings(container, where)
    if _have([container], "securityContext"):
        from sidecarctl.sidecarset.validation.core.security import security_findings  # noqa: PLC0415 - likewise

        yield from security_findings(container, where, release)


def _host_port_findings(containers: Sequence[tuple[Mapping[str, object], Place]]) -> Iterator[Finding]:
    if _have([container for container, _ in containers], "ports"):
        from sidecarctl.sidecarset.validation.core.ports import host_port_findings  # noqa: PLC0415 - only with ports

        yield from host_port_findings(containers)


def _handler_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    if _have([container], *_HANDLERS):
        from sidecarctl.sidecarset.validation.core.probes import lifecycle_findings, probe_findings  # noqa: PLC0415 - only with probes or hooks

        yield from lifecycle_findings(container, where, release)
        yield from probe_findings(container, where, release)


def _misplaced_handler_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    if _have([container], *_HANDLERS):
        from sidecarctl.sidecarset.validation.core.probes import misplaced_handler_findings  # noqa: PLC0415 - as above

        yield from misplaced_handler_findings(container, where, release)


def _older_findings(
    containers: Sequence[Mapping[str, object]], where: Place, volumes: Volumes, release: Release
) -> Iterator[Finding]:
    """Upstream: KV validateContainers of Kubernetes 1.24, which asks for the startupProbe twice."""
    seen: set[str] = set()
    for container, there in _placed(containers, where):
        yield from _name_findings(container, there)
        yield from _repeated_name(container, there, seen)
        seen.add(text(container, "name"))
        yield from _image_findings(container, there)
        if _have([container], *_HANDLERS):
            from sidecarctl.sidecarset.validation.core.probes import older_handler_findings  # noqa: PLC0415 - as above

            yield from older_handler_findings(container, there, release)
        yield from _termination_findings(text(container, "terminationMessagePolicy"), there, release)
        if _have([container], "readinessProbe"):
            from sidecarctl.sidecarset.validation.core.probes import common_probe_findings  # noqa: PLC0415 - as above

            yield from common_probe_findings(container, there, "readinessProbe", release)
        yield from _content_findings(container, there, volumes, release)


def _older_init_findings(
    containers: Sequence[Mapping[str, object]], names: set[str], release: Release
) -> Iterator[Finding]:
    """Upstream: KV validateInitContainers of Kubernetes 1.24."""
    for container, where in _placed(containers, _INIT_CONTAINERS):
        yield from _host_port_findings([(container, _first_called(where))])
    seen = names
    for container, where in _placed(containers, _INIT_CONTAINERS):
        yield from _repeated_name(container, where, seen)
        seen = seen | {text(container, "name")} - {""}
        yield from _misplaced_handler_findings(container, where, release)


def _first_called(where: Place) -> Place:
    """The webhook looks at the host ports of each init container alone, and calls each the first one."""
    return Place(where.path, _INIT_CONTAINERS.at(0).called)


def _name_findings(container: Mapping[str, object], where: Place) -> Iterator[Finding]:
    name = text(container, "name")
    if name:
        yield from all_invalid("CON001", where.at("name"), name, formats.dns_label(name))
    else:
        yield required("CON001", where.at("name"), message="a container needs a name")


def _repeated_name(container: Mapping[str, object], where: Place, seen: set[str]) -> Iterator[Finding]:
    name = text(container, "name")
    if name not in seen:
        return
    told = f"another container of this set is called {name}"
    if name == _DUMMY["name"]:
        told = f"{told}; in a set without containers the name `test` is taken by the webhook itself"
    yield duplicate("CON002", where.at("name"), name, message=told)


def _image_findings(container: Mapping[str, object], where: Place) -> Iterator[Finding]:
    if not text(container, "image"):
        yield required("CON003", where.at("image"), message="a container needs an image")


def _termination_findings(policy: str, where: Place, release: Release) -> Iterator[Finding]:
    there = where.at("terminationMessagePolicy")
    if policy in _TERMINATION_POLICIES:
        return
    if release.lists_termination_policies:
        yield unsupported("CON004", there, policy, _TERMINATION_POLICIES)
    else:
        yield invalid("CON004", there, policy, "must be 'File' or 'FallbackToLogsOnError'")
