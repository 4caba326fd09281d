"""Scenarios: small overlays on one another, resolved into what a run needs.

A scenario file names the scenario it extends and gives only what differs. A plain number
replaces the whole path of a lever or parameter; a mapping by year (quarter) replaces the
inherited path from its first year (quarter) on and leaves what lies before.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from sim.calendar import FIRST_YEAR
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.allowed import Allowed, refusal
from sim.scenarios.inheritance import (
    check_programmes,
    check_shares,
    flattened,
    imported,
    path_over,
    paths_over,
    programmes_over,
    value_at,
)
from sim.scenarios.levers import LEVERS, SETTINGS, in_order
from sim.scenarios.programmes import Programme
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.scenarios.section import Title
from sim.scenarios.validation import validated
from sim.scenarios.yaml_file import Document, exists, printable, suggestion
from sim.scenarios.yaml_reader import open_yaml

if TYPE_CHECKING:  # checking a file needs no arrays
    import numpy as np
    import numpy.typing as npt

BUILTIN = Path(__file__).parent
BASES, MIXES = ("no_policy", "baseline"), ("esg_first", "balanced")
SUFFIXES = (".yaml", ".yml")


class Calendar(BaseModel):
    """Dated decisions, as quarter numbers.

    Attributes:
        national_target: quarter from which a national target is in force; None = never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    national_target: int | None = None


class Scenario(BaseModel):
    """A scenario with everything it inherits filled in.

    Attributes:
        name: short name; folders are named after it.
        title: title in English and Japanese; the name where none is given.
        extends: the scenario it was laid over, as written in its file.
        levers: for every lever {fiscal year: JPY M a fiscal year, national}; a value holds until
            the next, and FY2018 is always given. User-defined levers come last.
        programmes: by name, levers with a payer and a target of their own.
        extensions: import path of every user-defined extension -> digest of its source.
        settings: value of every setting of ``sim.scenarios.levers.SETTINGS``.
        parameters: for the parameters that differ from their defaults {quarter number: value};
            a value holds until the next, and quarter 0 is always given.
        rules: choice for every rule of ``sim.scenarios.schema.RULES``.
        modules: whether each optional part of the model is on.
        calendar: dated decisions.
        emphasis: factor on the needs of each pillar's goals.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: Title = Title()
    extends: str | None = None
    levers: dict[str, dict[int, float]]
    settings: dict[str, float]
    parameters: dict[str, dict[int, float]]
    rules: dict[str, str]
    modules: dict[str, bool]
    calendar: Calendar
    emphasis: dict[str, float]
    extensions: dict[str, str] = {}
    programmes: dict[str, Programme] = {}

    @property
    def funds(self) -> tuple[str, ...]:
        """Names of the rows of the ledger: the model's levers, those of extensions, then programmes."""
        return (*in_order(self.levers), *self.programmes)

    @property
    def money(self) -> dict[str, dict[int, float]]:
        """For every row of the ledger {fiscal year: JPY M a fiscal year}."""
        return self.levers | {name: programme.money for name, programme in self.programmes.items()}

    def appropriations(self, fiscal_years: Iterable[int]) -> npt.NDArray[np.float64]:
        """JPY M per full fiscal year, float64 (funds, fiscal years); of levers, for the whole country."""
        import numpy as np

        years, money = list(fiscal_years), self.money
        return np.array([[value_at(money[fund], year) for year in years] for fund in self.funds])

    def with_appropriations(self, fiscal_years: Sequence[int], amounts: npt.NDArray[np.float64]) -> Scenario:
        """The same scenario with other appropriations from the first of the fiscal years on.

        Args:
            fiscal_years: consecutive, ascending.
            amounts: JPY M per full fiscal year (funds, fiscal years), >= 0.
        """
        given = {
            fund: path_over(
                path, {year: float(amounts[row, column]) for column, year in enumerate(fiscal_years)}
            )
            for row, (fund, path) in enumerate((fund, self.money[fund]) for fund in self.funds)
        }
        return self.model_copy(
            update={
                "levers": {name: given[name] for name in self.levers},
                "programmes": {
                    name: programme.model_copy(update={"money": given[name]})
                    for name, programme in self.programmes.items()
                },
            }
        )

    def digest(self) -> str:
        """16 hex digits over the resolved content; name, titles and how it was written do not count."""
        titles: Any = {"title": True, "programmes": {"__all__": {"title"}}}
        content = self.model_dump(exclude={"name": True, "extends": True, **titles})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def overlaid(self, name: str, **sections: Any) -> Scenario:
        """A new scenario laid over this one, in the words of a scenario file.

        ``scenario.overlaid("more", levers={"subsidy": {2019: 500}}, rules={"award": "lottery"})``

        Raises:
            InputError: a section, key or value is wrong.
        """
        document = Document(Path("scenario"), {"name": name, "extends": self.name, **sections}, {})
        content = validated_over(self, document)
        scenario = None if content is None else laid_over(self, document, content)
        document.refuse_mistakes()
        assert scenario is not None
        return scenario


