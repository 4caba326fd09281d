from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import FillBetweenPolyCollection, LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.errors import InputError
from sim.report import palette, style, tables
from sim.report.effects import draw_effects, effects_sheet
from sim.report.figures import DATA, figure_data
from sim.report.funnel import draw_funnel, funnel, funnel_sheet
from sim.report.goals import goals_of, goals_sheet
from sim.report.maps import change, draw_map, map_sheet, reach
from sim.report.money import absorbed_sheet, draw_money, levers_shown, money_of, money_sheet
from sim.report.over_time import PANELS, adoption_sheet, draw_adoption, partnerships_sheet
from sim.report.places import draw_left_behind, left_behind, left_behind_sheet
from sim.report.style import Sheet, framed
from sim.report.words import Names
from sim.results import load
from sim.text import Language
from tests.report import made

type Make = Callable[[Names], Sheet]
NO_TITLES = Names({}, "en")


def adoption_table(series: pd.DataFrame, real: bool = True) -> pd.DataFrame:
    table = tables.over_time(*made.made_quarters(series, "adoption_share_surveyed")).assign(
        base="model", source=""
    )
    points = tables.observed_adoption().rename(columns={"share": "median"})
    return pd.concat([table, points.assign(year=tables.years(points["quarter"]))]) if real else table


def partnerships_table(series: pd.DataFrame) -> pd.DataFrame:
    parts = [tables.over_time(*made.made_quarters(series, name)).assign(outcome=name) for name in PANELS]
    return pd.concat(parts, ignore_index=True)


@cache
def made_data(names: tuple[str, ...] = tuple(made.SCENARIOS), replicates: int = 8) -> dict[str, pd.DataFrame]:
    """The data of every figure, from made-up frames."""
    scenarios = {name: 1 + i / 3 for i, name in enumerate(names)}
    series, ledger = made.made_series(scenarios, replicates), made.made_ledger(scenarios, replicates)
    places = made.made_places()
    ends = made.made_municipalities(places, scenarios, replicates)
    reached = reach(ends, places)
    data = {
        "adoption": adoption_table(series),
        "partnerships": partnerships_table(series),
        "goals": goals_of(made.made_runs(series)),
        "money": money_of(ledger),
        "absorbed": tables.absorbed_by_year(ledger),
        "funnel": funnel(made.made_runs(series), made.made_deals(scenarios, replicates)),
        "left_behind": left_behind(ends, places),
        "map": reached[reached["scenario"] == "baseline"],
    }
    if len(names) > 1:
        data["effects"] = made.made_comparison(series)
        data["map_change"] = change(reached, names[1], "baseline")
    return data


SHEETS: dict[str, Callable[[pd.DataFrame, Names], Sheet]] = {
    "adoption": adoption_sheet,
    "partnerships": partnerships_sheet,
    "effects": effects_sheet,
    "goals": goals_sheet,
    "money": money_sheet,
    "absorbed": absorbed_sheet,
    "funnel": funnel_sheet,
    "left_behind": left_behind_sheet,
    "map": lambda data, names: map_sheet(data, names, "somewhere"),
    "map_change": lambda data, names: map_sheet(data, names, "somewhere", difference=True),
}
FIGURES = tuple(SHEETS)


def make(name: str, data: dict[str, pd.DataFrame] | None = None, names: Names = NO_TITLES) -> Figure:
    return framed(SHEETS[name]((data or made_data())[name], names), names.lang)


@cache
def drawn(name: str, lang: Language = "en") -> Figure:
    """A figure that tests look at and leave alone."""
    figure = make(name, names=Names({}, lang))
    with style.look(lang):
        figure.draw_without_rendering()
    return figure


