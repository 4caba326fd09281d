"""Which known word may have been meant by one that is not known, sought no longer than a person waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from heapq import nlargest
from itertools import islice
from typing import Any

#: Letters of a word that are looked at, known words among which it is sought, and those compared in full.
_LONGEST, _MOST, _COMPARED = 60, 5_000, 100


@dataclass(frozen=True)
class Hinted:
    """A line whose end is found only where it is told: of many mistakes few are.

    Attributes:
        text: how it begins.
        hint: finds how it ends, such as ``, did you mean X?``.
    """

    text: str
    hint: Callable[[], str]

    def __str__(self) -> str:
        """The whole line."""
        return self.text + self.hint()

    def __radd__(self, before: str) -> Hinted:
        """The line with something before it."""
        return Hinted(before + self.text, self.hint)

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes are handed the line."""
        return str, (str(self),)


def nearest(word: str, known: Iterable[str], cutoff: float) -> str | None:
    """The known word that is most like another one.

    Args:
        word: what was written.
        known: words, of which only some thousand are looked at.
        cutoff: how like it has to be, from 0 to 1.
    """
    sought = word[:_LONGEST]
    names = {name[:_LONGEST]: name for name in islice(known, _MOST)}
    few: Iterable[str] = names
    if len(names) > _COMPARED:
        parts = _pairs(sought)
        few = nlargest(_COMPARED, names, key=lambda name: _shared(parts, _pairs(name)))
    found = get_close_matches(sought, few, 1, cutoff)
    return names[found[0]] if found else None


def _pairs(word: str) -> set[str]:
    """Its letters two by two, with its beginning and its end."""
    return {a + b for a, b in zip(f" {word}", f"{word} ", strict=True)}


def _shared(some: set[str], others: set[str]) -> float:
    return len(some & others) / (len(some) + len(others))
