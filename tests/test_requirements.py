"""What `make demo` installs is enough for every command on every file that comes with the package."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

from benchmarks.installed import needed

ROOT = Path(__file__).parent.parent

#: Modules of extras, imported where somebody asks for a cluster, for the SolaraViz app, or calibrates.
OF_EXTRAS = {
    "distributed": "cluster",
    "solara": "mesa-viz",
    **dict.fromkeys(("ema_workbench", "optuna"), "analysis"),
    **dict.fromkeys(("docx", "openpyxl"), "documents"),
    **dict.fromkeys(
        ("arviz_base", "arviz_plots", "emcee", "scoringrules", "sklearn", "threadpoolctl"), "calibration"
    ),
}


def third_party_imports() -> set[str]:
    """Top-level modules that sim/ and experiments/ import anywhere, in functions too, of other packages."""
    found: set[str] = set()
    for path in (path for folder in ("sim", "experiments") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found - {"sim"} - sys.stdlib_module_names


def locked(path: Path) -> dict[str, str]:
    """Distributions in a lock file, named as packages are compared, with their versions."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {normal(name): version for name, version in found}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_that_is_imported_comes_with_the_demo() -> None:
    distributions = packages_distributions()
    modules = third_party_imports() - set(OF_EXTRAS)
    assert "SALib" in modules
    there = locked(ROOT / "requirements" / "run.txt")
    lacking = {
        name for name in modules if not {normal(d) for d in distributions.get(name, [name])} & set(there)
    }
    assert lacking == set()


def test_every_package_that_is_imported_is_declared() -> None:
    """What comes along with another package today may stay away with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = (project["dependencies"], *project["optional-dependencies"].values())
    declared = {normal(re.split(r"[^A-Za-z0-9._-]", one)[0]) for group in listed for one in group}
    distributions = packages_distributions()
    imported = {
        name: {normal(one) for one in distributions.get(name, [name])} for name in third_party_imports()
    }
    assert {name for name, packages in imported.items() if not packages & declared} == set()


def test_what_an_installation_without_extras_brings_is_found() -> None:
    there = {normal(one.metadata["Name"]): one for one in distributions()}
    core = needed(there)
    assert {"sdgs-partnership-sim", "numba", "llvmlite", "pydantic-core", "pillow"} <= core
    assert not core & {"starlette", "vl-convert-python", "hatchling", "optuna", "pytest"}


def test_extras_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(OF_EXTRAS.values()) <= set(project["optional-dependencies"])


def test_lock_files_name_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text(encoding="utf-8"), path


def test_the_site_is_built_with_the_versions_of_the_tests() -> None:
    site, dev = (locked(ROOT / "requirements" / f"{name}.txt") for name in ("site", "dev"))
    shared = set(site) & set(dev)
    assert {"numpy", "numba", "mesa"} <= shared and "sphinx" in site
    assert {name for name in shared if site[name] != dev[name]} == set()


def asked_for() -> list[str]:
    """What pyproject.toml asks for: of users, for extras, and of developers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    groups = [project["project"]["dependencies"], *extras, *project["dependency-groups"].values()]
    return [one for group in groups for one in group if isinstance(one, str)]


def test_every_dependency_has_its_reason() -> None:
    """A row of docs/dependencies.md, and no row of one that is gone; it says where a bound is, and why."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {found[1]: found[0] for found in re.finditer(r"^\| ([^|]+?) \|.*$", text, re.MULTILINE)}
    told = {normal(one): row for names, row in rows.items() for one in names.split(", ")}
    names = {one: normal(re.split(r"[<>=]", one)[0]) for one in asked_for()}
    assert set(names.values()) == set(told) - {"package", "-", "---"}
    assert {one for one, name in names.items() if "<" in one and "below" not in told[name]} == set()
