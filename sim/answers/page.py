"""The answers at full size as a page, ``experiments/README.md``: each section renewed by its command."""

from __future__ import annotations

import re
from pathlib import Path

from sim.answers.known import known
from sim.answers.question import Question
from sim.errors import InputError
from sim.files import write_text
from sim.report.answered import Answered, model_of

PAGE = Path("experiments") / "README.md"
_HEADING = "# Experiments, and what they answered"
_OPENING = f"""\
{_HEADING}

Each section is written by its command, `sim answer NAME --write`, from the experiments named in it at full
size. Intervals are of 95% unless they say otherwise; n counts what they are taken over. Numbers compare
policies under stated assumptions and forecast nothing ([validation](../docs/validation.md)).
"""
_SECTION = re.compile(r"<!-- answer: (\w+) -->\n.*?<!-- end -->\n", re.DOTALL)


def refuse_elsewhere(question: Question, quick: bool) -> None:
    """Refuse to write an answer where the page is not, or one that does not belong there.

    Raises:
        InputError: this is not the top of a clone, it is a first look, or a question of one's own.
    """
    if not PAGE.parent.is_dir():
        raise InputError(f"--write: there is no {PAGE.parent} here; run it at the top of a clone")
    if PAGE.is_file() and not PAGE.read_text(encoding="utf-8", errors="replace").startswith(_HEADING):
        raise InputError(f"--write: {PAGE} is another page; run it at the top of a clone of this simulator")
    if quick:
        raise InputError("--quick and --write: give one of the two; the page holds no first look")
    if question.number is None:
        raise InputError(f"--write: {question.name} is no question of the page")


def renew(answered: Answered) -> None:
    """Put an answer into the page, in the place of the one that was there."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    sections = {found[1]: found[0] for found in _SECTION.finditer(text)}
    sections[answered.name] = section(answered)
    ordered = [sections[question.name] for question in known() if question.name in sections]
    write_text(PAGE, "\n".join([_OPENING, *ordered]))


def section(answered: Answered) -> str:
    """The section of an answer."""
    files = ", ".join(f"[`{name}`]({name})" for name in answered.files)
    lines = [
        f"<!-- answer: {answered.name} -->",
        f"## {answered.number}. {answered.asked['en']}",
        "",
        f"`sim answer {answered.name}`: {answered.runs:,} runs of {files} ({model_of(answered)}).",
        "",
        f"**{answered.sentences[0]['en']}**",
        *(f"\n{sentence['en']}" for sentence in answered.sentences[1:]),
        "",
        *(f"*It hangs on:* {sentence['en']}\n" for sentence in answered.hangs_on),
        "<!-- end -->",
        "",
    ]
    return "\n".join(lines)
