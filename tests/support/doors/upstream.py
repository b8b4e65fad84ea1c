"""Names of sidecarctl.upstream that tests use: a test imports them from here, so that a move touches one file."""

from sidecarctl.upstream import schema, tables, types
from sidecarctl.upstream.decode import decode, unknown_fields
from sidecarctl.upstream.defaults import (
    IfUnset,
    Struct,
    admitted,
    filled,
    to_v1alpha1,
    to_v1beta1,
    volume_with_defaults,
)
from sidecarctl.upstream.encode import as_encoded, encode, encode_plain
from sidecarctl.upstream.go.json_text import syntax_complaint
from sidecarctl.upstream.go.numbers import as_int64, int64, parsed_float
from sidecarctl.upstream.go.regexp import InvalidRegexp, search
from sidecarctl.upstream.go.time import InvalidTimestamp, in_utc, is_time, milliseconds, seconds, shown_duration
from sidecarctl.upstream.image import default_pull_policy
from sidecarctl.upstream.names import (
    EPOCH,
    HASH,
    HASH_WITHOUT_IMAGE,
    INJECTED_LIST,
    IS_INJECTED,
    WORKING_HOT_UPGRADE_CONTAINER,
)
from sidecarctl.upstream.pod_defaults import pod_with_defaults, resources_with_defaults
from sidecarctl.upstream.quantity import Format, InvalidQuantity, Quantity, from_milli, parse
from sidecarctl.upstream.release import LATEST, PATCH_ANY_METADATA, Release, gate_is_on, release_for
from sidecarctl.upstream.selector import InvalidSelector, Requirement, first_mismatch, is_empty, matches, requirements
from sidecarctl.upstream.types import ControllerRevision, SidecarSet
from sidecarctl.upstream.workload import (
    WORKLOADS,
    Workload,
    group_kind,
    is_pod,
    looks_like_a_workload,
    parse_template_path,
    pods_made,
    templates,
)

__all__ = [
    "EPOCH",
    "HASH",
    "HASH_WITHOUT_IMAGE",
    "INJECTED_LIST",
    "IS_INJECTED",
    "LATEST",
    "PATCH_ANY_METADATA",
    "WORKING_HOT_UPGRADE_CONTAINER",
    "WORKLOADS",
    "ControllerRevision",
    "Format",
    "IfUnset",
    "InvalidQuantity",
    "InvalidRegexp",
    "InvalidSelector",
    "InvalidTimestamp",
    "Quantity",
    "Release",
    "Requirement",
    "SidecarSet",
    "Struct",
    "Workload",
    "admitted",
    "as_encoded",
    "as_int64",
    "decode",
    "default_pull_policy",
    "encode",
    "encode_plain",
    "filled",
    "first_mismatch",
    "from_milli",
    "gate_is_on",
    "group_kind",
    "in_utc",
    "int64",
    "is_empty",
    "is_pod",
    "is_time",
    "looks_like_a_workload",
    "matches",
    "milliseconds",
    "parse",
    "parse_template_path",
    "parsed_float",
    "pod_with_defaults",
    "pods_made",
    "release_for",
    "requirements",
    "resources_with_defaults",
    "schema",
    "search",
    "seconds",
    "shown_duration",
    "syntax_complaint",
    "tables",
    "templates",
    "to_v1alpha1",
    "to_v1beta1",
    "types",
    "unknown_fields",
    "volume_with_defaults",
]
