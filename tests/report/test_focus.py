"""One place in the report: known effects, ranks and leaks, in words of both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.cli import tables
from sim.errors import InputError
from sim.report.figures import DATA, Request, all_data, sheets
from sim.report.focus import SHOWN, Focused, focus_on, headline, place_tables, rank, sentences
from sim.report.prefectures import Marked, places_data, places_sheet
from sim.report.report import write_report
from sim.report.style import framed
from sim.report.words import Names
from sim.report.words import effect as in_words
from sim.results import Results, load
from sim.results.focus import WHERE
from sim.scenarios.scenario import load_scenario, load_scenarios
from sim.text import LANGUAGES, Language
from tests.identities.cases import BUSY, with_parameters

TITLES = {"baseline": "Baseline", "matching_first": "Matching"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = tuple(with_parameters(one, **BUSY) for one in load_scenarios(["baseline", "matching_first"]))
    experiment = Experiment(
        "p", scenarios, "synthetic:150", 14, replicates=3, baseline="baseline", by="prefecture"
    )
    path = tmp_path_factory.mktemp("focus") / "results"
    run_experiment(experiment, path)
    return path


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return load(folder)


@pytest.fixture(scope="module")
def focused(results: Results) -> Focused:
    return focus_on(results, "2")


def test_the_effects_of_a_place_are_its_rows(results: Results, focused: Focused) -> None:
    table = results.comparison_by_place
    assert focused.effects.equals(table[table["prefecture"] == 2])
    assert set(SHOWN) <= set(focused.effects["outcome"])


def test_what_arises_here_next_to_it_and_elsewhere_is_all(results: Results, focused: Focused) -> None:
    table = focused.spread[focused.spread["outcome"] == "deals_signed"].set_index("where")
    assert list(table.index) == list(WHERE)
    here = focused.effects[focused.effects["outcome"] == "deals_signed"].squeeze()
    assert table.loc["here", ["effect", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [here["effect"], here["ci_low"], here["ci_high"]]
    )
    nation = results.contrast("matching_first", "baseline", "deals_signed").squeeze()
    assert table.loc["nation", "effect"] == pytest.approx(nation["effect"])
    assert table.loc["nation", "ci_high"] == pytest.approx(nation["ci_high"])
    assert table["effect"][:3].sum() == pytest.approx(table.loc["nation", "effect"])
    assert table["prefectures"].tolist() == [1, len(focused.neighbours), 3 - len(focused.neighbours), 4]
    progress = focused.spread[focused.spread["outcome"] == "sdg_progress"].set_index("where")
    whole = results.contrast("matching_first", "baseline", "sdg_progress").squeeze()
    assert progress.loc["nation", "effect"] == pytest.approx(whole["effect"])


def test_its_municipalities_have_what_their_table_says(results: Results, focused: Focused) -> None:
    table = results.municipalities
    means = (
        table.groupby(["scenario", "jis_code"], observed=True)["projects_signed"].mean().unstack("scenario")
    )
    rows = focused.towns[focused.towns["outcome"] == "projects_signed"]
    codes = [focused.world.labels.jis_code[i] for i in rows["municipality"]]
    expected = means.loc[codes]
    assert rows["level"].to_numpy() == pytest.approx(expected["baseline"].to_numpy())
    gained = (expected["matching_first"] - expected["baseline"]).to_numpy()
    assert rows["effect"].to_numpy() == pytest.approx(gained)
    here = focused.effects[focused.effects["outcome"] == "deals_signed"].squeeze()
    assert gained.sum() == pytest.approx(here["effect"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_and_sentences_of_a_place(focused: Focused, lang: Language) -> None:
    names = Names(TITLES, lang)
    effects, spread, towns = place_tables(focused, names)
    assert [len(group.rows) for group in effects.groups] == [1] * len(SHOWN)
    assert "Matching" in next(iter(sentences(focused, names)))
    assert {len(row) for group in spread.groups for row in group.rows} == {len(spread.columns)}
    assert {len(row) for group in towns.groups for row in group.rows} == {len(towns.columns)}
    assert sum(len(group.rows) for group in towns.groups) == focused.towns["municipality"].nunique()
    printed = tables.place(focused, lang)
    assert [table.row_count for table in printed] == [len(SHOWN), 1]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "in every replicate Prefecture 2 signs as many deals"), ("ja", "どの試行でも")],
)
def test_a_place_that_nothing_happens_to_has_no_rank(focused: Focused, lang: Language, words: str) -> None:
    same = focused.effects.assign(effect=0.0, ci_low=0.0, ci_high=0.0)
    sentence = next(iter(sentences(replace(focused, effects=same), Names(TITLES, lang))))
    assert words in sentence and "–" not in sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_place_comes_first_with_its_interval(results: Results, focused: Focused, lang: Language) -> None:
    names = Names(TITLES, lang)
    (told,) = headline(focused, names)
    row = focused.effects[focused.effects["outcome"] == "deals_signed"].squeeze()
    ends = (in_words("deals_signed", row[name]) for name in ("effect", "ci_low", "ci_high"))
    assert told.startswith("Prefecture 2") and all(end in told for end in ends)
    open_ = {"en": "not told apart from none", "ja": "増減は不明"}[lang]
    assert (open_ in told) == (row["ci_low"] <= 0 <= row["ci_high"])
    town, prefecture = headline(focus_on(results, "Municipality 7"), names)
    assert "Municipality 7" in town and prefecture.startswith("Prefecture") and "{" not in town + prefecture


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 0.0, "no change in any replicate under “Matching”"),
        (-1.0, 2.0, "+0.5 deals (95% interval −1.0 to +2.0), not told apart from none, under “Matching”"),
        (0.1, 0.9, "+0.5 deals (95% interval +0.1 to +0.9) under “Matching”"),
        (np.nan, np.nan, "+0.5 deals in the one pair of runs under “Matching”"),
    ],
)
def test_what_is_told_of_a_place_depends_on_its_interval(
    focused: Focused, low: float, high: float, words: str
) -> None:
    changed = replace(focused, effects=focused.effects.assign(effect=0.5, ci_low=low, ci_high=high))
    assert words in next(headline(changed, Names(TITLES, "en")))


def test_a_municipality_comes_before_its_prefecture(results: Results) -> None:
    focused = focus_on(results, "Municipality 7")
    first, effects, _, towns = place_tables(focused, Names(TITLES, "en"))
    assert "Municipality 7 in Prefecture" in first.note and len(first.groups) == 3
    assert towns.groups[0].heading == "Municipality 7" and len(towns.groups[0].rows) == 1
    assert len(tables.place(focused, "en")) == 3
    assert effects.groups


def test_ranks_are_told_with_what_they_may_be() -> None:
    row = {"rank": 3.0, "rank_low": 1, "rank_high": 9, "places": 47, "ci_low": 0.5, "ci_high": 1.0}
    assert rank(row, "en") == "3 of 47 (1 to 9)" and rank(row, "ja") == "47地域中3位（1〜9位）"
    assert rank(row | {"ci_low": 0.0, "ci_high": 0.0}, "en") == "–"
    assert rank(row | {"rank_low": pd.NA, "rank_high": pd.NA}, "en") == "3 of 47"


def test_municipalities_that_a_programme_is_for_are_marked(tmp_path: Path) -> None:
    base = load_scenario("baseline")
    small = {"lever": "advisers", "for": {"where": "population < 20_000"}, "money": 80}
    scenarios = (base, base.overlaid("helped", programmes={"help": small}))
    kept = Experiment("m", scenarios, "synthetic:60", 4, replicates=2, baseline="baseline", by="prefecture")
    run_experiment(kept, tmp_path / "r")
    focused = focus_on(load(tmp_path / "r"), "1")
    *_, towns = place_tables(focused, Names({"baseline": "Baseline", "helped": "Helped"}, "en"))
    rows = [row for group in towns.groups for row in group.rows]
    people = [float(row[2].replace(",", "")) for row in rows]
    assert [row[-1].startswith("●") for row in rows] == [count < 20_000 for count in people]
    assert 0 < sum("●" in row[-1] for row in rows) < len(rows) and "●" in towns.remarks[0]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("marked", [None, Marked(2, (1, 3))])
def test_the_figure_shows_every_prefecture_in_order(
    results: Results, lang: Language, marked: Marked | None
) -> None:
    data = all_data(results)
    assert "places" in data and "places" in DATA
    request = Request(data, Names(TITLES, lang), "baseline", "matching_first", marked)
    (axes,) = framed(sheets(request)["places"], lang).axes
    assert axes.get_title(loc="left") == "Matching"
    labels = [label.get_text() for label in axes.get_xticklabels()]
    rows = data["places"].sort_values(["effect", "prefecture"], ascending=[False, True])
    assert labels == rows["name_en"].to_list() and len(labels) == 4
    each, whole = (
        places_data(results),
        results.contrast_by_place("matching_first", "baseline", "deals_signed"),
    )
    assert np.allclose(each["effect"] * each["municipalities"], whole["effect"])


def test_the_figure_has_a_panel_for_every_scenario_on_one_scale(results: Results) -> None:
    data = places_data(results)
    both = pd.concat([data, data.assign(scenario="advisers_first", effect=-2.0 * data["effect"])])
    names = Names(TITLES | {"advisers_first": "Advisers"}, "en")
    upper, lower = framed(places_sheet(both, names, "baseline", None), "en").axes
    assert [axes.get_title(loc="left") for axes in (upper, lower)] == ["Matching", "Advisers"]
    assert upper.get_ylim() == lower.get_ylim()
    first, last = ([label.get_text() for label in axes.get_xticklabels()] for axes in (upper, lower))
    assert sorted(first) == sorted(last) and first != last


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_has_a_section_on_the_place(folder: Path, lang: Language) -> None:
    page = write_report(folder, lang, place="Prefecture 2").read_text(encoding="utf-8")
    answer = page.split('<section class="lead">')[1].split("<h2>")[2]
    assert answer.split("<p>")[1].startswith("Prefecture 2")
    assert ("One place: Prefecture 2" if lang == "en" else "一つの地域：Prefecture 2") in page
    suffix = "" if lang == "en" else ".ja"
    assert (folder / f"figures{suffix}" / "places.svg").exists()
    sheet = pd.read_csv(folder / f"tables{suffix}" / "places.csv", encoding="utf-8-sig", dtype=str)
    assert sheet.iloc[:, 0].unique().tolist() == ["01", "02", "03", "04"]


def test_folders_without_prefectures_have_no_places(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "matching_first"]))
    for by, message in ((None, "keeps no results by place"), ("size_class", "keeps results by size_class")):
        kept = Experiment("p", scenarios, "synthetic:30", 4, replicates=1, baseline="baseline", by=by)
        run_experiment(kept, tmp_path / str(by))
        results = load(tmp_path / str(by))
        with pytest.raises(InputError, match=message):
            focus_on(results, "1")
        assert "places" not in all_data(results)
