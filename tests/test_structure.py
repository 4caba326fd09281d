"""The structure of the package: which part may import which, and no circles.

Imports inside functions and under TYPE_CHECKING count, too. Every failure names the line and says what to do.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sim"
MOST_FILES_AT_THE_TOP = 10

#: Parts of the package from top to bottom: each imports from those below it only.
LAYERS = (
    "cli", "mesa", "page", "answers", "report", "analysis", "studies", "results", "batch", "statistics",
    "simulation", "scenarios", "worlds", "extensions", "acts", "agents", "provenance", "kernel",
    "text", "files", "trust", "shortage", "calendar", "errors",
)  # fmt: skip


def modules() -> dict[str, Path]:
    """Every module of the package; the faces of packages, which only hand names on, are left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path
    return found


def imports(path: Path) -> dict[str, int]:
    """What a file imports of the package, anywhere in it: modules, and what it takes from them -> line."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name: node.lineno for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            place = f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
            assert not node.level, f"{place}: write the import in full (from sim... import ...)"
            found |= {f"{node.module}.{alias.name}": node.lineno for alias in node.names}
    return {name: line for name, line in found.items() if name.split(".")[0] == "sim"}


@cache
def graph() -> dict[str, dict[str, int]]:
    """Module -> modules that it imports -> line; a name taken from a package's face counts for its module."""
    known = modules()
    arrows: dict[str, dict[str, int]] = {}
    for module, path in known.items():
        targets = {
            name if name in known else name.rpartition(".")[0]: line for name, line in imports(path).items()
        }
        arrows[module] = {
            target: line for target, line in targets.items() if target in known and target != module
        }
    del arrows["sim"]  # the face of all
    return arrows


def layer(module: str) -> int:
    part = module.split(".")[1]
    assert part in LAYERS, (
        f"sim/{part} has no place in LAYERS of {Path(__file__).name}: put it below all parts that import it "
        "and above all that it imports, and into the house of docs/architecture.md"
    )
    return LAYERS.index(part)


def import_line(module: str, target: str) -> str:
    """The import of a module as a place to click on, with what it brings."""
    file = modules()[module].relative_to(PACKAGE.parent)
    return f"{file}:{graph()[module][target]} imports {target}"


def test_there_is_no_circle_of_imports() -> None:
    try:
        order = list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        circle = error.args[1][::-1]  # graphlib names who is imported first
        lines = [import_line(module, target) for module, target in pairwise(circle)]
        raise AssertionError(
            "a circle of imports; break it at one of these lines. Move what both sides need into a module "
            "below them, or hand it over as an argument:\n" + "\n".join(lines)
        ) from None
    assert len(order) > 100


def test_no_part_imports_from_above() -> None:
    up = [
        import_line(module, target)
        for module, targets in graph().items()
        for target in targets
        if target != "sim" and layer(target) < layer(module)
    ]
    assert not up, (
        "imports from a part above (the order is LAYERS). Move the code that needs it up, move what is "
        "needed down, or hand it over as an argument. A new order of parts belongs into "
        "docs/architecture.md, with its reason:\n" + "\n".join(up)
    )


def test_few_files_stand_at_the_top() -> None:
    files = sorted(path.name for path in PACKAGE.glob("*.py"))
    assert len(files) <= MOST_FILES_AT_THE_TOP, f"move one of these into a folder: {', '.join(files)}"


#: What may write: the one module of ours that does, and standard streams to nowhere.
_WRITERS = {"sim/files.py", "sim/cli/terminal.py"}


def writes(path: Path) -> list[str]:
    """Places of a file that write another one otherwise than through ``sim.files``."""
    place = path.relative_to(PACKAGE.parent).as_posix()
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return [f"{place}:{call.lineno}: {ast.unparse(call.func)}" for call in calls if _writes(call)]


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    method = isinstance(call.func, ast.Attribute)
    if name in ("write_text", "write_bytes", "savefig", "to_excel", "tofile"):
        return method and ast.unparse(call.func.value) != "file"
    if name in ("to_csv", "to_parquet", "to_json", "write_image"):
        return bool(call.args) and ast.unparse(call.args[0]) != "file"
    if name == "open":
        given = [ast.unparse(one) for one in (*call.args, *(word.value for word in call.keywords))]
        return any(re.fullmatch(r"'[rwxabt+]*[wxa+][rwxabt+]*'", one) or "O_CREAT" in one for one in given)
    return False


def test_files_are_written_in_one_way() -> None:
    """Whole or not at all, and never through a link."""
    found = [one for path in sorted(PACKAGE.rglob("*.py")) for one in writes(path)]
    others = [one for one in found if one.partition(":")[0] not in _WRITERS]
    assert not others, "write with write_whole, write_bytes, write_text or write_figure:\n" + "\n".join(
        others
    )


def test_json_is_read_in_one_way() -> None:
    """By ``parsed_json``, which says of whatever is no JSON that it is none, or by a schema of Pydantic."""
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{number}"
        for path in PACKAGE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bjson\.loads?\(|JSONDecoder", line)
    ]
    (only,) = found
    assert only.startswith("sim/files.py:")