def builtin_names() -> list[str]:
    """Names of the built-in scenarios: the bases, those that add to one lever, the mixes of several."""
    others = {path.stem for path in BUILTIN.glob("*.yaml")} - {*BASES, *MIXES}
    return [*BASES, *sorted(others), *MIXES]


class Overlay(NamedTuple):
    """What one file gives: the file itself, and its validated content.

    ``in_full`` tells that it says everything, and not just what it changes.
    """

    document: Document
    content: Mapping[str, Any]
    in_full: bool = False


class Loaded(NamedTuple):
    """A scenario, and the files that it was made of: its own last, without the built-in ones below it."""

    scenario: Scenario
    overlays: tuple[Overlay, ...]


def load_scenario(reference: str | Path, allow_extensions: Allowed = ()) -> Scenario:
    """A built-in scenario by name, or one from a YAML file.

    Args:
        reference: name or path.
        allow_extensions: modules that may be imported where the file names them under ``extensions``, such
            as ``"my_levers"``; without leave such a file is refused.

    Raises:
        InputError: there is none, or its file is wrong; a line with file, line and column for each mistake.
    """
    return load_with_overlays(reference, allow_extensions).scenario


def load_with_overlays(reference: str | Path, allow_extensions: Allowed = ()) -> Loaded:
    """A scenario with the files that it was made of; arguments and errors are those of ``load_scenario``."""
    if str(reference) in builtin_names():
        return _builtin(str(reference))
    path = Path(reference)
    if path.suffix in SUFFIXES or len(path.parts) > 1 or exists(path):
        return _loaded(path, allow_extensions)
    raise InputError(f"{printable(reference)}: {_unknown(str(reference))}")


def load_scenarios(references: Sequence[str | Path], allow_extensions: Allowed = ()) -> list[Scenario]:
    """Several scenarios, in the order given; arguments as of ``load_scenario``.

    Raises:
        InputError: some cannot be loaded, or two have the same name; all that is wrong is told.
    """
    return [loaded.scenario for loaded in load_all(references, allow_extensions)]


def load_all(references: Sequence[str | Path], allow_extensions: Allowed = ()) -> list[Loaded]:
    """Several scenarios with the files that they were made of; as ``load_scenarios`` otherwise."""
    found, errors = [], []
    for reference in references:
        try:
            found.append(load_with_overlays(reference, allow_extensions))
        except InputError as error:
            errors.append(error)
    counts = Counter(loaded.scenario.name for loaded in found)
    for name, count in counts.items():
        if count > 1:
            errors.append(InputError(f"{name}: is given {count} times; name each scenario once"))
    if errors:
        raise InputError.of(errors)
    return found


def _unknown(name: str) -> str:
    others = f", give a .yaml file or one of {', '.join(builtin_names())}"
    return f"no such scenario{suggestion(name, builtin_names()) or others}"


@cache
def _builtin(name: str) -> Loaded:
    scenario, overlays = _loaded(BUILTIN / f"{name}.yaml", allow_extensions=())
    return Loaded(scenario, overlays[-1:])


def _loaded(path: Path, allow_extensions: Allowed, outer: tuple[Path, ...] = ()) -> Loaded:
    """Scenario of a file; ``outer`` are the files that extend it."""
    document = open_yaml(path)
    if "scenarios" in document.data:
        raise InputError(f"{path}: is an experiment; run it with sim batch")
    found = overlay_of(document, allow_extensions, outer)
    document.refuse_mistakes()
    assert found is not None
    return found


def overlay_of(document: Document, allow_extensions: Allowed, outer: tuple[Path, ...] = ()) -> Loaded | None:
    """The scenario that a document describes; None where it is wrong, which is noted in the document.

    Args:
        document: what is laid over the scenario that it extends.
        allow_extensions: as of ``load_scenario``.
        outer: files that extend this one.
    """
    base, below = _base(document, allow_extensions, outer)
    content = validated_over(base, document)
    if content is None:
        return None
    _check_name(document, content["name"])
    if why := refusal(content["extensions"], allow_extensions):
        document.note(("extensions",), why)
        return None
    scenario = laid_over(base, document, content)
    return None if scenario is None else Loaded(scenario, (*below, Overlay(document, content)))


