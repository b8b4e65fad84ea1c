"""Image references: which tag one has, and the pull policy that follows from it."""

import re
from functools import cache
from typing import Final

_DEFAULT_HOST: Final = "docker.io"
_OLD_DEFAULT_HOST: Final = "index.docker.io"
_LONGEST_PATH: Final = 255
_LONGEST_REMAINDER: Final = 1024  # more than path, tag and digest may have together: matching takes 150 bytes for each
_IDENTIFIER_LENGTH: Final = 64
_DIGEST_LENGTHS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


class InvalidImage(ValueError):
    """Not an image reference."""


def default_pull_policy(image: str) -> str:
    """Return the imagePullPolicy that a container with this image gets when it names none.

    Upstream: KD SetDefaults_Container
    """
    try:
        return "Always" if tag(image) == "latest" else "IfNotPresent"
    except InvalidImage:
        return "IfNotPresent"


def tag(image: str) -> str:
    """Return the tag of an image: "latest" when it has neither tag nor digest, "" when it has a digest only.

    Raises InvalidImage.
    Upstream: k8s.io/kubernetes/pkg/util/parsers/parsers.go ParseImageName; REF normalize.go ParseNormalizedNamed
    """
    if len(image) == _IDENTIFIER_LENGTH and re.fullmatch("[a-f0-9]+", image):
        raise InvalidImage(image)  # it could be taken for the identifier of an image
    host, remainder = _split_host(image)
    if len(remainder) > _LONGEST_REMAINDER:
        raise InvalidImage(image)
    remote = remainder.partition(":")[0]
    # What cannot be a host, for an underscore, may still be the first folder of a path without one.
    parts = _path_and_tag().fullmatch(remainder if _is_host(host) else f"{host}/{remainder}")
    if remote != remote.lower() or parts is None or len(parts["path"]) > _LONGEST_PATH:
        raise InvalidImage(image)
    if parts["digest"] and not _is_known_digest(parts["digest"]):
        raise InvalidImage(image)
    return parts["tag"] or ("" if parts["digest"] else "latest")


def with_registry(image: str) -> str:
    """An image as a runtime reports it: with its registry, and with the folder of Docker Hub's own."""
    return "/".join(_split_host(image))


def _split_host(image: str) -> tuple[str, str]:
    """Cut off the registry's host; an image without one is Docker Hub's, in `library/` if it has no other folder."""
    first, slash, rest = image.partition("/")
    is_host = "." in first or ":" in first or first == "localhost" or first != first.lower()
    host, remainder = (first, rest) if slash and is_host else (_DEFAULT_HOST, image)
    if host == _OLD_DEFAULT_HOST:
        host = _DEFAULT_HOST
    if host == _DEFAULT_HOST and "/" not in remainder:
        remainder = f"library/{remainder}"
    return host, remainder


def _is_known_digest(digest: str) -> bool:
    algorithm, _, digits = digest.partition(":")
    return len(digits) == _DIGEST_LENGTHS.get(algorithm) and not digits.strip("0123456789abcdef")


def _is_host(host: str) -> bool:
    if host == _DEFAULT_HOST:
        return True
    label = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
    return re.fullmatch(rf"(?:{label}(?:\.{label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?", host) is not None


@cache
def _path_and_tag() -> re.Pattern[str]:
    folder = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
    tag = r"\w[\w.-]{0,127}"
    return re.compile(rf"(?P<path>{folder}(?:/{folder})*)(?::(?P<tag>{tag}))?(?:@(?P<digest>.+))?", re.ASCII)
