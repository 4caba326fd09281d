"""Answer a question: run its experiments, analyse them, leave the answer in the results folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.answers.known import experiment_file
from sim.answers.own import check_answer, told_in_a_line
from sim.answers.question import Answer, Question, Words, Work, run_batch
from sim.answers.reading import numbers_said
from sim.provenance import MODEL_VERSION, source_digest
from sim.report.answered import Answered, Texts, store
from sim.report.style import framed, save, usable_language
from sim.text import LANGUAGES, Language

if TYPE_CHECKING:
    from sim.batch.experiment_file import LoadedExperiment
    from sim.studies.study import Listener


class Asked(NamedTuple):
    """A question and the experiments that answer it, read and checked.

    Attributes:
        question: the question.
        experiments: in the order of the question.
        folders: where the results of each go.
        quick: whether the experiments are the small ones.
    """

    question: Question
    experiments: tuple[LoadedExperiment, ...]
    folders: tuple[Path, ...]
    quick: bool

    @property
    def folder(self) -> Path:
        """Where the answer goes: the results folder of the first experiment."""
        return self.folders[0] / self.question.reported

    @property
    def runs(self) -> int:
        """Of all experiments, about."""
        with told_in_a_line(self.question):
            return sum(map(self.question.runs, self.experiments))


def asked(question: Question, beside: Path, quick: bool, out: Path | None = None) -> Asked:
    """Read the experiments of a question.

    Args:
        question: the question.
        beside: folder in which its experiments are looked for first.
        quick: take the small ones.
        out: folder of the results, for several experiments a folder each in it; by default
            ``results/<name>-<digest>`` as for ``sim batch``.

    Raises:
        InputError: an experiment is missing, or something in it is wrong.
    """
    from sim.batch.experiment_file import load_with_sources

    loaded = tuple(load_with_sources(experiment_file(name, beside), quick) for name in question.experiments)
    folders = [one.experiment.folder() for one in loaded]
    if out is not None:
        several = len(loaded) > 1
        folders = [out / one.experiment.name if several else out for one in loaded]
    return Asked(question, loaded, tuple(folders), quick)


def answer(
    wanted: Asked, workers: int, listener: Listener, tell: Callable[[str], None] = lambda _: None
) -> Answered:
    """Run what is missing, analyse, and store the answer with tables and figure.

    Args:
        wanted: the question with its experiments.
        workers: processes.
        listener: told how far the runs are.
        tell: told which experiment is run next.

    Raises:
        InputError: a folder cannot be used, or a run failed.
    """
    results: list[Any] = []
    for loaded, folder in zip(wanted.experiments, wanted.folders, strict=True):
        tell(loaded.experiment.name)
        with nullcontext() if wanted.question.carry_out is run_batch else told_in_a_line(wanted.question):
            results.append(wanted.question.carry_out(loaded, Work(folder, workers, listener)))
    with told_in_a_line(wanted.question):
        found = wanted.question.analyse(results)
        return _stored(wanted, found)


def _stored(wanted: Asked, found: Answer) -> Answered:
    """Draw first, so that an answer whose figure fails is not left half done."""
    question = wanted.question
    check_answer(question, found)
    figures = []
    for language in LANGUAGES:
        drawn: Language = "ja" if usable_language(language) == "ja" else "en"
        name = "figure" if language == "en" else f"figure.{language}"
        figures.append((framed(found.sheet(drawn), drawn), name, drawn))
    answered = Answered(
        question.name, question.number, _texts(question.asked), [_texts(one) for one in found.sentences],
        [_texts(one) for one in found.hangs_on],
        wanted.runs if found.runs is None else found.runs,
        [loaded.experiment.name for loaded in wanted.experiments], list(question.experiments),
        source_digest(), wanted.quick, MODEL_VERSION,
    )  # fmt: skip
    said = numbers_said((*found.sentences, *found.hangs_on))
    place = store(answered, {"numbers": said, **found.tables}, wanted.folder)
    for figure, name, drawn in figures:
        save(figure, place, name, drawn)
    return answered


def _texts(words: Words) -> Texts:
    return Texts(en=words.said("en"), ja=words.said("ja"))
