"""Answers that lie in a results folder: their words, tables and figures, as the page shows them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.files import read_regular
from sim.page.folders import own
from sim.page.wire import wrong
from sim.text import Language, say, unit
from sim.text.catalogue import texts_of

if TYPE_CHECKING:
    from sim.report.answered import Answered

#: Name of the view in addresses.
NAME = "answers"
#: Rows of a table that are shown; its file has all.
MOST_ROWS = 200
#: Columns of a table, and bytes, that are read.
MOST_COLUMNS = 500
MOST_BYTES = 32 << 20
_NUMBERS = "numbers"
_FILE = re.compile(r"\w{1,80}(\.ja)?\.(svg|png|csv)")
_MEDIA = {".svg": "image/svg+xml", ".png": "image/png", ".csv": "text/csv; charset=utf-8"}


def first_sentences(answers: Sequence[Answered], language: Language) -> list[str]:
    """What the page says first: of each answer its first sentence."""
    return [one.sentences[0][language] for one in answers]


def doubts(answers: Sequence[Answered], language: Language) -> list[str]:
    """What is to be known of the answers of a folder before they are read, each once."""
    return list(dict.fromkeys(doubt for one in answers for doubt in _doubts(one, language)))


def _doubts(one: Answered, language: Language) -> list[str]:
    from sim.provenance import source_digest

    found = [say("answers.quick", language)] if one.quick else []
    if one.model != source_digest():
        found.append(say("page.folders.other_sources", language))
    return found


def shown(folder: Path, answers: Sequence[Answered], language: Language) -> dict[str, Any]:
    """The view of all answers of a folder.

    Args:
        folder: results folder.
        answers: as of ``stored_answers`` of it.
        language: of the words; columns of tables keep the names that analyses know.
    """
    title = say("page.folders.answers", language)
    return {
        "title": title,
        "caption": say("page.folders.answers_caption", language),
        "quarter": "",
        "answers": [_told(folder, one, language) for one in answers],
        "panels": [],
        "rows": [],
        "table": {"heads": [], "rows": []},
    }


def file_of(folder: Path, answer: str, name: str, language: Language) -> tuple[Path, str]:
    """A figure or table of an answer, and its media type.

    Raises:
        InputError: there is no such file.
    """
    place = folder / "answers" / answer
    path = place / name
    if not (answer.isidentifier() and _FILE.fullmatch(name) is not None and own(path)):
        raise wrong("no_results", language)
    return path, _MEDIA[path.suffix]


def _told(folder: Path, one: Answered, language: Language) -> dict[str, Any]:
    place = folder / "answers" / one.name
    drawn = one.figure(folder, language)
    tables = sorted(place.glob("*.csv"), key=lambda path: (path.stem != _NUMBERS, path.stem))
    facts = {"runs": one.runs, "files": say("page.face.comma", language).join(one.files), "model": one.model}
    return {
        "name": one.name,
        "asked": one.asked[language],
        "sentences": [sentence[language] for sentence in one.sentences],
        "hangs_on": [text[language] for text in one.hangs_on],
        "notes": _doubts(one, language),
        "source": say("page.folders.source", language, **facts),
        "figure": drawn.name if own(drawn) else None,
        "tables": [_table(path, language) for path in tables if _FILE.fullmatch(path.name) and own(path)],
    }


def _table(path: Path, language: Language) -> dict[str, Any]:
    """The first rows of a stored table; that of numbers in words, without the names that programs know."""
    import pandas as pd

    content = b"" if path.stat().st_size > MOST_BYTES else read_regular(path, MOST_BYTES)
    if not content or content.partition(b"\n")[0].count(b",") > MOST_COLUMNS:
        raise wrong("table", language, name=path.name, most=MOST_BYTES)
    table = pd.read_csv(io.BytesIO(content))
    if path.stem == _NUMBERS:
        table = table.drop(columns="number", errors="ignore")
        if "unit" in table:
            table["unit"] = table["unit"].map(lambda name: unit(name, language), na_action="ignore")
    heads = [str(name) for name in table]
    if path.stem == _NUMBERS:
        known = texts_of("page", language)
        heads = [known.get(f"page.folders.numbers.{name}", name) for name in heads]
    rows = table.head(MOST_ROWS).astype(object).where(table.notna(), None).to_numpy().tolist()
    title = say("page.folders.numbers_title", language) if path.stem == _NUMBERS else path.stem
    return {"file": path.name, "title": title, "heads": heads, "rows": rows, "count": len(table)}
