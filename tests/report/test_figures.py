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

from sim.report import style, tables
from sim.report.effects import effect_of_scenarios, progress_by_goal, public_money
from sim.report.funnel import funnel, where_deals_die
from sim.report.over_time import adoption_over_time, partnerships_over_time
from sim.report.places import left_behind_by_size, map_of_municipalities
from tests.report import made

type Draw = Callable[..., Figure]


@cache
def drawings(names: tuple[str, ...] = tuple(made.SCENARIOS), replicates: int = 8) -> dict[str, Draw]:
    """Every figure of made-up frames, by name; keyword arguments are passed on."""
    scenarios = {name: 1 + i / 3 for i, name in enumerate(names)}
    series, ledger = made.made_series(scenarios, replicates), made.made_ledger(scenarios, replicates)
    deals, places = made.made_deals(scenarios, replicates), made.made_places()
    ends = made.made_municipalities(places, scenarios, replicates)
    comparison = made.made_comparison(series)
    reach = tables.with_project(ends, places)
    reach = reach[reach["scenario"] == "baseline"]

    def mapped(titles: object = None, **words: str) -> Figure:
        return map_of_municipalities(reach, runs=replicates, **words)

    return {
        "adoption": lambda **words: adoption_over_time(series, observed=tables.observed_adoption(), **words),
        "partnerships": lambda **words: partnerships_over_time(series, **words),
        "effects": lambda **words: effect_of_scenarios(comparison, **words),
        "goals": lambda **words: progress_by_goal(series, **words),
        "money": lambda **words: public_money(ledger, **words),
        "funnel": lambda **words: where_deals_die(series, deals, **words),
        "left_behind": lambda **words: left_behind_by_size(ends, places, **words),
        "map": mapped,
    }


FIGURES = ("adoption", "partnerships", "effects", "goals", "money", "funnel", "left_behind", "map")


@cache
def drawn(name: str, lang: str = "en") -> Figure:
    """A figure that tests look at and leave alone."""
    return drawings()[name](lang=lang)


def words_of(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_says_what_n_is_and_what_the_spread_is(name: str, lang: str) -> None:
    words = words_of(drawn(name, lang))
    assert "n = 8" in words
    assert re.search(r"5.95%|95%|no band|帯はない", words)
    if style.usable_language(lang) == "ja":
        assert re.search(r"[ぁ-ん]", words)


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "map"])
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


@pytest.mark.parametrize("name", ["adoption", "partnerships"])
def test_lines_have_bands(name: str) -> None:
    for axes in drawn(name).axes:
        bands = [item for item in axes.collections if isinstance(item, FillBetweenPolyCollection)]
        assert len(bands) == len(made.SCENARIOS)


@pytest.mark.parametrize("name", ["goals", "left_behind", "funnel", "money"])
def test_marks_have_whiskers(name: str) -> None:
    for axes in drawn(name).axes:
        whiskers = [item for item in axes.collections if isinstance(item, LineCollection)]
        assert len(whiskers) >= len(made.SCENARIOS)


@pytest.mark.parametrize("name", FIGURES)
def test_draws_one_replicate_of_two_scenarios(name: str) -> None:
    figure = drawings(("baseline", "other"), 1)[name]()
    assert "n = 1" in words_of(figure)


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "effects"])
def test_draws_one_scenario(name: str) -> None:
    assert drawings(("baseline",))[name]().axes


@pytest.mark.parametrize("name", FIGURES)
def test_draws_nine_scenarios(name: str) -> None:
    scenarios = ("baseline", *(f"scenario {i}" for i in range(8)))
    assert drawings(scenarios, 2)[name]().axes


def test_draws_without_any_deal(series: pd.DataFrame, deals: pd.DataFrame) -> None:
    nothing = series.assign(**dict.fromkeys(made.LOSSES, 0.0))
    assert where_deals_die(nothing, deals.iloc[:0]).axes
    assert partnerships_over_time(nothing).axes


