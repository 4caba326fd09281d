"""``sim answer``: list the questions, or answer one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from sim.answers.asking import Asked, answer, asked
from sim.answers.known import known, question_of
from sim.cli.output import note, standard_output
from sim.cli.running import INTERRUPTED
from sim.cli.stages import Stages
from sim.cli.terminal import of_files
from sim.text import Language, say

if TYPE_CHECKING:
    from sim.report.answered import Answered
    from sim.studies.study import Event


def list_questions(language: Language) -> None:
    """Print the questions with what ``sim answer`` calls them."""
    from rich import box

    table = Table(title=say("cli.questions", language), box=box.SIMPLE_HEAD, title_justify="left")
    for column in ("question", "asked", "experiments"):
        table.add_column(say(f"cli.question_{column}", language), overflow="fold")
    for question in known():
        table.add_row(question.called, question.asked.said(language), ", ".join(question.experiments))
    standard_output().print(table)
    print(say("cli.questions_hint", language))


def answer_question(
    text: str, quick: bool, out: Path | None, workers: int, write: bool, language: Language, quiet: bool
) -> int:
    """Run the experiments of a question, analyse them, and print the answer.

    Args:
        text: name or number of the question, or a file of one's own.
        quick: the small experiments.
        out: results folder.
        workers: processes.
        write: renew the answer in ``experiments/README.md``.
        language: of the words.
        quiet: print the folder alone.

    Returns:
        0, or 130 if interrupted.

    Raises:
        InputError: there is no such question, an experiment is wrong, or a run failed.
    """
    from sim.answers.page import refuse_elsewhere, renew
    from sim.report.report import report_path, write_report

    question, beside = question_of(text)
    if write:
        refuse_elsewhere(question, quick)
    wanted = asked(question, beside, quick, out)
    note(say("cli.asking", language, asked=question.asked.said(language), runs=wanted.runs), quiet)
    try:
        with Stages(quiet, language).shown() as stages:

            def listen(event: Event) -> None:
                if event.total:
                    stages.runs(say("cli.running", language), event.done, event.total, event.failed)

            answered = answer(wanted, workers, listen, stages.stage)
            stages.stage(say("cli.drawing", language))
            write_report(wanted.folder, of_files(language))
    except KeyboardInterrupt:
        note(say("cli.interrupted", language, folder=wanted.folder), quiet=False)
        return INTERRUPTED
    if write:
        renew(answered)
    if quiet:
        print(wanted.folder)
        return 0
    _print(wanted, answered, language)
    print(f"{say('cli.report', language)}: {report_path(wanted.folder, of_files(language))}")
    return 0


def _print(wanted: Asked, answered: Answered, language: Language) -> None:
    console = standard_output()
    console.print(wanted.question.asked.said(language), style="bold")
    for sentence in answered.sentences:
        console.print(sentence[language], soft_wrap=False)
    for sentence in answered.hangs_on:
        console.print(say("answers.hangs_on", language, text=sentence[language]))
    if answered.quick:
        console.print(say("answers.quick", language))
    print(f"{say('cli.results', language)}: {wanted.folder}")
