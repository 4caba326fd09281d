"""Public money: what levers and programmes were given, spent and let lapse, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.page.views.ledger import Fund, by_fund
from sim.page.views.look import (
    LEVEL,
    TIME,
    Spec,
    band_layer,
    by_place,
    chart,
    in_language,
    line_layer,
    told,
)
from sim.page.views.pairs import Floats, Pairs, label
from sim.page.views.view import HIGH, LOW, Asked, Row, View, framed, heads
from sim.report.programmes import programme_titles
from sim.report.words import amount, fund
from sim.text import Language, say, unit
from sim.text.numbers import fiscal_year
from sim.text.numbers import quarter as quarter_words

NAME = "money"
ALL = "all"
#: Levers and programmes that are drawn, besides all together.
MOST = 8
#: Of a fiscal year; runs begin with one.
QUARTERS = 4


def data(pairs: Pairs, at: Asked) -> Row:
    """By fund and fiscal year: mean spent with its band of runs, and what was given."""
    lang = at.lang
    money = {name: by_fund(pairs, name) for name in pairs.names}
    years = next(iter(money.values())).years
    last = years[-1] if pairs.quarter(at.year) == pairs.quarters - 1 else min(at.year or years[-1], years[-1])
    shown = _shown(pairs, money)
    titles = programme_titles(pairs.scenarios.values(), lang)
    rows: list[Row] = []
    cells: list[list[Any]] = []
    for key in shown:
        called = _called(key, money, lang, titles)
        for place, name in enumerate(pairs.names):
            if (sums := _sums(money[name], key)) is None:
                continue
            title = pairs.title(name, lang)
            same = {"panel": key, "scenario": title, "place": place, "n": pairs.replicates}
            rows += [same | row for row in _rows(sums, years)]
            until = [year <= last for year in years]
            totals = sums[:, :, until].sum(axis=2)
            given, spent, lapsed = (float(each.mean()) for each in totals.transpose(1, 0))
            low, high = (float(each) for each in np.quantile(totals[:, 1], [LOW, HIGH]))
            told = [amount(each) for each in (given, spent, low, high, lapsed)]
            cells.append([called, title, *told, pairs.replicates])
    panels = [
        {"name": key, "title": _called(key, money, lang, titles), "unit": unit("JPY M/year", lang)}
        for key in shown
    ]
    columns = heads(at, "fund", "scenario", "appropriated", "spent", "run_low", "run_high", "lapsed", "n")
    title = say("page.views.money.title", lang, year=fiscal_year(last, lang))
    caption = say("page.views.money.caption", lang, n=pairs.replicates)
    if rest := pairs.quarters % QUARTERS:
        facts = {"year": fiscal_year(years[-1], lang), "count": rest}
        facts["quarter"] = quarter_words(label(pairs.quarters - 1), lang)
        caption = f"{caption} {say('page.views.money.cut', lang, **facts)}"
    return framed(pairs, at, title, caption, rows, columns, cells, panels)


def _rows(sums: Floats, years: list[int]) -> list[Row]:
    """A row for each fiscal year; sums are (replicates, columns, years)."""
    low, high = np.quantile(sums[:, 1], [LOW, HIGH], axis=0)
    means = sums.mean(axis=0)
    return [
        {
            "time": float(year), "year": year, "value": float(means[1, y]), "low": float(low[y]),
            "high": float(high[y]),
            "given": float(means[0, y]), "lapsed": float(means[2, y]),
        }
        for y, year in enumerate(years)
    ]  # fmt: skip


def _sums(money: Fund, key: str) -> Floats | None:
    if key == ALL:
        return np.asarray(money.sums.sum(axis=2))
    return money.sums[:, :, money.names.index(key)] if key in money.names else None


def _shown(pairs: Pairs, money: Mapping[str, Fund]) -> list[str]:
    """All together, then the funds that scenarios are given differently, those with most money first."""
    given: dict[str, list[Floats]] = {}
    for place, name in enumerate(pairs.names):
        for i, key in enumerate(money[name].names):
            none = np.zeros(len(money[name].years))
            given.setdefault(key, [none] * len(pairs.names))[place] = money[name].sums[:, 0, i].mean(axis=0)
    differ = [key for key, each in given.items() if any(np.abs(one - each[0]).max() > 0 for one in each)]
    kept = differ or [key for key, each in given.items() if each[0].any()]
    most = sorted(kept, key=lambda key: -max(float(one.sum()) for one in given[key]))
    return [ALL, *most[:MOST]]


def _called(key: str, money: Mapping[str, Fund], lang: Language, titles: Mapping[str, str]) -> str:
    if key == ALL:
        return say("page.views.money.all", lang)
    lever = next(one.levers[one.names.index(key)] for one in money.values() if key in one.names)
    return fund(key, lever, lang, titles)


def spec(lang: Language) -> Spec:
    """Spent with its band, and a step for what was given."""
    sums = {"given": "appropriated", "value": "spent", "lapsed": "lapsed"}
    tip = told(lang, {"year": "fiscal_year", "scenario": "scenario", **sums}, ",.0f")
    layers: list[Spec] = [
        band_layer(),
        {"mark": {"type": "line", "strokeWidth": 1, "interpolate": "step"},
         "encoding": {"y": {**LEVEL, "field": "given"}, "stroke": by_place()}},
        line_layer(),
        {"mark": {"type": "point", "filled": True, "size": 30},
         "encoding": {"y": {**LEVEL, "field": "value"}, "fill": by_place(), "tooltip": tip}},
    ]  # fmt: skip
    return in_language(chart(180, layers, {"x": TIME}), lang)


VIEW = View(NAME, data, spec, ("series", "ledger"))
