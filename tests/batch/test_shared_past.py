"""Runs that share their past leave the same bytes as runs apart, whatever they differ in, whenever."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.batch.chunks import blocks_of, carried_out, checked_run, keys_of, sharing
from sim.batch.design import Design
from sim.batch.estimate import estimate
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.factors import Factor
from sim.batch.parts import Blocks, plan_chunks
from sim.batch.runner import run_experiment
from sim.batch.tables import TABLE_OF_RUN, Key
from sim.batch.verify import Verdict, verify
from sim.calendar import FIRST_YEAR, quarter_label
from sim.cli import main
from sim.kernel import compiled
from sim.scenarios.programmes import Programme, Target
from sim.scenarios.scenario import Calendar, Scenario, load_scenario
from sim.simulation import Simulation
from sim.simulation.shared import _Told, quarters_run
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world
from tests.batch.survival import experiment_file
from tests.identities.cases import BUSY, CASES, all_levers, scenario_of, with_parameters

QUARTERS = 11
BASE = with_parameters(scenario_of(CASES["busy"]).overlaid("base", levers=all_levers(0.0)), **BUSY)
PARAMETERS = (
    "approval_constant",
    "posting_rate",
    "awareness_at_start",
    "promotion_grant",
    "futurecity_quota",
)


def with_programme(scenario: Scenario, money: dict[int, float], lever: str = "subsidy") -> Scenario:
    programme = Programme(lever=lever, target=Target(need="bottom_quartile"), money=money)
    return scenario.model_copy(update={"programmes": {"help": programme}})


CHANGES: dict[str, Callable[[Scenario, int], Scenario]] = {
    "nothing": lambda scenario, t: scenario.overlaid("changed"),
    "lever": lambda scenario, t: scenario.overlaid(
        "changed",
        levers={"subsidy": {FIRST_YEAR + t // 4: 900_000.0}, "advisers": {FIRST_YEAR + t // 4: 9e4}},
    ),
    "cover": lambda scenario, t: scenario.overlaid(
        "changed", levers={"esg_finance": {"guarantee_cover": 0.9}}
    ),
    "rate": lambda scenario, t: scenario.overlaid(
        "changed", levers={"esg_finance": {"interest_subsidy_rate": 0.02}}
    ),
    "rule": lambda scenario, t: scenario.overlaid("changed", rules={"matching": "cobb_douglas"}),
    "module": lambda scenario, t: scenario.overlaid(
        "changed", modules={"insurance": not scenario.modules["insurance"]}
    ),
    "emphasis": lambda scenario, t: scenario.overlaid("changed", emphasis={"society_5_0": 4.0}),
    "calendar": lambda scenario, t: scenario.model_copy(
        update={"name": "changed", "calendar": Calendar(national_target=t)}
    ),
    "programme": lambda scenario, t: with_programme(scenario, {2018: 0.0, FIRST_YEAR + t // 4: 9e5}),
} | {
    name: lambda scenario, t, name=name: scenario.overlaid(
        "changed", parameters={name: {quarter_label(t): 0.75}}
    )
    for name in PARAMETERS
}


def same_as_apart(experiment: Experiment) -> float:
    """Assert that all tables are those of runs apart; the share of quarters that were spared."""
    points = range(experiment.points)
    keys = [
        Key(scenario, point, replicate)
        for scenario in range(len(experiment.scenarios))
        for point in points
        for replicate in range(experiment.replicates)
    ]
    tables, failures = carried_out(experiment, keys)
    assert not failures
    for number, key in enumerate(keys):
        run = checked_run(experiment, key)
        for name in experiment.record:
            assert tables[name][number].equals(TABLE_OF_RUN[name](run, key, experiment)), (key, name)
    return spared(experiment)


def spared(experiment: Experiment) -> float:
    """The share of quarters that are spared where all is run together."""
    arms = [
        (number, point) for number in range(len(experiment.scenarios)) for point in range(experiment.points)
    ]
    _, stretches = sharing(experiment, arms)
    return 1.0 - quarters_run(stretches) / (len(arms) * experiment.quarters)


def experiment_of(*scenarios: Scenario, **over: Any) -> Experiment:
    named = tuple(one.model_copy(update={"name": f"s{number}"}) for number, one in enumerate(scenarios))
    given: dict[str, Any] = {
        "world": "synthetic:12",
        "quarters": QUARTERS,
        "replicates": 1,
        "by": "prefecture",
    } | over
    return Experiment("past", named, **given)


@given(
    changes=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, QUARTERS - 1)), max_size=3),
    before=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, QUARTERS - 1)), max_size=2),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_bytes_as_apart(
    changes: list[tuple[str, int]], before: list[tuple[str, int]], seed: int
) -> None:
    base = BASE
    for kind, t in before:
        base = CHANGES[kind](base, t)
    same_as_apart(experiment_of(base, *(CHANGES[kind](base, t) for kind, t in changes), seed=seed))


@pytest.mark.parametrize("kind", sorted(CHANGES))
@pytest.mark.parametrize("t", [4, 6])
def test_what_differs_later_is_shared_until_then(kind: str, t: int) -> None:
    share = same_as_apart(experiment_of(BASE, CHANGES[kind](BASE, t)))
    since: dict[str, int] = {
        "nothing": QUARTERS,
        "cover": QUARTERS,
        "rate": QUARTERS,
        "calendar": t,
        "lever": t // 4 * 4,
    }
    since |= dict.fromkeys(PARAMETERS, t)
    assert share == pytest.approx(since.get(kind, 0) / (2 * QUARTERS))


def test_a_setting_counts_from_the_year_in_which_its_lever_has_money() -> None:
    funded = BASE.overlaid("funded", levers={"esg_finance": {"guarantee": {2020: 9e5}}})
    generous = funded.overlaid("generous", levers={"esg_finance": {"guarantee_cover": 0.9}})
    assert same_as_apart(experiment_of(funded, generous)) == pytest.approx(8 / (2 * QUARTERS))


def test_cover_counts_without_money_where_nothing_can_default() -> None:
    safe = with_parameters(BASE, success_constant=100.0)
    generous = safe.overlaid("generous", levers={"esg_finance": {"guarantee_cover": 0.9}})
    assert same_as_apart(experiment_of(safe, generous)) == 0.0


def test_money_of_a_programme_divides_runs_from_its_year_on() -> None:
    one, other = (with_programme(BASE, {2018: 5e5, 2019: money}) for money in (5e5, 9e5))
    assert same_as_apart(experiment_of(one, other)) == pytest.approx(4 / (2 * QUARTERS))


MEMORY = """
from sim.extensions import mechanism

