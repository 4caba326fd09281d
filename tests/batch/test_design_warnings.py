from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.design import Design
from sim.batch.design_warnings import (
    about_equal_scenarios,
    about_factors,
    identical,
    overridden,
    starting_late,
)
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.cli import main
from sim.scenarios.scenario import Scenario, load_scenario, load_scenarios
from sim.text import Language

BASELINE, MATCHING_FIRST = load_scenarios(["baseline", "matching_first"])
SUPPORT = Factor("matching_support", "lever", values=(30.0, 1_030.0))
LATER = Factor("matching_support", "lever", values=(30.0, 1_030.0), start=2025)
SUBSIDY = Factor("subsidy", "lever", 0.0, 500.0)


def drawn(method: str, *factors: Factor) -> Design:
    return Design(method, factors, tuple(points_of(method, factors, 1, {})))


def test_a_factor_that_takes_the_place_of_what_scenarios_differ_in_is_known() -> None:
    scenarios = [BASELINE, MATCHING_FIRST]
    assert overridden([SUPPORT, SUBSIDY], scenarios) == {"matching_support": ("baseline", "matching_first")}
    assert overridden([LATER], scenarios) == {"matching_support": ("baseline", "matching_first")}


def test_only_what_lies_behind_the_start_of_a_factor_counts() -> None:
    early = BASELINE.overlaid("early", levers={"subsidy": {2019: 100, 2020: 0}})
    assert overridden([Factor("subsidy", "lever", 0.0, 5.0, start=2021)], [BASELINE, early]) == {}
    assert overridden([Factor("subsidy", "lever", 0.0, 5.0, start=2019)], [BASELINE, early]) != {}
    rate = BASELINE.overlaid("rate", parameters={"posting_rate": {"2018Q2": 0.5, "2019Q2": 0.55}})
    assert overridden([Factor("posting_rate", "uncertainty", 0.1, 0.9, start=4)], [BASELINE, rate]) == {}
    assert overridden([Factor("posting_rate", "uncertainty", 0.1, 0.9)], [BASELINE, rate]) != {}


@pytest.mark.parametrize(
    "factor",
    [
        Factor("esg_finance.guarantee_cover", "lever", 0.1, 0.9),
        Factor("award", "rule", values=("scored", "lottery")),
        Factor("international", "module", values=(False, True)),
        Factor("national_target", "event", values=("2019Q1", "never")),
        Factor("society_5_0", "emphasis", 0.5, 2.0),
    ],
    ids=lambda factor: factor.kind,
)
def test_every_kind_of_factor_may_take_the_place_of_a_difference(factor: Factor) -> None:
    other = BASELINE.overlaid(
        "other",
        levers={"esg_finance": {"guarantee_cover": 0.3}},
        rules={"award": "lottery"},
        modules={"international": not BASELINE.modules["international"]},
        calendar={"national_target": "2030Q1"},
        emphasis={"society_5_0": 1.5},
    )
    assert overridden([factor], [BASELINE, other]) == {factor.name: ("baseline", "other")}
    assert overridden([factor], [BASELINE, BASELINE.overlaid("same")]) == {}


def test_scenarios_that_are_one_at_every_point_are_known() -> None:
    """Only matching support differs between these two, and the factor sets it."""
    matching = BASELINE.overlaid("matching", levers={"matching_support": 5_000})
    scenarios = [BASELINE, matching, load_scenario("esg_first")]
    assert identical(scenarios, drawn("grid", SUPPORT, SUBSIDY)) == [("baseline", "matching")]
    assert identical(scenarios, drawn("grid", SUBSIDY)) == []
    assert identical(scenarios, drawn("grid", LATER)) == []  # until 2025 they differ
    assert (
        identical(scenarios, drawn("oat", SUPPORT, SUBSIDY)) == []
    )  # the first point is the scenario itself


def test_scenarios_that_are_one_to_begin_with_are_known() -> None:
    copies = [BASELINE.overlaid(name) for name in ("a", "b")]
    assert identical([*copies, MATCHING_FIRST]) == [("a", "b")]
    assert identical(copies, drawn("oat", SUBSIDY)) == [("a", "b")]
    assert identical([BASELINE]) == []


