"""Rules for the security context of a container, on Linux and Windows.

Upstream: KV ValidateSecurityContext; KV validateWindowsSecurityContextOptions, validateWindowsHostProcessPod
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import (
    SPEC,
    Place,
    Shown,
    all_invalid,
    dumped,
    invalid,
    required,
    too_long,
    unsupported,
)
from sidecarctl.upstream.fields import is_true, number, struct, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


_SPEC_KIB: Final = 64


_DOMAIN_LENGTH: Final = 256


_USER_LENGTH: Final = 104


_DNS_LABEL: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"


_DOMAIN: Final = rf'[^\\/:*?"<>|.][^\\/:*?"<>|]{{0,14}}|{_DNS_LABEL}(?:\.{_DNS_LABEL})*'


def windows_findings(options: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """Whether credentials and user name are possible ones.

    Upstream: KV validateWindowsSecurityContextOptions
    """
    name = options.get("gmsaCredentialSpecName")
    if isinstance(name, str):
        yield from all_invalid("SEC006", where.at("gmsaCredentialSpecName"), name, formats.dns_subdomain(name))
    spec = options.get("gmsaCredentialSpec")
    if isinstance(spec, str):
        yield from all_invalid("SEC006", where.at("gmsaCredentialSpec"), spec, _wrong_with_spec(spec))
    user = options.get("runAsUserName")
    if isinstance(user, str):
        yield from all_invalid("SEC006", where.at("runAsUserName"), user, _wrong_with_user(user))


def host_process_findings(containers: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    """Containers that are processes of the host need the host's network, which the webhook's own pod has not.

    Upstream: KV validateWindowsHostProcessPod
    """
    of_host = [container for container in containers if _is_host_process(container)]
    if not of_host:
        return
    if len(of_host) != len(containers):
        told = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        yield invalid("SEC007", SPEC, "", told)
    told = "hostNetwork must be true if pod contains any hostProcess containers"
    there = Place(SPEC.path, SPEC.at("hostNetwork").called)
    yield invalid("SEC007", there, False, told, "a SidecarSet cannot have hostProcess containers")  # noqa: FBT003 - Go's


def _is_host_process(container: Mapping[str, object]) -> bool:
    return is_true(struct(struct(container, "securityContext"), "windowsOptions"), "hostProcess")


def _wrong_with_spec(spec: str) -> Iterator[str]:
    if not spec:
        yield "gmsaCredentialSpec cannot be an empty string"
    elif len(spec.encode()) > _SPEC_KIB * 1024:
        yield f"gmsaCredentialSpec size must be under {_SPEC_KIB} KiB"


def _wrong_with_user(name: str) -> list[str]:
    domain, backslash, user = name.partition("\\")
    if not name:
        return ["runAsUserName cannot be an empty string"]
    if re.search(r"[\x00-\x1f\x7f]", name):
        return ["runAsUserName cannot contain control characters"]
    if "\\" in user:
        return ["runAsUserName cannot contain more than one backslash"]
    if not backslash:
        domain, user = "", name
    rules = (
        (len(domain.encode()) < _DOMAIN_LENGTH, f"Domain length must be under {_DOMAIN_LENGTH} characters"),
        (not backslash or re.fullmatch(_DOMAIN, domain), "Domain doesn't match the NetBios nor the DNS format"),
        (user, "User cannot be empty"),
        (
            len(user.encode()) <= _USER_LENGTH,
            f"User length must not be longer than {_USER_LENGTH} characters",
        ),
        (not re.fullmatch(r"[. ]+", user), "User cannot contain only periods or spaces"),
        (
            not re.search(r'["/\\:;|=,+*?<>@\[\]]', user),
            r'User cannot contain the following characters: "/\:;|=,+*?<>@[]',
        ),
    )
    return [f"runAsUserName's {told}" for is_kept, told in rules if not is_kept]
