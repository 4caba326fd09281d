"""Experiment files: one YAML file is one experiment that anyone can run again.

``experiment.yaml`` of a results folder is such a file too, with its scenarios written out in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from sim.batch.design_file import (
    DesignSection,
    DesignSize,
    FactorSection,
    check_section,
    design_of,
    factors_of,
    one_of,
)
from sim.batch.experiment import TABLES, Experiment
from sim.calendar import DEFAULT_QUARTERS, parse_quarter
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import Section, Title
from sim.scenarios.yaml_file import Document, read_yaml, suggestion


def _horizon(value: Any) -> Any:
    return parse_quarter(value) + 1 if isinstance(value, str) else value


class RecordSection(Section):
    """``record:`` of an experiment file: what is kept of every run."""

    tables: list[Annotated[str, one_of(TABLES)]] = Field(default_factory=lambda: ["ledger", "series"])
    outcomes: list[str] | None = None
    quarters: list[Annotated[Any, AfterValidator(parse_quarter)]] | None = None


class QuickSection(Section):
    """``quick:`` of an experiment file: what ``--quick`` runs instead, to see that it works."""

    world: str = "synthetic:60"
    quarters: Annotated[int, BeforeValidator(_horizon), Field(ge=1)] = 8
    replicates: Annotated[int, Field(ge=1)] = 2
    design: DesignSize = DesignSize()


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
    factors = factors_of(document, given.factors, scenarios)
    design = None if given.design is None else design_of(document, given.design, factors, given.seed)
    if given.design is not None and given.quick.design.given():
        check_section(document, ("quick", "design"), given.design.resized(given.quick.design), factors)
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


def _shrunk(given: FileSchema) -> FileSchema:
    quick = given.quick
    smaller = {"world": quick.world, "quarters": quick.quarters, "replicates": quick.replicates}
    design = given.design and given.design.resized(quick.design)
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
