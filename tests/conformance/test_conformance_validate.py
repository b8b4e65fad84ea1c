"""OpenKruise's own verdicts and sentences: create, update, and what each release says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from conformance import cases
from doors.sidecarset import ValidationContext, validate
from doors.upstream import release_for

from sidecarctl.finding import Severity

ADDRESS = re.compile(r"0x[0-9a-f]+")
CONFIG = "kruise-configuration"


def submitted_cases(name: str) -> Iterator[Any]:
    return (
        pytest.param(case["case"], case["answer"].get("invalid", []), id=case["case"]["id"]) for case in cases(name)
    )


def released_cases() -> Iterator[Any]:
    for line in cases("versions/validate"):
        for answer in line["answers"]:
            for version in answer["versions"]:
                yield pytest.param(line["case"], version, answer["answer"], id=f"{line['case']['id']}-{version}")


def sentences(case: Mapping[str, Any], version: str | None = None) -> list[str]:
    submitted, *others = case["sidecarSets"]
    context = ValidationContext(
        others=others,
        old=case.get("old"),
        revisions=(),
        kruise_config=next((found for found in case["configMaps"] if found["metadata"]["name"] == CONFIG), None),
        namespaces=case.get("namespaces", ()),
        feature_gates=case.get("gates", {}),
        release=release_for(version),
    )
    findings = validate(submitted, context)
    assert all(finding.severity is Severity.ERROR for finding in findings)
    return masked([finding.upstream for finding in findings])


def masked(told: Sequence[str]) -> list[str]:
    return [ADDRESS.sub("0x", sentence) for sentence in told]


@pytest.mark.parametrize(("case", "invalid"), [*submitted_cases("validate"), *submitted_cases("update")])
def test_says_what_openkruise_says(case: Mapping[str, Any], invalid: Sequence[str]) -> None:
    assert sentences(case) == masked(invalid)


@pytest.mark.parametrize(("case", "version", "answer"), [*released_cases()])
def test_says_what_each_release_says(case: Mapping[str, Any], version: str, answer: Mapping[str, Any]) -> None:
    told = sentences(case, version)
    if "error" in answer:
        assert answer["error"] in told
    else:
        assert told == masked(answer.get("invalid", []))
