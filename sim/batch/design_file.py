"""The sections ``design`` and ``factors`` of an experiment file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from sim.batch.design import Design
from sim.batch.factors import DISTRIBUTIONS, KINDS, SCALES, SECTION, Factor, Value, suits
from sim.batch.methods import METHODS, MOST_POINTS, NEEDED, OPTIONS, check_design, points_of
from sim.batch.point_table import read_table
from sim.calendar import parse_quarter
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.levers import SETTINGS
from sim.scenarios.scenario import Scenario
from sim.scenarios.section import Section
from sim.scenarios.yaml_file import Document, Location, kind, suggestion
from sim.text.meant import Hinted

#: Key of a file's factors that stands for every parameter.
EVERYTHING = "*"


def one_of(known: Sequence[str]) -> AfterValidator:
    """Check for a word among those that are known."""

    def check(word: str) -> str:
        if word not in known:
            *others, last = known
            raise ValueError(
                f"must be {', '.join(others)} or {last}, not {word or 'blank'}{suggestion(word, known)}"
            )
        return word

    return AfterValidator(check)


class DesignSize(Section):
    """Options of a design that say how large it is."""

    samples: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    trajectories: Annotated[int, Field(ge=2, le=100_000)] | None = None
    levels: Annotated[int, Field(ge=2, le=1_000)] | None = None

    def given(self) -> dict[str, Any]:
        """The options that are given."""
        return self.model_dump(include=set(DesignSize.model_fields), exclude_none=True)


class DesignSection(DesignSize):
    """``design:`` of an experiment file."""

    method: Annotated[str, one_of(METHODS)]
    file: str | None = None
    groups: Annotated[dict[str, Annotated[list[str], Field(min_length=1)]], Field(min_length=1)] | None = None

    def options(self) -> dict[str, Any]:
        """What is given besides the method."""
        return self.model_dump(exclude={"method"}, exclude_none=True)

    def resized(self, size: DesignSize) -> DesignSection:
        """The same design of another size."""
        return self.model_copy(update=size.given())


def _plain(value: Any) -> Value:
    """One of the values of a factor; whole numbers become floats, since that is what a run computes with."""
    if isinstance(value, str | bool):
        return value
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"must be a finite number, a word, true or false, not {kind(value)}")
    return number + 0.0  # turns -0.0 into 0.0


def _from(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"must be a fiscal year such as 2019 or a quarter such as 2019Q2, not {kind(value)}")
    return value


class FactorSection(Section):
    """One of the ``factors:`` of an experiment file."""

    kind: Annotated[str, one_of(KINDS)]
    low: Annotated[float, AfterValidator(_plain)] | None = None
    high: Annotated[float, AfterValidator(_plain)] | None = None
    scale: Annotated[str, one_of(SCALES)] = "linear"
    distribution: Annotated[str, one_of(DISTRIBUTIONS)] = "uniform"
    values: (
        Annotated[list[Annotated[Any, AfterValidator(_plain)]], Field(min_length=1, max_length=10_000)] | None
    ) = None
    start: Annotated[Any, Field(alias="from"), AfterValidator(_from)] = None


def factors_of(
    document: Document, sections: Mapping[str, FactorSection], scenarios: Sequence[Scenario]
) -> tuple[Factor, ...]:
    """The factors of a file, each of whose values suits every scenario.

    What is wrong with a factor is noted in the document, and the factor left out.
    """
    found = []
    for key, name, section in _expanded(sections):
        with document.noting(("factors", key)):
            found.append(_factor(document, key, name, section, scenarios))
    return tuple(found)


def _expanded(
    factors: Mapping[str, FactorSection],
) -> Iterator[tuple[str, str, FactorSection]]:
    """Key in the file, name and section of every factor.

    ``*`` stands for every parameter that is not named itself; an uncertainty without a range has the one
    that its parameter declares.
    """
    for key, section in factors.items():
        for name in [name for name in declared() if name not in factors] if key == EVERYTHING else [key]:
            bare = section.low is None and section.high is None and section.values is None
            known = declared().get(name) if bare and section.kind == "uncertainty" else None
            own = {} if known is None else {"low": known.low, "high": known.high}
            yield key, name, section.model_copy(update=own)


def _factor(
    document: Document, key: str, name: str, section: FactorSection, scenarios: Sequence[Scenario]
) -> Factor:
    """A factor whose every value suits every scenario; ``key`` is what the file calls it."""
    place = ("factors", key)
    _check_range(document, place, section)
    _check_values(document, place, section)
    factor = Factor(
        name=name,
        kind=section.kind,
        low=section.low,
        high=section.high,
        scale=section.scale,
        distribution=section.distribution,
        values=None if section.values is None else tuple(section.values),
        start=_start(document, (*place, "from"), name, section),
    )
    if name.startswith("programmes."):
        _check_programme(document, place, factor, scenarios)
    _try_out(document, place, factor, section.start, [one for one in scenarios if suits(factor, one)])
    return factor


def _check_programme(
    document: Document, place: Location, factor: Factor, scenarios: Sequence[Scenario]
) -> None:
    """Refuse what is no money of a programme that some scenario has."""
    if factor.programme is None:
        raise document.error(place, "only money of a programme can be varied: programmes.NAME.money")
    if factor.kind != "lever":
        raise document.error((*place, "kind"), f"money of a programme is a lever, not {kind(factor.kind)}")
    names = {name for scenario in scenarios for name in scenario.programmes}
    if factor.programme not in names:
        meant = partial(suggestion, factor.programme, sorted(names))
        raise document.error(place, Hinted(f"no scenario has a programme {factor.programme}", meant))


def _check_range(document: Document, place: Location, section: FactorSection) -> None:
    ranged = section.low is not None and section.high is not None
    if ranged == (section.values is not None) or (section.low is None) != (section.high is None):
        raise document.error(place, "give either low and high, or values")
    if not ranged:
        return
    low, high = float(section.low or 0.0), float(section.high or 0.0)
    if section.kind in ("rule", "module", "event"):
        raise document.error(place, f"a {section.kind} has values, not a range")
    if section.scale == "log" and not low > 0.0:
        raise document.error(place, "a log scale needs a range above 0")
    if not low < high:
        raise document.error(place, "low must be below high")


def _check_values(document: Document, place: Location, section: FactorSection) -> None:
    """Refuse a value that stands there twice, and what only a range has."""
    if section.values is None:
        return
    for name, usual in (("scale", "linear"), ("distribution", "uniform")):
        if getattr(section, name) != usual:
            raise document.error((*place, name), f"is for a range; values have no {name}")
    seen: set[tuple[type, Value]] = set()
    for number, value in enumerate(section.values):
        if (type(value), value) in seen:
            raise document.error((*place, "values", number), f"{kind(value)} is there twice")
        seen.add((type(value), value))


def _start(document: Document, place: Location, name: str, section: FactorSection) -> int | None:
    """Fiscal year or quarter number from which the factor holds.

    Raises:
        InputError: what the factor varies holds from the beginning to the end.
    """
    if section.start is None:
        return None
    if section.kind not in ("lever", "uncertainty") or name in {setting.name for setting in SETTINGS}:
        raise document.error(place, f"{name} cannot change on the way; leave from out")
    if section.kind == "lever":
        if not isinstance(section.start, int):
            raise document.error(place, f"must be a fiscal year such as 2019, not {kind(section.start)}")
        return section.start
    try:
        return parse_quarter(section.start)
    except InputError as error:
        raise document.error(place, str(error)) from None


def _try_out(
    document: Document, place: Location, factor: Factor, start: Any, scenarios: Sequence[Scenario]
) -> None:
    """Lay every value, or both ends of the range, over a scenario in the words of a scenario file.

    What a value may be does not depend on the scenario, only what may be varied at all does: so of the other
    scenarios one value is enough.
    """
    if factor.values is not None:
        trials: list[tuple[Location, Value]] = [
            ((*place, "values", n), v) for n, v in enumerate(factor.values)
        ]
    else:
        trials = [((*place, "low"), factor.low), ((*place, "high"), factor.high)]
    for where, value in trials:
        for scenario in scenarios if where == trials[0][0] else scenarios[:1]:
            try:
                scenario.overlaid("trial", **_overlay(factor, value, start))
            except InputError as error:
                raise document.error(where, str(error).removeprefix("scenario: ")) from None


def _overlay(factor: Factor, value: Value, start: Any) -> dict[str, Any]:
    """A factor's value in the words of a scenario file."""
    inside: Any = value if start is None else {start: value}
    for part in reversed(factor.name.split(".")):
        inside = {part: inside}
    return inside if factor.programme else {SECTION[factor.kind]: inside}


