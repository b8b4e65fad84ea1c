"""However many findings: `check` needs the memory of one document, whatever the reports."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import COMMAND, environment

SET = """\
apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {name: logs}
spec:
  selector: {matchLabels: {app: web}}
  imagePullSecrets: [{name: registry}]
  containers: [{name: agent, image: "agent:1.4"}]
"""
# Two findings about the first, one about the second, whose message is like no other; the third is one of many Secrets.
DOCUMENTS = """\
apiVersion: v1
kind: Pod
metadata: {{name: web-{0}, namespace: ns-{1}, labels: {{app: web}}}}
spec: {{containers: [{{name: agent, image: "web:{0}"}}]}}
---
apiVersion: example.com/v1
kind: Rocket{0}
metadata: {{name: apollo-{0}}}
spec: {{template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: main}}]}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: other-{0}}}
---
"""
NAMESPACES = 20
FEW, MANY = 700, 7_000  # three documents each: 2,100 and 21,000
REPORTS = ("json", "sarif", "junit", "github", "markdown")
MARGIN = 4 * 1024  # KiB; the findings alone would be some 30 MB
# Runs a command, and tells the peak of its memory: of the process, not of those before it.
PEAK = """\
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


def documents(number: int) -> Iterator[str]:
    return (DOCUMENTS.format(each, each % NAMESPACES) for each in range(number))


def peak_of(number: int) -> int:
    """The most memory that a run took, in KiB."""
    with Path("in.yaml").open("w", encoding="utf-8") as file:
        file.writelines(documents(number))
    reports = [f"--report={name}=report.{name}" for name in REPORTS]
    arguments = ["check", "--jobs", "1", "--injected", "--sidecarset", "set.yaml", "in.yaml", "--report=text", *reports]
    ended = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", PEAK, *COMMAND, *arguments], capture_output=True, env=environment(), check=True
    )
    code, peak = map(int, ended.stdout.split())
    assert code == 1
    return peak


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="nobody tells the memory of another process here")
def test_memory_does_not_grow_with_the_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    peaks = [peak_of(number) for number in (FEW, MANY)]
    found = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert len(found["findings"]) == sum(found["totals"].values()) == 3 * MANY
    assert peaks[1] - peaks[0] < MARGIN, peaks
