"""Scenarios of a design side by side, averaged over its points; and scenarios of which not all is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.report import words
from sim.report.designs.runs import ON_A_PAGE, shown_outcomes
from sim.report.designs.tables import outcome_heads, ratio
from sim.report.matrix import effect_cell
from sim.report.relevance import read, smallest
from sim.report.sections import Group, Row, Table
from sim.report.tables import spread
from sim.report.words import amount, in_unit, short, unit
from sim.results import Results
from sim.results.arms import Arm, in_arm, names_point
from sim.results.contrasts import contrast_of_runs
from sim.results.money import PER, per_yen
from sim.results.runs import Floats, read_runs
from sim.statistics.contrasts import Contrast
from sim.text import Language, say
from sim.text.numbers import money


def effects(results: Results) -> pd.DataFrame:
    """Every scenario against the baseline, or else the first: averages over the points of a design.

    Returns:
        A row per scenario and outcome shown: ``scenario``, ``baseline``, ``outcome``, ``effect``, ``ci_low``,
        ``ci_high``, ``p``, ``n`` (pairs, or points), ``level`` (mean of the baseline), ``reading``. Empty for
        one scenario.
    """
    outcomes, rows = shown_outcomes(results), list[dict[str, Any]]()
    runs = read_runs(results, outcomes)
    arms = {name: runs.where(in_arm(runs, Arm(name), results.scenarios)) for name in results.scenarios}
    reference = results.manifest.baseline or results.scenarios[0]
    base = arms.pop(reference)
    if not len(base):
        return pd.DataFrame()
    alone = names_point(results, Arm(reference))
    levels = np.nanmean(base.values[:, 0], axis=0)
    for name, own in arms.items():
        if len(own):
            contrast = contrast_of_runs(own, base, (alone, alone)).row(0)
            rows += [
                {"scenario": name, "baseline": reference} | row for row in _told(contrast, outcomes, levels)
            ]
    return pd.DataFrame(rows)


def _told(contrast: Contrast, outcomes: Sequence[str], levels: Floats) -> Iterator[dict[str, Any]]:
    """A row per outcome of a contrast, with what its interval says."""
    (low, high), p = contrast.interval(), contrast.p
    for place, outcome in enumerate(outcomes):
        ends, level = (float(low[place]), float(high[place])), float(levels[place])
        yield {
            "outcome": outcome, "effect": contrast.effect[place], "ci_low": ends[0], "ci_high": ends[1],
            "p": p[place], "n": contrast.n, "level": level,
            "reading": str(read(*ends, smallest(outcome, level))),
        }  # fmt: skip


def effects_table(results: Results, table: pd.DataFrame, titles: dict[str, str], lang: Language) -> Table:
    """Scenario x outcome."""
    if table.empty:
        return Table([])
    outcomes, rows = list(dict.fromkeys(table["outcome"]))[:ON_A_PAGE], list[Row]()
    for name, own in table.groupby("scenario", sort=False):
        by = own.set_index("outcome")
        cells = [effect_cell(by.loc[outcome], outcome, lang) for outcome in outcomes]
        rows.append([titles[str(name)], *cells])
    kind = "design" if results.manifest.points > 1 else "pairs"
    facts = {"baseline": titles[str(table["baseline"].iloc[0])], "n": int(table["n"].min())}
    note = say(f"designs.notes.scenarios_{kind}", lang, **facts)
    columns = [say("report.columns.scenario", lang), *outcome_heads(outcomes, lang)]
    return Table(columns, [Group("", rows)], note=note, small=len(outcomes) > 5)


def levels_table(results: Results, titles: dict[str, str], lang: Language) -> Table:
    """Median and 5-95% of runs of every outcome shown, in each scenario."""
    outcomes, rows = shown_outcomes(results), list[Row]()
    runs = results.runs(outcomes)
    for outcome in outcomes:
        bands, cells = spread(runs, ["scenario"], outcome).set_index("scenario"), []
        for name in results.scenarios:
            middle, low, high = bands.reindex([name])[["median", "low", "high"]].to_numpy(float)[0]
            shown = words.level(outcome, middle)
            if np.isfinite(low) and low != high:
                ends = (words.level(outcome, end) for end in (low, high))
                shown += f"\n{say('report.to', lang, low=next(ends), high=next(ends))}"
            cells.append(shown)
        measure = unit(outcome, lang, difference=False)
        rows.append([in_unit(short(outcome, lang), measure, lang), *cells])
    counts = runs.groupby("scenario", observed=True).size()
    note = say("designs.notes.levels", lang, runs=int(counts.max()))
    columns = [say("report.columns.outcome", lang), *(titles[name] for name in results.scenarios)]
    return Table(columns, [Group("", rows)], note=note)


def yields(results: Results) -> pd.DataFrame:
    """As of ``sim.results.money.per_yen``; empty without a baseline or a ledger."""
    manifest = results.manifest
    if manifest.baseline is None or len(results.scenarios) < 2 or "ledger" not in manifest.record:
        return pd.DataFrame()
    return per_yen(results, manifest.baseline)


def yields_table(table: pd.DataFrame, titles: dict[str, str], lang: Language) -> Table:
    """Scenario x what JPY 100 million spent beyond the baseline buy."""
    if table.empty:
        return Table([])
    bought, rows = list(dict.fromkeys(table["outcome"])), list[Row]()
    for name, own in table.groupby("scenario", sort=False):
        by = own.set_index("outcome")
        spent = amount(float(own["extra_spending"].iloc[0]))
        cells = [ratio(by.loc[what], ("units", "ci_low", "ci_high"), lang) for what in bought]
        rows.append([titles[str(name)], spent, *cells])
    note = say("report.notes.per_yen", lang, per=money(PER, lang), n=int(table["replicates"].max()))
    columns = [say(f"report.columns.{name}", lang) for name in ("scenario", "extra_money")]
    heads = [*columns, *(say(f"designs.bought.{what}", lang) for what in bought)]
    remarks = [say("report.fair.unstated", lang)]
    return Table(heads, [Group("", rows)], note=note, remarks=remarks)
