"""`sidecarctl.uninject`: what it takes out of a Pod, and which SidecarSets it names."""

from typing import Any, cast

import pytest

import sidecarctl
from sidecarctl.finding import InjectionRefused

POD: Any = {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}}
CERTIFICATES = {"name": "certificates", "emptyDir": {}}
REVISION: Any = {
    "metadata": {
        "name": "mesh-1",
        "namespace": "kruise-system",
        "labels": {"kruise.io/sidecarset-name": "mesh"},
        "annotations": {"kruise.io/sidecarset-hash": "h1", "kruise.io/sidecarset-hash-without-image": "h2"},
    },
    "revision": 1,
    "data": {
        "spec": {
            "$patch": "replace",
            "containers": [
                {"name": "mesh", "image": "mesh:1", "volumeMounts": [{"name": "certificates", "mountPath": "/c"}]}
            ],
            "volumes": [CERTIFICATES],
            "imagePullSecrets": [{"name": "registry"}],
            "initContainers": None,
            "patchPodMetadata": None,
        }
    },
}


def named(name: str, **spec: object) -> Any:  # noqa: ANN401 - JSON
    spec = {"selector": {"matchLabels": {"app": "web"}}, **spec}
    return {"apiVersion": "apps.kruise.io/v1beta1", "kind": "SidecarSet", "metadata": {"name": name}, "spec": spec}


LOG = named("log", containers=[{"name": "log", "image": "log:1"}])
NOTE = named("note", patchPodMetadata=[{"annotations": {"note": "x"}, "patchPolicy": "Retain"}])
MESH = named(
    "mesh",
    containers=[{"name": "mesh", "image": "mesh:2"}],
    injectionStrategy={"revision": {"revisionName": "mesh-1", "policy": "Always"}},
)


def test_names_nothing_where_nothing_was_in_the_pod() -> None:
    made = sidecarctl.uninject(POD, [LOG, NOTE])
    assert made.pod is POD
    assert made.sidecar_sets == ()


def test_names_what_it_took_out() -> None:
    injected = cast("Any", sidecarctl.inject(POD, [LOG, NOTE]).pod)
    made = sidecarctl.uninject(injected, [named("other", containers=[{"name": "o", "image": "o:1"}]), LOG, NOTE])
    assert made.pod == POD
    assert made.sidecar_sets == ("log", "note")


@pytest.mark.parametrize("text", ["", '{"a":{"b":1},"c":["d"]}', "[]", "none"])
def test_leaves_a_record_of_hot_upgrades_that_it_cannot_have_made(text: str) -> None:
    annotations = {"kruise.io/sidecarset-working-hotupgrade-container": text}
    pod = {**POD, "metadata": {**POD["metadata"], "annotations": annotations}}
    assert sidecarctl.uninject(sidecarctl.inject(pod, [LOG]).pod, [LOG]).pod == pod


def test_leaves_an_annotation_that_no_set_which_selects_the_pod_has_written() -> None:
    other = {**POD, "metadata": {"name": "web", "labels": {"app": "db"}, "annotations": {"note": "x"}}}
    made = sidecarctl.uninject(other, [NOTE])
    assert made.pod is other
    assert made.sidecar_sets == ()


def test_takes_out_the_revision_that_was_injected() -> None:
    injected = cast("Any", sidecarctl.inject(POD, [MESH], revisions=[REVISION]).pod)
    assert injected["spec"]["volumes"] == [CERTIFICATES]
    made = sidecarctl.uninject(injected, [MESH], revisions=[REVISION])
    assert made.pod == POD
    assert made.sidecar_sets == ("mesh",)
    assert made.findings == ()


def test_needs_the_revision_of_a_set_that_may_have_left_no_record() -> None:
    with pytest.raises(InjectionRefused, match="mesh-1"):
        sidecarctl.uninject(POD, [MESH, NOTE])
