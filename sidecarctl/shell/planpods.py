"""`plan -o pods`: the Pods that a rollout changes, as they are when it is over, or when so many rounds are."""

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, cast

from sidecarctl.api.decoded_pods import decoded_pod
from sidecarctl.shell.dumps.packed import written_values
from sidecarctl.shell.input.crowd import Crowd, rollout
from sidecarctl.shell.stream.formats import print_shown
from sidecarctl.sidecarset.rollout.pod_traits import full_name
from sidecarctl.sidecarset.rollout.sibling import Sibling
from sidecarctl.upstream.fields import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sidecarctl.shell.cli.command_flags import PlanFlags
    from sidecarctl.upstream.release import Release
    from sidecarctl.upstream.types import Pod
    from sidecarctl.yamledit.value import Value


def print_pods(crowd: Crowd, flags: "PlanFlags") -> None:
    """Print the Pods that the rollout of each SidecarSet changes, by namespace and name: a YAML stream.

    Images, annotations, conditions and statuses are those after the last round, or after `--rounds`.
    """
    shown: list[Pod] = []
    for one in crowd.input.sets:
        made = rollout(one, crowd, flags).plan
        names = frozenset(pod for round_ in made.rounds for pod in (*round_.pods, *round_.resets))
        changed = _whole((pod for pod in crowd.pods() if full_name(pod) in names), crowd.release)
        shown += [_as_object(pod) for pod in made.applied_to(changed)]
    print_shown("yaml", cast("list[Value]", shown))


def _whole(pods: "Iterable[Pod]", release: "Release") -> "Iterator[Pod]":
    """The Pods with all their fields, where a long dump was read for a few of them."""
    for is_short, group in groupby(pods, key=lambda pod: isinstance(pod, Sibling)):
        if not is_short:
            yield from group
            continue
        short = cast("list[Sibling]", list(group))
        for pod, written in zip(short, written_values(short), strict=True):
            whole = decoded_pod(written, release, partial(str, "a Pod of the dump"))
            yield {**whole, "metadata": {**whole.get("metadata", {}), "namespace": namespace_of(cast("Pod", pod))}}


def _as_object(pod: "Pod") -> "Pod":
    return cast("Pod", {"apiVersion": "v1", "kind": "Pod", **pod})
