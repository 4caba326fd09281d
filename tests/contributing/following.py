"""Recipes of CONTRIBUTING.md as data, followed in a copy of the package.

A recipe names the files that it makes, what it inserts above which line of which file, and a program that
uses what is new and prints what came of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Recipe:
    """What adds a toy.

    Attributes:
        made: file -> its text.
        edits: file -> lines that stand there once, each with what is put above it.
        program: what uses the toy.
        prints: what the program prints.
        words: section of the catalogues -> what is put below its head in English and in Japanese.
    """

    made: dict[str, str]
    edits: dict[str, tuple[tuple[str, str], ...]]
    program: str
    prints: str
    words: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def places(self) -> list[str]:
        """Every file that is touched, in order."""
        texts = ["sim/text/en.yaml", "sim/text/ja.yaml"] if self.words else []
        return list(dict.fromkeys([*self.made, *self.edits, *texts]))


def copy_of_package(folder: Path) -> None:
    """The package without what was compiled of it."""
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "experiments").mkdir()


def follow(recipe: Recipe, folder: Path) -> None:
    """Make the files and edits of a recipe below a folder.

    Raises:
        ValueError: a line above which something belongs is not there, or not there once.
    """
    for file, text in recipe.made.items():
        (folder / file).write_text(text, encoding="utf-8")
    for file, additions in recipe.edits.items():
        for line, added in additions:
            _replace(folder / file, line, f"{added}\n{line}")
    for section, texts in recipe.words.items():
        for lang, text in zip(("en", "ja"), texts, strict=True):
            _add_words(folder / f"sim/text/{lang}.yaml", section, text)


def _replace(path: Path, line: str, by: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(f"\n{line}\n") != 1:
        raise ValueError(f"{path.name}: {line!r} does not stand there once")
    path.write_text(text.replace(f"\n{line}\n", f"\n{by}\n"), encoding="utf-8")


def _add_words(path: Path, section: str, added: str) -> None:
    """Put lines below the head of a section, which is named from the outermost one inwards."""
    text, place = path.read_text(encoding="utf-8"), 0
    for depth, name in enumerate(section.split(".")):
        head = f"\n{'  ' * depth}{name}:\n"
        place = text.index(head, place) + len(head) - 1
    path.write_text(f"{text[:place]}\n{added}{text[place:]}", encoding="utf-8")


def outcome_of(recipe: Recipe, folder: Path, compiled: bool) -> str:
    """What the program of a recipe prints with the package of a folder."""
    own = {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "0" if compiled else "1"}
    command = [sys.executable, "-W", "error::UserWarning:sim", "-c", recipe.program]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
