"""The benchmarks: `python3 dev.py bench`. Figures are ratios of one run; the table goes to tests/bench/RESULTS.md.

Streams come from the generator in ../shared/bench; without it, or without kubectl, the rows that need them are left out
with a word. CPU is user + system of a whole process, the least of several runs, taken in turn. `--gigabyte` adds a long
stream. `--million` plans over a dump of as many Pods instead (12 GB of disk for a while), and has a table of its own:
tests/bench/RESULTS-million.md.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import podsdump

from sidecarctl.yamledit.parse.events import events_counted
from sidecarctl.yamledit.stream.documents import chunks

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
GENERATOR = ROOT.parent / "shared" / "bench" / "gencorpus.py"
SIDECARCTL = Path(sys.executable).parent / "sidecarctl"
RUNS = 5
PIECE = 256 * 1024
_BUDGET = 52  # maxUnavailable in ten-thousandths: above the Pods that are not ready, and so small that it takes a while
SELECTORS = {"every workload": "matchExpressions: [{key: app, operator: Exists}]", "app-7": "matchLabels: {app: app-7}"}
SIDECAR_SET = """apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata: {{name: log-agent}}
spec:
  selector: {{{selector}}}
  containers:
  - name: log-agent
    image: fluent/fluent-bit:3.2
    args: [--config, /etc/log-agent.yaml]
    volumeMounts: [{{name: log-buffer, mountPath: /var/buffer}}]
  volumes: [{{name: log-buffer, emptyDir: {{}}}}]
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: app
        image: nginx:1.27
"""
KUSTOMIZATION = """resources: [web.yaml]
patches:
- target: {kind: Deployment}
  patch: |-
    - {op: add, path: /spec/template/spec/containers/-, value: {name: log-agent, image: "fluent/fluent-bit:3.2"}}
"""


LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class Cost(NamedTuple):
    """What a command cost: seconds of CPU, and megabytes at its largest."""

    cpu: float
    peak: float  # of the largest process
    wall: float = 0.0


def main() -> int:
    """Measure everything that can be measured here, and write the table."""
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        for name, selector in SELECTORS.items():
            (folder / f"{name}.yaml").write_text(SIDECAR_SET.format(selector=selector))
        (folder / "web.yaml").write_text(DEPLOYMENT)
        (folder / "kustomization.yaml").write_text(KUSTOMIZATION)
        is_million = "--million" in sys.argv
        if not is_million:
            rows += small_runs(folder)
            rows += streams(folder, gigabyte="--gigabyte" in sys.argv)
        for pods in (1_000_000,) if is_million else (10_000, 100_000):
            rows += plans(folder, pods)
    table = "\n".join(
        f"| {' | '.join(row)} |" for row in [("what", "measured", "against"), ("---", "---", "---"), *rows]
    )
    flags = "".join(f" {flag}" for flag in sys.argv[1:])
    about = f"One run of `python3 dev.py bench{flags}`; CPU seconds of whole processes, as ratios.\n{beside()}"
    text = f"# Measured\n\n{about}\n{table}\n"
    (HERE / ("RESULTS-million.md" if is_million else "RESULTS.md")).write_text(text)
    sys.stdout.write(text)
    return 0


def beside() -> str:
    """Say whether other work ran on the machine: it makes a second of CPU do less."""
    if not hasattr(os, "getloadavg"):
        return ""
    load, processors = os.getloadavg()[1], os.cpu_count() or 1
    if load <= processors:
        return ""
    return f"Other work ran beside it: {load:.0f} processes wanted the {processors} processors.\n"


def small_runs(folder: Path) -> list[tuple[str, str, str]]:
    """What one small file costs, in times of what `kubectl kustomize` needs for the same addition."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return [("one small file", "left out: no kubectl here", "")]
    kustomize = [kubectl, "kustomize", str(folder)]
    every = str(folder / "every workload.yaml")
    commands = {
        "`inject` of one small file": [
            str(SIDECARCTL),
            "inject",
            "-q",
            "-f",
            str(folder / "web.yaml"),
            "--sidecarset",
            every,
        ],
        "`admit` of one SidecarSet": [str(SIDECARCTL), "admit", "-q", every],
        "`--help`": [str(SIDECARCTL), "--help"],
        "`python -c pass`": [sys.executable, "-c", "pass"],
    }
    return [
        (name, f"{paired(command, kustomize):.2f} x", "CPU of `kubectl kustomize`")
        for name, command in commands.items()
    ]


