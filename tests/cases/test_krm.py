"""The KRM function: each NAME.in under testdata/krm is a ResourceList on stdin, NAME.out what `fn` answers.

NAME.out begins with the exit code; then comes stderr, and behind a line `---- stdout` the output, to the byte.
"""

from pathlib import Path

import pytest
from commandline import executed
from doors.api import InvalidFunctionConfig, function_config
from doors.shell import schema
from jsonschema import Draft202012Validator

INPUTS = sorted((Path(__file__).parent.parent.parent / "testdata" / "krm").glob("*.in"))
BORDER = b"---- stdout\n"


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_function(path: Path, update: bool) -> None:  # noqa: FBT001 - a fixture
    ran = executed(["fn"], path.read_bytes())
    answer = b"exit %d\n" % ran.code + ran.stderr + BORDER + ran.stdout
    expected = path.with_suffix(".out")
    if update:
        expected.write_bytes(answer)
    assert answer == expected.read_bytes()


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_a_host_cannot_take_a_failure_for_a_pass(path: Path) -> None:
    """Test that a pass has an output: kpt takes exit 0 for a pass, and kustomize empty output for no resources."""
    ran = executed(["fn"], path.read_bytes())
    assert ran.code in {0, 1, 2}
    assert bool(ran.stdout) == (ran.code != 2)
    assert (b"severity: error" in ran.stdout or b'"severity": "error"' in ran.stdout) == (ran.code == 1)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_items_of_a_failure_are_as_they_came(path: Path) -> None:
    data = path.read_bytes()
    ran = executed(["fn"], data)
    if ran.code == 1:
        assert ran.stdout.startswith(data.partition(b"results:")[0].rstrip())


SPECS: tuple[dict[str, object], ...] = (
    {},
    {"mode": "check", "failOn": "warning"},
    {"mode": "injekt"},
    {"mod": "check"},
    {"sidecarSets": {"fromItems": False, "inline": [{}]}},
    {"sidecarSets": {"fromItems": "no"}},
    {"sidecarSets": {"from": True}},
    {"sidecarSets": {"inline": ["text"]}},
    {"namespaces": [{}], "systemNamespaces": "include"},
    {"namespaces": {}},
    {"defaults": "yes"},
    {"defaults": True, "timestamp": "2026-01-02T03:04:05Z", "kruiseVersion": "1.9", "emitSidecarSets": "drop"},
    {"timestamp": 5},
    {"featureGates": {"A": True}},
    {"featureGates": {"A": "true"}},
)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_schema_says_what_the_function_takes(spec: dict[str, object]) -> None:
    config = {"apiVersion": "fn.sidecarctl.dev/v1alpha1", "kind": "SidecarInjector", "spec": spec}
    try:
        function_config(config)
        is_taken = True
    except InvalidFunctionConfig:
        is_taken = False
    assert Draft202012Validator(schema("SidecarInjector")).is_valid(config) == is_taken
