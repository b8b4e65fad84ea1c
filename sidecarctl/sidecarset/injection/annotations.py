"""Annotations that injection writes: its records, and patchPodMetadata.

Upstream: SS buildSidecars, UTIL SidecarSetUpgradeSpec; UTIL PatchPodMetadata
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from sidecarctl.finding import InjectionRefused
from sidecarctl.record import Record
from sidecarctl.upstream.encode import encode_plain
from sidecarctl.upstream.go.json_text import InvalidJson, go_kind, read_json
from sidecarctl.upstream.go.time import ZERO_TIME, InvalidTimestamp, in_utc
from sidecarctl.upstream.names import (
    EPOCH,
    HASH,
    HASH_WITHOUT_IMAGE,
    INJECTED_LIST,
    MERGE_PATCH_JSON,
    OVERWRITE,
    RETAIN,
)
from sidecarctl.upstream.release import LATEST, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sidecarctl.sidecarset.injection.effective_set import EffectiveSet
    from sidecarctl.upstream.types import ObjectMeta, SidecarSetPatchPodMetadata


class Entry(Record):
    """What is recorded of one SidecarSet."""

    timestamp: str | None
    hash: str
    sidecar_set: str
    sidecars: tuple[str, ...] | None
    revision: str = ""


_LONGEST: Final = 256 * 1024  # bytes that the annotations of an object may have together


Entries: TypeAlias = "Mapping[str, Mapping[str, Entry]]"  # by the key of the annotation, then by SidecarSet


def recorded_entries(metadata: ObjectMeta, annotations: Mapping[str, str], key: str) -> dict[str, Entry]:
    """The entries of a hash annotation by SidecarSet, those of its oldest form too.

    `annotations` are those of the pod, perhaps patched; `metadata` only names it.
    Raises InjectionRefused where the text is neither, or longer than an API server takes.
    Upstream: SS buildSidecars
    """
    text = annotations.get(key, "")
    if not text:
        return {}
    pod = f"pod({metadata.get('namespace', '')}/{metadata.get('name', '')})"
    if len(text) > _LONGEST:
        raise InjectionRefused(f"{pod} annotations[{key}] has more than {_LONGEST} bytes: no cluster stores it")
    try:
        return dict(_entries(text))
    except _Unreadable as error:
        raise InjectionRefused(f"{pod} invalid annotations[{key}] value {text}, unmarshal failed: {error}") from error


def all_entries(metadata: ObjectMeta, annotations: Mapping[str, str]) -> Entries:
    """The entries of both hash annotations; see `recorded_entries`."""
    return {key: recorded_entries(metadata, annotations, key) for key in (HASH, HASH_WITHOUT_IMAGE)}


def pod_hash_annotations(
    sets: Iterable[EffectiveSet],
    recorded: Entries,
    former: Entries,
    timestamp: str | None,
    release: Release = LATEST,
) -> dict[str, str]:
    """The two hash annotations after these SidecarSets were injected; `recorded` are the entries they had.

    Without a timestamp an entry keeps the one recorded for this very hash, there or in `former`, and a new one was made
    at the epoch. What comes back as it was before keeps its timestamp in any case.
    Upstream: SS buildSidecars
    """
    entries = {key: dict(recorded[key]) for key in (HASH, HASH_WITHOUT_IMAGE)}
    for one in sets:
        if not one.injects_containers:
            continue
        before = former.get(HASH, {}).get(one.name)
        is_back = before is not None and before.hash == one.hash
        for key, new_hash, revision in (
            (HASH, one.hash, one.revision),
            (HASH_WITHOUT_IMAGE, one.hash_without_image, ""),
        ):
            entry = recorded[key].get(one.name) or former.get(key, {}).get(one.name)
            time = (None if is_back else timestamp) or _kept_timestamp(entry, new_hash)
            entries[key][one.name] = Entry(time, new_hash, one.name, one.listed_names, revision)
    return {key: encoded_entries(entries[key], release) for key in entries}


def encoded_entries(entries: Mapping[str, Entry], release: Release = LATEST) -> str:
    """The text of a hash annotation."""
    return _object((encode_plain(name, release), _encoded(entries[name], release)) for name in sorted(entries))


def injected_list(annotations: Mapping[str, str], names: Iterable[str]) -> str:
    """The names that the list annotation holds, and these, sorted; nothing that stands between its commas is lost."""
    text = annotations.get(INJECTED_LIST, "")
    return ",".join(sorted({*(text.split(",") if text else ()), *names}))


def _kept_timestamp(recorded: Entry | None, new_hash: str) -> str:
    return (recorded.timestamp if recorded and recorded.hash == new_hash else None) or EPOCH


class _Unreadable(Exception):
    """No form of the annotation; the message is encoding/json's, about the oldest form."""