def test_factors_that_start_after_the_last_quarter_are_known() -> None:
    factors = [
        Factor("subsidy", "lever", 0.0, 5.0, start=2024),
        Factor("promotion", "lever", 0.0, 5.0, start=2019),
        Factor("posting_rate", "uncertainty", 0.1, 0.9, start=8),
        Factor("matching_efficiency", "uncertainty", 0.1, 0.9),
        Factor("national_target", "event", values=("2019Q1", "2020Q2", "2024Q1", "never")),
    ]
    late = {"subsidy": ("2024",), "posting_rate": ("2020Q2",), "national_target": ("2020Q2", "2024Q1")}
    assert starting_late(factors, 8) == late
    assert starting_late(factors, 9) == {"subsidy": ("2024",), "national_target": ("2024Q1",)}
    assert starting_late(factors, 51) == {}


def told(design: Design | None, *scenarios: Scenario, language: Language = "en") -> list[str]:
    experiment = Experiment("a", scenarios, "synthetic:10", quarters=8, design=design)
    about = [line for _, line in about_factors(experiment, language)]
    return about + about_equal_scenarios(scenarios, language, design)


def test_every_warning_is_one_line_in_both_languages() -> None:
    target = Factor("national_target", "event", values=("2019Q1", "2024Q1", "never"))
    factors = (SUPPORT, Factor("subsidy", "lever", 0.0, 5.0, start=2024), target)
    design = Design("lhs", factors, tuple(points_of("lhs", factors, 1, {"samples": 1})))
    matching = BASELINE.overlaid("matching", levers={"matching_support": 5_000})
    lines = told(design, BASELINE, matching)
    never = [value for value in (30.0, 1_030.0) if value != design.points[0][0]]
    assert lines[:2] == [
        "factors.matching_support: takes the place of what the scenarios say differently about it "
        "(baseline, matching)",
        f"factors.matching_support: {never[0]:g} in none of the 1 points, so never run; ask for more points",
    ]
    assert lines[2] == (
        "factors.subsidy: holds from 2024 on, after the last quarter (2020Q1), so it changes nothing"
    )
    assert lines[3].startswith("factors.national_target: 2024Q1 after the last quarter (2020Q1)")
    assert lines[-1].startswith("baseline, matching: the same at every point of the design")
    japanese = told(design, BASELINE, matching, language="ja")
    assert len(japanese) == len(lines) and all("design_warnings" not in line for line in japanese)
    assert told(None, BASELINE, BASELINE.overlaid("copy"))[0].startswith("baseline, copy: one and the same")


def test_who_gives_a_table_is_told_of_its_rows() -> None:
    (line,) = told(Design("table", (SUPPORT,), ((30.0,),)), BASELINE)
    assert "1,030 in none of the 1 points of the table" in line.replace("1030", "1,030")
    assert "add a row with it" in line
    (japanese,) = told(Design("table", (SUPPORT,), ((30.0,),)), BASELINE, language="ja")
    assert "行を追加" in japanese


def test_designs_that_do_what_they_say_go_without_a_word() -> None:
    assert told(drawn("grid", SUPPORT, SUBSIDY), BASELINE) == []
    assert told(None, BASELINE, MATCHING_FIRST) == []


EXPERIMENT = """\
name: a
world: synthetic:10
quarters: 2
replicates: 1
scenarios: [baseline, matching.yaml]
design: {method: grid}
factors: {matching_support: {kind: lever, values: [30, 1_030]}}
"""


@pytest.mark.parametrize("command", ["check", "batch"])
def test_scenarios_that_a_factor_makes_one_are_told_before_and_on_the_way(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(EXPERIMENT, encoding="utf-8")
    Path("matching.yaml").write_text("name: matching\nlevers: {matching_support: 5_000}\n", encoding="utf-8")
    assert main([command, "a.yaml", *(["--workers", "1"] if command == "batch" else [])]) == 0
    told = capsys.readouterr().err
    assert "factors.matching_support: takes the place of what the scenarios say differently about it" in told
    assert "baseline, matching: the same at every point of the design" in told


def test_a_comparison_of_a_scenario_with_its_copy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("copy.yaml").write_text("name: copy\n", encoding="utf-8")
    Path("results").write_text("a file, so that nothing is run", encoding="utf-8")
    assert main(["compare", "baseline", "copy.yaml", "--quick", "--out", "results"]) == 2
    assert "baseline, copy: one and the same scenario under several names" in capsys.readouterr().err
