from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import Arm, Results, load
from sim.results.arms import ArmLike
from sim.results.contrasts import contrast_of_runs
from sim.results.money import cost_effectiveness
from sim.results.runs import Runs
from sim.scenarios.scenario import load_scenarios
from sim.statistics.contrasts import crossed
from tests.results.conftest import POINTS, REPLICATES


def grid(results: Results, scenario: str, outcome: str = "deals_signed") -> np.ndarray:
    """(points, replicates) of an outcome at the end."""
    table = results.runs(outcome)
    return table[table["scenario"] == scenario].pivot_table(outcome, "point", "replicate").to_numpy()


def test_points_are_never_pooled_as_replicates(designed: Results) -> None:
    """Sixteen points by three replicates are not 48 pairs."""
    sides = grid(designed, "matching_first"), grid(designed, "baseline")
    expected = crossed(*(side[:, :, None] for side in sides))
    table = designed.comparison
    row = table[(table["outcome"] == "deals_signed") & (table["quarter"] == "2022Q1")].squeeze()
    assert row[["n", "points", "replicates", "kind"]].tolist() == [POINTS, POINTS, REPLICATES, "crossed"]
    assert row["effect"] == pytest.approx((sides[0] - sides[1]).mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(
        tuple(float(end[0]) for end in expected.interval())
    )
    by_point = (sides[0] - sides[1]).mean(axis=1)
    narrowest = stats.ttest_1samp(by_point, 0).confidence_interval(0.95)
    assert row["ci_high"] - row["ci_low"] >= (narrowest.high - narrowest.low) * (1 - 1e-9)
    again = designed.contrast("matching_first", "baseline", "deals_signed").squeeze()
    assert again["ci_low"] == row["ci_low"] and again["n"] == POINTS


def test_costs_of_a_design_do_not_pool_points_either(designed: Results) -> None:
    row = cost_effectiveness(designed, "baseline").iloc[0]
    assert row["replicates"] == REPLICATES
    gained = grid(designed, "matching_first") - grid(designed, "baseline")
    assert row["extra_units"] == pytest.approx(gained.mean())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("matching_first", 3), ("baseline", 3)),
        (("matching_first", 3), ("matching_first", 4)),
        (Arm("baseline", 0), Arm("matching_first", 9)),
    ],
)
def test_single_points_are_paired_by_replicate(designed: Results, a: ArmLike, b: ArmLike) -> None:
    arms = [arm if isinstance(arm, Arm) else Arm(*arm) for arm in (a, b)]  # type: ignore[misc]
    one, two = (grid(designed, str(arm.scenario))[arm.point] for arm in arms)
    row = designed.contrast(a, b, "deals_signed").squeeze()
    expected = stats.ttest_rel(one, two).confidence_interval(0.95)
    assert row["kind"] == "paired" and row["n"] == REPLICATES
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((expected.low, expected.high))


def test_a_point_stands_beside_every_point_of_an_average(designed: Results) -> None:
    row = designed.contrast(("baseline", 2), "matching_first", "deals_signed").squeeze()
    assert row["kind"] == "crossed" and row["n"] == POINTS
    expected = grid(designed, "baseline")[2].mean() - grid(designed, "matching_first").mean()
    assert row["effect"] == pytest.approx(expected)


def test_scenarios_are_paired_with_both_intervals(results: Results) -> None:
    row = results.contrast("subsidy_first", "baseline", "deals_signed", "2021Q1").squeeze()
    table = results.runs("deals_signed", "2021Q1").pivot_table(
        "deals_signed", "replicate", "scenario", observed=True
    )
    expected = stats.ttest_rel(table["subsidy_first"], table["baseline"])
    interval = expected.confidence_interval(0.95)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert row["p"] == pytest.approx(expected.pvalue) and row["n"] == 12
    assert row["boot_low"] == pytest.approx(row["ci_low"], abs=0.4 * (row["ci_high"] - row["ci_low"]))
    assert bool(row["note"]) == bool(row["disagree"])


def test_another_seed_shares_no_draws(results: Results, tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "subsidy_first"]))
    run_experiment(Experiment("b", scenarios, "synthetic:30", 18, seed=2, replicates=6), tmp_path / "b")
    other = load(tmp_path / "b")
    row = results.contrast("subsidy_first", "baseline", "awareness_mean", other=other).squeeze()
    one = results.runs("awareness_mean").query("scenario == 'subsidy_first'")["awareness_mean"]
    two = other.runs("awareness_mean").query("scenario == 'baseline'")["awareness_mean"]
    expected = stats.ttest_ind(one, two, equal_var=False).confidence_interval(0.95)
    assert row["kind"] == "unpaired" and row["n"] == 6
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((expected.low, expected.high))
    same = results.contrast("subsidy_first", "baseline", "awareness_mean", other=results).squeeze()
    assert same["kind"] == "paired"


