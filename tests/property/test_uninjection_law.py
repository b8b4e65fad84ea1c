"""What injection only added is taken out again without a trace; elsewhere uninject says so, and never errs in silence."""

from pathlib import Path

import pytest
from comparing import has_empties, meet, unordered, without_empties
from hypothesis import event, given
from scenes import FEWER, Scene, injected, scenes, values

from sidecarctl.shell.exits import Exit
from sidecarctl.yamledit.value import same


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("law")


@FEWER
@given(scenes())
def test_what_was_added_goes_without_a_trace(folder: Path, scene: Scene) -> None:
    output = injected(folder, scene)

    back = scene.run(folder, "uninject", output)

    before, left = values(scene.data), values(back.stdout)
    if meet(before, scene.sets):
        event("a Pod and a SidecarSet have a name in common")
        assert back.code in {Exit.OK, Exit.REFUSED}, back.stderr.decode()
        if back.code == Exit.OK:  # what cannot be told from the set's own is taken for it: injected again, it is there
            again = injected(folder, scene._replace(data=back.stdout))
            assert same(unordered(values(again)), unordered(values(output)))
        else:
            assert b"[UNI00" in back.stderr
        return
    assert back.code == Exit.OK, back.stderr.decode()
    assert same(without_empties(left), without_empties(before))
    if not has_empties(before) and not scene.has_anchors and not scene.ends_open:
        event("the same bytes")
        assert back.stdout == scene.data
