from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest

from sim.errors import InputError
from sim.report import report, style
from sim.report.answers import Findings, answer
from sim.report.text import Text, read_text
from sim.report.words import signed
from sim.results import load
from tests.report.conftest import NASTY
from tests.report.made import made_series

FIGURES = (
    "effects", "partnerships", "adoption", "goals", "money", "funnel", "left_behind", "map", "map_change",
)  # fmt: skip


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def source(compared: Path) -> str:
    return report.write_report(compared, "en").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_holds_every_figure_with_words_for_those_who_do_not_see_it(page: Page, compared: Path) -> None:
    images = page.all("img")
    drawn = [(compared / "figures" / f"{name}.svg").read_bytes() for name in FIGURES]
    sources = [str(image["src"]).partition("base64,")[2] for image in images]
    assert [base64.b64decode(source) for source in sources] == drawn
    assert all(image["alt"] for image in images)
    assert {path.stem for path in (compared / "figures").glob("*.png")} == set(FIGURES)


def test_needs_nothing_from_outside(page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), tag
            assert (
                "http:" not in (value or "")
                and "https:" not in (value or "")
                and "//" not in (value or "")[:8]
            )
            if name in ("src", "href"):
                assert str(value).startswith("data:image/svg+xml;base64,")


def test_style_has_no_address(source: str) -> None:
    styles = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert styles and "url(" not in styles[1] and "@import" not in styles[1]


def test_a_title_is_text_and_nothing_else(source: str, page: Page) -> None:
    assert "<script" not in source
    assert NASTY in page.text


@pytest.mark.parametrize(
    "part",
    [
        "What was asked", "The answer", "Effects against the baseline", "Cost per additional deal",
        "Public money by lever", "Where each scenario ends", "Assumptions", "Limits", "To repeat",
        "not given equal public budgets|the same public budget",
    ],
)  # fmt: skip
def test_has_its_parts(page: Page, part: str) -> None:
    assert re.search(part, page.text)


def test_numbers_are_those_of_the_comparison(page: Page, compared: Path) -> None:
    results = load(compared)
    table = results.comparison
    row = table[(table["outcome"] == "deals_signed") & (table["quarter"].astype(str) == results.quarters[-1])]
    effect = row[row["scenario"] == "matching_first"].iloc[0]["effect"]
    assert re.search(rf"Matching support first\s*{re.escape(signed(effect))}", page.text)


def test_says_how_to_repeat_it(page: Page) -> None:
    command = "sim compare baseline nasty* matching_first --world synthetic:30 --replicates 4 --quarters 21"
    assert f"{command} --seed 1" in page.text
    assert "experiment.yaml" in page.text
    assert str(Path.home()) not in page.text


