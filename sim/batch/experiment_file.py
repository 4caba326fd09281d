"""Experiment files: one YAML file is one experiment that anyone can run again.

``experiment.yaml`` of a results folder is such a file too, with its scenarios written out in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from sim.batch.design import (
    DISTRIBUTIONS,
    KINDS,
    METHODS,
    MOST_POINTS,
    SCALES,
    Design,
    Factor,
    Point,
    points_of,
)
from sim.batch.experiment import TABLES, Experiment
from sim.calendar import DEFAULT_QUARTERS, parse_quarter
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import declared
from sim.scenarios.levers import SETTINGS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import Section, Title
from sim.scenarios.yaml_file import Document, Location, read_yaml, suggestion

#: Key of a file's factors that stands for every parameter.
EVERYTHING = "*"
OPTIONS = {
    "grid": {"levels"},
    "fractional": set[str](),
    "lhs": {"samples"},
    "sobol": {"samples"},
    "saltelli": {"samples"},
    "morris": {"trajectories", "levels"},
    "oat": set[str](),
    "table": {"file"},
}
NEEDED = {
    "lhs": "samples",
    "sobol": "samples",
    "saltelli": "samples",
    "morris": "trajectories",
    "table": "file",
}


def _horizon(value: Any) -> Any:
    return parse_quarter(value) + 1 if isinstance(value, str) else value


def _one_of(known: Sequence[str]) -> AfterValidator:
    """Check for a word among those that are known."""

    def check(word: str) -> str:
        if word not in known:
            *others, last = known
            raise ValueError(f"must be {', '.join(others)} or {last}, not {word}{suggestion(word, known)}")
        return word

    return AfterValidator(check)


class DesignSection(Section):
    """``design:`` of an experiment file."""

    method: Annotated[str, _one_of(METHODS)]
    samples: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    trajectories: Annotated[int, Field(ge=2, le=100_000)] | None = None
    levels: Annotated[int, Field(ge=2, le=1_000)] | None = None
    file: str | None = None

    def options(self) -> dict[str, Any]:
        """What is given besides the method."""
        return self.model_dump(exclude={"method"}, exclude_none=True)


class FactorSection(Section):
    """One of the ``factors:`` of an experiment file."""

    kind: Annotated[str, _one_of(KINDS)]
    low: float | None = None
    high: float | None = None
    scale: Annotated[str, _one_of(SCALES)] = "linear"
    distribution: Annotated[str, _one_of(DISTRIBUTIONS)] = "uniform"
    values: Annotated[list[Any], Field(min_length=1, max_length=10_000)] | None = None
    start: Annotated[Any, Field(alias="from")] = None


class RecordSection(Section):
    """``record:`` of an experiment file: what is kept of every run."""

    tables: list[Annotated[str, _one_of(TABLES)]] = Field(default_factory=lambda: ["ledger", "series"])
    outcomes: list[str] | None = None
    quarters: list[Annotated[Any, AfterValidator(parse_quarter)]] | None = None


class QuickSection(Section):
    """``quick:`` of an experiment file: what ``--quick`` runs instead, to see that it works."""

    world: str = "synthetic:60"
    quarters: Annotated[int, BeforeValidator(_horizon), Field(ge=1)] = 8
    replicates: Annotated[int, Field(ge=1)] = 2
    design: dict[str, int] = Field(default_factory=dict)


class FileSchema(Section):
    """An experiment file."""

    name: str
    purpose: Title = Field(default_factory=Title)
    world: str = "japan"
    quarters: Annotated[int, BeforeValidator(_horizon), Field(ge=1, le=200)] = DEFAULT_QUARTERS
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 30
    baseline: str | None = None
    scenarios: Annotated[list[str | dict[str, Any]], Field(min_length=1)]
    design: DesignSection | None = None
    factors: dict[str, FactorSection] = Field(default_factory=dict)
    record: RecordSection = Field(default_factory=RecordSection)
    quick: QuickSection = Field(default_factory=QuickSection)


def load_experiment(path: Path, quick: bool = False, allow_extensions: bool = False) -> Experiment:
    """The experiment of a file.

    Args:
        path: the file; scenarios and tables that it names are looked for beside it.
        quick: shrink it as its section ``quick`` says.
        allow_extensions: import the code that scenarios name under ``extensions``.

    Raises:
        InputError: the file, a scenario, a factor or the design is wrong; file, line and column are named.
    """
    document = read_yaml(path)
    given = _validated(document)
    given = _shrunk(given) if quick else given
    scenarios = [
        _scenario(document, number, entry, allow_extensions) for number, entry in enumerate(given.scenarios)
    ]
    experiment = _built(document, given, scenarios, quick)
    known = (*COLUMN, *experiment.own_outcomes())
    for number, name in enumerate(experiment.outcomes or ()):
        if name not in known:
            message = f"{name}: no such outcome{suggestion(name, known)}"
            raise document.error(("record", "outcomes", number), message)
    return experiment


def read_experiment(path: Path) -> Experiment:
    """The experiment of a results folder's ``experiment.yaml``, to look at: code it names is not imported.

    Raises:
        InputError: the file is wrong.
    """
    document = read_yaml(path)
    given = _validated(document)
    scenarios = [_written_out(document, number, entry) for number, entry in enumerate(given.scenarios)]
    return _built(document, given, scenarios)


def _built(
    document: Document, given: FileSchema, scenarios: Sequence[Scenario], quick: bool = False
) -> Experiment:
    factors = tuple(
        _factor(document, place, name, section, scenarios)
        for place, name, section in _expanded(given.factors)
    )
    design = None if given.design is None else _design(document, given.design, factors, given.seed)
    if design is None and factors:
        raise document.error(("factors",), "factors without a design; add design: {method: ...}")
    return Experiment(
        name=given.name + "_quick" * quick,
        scenarios=tuple(scenarios),
        world=given.world,
        quarters=given.quarters,
        seed=given.seed,
        replicates=given.replicates,
        record=tuple(given.record.tables),
        baseline=given.baseline,
        design=design,
        outcomes=None if given.record.outcomes is None else tuple(given.record.outcomes),
        recorded=_recorded(given, quick),
        purpose=given.purpose,
    )


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


def _shrunk(given: FileSchema) -> FileSchema:
    quick = given.quick
    smaller = {"world": quick.world, "quarters": quick.quarters, "replicates": quick.replicates}
    design = given.design and given.design.model_copy(update=quick.design)
    return given.model_copy(update={**smaller, "design": design})


def _recorded(given: FileSchema, quick: bool) -> tuple[int, ...] | None:
    """Quarters that are kept; in a quick run those within its horizon and the last one."""
    if given.record.quarters is None:
        return None
    if quick:
        return tuple({*(t for t in given.record.quarters if t < given.quarters), given.quarters - 1})
    return tuple(given.record.quarters)


def _validated(document: Document) -> FileSchema:
    try:
        return FileSchema.model_validate(document.data)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        location = tuple(part for part in problem["loc"] if part in _path(document.data, problem["loc"]))
        raise document.error(location, _message(problem)) from None


def _path(data: Any, location: Sequence[Any]) -> list[Any]:
    """The parts of a location that are keys or items of the file."""
    parts = []
    for part in location:
        items = range(len(data)) if isinstance(data, list) else data
        if isinstance(items, dict | range) and part in items:
            parts.append(part)
            data = data[part]
    return parts


def _message(problem: Any) -> str:
    last = problem["loc"][-1]
    if problem["type"] == "extra_forbidden":
        places: dict[int, Any] = {
            1: FileSchema,
            2: {"design": DesignSection, "record": RecordSection}.get(problem["loc"][0]),
        }
        known = places.get(len(problem["loc"])) or FactorSection
        return f"unknown key {last}{suggestion(last, known.model_fields)}"
    if problem["type"] == "missing":
        return f"{last} is missing"
    return str(problem["msg"]).removeprefix("Value error, ")


_SECTIONS: dict[str, type[Section]] = {
    "design": DesignSection,
    "factors": FactorSection,
    "record": RecordSection,
    "quick": QuickSection,
}


def _scenario(
    document: Document, number: int, entry: str | Mapping[str, Any], allow_extensions: bool
) -> Scenario:
    """A scenario by name, by file beside the experiment, or written out in full."""
    if isinstance(entry, str):
        beside = document.path.parent / entry
        try:
            return load_scenario(beside if beside.suffix and beside.exists() else entry, allow_extensions)
        except InputError as error:
            if str(error).startswith(entry):
                raise document.error(("scenarios", number), str(error)) from None
            raise
    scenario = _written_out(document, number, entry)
    if scenario.extensions and not allow_extensions:
        raise document.error(
            ("scenarios", number), "names code to be run; if you trust it, allow it with --allow-extensions"
        )
    return scenario


def _written_out(document: Document, number: int, entry: str | Mapping[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(entry)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise document.error(("scenarios", number), f"{where}: {problem['msg']}") from None


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


def _design(document: Document, section: DesignSection, factors: tuple[Factor, ...], seed: int) -> Design:
    options = section.options()
    for name in options:
        if name not in OPTIONS[section.method]:
            raise document.error(("design", name), f"a {section.method} design has no {name}")
    needed = NEEDED.get(section.method)
    if needed is not None and needed not in options:
        raise document.error(("design",), f"a {section.method} design needs {needed}")
    if section.method == "table":
        return _table(document, str(section.file), factors)
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


def _table(document: Document, name: str, factors: tuple[Factor, ...]) -> Design:
    """Points from a table of one's own, a column per factor."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    path = document.path.parent / name
    read = pyarrow.parquet.read_table if path.suffix == ".parquet" else pyarrow.csv.read_csv
    try:
        table = read(path)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise document.error(("design", "file"), f"{path} cannot be read ({reason})") from None
    lacking = [factor.name for factor in factors if factor.name not in table.column_names]
    if lacking:
        raise document.error(("design", "file"), f"{path} has no column {lacking[0]}")
    columns = [table[factor.name].to_pylist() for factor in factors]
    points: list[Point] = list(zip(*columns, strict=True)) if columns else [()] * table.num_rows
    if not points:
        raise document.error(("design", "file"), f"{path} has no rows")
    for row, point in enumerate(points):
        for factor, value in zip(factors, point, strict=True):
            if not _inside(factor, value):
                where = f"{path}: row {row + 1}, {factor.name}"
                raise document.error(("design", "file"), f"{where}: {value!r} is not what the factor allows")
    return Design("table", factors, tuple(points), {"file": name})


def _inside(factor: Factor, value: Any) -> bool:
    """Whether a value of a table is one of the factor's; an empty one means as in the scenario."""
    if value is None:
        return True
    if factor.values is not None:
        return value in factor.values
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and float(factor.low or 0.0) <= value <= float(factor.high or 0.0)
