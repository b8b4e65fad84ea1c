"""Rights of files that are written: owner, mode, ACL, attributes and hard links stay, or it is refused."""

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from commandline import Ran, executed
from doors.shell import atomic_files as atomic
from doors.shell import file_rights
from small_manifests import POD, SET

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: web}
"""
INJECT = ["inject", "--sidecarset", "set.yaml", "-q"]
ACL = "system.posix_acl_access"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("set.yaml").write_text(SET, encoding="utf-8")
    Path("a.yaml").write_text(POD, encoding="utf-8")
    Path("a.yaml").chmod(0o640)
    return tmp_path


def tool(*words: str) -> str:
    """Run a tool of the machine; skip where there is none, or its file system has no such thing."""
    if not shutil.which(words[0]):
        pytest.skip(f"needs {words[0]}")
    ended = subprocess.run(words, capture_output=True, check=False, text=True)  # noqa: S603 - ours
    if ended.returncode:
        pytest.skip(f"{words[0]}: {ended.stderr.strip()}")
    return ended.stdout


def rights(path: str) -> str:
    return tool("getfacl", "--omit-header", "--numeric", path)


def is_injected(path: str = "a.yaml") -> bool:
    return "log-agent" in Path(path).read_text(encoding="utf-8")


def in_place(*flags: str) -> Ran:
    return executed([*INJECT, "-i", *flags, "a.yaml"])


def test_an_acl_stays() -> None:
    tool("setfacl", "-m", "u:1000:rw,g:1001:r", "a.yaml")
    before = rights("a.yaml")
    assert in_place().code == 0
    assert is_injected()
    assert rights("a.yaml") == before
    assert "user:1000:rw-" in before


def test_the_default_acl_of_a_folder_widens_no_file(folder: Path) -> None:
    before = rights("a.yaml")
    tool("setfacl", "-d", "-m", "u:1000:rw,g::rwx", str(folder))
    assert in_place().code == 0
    assert rights("a.yaml") == before


def test_extended_attributes_stay() -> None:
    tool("setfattr", "-n", "user.team", "-v", "shop", "a.yaml")
    assert in_place().code == 0
    assert os.getxattr("a.yaml", "user.team") == b"shop"


@pytest.mark.parametrize("name", ["user.team", ACL])
def test_an_attribute_that_cannot_be_kept_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool("setfattr", "-n", "user.team", "-v", "shop", "a.yaml")
    tool("setfacl", "-m", "u:1000:rw", "a.yaml")
    working = os.setxattr

    def setting(path: Any, attribute: str, value: bytes) -> None:  # noqa: ANN401 - a path or a descriptor
        if attribute == name:
            raise PermissionError(1, os.strerror(1))
        working(path, attribute, value)

    monkeypatch.setattr(os, "setxattr", setting)
    ended = in_place()
    assert ended.code == 5
    assert b"a.yaml: its " in ended.stderr
    assert b"cannot be kept; --break-links writes it without" in ended.stderr
    assert not is_injected()
    assert sorted(path.name for path in Path().iterdir()) == ["a.yaml", "set.yaml"]
    assert in_place("--break-links").code == 0
    assert is_injected()
    assert name not in os.listxattr("a.yaml")
    # Without its ACL, the bits of the group would be what the ACL let anybody have.
    assert stat.S_IMODE(Path("a.yaml").stat().st_mode) == (0o600 if name == ACL else 0o660)


@pytest.mark.parametrize("flags", [["-i"], ["--output-dir", "."]])
def test_a_file_of_two_names_is_refused(flags: list[str]) -> None:
    os.link("a.yaml", "same")
    ended = executed([*INJECT, *flags, "a.yaml"])
    assert ended.code == 5
    assert b"a.yaml: a file of 2 names (hard links)" in ended.stderr
    assert not is_injected()
    assert executed([*INJECT, *flags, "--break-links", "a.yaml"]).code == 0
    assert (is_injected(), is_injected("same")) == (True, False)


def test_two_names_of_one_file_that_are_both_written() -> None:
    os.link("a.yaml", "b.yaml")
    assert executed([*INJECT, "-i", "--break-links", "a.yaml", "b.yaml"]).code == 0
    assert (is_injected(), is_injected("b.yaml")) == (True, True)


def test_a_file_of_two_names_that_does_not_change_is_no_error() -> None:
    Path("a.yaml").write_text(POD.replace("app: web", "app: db"), encoding="utf-8")
    os.link("a.yaml", "same")
    assert in_place().code == 0


def test_a_second_name_that_a_killed_run_left_is_no_reason_to_refuse() -> None:
    os.link("a.yaml", ".a.yaml.999999999.sidecarctl.old")
    os.link("a.yaml", f".a.yaml.{os.getppid()}.sidecarctl.old")  # of a process that lives
    assert in_place().code == 0
    assert is_injected()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444])
def test_a_new_file_below_the_output_directory_has_no_wider_rights(mode: int) -> None:
    Path("a.yaml").chmod(mode)
    assert executed([*INJECT, "--output-dir", "out", "a.yaml"]).code == 0
    assert stat.S_IMODE(Path("out/a.yaml").stat().st_mode) & ~mode == 0
    assert stat.S_IMODE(Path("out/a.yaml").stat().st_mode) & 0o400


def test_the_group_of_a_new_file_may_be_another_one(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    (folder / "out").mkdir()
    os.chown("out", 0, 4242)
    Path("out").chmod(0o2755)  # files in it belong to its group
    assert executed([*INJECT, "--output-dir", "out", "a.yaml"]).code == 0
    assert stat.S_IMODE(Path("out/a.yaml").stat().st_mode) == 0o600


def test_what_another_users_file_was_to_its_group_is_not_given_to_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: Any) -> None:  # noqa: ANN401 - any arguments
        raise PermissionError(1, os.strerror(1))

    Path("a.yaml").chmod(0o4664)
    monkeypatch.setattr(os, "fchown", cannot)
    assert in_place().code == 0
    assert stat.S_IMODE(Path("a.yaml").stat().st_mode) == 0o644


def test_rights_are_never_wider_while_a_file_is_written(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    tool("setfacl", "-d", "-m", "u:1000:rwx", str(folder))
    seen: set[int] = set()
    put, keep = atomic.NewContent.put, file_rights.keep_rights

    def look() -> None:
        seen.update(stat.S_IMODE(path.stat().st_mode) for path in folder.glob(".a.yaml.*"))

    def putting(content: atomic.NewContent, piece: bytes) -> None:
        look()
        put(content, piece)

    def keeping(*arguments: Any, **named: Any) -> None:  # noqa: ANN401 - as the function's own
        look()
        keep(*arguments, **named)
        look()

    monkeypatch.setattr(atomic.NewContent, "put", putting)
    monkeypatch.setattr(atomic, "keep_rights", keeping)
    assert in_place().code == 0
    assert seen == {0o600, 0o640}


def test_a_stage_keeps_the_rights_of_its_file() -> None:
    tool("setfacl", "-m", "u:1000:r", "set.yaml")
    before = rights("set.yaml")
    Path("a.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    Path("old.yaml").write_text(SET.replace("1.4", "1.3"), encoding="utf-8")
    stages = ["--from", "old.yaml", "--steps", "50%,100%", "-i", "--step", "1"]
    arguments = ["plan", "-q", "--sidecarset", "set.yaml", *stages, "a.yaml"]
    ended = executed(arguments)
    assert ended.code == 0, ended.stderr.decode()
    assert "partition" in Path("set.yaml").read_text(encoding="utf-8")
    assert rights("set.yaml") == before

    left = Path(".set.yaml.999999999.sidecarctl.old")  # of a run that was killed when all was done
    os.link("set.yaml", left)
    assert executed(arguments).code == 0
    assert not left.exists()


def test_a_report_keeps_the_rights_of_its_file() -> None:
    Path("r.json").write_text("", encoding="utf-8")
    Path("r.json").chmod(0o600)
    tool("setfacl", "-m", "u:1000:r", "r.json")
    os.link("r.json", "same")
    before = rights("r.json")
    assert executed([*INJECT, "a.yaml", "--report=json=r.json"]).code == 0
    assert rights("r.json") == before
    assert Path("same").read_bytes() == Path("r.json").read_bytes() != b""
