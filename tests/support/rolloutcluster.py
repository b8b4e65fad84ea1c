"""A small cluster to roll out in: the fixtures BASE and P(n) of the golden tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doors.sidecarset import RolloutContext, RolloutPlan, admit, pulled_image_id, rollout_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]


def sidecar_set(
    image: str = "img:1",
    *,
    spec: Json | None = None,
    container: Json | None = None,
    **strategy: Any,  # noqa: ANN401 - any field of an updateStrategy
) -> Json:
    """BASE: the SidecarSet s1 with one container c1, which selects a=b."""
    containers = [{"name": "c1", "image": image, **(container or {})}]
    return {
        "apiVersion": "apps.kruise.io/v1beta1",
        "kind": "SidecarSet",
        "metadata": {"name": "s1"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "containers": containers,
            "updateStrategy": {"type": "RollingUpdate", **strategy},
            **(spec or {}),
        },
    }


def hot_set(image: str, empty: str = "empty:1", **strategy: Any) -> Json:  # noqa: ANN401 - any JSON value
    """The same with a hot upgrade: c1-1 and c1-2."""
    upgrade = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": empty}
    return sidecar_set(image, container={"upgradeStrategy": upgrade}, **strategy)


def pods(number: int, of: Json | None = None) -> list[Json]:
    """P(n): Pods that serve, injected by BASE (or another set); the last is the youngest."""
    return [pod(index, of or sidecar_set()) for index in range(number)]


def pod(index: int, of: Json) -> Json:
    """One of them."""
    written: Any = of
    admitted = admit(written)
    containers = [c for sidecar in admitted["spec"]["containers"] for c in _in_pod(sidecar)]
    images = {**{c["name"]: c["image"] for c in containers}, "app": "app:1"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"pod-{index:03}",
            "namespace": "default",
            "creationTimestamp": f"2024-01-01T{index // 60:02}:{index % 60:02}:00Z",
            "labels": {"a": "b"},
            "annotations": _annotations(admitted),
        },
        "spec": {
            "nodeName": "n1",
            "containers": [{"name": name, "image": image} for name, image in images.items()],
        },
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2024-02-01T00:00:00Z"}],
            "containerStatuses": [
                {"name": name, "image": image, "imageID": pulled_image_id(image), "ready": True, "restartCount": 0}
                for name, image in images.items()
            ],
        },
    }


def rolled(target: Json, cluster: Sequence[Any], **context: Any) -> RolloutPlan:  # noqa: ANN401 - any of RolloutContext's
    """The rollout of a set over Pods."""
    sidecar_set: Any = target
    return rollout_plan(sidecar_set, cluster, RolloutContext(**context))


def numbers(names: Any) -> list[int]:  # noqa: ANN401 - any iterable of names
    """The numbers of Pods that are given by name."""
    return [int(name[-3:]) for name in names]


def batches(made: RolloutPlan) -> list[list[int]]:
    """The Pods of each round, in order."""
    return [numbers(round_.pods) for round_ in made.rounds]


def sequence(made: RolloutPlan) -> list[int]:
    """All Pods in the order of their upgrade."""
    return [number for batch in batches(made) for number in batch]


def counts(status: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - a status
    """Matched, updated, ready, updated and ready."""
    return (status["matchedPods"], status["updatedPods"], status["readyPods"], status.get("updatedReadyPods", 0))


def labelled(cluster: list[Json], **labels: list[int]) -> list[Json]:
    """The same Pods, `key__value` on those whose numbers are given."""
    for pair, holders in labels.items():
        key, _, value = pair.partition("__")
        for number in holders:
            cluster[number]["metadata"]["labels"][key] = value
    return cluster


def unready(cluster: list[Json], *which: int) -> list[Json]:
    """The same Pods, these without readiness."""
    for number in which:
        cluster[number]["status"]["conditions"][0]["status"] = "False"
    return cluster


def _in_pod(sidecar: Any) -> list[Json]:  # noqa: ANN401 - a container
    upgrade = sidecar["upgradeStrategy"]
    if upgrade["upgradeType"] != "HotUpgrade":
        return [{"name": sidecar["name"], "image": sidecar["image"]}]
    images = [sidecar["image"], upgrade["hotUpgradeEmptyImage"]]
    return [{"name": f"{sidecar['name']}-{side}", "image": image} for side, image in enumerate(images, start=1)]


def _annotations(admitted: Any) -> dict[str, str]:  # noqa: ANN401 - a SidecarSet
    hashes = admitted["metadata"]["annotations"]
    sidecars = admitted["spec"]["containers"]
    entry = {
        "updateTimestamp": "2024-01-01T00:00:00Z",
        "sidecarSetName": "s1",
        "sidecarList": [c["name"] for c in sidecars],
    }
    hot = [c["name"] for c in sidecars if c["upgradeStrategy"]["upgradeType"] == "HotUpgrade"]
    annotations = {key: json.dumps({"s1": {**entry, "hash": hashes[key]}}) for key in hashes}
    annotations["kruise.io/sidecarset-injected-list"] = "s1"
    if hot:
        annotations["kruise.io/sidecarset-working-hotupgrade-container"] = json.dumps(
            {name: f"{name}-1" for name in hot}
        )
    for name in hot:
        for side, version, other in ((1, "1", "0"), (2, "0", "1")):
            annotations[f"version.sidecarset.kruise.io/{name}-{side}"] = version
            annotations[f"versionalt.sidecarset.kruise.io/{name}-{side}"] = other
    return annotations