def streams(folder: Path, *, gigabyte: bool) -> list[tuple[str, str, str]]:
    """What long streams cost, in megabytes per second of CPU and in times of libyaml's own bare parse."""
    if not GENERATOR.is_file():
        return [("streams", "left out: ../shared/bench/gencorpus.py is not here", "")]
    dense, mixed = folder / "dense.stream", folder / "mixed.stream"
    generate(dense, 5, "workload", "pod", "cronjob")
    generate(mixed, 50)
    bare = bare_parse(dense)
    rows = [("libyaml's bare parse of the dense stream", f"{bare:.0f} MB/s", "the limit of any parser on it")]
    for name, path, selector in (
        ("dense, every workload injected", dense, "every workload"),
        ("mixed, every workload injected", mixed, "every workload"),
        ("mixed, 2 % of the workloads selected", mixed, "app-7"),
    ):
        cost = least(lambda path=path, selector=selector: inject(folder, path, selector))  # type: ignore[misc]  # defaults
        speed = path.stat().st_size / 1e6 / cost.cpu
        rows.append((name, f"{speed:.1f} MB/s, peak {cost.peak:.0f} MB", f"{speed / bare:.2f} x libyaml's bare parse"))
    same = digest(folder, mixed, 1) == digest(folder, mixed, 2)
    rows.append(("`--jobs 2` gives the same bytes", "yes" if same else "NO", "`--jobs 1`"))
    if gigabyte:
        large = folder / "large.stream"
        generate(large, 1000)
        rows.append(("1 GB mixed", f"peak {inject(folder, large, 'every workload').peak:.0f} MB", ""))
    return rows


def plans(folder: Path, pods: int) -> list[tuple[str, str, str]]:
    """What the plan of a large cluster costs, in Pods per second of CPU and in times of a bare search through it."""
    dump = folder / "pods.json"
    podsdump.write(folder, pods, budget=pods * _BUDGET // 10_000)
    scan = bare_scan(dump)
    costs = {rounds: plan(folder, rounds) for rounds in (1, 11, 101, 1001)}
    first, size = costs[1], dump.stat().st_size
    dump.unlink()
    more = [f"{rounds}: {100 * (cost.cpu / first.cpu - 1):+.0f} %" for rounds, cost in costs.items() if rounds > 1]
    speed = f"{pods / first.cpu:,.0f} Pods/s, {size / 1e6 / first.cpu:.0f} MB/s, peak {first.peak:.0f} MB"
    return [
        (
            f"`plan` of {pods:,} Pods, {size / 1e6:,.0f} MB, one round",
            f"{speed}; {first.wall:.0f} s on the wall",
            f"{first.cpu / scan:.1f} x a bare search for its line breaks",
        ),
        (f"`plan` of {pods:,} Pods, more rounds", ", ".join(more), "CPU with `--rounds 1`"),
    ]


def plan(folder: Path, rounds: int) -> Cost:
    """Plan the rollout over a dump."""
    words = ["--sidecarset", str(folder / "sidecarset.yaml"), "--from", str(folder / "before.yaml")]
    return cost([str(SIDECARCTL), "plan", *words, "--cluster", str(folder / "pods.json"), "--rounds", str(rounds)])


def bare_scan(path: Path) -> float:
    """Return the seconds of CPU that it takes to read a file and count its line breaks."""
    start = time.process_time()
    with path.open("rb", buffering=0) as file:
        while block := file.read(PIECE):
            block.count(b"\n")
    return time.process_time() - start


def inject(folder: Path, path: Path, selector: str) -> Cost:
    """Inject into a stream in one process."""
    sets = str(folder / f"{selector}.yaml")
    return cost([str(SIDECARCTL), "inject", "-q", "--jobs", "1", "-f", str(path), "--sidecarset", sets])


def digest(folder: Path, path: Path, jobs: int) -> str:
    """Return the digest of what injection in some processes prints."""
    command = [str(SIDECARCTL), "inject", "-q", "--jobs", str(jobs), "-f", str(path)]
    command += ["--sidecarset", str(folder / "every workload.yaml")]
    return hashlib.sha256(subprocess.run(command, check=True, capture_output=True).stdout).hexdigest()  # noqa: S603 - ours


def paired(command: list[str], other: list[str]) -> float:
    """Return the least CPU of a command, in times of the least of another; both in turn."""
    pairs = [(cost(command).cpu, cost(other).cpu) for _ in range(RUNS + 1)][1:]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


def least(run: Callable[[], Cost]) -> Cost:
    """Return the cheapest of a few runs."""
    return min((run() for _ in range(3)), key=lambda found: found.cpu)


def cost(command: list[str]) -> Cost:
    """Run a command and return what the operating system accounted to it.

    A small process starts it: a child's peak begins with the size of what forked it, and ours is large.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *command]
    start = time.monotonic()
    ran = subprocess.run(launcher, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - our words
    cpu, peak = ran.stdout.split()
    return Cost(float(cpu), float(peak) * (1 if sys.platform == "darwin" else 1024) / 1e6, time.monotonic() - start)


def bare_parse(path: Path) -> float:
    """Return how many megabytes of a stream libyaml parses in a second of CPU, building nothing."""
    texts = [chunk.data.decode() for chunk in chunks([path.read_bytes()], "")]

    def seconds() -> float:
        start = time.process_time()
        for text in texts:
            events_counted(text)
        return time.process_time() - start

    return path.stat().st_size / 1e6 / min(seconds() for _ in range(3))


def generate(path: Path, megabytes: int, *kinds: str) -> None:
    """Write a stream, the same each time."""
    subprocess.run([sys.executable, str(GENERATOR), str(path), str(megabytes), *kinds], check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main())
