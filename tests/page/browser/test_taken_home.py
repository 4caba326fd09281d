"""Files that are taken home from the page hold the numbers of the command line, under useful names."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sim.page.state import State, entry_of, fragment_of
from tests.page.browser.conftest import REPLICATES, Open, refined, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINE = (
    "name: mine\nextends: baseline\ntitle: {en: Mine, ja: 私の案}\nlevers: {matching_support: {2019: 640}}\n"
)
STEM = f"mine-synthetic-60-n{REPLICATES}"


def taken(page: Page, button: str, folder: Path) -> Path:
    """A file that a button gives."""
    with page.expect_download(timeout=60_000) as started:
        page.click(button)
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def digest(series: pd.DataFrame) -> str:
    """Of every number in it, bit by bit, in the order of the runs."""
    keys = ["scenario", "replicate", "quarter"]
    ordered = series.astype({"scenario": str, "quarter": str}).sort_values(keys)
    names = [name for name in ordered if name not in ("scenario", "quarter")]
    text = ordered[["scenario", "quarter"]].to_csv(index=False).encode()
    return hashlib.sha256(text + ordered[names].to_numpy(float).tobytes()).hexdigest()


def command_line(scenario: Path, out: Path) -> str:
    """The digest of the series that ``sim compare`` gives of the same file."""
    from sim.results import load

    command = [
        sys.executable, "-m", "sim.cli", "compare", "baseline", str(scenario), "--world", "synthetic:60",
        "--replicates", str(REPLICATES), "--seed", "1", "--out", str(out), "--quiet",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return digest(load(out).series)


@pytest.mark.slow
def test_what_is_taken_home_has_the_numbers_of_the_command_line(visit: Open, tmp_path: Path) -> None:
    page = visit(fragment_of(State(scenarios=[entry_of(MINE)])))
    page.click("#share button >> nth=1")
    file = taken(page, ".downloads button >> nth=0", tmp_path)
    assert file.name == "mine.yaml"
    theirs = command_line(file, tmp_path / "compared")
    table = taken(page, ".downloads button >> nth=1", tmp_path)
    assert table.name == f"{STEM}.csv" and table.read_bytes().startswith("\ufeff".encode())
    assert digest(pd.read_csv(table)) == theirs
    runs = taken(page, ".downloads button >> nth=2", tmp_path)
    assert runs.name == f"{STEM}.parquet" and digest(pd.read_parquet(runs)) == theirs
    report = taken(page, ".downloads button >> nth=3", tmp_path)
    subprocess.run(
        [sys.executable, "-m", "sim.cli", "report", str(tmp_path / "compared"), "--quiet"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert report.name == f"{STEM}.en.html"
    assert report.read_bytes() == (tmp_path / "compared" / "report.html").read_bytes()


def test_a_chart_is_taken_home_as_picture_and_table(visit: Open, tmp_path: Path) -> None:
    page = visit(fragment_of(State(scenarios=[entry_of(MINE)], lang="ja")))
    wait("charts", lambda: refined(page, "effects") and page.locator(".chart svg").count() > 3)
    name = f"effects-2030Q4-{STEM}"
    vector = taken(page, ".tools button:has-text('SVG')", tmp_path)
    assert vector.name == f"{name}.svg" and "私の案" in vector.read_text(encoding="utf-8")
    assert vector.read_text(encoding="utf-8").count("<circle") == 1, "a legend of the one scenario"
    pixels = taken(page, ".tools button:has-text('PNG')", tmp_path)
    assert pixels.name == f"{name}.png" and pixels.read_bytes().startswith(b"\x89PNG")
    table = taken(page, ".tools button:has-text('CSV')", tmp_path)
    assert table.name == f"{name}.csv" and table.read_bytes().startswith("\ufeff".encode())
    assert "−" not in table.read_text(encoding="utf-8"), "a spreadsheet takes it for text"
    page.click(".tools button:has-text('表')")
    cells = page.locator("#view tbody tr >> nth=0").locator("th, td").all_inner_texts()
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1] == [cell.replace("−", "-").replace(",", "") for cell in cells]


@pytest.mark.parametrize(("view", "charts"), [("effects", 4), ("lost", 2), ("network", 2)])
def test_no_number_of_a_chart_is_cut_off(visit: Open, view: str, charts: int) -> None:
    link = fragment_of(State(scenarios=[entry_of(MINE)], view=view))
    page = visit(link, viewport={"width": 360, "height": 780})
    wait("charts", lambda: refined(page, view) and page.locator(".chart svg").count() >= charts)
    # numbers of the whole country are longer than those of the world of the tests
    longer = "−10,704 (50%)" if view == "lost" else ""
    assert page.evaluate(CUT_OFF, longer) == []


def test_names_of_scenarios_that_change_are_not_cut_off(visit: Open) -> None:
    page = visit(fragment_of(State(scenarios=[entry_of(MINE)])))
    wait("charts", lambda: refined(page, "effects") and page.locator(".chart svg").count() > 3)
    page.select_option("#presets", "matching_first")
    title = page.inner_text("#scenario-1").strip()
    wait("its name", lambda: refined(page, "effects") and title in page.inner_html(".chart svg"))
    page.wait_for_timeout(300)
    assert page.evaluate(CUT_OFF, "") == []


#: What of the texts of charts lies outside of them; one of them may be made longer before.
CUT_OFF = """longer => [...document.querySelectorAll('.chart svg')].flatMap(svg => {
      const frame = svg.getBoundingClientRect();
      const outside = (box) => box.width && (box.right > frame.right + 1 || box.left < frame.left - 1);
      const texts = [...svg.querySelectorAll('text')];
      for (const text of texts) if (longer && text.textContent.endsWith('%)')) text.textContent = longer;
      return texts.filter(text => outside(text.getBoundingClientRect())).map(text => text.textContent);
    })"""


def test_a_chart_is_as_wide_as_where_it_stands(visit: Open) -> None:
    page = visit(fragment_of(State(scenarios=[entry_of(MINE)])))
    wait("charts", lambda: refined(page, "effects") and page.locator(".chart svg").count() > 3)
    sizes = """() => {
      const svg = document.querySelector('.chart svg');
      const plot = svg.querySelector('.role-frame .background').getBBox().width;
      return [Number(svg.getAttribute('width')), svg.parentElement.clientWidth, Math.round(plot)];
    }"""
    drawn, room, plot = page.evaluate(sizes)
    assert drawn == room > plot
    # the very width of the plot inside, which charts take for no change
    page.evaluate(f"document.querySelector('.chart').style.inlineSize = '{plot}px'")
    wait("the chart", lambda: page.evaluate(sizes)[:2] == [plot, plot])


def test_no_cell_of_a_table_is_run_by_a_spreadsheet(visit: Open) -> None:
    """Those of Japan take full-width signs for formulas, too."""
    page = visit()
    heads = ["=1", "-2", "－3", "＝1+1", "+1,000", "@a"]
    told = page.evaluate(
        "heads => import('/static/table.js').then(({ csv }) => csv({ heads, rows: [] }).text())", heads
    )
    assert next(csv.reader([told.strip("\ufeff")])) == ["'=1", "-2", "'－3", "'＝1+1", "+1000", "'@a"]
