"""The glossary says what the catalogues say, and the same in both languages."""

from __future__ import annotations

import re

from sim.text import say
from tests.examples import ROOT


def rows(page: str) -> list[list[str]]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_terms_are_those_of_the_catalogues() -> None:
    taken = [row for row in rows("glossary.md") if re.fullmatch(r"`[\w.]+`", row[-1])]
    assert len(taken) >= 15
    for english, japanese, _, text in taken:
        id = text.strip("`")
        assert (english, japanese) == (say(id, "en"), say(id, "ja"))


def test_both_pages_have_the_same_terms() -> None:
    assert [row[:2] for row in rows("glossary.md")] == [row[1::-1] for row in rows("glossary.ja.md")]
    assert all(row[2] for page in ("glossary.md", "glossary.ja.md") for row in rows(page))
