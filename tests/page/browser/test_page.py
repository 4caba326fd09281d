"""The page in a real browser: levers, scenarios, links, languages, views, files, and a server that goes."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser.conftest import Open, Served, refined, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

VIEWS = ("effects", "over_time", "goals", "lost", "left_behind", "map", "network", "money", "groups")


def state(page: Page) -> dict[str, Any]:
    """What the page's link holds, read by the server's own code."""
    from sim.page.state import state_of_fragment

    fragment = wait("a link", lambda: str(page.evaluate("location.hash")))
    return state_of_fragment(fragment).model_dump()


def levers(page: Page) -> dict[str, Any]:
    """Levers of the first scenario in the link."""
    found: dict[str, Any] = state(page)["scenarios"][0]["overlay"].get("levers", {})
    return found


def accessible(page: Page) -> list[Any]:
    """What stands against WCAG 2.2 AA, and where."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found]


def give(page: Page, lever: str, amount: int) -> None:
    """Write a sum beside a slider."""
    page.fill(f"#lever-{lever}-sum", str(amount))
    wait("the link", lambda: str(amount) in json.dumps(levers(page)))


def test_a_slider_moved_by_keyboard_changes_answer_and_link(visit: Open) -> None:
    page = visit()
    assert "choose a preset" in page.inner_text("#answer"), "what to do where nothing is answered yet"
    before = page.inner_text("#numbers")
    page.focus("#lever-matching_support")
    page.keyboard.press("End")
    wait("the link", lambda: "matching_support" in levers(page))
    wait("other numbers", lambda: refined(page) and page.inner_text("#numbers") != before)
    assert "95%" in page.inner_text("#answer")


def test_a_drag_moves_the_lever_and_undo_takes_it_back_in_one_step(visit: Open) -> None:
    page = visit()
    box = page.locator("#lever-subsidy").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    wait("the link", lambda: "subsidy" in levers(page))
    page.click("button[aria-label=Undo]")
    wait("the way back", lambda: "subsidy" not in levers(page))
    page.click("button[aria-label=Redo]")
    wait("the way forth", lambda: "subsidy" in levers(page))


def test_a_locked_budget_takes_from_the_others(visit: Open) -> None:
    page = visit()
    give(page, "subsidy", 600)
    page.click(".lock")
    give(page, "matching_support", 330)
    assert levers(page)["subsidy"] == {"2019": 300.0}
    assert state(page)["lock"] == 600.0
    give(page, "matching_support", 630)
    assert levers(page)["subsidy"] == {"2019": 0.0}
    give(page, "matching_support", 230)
    assert levers(page)["subsidy"] == {"2019": 400.0}, "what was taken comes back with the lever"
    give(page, "matching_support", 330)
    # from FY2025 on, six years of twelve: the other one takes over
    page.select_option(".from >> nth=1", "2025")
    wait("the link", lambda: levers(page)["matching_support"] == {"2025": 330.0})
    assert levers(page)["subsidy"]["2019"] > 400
    assert page.inner_text(".bar-sum") == "+JPY 600 M a year"
    page.click("#programmes summary")
    page.click("#programme-add")
    page.fill("#p-sum", "200")
    page.click(".dialog .primary")
    wait("the programme", lambda: state(page)["scenarios"][0]["overlay"].get("programmes"))
    assert page.inner_text(".bar-sum") == "+JPY 600 M a year"


def test_a_link_opens_the_same_scenarios_in_a_fresh_browser(visit: Open) -> None:
    page = visit()
    give(page, "matching_support", 630)
    page.click("button[aria-label^='Add a scenario']")
    wait("two scenarios", lambda: len(state(page)["scenarios"]) == 2 and refined(page))
    page.click("#share button >> nth=0")
    # at 127.0.0.1 nobody else reaches the page
    wait("where it opens", lambda: "this computer only" in page.inner_text("#notice"))
    other = visit(str(page.evaluate("location.hash")))
    assert state(other) == state(page)
    wait(
        "the same answer",
        lambda: other.inner_text("#answer .sentences") == page.inner_text("#answer .sentences"),
    )


def test_a_link_of_another_version_says_why_not(visit: Open) -> None:
    page = visit("#7.abc")
    assert "another version" in page.inner_text("#notice") and "starts anew" in page.inner_text("#notice")
    give(page, "subsidy", 500)
    page.evaluate("location.hash = '#7.abc'")
    wait("what stays", lambda: "What was open stays" in page.inner_text("#notice"))
    wait("its own link", lambda: not str(page.evaluate("location.hash")).startswith("#7."))
    assert levers(page) == {"subsidy": {"2019": 500}}
    assert "not whole" in visit("#1.abc").inner_text("#notice")


def test_the_language_changes_without_a_reload_and_keeps_the_scenario(visit: Open) -> None:
    page = visit()
    give(page, "matching_support", 630)
    page.evaluate("window.kept = true")
    page.click("#language")
    wait("Japanese", lambda: page.evaluate("document.documentElement.lang") == "ja")
    wait("the answer in Japanese", lambda: "95%区間" in page.inner_text("#answer"))
    assert page.evaluate("window.kept") and levers(page)["matching_support"] == {"2019": 630}


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("ja", "dark")])
def test_every_view_is_accessible_and_fits_a_telephone(visit: Open, lang: str, scheme: str) -> None:
    page = visit(lang=lang, color_scheme=scheme, viewport={"width": 360, "height": 780})
    for view in VIEWS:
        page.click(f"#tab-{view}")
        wait(view, lambda view=view: refined(page, view))
        page.wait_for_timeout(300)
        assert accessible(page) == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view


def test_a_table_tells_what_the_chart_shows(visit: Open) -> None:
    page = visit()
    page.select_option("#presets", index=2)
    page.click("#tab-over_time")
    wait("the view", lambda: refined(page, "over_time"))
    wait("charts", lambda: page.locator(".chart svg").count() > 3)
    page.click(".tools button:has-text('Table')")
    assert page.locator("#view table tbody tr").count() > 3


def test_a_broken_file_is_told_by_line_and_changes_nothing(visit: Open, tmp_path: Path) -> None:
    page = visit()
    before = state(page)
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: broken\nextends: baseline\nlevers:\n  matching: 3\n")
    page.click("#share button >> nth=1")
    page.set_input_files("#upload", broken)
    wait("mistakes", lambda: page.locator(".mistakes li").count())
    assert "Line 4" in page.inner_text(".mistakes")
    assert state(page) == before


def test_a_file_is_opened(visit: Open, tmp_path: Path) -> None:
    page = visit()
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nextends: baseline\nlevers: {matching_support: {2022: 700}}\n")
    page.click("#share button >> nth=1")
    page.set_input_files("#upload", file)
    wait("the scenario", lambda: levers(page) == {"matching_support": {"2022": 700}})
    assert page.input_value("#lever-matching_support-sum") == "700"


@pytest.mark.parametrize("title", ["", "title: {en: Mine}\n"])
def test_a_file_without_a_title_of_its_own_is_called_by_name(visit: Open, tmp_path: Path, title: str) -> None:
    page = visit(lang="ja")
    file = tmp_path / "mine.yaml"
    file.write_text(f"name: mine\n{title}extends: baseline\nlevers: {{matching_support: {{2022: 700}}}}\n")
    page.click("#share button >> nth=1")
    page.set_input_files("#upload", file)
    wait("the scenario", lambda: levers(page) == {"matching_support": {"2022": 700}})
    called = "Mine" if title else "mine"
    assert called in page.inner_text("#scenario-1")
    wait("results", lambda: called in page.inner_text("#view .caption"))
    page.wait_for_timeout(300)
    assert accessible(page) == []


