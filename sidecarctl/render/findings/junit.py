"""Findings as JUnit's XML: a test case for each object, which fails where it has errors."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sidecarctl.finding import Finding, Severity, show_path
from sidecarctl.render.text import xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sidecarctl.render.findings.text import FindingList


def junit_text(findings: FindingList) -> Iterator[str]:
    """Return findings as one test suite, line by line; what is said of an object stands together."""
    return (f"{line}\n" for line in _lines(findings))


def _lines(findings: FindingList) -> Iterator[str]:
    fails = [any(map(_fails, found)) for _, found in groupby(findings, _object)]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<testsuites>"
    yield f'<testsuite name="sidecarctl" tests="{max(len(fails), 1)}" failures="{sum(fails)}" errors="0">'
    for (file, resource), found in groupby(findings, _object):
        yield from _case(file, resource, list(found))
    if not fails:
        yield '  <testcase name="nothing to report" classname="sidecarctl"/>'
    yield "</testsuite>"
    yield "</testsuites>"


def _object(finding: Finding) -> tuple[str, str]:
    return finding.position.file if finding.position else "", finding.resource


def _case(file: str, resource: str, found: Sequence[Finding]) -> Iterator[str]:
    yield f"  <testcase name={xml_attribute(resource or file)} classname={xml_attribute(file)}>"
    errors, others = [one for one in found if _fails(one)], [one for one in found if not _fails(one)]
    if errors:
        message = xml_attribute(errors[0].message)
        yield f'    <failure type="{errors[0].code}" message={message}>{_text(errors)}</failure>'
    if others:
        yield f"    <system-out>{_text(others)}</system-out>"
    yield "  </testcase>"


def _text(findings: Sequence[Finding]) -> str:
    return "\n".join(xml_text(_line(finding)) for finding in findings)


def _line(finding: Finding) -> str:
    field = f" ({show_path(finding.path)})" if finding.path else ""
    advice = f"; {finding.help}" if finding.help else ""
    return f"{finding.position or ''}: {finding.severity.value}: {finding.message}{field}{advice} [{finding.code}]"


def _fails(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR
