"""What Pods get that are created while a rollout is under way."""

# Strategy: updateStrategy holds up the Pods that run, and never a new one: unless injectionStrategy says otherwise, a
# Pod that is created (or created again, by an eviction) comes with the newest version at once.

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from sidecarctl.finding import InjectionRefused
from sidecarctl.record import Record
from sidecarctl.sidecarset.hash import admit
from sidecarctl.sidecarset.injection.effective_set import revision_draw
from sidecarctl.sidecarset.revision import controller_revision, restore, revision_wanted
from sidecarctl.upstream.decode import decode
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sidecarctl.sidecarset.cluster import Prepared
    from sidecarctl.sidecarset.rollout.target import RolloutContext, RolloutTarget
    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.types import ControllerRevision, SidecarSet

_WHOLE = 1.0


class Gets(StrEnum):
    """What a new Pod gets; stable, so that scripts may ask for it."""

    LATEST = "Latest"  # this version
    REVISION = "Revision"  # that which injectionStrategy names
    NOTHING = "Nothing"
    REFUSAL = "Refusal"  # the webhook lets nobody create it


class Whom(StrEnum):
    """Which new Pods are meant."""

    ALL = "All"
    SELECTED = "Selected"  # by updateStrategy.selector
    NOT_SELECTED = "NotSelected"


class NewPods(Record):
    """What some of the new Pods get."""

    whom: Whom
    gets: Gets
    share: float = _WHOLE  # of those, by the die that a cluster throws for each
    revision: str = ""  # the name of what they get
    images: Mapping[str, str] = {}  # of its sidecars
    reason: str = ""  # upstream's words for a refusal; what keeps all Pods from the webhook
    except_in: tuple[str, ...] = ()  # namespaces whose new Pods the webhook does not get
    labels: str = ""  # that the webhook's objectSelector asks for


class WebhookReach(Record):
    """Which new Pods the API server sends to the webhook, among the namespaces of a rollout."""

    reason: str = ""  # what keeps all of them from it
    except_in: tuple[str, ...] = ()  # the namespaces that are left out, where only some are
    labels: str = ""  # what its objectSelector asks of Pods


EVERYWHERE: Final = WebhookReach()


def webhook_reach(prepared: Prepared, namespaces: Collection[str]) -> WebhookReach:
    """Return which new Pods of these namespaces get to the webhook."""
    scope = prepared.webhook_scope
    if not scope.is_registered:
        return WebhookReach("the configuration given registers no webhook for Pods")
    outside = sorted(one for one in namespaces if prepared.outside_webhook(one) is not None)
    if outside and len(outside) == len(namespaces):
        where = f"namespace {outside[0]}" if len(outside) == 1 else f"the {len(outside)} namespaces"
        return WebhookReach(f"the webhook's namespaceSelector leaves out {where}")
    return WebhookReach(except_in=tuple(outside), labels=", ".join(map(str, scope.pods)))


def new_pods(target: RolloutTarget, context: RolloutContext, webhook: WebhookReach = EVERYWHERE) -> list[NewPods]:
    """What Pods get that the SidecarSet selects and that are created meanwhile.

    Upstream: SS sidecarsetMutatingPod, getSuitableRevisionSidecarSet
    """
    if struct(target.spec, "injectionStrategy").get("paused"):
        return [NewPods(Whom.ALL, Gets.NOTHING)]
    if webhook.reason:
        return [NewPods(Whom.ALL, Gets.NOTHING, reason=webhook.reason)]
    try:
        drawn = _drawn(target, context)
        return [one._replace(except_in=webhook.except_in, labels=webhook.labels) for one in drawn]
    except InjectionRefused as refused:
        return [NewPods(Whom.ALL, Gets.REFUSAL, reason=str(refused))]


def _drawn(target: RolloutTarget, context: RolloutContext) -> Iterator[NewPods]:
    """Raises InjectionRefused where the revision that it names is missing."""
    sidecar_set = cast("SidecarSet", target.sidecar_set)
    latest = NewPods(Whom.ALL, Gets.LATEST, revision=target.revision, images=_images(target.spec))
    names_one = struct(struct(target.spec, "injectionStrategy"), "revision").keys() & {"revisionName", "customVersion"}
    revision = revision_wanted(sidecar_set, _revisions(target, context)) if names_one else None
    if revision is None:
        yield latest
        return
    restored = cast("Value", restore(sidecar_set, revision, target.release))
    name = text(struct(restored, "status"), "latestRevision")
    named = NewPods(Whom.ALL, Gets.REVISION, revision=name, images=_images(struct(restored, "spec")))
    draw = revision_draw(_without_selector(sidecar_set), {}, target.release)
    drawn = [named] if draw.choice == "specified" else [latest]
    if draw.probability is not None:
        drawn = [named._replace(share=draw.probability), latest._replace(share=_WHOLE - draw.probability)]
    if draw.choice == "specified" or target.strategy.get("selector") is None:
        yield from drawn
        return
    yield from (one._replace(whom=Whom.SELECTED) for one in drawn)
    yield named._replace(whom=Whom.NOT_SELECTED)


def _revisions(target: RolloutTarget, context: RolloutContext) -> list[ControllerRevision]:
    """The revisions that are given, and those that a controller stores of the versions that are: the newest last."""
    sets = [version for version in context.previous if version.get("kind") != "ControllerRevision"]
    stored = [admit(cast("SidecarSet", version), target.release) for version in sets]
    stored.append(cast("SidecarSet", target.sidecar_set))
    given = [version for version in context.previous if version.get("kind") == "ControllerRevision"]
    decoded = [decode(cast("ControllerRevision", one), "ControllerRevision", target.release) for one in given]
    newest = max((one.get("revision", 0) for one in decoded), default=0)
    made = [controller_revision(one, number, target.release) for number, one in enumerate(stored, newest + 1)]
    return [*decoded, *made]


def _without_selector(sidecar_set: SidecarSet) -> SidecarSet:
    spec = sidecar_set.get("spec", {})
    strategy = {key: value for key, value in spec.get("updateStrategy", {}).items() if key != "selector"}
    return cast("SidecarSet", {**sidecar_set, "spec": {**spec, "updateStrategy": strategy}})


def _images(spec: Value) -> dict[str, str]:
    return {
        text(one, "name"): text(one, "image") for key in ("initContainers", "containers") for one in structs(spec, key)
    }
