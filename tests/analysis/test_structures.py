"""Structural alternatives: what each changes, scores with known answers, and a tiny round of all of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.calibration.space import CALIBRATED
from sim.analysis.calibration.targets import calibrated
from sim.analysis.futures.runs import Setting, arms
from sim.analysis.futures.stored import OUTCOMES, stored
from sim.analysis.standing import SUMS, Levers, at_equal_spending
from sim.analysis.structures import figure, runs
from sim.analysis.structures.runs import ORIGINS, Work, asked, ranked, scored
from sim.analysis.structures.table import STRUCTURES
from sim.analysis.structures.tables import RANKS, SCORES, read, summary, write
from sim.analysis.validation.cases import end_of, later
from sim.batch.parameter_sets import ParameterSets
from sim.calendar import quarter_label
from sim.kernel.parameters import declared
from sim.scenarios.scenario import load_scenario
from sim.simulation.policy import parameters_at
from sim.text import LANGUAGES, say

STORED = Path(__file__).parents[2] / "docs" / "validation"
TINY = Work(runs=90, temperatures=(4.0,), steps=20, draws=10, asked=3)


def tiny_levers(quarters: int = 18) -> Levers:
    setting = Setting("synthetic:30", quarters, workers=1)
    compared, equal = arms(["promotion_first", "matching_first"], [400.0], setting, lambda _: None)
    return Levers(compared, equal, setting)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_changes_its_part_and_is_not_calibrated_in_it(name: str) -> None:
    structure, scenario = STRUCTURES[name], load_scenario("matching_first")
    made = structure.of(scenario)
    assert made.levers == scenario.levers and made.name == scenario.name
    assert made.rules == scenario.rules | dict(structure.rules)
    sets = ParameterSets(CALIBRATED, (tuple(declared()[one].low for one in CALIBRATED),), "low")
    at_once = parameters_at(sets.applied(made, 0), 0)
    flat = {key: value for group in at_once for key, value in group._asdict().items()}
    assert structure.held.items() <= flat.items(), "a draw leaves what makes the structure"
    assert not set(structure.held) & set(structure.space.names)
    assert set(structure.space.names) == set(CALIBRATED) - set(structure.held) | set(structure.freed)
    if name != "default":
        assert structure.rules or structure.held
    for language in LANGUAGES:
        assert say(f"structures.{name}.label", language) != f"structures.{name}.label"
        assert say(f"structures.{name}.meaning", language) != f"structures.{name}.meaning"


def test_what_is_scored_was_not_calibrated_to() -> None:
    for origin in ORIGINS:
        used, then = calibrated(quarter_label(end_of(origin))), later(origin)
        assert used and not set(used) & set(then)
        assert {"promote_and_answer_2021", "private_members_2021_07"} <= {one.name for one in then}


def test_a_forecast_that_says_what_happened_has_the_scores_of_its_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All draws at the observed figures: the log score is that of a normal at its middle, CRPS s * 0.2337."""

    class Exact:
        def __init__(self, request: object, workers: int) -> None:
            self.observed = request.observed  # type: ignore[attr-defined]

        def __call__(self, cube: np.ndarray, _name: str) -> np.ndarray:
            return np.tile(self.observed, (len(cube), 1))

    real = runs.fitted(STRUCTURES["default"], "2020Q1", "synthetic:30", 1, TINY, 1)
    monkeypatch.setattr(runs, "fitted", lambda *_: real)
    monkeypatch.setattr(runs, "Runs", Exact)
    found = scored(STRUCTURES["default"], ORIGINS[1], "synthetic:30", 1, TINY, 1)
    error = np.array([target.error for target in later(ORIGINS[1])])
    assert found["log_score"].to_numpy() == pytest.approx(-stats.norm.logpdf(0.0, 0.0, error))
    assert found["crps"].to_numpy() == pytest.approx(error * 0.233695, rel=1e-4)
    assert found["covered"].all()


def test_the_cheapest_is_counted_over_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = {"promotion_first": (1.0, 3.0, np.inf, 4.0), "matching_first": (2.0, 2.0, np.inf, np.inf)}

    def given(*_: object) -> list[list[tuple[float, str, str, float]]]:
        return [[(400.0, OUTCOMES[0], name, costs[name][draw]) for name in costs] for draw in range(4)]

    monkeypatch.setattr("sim.analysis.standing.costs_in", given)
    sets = ParameterSets(("posting_rate",), ((0.5,),), "one")
    found = ranked(STRUCTURES["default"], sets, Levers([], {}, Setting("synthetic:30")), 4)
    found = found.set_index("scenario")
    assert found["cheapest"].to_dict() == {"promotion_first": 0.5, "matching_first": 0.25}
    assert found.loc["promotion_first", "cost_q50"] == 3.0 and np.isinf(found["cost_q95"]).all()


def test_levers_are_asked_at_what_the_stored_futures_gave_them() -> None:
    levers, futures = at_equal_spending(workers=1), stored()
    assert futures is not None and {arm.sum for arm in levers.compared} == set(levers.equal) == set(SUMS)
    for arm in levers.compared:
        assert levers.equal[arm.sum].scenarios[arm.scenario.name].verdict != "at_most"
        assert arm.scenario.name in futures.able(arm.sum)


def test_a_tiny_round_is_written_read_and_drawn(tmp_path: Path) -> None:
    levers = tiny_levers()
    ranks, scores = asked([STRUCTURES["contagion_threshold"]], levers, 1, TINY)
    assert len(ranks) == len(levers.compared)
    assert list(dict.fromkeys(scores["origin"])) == list(ORIGINS)
    assert np.isfinite(scores[["log_score", "crps"]]).all(axis=None)
    write(ranks, scores, TINY, tmp_path)
    again = read(tmp_path / RANKS)
    pd.testing.assert_frame_equal(again, ranks, check_exact=False, rtol=1e-3, check_dtype=False)
    assert len(read(tmp_path / SCORES)) == len(scores)
    figure.write(ranks, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_the_stored_tables_hold_every_structure() -> None:
    ranks, scores = read(STORED / RANKS), read(STORED / SCORES)
    assert list(dict.fromkeys(ranks["structure"])) == list(STRUCTURES)
    assert list(dict.fromkeys(scores["structure"])) == list(STRUCTURES)
    assert set(scores["origin"]) == set(ORIGINS) and np.isfinite(scores["log_score"]).all()
    shares = ranks.groupby(["structure", "sum"])["cheapest"].sum()
    assert (shares <= 1.0 + 1e-3).all(), "one lever at most is the cheapest in a draw"


def test_scores_are_summed_by_structure_origin_and_figures() -> None:
    made = pd.DataFrame({
        "structure": ["a"] * 3, "origin": [2019] * 3, "figure": list("xyz"),
        "block": ["adoption", "adoption", "membership"], "log_score": [1.0, 2.0, 4.0],
        "crps": [0.1, 0.3, 0.5], "covered": [True, False, True],
    })  # fmt: skip
    found = summary(made).set_index("figures")
    assert found["log_score"].to_dict() == {"adoption": 3.0, "other": 4.0, "all": 7.0}
    assert found["crps"].to_dict() == pytest.approx({"adoption": 0.2, "other": 0.5, "all": 0.3})
    assert (
        found["n"].to_dict() == {"adoption": 2, "other": 1, "all": 3} and found.loc["other", "covered"] == 1.0
    )
