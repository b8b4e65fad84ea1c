"""OpenKruise's own answers, and how to bring ours into their form (testdata/README.md)."""

import json
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent.parent.parent / "testdata" / "upstream"
DROPPED_WHEN_EMPTY = ("status", "resources", "metadata")
EPOCH = "1970-01-01T00:00:00Z"


def cases(name: str) -> list[Any]:
    """The lines of one answer file, such as "inject" or "versions/admit"."""
    with (ANSWERS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def normalised(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Drop nulls everywhere, and `status: {}`, `resources: {}` and `metadata: {}` wherever they stand."""
    if isinstance(value, list):
        return [normalised(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: normalised(item) for key, item in value.items() if item is not None}
    return {key: item for key, item in kept.items() if item != {} or key not in DROPPED_WHEN_EMPTY}
