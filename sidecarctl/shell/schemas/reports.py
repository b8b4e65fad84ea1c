"""The shapes of the other outputs: reports of inject, uninject, diff and check, the answers of why, a status."""

from typing import Annotated

from pydantic import Field

from sidecarctl.shell.schemas.base import (
    ApiVersion,
    Count,
    Finding,
    PodsGiven,
    Position,
    SeverityWord,
    Shape,
    Status,
    Words,
)


class Outcome(Shape):
    """What became of a Pod or of a pod template; of a SidecarSet, where `admit` says it."""

    resource: str = Field(description="The object.", examples=["deployment/web"])
    namespace: str | None = Field(None, description="Its namespace; a SidecarSet has none.")
    done: Annotated[str, Words(["injected", "uninjected", "unchanged", "skipped", "admitted"])] = Field(
        description="What was done."
    )
    sidecar_sets: list[str] = Field(description="The SidecarSets that concern it.")
    reason: str | None = Field(None, description="Why, in a sentence which may change.")
    code: str | None = Field(None, description="Why, in a stable code.", examples=["SEL001"])
    restarts: Count | None = Field(
        description="Pods that applying the changed template restarts; null where the workload says no number."
    )
    controller: str | None = Field(
        None,
        description="The object that made it, where Pods restart: if it is in the input, they are counted with it.",
        examples=["uniteddeployment/web"],
    )
    file: str | None = Field(None, description="Its file, where the run reads several.")


class InjectionReport(Shape):
    """What `--report json` of `sidecarctl inject`, `uninject`, `diff` and `admit` gives."""

    api_version: ApiVersion = Field(description="The version of this shape.")
    kind: Annotated[str, Words(["InjectionReport"])] = Field(description="What this is.")
    stopped: bool | None = Field(None, description="True where the run ended before it had written everything.")
    outcomes: list[Outcome] = Field(description="What became of each object, in the order of the input.")
    findings: list[Finding] = Field(description="What is worth knowing.")
    documents_passed_over: Count = Field(description="Documents that hold nothing which a SidecarSet selects.")


class CheckReport(Shape):
    """What `sidecarctl check --report json` gives."""

    api_version: ApiVersion = Field(description="The version of this shape.")
    kind: Annotated[str, Words(["CheckReport"])] = Field(description="What this is.")
    totals: dict[SeverityWord, Count] = Field(description="How many findings there are of each severity.")
    findings: list[Finding] = Field(description="The findings, in order.")


class Answer(Shape):
    """What decides about one SidecarSet at one workload."""

    sidecar_set: str = Field(description="The name of the SidecarSet.")
    selected: bool = Field(description="Whether its sidecars go into the Pod.")
    reason: str = Field(description="The reason, in a stable word.")
    code: str | None = Field(None, description="The code with which `inject` skips a Pod for this reason.")
    message: str = Field(description="The reason in a sentence, which may change.")
    hint: str | None = Field(None, description="What would change it.")
    revision: str | None = Field(None, description="The revision that is injected.")
    workload_position: Position | None = Field(None, description="The place in the workload that decides.")
    sidecar_set_position: Position | None = Field(None, description="The place in the SidecarSet that decides.")


class Adds(Shape):
    """The names of what injection adds to the Pod."""

    containers: list[str] | None = Field(None, description="Containers.")
    init_containers: list[str] | None = Field(None, description="Init containers.")
    replaced: list[str] | None = Field(None, description="Containers of the Pod that a sidecar takes the place of.")
    volumes: list[str] | None = Field(None, description="Volumes.")
    pull_secrets: list[str] | None = Field(None, description="imagePullSecrets.")
    annotations: list[str] | None = Field(None, description="Annotations.")


class Requests(Shape):
    """What the sidecars of a Pod request."""

    cpu: str = Field(description="As a Kubernetes quantity.", examples=["100m"])
    memory: str = Field(description="As a Kubernetes quantity.", examples=["64Mi"])


class Workload(Shape):
    """A workload, and what each SidecarSet has to do with it."""

    resource: str = Field(description="The object.", examples=["deployment/web"])
    namespace: str = Field(description="Its namespace.")
    pods: Count | None = Field(description="How many Pods it has; null where it says no number.")
    position: Position = Field(description="Where it stands.")
    sidecar_sets: list[Answer] = Field(description="Those that select it first, then the nearest misses.")
    adds: Adds = Field(description="What injection adds.")
    requests: Requests = Field(description="What the sidecars of each Pod request.")
    requests_by_sidecar_set: dict[str, Requests] = Field(description="The same, of each SidecarSet that selects it.")
    refusal: str | None = Field(None, description="The webhook's sentence, where it would refuse the Pod.")
    counted_with: str | None = Field(
        None, description="The owner in the input whose Pods are these: they are not to be counted twice."
    )


class Explanation(Shape):
    """What `sidecarctl why -o json` prints."""

    api_version: ApiVersion = Field(description="The version of this shape.")
    kind: Annotated[str, Words(["Explanation"])] = Field(description="What this is.")
    workloads: list[Workload] = Field(description="The workloads of the input, in order.")


class Metadata(Shape):
    """As much of an object's metadata as tells which it is."""

    name: str = Field(description="Its name.")


class SidecarSetStatus(Shape):
    """What `sidecarctl status -o json` prints: a SidecarSet with nothing but its status."""

    api_version: str = Field(description="The version of the SidecarSet, as it was given.")
    kind: Annotated[str, Words(["SidecarSet"])] = Field(description="What this is.")
    metadata: Metadata = Field(description="Which it is.")
    status: Status = Field(description="The status that the controller gives it.")
    pods: PodsGiven | None = Field(None, description="How many Pods count; absent where all do.")
