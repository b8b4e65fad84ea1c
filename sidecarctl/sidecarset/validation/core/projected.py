"""Rules for downwardAPI and projected volumes, trust bundles among them.

Upstream: KV validateDownwardAPIVolumeSource, validateProjectedVolumeSource; KV validateProjectionSources,
ValidateSignerName
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.core.env import VOLUME_FIELDS, field_ref_findings, resource_ref_findings
from sidecarctl.sidecarset.validation.core.volume_sources import key_findings, mode_findings
from sidecarctl.sidecarset.validation.field_errors import (
    Place,
    Shown,
    all_invalid,
    dumped,
    forbidden,
    invalid,
    required,
)
from sidecarctl.sidecarset.validation.selectors import form_findings
from sidecarctl.upstream.fields import number, struct, structs, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


_SHORTEST_TOKEN: Final = 10 * 60


_LONGEST_TOKEN: Final = 1 << 32


_CHECKS_TOKEN_PATHS_SINCE: Final = 32  # the minor version of Kubernetes


_TWICE: Final = "conflicting duplicate paths"


def downward_findings(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether fields of the pod can become these files.

    Upstream: KV validateDownwardAPIVolumeSource
    """
    yield from mode_findings(source, "defaultMode", where)
    for index, file in enumerate(structs(source, "items")):
        yield from _file_findings(file, where.at("items", index, called=()), release)