SEEN = []


@mechanism(after="adopt")
def memory(now):
    if now.clock.quarter == 0:
        SEEN.clear()
    SEEN.append(now.ledger.appropriated.sum())
    now.municipalities.awareness[0] = len(SEEN) / 100 + SEEN[-1] / 1e9
"""


def test_extensions_may_keep_a_memory_and_look_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory_module.py").write_text(MEMORY)
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "own.yaml"
    file.write_text("name: own\nextends: baseline\nextensions: ['memory_module:memory']\n")
    own = with_parameters(load_scenario(file, allow_extensions="memory_module"), **BUSY)
    for kind in ("posting_rate", "lever", "cover", "nothing"):
        assert same_as_apart(experiment_of(own, CHANGES[kind](own, 4), BASE)) == 0.0


def test_a_tree_of_scenarios() -> None:
    later = [CHANGES["lever"](BASE, t) for t in (4, 8, 8)]
    twice = CHANGES["approval_constant"](later[1], 9)
    share = same_as_apart(experiment_of(BASE, *later, twice, replicates=2))
    assert share == pytest.approx(1 - (8 + 3 + 7 + 3 + 2) / (5 * QUARTERS))


def failing_from(t: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From quarter ``t`` on runs fail, but for those of another rate of posting."""
    go_on = Simulation._go_on

    def failing(self: Simulation, until: int) -> None:
        if self.quarter >= t and self.parameters.needs.posting_rate != 0.75:
            raise ZeroDivisionError("the fifth quarter")
        go_on(self, until)

    monkeypatch.setattr(Simulation, "_go_on", failing)


