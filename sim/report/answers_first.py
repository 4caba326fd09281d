"""Answers of ``sim answer`` that lie in a results folder, put before what its report says by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.report import foundations
from sim.report.answered import Answered, stored_answers
from sim.report.page import Page, Part
from sim.text import say


def with_answers(page: Page, folder: Path) -> Page:
    """The page with the answers of its folder first; as it is where there are none.

    Raises:
        InputError: an answer cannot be read.
    """
    answers = stored_answers(folder)
    if not answers:
        return page
    asked = [answered.asked[page.lang] for answered in answers]
    told = [paragraph for answered in answers for paragraph in _told(answered, page)]
    return replace(
        page,
        question=foundations.beginning(asked, page.lang),
        answer=told,
        more=[page.question, *page.answer, *page.more],
        parts=[*_figures(answers, page, folder), *page.parts],
    )


def _told(answered: Answered, page: Page) -> list[str]:
    """The sentences of an answer, what it hangs on, and whether it is a first look."""
    told = [sentence[page.lang] for sentence in answered.sentences]
    told += [say("answers.hangs_on", page.lang, text=text[page.lang]) for text in answered.hangs_on]
    return [*told, *([say("answers.quick", page.lang)] if answered.quick else [])]


def _figures(answers: Sequence[Answered], page: Page, folder: Path) -> list[Part]:
    """The figure of each answer that has one."""
    parts = []
    for answered in answers:
        path = answered.figure(folder, page.lang)
        if path.is_file():
            asked = answered.asked[page.lang]
            figure = foundations.figure_of(path, "", asked, answered.sentences[0][page.lang])
            parts.append(Part(asked, figures=[figure], folded=False))
    return parts
