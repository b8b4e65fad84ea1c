"""What is read of a Pod in a long List."""

import pytest
from doors.shell import _READ
from doors.upstream import InvalidTimestamp, in_utc, is_time, release_for, schema


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7", "1.8", "1.9", "next"])
@pytest.mark.parametrize("type_name", _READ)
def test_every_release_reads_it(type_name: str, version: str) -> None:
    """Items are decoded once, for any release: none may take a field for another type, or leave it out."""
    release = release_for(version)
    latest, known = schema.fields(type_name), schema.fields(type_name, release)
    for name in _READ[type_name]:
        if name == "restartPolicy" and name not in known:
            assert not release.counts_restarts_of_native_sidecars  # the only thing that it is read for
        else:
            assert known[name].type == latest[name].type


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T23:59:59Z",
        "2024-02-30T00:00:00Z",
        "2024-2-3T00:00:00Z",
        "2024-01-31T7:00:00+02:00",
        "2024-01-28T24:00:00Z",
        "2024-01-28T23:60:00Z",
        "2024-13-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2024-01-01T00:00:00.123456Z",
        "2024-01-01T00:00:00",
        "\u0662024-01-01T00:00:00Z",
        "",
    ],
)
def test_a_time_is_what_can_be_read(text: str) -> None:
    try:
        in_utc(text)
    except InvalidTimestamp:
        assert not is_time(text)
    else:
        assert is_time(text)
