"""The house: which part may import which, and no circles. Imports inside functions count, too."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sim"
MOST_FILES_AT_THE_TOP = 10

#: Parts of the package from top to bottom: each imports from those below it only.
LAYERS = (
    "cli", "mesa", "report", "studies", "analysis", "results", "batch", "statistics", "simulation",
    "scenarios", "worlds", "extensions", "acts", "agents", "provenance", "kernel",
    "text", "files", "calendar", "errors",
)  # fmt: skip
#: ``sim.agents`` hands on the classes of agents for Mesa users, on first use.
ALLOWED = {("sim.agents", "sim.mesa.agents"), ("sim.agents", "sim.mesa")}


def modules() -> dict[str, Path]:
    """Every module of the package; the faces of packages, which only hand names on, are left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path
    return found


def imports(path: Path) -> set[str]:
    """Names of the package's modules that a file imports anywhere, and of what it takes from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "sim"}


def graph() -> dict[str, set[str]]:
    """Module -> modules that it imports; a name taken from a package's face counts for its own module."""
    known = modules()
    arrows: dict[str, set[str]] = {}
    for module, path in known.items():
        targets = {name if name in known else name.rpartition(".")[0] for name in imports(path)}
        arrows[module] = {
            target
            for target in targets
            if target in known and target != module and (module, target) not in ALLOWED
        }
    del arrows["sim"]  # the face of all
    return arrows


def layer(module: str) -> int:
    return LAYERS.index(module.split(".")[1])


def test_there_is_no_circle_of_imports() -> None:
    try:
        order = list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        raise AssertionError(f"circle of imports: {' -> '.join(error.args[1])}") from None
    assert len(order) > 100


def test_no_part_imports_from_above() -> None:
    up = [
        f"{module} -> {target}"
        for module, targets in graph().items()
        for target in targets
        if target != "sim" and layer(target) < layer(module)
    ]
    assert not up, "\n".join(up)


def test_few_files_stand_at_the_top() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_FILES_AT_THE_TOP
