"""What is wrong with a scenario of the page: where it stands, in words of the page's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from sim.errors import InputError
from sim.scenarios.yaml_file import MAX_MISTAKES, Document, Location, printable
from sim.text import Language, say
from sim.text.mistakes import translated


class Mistake(NamedTuple):
    """One mistake.

    Attributes:
        text: what is wrong, with the key, in the page's language.
        scenario: name of the scenario, or empty.
        key: dotted key, or empty.
        line: 1-based line in an uploaded file; 0 where there is none.
        column: likewise.
    """

    text: str
    scenario: str = ""
    key: str = ""
    line: int = 0
    column: int = 0

    def told(self, lang: Language) -> str:
        """The whole line: scenario or place, then what is wrong."""
        if self.line:
            return say("page.mistakes.at", lang, line=self.line, column=self.column, text=self.text)
        return (
            say("page.mistakes.of", lang, scenario=self.scenario, text=self.text)
            if self.scenario
            else self.text
        )

    def as_json(self, lang: Language) -> dict[str, Any]:
        """``text``, with its scenario, ``line`` and ``column``."""
        text = self.text if self.line else self.told(lang)
        return {"text": text, "line": self.line, "column": self.column}


class MistakesError(InputError):
    """Bad input of the page, each mistake with its place.

    Attributes:
        mistakes: all of them, in the order of the file.
    """

    mistakes: tuple[Mistake, ...] = ()

    @classmethod
    def by(cls, mistakes: Iterable[Mistake], lang: Language) -> Self:
        """The error that tells these mistakes, each of them once."""
        found = tuple(dict.fromkeys(mistakes))
        error = cls(*(mistake.told(lang) for mistake in found))
        error.mistakes = found
        return error

    @classmethod
    def saying(cls, id: str, lang: Language, /, **values: Any) -> Self:
        """The error of one line that has no place: the text ``page.mistakes.ID``."""
        return cls.by([Mistake(say(f"page.mistakes.{id}", lang, **values))], lang)


def mistakes_in(document: Document, lang: Language, scenario: str = "") -> list[Mistake]:
    """What has been noted in a document, in the order of its file, and how much more there is."""
    noted = sorted(document.mistakes.items(), key=lambda one: one[1].place or (0, 0))
    found = [told(document, location, error, lang, scenario) for location, error in noted[:MAX_MISTAKES]]
    if (more := len(noted) - MAX_MISTAKES) > 0:
        found.append(Mistake(say("page.mistakes.more", lang, more=more), scenario))
    return found


def told(
    document: Document, location: Location, error: InputError, lang: Language, scenario: str = ""
) -> Mistake:
    """One error about a document in the words of the page."""
    key = ".".join(printable(part) for part in location)
    line, column = error.place if error.place and document.places else (0, 0)
    message = _without_place(" ".join(error.lines), document, key)
    words = translated(message, lang)
    text = say("page.mistakes.key", lang, key=key, text=words) if key else words
    return Mistake(text, scenario, key, line, column)


def _without_place(message: str, document: Document, key: str) -> str:
    """What an error says, without the file, the place and the key before it."""
    path = re.escape(" ".join(str(document.path).split()))
    message = re.sub(rf"^{path}(:\d+:\d+)?: ", "", message)
    return message.removeprefix(f"{' '.join(key.split())}: ") if key else message
