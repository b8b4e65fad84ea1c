"""Names, labels, ports and the like: what is wrong with their form, in Kubernetes' words.

Each function returns one sentence per broken rule.
Upstream: k8s.io/apimachinery/pkg/util/validation/validation.go
"""

import re
from typing import Final

LABEL_LENGTH: Final = 63
SUBDOMAIN_LENGTH: Final = 253
PORT_NAME_LENGTH: Final = 15
LARGEST_PORT: Final = 65535
LARGEST_ID: Final = 2**31 - 1
NOT_NEGATIVE: Final = "must be greater than or equal to 0"

_DNS_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_SUBDOMAIN: Final = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"
_QUALIFIED_NAME: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE: Final = f"({_QUALIFIED_NAME})?"
_ENV_NAME: Final = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_CONFIG_KEY: Final = "[-._a-zA-Z0-9]+"
_PERCENT: Final = "[0-9]+%"
_HTTP_HEADER: Final = "[-A-Za-z0-9]+"
_ENDS_ALPHANUMERIC: Final = "and must start and end with an alphanumeric character"


def dns_label(value: str) -> list[str]:
    """A name as containers and volumes have it."""
    wrong = _too_long(value, LABEL_LENGTH)
    if re.fullmatch(_DNS_LABEL, value):
        return wrong
    if re.fullmatch(_DNS_SUBDOMAIN, value):
        return [*wrong, "must not contain dots"]
    what = f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {_ENDS_ALPHANUMERIC}"
    return [*wrong, mismatch(what, _DNS_LABEL, "my-name", "123-abc")]


def dns_subdomain(value: str) -> list[str]:
    """A name as most objects have it."""
    what = (
        f"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
        f" {_ENDS_ALPHANUMERIC}"
    )
    return _too_long(value, SUBDOMAIN_LENGTH) + _unless(_DNS_SUBDOMAIN, value, what, "example.com")


def name_prefix(value: str) -> list[str]:
    """The beginning of a name: a dash may end it."""
    return dns_subdomain(f"{value[:-2]}a" if len(value) > 1 and value.endswith("-") else value)


def qualified_name(value: str) -> list[str]:
    """The key of a label: a name, or a domain, a slash and a name."""
    what = f"must consist of alphanumeric characters, '-', '_' or '.', {_ENDS_ALPHANUMERIC}"
    examples = ("MyName", "my.name", "123-abc")
    prefix, *names = value.split("/")
    if len(names) > 1:
        told = mismatch(f"a qualified name {what}", _QUALIFIED_NAME, *examples)
        return [f"{told} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    name = names[0] if names else prefix
    of_prefix = (dns_subdomain(prefix) if prefix else ["must be non-empty"]) if names else []
    of_name = _too_long(name, LABEL_LENGTH) if name else ["must be non-empty"]
    of_name += _unless(_QUALIFIED_NAME, name, what, *examples)
    return [*(f"prefix part {told}" for told in of_prefix), *(f"name part {told}" for told in of_name)]


def label_value(value: str) -> list[str]:
    """The value of a label."""
    what = (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
        f" {_ENDS_ALPHANUMERIC}"
    )
    wrong = _unless(_LABEL_VALUE, value, what, "MyValue", "my_value", "12345")
    return _too_long(value, LABEL_LENGTH) + wrong


def env_name(value: str) -> list[str]:
    """The name of an environment variable."""
    what = (
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.',"
        " and must not start with a digit"
    )
    return _unless(_ENV_NAME, value, what, "my.env-name", "MY_ENV.NAME", "MyEnvName1") + _climbing(value)


def config_key(value: str) -> list[str]:
    """A key of a ConfigMap or Secret."""
    what = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    wrong = _unless(_CONFIG_KEY, value, what, "key.name", "KEY_NAME", "key-name")
    return _too_long(value, SUBDOMAIN_LENGTH) + wrong + _climbing(value)


def port_name(value: str, needs: str) -> list[str]:
    """The name of a port; releases differ in the words for what it needs, not in the rule."""
    rules = (
        (len(value.encode()) <= PORT_NAME_LENGTH, f"must be no more than {PORT_NAME_LENGTH} characters"),
        (
            re.fullmatch("[-a-z0-9]+", value),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (re.search("[a-z]", value), f"must contain {needs}"),
        ("--" not in value, "must not contain consecutive hyphens"),
        (value[:1] != "-" and value[-1:] != "-", "must not begin or end with a hyphen"),
    )
    return [told for is_kept, told in rules if not is_kept]


def port_number(value: int) -> list[str]:
    """The number of a port."""
    return [] if 1 <= value <= LARGEST_PORT else [between(1, LARGEST_PORT)]


def user_or_group(value: int) -> list[str]:
    """A UID or GID."""
    return [] if 0 <= value <= LARGEST_ID else [between(0, LARGEST_ID)]


def percent(value: str) -> list[str]:
    """A percentage, digits only."""
    what = "a valid percent string must be a numeric string followed by an ending '%'"
    return _unless(_PERCENT, value, what, "1%", "93%")


def http_header(value: str) -> list[str]:
    """The name of an HTTP header."""
    what = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return _unless(_HTTP_HEADER, value, what, "X-Header-Name")


def descending_path(value: str) -> list[str]:
    """A path that leads down from where it starts.

    Upstream: KV validateLocalDescendingPath
    """
    wrong = ["must be a relative path"] if value.startswith("/") else []
    return [*wrong, *path_without_backsteps(value)]


def path_without_backsteps(value: str) -> list[str]:
    """A path that never climbs.

    Upstream: KV validatePathNoBacksteps
    """
    return ["must not contain '..'"] if ".." in value.split("/") else []


def local_path(value: str) -> list[str]:
    """A path below a directory that Kubernetes fills, where names that start with two dots are its own.

    Upstream: KV ValidateLocalNonReservedPath
    """
    is_reserved = value.startswith("..") and not value.startswith("../")
    return descending_path(value) + (["must not start with '..'"] if is_reserved else [])


def mismatch(what: str, pattern: str, *examples: str) -> str:
    """What the value must be, examples of it, and the regular expression that it does not match.

    Upstream: KVAL RegexError
    """
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{what} (e.g. {shown}regex used for validation is '{pattern}')"


def between(low: int, high: int) -> str:
    """The range that a number must be in."""
    return f"must be between {low} and {high}, inclusive"


def _unless(pattern: str, value: str, what: str, *examples: str) -> list[str]:
    return [] if re.fullmatch(pattern, value) else [mismatch(what, pattern, *examples)]


def _too_long(value: str, limit: int) -> list[str]:
    return [f"must be no more than {limit} characters"] if len(value.encode()) > limit else []


def _climbing(value: str) -> list[str]:
    if value in {".", ".."}:
        return [f"must not be '{value}'"]
    return ["must not start with '..'"] if value.startswith("..") else []
