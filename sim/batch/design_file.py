"""The sections ``design`` and ``factors`` of an experiment file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from sim.batch.design import Design
from sim.batch.factors import DISTRIBUTIONS, KINDS, SCALES, Factor
from sim.batch.methods import METHODS, MOST_POINTS, NEEDED, OPTIONS, points_of
from sim.batch.point_table import read_table
from sim.calendar import parse_quarter
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.levers import SETTINGS
from sim.scenarios.scenario import Scenario
from sim.scenarios.schema import Section
from sim.scenarios.yaml_file import Document, Location, kind, suggestion

#: Key of a file's factors that stands for every parameter.
EVERYTHING = "*"


def one_of(known: Sequence[str]) -> AfterValidator:
    """Check for a word among those that are known."""

    def check(word: str) -> str:
        if word not in known:
            *others, last = known
            raise ValueError(f"must be {', '.join(others)} or {last}, not {word}{suggestion(word, known)}")
        return word

    return AfterValidator(check)


def _plain_value(value: Any) -> Any:
    if value is None or isinstance(value, list | dict):
        raise ValueError(f"must be a number, a word, true or false, not {kind(value)}")
    return value


type Plain = Annotated[Any, AfterValidator(_plain_value)]


class DesignSection(Section):
    """``design:`` of an experiment file."""

    method: Annotated[str, one_of(METHODS)]
    samples: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    trajectories: Annotated[int, Field(ge=2, le=100_000)] | None = None
    levels: Annotated[int, Field(ge=2, le=1_000)] | None = None
    file: str | None = None

    def options(self) -> dict[str, Any]:
        """What is given besides the method."""
        return self.model_dump(exclude={"method"}, exclude_none=True)


class FactorSection(Section):
    """One of the ``factors:`` of an experiment file."""

    kind: Annotated[str, one_of(KINDS)]
    low: float | None = None
    high: float | None = None
    scale: Annotated[str, one_of(SCALES)] = "linear"
    distribution: Annotated[str, one_of(DISTRIBUTIONS)] = "uniform"
    values: (
        Annotated[list[Annotated[Any, AfterValidator(_plain_value)]], Field(min_length=1, max_length=10_000)]
        | None
    ) = None
    start: Annotated[Any, AfterValidator(_plain_value), Field(alias="from")] = None


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
    ranged = section.low is not None and section.high is not None
    if ranged == (section.values is not None) or (section.low is None) != (section.high is None):
        raise document.error(place, "give either low and high, or values")
    if section.kind in ("rule", "module", "event") and ranged:
        raise document.error(place, f"a {section.kind} has values, not a range")
    if section.scale == "log" and ranged and not float(section.low or 0.0) > 0.0:
        raise document.error(place, "a log scale needs a range above 0")
    if ranged and not float(section.low or 0.0) < float(section.high or 0.0):
        raise document.error(place, "low must be below high")
    start = section.start
    if section.kind == "uncertainty" and start is not None:
        start = parse_quarter(start)
    factor = Factor(
        name, section.kind, section.low, section.high, section.scale, section.distribution,
        None if section.values is None else tuple(section.values), start,
    )  # fmt: skip
    _try_out(document, place, factor, section.start, scenarios)
    return factor


def _try_out(
    document: Document, place: Location, factor: Factor, start: Any, scenarios: Sequence[Scenario]
) -> None:
    """Lay every value, or both ends of the range, over every scenario in the words of a scenario file."""
    values = factor.values or (factor.low, factor.high)
    settings = {setting.name for setting in SETTINGS}
    words = {"lever": "levers", "rule": "rules", "module": "modules", "event": "calendar"}
    words |= {"uncertainty": "parameters", "emphasis": "emphasis"}
    for value in values:
        stated = value if start is None or factor.name in settings else {start: value}
        inside: Any = stated
        for part in reversed(factor.name.split(".")):
            inside = {part: inside}
        for scenario in scenarios:
            try:
                scenario.overlaid("trial", **{words[factor.kind]: inside})
            except InputError as error:
                message = str(error).removeprefix("scenario: ")
                raise document.error(place, message) from None


def design_of(document: Document, section: DesignSection, factors: tuple[Factor, ...], seed: int) -> Design:
    """The design of a file.

    Raises:
        InputError: it is wrong; file, line and column are named.
    """
    options = section.options()
    for name in options:
        if name not in OPTIONS[section.method]:
            raise document.error(("design", name), f"a {section.method} design has no {name}")
    needed = NEEDED.get(section.method)
    if needed is not None and needed not in options:
        raise document.error(("design",), f"a {section.method} design needs {needed}")
    if section.method == "table":
        file = str(section.file)
        return Design("table", factors, read_table(document, file, factors), {"file": file})
    if not factors:
        raise document.error(("design",), "a design needs factors")
    try:
        points = points_of(section.method, factors, seed, options)
    except InputError as error:
        raise document.error(("design",), str(error).removeprefix("design.")) from None
    except ImportError as error:
        raise document.error(
            ("design",), f"a {section.method} design needs the package {error.name}; install it"
        ) from None
    if len(points) > MOST_POINTS:
        raise document.error(("design",), f"{len(points):,} points are more than {MOST_POINTS:,}")
    return Design(section.method, factors, tuple(points), options)
