"""Every command and every flag, declared once: both front ends are made from these tables."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from sidecarctl.record import Record
from sidecarctl.shell.cli.command_flags import (
    AdmitFlags,
    CheckFlags,
    DiffFlags,
    Flags,
    InjectFlags,
    PlanFlags,
    StatusFlags,
    UninjectFlags,
    WhyFlags,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OptionKind: TypeAlias = Literal["flag", "text", "texts", "count"]


_MOST_DIGITS: Final = 18


def whole_number(digits: str) -> int | None:
    """Read a number; None for what is none, or has more digits than anybody would mean."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


class Option(Record):
    """A flag. `texts` may be given several times; `count` is a whole number."""

    name: str  # the long one, without dashes
    kind: OptionKind
    help: str
    short: str = ""
    choices: tuple[str, ...] = ()
    metavar: str = ""
    default: str | int | None = None
    most: int = 999_999_999  # of a count

    def may_be(self, number: int | None) -> bool:
        """Whether a count may be this number."""
        return number is not None and 0 <= number <= self.most

    @property
    def key(self) -> str:
        """What the value is called in Python."""
        return f"{self.name}_" if self.name in {"as", "from"} else self.name.replace("-", "_")


class Command(Record):
    """A command: what it takes, and the function that runs it with these flags and returns an exit code."""

    name: str
    help: str
    options: tuple[Option, ...]
    flags: type[Flags]
    runs: str  # "module:function" below sidecarctl.shell.commands
    takes: str = "PATH"  # what its positional arguments are called; empty: it takes none
    takes_help: str = "What to work on; stdin if there is none."
    takes_names: bool = False  # positional arguments may also be objects, as KIND/NAME
    fixed: Mapping[str, object] = {}  # what the command does whatever is said, by the option's key

    def load(self) -> Callable[[Any], int]:
        """Import what the command runs, and nothing else; its argument is a `flags`."""
        module, _, function = self.runs.partition(":")
        loaded: Callable[[Any], int] = getattr(import_module(f"sidecarctl.shell.commands.{module}"), function)
        return loaded


INPUT: Final = (
    Option("filename", "texts", "File, directory, glob, or - for stdin; may be repeated.", "f", metavar="PATH"),
    Option(
        "cluster",
        "texts",
        "What the cluster knows (SidecarSets, Namespaces, ControllerRevisions, Pods): read, never printed.",
        metavar="PATH",
    ),
    Option("sidecarset", "texts", "The same as --cluster, for the common case.", metavar="PATH"),
    Option("recursive", "flag", "Read directories with all that is below them.", "R"),
    Option(
        "exclude",
        "texts",
        "Leave out the files that a pattern of .gitignore matches; may be repeated. .sidecarctlignore holds more.",
        metavar="PATTERN",
    ),
    Option("skip-foreign", "flag", "Pass over files without a Kubernetes manifest, and templates not rendered yet."),
    Option("selector", "text", "Only targets with these labels, as kubectl writes them.", "l", metavar="LABELS"),
    Option("kind", "texts", "Only targets of this kind; may be repeated.", metavar="KIND"),
    Option("namespace", "text", "The namespace of objects that have none.", "n", metavar="NS", default="default"),
    Option("only-namespace", "texts", "Only targets in this namespace; may be repeated.", metavar="NS"),
    Option(
        "system-namespaces",
        "text",
        "Whether kube-system and kube-public get sidecars: the manual says no, OpenKruise since 1.3 does."
        " Pods that carry them count either way.",
        choices=("exclude", "include"),
        default="exclude",
    ),
    Option("kruise-version", "text", "The OpenKruise release to follow; the newest by default.", metavar="VERSION"),
    Option("feature-gates", "text", "OpenKruise's feature gates, as A=true,B=false.", metavar="GATES"),
    Option(
        "template-path",
        "texts",
        "Where another kind keeps its pod template: Kind.group=spec.a.template; may be repeated.",
        metavar="WHERE",
    ),
    Option("keep-going", "flag", "Pass over what cannot be read, as check and why do; the exit code is the worst one."),
    Option("allow-empty", "flag", "Accept an empty input."),
    Option("config", "text", "Settings file, instead of .sidecarctl.yaml or pyproject.toml.", metavar="FILE"),
    Option("max-document", "text", "The largest document (or item of a List) to read.", metavar="SIZE", default="3Mi"),
)


LIVE: Final = (
    Option("live", "flag", "Instead of --cluster: ask the cluster that kubectl would, through kubectl."),
    Option("kubeconfig", "text", "With --live: the kubeconfig file, as kubectl has it.", metavar="FILE"),
    Option("context", "text", "With --live: the context of the kubeconfig.", metavar="NAME"),
    Option("as", "text", "With --live: the user to act as.", metavar="USER"),
    Option("request-timeout", "text", "With --live: how long to wait for the server, such as 10s.", metavar="TIME"),
)


QUIET: Final = (
    Option("quiet", "flag", "No report, only errors.", "q"),
    Option("color", "text", "Colour in the report.", choices=("auto", "always", "never"), default="auto"),
)


