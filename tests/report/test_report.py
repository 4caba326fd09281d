from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim.batch.manifest import read_manifest, write_manifest
from sim.cli import main
from sim.errors import IncompleteWarning, InputError
from sim.report import report, style
from sim.report.effect_tables import main_effects
from sim.report.words import effect
from sim.results import load
from sim.text import say
from tests.report.conftest import NASTY

FIGURES = (
    "effects", "partnerships", "adoption", "goals", "money", "absorbed", "funnel", "left_behind",
    "map", "map_change",
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
                assert str(value).startswith(("data:image/svg+xml;base64,", "data:application/yaml;base64,"))


def test_style_has_no_address(source: str) -> None:
    styles = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert styles and "url(" not in styles[1] and "@import" not in styles[1]


def test_a_title_is_text_and_nothing_else(source: str, page: Page) -> None:
    assert "<script" not in source
    assert NASTY in page.text


@pytest.mark.parametrize(
    "part",
    [
        "What was asked", "The answer", "What each scenario changes", "Effects against the baseline",
        "Cost per additional deal", "Public money", "Who is left out", "Where each scenario ends",
        "Assumptions",
        "What is too small to matter", "Limits", "To repeat",
        "not given equal public budgets|the same public budget",
    ],
)  # fmt: skip
def test_has_its_parts(page: Page, part: str) -> None:
    assert re.search(part, page.text)


def test_numbers_are_those_of_the_comparison(page: Page, compared: Path) -> None:
    results = load(compared)
    effects = main_effects(results)
    row = effects[(effects["outcome"] == "deals_signed") & (effects["scenario"] == "matching_first")].iloc[0]
    shown = re.escape(effect("deals_signed", row["effect"]))
    assert re.search(rf"Matching support first\s*[\w ,]+\s*{shown}", page.text)


def test_says_how_many_comparisons_stand_in_it(page: Page, compared: Path) -> None:
    comparisons = int(main_effects(load(compared))["ci_low"].notna().sum())
    assert comparisons >= 20
    assert f"This table holds {comparisons} comparisons" in page.text and "about 1 in 20 misses" in page.text
    assert 'results.contrast(a, b, family="holm")' in page.text


def test_says_what_each_scenario_changes(page: Page) -> None:
    part = page.text.partition("What each scenario changes")[2].partition("Effects against")[0]
    path = "10, from FY2019"
    assert re.search(rf"Matching support \(matching_support\)\s*{path} 2,530\s*{path} 30", part)
    assert NASTY in part


def test_the_experiment_travels_with_the_page_and_gives_the_same_numbers(
    page: Page, compared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = next(attributes for attributes in page.all("a") if attributes.get("download"))
    assert link["download"] == "experiment.yaml"
    content = base64.b64decode(str(link["href"]).partition("base64,")[2])
    (tmp_path / "experiment.yaml").write_bytes(content)
    assert "sim batch experiment.yaml" in page.text and str(Path.home()) not in page.text
    monkeypatch.chdir(tmp_path)
    assert main(["batch", "experiment.yaml", "--workers", "1"]) == 0
    again = load(next((tmp_path / "results").iterdir()))
    pd.testing.assert_frame_equal(again.series, load(compared).series)


@pytest.fixture
def undrawn(compared: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the figures as they are: drawing them takes most of the time."""
    drawn = [compared / "figures" / f"{name}.svg" for name in FIGURES]
    monkeypatch.setattr(report, "draw_figures", lambda request, folder, apart: drawn)


@pytest.mark.usefixtures("undrawn")
def test_speaks_japanese_in_a_file_of_its_own(compared: Path, source: str) -> None:
    path = report.write_report(compared, "ja")
    assert path.name == "report.ja.html"
    assert (compared / "report.html").read_text(encoding="utf-8") == source
    assert (compared / "tables.ja" / "effects.csv").exists() and (
        compared / "tables" / "effects.csv"
    ).exists()
    page = Page(path.read_text(encoding="utf-8"))
    assert "答え" in page.text and "マッチング支援重視" in page.text and NASTY in page.text
    english = re.findall(r"\b(?:the|and|of|with) \w+", page.text.replace(NASTY, ""))
    assert not english


@pytest.mark.usefixtures("undrawn")
def test_says_when_there_is_no_japanese_font(compared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "japanese_font", lambda: None)
    page = Page(report.write_report(compared, "ja").read_text(encoding="utf-8"))
    assert say("report.no_font", "ja") in page.text


@pytest.mark.usefixtures("undrawn")
def test_says_when_runs_are_missing(compared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(compared, folder)
    write_manifest(folder, replace(read_manifest(folder), replicates=6))
    with pytest.warns(IncompleteWarning):
        page = Page(report.write_report(folder).read_text(encoding="utf-8"))
    assert "This rests on 12 of 18 runs: 6 are missing and 0 failed" in page.text


@pytest.mark.usefixtures("undrawn")
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
    with pytest.raises(InputError, match=r"(?s)experiment\.yaml:\S* .*(run|put it back)"):
        report.write_report(folder)
