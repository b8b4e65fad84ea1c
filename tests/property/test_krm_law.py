"""The KRM function on any input: a pass has an output, and a failure changes no item."""

from pathlib import Path

from commandline import executed
from hypothesis import given
from hypothesis import strategies as st

INPUTS = [path.read_bytes() for path in sorted((Path(__file__).parent.parent.parent / "testdata" / "krm").glob("*.in"))]
PIECES = (b"\n", b" ", b"items:", b"- ", b"null", b"{", b"}", b"kind: List", b"---\n", b"&a ", b"*a", b"x: 1\n")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a ResourceList from the cases with a piece put in, cut out or doubled."""
    data = draw(st.sampled_from(INPUTS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 20)))
        data = data[:start] + draw(st.sampled_from([*PIECES, data[start:end] * 2, b""])) + data[end:]
    return data


def alike(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


@given(damaged())
def test_a_pass_has_an_output_and_a_failure_its_items(data: bytes) -> None:
    ran = executed(["fn"], data)
    assert ran.code in {0, 1, 2}
    assert bool(ran.stdout) == (ran.code != 2)
    if ran.code == 1 and b"results" not in data:
        before, behind = alike(data, ran.stdout), alike(data[::-1], ran.stdout[::-1])
        assert before + behind >= len(data)  # one insertion, and nothing else
