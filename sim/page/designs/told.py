"""What is told of a folder of designs, and what a view of it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sim.page.views.look import Spec
from sim.report import foundations
from sim.report.designs import scenarios
from sim.report.designs.answer import answer, question
from sim.report.designs.found import Found, find
from sim.report.sections import Table
from sim.results import Results
from sim.text import Language, say

type Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Told:
    """A folder and what its report is made from.

    Attributes:
        results: the folder.
        found: what is found in the runs of each scenario; empty without a design.
        effects: scenarios against the baseline, as of ``sim.report.designs.scenarios.effects``.
    """

    results: Results
    found: Sequence[Found]
    effects: pd.DataFrame

    @cached_property
    def first(self) -> Found:
        """What is found in the runs of the first scenario."""
        return self.found[0]

    def titles(self, lang: Language) -> dict[str, str]:
        """What scenarios are called, by name."""
        return foundations.titles(self.results.experiment, lang)

    def under(self, found: Found, text: str, lang: Language) -> str:
        """A heading, with its scenario where there are several."""
        if len(self.found) < 2:
            return text
        title = self.titles(lang)[found.runs.scenario]
        return say("designs.heading_of", lang, heading=text, scenario=title)

    def sentences(self, lang: Language) -> list[str]:
        """What the folder holds, then what is found in it, paragraph by paragraph."""
        titles, several = self.titles(lang), len(self.found) > 1
        told = [
            say(
                "designs.under",
                lang,
                name=say("report.quoted", lang, title=titles[one.runs.scenario]),
                text=text,
            )
            if several and not place
            else text
            for one in self.found
            for place, text in enumerate(answer(one, lang))
        ]
        return [question(self.results, lang), *told]


def told_of(results: Results) -> Told:
    """What is told of a folder.

    Raises:
        InputError: no run is stored, or a part is damaged.
    """
    return Told(results, find(results), scenarios.effects(results))


@dataclass(frozen=True)
class DesignView:
    """A view of a folder of designs.

    Attributes:
        name: in addresses and in the page's state.
        there: whether a folder has something for it.
        make: what is shown, in the shape of ``sim.page.views.view``.
        spec: as of ``sim.page.views.view.View``.
    """

    name: str
    there: Callable[[Told], bool]
    make: Callable[[Told, Language], Row]
    spec: Callable[[Language], Spec | None]


def shown(
    told: Told, title: str, caption: str, tables: Sequence[Table], rows: Sequence[Row], panels: Sequence[Row]
) -> Row:
    """What every view gives, with tables of the report in the place of a table."""
    return {
        "title": title,
        "caption": caption,
        "n": told.results.manifest.replicates,
        "quarter": told.results.quarters[-1],
        "panels": list(panels) or [{"name": "", "title": title, "unit": ""}],
        "rows": list(rows),
        "table": table_of(tables),
    }


def table_of(tables: Sequence[Table]) -> Row:
    """Tables of the report below one another; the heading of a group stands before its rows."""
    tables = [table for table in tables if table]
    if not tables:
        return {"heads": [], "rows": []}
    headed = any(group.heading for table in tables for group in table.groups)
    rows = [
        [*([group.heading] if headed else []), *row]
        for table in tables
        for group in table.groups
        for row in group.rows
    ]
    return {"heads": [*([""] if headed else []), *tables[0].columns], "rows": rows}
