from io import BytesIO

import pytest
from doors.shell import STDIN, Input, Kept, Source, documents_of

SET = b"apiVersion: apps.kruise.io/v1beta1\nkind: SidecarSet\nmetadata: {name: a}\n"
NAMESPACE = b"kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n"
OTHER = b"kind: ConfigMap\n---\n"


@pytest.mark.parametrize("size", [1, 5, 40, 64, 1000])
@pytest.mark.parametrize("told", [SET, NAMESPACE])
def test_what_a_cluster_knows_is_seen_however_the_stream_is_cut(told: bytes, size: int) -> None:
    stream = OTHER * 10 + told

    class InPieces(BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    found = list(documents_of(Input([Source(STDIN, "<stdin>")], Kept(InPieces(stream)), 1 << 20)))

    assert [document.data for document in found] == [b"---\n" + told]
