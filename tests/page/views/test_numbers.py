"""Goals, losses, those left behind, money, places and networks: the numbers of report and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.page.views import VIEWS, Asked, Pairs, pairs_of
from sim.page.views.lost import steps
from sim.report.funnel import funnel_data
from sim.report.goals import goals_data
from sim.report.money import absorbed_data
from sim.report.places import left_behind_data
from sim.results import Results
from sim.results.network import read_network

EN = Asked("en")


def rows(pairs: Pairs, view: str, at: Asked = EN, **wanted: Any) -> list[dict[str, Any]]:
    found = VIEWS[view].of(pairs, at)["rows"]
    return [row for row in found if all(row.get(key) == value for key, value in wanted.items())]


def test_goals(results: Results, pairs: Pairs) -> None:
    expected = goals_data(results)
    same = expected[expected["scenario"] == "subsidy_first"].sort_values("goal")
    levels = rows(pairs, "goals", panel="level", place=2)
    for key, column in (("value", "median"), ("low", "low"), ("high", "high")):
        assert np.allclose([row[key] for row in levels], same[column])
    effect = results.contrast("subsidy_first", "baseline", "sdg_progress_07", "2026Q4").iloc[0]
    (row,) = rows(pairs, "goals", Asked("en", 2026), panel="difference", place=2, goal=7)
    assert [row["value"], row["low"], row["high"]] == pytest.approx(
        [effect.effect, effect.ci_low, effect.ci_high]
    )


def test_the_way_of_a_deal(results: Results, pairs: Pairs) -> None:
    expected = funnel_data(results).set_index(["scenario", "step"])
    for row in rows(pairs, "lost"):
        step = list(steps(pairs, row["panel"], 50))[row["order"]]
        same = expected.loc[(row["panel"], step)]
        assert [row["value"], row["low"], row["high"]] == pytest.approx(
            [same["mean"], same["low"], same["high"]]
        )
        assert row["share"] == pytest.approx(same["share"], nan_ok=True) or (
            row["share"] is None and same["share"] != same["share"]
        )


def test_steps_before_the_end_add_up(pairs: Pairs) -> None:
    found = steps(pairs, "matching_first", pairs.quarter(2023))
    ended = found["failed"] + found["active"] + found["completed"]
    assert np.array_equal(ended, found["deals_signed"]) and ended.sum() > 0


def test_those_left_behind(results: Results, pairs: Pairs) -> None:
    expected = left_behind_data(results)
    for grouping in ("size", "strength"):
        table = expected[
            (expected["grouping"] == grouping) & (expected["scenario"] == "baseline")
        ].sort_values("group")
        shown = rows(pairs, "left_behind", panel=grouping, place=0)
        assert len(shown) == len(table) == 4
        for key, column in (("value", "median"), ("low", "low"), ("high", "high")):
            assert np.allclose([row[key] for row in shown], 100 * table[column])


def test_money(results: Results, pairs: Pairs) -> None:
    table = absorbed_data(results)
    own = table[(table["scenario"] == "subsidy_first") & (table["lever"] == "subsidy")]
    shown = rows(pairs, "money", panel="subsidy", place=2)
    for key, column in (
        ("value", "spent"),
        ("low", "low"),
        ("high", "high"),
        ("given", "appropriated"),
        ("lapsed", "lapsed"),
    ):
        assert np.allclose([row[key] for row in shown], own[column]), key
    every = rows(pairs, "money", panel="all", place=0)
    spent = results.ledger.query("scenario == 'baseline'")["spent"].sum() / 5
    assert sum(row["value"] for row in every) == pytest.approx(spent)


def test_a_fiscal_year_that_is_not_whole_is_told(pairs: Pairs) -> None:
    assert "FY2030 holds 3 quarters only, to 2030Q4." in VIEWS["money"].of(pairs, EN)["caption"]


def test_the_answer_tells_remarks_and_the_quarter_of_its_numbers(pairs: Pairs) -> None:
    found = VIEWS["answer"].of(pairs, Asked("ja", 2026, remarks=("変：高すぎます",)))
    assert found["notes"][0] == "変：高すぎます"
    assert {row["quarter"] for row in found["rows"]} == {"2026年10〜12月期"}


def test_groups(results: Results, pairs: Pairs) -> None:
    found = VIEWS["groups"].of(pairs, Asked("en", 2026, groups=("subsidy_first",)))
    expected = results.contrast("subsidy_first", "baseline", at="2026Q4").set_index("outcome")
    assert len(found["rows"]) == 4 and {row["scenario"] for row in found["rows"]} == {"Subsidy first"}
    for row in found["rows"]:
        same = expected.loc[row["outcome"], ["effect", "ci_low", "ci_high"]].to_list()
        factor = 100 if row["outcome"] == "municipalities_without_project_share" else 1
        assert [row[key] / factor for key in ("value", "low", "high")] == pytest.approx(same)
    (cells,) = found["table"]["rows"]
    assert cells[:2] == ["Subsidy first", "+2,500"] and cells[-1] == 5 and "\u00a0to\u00a0" in cells[2]
    assert found["sentences"] == []  # one alone neither agrees nor differs


def test_what_groups_have_in_common_is_said(results: Results, pairs: Pairs) -> None:
    found = VIEWS["groups"].of(pairs, EN)  # without groups, the scenarios
    (sentence,) = found["sentences"]
    assert "No lever is given more by every group; they differ most over Subsidy" in sentence
    assert "least Matching support first, most Subsidy first" in sentence
    contrasts = [results.contrast(name, "baseline", "deals_signed").iloc[0] for name in pairs.others]
    sure = [name for name, one in zip(pairs.others, contrasts, strict=True) if one.ci_low > 0]
    assert len(sure) == 2 and sentence.endswith("beyond chance for every group (n = 5).")
    settings = {row[0]: row[1:] for row in found["settings"]["rows"]}
    assert settings["Subsidy"][1:3] == ["0", "Matching support first"]
    assert settings["Subsidy"][4:] == ["2,500", "Subsidy first"]
    one = VIEWS["groups"].of(pairs_of(results, replicates=1), EN)
    assert "one pair of runs does not tell" in one["sentences"][0]


def test_a_place_is_its_share_of_the_world(results: Results, pairs: Pairs) -> None:
    code = pairs.world.labels.jis_code[7]
    table = results.municipalities.query("scenario == 'matching_first'")
    own = table[table["jis_code"].astype(str) == code]
    shown = rows(pairs, "place", Asked("en", place=code), panel="adopted", place=1)
    assert shown[-1]["value"] == pytest.approx(100 * own["adopted_quarter"].notna().mean())
    whole = [rows(pairs, "place", Asked("en", place=str(p + 1)), panel="signed", place=1)[-1]["value"]
             for p in range(len(pairs.world.labels.prefecture))]  # fmt: skip
    signed = results.runs("deals_signed").query("scenario == 'matching_first'")["deals_signed"].mean()
    assert sum(whole) == pytest.approx(signed)


def test_a_place_lists_its_deals(results: Results, pairs: Pairs) -> None:
    found = VIEWS["place"].of(pairs, Asked("ja", 2026, "1"))
    deals = found["deals"]
    assert found["chosen"] and deals["rows"]
    assert all(row[1] <= "2026Q4" and len(row) == len(deals["heads"]) for row in deals["rows"])
    assert not VIEWS["place"].of(pairs, Asked("ja", 2026, "nowhere at all"))["chosen"]


def test_network(results: Results, pairs: Pairs) -> None:
    expected = read_network(results, "2026Q4", "matching_first", 0, 0, "1")
    shown = rows(pairs, "network", Asked("en", 2026, "1"), panel="matching_first")
    assert len([row for row in shown if row["part"] == "tie"]) == len(expected.edges) > 0
    assert len([row for row in shown if row["part"] == "node"]) == len(expected.nodes)
    table = VIEWS["network"].of(pairs, Asked("en", 2026, "1"))["table"]["rows"]
    assert len([row for row in table if row[0] == shown[0]["scenario"]]) == len(expected.partnerships)


def test_tables_that_are_lacking_are_told(pairs: Pairs) -> None:
    runs = {
        name: [type(run)({"series": run.tables["series"]}) for run in each]
        for name, each in pairs.runs.items()
    }
    bare = Pairs(pairs.world, pairs.quarters, pairs.baseline, pairs.scenarios, runs, pairs.kind)
    assert "municipalities" in VIEWS["map"].of(bare, EN)["caption"]
    assert VIEWS["effects"].of(bare, EN)["rows"] and VIEWS["lost"].of(bare, EN)["rows"]


def test_a_folder_gives_the_same_as_memory(results: Results, pairs: Pairs, tmp_path: Any) -> None:
    from sim.results import load
    from sim.studies import Study

    Study(results.experiment, out=tmp_path / "r").run()
    stored = pairs_of(load(tmp_path / "r"))
    for name in ("effects", "map", "money", "lost", "place"):
        assert VIEWS[name].of(stored, Asked("en", place="2")) == VIEWS[name].of(
            pairs, Asked("en", place="2")
        ), name


def test_scenarios_of_one_title_are_told_apart(pairs: Pairs) -> None:
    first = pairs.scenarios["matching_first"]
    twins = dict.fromkeys(pairs.scenarios, first)
    alike = Pairs(pairs.world, pairs.quarters, pairs.baseline, twins, pairs.runs, pairs.kind)
    assert len({alike.title(name, "ja") for name in alike.names}) == 3
