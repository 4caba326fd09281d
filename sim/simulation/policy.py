"""What a scenario says in a quarter, as the kernel reads it: clock, parameters, policy and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.calendar import (
    PLATFORM_OPENS,
    PLATFORM_SURGE,
    QUARTERS_PER_YEAR,
    event_weight,
    fiscal_years,
    year_fraction,
)
from sim.kernel.funds import Fund
from sim.kernel.parameters import Parameters, declared, parameters
from sim.kernel.state import NEVER, Clock, Policy
from sim.kernel.world import Floats, World
from sim.scenarios.inheritance import value_at
from sim.scenarios.interlinkages import drift, interlinkage
from sim.scenarios.needs import MARKET_SIZE, PILLAR_GOALS, SALIENCE
from sim.scenarios.scenario import Scenario
from sim.scenarios.schema import RULES
from sim.simulation.programmes import programmes_of


def appropriated(scenario: Scenario, quarters: int, scale: float) -> Floats:
    """(L, Y) JPY M by row of the ledger and fiscal year; a year cut by the horizon is appropriated pro rata.

    The levers, programmes, and in the row of the subsidy the part of the ordinary promotion grant that
    reaches partnerships, which is no lever: scenarios have it alike. Levers' own rows are scaled to the
    world, whose municipalities are ``scale`` times Japan's; a programme's money is what its payer pays.
    """
    years = fiscal_years(quarters)
    fractions = np.array([year_fraction(year, quarters) for year in years])
    full: Floats = scenario.appropriations(years)
    full[Fund.SUBSIDY] += [_ordinary_grants(scenario, n) for n in range(len(years))]
    money: Floats = full * fractions
    money[: len(scenario.levers)] *= scale
    return money


def _ordinary_grants(scenario: Scenario, year: int) -> float:
    """JPY M of the promotion grant for partnerships in a year, by the parameters of its first quarter."""
    names = ("promotion_grant_share", "promotion_grant")
    paths = [scenario.parameters.get(name) or {0: declared()[name].default} for name in names]
    share, grant = (float(value_at(path, QUARTERS_PER_YEAR * year)) for path in paths)
    return share * grant


def clock_at(
    scenario: Scenario, parameters: Parameters, scale: float, key: Any, t: int, quarters: int
) -> Clock:
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
        since_target=NEVER if target is None else _since(target, t),
        platform_open=float(t >= PLATFORM_OPENS),
        since_surge=_since(PLATFORM_SURGE, t),
        selection=into_year == 0 and t > 0,
        quota=round(parameters.futurecity.futurecity_quota * scale),
        model_quota=round(parameters.futurecity.model_quota * scale),
        event=event_weight(t),
    )


def _since(first: int, t: int) -> int:
    """Quarters since ``first``, NEVER before it."""
    return t - first if t >= first else NEVER


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
        study_effect=choice["study_effect"],
        grant_choice=choice["grant_choice"],
        contagion=choice["contagion"],
        insurance=scenario.modules["insurance"],
        election_gate=scenario.modules["election_gate"],
        international=scenario.modules["international"],
        agreements=scenario.modules["agreements"],
        intermediaries=scenario.modules["intermediaries"],
        joint_projects=scenario.modules["joint_projects"],
        guarantee_cover=scenario.settings["esg_finance.guarantee_cover"],
        interest_subsidy_rate=scenario.settings["esg_finance.interest_subsidy_rate"],
        salience=_salience(scenario.emphasis),
        gap_scale=_gap_scale(world),
        market=np.array(MARKET_SIZE, dtype=np.float64),
        drift=np.array(drift(scenario.rules["drift"])),
        interlinkage=np.array(interlinkage(scenario.rules["interlinkage"])),
        programmes=programmes_of(scenario, world),
    )


def _salience(emphasis: Mapping[str, float]) -> Floats:
    """Weight of each goal in the needs posted: survey salience times the emphasis on its pillar."""
    weights = np.array(SALIENCE, dtype=np.float64)
    for pillar, factor in emphasis.items():
        weights[[goal - 1 for goal in PILLAR_GOALS[pillar]]] *= factor
    return weights


def _gap_scale(world: World) -> Floats:
    """Mean gap of all goals / mean gap of each goal at the start; 1 where a goal has no gap."""
    gaps = 1.0 - world.municipalities.goals.mean(axis=0)
    scale: Floats = np.where(gaps > 0.0, gaps.mean() / np.where(gaps > 0.0, gaps, 1.0), 1.0)
    return scale
