"""The shape of a question and of its answer: what a module in ``sim.answers.questions`` has to hand over.

A module holds ``QUESTION``. Its experiments are files beside it or in ``experiments/``; ``analyse`` turns
what they left into tables, sentences and a figure. A question of one's own is one such file, named to
``sim answer``; docs/howto-answer.md shows one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.errors import InputError
from sim.text import Language

if TYPE_CHECKING:
    import pandas as pd

    from sim.batch.experiment_file import LoadedExperiment
    from sim.report.style import Sheet
    from sim.results import Results
    from sim.studies.study import Listener


class Number(NamedTuple):
    """A number that a sentence says: where it stands, its value as it is said, its interval, n and unit."""

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    n: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class Words:
    """A text in both languages, and the numbers that it says.

    Attributes:
        en, ja: the text.
        numbers: what was filled in, for the table of all that an answer says; two texts are the same
            whatever these are.
    """

    en: str
    ja: str
    numbers: tuple[Number, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def by(cls, say: Callable[[Language], str], *numbers: Number) -> Words:
        """What a function of the language gives."""
        return cls(say("en"), say("ja"), numbers)

    def said(self, language: Language) -> str:
        """The text in a language."""
        return self.ja if language == "ja" else self.en

    def filled(self, **facts: object) -> Words:
        """The text with what stands in braces filled in; facts that are ``Words`` in their language."""

        def text(language: Language) -> str:
            said = {n: fact.said(language) if isinstance(fact, Words) else fact for n, fact in facts.items()}
            return self.said(language).format(**said)

        added = (number for name, fact in facts.items() for number in _numbers(name, fact))
        return Words.by(text, *self.numbers, *added)


def _numbers(name: str, fact: object) -> tuple[Number, ...]:
    """The numbers of a fact, under its name."""
    if isinstance(fact, Words):
        return tuple(
            number._replace(name=".".join(filter(None, (name, number.name)))) for number in fact.numbers
        )
    return (Number(name, float(fact)),) if isinstance(fact, Real) else ()


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        sentences: the answer, the first sentence by itself; each number with its interval and n.
        hangs_on: what the answer rests on, and what would turn it.
        tables: tidy tables, by name; the first is the one that the figure shows.
        sheet: the figure, lettered in a language.
        runs: behind it, where that is known from what was found alone; None = those of the experiments.
    """

    sentences: tuple[Words, ...]
    hangs_on: tuple[Words, ...]
    tables: Mapping[str, pd.DataFrame]
    sheet: Callable[[Language], Sheet]
    runs: int | None = None


@dataclass(frozen=True)
class Work:
    """How an experiment is carried out.

    Attributes:
        folder: where its results go, and are taken up.
        workers: processes.
        listener: told how far it is.
    """

    folder: Path
    workers: int
    listener: Listener


def run_batch(loaded: LoadedExperiment, work: Work) -> Results:
    """Run what is missing of an experiment, as ``sim batch`` does.

    Raises:
        InputError: the folder cannot be used, or a run failed.
    """
    from sim.studies import Study

    results = Study(loaded.experiment, work.folder, workers=work.workers).run(work.listener)
    if results.stored.failed:
        raise InputError(f"{work.folder}: {results.stored.failed:,} runs failed; sim batch lists them")
    return results


@dataclass(frozen=True)
class Question:
    """A question and how it is answered.

    Attributes:
        name: what ``sim answer`` calls it.
        asked: the question in words.
        experiments: names of experiment files, beside the module or in ``experiments/``.
        analyse: from what carrying out the experiments gave, in their order, to the answer.
        number: among the fourteen; None for one of one's own.
        carry_out: how an experiment is run, if not as ``sim batch`` runs it; gives what is analysed.
        reported: folder below that of an experiment whose report begins with the answer; empty = itself.
        runs: about how many an experiment takes.
        file: that it was read from, where it is one of one's own.
    """

    name: str
    asked: Words
    experiments: tuple[str, ...]
    analyse: Callable[[Sequence[Any]], Answer]
    number: int | None = None
    carry_out: Callable[[LoadedExperiment, Work], Any] = field(default=run_batch)
    reported: str = ""
    runs: Callable[[LoadedExperiment], int] = field(default=lambda loaded: loaded.experiment.runs)
    file: Path | None = None

    @property
    def called(self) -> str:
        """Number and name as lists show them."""
        return self.name if self.number is None else f"q{self.number} {self.name}"
