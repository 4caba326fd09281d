"""Who becomes a FutureCity: a planted mechanism is found, chance alone is not taken for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from sim.analysis.futurecity.adopters import names_needed
from sim.analysis.futurecity.compare import Table, compare
from sim.analysis.futurecity.forecast import (
    cumulative,
    logistic_by_year,
    pool_of,
    refitted,
    scored,
    simulated_by_year,
)
from sim.analysis.futurecity.forward import forward, repeated
from sim.analysis.futurecity.logistic import at_number, fit, standardised
from sim.analysis.futurecity.places import BENCHMARK, MECHANISMS, Places, read_places
from sim.analysis.futurecity.scoring import folds, out_of_sample
from sim.analysis.futurecity.simulated import designated_by_year, first_chances, quotas
from sim.worlds import load_world

MADE_UP = ("ageing", "business", "tourism")


@pytest.fixture(scope="module")
def places() -> Places:
    return read_places(load_world("japan", 1))


def cohort(places: Places, effect: float, seed: int) -> Places:
    """Places of which a cohort was chosen by size and, with an effect per standard deviation, by ageing."""
    columns = standardised(places.of(("size", "ageing")))
    chances = at_number((columns @ np.array([0.5, effect]))[None], 25.0)[0]
    chosen = np.random.default_rng(seed).random(len(chances)) < chances
    return replace(places, chosen=chosen.astype(np.float64))


def added(places: Places, draws: int = 199) -> Table:
    mechanisms = [mechanism for mechanism in MECHANISMS if mechanism.key in MADE_UP]
    return compare(places, "population", ("size",), mechanisms, draws)


def test_a_planted_mechanism_is_found(places: Places) -> None:
    table = added(cohort(places, 1.5, seed=1))
    best = table.rows[0]
    assert [mechanism.key for mechanism in table.found] == ["ageing"]
    assert best.mechanism.key == "ageing" and best.gain.low > 0.0 and best.auc_out > table.auc_out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_none_is_planted_none_is_claimed(places: Places, seed: int) -> None:
    assert not added(cohort(places, 0.0, seed)).found


def test_an_effect_far_below_what_25_names_tell_is_not_claimed(places: Places) -> None:
    assert not added(cohort(places, 0.1, seed=4)).found


def test_coefficients_are_those_of_scikit_learn(places: Places) -> None:
    columns, prefecture = standardised(places.of(BENCHMARK)), places.prefecture
    found = fit(columns, places.chosen, folds(prefecture), 2.0)
    for left_out in (0, 13, 46):
        kept = prefecture != left_out
        known = LogisticRegression(C=0.5, tol=1e-10).fit(columns[kept], places.chosen[kept])
        np.testing.assert_allclose(found[left_out, 0], known.intercept_[0], atol=1e-3)
        np.testing.assert_allclose(found[left_out, 1:], known.coef_[0], atol=1e-3)


def test_a_prefecture_does_not_tell_of_itself(places: Places) -> None:
    columns, inside = places.of(BENCHMARK), places.prefecture == 13
    before = out_of_sample(columns, places.chosen, places.prefecture)
    others = places.chosen.copy()
    others[inside] = np.roll(others[inside], 1)
    after = out_of_sample(columns, others, places.prefecture)
    np.testing.assert_allclose(after[inside], before[inside], rtol=1e-6)
    assert not np.allclose(after[~inside], before[~inside], rtol=1e-6)


def test_as_many_are_expected_as_were_chosen() -> None:
    logits = np.random.default_rng(1).normal(-4.0, 2.0, (3, 500))
    left = np.linspace(0.0, 1.0, 500)
    np.testing.assert_allclose(at_number(logits, 7.0, left) @ left, 7.0, rtol=1e-3)


def test_the_tables_say_who_was_chosen(places: Places) -> None:
    assert places.chosen.sum() == 25 and places.earlier.sum() == 32 and pool_of(places).sum() == 22
    assert repeated(places)["any"] == (10, 32) and repeated(places)["both programmes"] == (4, 4)
    assert places.columns["seat"].sum() == 47
    assert all(np.isfinite(column).all() for column in places.columns.values())
    late = [mechanism for mechanism in MECHANISMS if not mechanism.clean]
    assert {"staff", "migration", "prefecture"} <= {mechanism.key for mechanism in late}


def test_the_test_forward_does_not_see_the_cohort(places: Places) -> None:
    rows = forward(places, new_only=True, draws=19)
    assert {row.words for row in rows}.isdisjoint(
        mechanism.words for mechanism in MECHANISMS if "selections" in mechanism.columns
    )
    shuffled = replace(places, chosen=np.roll(places.chosen, 100))
    assert forward(shuffled, new_only=True, draws=19)[0].gain == 0.0


def test_weights_are_chosen_without_the_prefecture(places: Places) -> None:
    good = at_number((3.0 * places.chosen - 5.0)[None], 25.0)[0]
    poor = np.full(len(good), 25.0 / len(good))
    chances, times = refitted(places, {"poor": poor, "good": good})
    assert times == {"good": 47} and np.array_equal(chances, good)
    only_there = np.where(places.prefecture == 13, good, poor)
    chances, times = refitted(places, {"poor": poor, "there": only_there})
    assert times == {"poor": 1, "there": 46}
    np.testing.assert_allclose(chances[places.prefecture == 13], poor[places.prefecture == 13])


def test_chances_that_tell_more_score_higher(places: Places) -> None:
    true = expit(2.0 * standardised(places.of(("land",)))[:, 0] - 6.0)
    known = replace(places, chosen=(np.random.default_rng(3).random(len(true)) < true).astype(np.float64))
    told, unrelated = scored(known, {"true": true, "none": np.full(len(true), true.mean())}, true)[1:]
    assert told.more.low > 0.0 > unrelated.than_model.high
    assert 0.5 < told.slope < 1.6 and told.than_model.value == 0.0


def test_the_model_leans_on_earlier_plans_as_long_as_it_is_told_to(places: Places) -> None:
    without = {"application_legacy": 0.0, "plan_legacy": 0.0}
    first = first_chances({"as_it_is": {}, "without": without}, 1, 6)
    assert first["as_it_is"] @ places.earlier > 2.0 * (first["without"] @ places.earlier)
    assert first["as_it_is"].sum() == pytest.approx(28.0, abs=2.5)


def test_the_pool_of_earlier_places_empties(places: Places) -> None:
    lasting, over = (cumulative(places, BENCHMARK, gone) for gone in ((), ("earlier",)))
    assert lasting[-1] @ pool_of(places) > 2.0 * (over[-1] @ pool_of(places))
    assert np.all(np.diff(lasting, axis=0) >= 0.0) and lasting.max() <= 1.0
    when = designated_by_year({"as_it_is": {}}, 1, 2)["as_it_is"]
    chosen = simulated_by_year(when)
    assert np.all(chosen[:, places.chosen > 0.0] == 0.0)
    assert sum(quotas().values()) * 0.8 < chosen[-1].sum() <= sum(quotas().values())


def test_chances_by_year_begin_with_the_real_cohort(places: Places) -> None:
    by_year = logistic_by_year(load_world("japan", 1))
    assert list(by_year) == list(range(2018, 2026))
    assert all(
        np.all(chance[places.chosen > 0.0] == 1.0) and chance.max() <= 1.0 for chance in by_year.values()
    )
    chosen = np.diff([chance.sum() for chance in by_year.values()])
    assert np.all(chosen < list(quotas().values())) and np.all(
        chosen > 0.8 * np.array(list(quotas().values()))
    )


def test_twice_the_effect_needs_a_quarter_of_the_names() -> None:
    assert names_needed(0.2) == pytest.approx(4 * names_needed(0.4), rel=0.02)
    assert 120 < names_needed(0.5) < 130
