"""Effects as one matrix."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.report.findings import Findings
from sim.report.matrix import MOST_COLUMNS, effects_matrix, per_yen_table
from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.words import Names
from tests.report.made import SCENARIOS


def found(effects: pd.DataFrame, names: list[str]) -> Findings:
    titles = Names({name: name for name in names}, "en")
    return Findings(titles, "baseline", "2030Q4", effects, pd.DataFrame(), pd.DataFrame(), False)


def test_a_cell_holds_the_effect_then_its_interval_and_what_it_says(comparison: pd.DataFrame) -> None:
    findings = found(comparison, list(SCENARIOS))
    table = effects_matrix(findings, "2030Q4")
    assert list(table.columns) == ["Outcome", "subsidy_first", "matching_first"]
    (group,) = table.groups
    assert len(group.rows) == len(MAIN_OUTCOMES) - 2  # money is told of by itself
    row = findings.effect("matching_first")
    effect, interval = group.rows[0][2].split("\n")[:2]
    assert (
        effect == f"{row['effect']:+,.0f}" and interval == f"{row['ci_low']:+,.0f} to {row['ci_high']:+,.0f}"
    )
    assert group.rows[0][0].startswith("Partnership deals signed (deals)\nbaseline ")
    small = replace(findings, effects=comparison.assign(reading="small"))
    assert all(cell.endswith("too small") for cell in effects_matrix(small, "2030Q4").groups[0].rows[0][1:])


def test_many_scenarios_are_a_row_each(comparison: pd.DataFrame) -> None:
    one = comparison[comparison["scenario"] == "subsidy_first"]
    names = [f"s{number}" for number in range(MOST_COLUMNS + 1)]
    many = pd.concat([one.assign(scenario=name) for name in names])
    table = effects_matrix(found(many, ["baseline", *names]), "2030Q4")
    assert [row[0] for row in table.groups[0].rows] == names
    assert len(table.columns) == 1 + len(MAIN_OUTCOMES) - 2


def test_without_a_ledger_nothing_is_said_of_what_money_buys(comparison: pd.DataFrame) -> None:
    assert not per_yen_table(found(comparison, list(SCENARIOS)))
