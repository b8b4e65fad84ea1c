"""Shards: which part of the input a run with --shard I/N works on.

Of several files a shard gets whole ones, a contiguous run of the list, so that the outputs of all shards in order are
the output of a run without it. Of a single stream it gets every Nth document (job.py). Runs are of about as many
bytes; with --in-place of as many files, for what one shard writes must not move the bounds of the next.
"""

from sidecarctl.shell.cli.flags import parsed_shard
from sidecarctl.shell.files import Source
from sidecarctl.shell.input.sources import Input


def sources_of_shard(given: Input, shard: str, *, by_files: bool) -> list[Source]:
    """Return the sources of a shard (I/N), of an input that has several; `by_files`: whatever their sizes are.

    Raises `UsageError` for a --shard that cannot be read.
    """
    part, parts = parsed_shard(shard)
    sizes = [1] * len(given.sources) if by_files else [*map(given.size, given.sources)]
    start, end = shards(sizes, parts)[part - 1]
    return given.sources[start:end]


def shards(sizes: list[int], parts: int) -> list[tuple[int, int]]:
    """Cut a list of files, by their sizes, into runs of about the same size; return the bounds of each.

    A run holds at least one file as long as there are enough of them.
    """
    bounds: list[tuple[int, int]] = []
    start, left = 0, sum(sizes)
    for others in range(parts - 1, -1, -1):
        share, most = left / (others + 1), len(sizes) - others
        end, taken = start, 0
        while end < len(sizes) and (end == start or (end < most and taken + sizes[end] / 2 <= share)):
            taken += sizes[end]
            end += 1
        if others == 0:
            end = len(sizes)
        bounds.append((start, end))
        start, left = end, left - taken
    return bounds
