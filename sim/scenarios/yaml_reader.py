"""Read a small YAML file of plain values, in one pass over the parser's events.

Only what scenario and experiment files need is let in: one document, a mapping of plain
scalars, lists and mappings. Tags, anchors and aliases are refused, since a tag may build
objects and an alias may refer to itself.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sim.errors import InputError
from sim.scenarios.yaml_file import NO_TEXT, Document, Location, kind, printable
from sim.scenarios.yaml_syntax import WIDE, explained, wide_words

MAX_BYTES = 256 * 1024  # far more than anybody writes by hand
#: What a results folder calls its experiment, and how much is read of it: as much as is ever written.
IN_FOLDER, MAX_BYTES_IN_FOLDER = "experiment.yaml", 16 * 1024 * 1024
MAX_DEPTH = 16
#: Keys and values of a file; a thousand scenarios written out in full have a sixth of them.
MOST_VALUES = 1_000_000
THOUSANDS = "a comma separates entries; write 1000 or 1_000 for 1,000"
IN_CONDITION = "a comma separates entries; put the condition in quotes, or write 1000 or 1_000 for 1,000"
YAML_TAG = "tag:yaml.org,2002:"
_NO_KEY = object()
#: libyaml where PyYAML has it: ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What a plain scalar stands for: the core schema of YAML 1.2, in which yes, no and 1:30 are text.
_CONSTANTS: dict[str, bool | None] = {"": None, "~": None}
for _word, _value in (("null", None), ("true", True), ("false", False)):
    _CONSTANTS |= dict.fromkeys((_word, _word.title(), _word.upper()), _value)
_WHOLE = re.compile(r"[-+]?\d[\d_]*", re.ASCII)
_WHOLE_OF_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_UP_TO_THOUSANDS, _THREE_DIGITS = re.compile(r"[-+]?\d{1,3}"), re.compile(r"\d{3}(\.\d*)?")
_CONDITION, _ITS_REST = re.compile(r".*[<>=＜＞＝] *[-+]?\d{1,3}"), re.compile(r"\d{3}\b.*")
_FLOAT = re.compile(r"[-+]?(\d[\d_]*+\.?[\d_]*+|\.\d[\d_]*+)([eE][-+]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"([-+]?)\.(inf|Inf|INF|nan|NaN|NAN)")


def read_yaml(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping.

    Raises:
        InputError: as of ``open_yaml``, or the file uses tags, anchors, aliases or duplicate keys.
    """
    document = open_yaml(path)
    document.refuse_mistakes()
    return document