@pytest.fixture
def undrawn(compared: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the figures as they are: drawing them takes most of the time."""
    drawn = [compared / "figures" / f"{name}.svg" for name in FIGURES]
    monkeypatch.setattr(report, "draw_figures", lambda request: drawn)


@pytest.mark.usefixtures("undrawn")
def test_speaks_japanese(compared: Path) -> None:
    page = Page(report.write_report(compared, "ja").read_text(encoding="utf-8"))
    assert "答え" in page.text and "マッチング支援重視" in page.text and NASTY in page.text
    english = re.findall(r"\b(?:the|and|of|with) \w+", page.text.replace(NASTY, ""))
    assert not english


@pytest.mark.usefixtures("undrawn")
def test_says_when_there_is_no_japanese_font(compared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "japanese_font", lambda: None)
    page = Page(report.write_report(compared, "ja").read_text(encoding="utf-8"))
    assert read_text("ja").words["no_font"] in page.text


def test_is_the_same_each_time(compared: Path, source: str) -> None:
    assert report.write_report(compared, "en").read_text(encoding="utf-8") == source


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "experiment.yaml").unlink(),
        lambda folder: (folder / "experiment.yaml").write_text("{"),
        lambda folder: (folder / "experiment.yaml").write_text("name: [1]"),
    ],
)
def test_refuses_a_damaged_folder(compared: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(compared, folder)
    damage(folder)
    with pytest.raises(InputError, match=r"experiment\.yaml:\S* .*run the experiment again") as error:
        report.write_report(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("section", ["words", "sentences"])
def test_both_languages_say_the_same_things(section: str) -> None:
    english, japanese = (getattr(read_text(lang), section) for lang in ("en", "ja"))
    assert english.keys() == japanese.keys()
    for key in english:
        fields = [{field for _, field, _, _ in Formatter().parse(text[key])} for text in (english, japanese)]
        assert fields[0] == fields[1], key


def test_both_languages_caption_every_figure() -> None:
    for lang in ("en", "ja"):
        assert set(read_text(lang).captions) == {*FIGURES, "adoption_synthetic"}
        assert all(
            set(caption) == {"heading", "alt", "text"} for caption in read_text(lang).captions.values()
        )
    assert len(read_text("en").limits) == len(read_text("ja").limits)


def findings(**changes: object) -> Findings:
    """Two scenarios against a baseline: b is cheap, c is larger."""
    effects = pd.DataFrame(
        {
            "scenario": ["b", "c"], "outcome": "deals_signed", "effect": [10.0, 40.0], "ci_low": [8.0, 30.0],
            "ci_high": [12.0, 50.0], "replicates": 30,
        }
    )  # fmt: skip
    costs = pd.DataFrame(
        {
            "scenario": ["b", "c"], "outcome": "deals_signed", "cost_per_unit": [5.0, 20.0],
            "ci_low": [4.0, 15.0], "ci_high": [6.0, 25.0],
        }
    )  # fmt: skip
    money = pd.DataFrame({"scenario": ["b", "c"], "appropriated": [1_000.0, 900.0], "lapsed": [800.0, 0.0]})
    values = {
        "titles": {"a": "A", "b": "B", "c": "C"}, "baseline": "a", "quarter": "2030Q4", "effects": effects,
        "costs": costs, "money": money, "equal_budget": False,
    }  # fmt: skip
    return Findings(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def english() -> Text:
    return read_text("en")


def said(found: Findings, text: Text) -> str:
    return " ".join(answer(found, text, pd.DataFrame()))


def test_the_cheapest_comes_first_with_its_interval(english: Text) -> None:
    sentences = said(findings(), english)
    assert sentences.startswith("Per yen absorbed, “B” gains most: +10 deals")
    assert "(95% interval +8 to +12, n = 30 paired replicates)" in sentences
    assert "Next is “C”" in sentences and "about 4 times" in sentences
    assert "“C” adds most deals: +40" in sentences
    assert "80% of that of “B” lapsed" in sentences


def test_overlapping_intervals_leave_the_order_open(english: Text) -> None:
    costs = findings().costs.assign(ci_low=[4.0, 5.5])
    assert "their order is open" in said(findings(costs=costs), english)


def test_an_effect_of_zero_is_said(english: Text) -> None:
    effects = findings().effects.assign(ci_low=[-1.0, 30.0])
    assert "For “B” no effect on deals signed is told apart from zero" in said(
        findings(effects=effects), english
    )


def test_unknown_costs_are_said(english: Text) -> None:
    costs = findings().costs.assign(cost_per_unit=float("nan"))
    assert said(findings(costs=costs), english).startswith("No scenario signs more deals")


def test_budgets_are_said(english: Text) -> None:
    assert "JPY 900 to 1,000 M" in said(findings(), english)
    assert "same public budget" in said(findings(equal_budget=True), english)


@pytest.mark.parametrize(
    ("replicates", "words"), [(5, "median; 5–95% of n = 5 replicates"), (1, "the one run")]
)
def test_without_a_baseline_levels_are_said(english: Text, replicates: int, words: str) -> None:
    series = made_series({"a": 1.0, "b": 2.0}, replicates)
    found = findings(baseline=None, titles={"a": "A", "b": "B"}, effects=pd.DataFrame())
    sentences = " ".join(answer(found, english, series))
    assert words in sentences and "“A”" in sentences and "“B”" in sentences
