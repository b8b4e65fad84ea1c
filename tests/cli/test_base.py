"""`check --base`: the SidecarSet as it was is read from git, wherever it stood."""

import subprocess
from pathlib import Path

import pytest
from commandline import Ran, executed

SET = """\
apiVersion: apps.kruise.io/v1beta1
kind: SidecarSet
metadata:
  name: {name}
spec:
  selector: {{matchLabels: {{app: web}}}}
  containers:
  - name: agent
    image: agent:1.4
"""
ADDED = "  - name: late\n    image: late:1.0\n"
NEW = "[UPD002]"  # a container that the old one does not have


def a_set(name: str = "logs", *, is_changed: bool = False) -> str:
    return SET.format(name=name) + (ADDED if is_changed else "")


def git(*words: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    ended = subprocess.run(  # noqa: S603 - our own words
        ["git", *identity, *words],  # noqa: S607 - the one that the command finds
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository whose first commit, tagged `before`, has a SidecarSet."""
    top = tmp_path / "repository"
    top.mkdir()
    monkeypatch.chdir(top)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # where a hook runs these tests
        monkeypatch.delenv(name, raising=False)
    git("init", "--quiet")
    write("deploy/set.yaml", a_set())
    write("deploy/other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n")
    commit()
    git("tag", "before")
    return top


def checked(*arguments: str) -> Ran:
    return executed(["check", *arguments])


def finds_the_change(ran: Ran) -> bool:
    assert ran.code in {0, 1}, ran.stderr.decode()
    return NEW in ran.stdout.decode()


def test_a_change_in_the_work_tree() -> None:
    write("deploy/set.yaml", a_set(is_changed=True))
    assert finds_the_change(checked("--base", "before", "deploy"))
    assert finds_the_change(checked("--base", "HEAD", "deploy/set.yaml"))
    assert not finds_the_change(checked("deploy"))


@pytest.mark.parametrize("ref", ["before", "HEAD~1", "@{u}", "sha"])
def test_a_change_that_is_committed(ref: str) -> None:
    first = git("rev-parse", "HEAD")
    git("branch", "upstream")
    git("branch", "--set-upstream-to", "upstream")
    write("deploy/set.yaml", a_set(is_changed=True))
    commit()
    assert finds_the_change(checked("--base", first if ref == "sha" else ref, "deploy"))
    assert not finds_the_change(checked("--base", "HEAD", "deploy"))


def test_from_a_sub_folder_and_from_outside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("deploy/set.yaml", a_set(is_changed=True))
    monkeypatch.chdir(repository / "deploy")
    assert finds_the_change(checked("--base", "before", "set.yaml"))
    monkeypatch.chdir(repository.parent)
    assert finds_the_change(checked("--base", "before", "repository/deploy"))


def test_a_new_one_has_no_old() -> None:
    write("deploy/set.yaml", a_set() + "---\n" + a_set("fresh", is_changed=True))
    write("deploy/fresh.yaml", a_set("newer", is_changed=True))
    assert not finds_the_change(checked("--base", "before", "deploy"))


def test_a_renamed_file() -> None:
    git("mv", "deploy/set.yaml", "moved.yaml")
    write("moved.yaml", a_set(is_changed=True))
    assert finds_the_change(checked("--base", "before", "moved.yaml"))
    commit()
    assert finds_the_change(checked("--base", "before", "moved.yaml"))


def test_a_file_that_was_moved_without_a_word_to_git() -> None:
    Path("deploy/set.yaml").unlink()
    write("elsewhere/sets.yaml", a_set("unlike") + "---\n" + a_set(is_changed=True))
    assert finds_the_change(checked("--base", "before", "elsewhere"))


def test_an_object_that_moved_between_files() -> None:
    write("deploy/set.yaml", "# nothing left\n")
    write("deploy/other.yaml", a_set(is_changed=True))
    assert finds_the_change(checked("--base", "before", "deploy"))


def test_a_namesake_that_is_still_there_is_no_old() -> None:
    """Overlays have SidecarSets of one name; a new overlay is new."""
    write("stage/set.yaml", a_set(is_changed=True))
    assert not finds_the_change(checked("--base", "before", "stage", "deploy"))
    assert not finds_the_change(checked("--base", "before", "stage"))


def test_each_namesake_has_its_own_old() -> None:
    write("stage/set.yaml", a_set(is_changed=True))
    commit()
    git("tag", "both")
    write("deploy/set.yaml", a_set(is_changed=True))
    found = checked("--base", "both", "stage", "deploy", "--report", "github").stdout.decode()
    assert [line for line in found.splitlines() if "UPD002" in line and "file=deploy/set.yaml" in line]
    assert not [line for line in found.splitlines() if "UPD002" in line and "file=stage/set.yaml" in line]


@pytest.mark.parametrize("name", ["a b.yaml", "stars*.yaml", ":top.yaml", "-dash.yaml", "ümlaut.yaml", "x:y.yaml"])
def test_names_that_git_reads_otherwise(name: str) -> None:
    write(f"odd/{name}", a_set())
    commit()
    git("tag", "odd")
    write(f"odd/{name}", a_set(is_changed=True))
    assert finds_the_change(checked("--base", "odd", "odd"))
    Path(f"odd/{name}").rename(f"odd/again-{name}")
    assert finds_the_change(checked("--base", "odd", "odd"))


def test_a_link_is_what_it_points_to() -> None:
    Path("link.yaml").symlink_to("deploy/set.yaml")
    commit()
    git("tag", "linked")
    write("deploy/set.yaml", a_set(is_changed=True))
    assert finds_the_change(checked("--base", "linked", "link.yaml"))


def test_two_repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "second").mkdir()
    write("deploy/set.yaml", a_set(is_changed=True))
    monkeypatch.chdir(tmp_path / "second")
    git("init", "--quiet")
    write("set.yaml", a_set())
    commit()
    git("tag", "before")
    write("set.yaml", a_set(is_changed=True))
    ran = checked("--base", "before", "set.yaml", "../repository/deploy", "--report", "github")
    assert ran.stdout.decode().count("UPD002") == 2


def test_a_base_that_cannot_be_read_is_said() -> None:
    write("deploy/set.yaml", a_set() + "x: {\n")
    commit()
    git("tag", "broken")
    write("deploy/set.yaml", a_set(is_changed=True))
    ran = checked("--base", "broken", "deploy")
    assert not finds_the_change(ran)
    assert "sidecarctl: warning: broken:deploy/set.yaml:" in ran.stderr.decode()


MISTAKES = {
    "unknown": (["--base", "nowhere", "deploy"], "no commit, branch or tag called nowhere"),
    "a flag": (["--base=--output=x", "deploy"], "--output=x is none"),
    "empty": (["--base=", "deploy"], "an empty text is none"),
    "both": (["--base=before", "--old", "deploy/set.yaml", "deploy"], "give one of them"),
    "a blob": (["--base=before:deploy/set.yaml", "deploy"], "no commit, branch or tag"),
    "no sets": (["--base=nowhere", "deploy/other.yaml"], "no commit, branch or tag called nowhere"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_cannot_be_meant(mistake: str) -> None:
    arguments, told = MISTAKES[mistake]
    ran = checked(*arguments)
    assert (ran.code, ran.stdout) == (2, b"")
    assert told in ran.stderr.decode()


def test_stdin_has_no_earlier_version() -> None:
    ran = executed(["check", "--base", "before", "-"], a_set().encode())
    assert ran.code == 2
    assert "--old" in ran.stderr.decode()


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    write("set.yaml", a_set())
    ran = checked("--base", "before", "set.yaml")
    assert ran.code == 2
    assert "not a git repository" in ran.stderr.decode()


def test_no_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    ran = checked("--base", "before", "deploy")
    assert ran.code == 5
    assert "git, which is not installed" in ran.stderr.decode()


def test_the_warnings_about_a_change_too() -> None:
    write("deploy/set.yaml", a_set().replace("agent:1.4", "agent:latest"))
    assert "[WRN022]" in checked("--base", "before", "deploy").stdout.decode()


PROGRAMS = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.editor",
    "core.pager",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "pager.diff",
    "pager.grep",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "credential.helper",
    "uploadpack.packObjectsHook",
)


@pytest.fixture
def marker(tmp_path: Path) -> tuple[Path, Path]:
    """A program, and the file that it leaves when something runs it."""
    program, left = tmp_path / "program", tmp_path / "left"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {left}\n', encoding="utf-8")
    program.chmod(0o755)
    return program, left


def test_runs_no_program_that_the_configuration_names(marker: tuple[Path, Path]) -> None:
    program, left = marker
    write(".gitattributes", "*.yaml diff=evil filter=evil merge=evil\n")
    commit()
    for name in PROGRAMS:
        git("config", name, f"{program} {name}")
    hooks = program.parent / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).symlink_to(program)
    git("config", "core.hooksPath", str(hooks))
    write("deploy/set.yaml", a_set(is_changed=True))
    ended = executed(["check", "--base", "HEAD", "-R", "-f", "."])
    assert ended.code == 1
    assert NEW in ended.stdout.decode()
    assert not left.exists()


def test_a_bare_repository_in_the_tree_is_no_repository(marker: tuple[Path, Path]) -> None:
    program, left = marker
    write("evil/HEAD", "ref: refs/heads/main\n")
    write("evil/config", f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {program}\n\tpager = {program}\n")
    for folder in ("evil/objects/info", "evil/refs/heads"):
        write(f"{folder}/keep", "")
    write("evil/set.yaml", a_set(name="inner"))
    commit()
    write("evil/set.yaml", a_set(name="inner", is_changed=True))
    ended = executed(["check", "--base", "HEAD", "-R", "-f", "."])
    assert NEW in ended.stdout.decode()
    assert not left.exists()


def test_fetches_nothing(marker: tuple[Path, Path]) -> None:
    program, left = marker
    git("config", "remote.origin.url", f"ext::{program} %S")
    git("config", "remote.origin.promisor", "true")
    git("config", "remote.origin.partialclonefilter", "blob:none")
    git("config", "extensions.partialClone", "origin")
    git("config", "protocol.ext.allow", "always")
    blob = git("rev-parse", "HEAD:deploy/set.yaml")
    (Path(".git/objects") / blob[:2] / blob[2:]).unlink()
    write("deploy/set.yaml", a_set(is_changed=True))
    assert executed(["check", "--base", "HEAD", "deploy/set.yaml"]).code == 5
    assert not left.exists()


def test_a_hook_of_git_may_run_it(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    write("deploy/set.yaml", a_set(is_changed=True))
    monkeypatch.chdir("deploy")
    assert NEW in executed(["check", "--base", "HEAD", "set.yaml"]).stdout.decode()
