"""A scenario of the page: an overlay on a built-in scenario, checked by the same code as scenario files."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import Field

from sim.errors import InputError
from sim.files import write_bytes
from sim.kernel.world import World
from sim.page.mistakes import Mistake, MistakesError, mistakes_in, told
from sim.scenarios.scenario import BUILTIN, Loaded, Scenario, builtin_names, overlay_of
from sim.scenarios.section import Section, Title
from sim.scenarios.warnings import scenario_warnings
from sim.scenarios.yaml_file import NO_TEXT, Document, Location, printable, suggestion
from sim.scenarios.yaml_reader import MAX_BYTES, MAX_DEPTH, open_yaml
from sim.scenarios.yaml_writer import as_yaml
from sim.simulation.targets import mistakes_of
from sim.text import Language, say
from sim.text.mistakes import translated

#: Sections that a scenario of the page may hold.
SECTIONS = (
    "extends", "levers", "programmes", "parameters", "rules", "modules", "calendar", "emphasis",
)  # fmt: skip
#: Programmes of one scenario: each is a row of the ledger, which every run pays for.
MOST_PROGRAMMES = 20
#: Letters of one text: a condition is taken apart by a parser whose time grows with it.
LONGEST_TEXT = 1_000
#: Entries of one scenario, whatever they are.
MOST_VALUES = 4_000
_UPLOADED, _NO_FILE = "scenario.yaml", Path("scenario")
#: Stands for bytes that are no UTF-8, where a browser reads a file as text.
_REPLACED = "\ufffd"
_YEAR = re.compile(r"\d{1,9}", re.ASCII)


class Entry(Section):
    """One scenario of the page.

    Attributes:
        name: as in a scenario file.
        title: in English and Japanese; empty where there is none.
        overlay: what a scenario file says besides, without ``extensions``. Fiscal years are keys of text,
            as JSON has no others.
    """

    name: str
    title: Title = Title()
    overlay: dict[str, Any] = Field(default_factory=dict)


def scenario_of(entry: Entry, lang: Language = "en", world: World | None = None) -> Scenario:
    """The scenario that an entry describes.

    Args:
        entry: an overlay.
        lang: of the errors.
        world: where the places that programmes name are looked up; None = they are not.

    Raises:
        MistakesError: something is wrong; all that is.
    """
    return _loaded(entry, lang, world).scenario


def remarks_on(entry: Entry, quarters: int, lang: Language) -> list[str]:
    """What deserves a word about an entry that is right, as ``sim run`` and ``sim check`` say of a file.

    Args:
        entry: an overlay.
        quarters: horizon of the runs.
        lang: of the lines.
    """
    lines = scenario_warnings([_loaded(entry, lang)], quarters, lang)
    return [line.removeprefix(f"{_NO_FILE}: ") for line in lines]


def _loaded(entry: Entry, lang: Language, world: World | None = None) -> Loaded:
    scenario = printable(entry.name)[:60]
    if _note_unfit(raw := Document(_NO_FILE, {"name": entry.name, **entry.overlay}, {})):
        raise MistakesError.by(mistakes_in(raw, lang, scenario), lang)
    given = {**with_years(entry.overlay), "name": entry.name, **_title(entry.title)}
    return _checked(Document(_NO_FILE, given, {}), lang, scenario, world)


def entry_of(text: str, lang: Language = "en", world: World | None = None) -> Entry:
    """The entry of a scenario file.

    Args:
        text: of the file.
        lang: of the errors.
        world: as of ``scenario_of``.

    Raises:
        MistakesError: something is wrong; all that is, with line and column.
    """
    document = _read(text, lang)
    _checked(document, lang, "", world)
    overlay = {str(key): value for key, value in document.data.items() if key not in ("name", "title")}
    return Entry(
        name=document.data["name"], title=Title(**document.data.get("title", {})), overlay=as_json(overlay)
    )


def yaml_of(entry: Entry) -> str:
    """The entry as a scenario file that ``sim run`` takes and that is the same scenario."""
    overlay = with_years(entry.overlay)
    ordered = {name: overlay[name] for name in SECTIONS if name in overlay}
    return as_yaml({"name": entry.name, **_title(entry.title), **ordered})


def preset(name: str) -> Entry:
    """A built-in scenario as an entry that may be changed, under a name of its own."""
    data = open_yaml(BUILTIN / f"{name}.yaml").data
    overlay = {key: value for key, value in data.items() if key not in ("name", "title")}
    own = {"extends": name} if name in ("baseline", "no_policy") else overlay
    return Entry(name=f"{name}_copy", title=Title(**data.get("title", {})), overlay=as_json(own))


def with_years(value: Any) -> Any:
    """The value with keys of digits as whole numbers, as fiscal years are in a file."""
    if isinstance(value, dict):
        return {
            int(key) if isinstance(key, str) and _YEAR.fullmatch(key) else key: with_years(inside)
            for key, inside in value.items()
        }
    return [with_years(inside) for inside in value] if isinstance(value, list) else value


def as_json(value: Any) -> Any:
    """The value with keys of text, as JSON has them."""
    if isinstance(value, dict):
        return {str(key): as_json(inside) for key, inside in value.items()}
    return [as_json(inside) for inside in value] if isinstance(value, list) else value


def _title(title: Title) -> dict[str, Any]:
    said = {lang: text for lang, text in (("en", title.en), ("ja", title.ja)) if text}
    return {"title": said} if said else {}


def _read(text: str, lang: Language) -> Document:
    """An uploaded file as a document, its mistakes of YAML noted in it."""
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise MistakesError.saying("no_text", lang) from None
    if len(content) > MAX_BYTES:
        raise MistakesError.saying("too_large", lang, bytes=len(content), most=MAX_BYTES)
    if (at := text.find(_REPLACED)) >= 0:
        place = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        raise MistakesError.by([Mistake(translated(_check("not_utf_8"), lang), "", "", *place)], lang)
    # the reader of files takes a file, so that an uploaded one is read by the very same code
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _UPLOADED
        write_bytes(path, content)
        try:
            return open_yaml(path)
        except InputError as error:
            document = Document(path, {}, {(): (1, 1)})
            raise MistakesError.by([told(document, (), error, lang)], lang) from None


def _checked(document: Document, lang: Language, scenario: str, world: World | None) -> Loaded:
    """The scenario of a document, with the document."""
    if "scenarios" in document.data:
        document.mistakes.clear()  # they are of a file of another kind
        document.note(("scenarios",), _check("experiment"))
        raise MistakesError.by(mistakes_in(document, lang, scenario), lang)
    loaded = None
    if not _note_unfit(document):
        loaded = overlay_of(_note_refused(document), allow_extensions=())
    if loaded is not None and not document.mistakes and world is not None:
        for keys, message in mistakes_of(loaded.scenario, world):
            document.note(keys, message)
    if loaded is None or document.mistakes:
        raise MistakesError.by(mistakes_in(document, lang, scenario), lang)
    return loaded


def _note_refused(document: Document) -> Document:
    """Note what a file may say and the page refuses: code, and files of the server.

    Returns:
        The document without the code, so that no schema is made for its names.
    """
    data = document.data
    extends, programmes = data.get("extends"), data.get("programmes")
    if isinstance(extends, str) and extends not in builtin_names():
        hint = suggestion(extends, builtin_names()) or f"; known here: {', '.join(builtin_names())}"
        document.note(("extends",), _check("extends", name=printable(extends)[:60], hint=hint))
    if isinstance(name := data.get("name"), str) and name in builtin_names():
        document.note(("name",), _check("builtin", name=name))
    if isinstance(programmes, dict) and len(programmes) > MOST_PROGRAMMES:
        document.note(("programmes",), _check("programmes", most=MOST_PROGRAMMES))
    if "extensions" not in data:
        return document
    if data["extensions"] != []:
        document.note(("extensions",), _check("extensions"))
    return replace(document, data={key: value for key, value in data.items() if key != "extensions"})


def _check(id: str, **values: Any) -> str:
    """A line in English, as those of the checks of files; it is translated with them."""
    return say(f"mistakes.{id}", "en", **values)


def _note_unfit(document: Document) -> bool:
    """Note values that are too deep, too long or too many, or no text; whether there are any."""
    todo: list[tuple[Location, Any]] = [((), document.data)]
    found = False
    for _ in range(MOST_VALUES):
        if not todo:
            return found
        location, value = todo.pop()
        if len(location) > MAX_DEPTH:
            document.note(location[:1], _check("deep", most=MAX_DEPTH))
            found = True
        elif isinstance(value, dict):
            todo += [((*location, key), inside) for key, inside in value.items()]
        elif isinstance(value, list):
            todo += [((*location, number), inside) for number, inside in enumerate(value)]
        for text in value if isinstance(value, dict) else (value,):
            if isinstance(text, str) and (words := _unfit(text)):
                document.note(location, words)
                found = True
    document.note((), _check("many", most=f"{MOST_VALUES:,}"))
    return True


def _unfit(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        return _check("long", most=f"{LONGEST_TEXT:,}")
    return _check("unprintable", sign=printable(bad[0])) if (bad := NO_TEXT.search(text)) else ""
