"""`plan -o pods`: the Pods that change, as they are afterwards, whatever they were read from."""

import json
from pathlib import Path

from casefolder import TESTDATA
from commandline import executed
from shortpods import kubectl_list, pods_of, value_of

import sidecarctl

FOLDER = TESTDATA / "rollout" / "manual-partition-50"
ARGUMENTS = ["plan", "--sidecarset", f"{FOLDER}/sidecarset.yaml", "--from", f"{FOLDER}/before.yaml", "-o", "pods"]
LONG = 1024 * 1024  # bytes of a dump from which on only some fields of a Pod are read


def test_a_long_dump_gives_the_whole_pods(tmp_path: Path) -> None:
    pods = pods_of(FOLDER)
    for pod in pods:
        pod["spec"]["dnsConfig"] = {"searches": ["example.com"] * 600}
        del pod["metadata"]["namespace"]
    (tmp_path / "dump.json").write_bytes(kubectl_list(pods))
    (tmp_path / "lines.json").write_text("".join(f"{json.dumps(pod)}\n" for pod in pods))
    assert (tmp_path / "dump.json").stat().st_size > LONG
    whole, lines = (
        executed([*ARGUMENTS, "-n", "shop", "--cluster", str(tmp_path / name)]) for name in ("dump.json", "lines.json")
    )
    assert whole.code == lines.code == 0, whole.stderr
    assert whole.stdout == lines.stdout
    assert whole.stdout.count(b"kind: Pod") == 50
    assert whole.stdout.count(b"dnsConfig:") == whole.stdout.count(b"namespace: shop") == 50


def test_they_are_those_of_the_library(tmp_path: Path) -> None:
    pods = pods_of(FOLDER)
    (tmp_path / "dump.json").write_bytes(kubectl_list(pods))
    (tmp_path / "after.yaml").write_bytes(executed([*ARGUMENTS, "--cluster", str(tmp_path / "dump.json")]).stdout)
    made = sidecarctl.plan(value_of(FOLDER / "sidecarset.yaml"), pods)
    changed = {name for round_ in made.rounds for name in round_.pods}
    expected = [pod for pod in made.final_pods if f"default/{pod['metadata']['name']}" in changed]
    again = executed(
        ["status", "--sidecarset", f"{FOLDER}/sidecarset.yaml", "-o", "json", str(tmp_path / "after.yaml")]
    )
    assert json.loads(again.stdout)["status"]["updatedPods"] == len(expected) == 50


def test_a_saved_plan_holds_no_pods(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_bytes(kubectl_list(pods_of(FOLDER)))
    saved = executed([*ARGUMENTS[:-1], "json", "--cluster", str(tmp_path / "dump.json")])
    (tmp_path / "plan.json").write_bytes(saved.stdout)
    ran = executed(["plan", "-o", "pods", str(tmp_path / "plan.json")])
    assert ran.code == 2
    assert b"a saved plan does not hold" in ran.stderr
