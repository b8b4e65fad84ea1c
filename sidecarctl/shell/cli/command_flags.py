"""Typed records of each command's flags; settings.py makes one per run.

Fields are named by `Option.key` and typed by the option's kind, choices and default: a text or count without a default
is None if nothing sets it. tests/unit/test_command_flags.py holds the records equal to the tables of options.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, dataclass_transform

if TYPE_CHECKING:
    from sidecarctl.sidecarset.matching.match import RunningPods
    from sidecarctl.sidecarset.matching.scope import SystemNamespaces
    from sidecarctl.yamledit.proof import Proof

Color: TypeAlias = Literal["auto", "always", "never"]
ProgressWish: TypeAlias = Literal["auto", "plain", "none"]


@dataclass_transform(frozen_default=True, kw_only_default=True)  # to mypy; a real dataclass costs 14 ms of start-up
class Flags:
    """Base of all records, and the record of a command without options."""

    given: frozenset[str]  # the flags that the command line itself gives, by their keys
    paths: list[str]  # the positional arguments

    def __init__(self, **values: object) -> None:
        vars(self).update(values)


class InputFlags(Flags):
    """Input files, the cluster around them, and which objects are targets."""

    filename: list[str]
    cluster: list[str]
    sidecarset: list[str]
    recursive: bool
    exclude: list[str]
    skip_foreign: bool
    selector: str | None
    kind: list[str]
    namespace: str
    only_namespace: list[str]
    system_namespaces: SystemNamespaces
    feature_gates: str | None
    template_path: list[str]
    keep_going: bool
    allow_empty: bool
    config: str | None
    max_document: str
    color: Color

    def files_named(self) -> list[str]:
        """Return all paths that the command reads."""
        return [*self.filename, *self.paths, *self.cluster, *self.sidecarset]


class ReleaseFlags(InputFlags):
    """Input of a command that follows a single OpenKruise release."""

    kruise_version: str | None


class LiveFlags(InputFlags):
    """Access to a live cluster through kubectl."""

    live: bool
    kubeconfig: str | None
    context: str | None
    as_: str | None
    request_timeout: str | None


class QuietFlags(Flags):
    """The flag that leaves only errors on stderr."""

    quiet: bool


class ReportFlags(InputFlags, QuietFlags):
    """Reports to write, in the order given."""

    report: list[str]


class ChoiceFlags(InputFlags):
    """Choices that change which Pods get sidecars, and of which revision."""

    running_pods: RunningPods
    choose_revision: list[str]


class JobFlags(ReleaseFlags):
    """Processes and shards that share the input."""

    jobs: int
    shard: str | None


class TargetFlags(ChoiceFlags, JobFlags):
    """Options of injection."""

    defaults: bool
    timestamp: str | None
    no_validate: bool
    verify: Proof | None


class FromFlags(InputFlags):
    """Files with older versions of the SidecarSets."""

    from_: list[str]

    def files_named(self) -> list[str]:
        """Return all paths that the command reads."""
        return [*super().files_named(), *self.from_]


class WriteFlags(InputFlags):
    """Documents to write: their format, where they go, and which are left out."""

    output: Literal["yaml", "json", "json-patch", "merge-patch", "name"]
    in_place: bool
    output_dir: str | None
    break_links: bool
    only_changed: bool
    drop_sidecarsets: bool
    progress: ProgressWish


class InjectFlags(TargetFlags, FromFlags, WriteFlags, ReportFlags):
    """The flags of `inject`."""

    as_pods: bool


class UninjectFlags(JobFlags, FromFlags, WriteFlags, ReportFlags):
    """The flags of `uninject`."""

    partial: bool
    verify: Proof | None


class DiffFlags(TargetFlags, FromFlags, ReportFlags):
    """The flags of `diff`."""


class AdmitFlags(ReleaseFlags, ReportFlags):
    """The flags of `admit`."""

    output: Literal["yaml", "json", "name", "hash"]
    to: Literal["v1alpha1", "v1beta1"] | None
    no_validate: bool


class CheckFlags(JobFlags, ChoiceFlags, ReportFlags, LiveFlags):
    """The flags of `check`."""

    injected: bool
    old: list[str]
    base: str | None
    fail_on: Literal["error", "warning", "info", "never"]
    upstream_messages: bool

    def files_named(self) -> list[str]:
        """Return all paths that the command reads."""
        return [*super().files_named(), *self.old]


class WhyFlags(ReleaseFlags, ChoiceFlags, LiveFlags):
    """The flags of `why`."""

    output: Literal["text", "json", "dot", "mermaid"]
    names: list[str]  # of the positional arguments those that are KIND/NAME; the others are the paths


class RolloutFlags(FromFlags, LiveFlags, QuietFlags):
    """The flags that `status` and `plan` have in common."""

    jobs: int
    progress: ProgressWish


class StatusFlags(RolloutFlags, ReleaseFlags):
    """The flags of `status`."""

    output: Literal["table", "describe", "yaml", "json"]


class PlanFlags(RolloutFlags):
    """The flags of `plan`."""

    kruise_version: list[str]
    output: Literal["table", "json", "yaml", "markdown", "html", "pods"]
    never_ready: list[str]
    ready_after: list[str]
    steps: str | None
    group_by: str | None
    canary: str | None
    in_place: bool
    step: int | None
    break_links: bool
    rounds: int
    no_validate: bool
