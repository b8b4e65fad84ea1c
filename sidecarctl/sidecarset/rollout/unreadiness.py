"""Why a Pod is not ready, in the words of its status: what the scheduler and the kubelet report."""

# The messages of containers are left out: they may hold the end of a log.

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sidecarctl.record import Record
from sidecarctl.sidecarset.rollout.records import ready_condition
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.upstream.fields import Value
    from sidecarctl.upstream.types import Pod

_LONGEST: Final = 120  # characters of a word that comes from a cluster
_NOT_YET: Final = "PodInitializing"  # what containers wait for while init containers run


class Complaint(Record):
    """One thing that keeps a Pod from being ready."""

    container: str  # empty where it is about the whole Pod
    told: str

    def __str__(self) -> str:
        return f"{self.container}: {self.told}" if self.container else self.told


def complaints(pod: Pod) -> tuple[Complaint, ...]:
    """What the status of a Pod says against its being ready; nothing where it is ready, or no reason is given."""
    if ready_condition(pod.get("status") or {}).get("status") == "True":
        return ()
    spec, status = struct(cast("Value", pod), "spec"), struct(cast("Value", pod), "status")
    conditions = {text(one, "type"): one for one in structs(status, "conditions")}
    if text(scheduled := conditions.get("PodScheduled", {}), "status") == "False":
        return (Complaint("", f"not scheduled: {_with_message(scheduled)}"),)
    found = [*_of_init_containers(spec, status)] or [*_of_containers(status), *_of_gates(spec, conditions)]
    return tuple(found or _of_the_pod(status, conditions))


def waits_for_containers_only(pod: Pod) -> bool:
    """Whether a Pod is ready as soon as all its containers are: no gate, node or init container keeps it from that."""
    status = struct(cast("Value", pod), "status")
    ready = ready_condition(pod.get("status") or {})
    if ready.get("status") == "True":
        return True
    conditions = {text(one, "type"): one for one in structs(status, "conditions")}
    gates = [text(gate, "conditionType") for gate in structs(struct(cast("Value", pod), "spec"), "readinessGates")]
    return (
        ready.get("status") == "False"
        and text(cast("Value", ready), "reason") in {"", "ContainersNotReady"}
        and not text(status, "reason")  # NodeLost, Evicted
        and text(conditions.get("PodScheduled", {}), "status") != "False"
        and all(text(conditions.get(gate, {}), "status") == "True" for gate in gates)
        and all(one.get("ready") for one in structs(status, "initContainerStatuses"))
    )


def complaints_told(found: Sequence[Complaint]) -> str:
    """All complaints about a Pod in one line."""
    return "; ".join(map(str, found))


def _of_init_containers(spec: Value, status: Value) -> Iterator[Complaint]:
    """The init container at which the Pod stands: they run one after the other."""
    native = {
        text(one, "name") for one in structs(spec, "initContainers") if text(one, "restartPolicy") == names.ALWAYS
    }
    for one in structs(status, "initContainerStatuses"):
        name = text(one, "name")
        state = struct(one, "state")
        ended, waiting = state.get("terminated"), state.get("waiting")
        has_succeeded = ended is not None and not struct(state, "terminated").get("exitCode")
        if one.get("ready") or (has_succeeded and name not in native):
            continue
        if waiting is not None and text(struct(state, "waiting"), "reason") in {"", _NOT_YET}:
            return
        if "state" in one:
            told = "still running" if ended is None and waiting is None and name not in native else _state(one)
            yield Complaint(name, f"{told} (init container)")
            return


def _of_containers(status: Value) -> Iterator[Complaint]:
    for one in structs(status, "containerStatuses"):
        if not one.get("ready") and "state" in one:
            yield Complaint(text(one, "name"), _state(one))


def _of_gates(spec: Value, conditions: dict[str, Value]) -> Iterator[Complaint]:
    for gate in structs(spec, "readinessGates"):
        name = text(gate, "conditionType")
        condition = conditions.get(name)
        if condition is None:
            yield Complaint("", f"readiness gate {_cut(name)} has no condition")
        elif text(condition, "status") != "True":
            reason = f": {_cut(text(condition, 'reason'))}" if text(condition, "reason") else ""
            yield Complaint("", f"readiness gate {_cut(name)} is {_cut(text(condition, 'status'))}{reason}")


def _of_the_pod(status: Value, conditions: dict[str, Value]) -> Iterator[Complaint]:
    """What is left to say where no container and no gate tells anything."""
    ready = conditions.get("Ready", {})
    if reason := text(ready, "reason") or text(status, "reason"):
        yield Complaint("", f"Ready is {_cut(text(ready, 'status') or 'not set')}: {_cut(reason)}")


def _state(status: Value) -> str:
    """The state of a container that is not ready, with what ended it last."""
    state = struct(status, "state")
    if state.get("waiting") is not None:
        last = _exit(struct(struct(status, "lastState"), "terminated"))
        return f"{_cut(text(struct(state, 'waiting'), 'reason')) or 'waiting'}{f', {last}' if last else ''}"
    if ended := struct(state, "terminated"):
        return f"terminated, {_exit(ended)}"
    return "running, not ready"


def _exit(ended: Value) -> str:
    """How a container ended: its reason where that says more than that it failed, and its exit code."""
    if not ended:
        return ""
    reason = _cut(text(ended, "reason"))
    code = f"exit code {ended.get('exitCode', 0)}"
    return code if reason in {"", "Error"} else f"{reason}, {code}"


def _with_message(condition: Value) -> str:
    reason, message = _cut(text(condition, "reason")), _cut(text(condition, "message"))
    return f"{reason} ({message})" if reason and message else reason or message or "no reason given"


def _cut(told: str) -> str:
    """A text from a cluster in one line, not longer than anyone reads."""
    line = " ".join(told.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
