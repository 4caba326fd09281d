from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sim.text.harmless import csv_of, for_markdown, for_spreadsheet, for_terminal, from_spreadsheet
from sim.worlds.cells import plain

FORMULAS = ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "＝1", "-x"]
#: A title, a link, the clipboard, a clear screen, text turned round, and C1 control characters.
SEQUENCES = ["\x1b]0;x\x07", "\x1b]8;;http://x\x1b\\", "\x1b]52;c;eA==\x07", "\x1b[2J", "\u202e", "\x9b2J"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_to_a_spreadsheet_and_comes_back(text: str) -> None:
    assert for_spreadsheet(text) == f"'{text}"
    assert from_spreadsheet(f"'{text}") == text


@pytest.mark.parametrize("value", ["-5", "+3.5e-7", "-12,000", "-3%", -5, -0.5, None, "a=b", "'quoted'"])
def test_numbers_and_other_texts_stay_as_they_are(value: object) -> None:
    assert for_spreadsheet(value) is value
    assert not isinstance(value, str) or from_spreadsheet(value) == value


def test_a_table_has_no_formula_in_heads_cells_or_categories_and_its_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"=head": ["=1", "b"], "kind": pd.Categorical(["@x", "y"]), "value": [-1.5, 2.0]})
    head, *rows = csv.reader(io.StringIO(csv_of(table)))
    assert head == ["'=head", "kind", "value"]
    assert rows == [["'=1", "'@x", "-1.5"], ["b", "y", "2.0"]]


def test_a_table_of_a_world_that_was_written_for_spreadsheets_is_read_as_it_was() -> None:
    assert plain("'=1+1") == "=1+1" and plain("'s-Hertogenbosch") == "'s-Hertogenbosch"


@pytest.mark.parametrize("text", SEQUENCES)
def test_nothing_that_is_printed_steers_a_terminal(text: str) -> None:
    assert for_terminal(f"a{text}b\n\tc").isascii() and "\x1b" not in for_terminal(text)


def test_japanese_and_emoji_are_printed_as_they_are() -> None:
    text = "長野県\u3000ながの 👩\u200d🌾 ＡＢ\n"
    assert for_terminal(text) == text


def test_a_text_makes_nothing_of_a_page_in_markdown() -> None:
    made = for_markdown("a | [x](javascript:y) <script>\n# b ![z](w)")
    assert made == r"a \| \[x\](javascript:y) \<script\> # b \!\[z\](w)"


def test_a_command_prints_names_of_files_without_what_steers(tmp_path: Path) -> None:
    files = [str(tmp_path / f"{one}.yaml") for one in SEQUENCES[2:4]]
    said = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", *files],
        capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert said.returncode == 2
    assert rb"\x1b]52;c;" in said.stderr and rb"\x1b[2J" in said.stderr
    assert not {0x07, 0x1B} & set(said.stdout + said.stderr)
