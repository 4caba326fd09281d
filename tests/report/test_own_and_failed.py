"""Outcomes of one's own in page and spreadsheets; scenarios of which no run is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.report import report
from sim.report.effect_tables import main_effects
from sim.report.effects import draw_effects
from sim.report.figures import all_data, figure_data
from sim.report.foundations import titles
from sim.report.words import Names
from sim.results import load
from sim.scenarios.scenario import Scenario, load_scenario, load_scenarios

WORLD = "synthetic:30"
SOURCE = """
from sim.extensions import mechanism, outcome
from sim.kernel.outcomes import Kind

@outcome("deals", kind=Kind.FLOW)
def deals_of_large_places(now):
    return float(now.municipalities.signed.max())

@mechanism(after="adopt")
def breaks(now):
    raise ValueError("broken on purpose")
"""


type Make = Callable[[str, str, str], Scenario]


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a scenario file with an extension: of a name, what it extends, the extension."""
    (tmp_path / "own_code.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, extends: str, extension: str) -> Scenario:
        file = tmp_path / f"{name}.yaml"
        file.write_text(f"name: {name}\nextends: {extends}\nextensions: ['own_code:{extension}']\n")
        return load_scenario(file, allow_extensions="own_code")

    return make


@pytest.mark.usefixtures("blank_figures")
def test_an_outcome_of_ones_own_is_in_page_tables_and_figure(extended: Make, tmp_path: Path) -> None:
    name, own = "deals_of_large_places", tmp_path / "results"
    scenarios = (extended("here", "baseline", name), extended("there", "matching_first", name))
    experiment = Experiment("own", scenarios, world=WORLD, quarters=21, replicates=12, baseline="here")
    run_experiment(experiment, own)
    results = load(own)
    runs = results.runs(name)
    means = runs.groupby("scenario", observed=True)[name].mean()
    row = main_effects(results).set_index("outcome").loc[name]
    assert row["effect"] == pytest.approx(means["there"] - means["here"]) and row["effect"] != 0
    assert row["level"] == pytest.approx(means["here"])
    assert name in set(figure_data(results, "effects")["outcome"])
    names = Names(titles(experiment, "en"), "en")
    axes = Figure().subplots(1, 2)
    for panel, outcome in zip(axes, (name, "deals_signed"), strict=True):
        draw_effects(panel, figure_data(results, "effects"), names, outcome)
    assert [panel.get_xlabel() for panel in axes] == ["difference", "difference (deals)"]
    page = report.write_report(own).read_text(encoding="utf-8")
    assert len(re.findall(r"deals of large places", page)) == 3  # at a glance, effects, where each ends
    sheet = pd.read_csv(own / "tables" / "effects.csv", encoding="utf-8-sig")
    shown = sheet[sheet["Outcome (name in the model)"] == name]
    assert shown["Effect against the baseline"].item() == pytest.approx(row["effect"], rel=1e-3)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Path]:
    def make(*scenarios: Scenario, baseline: str | None = "baseline") -> Path:
        experiment = Experiment("f", scenarios, world=WORLD, quarters=9, replicates=2, baseline=baseline)
        run_experiment(experiment, tmp_path / "results")
        return tmp_path / "results"

    return make


@pytest.mark.usefixtures("blank_figures")
def test_a_scenario_without_a_run_is_left_out_and_named(stored: Callable[..., Path], extended: Make) -> None:
    folder = stored(*load_scenarios(["baseline", "matching_first"]), extended("broken", "baseline", "breaks"))
    results = load(folder)
    assert set(main_effects(results)["scenario"]) == {"matching_first"}
    assert not any((table["scenario"] == "broken").any() for table in all_data(results).values())
    page = report.write_report(folder).read_text(encoding="utf-8")
    assert "This rests on 4 of 6 runs: 0 are missing and 2 failed." in page
    assert "There is no run of “broken” among them" in page
    assert "nan" not in page.replace("finan", "").replace("governan", "")
    sheet = pd.read_csv(folder / "tables" / "effects.csv", encoding="utf-8-sig")
    assert set(sheet["Scenario (name)"]) == {"matching_first"}
    assert "1つもない" in report.write_report(folder, "ja").read_text(encoding="utf-8")


@pytest.mark.usefixtures("blank_figures")
def test_where_all_but_the_baseline_failed_its_levels_are_told(
    stored: Callable[..., Path], extended: Make
) -> None:
    folder = stored(load_scenario("baseline"), extended("broken", "baseline", "breaks"))
    page = report.write_report(folder).read_text(encoding="utf-8")
    assert "There is no run of “broken” among them" in page and "deals are signed by 2020Q2" in page
    assert "Effects against the baseline" not in page


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize("others", [["matching_first"], []])
def test_without_a_run_of_the_baseline_it_is_said_in_a_line(
    stored: Callable[..., Path], extended: Make, others: list[str]
) -> None:
    broken = extended("broken", "baseline", "breaks")
    folder = stored(broken, *(load_scenarios(others) if others else ()), baseline="broken")
    with pytest.raises(InputError, match=r"every run of the baseline|runs failed, and none is left"):
        report.write_report(folder)


def test_analyses_say_how_many_runs_failed(
    extended: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    factors = (Factor("posting_rate", "uncertainty", 0.2, 1.0),)
    design = Design("lhs", factors, tuple(points_of("lhs", factors, 1, {"samples": 60})), {"samples": 60})
    folder, scenarios = (
        tmp_path / "failed",
        (load_scenario("baseline"), extended("worse", "baseline", "breaks")),
    )
    run_experiment(Experiment("f", scenarios, world=WORLD, quarters=6, replicates=1, design=design), folder)
    main(["sensitivity", str(folder), "--when", "worse > baseline"])
    told = capsys.readouterr().err
    assert "60 of 120 runs failed and are left out" in told and "of no point is it known" in told
