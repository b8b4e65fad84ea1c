"""`sidecarctl.validate`, as a program calls it."""

import copy
from typing import Any

import pytest

import sidecarctl
from sidecarctl import Severity

SET: dict[str, Any] = {
    "apiVersion": "apps.kruise.io/v1beta1",
    "kind": "SidecarSet",
    "metadata": {"name": "logs"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}, "containers": [{"name": "agent", "image": "agent:1"}]},
}


def with_spec(**fields: object) -> dict[str, Any]:
    return {**SET, "spec": {**SET["spec"], **fields}}


def codes(given: dict[str, Any], **known: Any) -> list[str]:  # noqa: ANN401 - what the API takes
    return [finding.code for finding in sidecarctl.validate(given, **known)]


def test_nothing_is_wrong_and_nothing_is_changed() -> None:
    before = copy.deepcopy(SET)
    assert sidecarctl.validate(SET) == []
    assert before == SET


def test_what_nobody_told_is_a_warning() -> None:
    named = with_spec(injectionStrategy={"revision": {"revisionName": "logs-1", "policy": "Always"}})
    stored = {"metadata": {"name": "logs-1", "namespace": "kruise-system"}}
    assert [finding.severity for finding in sidecarctl.validate(named)] == [Severity.WARNING]
    assert codes(named, revisions=[stored]) == []


def test_it_knows_other_sets_the_old_one_and_the_release() -> None:
    assert codes(SET, others=[{**SET, "metadata": {"name": "other"}}]) == ["CNF001"]
    assert codes(SET, others=[SET]) == []
    assert "UPD002" in codes(SET, old=with_spec(containers=[{"name": "other", "image": "a"}]))
    assert codes(SET, kruise_version="1.8") == ["SCH005"]
    with pytest.raises(ValueError, match=r"known: 1\.5"):
        sidecarctl.validate(SET, kruise_version="0.1")


def test_our_warnings_give_way_to_refusals_of_the_same_field() -> None:
    policy = {"targetContainersMode": "sum", "targetContainersNameRegex": ".*"}
    container = {"name": "agent", "image": "a"}
    refused = {**policy, "resourcesExpr": {"limits": {"cpu": "cpu*"}}}
    blocking = {**policy, "resourcesExpr": {"limits": {"cpu": "cpu*cpu"}}}
    assert codes(with_spec(containers=[{**container, "resourcesPolicy": refused}])) == ["RES025"]
    assert codes(with_spec(containers=[{**container, "resourcesPolicy": blocking}])) == ["WRN006"]


@pytest.mark.parametrize("junk", [None, "5%", [], [None], {"name": []}, 1])
@pytest.mark.parametrize("field", ["metadata", "spec"])
def test_junk_is_told_not_raised(field: str, junk: object) -> None:
    found = sidecarctl.validate({**SET, field: junk})
    assert any(finding.severity is Severity.ERROR for finding in found)
