"""Calibration finds what is known: exact posteriors, known parameters, the same draws after a stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest

from sim.analysis.calibration.emulator import Places, fitted
from sim.analysis.calibration.found import found
from sim.analysis.calibration.identify import profile, trade_offs
from sim.analysis.calibration.posterior import drawn
from sim.analysis.calibration.recovery import in_full, on_last_wave, with_truth
from sim.analysis.calibration.regression_abc import agreement
from sim.analysis.calibration.space import BLOCKS, CALIBRATED, Space
from sim.analysis.calibration.tables import fit_table
from sim.analysis.calibration.targets import (
    Use,
    calibrated,
    matched,
    measured,
    outcomes_of,
    quarters_at,
    quarters_of,
    targets,
)
from sim.analysis.calibration.waves import Posterior, Request, calibrate
from sim.batch.parameter_sets import read_parameter_sets
from sim.calendar import quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import BY_NAME
from sim.kernel.parameters import declared
from sim.kernel.world import Floats
from sim.results.runs import Runs
from sim.scenarios.scenario import load_scenario

NAMES = CALIBRATED[:4]
TRUTH = np.array([0.4, 0.6, 0.5, 0.45])
SLOPES = np.random.default_rng(5).normal(size=(len(NAMES), 8))
NOISE = 0.05


def toy_figures(cube: Floats, name: str) -> Floats:
    """A model whose figures are linear in its parameters, with normal noise of a known size."""
    chance = np.random.default_rng([len(name), *name.encode()])
    return 5.0 + cube @ SLOPES + NOISE * chance.normal(size=(len(cube), SLOPES.shape[1]))


def toy_request(seed: int = 1, **more: object) -> Request:
    """Eight figures of the toy at its truth, each with an error of 0.1 on a logarithmic scale."""
    chosen = [replace(target, scale="log", observation_error=0.1, discrepancy=0.0) for target in calibrated()]
    chosen = [
        replace(target, value=float(np.exp(y)))
        for target, y in zip(chosen, 5.0 + TRUTH @ SLOPES, strict=False)
    ]  # fmt: skip
    given = {"runs": 120, "temperatures": (9.0, 3.0, 1.0), "steps": 200, "draws": 400} | more
    return Request(tuple(chosen[:8]), space=Space(NAMES), seed=seed, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def toy() -> Posterior:
    return calibrate(toy_request(), toy_figures)


def test_every_figure_can_be_measured() -> None:
    for target in targets():
        assert (target.use is Use.UNMATCHED) == (not target.numerator)
        assert set(target.numerator + target.denominator) <= set(BY_NAME)
        if target.numerator:
            assert target.error > 0.0
            assert np.isfinite(target.observed)
            assert target.plain(np.float64(target.observed)) == pytest.approx(target.value)
    assert len({target.name for target in targets()}) == len(targets())
    assert {target.block for target in targets()} == set(BLOCKS)


def test_dates_lie_between_the_ends_of_quarters() -> None:
    assert quarters_at("2018Q2") == quarters_at("2018-06-30") == 0.0
    assert quarters_at("2019-03-31") == quarters_at("2019Q1") == 3.0
    assert quarters_at("2019-08-26") == pytest.approx(4.0 + (1.0 + 26.0 / 30.0) / 3.0)


def test_figures_are_measured_as_the_table_says() -> None:
    chosen, quarters = matched(), quarters_of(matched())
    outcomes = outcomes_of(chosen)
    values = np.random.default_rng(1).uniform(0.2, 0.8, size=(3, len(quarters), len(outcomes)))
    row = np.arange(3)
    runs = Runs(0 * row, 0 * row, row, tuple(quarter_label(t) for t in quarters), outcomes, values)
    said = dict(zip((target.name for target in chosen), measured(runs, chosen).T, strict=True))

    def at(name: str, quarter: str) -> Floats:
        return np.asarray(values[:, runs.quarters.index(quarter), outcomes.index(name)])

    surveyed, respondents = (at(f"adoption_share_{name}", "2020Q4") for name in ("surveyed", "respondents"))
    assert said["promote_and_answer_2020"] == pytest.approx(np.log(1788 * surveyed))
    assert said["answer_2020"] == pytest.approx(np.log(1788 * surveyed / respondents))
    year = at("donations_received", "2022Q1") - at("donations_received", "2021Q1")
    share = np.clip(year / 1741, 1e-4, None)
    assert said["donations_2021"] == pytest.approx(np.log(share / (1 - share)))
    part = 1.0 / 3.0
    members = (1 - part) * at("platform_companies", "2021Q2") + part * at("platform_companies", "2021Q3")
    assert said["private_members_2021_07"] == pytest.approx(np.log(np.maximum(members, 0.5)))


def test_data_until_an_origin_hold_nothing_later() -> None:
    for until in ("2019Q1", "2020Q1", "2021Q1"):
        last = [target.last_quarter for target in calibrated(until)]
        assert max(last) <= quarters_at(until)
        assert len(last) == sum(target.last_quarter <= quarters_at(until) for target in calibrated())


def test_figures_after_an_origin_are_not_said_to_be_used() -> None:
    until = calibrated("2020Q1")
    figures = np.random.default_rng(1).normal(size=(3, len(matched())))
    told = fit_table(matched(), figures, until)
    uses = told.set_index("figure")["use"]
    assert uses["promote_and_answer_2019"] == "calibrated"
    assert uses["promote_and_answer_2020"] == "later"
    assert uses["agreements_2021_03"] == "checked"
    assert (uses == "calibrated").sum() == len(until)
    assert "later" not in set(fit_table(matched(), figures, calibrated())["use"])


def test_the_cube_and_values_are_the_same_points() -> None:
    space = Space()
    cube = space.spread(20, 3)
    values = space.values(cube)
    assert space.cube(values) == pytest.approx(cube, abs=1e-5)
    for name, column in zip(space.names, values.T, strict=True):
        assert declared()[name].low <= column.min() <= column.max() <= declared()[name].high


def test_the_emulator_finds_a_quadratic_and_the_size_of_the_noise() -> None:
    chance = np.random.default_rng(2)
    cube = chance.random((400, 3))
    truth = np.stack([1.0 + cube[:, 0] - 2.0 * cube[:, 1] * cube[:, 2], cube[:, 2] ** 2], axis=1)
    emulator = fitted(cube, truth + 0.1 * chance.normal(size=truth.shape), 1)
    assert emulator.degree == 2
    assert np.abs(emulator.predicted(cube) - truth).mean() < 0.02
    assert np.sqrt(np.diag(emulator.covariance)) == pytest.approx(0.1, rel=0.1)
    assert emulator.trusted().all()


def test_an_emulator_with_residuals_far_from_normal_rules_nothing_out() -> None:
    chance = np.random.default_rng(2)
    cube = chance.random((200, 2))
    jump = 4.0 * (chance.random((200, 1)) < 0.1) * np.where(chance.random((200, 1)) < 0.5, -1.0, 1.0)
    emulator = fitted(cube, np.hstack([jump, chance.normal(size=(200, 1))]), 1)
    assert list(emulator.trusted()) == [False, True]


def test_draws_follow_their_density_and_their_seed() -> None:
    mean, deviation = np.array([0.3, 0.6]), np.array([0.05, 0.1])

    def density(places: Places) -> Floats:
        return np.asarray(-0.5 * (((places.cube - mean) / deviation) ** 2).sum(axis=1))

    start = np.random.default_rng(1).random((50, 2))
    found_once, again = (drawn(density, start, 1_000, 1_000, 7).draws for _ in range(2))
    assert found_once.mean(axis=0) == pytest.approx(mean, abs=0.02)
    assert found_once.std(axis=0) == pytest.approx(deviation, rel=0.15)
    assert (found_once == again).all()
    assert (drawn(density, start, 1_000, 1_000, 8).draws != found_once).any()


def test_draws_are_as_wide_as_their_density_in_many_dimensions() -> None:
    """In as many as are calibrated: some moves of walkers are right in two, and too narrow in twenty."""
    dimensions, deviation = len(CALIBRATED), 0.06
    start = np.random.default_rng(1).normal(0.5, deviation, (200, dimensions))

    def density(places: Places) -> Floats:
        return np.asarray(-0.5 * (((places.cube - 0.5) / deviation) ** 2).sum(axis=1))

    found = drawn(density, start, 20_000, 4_000, 2)
    assert found.draws.std() == pytest.approx(deviation, rel=0.02)
    assert found.independent > 500


def test_the_posterior_is_the_exact_one(toy: Posterior) -> None:
    precision = SLOPES @ SLOPES.T / (0.1**2 + NOISE**2)
    covariance = np.linalg.inv(precision)
    deviation = np.sqrt(np.diag(covariance))
    assert np.abs(toy.cube.mean(axis=0) - TRUTH).max() < 0.35 * deviation.max()
    assert toy.cube.std(axis=0) == pytest.approx(deviation, rel=0.2)
    assert toy.waves[0].left > toy.waves[-1].left > 0.0


def test_the_second_method_agrees(toy: Posterior) -> None:
    second = agreement(toy)
    assert np.abs(second.shift).max() < 0.7
    assert 0.6 < second.width.min() <= second.width.max() < 1.6
    assert second.runs > 10


def test_known_parameters_are_recovered_at_the_nominal_rate(toy: Posterior) -> None:
    ranks = on_last_wave(toy, 60)
    assert min(kstest(column, "uniform").pvalue for column in ranks.values.T) > 0.01
    coverage = ranks.coverage()["within_90%"]
    assert 0.75 <= coverage.min() <= coverage.mean() <= 0.98


def test_a_posterior_that_is_too_sure_is_found_out(toy: Posterior) -> None:
    wave = toy.waves[-1]
    sure = replace(wave.likelihood.emulator, covariance=wave.likelihood.emulator.covariance / 25.0)
    chance = np.random.default_rng(3)
    ranks = []
    for number in range(40):
        seen = with_truth(toy.request, wave.figures[number], chance)
        likelihood = replace(wave.likelihood, emulator=sure, observed=seen.observed, error=seen.error / 5.0)
        draws = drawn(likelihood.log_density, wave.cube, 100, 100, number).draws
        ranks.append((draws < wave.cube[number]).mean(axis=0))
    assert min(kstest(column, "uniform").pvalue for column in np.array(ranks).T) < 1e-4


def test_truths_are_recovered_in_full() -> None:
    request = toy_request(steps=60, draws=100)
    ranks = in_full(request, 3, toy_figures)  # type: ignore[arg-type]
    assert ranks.values.shape == (3, len(NAMES))
    assert 0.0 < ranks.values.mean() < 1.0


def test_what_trades_off_is_told(toy: Posterior) -> None:
    cube = np.random.default_rng(1).random((300, 4))
    cube[:, 1] = 1.0 - cube[:, 0]
    pairs = trade_offs(replace(toy, cube=cube))
    assert list(pairs.iloc[0, :2]) == list(NAMES[:2])
    assert pairs["correlation"].iloc[0] == pytest.approx(-1.0)
    assert len(pairs) == 1


def test_the_profile_is_highest_where_the_posterior_lies(toy: Posterior) -> None:
    table = profile(toy)
    best = table.loc[table["log_likelihood"].idxmax()]
    middle = np.quantile(toy.values, (0.0, 1.0), axis=0)
    push = NAMES.index("national_push")
    assert table["log_likelihood"].max() == 0.0
    assert middle[0, push] <= best["national_push"] <= middle[1, push]


SMALL = Request(
    targets=calibrated("2019Q1"), space=Space(NAMES), world="synthetic:40", runs=20, steps=60, draws=12,
    temperatures=(4.0, 2.0, 1.0),
)  # fmt: skip


def test_a_calibration_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    def stop(step: str, /, **facts: object) -> None:
        if step == "wave" and facts["number"] == 3:
            raise KeyboardInterrupt

    whole = found(SMALL)
    with pytest.raises(KeyboardInterrupt):
        found(SMALL, tmp_path, tell=stop)
    again = found(SMALL, tmp_path, workers=2)
    assert again.sets.values == whole.sets.values
    assert again.tables["fit"].equals(whole.tables["fit"])
    again.write(tmp_path / "draws.csv", tmp_path)
    assert read_parameter_sets(tmp_path / "draws.csv").values == whole.sets.values


def test_a_folder_of_another_calibration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="other settings"):
        found(SMALL, tmp_path, tell=lambda step, /, **_: None) and found(replace(SMALL, seed=2), tmp_path)


def test_what_a_scenario_sets_itself_is_not_calibrated() -> None:
    scenario = load_scenario("baseline").overlaid("held", parameters={"national_push": 0.0})
    sets = Space(("national_push",)).sets(np.array([[0.5]]), "one")
    assert sets.applied(scenario, 0).parameters["national_push"] == {0: 0.0}
