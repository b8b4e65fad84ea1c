import pytest
from doors.api import Prefilter

BY_LABEL = Prefilter([{"app", "web"}])
POD = b"apiVersion: v1\nkind: Pod\nmetadata: {labels: {app: web}}\nspec: {containers: []}\n"


@pytest.mark.parametrize(
    "data",
    [
        POD,
        b"---\n" + POD,
        b"kind: Pod\n" + POD.replace(b"kind: Pod\n", b""),
        POD.replace(b"containers", b"initContainers"),
        POD.replace(b"containers", b"volumes"),  # a Pod without containers is reported
        POD + b"kind: ConfigMap\n",  # twice: for the parser to refuse
        b"\\u0073pec",
        POD.replace(b"web", b'"w\\\n  eb"'),
        POD.replace(b"web", b"!!binary d2Vi"),
        POD.replace(b"web", b"!<tag:yaml.org,2002:binary> d2Vi"),
        b"text: {{ .Values.text }}",
        b"text: {% if text %}",
        "kind: Pod".encode("utf-16-le"),
    ],
)
def test_what_may_be_a_target_is_read(data: bytes) -> None:
    assert BY_LABEL.may_concern(data)


@pytest.mark.parametrize(
    "data",
    [
        POD.replace(b"web", b"job"),
        POD.replace(b"Pod", b"ConfigMap"),
        b"kind: ConfigMap\n" + POD.replace(b"kind: Pod\n", b""),
        POD.replace(b"kind: Pod", b"kind: 'ConfigMap'"),
        b"text: {a: {b: }}",
        POD.replace(b"web", b"job") + b"text: |\n  run \\\n  it\n",
    ],
)
def test_what_cannot_be_a_target_is_passed_over(data: bytes) -> None:
    assert not BY_LABEL.may_concern(data)


@pytest.mark.parametrize("labels", [[{"app", "web"}], [{"app.kubernetes.io/name", "web"}, {"tier"}], [set()], []])
@pytest.mark.parametrize(
    "data",
    [
        POD,
        POD.replace(b"containers", b"initContainers"),
        POD.replace(b"containers", b"volumes"),  # a Pod without containers is reported
        b"\\u0073pec",
        b"{{ .Values }}",
        b"a\0b",
        b"{% if %}",
        POD.replace(b"app", b"\\x61pp"),
        POD.replace(b"web", b'"w\\\n  eb"'),
    ],
)
def test_what_is_read_has_a_place_in_every_stream(labels: list[set[str]], data: bytes) -> None:
    prefilter = Prefilter(labels)
    before, after = b"kind: Service\n---\n", b"\n---\nkind: Service\n"
    stream = before + data + after

    places = prefilter.places(stream, len(stream))

    assert not prefilter.may_concern(data) or any(0 <= place - len(before) < len(data) for place in places)
    assert not prefilter.places(stream, len(before))
    assert not [place for place in places if place >= len(before) + len(data)]
