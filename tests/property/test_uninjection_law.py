"""Whatever is injected comes back to the byte; or uninject refuses; or inject has said that it would not.

Nothing is left out but streams that injection refuses (and Pods that carried sidecars before: none are made here).
"""

import json
from pathlib import Path

import pytest
from commandline import Ran
from comparing import meet, same_once_injected, without_empties
from doors.shell import Exit
from doors.yamledit import same
from hypothesis import event, given
from scenes import FEWER, Scene, injected, scenes, values

REPLACED = "INJ004"  # a container; uninject refuses
LOOKALIKE = "INJ006"  # what a SidecarSet brings, too
LOST = {"INJ005", LOOKALIKE, "YML002"}
WRITTEN_OUT = "YML001"  # an alias; perhaps the very text that it stood for comes and goes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@FEWER
@given(scenes())
def test_injection_is_undone_or_says_that_it_cannot_be(folder: Path, scene: Scene) -> None:
    there, said = injected_and_said(folder, scene)

    back = scene.run(folder, "uninject", there.stdout)

    if back.code == Exit.REFUSED:
        event("refused")
        assert b"[UNI00" in back.stderr
        assert meet(values(scene.data), scene.sets)
    else:
        assert back.code == Exit.OK, back.stderr.decode()
        has_come_back = back.stdout == scene.data
        event("the same bytes" if has_come_back else "injection has said what is lost")
        assert has_come_back or said & {WRITTEN_OUT, *LOST}
        assert REPLACED not in said or WRITTEN_OUT in said
        assert not has_come_back or not said & LOST


@FEWER
@given(scenes())
def test_what_is_lost_changes_little(folder: Path, scene: Scene) -> None:
    there, said = injected_and_said(folder, scene)

    back = scene.run(folder, "uninject", there.stdout)

    if back.code == Exit.OK and not said & {REPLACED, LOOKALIKE}:
        assert same(without_empties(values(back.stdout)), without_empties(values(scene.data)))
    elif back.code == Exit.OK and REPLACED not in said:
        again = injected(folder, scene._replace(data=back.stdout))
        assert same_once_injected(values(again.stdout), values(there.stdout))


def injected_and_said(folder: Path, scene: Scene) -> tuple[Ran, set[str]]:
    """How injection ended, and the codes of its findings, which are not all in the text for a person."""
    report = folder / "report.json"
    ran = injected(folder, scene, f"--report=json={report}")
    return ran, {finding["code"] for finding in json.loads(report.read_bytes())["findings"]}
