import pytest

from sidecarctl.shell.files import STDIN, Source
from sidecarctl.shell.gather import Input, documents_of

SET = b"apiVersion: apps.kruise.io/v1beta1\nkind: SidecarSet\nmetadata: {name: a}\n"
NAMESPACE = b"kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n"
OTHER = b"kind: ConfigMap\n---\n"


@pytest.mark.parametrize("size", [1, 5, 40, 64, 1000])
@pytest.mark.parametrize("told", [SET, NAMESPACE])
def test_what_a_cluster_knows_is_seen_however_the_stream_is_cut(told: bytes, size: int) -> None:
    stream = OTHER * 10 + told
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

    found = list(documents_of(Input([Source(STDIN, "<stdin>")], pieces, 1 << 20)))

    assert [document.data for document in found] == [b"---\n" + told]
