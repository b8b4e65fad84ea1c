"""All codes of findings about SidecarSets and the pods they meet, and what each stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.pod_validation.findings import POD_REFUSALS
from sidecarctl.sidecarset.validation.codes import TITLES
from sidecarctl.sidecarset.warnings.codes import DEMANDS, WARNINGS, CodeMeaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD = """# Codes

Every finding has a code. It is stable: search for it, or silence it on its line (or the line above) with
`# sidecarctl: ignore[CODE]`. This page is made from the tables in the program.
"""
_OTHERS = {
    "SEL001": "No SidecarSet selects the Pod",
    "SEL002": "The Pod has ended, or is being deleted",
    "SEL003": "The Pod runs already: sidecars come at creation",
    "SEL004": "The Pod is in a system namespace",
    "SEL005": "The namespace is labelled control-plane, which the webhook skips",
    "SEL006": "The SidecarSet is for other namespaces",
    "SEL007": "The namespace is not described, and its labels decide",
    "SEL008": "The injection of the SidecarSet is paused",
    "SEL009": "A canary hides the SidecarSet",
    "SEL010": "The webhook's configuration leaves the Pod out",
    "SEL011": "A Pod or template without containers: a patch fragment, or a Pod that the API server refuses",
    "NSP001": "The namespace is not described: it was judged by its name",
    "KND001": "A kind whose pod template is not known",
    "WBH001": "The webhook's failurePolicy is Ignore: Pods may be created without sidecars",
    "WBH002": "The webhook's configuration has no webhook for new Pods",
    "WBH003": "The webhook's matchConditions are not evaluated",
    "WBH004": "The ConfigMap kruise-configuration is in another namespace than OpenKruise reads it from",
    "FLG001": "A feature gate that this OpenKruise does not have, or that nobody knows",
    "FLG002": "A revision is chosen of a SidecarSet that is not there",
    "FLG003": "Where --template-path says that a kind keeps its pod template, there is nothing",
    "KRM001": "kustomize renamed a SidecarSet",
    "KRM002": "A SidecarSet is given twice, with different specs",
    "KRM003": "The function has no SidecarSet",
    "LIV001": "The cluster does not let the user read something",
    "INJ001": "Already injected at this version",
    "INJ002": "Something of an older version stays",
    "INJ003": "Something may be of an older version",
    "INJ004": "A sidecar takes the place of a container, which nothing can bring back",
    "INJ005": "Something empty is filled; uninject cannot tell how it was written",
    "INJ006": "Something of the Pod's own would not be the same after uninject",
    "INJ007": "Something that no hash speaks of is not as the SidecarSet has it now",
    "UNI001": "A container that injection replaced cannot come back",
    "UNI002": "An annotation that injection overwrote cannot come back",
    "UNI003": "Volumes that nothing uses any more",
    "UNI004": "A pull secret stays, for other sidecars may need it",
    "UNI005": "A volume stays, for the Pod uses it",
    "UNI006": "A pull secret goes, which the Pod may have had before",
    "UNI007": "An init container says that it was injected, and nothing records by which SidecarSet",
    "UNI010": "Nothing was injected",
    "INJ010": "A cluster would throw a die between two revisions",
    "INP001": "The input cannot be read",
    "INP002": "A field is not what Kubernetes takes there",
    "YML001": "What an alias stands for was written out",
    "YML002": "What was written here is spelled otherwise now",
    "PLN001": "A Pod that cannot be upgraded in place",
    "PLN002": "A round takes some of the Pods that tie",
    "PLN003": "The rollout stops short: maxUnavailable has no place left",
    "PLN004": "The controller fails at a Pod",
    "PLN005": "A Pod restarts from an earlier upgrade",
    "PLN006": "Pods without a status",
    "PLN007": "An annotation of OpenKruise's that nobody can read",
    "PLN008": "How many Pods a workload has depends on the cluster",
    "PLN009": "The controller does something else than the manual says",
    "PLN010": "Another empty image goes to all Pods at once",
    "PLN011": "No Pod counts",
    "PLN012": "Pods run the new image already, changed outside the controller",
    "PLN013": "Several SidecarSets are rolled out over the same Pods",
    "PLN014": "A Pod gets ready with the container that is upgraded",
    "PLN015": "A Pod counts as restarting although nothing restarts",
}
_PARTS = (
    ("Refused", "What the cluster refuses: the CRD's schema, and the rules of OpenKruise's webhook.", TITLES),
    ("Warnings", "What the webhook lets through, and what its author may not have meant.", WARNINGS),
    ("Demands", "What `sidecarctl check` asks of Pods and pod templates.", DEMANDS),
    (
        "Pods",
        "What the API server (Kubernetes 1.34) refuses of a Pod with its sidecars, and takes without them.",
        POD_REFUSALS,
    ),
    (
        "Others",
        "What `inject`, `uninject`, `diff`, `status` and `plan` say of Pods and templates, and of their text.",
        _OTHERS,
    ),
)


def code_meanings() -> Mapping[str, CodeMeaning]:
    """Return what each code stands for."""
    refusals = {code: CodeMeaning(title, "") for code, title in {**TITLES, **_OTHERS}.items()}
    return {**refusals, **WARNINGS, **DEMANDS, **POD_REFUSALS}


def codes_page() -> str:
    """Return docs/codes.md."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    known = code_meanings()
    for title, told, codes in _PARTS:
        yield f"## {title}\n\n{told}\n"
        for code in codes:
            why = f"\n{known[code].why}\n" if known[code].why else ""
            yield f"### {code}\n\n{known[code].title}.\n{why}"
