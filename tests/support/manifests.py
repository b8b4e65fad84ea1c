"""SidecarSets, and the Pods and workloads that they meet, as values."""

from typing import Final

from chooser import Chooser, Json

LABELS: Final = {"app": "web"}
APPS: Final = ("app", "web", "job")
SETS: Final = ("mesh", "a")
VOLUMES: Final = ("shared", "sockets", "config", "tmp")
KEYS: Final = ("owner", "example.com/note", "prometheus.io/scrape", "x")
TEXTS: Final = (
    "info",
    "true",
    "8080",
    "",
    "a: b",
    "it's # no comment",
    "中文 🎉",
    "first\nsecond\n",
    "set -e\nexec run \\\n  --now",
    "- x\n\n  deeper\n\n",
    '{"a": 1}',
    "@home",
    "next\u0085line\u2028end",
    "  spaced  ",
    "tab\there",
    "1e3",
    "on",
    "~",
    " ",
)
KINDS: Final = {
    "Pod": "v1",
    "Deployment": "apps/v1",
    "CronJob": "batch/v1",
    "PodTemplate": "v1",
    "CloneSet": "apps.kruise.io/v1alpha1",
    "Job": "batch/v1",
    "Rollout": "argoproj.io/v1alpha1",
}
_SOURCES: Final[tuple[Json, ...]] = (
    {"emptyDir": {}},
    {"configMap": {"name": "settings", "items": [{"key": "a", "path": "a.conf"}]}},
    {"hostPath": {"path": "/data"}},
    {"secret": {"secretName": "s", "defaultMode": 288}},
    {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
)
_NOTES: Final = ("yes", "no", '{"a":{"b":1}}', '{"a":{"c":[1]}}', "搜索团队", "two\nlines\n")


def sidecar_sets(choose: Chooser) -> list[Json]:
    """One SidecarSet or two, which their webhook lets in and which may select what is made here."""
    sources = {volume: choose.one_of(*_SOURCES) for volume in VOLUMES}
    return [_sidecar_set(choose, name, sources) for name in choose.some(SETS, 1, 2)]


def workload(choose: Chooser) -> Json:
    """A workload of some kind, a Pod, or a List of these."""
    if choose.chance(8):
        items = [_one_workload(choose) for _ in range(choose.number(0, 3))]
        return _ordered(choose, {"apiVersion": "v1", "kind": "List", "items": items})
    return _one_workload(choose)


def template_path(kind: str) -> tuple[str, ...]:
    """Where a kind of the ones made here keeps its template."""
    job = ("spec", "jobTemplate") if kind == "CronJob" else ()
    return () if kind == "Pod" else ("template",) if kind == "PodTemplate" else (*job, "spec", "template")


def _sidecar_set(choose: Chooser, name: str, sources: dict[str, Json]) -> Json:
    """Sets that meet must not have containers of one name, nor different volumes."""
    init_names = choose.some([f"{name}-setup", f"{name}-0"], 0, 2) if choose.chance(2) else []
    own_names = [name, f"{name}-agent", f"a-{name}"]
    replacing = [APPS[name == "mesh"]] if choose.chance(20) else []
    names = choose.some([*own_names, *replacing], 0 if init_names else 1, 3)
    volumes = [{"name": volume, **sources[volume]} for volume in choose.some(VOLUMES)]
    selecting: Json = {"matchLabels": {**LABELS}}
    everything: Json = {"matchExpressions": [{"key": "not", "operator": "DoesNotExist"}]}
    chosen = choose.number(0, 19)
    spec: Json = {
        "selector": selecting if chosen < 17 else everything if chosen < 19 else {"matchLabels": {"app": "b"}}
    }
    if names:
        spec["containers"] = [_sidecar(choose, sidecar, volumes) for sidecar in names]
    if init_names:
        spec["initContainers"] = [_init_sidecar(choose, sidecar, volumes) for sidecar in init_names]
        spec["updateStrategy"] = {"type": "NotUpdate"}
    if volumes:
        spec["volumes"] = volumes
    if choose.chance(3):
        spec["imagePullSecrets"] = [
            {"name": secret} for secret in choose.some(["pull", "reg", *(["own"] if choose.chance(6) else [])], 1, 2)
        ]
    if choose.chance(4):
        spec["patchPodMetadata"] = [_patch(choose, KEYS[:2] if name < "b" else KEYS[2:])]
    version = choose.one_of("v1alpha1", "v1beta1")
    return {"apiVersion": f"apps.kruise.io/{version}", "kind": "SidecarSet", "metadata": {"name": name}, "spec": spec}


def _selector(choose: Chooser) -> Json:
    chosen = choose.number(0, 19)
    if chosen in {17, 18}:  # also Pods without any labels
        return {"matchExpressions": [{"key": "not", "operator": "DoesNotExist"}]}
    return {"matchLabels": {"app": "other"} if chosen == 19 else {**LABELS}}


def _patch(choose: Chooser, keys: tuple[str, ...]) -> Json:
    policy = choose.one_of("Retain", "Retain", "Retain", "Overwrite", "MergePatchJson")
    notes = _NOTES[2:4] if policy == "MergePatchJson" else _NOTES
    annotations = {key: choose.one_of(*notes) for key in choose.some(keys, 1, 2)}
    return {"annotations": annotations, "patchPolicy": policy}


def _sidecar(choose: Chooser, name: str, volumes: list[Json]) -> Json:
    made = {**_container(choose, name, volumes), **_sharing(choose)}
    if choose.chance(2):
        made["podInjectPolicy"] = choose.one_of("BeforeAppContainer", "AfterAppContainer")
    if choose.chance(6):
        made["upgradeStrategy"] = {"upgradeType": "HotUpgrade", "hotUpgradeEmptyImage": choose.one_of("empty", "e:1")}
    if choose.chance(8):
        expressions = {"limits": {"cpu": "max(cpu*50%, 50m)"}, "requests": {"memory": "memory + 64Mi"}}
        made["resourcesPolicy"] = {
            "targetContainersMode": choose.one_of("sum", "max"),
            "targetContainersNameRegex": ".*",
            "resourcesExpr": expressions,
        }
        made.pop("resources", None)
    return made


def _init_sidecar(choose: Chooser, name: str, volumes: list[Json]) -> Json:
    made = {**_container(choose, name, volumes), **_sharing(choose)}
    if choose.chance(2):
        made["restartPolicy"] = "Always"
    else:
        made.pop("livenessProbe", None)
    return made


def _sharing(choose: Chooser) -> Json:
    made: Json = {}
    if choose.chance(4):
        made["shareVolumePolicy"] = {"type": choose.one_of("enabled", "disabled")}
    if choose.chance(5):
        made["transferEnv"] = [{"sourceContainerName": choose.one_of(*APPS), "envName": choose.one_of("LEVEL", "POD")}]
    return made


def _container(choose: Chooser, name: str, volumes: list[Json]) -> Json:
    made: Json = {"name": name, "image": choose.one_of("app:v1", "nginx", "r.example.com:5000/a/b@sha256:" + "0" * 64)}
    if choose.chance(3):
        made["env"] = _env(choose)
    if volumes and choose.chance(2):
        made["volumeMounts"] = [
            {"name": volume["name"], "mountPath": f"/{volume['name']}"} for volume in choose.some(volumes, 1, 2)
        ]
    if choose.chance(4):
        made["args"] = [choose.one_of(*TEXTS) for _ in range(choose.number(1, 2))]
    if choose.chance(5):
        made["ports"] = [{"containerPort": 8080, "name": "http"}]
    if choose.chance(5):
        made["resources"] = {"limits": {"cpu": choose.one_of("500m", 1, 0.5), "memory": "64Mi"}}
    if choose.chance(6):
        made["livenessProbe"] = {"httpGet": {"path": "/", "port": choose.one_of("http", 80)}, "periodSeconds": 7}
    return made


def _env(choose: Chooser) -> list[Json]:
    made: list[Json] = [{"name": name, "value": choose.one_of(*TEXTS)} for name in choose.some(["LEVEL", "TZ"], 1, 2)]
    if choose.chance(3):
        made.append({"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})
    return made


def _one_workload(choose: Chooser) -> Json:
    kind = choose.one_of(*KINDS)
    object_: Json = {
        "apiVersion": KINDS[kind],
        "kind": kind,
        "metadata": {"name": choose.one_of("web", "中", "x-1"), "namespace": "shop"},
    }
    if choose.chance(2):
        del object_["metadata"]["namespace"]
    path = template_path(kind)
    template = _ordered(choose, {"metadata": _metadata(choose), "spec": _pod_spec(choose)})
    if path and choose.chance(20):
        template = choose.one_of(
            {**template, "metadata": None}, {**template, "metadata": {}}, {"spec": template["spec"]}
        )
    if not path:
        return _ordered(
            choose, {**object_, "spec": template["spec"], "metadata": {**object_["metadata"], **template["metadata"]}}
        )
    inner: Json = template
    for part in reversed(path):
        beside: Json = {"replicas": 3, "selector": {"matchLabels": {**LABELS}}} if part == "template" else {}
        inner = _ordered(choose, {**beside, part: inner})
    return _ordered(choose, {**object_, **inner})


def _metadata(choose: Chooser) -> Json:
    made: Json = {"labels": {**LABELS, **choose.one_of({}, {"on": "yes"}, {"tier": "前端"})}}
    nothing = choose.number(0, 9)
    if nothing < 6:
        made["annotations"] = {key: choose.one_of(*_NOTES[:2], *TEXTS) for key in choose.some(KEYS, 1, 3)}
    elif nothing > 8:
        made["annotations"] = choose.one_of(None, {})
    if choose.chance(5):
        made["creationTimestamp"] = None
    return _ordered(choose, made)


def _pod_spec(choose: Chooser) -> Json:
    names = choose.some(VOLUMES, 0, 2) if choose.chance(8) else choose.some(["data", "cache", "logs"], 0, 2)
    volumes: list[Json] = [{"name": name, **choose.one_of(*_SOURCES)} for name in names]
    apps = choose.some([*APPS, *SETS] if choose.chance(8) else APPS, 1, 3)
    made: Json = {"containers": [_ordered(choose, _container(choose, name, volumes)) for name in apps]}
    if volumes:
        made["volumes"] = volumes
    if choose.chance(4):
        made["initContainers"] = [_container(choose, choose.one_of("wait", "wait", "mesh-setup", "logs-0"), volumes)]
        made["initContainers"][0].pop("livenessProbe", None)
    if choose.chance(5):
        made["imagePullSecrets"] = [{"name": name} for name in choose.some(["own", "reg2"], 1, 2)]
    _make_odd(choose, made)
    if choose.chance(3):
        made["terminationGracePeriodSeconds"] = choose.one_of(0, 30)
    if choose.chance(4):
        made["nodeSelector"] = choose.one_of({}, {"disk": "ssd"})
    return _ordered(choose, made)


def _make_odd(choose: Chooser, spec: Json) -> None:
    """What says that there is nothing; and what only slips make: nulls and doubles, volumes that nobody defines."""
    for key in ("volumes", "initContainers", "imagePullSecrets"):
        if choose.chance(8):
            spec.setdefault(key, choose.one_of(None, []))
    if not choose.chance(30):
        return
    app = choose.one_of(*spec["containers"])
    slips: tuple[tuple[Json, Json], ...] = (
        (spec, {"imagePullSecrets": [{"name": choose.one_of("own", "pull")} for _ in range(2)]}),
        (spec, {"imagePullSecrets": choose.one_of([None], [{"name": "own"}, None], [{}])}),
        (spec, {"tolerations": [None]}),
        (app, {"volumeMounts": [{"name": choose.one_of(*VOLUMES), "mountPath": "/undefined"}]}),
        (app, {"env": [{"name": "IS_INJECTED", "value": "true"}]}),
        (app, {choose.one_of("env", "volumeMounts", "ports", "args"): choose.one_of(None, [])}),
    )
    place, slip = choose.one_of(*slips)
    place.update(slip)


def _ordered(choose: Chooser, made: Json) -> Json:
    """The keys as they come, or in any order."""
    return {key: made[key] for key in choose.shuffled(list(made))} if choose.chance(2) else made
