"""Schemas of plans and stages: what `plan -o json` prints and `plan` reads again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sidecarctl.api.plan_document import KIND, STAGES_KIND
from sidecarctl.shell.schemas.base import (
    ApiVersion,
    Count,
    Duration,
    Finding,
    Number,
    PodName,
    PodsGiven,
    Shape,
    Status,
    Words,
)
from sidecarctl.sidecarset.rollout.changes import Effect
from sidecarctl.sidecarset.rollout.new_pods import Gets, Whom
from sidecarctl.sidecarset.rollout.simulation import Wait
from sidecarctl.sidecarset.rollout.stuck import CUT_SHORT, NO_PODS, NOT_READY, NOT_UPGRADABLE, OTHER_IMAGE

_CAUSES = (*Wait, NOT_UPGRADABLE, NOT_READY, OTHER_IMAGE, CUT_SHORT, NO_PODS)


_STRATEGY = "spec.updateStrategy as an API server stores it."


class PlannedSidecarSet(Shape):
    """The SidecarSet that is rolled out."""

    name: str = Field(description="metadata.name.")
    revision: str = Field(description="The name of the revision that the controller makes of it.")
    update_strategy: dict[str, JsonValue] = Field(description=_STRATEGY)


class NewImage(Shape):
    """A sidecar that gets another image."""

    sidecar: str = Field(description="The name of the container.")
    from_: str = Field(alias="from", description="The image before.")
    to: str = Field(description="The image after.")
    hot: bool = Field(description="Whether it is upgraded hot, by a second container that takes over.")


class Change(Shape):
    """What the new version asks for, where the version before is known."""

    effect: Annotated[str, Words(Effect)] = Field(description="What it does to Pods.")
    images: list[NewImage] = Field(description="The sidecars that get another image.")
    fields: list[str] | None = Field(None, description="Fields that only new Pods can get.")
    for_new_pods: list[str] | None = Field(None, description="Fields for new Pods that hold up nothing.")
    along_with_upgrades: list[str] | None = Field(
        None, description="Fields that are written when a Pod is created, or upgraded for another reason."
    )
    policy: list[str] | None = Field(None, description="Fields that change no container.")
    emptied_anew: list[NewImage] | None = Field(
        None, description="Idle containers that get another empty image, in every Pod at once."
    )
    template_restarts: Count | None = Field(
        None, description="Pods that restart because the sidecars stand in their workloads' templates."
    )


class NewPods(Shape):
    """What some of the Pods get that are created during the rollout."""

    whom: Annotated[str, Words(Whom)] = Field(description="Which new Pods.")
    gets: Annotated[str, Words(Gets)] = Field(description="What they get.")
    share: str = Field(description="How likely that is.", examples=["100%"])
    revision: str | None = Field(None, description="The name of the revision that they get.")
    images: dict[str, str] | None = Field(None, description="The images of their sidecars, by container.")
    reason: str | None = Field(None, description="Why they get nothing.")
    except_in: list[str] | None = Field(None, description="Namespaces that the webhook's configuration leaves out.")
    labels: str | None = Field(None, description="What the webhook's objectSelector asks of the Pods' labels.")


class Timing(Shape):
    """How long the rollout takes."""

    duration: Duration = Field(description="From the first upgrade until nothing changes any more.")
    shortest: Duration | None = Field(None, description="If every Pod took the least time it may take.")
    longest: Duration | None = Field(None, description="If every Pod took the most time it may take.")


class Cause(Shape):
    """Why some Pods do not get where the SidecarSet wants them."""

    code: Annotated[str, Words(_CAUSES)] = Field(description="The reason, in a stable word.")
    pods: Count = Field(description="How many Pods.")
    message: str = Field(description="A sentence for people, which may change.")
    examples: list[PodName] = Field(description="Some of them.")


class Tie(Shape):
    """Pods that a round takes although nothing tells them from some that it leaves: a cluster may choose others."""

    pods: list[PodName] = Field(description="The Pods that it takes.")
    left: Count = Field(description="How many equal ones stay.")


class WrittenImage(Shape):
    """An image that a round writes."""

    container: str = Field(description="The name of the container.")
    image: str = Field(description="Its new image.")
    pods: Count = Field(description="In how many Pods.")


class Round(Shape):
    """One pass of the controller that changes Pods."""

    round: Number = Field(description="Its number, from 1.")
    at: Duration | None = Field(None, description="When it is, in a plan with a time axis: since the first round.")
    status: Status = Field(description="The status when it begins.")
    pods: list[PodName] = Field(description="The Pods that it upgrades, in this order.")
    unavailable: Count = Field(description="Updated Pods that are out of service when it begins.")
    max_unavailable: Count = Field(description="How many may be.")
    kept_back: Count = Field(description="How many Pods the partition keeps back.")
    images: list[WrittenImage] | None = Field(None, description="The images that it writes.")
    resets: list[PodName] | None = Field(None, description="Pods whose hot upgrade it ends.")
    ties: list[Tie] | None = Field(None, description="Where its choice is arbitrary.")
    ready_at: dict[str, Duration] | None = Field(
        None, description="When each Pod that it changes is ready again, in a plan with a time axis."
    )


class Final(Shape):
    """How the rollout stands after its last round."""

    status: Status = Field(description="The status of the SidecarSet.")
    waiting: dict[str, Annotated[str, Words(Wait)]] = Field(
        description="Pods that are not updated though they could be, and why."
    )
    not_upgradable: dict[str, str] = Field(
        description="Pods that cannot be upgraded in place, and the field to blame; empty where nothing tells it."
    )
    unavailable: list[PodName] = Field(description="Updated Pods that are out of service.")


class RolloutPlan(Shape):
    """What `sidecarctl plan -o json` prints: the rollout of a SidecarSet, round by round.

    `sidecarctl plan FILE` reads it again, to print it otherwise.
    """

    api_version: ApiVersion = Field(description="The version of this shape.")
    kind: Annotated[str, Words([KIND])] = Field(description="What this is.")
    sidecar_set: PlannedSidecarSet = Field(description="The SidecarSet that is rolled out.")
    kruise_version: str = Field(description="The OpenKruise release whose controller it is.", examples=["1.9", "next"])
    pods: PodsGiven | None = Field(None, description="How many Pods count; absent where all do.")
    change: Change | None = Field(None, description="What the new version asks for; absent where nobody said.")
    new_pods: list[NewPods] | None = Field(None, description="What Pods get that are created meanwhile.")
    timing: Timing | None = Field(None, description="How long it takes, where --ready-after was given.")
    outcome: list[Cause] = Field(description="Why it ends before every Pod is updated and ready; what decides first.")
    rounds: list[Round] = Field(description="The rounds in which Pods change.")
    final: Final = Field(description="How it stands afterwards.")
    findings: list[Finding] = Field(description="What is worth knowing besides.")


class StagedSidecarSet(Shape):
    """The SidecarSet that is rolled out."""

    name: str = Field(description="metadata.name.")
    revision: str = Field(description="The name of the revision that the controller makes of it.")


class StrategyPatch(Shape):
    """What a stage writes into updateStrategy."""

    update_strategy: dict[str, JsonValue] = Field(description="Fields to set; null takes one out.")


class Patch(Shape):
    """A merge patch for the SidecarSet."""

    spec: StrategyPatch = Field(description="Its spec.")


class Stage(Shape):
    """A patch, and what the controller does after it until nothing moves."""

    stage: Number = Field(description="Its number, from 1.")
    name: str = Field(description="What it is called.", examples=["10%", "canary"])
    patch: Patch = Field(description="The merge patch that begins it.")
    pods: list[PodName] = Field(description="The Pods that it upgrades, in this order.")
    goal: Count = Field(description="How many Pods are to be updated after it.")
    rounds: Count = Field(description="How many rounds it takes.")
    status: Status = Field(description="The status of the SidecarSet after it.")
    outcome: list[Cause] = Field(description="Why it does not get where it should; what decides first.")
    timing: Timing | None = Field(None, description="How long it takes, where --ready-after was given.")
    resets: list[PodName] | None = Field(None, description="Pods whose hot upgrade it ends.")
    groups: list[str] | None = Field(None, description="The groups of Pods that it concerns.")
    findings: list[Finding] | None = Field(None, description="What is worth knowing of this stage.")


class RolloutStages(Shape):
    """What `sidecarctl plan --steps … -o json` prints: a rollout as a list of patches, each simulated.

    `sidecarctl plan FILE` reads it again, to print it otherwise.
    """

    api_version: ApiVersion = Field(description="The version of this shape.")
    kind: Annotated[str, Words([STAGES_KIND])] = Field(description="What this is.")
    sidecar_set: StagedSidecarSet = Field(description="The SidecarSet that is rolled out.")
    kruise_version: str = Field(description="The OpenKruise release whose controller it is.", examples=["1.9", "next"])
    pods: PodsGiven | None = Field(None, description="How many Pods count; absent where all do.")
    grouped_by: str | None = Field(None, description="The label whose values make the groups.")
    stages: list[Stage] = Field(description="The stages, in order.")
    findings: list[Finding] = Field(description="What is worth knowing of all of them.")
