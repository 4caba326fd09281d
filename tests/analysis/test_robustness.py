"""Options judged over futures: those stored, the points of a design, and unit costs halved and doubled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.futures.stored import Futures, fingerprint
from sim.analysis.robustness import judged, of_futures, of_results
from sim.analysis.robustness.__main__ import panels_of
from sim.analysis.robustness.figure import ranks
from sim.analysis.robustness.page import page, sentence
from sim.analysis.robustness.unit_costs import TIMES, UNIT_COSTS, combined, gather
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.errors import InputError
from sim.results import Results
from sim.scenarios.scenario import load_scenario
from sim.scenarios.spending import Absorbed
from sim.studies import Study
from sim.text.numbers import number

PAGE = Path(__file__).parents[2] / "docs" / "robustness.md"
EQUAL = Absorbed(factor=1.0, appropriated=400.0, spent=300.0, verdict="equal")


def futures(costs: dict[str, Sequence[float]], less: Sequence[str] = ()) -> Futures:
    """Made-up futures at JPY 300 M a year; those in ``less`` cannot absorb it."""
    samples = len(next(iter(costs.values())))
    table = pd.DataFrame({"future": range(samples), "sum": 300.0, "outcome": "deals_signed", **costs})
    given = {name: EQUAL.model_copy(update={"verdict": "at_most"} if name in less else {}) for name in costs}
    return Futures("2026-11-26", fingerprint(), "japan", 51, 2018, samples, {300.0: given}, table)


STORED = futures({"bold": [1, 1, 1, 100], "steady": [2, 2, 2, 2], "unable": [0.1] * 4}, less=["unable"])


def test_of_stored_futures_units_per_yen_count_and_those_that_cannot_spend_take_no_part() -> None:
    found = of_futures(STORED, 300.0, {"bold": 0.9, "steady": 0.5})
    assert found.options == ("bold", "steady") and found.threshold == 0.45
    table = found.table().set_index(["criterion", "option"])
    assert table.loc[("mean", "bold"), "score"] == pytest.approx((3 + 0.01) / 4)
    assert table.loc[("maximin", "bold"), "score"] == pytest.approx(0.01)
    assert found.best("mean") == ("bold",) and found.best("maximin") == ("steady",)
    assert table.loc[("domain", "bold"), "score"] == 0.75 and found.best("domain") == ("steady",)
    assert found.nominal_rank.tolist() == [1, 2] and "maximin" in found.disagreeing


def test_a_cost_that_is_infinite_gains_nothing() -> None:
    found = of_futures(futures({"a": [np.inf, 1.0], "b": [2.0, 2.0]}), 300.0)
    assert found.table().query("criterion == 'maximin'")["score"].tolist() == [0.0, 0.5]
    assert np.isnan(found.nominal).all() and (found.nominal_rank == 0).all()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three scenarios in six futures of a tiny world, two replicates each."""
    factors = (
        Factor("posting_rate", "uncertainty", 0.2, 1.6),
        Factor("matching_efficiency", "uncertainty", 0.13, 1.0),
    )
    design = Design("lhs", factors, tuple(points_of("lhs", factors, 1, {"samples": 6})), {"samples": 6})
    scenarios = tuple(map(load_scenario, ("baseline", "matching_first", "subsidy_first")))
    experiment = Experiment(
        "futures", scenarios, "synthetic:60", 16, replicates=2, baseline="baseline", design=design
    )
    return Study(experiment, tmp_path_factory.mktemp("robust") / "r").run()


def test_of_a_results_folder_effects_count_future_by_future_and_draw_by_draw(results: Results) -> None:
    found = of_results(results, "deals_signed")
    runs = results.runs("deals_signed").set_index(["scenario", "point", "replicate"])["deals_signed"]
    effect = (runs["matching_first"] - runs["baseline"]).groupby("point").mean()
    assert found.options == ("matching_first", "subsidy_first") and found.found.futures == 6
    own = found.table().query("option == 'matching_first'").set_index("criterion")
    assert own.loc["mean", "score"] == pytest.approx(effect.mean())
    assert own.loc["maximin", "score"] == effect.min()
    assert own["chance"].between(0, 1).all()
    fewer = of_results(results, "deals_signed", smaller=True)
    assert fewer.table()["score"].iloc[0] == -found.table()["score"].iloc[0]


def test_what_cannot_be_judged_is_told(results: Results, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no scenario nothing"):
        of_results(results, "deals_signed", baseline="nothing")
    with pytest.raises(InputError, match="keeps no outcome luck"):
        of_results(results, "luck")
    one = replace(results.experiment, design=None, scenarios=results.experiment.scenarios)
    alone = Study(one, tmp_path / "one").run()
    with pytest.raises(InputError, match="two futures"):
        of_results(alone, "deals_signed")


def test_unit_costs_halved_and_doubled_are_run() -> None:
    """Advice costs half as much: the same money buys twice as many; a subsidy has its face value."""
    plain = futures({"subsidy_first": [1.0, 1.0], "promotion_first": [1.0, 1.0]})
    tiny = replace(plain, world="synthetic:60", quarters=16)
    table = gather(tiny, [300.0], replicates=2, workers=1)
    assert set(table["times"]) == set(TIMES) and "promotion_contact_cost" in UNIT_COSTS
    assert not {"grant_rate", "effect_reference_cost", "screening_cost"} & set(UNIT_COSTS)
    values = combined(table, 300.0, "deals_signed", ["promotion_first", "subsidy_first"])
    each = table.query("outcome == 'deals_signed' and scenario == 'promotion_first'")["value"]
    assert set(values[:, 0]) == set(each)
    titles = panels_of(tiny, table, 300.0)
    assert len(titles) == 2
    second = list(titles.values())[1]
    assert (second.found.low == second.found.rank).all() and second.found.futures == len(values)
    text = page(titles, tiny, 2)
    assert "by default" in text and "nan" not in text.replace("finance", "")
    assert len(ranks(titles).axes) == 2


def test_the_page_says_where_criteria_disagree() -> None:
    told = sentence(of_futures(STORED, 300.0, {"bold": 0.9, "steady": 0.5}))
    assert "With default parameters `bold` is first; by the mean `bold`." in told
    assert "`steady` by `domain`" in told and "`steady` by `maximin`" in told
    same = judged(["a", "b"], np.array([[2.0, 1.0], [3.0, 1.0], [4.0, 1.0]]), np.array([2.0, 1.0]))
    assert "All criteria pick the same" in sentence(same)


def test_the_stored_page_is_of_this_model_and_of_its_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    baseline = fingerprint().partition("-")[2]
    assert f"-{baseline}`" in text, "run python -m sim.analysis.robustness"
    stored = pd.read_csv(PAGE.with_suffix(".csv")).set_index(["over", "criterion", "option"])
    panels = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    assert set(panels) == set(stored.index.unique("over"))
    told = 0
    for title, part in panels.items():
        head, _, *rows = (line.strip("| ").split(" | ") for line in part.splitlines() if line[:1] == "|")
        for option, _, *cells in rows:
            for criterion, cell in zip(head[2:], cells, strict=True):
                row = stored.loc[title, criterion, option.strip("`")]
                score = f"{row['score']:.0%}" if criterion == "domain" else number(row["score"], 2)
                assert cell == f"{score} ({row['rank']:.0f})", (title, option, criterion)
                told += 1
    assert told == len(stored)
