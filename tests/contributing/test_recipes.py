"""CONTRIBUTING.md says where a new thing goes, and that is enough: a toy of each in a copied package."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.contributing.following import ROOT, copy_of_package, follow, outcome_of
from tests.contributing.recipes import ACT, KERNEL, LEVER, OUTCOME, RECIPES

LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)\)")


@cache
def guide() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RECIPES)
def test_a_toy_works_as_the_recipe_says(name: str, tmp_path: Path) -> None:
    copy_of_package(tmp_path)
    follow(RECIPES[name], tmp_path)
    assert outcome_of(RECIPES[name], tmp_path, compiled=name not in KERNEL) == RECIPES[name].prints


@pytest.mark.slow
def test_new_acts_levers_and_outcomes_compile(tmp_path: Path) -> None:
    copy_of_package(tmp_path)
    for recipe in (ACT, LEVER, OUTCOME):
        follow(recipe, tmp_path)
    for recipe in (ACT, LEVER, OUTCOME):
        assert outcome_of(recipe, tmp_path, compiled=True) == recipe.prints


@pytest.mark.parametrize("name", [name for name in RECIPES if not name.startswith("own ")])
def test_the_guide_names_every_place_that_the_toy_touches(name: str) -> None:
    """Folders stand for the files that a recipe makes in them."""
    found = re.search(rf"(?ms)^### An? (?:new )?{name}$(.*?)^##", guide())
    assert found, f"CONTRIBUTING.md has no section on a {name}"
    targets = [target for _, target in LINK.findall(found[1])]
    for place in RECIPES[name].places:
        named = place if place not in RECIPES[name].made else f"{Path(place).parent.as_posix()}"
        assert named in targets, f"{place}: name it in CONTRIBUTING.md"


def test_links_of_the_guide_lead_somewhere() -> None:
    for _, target in LINK.findall(guide()):
        assert "://" in target or (ROOT / target).exists(), target


def test_commands_of_the_guide_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    asked = set(re.findall(r"`make ([a-z-]+)", guide()))
    assert asked and asked <= targets


@pytest.mark.parametrize(
    "module",
    sorted(set(re.findall(r"python -m ([\w.]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))),
)
def test_modules_that_the_guide_runs_are_there(module: str) -> None:
    path = ROOT / module.replace(".", "/")
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file() or module == "pytest"


def test_a_line_that_is_not_there_is_told(tmp_path: Path) -> None:
    copy_of_package(tmp_path)
    path = tmp_path / "sim/acts/quarter.py"
    path.write_text(path.read_text(encoding="utf-8").replace("learn", "unlearn"), encoding="utf-8")
    with pytest.raises(ValueError, match="does not stand there once"):
        follow(LEVER, tmp_path)
