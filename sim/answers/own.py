"""Questions in files of users: read, their shape checked, and whatever goes wrong in them told in a line.

A file is a program of its user's: what it raises, or hands over in a wrong shape, must read as a mistake in
that file and not as one of this package.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.answers.question import Answer, Question, Words, run_batch
from sim.errors import InputError
from sim.report.style import Sheet
from sim.text import Language

#: What a question has to hold, in words, beside its test.
_SHAPE: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "name": ("a word of letters, digits and _", lambda value: _is_word(value)),
    "asked": ("Words(en, ja)", lambda value: _is_words(value)),
    "experiments": (
        "a tuple of one file name or more, such as ('mine.yaml',)",
        lambda value: _all(value, lambda name: isinstance(name, str)) and len(value) > 0,
    ),
    "analyse": ("a function of the results", callable),
    "carry_out": ("a function of an experiment and the work", callable),
    "reported": ("the name of a folder", lambda value: isinstance(value, str)),
    "runs": ("a function of an experiment", callable),
}


def own_question(path: Path) -> Question:
    """The question in a file; its functions tell what goes wrong in them in a line.

    Raises:
        InputError: the file holds none, or it has not the shape of one.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(f"question_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with _told(path, "cannot be imported"):
        spec.loader.exec_module(module)
    question = getattr(module, "QUESTION", None)
    if not isinstance(question, Question):
        raise InputError(f"{path}: holds no QUESTION (sim.answers.question.Question)")
    for name, (wanted, fits) in _SHAPE.items():
        if not fits(getattr(question, name)):
            raise InputError(f"{path}: QUESTION.{name} must be {wanted}")
    return replace(
        question,
        number=None,  # of the page, where a file of one's own has no place
        analyse=partial(_analysed, path, question.analyse),
        carry_out=question.carry_out
        if question.carry_out is run_batch
        else partial(_called, path, "carry_out", question.carry_out),
        runs=partial(_counted, path, question.runs),
    )


@contextmanager
def _told(path: Path, doing: str) -> Iterator[None]:
    """Tell what the file raises in a line with the place in it."""
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is wrong with a user's file is told
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename) == path.absolute()]
        place = f":{lines[-1]}" if lines else ""
        raise InputError(f"{path}{place}: {doing} ({type(error).__name__}: {error})") from None


def _called(path: Path, name: str, function: Callable[..., Any], *given: Any) -> Any:
    with _told(path, f"{name} failed"):
        return function(*given)


def _counted(path: Path, function: Callable[[Any], int], loaded: Any) -> int:
    number = _called(path, "runs", function, loaded)
    if not isinstance(number, int):
        raise InputError(f"{path}: runs must give a whole number, not {type(number).__name__}")
    return number


def _analysed(path: Path, analyse: Callable[[Sequence[Any]], Answer], results: Sequence[Any]) -> Answer:
    answer = _called(path, "analyse", analyse, results)
    if not isinstance(answer, Answer):
        raise InputError(f"{path}: analyse must give an Answer, not {type(answer).__name__}")
    for name, wanted, fits in (
        ("sentences", "a tuple of one Words or more", _all(answer.sentences, _is_words)),
        ("hangs_on", "a tuple of Words", _all(answer.hangs_on, _is_words)),
        ("tables", "data frames by name (letters, digits and _)", _are_tables(answer.tables)),
        ("sheet", "a function of the language", callable(answer.sheet)),
        ("runs", "a whole number, or None", isinstance(answer.runs, int | None)),
    ):
        if not fits or (name == "sentences" and not answer.sentences):
            raise InputError(f"{path}: analyse: {name} of the Answer must be {wanted}")
    return replace(answer, sheet=partial(_sheet, path, answer.sheet))


def _sheet(path: Path, sheet: Callable[[Language], Sheet], language: Language) -> Sheet:
    made = _called(path, "sheet", sheet, language)
    if not isinstance(made, Sheet):
        raise InputError(f"{path}: sheet must give a Sheet, not {type(made).__name__}")
    return replace(made, panels=[partial(_called, path, "a panel", panel) for panel in made.panels])


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _is_words(value: object) -> bool:
    return isinstance(value, Words) and isinstance(value.en, str) and isinstance(value.ja, str)


def _all(values: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(values, tuple | list) and all(map(fits, values))


def _are_tables(tables: object) -> bool:
    import pandas as pd

    return isinstance(tables, Mapping) and all(
        _is_word(name) and isinstance(table, pd.DataFrame) for name, table in tables.items()
    )
