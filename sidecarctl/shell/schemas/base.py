"""What all shapes have in common."""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from sidecarctl.finding import Severity
from sidecarctl.render.plan.timeline import DURATION
from sidecarctl.sidecarset.rollout.pod_row import Obstacle

API_VERSION: Final = "sidecarctl.dev/v1alpha1"
_LARGEST: Final = 2**53 - 1  # what every JSON reader can hold


class Shape(BaseModel):
    """An object with these fields and no others, called in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class Words:
    """A string that is one of some words, for `Annotated`."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = [str(word) for word in words]

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.words)


ApiVersion = Annotated[str, Words([API_VERSION])]
Count = Annotated[int, Field(ge=0, le=_LARGEST)]
Number = Annotated[int, Field(ge=1, le=_LARGEST)]
Duration = Annotated[str, Field(pattern=DURATION, max_length=32, examples=["1m30s"])]
PodName = Annotated[str, Field(description="A Pod, as namespace/name.", examples=["shop/web-0"])]
SeverityWord = Annotated[str, Words(Severity)]


class LeftOut(Shape):
    """Pods of the input that do not count, all for the same reason."""

    code: Annotated[str, Words(Obstacle)] = Field(description="The reason, in a stable word.")
    pods: Number = Field(description="How many Pods.")
    message: str = Field(description="A sentence for people, which may change.")
    examples: list[PodName] = Field(description="Some of them.")


class PodsGiven(Shape):
    """How many Pods of the input count, and why the others do not."""

    given: Count = Field(description="How many Pods the input has.")
    counted: Count = Field(description="How many of them the SidecarSet counts.")
    not_counted: list[LeftOut] = Field(description="The others, by reason, the most frequent first.")


class Position(Shape):
    """A place in a file."""

    file: str = Field(description="The file, as it was named.")
    line: int = Field(description="The line, from 1.")
    column: int = Field(description="The column, from 1, in characters.")


class Finding(Shape):
    """Something to know, with a stable code."""

    code: str = Field(description="What it is: stable, and explained in the documentation.", examples=["PLN002"])
    severity: SeverityWord = Field(description="How bad it is.")
    message: str = Field(description="A sentence for people, which may change.")
    path: str | None = Field(None, description="The field that it is about, as Kubernetes prints it.")
    resource: str | None = Field(None, description="The object that it is about.", examples=["deployment/web"])
    sidecar_set: str | None = Field(None, description="The SidecarSet that it is about.")
    help: str | None = Field(None, description="What to do about it.")
    upstream: str | None = Field(None, description="The webhook's own sentence, where it was asked for.")
    position: Position | None = Field(None, description="Where it stands.")


class Status(Shape):
    """The status that OpenKruise's controller gives a SidecarSet."""

    observed_generation: Count | None = Field(None, description="The generation of the SidecarSet that was looked at.")
    matched_pods: Count = Field(description="Pods that were injected by the SidecarSet, and are managed by it.")
    updated_pods: Count = Field(description="Of these, Pods that carry its latest version.")
    ready_pods: Count = Field(description="Of the matched, Pods that are ready and run what their spec says.")
    updated_ready_pods: Count | None = Field(None, description="Pods that are updated and ready; 0 where it is absent.")
    latest_revision: str | None = Field(None, description="The name of the latest revision.")
    collision_count: Count | None = Field(None, description="How often the name of a revision was taken.")
