"""The site builds without a warning, its links hold, it asks nothing of other hosts, and it fits a phone.

Building it runs the notebooks, once for both languages: a cell that fails or writes to stderr is a warning.

Runs in .venv-site, where Sphinx is: `make test-site`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("sphinx", reason="tests of the site run in .venv-site; call `make test-site`")
from babel.messages.pofile import read_po
from jupyter_cache import get_cache

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ja")
SECONDS = 60  # a notebook at reduced size
PHONE = {"width": 360, "height": 740}
CATALOGUES = ROOT / "docs/locale/ja/LC_MESSAGES"
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def by_sentence() -> list[str]:
    """Pages that are translated sentence by sentence."""
    found = (CATALOGUES / "docs").rglob("*.po")  # beside them are words of the theme
    return [str(path.relative_to(CATALOGUES).with_suffix("")) for path in found]


class Page(HTMLParser):
    """Ids, links, and what the browser loads by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        elif tag == "link" and given.get("rel") not in ("index", "search", "next", "prev", "author"):
            self.loaded.add(given.get("href", ""))
        elif tag != "a" and "src" in given:
            self.loaded.add(given["src"])


@cache
def page(path: Path) -> Page:
    return Page(path)


def sphinx(
    folder: Path, name: str, options: Sequence[str], pages: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Sphinx at work in a process of its own; a warning is an error."""
    places = ("--conf-dir", "docs", "--doctree-dir", str(folder / "doctrees" / name))
    command = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "--quiet", *places, *options)
    return subprocess.Popen(
        [*command, ".", str(folder / name), *pages],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finished(*processes: subprocess.Popen[str]) -> None:
    """Wait for processes, which must have ended well."""
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), "\n".join(said)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English first, which runs the notebooks; then Japanese, and the texts translated by sentence."""
    folder = tmp_path_factory.mktemp("site")
    english, japanese = (["--define", f"language={name}"] for name in LANGUAGES)
    by_gettext = ["--builder", "gettext", "--define", "nb_execution_mode=off"]
    finished(sphinx(folder, "en", english))
    finished(
        sphinx(folder, "ja", japanese),
        sphinx(folder, "texts", by_gettext, [f"{name}.md" for name in by_sentence()]),
    )
    return folder


def pages(site: Path) -> list[Path]:
    found = [path for language in LANGUAGES for path in sorted((site / language).rglob("*.html"))]
    assert len(found) > 2 * 40
    return [path for path in found if "_static" not in path.parts]


def shows_code(site: Path, path: Path) -> bool:
    """Whether a page only shows a file: all such pages are made alike."""
    return path.relative_to(site).parts[1] == "source"


def broken(path: Path, link: str) -> bool:
    """Whether a link within the site leads nowhere."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto"):
        return False
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return True
    anchor = unquote(parts.fragment)
    return bool(anchor) and target.suffix == ".html" and anchor not in page(target).ids


def test_links_and_what_is_loaded_are_there(site: Path) -> None:
    dead = [
        f"{path.relative_to(site)}: {link}"
        for path in pages(site)
        for link in sorted(page(path).links | page(path).loaded)
        if link != "#" and broken(path, link)
    ]
    assert dead == []


def test_a_dead_link_is_noticed(site: Path) -> None:
    path = site / "en/docs/index.html"
    assert broken(path, "nowhere.html") and broken(path, "tutorial.html#nowhere")
    assert not broken(path, "tutorial.html")


def test_nothing_is_loaded_from_other_hosts(site: Path) -> None:
    elsewhere = {
        link
        for path in pages(site)
        for link in page(path).loaded
        if urlsplit(link).scheme not in ("", "data")
    }
    assert elsewhere == set()


def test_the_same_pages_are_there_in_both_languages(site: Path) -> None:
    names = [
        {
            str(path.relative_to(site / language))
            for path in pages(site)
            if path.is_relative_to(site / language) and not shows_code(site, path)
        }
        for language in LANGUAGES
    ]
    assert names[0] == names[1]


def test_pages_without_a_translation_say_so(site: Path) -> None:
    def japanese(name: str) -> str:
        return (site / "ja" / name).read_text(encoding="utf-8")

    word = "日本語版はまだありません"
    assert word in japanese("docs/ODD.html")
    translated = ("docs/index.html", "docs/workshop.html", "docs/tutorial.html", "README.html")
    assert not [name for name in translated if word in japanese(name)]
    assert "ワークショップ" in japanese("docs/workshop.html")
    assert "信じてよいか確かめたい方へ" in japanese("docs/index.html")


def test_japanese_sentences_have_no_gaps_where_lines_of_the_source_end(site: Path) -> None:
    gap = re.compile(r"[ぁ-んァ-ヶ一-龯、。）][\n ][ぁ-んァ-ヶ一-龯（]")
    for name in ("README", "docs/tutorial", "docs/howto-batch", "docs/workshop", "notebooks/01_first_run"):
        text = (site / "ja" / f"{name}.html").read_text(encoding="utf-8")
        article = re.sub(r"(?s)<pre.*?</pre>|<h[1-6].*?</h[1-6]>", "", text.partition("<article")[2])
        assert [found[0] for found in re.finditer(rf".{{0,9}}{gap.pattern}.{{0,9}}", article)] == [], name


def test_the_theme_speaks_japanese(site: Path) -> None:
    text = (site / "ja/docs/tutorial.html").read_text(encoding="utf-8")
    assert "目次を隠す" in text
    assert [word for word in ("Sidebar", "Color mode", "System Settings", ">Search<") if word in text] == []


def test_each_notebook_runs_once_and_within_a_minute(site: Path) -> None:
    records = get_cache(site / ".jupyter_cache").list_cache_records()
    assert len(records) == len(list((ROOT / "notebooks").glob("*.ipynb")))
    slow = {record.uri: record.data["execution_seconds"] for record in records}
    busy = os.getloadavg()[1] / (os.cpu_count() or 1)  # others may have had the processors meanwhile
    limit = SECONDS * max(1.0, busy)
    assert {uri: seconds for uri, seconds in slow.items() if seconds > limit} == {}


def test_notebooks_show_tables_and_figures(site: Path) -> None:
    notebooks = [path for path in pages(site) if path.parent.name == "notebooks"]
    assert len(notebooks) == 2 * 8
    for path in notebooks:
        text = path.read_text(encoding="utf-8")
        figures = [link for link in page(path).loaded if "_images/" in link]
        assert figures and 'class="dataframe"' in text, path.relative_to(site)


def sentences(path: Path) -> dict[str, str]:
    """Texts of a gettext file with their translations; those marked fuzzy count as not translated."""
    with path.open("rb") as file:
        return {text.id: "" if text.fuzzy else text.string for text in read_po(file) if text.id}


def test_translated_sentences_are_those_of_the_page(site: Path) -> None:
    for name in by_sentence():
        there = sentences(CATALOGUES / f"{name}.po")
        assert set(there) == set(sentences(site / f"texts/{name}.pot")), f"{name}: run make site-texts"
        assert [text for text, translation in there.items() if not translation] == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield browser
        browser.close()


def test_no_page_is_wider_than_a_phone(site: Path, browser: Any) -> None:
    tab = browser.new_page(viewport=PHONE)
    wide = {}
    code = [path for path in pages(site) if shows_code(site, path)]
    longest = [max(code, key=lambda path: len(str(path))), max(code, key=lambda path: path.stat().st_size)]
    for path in [path for path in pages(site) if path not in code] + longest:
        tab.goto(path.as_uri(), wait_until="domcontentloaded")
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[str(path.relative_to(site))] = width
    assert wide == {}


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "workshop"), ("ja", "ワークショップ"), ("ja", "取り残される地域"), ("ja", "公的資金")],
)
def test_search_finds_pages_without_a_server(site: Path, browser: Any, language: str, word: str) -> None:
    asked: list[str] = []
    tab = browser.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{(site / language / 'search.html').as_uri()}?q={word}")
    tab.wait_for_selector("#search-results li a", timeout=20_000)
    assert tab.locator("#search-results li a[href*='workshop']").count() >= 1
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
