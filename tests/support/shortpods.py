"""Pods in short form: what a reader has to know of them, and nothing else (testdata/README.md)."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from doors.yamledit import chunks, documents

import sidecarctl

Json = dict[str, Any]

_NUMBERED: Final = re.compile(r"(.*)\[(\d+)-(\d+)\]")


def cluster_dump(folder: Path) -> bytes:
    """Return what `kubectl get pods -A -o json` would print of the Pods of a case folder."""
    return kubectl_list(pods_of(folder))


def kubectl_list(items: list[Json]) -> bytes:
    """Return a List in kubectl's layout."""
    shown = {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}
    return (json.dumps(shown, indent=4) + "\n").encode()


def pods_of(folder: Path) -> list[Json]:
    """Return the Pods of a case: in the order of pods.yaml, a minute apart; a later entry adds to an earlier one."""
    described: dict[tuple[str, str], Json] = {}
    for entry in value_of(folder / "pods.yaml"):
        for name in _names(entry["pods"]):
            key = entry.get("namespace", "default"), name
            known = described.setdefault(key, {"namespace": key[0], "name": name})
            described[key] = {**known, **entry, "labels": {**known.get("labels", {}), **entry.get("labels", {})}}
    versions = {name: value_of(path) for name in ("before", "sidecarset") if (path := folder / f"{name}.yaml").exists()}
    namespaces = [{"metadata": {"name": name, "labels": {"team": name}}} for name, _ in described]
    return [_pod(index, pod, versions, namespaces) for index, pod in enumerate(described.values())]


def value_of(path: Path) -> Any:  # noqa: ANN401 - any value
    """Return what a YAML file of one document holds."""
    [document] = [one for chunk in chunks([path.read_bytes()], path.name) for one in documents(chunk, path.name)]
    return document.value()


def _names(text: str) -> Iterator[str]:
    """`web-[0-9]` are ten."""
    found = _NUMBERED.fullmatch(text)
    if found is None:
        yield text
        return
    for number in range(int(found[2]), int(found[3]) + 1):
        yield f"{found[1]}{number:0{len(found[2])}}"


def _pod(index: int, described: Json, versions: Json, namespaces: list[Json]) -> Json:
    by = described.get("injected", "before" if "before" in versions else "sidecarset")
    labels = {**next(iter(versions.values()))["spec"]["selector"]["matchLabels"], **described["labels"]}
    bare = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": described["name"], "namespace": described["namespace"], "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "web:1"}]},
    }
    sets = [versions[by]] if by in versions else []
    injected = sidecarctl.inject(bare, sets, namespaces=namespaces, system_namespaces="include")
    made: Json = json.loads(json.dumps(injected.pod))
    made["metadata"]["creationTimestamp"] = f"2024-01-01T{index // 60:02}:{index % 60:02}:00Z"
    made["spec"]["nodeName"] = "node-1"
    made["status"] = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2024-02-01T00:00:00Z"}],
        "containerStatuses": [_running(container) for container in made["spec"]["containers"]],
    }
    for key, value in described.items():
        if key not in _NOT_TWISTS:
            _TWISTS[key](made, value)
    return made


def _running(container: Json) -> Json:
    image = container["image"]
    return {"name": container["name"], "image": image, "imageID": _image_id(image), "ready": True}


def _image_id(image: str) -> str:
    """What a kubelet reports, with the repository spelled out as Docker does it."""
    return f"docker-pullable://docker.io/library/{image if '@' in image else f'{image}@sha256:0'}"


def _statuses(pod: Json) -> list[Json]:
    statuses: list[Json] = pod["status"]["containerStatuses"]
    return statuses


def _set_ready(pod: Json, ready: bool) -> None:  # noqa: FBT001 - as the file says it
    pod["status"]["conditions"][0]["status"] = str(ready)


def _set_ready_since(pod: Json, time: str) -> None:
    pod["status"]["conditions"][0]["lastTransitionTime"] = time


def _set_container_ready(pod: Json, ready: dict[str, bool]) -> None:
    for status in _statuses(pod):
        status["ready"] = ready.get(status["name"], status["ready"])


def _set_runs(pod: Json, images: dict[str, str]) -> None:
    """What runs is another image than the spec says."""
    for status in _statuses(pod):
        if status["name"] in images:
            image = images[status["name"]]
            status.update(image=image, imageID=_image_id(image))


def _set_images(pod: Json, images: dict[str, str]) -> None:
    """What runs, and what the spec says."""
    for container in pod["spec"]["containers"]:
        container["image"] = images.get(container["name"], container["image"])
    _set_runs(pod, images)


def _set_restarts(pod: Json, restarts: int) -> None:
    _statuses(pod)[0]["restartCount"] = restarts


def _set_annotations(pod: Json, annotations: dict[str, str | None]) -> None:
    pod["metadata"]["annotations"] = {**pod["metadata"].get("annotations", {}), **annotations}


def _drop_container(pod: Json, name: str) -> None:
    pod["spec"]["containers"] = [c for c in pod["spec"]["containers"] if c["name"] != name]
    _drop_status(pod, name)


def _drop_status(pod: Json, name: str) -> None:
    pod["status"]["containerStatuses"] = [s for s in _statuses(pod) if s["name"] != name]


def _set_owner(pod: Json, owner: str) -> None:
    """`ReplicaSet/web-7d4` made it."""
    kind, _, name = owner.partition("/")
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": name, "controller": True}
    pod["metadata"]["ownerReferences"] = [reference]


def _set_upgrading(pod: Json, images: dict[str, str]) -> None:
    """The spec has the new image, the kubelet has not restarted the container, and OpenKruise remembers what ran."""
    before = {s["name"]: {"imageID": s["imageID"]} for s in _statuses(pod) if s["name"] in images}
    for container in pod["spec"]["containers"]:
        container["image"] = images.get(container["name"], container["image"])
    name = next(iter(json.loads(pod["metadata"]["annotations"]["kruise.io/sidecarset-hash"])))
    state = {name: {"revision": "", "updateTimestamp": None, "lastContainerStatuses": before}}
    _set_annotations(pod, {"kruise.io/sidecarset-inplace-update-state": json.dumps(state)})


_NOT_TWISTS: Final = ("pods", "name", "namespace", "labels", "injected")
_TWISTS: Final[dict[str, Callable[[Json, Any], None]]] = {
    "ready": _set_ready,
    "readySince": _set_ready_since,
    "containerReady": _set_container_ready,
    "runs": _set_runs,
    "images": _set_images,
    "upgrading": _set_upgrading,
    "restarts": _set_restarts,
    "owner": _set_owner,
    "annotations": _set_annotations,
    "withoutContainer": _drop_container,
    "withoutStatusOf": _drop_status,
    "condition": lambda pod, given: pod["status"]["conditions"].append(given),
    "phase": lambda pod, phase: pod["status"].update(phase=phase),
    "readinessGates": lambda pod, names: pod["spec"].update(readinessGates=[{"conditionType": name} for name in names]),
    "node": lambda pod, node: pod["spec"].update(nodeName=node),
    "created": lambda pod, time: pod["metadata"].update(creationTimestamp=time),
    "deleted": lambda pod, time: pod["metadata"].update(deletionTimestamp=time),
    "withoutLabel": lambda pod, key: pod["metadata"]["labels"].pop(key),
    "status": lambda pod, status: pod.update(status=status) if status else pod.pop("status"),
}
