"""Companies and institutions of a world of one's own, from its tables."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sim.kernel.world import Floats, Integers
from sim.worlds import columns
from sim.worlds.from_tables import usual_companies
from sim.worlds.given import (
    Companies,
    InstitutionGroup,
    Places,
    Regions,
    anywhere,
    business_by_region,
    no_goals,
)
from sim.worlds.institutions import NATIONAL, head_offices
from sim.worlds.sheet import Sheet, check_unique, number_of
from sim.worlds.synthetic import CAPITAL_SPREAD

#: Share with themes and chance of a theme of institutions that give none, as in ``synthetic``.
_MANDATE = {False: (0.4, 0.3), True: (0.9, 0.5)}


def companies_of(sheet: Sheet | None, municipalities: Sheet, places: Places) -> Companies:
    """A row per company: those of their own table, or as many in each place as the places say."""
    counts = municipalities.numbers("companies")
    if sheet is None and counts is None:
        return anywhere(usual_companies(len(places.ids)))
    if sheet is None:
        assert counts is not None
        home = np.repeat(np.arange(len(counts)), np.nan_to_num(counts).astype(np.int64))
        _refuse_too_many(municipalities, "companies", len(home), columns.MOST_COMPANIES)
        return anywhere(len(home))._replace(home=home)
    if counts is not None:
        municipalities.mistakes.note(
            municipalities.path, f"has a column companies, but {sheet.path} lists them; keep one of the two"
        )
    short, known = _short_ids(places.ids), _numbers(places.ids)
    homes = [
        number_of(sheet, row, "municipality", short.get(text.lstrip("0"), text), known)
        for row, text in enumerate(sheet.texts("municipality"))
    ]
    slots, counted = sheet.numbers("slots"), _counts(sheet)
    goals = no_goals(len(sheet))
    for row, given in enumerate(sheet.goals("goals")):
        goals[row, [goal - 1 for goal in given]] = 1
    _refuse_too_many(sheet, "count", int(counted.sum()), columns.MOST_COMPANIES)
    rows = Companies(
        home=np.array(homes, np.int64),
        slots=np.zeros(len(sheet), np.int64) if slots is None else np.nan_to_num(slots).astype(np.int64),
        industry=np.array(sheet.choices("industry"), np.int64),
        goals=goals,
    )
    return Companies(
        home=np.repeat(rows.home, counted),
        slots=np.repeat(rows.slots, counted),
        industry=np.repeat(rows.industry, counted),
        goals=np.repeat(rows.goals, counted, axis=0),
    )


def _short_ids(ids: list[str]) -> dict[str, str]:
    """Ids by what is left of them without leading zeros, which spreadsheets drop; unique ones only."""
    count = Counter(id.lstrip("0") for id in ids)
    return {short: id for id in ids if count[short := id.lstrip("0")] == 1}


def _numbers(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _counts(sheet: Sheet) -> Integers:
    counts = sheet.numbers("count")
    return (
        np.ones(len(sheet), np.int64) if counts is None else np.nan_to_num(counts, nan=1.0).astype(np.int64)
    )


def _refuse_too_many(sheet: Sheet, what: str, number: int, most: int) -> None:
    if number > most:
        message = f"{number:,} in all are more than {most:,}, the most that may be"
        sheet.mistakes.note(sheet.path, message, column=sheet.heads[what])
        sheet.mistakes.refuse()


def institutions_of(sheet: Sheet | None, places: Places, regions: Regions) -> list[InstitutionGroup] | None:
    """A group a row of their own table; None where there is none, so that they are drawn."""
    if sheet is None:
        return None
    check_unique(sheet, "name")
    counts, known = _counts(sheet), _numbers(regions.names)
    _refuse_too_many(sheet, "count", int(counts.sum()), columns.MOST_INSTITUTIONS)
    weight = business_by_region(places, len(regions.names))
    capital = sheet.numbers("capital")
    drawn = np.full(len(sheet), np.nan)
    capital = drawn if capital is None else capital
    usual = {
        name: sheet.numbers(name) for name in ("capital_spread", "share_with_themes", "theme_chance", "skill")
    }
    given = {name: drawn if values is None else values for name, values in usual.items()}
    kinds, scopes, themes = sheet.choices("kind"), sheet.choices("scope"), sheet.goals("themes")
    groups = []
    for row, (name, home) in enumerate(zip(sheet.texts("name"), sheet.texts("region"), strict=True)):
        region = number_of(sheet, row, "region", home, known)
        regional = scopes[row] == 0 or (scopes[row] < 0 and bool(home))
        if not regional and region >= 0:
            sheet.note(row, "scope", "is national, but the row names a region; leave one of them blank")
        offices = _offices(int(counts[row]), region, regional, weight)
        mandate = _MANDATE[not regional]
        spread = CAPITAL_SPREAD if np.isnan(capital[row]) else 0.0
        groups.append(
            InstitutionGroup(
                name=name,
                kind=max(kinds[row], 0),
                offices=offices,
                capital=float(capital[row]),
                spread=_or(given["capital_spread"][row], spread),
                share_with_themes=_or(given["share_with_themes"][row], mandate[0]),
                theme_chance=_or(given["theme_chance"][row], mandate[1]),
                themes=themes[row],
                skill=float(given["skill"][row]),
            )
        )
    return groups


def _offices(count: int, region: int, regional: bool, weight: Floats) -> Integers:
    """Regions of the head offices of a group, or -1 for national scope."""
    if not regional:
        return np.full(count, NATIONAL)
    return np.full(count, region) if region >= 0 else head_offices(count, weight)


def _or(value: float, usual: float) -> float:
    return usual if np.isnan(value) else float(value)
