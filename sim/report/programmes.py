"""What programmes and those who pay for them are called."""

from __future__ import annotations

from collections.abc import Iterable

from sim.errors import InputError
from sim.kernel.world import World
from sim.report.municipalities import prefecture_name, town_name
from sim.scenarios.programmes import Payer
from sim.scenarios.scenario import Scenario
from sim.text import Language, say
from sim.worlds.focus import find_home, find_municipality_in
from sim.worlds.groups import prefecture_numbers
from sim.worlds.places import prefectures


def programme_titles(scenarios: Iterable[Scenario], lang: Language) -> dict[str, str]:
    """Titles of programmes by name; those without one, or of which another has the same, are left out."""
    given = {
        name: title
        for scenario in scenarios
        for name, programme in scenario.programmes.items()
        if (title := getattr(programme.title, lang) or programme.title.en)
    }
    titles = list(given.values())
    return {name: title for name, title in given.items() if titles.count(title) == 1}


def payer_names(scenarios: Iterable[Scenario], world: World, lang: Language) -> dict[str, str]:
    """Names of the payers of programmes by how tables write them (``prefecture:20``)."""
    payers = {programme.payer for scenario in scenarios for programme in scenario.programmes.values()}
    return {str(payer): payer_name(payer, world, lang) for payer in payers}


def payer_name(payer: Payer, world: World, lang: Language) -> str:
    """What a payer is called: by a place of the world, or of Japan where the world has none of that code."""
    if payer.municipality is not None:
        try:
            return town_name(world, find_municipality_in(payer.municipality, world), lang)
        except InputError:
            return f"{say('report.payers.municipality', lang)} {payer.municipality}"
    if payer.prefecture is None:
        return say("report.payers.national", lang)
    if isinstance(payer.prefecture, str):
        return prefecture_name(world, find_home(payer.prefecture, world), lang)
    numbers = prefecture_numbers(world).tolist()
    if payer.prefecture in numbers:
        return prefecture_name(world, numbers.index(payer.prefecture), lang)
    of_japan = prefectures()[payer.prefecture - 1]
    return of_japan.name if lang == "ja" else of_japan.romaji
