"""How nodes spell images, learnt from what they report, and what the controller makes of it."""

from typing import Any

import pytest
from doors.sidecarset import Running, is_same_image, spelling_of
from rolloutcluster import Json, batches, counts, pods, rolled, sidecar_set

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def reported(wanted: str, running: tuple[Running, ...]) -> tuple[str, str]:
    """Return the image and the imageID that a node reports of an image."""
    spelling = spelling_of(running, (wanted,))
    return spelling.image(wanted), spelling.image_id(wanted)


@pytest.mark.parametrize(
    ("written", "image", "image_id", "wanted", "expected"),
    [
        ("agent:1", "docker.io/library/agent:1", f"docker.io/library/agent@{A}", "agent", "docker.io/library/agent"),
        ("agent:1", "docker.io/library/agent:1", f"docker.io/library/agent@{A}", "team/agent", "docker.io/team/agent"),
        ("team/agent:1", "docker.io/team/agent:1", f"docker.io/team/agent@{A}", "log", "docker.io/library/log"),
        ("agent:1", "docker.io/library/agent:1", f"docker.io/library/agent@{A}", "quay.io/x/y", "quay.io/x/y"),
        ("agent:1", "agent:1", f"docker-pullable://agent@{A}", "log", "log"),
        ("agent:1", "agent:1", f"docker-pullable://agent@{A}", "team/log", "team/log"),
        ("quay.io/x/y:1", "quay.io/x/y:1", f"quay.io/x/y@{A}", "log", "docker.io/library/log"),  # no docker: containerd
        ("quay.io/x/y:1", "quay.io/x/y:1", f"docker-pullable://quay.io/x/y@{A}", "log", "log"),
        (
            "index.docker.io/team/a:1",
            "docker.io/team/a:1",
            f"docker.io/team/a@{A}",
            "index.docker.io/team/b",
            "docker.io/team/b",
        ),
        ("agent:1", "registry.corp/agent:1", f"registry.corp/agent@{A}", "log", "registry.corp/log"),
        ("agent:1", "registry.corp/agent:1", f"registry.corp/agent@{A}", "team/log", "registry.corp/team/log"),
        ("old.corp/t/a:1", "mirror.corp/old/t/a:1", f"mirror.corp/old/t/a@{A}", "old.corp/t/b", "mirror.corp/old/t/b"),
        ("old.corp/t/a:1", "mirror.corp/old/t/a:1", f"mirror.corp/old/t/a@{A}", "new.corp/t/b", "new.corp/t/b"),
        ("localhost:5000/a:1", "localhost:5000/a:1", f"localhost:5000/a@{A}", "localhost:5000/b", "localhost:5000/b"),
        ("side:1", "side:1", f"docker-pullable://img@{A}", "log", "log"),  # another name altogether tells nothing
        ("agent:1", "agent:1", "", "log", "log"),
        ("agent:1", "sha256:0123", "sha256:0123", "log", "log"),
    ],
)
def test_a_repository_is_spelled_as_others_of_the_node(
    written: str, image: str, image_id: str, wanted: str, expected: str
) -> None:
    running = (Running(written, image, image_id),)
    scheme = "docker-pullable://" if "://" in image_id or "@" not in image_id else ""
    assert reported(f"{wanted}@{B}", running) == (f"{expected}@{B}", f"{scheme}{expected}@{B}")
    assert reported(f"{wanted}:2", running)[0] == f"{expected}:2"


@pytest.mark.parametrize(
    ("wanted", "image", "is_same"),
    [
        ("agent", "docker.io/library/agent:latest", True),
        ("agent:1", "docker.io/library/agent:1", True),
        ("agent:1", "docker.io/library/agent:2", False),
        ("team/agent:1", "docker.io/team/agent:1", True),
        (f"agent@{A}", f"docker.io/library/agent@{A}", True),
        (f"agent:1@{A}", f"docker.io/library/agent@{A}", True),
        (f"agent@{A}", f"docker.io/library/agent@{B}", False),
        ("agent:1", "quay.io/agent:1", False),
        ("agent:1", "sha256:0123", False),
        ("", "", True),
    ],
)
def test_the_same_image_may_be_spelled_otherwise(wanted: str, image: str, is_same: bool) -> None:  # noqa: FBT001 - a case
    assert is_same_image(wanted, image, spelling_of((), ())) is is_same


def containerd(cluster: list[Json], before: str = "docker.io/library/") -> list[Json]:
    """The same Pods on nodes that spell out where an image comes from."""
    for pod in cluster:
        for status in pod["status"]["containerStatuses"]:
            name = status["image"].partition(":")[0].partition("@")[0]
            image_id = f"{before}{name}@{digest_of(status['image'])}"
            status.update(image=f"{before}{status['image']}", imageID=image_id)
    return cluster


