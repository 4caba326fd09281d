"""Both intervals in the report: what may come, and chance alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from sim.batch.parameter_sets import ParameterSets
from sim.provenance import source_digest
from sim.report.effects import draw_effects, effects_sheet
from sim.report.report import write_report
from sim.report.sections import effects as effects_of
from sim.report.spreadsheets import effects_sheet as effects_sheet_of
from sim.report.words import Names
from sim.studies import compare
from sim.text import Language, paragraphs, say
from tests.report.made import with_sets
from tests.report.test_answers import findings, said

SETS = ParameterSets(("posting_rate", "national_push"), ((0.3, 0.1), (1.2, 0.2)), "draws", ("model: 0123",))


def effects_with(chance: bool) -> pd.DataFrame:
    columns = {"low": 2.0, "high": 19.0, "chance_low": 7.0, "chance_high": 14.0, "sets": 2}
    if not chance:
        columns |= {"chance_low": float("nan"), "chance_high": float("nan")}
    return findings().effects.assign(**columns)


def test_the_answer_says_what_may_come_beside_what_chance_brings() -> None:
    told = said(findings(sets=SETS, effects=effects_with(chance=True)))
    assert told.startswith("In the mean over the parameter sets, “B” costs least per deal gained")
    assert "90% of what may come of “B” in one history, its parameters not being known, lies" in told
    ends = "between +2.0 and +19 deals; by chance alone between +7.0 and +14"
    assert f"{ends} (n = 30 pairs of runs, 2 parameter sets)." in told
    assert "90% of what may come of “C”" in told  # which adds most deals
    alone = said(findings(sets=SETS, effects=effects_with(chance=False)))
    assert "by chance alone" not in alone and "lies between +2.0 and +19 deals (n = 30" in alone
    assert "what may come" not in said(findings())


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_table_of_effects_holds_both(comparison: pd.DataFrame, lang: Language) -> None:
    found = replace(findings(), names=Names({}, lang), sets=SETS, effects=with_sets(comparison, 2))
    table = effects_of(found, "2030Q4")
    assert list(table.columns)[-2:] == [
        say(f"report.columns.{name}", lang) for name in ("may_come", "by_chance")
    ]
    assert all(len(row) == len(table.columns) for group in table.groups for row in group.rows)
    assert say("report.notes.spread", lang, label="draws", sets=2) in table.remarks
    plain = effects_of(replace(found, sets=None), "2030Q4")
    assert len(plain.columns) == len(table.columns) - 2 == len(plain.groups[0].rows[0])


def test_the_figure_has_a_thin_bar_below_a_thick_one(comparison: pd.DataFrame) -> None:
    names = Names({"subsidy_first": "Subsidy", "matching_first": "Matching"}, "en")
    data = with_sets(comparison)
    figure, axes = plt.subplots()
    draw_effects(axes, data, names, "deals_signed")
    bars = [
        line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_label().startswith("_child")
    ]
    bars = [line for line in bars if line.get_ydata()[0] == line.get_ydata()[1]]
    row = data[(data["outcome"] == "deals_signed") & (data["scenario"] == "subsidy_first")].iloc[0]
    thin, thick = bars[:2]
    assert list(thin.get_xdata()) == pytest.approx([row["low"], row["high"]])
    assert list(thick.get_xdata()) == pytest.approx([row["chance_low"], row["chance_high"]])
    assert thin.get_linewidth() < thick.get_linewidth()
    plt.close(figure)
    assert "5 parameter sets" in effects_sheet(data, names).subtitle
    assert "95% interval of the mean" in effects_sheet(comparison, names).subtitle


@pytest.mark.usefixtures("blank_figures")
def test_the_report_says_what_was_drawn_and_for_which_model(tmp_path: Path) -> None:
    small = {"world": "synthetic:30", "replicates": 4, "quarters": 8}
    results = compare("baseline", "matching_first", **small, parameters=SETS, out=tmp_path / "r")  # type: ignore[arg-type]
    head = effects_sheet_of(results, Names({}, "en")).columns
    assert [name for name in head if "90%" in name][0::2] == [
        "90% of what may come, low",
        "90% by chance alone, low",
    ]
    page = write_report(results.folder, "ja").read_text(encoding="utf-8")
    facts = {"label": "draws", "model": "0123", "now": source_digest()}
    for id in ("columns.may_come", "columns.by_chance", "captions.effects_sets.text"):
        assert say(f"report.{id}", "ja") in page
    assert say("report.other_model", "ja", **facts) in page
    assert SETS.digest in page and "parameters.csv" in page
    assert paragraphs("report.assumptions", "ja")[0] not in page
