"""Read a small YAML file of plain values, and say for each value where it stands.

Only what scenario and experiment files need is let in: one document, a mapping of plain
scalars, lists and mappings. Tags, anchors and aliases are refused, since a tag may build
objects and an alias may refer to itself.
"""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError

MAX_BYTES = 256 * 1024  # the parser reads about 0.1 MB/s
MAX_DEPTH = 16
YAML_TAG = "tag:yaml.org,2002:"

type Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A YAML file read into plain Python values.

    Attributes:
        path: the file as the user named it.
        data: the top mapping, of str, int, float, bool, None, date, list and dict.
        places: 1-based line and column of each key and list item, by its location; empty for
            values that come from Python.
    """

    path: Path
    data: dict[Any, Any]
    places: Mapping[Location, tuple[int, int]]

    def place(self, location: Location) -> tuple[int, int]:
        """Line and column of a location, or of the nearest place around it that is in the file."""
        while location and location not in self.places:
            location = location[:-1]
        return self.places.get(location, (1, 1))

    def error(self, location: Location, message: str) -> InputError:
        """The error to raise about the value at ``location``."""
        where = f"{self.path}:{':'.join(map(str, self.place(location)))}" if self.places else str(self.path)
        dotted = ".".join(str(part) for part in location)
        return InputError(f"{where}: {dotted}: {message}" if dotted else f"{where}: {message}")


def suggestion(word: object, known: Iterable[str]) -> str:
    """``, did you mean X?`` for the closest known word, or an empty string."""
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f", did you mean {close[0]}?" if close else ""


def read_yaml(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping.

    Raises:
        InputError: the file cannot be read, is not a regular file, is larger than ``MAX_BYTES``
            (looked up before anything is read), is not UTF-8, is not YAML, is not a mapping, or
            uses tags, anchors, aliases, duplicate keys or nesting deeper than ``MAX_DEPTH``.
    """
    text = _read_text(path)
    _refuse_what_is_not_plain(path, text)
    tree = _parse(path, text)
    if tree is None:
        raise InputError(f"{path}:1:1: the file is empty; see 'sim list scenarios' for what one looks like")
    if not isinstance(tree, dict):
        raise InputError(f"{path}:1:1: the file must hold a mapping (key: value), not {kind(tree)}")
    places: dict[Location, tuple[int, int]] = {}
    document = Document(path, _plain(tree, (), places), places)
    for location in places:
        if location and (isinstance(location[-1], bool) or not isinstance(location[-1], str | int)):
            raise document.error(location, "a key must be a word or a whole number")
    return document


def kind(value: object) -> str:
    """What a YAML value is, in words for an error message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."


def _read_text(path: Path) -> str:
    try:
        _refuse_unreadable(path)
        with path.open("rb") as file:
            content = file.read(MAX_BYTES)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}:1: is not UTF-8 text; save it as UTF-8") from None


def _refuse_unreadable(path: Path) -> None:
    """Refuse folders, pipes, devices and large files before anything is opened."""
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        raise InputError(f"{path}: is a folder; give a YAML file")
    if not stat.S_ISREG(facts.st_mode):
        raise InputError(f"{path}: is not a regular file; give a YAML file")
    if facts.st_size > MAX_BYTES:
        raise InputError(f"{path}: is {facts.st_size:,} bytes large; at most {MAX_BYTES:,} are read")


def _refuse_what_is_not_plain(path: Path, text: str) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 0
    try:
        for event in YAML(typ="rt", pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            refused = f"nested deeper than {MAX_DEPTH} levels" if depth > MAX_DEPTH else _not_plain(event)
            if refused:
                mark = event.start_mark
                raise InputError(f"{path}:{mark.line + 1}:{mark.column + 1}: {refused}")
    except YAMLError as error:
        raise _syntax_error(path, text, error) from None


def _not_plain(event: Any) -> str:
    """Why a parser event is refused, or an empty string."""
    from ruamel.yaml.events import AliasEvent, ScalarEvent

    if isinstance(event, AliasEvent):
        return f"alias *{event.anchor} is not allowed; write the value out"
    if getattr(event, "anchor", None) is not None:
        return f"anchor &{event.anchor} is not allowed; write each value out"
    if getattr(event, "ctag", None) is not None:
        return f"tag {str(event.tag).replace(YAML_TAG, '!!')} is not allowed; write a plain value"
    if isinstance(event, ScalarEvent) and event.value == "<<" and not event.style:
        return "merge key << is not allowed; use extends"
    return ""


def _parse(path: Path, text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="rt", pure=True).load(text)
    except YAMLError as error:
        raise _syntax_error(path, text, error) from None
    except (ValueError, TypeError, AttributeError) as error:  # such as the date 2019-13-45
        reason = " ".join(str(error).split())
        raise InputError(f"{path}:1:1: YAML: a value cannot be read ({reason})") from None


def _syntax_error(path: Path, text: str, error: Exception) -> InputError:
    from ruamel.yaml.constructor import DuplicateKeyError

    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
    else:
        before = text[: getattr(error, "position", 0) or 0]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    if isinstance(error, DuplicateKeyError):
        problem = problem.partition(" with value")[0] + "; keep one of the two"
        return InputError(f"{path}:{line}:{column}: {problem}")
    return InputError(f"{path}:{line}:{column}: YAML syntax: {' '.join(str(problem).split())}")


def _plain(value: Any, location: Location, places: dict[Location, tuple[int, int]]) -> Any:
    """Plain copy of a round-trip tree, whose places go into ``places``."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    marks: Any = value.lc  # type: ignore[union-attr]  # set by ruamel on the collections it makes
    places.setdefault(location, _one_based(marks.line, marks.col))
    copy: Any = {} if isinstance(value, dict) else []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        inside = (*location, key)
        places[inside] = _one_based(*(marks.key(key) if isinstance(value, dict) else marks.item(key)))
        if isinstance(copy, dict):
            copy[_scalar(key)] = _plain(item, inside, places)
        else:
            copy.append(_plain(item, inside, places))
    return copy


def _scalar(value: Any) -> Any:
    for plain in (bool, int, float, str):
        if isinstance(value, plain):
            return plain(value)
    return value


def _one_based(line: int, column: int) -> tuple[int, int]:
    return line + 1, column + 1