def _check_name(document: Document, name: str) -> None:
    if document.path.resolve().parent != BUILTIN.resolve() and name in builtin_names():
        document.note(("name",), f"{name} is a built-in scenario; choose another name")


def _base(document: Document, allow_extensions: Allowed, outer: tuple[Path, ...]) -> Loaded:
    """The scenario that a file extends; the blank one where what it says is wrong."""
    extends = document.data.get("extends", "baseline")
    blank = Loaded(BLANK, ())
    if not isinstance(extends, str) or ("extends",) in document.mistakes:
        return blank
    if extends in builtin_names() and document.path.parent != BUILTIN:
        return Loaded(_builtin(extends).scenario, ())
    try:
        below = _base_path(document, extends)
        chain = (*outer, document.path.resolve())
        if below.resolve() in chain:
            raise document.error(("extends",), f"{extends} extends this very scenario; extend another")
        return _loaded(below, allow_extensions, chain)
    except InputError as error:
        document.note(("extends",), error)
        return blank


def _base_path(document: Document, extends: str) -> Path:
    if extends in builtin_names():
        return BUILTIN / f"{extends}.yaml"
    path = document.path.parent / extends
    if path.suffix not in SUFFIXES:
        raise document.error(("extends",), _unknown(extends))
    if not exists(path):
        raise document.error(("extends",), f"no such file ({path})")
    return path


def validated_over(base: Scenario, document: Document) -> dict[str, Any] | None:
    """The content of a file that may name the levers of its own and of its base's extensions.

    Returns:
        None where something is wrong, which is noted in the document.
    """
    own = [name for name in base.levers if name not in BLANK.levers]
    named = document.data.get("extensions", [])
    if isinstance(named, list):
        own += [path.partition(":")[2] for path in named if isinstance(path, str)]
    return validated(document, tuple(own))


def laid_over(base: Scenario, document: Document, content: Mapping[str, Any]) -> Scenario | None:
    """The base with the validated content of a file laid over it.

    Returns:
        None where an extension is not what the file says, which is noted in the document.
    """
    before = len(document.mistakes)
    extensions, own = imported(document, content["extensions"], base.extensions)
    given = flattened(content.get("levers", {}))
    known = base.levers.keys() | own.keys() | base.settings.keys()
    for name in given.keys() - known:
        document.note(("levers", name), f"{name} is an extension, but no lever")
    check_programmes(document, content.get("programmes", {}), {*base.levers, *own}, base.programmes)
    if len(document.mistakes) > before:
        return None
    scenario = resolved(base, content, extensions, own)
    check_shares(document, scenario.parameters)
    return scenario


def resolved(
    base: Scenario,
    content: Mapping[str, Any],
    extensions: Mapping[str, str],
    own: Mapping[str, dict[int, float]],
) -> Scenario:
    """The base with validated content laid over it.

    Args:
        base: what the content leaves as it is.
        content: as ``validated`` gives it.
        extensions: digests of the sources of the extensions that it names, by import path.
        own: appropriations of those that are levers.
    """
    funds = {**base.levers, **own}
    given = flattened(content.get("levers", {}))
    defaults = {name: {0: record.default} for name, record in declared().items()}
    parameters = {
        name: path
        for name, path in paths_over({**defaults, **base.parameters}, content.get("parameters", {})).items()
        if path != defaults[name]
    }
    name, title = content["name"], content["title"]
    return Scenario(
        name=name,
        title=Title(en=title.en or name, ja=title.ja or title.en or name),
        extends=content["extends"],
        levers=paths_over(funds, {name: path for name, path in given.items() if name in funds}),
        settings={**base.settings, **{name: value for name, value in given.items() if name in base.settings}},
        parameters=parameters,
        rules={**base.rules, **content.get("rules", {})},
        modules={**base.modules, **content.get("modules", {})},
        calendar=Calendar(**{**base.calendar.model_dump(), **content.get("calendar", {})}),
        emphasis={**base.emphasis, **content.get("emphasis", {})},
        extensions={**base.extensions, **extensions},
        programmes=programmes_over(base.programmes, content.get("programmes", {})),
    )


BLANK = Scenario(
    name="blank",
    levers={lever.name: {FIRST_YEAR: 0.0} for lever in LEVERS},
    settings={setting.name: setting.default for setting in SETTINGS},
    parameters={},
    rules={name: choices[0] for name, choices in RULES.items()},
    modules=dict.fromkeys(MODULES, False),
    calendar=Calendar(),
    emphasis=dict.fromkeys(PILLARS, 1.0),
)
