import pytest
from doors.upstream import LATEST, gate_is_on, release_for


@pytest.mark.parametrize(
    ("version", "name"),
    [
        (None, "next"),
        ("next", "next"),
        ("1.5", "1.5"),
        ("1.5.5", "1.5"),
        ("v1.6.4", "1.6"),
        ("1.7.4", "1.7"),
        ("1.8", "1.8"),
        ("1.9.0", "1.9"),
        ("1.9.0-alpha1", "1.9"),
    ],
)
def test_a_version_has_the_profile_of_its_minor(version: str | None, name: str) -> None:
    assert release_for(version).name == name


def test_the_tag_1_7_5_is_a_build_of_1_8() -> None:
    assert release_for("1.7.5") is release_for("1.8")


def test_only_1_7_0_lists_plain_init_containers() -> None:
    assert release_for("1.7.0").lists_plain_init_containers
    assert not release_for("1.7.1").lists_plain_init_containers


@pytest.mark.parametrize("version", ["", "1", "1.4", "1.10", "2.0", "1.5.0", "1.9.0.1", "1.x", "latest", "1.٨"])
def test_an_unknown_version_is_refused_with_the_known_ones(version: str) -> None:
    with pytest.raises(ValueError, match=r"known: 1\.5, 1\.6, 1\.7, 1\.8, 1\.9, next$"):
        release_for(version)


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7.0", "1.7", "1.8", "1.9"])
def test_a_profile_speaks_of_facts_that_the_newest_knows(version: str) -> None:
    known, named = set(dir(LATEST)), release_for(version)
    assert set(dir(named)) == known
    assert {type(getattr(named, fact)) for fact in ("name", "go_package", "too_long_is")} == {str}


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        LATEST.go_package = "v2"  # type: ignore[misc]  # mypy sees it, too


def test_gates() -> None:
    assert gate_is_on("PodWebhook", {})
    assert not gate_is_on("PodWebhook", {"PodWebhook": False})
    assert not gate_is_on("EnableSortSidecarContainerByName", {})
    assert gate_is_on("EnableSortSidecarContainerByName", {"EnableSortSidecarContainerByName": True})


def test_a_gate_that_a_release_does_not_know_stays_off() -> None:
    assert not gate_is_on(
        "EnableSortSidecarContainerByName", {"EnableSortSidecarContainerByName": True}, release_for("1.8")
    )


def test_no_metadata_is_patched_without_the_pod_webhook() -> None:
    asked = {"SidecarSetPatchPodMetadataDefaultsAllowed": True}
    assert gate_is_on("SidecarSetPatchPodMetadataDefaultsAllowed", asked)
    assert not gate_is_on("SidecarSetPatchPodMetadataDefaultsAllowed", {**asked, "PodWebhook": False})


def test_the_newest_profile_is_the_default() -> None:
    assert release_for(None) is LATEST
