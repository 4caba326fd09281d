"""Simulate: a world, a scenario and a key give a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import draws
from sim.calendar import (
    DEFAULT_QUARTERS,
    PLATFORM_OPENS,
    PLATFORM_PUSH,
    QUARTERS_PER_YEAR,
    event_weight,
    fiscal_years,
    year_fraction,
)
from sim.parameters import Parameters, parameters
from sim.scenarios.interlinkages import drift, interlinkage
from sim.scenarios.needs import MARKET_SIZE, PILLAR_GOALS, SALIENCE
from sim.scenarios.scenario import Scenario, value_at
from sim.scenarios.schema import RULES
from sim.schedule import quarter
from sim.state import ROWS, Clock, Deals, Policy, State, initial_state, with_room
from sim.worlds.world import Floats, World


@dataclass(frozen=True)
class Run:
    """One run and everything it left.

    Attributes:
        world, scenario, seed, replicate, quarters: what was run.
        series: (quarters, outcomes) float64, columns as in ``sim.outcomes.OUTCOMES``.
        state: all columns at the end.
    """

    world: World
    scenario: Scenario
    seed: int
    replicate: int
    quarters: int
    series: Floats
    state: State

    @property
    def ledger(self) -> dict[str, Floats]:
        """JPY M by fund (``sim.scenarios.levers.Fund``) and fiscal year: appropriated, spent, lapsed."""
        books = self.state.ledger
        return {"appropriated": books.appropriated, "spent": books.spent, "lapsed": books.lapsed}

    def deals(self) -> dict[str, Any]:
        """Columns of the deals table, one row per proposal or renewal; see ``sim.state.Deals``."""
        deals = self.state.deals
        rows = int(deals.tally[ROWS])
        lists = ("open_projects", "ended", "loans", "tally")
        return {name: getattr(deals, name)[:rows] for name in Deals._fields if name not in lists}

    def municipalities(self) -> dict[str, Any]:
        """Columns of the municipalities table at the end, one row each."""
        towns = self.state.towns
        untouched = towns.goals_untouched.mean(axis=1)
        gap = np.maximum(1.0 - untouched, 1e-300)
        return {
            "jis_code": self.world.labels.jis_code,
            "adopted_quarter": towns.adopted_quarter,
            "member_quarter": towns.member_quarter,
            "designated_quarter": towns.designated_quarter,
            "model_project": towns.model_project,
            "awareness": towns.awareness,
            "capacity": towns.capacity,
            "network": towns.network,
            "projects_signed": towns.signed,
            "projects_completed": towns.completed,
            "projects_failed": towns.failed,
            "sdg_index": 100.0 * towns.goals.mean(axis=1),
            "sdg_progress": 1e4 * (towns.goals.mean(axis=1) - untouched) / gap,
        }


def simulate(
    world: World,
    scenario: Scenario,
    seed: int = 1,
    replicate: int = 0,
    quarters: int = DEFAULT_QUARTERS,
) -> Run:
    """Run one replicate.

    Args:
        world: fixed traits (``sim.worlds.load_world``).
        scenario: a resolved scenario (``sim.scenarios.scenario.load_scenario``).
        seed: root seed, 0 to 2**63 - 1.
        replicate: number of the replicate. Scenarios with the same seed and replicate see the same chance.
        quarters: horizon from 2018Q2.

    Returns:
        The run; the same arguments always give the same run, bit for bit.
    """
    key = np.uint64(draws.run_key(seed, replicate))
    appropriated = national_appropriations(scenario, quarters) * world.scale
    rules = parameters_at(scenario, 0)
    state = initial_state(world, rules, key, appropriated, quarters)
    policy = policy_of(scenario, world)
    for t in range(quarters):
        if _changes(scenario, t):
            rules = parameters_at(scenario, t)
        advance(world, state, clock_at(scenario, rules, world.scale, key, t, quarters), rules, policy)
    return Run(world, scenario, seed, replicate, quarters, state.flows.series, state)


def advance(world: World, state: State, clock: Clock, rules: Parameters, policy: Policy) -> None:
    """Run one quarter on the state."""
    state.deals = with_room(state.deals, 2 * len(world.places.size))
    quarter(
        clock, rules, policy,
        world.places, world.firms, world.institutions, world.prefectures, world.directory,
        state.towns, state.companies, state.lenders, state.regions,
        state.posts, state.deals, state.ledger, state.flows,
    )  # fmt: skip


def national_appropriations(scenario: Scenario, quarters: int) -> Floats:
    """(L, Y) JPY M by lever and fiscal year; a year cut by the horizon is appropriated pro rata."""
    years = fiscal_years(quarters)
    fractions = np.array([year_fraction(year, quarters) for year in years])
    national: Floats = scenario.appropriations(years) * fractions
    return national


def clock_at(scenario: Scenario, rules: Parameters, scale: float, key: Any, t: int, quarters: int) -> Clock:
    """The clock of quarter ``t`` of a run of ``quarters`` quarters; quotas are scaled to the world."""
    into_year = t % QUARTERS_PER_YEAR
    target = scenario.calendar.national_target
    left = min(QUARTERS_PER_YEAR - into_year, quarters - t)
    return Clock(
        key=key,
        quarter=t,
        year=t // QUARTERS_PER_YEAR,
        quarters_left=left,
        first_of_year=into_year == 0,
        last_of_year=left == 1,
        target_in_force=float(target is not None and t >= target),
        platform_open=float(t >= PLATFORM_OPENS),
        platform_push=float(t >= PLATFORM_PUSH),
        selection=into_year == 0 and t > 0,
        quota=round(rules.futurecity.futurecity_quota * scale),
        model_quota=round(rules.futurecity.model_quota * scale),
        event=event_weight(t),
    )


def _changes(scenario: Scenario, t: int) -> bool:
    return any(t in path for path in scenario.parameters.values())


def parameters_at(scenario: Scenario, t: int) -> Parameters:
    """The parameters in force in quarter ``t``."""
    return parameters(**{name: value_at(path, t) for name, path in scenario.parameters.items()})


def policy_of(scenario: Scenario, world: World) -> Policy:
    """Rules and settings of a scenario as the kernel reads them."""
    choice = {name: RULES[name].index(chosen) for name, chosen in scenario.rules.items()}
    return Policy(
        award=choice["award"],
        matching=choice["matching"],
        advisers=choice["advisers"],
        insurance=scenario.modules["insurance"],
        election_gate=scenario.modules["election_gate"],
        international=scenario.modules["international"],
        guarantee_cover=scenario.settings["esg_finance.guarantee_cover"],
        interest_subsidy_rate=scenario.settings["esg_finance.interest_subsidy_rate"],
        salience=_salience(scenario.emphasis),
        gap_scale=_gap_scale(world),
        market=np.array(MARKET_SIZE, dtype=np.float64),
        drift=np.array(drift(scenario.rules["drift"])),
        interlinkage=np.array(interlinkage(scenario.rules["interlinkage"])),
    )


def _salience(emphasis: Mapping[str, float]) -> Floats:
    """Weight of each goal in the needs posted: survey salience times the emphasis on its pillar."""
    weights = np.array(SALIENCE, dtype=np.float64)
    for pillar, factor in emphasis.items():
        weights[[goal - 1 for goal in PILLAR_GOALS[pillar]]] *= factor
    return weights


def _gap_scale(world: World) -> Floats:
    """Mean gap of all goals / mean gap of each goal at the start; 1 where a goal has no gap."""
    gaps = 1.0 - world.places.goals.mean(axis=0)
    scale: Floats = np.where(gaps > 0.0, gaps.mean() / np.where(gaps > 0.0, gaps, 1.0), 1.0)
    return scale
