"""What is assumed: a few parameters that a visitor may change, in the baseline and in all scenarios alike.

An assumption is no policy: it moves the line that scenarios are held against as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.kernel.parameters import declared
from sim.page.entries import Entry, scenario_of
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.section import Title
from sim.text import LANGUAGES, Language, label, meaning, say, unit

#: Parameters that the page offers, in the order of a deal: a need, a meeting, an agreement, a project, its
#: effect. A link may hold any other of the model, too. What a lever costs is told beside it, and not here.
ASSUMED = (
    "national_push", "posting_rate", "matching_efficiency", "friction_capacity", "capacity_rotation",
    "cost_median", "gross_return", "project_effect",
)  # fmt: skip
#: Steps of a slider over the plausible range.
_STEPS = 100


def assumptions(lang: Language) -> list[dict[str, Any]]:
    """Every assumption that the page offers, in words.

    Returns:
        ``name``, ``label``, ``meaning``, ``unit``; ``value`` of the model, its plausible range ``low`` to
        ``high``, all in that unit, the slider's ``step``; ``source`` of the value.
    """
    records = [declared()[name] for name in ASSUMED]
    return [
        {
            "name": record.name,
            "label": label(record.name, lang),
            "meaning": meaning(record.name, lang),
            "unit": "" if record.unit == "1" else unit(record.unit, lang),
            "value": record.default,
            "low": record.low,
            "high": record.high,
            "step": float(f"{(record.high - record.low) / _STEPS:.1g}"),
            "source": say(f"sources.{record.source}.label", lang),
        }
        for record in records
    ]


def baseline_of(name: str, assumed: Mapping[str, float], lang: Language) -> Scenario:
    """A built-in scenario under other assumptions, by its own name; its title says that there are some.

    Args:
        name: of the built-in scenario.
        assumed: value by parameter; empty = the built-in scenario as it is.
        lang: of the errors.

    Raises:
        MistakesError: there is no such parameter, or it is beyond its range; all that is wrong.
    """
    found = load_scenario(name)
    if not assumed:
        return found
    other = scenario_of(under(Entry(name="assumed", overlay={"extends": name}), assumed), lang)
    titles = {
        each: say("page.assumed.baseline", each, title=getattr(found.title, each) or name)
        for each in LANGUAGES
    }
    return other.model_copy(update={"name": name, "title": Title(**titles)})


def under(entry: Entry, assumed: Mapping[str, float]) -> Entry:
    """A scenario under other assumptions; what it says of a parameter itself is its own and stays."""
    if not assumed:
        return entry
    own = entry.overlay.get("parameters")
    if own is not None and not isinstance(own, Mapping):
        return entry  # wrong as it is, and told so
    return entry.model_copy(update={"overlay": {**entry.overlay, "parameters": {**assumed, **(own or {})}}})
