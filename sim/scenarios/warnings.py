"""What a scenario file may say and still deserves a word: no effect, implausible values, slips in money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.calendar import fiscal_year, quarter_label
from sim.kernel.parameters import declared
from sim.scenarios.inheritance import flattened
from sim.scenarios.levers import SETTINGS
from sim.scenarios.scenario import BUILTIN, Loaded, Overlay
from sim.scenarios.yaml_file import Location
from sim.text import Language, say
from sim.text import numbers as text
from sim.text.numbers import money, number

#: JPY M a fiscal year of one lever: the whole Regional Revitalization Promotion Grant. Who asks for more has
#: most likely written thousands of yen, as budgets of the national government are.
MUCH_MONEY = 100_000.0


def scenario_warnings(loaded: Iterable[Loaded], quarters: int, language: Language) -> list[str]:
    """What deserves a word about scenarios, a line each with its place; each file is looked at once.

    Args:
        loaded: scenarios with the files that they were made of.
        quarters: horizon of the run.
        language: of the lines.
    """
    seen: dict[int, Overlay] = {}
    for one in loaded:
        seen |= {id(overlay.document): overlay for overlay in one.overlays}
    lines = []
    for overlay in seen.values():
        document = overlay.document
        found = sorted(_about(overlay, quarters, language), key=lambda one: document.place(one[0]))
        lines += [document.at(location, words) for location, words in found]
    return lines


def implausible(name: str, value: float, language: Language) -> str | None:
    """What deserves a word about a value of a lever, setting or parameter; None where it is plausible.

    Args:
        name: dotted, as in a scenario file.
        value: in the unit of its kind.
        language: of the words.
    """
    if name in _RANGES:
        low, high = _RANGES[name]
        if low <= value <= high:
            return None
        facts = {"name": name, "value": f"{value:g}", "low": f"{low:g}", "high": f"{high:g}"}
        return say("scenario_warnings.out_of_range", language, **facts)
    if value <= MUCH_MONEY:
        return None
    facts = {
        "name": name,
        "value": number(value),
        "money": money(value, language),
        "less": number(value / 1e3),
    }
    return say("scenario_warnings.much_money", language, **facts)


def _about(overlay: Overlay, quarters: int, language: Language) -> Iterator[tuple[Location, str]]:
    own = overlay.document.path.parent != BUILTIN
    for location, name, given in _given(overlay.content):
        path = given if isinstance(given, Mapping) else {None: given}
        for when, value in path.items():
            if own and location[0] != "calendar" and (words := implausible(name, value, language)):
                place = location if when is None else (*location, _key(location[0], when))
                yield place, words
                break
        late = [when for when in path if when is not None and _is_late(location[0], when, quarters)]
        # what comes with the package suits any horizon: only a lever without any effect is told of
        told = own or (location[0] == "levers" and len(late) == len(path))
        if late and told and not overlay.in_full:
            place = (*location, _key(location[0], min(late)))
            yield place, _after_horizon(name, location[0], min(late), quarters, language)
    if not overlay.in_full:
        yield from _about_extensions(overlay.content, quarters, language)


def _about_extensions(
    content: Mapping[str, Any], quarters: int, language: Language
) -> Iterator[tuple[Location, str]]:
    """The same about money that the code of a lever appropriates and the file leaves as it is."""
    for entry, path in enumerate(content.get("extensions", ())):
        from sim.extensions import import_extension

        extension, _ = import_extension(path)
        if extension.name in content.get("levers", {}):
            continue
        money = {year: amount for year, amount in (extension.appropriation or {}).items() if amount > 0.0}
        late = [year for year in money if _is_late("levers", year, quarters)]
        if late:
            words = _after_horizon(extension.name, "levers", min(late), quarters, language)
            yield ("extensions", entry), words
        if words_of_most := implausible(extension.name, max(money.values(), default=0.0), language):
            yield ("extensions", entry), words_of_most


def _given(content: Mapping[str, Any]) -> Iterator[tuple[Location, str, Any]]:
    """Location, dotted name and value or path of what a file says about levers, parameters and dates."""
    for name, given in flattened(content.get("levers", {})).items():
        yield ("levers", *name.split(".")), name, given
    for name, programme in content.get("programmes", {}).items():
        if programme and "money" in programme:
            yield ("programmes", name, "money"), name, programme["money"]
    for name, given in content.get("parameters", {}).items():
        yield ("parameters", name), name, given
    for name, t in content.get("calendar", {}).items():
        if t is not None:
            yield ("calendar", name), name, {t: 0.0}


def _is_late(section: Any, when: int, quarters: int) -> bool:
    return when > fiscal_year(quarters - 1) if section in _MONEY else when >= quarters


def _key(section: Any, when: int) -> str | int:
    """A date as it stands in a file."""
    return when if section in _MONEY else quarter_label(when)


def _after_horizon(name: str, section: Any, when: int, quarters: int, language: Language) -> str:
    date = text.fiscal_year(when, language) if section in _MONEY else quarter_label(when)
    facts = {"name": name, "when": date, "last": quarter_label(quarters - 1)}
    return say("scenario_warnings.after_horizon", language, **facts)


#: Sections of a scenario file whose paths go by fiscal year.
_MONEY = ("levers", "programmes")

#: Plausible ranges of settings and parameters.
_RANGES: dict[str, tuple[float, float]] = {
    **{setting.name: (setting.low, setting.high) for setting in SETTINGS},
    **{name: (record.low, record.high) for name, record in declared().items()},
}
