"""The shape of a plan in stages: what `plan --steps -o json` prints."""

from typing import Annotated

from pydantic import Field, JsonValue

from sidecarctl.api.stagesdocument import KIND
from sidecarctl.shell.schemas.base import ApiVersion, Count, Finding, Number, PodName, PodsGiven, Shape, Status, Words
from sidecarctl.shell.schemas.plan import Cause, Timing


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
    kind: Annotated[str, Words([KIND])] = Field(description="What this is.")
    sidecar_set: StagedSidecarSet = Field(description="The SidecarSet that is rolled out.")
    kruise_version: str = Field(description="The OpenKruise release whose controller it is.", examples=["1.9", "next"])
    pods: PodsGiven | None = Field(None, description="How many Pods count; absent where all do.")
    grouped_by: str | None = Field(None, description="The label whose values make the groups.")
    stages: list[Stage] = Field(description="The stages, in order.")
    findings: list[Finding] = Field(description="What is worth knowing of all of them.")
