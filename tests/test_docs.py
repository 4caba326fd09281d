"""The documents are true to the code: tables, links, names and the order of the acts."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs import tables
from sim.acts.quarter import QUARTER
from sim.kernel.draws import Process
from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.schema import MODULES, RULES
from sim.text.catalogue import texts_of
from tests.identities.checks import IDENTITIES

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted((REPOSITORY / "docs").glob("*.md"))
LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)\)")
NOT_IN_A_RUN = {Process.WORLD, Process.CUSTOM}
SECTIONS = {"calendar", "emphasis"}  # of a scenario file
LINES_OF_THE_BRIEFING = 27


def odd() -> str:
    return (REPOSITORY / "docs" / "ODD.md").read_text()


@cache
def defined(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tables_are_fresh(document: Path) -> None:
    text = document.read_text()
    assert tables.rewritten(text) == text, "run python docs/tables.py"


def test_a_stale_table_is_noticed() -> None:
    stale = re.sub(r"(\| `adoption_own` \|[^|]*\|)[^|]*\|", r"\1 7 |", odd())
    assert stale != odd()
    assert tables.rewritten(stale) == odd()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_what_they_name(document: Path) -> None:
    for text, target in LINK.findall(document.read_text()):
        if "://" in target:
            continue
        path = document.parent / target
        assert path.exists(), target
        for name in re.findall(r"`([A-Za-z_]\w*)`", text):
            assert name in defined(path), f"{name} is not defined in {target}"


def test_no_document_holds_what_a_merge_left_open() -> None:
    pages = [*DOCUMENTS, *REPOSITORY.glob("*.md"), *(REPOSITORY / "experiments").glob("*.md")]
    assert len(pages) > 20
    for page in pages:
        open_ends = re.findall(r"(?m)^(?:<<<<<<< |>>>>>>> |=======$).*", page.read_text(encoding="utf-8"))
        assert not open_ends, page.name


def test_every_parameter_has_its_place() -> None:
    missing = [name for name in declared() if odd().count(f"| `{name}` |") != 1]
    assert not missing


def test_every_parameter_is_used_in_the_text() -> None:
    text = tables.MARKED.sub("", odd())
    missing = [name for name in declared() if not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_acts_stand_in_the_order_of_the_schedule() -> None:
    overview = odd().split("## 3.")[1].split("## 4.")[0]
    rows = re.findall(r"^\| \d+ \| \[`(\w+)`\]", overview, re.MULTILINE)
    assert rows == [act.__name__ for act in QUARTER]


def test_every_stream_is_listed() -> None:
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", odd(), re.MULTILINE))
    wanted = {process.name: str(int(process)) for process in Process if process not in NOT_IN_A_RUN}
    assert listed == wanted


def identities() -> set[str]:
    """Checks that a test runs over many cases."""
    return {check.__name__ for check in IDENTITIES}


def briefing() -> list[list[str]]:
    """Rows of the traceability table: the briefing, the model, where, moved by, shown by."""
    text = (REPOSITORY / "docs" / "briefing.md").read_text()
    _, _, *rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_every_line_of_the_briefing_has_its_place() -> None:
    assert len(briefing()) == LINES_OF_THE_BRIEFING
    for row in briefing():
        assert len(row) == 5
        assert all(row), row[0]


def test_the_briefing_names_code_and_tests() -> None:
    """That the links hold is tested above."""
    for line, _, where, _, shown_by in briefing():
        assert all(target.startswith("../sim/") for _, target in LINK.findall(where)), line
        assert all(target.startswith("../tests/") for _, target in LINK.findall(shown_by)), line
        for cell in (where, shown_by):
            assert LINK.search(cell), line
            assert not re.sub(r"[,\s]", "", LINK.sub("", cell)), f"{line}: {cell} is not links alone"
        for name, _ in LINK.findall(shown_by):
            assert name.startswith("`test_") or name.strip("`") in identities(), f"{name} is no test"


def test_what_moves_the_briefing_can_be_set() -> None:
    settable = {*declared(), *RULES, *MODULES, *SECTIONS}
    settable |= {lever.name for lever in LEVERS} | {setting.name for setting in SETTINGS}
    for line, _, _, moved_by, _ in briefing():
        names = set(re.findall(r"`([^`]+)`", moved_by))
        assert names or moved_by == "all levers", line
        assert names <= settable, f"{line}: {names - settable}"


def test_every_lever_says_what_it_costs_and_stands_for() -> None:
    prices = {*declared(), *(setting.name for setting in SETTINGS)}
    for lever in LEVERS:
        assert lever.cost_set_by, lever.name
        assert set(lever.cost_set_by) <= prices, lever.name
        for said in ("buys", "unit_cost", "programme", "budget_line", "source"):
            assert f"levers.{lever.name}.{said}" in texts_of("levers", "en"), (lever.name, said)
