"""What the page says of each lever: how far its slider goes, what money buys, what it stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim.kernel.parameters import Parameter, declared
from sim.report.units import unit_cost
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS, SETTINGS, Lever
from sim.scenarios.scenario import Scenario, builtin_names, load_scenario
from sim.text import Language, label, meaning, say, short, unit

#: What the words of ``sim list levers`` say of a lever.
SAID = ("buys", "unit_cost", "programme", "budget_line", "source")
#: Year whose prices the page tells: the first in which scenarios change a lever.
PRICED_IN = 4


#: JPY M a fiscal year beyond the baseline, given and then spent, from which on a lever hardly spends more of
#: what it is given: `Given` and `Spent` of the rows marked with a dagger in docs/levers_compared.md (a test
#: reads its table). Others take up all that presets give them.
ABSORBED: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "matching_support": (341, 256),
        "esg_finance.study_groups": (126, 125),
        "esg_finance.guarantee": (29, 21),
        "esg_finance.interest_subsidy": (178, 135),
        "subcommittees": (241, 240),
        "futurecity.advice": (49, 23),
        "international.concessional": (312, 42),
    }
)
#: How far a slider goes beyond what is taken up, so that money can be seen to lapse.
_ROOM = 1.5
_TIDY = (1.0, 2.0, 2.5, 3.0, 5.0, 10.0)


def absorbed(name: str) -> float | None:
    """JPY M a fiscal year beyond which more is hardly spent; None where all that presets give is taken up."""
    if name == "futurecity.model_grants":
        return declared()["model_grant_cap"].default * declared()["model_quota"].default
    return ABSORBED[name][0] if name in ABSORBED else None


def _spent_then(name: str) -> float | None:
    """JPY M a fiscal year that are spent of ``absorbed``; None where that is a limit of the lever itself."""
    return ABSORBED[name][1] if name in ABSORBED else None


def reach(name: str) -> float:
    """Where the slider of a lever ends, JPY M a fiscal year of the whole country.

    It goes beyond what the lever takes up, and as far as the baseline and the preset that mixes levers;
    that of a lever without such a limit as far as any preset.
    """
    most = absorbed(name)
    presets = builtin_names() if most is None else ("baseline", "balanced")
    given = [max(load_scenario(preset).levers[name].values()) for preset in presets]
    return _tidy(max(*given, _ROOM * (most or 0.0)))


def _tidy(value: float) -> float:
    """The next sum that people name: 100, 200, 250, 300, 500, 1000."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in _TIDY if size * step >= value)


def levers(lang: Language) -> list[dict[str, Any]]:
    """Every lever in the order of the ledger, in words.

    Returns:
        ``name``, ``label``, ``short``, ``meaning``; ``unit`` of its appropriation; the baseline's ``path``
        {fiscal year as text: JPY M}; ``high``: the end of the slider; ``absorbed``: JPY M a fiscal year
        beyond which money lapses (None where none does), of which ``spent`` is spent (None where all is);
        ``price``: JPY M of one ``piece`` (None where money is bought by its face value); ``bought``: a text
        with ``{money}`` and, where there are pieces, ``{count}`` of them; ``nothing``: what is said where
        there is none; ``transfer``; ``buys``, ``unit_cost``, ``programme``, ``budget_line``, ``source``;
        ``assumed``: what sets its price, with range and source, a text and ``set_by`` a list.
    """
    baseline = load_scenario("baseline")
    return [_lever(lever, baseline, lang) for lever in LEVERS]


def settings(lang: Language) -> list[dict[str, Any]]:
    """Every setting: ``name``, ``label``, ``meaning``, ``unit``, ``default``, ``low``, ``high``, ``step``."""
    return [
        {
            "name": setting.name,
            "label": label(setting.name, lang),
            "meaning": meaning(setting.name, lang),
            "unit": unit(setting.unit, lang),
            "default": setting.default,
            "low": setting.low,
            "high": setting.high,
            "step": 0.05 if setting.high > 0.1 else 0.001,
        }
        for setting in SETTINGS
    ]


def price_of(scenario: Scenario, lever: str) -> float | None:
    """JPY M of one piece that a lever buys in a scenario; None where it buys money by its face value."""
    if lever == "matching_support":
        consultations = _value(scenario, "coordinator_consultations")
        return _value(scenario, "coordinator_cost") / consultations if consultations else None
    if lever == "promotion":
        return _value(scenario, "promotion_contact_cost")
    return unit_cost(scenario, lever)


def _lever(lever: Lever, baseline: Scenario, lang: Language) -> dict[str, Any]:
    name, price = lever.name, price_of(baseline, lever.name)
    priced = price is not None
    set_by = [_priced(one, baseline, lang) for one in lever.cost_set_by]
    left = {"money": "{money}", **({"count": "{count}"} if priced else {})}
    return {
        "name": name,
        "label": label(name, lang),
        "short": short(name, lang),
        "meaning": meaning(name, lang),
        "unit": unit("JPY M/fiscal year", lang),
        "path": {str(year): value for year, value in baseline.levers[name].items()},
        "high": reach(name),
        "absorbed": absorbed(name),
        "spent": _spent_then(name),
        "price": price,
        "piece": say(f"page.levers.pieces.{name}", lang) if priced else None,
        "bought": say(f"page.levers.bought.{name}", lang, **left),
        "nothing": say(f"page.levers.nothing.{'subsidy' if name == 'subsidy' else 'other'}", lang),
        "transfer": lever.transfer,
        **{said: say(f"levers.{name}.{said}", lang) for said in SAID},
        "set_by": set_by,
        "assumed": say("page.levers.between", lang).join(one["text"] for one in set_by),
    }


def _priced(name: str, baseline: Scenario, lang: Language) -> dict[str, Any]:
    """A parameter or setting that sets the price of a lever."""
    found = next((setting for setting in SETTINGS if setting.name == name), None)
    record: Parameter | None = declared().get(name)
    if record is not None:
        value, low, high, measured = _value(baseline, name), record.low, record.high, record.unit
        source = say(f"sources.{record.source}.label", lang)
    else:
        assert found is not None
        value, low, high, measured = found.default, found.low, found.high, found.unit
        source = say("page.levers.chosen", lang)
    facts = {
        "label": label(name, lang),
        "value": f"{value:g}",
        "low": f"{low:g}",
        "high": f"{high:g}",
        "unit": "" if measured == "1" else unit(measured, lang),
        "source": source,
    }
    text = say("page.levers.set_by", lang, **facts)
    return {"name": name, **facts, "value": value, "low": low, "high": high, "text": text}


def _value(scenario: Scenario, name: str) -> float:
    path = scenario.parameters.get(name, {0: declared()[name].default})
    return value_at(path, PRICED_IN)
