"""What a source file says."""

from __future__ import annotations

import ast
from pathlib import Path


def called(function: str, path: Path) -> list[str]:
    """Names of the functions that a function calls as statements, in their order."""
    tree = ast.parse(path.read_text())
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    acts = [statement.value for statement in body.body if isinstance(statement, ast.Expr)]
    return [act.func.id for act in acts if isinstance(act, ast.Call) and isinstance(act.func, ast.Name)]
