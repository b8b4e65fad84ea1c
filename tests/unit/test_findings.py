"""Findings come back in their order, from memory or from a file."""

import pytest
from doors.render import MOST_KINDS, NAMED_EACH, SHOWN_EACH, grouped
from doors.shell import Findings

from sidecarctl.finding import Finding, Key, Position, Severity


def some(number: int, message: str = "{}") -> list[Finding]:
    path = ("metadata", "labels", Key("a.b"), 0)
    return [
        Finding("WRN001", message.format(each), path, Severity.WARNING, Position("a.yaml", each, 1), f"pod/p{each}")
        for each in range(number)
    ]


@pytest.mark.parametrize("number", [0, 1, 2_000, 2_001, 9_999])
def test_all_come_back(number: int) -> None:
    findings = Findings()
    for finding in some(number):
        findings.add([finding])
    findings.put_first([Finding("UPD001", "first")])
    assert list(findings) == list(findings) == [Finding("UPD001", "first"), *some(number)]
    assert len(findings) == number + 1
    assert findings.totals == {Severity.ERROR: 1, Severity.WARNING: number, Severity.INFO: 0}


def test_two_may_go_through_at_once() -> None:
    findings = Findings(some(5_000))
    assert [first for first, second in zip(findings, findings, strict=True) if first is second or first == second] == (
        some(5_000)
    )


def test_keys_stay_keys() -> None:
    """Else a path would be printed otherwise after it was in a file."""
    (first, *_) = Findings(some(5_000))
    assert isinstance(first.path[2], Key)


def test_alike_ones_are_counted() -> None:
    (group,) = grouped(some(100, "the same"))
    assert list(group.shown) == some(SHOWN_EACH, "the same")
    assert group.others == 100 - SHOWN_EACH
    assert len(group.named) == NAMED_EACH + 1


def test_too_many_kinds_are_counted_by_their_code() -> None:
    groups = grouped(some(MOST_KINDS + 50))
    assert len(groups) == MOST_KINDS + 1
    assert (len(groups[-1].shown), groups[-1].others) == (1, 49)
