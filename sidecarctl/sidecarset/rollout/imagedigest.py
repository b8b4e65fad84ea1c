"""Images that are named by their digest."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from typing import Final

from sidecarctl.record import Record

_LONGEST_REPOSITORY: Final = 255
_DIGITS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}


class ImageDigest(Record):
    """A repository as it is written, and the digest of one of its images."""

    repository: str
    digest: str


@cache
def image_digest(image: str) -> ImageDigest | None:
    """What an image named by digest refers to, None for one that is named by tag, or badly.

    Upstream: TOOLS ParseImage, IsImageDigest
    """
    parts = _reference().fullmatch(image) if "@" in image else None
    if parts is None:
        return None
    repository, algorithm, digits = parts.group("repository", "algorithm", "digits")
    is_known = _DIGITS.get(algorithm) == len(digits) and digits == digits.lower()
    return (
        ImageDigest(repository, f"{algorithm}:{digits}")
        if is_known and len(repository) <= _LONGEST_REPOSITORY
        else None
    )


def reported_digest(image_id: str) -> ImageDigest | None:
    """What the imageID of a container's status refers to, behind the scheme that it may have.

    Upstream: CTRL IsPodStateConsistent
    """
    pieces = image_id.split("://")  # "docker-pullable://..."; containerd writes none
    return image_digest(pieces[1] if len(pieces) > 1 else image_id)


@cache
def _reference() -> re.Pattern[str]:
    """Upstream: github.com/distribution/reference/regexp.go ReferenceRegexp."""
    label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
    domain = rf"(?:{label}(?:\.{label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
    component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
    repository = f"(?:{domain}/)?{component}(?:/{component})*"
    tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
    return re.compile(f"(?P<repository>{repository})(?::{tag})?@(?P<algorithm>[a-z0-9]+):(?P<digits>[0-9a-fA-F]+)")


def pulled_image_id(image: str) -> str:
    """The imageID that a kubelet would report, as far as one can know: another for each image, its own for a digest."""
    digest = image_digest(image)
    if digest is None:
        return f"docker-pullable://img@sha256:{sha256(image.encode()).hexdigest()}"
    return f"docker-pullable://{digest.repository}@{digest.digest}"
