"""Certificates of a ClusterTrustBundle as files of a volume.

Upstream: KV validateProjectionSources, ValidateSignerName
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sidecarctl.sidecarset.validate.gosyntax import dumped
from sidecarctl.sidecarset.validation import formats
from sidecarctl.sidecarset.validation.field_errors import Place, Shown, all_invalid, invalid, required
from sidecarctl.sidecarset.validation.selectors import form_findings
from sidecarctl.upstream.fields import struct, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sidecarctl.finding import Finding
    from sidecarctl.upstream.release import Release


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
