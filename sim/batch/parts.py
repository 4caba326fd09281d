"""The runs of an experiment cut into chunks: what is stored together, and what is still to be run.

A part is a file that holds a chunk of one table. It is named by the points and replicates that it holds,
so that more replicates or points mean more parts and never a changed one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Chunk(NamedTuple):
    """A block of runs that is stored together: all scenarios of some points and replicates.

    First and last are inclusive.
    """

    first_point: int
    last_point: int
    first_replicate: int
    last_replicate: int

    @property
    def part(self) -> str:
        """File name of its parts."""
        points = f"p{self.first_point:07d}-{self.last_point:07d}"
        return f"part-{points}-r{self.first_replicate:07d}-{self.last_replicate:07d}.parquet"

    @property
    def points(self) -> range:
        """Points of the design."""
        return range(self.first_point, self.last_point + 1)

    @property
    def cells(self) -> int:
        """Points times replicates."""
        return len(self.points) * len(self.replicates)

    @property
    def replicates(self) -> range:
        """Replicates."""
        return range(self.first_replicate, self.last_replicate + 1)


class Blocks(NamedTuple):
    """Points and replicates that are stored together."""

    points: int
    replicates: int


class Shard(NamedTuple):
    """One of several commands that divide an experiment among themselves: ``number`` of ``total``."""

    number: int  # from 1
    total: int

    def owns(self, tile: int) -> bool:
        """Whether the tile is this shard's."""
        return tile % self.total == self.number - 1


def parse_part(name: str) -> Chunk | None:
    """The chunk that a part holds, or None where the name is not a part's."""
    pieces = name.removeprefix("part-p").removesuffix(".parquet").replace("-r", "-").split("-")
    if len(pieces) != 4 or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        return None
    chunk = Chunk(*(int(piece) for piece in pieces))
    orderly = chunk.first_point <= chunk.last_point and chunk.first_replicate <= chunk.last_replicate
    return chunk if orderly and chunk.part == name else None


def plan_chunks(
    points: int, replicates: int, blocks: Blocks, stored: Iterable[Chunk] = (), shard: Shard | None = None
) -> list[Chunk]:
    """Chunks that are still to be run so that all points and replicates are there.

    Runs lie in tiles of ``blocks``; a tile that is stored in part gets chunks for the rest alone. So the
    partition depends on what is asked and what is stored, not on the workers.

    Args:
        points, replicates: what is asked, both from 0.
        blocks: size of a tile.
        stored: what is there.
        shard: plan only the tiles of this shard; all tiles are dealt out in turn.
    """
    done = np.zeros((points, replicates), bool)
    for chunk in stored:
        done[chunk.first_point : chunk.last_point + 1, chunk.first_replicate : chunk.last_replicate + 1] = (
            True
        )
    chunks: list[Chunk] = []
    across = -(-replicates // blocks.replicates)
    for down, first in enumerate(range(0, points, blocks.points)):
        for right, left in enumerate(range(0, replicates, blocks.replicates)):
            if shard is None or shard.owns(down * across + right):
                tile = done[first : first + blocks.points, left : left + blocks.replicates]
                chunks += _missing(tile, first, left)
    return chunks


def _missing(done: npt.NDArray[np.bool_], first: int, left: int) -> list[Chunk]:
    """Rectangles over what a tile lacks: spans of replicates, of neighbouring points that lack the same."""
    if done.all():
        return []
    chunks = []
    changes = np.flatnonzero((done[1:] != done[:-1]).any(axis=1)) + 1
    for rows in np.split(np.arange(len(done)), changes):
        gaps = np.flatnonzero(np.diff(np.concatenate(([1], done[rows[0]], [1]))))
        for start, end in gaps.reshape(-1, 2).tolist():
            chunks.append(Chunk(first + int(rows[0]), first + int(rows[-1]), left + start, left + end - 1))
    return chunks