def words_of(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_says_what_n_is_and_what_the_spread_is(name: str, lang: Language) -> None:
    words = words_of(drawn(name, lang))
    assert "n = 8" in words
    assert re.search(r"5.95%|95%|no band|帯はない", words)
    if style.usable_language(lang) == "ja":
        assert re.search(r"[ぁ-ん]", words)


@pytest.mark.parametrize("name", [name for name in FIGURES if "map" not in name])
def test_axes_have_labels(name: str) -> None:
    for axes in drawn(name).axes:
        if axes.axison:
            named = [text.get_text() for text in axes.get_yticklabels()]
            shared = len(axes.get_shared_y_axes().get_siblings(axes)) > 1
            assert axes.get_xlabel()
            assert axes.get_ylabel() or shared or any(re.search("[a-z]", label) for label in named)


def test_the_map_names_its_colours_and_sizes() -> None:
    figure = drawn("map")
    assert "Probability" in figure.axes[1].get_ylabel()
    assert figure.axes[0].collections[0].get_cmap().name == "cividis"
    assert figure.legends


def test_no_change_is_light_and_changes_run_both_ways() -> None:
    picture = drawn("map_change").axes[0].images[0]
    assert min(picture.get_cmap()(0.5)[:3]) > 0.95
    low, high = picture.get_clim()
    assert low == -high


def test_the_change_of_a_prefecture_is_the_mean_of_its_municipalities() -> None:
    data = made_data()["map_change"]
    shown = np.unique(drawn("map_change").axes[0].images[0].get_array().compressed())
    assert shown == pytest.approx(np.sort(data.groupby("prefecture")["probability"].mean()))


@pytest.mark.parametrize("name", ["adoption", "partnerships"])
def test_lines_have_bands(name: str) -> None:
    for axes in drawn(name).axes:
        bands = [item for item in axes.collections if isinstance(item, FillBetweenPolyCollection)]
        assert len(bands) == len(made.SCENARIOS)


@pytest.mark.parametrize("name", ["goals", "left_behind", "funnel", "money"])
def test_marks_have_whiskers(name: str) -> None:
    for axes in (axes for axes in drawn(name).axes if axes.axison):
        whiskers = [item for item in axes.collections if isinstance(item, LineCollection)]
        assert len(whiskers) >= len(made.SCENARIOS)


@pytest.mark.parametrize("name", FIGURES)
def test_draws_one_replicate_of_two_scenarios(name: str) -> None:
    assert "n = 1" in words_of(make(name, made_data(("baseline", "other"), 1)))


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in ("effects", "map_change")])
def test_draws_one_scenario(name: str) -> None:
    assert make(name, made_data(("baseline",))).axes


@pytest.mark.parametrize("name", FIGURES)
def test_draws_nine_scenarios(name: str) -> None:
    scenarios = ("baseline", *(f"scenario {i}" for i in range(8)))
    assert make(name, made_data(scenarios, 2)).axes


def test_draws_into_the_axes_it_is_given() -> None:
    data = made_data()
    draws: list[Callable[..., None]] = [draw_adoption, draw_money, draw_map]
    for draw, name in zip(draws, ("adoption", "money", "map"), strict=True):
        figure = Figure()
        axes = figure.add_subplot()
        draw(axes, data[name], NO_TITLES)
        assert axes.has_data(), name
        assert not figure.texts and not figure.legends
    for panel, name, what in (
        (draw_effects, "effects", {"outcome": "deals_signed"}),
        (draw_funnel, "funnel", {"scenario": "baseline"}),
        (draw_left_behind, "left_behind", {"grouping": "size"}),
    ):
        axes = Figure().add_subplot()
        panel(axes, data[name], NO_TITLES, **what)  # type: ignore[operator]
        assert axes.has_data(), name


def test_the_data_can_be_had_without_drawing(compared: Path) -> None:
    results = load(compared)
    assert figure_data(results, "places").empty  # nothing is kept by place here
    for name in DATA.keys() - {"places"}:
        table = figure_data(results, name)
        assert len(table) and "scenario" in table, name
    with pytest.raises(InputError, match="no such figure; there are effects, partnerships"):
        figure_data(results, "pie")


def test_the_funnel_shows_every_scenario_and_the_totals_of_the_tables(
    series: pd.DataFrame, deals: pd.DataFrame
) -> None:
    ends = made.made_runs(series)
    data = funnel(ends, deals)
    assert set(data["scenario"]) == set(made.SCENARIOS)
    assert sum(axes.axison for axes in drawn("funnel").axes) == len(made.SCENARIOS)
    for outcome in ("projects_completed", "active_partnerships"):
        shown = data[(data["scenario"] == "baseline") & (data["step"] == outcome)]["mean"].item()
        assert shown == pytest.approx(ends[ends["scenario"] == "baseline"][outcome].mean())
    assert set(data.loc[data["step"] == "active", "kind"]) == {"running"}
    assert "renewed partnerships" in words_of(drawn("funnel"))


def test_adoption_says_when_policies_make_no_difference() -> None:
    data = made_data()["adoption"]
    assert "no difference" in adoption_sheet(data, NO_TITLES, indistinct=True).subtitle
    assert "no difference" not in adoption_sheet(data, NO_TITLES).subtitle


def test_draws_without_any_deal(series: pd.DataFrame, deals: pd.DataFrame) -> None:
    nothing = series.assign(**dict.fromkeys(made.LOSSES, 0.0))
    assert framed(funnel_sheet(funnel(made.made_runs(nothing), deals.iloc[:0]), NO_TITLES), "en").axes
    assert framed(partnerships_sheet(partnerships_table(nothing), NO_TITLES), "en").axes


def test_draws_missing_values(series: pd.DataFrame, comparison: pd.DataFrame) -> None:
    numbers = [name for name in series if name not in ("scenario", "point", "replicate", "quarter")]
    missing = series.assign(**dict.fromkeys(numbers, np.nan))
    sheets = [
        adoption_sheet(adoption_table(missing), NO_TITLES),
        partnerships_sheet(partnerships_table(missing), NO_TITLES),
        goals_sheet(goals_of(made.made_runs(missing)), NO_TITLES),
        funnel_sheet(funnel(made.made_runs(missing), None), NO_TITLES),
        effects_sheet(comparison.assign(ci_low=np.nan, ci_high=np.nan), NO_TITLES),
        effects_sheet(comparison.iloc[:0], NO_TITLES),
    ]
    for sheet in sheets:
        assert framed(sheet, "en").axes


