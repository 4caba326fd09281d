"""The map in a real browser: time, two dates, zoom, pictures to take home, and the table behind it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from sim.page.state import State, fragment_of
from tests.page.browser.conftest import Open, refined, wait
from tests.page.browser.test_page import state

if TYPE_CHECKING:
    from playwright.sync_api import Page

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def map_(visit: Open) -> Page:
    """The map of a baseline and a scenario, at the end of the runs."""
    page = visit()
    page.click("#tab-map")
    wait("the map", lambda: refined(page, "map") and page.locator(".map-canvas").count())
    return page


def value(page: Page, slider: int = 0) -> int:
    """The quarter that a slider stands at."""
    return int(page.input_value(f"#map-step-{slider}"))


def pixels(page: Page, pane: int = 0) -> str:
    """What is drawn."""
    return str(page.locator(".map-canvas").nth(pane).evaluate("canvas => canvas.toDataURL()"))


def taken(page: Page, kind: str, folder: Path) -> Path:
    """A file of the map."""
    with page.expect_download() as started:
        page.click(f".tools button:has-text('{kind}')")
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def setup(page: Page) -> dict[str, Any]:
    """What the page was set up with."""
    found: dict[str, Any] = page.evaluate("fetch('/api/setup?lang=en').then(answer => answer.json())")
    return found


def zoomed(page: Page) -> bool:
    """Whether a part is shown."""
    return page.locator("button:has-text('Whole map')").is_enabled()


def test_time_moves_by_slider_and_play_and_the_link_keeps_it(map_: Page) -> None:
    before = pixels(map_)
    map_.focus("#map-step-0")
    map_.keyboard.press("Home")
    assert map_.inner_text(".when") == "2018Q2" and pixels(map_) != before
    wait("the link", lambda: state(map_)["dates"] == ["2018Q2"])
    map_.click(".play")
    seen = {0}
    wait("two years to pass", lambda: seen.add(value(map_)) or max(seen) >= 8)  # type: ignore[func-returns-value]
    map_.click(".play")
    stopped = value(map_)
    assert seen == {0, 4, 8}, "a year at a time: this browser asks for less motion"
    assert map_.inner_text(".play") == "Play"
    wait("the link", lambda: state(map_)["dates"] == [map_.inner_text(".when")])
    map_.wait_for_timeout(1_100)
    assert value(map_) == stopped
    assert map_.inner_text(".when") in map_.inner_text(".view-title")


@pytest.mark.slow
def test_it_plays_every_quarter_otherwise(map_: Page) -> None:
    map_.emulate_media(reduced_motion="no-preference")
    map_.click(".play")
    seen = set()
    wait("five quarters", lambda: seen.add(value(map_)) or len(seen - {50}) >= 5)  # type: ignore[func-returns-value]
    assert sorted(seen - {50})[:5] == [0, 1, 2, 3, 4]


def test_two_dates_stand_side_by_side_and_come_back_with_the_link(map_: Page, visit: Open) -> None:
    map_.click("button:has-text('Two dates')")
    wait("two maps", lambda: map_.locator(".map-canvas").count() == 2)
    assert state(map_)["dates"] == ["2019Q2", "2030Q4"]
    assert pixels(map_, 0) != pixels(map_, 1)
    left, right = (map_.locator(".map-pane").nth(pane).bounding_box() for pane in (0, 1))
    assert left and right and left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    assert "2019Q2 and 2030Q4" in map_.inner_text(".view-title")
    other = visit(str(map_.evaluate("location.hash")), viewport={"width": 360, "height": 780})
    wait("two maps", lambda: other.locator(".map-canvas").count() == 2)
    assert [value(other, pane) for pane in (0, 1)] == [4, 50]
    above, below = (other.locator(".map-pane").nth(pane).bounding_box() for pane in (0, 1))
    assert above and below and above["y"] + above["height"] <= below["y"]
    map_.click("button:has-text('Two dates')")
    wait("one map", lambda: map_.locator(".map-canvas").count() == 1)


def test_buttons_keys_wheel_and_drag_zoom_and_move(map_: Page) -> None:
    whole = pixels(map_)
    map_.click("[aria-label='Closer']")
    closer = pixels(map_)
    assert zoomed(map_) and closer != whole
    map_.click("[aria-label='Go west']")
    assert pixels(map_) != closer
    map_.click("button:has-text('Whole map')")
    assert not zoomed(map_) and pixels(map_) == whole
    box = map_.locator(".map-canvas").bounding_box()
    assert box
    map_.evaluate("document.activeElement.blur()")
    map_.mouse.move(box["x"] + 200, box["y"] + 100)
    map_.mouse.wheel(0, -1)
    map_.wait_for_timeout(100)
    assert not zoomed(map_), "the page scrolls past a map that nobody has turned to"
    map_.focus(".map-canvas")
    map_.keyboard.press("+")
    assert zoomed(map_)
    map_.keyboard.press("ArrowDown")
    wait("a word of a place", lambda: "%" in map_.inner_text(".map-said"))
    map_.keyboard.press("0")
    assert not zoomed(map_)
    box = map_.locator(".map-canvas").bounding_box()
    assert box
    map_.mouse.move(box["x"] + 200, box["y"] + 200)
    map_.mouse.wheel(0, -300)
    wait("a zoom by the wheel", lambda: zoomed(map_))
    before, place = pixels(map_), state(map_)["place"]
    map_.mouse.down()
    map_.mouse.move(box["x"] + 120, box["y"] + 150, steps=3)
    map_.mouse.up()
    assert pixels(map_) != before
    assert state(map_)["place"] == place, "a drag opens nothing"


@pytest.mark.slow
def test_two_fingers_zoom(visit: Open) -> None:
    page = visit(fragment_of(State(view="map")), has_touch=True)
    wait("the map", lambda: refined(page, "map") and page.locator(".map-canvas").count())
    page.locator(".map-canvas").evaluate(
        """canvas => {
          const box = canvas.getBoundingClientRect();
          const send = (name, id, x) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: id, pointerType: "touch", clientX: box.left + x, clientY: box.top + 100 }));
          canvas.setPointerCapture = () => {};
          send("pointerdown", 1, 100); send("pointerdown", 2, 140);
          send("pointermove", 2, 220); send("pointerup", 2, 220); send("pointerup", 1, 100);
        }"""
    )
    assert page.locator("button:has-text('Whole map')").is_enabled()


@pytest.mark.slow
def test_a_prefecture_that_is_chosen_is_looked_at(map_: Page) -> None:
    prefecture = map_.evaluate(
        "fetch('/api/setup?lang=en').then(a => a.json()).then(s => s.prefectures[1].label)"
    )
    map_.fill("#find", prefecture)
    map_.keyboard.press("Enter")
    wait("the zoom", lambda: zoomed(map_))


def test_its_svg_is_made_of_shapes_and_says_what_it_shows(map_: Page, tmp_path: Path) -> None:
    map_.click("button:has-text('Two dates')")
    wait("two maps", lambda: map_.locator(".map-canvas").count() == 2)
    file = taken(map_, "SVG", tmp_path)
    root = ElementTree.parse(file).getroot()
    assert file.name.startswith("map-2019Q2-2030Q4")
    assert not list(root.iter(f"{SVG}image"))
    assert len(list(root.iter(f"{SVG}circle"))) >= 2 * 60
    said = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
    for what in ("2019Q2", "2030Q4", "Has had a project", "Scenario 1", "n = 4", "synthetic:60", "100%"):
        assert what in said


def test_the_table_lists_municipalities_and_prefectures(map_: Page, tmp_path: Path) -> None:
    map_.click(".tools button:has-text('Table')")
    rows = map_.locator(".map-table tbody tr")
    wait("the table", lambda: rows.count() == 60)
    place = setup(map_)["places"][7]
    map_.fill("#list-find", place["code"])
    wait("the one", lambda: rows.count() == 1)
    assert place["romaji"] in rows.inner_text() and "%" in rows.inner_text()
    assert "less the baseline (points)" in map_.inner_text(".map-table thead")
    assert "1 of 60" in map_.inner_text(".map-table [role=status]")
    with taken(map_, "CSV", tmp_path).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 2 * 60 and {row["Quarter"] for row in found} == {"2030Q4"}
    own = next(
        row for row in found if row["Code"] == place["code"] and row["Scenario"] == "Japan's actual programme"
    )
    share = float(own["Has had a project (share of runs)"])
    assert f"{100 * share:.0f}%" in rows.inner_text() and own["Runs"] == "4"
    map_.select_option("#list-list", "prefectures")
    wait("prefectures", lambda: "5% of runs" in map_.inner_text(".map-table thead"))
    assert rows.count() > 3
    assert taken(map_, "PNG", tmp_path).read_bytes().startswith(b"\x89PNG"), (
        "also where only the table is shown"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), [("en", "dark"), ("ja", "light")])
def test_two_dates_zoom_and_table_are_accessible(visit: Open, lang: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    link = fragment_of(State(view="map", lang=lang, dates=["2019Q2", "2030Q4"], place="1"))
    page = visit(link, lang=lang, color_scheme=scheme, viewport={"width": 360, "height": 780})
    wait("two maps", lambda: refined(page, "map") and page.locator(".map-canvas").count() == 2)
    page.click(".map-zoom button >> nth=0")
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for step in ("drawn", "listed"):
        found = Axe().run(page, options=options).response["violations"]
        told = [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found]
        assert not told, step
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
        page.click(".tools button >> nth=0")
        wait("the table", lambda: page.locator(".map-table tbody tr").count() == 60)