REPORT: Final = (
    Option(
        "report",
        "texts",
        "Report as text, json, sarif, junit, github or markdown, to stderr or to a file: FORMAT[=PATH].",
        metavar="REPORT",
    ),
    *QUIET,
)


JOBS: Final = Option(
    "jobs", "count", "Processes to work in; 0: as many as the input is worth.", metavar="N", default=0, most=1024
)


TARGETS: Final = (
    Option(
        "running-pods",
        "text",
        "Pods that already run get no sidecars, as on a cluster, unless you say inject.",
        choices=("skip", "inject"),
        default="skip",
    ),
    Option("defaults", "flag", "Write what the webhook writes, defaults included, instead of what the author wrote."),
    Option("timestamp", "text", "The update timestamp in the annotations: now, or RFC 3339.", metavar="TIME"),
    Option("choose-revision", "texts", "Which side of a Partial policy: NAME=latest|specified.", metavar="CHOICE"),
    Option("no-validate", "flag", "Use SidecarSets that their webhook would refuse."),
    Option(
        "verify",
        "text",
        "How each edit is proven; by default full up to 2 MB of input, then fast.",
        choices=("full", "fast", "off"),
    ),
    JOBS,
    Option(
        "shard",
        "text",
        "One of N parts: of several files the Ith run of them, of one every Nth document from the Ith: I/N.",
        metavar="I/N",
    ),
)


PROGRESS: Final = Option(
    "progress",
    "text",
    "How far a run over a second has come, on stderr: auto shows it to a person, plain writes lines.",
    choices=("auto", "plain", "none"),
    default="auto",
)


BREAK_LINKS: Final = Option(
    "break-links",
    "flag",
    "Also write files that have other names (hard links), or attributes that cannot be kept: the new file is without.",
)


FROM: Final = Option("from", "texts", "The SidecarSet that was injected, where it is an older version.", metavar="PATH")


WRITE: Final = (
    Option(
        "output",
        "text",
        "Print documents in their own format, or as JSON, patches or names.",
        "o",
        choices=("yaml", "json", "json-patch", "merge-patch", "name"),
        default="yaml",
    ),
    Option("in-place", "flag", "Write each file back where it came from, atomically.", "i"),
    Option("output-dir", "text", "Write each file below this directory.", metavar="DIR"),
    BREAK_LINKS,
    Option("only-changed", "flag", "Leave out the documents that do not change."),
    Option("drop-sidecarsets", "flag", "Leave the SidecarSets of the input out."),
)


INJECT: Final = Command(
    "inject",
    "Add sidecars to Pods and pod templates; every other byte stays.",
    (
        *INPUT,
        *TARGETS,
        FROM,
        *WRITE,
        Option("as-pods", "flag", "Print the Pod that each template would give."),
        *REPORT,
        PROGRESS,
    ),
    InjectFlags,
    "inject:run",
)


UNINJECT: Final = Command(
    "uninject",
    "Take out what inject put in.",
    (
        *INPUT,
        FROM,
        Option("partial", "flag", "Take out what can be, where something that was replaced is lost."),
        *(option for option in TARGETS if option.name in {"verify", "jobs", "shard"}),
        *WRITE,
        *REPORT,
        PROGRESS,
    ),
    UninjectFlags,
    "uninject:run",
)


DIFF: Final = Command(
    "diff",
    "Show what inject would change, as a unified diff; exit code 1 where there is something.",
    (*INPUT, *TARGETS, FROM, *REPORT),
    DiffFlags,
    "diff:run",
)


ADMIT: Final = Command(
    "admit",
    "Print SidecarSets as a cluster would store them: defaults, hashes, revision name.",
    (
        *INPUT,
        Option("output", "text", "Output format.", "o", choices=("yaml", "json", "name", "hash"), default="yaml"),
        Option("to", "text", "The API version to print.", choices=("v1alpha1", "v1beta1")),
        Option("no-validate", "flag", "Print SidecarSets that the webhook would refuse."),
        *REPORT,
    ),
    AdmitFlags,
    "admit:run",
    fixed={"keep_going": False},  # what a cluster would store depends on all of the input
)


CHECK: Final = Command(
    "check",
    "Say what of SidecarSets and Pods would be refused, is missing, stale or surprising.",
    (
        *INPUT,
        *LIVE,
        Option("injected", "flag", "Demand that each selected Pod and template carries its sidecars as they are now."),
        Option("old", "texts", "The SidecarSet as it is now, to judge the change.", metavar="PATH"),
        Option(
            "base",
            "text",
            "The same, read from git: the SidecarSets as they are at this commit, branch or tag.",
            metavar="REF",
        ),
        Option(
            "fail-on",
            "text",
            "The mildest finding that makes the exit code 1.",
            choices=("error", "warning", "info", "never"),
            default="error",
        ),
        Option("upstream-messages", "flag", "Add the webhook's own sentences, to search logs for."),
        *(option for option in TARGETS if option.name in {"running-pods", "choose-revision", "jobs", "shard"}),
        Option(
            "report",
            "texts",
            "text, json, sarif, junit, github or markdown, to stdout or to a file: FORMAT[=PATH]. text and markdown"
            " show three of the findings that say the same and count the rest; the others have all of them.",
            metavar="REPORT",
        ),
        *QUIET,
    ),
    CheckFlags,
    "check:run",
    fixed={"keep_going": True},  # one unreadable file hides nothing that others show
)


