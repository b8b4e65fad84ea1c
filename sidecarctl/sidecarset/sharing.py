"""The volumes and devices that a sidecar shares with the app containers.

Upstream: UTIL GetInjectedVolumeMountsAndEnvs, GetInjectedVolumeDevices; PODS MergeVolumeMounts, MergeVolumeDevices
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sidecarctl.upstream.names import ENABLED, IS_INJECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from sidecarctl.upstream.types import Container, EnvVar, ShareVolumePolicy, VolumeDevice, VolumeMount

    Shared = TypeVar("Shared", bound=Mapping[str, object])  # here, for making one with a bound costs 3 ms


def shares(policy: ShareVolumePolicy | None) -> bool:
    """Whether a policy says to share, in upstream's exact spelling."""
    return policy is not None and policy.get("type") == ENABLED


def is_injected(container: Container) -> bool:
    """Whether a container bears the mark of injection.

    Upstream: UTIL IsInjectedSidecarContainerInPod
    """
    return next((env.get("value") == "true" for env in container.get("env", ()) if _is_mark(env)), False)


def app_mounts(containers: Iterable[Container]) -> list[VolumeMount]:
    """The mounts of all containers that were not injected."""
    return [mount for container in _apps(containers) for mount in container.get("volumeMounts", ())]


def app_devices(containers: Iterable[Container]) -> list[VolumeDevice]:
    """The devices of all containers that were not injected."""
    return [device for container in _apps(containers) for device in container.get("volumeDevices", ())]


def sub_path_env(containers: Iterable[Container]) -> list[EnvVar]:
    """The env that the app containers' `subPathExpr` refer to, of mounts that a sidecar may not even take.

    Upstream: UTIL convertToSubPathExprEnvs
    """
    return [env for container in _apps(containers) for env in _expanded_env(container)]


def merged_mounts(own: Sequence[VolumeMount], shared: Iterable[VolumeMount], taken: Iterable[str]) -> list[VolumeMount]:
    """A sidecar's own mounts, then each shared one whose path, as it is spelled, is not taken."""
    return _merged(own, shared, "mountPath", taken)


def merged_devices(
    own: Sequence[VolumeDevice], shared: Iterable[VolumeDevice], taken: Iterable[str]
) -> list[VolumeDevice]:
    """A sidecar's own devices, then each shared one whose path is not taken."""
    return _merged(own, shared, "devicePath", taken)


def _merged(own: Sequence[Shared], shared: Iterable[Shared], key: str, taken: Iterable[str]) -> list[Shared]:
    paths: set[object] = {*taken, *(item.get(key, "") for item in own)}
    merged = [*own]
    for item in shared:
        path = item.get(key, "")
        if path not in paths:
            paths.add(path)
            merged.append(item)
    return merged


def _apps(containers: Iterable[Container]) -> Iterator[Container]:
    return (container for container in containers if not is_injected(container))


def _is_mark(env: EnvVar) -> bool:
    return env.get("name") == IS_INJECTED


def _expanded_env(container: Container) -> Iterator[EnvVar]:
    """The first entry of each name that a `subPathExpr` of this container refers to."""
    for mount in container.get("volumeMounts", ()):
        for name in _references(mount.get("subPathExpr", "")):
            found = next((env for env in container.get("env", ()) if env.get("name") == name), None)
            if found is not None:
                yield found


def _references(expression: str) -> list[str]:
    """The names in `$(NAME)`; upstream takes the escaped `$$(NAME)` for one, too."""
    return _reference_pattern().findall(expression) if expression else []


@cache
def _reference_pattern() -> re.Pattern[str]:
    return re.compile(r"\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)")
