"""What a view is: data of pairs in words and rows, a chart for them, and a table that tells the same.

``data`` gives, ready for JSON::

    {"title": ..., "caption": ..., "n": 8, "quarter": "2030Q4",
     "panels": [{"name": "deals_signed", "title": ..., "unit": ...}],   # one chart each
     "rows": [{"panel": ..., "scenario": ..., "place": 0, "value": ..., "low": ..., "high": ..., "n": 8}],
     "table": {"heads": [...], "rows": [[...]]}}

A chart shows the rows of one panel; ``spec`` is the same for all panels of a view. Where colours tell
something else than scenarios, ``keys`` [{"title": ..., "colour": ...}] says what.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.page.views.pairs import Floats, Pairs, label
from sim.statistics.contrasts import Contrast, paired
from sim.text import Language, say
from sim.text.numbers import quarter as quarter_words

type Row = dict[str, Any]
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Asked:
    """What a viewer looks at.

    Attributes:
        lang: of all words.
        year: calendar year; the end of the runs where there is none.
        place: code of a municipality (five digits) or number of a prefecture (1 to 47), if one is chosen.
        dates: quarters of the map, such as 2019Q2; the end of the year where there are none.
        groups: scenarios of the groups of a workshop, which only views of groups show.
        remarks: what deserves a word about the settings of scenarios, in ``lang``.
    """

    lang: Language = "en"
    year: int | None = None
    place: str | None = None
    dates: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A view of the page.

    Attributes:
        name: in addresses and in the page's state.
        make: what is shown, ready for JSON, where nothing is lacking.
        spec: a Vega-Lite specification in a language, with data by the name ``rows``; None where the page
            draws by itself, or there is nothing to draw.
        needs: tables without which there is nothing to show.
        of_groups: whether it shows groups; without any, scenarios as if they were.
    """

    name: str
    make: Callable[[Pairs, Asked], Row]
    spec: Callable[[Language], Row | None]
    needs: tuple[str, ...] = ("series",)
    of_groups: bool = False

    def of(self, pairs: Pairs, at: Asked) -> Row:
        """What is shown, ready for JSON; where a table is not kept, that this is so."""
        if at.groups:
            pairs = pairs.only([name for name in pairs.others if (name in at.groups) is self.of_groups])
        lacking = [name for name in self.needs if not pairs.has(name)]
        if lacking:
            what = say(f"page.views.names.{self.name}", at.lang)
            return framed(pairs, at, what, say("page.views.lacking", at.lang, table=lacking[0]), [], [], [])
        return self.make(pairs, at)


def framed(
    pairs: Pairs,
    at: Asked,
    title: str,
    caption: str,
    rows: list[Row],
    heads: Sequence[str],
    cells: Iterable[Sequence[Any]],
    panels: Sequence[Row] = (),
) -> Row:
    """What every view gives; see above."""
    return {
        "title": title,
        "caption": caption,
        "n": pairs.replicates,
        "quarter": label(pairs.quarter(at.year)),
        "panels": list(panels) or [{"name": "", "title": title, "unit": ""}],
        "rows": rows,
        "table": {"heads": list(heads), "rows": [list(row) for row in cells]},
    }


def when(pairs: Pairs, at: Asked) -> str:
    """The quarter looked at, in words."""
    return quarter_words(label(pairs.quarter(at.year)), at.lang)


def against(pairs: Pairs, name: str, outcomes: Sequence[str], quarter: int) -> Contrast:
    """The paired difference of a scenario from the baseline in outcomes at a quarter, (outcomes,)."""
    sides = (
        np.stack([pairs.values(each, outcome)[:, quarter] for outcome in outcomes], axis=1)
        for each in (name, pairs.baseline)
    )
    return paired(*sides)


def band(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Median and 5-95% over the first axis, the runs."""
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH], axis=0)
    return middle, low, high


def number(value: Any) -> float | None:
    """A number for JSON, which has none that is missing or infinite."""
    found = float(value)
    return found if math.isfinite(found) else None


def heads(at: Asked, *names: str) -> list[str]:
    """Heads of a table in words."""
    return [say(f"page.views.heads.{name}", at.lang) for name in names]


def panels(at: Asked, view: str, names: Sequence[str], unit: str | None = None) -> list[Row]:
    """Panels of a view whose titles are texts of it: ``page.views.<view>.<name>``.

    Args:
        at: what a viewer looks at.
        view: name of the view.
        names: of its panels.
        unit: of all of them; None = each has its own, ``page.views.<view>.unit_<name>``.
    """
    lang = at.lang
    return [
        {
            "name": name,
            "title": say(f"page.views.{view}.{name}", lang),
            "unit": say(f"page.views.{view}.unit_{name}", lang) if unit is None else unit,
        }
        for name in names
    ]


def levels_caption(pairs: Pairs, at: Asked) -> str:
    """That a level's band holds single runs."""
    key = "levels" if pairs.replicates > 1 else "one_run"
    return say(f"page.views.{key}", at.lang, n=pairs.replicates)


def effects_caption(pairs: Pairs, at: Asked) -> str:
    """That an effect's interval is of the mean difference."""
    key = "differences" if pairs.replicates > 1 else "one_pair"
    baseline = pairs.title(pairs.baseline, at.lang)
    return say(f"page.views.{key}", at.lang, n=pairs.replicates, baseline=baseline)