def open_yaml(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping, and note what else is wrong in its ``mistakes``.

    Raises:
        InputError: the file cannot be read, is not a regular file, is larger than ``MAX_BYTES``
            (looked up before anything is read), is not UTF-8, is not YAML, is not a mapping, has
            full-width spaces in its indents, is nested deeper than ``MAX_DEPTH`` or
            holds more than ``MOST_VALUES``.
    """
    return _Reader(
        path, _read_text(path, MAX_BYTES_IN_FOLDER if path.name == IN_FOLDER else MAX_BYTES)
    ).document()


class _Reader:
    """Builds plain values from the events of one text, and keeps the place of each."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text
        self._places: dict[Location, tuple[int, int]] = {(): (1, 1)}
        self._noted = Document(path, {}, self._places)
        self._events = self._parsed()
        self._depth = self._values = 0

    def document(self) -> Document:
        """The document.

        Raises:
            InputError: it cannot be read.
        """
        tree = self._tree()
        if tree is None:
            self._refuse((1, 1), "the file is empty; see 'sim list scenarios' for what one looks like")
        if not isinstance(tree, dict):
            self._refuse((1, 1), f"the file must hold a mapping (key: value), not {kind(tree)}")
        return Document(self._path, tree, self._places, mistakes=self._noted.mistakes)

    def _tree(self) -> Any:
        """The value of the first document; a second one is refused."""
        tree: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(_place(event), "another document begins; write one a file")
            elif isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent | yaml.AliasEvent):
                tree = self._value(event, ())
            elif isinstance(event, yaml.DocumentEndEvent):
                continue
        return tree

    def _parsed(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self._text, Loader=_LOADER)
        except yaml.YAMLError as error:
            raise self._noted.error_at(*explained(self._text, error)) from None
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the parser makes of what is no YAML
            reason = " ".join(str(error).split())
            raise InputError(f"{self._path}:1:1: YAML: a value cannot be read ({reason})") from None

    def _refuse(self, place: tuple[int, int], message: str) -> NoReturn:
        raise self._noted.error_at(place, message)

    def _note(self, location: Location, event: Any, message: str) -> None:
        self._noted.note(location, self._noted.error_at(_place(event), message))

    def _value(self, event: Any, location: Location) -> Any:
        """The plain value that an event begins, and the events that it takes."""
        self._check(event, location)
        self._values += 1
        if self._values > MOST_VALUES:
            self._refuse(_place(event), f"holds more than {MOST_VALUES:,} values; take some out")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, location)
        if not isinstance(event, yaml.CollectionStartEvent):
            return None
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(_place(event), f"nested deeper than {MAX_DEPTH} levels")
        build = self._mapping if isinstance(event, yaml.MappingStartEvent) else self._list
        built = build(location)
        self._depth -= 1
        return built

    def _list(self, location: Location) -> list[Any]:
        items: list[Any] = []
        before = None
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            inside = (*location, len(items))
            self._places.setdefault(inside, _place(event))
            words = _comma_between(before, event)
            if words and event.value.startswith("0"):  # [1,100] may be meant so
                self._note(inside, event, words)
            before = event
            items.append(self._value(event, inside))
        return items

    def _mapping(self, location: Location) -> dict[Any, Any]:
        pairs: dict[Any, Any] = {}
        inside, before = location, None
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            if words := _comma_between(before, event):
                self._note(inside, before, words)
                before = event
                self._value(next(self._events), inside)  # goes with it
                continue
            key = self._key(event, location)
            inside = location if key is _NO_KEY else (*location, key)
            if key is not _NO_KEY and key in pairs:
                self._note(inside, event, f'found duplicate key "{printable(key)}"; keep one of the two')
            self._places.setdefault(inside, _place(event))
            before = next(self._events)
            value = self._value(before, inside)
            if key is not _NO_KEY:
                pairs.setdefault(key, value)
        return pairs

    def _key(self, event: Any, location: Location) -> Any:
        """The key, or ``_NO_KEY`` where it is none that a file may have."""
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            self._note((*location, "<<"), event, "merge key << is not allowed; use extends")
            return _NO_KEY
        before = len(self._noted.mistakes)
        key = self._value(event, (*location, f"key {_place(event)}"))
        if isinstance(key, bool) or not isinstance(key, str | int):
            message = f"{kind(key)}: a key must be a word or a whole number"
            self._note((*location, kind(key)), event, message)
            return _NO_KEY
        return key if len(self._noted.mistakes) == before else _NO_KEY

    def _scalar(self, event: Any, location: Location) -> Any:
        text: str = event.value
        if event.style or not event.implicit[0]:
            return self._text_of(event, location)
        if wide := WIDE.match(text):
            self._refuse(_place(event), wide_words(wide[1]))
        try:
            value = plain(text)
        except ValueError as error:  # a whole number of thousands of digits
            self._note(location, event, f"cannot be read ({str(error).partition(';')[0]})")
            return None
        return self._text_of(event, location) if isinstance(value, str) else value

    def _text_of(self, event: Any, location: Location) -> str:
        text = str(event.value)
        if bad := NO_TEXT.search(text):
            message = f"holds a character that is no text ({printable(bad[0])}); take it out"
            self._note(location, event, message)
            return ""
        return text

    def _check(self, event: Any, location: Location) -> None:
        """Note what is refused about an event: an alias, an anchor or a tag."""
        refused = ""
        if isinstance(event, yaml.AliasEvent):
            refused = f"alias *{event.anchor} is not allowed; write the value out"
        elif event.anchor is not None:
            refused = f"anchor &{event.anchor} is not allowed; write each value out"
        elif event.tag is not None:
            tag = str(event.tag).replace(YAML_TAG, "!!")
            refused = f"tag {tag} is not allowed; write a plain value"
        if refused:
            self._note(location, event, refused)


def _comma_between(before: Any, event: Any) -> str:
    """Words on a comma between two entries that were meant as one, as in ``1,000``; empty if they are two."""
    plain = all(isinstance(one, yaml.ScalarEvent) and not one.style for one in (before, event))
    if not plain or event.start_mark.index != before.end_mark.index + 1:
        return ""
    if _UP_TO_THOUSANDS.fullmatch(before.value) and _THREE_DIGITS.fullmatch(event.value):
        return THOUSANDS
    return IN_CONDITION if _CONDITION.fullmatch(before.value) and _ITS_REST.fullmatch(event.value) else ""


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _read_text(path: Path, max_bytes: int) -> str:
    try:
        _refuse_unreadable(path, max_bytes)
        with path.open("rb") as file:
            content = file.read(max_bytes)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}:1: is not UTF-8 text; save it as UTF-8") from None


def _refuse_unreadable(path: Path, max_bytes: int) -> None:
    """Refuse folders, pipes, devices and large files before anything is opened."""
    if "\0" in str(path):
        raise InputError(f"{printable(path)}: no file can have such a name")
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        raise InputError(f"{path}: is a folder; give a YAML file")
    if not stat.S_ISREG(facts.st_mode):
        raise InputError(f"{path}: is not a regular file; give a YAML file")
    if facts.st_size > max_bytes:
        raise InputError(f"{path}: is {facts.st_size:,} bytes large; at most {max_bytes:,} are read")


def plain(text: str) -> bool | int | float | str | None:
    """What a scalar without quotes stands for.

    Raises:
        ValueError: a whole number of thousands of digits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text.replace("_", ""))
    if _WHOLE_OF_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if found := _NOT_FINITE.fullmatch(text):
        return float(found[1] + found[2])
    return text
