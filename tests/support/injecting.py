"""Short ways to write a SidecarSet and a pod, and to bring them together."""

from typing import Any

from doors.sidecarset import Cluster, Injection, Options, Prepared, inject

EVERYTHING = {"matchExpressions": [{"key": "never", "operator": "DoesNotExist"}]}


def sidecar_set(name: str = "s", **spec: Any) -> Any:  # noqa: ANN401 - any field of a spec
    metadata = {"name": name, **spec.pop("metadata", {})}
    status = {"status": spec.pop("status")} if "status" in spec else {}
    spec = {"selector": EVERYTHING, **spec}
    return {"apiVersion": "apps.kruise.io/v1beta1", "kind": "SidecarSet", "metadata": metadata, "spec": spec, **status}


def container(name: str, **fields: Any) -> Any:  # noqa: ANN401 - any field of a container
    return {"name": name, "image": f"{name}:1", **fields}


def pod(*containers: Any, metadata: Any = None, **spec: Any) -> Any:  # noqa: ANN401 - any field of a pod
    metadata = {"name": "p", "namespace": "n", **(metadata or {})}
    return {"metadata": metadata, "spec": {"containers": list(containers or (container("main"),)), **spec}}


def injected(given: Any, *sets: Any, options: Options | None = None, **cluster: Any) -> Injection:  # noqa: ANN401
    return inject(given, Prepared(Cluster(sidecar_sets=sets, **cluster)), options or Options())


def names(made: Injection, kind: str = "containers") -> list[str]:
    containers: Any = made.pod.get("spec", {}).get(kind, [])
    return [one["name"] for one in containers]


def one(made: Injection, name: str) -> Any:  # noqa: ANN401 - a container
    spec: Any = made.pod.get("spec", {})
    return next(c for c in (*spec.get("initContainers", ()), *spec["containers"]) if c["name"] == name)


def annotations(made: Injection) -> Any:  # noqa: ANN401 - any annotations
    return made.pod.get("metadata", {}).get("annotations", {})