def digest_of(image: str) -> str:
    """Return the digest that an image names, or one that only this image has."""
    return image.partition("@")[2] or f"sha256:{image.encode().hex():0<64.64}"


def _codes(made: Any) -> list[str]:  # noqa: ANN401 - a plan
    return [finding.code for finding in made.findings if finding.code != "PLN002"]


@pytest.mark.parametrize("before", ["docker.io/library/", "registry.corp/"])
@pytest.mark.parametrize(("most", "upgraded"), [(1, [[3]]), (2, [[3, 2]]), (4, [[3, 2, 1, 0]])])
def test_a_digest_that_nodes_spell_out_stops_the_rollout(before: str, most: int, upgraded: list[list[int]]) -> None:
    made = rolled(sidecar_set(f"img@{B}", maxUnavailable=most), containerd(pods(4), before))
    assert batches(made) == upgraded
    assert counts(made.final_status) == (4, len(upgraded[0]), 4 - len(upgraded[0]), 0)
    assert "WRN020" in _codes(made)
    [told] = [finding for finding in made.findings if finding.code == "WRN020"]
    assert f"{before}img@{B}" in told.message
    assert told.path == ("spec", "containers", 0, "image")


def test_a_digest_that_is_spelled_out_rolls() -> None:
    made = rolled(sidecar_set(f"docker.io/library/img@{B}"), containerd(pods(3)))
    assert counts(made.final_status) == (3, 3, 3, 3)
    assert _codes(made) == []


def test_tags_roll_however_they_are_spelled() -> None:
    made = rolled(sidecar_set("img:2"), containerd(pods(3)))
    assert counts(made.final_status) == (3, 3, 3, 3)
    assert _codes(made) == []
    assert made.final_pods[0]["status"]["containerStatuses"][0]["image"] == "docker.io/library/img:2"


def test_a_digest_rolls_where_nodes_spell_as_it_is_written() -> None:
    assert counts(rolled(sidecar_set(f"img@{B}"), pods(3)).final_status) == (3, 3, 3, 3)


def test_pods_of_a_digest_that_nodes_spell_out_are_passed_over_though_nothing_restarts() -> None:
    made = rolled(sidecar_set(f"img@{B}"), containerd(pods(3, sidecar_set(f"img@{A}"))))
    for pod in made.final_pods:
        assert pod["spec"]["containers"][0]["image"] == f"img@{A}"
    assert made.rounds == ()
    assert "PLN005" not in _codes(made)
    assert {"PLN015", "WRN020"} <= {*_codes(made)}


def retagged(cluster: list[Json]) -> list[Json]:
    """The same Pods, and a new one whose image is the same as theirs by another tag."""
    new = containerd([*pods(len(cluster)), *pods(len(cluster) + 1, sidecar_set("img:2"))[-1:]])[-1]
    new["status"]["containerStatuses"][0]["imageID"] = cluster[0]["status"]["containerStatuses"][0]["imageID"]
    return [*cluster, new]


def test_a_new_tag_of_the_same_image_stops_the_rollout_where_nodes_spell_it_out() -> None:
    made = rolled(sidecar_set("img:2"), retagged(containerd(pods(3))))
    assert batches(made) == [[2]]
    assert counts(made.final_status) == (4, 2, 3, 1)
    assert "WRN020" in _codes(made)


def test_a_new_tag_of_the_same_image_rolls_where_it_is_written_as_nodes_report_it() -> None:
    cluster = pods(4)
    new = pods(5, sidecar_set("img:2"))[-1]
    new["status"]["containerStatuses"][0]["imageID"] = cluster[0]["status"]["containerStatuses"][0]["imageID"]
    assert counts(rolled(sidecar_set("img:2"), [*cluster, new]).final_status) == (5, 5, 5, 5)


def test_another_image_rolls_whatever_other_pods_run() -> None:
    made = rolled(sidecar_set("img:3"), retagged(containerd(pods(3))))
    assert counts(made.final_status) == (4, 4, 4, 4)


def test_a_pod_that_was_stuck_before_stays_so() -> None:
    half = rolled(sidecar_set(f"img@{B}"), containerd(pods(3))).final_pods
    cluster: Any = half
    made = rolled(sidecar_set(f"img@{B}"), cluster)
    assert made.rounds == ()
    assert "PLN005" not in _codes(made)
    assert counts(made.final_status) == (3, 1, 2, 0)
