"""``POST /api/check``: whether a state, a scenario file or links of groups are right, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.files import parsed_json
from sim.page.entries import entry_of, scenario_of
from sim.page.groups import Source, joined, told_ranges
from sim.page.mistakes import MistakesError
from sim.page.state import json_of, scenarios_of, state_of

if TYPE_CHECKING:
    from sim.kernel.world import World
    from sim.scenarios.scenario import Scenario
    from sim.text import Language


def check(body: Any, lang: Language = "en", world: World | None = None) -> dict[str, Any]:
    """What ``POST /api/check`` answers.

    Args:
        body: ``{"yaml": text}`` or ``{"state": ...}``; with ``sources``, a list of ``{"name", "text"}``, the
            state is to have their groups besides (``sim.page.groups.joined``).
        lang: of the answer.
        world: where the places that programmes name are looked up; None = they are not.

    Returns:
        ``ok`` and, where it is, ``digests`` by scenario; of a file also ``entry`` and ``digest``, of a state
        ``state``, ``notes`` and ``ranges`` of its groups; else ``lines``: ``text``, ``line`` and ``column``
        (0 where there are none) of each mistake.
    """
    try:
        return {"ok": True, **_checked(body, lang, world)}
    except MistakesError as error:
        return {"ok": False, "lines": [one.as_json(lang) for one in error.mistakes]}


def _checked(body: Any, lang: Language, world: World | None) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise MistakesError.saying("no_mapping", lang)
    if isinstance(text := body.get("yaml"), str):
        entry = entry_of(text, lang, world)
        scenario = scenario_of(entry, lang)
        return {
            "entry": entry.model_dump(),
            **_facts(scenario),
            "digests": {scenario.name: scenario.digest()},
        }
    state, notes = joined(state_of(body.get("state"), lang), _sources(body, lang), lang, world)
    scenarios = scenarios_of(state, lang, world, groups=True)
    return {
        "state": parsed_json(json_of(state)),
        "digests": {scenario.name: scenario.digest() for scenario in scenarios},
        "scenarios": {scenario.name: _facts(scenario) for scenario in scenarios},
        "notes": notes,
        "ranges": told_ranges(scenarios[0], scenarios[1 + len(state.scenarios) :], lang),
    }


def _sources(body: dict[str, Any], lang: Language) -> list[Source]:
    """The links and files that a body brings."""
    match body.get("sources", []):
        case list(given) if all(map(_is_source, given)):
            return [Source(one["name"], one["text"]) for one in given]
    raise MistakesError.saying("groups.sources", lang)


def _is_source(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in Source._fields)


def _facts(scenario: Scenario) -> dict[str, Any]:
    """What a panel of levers shows of a scenario, inherited or its own."""
    levers = {
        name: {str(year): value for year, value in path.items()} for name, path in scenario.levers.items()
    }
    return {"digest": scenario.digest(), "levers": levers, "settings": scenario.settings}