def projected_findings(source: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether all these sources can share a directory.

    Upstream: KV validateProjectedVolumeSource
    """
    yield from mode_findings(source, "defaultMode", where)
    paths: set[str] = set()
    for index, projection in enumerate(structs(source, "sources")):
        there = where.at("sources", index)
        for kind in ("secret", "configMap"):
            if projection.get(kind) is not None:
                yield from _keys_findings(struct(projection, kind), there.at(kind), where, paths)
        if projection.get("downwardAPI") is not None:
            yield from _files_findings(
                struct(projection, "downwardAPI"), there.at("downwardAPI"), where, paths, release
            )
        if projection.get("serviceAccountToken") is not None:
            token = struct(projection, "serviceAccountToken")
            yield from _token_findings(token, there.at("serviceAccountToken"), where, release)
        if projection.get("clusterTrustBundle") is not None:
            bundle = struct(projection, "clusterTrustBundle")
            yield from trust_bundle_findings(bundle, there.at("clusterTrustBundle"), release)
            yield from _path_findings(text(bundle, "path"), text(bundle, "path"), where, paths)
        if len(projection) > 1:
            yield forbidden("VOL003", there, "may not specify more than 1 volume type per source")


def _keys_findings(source: Mapping[str, object], where: Place, volume: Place, paths: set[str]) -> Iterator[Finding]:
    name = text(source, "name")
    if not name:
        yield required("VOL005", where.at("name"))
    for index, item in enumerate(structs(source, "items")):
        yield from key_findings(item, where.at("items", index))
        if text(item, "path"):
            yield from _path_findings(text(item, "path"), name, volume, paths)


def _files_findings(
    source: Mapping[str, object], where: Place, volume: Place, paths: set[str], release: Release
) -> Iterator[Finding]:
    for index, file in enumerate(structs(source, "items")):
        yield from _file_findings(file, where.at("items", index, called=()), release)
        if text(file, "path"):
            yield from _path_findings(text(file, "path"), text(file, "path"), volume, paths)


def _path_findings(path: str, shown: str, volume: Place, paths: set[str]) -> Iterator[Finding]:
    if path in paths:
        told = f"two sources write the file {path}"
        yield invalid("VOL011", volume, shown, _TWICE, told)
    paths.add(path)


def _file_findings(file: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Upstream: KV validateDownwardAPIVolumeFile."""
    path = text(file, "path")
    if not path:
        yield required("VOL005", where.at("path"))
    yield from all_invalid("VOL007", where.at("path"), path, formats.local_path(path))
    if file.get("fieldRef") is not None:
        yield from field_ref_findings(struct(file, "fieldRef"), where.at("fieldRef"), VOLUME_FIELDS, release)
        if file.get("resourceFieldRef") is not None:
            yield invalid(
                "VOL005", where, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"
            )
    elif file.get("resourceFieldRef") is not None:
        reference = struct(file, "resourceFieldRef")
        yield from resource_ref_findings(reference, where.at("resourceFieldRef"), needs_container=True)
    else:
        yield required("VOL005", where, "one of fieldRef and resourceFieldRef is required")
    yield from mode_findings(file, "mode", where)


def _token_findings(token: Mapping[str, object], where: Place, volume: Place, release: Release) -> Iterator[Finding]:
    seconds, there = number(token, "expirationSeconds"), where.at("expirationSeconds")
    if seconds < _SHORTEST_TOKEN:
        yield invalid("VOL012", there, seconds, "may not specify a duration less than 10 minutes")
    if seconds > _LONGEST_TOKEN:
        yield invalid("VOL012", there, seconds, "may not specify a duration larger than 2^32 seconds")
    path = text(token, "path")
    there = Place(where.at("path").path, volume.at("path").called)
    if not path:
        yield required("VOL005", there)
    elif release.kubernetes_minor >= _CHECKS_TOKEN_PATHS_SINCE:
        yield from all_invalid("VOL007", there, path, formats.local_path(path))


def trust_bundle_findings(bundle: Mapping[str, object], where: Place, release: Release) -> Iterator[Finding]:
    """Whether the bundle is named in one of its two ways, and has a path.

    Upstream: KV validateProjectionSources
    """
    name, signer = bundle.get("name"), bundle.get("signerName")
    if name is not None and signer is not None:
        shown = Shown(dumped(bundle, "core.ClusterTrustBundleProjection"))
        yield invalid("VOL005", where, shown, "only one of name and signerName may be used")
    elif name is not None:
        yield from _name_findings(str(name), bundle, where)
    elif signer is not None:
        yield from _signer_findings(str(signer), where.at("signerName"))
        yield from form_findings(struct(bundle, "labelSelector"), where.at("labelSelector"), release)
    else:
        yield required("VOL005", where, "either name or signerName must be specified")
    path = text(bundle, "path")
    if not path:
        yield required("VOL005", where.at("path"))
    yield from all_invalid("VOL007", where.at("path"), path, formats.local_path(path))


def _name_findings(name: str, bundle: Mapping[str, object], where: Place) -> Iterator[Finding]:
    """A bundle of a signer is called after it: `example.com:signer:bundle`.

    Upstream: KV ValidateClusterTrustBundleName
    """
    there = where.at("name")
    if not name:
        yield required("VOL005", there, "must be a valid object name")
    last = name.rpartition(":")[2]
    wrong = (f"not a valid clustertrustbundlename: {told}" for told in formats.dns_subdomain(last))
    yield from all_invalid("VOL005", there, name, wrong)
    if bundle.get("labelSelector") is not None:
        shown = Shown(dumped(bundle["labelSelector"], "v1.LabelSelector"))
        told = "labelSelector must be unset if name is specified"
        yield invalid("VOL005", where.at("labelSelector"), shown, told)


def _signer_findings(signer: str, where: Place) -> Iterator[Finding]:
    """Upstream: KV ValidateSignerName."""
    if not signer:
        yield required("VOL005", where, "must be a valid signer name")
        yield required("VOL005", where)
        return
    domain, slash, path = signer.partition("/")
    if not slash or "/" in path:
        told = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        yield invalid("VOL005", where, signer, told)
        return
    for part in (domain, path):
        yield from all_invalid("VOL005", where, signer, formats.dns_subdomain(part))
    if "." not in domain:
        yield invalid("VOL005", where, signer, "should be a domain with at least two segments separated by dots")