STATUS: Final = Command(
    "status",
    "Show the SidecarSet status that these Pods give.",
    (
        *INPUT,
        *LIVE,
        Option("from", "texts", "The SidecarSet that workloads without Pods carry.", metavar="PATH"),
        Option("output", "text", "Output format.", "o", choices=("table", "describe", "yaml", "json"), default="table"),
        JOBS,
        *QUIET,
        PROGRESS,
    ),
    StatusFlags,
    "status:run",
)


PODS: Final = "pods"


PLAN: Final = Command(
    "plan",
    "Show the rollout of a SidecarSet, round by round, before it happens.",
    (
        *(option for option in INPUT if option.name != "kruise-version"),
        Option(
            "kruise-version",
            "texts",
            "The OpenKruise release to follow, the newest by default; of several the plans stand side by side.",
            metavar="VERSION",
        ),
        *LIVE,
        Option("from", "texts", "The SidecarSet as it is before the change.", metavar="PATH"),
        Option(
            "output",
            "text",
            "Output format; html is a page for a browser, pods are those that change, as they are after all --rounds.",
            "o",
            choices=("table", "json", "yaml", "markdown", "html", PODS),
            default="table",
        ),
        Option(
            "never-ready",
            "texts",
            "Pods that do not get ready once they restart, by name or by labels; may be repeated.",
            metavar="POD|LABELS",
        ),
        Option(
            "ready-after",
            "texts",
            "How long upgraded Pods take to be ready: 30s, 20s-40s, or app=web:1m for some; adds a time axis.",
            metavar="[LABELS:]DURATION",
        ),
        Option(
            "steps",
            "text",
            "Plan in stages: how many Pods (or groups) are updated after each, as 10,10%,50%,100%.",
            metavar="STEPS",
        ),
        Option(
            "group-by",
            "text",
            "Plan in stages: one group of Pods after the other, by the value of a label, or by owner.",
            metavar="LABEL|owner",
        ),
        Option("canary", "text", "Plan in stages: Pods with these labels go first.", metavar="LABELS"),
        Option("in-place", "flag", "Write the stage of --step into the file that holds the SidecarSet.", "i"),
        Option("step", "count", "Which stage --in-place writes, from 1.", metavar="K"),
        BREAK_LINKS,
        Option("rounds", "count", "The most rounds to plan; 0: all.", metavar="N", default=0),
        Option("no-validate", "flag", "Plan SidecarSets that their webhook would refuse."),
        JOBS,
        *QUIET,
        PROGRESS,
    ),
    PlanFlags,
    "plan:run",
)


COMPLETION: Final = Command(
    "completion",
    "Print the script that completes command lines in bash, zsh or fish.",
    (),
    Flags,
    "schema:run_completion",
    takes="SHELL",
    takes_help="bash, zsh or fish.",
)


WHY: Final = Command(
    "why",
    "Say which SidecarSets select which Pods and templates, and why the others do not.",
    (
        *INPUT,
        *LIVE,
        *(option for option in TARGETS if option.name in {"running-pods", "choose-revision"}),
        Option("output", "text", "Output format.", "o", choices=("text", "json", "dot", "mermaid"), default="text"),
        *(option for option in QUIET if option.name == "color"),
    ),
    WhyFlags,
    "why:run",
    takes="KIND/NAME or PATH",
    takes_names=True,
    fixed={"keep_going": True},  # one unreadable file hides nothing that others show
)


SCHEMA: Final = Command(
    "schema",
    "Print the JSON Schema of an output, or of all; Settings: of .sidecarctl.yaml; SidecarInjector: of `fn`.",
    (),
    Flags,
    "schema:run",
    takes="NAME",
    takes_help="RolloutPlan, RolloutStages, SidecarSetStatus, Explanation, InjectionReport, CheckReport, Settings or"
    " SidecarInjector; all outputs if there is none.",
)


FN: Final = Command(
    "fn",
    "Be a function for kustomize and kpt: a ResourceList on stdin, the same with sidecars on stdout.",
    (),
    Flags,
    "fn:run",
    takes="",
)


VERSION: Final = Command("version", "Print the version.", (), Flags, "schema:run_version", takes="")


COMMANDS: Final = {
    command.name: command
    for command in (INJECT, UNINJECT, DIFF, CHECK, WHY, ADMIT, STATUS, PLAN, FN, SCHEMA, COMPLETION, VERSION)
}


COMPLETE_VARIABLE: Final = "_SIDECARCTL_COMPLETE"  # how a shell's script asks for words
