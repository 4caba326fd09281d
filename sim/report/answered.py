"""Answers that lie in a results folder: what ``sim answer`` left, for the report to put first.

Each has a folder ``answers/NAME`` with its sentences (``answer.json``), tables (CSV) and figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.files import write_text
from sim.provenance import MODEL_VERSIONS
from sim.text import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd

ANSWERS = "answers"
_FILE = "answer.json"

#: A text by language.
type Texts = dict[str, str]


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
    number: int | None
    asked: Texts
    sentences: list[Texts]
    hangs_on: list[Texts]
    runs: int
    experiments: list[str]
    files: list[str]
    model: str
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
    place = folder / ANSWERS / answered.name
    place.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_text(place / f"{name}.csv", table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    write_text(place / _FILE, json.dumps(asdict(answered), ensure_ascii=False, indent=1) + "\n")
    return place


def stored_answers(folder: Path) -> Sequence[Answered]:
    """The answers of a results folder, in the order of their numbers.

    Raises:
        InputError: one of them cannot be read.
    """
    found = []
    for path in sorted((folder / ANSWERS).glob(f"*/{_FILE}")):
        try:
            answered = Answered(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            answered = None
        if answered is None or not _whole(answered) or answered.name != path.parent.name:
            raise InputError(f"{path}: cannot be read; remove it, and ask again")
        found.append(answered)
    return sorted(found, key=lambda answered: (answered.number is None, answered.number or 0))


def model_of(answered: Answered) -> str:
    """The model that made an answer, for pages in English: its version with its date, and its sources."""
    dates = {one.number: one.date for one in MODEL_VERSIONS}
    number = answered.model_version
    version = "not counted yet" if number is None else str(number)
    since = f" of {dates[number]}" if number in dates else ""
    return f"model version {version}{since}, sources `{answered.model}`"


def _whole(answered: Answered) -> bool:
    """Whether what a report needs of an answer is there."""
    texts = (answered.sentences, answered.hangs_on)
    return (
        all(isinstance(one, str) for one in (answered.name, answered.model))
        and isinstance(answered.number, int | None)
        and isinstance(answered.model_version, int | None)
        and isinstance(answered.runs, int)
        and isinstance(answered.files, list)
        and all(isinstance(file, str) for file in answered.files)
        and all(isinstance(one, list) for one in texts)
        and bool(answered.sentences)
        and all(map(_is_text, (answered.asked, *answered.sentences, *answered.hangs_on)))
    )


def _is_text(text: object) -> bool:
    return isinstance(text, dict) and all(isinstance(text.get(language), str) for language in LANGUAGES)
