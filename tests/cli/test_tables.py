"""Tables of the command line: sensible digits, readable units, and what an effect amounts to, in words."""

from __future__ import annotations

import math
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from sim.cli import tables
from sim.report.effect_tables import judged
from sim.scenarios.scenario import load_scenarios
from sim.text import Language

LEVELS = {
    "adoption_share": 0.5,
    "deals_signed": 1000.0,
    "deals_additional": 0.0,
    "private_investment": 40_000.0,
}


def printed(table: Table) -> list[str]:
    console = Console(file=StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def effects(outcome: str, effect: float, half: float, language: Language = "en") -> str:
    """The line of a table for one effect and the half width of its interval."""
    row: dict[str, Any] = {
        "scenario": "other", "baseline": "base", "outcome": outcome, "effect": effect,
        "ci_low": effect - half, "ci_high": effect + half, "replicates": 30, "replicates_needed": 577,
    }  # fmt: skip
    lines = printed(tables.effects(judged(pd.DataFrame([row]), LEVELS), "2030Q4", language))
    return next(" ".join(line.split()) for line in lines if "other" in line)


@pytest.mark.parametrize(
    ("outcome", "effect", "half", "line"),
    [
        ("adoption_share", 0.000517, 0.0003, "(points) other +0.1 0.0 … +0.1 too small to matter –"),
        ("adoption_share", 0.0, 0.0, "(points) other 0.0 0.0 … 0.0 no difference –"),
        ("adoption_share", 0.03, 0.01, "(points) other +3.0 +2.0 … +4.0 more 577"),
        ("deals_signed", -120.4, 30.0, "deals signed other −120 −150 … −90 less 577"),
        ("deals_signed", 100.0, 400.0, "deals signed other +100 −300 … +500 may be nothing –"),
        ("deals_additional", 0.0, 0.0, "grant made possible other 0.0 0.0 … 0.0 no difference –"),
        ("private_investment", 12_345.6, 100.0, "(JPY M) other +12,346 +12,246 … +12,446 more 577"),
    ],
)
def test_an_effect_is_read_for_the_reader(outcome: str, effect: float, half: float, line: str) -> None:
    assert effects(outcome, effect, half).endswith(line)


def test_japanese_tables_have_japanese_words_units_and_dates() -> None:
    assert effects("adoption_share", 0.03, 0.01, "ja").startswith(
        "SDGsを推進する市区町村の割合（ポイント） other +3.0"
    )
    assert "連携成立数 other" in effects("deals_signed", 100.0, 10.0, "ja")
    row = {"scenario": ["base"], "outcome": ["deals_signed"], "quarter": ["2030Q4"], "replicates": [3]}
    numbers = {"mean": [1234.5], "q05": [1100.0], "q95": [1300.2]}
    lines = printed(tables.summary(pd.DataFrame(row | numbers), "ja"))
    assert "2030年10〜12月期" in lines[0]
    assert "1,234 1,100 … 1,300" in " ".join(" ".join(lines).split())


def test_money_has_no_decimals_that_nobody_needs() -> None:
    ledger = pd.DataFrame(
        {"scenario": ["base"], "appropriated": [6079.4], "spent": [8.46], "lapsed": [0.0], "replicates": [3]}
    )
    assert any("base" in line and line.split()[-3:] == ["6,079", "8.5", "0"] for line in
               printed(tables.money(ledger, None, "en")))  # fmt: skip


def test_a_missing_cost_is_a_dash() -> None:
    ledger = pd.DataFrame(
        {"scenario": ["a"], "appropriated": [1.0], "spent": [1.0], "lapsed": [0.0], "replicates": [3]}
    )
    cost = {"scenario": "a", "outcome": "deals_signed", "extra_units": 0.4, "cost_per_unit": math.nan}
    table = tables.money(ledger, pd.DataFrame([cost | {"ci_low": math.nan, "ci_high": math.nan}]), "en")
    assert any(line.split()[-2:] == ["+0.4", "–"] for line in printed(table))


def test_japanese_tables_call_scenarios_by_title_and_english_ones_by_name() -> None:
    baseline, subsidy = load_scenarios(["baseline", "subsidy_first"])
    assert tables.titles([baseline, subsidy], "en") == {}
    assert tables.titles([baseline, subsidy], "ja") == {
        "baseline": baseline.title.ja,
        "subsidy_first": subsidy.title.ja,
    }
    same = subsidy.overlaid("same").model_copy(update={"title": subsidy.title})
    assert tables.titles([subsidy, same], "ja") == {}  # two of one title cannot be told apart by it
    row: dict[str, Any] = {
        "scenario": "subsidy_first", "baseline": "baseline", "outcome": "deals_signed", "effect": 1.0,
        "ci_low": 0.5, "ci_high": 1.5, "replicates": 3, "replicates_needed": 5,
    }  # fmt: skip
    called = tables.titles([baseline, subsidy], "ja")
    table = tables.effects(judged(pd.DataFrame([row]), LEVELS), "2030Q4", "ja", called)
    text = "\n".join(printed(table))
    assert baseline.title.ja in text and subsidy.title.ja in text and "subsidy_first" not in text


def test_of_many_programmes_the_largest_are_shown_and_the_rest_is_summed() -> None:
    rows = [("baseline", "subsidy", 10.0)] + [("many", f"p{n}", float(n)) for n in range(1, 31)]
    money = pd.DataFrame(rows, columns=["scenario", "lever", "appropriated"])
    ledger = money.assign(pays_for="subsidy", spent=0.0, lapsed=money["appropriated"])
    table = tables.levers(ledger, "baseline", "en")
    shown = list(table.columns[1].cells)
    assert len(shown) == tables.MOST_LEVERS + 1 and "Subsidy (p30)" in shown
    assert shown[-1] == "and 10 more together"
