import json
from typing import Any

import pytest
from doors.sidecarset import Options, encoded_entries, injected_list, recorded_entries
from doors.upstream import EPOCH, HASH, HASH_WITHOUT_IMAGE, INJECTED_LIST
from injecting import annotations, container, injected, pod, sidecar_set

from sidecarctl.finding import InjectionRefused

SIDE = [container("side", image="side:v1")]
HASH_OF_SIDE = "64d25dzzdz675284vc4z26c9f65bv2zvdvz6zbzc5xwd8c84dz8x4zx7v72d6wd6"
WITHOUT_IMAGE = "487f8z7d9f29bxbbvcwcz4z54x2db6wdcwf4x6bd2ddf6fw485594c96f867x7w2"
ENTRY = f'{{"updateTimestamp":"{EPOCH}","hash":"{HASH_OF_SIDE}","sidecarSetName":"s","sidecarList":["side"]}}'


def annotated(**values: str) -> Any:  # noqa: ANN401 - a pod
    return pod(
        metadata={
            "annotations": {f"kruise.io/sidecarset-{key.replace('_', '-')}": text for key, text in values.items()}
        }
    )


def test_the_exact_text_of_a_first_injection() -> None:
    written = annotations(injected(pod(), sidecar_set(containers=SIDE)))
    assert written == {
        HASH: f'{{"s":{ENTRY}}}',
        HASH_WITHOUT_IMAGE: f'{{"s":{ENTRY.replace(HASH_OF_SIDE, WITHOUT_IMAGE)}}}',
        INJECTED_LIST: "s",
    }


def test_the_revision_stands_last_and_only_in_the_first() -> None:
    written = annotations(injected(pod(), sidecar_set(containers=SIDE, status={"latestRevision": "s-abc"})))
    assert written[HASH].endswith('"sidecarList":["side"],"controllerRevision":"s-abc"}}')
    assert "controllerRevision" not in written[HASH_WITHOUT_IMAGE]


def test_the_list_of_sidecars_leaves_plain_init_containers_out() -> None:
    init = [container("plain"), container("native", restartPolicy="Always")]
    given = sidecar_set(initContainers=init, containers=[container("z"), container("a")])
    entry = json.loads(annotations(injected(pod(), given))[HASH])["s"]
    assert entry["sidecarList"] == ["a", "native", "z"]
    only_plain = sidecar_set(initContainers=init[:1])
    assert '"sidecarList":[]' in annotations(injected(pod(), only_plain))[HASH]


def test_a_set_without_containers_is_named_but_not_recorded() -> None:
    written = annotations(injected(pod(), sidecar_set("b", containers=SIDE), sidecar_set("a")))
    assert written[INJECTED_LIST] == "a,b"
    assert list(json.loads(written[HASH])) == ["b"]


@pytest.mark.parametrize(
    ("recorded", "timestamp", "expected"),
    [
        (HASH_OF_SIDE, None, "2026-02-03T04:05:06Z"),
        ("other", None, EPOCH),
        (HASH_OF_SIDE, "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ],
)
def test_timestamps(recorded: str, timestamp: str | None, expected: str) -> None:
    given = annotated(hash=json.dumps({"s": {"updateTimestamp": "2026-02-03T04:05:06Z", "hash": recorded}}))
    made = injected(given, sidecar_set(containers=SIDE), options=Options(timestamp=timestamp))
    assert json.loads(annotations(made)[HASH])["s"]["updateTimestamp"] == expected


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        (
            '{"o":{"updateTimestamp":"2026-01-01T01:30:00.9+02:00","hash":"<h>","sidecarSetName":"o","extra":1}}',
            r'{"o":{"updateTimestamp":"2025-12-31T23:30:00Z","hash":"\u003ch\u003e","sidecarSetName":"o","sidecarList":null}}',
        ),
        ('{"o":"h"}', '{"o":{"updateTimestamp":null,"hash":"h","sidecarSetName":"o","sidecarList":null}}'),
        ('{"o":null}', '{"o":{"updateTimestamp":null,"hash":"","sidecarSetName":"","sidecarList":null}}'),
        (
            '{"o":{"HASH":"h","sidecarList":["a",null],"updateTimestamp":"0001-01-01T00:00:00Z"}}',
            '{"o":{"updateTimestamp":null,"hash":"h","sidecarSetName":"","sidecarList":["a",""]}}',
        ),
        ("", "{}"),
        (" {} ", "{}"),
    ],
)
def test_entries_of_others_are_rewritten_through_the_type(text: str, rewritten: str) -> None:
    assert encoded_entries(recorded_entries({}, {HASH: text}, HASH)) == rewritten


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":{"hash":"h"},"b":"h"}', "json: cannot unmarshal object into Go value of type string"),
        ("[]", "json: cannot unmarshal array into Go value of type map[string]string"),
        ('{"a":{"updateTimestamp":"yesterday"}}', "json: cannot unmarshal object into Go value of type string"),
        ('{"a":1}', "json: cannot unmarshal number into Go value of type string"),
        ("garbage", "invalid character 'g' looking for beginning of value"),
        ('{"a":NaN}', "invalid character 'N' looking for beginning of value"),
        ('{"a":"x"}}', "invalid character '}' after top-level value"),
        ('{"a":{"hash":"x"}', "unexpected end of JSON input"),
    ],
)
def test_unreadable_annotations_refuse_the_pod(text: str, reason: str) -> None:
    with pytest.raises(InjectionRefused) as refused:
        injected(annotated(hash=text), sidecar_set(containers=SIDE))
    start = f"pod(n/p) invalid annotations[{HASH}] value {text}, unmarshal failed: "
    assert str(refused.value) == start + reason


@pytest.mark.parametrize(
    ("text", "timestamp", "recorded_hash", "sidecars"),
    [
        ('{"a":{"hash":"x","HASH":null,"sidecarList":["b"],"SidecarList":null}}', None, "x", None),
        ('{"a":{"updateTimestamp":"2026-01-01T00:00:00Z","UpdateTimestamp":null}}', None, "", None),
        ('{"a":{"Hash":"x","hash":"y","sidecarlist":[null]}}', None, "y", ("",)),
    ],
)
def test_of_fields_in_several_spellings_the_last_counts(
    text: str, timestamp: str | None, recorded_hash: str, sidecars: tuple[str, ...] | None
) -> None:
    entry = recorded_entries({}, {HASH: text}, HASH)["a"]
    assert (entry.timestamp, entry.hash, entry.sidecars) == (timestamp, recorded_hash, sidecars)


def test_each_spelling_of_a_field_must_be_readable() -> None:
    with pytest.raises(InjectionRefused):
        recorded_entries({}, {HASH: '{"a":{"updateTimestamp":"never","UpdateTimestamp":null}}'}, HASH)


def test_null_refuses_the_pod_even_where_nothing_would_be_injected() -> None:
    with pytest.raises(InjectionRefused):
        injected(annotated(hash_without_image="null"), sidecar_set())


def test_nothing_is_lost_between_the_commas_of_the_list() -> None:
    assert injected_list({INJECTED_LIST: " b,a,,a"}, ["s"]) == ", b,a,s"
    assert injected_list({}, ["b", "a", "b"]) == "a,b"
