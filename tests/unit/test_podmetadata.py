from typing import Any

import pytest
from doors.sidecarset import patched_annotations
from injecting import annotations, injected, pod, sidecar_set

from sidecarctl.finding import InjectionRefused


def patch(policy: str | None, **values: str) -> Any:  # noqa: ANN401 - an item of patchPodMetadata
    return {"annotations": values} | ({} if policy is None else {"patchPolicy": policy})


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        ("Retain", {}, "new"),
        ("Retain", {"a": ""}, ""),
        ("Retain", {"a": "old"}, "old"),
        (None, {"a": "old"}, "old"),
        ("", {}, "new"),
        ("Overwrite", {"a": "old"}, "new"),
        ("overwrite", {"a": "old"}, "old"),
        ("MergePatchJson", {}, "new"),
        ("MergePatchJson", {"a": ""}, "new"),
    ],
)
def test_policies(policy: str | None, before: dict[str, str], after: str) -> None:
    assert patched_annotations(before, [patch(policy, a="new")])["a"] == after


def test_an_unknown_policy_writes_nothing() -> None:
    assert patched_annotations({}, [patch("Sometimes", a="new")]) == {}


def test_the_first_merge_writes_the_patch_as_it_is() -> None:
    text = ' {"b": null} not even JSON'
    assert patched_annotations({}, [patch("MergePatchJson", a=text)]) == {"a": text}


def test_several_sidecar_sets_merge_into_one_annotation() -> None:
    sets = [
        sidecar_set(name, patchPodMetadata=[patch("MergePatchJson", cpu=text)])
        for name, text in (("a", '{"log-agent":1}'), ("b", '{"envoy":2}'))
    ]
    assert annotations(injected(pod(), *sets)) == {"cpu": '{"envoy":2,"log-agent":1}'}


@pytest.mark.parametrize(("policies", "value"), [(("Overwrite", "Retain"), "a"), (("Retain", "Overwrite"), "b")])
def test_sidecar_sets_patch_in_their_order(policies: tuple[str, str], value: str) -> None:
    sets = [
        sidecar_set(name, patchPodMetadata=[patch(policy, key=name)])
        for name, policy in zip("ab", policies, strict=True)
    ]
    assert annotations(injected(pod(), *sets)) == {"key": value}


@pytest.mark.parametrize(
    ("current", "sentence"), [("junk", "Invalid JSON Document"), ("null", "Invalid JSON Document")]
)
def test_merging_into_what_is_no_json_refuses_the_pod(current: str, sentence: str) -> None:
    with pytest.raises(InjectionRefused, match=sentence):
        patched_annotations({"a": current}, [patch("MergePatchJson", a="{}")])


def test_a_set_that_only_patches_leaves_no_record_and_nothing_where_it_changes_nothing() -> None:
    only_patches = sidecar_set(patchPodMetadata=[patch("Retain", a="1")])
    assert annotations(injected(pod(), only_patches)) == {"a": "1"}
    same = pod(metadata={"annotations": {"a": "1"}})
    assert injected(same, only_patches).pod is same


def test_a_patched_injected_list_is_merged_and_a_patched_hash_must_be_readable() -> None:
    containers = [{"name": "c", "image": "i:1"}]
    listed = sidecar_set(
        containers=containers, patchPodMetadata=[patch("Overwrite", **{"kruise.io/sidecarset-injected-list": "z"})]
    )
    assert annotations(injected(pod(), listed))["kruise.io/sidecarset-injected-list"] == "s,z"
    junk = sidecar_set(patchPodMetadata=[patch("Overwrite", **{"kruise.io/sidecarset-hash": "junk"})])
    with pytest.raises(InjectionRefused):
        injected(pod(), junk)
