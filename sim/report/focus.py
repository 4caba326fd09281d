"""One place in the report: its effects and rank, where else effects arise, and its municipalities by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.batch.experiment import Experiment
from sim.errors import InputError
from sim.kernel.world import Flags, World
from sim.report import words
from sim.report.municipalities import prefecture_name, town_name
from sim.report.phrases import listed
from sim.report.prefectures import Marked
from sim.report.relevance import Reading, read, smallest
from sim.report.sections import Group, Row, Table, heading, heads
from sim.report.words import Names, in_unit, number, short, unit
from sim.results import Results
from sim.results.focus import ENDS, SPREAD, WHERE, check_focus, municipal_effects, spread_of_effects
from sim.simulation.targets import served_by
from sim.text import Language, say
from sim.text.numbers import MISSING
from sim.worlds.focus import Place, find_place, municipalities_in, neighbours_of
from sim.worlds.groups import prefecture_numbers

#: Outcomes that are told of a place, as far as they are kept.
SHOWN = (
    "deals_signed", "projects_completed", "active_partnerships", "private_investment", "agreements_active",
    "adoption_share", "municipalities_without_project_share", "sdg_progress",
)  # fmt: skip
_SAID = "deals_signed"
_SERVED = "●"  # a municipality that a programme is for
type Numbers = Mapping[Any, Any] | pd.Series
#: Columns of the table of municipalities as outcomes.
_OUTCOME = {"projects_signed": "deals_signed"}


@dataclass(frozen=True)
class Focused:
    """What is known of one place.

    Attributes:
        place: its prefecture, and the municipality if one was named.
        world: in which it lies.
        baseline: scenario that the others are compared with.
        quarter: last quarter.
        effects: ``Results.comparison_by_place`` of its prefecture.
        spread: ``sim.results.focus.spread_of_effects``.
        towns: ``sim.results.focus.municipal_effects``; empty where that table is not kept.
        served: by scenario, 1 for every municipality that a programme of it is for.
    """

    place: Place
    world: World
    baseline: str
    quarter: str
    effects: pd.DataFrame
    spread: pd.DataFrame
    towns: pd.DataFrame
    served: Mapping[str, Flags] = field(default_factory=dict)

    def name(self, lang: Language) -> str:
        """What the place is called: the municipality with its prefecture, or the prefecture."""
        prefecture = prefecture_name(self.world, self.place.prefecture, lang)
        town = self.place.municipality
        if town is None:
            return prefecture
        return say("report.focus.town", lang, town=town_name(self.world, town, lang), prefecture=prefecture)

    @property
    def marked(self) -> Marked:
        """What the figure of places marks."""
        numbers = prefecture_numbers(self.world).tolist()
        return Marked(numbers[self.place.prefecture], tuple(numbers[p] for p in self.neighbours))

    @property
    def neighbours(self) -> list[int]:
        """Prefectures next to it."""
        return neighbours_of(self.place.prefecture, self.world)


def focus_on(results: Results, text: str) -> Focused:
    """What a comparison says of one place.

    Raises:
        InputError: there is no such place, the folder keeps nothing by prefecture, or has no baseline.
    """
    check_focus(results)
    world = results.world
    place = find_place(text, world)
    table = results.comparison_by_place
    baseline = str(results.manifest.baseline)
    kept = "municipalities" in results.manifest.record
    if place.municipality is not None and not kept:
        raise InputError(
            f"{results.folder}: keeps no table of municipalities, which {text[:40]!r} needs; run it with "
            "municipalities under record.tables, or sim compare with --focus, or give its prefecture"
        )
    return Focused(
        place=place,
        world=world,
        baseline=baseline,
        quarter=results.quarters[-1],
        effects=table[table["prefecture"] == prefecture_numbers(world)[place.prefecture]],
        spread=spread_of_effects(results, baseline, place, world),
        towns=municipal_effects(results, baseline, place, world) if kept else pd.DataFrame(),
        served=_served(results.experiment, world),
    )


def _served(experiment: Experiment, world: World) -> dict[str, Flags]:
    """Whom the programmes of each scenario that has any are for, promoting the SDGs or not."""
    return {
        scenario.name: np.maximum.reduce(
            [
                served_by(each.target.model_copy(update={"adopters": None}), world)
                for each in scenario.programmes.values()
            ]
        )
        for scenario in experiment.scenarios
        if scenario.programmes
    }


def headline(focused: Focused, names: Names) -> Iterator[str]:
    """What every scenario does to deals in the place, in a sentence; a municipality before its prefecture."""
    lang, table = names.lang, focused.effects
    if focused.place.municipality is not None and len(focused.towns):
        yield _headline(focused, focused.name(lang), town_effects(focused)[_SAID], names)
    rows = table[table["outcome"] == _SAID].rename(columns={"a": "scenario"}).to_dict("records")
    yield _headline(focused, prefecture_name(focused.world, focused.place.prefecture, lang), rows, names)


def _headline(focused: Focused, place: str, rows: Sequence[Numbers], names: Names) -> str:
    lang = names.lang
    facts = {"place": place, "quarter": words.quarter(focused.quarter, lang)}
    parts = listed([_headline_part(row, names) for row in rows], lang)
    return say(
        "report.focus.headline", lang, parts=parts, level=words.level(_SAID, rows[0]["level"]), **facts
    )


def _headline_part(row: Numbers, names: Names) -> str:
    """The effect of one scenario with its interval, and whether it may be none."""
    low, high = _float(row["ci_low"]), _float(row["ci_high"])
    known = {Reading.UNKNOWN: "one", Reading.NONE: "none", Reading.OPEN: "open"}
    return say(
        f"report.focus.headline_{known.get(read(low, high, 0.0), 'told')}", names.lang,
        name=say("report.quoted", names.lang, title=names.of(str(row["scenario"]))),
        effect=words.effect(_SAID, _float(row["effect"])), interval=between(_SAID, row, names.lang),
    )  # fmt: skip


def place_tables(focused: Focused, names: Names) -> list[Table]:
    """The tables of the section on a place."""
    tables = [effects(focused, names), spread(focused, names)]
    if not len(focused.towns):
        return tables
    own = [] if focused.place.municipality is None else [town(focused, names)]
    return [*own, *tables, towns(focused, names)]


def sentences(focused: Focused, names: Names) -> Iterator[str]:
    """For every scenario what it does to deals in the place, its rank, and what arises elsewhere."""
    lang = names.lang
    for row in focused.effects[focused.effects["outcome"] == _SAID].to_dict("records"):
        spread = focused.spread[
            (focused.spread["scenario"] == row["a"]) & (focused.spread["outcome"] == _SAID)
        ].set_index("where")
        facts = {
            "scenario": names.of(str(row["a"])),
            "place": prefecture_name(focused.world, focused.place.prefecture, lang),
            "level": words.level(_SAID, row["level"]),
            "effect": _with_interval(_SAID, row, lang),
            "rank": rank(row, lang),
            "quarter": words.quarter(focused.quarter, lang),
            **{
                where: _with_interval(_SAID, spread.loc[where], lang) for where in ("neighbours", "elsewhere")
            },
        }
        nothing = row["ci_low"] == row["ci_high"] == 0.0
        yield say(f"report.focus.{'sentence_nothing' if nothing else 'sentence'}", lang, **facts)


def effects(focused: Focused, names: Names) -> Table:
    """Effects in the prefecture: scenario, reading, effect, interval, adjusted p, rank."""
    lang, groups = names.lang, []
    for outcome in SHOWN:
        table = focused.effects[focused.effects["outcome"] == outcome]
        rows = [_effect(row, names, outcome) for row in table.to_dict("records")]
        if rows:
            level = float(table["level"].iloc[0])
            groups.append(Group(heading(outcome, level, smallest(outcome, level), lang), rows))
    count = int(focused.effects["places"].iloc[0]) if len(focused.effects) else 0
    place = prefecture_name(focused.world, focused.place.prefecture, lang)
    note = say(
        "report.focus.effects", lang, place=place, quarter=words.quarter(focused.quarter, lang), places=count
    )
    columns = heads(lang, "scenario", "reading", "effect", "interval", "adjusted", "rank")
    return Table(columns, groups, words=2, note=note, remarks=list(sentences(focused, names)))


def _effect(row: Numbers, names: Names, outcome: str) -> Row:
    return [
        names.of(str(row["a"])),
        reading(row, outcome, names.lang),
        words.effect(outcome, _float(row["effect"])),
        between(outcome, row, names.lang),
        number(_float(row["p_adjusted"])),
        rank(row, names.lang),
    ]


def reading(row: Numbers, outcome: str, lang: Language) -> str:
    """What an effect of a place says."""
    low, high = _float(row["ci_low"]), _float(row["ci_high"])
    return say(f"report.readings.{read(low, high, smallest(outcome, _float(row['level'])))}", lang)


def rank(row: Numbers, lang: Language) -> str:
    """The rank among all places with its interval, such as ``3 of 47 (1 to 9)``; a dash without an effect."""
    if row["ci_low"] == row["ci_high"] == 0.0:  # no effect in any run, as in every other place perhaps
        return MISSING
    places = int(_float(row["places"]))
    if row["rank_low"] is pd.NA:
        return say("report.focus.rank", lang, rank=int(_float(row["rank"])), places=places)
    low, high = int(_float(row["rank_low"])), int(_float(row["rank_high"]))
    facts = {"rank": int(_float(row["rank"])), "places": places, "low": low, "high": high}
    return say("report.focus.rank_between", lang, **facts)


def between(outcome: str, row: Numbers, lang: Language) -> str:
    """The interval of an effect; a dash without one."""
    low, high = _float(row["ci_low"]), _float(row["ci_high"])
    if low != low or high != high:
        return MISSING
    return say("report.to", lang, low=words.effect(outcome, low), high=words.effect(outcome, high))


def _with_interval(outcome: str, row: Numbers, lang: Language) -> str:
    effect = words.effect(outcome, _float(row["effect"]))
    return say("report.focus.effect", lang, effect=effect, interval=between(outcome, row, lang))


def town(focused: Focused, names: Names) -> Table:
    """Effects on the municipality itself."""
    lang, groups = names.lang, []
    for outcome, rows in town_effects(focused).items():
        level = float(rows[0]["level"])
        cells = [
            [
                names.of(str(row["scenario"])),
                reading(row, outcome, lang),
                words.effect(outcome, row["effect"]),
                between(outcome, row, lang),
            ]
            for row in rows
        ]
        groups.append(Group(heading(outcome, level, smallest(outcome, level), lang), cells))
    note = say("report.focus.town_note", lang, place=focused.name(lang))
    return Table(heads(lang, "scenario", "reading", "effect", "interval"), groups, words=2, note=note)


def town_effects(focused: Focused) -> dict[str, list[dict[str, Any]]]:
    """Effects on the municipality by outcome, a row for every scenario."""
    own = focused.towns[focused.towns["municipality"] == focused.place.municipality]
    return {
        _OUTCOME.get(name, name): [{str(key): value for key, value in row.items()} for row in rows]
        for name in ENDS
        for rows in [own[own["outcome"] == name].to_dict("records")]
    }


def spread(focused: Focused, names: Names) -> Table:
    """Where effects arise: in the prefecture, next to it, elsewhere, in all."""
    lang, groups = names.lang, []
    for outcome in SPREAD:
        table = focused.spread[focused.spread["outcome"] == outcome]
        rows = []
        for scenario in dict.fromkeys(table["scenario"]):
            own = table[table["scenario"] == scenario].set_index("where")
            rows.append([names.of(str(scenario)), *(_cell(outcome, own.loc[where], lang) for where in WHERE)])
        if rows:
            groups.append(Group(in_unit(short(outcome, lang), unit(outcome, lang), lang), rows))
    near = [prefecture_name(focused.world, p, lang) for p in focused.neighbours]
    neighbours = say("report.focus.separator", lang).join(near) or MISSING
    columns = [
        *heads(lang, "scenario"),
        prefecture_name(focused.world, focused.place.prefecture, lang),
        *heads(lang, "neighbours", "elsewhere", "nation"),
    ]
    return Table(columns, groups, note=say("report.focus.spread", lang, neighbours=neighbours))


def _cell(outcome: str, row: pd.Series, lang: Language) -> str:
    if not row["prefectures"]:
        return MISSING
    return f"{words.effect(outcome, _float(row['effect']))}\n{between(outcome, row, lang)}"


def towns(focused: Focused, names: Names) -> Table:
    """Municipalities of the prefecture: levels in the baseline, and more deals under every scenario."""
    lang = names.lang
    found = municipalities_in(focused.place.prefecture, focused.world)
    own = focused.place.municipality
    groups = [Group(prefecture_name(focused.world, focused.place.prefecture, lang),
                    [_town(focused, names, i) for i in found if i != own])]  # fmt: skip
    if own is not None:
        groups.insert(0, Group(town_name(focused.world, own, lang), [_town(focused, names, own)]))
    ends = [_OUTCOME.get(name, name) for name in ENDS]
    base = [
        say("report.focus.base", lang, outcome=in_unit(short(name, lang), _gap(name, lang), lang))
        for name in ends
    ]
    others = dict.fromkeys(focused.towns["scenario"])
    extra = [say("report.focus.extra", lang, scenario=names.of(str(name))) for name in others]
    columns = [*heads(lang, "municipality", "code", "population"), *base, *extra]
    remarks = [say("report.focus.served", lang, mark=_SERVED)] if focused.served else []
    return Table(columns, groups, note=say("report.focus.towns", lang), remarks=remarks, small=True)


def _gap(outcome: str, lang: Language) -> str:
    return unit(outcome, lang) if outcome == "sdg_progress" else ""


def _town(focused: Focused, names: Names, municipality: int) -> Row:
    world, table = focused.world, focused.towns[focused.towns["municipality"] == municipality]
    first = table[table["scenario"] == table["scenario"].iloc[0]].set_index("outcome")
    levels = [f"{float(first.loc[name, 'level']):.1f}" for name in ENDS]
    gained = table[table["outcome"] == ENDS[0]]
    cells = [
        _mark(focused, str(row["scenario"]), municipality) + _gained(row, names.lang)
        for _, row in gained.iterrows()
    ]
    people = f"{world.municipalities.population[municipality]:,.0f}"
    return [
        town_name(world, municipality, names.lang),
        world.labels.jis_code[municipality],
        people,
        *levels,
        *cells,
    ]


def _mark(focused: Focused, scenario: str, municipality: int) -> str:
    served = focused.served.get(scenario)
    return "" if served is None or not served[municipality] else f"{_SERVED} "


def _gained(row: pd.Series, lang: Language) -> str:
    """Extra deals with their interval; 0 where there are none in any run."""
    if row["ci_low"] == row["ci_high"] == 0.0:
        return "0"
    return f"{row['effect']:+.2f}\n{_narrow(row, lang)}".replace("-", "−")


def _narrow(row: pd.Series, lang: Language) -> str:
    low, high = _float(row["ci_low"]), _float(row["ci_high"])
    return say("report.to", lang, low=f"{low:+.2f}", high=f"{high:+.2f}") if low == low else MISSING


def _float(value: Any) -> float:
    return float("nan") if value is pd.NA else float(value)
