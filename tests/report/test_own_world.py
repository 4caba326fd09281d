"""A report on a world of one's own: its places by name, its tables, and what these do not give."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.report.maps import _positions
from sim.report.municipalities import places_of
from sim.report.report import write_report
from sim.scenarios.scenario import load_scenarios
from sim.text import say
from sim.worlds import load_world

PLACES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = load_scenarios(["baseline", "matching_first"])
    experiment = Experiment("isles", scenarios, str(PLACES), 6, replicates=2, baseline="baseline")
    folder = tmp_path_factory.mktemp("isles") / "results"
    run_experiment(experiment, folder)
    return folder


@pytest.mark.usefixtures("blank_figures")
def test_the_report_names_the_world_its_regions_and_places_and_carries_its_tables(folder: Path) -> None:
    page = write_report(folder).read_text(encoding="utf-8")
    assert "in the 54 municipalities of made_up_isles.csv" in page
    assert "Japan’s scores of 2018 shifted by the figures of each place" in page
    assert "nobody was selected" in page
    address = re.search(r'download="made_up_isles.csv" href="data:text/csv;base64,([^"]+)"', page)
    assert address is not None
    assert base64.b64decode(address[1]) == PLACES.read_bytes()
    assert "world/made_up_isles.csv" in page
    japanese = write_report(folder, "ja").read_text(encoding="utf-8")
    assert "made_up_isles.csvの54市区町村" in japanese
    for text, prefecture, region in ((page, "prefecture", "By region"), (japanese, "都道府県", "地域別")):
        words = re.sub(r"data:[^\"]+|<[^>]+>", " ", text)
        assert prefecture not in words.casefold() and region in words
    assert say("report.by_prefecture", "en") == "By prefecture"
    sheet = pd.read_csv(folder / "tables" / "municipalities.csv", dtype=str)
    assert list(sheet.columns[:3]) == ["Id", "Region", "Municipality"]
    assert sheet["Id"].tolist() == pd.read_csv(PLACES, dtype=str)["id"].tolist()


def test_the_map_shows_places_by_degrees() -> None:
    isles = _positions(places_of(load_world(str(PLACES), 1)))
    assert isles.geography == "degrees"
    assert isles.stretch == pytest.approx(0.539, abs=0.01)  # cosine of the mean latitude
    assert 0 < isles.reach < 1
    assert isles.x.tolist() == load_world(str(PLACES), 1).labels.longitude.tolist()
    assert _positions(places_of(load_world("japan", 1))).japan
    assert _positions(places_of(load_world("synthetic:5", 1))).geography == "plane"


def test_places_on_both_sides_of_the_date_line_lie_together() -> None:
    table = pd.DataFrame({"longitude": [179.0, -179.0], "latitude": [-17.0, -18.0], "geography": "degrees"})
    assert _positions(table).x.tolist() == [179.0, 181.0]


def test_a_single_place_has_a_map() -> None:
    table = pd.DataFrame({"longitude": [5.0], "latitude": [5.0], "geography": "degrees"})
    assert 0 < _positions(table).cell < _positions(table).reach


@pytest.mark.parametrize("municipalities", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_world_of_fewer_places_than_quarters_has_a_report(tmp_path: Path, municipalities: int) -> None:
    scenarios = load_scenarios(["baseline", "matching_first"])
    world = f"synthetic:{municipalities}"
    run_experiment(Experiment("few", scenarios, world, 4, replicates=2, baseline="baseline"), tmp_path)
    assert write_report(tmp_path).exists()
