"""Warnings about words that the webhook takes whatever they are, and the controller ignores."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from sidecarctl.finding import Finding, Severity
from sidecarctl.record import Record
from sidecarctl.sidecarset.validation.formats import LABEL_LENGTH
from sidecarctl.upstream import names
from sidecarctl.upstream.fields import number, struct, structs, text
from sidecarctl.upstream.workload import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import FieldPath


class _Word(Record):
    """A field that takes some words, and what any other does."""

    path: FieldPath
    known: tuple[str, ...]
    otherwise: str


_SHARING: Final = (names.ENABLED, "disabled")
_DEVICES: Final = _Word(("shareVolumeDevicePolicy", "type"), _SHARING, "no device is shared")
_UPGRADE: Final = _Word(("upgradeStrategy", "upgradeType"), ("ColdUpgrade", names.HOT_UPGRADE), "it is a ColdUpgrade")
_OF_CONTAINERS: Final = (_DEVICES, _UPGRADE)
_OF_INIT_CONTAINERS: Final = (  # the webhook checks these two of containers only
    _DEVICES,
    _Word(("shareVolumePolicy", "type"), _SHARING, "no volume is shared"),
    _Word(("podInjectPolicy",), ("BeforeAppContainer", "AfterAppContainer"), "it goes after the Pod's own"),
)
_OF_PATCHES: Final = _Word(("patchPolicy",), ("Retain", "Overwrite", names.MERGE_PATCH_JSON), "nothing is patched")


def word_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Words that are not spelt exactly as somebody knows them."""
    return chain(
        _warnings(spec, "initContainers", _OF_INIT_CONTAINERS),
        _warnings(spec, "containers", _OF_CONTAINERS),
        _warnings(spec, "patchPodMetadata", (_OF_PATCHES,)),
    )


def _warnings(spec: Mapping[str, object], field: str, words: tuple[_Word, ...]) -> Iterator[Finding]:
    for index, item in enumerate(structs(spec, field)):
        for word in words:
            given = value_at(item, word.path)
            if isinstance(given, str) and given and given not in word.known:
                field_name = " of ".join(map(str, reversed(word.path)))
                told = f"{given} is no {field_name}, and without effect: {word.otherwise}"
                path = ("spec", field, index, *word.path)
                yield Finding("WRN019", told, path, Severity.WARNING, help=f"write {_or(word.known)}")


def pair_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Containers that are called as one of the two that a hot upgrade makes of another."""
    pairs = {f"{name}-{number}": name for name in _hot(spec) for number in (1, 2)}
    for field in ("initContainers", "containers"):
        for index, container in enumerate(structs(spec, field)):
            name = text(container, "name")
            if name in pairs:
                told = f"a hot upgrade makes {pairs[name]}-1 and {pairs[name]}-2 of {pairs[name]}, so {name} is there"
                told += " twice: no Pod can be created"
                yield Finding("WRN028", told, ("spec", field, index, "name"), Severity.WARNING, help="rename it")


def hot_upgrade_warnings(spec: Mapping[str, object]) -> Iterator[Finding]:
    """Warn of what the two containers of a hot upgrade cannot both have: a port of the node, a name that long."""
    for at, container in enumerate(structs(spec, "containers")):
        if not _is_hot(container):
            continue
        name = text(container, "name")
        for index, port in enumerate(structs(container, "ports")):
            if number(port, "hostPort"):
                told = f"a hot upgrade makes {name}-1 and {name}-2 of {name}, and both take this hostPort:"
                told += " the API server refuses each Pod"
                path = ("spec", "containers", at, "ports", index, "hostPort")
                yield Finding("WRN029", told, path, Severity.WARNING, help="remove the hostPort, or the hot upgrade")
        if LABEL_LENGTH - len("-1") < len(name) <= LABEL_LENGTH:
            told = f"a hot upgrade makes {name}-1 of {name}, which is too long for a container's name:"
            told += " the API server refuses each Pod"
            where = ("spec", "containers", at, "name")
            yield Finding("WRN030", told, where, Severity.WARNING, help=f"use at most {LABEL_LENGTH - 2} characters")


def _hot(spec: Mapping[str, object]) -> Iterator[str]:
    return (text(container, "name") for container in structs(spec, "containers") if _is_hot(container))


def _is_hot(container: Mapping[str, object]) -> bool:
    return text(struct(container, "upgradeStrategy"), "upgradeType") == names.HOT_UPGRADE


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
