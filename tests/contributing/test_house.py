"""The picture of the house is that of the present sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import house
from tests.test_structure import LAYERS


def test_the_picture_is_fresh() -> None:
    assert house.stored() == house.house(), "run python -m docs.house"


def test_the_house_holds_every_part_and_arrows_that_are_there() -> None:
    found = house.house()
    assert tuple(found) == LAYERS
    assert "results" in found["cli"] and "cli" not in found["kernel"]
    assert found["errors"] == []


def test_a_picture_carries_what_it_was_drawn_from(tmp_path: Path) -> None:
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    house.write(one)
    house.write(other)
    assert one.read_bytes() == other.read_bytes() and house.stored(one) == house.house()
    one.write_text("<svg/>")
    with pytest.raises(ValueError, match="carries no data"):
        house.stored(one)