def test_what_fails_is_told_as_of_runs_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two share the quarter that fails; the third has left them before."""
    experiment = experiment_of(BASE, CHANGES["lever"](BASE, 8), CHANGES["posting_rate"](BASE, 2))
    keys = [Key(number, 0, 0) for number in range(3)]
    whole = carried_out(experiment, keys)[0]
    failing_from(4, monkeypatch)
    tables, failures = carried_out(experiment, keys)
    assert failures == [failure for key in keys[:2] for failure in carried_out(experiment, [key])[1]]
    assert [failure.error for failure in failures] == ["ZeroDivisionError"] * 2
    assert tables["series"] == whole["series"][2:]


def test_a_number_that_is_not_finite_fails_for_each_that_has_it() -> None:
    broken = with_parameters(BASE).overlaid("broken", parameters={"awareness_base": {quarter_label(5): 0.5}})
    broken = broken.model_copy(
        update={"parameters": {**broken.parameters, "awareness_base": {0: 0.094, 5: float("nan")}}}
    )
    experiment = experiment_of(BASE, broken, CHANGES["lever"](broken, 8))
    keys = [Key(number, 0, 0) for number in range(3)]
    tables, failures = carried_out(experiment, keys)
    assert failures == [failure for key in keys[1:] for failure in carried_out(experiment, [key])[1]]
    assert [failure.error for failure in failures] == ["NotFiniteError"] * 2
    assert tables["series"] == carried_out(experiment, keys[:1])[0]["series"]


def test_fatal_runs_are_left_out() -> None:
    experiment = experiment_of(BASE, CHANGES["lever"](BASE, 8))
    both = carried_out(experiment, [Key(0, 0, 0), Key(1, 0, 0)])[0]
    tables, failures = carried_out(experiment, [Key(0, 0, 0), Key(1, 0, 0)], {Key(0, 0, 0): "kills"})
    assert [(failure.key, failure.message) for failure in failures] == [(Key(0, 0, 0), "kills")]
    assert tables["deals"] == both["deals"][1:]


def test_runs_do_not_depend_on_what_else_is_run_with_them() -> None:
    experiment = replace(experiment_of(BASE, CHANGES["lever"](BASE, 4)), replicates=2)
    keys = [Key(scenario, 0, replicate) for scenario in range(2) for replicate in range(2)]
    together = carried_out(experiment, keys)[0]
    alone = [carried_out(experiment, [key])[0] for key in keys]
    for name in experiment.record:
        assert together[name] == [tables[name][0] for tables in alone]


FACTORS = (
    Factor("subsidy", "lever", 0.0, 9e5, start=2019),
    Factor("posting_rate", "uncertainty", 0.2, 8.0, start=6),
    Factor("programmes.help.money", "lever", 0.0, 9e5, start=2020),
)
POINTS = tuple(
    (subsidy, rate, money) for rate in (0.5, 8.0) for subsidy in (0.0, 9e5) for money in (None, 5e5)
)


def designed(points: tuple[Any, ...] = POINTS, factors: tuple[Factor, ...] = FACTORS) -> Experiment:
    scenarios = with_programme(BASE, {2018: 1e5}), CHANGES["rule"](with_programme(BASE, {2018: 1e5}), 0)
    return experiment_of(*scenarios, replicates=2, design=Design("table", factors, points))


def test_points_share_their_past() -> None:
    """Four quarters of all, two of two subsidies, two of four with their rates, and three of eight points."""
    assert same_as_apart(designed()) == pytest.approx(1.0 - (4 + 2 * 2 + 2 * 4 + 3 * 8) / (8 * QUARTERS))


def test_points_that_differ_from_the_beginning_share_nothing() -> None:
    subsidy, rate, _ = FACTORS
    assert same_as_apart(designed(((0.0, 0.5), (0.0, 0.6)), (subsidy, replace(rate, start=None)))) == 0.0


@pytest.mark.parametrize("blocks", [(1, 1), (3, 1), (2, 2), (8, 2)])
def test_whatever_is_run_together(blocks: tuple[int, int]) -> None:
    experiment = designed()
    found = {}
    for chunk in plan_chunks(experiment.points, experiment.replicates, Blocks(*blocks)):
        keys = keys_of(experiment, chunk)
        tables, _ = carried_out(experiment, keys)
        found |= {key: [tables[name][n] for name in experiment.record] for n, key in enumerate(keys)}
    for key, tables in found.items():
        run = checked_run(experiment, key)
        assert tables == [TABLE_OF_RUN[name](run, key, experiment) for name in experiment.record]


def test_points_are_run_together_where_they_have_a_past_to_share() -> None:
    later, first = designed(), designed(factors=(replace(FACTORS[0], start=None), *FACTORS[1:]))
    assert [blocks_of(replace(one, quarters=51), 1741) for one in (first, later)] == [(1, 6), (6, 1)]
    assert [blocks_of(replace(one, quarters=51), 30) for one in (first, later)] == [(12, 8), (12, 8)]


def test_what_the_tests_of_survival_run_is_shared(tmp_path: Path) -> None:
    """So that whatever is killed there, gone on with and compared is what runs apart give."""
    experiment = load_experiment(experiment_file(tmp_path, points=64))
    assert spared(experiment) > 0.2
    run_experiment(experiment, tmp_path / "results")
    found = verify(tmp_path / "results", sample=40)
    assert {run.verdict for run in found.runs} == {Verdict.IDENTICAL}


@pytest.mark.parametrize(
    ("other", "share"),
    [("{name: later, extends: baseline, levers: {subsidy: {2022: 500}}}", "25%"), ("no_policy", None)],
)
def test_sim_check_tells_what_is_gained(
    other: str, share: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile_kernel()
    file = tmp_path / "two.yaml"
    file.write_text(f"name: two\nworld: synthetic:12\nquarters: 32\nscenarios: [baseline, {other}]\n")
    assert main(["check", str(file)]) == 0
    said = capsys.readouterr().out
    found = re.search("[0-9]+%(?= of all quarters need not be run)", said)
    assert (found and found[0]) == share
    assert "a guess" not in said


def test_sim_check_tells_what_is_gained_before_the_model_is_compiled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda: False)
    file = tmp_path / "two.yaml"
    times = []
    for year in (2018, 2024):
        other = f"{{name: later, extends: baseline, levers: {{subsidy: {{{year}: 500}}}}}}"
        file.write_text(
            f"name: two\nworld: synthetic:300\nreplicates: 100_000\nscenarios: [baseline, {other}]\n"
        )
        assert main(["check", str(file)]) == 0
        said = capsys.readouterr().out
        assert "(a guess: no run was tried, since the model is not compiled yet" in said
        times.append(estimate(load_experiment(file), 2).seconds)
    share = 24 / 51 / 2
    assert f"; {share:.0%} of all quarters need not be run" in said
    assert times[1] == pytest.approx(times[0] * (1 - share))


#: Pairs of scenarios that differ in one thing alone, by the place of what tells it in ``_Told.policy``.
GENEROUS = BASE.overlaid("funded", levers={"esg_finance": {"guarantee": {2018: 9e5}, "guarantee_cover": 0.1}})
ELSEWHERE = BASE.model_copy(
    update={
        "programmes": {
            "help": Programme(lever="subsidy", target=Target(need="top_quartile"), money={2018: 9e5})
        }
    }
)
SLOW = with_parameters(BASE, adoption_own=0.001)
FORGETTABLE: dict[int, tuple[Scenario, Scenario]] = {
    0: (BASE, CHANGES["emphasis"](BASE, 4)),
    1: (with_programme(BASE, {2018: 9e5}), ELSEWHERE),
    2: (BASE, CHANGES["lever"](BASE, 4)),
    3: (GENEROUS, CHANGES["cover"](GENEROUS, 4)),
    4: (SLOW, CHANGES["calendar"](SLOW, 4)),
}


@pytest.mark.parametrize("place", sorted(FORGETTABLE))
def test_a_past_that_is_shared_wrongly_shows(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _Told.policy
    assert len(whole(_Told(BASE, load_world("synthetic:12", 1), QUARTERS), 0)) == len(FORGETTABLE)

    def forgetful(self: _Told, t: int) -> Hashable:
        told = whole(self, t)
        return (*told[:place], *told[place + 1 :])

    pair = FORGETTABLE[place]
    same_as_apart(experiment_of(*pair))
    monkeypatch.setattr(_Told, "policy", forgetful)
    with pytest.raises(AssertionError):
        same_as_apart(experiment_of(*pair))


@pytest.mark.parametrize("parameter", ["approval_constant", "posting_rate", "awareness_at_start"])
def test_parameters_that_are_forgotten_show(parameter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Told, "parameters", lambda self, t: None)
    with pytest.raises(AssertionError):
        same_as_apart(experiment_of(BASE, CHANGES[parameter](BASE, 0)))
