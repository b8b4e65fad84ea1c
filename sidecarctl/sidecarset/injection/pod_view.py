"""The Pod as its sidecars see it: volume mounts, devices and environment to share.

Upstream: UTIL GetInjectedVolumeMountsAndEnvs, GetInjectedVolumeDevices; PODS MergeVolumeMounts, MergeVolumeDevices;
UTIL GetSidecarTransferEnvs
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, cast

from sidecarctl.upstream.encode import as_encoded
from sidecarctl.upstream.names import ALWAYS, ENABLED, IS_INJECTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Container, EnvVar, Pod, ShareVolumePolicy, VolumeDevice, VolumeMount

    Shared = TypeVar("Shared", bound=Mapping[str, object])  # here, for making one with a bound costs 3 ms
    from collections.abc import Mapping

    from sidecarctl.upstream.types import TransferEnvVar


Form = Literal["written", "defaults"]


class Host:
    """A decoded pod before injection; each answer is worked out when the first sidecar asks for it.

    In the form "written" sidecars take things over as the pod's author wrote them, in the form "defaults" as they stand
    in the request that the webhook gets.
    """

    def __init__(
        self,
        pod: Pod,
        annotations: Mapping[str, str],
        sidecar_names: Callable[[], frozenset[str]],
        form: Form,
        release: Release,
    ) -> None:
        self._spec = pod.get("spec", {})
        self._sidecar_names = sidecar_names
        self._form = form
        self._release = release
        self.metadata = {"annotations": annotations, "labels": pod.get("metadata", {}).get("labels", {})}

    @cached_property
    def containers(self) -> Sequence[Container]:
        """Its app containers."""
        containers = self._spec.get("containers", [])
        if self._form == "written":
            return containers
        from sidecarctl.upstream.pod_defaults import container_with_defaults  # noqa: PLC0415 - not in the usual form

        defaulted = [container_with_defaults(container) for container in containers]
        return cast("list[Container]", as_encoded(defaulted, "[]Container", self._release))

    @cached_property
    def sidecar_names(self) -> frozenset[str]:
        """The names of everything that is injected, as the SidecarSets have them, and of what it became already."""
        return self._sidecar_names()

    @cached_property
    def resource_targets(self) -> list[Container]:
        """The containers that run all the time, native sidecars first."""
        init_containers = self._spec.get("initContainers", ())
        natives = [container for container in init_containers if container.get("restartPolicy") == ALWAYS]
        return [*natives, *self._spec.get("containers", ())]

    @cached_property
    def env_table(self) -> EnvTable:
        """Its env by container and name."""
        return env_table(self.containers)

    @cached_property
    def mounts(self) -> list[VolumeMount]:
        """The mounts that it shares."""
        return app_mounts(self.containers)

    @cached_property
    def devices(self) -> list[VolumeDevice]:
        """The devices that it shares."""
        return app_devices(self.containers)

    @cached_property
    def sub_path_env(self) -> list[EnvVar]:
        """The env that comes along with shared mounts."""
        return sub_path_env(self.containers)


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


EnvTable = dict[tuple[str, str], "EnvVar"]


def env_table(containers: Iterable[Container]) -> EnvTable:
    """Each env entry by its container's name and its own; the last of several."""
    return {
        (container.get("name", ""), env.get("name", "")): env
        for container in containers
        for env in container.get("env", ())
    }


def transferred_env(
    transfers: Iterable[TransferEnvVar], table: EnvTable, metadata: Mapping[str, Mapping[str, str]]
) -> Iterator[EnvVar]:
    """The entries that these transfers find, in order, names in order within each; what is missing is passed over.

    `metadata` holds the pod's annotations and labels.
    """
    for transfer in transfers:
        source = source_of(transfer, metadata)
        if source is not None:
            wanted = ((source, name) for name in names_wanted(transfer))
            yield from (table[key] for key in wanted if key in table)


def names_wanted(transfer: TransferEnvVar) -> list[str]:
    """The names of the env that a transfer takes over, in order."""
    one = transfer.get("envName", "")
    return sorted({*transfer.get("envNames", ()), *([one] if one else ())})


def source_of(transfer: TransferEnvVar, metadata: Mapping[str, Mapping[str, str]]) -> str | None:
    """The container that a transfer takes from, None where its reference cannot be followed."""
    reference = transfer.get("sourceContainerNameFrom", {}).get("fieldRef")
    if reference is None:
        return transfer.get("sourceContainerName", "")
    return _value_at(reference.get("fieldPath", ""), metadata)


def _value_at(field_path: str, metadata: Mapping[str, Mapping[str, str]]) -> str | None:
    """Look up `metadata.labels['key']` or `metadata.annotations['key']`, the only paths that upstream follows.

    Upstream: UTIL ExtractContainerNameFromFieldPath
    """
    field, bracket, key = field_path.removesuffix("']").partition("['")
    entries = metadata.get(field.removeprefix("metadata."))
    if not field_path.endswith("']") or not bracket or not field.startswith("metadata.") or entries is None:
        return None
    checked = key.lower() if field == "metadata.annotations" else key
    return entries.get(key, "") if _is_qualified_name(checked) else None


def _is_qualified_name(key: str) -> bool:
    """Upstream: k8s.io/apimachinery/pkg/util/validation/validation.go IsQualifiedName."""
    parts = _qualified_name().fullmatch(key)
    return parts is not None and len(parts["prefix"] or "") <= len("/") + 253 and len(parts["name"]) <= 63  # noqa: PLR2004 - DNS


@cache
def _qualified_name() -> re.Pattern[str]:
    label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
    return re.compile(rf"(?P<prefix>{label}(?:\.{label})*/)?(?P<name>(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])")
