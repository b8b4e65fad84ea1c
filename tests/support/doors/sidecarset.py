"""Names of sidecarctl.sidecarset that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.sidecarset import hash as hash_module
from sidecarctl.sidecarset.cluster import Cluster, Prepared
from sidecarctl.sidecarset.explain import Labels, VerdictText, explained, verdict_text
from sidecarctl.sidecarset.hash import admit, sidecar_set_hash, sidecar_set_hash_without_image
from sidecarctl.sidecarset.injection.annotations import (
    encoded_entries,
    injected_list,
    patched_annotations,
    recorded_entries,
)
from sidecarctl.sidecarset.injection.expression import Amount, InvalidExpression, as_quantity, evaluated
from sidecarctl.sidecarset.injection.inject import Injection, Options, inject, reason_skipped
from sidecarctl.sidecarset.injection.json_merge import InvalidMerge, merged_json
from sidecarctl.sidecarset.injection.records import injected_names
from sidecarctl.sidecarset.matching.match import RunningPods
from sidecarctl.sidecarset.matching.scope import SystemNamespaces
from sidecarctl.sidecarset.matching.verdict import Reason, Verdict
from sidecarctl.sidecarset.removal.reinject import injected_again, selected_sets
from sidecarctl.sidecarset.removal.uninject import (
    Stripped,
    doubtful_findings,
    lost_findings,
    without_recorded,
    without_sets,
)
from sidecarctl.sidecarset.revision import controller_revision, restore, revision_data, revision_name, revision_wanted
from sidecarctl.sidecarset.rollout import stage_groups
from sidecarctl.sidecarset.rollout.changes import applied
from sidecarctl.sidecarset.rollout.counted import counted
from sidecarctl.sidecarset.rollout.counters import kept_back, may_be_unavailable
from sidecarctl.sidecarset.rollout.new_pods import Gets, NewPods, Whom, new_pods
from sidecarctl.sidecarset.rollout.node_images import Running, is_same_image, pulled_image_id, spelling_of
from sidecarctl.sidecarset.rollout.order import (
    MOST_STAGES,
    Census,
    default_rank,
    priority_rank,
    scatter_keys,
    scatter_terms,
    scattered,
)
from sidecarctl.sidecarset.rollout.plan import RolloutPlan, planned, rollout_plan, status, target_of
from sidecarctl.sidecarset.rollout.pod_state import state_of
from sidecarctl.sidecarset.rollout.pod_traits import Mark, Owner, Pace, Sibling, Span, parsed_paces
from sidecarctl.sidecarset.rollout.replay import emptied_pod, upgraded_pod
from sidecarctl.sidecarset.rollout.simulation import Restarts
from sidecarctl.sidecarset.rollout.stage_groups import OwnerLabels
from sidecarctl.sidecarset.rollout.stages import Aim, Patch, Stage, Step, stages
from sidecarctl.sidecarset.rollout.target import RolloutContext
from sidecarctl.sidecarset.validation import codes
from sidecarctl.sidecarset.validation.conflicts import selectors_overlap
from sidecarctl.sidecarset.validation.context import ValidationContext
from sidecarctl.sidecarset.validation.field_errors import dumped, quoted, selector_text
from sidecarctl.sidecarset.validation.schema import schema_findings, unknown_field_findings
from sidecarctl.sidecarset.validation.webhook import validate

__all__ = [
    "MOST_STAGES",
    "Aim",
    "Amount",
    "Census",
    "Cluster",
    "Gets",
    "Injection",
    "InvalidExpression",
    "InvalidMerge",
    "Labels",
    "Mark",
    "NewPods",
    "Options",
    "Owner",
    "OwnerLabels",
    "Pace",
    "Patch",
    "Prepared",
    "Reason",
    "Restarts",
    "RolloutContext",
    "RolloutPlan",
    "Running",
    "RunningPods",
    "Sibling",
    "Span",
    "Stage",
    "Step",
    "Stripped",
    "SystemNamespaces",
    "ValidationContext",
    "Verdict",
    "VerdictText",
    "Whom",
    "admit",
    "applied",
    "as_quantity",
    "codes",
    "controller_revision",
    "counted",
    "default_rank",
    "doubtful_findings",
    "dumped",
    "emptied_pod",
    "encoded_entries",
    "evaluated",
    "explained",
    "hash_module",
    "inject",
    "injected_again",
    "injected_list",
    "injected_names",
    "is_same_image",
    "kept_back",
    "lost_findings",
    "may_be_unavailable",
    "merged_json",
    "new_pods",
    "parsed_paces",
    "patched_annotations",
    "planned",
    "priority_rank",
    "pulled_image_id",
    "quoted",
    "reason_skipped",
    "recorded_entries",
    "restore",
    "revision_data",
    "revision_name",
    "revision_wanted",
    "rollout_plan",
    "scatter_keys",
    "scatter_terms",
    "scattered",
    "schema_findings",
    "selected_sets",
    "selector_text",
    "selectors_overlap",
    "sidecar_set_hash",
    "sidecar_set_hash_without_image",
    "spelling_of",
    "stage_groups",
    "stages",
    "state_of",
    "status",
    "target_of",
    "unknown_field_findings",
    "upgraded_pod",
    "validate",
    "verdict_text",
    "without_recorded",
    "without_sets",
]
