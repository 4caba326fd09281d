"""What bodies and addresses ask for, checked, and what is answered: all that may take a moment, on a thread.

Every function here may be called from any thread and raises ``InputError`` where something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.page.runs import experiment
from sim.page.stream import Frames
from sim.page.wire import wrong

if TYPE_CHECKING:
    from pathlib import Path

    from sim.page.desk import Ticket
    from sim.page.downloads import Download
    from sim.page.folders import Folders
    from sim.page.house import House
    from sim.page.views import Asked
    from sim.text import Language

#: What a page may call its user: a random word, of which nothing is kept.
_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_USER, _LONGEST_TEXT = 64, 100
_YEARS = (2018, 2100)

type Body = Mapping[str, Any]


def user_of(body: Body, language: Language) -> str:
    """Whose request it is."""
    user = body.get("user")
    if not isinstance(user, str) or _USER.fullmatch(user) is None:
        raise wrong("user", language, most=_LONGEST_USER)
    return user


def frames_of(body: Body, house: House, language: Language) -> Frames:
    """The frames of a state."""
    from sim.page.state import remarks_on, scenarios_of, state_of
    from sim.page.views import VIEWS, Asked
    from sim.worlds.kept import built

    settings = house.settings
    views = body.get("views", [])
    if not isinstance(views, list) or not all(isinstance(name, str) for name in views):
        raise wrong("views", language, known=", ".join(VIEWS))
    replicates = _number(body, "replicates", (1, settings.replicates), language)
    year, place = _number(body, "year", _YEARS, language), _text(body, "place", language)
    state, world = state_of(body.get("state"), language), built(settings.world, settings.seed)
    # a link of another version may name a view that is none any more
    known = [name for name in dict.fromkeys(views) if name in VIEWS]
    grouped = any(VIEWS[name].of_groups for name in known)  # groups are run only where they are looked at
    scenarios = scenarios_of(state, language, world, grouped)
    groups = tuple(one.name for one in scenarios[1 + len(state.scenarios) :])
    remarks = tuple(remarks_on(state, settings.quarters, language, grouped))
    asked = Asked(language, year, place, tuple(state.dates or ()), groups, remarks)
    study = (settings.world, settings.seed, settings.quarters, replicates or settings.replicates)
    wanted = experiment(scenarios, *study)
    return Frames(house.desk, house.ready, wanted, known, asked, settings.patience)


def checked(body: Body, house: House, language: Language) -> dict[str, Any]:
    """Whether a state or a scenario file is right, and what is wrong with it."""
    from sim.page.checking import check
    from sim.worlds.kept import built

    return check(body, language, built(house.settings.world, house.settings.seed))


def downloaded(kind: str, body: Body, house: House, language: Language, ticket: Ticket) -> Download:
    """A file made of a state, its runs carried out in turn with those of others."""
    from sim.page.downloads import download
    from sim.page.state import state_of

    return download(
        kind,
        state_of(body.get("state"), language),
        house.settings,
        lang=language,
        scenario=_text(body, "scenario", language),
        replicates=_number(body, "replicates", (1, house.settings.replicates), language),
        figure=_text(body, "figure", language),
        run=lambda wanted, folder: house.desk.results(ticket, wanted, folder),
    )


def frame_of_folder(id: str, asked: Mapping[str, str], house: House, language: Language) -> dict[str, Any]:
    """A frame of a results folder: the views that an address asks for, of all of its runs.

    ``tabs`` names the views that it has; where none of them is asked for, the first one is given. ``specs``
    says how those are drawn that only folders have.
    """
    from sim.page.state import state_of
    from sim.page.views import Asked

    year, place = asked.get("year"), asked.get("place")
    number = int(year) if year and year.isascii() and year.isdecimal() and len(year) == 4 else year or None
    given = {"year": number, "place": place or None}
    dates = asked["dates"].split(",") if asked.get("dates") else None
    looked_at = Asked(
        language,
        _number(given, "year", _YEARS, language),
        _text(given, "place", language),
        tuple(state_of({"v": 1, "dates": dates}, language).dates or ()),
    )
    with house.folders.reading(house.folders.path(id, language), language):
        return _frame(id, list(dict.fromkeys(asked.get("views", "").split(","))), looked_at, house.folders)


def _frame(id: str, names: Sequence[str], at: Asked, folders: Folders) -> dict[str, Any]:
    """The frame of a folder with the views of these names."""
    from sim.page import answered
    from sim.page.shelf import head_of, specs_of_folder, tabs_of, view_of

    path, answers = folders.path(id, at.lang), folders.answers(id, at.lang)
    opened = folders.opened(id, at.lang)
    tabs = [*([answered.NAME] if answers else []), *tabs_of(opened)]
    chosen = [name for name in names if name in tabs] or tabs[:1]
    told = answered.first_sentences(answers, at.lang), answered.doubts(answers, at.lang)
    views = {"answer": head_of(opened, at, *told)}
    if "place" in names:
        chosen.append("place")
    for name in chosen:
        if name == answered.NAME:
            views[name] = answered.shown(path, answers, at.lang)
        else:
            views |= view_of(opened, name, at)
    replicates = views["answer"]["n"]
    return {"kind": "frame", "replicates": replicates, "of": replicates, "views": views, "tabs": tabs,
            "specs": specs_of_folder(opened, at.lang), "folder": folders.told(path, at.lang)}  # fmt: skip


def file_of_answer(path: Mapping[str, str], house: House, language: Language) -> tuple[Path, str]:
    """A figure or table of an answer that lies in a results folder, and its media type."""
    from sim.page.answered import file_of

    folder = house.folders.path(path["id"], language)
    return file_of(folder, path["name"], path["file"], language)


def setup_of(house: House, language: Language) -> dict[str, Any]:
    """What the page needs once."""
    from sim.page.setup import setup

    return setup(language, house.settings)


def specs_of(language: Language) -> dict[str, Any]:
    """How views are drawn: Vega-Lite by name of the view, null where the page draws by itself."""
    from sim.page.views import specs

    return specs(language)


def _number(body: Body, name: str, bounds: tuple[int, int], language: Language) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise wrong("number", language, name=name, low=low, high=high)
    return value


def _text(body: Body, name: str, language: Language) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
        raise wrong("text", language, name=name, most=_LONGEST_TEXT)
    return value
