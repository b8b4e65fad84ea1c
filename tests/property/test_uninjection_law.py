"""What injection only added is taken out again without a trace; elsewhere uninject says so, and never silently errs."""

from pathlib import Path

import pytest
from commandline import Ran
from comparing import has_empties, meet, unordered, without_empties
from hypothesis import event, given
from scenes import FEWER, Scene, injected, scenes, values

from sidecarctl.shell.exits import Exit
from sidecarctl.yamledit.value import same

REPLACED = b"[INJ004]"  # injection has said that a container cannot come back


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@FEWER
@given(scenes())
def test_what_was_added_goes_without_a_trace(folder: Path, scene: Scene) -> None:
    there = injected(folder, scene)

    back = scene.run(folder, "uninject", there.stdout)

    before = values(scene.data)
    if back.code == Exit.REFUSED:
        assert b"[UNI00" in back.stderr
        assert meet(before, scene.sets)
    elif meet(before, scene.sets):
        assert back.code == Exit.OK, back.stderr.decode()
        assert REPLACED in there.stderr or is_the_same_once_injected(folder, scene._replace(data=back.stdout), there)
    else:
        assert back.code == Exit.OK, back.stderr.decode()
        assert same(without_empties(values(back.stdout)), without_empties(before))
        if not has_empties(before) and not scene.has_anchors and not scene.ends_open:
            event("the same bytes")
            assert back.stdout == scene.data


def is_the_same_once_injected(folder: Path, scene: Scene, there: Ran) -> bool:
    """Whether what is left may well be what there was: nothing tells the pod's own from what the set brings, too."""
    again = injected(folder, scene)
    return same(unordered(values(again.stdout)), unordered(values(there.stdout)))
