"""What a visitor does besides moving levers: keys, assumptions, time, print, touch, projector, tour."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.page.browser.conftest import Open, Served, refined, wait
from tests.page.browser.test_page import VIEWS, accessible, levers, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAIRS = [("en", "dark"), ("ja", "light")]
FOCUSED = "document.activeElement.id"


def settled(page: Page, view: str = "") -> None:
    """Wait for the runs of what is shown."""
    wait(f"the runs of {view or 'the view'}", lambda: refined(page, view))


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), PAIRS)
def test_each_view_has_no_barrier_in_the_other_colours_either(visit: Open, lang: str, scheme: str) -> None:
    page = visit(lang=lang, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for view in VIEWS:
        page.click(f"#tab-{view}")
        settled(page, view)
        page.wait_for_timeout(200)
        assert accessible(page) == [], view


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "scheme", "width"), list(itertools.product(("en", "ja"), ("light", "dark"), (320, 360, 1280)))
)
def test_nothing_on_the_page_has_a_barrier(visit: Open, lang: str, scheme: str, width: int) -> None:
    page = visit(lang=lang, color_scheme=scheme, viewport={"width": width, "height": 800})

    def check(what: str) -> None:
        page.wait_for_timeout(250)
        assert accessible(page) == [], what
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    page.select_option("#presets", index=3)
    page.click("#scenario-add")
    for view in VIEWS:
        page.click(f"#tab-{view}")
        settled(page, view)
        check(view)
        page.click("#as-table")
        check(f"{view} as a table")
        page.click("#as-table")
    page.fill(
        "#find", page.evaluate("fetch('/api/setup?lang=en').then(a=>a.json()).then(s=>s.places[7].code)")
    )
    check("the search")
    page.keyboard.press("Enter")
    wait("the panel of a place", lambda: page.locator("#view .place").is_visible())
    settled(page)
    check("a place")
    while (closed := page.locator("#levers details:not([open]) > summary")).count():
        closed.first.click()  # which takes it out of those that are closed
    check("all that opens below the levers")
    for opener in (
        "#share button >> nth=1",
        ".lever .why >> nth=1",
        "#view .tools .why",
        "#rename",
        "#programme-add",
        ".assumption .why >> nth=0",
    ):
        page.click(opener)
        check(opener)
        page.keyboard.press("Escape")
    page.click(".bar-tools button:has(svg) >> nth=6")
    for step in range(5):
        check(f"step {step} of the tour")
        page.click(".tour .primary")
    page.click("#lock")
    check("a locked budget")
    for view in VIEWS:
        page.click(f"#tab-{view}")
        settled(page, view)
        page.click("#enlarge")
        wait("the whole screen", lambda: page.evaluate("document.getElementById('panel').inert"))
        check(f"{view} on the whole screen")
        page.click("#enlarge")
        wait("the page", lambda: not page.evaluate("document.getElementById('panel').inert"))


def test_an_assumption_moves_the_baseline_too_and_is_no_policy(visit: Open) -> None:
    page = visit()
    before = page.inner_text(".card >> nth=0")
    page.click("#levers details:has(.assumption) > summary")
    page.fill("#assumed-matching_efficiency-value", "0.8")
    page.keyboard.press("Tab")
    wait("the link", lambda: state(page)["assumed"] == {"matching_efficiency": 0.8})
    wait("another baseline", lambda: refined(page) and page.inner_text(".card >> nth=0") != before)
    assert "Assumed otherwise, in the baseline as well: Matching efficiency 0.8" in page.inner_text("#answer")
    assert "assumptions changed" in page.inner_text("#scenario-0")
    assert not levers(page), "it is no lever"
    other = visit(str(page.evaluate("location.hash")))
    assert other.input_value("#assumed-matching_efficiency-value") == "0.8"
    other.click("#assumed-back")
    wait("the model's again", lambda: state(other)["assumed"] == {})
    assert other.inner_text(".assumed") == ""


def test_one_time_is_looked_at_in_all_charts_by_pointer_and_by_keys(visit: Open) -> None:
    page = visit()
    page.click("#tab-over_time")
    settled(page, "over_time")
    wait("charts", lambda: page.locator(".chart-box[role=slider]").count() == 6)
    page.locator(".chart-body").first.hover()
    assert page.locator(".readout:visible").count() == 6
    pointed = set(page.locator(".readout b").all_inner_texts())
    assert len(pointed) == 1
    page.mouse.move(1, 1)
    wait("nothing looked at", lambda: page.locator(".readout:visible").count() == 0)
    page.focus(".chart-box >> nth=2")
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    assert set(page.locator(".readout b").all_inner_texts()) == {"2019Q2"}
    assert "2019Q2: Japan" in str(page.get_attribute(".chart-box >> nth=2", "aria-valuetext"))


def test_a_printed_brief_has_title_answer_levers_and_no_tools(visit: Open) -> None:
    page = visit()
    page.fill("#lever-subsidy-sum", "600")
    wait("the runs", lambda: "subsidy" in levers(page) and refined(page))
    page.emulate_media(media="print")
    shown = page.inner_text("body")
    for text in ("Partnerships for the SDGs", "95% interval", "n = 4", "2030Q4", "Subsidy", "#1."):
        assert text in shown, text
    assert not page.locator(".bar-tools").is_visible()
    assert not page.locator("#lever-promotion").is_visible(), "levers that are as in the baseline stay off"
    assert page.pdf().startswith(b"%PDF")


def test_a_view_fills_the_screen_and_escape_brings_the_page_back(visit: Open) -> None:
    page = visit()
    small = page.locator(".chart-body text").first.evaluate("text => getComputedStyle(text).fontSize")
    page.click("#enlarge")
    wait("the whole screen", lambda: page.evaluate("document.fullscreenElement?.id") == "view")
    wait("nothing else", lambda: page.evaluate("document.getElementById('panel').inert"))
    wait(
        "larger letters",
        lambda: (
            page.locator(".chart-body text").first.evaluate("text => getComputedStyle(text).fontSize") > small
        ),
    )
    page.evaluate("document.exitFullscreen()")
    wait("the page", lambda: not page.evaluate("document.getElementById('panel').inert"))
    assert page.get_attribute("#enlarge", "aria-pressed") == "false"


def test_a_programme_changes_link_and_results_and_can_be_taken_away(visit: Open) -> None:
    page = visit()
    before = page.inner_text("#numbers")
    page.click("#levers details:has(#programme-add) > summary")
    page.click("#programme-add")
    page.select_option("#p-lever", "matching_support")
    page.select_option("#p-for", "small")
    page.fill("#p-sum", "800")
    page.click("dialog .primary")
    wait("the link", lambda: "programmes" in state(page)["scenarios"][0]["overlay"])
    wait("other numbers", lambda: refined(page) and page.inner_text("#numbers") != before)
    page.click(".programmes button")
    wait("the link", lambda: "programmes" not in state(page)["scenarios"][0]["overlay"])
    assert page.evaluate(FOCUSED) == "programme-add"


def test_from_when_a_lever_runs_and_start_again(visit: Open) -> None:
    page = visit()
    page.fill("#lever-subsidy-sum", "600")
    page.select_option(".lever:has(#lever-subsidy) .from", "2025")
    wait("the year", lambda: levers(page).get("subsidy") == {"2025": 600})
    page.click("button[aria-label='Start again']")
    wait("nothing changed", lambda: not levers(page))


def test_three_scenarios_are_named_everywhere_and_the_focus_is_not_lost(visit: Open) -> None:
    page = visit()
    for count in (2, 3):
        page.click("#scenario-add")
        wait("one more", lambda count=count: len(state(page)["scenarios"]) == count)
        assert page.evaluate(FOCUSED) == f"scenario-{count}"
    wait("a sentence of each", lambda: page.locator(".sentences p").count() == 3)
    settled(page)
    assert page.locator("#scenario-add").count() == 0
    page.click("#drop")
    assert page.evaluate(FOCUSED) == "scenario-2"
    page.focus("#lock")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "lock"


def test_the_tour_has_five_steps_and_escape_ends_it(visit: Open) -> None:
    page = visit()
    page.click(".bar-tools button:has-text('Tour')")
    for step in range(1, 6):
        assert f"Step {step} of 5" in page.inner_text(".tour")
        page.click(".tour .primary")
    assert page.locator(".tour").count() == 0
    page.click(".bar-tools button:has-text('Tour')")
    page.focus("#lever-subsidy")
    page.keyboard.press("Escape")
    assert page.locator(".tour").count() == 0


def test_a_finger_moves_a_lever_and_the_colours_change(visit: Open) -> None:
    page = visit(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}, color_scheme="light")
    page.locator("#jump a >> nth=1").tap()
    box = page.locator("#lever-subsidy").bounding_box()
    assert box is not None
    page.locator("#lever-subsidy").tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
    wait("the link", lambda: "subsidy" in levers(page))
    said = str(page.get_attribute("#lever-subsidy", "aria-valuetext"))
    assert said.startswith("JPY ") and "a year; baseline" in said
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("button[aria-label='Dark colours']").tap()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_letters_twice_as_large_cut_nothing_off(visit: Open) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_only_the_refined_answer_is_read_out(visit: Open) -> None:
    page = visit()
    live = page.evaluate(
        "[...document.querySelectorAll('#answer [role=status], #answer [aria-live]')].map(e => e.className)"
    )
    assert live == ["unseen"]
    assert "n = 4" in str(page.text_content("#answer .unseen"))


def test_letters_grow_in_another_language_too(visit: Open) -> None:
    page = visit()
    page.click("#language")
    wait("Japanese", lambda: page.get_attribute("html", "lang") == "ja" and refined(page))
    letters = page.locator(".chart-body text").first
    small = letters.evaluate("text => getComputedStyle(text).fontSize")
    page.click("#enlarge")
    wait("larger letters", lambda: letters.evaluate("text => getComputedStyle(text).fontSize") > small)
    page.evaluate("document.exitFullscreen()")


def test_the_table_of_a_place_stays_open_while_frames_come(visit: Open) -> None:
    page = visit()
    page.fill("#find", page.evaluate("fetch('/api/setup').then(a=>a.json()).then(s=>s.places[7].code)"))
    page.keyboard.press("Enter")
    page.click("#view .place summary")
    before = page.inner_text("#numbers")
    page.fill("#lever-subsidy-sum", "900")
    wait("other numbers", lambda: refined(page) and page.inner_text("#numbers") != before)
    assert page.evaluate("document.querySelector('#view .place details').open")


def test_the_way_back_in_a_field_of_letters_is_its_own(visit: Open) -> None:
    page = visit()
    page.fill("#lever-subsidy-sum", "600")
    wait("the link", lambda: "subsidy" in levers(page))
    page.click("#tab-groups")
    settled(page, "groups")
    page.click("#view .groups button")
    page.keyboard.type("a link")
    page.keyboard.press("Control+z")
    assert page.input_value("#group-links") != "a link"
    assert page.input_value("#lever-subsidy-sum") == "600"


def test_without_a_drawing_library_the_page_says_so(visit: Open, served: Served) -> None:
    bundle = served.app.state.house.bundle
    path, bundle.path, bundle.failed = bundle.path, Path("/nowhere/vega.js"), True
    try:
        page = visit()
        wait("the line", lambda: "vl-convert-python" in page.inner_text("#view"))
    finally:
        bundle.path, bundle.failed = path, False


def test_a_page_of_something_else_is_loaded_anew_with_its_scenario(visit: Open, served: Served) -> None:
    page = visit()
    page.fill("#lever-subsidy-sum", "600")
    wait("the link", lambda: "subsidy" in levers(page))
    page.evaluate("window.before = true")
    house, settings = served.app.state.house, served.app.state.house.settings
    try:
        object.__setattr__(house, "settings", replace(settings, world="synthetic:61"))
        page.wait_for_event("load")  # nothing can be asked of a page that is on its way
        wait("the page anew", lambda: page.evaluate("!window.before && document.body.dataset.done"))
        assert page.evaluate("fetch('/api/setup').then(a=>a.json()).then(s=>s.places.length)") == 61
        assert levers(page)["subsidy"] == {"2019": 600}
    finally:
        object.__setattr__(house, "settings", settings)