DROP = """([text, name]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: 'text/yaml' }));
  for (const type of ['dragenter', 'dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(type, {
      dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def test_a_file_that_is_dropped_is_opened_or_refused_in_the_language_of_the_page(visit: Open) -> None:
    page = visit(lang="ja")
    before = state(page)
    broken = "name: mine\nextends: baseline\nlevers:\n  matching_suport: {2022: 700}\n"
    page.evaluate(DROP, [broken, "broken.yaml"])
    wait("mistakes", lambda: page.locator(".mistakes li").count())
    assert "4行" in page.inner_text(".mistakes") and state(page) == before
    page.keyboard.press("Escape")
    page.evaluate(DROP, [broken.replace("suport", "support"), "mine.yaml"])
    wait("the scenario", lambda: levers(page) == {"matching_support": {"2022": 700}})


def test_a_server_that_went_away_is_told_and_found_again(visit: Open, served: Served) -> None:
    page = visit()
    give(page, "subsidy", 500)
    served.stop()
    try:
        wait("the word", lambda: "does not answer" in page.inner_text("#server"))
        give(page, "subsidy", 700)
    finally:
        served.start()
    wait("the server again", lambda: page.inner_text("#server") == "")
    wait("results", lambda: refined(page))
    assert levers(page)["subsidy"] == {"2019": 700}


def test_a_place_is_found_by_name_and_shown_beside_the_map(visit: Open) -> None:
    page = visit()
    page.click("#tab-map")
    wait("the map", lambda: refined(page, "map") and page.locator(".map-canvas").count())
    place = page.evaluate("fetch('/api/setup?lang=en').then(a => a.json()).then(s => s.places[7])")
    # with a check digit, by its name and its prefecture, with what a town is called besides
    for asked in (f"{place['code']}0", f"{place['romaji']} City"):
        page.fill("#find", asked)
        assert place["romaji"] in page.inner_text("#found"), asked
    page.fill("#find", place["code"])
    page.keyboard.press("Enter")
    wait("the link", lambda: state(page)["place"] == place["code"])
    wait("the panel", lambda: page.locator("#view .place").is_visible())
    wait("its deals", lambda: page.locator(".place summary:has-text('Newest deals')").count())
    page.click(".place summary:has-text('Newest deals')")
    assert page.locator(".place details[open] tbody tr").count()
    page.focus(".map-canvas")
    page.keyboard.press("ArrowDown")
    wait("a word of a place", lambda: "%" in page.inner_text(".map-said"))


#: A setup of two prefectures, as the page knows them, and what is asked of its search.
_SEARCH = """async (asked) => {
  const {search} = await import('/static/search.js');
  const prefectures = [{code: 20, name: '長野県', label: '長野県', romaji: 'Nagano', kana: 'ながのけん'},
                       {code: 13, name: '東京都', label: '東京都', romaji: 'Tokyo', kana: 'とうきょうと'}];
  const keys = ['code', 'name', 'romaji', 'kana', 'prefecture', 'population'];
  const places = [['20202', '松本市', 'Matsumoto Shi', 'まつもと', 20, 243293],
                  ['20201', '長野市', 'Nagano Shi', 'ながの', 20, 377598],
                  ['10424', '長野原町', 'Naganohara Machi', 'ながのはら', 10, 5536],
                 ].map((town) => Object.fromEntries(keys.map((key, at) => [key, town[at]])));
  const found = search({setup: {lang: 'ja', prefectures, places}, look() {}});
  const field = found.querySelector('input');
  field.value = asked;
  field.dispatchEvent(new Event('input'));
  return [...found.querySelectorAll('li')].map((each) => each.textContent);
}"""


def test_a_place_is_found_by_whatever_it_is_called(visit: Open) -> None:
    page = visit()
    for asked in ("松本", "マツモト", "まつもとし", "matsumoto", "20202", "202029", "長野県松本市"):
        assert page.evaluate(_SEARCH, asked) == ["長野県松本市"], asked
    assert page.evaluate(_SEARCH, "トーキョー") == ["東京都"]
    assert page.evaluate(_SEARCH, "長野") == ["長野県", "長野県長野市", "長野原町"]


def test_a_sum_that_cannot_be_run_is_told_until_it_can(visit: Open) -> None:
    page = visit()
    page.fill("#lever-subsidy-sum", "1e9")
    wait("the reason", lambda: "must be from 0 to 100,000,000" in page.inner_text("#notice"))
    page.fill("#lever-subsidy-sum", "300000")
    wait("no reason any more", lambda: page.inner_text("#notice") == "")
    wait("the doubt", lambda: "if thousands were meant, write 300" in page.inner_text("#numbers"))
    page.fill("#lever-subsidy-sum", "-5")
    page.keyboard.press("Tab")
    wait("the sum that counts", lambda: page.input_value("#lever-subsidy-sum") == "300000")


def test_links_of_groups_are_read_together(visit: Open, served: Served) -> None:
    from sim.page.state import Entry, State, fragment_of

    def link(**levers: dict[str, float]) -> str:
        entry = Entry(name="scenario_1", overlay={"extends": "baseline", "levers": levers})
        return served.address + fragment_of(State(scenarios=[entry]))

    page = visit()
    page.click("#tab-groups")
    wait("the view", lambda: refined(page, "groups"))
    page.click(".groups button")
    bank = link(matching_support={"2019": 630.0})
    page.fill("#group-links", f"Bank {bank}\n{bank[:-9]}\nTown #9.x")
    page.click(".dialog .primary")
    wait("all mistakes", lambda: page.locator(".mistakes li").count() == 2)
    assert "Link 2" in page.inner_text(".mistakes") and not state(page)["groups"]
    page.fill("#group-links", f"Bank {bank}\nTown {link(subsidy={'2019': 600.0})}")
    page.click(".dialog .primary")
    wait("two groups", lambda: len(state(page)["groups"]) == 2)
    wait("the sentence", lambda: "they differ most over" in page.inner_text("#view"))
    below = page.inner_text(".lever:has(#lever-subsidy) .group-range")
    assert "JPY 0 to 600 million" in below and "most Town" in below
    assert accessible(page) == []
    page.click(".tools button:has-text('Table')")
    assert page.locator(".view-body tbody th").all_inner_texts() == ["Bank", "Town"]
    assert "Matching support" in page.inner_text(".groups-settings table")
    page.click("button[aria-label='Copy Bank into the open scenario']")
    wait("the scenario", lambda: levers(page) == {"matching_support": {"2019": 630.0}})
    other = visit(str(page.evaluate("location.hash")))
    assert state(other) == state(page)
    wait("the range", lambda: other.locator(".group-range:visible").count() == 2)
    other.click("button[aria-label='Remove Town']")
    other.click("button[aria-label='Remove Bank']")
    wait("no groups", lambda: not state(other)["groups"])
    wait("no range", lambda: not other.locator(".group-range:visible").count())
    packed = str(other.evaluate("location.hash")).removeprefix("#1.")
    plain = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    assert b'"groups":' not in plain, "pages that know no groups could not read it"


def test_the_scenario_taken_home_is_the_one_on_the_page(visit: Open, tmp_path: Path) -> None:
    from sim import load_scenario
    from sim.page.state import scenarios_of, state_of

    page = visit()
    give(page, "matching_support", 640)
    page.click("#share button >> nth=1")
    with page.expect_download() as started:
        page.click(".downloads button >> nth=0")
    file = tmp_path / "taken.yaml"
    started.value.save_as(file)
    shown = [scenario for scenario in scenarios_of(state_of(state(page))) if scenario.name != "baseline"]
    assert load_scenario(file).digest() == shown[0].digest()
