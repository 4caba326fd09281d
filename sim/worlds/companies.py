"""Draw what is not given of the companies, from the business of the municipalities."""

from __future__ import annotations

import numpy as np

from sim.kernel.world import GOALS, CompanyTraits, Floats, Integers, MunicipalityTraits
from sim.worlds.build import NATIONAL_SLOTS, company_traits
from sim.worlds.chance import (
    Column,
    company_capability,
    company_slots,
    generator,
    pick,
    pick_distinct,
)
from sim.worlds.given import Companies, Places, industries
from sim.worlds.tables import numbers, read_table

ACTIVE_SHARE = 0.2
OFFICE_BRANCHES = ("ict", "finance_insurance", "professional_technical")


def draw_companies(
    seed: int, given: Companies, municipalities: MunicipalityTraits, places: Places
) -> CompanyTraits:
    """Platform-capable companies, placed and made able by the establishments and industries of their homes.

    Companies of national scope go where office staff works, as far as employees are given.
    """
    count = len(given.home)
    weight = business(places)
    drawn = pick(generator(seed, Column.COMPANY_HOME), weight, count)
    home = np.where(given.home >= 0, given.home, drawn)
    slots = company_slots(seed, count)
    chances = np.full((count, GOALS), ACTIVE_SHARE)
    industry = given.industry
    if places.employees is not None:
        staff = places.employees[:, [industries().index(branch) for branch in OFFICE_BRANCHES]].sum(axis=1)
        slots = deal_slots(seed, slots, (staff[home] + 1.0) / np.where(weight > 0.0, weight, 1.0)[home])
        industry = np.where(industry >= 0, industry, draw_industries(seed, _filled(places.employees)[home]))
    chances = np.where((industry >= 0)[:, None], goal_chances()[industry], chances)
    chances = np.where(given.goals.any(axis=1)[:, None], given.goals, chances)
    return company_traits(
        municipalities,
        home,
        np.where(given.slots > 0, given.slots, slots),
        company_capability(seed, chances),
        seed,
    )


def business(places: Places) -> Floats:
    """Weight of each municipality as a home: sqrt(establishments x employees).

    That leans towards larger establishments. Establishments alone, or else population, where the others
    are not given.
    """
    establishments = places.known("establishments")
    if establishments is None or not establishments.any():
        return places.population
    if places.employees is None or not places.employees.any():
        return establishments
    weight: Floats = np.sqrt(establishments * places.employees.sum(axis=1))
    return weight if weight.any() else establishments


def _filled(employees: Floats) -> Floats:
    """Employees by industry, those of all places together where there are none."""
    return np.where(employees.any(axis=1, keepdims=True), employees, employees.sum(axis=0))


def draw_industries(seed: int, employees: Floats) -> Integers:
    """Industry of each company (C), in proportion to the employees (C, 18) of its home."""
    cumulative = np.cumsum(employees, axis=1)
    draw = generator(seed, Column.COMPANY_INDUSTRY).random((len(employees), 1)) * cumulative[:, -1:]
    return (cumulative <= draw).sum(axis=1)


def goal_chances() -> Floats:
    """Chance that a company of an industry is active on a goal (18, 17), a fifth of the goals on average.

    In proportion to the industry's row of the industry-to-goal table, never above .95.
    """
    columns = [f"goal_{goal:02d}" for goal in range(1, GOALS + 1)]
    weight = numbers(read_table("industry_to_goal"), *columns)
    return np.minimum(ACTIVE_SHARE * GOALS * weight / weight.sum(axis=1, keepdims=True), 0.95)


def deal_slots(seed: int, slots: Integers, chance: Floats) -> Integers:
    """Hand the slots of national companies to companies drawn in proportion to ``chance`` (C)."""
    large = slots > NATIONAL_SLOTS
    national = pick_distinct(generator(seed, Column.COMPANY_NATIONAL), chance, int(large.sum()))
    local = np.ones(len(slots), bool)
    local[national] = False
    dealt = np.empty_like(slots)
    dealt[national] = slots[large]
    dealt[local] = slots[~large]
    return dealt
