"""Scenarios that stand in another file: written out in full, as in a results folder, or as an overlay."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sim.calendar import FIRST_YEAR, quarter_label
from sim.scenarios.allowed import Allowed
from sim.scenarios.inheritance import check_shares
from sim.scenarios.scenario import BLANK, Loaded, Overlay, overlay_of, resolved
from sim.scenarios.validation import validated
from sim.scenarios.yaml_file import Document, Location, kind

#: Only a scenario that is written out in full keeps the settings apart from the levers.
_MARK = "settings"
#: Quarters before this one have labels that a file may use: those of four-digit years.
LAST_QUARTER = 4 * (9999 - FIRST_YEAR)


def read_inside(document: Document, allow_extensions: Allowed = ()) -> Loaded | None:
    """A scenario that is a part of another file.

    Args:
        document: the part; what is wrong is noted in it.
        allow_extensions: modules of an overlay that may be imported. What is written out in full names the
            digests of the code, too, which is imported no sooner than it is run.

    Returns:
        None where anything is wrong.
    """
    if _MARK in document.data:
        return read_in_full(document)
    return overlay_of(document, allow_extensions)


def read_in_full(document: Document, handed: Collection[str] = ()) -> Loaded | None:
    """A scenario as ``Scenario.model_dump`` gives it, checked in the words of a scenario file.

    Args:
        document: the scenario; what is wrong is noted in it.
        handed: names of extensions that are handed over as objects, and may be levers.

    Returns:
        None where anything is wrong.
    """
    digests, words = _digests(document), _in_words(document)
    named = {*handed, *(path.partition(":")[2] for path in digests)}
    levers = document.data.get("levers")
    own = [name for name in levers if name in named] if isinstance(levers, dict) else []
    content = validated(words, tuple(own))
    if content is None:
        return None
    paths = {name: {FIRST_YEAR: 0.0} for name in own}
    scenario = resolved(BLANK, content, digests, paths)
    check_shares(words, scenario.parameters)
    return Loaded(scenario, (Overlay(words, content, in_full=True),))


def _digests(document: Document) -> dict[str, str]:
    """Import paths of extensions with the digests of their sources."""
    given = document.data.get("extensions", {})
    if not isinstance(given, dict):
        document.note(("extensions",), "must be a mapping of import paths to digests beside settings")
        return {}
    for path, digest in given.items():
        if not isinstance(path, str) or not re.fullmatch("[0-9a-f]{16}", str(digest)):
            document.note(("extensions", path), "must be the 16 hex digits of a digest; restore the file")
    return {str(path): str(digest) for path, digest in given.items()}


def _in_words(document: Document) -> Document:
    """The same scenario in the words of a scenario file, its values still at their places."""
    moved: dict[Location, Location] = {}
    data = dict(document.data)
    data["levers"] = _nested(document, moved)
    data.pop(_MARK)
    if isinstance(programmes := data.get("programmes"), dict):
        data["programmes"] = {name: _for_whom(name, one, moved) for name, one in programmes.items()}
    if isinstance(paths := data.get("parameters"), dict):
        data["parameters"] = {name: _labelled(name, path, moved) for name, path in paths.items()}
    if isinstance(calendar := data.get("calendar"), dict):
        data["calendar"] = {name: "never" if t is None else _label(t) for name, t in calendar.items()}
    data["extensions"] = list(_digests(document))
    if not document.places:
        return replace(document, data=data)
    places = {(*document.within, *new): document.place(old) for new, old in moved.items()}
    return replace(document, data=data, places=ChainMap(places, document.places))  # type: ignore[arg-type]


def _nested(document: Document, moved: dict[Location, Location]) -> dict[Any, Any]:
    """Levers and settings by the parts of their dotted names; where each came from goes into ``moved``."""
    levers: dict[Any, Any] = {}
    for section in ("levers", _MARK):
        inside = document.data.get(section, {})
        if not isinstance(inside, dict):
            document.note((section,), f"must be a mapping (key: value), not {kind(inside)}")
            continue
        for name, value in inside.items():
            location = _put(levers, name, value)
            moved[("levers", *location)] = (section, name)
            for when in value if isinstance(value, dict) else ():
                moved[("levers", *location, when)] = (section, name, when)
    return levers


def _put(levers: dict[Any, Any], name: Any, value: Any) -> Location:
    """Put a value where its dotted name says; where that is."""
    head, dot, last = str(name).partition(".")
    outer = levers.setdefault(head, {}) if dot else levers
    if not isinstance(outer, dict):
        outer, head, dot = levers, "", ""
    outer[last if dot else name] = value
    return (head, last) if dot else (name,)


def _for_whom(name: Any, programme: Any, moved: dict[Location, Location]) -> Any:
    """A programme whose target goes by the word of a scenario file."""
    if not isinstance(programme, dict) or "target" not in programme:
        return programme
    moved["programmes", name, "for"] = ("programmes", name, "target")
    target = programme["target"]
    for word in target if isinstance(target, dict) else ():
        moved["programmes", name, "for", word] = ("programmes", name, "target", word)
    return {("for" if word == "target" else word): value for word, value in programme.items()}


def _labelled(name: Any, path: Any, moved: dict[Location, Location]) -> Any:
    """The path of a parameter by labels of quarters instead of their numbers."""
    if not isinstance(path, dict):
        return path
    moved |= {("parameters", name, _label(t)): ("parameters", name, t) for t in path}
    return {_label(t): value for t, value in path.items()}


def _label(t: Any) -> Any:
    """The label of a quarter's number; what is none is left for the schema to refuse."""
    number = isinstance(t, int) and not isinstance(t, bool) and 0 <= t < LAST_QUARTER
    return quarter_label(t) if number else t
