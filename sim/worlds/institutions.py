"""Financial institutions: some known by name, the rest by counts and totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.kernel.world import INSTITUTION_KINDS, Flags, Floats, InstitutionTraits, Integers
from sim.worlds.chance import Column, generator, mandates
from sim.worlds.given import InstitutionGroup, no_goals
from sim.worlds.synthetic import CAPITAL_NATIONAL, CAPITAL_REGIONAL
from sim.worlds.tables import Row, read_table

EQUITY_RATIO = 0.05
NATIONAL = -1


def institutions_of_japan(prefectures: list[str], business: Floats) -> list[InstitutionGroup]:
    """All groups in the order of the tables; head offices by establishments where they are not known.

    Args:
        prefectures: names in Japanese, in the order of their codes.
        business: private establishments by prefecture.
    """
    groups: list[InstitutionGroup] = []
    for row in read_table("institutions"):
        if row["name"] == "Regional bank":
            groups += [regional_bank(row, bank, prefectures) for bank in read_table("regional_banks")]
        else:
            groups.append(counted_group(row, business))
    return groups


def regional_bank(row: Row, bank: Row, prefectures: list[str]) -> InstitutionGroup:
    """A regional bank with its head office and the capital that its deposits call for."""
    office = np.array([prefectures.index(bank["hq_prefecture"])], np.int64)
    deposits = float(bank["deposits_billion_jpy_2022_03"])
    return _group(row, bank["bank_ja"], office, equity(deposits))


def counted_group(row: Row, business: Floats) -> InstitutionGroup:
    """A group of which only the number, and perhaps the total of deposits, is known."""
    count = int(row["count"])
    offices = head_offices(count, business) if row["scope"] == "regional" else np.full(count, NATIONAL)
    deposits = row["deposits_billion_jpy"]
    total = equity(float(deposits)) if deposits else count * float(row["capital_each_jpy_million"])
    return _group(row, row["name_ja"], offices, total)


def _group(row: Row, name: str, offices: Integers, capital: float) -> InstitutionGroup:
    return InstitutionGroup(
        name=name,
        kind=INSTITUTION_KINDS.index(row["kind"]),
        offices=offices,
        capital=capital,
        spread=float(row["capital_spread"]),
        share_with_themes=float(row["share_with_themes"]),
        theme_chance=float(row["theme_chance"]),
    )


def equity(deposits: float) -> float:
    """Capital in JPY M of a bank with these deposits in JPY billion."""
    return EQUITY_RATIO * 1_000.0 * deposits


def head_offices(count: int, business: Floats) -> Integers:
    """One head office in each region, the rest by business (largest remainders); the largest, if too few."""
    if count < len(business):
        return np.sort(np.argsort(-business, kind="stable")[:count])
    share = (count - len(business)) * business / business.sum()
    offices = 1 + np.floor(share).astype(np.int64)
    largest = np.argsort(np.floor(share) - share, kind="stable")[: count - offices.sum()]
    offices[largest] += 1
    return np.repeat(np.arange(len(business)), offices)


def draw_institutions(seed: int, groups: Sequence[InstitutionGroup]) -> InstitutionTraits:
    """Capital drawn lognormal within each group to its total; skill U(.2, .6); mandates by chance."""
    sizes = np.array([len(group.offices) for group in groups], np.int64)
    member = np.repeat(np.arange(len(groups)), sizes)
    office = np.concatenate([np.empty(0, np.int64), *(group.offices for group in groups)])
    spread = _each(groups, "spread")[member]
    weight = np.exp(spread * generator(seed, Column.INSTITUTION_CAPITAL).standard_normal(len(member)))
    total = _each(groups, "capital")
    capital = (total / np.bincount(member, weight, len(groups)))[member] * weight
    usual = np.where(office == NATIONAL, CAPITAL_NATIONAL, CAPITAL_REGIONAL) * weight
    skill = _each(groups, "skill")[member]
    drawn = generator(seed, Column.INSTITUTION_SKILL).uniform(0.2, 0.6, len(member))
    chances = mandates(
        seed, _each(groups, "share_with_themes")[member], _each(groups, "theme_chance")[member]
    )
    themes = _themes(groups)[member]
    return InstitutionTraits(
        kind=np.array([group.kind for group in groups], np.int64)[member],
        prefecture=office,
        capital=np.where(np.isnan(capital), usual, capital),
        skill=np.where(np.isnan(skill), drawn, skill),
        mandate=np.where(themes.any(axis=1)[:, None], themes, chances),
    )


def _each(groups: Sequence[InstitutionGroup], name: str) -> Floats:
    return np.array([getattr(group, name) for group in groups], np.float64)


def _themes(groups: Sequence[InstitutionGroup]) -> Flags:
    """(groups, 17) themes that are given."""
    flags = no_goals(len(groups))
    for number, group in enumerate(groups):
        flags[number, [goal - 1 for goal in group.themes]] = 1
    return flags


def institution_names(groups: Sequence[InstitutionGroup]) -> list[str]:
    """Names that are given; numbered ones where only the group is known."""
    names: list[str] = []
    for group in groups:
        count = len(group.offices)
        names += [group.name] if count == 1 else [f"{group.name} {number}" for number in range(1, count + 1)]
    return names
