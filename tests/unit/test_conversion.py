import copy

from doors.upstream import SidecarSet, to_v1alpha1, to_v1beta1

OLD: SidecarSet = {
    "apiVersion": "apps.kruise.io/v1alpha1",
    "kind": "SidecarSet",
    "metadata": {"name": "s", "labels": {"apps.kruise.io/sidecarset-custom-version": "v1", "team": "x"}},
    "spec": {"namespace": "prod", "namespaceSelector": {"matchLabels": {"a": "b"}}, "containers": [{"name": "c"}]},
}


def test_a_namespace_becomes_the_selector_and_the_label_a_field() -> None:
    before = copy.deepcopy(OLD)
    assert to_v1beta1(OLD) == {
        "apiVersion": "apps.kruise.io/v1beta1",
        "kind": "SidecarSet",
        "metadata": {"name": "s", "labels": {"team": "x"}},
        "spec": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "prod"}},
            "containers": [{"name": "c"}],
            "customVersion": "v1",
        },
    }
    assert before == OLD


def test_the_way_back_keeps_the_selector() -> None:
    back = to_v1alpha1(to_v1beta1(OLD))
    assert back["metadata"]["labels"] == OLD["metadata"]["labels"]
    assert "namespace" not in back["spec"]
    assert back["spec"]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "prod"}}


def test_a_selector_without_a_namespace_stays() -> None:
    given: SidecarSet = {
        "apiVersion": "apps.kruise.io/v1alpha1",
        "spec": {"namespace": "", "namespaceSelector": {"matchLabels": {"a": "b"}}},
    }
    assert to_v1beta1(given)["spec"] == {"namespaceSelector": {"matchLabels": {"a": "b"}}}


def test_an_empty_label_goes_and_no_labels_are_left() -> None:
    labels = {"apps.kruise.io/sidecarset-custom-version": ""}
    given: SidecarSet = {"apiVersion": "apps.kruise.io/v1alpha1", "metadata": {"labels": labels}, "spec": {}}
    assert to_v1beta1(given) == {"apiVersion": "apps.kruise.io/v1beta1", "metadata": {}, "spec": {}}


def test_what_is_of_the_version_already_comes_back_itself() -> None:
    assert to_v1alpha1(OLD) is OLD
    newer = to_v1beta1(OLD)
    assert to_v1beta1(newer) is newer