def test_draws_missing_values(series: pd.DataFrame, comparison: pd.DataFrame) -> None:
    numbers = [name for name in series if name not in ("scenario", "point", "replicate", "quarter")]
    missing = series.assign(**dict.fromkeys(numbers, np.nan))
    for draw in (adoption_over_time, partnerships_over_time, progress_by_goal, where_deals_die):
        assert draw(missing).axes
    assert effect_of_scenarios(comparison.assign(ci_low=np.nan, ci_high=np.nan)).axes
    assert effect_of_scenarios(comparison.iloc[:0]).axes


def test_draws_frames_with_categories(series: pd.DataFrame, deals: pd.DataFrame) -> None:
    ordered = series.assign(
        scenario=pd.Categorical(series["scenario"], list(made.SCENARIOS), ordered=True),
        quarter=pd.Categorical(series["quarter"], sorted(set(series["quarter"])), ordered=True),
    )
    other = deals.assign(scenario=pd.Categorical(deals["scenario"], list(made.SCENARIOS)))
    assert str(funnel(ordered, other, "baseline")) == str(funnel(series, deals, "baseline"))
    over = [tables.over_time(table, "deals_signed", cumulative=True) for table in (ordered, series)]
    numbers = [band.astype({"scenario": str}).sort_values(["scenario", "year"]) for band in over]
    assert numbers[0]["median"].to_list() == numbers[1]["median"].to_list()


@pytest.mark.parametrize("name", FIGURES)
def test_titles_are_not_read_as_formulas(name: str, tmp_path: Path) -> None:
    titles = {"baseline": "costs $x^$ and 5% {0}", "subsidy_first": "$\\frac{"}
    figure = drawings()[name](titles=titles)
    assert style.save(figure, tmp_path, name)[0].stat().st_size > 0


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("partnerships", "map"):
        first = [path.read_bytes() for path in style.save(drawn(name), tmp_path / "a", name)]
        again = drawings()[name]()
        second = [path.read_bytes() for path in style.save(again, tmp_path / "b", name)]
        assert first == second, name


def test_settings_of_matplotlib_stay_as_they_were(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    style.save(drawings()["money"](lang="ja"), tmp_path, "money")
    assert dict(mpl.rcParams) == before


def test_pyplot_and_its_state_are_not_used() -> None:
    for path in Path(style.__file__).parent.glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8"), path


def test_draws_from_several_threads() -> None:
    jobs = [(name, lang) for name in ("money", "left_behind") for lang in ("en", "ja")]
    with ThreadPoolExecutor(4) as pool:
        figures = list(pool.map(lambda job: drawings()[job[0]](lang=job[1]), jobs))
    assert [words_of(figure) for figure in figures] == [words_of(drawn(*job)) for job in jobs]


def test_without_a_japanese_font_labels_are_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(style, "japanese_font", lambda: None)
    assert style.usable_language("ja") == "en"
    assert "Projects under way" in words_of(drawings()["partnerships"](lang="ja"))


def test_nothing_covers_the_data() -> None:
    for name in FIGURES:
        figure = drawn(name)
        figure.draw_without_rendering()
        boxes = [axes.get_window_extent() for axes in figure.axes]
        for item in (*figure.legends, *figure.texts):
            extent = item.get_window_extent()
            assert not any(box.overlaps(extent) for box in boxes), (name, item)
            assert extent.x0 >= 0 and extent.x1 <= figure.bbox.x1, (name, item)


def test_marks_differ_in_colour_and_without_colour() -> None:
    looks = list(style.marks([str(i) for i in range(14)]).values())
    assert len(set(looks)) == 14
    assert len({(look.dash, look.marker) for look in looks[:7]}) == 7


def test_lines_break_between_words_and_japanese_letters() -> None:
    assert style.wrap("one two three", 7) == ["one two", "three"]
    assert style.wrap("日本語、テキスト", 6) == ["日本語、", "テキス", "ト"]
    assert style.wrap("", 10) == []
