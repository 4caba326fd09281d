"""A results folder in a real browser: what it holds, an answer that is read, a broken folder that is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import sim
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.report.answered import Answered, store
from sim.studies import Study
from tests.page.browser.conftest import Open, Served, refined, wait
from tests.page.browser.test_page import accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAID = {
    "en": "It does: +2.5 deals (95% 1 to 4, n = 3).",
    "ja": "連携成立は2.5件増える（95%区間 1〜4、n = 3）。",
}
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>'
ASKED = {"en": "Does it matter?", "ja": "影響するか"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A design with an answer, a comparison that is broken, and a folder that is beside."""
    root = tmp_path_factory.mktemp("shown")
    factor = Factor("subsidy", "lever", low=0.0, high=10_000.0)
    design = Design("grid", (factor,), ((0.0,), (9_000.0,)), {})
    baseline = (sim.load_scenario("baseline"),)
    experiment = Experiment("d", baseline, "synthetic:60", 24, replicates=3, design=design)
    below = root / "results"
    Study(experiment, below / "designed").run()
    answered = Answered("matters", None, ASKED, [SAID], [ASKED], 6, ["d"], ["d.yaml"], "0", quick=False)
    place = store(
        answered, {"numbers": pd.DataFrame({"sentence": [1], "estimate": [2.5]})}, below / "designed"
    )
    (place / "figure.svg").write_text(FIGURE)
    (place / "figure.ja.svg").write_text(FIGURE)
    shutil.copytree(below / "designed", below / "broken")
    (below / "broken" / "manifest.json").write_text("{}")
    shutil.copytree(below / "designed", root / "beside")
    return below


@pytest.fixture
def page(served: Served, visit: Open, root: Path) -> Iterator[Page]:
    """The page with that folder."""
    house = served.app.state.house
    before = house.folders
    object.__setattr__(house, "folders", type(before)(root))
    yield visit()
    object.__setattr__(house, "folders", before)


def opened(page: Page, name: str) -> None:
    """Open a folder by the list of files."""
    page.click("#share button >> nth=1")
    wait("the list", lambda: page.locator(".folders li").count() == 2)
    page.click(f".folders button:has-text('{name}')")


def test_an_answer_is_read_and_its_design_is_shown(page: Page) -> None:
    opened(page, "designed")
    wait("the answer", lambda: page.locator(".stored-answer").count() == 1)
    assert page.inner_text(".stored-answer h3") == ASKED["en"] and SAID["en"] in page.inner_text(
        ".stored-answer"
    )
    assert "2.5" in page.inner_text(".stored-answer table")
    wait(
        "its figure", lambda: page.evaluate("document.querySelector('.stored-figure img').naturalWidth") == 30
    )
    assert accessible(page) == []
    page.click("#language")
    wait("Japanese", lambda: SAID["ja"] in page.inner_text("#view"))
    page.click("#tab-changes")
    wait("the design", lambda: page.locator(".chart svg").count() == 6)
    assert "補助金" in str(page.locator(".chart svg >> nth=0").text_content())
    assert accessible(page) == []
    page.click("#folder button")
    wait("the scenarios again", lambda: page.locator("#tab-map").count() and refined(page))


def test_a_broken_folder_is_told_and_nothing_beside_is_reached(page: Page) -> None:
    page.click("#share button >> nth=1")
    wait("the list", lambda: page.locator(".folders li").count() == 2)
    assert "Cannot be read" in page.inner_text(".folders li >> nth=0")
    page.click(".folders button:has-text('broken')")
    wait("why not", lambda: "manifest.json" in page.inner_text("#notice"))
    for path in ("..%2fbeside", "../beside", "designed%2f..%2f..%2fbeside"):
        status = page.evaluate(f"fetch('/api/results/{path}/views').then(answer => answer.status)")
        assert status in (400, 404), path
