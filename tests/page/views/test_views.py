"""Views tell the same numbers as the report and ``Results.contrast``, in words of both languages."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.page.setup import places
from sim.page.views import VIEWS, Asked, Pairs, View, pairs_of, specs
from sim.page.views.effects import effects
from sim.report.effect_tables import main_effects
from sim.report.tables import over_time
from sim.report.words import is_share
from sim.results import Results
from sim.text import LANGUAGES, Language

vl_convert = pytest.importorskip("vl_convert")

ALL = pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))


@ALL
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("year", [None, 2018, 2024, 2050])
def test_data_is_ready_for_json_and_has_a_table(
    view: View, lang: Language, year: int | None, pairs: Pairs
) -> None:
    found = view.of(pairs, Asked(lang, year, "1"))
    text = json.dumps(found, allow_nan=False)
    assert "page.views" not in text, "a text is missing"
    table = found["table"]
    assert table["rows"] or (view.name == "network" and year == 2018), "nobody works with anybody yet"
    assert all(len(row) == len(table["heads"]) for row in table["rows"])
    assert found["title"] and found["caption"] and found["n"] == 5


def test_titles_and_captions_say_what_is_cut_and_where(pairs: Pairs) -> None:
    at = Asked("ja", place=str(next(place["code"] for place in places(pairs.world))))
    assert "Q" not in VIEWS["over_time"].of(pairs, at)["title"]
    assert "2030年度は2030年10〜12月期までの3四半期分です" in VIEWS["money"].of(pairs, at)["caption"]
    place = VIEWS["place"].of(pairs, at)
    assert not place["title"].startswith(place["name"]) and place["name"] in place["title"], "its prefecture"


def test_effects_say_what_is_too_small_in_the_unit_of_their_chart(pairs: Pairs) -> None:
    rows = {row["panel"]: row for row in VIEWS["effects"].of(pairs, Asked("en"))["rows"]}
    assert rows["municipalities_without_project_share"]["least"] == 1.0, "points"
    assert rows["deals_signed"]["least"] > 0


@ALL
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_compile(view: View, lang: Language, theme: str, pairs: Pairs) -> None:
    spec = specs(lang)[view.name]
    if spec is None or "geometry" in spec:
        return
    assert spec["width"] == "container" and spec["data"] == {"name": "rows"}
    found = view.of(pairs, Asked(lang, place="1"))
    names = {panel["name"] for panel in found["panels"]}
    shown = [row for row in found["rows"] if row.get("panel", "") == min(names)]
    given = {"name": "rows", "values": shown}
    filled = {
        **spec,
        "width": 600,
        "data": given,
        "config": spec["config"] if theme == "light" else spec["usermeta"]["dark"],
    }
    assert vl_convert.vegalite_to_vega(spec, vl_version="6.4")["data"][0]["name"] == "rows"
    assert "path" in vl_convert.vegalite_to_svg(filled, vl_version="6.4")


def test_effects_are_those_of_the_report(results: Results, pairs: Pairs) -> None:
    expected = main_effects(results).set_index(["scenario", "outcome"])
    found = list(effects(pairs, pairs.quarters - 1))
    assert len(found) == len(expected) == 20
    for row in found:
        same = expected.loc[(row["scenario"], row["outcome"])]
        numbers = [row[key] for key in ("effect", "ci_low", "ci_high", "level")]
        assert numbers == pytest.approx(same[["effect", "ci_low", "ci_high", "level"]].to_list(), rel=1e-9)
        assert (row["n"], row["reading"]) == (same["replicates"], same["reading"])


def test_effects_before_the_end_are_contrasts_at_that_quarter(results: Results, pairs: Pairs) -> None:
    expected = results.contrast("matching_first", "baseline", at="2024Q4").set_index("outcome")
    found = {
        row["outcome"]: row
        for row in effects(pairs, pairs.quarter(2024))
        if row["scenario"] == "matching_first"
    }
    assert "spent" not in found and "public_spending" in found
    for outcome, row in found.items():
        same = expected.loc[outcome, ["effect", "ci_low", "ci_high"]].to_list()
        assert [row[key] for key in ("effect", "ci_low", "ci_high")] == pytest.approx(same, rel=1e-9)


def test_answer_tells_the_contrast(results: Results, pairs: Pairs) -> None:
    found = VIEWS["answer"].of(pairs, Asked("en"))
    expected = results.contrast("subsidy_first", "baseline", "deals_signed").iloc[0]
    row = next(r for r in found["rows"] if r["place"] == 2 and r["outcome"] == "deals_signed")
    assert [row["value"], row["low"], row["high"]] == pytest.approx(
        [expected.effect, expected.ci_low, expected.ci_high]
    )
    assert row["difference"] in found["sentences"][1] and "n = 5" in found["sentences"][1]


def test_answer_tells_how_much_of_the_money_lapses(results: Results, pairs: Pairs) -> None:
    ledger = results.table("ledger").groupby("scenario", observed=True)[["appropriated", "lapsed"]].sum()
    extra = ledger - ledger.loc["baseline"]
    shares = (extra["lapsed"] / extra["appropriated"]).drop("baseline")
    told = VIEWS["answer"].of(pairs, Asked("en"))["notes"]
    assert len(told) == (shares > 0.1).sum() > 0
    for name, share in shares[shares > 0.1].items():
        title = pairs.title(str(name), "en")
        assert sum(f"“{title}”" in note and f"{100 * share:.0f}% lapse" in note for note in told) == 1


def test_lines_are_those_of_the_report(results: Results, pairs: Pairs) -> None:
    found = VIEWS["over_time"].of(pairs, Asked("en"))
    for outcome in ("deals_signed", "adoption_share"):
        expected = over_time(results.runs(outcome, results.quarters), outcome, results.quarters)
        rows = [row for row in found["rows"] if row["panel"] == outcome and row["place"] == 1]
        same = expected[expected["scenario"] == "matching_first"]
        factor = 100 if is_share(outcome) else 1
        for key, column in (("value", "median"), ("low", "low"), ("high", "high"), ("time", "year")):
            scale = 1 if key == "time" else factor
            assert np.allclose([row[key] for row in rows], scale * same[column].to_numpy())


def test_one_replicate_has_no_interval(results: Results) -> None:
    one = pairs_of(results, replicates=1)
    rows = VIEWS["effects"].of(one, Asked("en"))["rows"]
    assert one.replicates == 1
    assert {(row["low"], row["reading"]) for row in rows if row["value"]} == {(None, "unknown")}


def test_another_baseline_turns_effects_round(results: Results) -> None:
    turned = pairs_of(results, "matching_first")
    one = next(
        r for r in effects(turned, 50) if r["scenario"] == "baseline" and r["outcome"] == "deals_signed"
    )
    expected = results.contrast("baseline", "matching_first", "deals_signed").iloc[0]
    assert one["effect"] == pytest.approx(expected.effect)
