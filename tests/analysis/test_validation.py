"""Scores, naive forecasts, the backtest, and the comparison with what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.analysis.calibration.targets import targets
from sim.analysis.patterns.figure import Figure, Pattern, Unit, Use, near, report
from sim.analysis.patterns.targets import target_of
from sim.analysis.validation.backtest import MODEL, Case, backtest, summary, unbeaten
from sim.analysis.validation.benchmarks import Known, forecasts
from sim.analysis.validation.cases import cases, end_of, last_known, later
from sim.analysis.validation.checks import coverage_table, figures_table
from sim.analysis.validation.discrepancy import started, widened
from sim.analysis.validation.places import log_loss, smoothed
from sim.analysis.validation.predictive import predictive
from sim.analysis.validation.scores import brier, coverage, scored
from sim.analysis.validation.stored import MISSING, as_csv, differences, write
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.world import Floats

NORMAL = norm.ppf((np.arange(4_001) + 0.5) / 4_001, 10.0, 2.0)


@pytest.mark.parametrize("observed", [4.0, 10.0, 12.5])
def test_scores_of_a_normal_forecast_have_their_known_values(observed: float) -> None:
    z = (observed - 10.0) / 2.0
    crps = 2.0 * (z * (2.0 * norm.cdf(z) - 1.0) + 2.0 * norm.pdf(z) - 1.0 / np.sqrt(np.pi))  # Gneiting 2005
    score = scored(observed, NORMAL)
    assert score.crps == pytest.approx(crps, rel=1e-3)
    assert score.log_score == pytest.approx(-norm.logpdf(observed, 10.0, 2.0), rel=1e-3)
    assert score.inside == (abs(z) < 1.645)
    assert (score.q05, score.q50, score.q95) == pytest.approx((6.71, 10.0, 13.29), abs=0.01)


def test_a_sure_forecast_scores_its_distance() -> None:
    assert scored(7.0, np.full(5, 4.0)).crps == pytest.approx(3.0)
    assert np.isfinite(scored(7.0, np.full(5, 4.0)).log_score)


def test_honest_forecasts_score_best() -> None:
    """Proper scores: whoever tells the distribution that the observations come from does best on average."""
    observed = np.random.default_rng(1).normal(10.0, 2.0, 300)
    draws = NORMAL[::10]

    def mean_scores(told: Floats) -> Floats:
        scores = [scored(one, told) for one in observed]
        return np.asarray(np.mean([[score.crps, score.log_score] for score in scores], axis=0))

    honest = mean_scores(draws)
    for told in (10.0 + 0.4 * (draws - 10.0), 3.0 * draws - 20.0, draws + 1.5):  # narrow, wide, shifted
        assert (honest < mean_scores(told)).all()


def test_places_are_scored() -> None:
    assert brier([1, 0], [0.8, 0.4]) == pytest.approx((0.04 + 0.16) / 2)
    assert log_loss(np.array([True, False]), np.array([0.8, 0.4])) == pytest.approx(
        -np.log([0.8, 0.6]).mean()
    )
    assert smoothed(np.array([0.0, 100.0]), 100) == pytest.approx([0.5 / 101, 100.5 / 101])


def test_coverage_counts() -> None:
    found = coverage([True, True, False, True])
    assert (found.n, found.inside, found.share) == (4, 3, 0.75) and found.low < 0.75 < found.high
    assert coverage([]).n == 0 and np.isnan(coverage([]).share)


def middle(known: Known, time: float) -> dict[str, float]:
    return {name: float(np.median(draws)) for name, draws in forecasts(known, time).items()}


def test_naive_forecasts_continue_what_they_know() -> None:
    years = np.arange(5.0)
    straight = middle(Known(years, 10.0 + 3.0 * years), 7.0)
    assert straight["persistence"] == pytest.approx(22.0) and straight["linear"] == pytest.approx(31.0)
    growing = middle(Known(years, 5.0 * np.exp(0.4 * years)), 6.0)
    assert growing["logistic"] == pytest.approx(5.0 * np.exp(2.4), rel=1e-3)
    curve = 100.0 / (1.0 + np.exp(2.0 - years))
    assert middle(Known(years, curve, 100.0), 6.0)["logistic"] == pytest.approx(
        100.0 / (1.0 + np.exp(-4.0)), 1e-3
    )


def test_naive_forecasts_need_observations_and_keep_their_bounds() -> None:
    assert forecasts(Known(np.empty(0), np.empty(0)), 1.0) == {}
    assert set(forecasts(Known(np.array([0.0]), np.array([5.0])), 1.0)) == {"persistence"}
    two = forecasts(Known(np.array([0.0, 1.0]), np.array([20.0, 90.0]), 100.0), 9.0)
    assert set(two) == {"persistence", "linear", "logistic"}
    assert all(
        draws.min() >= 0.0 and draws.max() <= 100.0 and np.isfinite(draws).all() for draws in two.values()
    )
    assert (
        two["persistence"].std()
        > forecasts(Known(np.array([0.0, 1.0]), np.array([20.0, 21.0])), 2.0)["persistence"].std()
    )


def test_cases_know_nothing_of_what_follows_their_origin() -> None:
    found = cases()
    assert {case.origin for case in found} == {2018, 2019, 2020}
    for case in found:
        assert case.time > end_of(case.origin) / 4 and (case.known.times <= end_of(case.origin) / 4).all()
    known = {(case.origin, case.target): case.known for case in found}
    adopted = known[2019, "promote_and_answer_2021"]
    assert adopted.values.tolist() == pytest.approx([17.88, 87.0, 241.0]) and adopted.ceiling == 1_788
    members = known[2019, "members_2021_01"]
    assert members.values.tolist() == [633.0, 817.0, 913.0, 1223.0] and members.ceiling == inf


def case(origin: int, observed: float) -> Case:
    known = Known(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.1]))
    return Case(origin, f"target_{observed:g}", "2020Q4", 3.0, observed, known)


def test_the_backtest_says_where_the_model_does_not_win() -> None:
    good, bad = np.linspace(3.9, 4.3, 50), np.linspace(80.0, 90.0, 50)

    def told(origin: int) -> Mapping[str, Floats]:
        return {"target_4.1": good if origin == 2018 else bad}

    table = backtest([case(2018, 4.1), case(2019, 4.1), case(2019, 9.0)], told)
    assert set(table["forecaster"]) == {MODEL, "persistence", "linear", "logistic"}
    assert "target_9" not in set(table["target"])  # no draws, no row
    assert len(table) == 8 and table["inside"].sum() > 0
    found = summary(table)
    assert found[found["forecaster"] == MODEL]["coverage"].tolist() == [1.0, 0.0]
    lost = {name for origin, name in unbeaten(found) if origin == 2019}
    assert lost == {"persistence", "linear", "logistic"}
    assert (2018, "persistence") not in unbeaten(found)


def test_errors_grow_with_the_years_ahead() -> None:
    target = target_of("members_2021_01")
    spreads = [np.log(widened(np.full(20_000, 4_000.0), target, 1, ahead)).std() for ahead in (0.0, 3.0)]
    expected = [np.hypot(target.observation_error, target.discrepancy * years**0.5) for years in (1.0, 4.0)]
    assert spreads == pytest.approx(expected, rel=0.03)


def test_forecasts_start_from_what_was_observed_lately() -> None:
    target = target_of("promote_and_answer_2021")
    last = last_known(2020, target)
    assert last is not None and last.name == "promote_and_answer_2020"
    assert last_known(2020, target_of("private_members_2021_07")) is None  # two years before
    assert last_known(2018, target_of("agreements_2021_10")) is None
    draws = np.full(20_000, 1_000.0)
    found = started(draws, target, draws, last, 1)
    assert np.median(found) == pytest.approx(710.0, rel=0.01)  # as far above as the observation was below
    errors = (last.observation_error, target.observation_error, target.discrepancy)
    assert np.log(found).std() == pytest.approx(np.linalg.norm(errors), rel=0.03)


def test_a_posterior_of_an_origin_gives_draws_of_what_follows() -> None:
    sets = ParameterSets(("adoption_own",), ((0.01,), (0.02,), (0.03,)), "trial")
    drawn = predictive({2020: sets}, 3)(2020)
    assert set(drawn) == {target.name for target in later(2020)}
    assert all(draws.shape == (3,) and np.isfinite(draws).all() for draws in drawn.values())
    one, other = (predictive({2020: sets}, 3, workers)(2020)["answer_2021"] for workers in (1, 2))
    assert np.array_equal(one, other)


def test_figures_become_a_table() -> None:
    values = np.linspace(90.0, 110.0, 21)
    figures = (
        near("a", 100.0, "s", values, Unit.COUNT, target=target_of("answer_2020")),
        near("b", 150.0, "s", values, Unit.COUNT),
        Figure("c", "s", values, Unit.COUNT, low=95.0),
        report("d", "", values, Unit.COUNT),
    )
    table = figures_table([Pattern(1, "", Use.CHECK, "", figures)]).set_index("figure")
    assert table["inside"].tolist() == ["hit", "miss", "hit", ""]
    assert table["use"].tolist() == ["checked", "checked", "bound", ""]
    assert table.loc["a", "pit"] == pytest.approx(0.5, abs=0.1) and table.loc["b", "pit"] == 1.0
    assert table.loc["b", "crps"] > table.loc["a", "crps"] and np.isnan(table.loc["c", "crps"])
    counted = coverage_table(table.reset_index()).set_index("use")
    assert (counted.loc["checked", "n"], counted.loc["checked", "inside"]) == (2, 1)
    assert counted.loc["calibrated", "n"] == 0


def test_what_differs_from_the_stored_is_told(tmp_path: Path) -> None:
    table = pd.DataFrame({"place": ["a", "b"], "value": [0.123456, 2_000.0]})
    made = {"forecast/x.csv": as_csv(table), "page.md": "one\ntwo\n"}
    assert differences(made, tmp_path) == {"forecast/x.csv": MISSING, "page.md": MISSING}
    write(made, tmp_path)
    assert differences(made, tmp_path) == {}
    last = {"forecast/x.csv": as_csv(table.assign(value=[0.12347, 2_000.0]))}
    assert differences(last, tmp_path) == {}  # the last digit, as on another platform
    other = {"forecast/x.csv": as_csv(table.assign(value=[0.1234, 2_010.0])), "page.md": "one\n2\n"}
    assert differences(other, tmp_path) == {
        "forecast/x.csv": "line 3: b,2000 is now b,2010",
        "page.md": "line 2: two is now 2",
    }
    assert differences({"page.md": "one\n"}, tmp_path) == {"page.md": "2 lines are now 1"}


def test_every_calibrated_target_to_fy2021_is_a_case_of_some_origin() -> None:
    first = {target.name for target in later(2018)}
    missing = {
        target.name
        for target in targets()
        if target.use == "calibrated" and target.last_quarter <= end_of(2021) and target.name not in first
    }
    assert all(target_of(name).last_quarter <= end_of(2018) for name in missing)


def test_a_stored_table_that_is_damaged_differs(tmp_path: Path) -> None:
    damaged = {
        "bytes.csv": b"a,b\n\xff\xfe,1\n",
        "long.csv": b"a,b\n" + b"x" * 200_000,
        "nul.csv": b"a\x00b\n",
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    assert set(differences(dict.fromkeys(damaged, "a,b\n1,1\n"), tmp_path)) == set(damaged)
