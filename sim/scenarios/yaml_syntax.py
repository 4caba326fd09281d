"""What a YAML parser complains of, in words for somebody who writes by hand: where it is and what to do."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

type Place = tuple[int, int]

#: Spaces that look like an indent and are none to YAML, such as the full-width one of Japanese keyboards.
WIDE = re.compile(r"[ \t]*([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff])")
_FULL_WIDTH = (("：", ":"), ("，", ","), ("｛", "{"), ("｝", "}"))
_INDENT = re.compile(r"[ \t]*")
#: A line that begins with a key, up to its colon.
_KEY = re.compile(r" *(?:- +)*[^\s:#'\"{\[-][^:'\"{\[]*:")
#: What libyaml says where a line stands further in or out than the lines it belongs to.
_MISPLACED = ("mapping values are not allowed", "did not find expected key", "did not find expected '-'")
_UNCLOSED = {
    "did not find expected ',' or '}'": "no } ends what this brace begins, or a comma is missing in it",
    "did not find expected ',' or ']'": "no ] ends what this bracket begins, or a comma is missing in it",
    "found unexpected end of stream": "no quote ends the text that begins here",
    "could not find expected ':'": "a key without a colon; write key: value",
}


def explained(text: str, error: Exception) -> tuple[Place, str]:
    """Line and column of what is wrong with ``text``, and words on it.

    Args:
        text: the whole file.
        error: what the parser raised.
    """
    place = _place(text, error)
    lines = text.split("\n")
    for number in (place[0], place[0] - 1):
        line = lines[number - 1] if 1 <= number <= len(lines) else ""
        if found := _odd_sign(line):
            return (number, found[0]), found[1]
    problem = " ".join(str(getattr(error, "problem", None) or getattr(error, "reason", None) or "").split())
    opened = getattr(error, "context_mark", None)
    for complaint, words in _UNCLOSED.items():
        if problem.startswith(complaint) and opened is not None:
            return (opened.line + 1, opened.column + 1), words
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    if problem.startswith(_MISPLACED) and (words := _misplaced(line, place)):
        return place, words
    return place, f"YAML syntax: {problem or 'cannot be read'}"


def wide_words(space: str) -> str:
    """What to say of a space in an indent that is no plain one."""
    name = "full-width space" if space == "\u3000" else unicodedata.name(space, "space").lower()
    return f"a {name} (U+{ord(space):04X}) in the indent; indent with plain spaces"


def _place(text: str, error: Exception) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return mark.line + 1, mark.column + 1
    before: Any = text[: getattr(error, "position", 0) or 0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _odd_sign(line: str) -> tuple[int, str] | None:
    """Column and words of a tab or a full-width sign that a line holds where YAML wants another."""
    if wide := WIDE.match(line):
        return wide.start(1) + 1, wide_words(wide[1])
    if "\t" in (indent := _INDENT.match(line)[0]):  # type: ignore[index]  # it always matches
        return indent.index("\t") + 1, "a tab stands here; indent with spaces"
    for wrong, right in _FULL_WIDTH:
        if wrong in line:
            return line.index(wrong) + 1, f"a full-width {wrong} where YAML wants {right}"
    return None


def _misplaced(line: str, place: Place) -> str:
    """Words on a key that stands too far in or out, or on a value with a colon; empty where it is neither."""
    key = _KEY.match(line)
    if key and place[1] <= key.end():
        return f"check the indentation: this line begins in column {_first(line)}, unlike those it belongs to"
    if line[place[1] - 1 : place[1]] == ":":
        return "a colon in a value; put the value in quotes"
    return ""


def _first(line: str) -> int:
    return len(line) - len(line.lstrip()) + 1
