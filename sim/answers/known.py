"""Which questions there are: the modules in ``sim.answers.questions``, and files of users."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

import sim
from sim.answers import questions
from sim.answers.own import own_question
from sim.answers.question import Question
from sim.errors import InputError
from sim.scenarios.yaml_file import suggestion

_PACKAGE = Path(sim.__file__).parent


@cache
def known() -> tuple[Question, ...]:
    """All questions that come with the package, in the order of their numbers."""
    names = [module.name for module in pkgutil.iter_modules(questions.__path__, f"{questions.__name__}.")]
    found = [_question_of(importlib.import_module(name), name) for name in names]
    return tuple(sorted(found, key=lambda question: (question.number is None, question.number or 0)))


def question_of(text: str) -> tuple[Question, Path]:
    """A question by name, by number (``q1``) or by the path of a file, and where its experiments lie.

    Raises:
        InputError: there is none, or the file holds none.
    """
    if text.endswith(".py"):
        return own_question(Path(text)), Path(text).parent
    for question in known():
        if text in (question.name, f"q{question.number}"):
            return question, experiments_folder()
    names = [question.name for question in known()]
    meant = suggestion(text, names) or f"; questions are {', '.join(names)}"
    raise InputError(f"{text}: no such question{meant}")


def experiments_folder() -> Path:
    """Where the experiments lie that come with the package: in it once installed, else in its clone."""
    installed = _PACKAGE / "answers" / "experiments"
    return installed if installed.is_dir() else _PACKAGE.parent / "experiments"


def experiment_file(name: str, folder: Path) -> Path:
    """An experiment of a question: beside its file, or among those that come with the package.

    Raises:
        InputError: there is no such file.
    """
    for place in (folder, experiments_folder()):
        if (place / name).is_file():
            return place / name
    raise InputError(f"{folder / name}: no such experiment")


def _question_of(module: ModuleType, where: str) -> Question:
    question = getattr(module, "QUESTION", None)
    if not isinstance(question, Question):
        raise InputError(f"{where}: holds no QUESTION (sim.answers.question.Question)")
    return question
