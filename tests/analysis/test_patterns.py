"""Patterns: the measures, the verdicts, what is read from the tables, and the page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from sim.analysis.patterns.evidence import (
    SCENARIO,
    UNTARGETED,
    Evidence,
    failure_hazards,
    gather,
    share_dissolved,
    without_cohort,
)
from sim.analysis.patterns.figure import ABOVE_ZERO, Figure, Pattern, Unit, Use, Verdict, near, report
from sim.analysis.patterns.governments import autumn
from sim.analysis.patterns.measures import (
    auc,
    gini,
    group_shares,
    held_by_top,
    overdispersion,
    quartiles,
    resampled_auc,
)
from sim.analysis.patterns.page import measured, page, pattern_digest, scenario_digest
from sim.analysis.patterns.targets import target_of
from sim.batch.parameter_sets import POSTERIOR, ParameterSets, read_parameter_sets
from sim.kernel.state import ProjectState
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world

STORED = Path(__file__).parents[2] / "docs" / "patterns.md"
COMMAND = "sim validate --write"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return gather(replicates=2, seed=1)


@pytest.fixture(scope="module")
def patterns(evidence: Evidence) -> list[Pattern]:
    return measured(evidence)


def test_the_evidence_is_what_the_runs_say(evidence: Evidence) -> None:
    """Tables and the tidy table of runs give what the state and the series of a run hold."""
    run = simulate(load_world("japan", 1), load_scenario(SCENARIO), 1, replicate=1)
    series = dict(zip(run.outcomes, run.series.T, strict=True))
    municipalities = run.state.municipalities
    assert np.array_equal(evidence.company_degree[1], run.state.companies.signed)
    assert np.array_equal(evidence.municipal_degree[1], municipalities.signed)
    assert np.array_equal(evidence.adopted_quarter[1], municipalities.adopted_quarter)
    assert np.array_equal(evidence.designated_quarter[1], municipalities.designated_quarter)
    assert evidence.themes[1].sum() == evidence.company_degree[1].sum()
    assert np.array_equal(evidence.outcome("platform_members")[1], series["platform_members"])
    assert np.array_equal(evidence.by_quarter("overseas_deals")[1], series["overseas_deals"])
    assert evidence.total("public_spending")[1] == pytest.approx(series["public_spending"].sum())
    assert evidence.extra("deals_subsidised").min() > 0
    adopted, after = "adoption_share_surveyed", autumn(2020)
    assert evidence.outcome(adopted, UNTARGETED)[1, after] < evidence.outcome(adopted)[1, after]


def test_auc_counts_pairs() -> None:
    chosen = np.array([True, False, True, False, False])
    assert auc([5, 1, 2, 2, 3], chosen) == pytest.approx((3 + 1 + 0.5) / 6)
    assert auc([9, 1, 9, 1, 1], chosen) == 1.0
    assert auc([1, 1, 1, 1, 1], chosen) == 0.5


def test_names_drawn_again_vary_about_the_auc() -> None:
    chance = np.random.default_rng(2)
    score, chosen = chance.random(400), chance.random(400) < 0.1
    drawn = resampled_auc((score, -score), chosen, 4_000, 1)
    assert drawn.mean(axis=1) == pytest.approx([auc(score, chosen), auc(-score, chosen)], abs=0.01)
    assert drawn.sum(axis=0) == pytest.approx(np.ones(4_000))  # the same names for both scores


def test_inequality_has_its_known_answers() -> None:
    assert gini([[0, 0, 0, 1], [2, 2, 2, 2], [0, 0, 0, 0]]) == pytest.approx([0.75, 0.0, 0.0])
    assert held_by_top([1] * 99 + [99], 0.01) == 0.5


def test_independent_draws_are_not_overdispersed() -> None:
    chance = np.random.default_rng(3)
    group = np.repeat(np.arange(47), 38)
    independent = chance.random((200, len(group))) < 0.4
    clustered = chance.random((200, len(group))) < np.where(group % 2 == 0, 0.3, 0.5)
    assert overdispersion(independent, group).mean() == pytest.approx(1.0, abs=0.04)
    assert overdispersion(clustered, group).min() > 1.0
    assert group_shares(np.ones((1, len(group)), bool), group).tolist() == [[1.0] * 47]


def test_quartiles_are_even() -> None:
    assert quartiles(np.array([5.0, 1.0, 1.0, 9.0, 7.0, 3.0, 8.0, 2.0])).tolist() == [2, 0, 0, 3, 2, 1, 3, 1]


def test_a_verdict_needs_bounds() -> None:
    values = np.array([0.4, 0.6])
    assert report("x", "", values, Unit.SHARE).verdict is Verdict.NONE
    assert report("x", "", values, Unit.SHARE).held is Verdict.NONE
    assert Figure("x", "", values, Unit.SHARE, 0.45, 0.55).verdict is Verdict.HIT
    assert Figure("x", "", values, Unit.SHARE, high=0.45).verdict is Verdict.MISS
    assert Figure("x", "", np.zeros(2), Unit.NUMBER, low=ABOVE_ZERO).cells(Use.CHECK)[3:] == (
        "above 0", Verdict.MISS, Verdict.MISS, Use.ONE_SIDED,
    )  # fmt: skip
    assert Figure("x", "y", values, Unit.SHARE, 0.45, 0.55).cells(Use.CHECK) == (
        "x", "y", "50.0% (41.0% to 59.0%)", "45.0% to 55.0%", Verdict.HIT, Verdict.HIT, Use.CHECK,
    )  # fmt: skip


def test_a_hit_is_worth_what_its_observation_was_used_for() -> None:
    values = np.array([0.4, 0.6])
    both, sign = Figure("x", "", values, Unit.SHARE, 0.4, 0.6), Figure("x", "", values, Unit.SHARE, low=0.4)
    assert [both.stands_for(use) for use in (Use.CHECK, Use.FITTED)] == [Use.CHECK, Use.FITTED]
    assert [sign.stands_for(use) for use in (Use.CHECK, Use.INPUT)] == [Use.ONE_SIDED, Use.INPUT]
    assert Figure("x", "", values, Unit.SHARE, 0.4, 0.6, Use.INPUT).stands_for(Use.CHECK) is Use.INPUT
    assert report("x", "", values, Unit.SHARE).stands_for(Use.FITTED) is Use.REPORT


@pytest.mark.parametrize(
    ("unit", "value", "model", "verdict"),
    [
        (Unit.COUNT, 1_000, 1_099, Verdict.HIT),
        (Unit.COUNT, 1_000, 1_101, Verdict.MISS),
        (Unit.SHARE, 0.05, 0.0699, Verdict.HIT),
        (Unit.SHARE, 0.05, 0.0701, Verdict.MISS),
        (Unit.SHARE, 0.50, 0.451, Verdict.HIT),
        (Unit.SHARE, 0.50, 0.449, Verdict.MISS),
    ],
)
def test_tolerance(unit: Unit, value: float, model: float, verdict: Verdict) -> None:
    assert near("x", value, "source", model, unit).verdict is verdict


def test_one_miss_makes_a_pattern_a_miss() -> None:
    hit = Figure("x", "", np.ones(1), Unit.COUNT, low=1.0)
    miss, none = Figure("x", "", np.ones(1), Unit.COUNT, low=2.0), report("x", "", 1.0, Unit.COUNT)
    for figures, verdict in (
        ((hit, miss), Verdict.MISS),
        ((none, hit), Verdict.HIT),
        ((none,), Verdict.NONE),
    ):
        assert Pattern(1, "", Use.CHECK, "", figures).verdict is verdict


def test_an_interval_holds_both_spread_and_stated_error() -> None:
    """Normal runs with a normal error: their variances add, on the scale of logarithms for a count."""
    target = target_of("answer_2020")  # 3% for what the model leaves out
    values = 1_100.0 * np.exp(norm.ppf((np.arange(400) + 0.5) / 400, scale=0.04))
    least, most = 1_100.0 * np.exp(1.645 * 0.05 * np.array((-1.0, 1.0)))
    figure = near("x", most - 1.0, "", values, Unit.COUNT, target=target)
    assert np.quantile(figure.predicted, (0.05, 0.95)) == pytest.approx((least, most), rel=1e-3)
    for value, held in (
        (most - 2, Verdict.HIT),
        (most + 2, Verdict.MISS),
        (least + 2, Verdict.HIT),
        (least - 2, Verdict.MISS),
    ):
        assert near("x", value, "", values, Unit.COUNT, target=target).held is held
    assert near("x", most - 1.0, "", values, Unit.COUNT).held is Verdict.MISS


def test_targets_are_measured_as_the_series_say(evidence: Evidence, patterns: list[Pattern]) -> None:
    figures = {figure.what: figure for figure in patterns[0].figures + patterns[3].figures}
    promoting, day = figures["Promote and answer, FY2020"], figures["Members, 2019-06-30"]
    assert promoting.value == 710 and day.value == 338 + 479
    assert promoting.model == pytest.approx(
        1_788 * evidence.outcome("adoption_share_surveyed")[:, autumn(2020)]
    )
    members, local = (evidence.outcome(f"platform_{who}")[:, 4] for who in ("members", "municipalities"))
    assert day.model == pytest.approx(members)
    assert figures["Share of local governments, 2019-06-30"].model == pytest.approx(local / members)


def test_hazard_of_failure_counts_those_still_running() -> None:
    failed, completed, defaulted = ProjectState.FAILED, ProjectState.COMPLETED, ProjectState.DEFAULTED
    started = np.array([0, 0, 0, 0, 30])
    ended = np.array([4, 5, 12, 12, 31])
    state = np.array([failed, defaulted, completed, failed, failed])
    assert failure_hazards(started, ended, state, 40) == pytest.approx([1 / 4, 1 / 3, 1 / 2])
    assert failure_hazards(started[:0], ended[:0], state[:0], 40).tolist() == [0.0, 0.0, 0.0]


def test_partnerships_dissolve_unless_renewed() -> None:
    renewed_from, ended = np.array([-1, -1, -1, 0, -1]), np.array([3, 4, 5, -1, -1])
    assert share_dissolved(renewed_from, ended) == pytest.approx(2 / 3)
    assert share_dissolved(renewed_from[:0], ended[:0]) == 1.0


def test_the_cohort_can_be_taken_out() -> None:
    world = load_world("synthetic:120", 1)
    assert world.municipalities.cohort_2018.any()
    opened = without_cohort(world)
    assert not opened.municipalities.cohort_2018.any() and not opened.municipalities.model_2018.any()
    assert not opened.prefectures.cohort_2018.any() and not opened.prefectures.model_2018.any()
    assert all(not column.flags.writeable for column in (*opened.municipalities, *opened.prefectures))
    assert world.municipalities.cohort_2018.any()
    assert np.array_equal(opened.municipalities.legacy, world.municipalities.legacy)


def test_every_pattern_is_there_with_figures(patterns: list[Pattern]) -> None:
    assert [pattern.number for pattern in patterns] == list(range(1, 17))
    for pattern in patterns:
        assert pattern.figures and pattern.note, pattern.title
        for figure in pattern.figures:
            assert figure.model.size and np.isfinite(figure.model).all(), figure.what
            assert figure.observed or figure.verdict is Verdict.NONE, figure.what
            if figure.unit is Unit.SHARE:
                assert (np.abs(figure.model) <= 1.0).all(), figure.what
    assert [figure.what for figure in patterns[14].figures if figure.verdict is not Verdict.NONE] == [
        "Deals per meeting, to 2020Q4"
    ]


def test_the_page_counts_its_own_verdicts(evidence: Evidence, patterns: list[Pattern]) -> None:
    text = page(evidence, patterns, 1)
    for pattern in patterns:
        assert text.count(f"\n## {pattern.number}. {pattern.title}\n") == 1
    one = r"(hit|\*\*miss\*\*|no figure)"
    rows = re.findall(rf"\| {one} \| {one} \| ([a-z ]*) \|$", text.split("## 1.")[1], re.M)
    verdicts = [verdict for verdict, _, _ in rows]
    hits, misses = verdicts.count("hit"), verdicts.count("**miss**")
    checks = [verdict for verdict, _, worth in rows if worth == Use.CHECK]
    assert f"**{checks.count('hit')} hits and {checks.count('**miss**')} misses** are independent" in text
    assert len(rows) == sum(len(pattern.figures) for pattern in patterns)
    assert f"**{hits} hits and {misses} misses**" in text
    assert text.count("\n- Pattern ") == sum(Verdict.MISS in row for row in rows)
    assert "2 runs of `baseline`" in text and pattern_digest() in text
    shares = re.findall(r"\| ([\d.]+)% \|", text.split("## Who finances")[1].split("| casualty")[0])
    assert sum(map(float, shares)) == pytest.approx(100.0, abs=0.3)


def test_sets_of_parameters_are_what_the_runs_take() -> None:
    """The same sets give the same figures, whatever the workers; other sets give others."""
    sets = ParameterSets(("join_company",), ((0.001,), (0.02,)), "trial")
    one, other = (gather(2, 1, sets, workers) for workers in (1, 2))
    assert np.array_equal(one.outcome("platform_companies"), other.outcome("platform_companies"))
    assert np.array_equal(one.selected, other.selected)
    few, many = one.outcome("platform_companies")[:, -1]
    assert few < 0.8 * many
    assert "`trial`" in page(one, [], 1, sets) and sets.digest in page(one, [], 1, sets)


def test_the_stored_page_is_of_this_model() -> None:
    text = STORED.read_text() if STORED.exists() else ""
    fresh = "runs of `baseline`" in text and pattern_digest() in text and scenario_digest() in text
    fresh = fresh and read_parameter_sets(POSTERIOR).digest in text
    assert fresh, f"docs/patterns.md is of other patterns, scenarios or parameters; run {COMMAND}"
