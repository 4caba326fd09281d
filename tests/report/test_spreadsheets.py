from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from sim.report.municipalities import places_of
from sim.report.spreadsheets import spreadsheets, write_sheet, write_sheets
from sim.report.words import Names
from sim.results import load
from sim.text import Language
from sim.worlds import load_world
from tests.report import made
from tests.report.conftest import NASTY


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_spreadsheets_have_a_mark_titles_and_units(compared: Path, tmp_path: Path, lang: Language) -> None:
    results = load(compared)
    names = Names({"baseline": "現行施策", "nasty": "=1+1", "matching_first": "M"}, lang)
    paths = {path.stem: path for path in write_sheets(spreadsheets(results, names), tmp_path)}
    assert set(paths) == {"effects", "per_yen", "municipalities", "money"}
    heads = {}
    for name, path in paths.items():
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") and b"\r\n" in content
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > (4 if name == "per_yen" else 10)
        assert not [cell for row in rows for cell in row if cell.startswith("=")]
        heads[name] = " ".join(rows[0])
    for part in ("JPY M", "Absorbed (%)") if lang == "en" else ("百万円", "執行率（%）"):
        assert part in heads["money"]
    assert "現行施策" in heads["municipalities"]


def test_effects_are_those_of_the_comparison(compared: Path, tmp_path: Path) -> None:
    results = load(compared)
    write_sheets(spreadsheets(results, Names({}, "en")), tmp_path)
    table = pd.read_csv(tmp_path / "effects.csv", encoding="utf-8-sig")
    assert table["Outcome (name in the model)"].nunique() > 80
    row = table[
        (table["Outcome (name in the model)"] == "adoption_share") & (table["Scenario (name)"] == "nasty")
    ]
    assert row["Unit"].item() == "points"
    last = results.series[results.series["quarter"] == results.quarters[-1]]
    share = last[last["scenario"] == "baseline"]["adoption_share"].mean()
    assert row["Baseline"].item() == pytest.approx(100 * share, abs=0.01)


def test_a_title_is_no_formula(tmp_path: Path) -> None:
    sheet = pd.DataFrame({"@a": ["=cmd", "＝cmd", NASTY], "b": [-1.5, 2.0, 3.0]})
    path = write_sheet(tmp_path / "x.csv", sheet)
    table = pd.read_csv(path, encoding="utf-8-sig")
    assert table["'@a"].to_list() == ["'=cmd", "'＝cmd", NASTY]
    assert table["b"].to_list() == [-1.5, 2.0, 3.0]


def test_every_municipality_has_its_names_and_codes() -> None:
    places = places_of(load_world("japan", 1)).set_index("jis_code")
    assert len(places) == 1741
    sapporo = places.loc["01100"]
    assert (sapporo["municipality"], sapporo["prefecture"], sapporo["region"]) == (
        "札幌市",
        "北海道",
        "hokkaido",
    )
    assert places["prefecture"].nunique() == 47 and places["region"].nunique() == 8


def test_made_up_municipalities_have_no_region() -> None:
    assert set(places_of(load_world("synthetic:20", 1))["region"]) == {""}
    assert len(made.made_places()) == 60
