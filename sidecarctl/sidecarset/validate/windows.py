"""What a security context asks of Windows.

Upstream: KV validateWindowsSecurityContextOptions, validateWindowsHostProcessPod
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import SPEC, Place, all_invalid, invalid
from sidecarctl.upstream.fields import is_true, struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sidecarctl.finding import Finding

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
