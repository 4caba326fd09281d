"""Questions in files of users: read, their shape checked, and whatever goes wrong in them told in a line.

A file is a program of its user's: what it raises, or hands over in a wrong shape, must read as a mistake in
that file and not as one of this package.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

from sim.answers.question import Answer, Question, Words
from sim.errors import InputError
from sim.trust import spec_of_source

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
    """The question in a file.

    Raises:
        InputError: the file holds none, or it has not the shape of one.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    spec = spec_of_source(f"question_{path.stem}", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with _told(path, "cannot be imported"):
        assert spec.loader is not None
        spec.loader.exec_module(module)
    question = getattr(module, "QUESTION", None)
    if not isinstance(question, Question):
        raise InputError(f"{path}: holds no QUESTION (sim.answers.question.Question)")
    for name, (wanted, fits) in _SHAPE.items():
        if not fits(getattr(question, name)):
            raise InputError(f"{path}: QUESTION.{name} must be {wanted}")
    return replace(question, number=None, file=path)  # numbers are of the page, where it has no place


@contextmanager
def told_in_a_line(question: Question) -> Iterator[None]:
    """Tell what goes wrong in a question of one's own in one line, with its place in the file.

    Raises:
        InputError: something goes wrong in it.
    """
    if question.file is None:
        yield
        return
    with _told(question.file):
        yield


@contextmanager
def _told(path: Path, failed: str = "fails") -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is wrong with it is told in a line
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename) == path.absolute()]
        place = f"{path}:{lines[-1]}" if lines else str(path)
        raise InputError(f"{place}: {failed} ({type(error).__name__}: {error})") from None


def check_answer(question: Question, found: object) -> None:
    """Refuse what is no answer, or has not the shape of one.

    Raises:
        InputError: that is so.
    """
    where = question.name if question.file is None else question.file
    if not isinstance(found, Answer):
        raise InputError(f"{where}: analyse gives {type(found).__name__}, not an Answer")
    for name, wanted, fits in (
        ("sentences", "a tuple of one Words or more", _all(found.sentences, _is_words)),
        ("hangs_on", "a tuple of Words", _all(found.hangs_on, _is_words)),
        ("tables", "data frames by name (letters, digits and _)", _are_tables(found.tables)),
        ("sheet", "a function of the language", callable(found.sheet)),
        ("runs", "a whole number, or None", isinstance(found.runs, int | None)),
    ):
        if not fits or (name == "sentences" and not found.sentences):
            raise InputError(f"{where}: analyse: {name} of the Answer must be {wanted}")


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
