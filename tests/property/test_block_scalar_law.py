"""Block scalars where sidecars are put in: any indicator, and blanks, anchors and commented-out items around them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commandline import executed
from doors.shell import Exit
from hypothesis import given
from hypothesis import strategies as st
from scenes import FEWER, values

RESPELLED = b"YML002"  # injection says that the author's indicator does not come back
SET = """
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: {{name: log-agent}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  containers: [{{name: log-agent, image: "log-agent:1.4", podInjectPolicy: {policy}}}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@st.composite
def pods(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """Draw the text of a Pod whose last value is a block scalar."""
    indent, chomping = draw(st.sampled_from(["", "2"])), draw(st.sampled_from(["", "+", "-"]))
    header = draw(st.sampled_from("|>")) + "".join(draw(st.permutations([indent, chomping])))
    lines = draw(st.lists(st.sampled_from(["foo", "foo  ", "# foo", "  deeper", "- name: m"]), min_size=1, max_size=3))
    lines = ["foo", *lines]  # without an indentation indicator the first line tells the indentation
    blanks = draw(st.lists(st.sampled_from(["", " ", "      ", "        "]), max_size=3))
    anchor = draw(st.sampled_from(["", "&key "]))
    commented = draw(st.sampled_from(["", "  # - name: old\n  #   image: old:1\n"]))
    ending = draw(st.sampled_from(["", "\n", "\n  # - name: off\n", "\n# the end"]))
    content = "\n".join([*(f"      {line}" for line in lines), *blanks])
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  containers:\n"
        f"{commented}  - {anchor}name: m\n    image: web\n    args:\n    - {header}\n{content}{ending}"
    )


@FEWER
@given(pods(), st.sampled_from(["BeforeAppContainer", "AfterAppContainer"]))
def test_values_stay_and_bytes_come_back(folder: Path, text: str, policy: str) -> None:
    path = folder / "set.yaml"
    path.write_text(SET.format(policy=policy), encoding="utf-8")
    rule, data = ["--sidecarset", str(path)], text.encode()

    there = executed(["inject", *rule, "--report", "json"], data)
    again = executed(["inject", *rule], there.stdout)
    back = executed(["uninject", *rule], there.stdout)

    assert (there.code, again.code, back.code) == (Exit.OK, Exit.OK, Exit.OK), (there.stderr, back.stderr)
    assert again.stdout == there.stdout
    assert own_containers(there.stdout) == own_containers(data) == own_containers(back.stdout)
    assert back.stdout == data or RESPELLED in there.stderr


def own_containers(data: bytes) -> list[str]:
    """Return the containers of the Pod in a stream that are its own, as JSON."""
    listed = json.loads(json.dumps(values(data)))
    return [json.dumps(one) for one in listed[0]["spec"]["containers"] if one["name"] != "log-agent"]