def test_draws_frames_with_categories(series: pd.DataFrame, deals: pd.DataFrame) -> None:
    ordered = series.assign(
        scenario=pd.Categorical(series["scenario"], list(made.SCENARIOS), ordered=True),
        quarter=pd.Categorical(series["quarter"], sorted(set(series["quarter"])), ordered=True),
    )
    other = deals.assign(scenario=pd.Categorical(deals["scenario"], list(made.SCENARIOS)))
    steps = [
        table.sort_values("scenario", kind="stable", ignore_index=True)
        for table in (funnel(made.made_runs(ordered), other), funnel(made.made_runs(series), deals))
    ]
    pd.testing.assert_frame_equal(*steps)


@pytest.mark.parametrize("name", ["effects", "funnel", "map"])
def test_titles_are_not_read_as_formulas(name: str, tmp_path: Path) -> None:
    titles = {"baseline": "costs $x^$ and 5% {0}", "subsidy_first": "$\\frac{"}
    figure = make(name, names=Names(titles, "en"))
    assert style.save(figure, tmp_path, name)[0].stat().st_size > 0


@pytest.mark.parametrize("name", ["partnerships", "map"])
def test_files_are_the_same_each_time(name: str, tmp_path: Path) -> None:
    first, second = (
        [path.read_bytes() for path in style.save(make(name), tmp_path / folder, name)] for folder in "ab"
    )
    assert first == second


def test_settings_of_matplotlib_stay_as_they_were(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    style.save(make("money", names=Names({}, "ja")), tmp_path, "money", "ja")
    assert dict(mpl.rcParams) == before


def test_pyplot_and_its_state_are_not_used() -> None:
    for path in Path(style.__file__).parent.glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8"), path


def test_draws_from_several_threads() -> None:
    jobs: list[tuple[str, Language]] = [(name, lang) for name in ("money", "goals") for lang in ("en", "ja")]
    with ThreadPoolExecutor(4) as pool:
        figures = list(pool.map(lambda job: make(job[0], names=Names({}, job[1])), jobs))
    assert [words_of(figure) for figure in figures] == [
        words_of(make(n, names=Names({}, lang))) for n, lang in jobs
    ]


def test_without_a_japanese_font_labels_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "japanese_font", lambda: None)
    assert style.usable_language("ja") == "en"


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_covers_the_data(name: str) -> None:
    figure = drawn(name)
    boxes = [axes.get_window_extent() for axes in figure.axes]
    for item in (*figure.legends, *figure.texts):
        extent = item.get_window_extent()
        assert not any(box.overlaps(extent) for box in boxes), (name, item)
        assert extent.x0 >= 0 and extent.x1 <= figure.bbox.x1, (name, item)


def test_marks_differ_in_colour_and_without_colour() -> None:
    looks = list(palette.marks([str(i) for i in range(14)]).values())
    assert len(set(looks)) == 14
    assert len({(look.dash, look.marker) for look in looks[:7]}) == 7


def test_lines_break_between_words_and_japanese_letters() -> None:
    assert style.wrap("one two three", 7) == ["one two", "three"]
    assert style.wrap("日本語、テキスト", 6) == ["日本語、", "テキス", "ト"]
    assert style.wrap("", 10) == []


def test_what_is_too_long_for_a_figure_is_cut_and_dots_say_so() -> None:
    assert style.wrap("one " + "x" * 9, 4) == ["one", "xxxx", "xxxx", "x"]
    assert style.wrap("one two three four", 5, most=2) == ["one", "two…"]
    assert len(style.wrap("word " * 500, 26)) == 5 and len(style.wrap("日本" * 500, 26)) == 5


def test_a_programme_is_shown_without_the_levers_that_are_as_in_the_baseline() -> None:
    rows = [("base", "subsidy", 5.0), ("mine", "subsidy", 5.0), ("mine", "towns", 2.0)]
    data = pd.DataFrame(rows, columns=["scenario", "lever", "appropriated"])
    assert levers_shown(data, "base") == ["towns"]
    assert levers_shown(data, None) == ["subsidy", "towns"]


def test_the_legend_of_what_is_absorbed_names_those_that_are_drawn() -> None:
    rows = [("base", "subsidy", 5.0), ("mine", "subsidy", 5.0), ("mine", "towns", 2.0)]
    data = pd.DataFrame(rows, columns=["scenario", "lever", "appropriated"]).assign(
        pays_for="subsidy", fiscal_year=2022, spent=1.0, low=0.5, high=1.5, runs=3
    )
    names = Names({"base": "Base", "mine": "Mine"}, "en")
    assert [handle.get_label() for handle in absorbed_sheet(data, names, "base").handles] == ["Mine"]
    assert [handle.get_label() for handle in absorbed_sheet(data, names).handles] == ["Base", "Mine"]