def design_of(document: Document, section: DesignSection, factors: tuple[Factor, ...], seed: int) -> Design:
    """The design of a file.

    Raises:
        InputError: it is wrong; file, line and column are named.
    """
    check_section(document, ("design",), section, factors)
    if section.method == "table":
        file = str(section.file)
        return Design("table", factors, read_table(document, file, factors), {"file": file})
    options = section.options()
    return Design(section.method, factors, tuple(points_of(section.method, factors, seed, options)), options)


def check_section(
    document: Document, place: Location, section: DesignSection, factors: Sequence[Factor]
) -> None:
    """Whether the options of a design suit its method and its factors, before any point is drawn.

    Args:
        document: the file.
        place: of the section, which is that of ``quick`` too.
        section: what is asked for.
        factors: what is varied.

    Raises:
        InputError: they do not; file, line and column are named.
    """
    options = section.options()
    for name in options:
        if name not in OPTIONS[section.method]:
            raise document.error((*place, name), f"a {section.method} design has no {name}")
    needed = NEEDED.get(section.method)
    if needed is not None and needed not in options:
        raise document.error(place, f"a {section.method} design needs {needed}")
    if section.method == "table":
        return
    if not factors:
        raise document.error(place, "a design needs factors")
    try:
        check_design(section.method, factors, options)
    except InputError as error:
        raise document.error(place, str(error).removeprefix("design.").removeprefix("design: ")) from None
