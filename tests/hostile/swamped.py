"""Files with something wrong everywhere: what was meant is sought for what is told, not for all of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from sim.kernel.parameters import declared

_WORD = "abcdefghijklmnopqrstuvwxyz"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_ROWS = 10_000
_PLACES = "id,name,region,latitude,longitude,population"


def _mixed(word: str, chance: random.Random) -> str:
    """Its letters in another order: as like it as a word can be that is not meant."""
    return "".join(chance.sample(word, len(word)))


def world(chance: random.Random, folder: Path) -> Path:
    """A folder of tables that refer to each other by names which the other does not have."""
    rows = [f"{_mixed(_LETTERS, chance)},n,{_mixed(_LETTERS, chance)},35,139,9" for _ in range(_ROWS)]
    wrong = [_mixed(_LETTERS, chance) for _ in range(_ROWS)]
    tables = {
        "companies": ("municipality,slots,goals", [f"{name},2,7" for name in wrong]),
        "regions": ("name,cohort_2018", [f"{name},0" for name in wrong]),
        "institutions": ("name,kind,region,capital", [f"{name},bank,{name},5" for name in wrong]),
    }
    other = chance.choice(list(tables))
    for name, (head, lines) in {"municipalities": (_PLACES, rows), other: tables[other]}.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return folder


def parameters(chance: random.Random, folder: Path) -> Path:
    """A header of names that no parameter has, or of one that stands there again and again."""
    names = list(declared())
    shortest = min(names, key=len)
    many = [_mixed(chance.choice(names), chance) for _ in range(_ROWS)]
    head = ",".join(chance.choice((many, [shortest] * (900_000 // len(shortest)))))
    path = folder / "sets.csv"
    path.write_text(f"{head}\n1\n", encoding="utf-8")
    return path


def scenario(chance: random.Random, folder: Path) -> Path:
    """A scenario file whose programmes name places that there are not."""
    payer = chance.choice(("municipality", "prefecture"))
    lines = [
        f"  p{n}: {{lever: subsidy, money: 5, payer: {{{payer}: {_mixed('sapporokawa', chance)}}},"
        f" for: {{municipalities: [{_mixed('sapporokawa', chance)}]}}}}"
        for n in range(1_900)
    ]
    return _written(folder, ["name: m", "extends: baseline", "programmes:", *lines])


def experiment(chance: random.Random, folder: Path) -> Path:
    """An experiment whose factors, or outcomes, are none."""
    programmes = [f"      {_mixed(_WORD, chance)}: {{lever: subsidy, money: 1}}" for _ in range(1_500)]
    varied = (f"programmes.{_mixed(_WORD, chance)}.money" for _ in range(1_900))
    sections: dict[str, Callable[[], list[str]]] = {
        "outcomes": lambda: [
            "record:",
            "  outcomes:",
            *(f"  - {_mixed('adopters', chance)}" for _ in range(15_000)),
        ],
        "factors": lambda: ["factors:", *(f"  f{n}: {{}}" for n in range(17_000))],
        "programmes": lambda: [
            "factors:",
            *(f"  {name}: {{kind: lever, low: 0, high: 1}}" for name in varied),
        ],
    }
    which = chance.choice(list(sections))
    own = ["  - name: s", "    programmes:", *programmes] if which == "programmes" else []
    head = ["name: e", "world: synthetic:20", "design: {method: grid}", "scenarios:", "  - baseline", *own]
    return _written(folder, [*head, *sections[which]()])


def _written(folder: Path, lines: list[str]) -> Path:
    path = folder / "mine.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
