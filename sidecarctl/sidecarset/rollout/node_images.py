"""Image names as nodes report them: docker as written, containerd with the registry.

# Strategy: nothing in a cluster says how its nodes spell, but what they report of the images that run shows it. A rule
is learnt for each registry that the specs name (and for images without one): what stands before the rest of the name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sidecarctl.record import Record
from sidecarctl.upstream.image import InvalidImage, tag, with_registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sidecarctl.sidecarset.rollout.records import Pairs

    Rules = Mapping[tuple[str, bool], str]  # by registry, and whether the rest has folders: what stands before the rest


_MOST_PODS: Final = 4096


_HUB: Final = ("docker.io/", "docker.io/library/")


_DOCKER_SCHEME: Final = "docker-pullable://"


class Running(Record):
    """A container: its image in the spec, and what the node reports of it."""

    wanted: str
    image: str
    image_id: str


class Spelling(Record):
    """The repositories that a node reports in other words than they are written."""

    images: Pairs = ()  # repository as written, and as it stands in the image of a status
    image_ids: Pairs = ()  # the same of the imageID
    has_scheme: bool = True  # docker writes docker-pullable:// before an imageID

    def image(self, written: str) -> str:
        """The image of a status."""
        return _respelled(written, self.images)

    def image_id(self, written: str) -> str:
        """The imageID of an image that names its digest; of any other one that no other image has."""
        made = pulled_image_id(_respelled(written, self.image_ids) if image_digest(written) else written)
        return made if self.has_scheme else made.removeprefix(_DOCKER_SCHEME)


AS_WRITTEN: Final = Spelling()


@lru_cache(_MOST_PODS)
def spelling_of(running: tuple[Running, ...], wanted: tuple[str, ...]) -> Spelling:
    """How a node spells the wanted images, as far as what runs there shows it."""
    ids = [one.image_id for one in running if "@" in one.image_id]
    has_scheme = not ids or any("://" in one for one in ids)
    by_image = dict(_rules((one.wanted, one.image) for one in running))
    by_id = dict(_rules((one.wanted, one.image_id.rpartition("://")[2]) for one in running if "@" in one.image_id))
    repositories = dict.fromkeys(map(_repository, wanted))
    return Spelling(
        tuple((one, new) for one in repositories if (new := _spelled(one, by_image, has_scheme=has_scheme)) != one),
        tuple((one, new) for one in repositories if (new := _spelled(one, by_id, has_scheme=has_scheme)) != one),
        has_scheme,
    )


def is_same_image(wanted: str, reported: str, spelling: Spelling) -> bool:
    """Whether a status names the image of the spec, whatever it spells out."""
    return reported in {wanted, spelling.image(wanted)} or _spelled_out(reported) == _spelled_out(wanted)


def _rules(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, bool], str]]:
    for wanted, reported in pairs:
        (registry, rest), repository = _split(_repository(wanted)), _repository(reported)
        if rest and (repository == rest or repository.endswith(f"/{rest}")):
            yield (registry, "/" in rest), repository.removesuffix(rest)


def _spelled(repository: str, rules: Rules, *, has_scheme: bool) -> str:
    """A repository as a status has it; only docker leaves out what is left out in the spec."""
    registry, rest = _split(repository)
    before = rules.get((registry, "/" in rest))
    if before is not None:
        return before + rest
    other = None if registry else rules.get(("", "/" not in rest))
    if other is not None and other not in _HUB:
        return other + rest
    return repository if has_scheme and other is None else with_registry(repository)


def _respelled(image: str, repositories: Pairs) -> str:
    repository = _repository(image)
    return dict(repositories).get(repository, repository) + image[len(repository) :]


def _repository(image: str) -> str:
    """An image without its tag and digest."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def _split(repository: str) -> tuple[str, str]:
    """The registry, empty where the repository names none, and the rest."""
    first, slash, rest = repository.partition("/")
    is_registry = slash and ("." in first or ":" in first or first == "localhost")
    return (first, rest) if is_registry else ("", repository)


def _spelled_out(image: str) -> tuple[str, str]:
    """The repository with its registry, and the digest or tag."""
    digest = image_digest(image)
    if digest is not None:
        return with_registry(digest.repository), digest.digest
    try:
        return with_registry(_repository(image)), tag(image)
    except InvalidImage:
        return "", image


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
