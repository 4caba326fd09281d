"""What a report holds, before it is HTML, Word or PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.report.sections import Table
from sim.text import Language, say


@dataclass(frozen=True)
class Figure:
    """A figure in the page: a data address of its SVG, its file, and the words around it."""

    source: str
    heading: str
    alt: str
    text: str
    path: Path


@dataclass(frozen=True)
class Part:
    """A heading with what stands below it.

    Attributes:
        heading: of the part.
        tables: in order.
        figures: under the tables.
        notes: paragraphs above the tables.
        folded: whether a reader unfolds it; on paper all is open.
        links: files beside the report that tell more.
    """

    heading: str
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    notes: Sequence[str] = ()
    folded: bool = True
    links: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any(self.tables) or any(map(bool, (self.figures, self.notes, self.links)))


@dataclass(frozen=True)
class Page:
    """A report: answer first, then what it rests on.

    Attributes:
        lang: of all words.
        title: of the page.
        question: what was asked.
        answer: paragraphs that stand open.
        more: further paragraphs, folded.
        missing: what is said of runs that are missing; empty where none is.
        parts: in order.
        assumptions: a line each.
        levers: what a unit of each lever is taken to cost.
        interests: what is too small to matter.
        limits: a line each; the first stands under the answer.
        experiment: data address of the experiment file.
        copies: data addresses of tables that it names, by where they belong.
        command: that runs it again.
        provenance: (what, value).
    """

    lang: Language
    title: str
    question: str
    answer: Sequence[str]
    missing: str
    parts: Sequence[Part]
    assumptions: Sequence[str]
    levers: Table
    interests: Table
    limits: Sequence[str]
    experiment: str
    copies: Mapping[str, str]
    command: str
    provenance: Sequence[tuple[str, str]] = field(default_factory=list)
    more: Sequence[str] = ()


def html(page: Page, unfolded: bool = False) -> str:
    """The page as one HTML file.

    Args:
        page: the report.
        unfolded: show everything, as for paper.
    """
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["say"] = lambda id, **values: say(f"report.{id}", page.lang, **values)
    return environment.get_template("report.html.j2").render(page=page, unfolded=unfolded)
