"""The security context of a container.

Upstream: KV ValidateSecurityContext
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validate.windows import windows_findings
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    invalid,
    required,
    too_long,
    unsupported,
)
from sidecarctl.upstream.fields import is_true, number, struct, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release

_PROC_MOUNTS: Final = ("Default", "Unmasked")
_PROFILE_TYPES: Final = ("Localhost", "RuntimeDefault", "Unconfined")
_LOCALHOST: Final = "Localhost"
_PATH_BYTES: Final = 4095
_BLANKS: Final = " \t\n\v\f\r\x85\xa0"


def security_findings(container: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the security settings of a container are possible, each and together.

    Upstream: KV ValidateSecurityContext
    """
    if container.get("securityContext") is None:
        return
    context, there = struct(container, "securityContext"), where.at("securityContext")
    for field in ("runAsUser", "runAsGroup"):
        if context.get(field) is not None:
            wrong = formats.user_or_group(number(context, field))
            yield from all_invalid("SEC001", there.at(field), number(context, field), wrong)
    yield from _proc_mount_findings(context.get("procMount"), there.at("procMount"), release)
    if context.get("seccompProfile") is not None:
        yield from _seccomp_findings(struct(context, "seccompProfile"), there.at("seccompProfile"))
    yield from _escalation_findings(context, there)
    yield from windows_findings(struct(context, "windowsOptions"), there.at("windowsOptions"))
    if context.get("appArmorProfile") is not None:
        yield from _app_armor_findings(struct(context, "appArmorProfile"), there.at("appArmorProfile"), release)


def _proc_mount_findings(mount: object, where: Place, release: Release) -> Iterator[Finding]:
    if mount is None:
        return
    if mount not in _PROC_MOUNTS:
        yield unsupported("SEC002", where, mount, _PROC_MOUNTS)
    if release.refuses_unmasked_proc_mount and mount == "Unmasked":
        yield invalid("SEC002", where, mount, "`hostUsers` must be false to use `Unmasked`")


def _seccomp_findings(profile: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Upstream: KV validateSeccompProfileField."""
    kind, path = text(profile, "type"), profile.get("localhostProfile")
    if not kind:
        yield required("SEC003", where.at("type"), "type is required when seccompProfile is set")
    elif kind not in _PROFILE_TYPES:
        yield unsupported("SEC003", where.at("type"), kind, _PROFILE_TYPES)
    there = where.at("localhostProfile")
    if kind != _LOCALHOST:
        if path is not None:
            shown = Shown(dumped(profile, "core.SeccompProfile"))
            yield invalid("SEC003", there, shown, "can only be set when seccomp type is Localhost")
    elif path is None:
        yield required("SEC003", there, "must be set when seccomp type is Localhost")
    else:
        yield from all_invalid("SEC003", there, path, formats.descending_path(str(path)))


def _escalation_findings(context: Mapping[str, object], where: Place) -> Iterator[Finding]:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    shown = Shown(dumped(context, "core.SecurityContext"))
    told = "cannot set `allowPrivilegeEscalation` to false and"
    there = where.at("allowPrivilegeEscalation", called=())
    if is_true(context, "privileged"):
        yield invalid("SEC004", there, shown, f"{told} `privileged` to true")
    for capability in texts(struct(context, "capabilities"), "add"):
        if capability == "CAP_SYS_ADMIN":
            yield invalid("SEC004", there, shown, f"{told} `capabilities.Add` CAP_SYS_ADMIN")


def _app_armor_findings(profile: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV ValidateAppArmorProfileField."""
    kind, path = text(profile, "type"), profile.get("localhostProfile")
    there = where.at("localhostProfile")
    if not kind:
        yield required("SEC005", where.at("type"), "type is required when appArmorProfile is set")
    elif kind not in _PROFILE_TYPES:
        yield unsupported("SEC005", where.at("type"), kind, _PROFILE_TYPES)
    elif kind == _LOCALHOST:
        yield from _app_armor_path_findings(path, there, release)
    elif path is not None:
        yield invalid("SEC005", there, path, "can only be set when AppArmor type is Localhost")


def _app_armor_path_findings(path: object, where: Place, release: Release) -> Iterator[Finding]:
    written = path if isinstance(path, str) else ""
    if written != written.strip(_BLANKS):
        yield invalid("SEC005", where, written, "must not be padded with whitespace")
    elif not written:
        yield required("SEC005", where, "must be set when AppArmor type is Localhost")
    if len(written.encode()) > _PATH_BYTES:
        yield too_long("SEC005", where, f"{release.too_long_is} {_PATH_BYTES} bytes")
