"""Tables of the report: what an interval is marked with, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.report import sections
from sim.report.effect_tables import main_effects, money_contrasts
from sim.report.findings import Findings
from sim.report.foundations import titles
from sim.report.words import Names
from sim.results import load
from sim.scenarios.scenario import load_scenarios
from sim.statistics.resampling import bootstrap
from sim.text import Language, say
from tests.report.made import SCENARIOS


def effects_of(effects: pd.DataFrame, lang: Language) -> sections.Table:
    names = Names({name: name for name in SCENARIOS}, lang)
    found = Findings(names, "baseline", "2030Q4", effects, pd.DataFrame(), pd.DataFrame(), False)
    return sections.effects(found, "2030Q4")


def intervals(table: sections.Table) -> list[str]:
    return [row[3] for group in table.groups for row in group.rows]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_interval_that_a_bootstrap_does_not_bear_out_is_marked(
    comparison: pd.DataFrame, lang: Language
) -> None:
    plain = effects_of(comparison, lang)
    assert not any("†" in interval for interval in intervals(plain)) and len(plain.remarks) == 1
    signed = (comparison["outcome"] == "deals_signed") & (comparison["scenario"] == "subsidy_first")
    marked = effects_of(comparison.assign(disagree=signed), lang)
    assert sum(interval.endswith("†") for interval in intervals(marked)) == 1
    assert say("results.intervals_disagree", lang) in marked.remarks[-1] and "†" in marked.remarks[-1]


def test_one_pair_of_runs_makes_no_comparison(comparison: pd.DataFrame) -> None:
    single = comparison.assign(ci_low=np.nan, ci_high=np.nan, reading="unknown")
    assert effects_of(single, "en").remarks == []
    assert str(len(comparison)) in effects_of(comparison, "en").remarks[0]


def test_the_upper_bound_stands_beside_the_replicates_needed(comparison: pd.DataFrame) -> None:
    rows = [row for group in effects_of(comparison, "en").groups for row in group.rows]
    assert {row[-1] for row in rows} <= {"12 (≤ 20)", "–"} and "12 (≤ 20)" in {row[-1] for row in rows}


def test_marks_are_those_of_the_contrasts_themselves(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "subsidy_first", "esg_first"]))
    experiment = Experiment(
        "m", scenarios, world="synthetic:60", quarters=17, replicates=12, baseline="baseline"
    )
    run_experiment(experiment, tmp_path / "results")
    results = load(tmp_path / "results")
    effects = main_effects(results).set_index(["scenario", "outcome"])["disagree"]
    money = money_contrasts(results.ledger, "baseline")
    for scenario in ("subsidy_first", "esg_first"):
        own = effects[scenario]
        expected = results.contrast(
            scenario, "baseline", [name for name in own.index if name in results.kinds]
        )
        assert own[expected["outcome"]].to_list() == expected["disagree"].to_list()
        assert own[["spent", "lapsed"]].to_list() == bootstrap(money[scenario]).disagrees.tolist()
    assert effects.any() and not effects.all()


def test_scenarios_with_the_same_title_are_told_apart_by_name() -> None:
    first, second, third = load_scenarios(["baseline", "subsidy_first", "esg_first"])
    twin = second.model_copy(update={"title": first.title})
    found = titles(Experiment("twins", (first, twin, third), "synthetic:30", 4), "en")
    assert found["baseline"] == f"{first.title.en} (baseline)"
    assert found["subsidy_first"] == f"{first.title.en} (subsidy_first)"
    assert found["esg_first"] == third.title.en
