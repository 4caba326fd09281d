from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.parts import Blocks, Chunk, Shard, parse_part, plan_chunks

NUMBERS = st.integers(0, 10**8)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_part_is_named_by_what_it_holds(point: int, points: int, replicate: int, replicates: int) -> None:
    chunk = Chunk(point, point + points, replicate, replicate + replicates)
    assert parse_part(chunk.part) == chunk


@pytest.mark.parametrize(
    "name",
    ["part-0.parquet", "part-p0-0-r0-0.parquet", "x.parquet", "part-p-r.parquet", "", Chunk(3, 2, 0, 0).part],
)
def test_other_names_are_no_parts(name: str) -> None:
    assert parse_part(name) is None


ASKED = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=4)
BLOCKS = st.builds(Blocks, st.integers(1, 7), st.integers(1, 7))


@given(ASKED, BLOCKS, st.data())
def test_growing_runs_each_cell_once(
    asked: list[tuple[int, int]], blocks: Blocks, data: st.DataObject
) -> None:
    """However points and replicates change and wherever a run is interrupted."""
    stored: list[Chunk] = []
    points, replicates = (max(pair[axis] for pair in asked) for axis in (0, 1))
    for _, grown in enumerate(asked):
        planned = plan_chunks(
            *(max(a, b) for a, b in zip(grown, _extent(stored), strict=True)), blocks, stored
        )
        stored += data.draw(st.lists(st.sampled_from(planned), unique=True)) if planned else []
    stored += plan_chunks(points, replicates, blocks, stored)
    cells = sorted((p, r) for chunk in stored for p in chunk.points for r in chunk.replicates)
    assert cells == [(p, r) for p in range(points) for r in range(replicates)]
    for chunk in stored:
        assert chunk.first_replicate // blocks.replicates == chunk.last_replicate // blocks.replicates
        assert chunk.first_point // blocks.points == chunk.last_point // blocks.points


def _extent(stored: list[Chunk]) -> tuple[int, int]:
    most = max((chunk.last_point + 1 for chunk in stored), default=1)
    return most, max((chunk.last_replicate + 1 for chunk in stored), default=1)


@given(st.integers(1, 40), st.integers(1, 20), BLOCKS, st.integers(1, 5))
def test_shards_divide_the_runs(points: int, replicates: int, blocks: Blocks, total: int) -> None:
    shards = [
        plan_chunks(points, replicates, blocks, shard=Shard(number, total)) for number in range(1, total + 1)
    ]
    together = sorted(chunk for shard in shards for chunk in shard)
    assert together == sorted(plan_chunks(points, replicates, blocks))
    sizes = [len(shard) for shard in shards]
    assert max(sizes) - min(sizes) <= 1


def test_what_is_stored_is_not_planned_again() -> None:
    blocks = Blocks(1, 4)
    stored = plan_chunks(1, 10, blocks)
    assert [chunk.replicates for chunk in stored] == [range(4), range(4, 8), range(8, 10)]
    assert plan_chunks(1, 10, blocks, stored) == []
    assert [c.replicates for c in plan_chunks(1, 13, blocks, stored)] == [range(10, 12), range(12, 13)]
