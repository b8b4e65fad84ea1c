"""What a probe or a lifecycle hook does: run, ask, connect or sleep.

Upstream: KV validateHandler
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.core.ports import port_or_name_findings
from sidecarctl.sidecarset.validation.field_errors import Place, all_invalid, forbidden, invalid, required, unsupported
from sidecarctl.upstream.fields import number, struct, structs, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


class Handlers(Record):
    """The handlers that something may have, and the family of codes for what is wrong with them."""

    family: str
    names: tuple[str, ...]


OF_PROBES: Final = Handlers("PRB", ("exec", "httpGet", "tcpSocket", "grpc"))
OF_HOOKS: Final = Handlers("LIF", ("exec", "httpGet", "tcpSocket", "sleep"))

_SCHEMES: Final = ("HTTP", "HTTPS")


def handler_findings(
    value: Mapping[str, object], where: Place, handlers: Handlers, release: Release
) -> Iterator[Finding]:
    """Whether there is just one handler, of these, and a sound one.

    Upstream: KV validateHandler
    """
    family, names = handlers
    given = [name for name in names if value.get(name) is not None]
    if not given:
        yield required(f"{family}001", where, "must specify a handler type", message=f"needs one of {', '.join(names)}")
        return
    yield from _FINDINGS_OF[given[0]](struct(value, given[0]), family, where.at(given[0]), release)
    for name in given[1:]:
        yield forbidden(f"{family}002", where.at(name), "may not specify more than 1 handler type")


def _exec_findings(action: Mapping[str, object], family: str, where: Place, _: Release) -> Iterator[Finding]:
    if not texts(action, "command"):
        yield required(f"{family}003", where.at("command"))


def _http_get_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV validateHTTPGetAction."""
    if not text(action, "path"):
        yield required(f"{family}004", where.at("path"))
    yield from port_or_name_findings(action.get("port"), f"{family}006", where.at("port"), release)
    scheme = text(action, "scheme")
    if scheme not in _SCHEMES:
        yield unsupported(f"{family}005", where.at("scheme"), scheme, _SCHEMES)
    for index, header in enumerate(structs(action, "httpHeaders")):
        name = text(header, "name")
        there = where.at("httpHeaders", index, "name", called=("httpHeaders",))
        yield from all_invalid(f"{family}007", there, name, formats.http_header(name))


def _port_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    yield from port_or_name_findings(action.get("port"), f"{family}006", where.at("port"), release)


def _sleep_findings(action: Mapping[str, object], family: str, where: Place, release: Release) -> Iterator[Finding]:
    """Whether the pod lives long enough to sleep; the webhook judges by a pod of its own.

    Upstream: KV validateSleepAction
    """
    seconds, grace = number(action, "seconds"), release.fake_pod_grace_period or 0
    if 0 < seconds <= grace:
        return
    told = f"must be greater than 0 and less than terminationGracePeriodSeconds ({grace})"
    if not release.refuses_every_sleep:
        told += ". Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."
    ours = f"must be from 1 to {grace} seconds" if grace else "no sleep is accepted by this release of OpenKruise"
    yield invalid(f"{family}008", where, seconds, told, ours)


_FINDINGS_OF: Final[Mapping[str, Callable[[Mapping[str, object], str, Place, Release], Iterator[Finding]]]] = {
    "exec": _exec_findings,
    "httpGet": _http_get_findings,
    "tcpSocket": _port_findings,
    "grpc": _port_findings,
    "sleep": _sleep_findings,
}
