"""Experiment files: one YAML file is one experiment that anyone can run again.

``experiment.yaml`` of a results folder is such a file too, with its scenarios written out in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from sim.batch.design_file import (
    DesignSection,
    DesignSize,
    FactorSection,
    check_section,
    design_of,
    factors_of,
    one_of,
)
from sim.batch.experiment import PANEL, TABLES, Experiment, checked_name
from sim.batch.experiment import WORLDS as HOW_MANY
from sim.batch.factors import Factor
from sim.batch.frontier_file import FrontierSection, FrontierSize, Problem, problem_of
from sim.batch.limits import MOST_QUARTERS, MOST_REPLICATES, MOST_SCENARIOS
from sim.batch.parameter_sets import POSTERIOR, ParameterSets, read_parameter_sets
from sim.calendar import DEFAULT_QUARTERS, parse_quarter, quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.scenarios.allowed import Allowed, refusal
from sim.scenarios.scenario import (
    BLANK,
    Loaded,
    Scenario,
    builtin_names,
    load_with_overlays,
)
from sim.scenarios.section import Section, Title
from sim.scenarios.spending import EqualSpending
from sim.scenarios.validation import checked_against
from sim.scenarios.written import read_inside
from sim.scenarios.yaml_file import Document, Location, exists, kind, suggestion
from sim.scenarios.yaml_reader import open_yaml
from sim.text.meant import Hinted
from sim.worlds import WORLDS, kind_of, municipalities_of
from sim.worlds.groups import GROUPINGS

#: Keys of a scenario file that no experiment has.
_SCENARIO_KEYS = frozenset({"extends", "levers", "parameters", "rules", "modules", "calendar", "emphasis"})
_USE = "use sim run or sim compare, or name it under scenarios: of an experiment"


def _horizon(value: Any) -> Any:
    return parse_quarter(value) + 1 if isinstance(value, str) else value


def _name(name: str) -> str:
    try:
        return checked_name(name)
    except InputError as error:
        raise ValueError(str(error).removeprefix("name: ")) from None


def _entry(value: Any) -> Any:
    if not isinstance(value, str | dict):
        raise ValueError(f"must be a scenario's name, file or content, not {kind(value)}")
    return value


type Quarters = Annotated[int, BeforeValidator(_horizon), Field(ge=1, le=MOST_QUARTERS)]
type Replicates = Annotated[int, Field(ge=1, le=MOST_REPLICATES)]


class RecordSection(Section):
    """``record:`` of an experiment file: what is kept of every run."""

    tables: list[Annotated[str, one_of(TABLES)]] = Field(default_factory=lambda: ["ledger", "series"])
    by: Annotated[str, one_of(tuple(GROUPINGS))] | None = None
    outcomes: list[str] | None = None
    quarters: list[Annotated[Any, AfterValidator(parse_quarter)]] | None = None


class QuickSection(Section):
    """``quick:`` of an experiment file: what ``--quick`` runs instead, to see that it works."""

    world: str = "synthetic:60"
    quarters: Quarters = 8
    replicates: Replicates = 2
    design: DesignSize = DesignSize()
    frontier: FrontierSize = FrontierSize()


class FileSchema(Section):
    """An experiment file."""

    model_config = ConfigDict(title="experiment")

    name: Annotated[str, AfterValidator(_name)]
    purpose: Title = Field(default_factory=Title)
    world: str = "japan"
    quarters: Quarters = DEFAULT_QUARTERS
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    replicates: Replicates = 30
    baseline: str | None = None
    scenarios: Annotated[
        list[Annotated[Any, BeforeValidator(_entry)]], Field(min_length=1, max_length=MOST_SCENARIOS)
    ]
    design: DesignSection | None = None
    factors: dict[str, FactorSection] = Field(default_factory=dict)
    record: RecordSection = Field(default_factory=RecordSection)
    quick: QuickSection = Field(default_factory=QuickSection)
    equal_spending: EqualSpending | None = None
    frontier: FrontierSection | None = None
    parameters: str | None = None
    worlds: Annotated[str, one_of(HOW_MANY)] = "one"


class LoadedExperiment(NamedTuple):
    """An experiment, and where its scenarios and factors come from.

    Attributes:
        experiment: what to run.
        document: the file.
        scenarios: with the files that they were made of.
        frontier: its section of that name, where it has one.
    """

    experiment: Experiment
    document: Document
    scenarios: tuple[Loaded, ...]
    frontier: FrontierSection | None = None


def load_experiment(path: Path, quick: bool = False, allow_extensions: Allowed = ()) -> Experiment:
    """The experiment of a file.

    Args:
        path: the file; scenarios and tables that it names are looked for beside it.
        quick: shrink it as its section ``quick`` says.
        allow_extensions: modules that may be imported where scenarios name them under ``extensions``.

    Raises:
        InputError: the file, a scenario, a factor or the design is wrong; a line with file, line and
            column for each mistake.
    """
    return load_with_sources(path, quick, allow_extensions).experiment


def load_with_sources(path: Path, quick: bool = False, allow_extensions: Allowed = ()) -> LoadedExperiment:
    """The experiment of a file with where it comes from; as ``load_experiment`` otherwise."""
    loaded = _read(path, quick, allow_extensions)
    document, experiment = loaded.document, loaded.experiment
    for number, scenario in enumerate(experiment.scenarios):
        if why := refusal(scenario.extensions, allow_extensions):
            document.note(("scenarios", number), why)
    document.refuse_mistakes()
    known = (*COLUMN, *experiment.own_outcomes())
    for number, name in enumerate(experiment.outcomes or ()):
        if name not in known:
            meant = partial(suggestion, name, known)
            document.note(("record", "outcomes", number), Hinted(f"{name}: no such outcome", meant))
    document.refuse_mistakes()
    return loaded


def load_problem(path: Path, quick: bool = False, allow_extensions: Allowed = ()) -> Problem:
    """The search for the best mixes that a file asks for.

    Raises:
        InputError: as ``load_experiment``; or its section ``frontier`` is missing or does not suit the rest.
    """
    loaded = load_with_sources(path, quick, allow_extensions)
    return problem_of(loaded.document, loaded.frontier, loaded.experiment)


def read_experiment(path: Path) -> Experiment:
    """The experiment of a results folder's ``experiment.yaml``, to look at: code it names is not imported.

    Raises:
        InputError: the file is wrong.
    """
    return _read(path).experiment


def _read(path: Path, quick: bool = False, allow_extensions: Allowed = ()) -> LoadedExperiment:
    """Read and check a file with all that it names.

    Raises:
        InputError: something is wrong; all that can be found at once is told.
    """
    if str(path) in builtin_names() and not exists(path):
        raise InputError(f"{path}: is a built-in scenario; {_USE}")
    document = open_yaml(path)
    if "scenarios" not in document.data and _SCENARIO_KEYS & document.data.keys():
        raise InputError(f"{path}: is a scenario; {_USE}")
    given = _with_worlds(document, checked_against(FileSchema, document))
    loaded = _scenarios(document, allow_extensions)
    scenarios = [one.scenario for one in loaded]
    factors = factors_of(document, _factor_sections(document), scenarios or [BLANK])
    sets = _parameters(document)
    document.refuse_mistakes()
    assert given is not None
    given = _shrunk(given) if quick else given
    experiment = _built(document, given, scenarios, factors, sets, quick)
    document.refuse_mistakes()
    return LoadedExperiment(experiment, document, tuple(loaded), given.frontier)


def _with_worlds(document: Document, given: FileSchema | None) -> FileSchema | None:
    """The content of a file with the paths of its worlds, as they are found from here."""
    quick = document.data.get("quick")
    named = {("world",): document.data.get("world"), ("quick", "world"): _get(quick, "world")}
    found = {place: _world(document, place, name) for place, name in named.items() if isinstance(name, str)}
    if given is None:
        return None
    small = given.quick.model_copy(update={"world": found.get(("quick", "world"), given.quick.world)})
    return given.model_copy(update={"world": found.get(("world",), given.world), "quick": small})


def _get(section: object, key: str) -> object:
    return section.get(key) if isinstance(section, dict) else None


def _world(document: Document, place: Location, name: str) -> str:
    """A world by name, or by a path beside the experiment; what is wrong with it is noted."""
    beside = document.path.parent / name
    path = str(beside) if name.partition(":")[0] not in WORLDS and name and exists(beside) else name
    try:
        municipalities_of(path)
    except InputError as error:
        document.note(place, error if _is_there(path) else str(error))
    return path


def _is_there(name: str | Path) -> bool:
    """Whether there is a file or folder of that name, whose mistakes have places of their own."""
    path = Path(name)
    return str(name) != "" and exists(path) and (path.is_file() or path.is_dir())


def _parameters(document: Document) -> ParameterSets | None:
    """Parameter sets by name, or by a file beside the experiment; what is wrong with them is noted."""
    name = document.data.get("parameters")
    if not isinstance(name, str):
        return None
    beside = document.path.parent / name
    path = beside if name != POSTERIOR and exists(beside) else name
    try:
        return read_parameter_sets(path)
    except InputError as error:
        document.note(("parameters",), error if _is_there(path) else str(error))
        return None


def _scenarios(document: Document, allow_extensions: Allowed) -> list[Loaded]:
    """The scenarios that a file names or holds, but for those that are wrong."""
    entries = document.data.get("scenarios")
    found: list[Loaded | None] = []
    if isinstance(entries, list) and len(entries) <= MOST_SCENARIOS:
        for number, entry in enumerate(entries):
            if isinstance(entry, str):
                with document.noting(("scenarios", number)):
                    found.append(_named(document, number, entry, allow_extensions))
            elif isinstance(entry, dict):
                found.append(read_inside(document.part(("scenarios", number)), allow_extensions))
    return [one for one in found if one is not None]


def _named(document: Document, number: int, entry: str, allow_extensions: Allowed) -> Loaded:
    """A scenario by name, or by file beside the experiment."""
    beside = document.path.parent / entry
    path = beside if beside.suffix and exists(beside) else entry
    try:
        return load_with_overlays(path, allow_extensions)
    except InputError as error:
        if exists(Path(path)) and Path(path).is_file():
            raise
        raise document.error(("scenarios", number), str(error)) from None


def _factor_sections(document: Document) -> dict[str, FactorSection]:
    """The factors of a file, but for those whose form is wrong."""
    sections = document.sound("factors")
    return {name: FactorSection.model_validate(section) for name, section in sections.items()}


def _built(
    document: Document,
    given: FileSchema,
    scenarios: Sequence[Scenario],
    factors: tuple[Factor, ...],
    sets: ParameterSets | None,
    quick: bool,
) -> Experiment:
    design = None if given.design is None else design_of(document, given.design, factors, given.seed)
    if given.design is not None and given.quick.design.given():
        check_section(document, ("quick", "design"), given.design.resized(given.quick.design), factors)
    if design is None and factors:
        raise document.error(("factors",), "factors without a design; add design: {method: ...}")
    for number, t in enumerate(() if quick else given.record.quarters or ()):
        if t >= given.quarters:
            last = quarter_label(given.quarters - 1)
            document.note(("record", "quarters", number), f"lies after the last quarter, {last}")
    if PANEL in given.record.tables and given.record.by is None:
        place = ("record", "tables", given.record.tables.index(PANEL))
        document.note(
            place, f"panel holds results by place; say by which under record.by: {', '.join(GROUPINGS)}"
        )
    document.refuse_mistakes()
    try:
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
            by=given.record.by,
            equal_spending=given.equal_spending,
            parameters=sets,
            worlds=given.worlds,
        )
    except InputError as error:
        key, _, message = str(error).partition(": ")
        raise document.error(tuple(key.split(".")), message) from None


def _shrunk(given: FileSchema) -> FileSchema:
    quick = given.quick
    smaller = {"world": quick.world, "quarters": quick.quarters, "replicates": quick.replicates}
    if kind_of(quick.world) == "synthetic":
        smaller["worlds"] = "one"  # of places that are given there may be many, of drawn ones there is one
    design = given.design and given.design.resized(quick.design)
    frontier = given.frontier and given.frontier.resized(quick.frontier)
    return given.model_copy(update={**smaller, "design": design, "frontier": frontier})


def _recorded(given: FileSchema, quick: bool) -> tuple[int, ...] | None:
    """Quarters that are kept; in a quick run those within its horizon and the last one."""
    if given.record.quarters is None:
        return None
    if quick:
        return tuple({*(t for t in given.record.quarters if t < given.quarters), given.quarters - 1})
    return tuple(given.record.quarters)
