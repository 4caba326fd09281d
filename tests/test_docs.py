"""The documents are true to the code: tables, links, names and the order of the acts."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs import tables
from sim.draws import Process
from sim.parameters import declared

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted((REPOSITORY / "docs").glob("*.md"))
LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)\)")
FOR_LATER = {
    Process.WORLD, Process.SUBCOMMITTEE_THEME, Process.SUBCOMMITTEE_MUNICIPALITY,
    Process.SUBCOMMITTEE_COMPANY, Process.APPLICATION, Process.JUDGEMENT, Process.ADVISER, Process.NETWORK,
    Process.OVERSEAS, Process.OVERSEAS_GRANT, Process.CUSTOM,
}  # fmt: skip


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


def called(function: str, path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    calls = [node for node in ast.walk(body) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: call.lineno)
    return [call.func.id for call in calls if isinstance(call.func, ast.Name)]


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
    assert rows == called("quarter", REPOSITORY / "sim" / "schedule.py")


def test_every_stream_is_listed() -> None:
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", odd(), re.MULTILINE))
    wanted = {process.name: str(int(process)) for process in Process if process not in FOR_LATER}
    assert listed == wanted
