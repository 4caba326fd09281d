"""What is wrong with an input, in a language: the catalogue knows the lines that checks say in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from sim.text.catalogue import Language, say, texts_of, unit

#: Ids of the words of checks begin so; the English text is the very line that a check says.
CHECKS = "mistakes."
#: Values in a text that are found by another pattern than "anything".
_PARTS = {"hint": r"(?:[,;] .+| \(or never\))?", "world": "[^:]+", "record": r"\w+"}
#: Values that are lists of words.
_LISTS = ("others", "names")
_HOLE = re.compile(r"(?<!\{)\{(\w+)\}")
#: Letters of the longest line that is held against the words of checks: theirs are much shorter.
_LONGEST = 2_000
#: File, line and column before what is wrong.
_PLACE = re.compile(r".*?:\d+:\d+: ")


def translated(message: str, lang: Language) -> str:
    """What a check says in English, in a language; as it is where there are no words for it."""
    if lang == "en" or len(message) > _LONGEST:
        return message
    known = _known(message, lang)
    return message if known is None else known


def told(line: str, lang: Language) -> str:
    """A line of an ``InputError`` in a language: what is wrong, after the file, place and key before it.

    Where there are no words for what is wrong, it stays English, and some words before it say so.
    """
    known = where_known(line, lang)
    if lang == "en" or known != line:
        return known
    place = _PLACE.match(line)
    start = place.end() if place else 0
    return line[:start] + say("cli.only_english", lang, text=line[start:])


def where_known(line: str, lang: Language) -> str:
    """As ``told``, without the words before what stays English."""
    for start in _starts(line) if lang != "en" and len(line) <= _LONGEST else ():
        known = _known(line[start:], lang, alone=True)
        if known is not None:
            return line[:start] + known
    return line


def _starts(line: str) -> Iterator[int]:
    """Where what is wrong may begin: with the line, or after a colon."""
    yield 0
    yield from (found.end() for found in re.finditer(": ", line))


def _known(message: str, lang: Language, alone: bool = False) -> str | None:
    """The words for what a check says, or None; ``alone``: no key stands before it."""
    for id, pattern in _patterns():
        found = pattern.fullmatch(message)
        if found and not (alone and _keyed(found)):
            values = found.groupdict("").items()
            return say(id, lang, **{name: _value(name, value, lang) for name, value in values})
    return None


def _value(name: str, value: str, lang: Language) -> str:
    """A value in a line, in a language."""
    words = unit(translated(value, lang), lang) if name == "unit" else translated(value, lang)
    return words.replace(", ", say("mistakes.comma", lang)) if name in _LISTS else words


def _keyed(found: re.Match[str]) -> bool:
    """Whether the text begins with a value in which a key ends."""
    return any(found.start(name) == 0 and ": " in f"{value} " for name, value in found.groupdict("").items())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every line that checks say, by id: those with most fixed words first."""
    lines = texts_of(CHECKS.removesuffix("."), "en")
    ordered = sorted(lines.items(), key=lambda one: -len(_HOLE.sub("", one[1])))
    return tuple((id, _pattern(text)) for id, text in ordered)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _HOLE.split(text)
    made = [
        re.escape(part.replace("{{", "{").replace("}}", "}"))
        if number % 2 == 0
        else f"(?P<{part}>{_PARTS.get(part, '.+?')})"
        for number, part in enumerate(parts)
    ]
    return re.compile("".join(made), re.DOTALL)
