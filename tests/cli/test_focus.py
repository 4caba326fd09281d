"""``--focus``: a place of the world that is run, refused before anything is run where it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.orders import Order
from sim.results import load

pytestmark = pytest.mark.usefixtures("blank_figures")

SMALL = ("--world", "synthetic:80", "--quarters", "4", "--replicates", "2", "--workers", "1")


def compare(folder: Path, *options: str) -> int:
    return main(["compare", "baseline", "matching_first", *SMALL, "--out", str(folder), *options])


def test_a_place_that_is_not_there_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tmp_path / "r", "--focus", "Nagano") == 2
    assert "--focus: 'Nagano': synthetic:80 has no such place" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_programme_that_serves_nobody_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nagano = str(Path(__file__).parents[2] / "experiments" / "scenarios" / "nagano.yaml")
    assert main(["compare", "baseline", nagano, *SMALL, "--out", str(tmp_path / "r")]) == 2
    assert "synthetic:80 has no such region" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_place_is_told_of_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "r"
    assert compare(folder, "--focus", "2") == 0
    assert "In Prefecture 2: effect against baseline" in capsys.readouterr().out
    assert load(folder).manifest.by == "prefecture"
    assert "One place: Prefecture 2" in (folder / "report.html").read_text(encoding="utf-8")
    assert main(["report", str(folder), "--focus", "00080", "--lang", "ja"]) == 0
    assert "一つの地域" in (folder / "report.ja.html").read_text(encoding="utf-8")


def test_a_folder_without_places_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "r"
    assert compare(folder, "--quiet") == 0
    assert main(["report", str(folder), "--focus", "2"]) == 2
    assert "keeps no results by place; run it with record" in capsys.readouterr().err


def batch(folder: Path, *scenarios: str) -> Path:
    """Results of an experiment file that keeps places, but no table of municipalities."""
    file = folder / "e.yaml"
    words = f"scenarios: [{', '.join(scenarios)}]\nbaseline: baseline\nrecord: {{by: prefecture}}\n"
    file.write_text(f"name: e\nworld: synthetic:80\nquarters: 4\nreplicates: 2\n{words}", encoding="utf-8")
    assert main(["batch", str(file), "--workers", "1", "--out", str(folder / "r")]) == 0
    return folder / "r"


def test_a_municipality_whose_table_is_not_kept_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = batch(tmp_path, "baseline", "matching_first")
    assert main(["report", str(folder), "--focus", "00080"]) == 2
    assert "keeps no table of municipalities, which '00080' needs" in capsys.readouterr().err
    assert main(["report", str(folder), "--focus", "2"]) == 0


def test_a_baseline_alone_has_a_report_and_no_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = batch(tmp_path, "baseline")
    assert main(["report", str(folder)]) == 0
    assert main(["report", str(folder), "--focus", "2"]) == 2
    assert "compares no scenario with a baseline" in capsys.readouterr().err


@pytest.mark.parametrize(("focus", "world"), [(None, "synthetic:300"), ("20", "japan")])
def test_a_place_is_looked_for_in_japan_at_a_first_look(focus: str | None, world: str) -> None:
    order = Order.given(None, None, "8", 1, None, 1, "en", quick=True, quiet=True, focus=focus)
    assert (order.world, order.replicates) == (world, 10)
