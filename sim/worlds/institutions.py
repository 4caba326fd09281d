"""Financial institutions of Japan: real banks by name, the rest by real counts and totals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.kernel.world import INSTITUTION_KINDS, Floats, InstitutionTraits, Integers
from sim.worlds.chance import Column, generator, mandates
from sim.worlds.tables import Row, read_table

EQUITY_RATIO = 0.05
NATIONAL = -1


class InstitutionGroup(NamedTuple):
    """Institutions of one sort; a bank known by name is a group of one."""

    name: str  # in Japanese
    kind: int
    offices: Integers  # prefecture of each head office, or -1 = national scope
    capital: float  # JPY M, of all together
    spread: float  # standard deviation of the logarithm of capital
    share_with_themes: float
    theme_chance: float


def institution_groups(prefectures: list[str], business: Floats) -> list[InstitutionGroup]:
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
    """One head office in each prefecture, the rest by establishments (largest remainders)."""
    share = (count - len(business)) * business / business.sum()
    offices = 1 + np.floor(share).astype(np.int64)
    largest = np.argsort(np.floor(share) - share, kind="stable")[: count - offices.sum()]
    offices[largest] += 1
    return np.repeat(np.arange(len(business)), offices)


def draw_institutions(seed: int, groups: list[InstitutionGroup]) -> InstitutionTraits:
    """Capital drawn lognormal within each group to its total; skill U(.2, .6); mandates by chance."""
    sizes = [len(group.offices) for group in groups]
    member = np.repeat(np.arange(len(groups)), sizes)
    spread = np.array([group.spread for group in groups])[member]
    weight = np.exp(spread * generator(seed, Column.INSTITUTION_CAPITAL).standard_normal(len(member)))
    total = np.array([group.capital for group in groups])
    return InstitutionTraits(
        kind=np.array([group.kind for group in groups])[member],
        prefecture=np.concatenate([group.offices for group in groups]),
        capital=(total / np.bincount(member, weight))[member] * weight,
        skill=generator(seed, Column.INSTITUTION_SKILL).uniform(0.2, 0.6, len(member)),
        mandate=mandates(
            seed,
            np.array([group.share_with_themes for group in groups])[member],
            np.array([group.theme_chance for group in groups])[member],
        ),
    )


def institution_names(groups: list[InstitutionGroup]) -> list[str]:
    """Real names; numbered ones where only the group is known."""
    names: list[str] = []
    for group in groups:
        count = len(group.offices)
        names += [group.name] if count == 1 else [f"{group.name} {number}" for number in range(1, count + 1)]
    return names
