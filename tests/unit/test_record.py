from __future__ import annotations

import pickle
from pathlib import Path

import sidecarctl
from sidecarctl.finding import Finding, Position, Severity
from sidecarctl.record import Record


class Port(Record):
    """Where something listens."""

    number: int
    protocol: str = "TCP"
    names: frozenset[str] = frozenset()

    @property
    def is_http(self) -> bool:
        """Whether it is the web's."""
        return self.number == HTTP

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}"


HTTP = 80


def test_is_a_tuple_with_names_and_defaults() -> None:
    port = Port(HTTP, names=frozenset({"http"}))

    assert tuple(port) == (HTTP, "TCP", {"http"})
    assert port._replace(protocol="UDP") == Port(HTTP, "UDP", frozenset({"http"}))
    assert Port._fields == ("number", "protocol", "names")
    assert repr(Port(HTTP)) == "Port(number=80, protocol='TCP', names=frozenset())"


def test_keeps_what_its_class_says() -> None:
    assert Port(HTTP).is_http
    assert str(Port(HTTP)) == "80/TCP"
    assert Port.__doc__ == "Where something listens."
    assert (Port.__module__, Port.__qualname__) == (__name__, "Port")
    assert Port.__annotations__ == {"number": "int", "protocol": "str", "names": "frozenset[str]"}


def test_travels_between_processes() -> None:
    finding = Finding("SEL001", "m", ("spec", 0), Severity.INFO, Position("a.yaml", 1, 2))

    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301 - our own


def test_every_named_tuple_of_ours_is_one() -> None:
    package = Path(sidecarctl.__file__).parent
    named = {path.name for path in package.rglob("*.py") if "import NamedTuple" in path.read_text()}

    assert named == {"record.py"}
