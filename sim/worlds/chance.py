"""Chance in the building of worlds: one stream per column, so that no table disturbs another.

A world is drawn once and shared by all runs; draws of the runs themselves are keyed by
agent in ``sim.kernel.draws``.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.errors import InputError
from sim.kernel.world import GOALS, Flags, Floats, Integers


class Column(IntEnum):
    """What is drawn. The numbers are part of every key: never renumber, only add."""

    CAPACITY = 1
    ELECTION = 2
    COMPANY_HOME = 3
    COMPANY_INDUSTRY = 4
    COMPANY_ACTIVE = 5
    COMPANY_ABILITY = 6
    COMPANY_SLOTS = 7
    COMPANY_NATIONAL = 8
    COMPANY_SOCIAL_WEIGHT = 9
    INSTITUTION_CAPITAL = 10
    INSTITUTION_SKILL = 11
    INSTITUTION_THEMES = 12
    POSITION = 13
    POPULATION = 14
    FISCAL_STRENGTH = 15
    AGEING = 16
    LAND = 17
    GOAL_REGION = 18
    GOAL_STATE = 19
    LEGACY = 20
    COHORT = 21


def generator(seed: int, column: Column) -> np.random.Generator:
    """Random stream of one column of the world with this seed.

    Raises:
        InputError: the seed is not a whole number from 0 to 2**64 - 1.
    """
    if not 0 <= seed < 2**64:
        raise InputError(f"world seed {seed}: give a whole number from 0 to 18446744073709551615")
    return np.random.Generator(np.random.Philox(key=np.array([seed, column], np.uint64)))


def pick(random: np.random.Generator, weights: Floats, size: int) -> Integers:
    """``size`` indices drawn with replacement in proportion to the weights."""
    cumulative = np.cumsum(weights)
    drawn: Integers = np.searchsorted(cumulative, random.random(size) * cumulative[-1], side="right")
    return drawn


def pick_distinct(random: np.random.Generator, weights: Floats, size: int) -> Integers:
    """``size`` different indices drawn one after another in proportion to the weights, in that order.

    Exponential races (Efraimidis and Spirakis 2006, doi 10.1016/j.ipl.2005.11.003).
    """
    with np.errstate(divide="ignore"):
        arrival = random.exponential(size=len(weights)) / weights
    order: Integers = np.argsort(arrival, kind="stable")
    return order[:size]


def chosen(random: np.random.Generator, weights: Floats, size: int) -> Flags:
    """Flags of ``size`` different ones drawn in proportion to the weights."""
    flags = np.zeros(len(weights), np.uint8)
    flags[pick_distinct(random, weights, size)] = 1
    return flags


def at_least(least: int, value: int, what: str) -> int:
    """The value, if it is large enough.

    Raises:
        InputError: it is not.
    """
    if value < least:
        raise InputError(f"{what} {value}: give a whole number of {least} or more")
    return value


def company_slots(seed: int, companies: int) -> Integers:
    """Partnerships that each company can run at once: min(floor(Pareto(1.1) from 1), 200)."""
    pareto = 1.0 + generator(seed, Column.COMPANY_SLOTS).pareto(1.1, companies)
    return np.minimum(np.floor(pareto), 200).astype(np.int64)


def company_capability(seed: int, chances: Floats) -> Floats:
    """Capability per goal: active with the given chances (C, 17), at least one, active values U(.2, 1).

    A company that drew no goal has the one that it came nearest to.
    """
    draw = generator(seed, Column.COMPANY_ACTIVE).random(chances.shape)
    active = draw < chances
    with np.errstate(divide="ignore"):
        nearest = np.argmin(np.where(chances > 0, draw / chances, np.inf), axis=1)
    active[np.arange(len(active)), nearest] = True
    ability = generator(seed, Column.COMPANY_ABILITY).uniform(0.2, 1.0, chances.shape)
    return np.where(active, ability, 0.0)


def mandates(seed: int, share_with_themes: Floats, theme_chance: Floats) -> Flags:
    """ESG mandates (F, 17): a share of institutions has priority themes, each theme by chance.

    Goal 17 is no theme of lending.
    """
    draw = generator(seed, Column.INSTITUTION_THEMES).random((len(theme_chance), GOALS + 1))
    flags = (draw[:, :1] < share_with_themes[:, None]) & (draw[:, 1:] < theme_chance[:, None])
    flags[:, GOALS - 1] = False
    return flags.astype(np.uint8)
