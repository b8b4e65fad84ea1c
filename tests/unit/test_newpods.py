"""What new Pods get: as a plan foretells it, and as the webhook's rules then do it."""

from __future__ import annotations

from typing import Any

import pytest
from doors.api import new_pods_document
from doors.sidecarset import (
    Cluster,
    Gets,
    NewPods,
    Options,
    Prepared,
    RolloutContext,
    Whom,
    admit,
    controller_revision,
    inject,
    new_pods,
    target_of,
)
from rolloutcluster import Json, sidecar_set

from sidecarctl.finding import InjectionRefused

OLD: Any = sidecar_set("img:1", spec={"customVersion": "v1"})


def foretold(target: Json, **context: Any) -> list[NewPods]:  # noqa: ANN401 - any of RolloutContext's
    written: Any = target
    return new_pods(target_of(written, RolloutContext().release), RolloutContext(previous=[OLD], **context))


def named(version: str = "v1", policy: str = "Partial", **strategy: Any) -> Json:  # noqa: ANN401 - any field
    revision = {"customVersion": version, "policy": policy}
    spec = {"customVersion": "v2", "injectionStrategy": {"revision": revision}}
    made = sidecar_set("img:2", **strategy)
    return {**made, "spec": {**made["spec"], **spec}}


def injected_image(target: Json, choice: str, labels: dict[str, str]) -> str | None:
    """The image that a Pod gets which is created now."""
    stored: Any = target
    revisions = [controller_revision(admit(version), number) for number, version in enumerate([OLD, stored], 1)]
    prepared = Prepared(Cluster([stored], revisions=revisions))
    pod: Any = {
        "metadata": {"name": "p", "labels": {"a": "b", **labels}},
        "spec": {"containers": [{"name": "app", "image": "app"}]},
    }
    decided: Any = {"s1": choice}
    try:
        made: Any = inject(pod, prepared, Options(choose_revision=decided)).pod
    except InjectionRefused:
        return "refused"
    return {c["name"]: c["image"] for c in made["spec"]["containers"]}.get("c1")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (sidecar_set("img:2"), [("All", "Latest", 1)]),
        (sidecar_set("img:2", paused=True), [("All", "Latest", 1)]),
        (sidecar_set("img:2", spec={"injectionStrategy": {"paused": True}}), [("All", "Nothing", 1)]),
        (sidecar_set("img:2", spec={"injectionStrategy": {"revision": {}}}), [("All", "Latest", 1)]),
        (named(policy="Always", partition="30%"), [("All", "Revision", 1)]),
        (named(), [("All", "Latest", 1)]),
        (named(partition=7), [("All", "Latest", 1)]),
        (named(partition="0%"), [("All", "Latest", 1)]),
        (named(partition="100%"), [("All", "Revision", 1)]),
        (named(partition="25%"), [("All", "Revision", 0.25), ("All", "Latest", 0.75)]),
        (named(partition="25%", paused=True), [("All", "Revision", 1)]),
        (
            named(selector={"matchLabels": {"x": "y"}}),
            [("Selected", "Latest", 1), ("NotSelected", "Revision", 1)],
        ),
        (
            named(selector={"matchLabels": {"x": "y"}}, partition="25%"),
            [("Selected", "Revision", 0.25), ("Selected", "Latest", 0.75), ("NotSelected", "Revision", 1)],
        ),
        (named(selector={"matchLabels": {"x": "y"}}, partition="100%"), [("All", "Revision", 1)]),
        (named("v9"), [("All", "Refusal", 1)]),
        (named(partition="abc"), [("All", "Refusal", 1)]),
    ],
)
def test_it_is_what_the_webhook_then_gives(target: Json, expected: list[tuple[str, str, float]]) -> None:
    found = foretold(target)
    assert [(one.whom.value, one.gets.value, one.share) for one in found] == expected
    for one in found:
        labels = {"x": "z"} if one.whom is Whom.NOT_SELECTED else {"x": "y"}
        choice = "specified" if one.gets is Gets.REVISION else "latest"
        assert (
            injected_image(target, choice, labels)
            == {
                Gets.LATEST: "img:2",
                Gets.REVISION: "img:1",
                Gets.NOTHING: None,
                Gets.REFUSAL: "refused",
            }[one.gets]
        )
        assert one.images == (
            {} if one.gets in {Gets.NOTHING, Gets.REFUSAL} else {"c1": "img:1" if choice == "specified" else "img:2"}
        )


def test_the_newest_revision_of_a_custom_version_counts() -> None:
    stored: Any = OLD
    other: Any = {**stored, "spec": {**stored["spec"], "containers": [{"name": "c1", "image": "x"}]}}
    younger = controller_revision(admit(other), 7)
    target: Any = named(policy="Always")
    found = new_pods(target_of(target, RolloutContext().release), RolloutContext(previous=[younger]))
    assert [one.images for one in found] == [{"c1": "x"}]


def test_a_share_is_printed_in_percent() -> None:
    assert [new_pods_document(one)["share"] for one in foretold(named(partition="33%"))] == ["33%", "67%"]
