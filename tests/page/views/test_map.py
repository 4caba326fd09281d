"""The map tells what the stored tables tell, and its shapes are those of the offices."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import pytest

from sim.page import cells
from sim.page.views import VIEWS, Asked, Pairs
from sim.page.views import map as view
from sim.results import Results
from sim.text import say


def shown(data: dict[str, Any], measure: str, scenario: int) -> np.ndarray:
    """(quarters, municipalities) a run."""
    values, kind = data["values"], {1: "i1", 2: "<i2"}[data["bytes"]]
    changes = np.frombuffer(zlib.decompress(base64.b64decode(values[measure][scenario])), kind)
    return changes.astype(float).reshape(-1, 51).cumsum(axis=1).T / data["n"]


@pytest.fixture(scope="module")
def data(pairs: Pairs) -> dict[str, Any]:
    return VIEWS["map"].of(pairs, Asked("en"))


def test_adoption_is_the_share_of_runs(results: Results, data: dict[str, Any]) -> None:
    table = results.municipalities
    table = table[table["scenario"] == "matching_first"]
    at_end = table.groupby("jis_code", observed=True)["adopted_quarter"].agg(lambda when: when.notna().mean())
    assert np.allclose(shown(data, "adopted", 1)[-1], at_end.loc[data["codes"]].to_numpy(float))
    by_2024 = table.groupby("jis_code", observed=True)["adopted_quarter"].agg(
        lambda w: (w <= "2024Q4").mean()
    )
    assert np.allclose(shown(data, "adopted", 1)[26], by_2024.loc[data["codes"]].to_numpy(float))


def test_projects_are_those_of_the_tables(results: Results, data: dict[str, Any]) -> None:
    table = results.municipalities
    ever = table[table["scenario"] == "baseline"].groupby("jis_code", observed=True)["projects_signed"]
    share = ever.agg(lambda signed: (signed > 0).mean()).loc[data["codes"]].to_numpy(float)
    assert np.allclose(shown(data, "project", 0)[-1], share)
    active = results.runs("active_partnerships", results.quarters)
    active = active[active["scenario"] == "baseline"].filter(like="@").mean().to_numpy(float)
    assert np.allclose(shown(data, "under_way", 0).sum(axis=1), active, rtol=0.02, atol=0.5)


def test_prefectures_are_paired(results: Results, pairs: Pairs, data: dict[str, Any]) -> None:
    title, under_way = pairs.title("matching_first", "en"), say("page.views.map.under_way", "en")
    own = [row for row in data["table"]["rows"] if (row[0], row[3]) == (under_way, title)]
    effect = results.contrast("matching_first", "baseline", "active_partnerships").iloc[0].effect
    assert sum(row[7] for row in own) == pytest.approx(effect, abs=0.05 * len(own))
    assert all(low <= middle <= high for middle, low, high in (row[4:7] for row in own))


def test_two_dates_are_told_one_after_the_other(pairs: Pairs) -> None:
    found = VIEWS["map"].of(pairs, Asked("en", dates=("2019Q2", "2099Q1")))
    first, last = (VIEWS["map"].of(pairs, Asked("en", dates=(date,))) for date in ("2019Q2", "2030Q4"))
    assert found["shown"] == [4, 50]
    assert found["table"]["rows"] == first["table"]["rows"] + last["table"]["rows"]
    assert "2019Q2 and 2030Q4" in found["title"]


def test_large_numbers_need_two_bytes(
    pairs: Pairs, data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a folder with hundreds of runs."""
    counted = view._counts
    monkeypatch.setattr(view, "_counts", lambda *of: {name: 200 * c for name, c in counted(*of).items()})
    large = VIEWS["map"].of(pairs, Asked("en"))
    assert (data["bytes"], large["bytes"]) == (1, 2)
    assert np.allclose(shown(large, "under_way", 1), 200 * shown(data, "under_way", 1))


def test_cells_are_fresh() -> None:
    """``python -m sim.page.cells`` after a change of the offices."""
    for name, text in cells.tables().items():
        assert (cells.DATA / f"{name}.csv").read_text(encoding="utf-8") == text, name
    assert sum(path.stat().st_size for path in cells.DATA.iterdir()) < 600_000


def test_every_place_has_a_shape() -> None:
    found = cells.geometry()
    assert len(found["codes"]) == len(found["cells"]) == 1741
    assert all(len(corners) >= 6 and not len(corners) % 2 for corners in found["cells"])
    assert {tile["code"] for tile in found["tiles"]} == set(range(1, 48))
    assert len({(tile["column"], tile["row"]) for tile in found["tiles"]}) == 47
    for x, y, corners in list(zip(found["x"], found["y"], found["cells"], strict=True))[::97]:
        assert min(corners[::2]) <= x <= max(corners[::2]) and min(corners[1::2]) <= y <= max(corners[1::2])


def test_areas_are_kept_by_the_plane() -> None:
    """A degree by a degree is as large as on the globe, in the north and in the south."""
    for latitude in (31.0, 43.0):
        (x, y), (right, _), (_, down) = (
            cells.project(137.5 + a, latitude + b) for a, b in ((0, 0), (0.1, 0), (0, 0.1))
        )
        expected = (
            6371.0**2 * np.radians(0.1) * (np.sin(np.radians(latitude + 0.1)) - np.sin(np.radians(latitude)))
        )
        assert (right - x) * (y - down) == pytest.approx(expected, rel=0.01)
