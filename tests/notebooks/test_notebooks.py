"""Notebooks are stored clean, ask, link to what is there, are alike in Japanese. `tests/site` runs them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ENGLISH = {
    "01_first_run",
    "02_own_scenario_compared_fairly",
    "03_sweep_and_sensitivity",
    "04_network_and_map",
    "05_calibration_and_forecast",
    "06_own_lever_in_python",
    "07_mesa",
    "08_own_world",
}
JAPANESE = {f"{name}.ja" for name in ("01_first_run", "02_own_scenario_compared_fairly")}
#: Notebooks that define something: an extension is their subject.
DEFINES = {"06_own_lever_in_python"}
KANA = re.compile(r"[ぁ-んァ-ヶ]")

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_japanese_one = pytest.mark.parametrize("name", sorted(JAPANESE))


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def parsed(source: str) -> ast.Module:
    """A code cell without the lines that speak to IPython."""
    return ast.parse("".join(line for line in source.splitlines(True) if not line.startswith("%")))


def without_language(source: str) -> str:
    """A code cell without comments, and with one language for all."""
    magics = [line for line in source.splitlines() if line.startswith("%")]
    lines = ast.unparse(parsed(source)).replace("LANG = 'ja'", "LANG = 'en'")
    return "\n".join([*magics, lines])


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_the_list_of_notebooks_is_complete() -> None:
    assert {path.stem for path in NOTEBOOKS} == ENGLISH | JAPANESE


@every_notebook
def test_notebook_is_stored_clean(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@every_notebook
def test_notebook_imports_what_it_uses(path: Path) -> None:
    nodes = [node for source in code_of(read(path)) for node in ast.walk(parsed(source))]
    defined = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert path.stem in DEFINES or not defined


@every_notebook
def test_links_of_a_notebook_lead_somewhere(path: Path) -> None:
    texts = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", texts)
    assert [link for link in links if not (path.parent / link).exists()] == []


@every_notebook
def test_notebook_asks_and_ends_with_an_exercise(path: Path) -> None:
    first, last = read(path).cells[0].source, read(path).cells[-1].source
    question, exercise = ("問い", "練習") if path.stem in JAPANESE else ("Question.", "Exercise.")
    assert f"**{question}**" in first
    assert f"**{exercise}**" in last


@every_japanese_one
def test_japanese_notebook_runs_the_same_code(name: str) -> None:
    japanese = read(ROOT / "notebooks" / f"{name}.ipynb")
    english = read(ROOT / "notebooks" / f"{name.removesuffix('.ja')}.ipynb")
    assert [cell.cell_type for cell in japanese.cells] == [cell.cell_type for cell in english.cells]
    assert [cell.id for cell in japanese.cells] == [cell.id for cell in english.cells]
    assert [*map(without_language, code_of(japanese))] == [*map(without_language, code_of(english))]
    assert "LANG = 'ja'" in ast.unparse(parsed(code_of(japanese)[0]))


@every_japanese_one
def test_japanese_notebook_is_in_japanese(name: str) -> None:
    cells = read(ROOT / "notebooks" / f"{name}.ipynb").cells
    assert all(KANA.search(cell.source) for cell in cells if cell.cell_type == "markdown")
