"""Answers that lie in a results folder: what ``sim answer`` left, for the report to put first.

Each has a folder ``answers/NAME`` with its sentences (``answer.json``), tables (CSV) and figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import Field, TypeAdapter

from sim.errors import InputError
from sim.files import own_folder, read_json, write_text
from sim.provenance import MODEL_VERSIONS
from sim.text import Language
from sim.text.harmless import csv_of
from sim.text.stored import Text

if TYPE_CHECKING:
    import pandas as pd

ANSWERS = "answers"
_FILE = "answer.json"

_REMEDY = "remove it, and ask again"


class Texts(TypedDict):
    """A text in every language."""

    en: Text
    ja: Text


@dataclass(frozen=True)
class Answered:
    """An answer as it is stored.

    Attributes:
        name: of the question.
        number: among the fourteen, None for one of one's own.
        asked: the question.
        sentences: the answer.
        hangs_on: what it rests on.
        runs: behind it.
        experiments: names of the experiments.
        files: of the experiments.
        model: digest of the model's sources.
        quick: whether it is a first look.
        model_version: number of the model's version; None of answers from before versions were counted.
    """

    name: str
    number: Annotated[int, Field(ge=1, le=999)] | None
    asked: Texts
    sentences: Annotated[list[Texts], Field(min_length=1)]
    hangs_on: list[Texts]
    runs: Annotated[int, Field(ge=0, le=10**15)]
    experiments: list[str]
    files: list[Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")]]
    model: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")]
    quick: bool
    model_version: int | None = None

    def figure(self, folder: Path, language: Language) -> Path:
        """Its figure (SVG) in a results folder."""
        return folder / ANSWERS / self.name / f"figure{'' if language == 'en' else f'.{language}'}.svg"


def store(answered: Answered, tables: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Write an answer and its tables into a results folder; the figure is drawn beside them.

    Returns:
        The folder of the answer.
    """
    place = own_folder(own_folder(folder / ANSWERS) / answered.name)
    for name, table in tables.items():
        write_text(place / f"{name}.csv", csv_of(table, digits="%.6g"))
    write_text(place / _FILE, json.dumps(asdict(answered), ensure_ascii=False, indent=1) + "\n")
    return place


def stored_answers(folder: Path) -> Sequence[Answered]:
    """The answers of a results folder, in the order of their numbers.

    Raises:
        InputError: one of them cannot be read.
    """
    found = []
    for path in sorted((folder / ANSWERS).glob(f"*/{_FILE}")):
        answered = read_json(path, _schema(), _REMEDY)
        if answered.name != path.parent.name:
            raise InputError(f"{path}: is the answer to another question; {_REMEDY}")
        found.append(answered)
    return sorted(found, key=lambda answered: (answered.number is None, answered.number or 0))


def model_of(answered: Answered) -> str:
    """The model that made an answer, for pages in English: its version with its date, and its sources."""
    dates = {one.number: one.date for one in MODEL_VERSIONS}
    number = answered.model_version
    version = "not counted yet" if number is None else str(number)
    since = f" of {dates[number]}" if number in dates else ""
    return f"model version {version}{since}, sources `{answered.model}`"


@cache
def _schema() -> TypeAdapter[Answered]:
    return TypeAdapter(Answered)
