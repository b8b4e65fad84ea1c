import pytest
from doors.upstream import as_encoded, encode, encode_plain, release_for


def test_fields_are_written_as_their_marks_say() -> None:
    container = {"image": "i", "name": "c", "tty": False, "args": [], "securityContext": {}, "env": [{"name": "E"}]}
    assert encode(container, "Container") == (
        '{"name":"c","image":"i","env":[{"name":"E"}],"resources":{},"securityContext":{}}'
    )


def test_pointers_keep_their_zero_values() -> None:
    context = {"runAsUser": 0, "runAsNonRoot": False, "procMount": ""}
    assert encode(context, "SecurityContext") == '{"runAsUser":0,"runAsNonRoot":false,"procMount":""}'


def test_what_is_absent_and_always_written() -> None:
    assert encode({"port": 80}, "GRPCAction") == '{"port":80,"service":null}'
    assert encode({"resource": "limits.cpu"}, "ResourceFieldSelector") == '{"resource":"limits.cpu","divisor":"0"}'
    assert encode({}, "HTTPGetAction") == '{"port":0}'
    assert encode({}, "ProjectedVolumeSource") == '{"sources":null}'
    assert encode({}, "Pod") == '{"metadata":{"creationTimestamp":null},"spec":{"containers":null},"status":{}}'


def test_absent_and_empty_lists_differ_where_go_cannot_omit_them() -> None:
    assert encode(None, "[]SidecarContainer") == "null"
    assert encode([], "[]SidecarContainer") == "[]"


def test_maps_are_sorted_and_quantities_canonical() -> None:
    resources = {"limits": {"memory": "1024Mi", "cpu": 0.5, "x": "1.500"}}
    assert encode(resources, "ResourceRequirements") == '{"limits":{"cpu":"500m","memory":"1Gi","x":"1.500"}}'


def test_times_are_written_in_utc() -> None:
    def created(time: str) -> object:
        return as_encoded({"creationTimestamp": time}, "ObjectMeta")

    assert created("2024-03-01T00:09:09.99+08:00") == {"creationTimestamp": "2024-02-29T16:09:09Z"}
    assert created("2023-12-31T23:00:00-02:30") == {"creationTimestamp": "2024-01-01T01:30:00Z"}
    assert created("0001-01-01T00:00:00Z") == {"creationTimestamp": None}


def test_go_s_escapes() -> None:
    assert encode_plain('<a>&"\\\u2028\u2029\b\f\n\r\t\x01\x7fé') == (
        '"\\u003ca\\u003e\\u0026\\"\\\\\\u2028\\u2029\\b\\f\\n\\r\\t\\u0001\x7fé"'
    )


def test_releases_built_with_an_older_go_have_no_short_escapes() -> None:
    assert encode_plain("\b\\b<\f\n\b", release_for("1.7")) == '"\\u0008\\\\b\\u003c\\u000c\\n\\u0008"'
    assert encode_plain("\b", release_for("1.8")) == '"\\b"'


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-1, "-1"),
        (1.5, "1.5"),
        (1e-7, "1e-7"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
    ],
)
def test_numbers(number: float, text: str) -> None:
    assert encode_plain(number) == text


def test_plain_values_are_sorted_at_every_level() -> None:
    assert encode_plain({"b": [{"y": None, "x": True}], "a": False}) == '{"a":false,"b":[{"x":true,"y":null}]}'


def test_as_encoded_is_what_the_text_reads_back_as() -> None:
    probe = {"timeoutSeconds": 0, "grpc": {"port": 1}, "bogus": 1}
    assert as_encoded(probe, "Probe") == {"grpc": {"port": 1, "service": None}}
