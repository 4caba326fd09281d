"""What the page needs once: words, levers, presets, places and limits, ready for JSON."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.calendar import EVENTS, FIRST_YEAR, fiscal_years, quarter_label
from sim.page.assumptions import assumptions
from sim.page.entries import LONGEST_TEXT, MOST_PROGRAMMES, preset
from sim.page.levers import levers, settings
from sim.page.readings import folded, reading
from sim.page.runs import STEPS
from sim.page.state import MOST_GROUPS, MOST_SCENARIOS, VERSION
from sim.page.views import VIEWS
from sim.report.municipalities import places_of, prefecture_name
from sim.scenarios.levers import LEVERS
from sim.scenarios.levers import SETTINGS as DECLARED_SETTINGS
from sim.scenarios.programmes import COLUMNS
from sim.scenarios.scenario import Scenario, builtin_names, load_scenario
from sim.scenarios.yaml_reader import MAX_BYTES
from sim.text import Language, label, say, short, unit
from sim.text.catalogue import texts_of
from sim.text.numbers import quarter as quarter_words
from sim.worlds import kind_of
from sim.worlds.groups import is_japanese, prefecture_numbers
from sim.worlds.kept import built
from sim.worlds.places import REGIONS, prefectures, region_of

if TYPE_CHECKING:
    from sim.kernel.world import World
    from sim.page.settings import Settings

#: Colours of the 17 goals, as the United Nations give them.
GOAL_COLOURS = (
    "#E5243B", "#DDA63A", "#4C9F38", "#C5192D", "#FF3A21", "#26BDE2", "#FCC30B", "#A21942", "#FD6925",
    "#DD1367", "#FD9D24", "#BF8B2E", "#3F7E44", "#0A97D9", "#56C02B", "#00689D", "#19486A",
)  # fmt: skip
#: Held while it is made, so that all who ask for it at once wait for the first, and do not make it again.
_making = threading.Lock()
#: Texts of the page that only the server says.
_SERVERS = ("page.mistakes.", "page.levers.")


def setup(lang: Language, settings: Settings) -> dict[str, Any]:
    """What ``GET /api/setup`` answers.

    Args:
        lang: of all words.
        settings: how the page is served.

    Raises:
        InputError: its world cannot be made.
    """
    world = built(settings.world, settings.seed)  # another one where its tables were changed meanwhile
    called = Path(world.name).stem if kind_of(settings.world) == "own" else world.name
    with _making:
        made = _setup(lang, world, settings.quarters, settings.replicates)
    return made | {
        "served": settings.identity,
        "world": {
            "name": called,
            "seed": settings.seed,
            "municipalities": len(world.municipalities.population),
            "japan": world.name == "japan",
        },
    }


@lru_cache(maxsize=4)
def _setup(lang: Language, world: World, quarters: int, replicates: int) -> dict[str, Any]:
    years = fiscal_years(quarters)
    return {
        "lang": lang,
        "languages": ["en", "ja"],
        "words": words(lang),
        "names": names(lang),
        "levers": levers(lang),
        "settings": settings_of(lang),
        "assumptions": assumptions(lang),
        "presets": presets(lang),
        "views": list(VIEWS),
        "quarters": quarter_labels(quarters, lang),
        "years": {"first": FIRST_YEAR, "last": years[-1]},
        "places": places(world),
        "prefectures": prefectures_of(world, lang),
        "targets": targets(world, lang),
        "goals": goals(lang),
        "limits": {
            "version": VERSION,
            "scenarios": MOST_SCENARIOS,
            "groups": MOST_GROUPS,
            "programmes": MOST_PROGRAMMES,
            "text": LONGEST_TEXT,
            "upload": MAX_BYTES,
            "replicates": replicates,
            "steps": [step for step in STEPS if step <= replicates],
        },
    }


def words(lang: Language) -> dict[str, str]:
    """Texts that the page shows, by id (``page.face.undo``)."""
    return {id: text for id, text in texts_of("page", lang).items() if not id.startswith(_SERVERS)}


def names(lang: Language) -> dict[str, dict[str, str]]:
    """What outcomes, levers and settings are called, short where there is room for no more."""
    from sim.kernel.outcomes import OUTCOMES

    sections = {
        "outcomes": [outcome.name for outcome in OUTCOMES],
        "levers": [lever.name for lever in LEVERS],
        "settings": [setting.name for setting in DECLARED_SETTINGS],
    }
    found = {section: {name: label(name, lang) for name in known} for section, known in sections.items()}
    found["short"] = {name: short(name, lang) for known in sections.values() for name in known}
    found["units"] = {outcome.name: unit(outcome.unit, lang) for outcome in OUTCOMES}
    return found


def settings_of(lang: Language) -> list[dict[str, Any]]:
    """Settings of levers, with what the baseline has as ``value``."""
    value = load_scenario("baseline").settings
    return [{**one, "value": value[one["name"]]} for one in settings(lang)]


def presets(lang: Language) -> list[dict[str, Any]]:
    """The built-in scenarios.

    Returns:
        Of each its own ``name``, ``copy`` (the name as a scenario of the page, as its own is taken),
        ``title``, ``overlay``, ``label`` in the language, ``digest``, and ``levers`` and ``settings`` as they
        are in the end, with what it inherits.
    """
    return [_preset(name, load_scenario(name), lang) for name in builtin_names()]


def _preset(name: str, scenario: Scenario, lang: Language) -> dict[str, Any]:
    entry = preset(name)
    return {
        "name": name,
        "copy": entry.name,
        "title": entry.title.model_dump(),
        "label": getattr(entry.title, lang) or name,
        "overlay": entry.overlay,
        "digest": scenario.digest(),
        "levers": {
            lever: {str(year): value for year, value in path.items()}
            for lever, path in scenario.levers.items()
        },
        "settings": scenario.settings,
    }


def quarter_labels(quarters: int, lang: Language) -> list[dict[str, Any]]:
    """Quarters of the horizon: ``name`` (2019Q2), ``label`` in words, and the ``events`` dated in it."""
    labels = [quarter_label(t) for t in range(quarters)]
    return [
        {
            "name": name,
            "label": quarter_words(name, lang),
            "events": [say(f"events.{event}", lang) for event in EVENTS.get(name, ())],
        }
        for name in labels
    ]


def places(world: World) -> list[dict[str, Any]]:
    """Municipalities of a world, in its order.

    Returns:
        ``code``, ``name``, ``romaji``, ``kana`` (see ``sim.page.readings``), ``prefecture`` (its number),
        ``lat``, ``lon``, ``population``.
    """
    table = places_of(world)
    numbers = prefecture_numbers(world)[world.municipalities.prefecture].tolist()
    columns = zip(
        table["jis_code"], table["municipality"], table["municipality_romaji"], numbers,
        table["latitude"], table["longitude"], table["population"], strict=True,
    )  # fmt: skip
    return [
        {
            "code": code,
            "name": name,
            "romaji": romaji,
            "kana": reading(romaji),
            "prefecture": prefecture,
            "lat": round(float(latitude), 4),
            "lon": round(float(longitude), 4),
            "population": int(population),
        }
        for code, name, romaji, prefecture, latitude, longitude, population in columns
    ]


def prefectures_of(world: World, lang: Language) -> list[dict[str, Any]]:
    """Prefectures of a world, by number.

    Returns:
        ``code`` (its number), ``name``, ``romaji``, ``kana``, ``label`` in the language, ``region``.
    """
    japanese = is_japanese(world)
    kana = {known.code: known.kana for known in prefectures()} if japanese else {}
    found = []
    for place, code in enumerate(prefecture_numbers(world).tolist()):
        romaji = prefecture_name(world, place, "en")
        found.append(
            {
                "code": code,
                "name": world.labels.prefecture[place],
                "romaji": romaji,
                "kana": folded(kana.get(code, reading(romaji))),
                "label": prefecture_name(world, place, lang),
                "region": region_of(code) if japanese else None,
            }
        )
    return sorted(found, key=lambda one: int(one["code"]))


def targets(world: World, lang: Language) -> dict[str, Any]:
    """Whom a programme may serve: regions, columns that conditions name, payers."""
    regions = REGIONS if is_japanese(world) else ()
    return {
        "regions": [{"name": name, "label": say(f"report.regions.{name}", lang)} for name in regions],
        "need": ["bottom_quartile"],
        "columns": list(COLUMNS),
        "payers": ["national", "prefecture", "municipality"],
    }


def goals(lang: Language) -> list[dict[str, Any]]:
    """The 17 goals: ``number``, ``label``, ``colour``."""
    return [
        {"number": number, "label": say(f"goals.{number:02d}", lang), "colour": colour}
        for number, colour in enumerate(GOAL_COLOURS, 1)
    ]
