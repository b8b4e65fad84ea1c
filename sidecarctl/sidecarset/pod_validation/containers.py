"""Fields of single containers that depend on the Pod around them: sleep, resize policy, name, image, amounts.

Upstream: KV validateContainerCommon, validateContainers, validateInitContainers
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.pod_validation.judged import Refusal
from sidecarctl.sidecarset.validation import formats
from sidecarctl.upstream.fields import number, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sidecarctl.sidecarset.pod_validation.judged import JudgedPod, Placed

_HUGE_PAGES: Final = "hugepages-"


def container_refusals(pod: JudgedPod) -> Iterator[Refusal]:
    """Return what is wrong with each container in this Pod."""
    for one in pod.all_containers:
        yield from _sleep_refusals(one, pod)
        yield from _resize_refusals(one, pod)
        yield from _identity_refusals(one)
        yield from _amount_refusals(one)


def _sleep_refusals(one: Placed, pod: JudgedPod) -> Iterator[Refusal]:
    """Upstream: KV validateSleepAction."""
    if one.field == "initContainers" and not one.is_native:
        return
    for hook in ("postStart", "preStop"):
        action = struct(struct(struct(one.value, "lifecycle"), hook), "sleep")
        seconds = number(action, "seconds")
        if action and not 0 <= seconds <= pod.grace:
            told = (
                f"{hook} of {one.name} sleeps {seconds} s, more than the Pod's"
                f" terminationGracePeriodSeconds of {pod.grace}"
            )
            yield Refusal("POD003", ("sleep", one.name, hook), told, _grace_place(pod, one), one.name)


def _grace_place(pod: JudgedPod, one: Placed) -> tuple[str | int, ...]:
    is_written = "terminationGracePeriodSeconds" in pod.spec
    return ("spec", "terminationGracePeriodSeconds") if is_written else one.place


def _resize_refusals(one: Placed, pod: JudgedPod) -> Iterator[Refusal]:
    """Upstream: KV validateResizePolicy."""
    if text(pod.spec, "restartPolicy") != "Never":
        return
    for policy in structs(one.value, "resizePolicy"):
        if text(policy, "restartPolicy") != "NotRequired":
            resource = text(policy, "resourceName")
            told = f"resizePolicy of {one.name} for {resource} must be NotRequired: the Pod's restartPolicy is Never"
            yield Refusal("POD004", ("resize", one.name, resource), told, ("spec", "restartPolicy"), one.name)


def _identity_refusals(one: Placed) -> Iterator[Refusal]:
    for wrong in formats.dns_label(one.name):
        yield Refusal(
            "POD005", ("name", one.name), f"{one.name} cannot be a container's name: {wrong}", one.at("name"), one.name
        )
    image = text(one.value, "image")
    if not image or image != image.strip():
        told = f"{one.name} has blanks around its image" if image else f"{one.name} has no image"
        yield Refusal("POD005", ("image", one.name), told, one.at("image"), one.name)
    if one.field == "containers" and one.value.get("restartPolicy") is not None:
        told = f"{one.name} has a restartPolicy, which only init containers may have"
        yield Refusal("POD005", ("restartPolicy", one.name), told, one.at("restartPolicy"), one.name)


def _amount_refusals(one: Placed) -> Iterator[Refusal]:
    """Upstream: KV validateResourceRequirements."""
    limits, requests = one.amounts("limits"), one.amounts("requests")
    for resource, request in requests.items():
        limit = limits.get(resource)
        if limit is not None and request.nano > limit.nano:
            told = f"the {resource} request of {one.name}, {request}, is above its limit of {limit}"
            yield Refusal("POD007", ("request", one.name, resource), told, one.at("resources"), one.name)
        if request.nano < 0:
            told = f"the {resource} request of {one.name}, {request}, is below 0"
            yield Refusal("POD007", ("negative", one.name, resource), told, one.at("resources"), one.name)
    asked = {*limits, *requests}
    if any(resource.startswith(_HUGE_PAGES) for resource in asked) and not {"cpu", "memory"} & asked:
        told = f"{one.name} asks for huge pages, and for neither cpu nor memory"
        yield Refusal("POD007", ("huge pages", one.name), told, one.at("resources"), one.name)
