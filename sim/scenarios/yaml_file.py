"""What was read from a YAML file: plain values, where each of them stands, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.text.harmless import STEERING
from sim.text.meant import Hinted, nearest

#: Mistakes of one file that are told; what follows is mostly more of the same.
MAX_MISTAKES = 20

#: Control characters, halves of surrogate pairs, turns of direction: no text that anybody could see.
NO_TEXT = STEERING
#: A number with commas between its thousands, which YAML takes for text, and in braces for several entries.
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
#: So like a known word that it is one misspelt, rather than a part of others; and like it at all.
_CLOSE, _LIKE = 0.8, 0.6
#: Letters of a word that is looked for in others, and how many of these are told.
_LONG_ENOUGH, _MOST_MEANT = 3, 5

type Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A YAML file read into plain Python values.

    Attributes:
        path: the file as the user named it.
        data: the top mapping, of str, int, float, bool, None, list and dict.
        places: 1-based line and column of each key and list item, by its location; empty for
            values that come from Python.
        within: where ``data`` lies in the file, if it is a part of it.
        mistakes: what has been found wrong so far, by its location in the file.
    """

    path: Path
    data: dict[Any, Any]
    places: Mapping[Location, tuple[int, int]]
    within: Location = ()
    mistakes: dict[Location, InputError] = field(default_factory=dict, compare=False)

    def place(self, location: Location) -> tuple[int, int]:
        """Line and column of a location, or of the nearest place around it that is in the file."""
        location = (*self.within, *location)
        while location and location not in self.places:
            location = location[:-1]
        return self.places.get(location, (1, 1))

    def error(self, location: Location, message: str | Hinted) -> InputError:
        """The error to raise about the value at ``location``."""
        dotted = ".".join(printable(part) for part in (*self.within, *location))
        return self.error_at(self.place(location), f"{dotted}: " + message if dotted else message)

    def at(self, location: Location, message: str) -> str:
        """A message about what stands at a location."""
        return f"{self._where(self.place(location))}: {message}"

    def _where(self, place: tuple[int, int]) -> str:
        return f"{self.path}:{place[0]}:{place[1]}" if self.places else str(self.path)

    def error_at(self, place: tuple[int, int], message: str | Hinted) -> InputError:
        """The error to raise about what stands at a line and column."""
        error = InputError(f"{self._where(place)}: " + message)
        error.place = place
        return error

    def note(self, location: Location, error: InputError | str | Hinted) -> None:
        """Remember a mistake, to be raised with the others.

        What comes of another mistake at the same place or around it is left out.
        """
        whole = (*self.within, *location)
        if any(whole[:depth] in self.mistakes for depth in range(1, len(whole) + 1)):
            return
        known = isinstance(error, InputError)
        self.mistakes[whole] = error if known else self.error(location, error)  # type: ignore[assignment, arg-type]

    @contextmanager
    def noting(self, location: Location) -> Iterator[None]:
        """Remember what is raised inside as a mistake, and go on."""
        try:
            yield
        except InputError as error:
            self.note(location, error)

    def sound(self, section: str) -> dict[Any, Any]:
        """The entries of a section in which no mistake has been noted, nor around them."""
        inside, whole = self.data.get(section), (*self.within, section)
        wrong = {location[: len(whole) + 1] for location in self.mistakes}
        if not isinstance(inside, dict) or any(whole[:depth] in wrong for depth in range(len(whole) + 1)):
            return {}
        return {key: value for key, value in inside.items() if (*whole, key) not in wrong}

    def refuse_mistakes(self) -> None:
        """Raise everything that has been noted, in the order of the file.

        Raises:
            InputError: something has.
        """
        if not self.mistakes:
            return
        found = sorted(self.mistakes.values(), key=lambda error: error.place or (0, 0))
        more = len(found) - MAX_MISTAKES
        rest = [InputError(f"{self.path}: {more:,} more mistakes")] if more > 0 else []
        raise InputError.of([*found[:MAX_MISTAKES], *rest])

    def part(self, location: Location) -> Document:
        """The mapping at a location as a document of its own, which notes its mistakes in this one."""
        inside: Any = self.data
        for key in location:
            inside = inside[key]
        return replace(self, data=inside, within=(*self.within, *location))


def suggestion(word: object, known: Iterable[str]) -> str:
    """``, did you mean X?`` for the closest known word or those with the word in them, or an empty string."""
    text, names = str(word)[:100], list(known)
    close = nearest(text, names, _CLOSE)
    if close is not None:
        return f", did you mean {close}?"
    holding = [name for name in names if len(text) >= _LONG_ENOUGH and text in re.split(r"[_.]", name)]
    like = None if holding else nearest(text, names, _LIKE)
    meant = holding[:_MOST_MEANT] if like is None else [like]
    return f", did you mean {_either(meant)}?" if meant else ""


def _either(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def without_commas(value: object) -> str:
    """``; write 1000 or 1_000: a comma separates entries`` for ``1,000``, or an empty string."""
    if not isinstance(value, str) or not _THOUSANDS.fullmatch(value):
        return ""
    return f"; write {value.replace(',', '')} or {value.replace(',', '_')}: a comma separates entries"


def printable(value: object) -> str:
    """A value as text of one line; what cannot be printed is written as its number."""
    try:
        text = str(value)
    except ValueError:  # Python writes out whole numbers up to some thousand digits
        return "a number of thousands of digits"
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def kind(value: object) -> str:
    """What a YAML value is, in words for an error message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value) if isinstance(value, str) else printable(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def exists(path: Path) -> bool:
    """Whether there is such a file; what no file can be called is none."""
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, a NUL in it
        return False
