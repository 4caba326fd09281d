"""Every number written into the acts and rules: where it stands, and what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.kernel.sources import PACKAGE

#: Zero, one and minus one say "none", "all", "next" and "the rest"; they set no size.
UNITS = (0.0, 1.0, -1.0)
FOLDERS = ("acts", "agents")
#: What steers nothing: two acts that count what happened, the list of the acts, and bounds that spare work.
SILENT = ("acts/record.py", "acts/places.py", "acts/quarter.py", "acts/bounds.py")


class Number(NamedTuple):
    """A number in the source: its file below ``sim/``, the function or constant around it, and its value."""

    file: str
    scope: str
    value: float


def numbers() -> set[Number]:
    """All numbers in acts and rules, and all that they take from the kernel by name.

    Left out are units, fixed places in a column, and what only tells codes apart.
    """
    found = {number for path in sources() for number in numbers_of(path)}
    return found | {number for path in sources() for number in imported(path)}


def sources() -> list[Path]:
    """The files that are read."""
    paths = (path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py"))
    return sorted(path for path in paths if path.relative_to(PACKAGE).as_posix() not in SILENT)


def numbers_of(path: Path) -> Iterator[Number]:
    """The numbers written in one file."""
    for statement in _statements(path):
        for value in _values(statement):
            yield Number(_below(path), _name(statement), value)


def imported(path: Path) -> Iterator[Number]:
    """Numbers that the kernel gives a name and the file uses by that name."""
    for statement in _statements(path):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("sim.kernel."):
            source = PACKAGE.parent / f"{(statement.module or '').replace('.', '/')}.py"
            wanted = {alias.name for alias in statement.names} & _numeric(source)
            yield from (number for number in numbers_of(source) if number.scope in wanted)


def _numeric(path: Path) -> set[str]:
    """Constants of a file that are a plain number."""
    statements = [node for node in _statements(path) if isinstance(node, ast.Assign)]
    return {_name(node) for node in statements if isinstance(node.value, ast.Constant)}


@cache
def _statements(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text()).body


def _below(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else path.name


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return ", ".join(ast.unparse(target) for target in targets if target is not None)


def _values(node: ast.AST) -> Iterator[float]:
    if isinstance(node, ast.Assign) and _is_codes(node):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float) and node.value not in UNITS:
            yield float(node.value)
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice and _is_place(child)):
            yield from _values(child)


def _is_place(index: ast.AST) -> bool:
    """Whether an index is a fixed place in a column, as in ``friction[i, 2]``, and not computed."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(isinstance(part, ast.Constant | ast.Name) for part in parts)


def _is_codes(node: ast.Assign) -> bool:
    """Whether a statement hands out codes, one by one, as in ``SCORED, LOTTERY = range(2)``."""
    targets, value = node.targets[0], node.value
    if not (isinstance(targets, ast.Tuple) and isinstance(value, ast.Call)):
        return False
    return ast.unparse(value.func) == "range" and len(value.args) == 1