@lru_cache(maxsize=8)  # each rule that looks at a Pod asks for them
def _entries(text: str) -> dict[str, Entry]:
    try:
        value = read_json(text)
    except InvalidJson as error:
        raise _Unreadable(str(error)) from error
    if value is None:
        raise InjectionRefused("assignment to entry in nil map")
    if not isinstance(value, dict):
        raise _Unreadable(f"json: cannot unmarshal {go_kind(value)} into Go value of type map[string]string")
    try:
        return {name: _entry(recorded) for name, recorded in value.items()}
    except _Unreadable:
        return {name: Entry(None, _text(recorded), name, None) for name, recorded in value.items()}


def _entry(recorded: object) -> Entry:
    if not isinstance(recorded, dict | None):
        raise _Unreadable
    # encoding/json matches the names of fields in any case; of several the last counts, and null leaves a text alone.
    fields: dict[str, object] = {}
    for name, value in (recorded or {}).items():
        read = _READERS.get(name.lower())
        if read is not None and not (value is None and read is _text):
            fields[name.lower()] = read(value)
    timestamp, sidecars = fields.get("updatetimestamp"), fields.get("sidecarlist")
    return Entry(
        timestamp=cast("str | None", timestamp),
        hash=_text(fields.get("hash")),
        sidecar_set=_text(fields.get("sidecarsetname")),
        sidecars=cast("tuple[str, ...] | None", sidecars),
        revision=_text(fields.get("controllerrevision")),
    )


def _names(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | None):
        raise _Unreadable
    return None if value is None else tuple(map(_text, value))


def _text(value: object) -> str:
    if not isinstance(value, str | None):
        raise _Unreadable(f"json: cannot unmarshal {go_kind(value)} into Go value of type string")
    return value or ""


def _timestamp(value: object) -> str | None:
    if value is None:
        return None
    try:
        shown = in_utc(_text(value))
    except InvalidTimestamp as error:
        raise _Unreadable from error
    return None if shown == ZERO_TIME else shown


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "updatetimestamp": _timestamp,
    "hash": _text,
    "sidecarsetname": _text,
    "sidecarlist": _names,
    "controllerrevision": _text,
}


@lru_cache(maxsize=512)  # of one SidecarSet it is the same in pod after pod
def _encoded(entry: Entry, release: Release) -> str:
    fields: dict[str, object] = {
        "updateTimestamp": entry.timestamp,
        "hash": entry.hash,
        "sidecarSetName": entry.sidecar_set,
        "sidecarList": None if entry.sidecars is None else list(entry.sidecars),
    }
    if entry.revision:
        fields["controllerRevision"] = entry.revision
    return _object((f'"{name}"', encode_plain(value, release)) for name, value in fields.items())


def _object(members: Iterable[tuple[str, str]]) -> str:
    """The JSON object of these members, in their order."""
    return f"{{{','.join(f'{name}:{value}' for name, value in members)}}}"


def patched_annotations(
    annotations: Mapping[str, str], patches: Iterable[SidecarSetPatchPodMetadata], *, again: bool = False
) -> Mapping[str, str]:
    """Return the annotations after these patches, one after the other; the same ones where nothing changes.

    `again` says that the patches may have been made before: a text that is no JSON is then kept where it stands, for a
    merge with nothing writes it word for word.
    Raises InjectionRefused where an annotation, or its patch, is no JSON to merge.
    Upstream: UTIL PatchPodMetadata
    """
    for patch in patches:
        policy = patch.get("patchPolicy") or RETAIN
        given = patch.get("annotations", {}).items()
        new = {
            key: _patched(annotations.get(key), value, policy, again=again and annotations.get(key) == value)
            for key, value in given
        }
        changed = {key: value for key, value in new.items() if value is not None and value != annotations.get(key)}
        if changed:
            annotations = {**annotations, **changed}
    return annotations


def _patched(current: str | None, patch: str, policy: str, *, again: bool) -> str | None:
    """Return the value that a policy gives an annotation; None if it leaves it alone."""
    if policy == OVERWRITE or (policy == RETAIN and current is None):
        return patch
    if policy != MERGE_PATCH_JSON:
        return current
    return _merged(current, patch, again=again) if current else patch


def _merged(current: str, patch: str, *, again: bool) -> str:
    from sidecarctl.sidecarset.injection.json_merge import InvalidMerge, merged_json  # noqa: PLC0415 - rare, and slow to load

    try:
        return merged_json(current, patch)
    except InvalidMerge as error:
        if again:
            return current
        raise InjectionRefused(str(error)) from error