def test_several_outcomes_are_judged_together_on_request(results: Results) -> None:
    outcomes = ["deals_signed", "meetings", "awareness_mean"]
    plain, holm, wide = (
        results.contrast("subsidy_first", "baseline", outcomes, family=family)
        for family in (None, "holm", "simultaneous")
    )
    assert (plain["comparisons"] == 3).all() and "p_adjusted" not in plain
    assert (holm["p_adjusted"] >= holm["p"]).all() and (holm["ci_low"] == plain["ci_low"]).all()
    assert (wide["level"] == 1 - 0.05 / 3).all()
    assert ((wide["ci_high"] - wide["ci_low"]) >= (plain["ci_high"] - plain["ci_low"])).all()
    with pytest.raises(InputError, match="family 'scheffe': give holm or simultaneous"):
        results.contrast("subsidy_first", "baseline", family="scheffe")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        ("nobody", "'nobody' is not among baseline, matching_first"),
        (("baseline", 16), "there is no point 16; the last one is 15"),
        (3, "say of which scenario: baseline, matching_first"),
        (2.5, "give a scenario, a point, or both"),
        (("baseline", 1.5), "give a scenario, a point, or both"),
        (("baseline", "x"), "give a scenario, a point, or both"),
        (("baseline", float("nan")), "give a scenario, a point, or both"),
    ],
)
def test_arms_that_are_not_there_are_one_clear_line(designed: Results, arm: ArmLike, words: str) -> None:
    with pytest.raises(InputError, match=words):
        designed.contrast(arm, "baseline")


def test_the_contrast_of_two_arms_decides_their_order(results: Results) -> None:
    assert results.order_of("same", "baseline") == "open"
    row = results.contrast("subsidy_first", "baseline", "deals_signed").squeeze()
    expected = "first" if row["ci_low"] > 0 else "second" if row["ci_high"] < 0 else "open"
    assert results.order_of("subsidy_first", "baseline") == expected
    reverse = {"first": "second", "second": "first", "open": "open"}[expected]
    assert results.order_of("baseline", "subsidy_first") == reverse


def test_the_best_of_arms(results: Results, designed: Results) -> None:
    table = results.best_of(["baseline", "same", "subsidy_first"])
    assert table["chance"].sum() == pytest.approx(1)
    twins = table.set_index("arm").loc[["baseline", "same"]]
    assert (
        twins["chance"].nunique() == 1 and twins["may_be_best"].nunique() == 1
    )  # the same runs, the same chance
    assert table["replicates"].unique().tolist() == [12]
    points = designed.best_of([("matching_first", point) for point in range(POINTS)], "meetings")
    assert points["mean"].is_monotonic_decreasing and points["corrected"].notna().tolist() == [True] + 15 * [
        False
    ]
    fewest = designed.best_of(None, "meetings", largest=False)
    assert fewest["arm"].tolist() == ["matching_first"]


def a_run_of(point: int, values: list[float]) -> Runs:
    """Runs of one point, a replicate each."""
    replicates = np.arange(len(values))
    numbers = np.array(values)[:, None, None]
    places = np.zeros_like(replicates), np.full_like(replicates, point), replicates
    return Runs(*places, ("2020Q1",), ("deals_signed",), numbers)


def joined(*runs: Runs) -> Runs:
    keys = (np.concatenate([getattr(run, key) for run in runs]) for key in ("scenario", "point", "replicate"))
    values = np.concatenate([run.values for run in runs])
    return Runs(*keys, runs[0].quarters, runs[0].outcomes, values)


def test_an_average_of_which_one_point_is_left_is_compared_with_that_point() -> None:
    """Where the other runs of a scenario failed, what is left does not stand for its other points."""
    left = a_run_of(1, [5.0, 6.0, 7.0])
    whole = joined(a_run_of(0, [90.0, 91.0, 92.0]), a_run_of(1, [4.0, 5.0, 6.0]))
    contrast = contrast_of_runs(left, whole, (False, False))
    assert contrast.effect.item() == 1.0 and contrast.n == 1 and np.isnan(contrast.error).all()
    other = contrast_of_runs(left, a_run_of(0, [90.0, 91.0, 92.0]), (False, False))
    assert other.n == 0 and np.isnan(other.effect).all()
    named = contrast_of_runs(left, whole, (True, False))
    assert named.effect.item() == 6.0 - 48.0 and named.n == 2


def test_points_of_another_design_are_not_paired_by_their_numbers(designed: Results, tmp_path: Path) -> None:
    assert designed.experiment.design is not None
    moved = replace(designed.experiment.design, points=designed.experiment.design.points[::-1])
    run_experiment(replace(designed.experiment, design=moved), tmp_path / "moved")
    other = load(tmp_path / "moved")
    with pytest.raises(InputError, match="its points are not those of"):
        designed.contrast("matching_first", "baseline", "deals_signed", other=other)
    same = designed.contrast("matching_first", "baseline", "deals_signed", other=designed).squeeze()
    assert same["kind"] == "crossed" and same["n"] == POINTS
    row = designed.contrast(("matching_first", 0), ("baseline", 15), "deals_signed", other=other).squeeze()
    assert (
        row["effect"]
        == designed.contrast(("matching_first", 0), ("baseline", 0), "deals_signed").squeeze()["effect"]
    )


def test_an_order_goes_by_one_outcome_at_one_quarter(designed: Results) -> None:
    names = ["deals_signed", "meetings"]
    with pytest.raises(InputError, match=r"outcome: .* is not one name"):
        designed.best_of(outcome=names)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"at: .* is not one name"):
        designed.order_of("matching_first", "baseline", at=["2019Q1", "2020Q1"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="arms: none is given"):
        designed.best_of([])
