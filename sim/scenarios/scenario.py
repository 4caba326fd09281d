"""Scenarios: small overlays on one another, resolved into what a run needs.

A scenario file names the scenario it extends and gives only what differs. A plain number
replaces the whole path of a lever or parameter; a mapping by year (quarter) replaces the
inherited path from its first year (quarter) on and leaves what lies before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from sim.calendar import FIRST_YEAR
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.schema import MODULES, PILLARS, RULES, WORDS, Title, validated
from sim.scenarios.yaml_file import Document, read_yaml, suggestion

if TYPE_CHECKING:  # checking a file needs no arrays
    import numpy as np
    import numpy.typing as npt

BUILTIN = Path(__file__).parent
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
            the next, and FY2018 is always given. Levers of one's own come last.
        extensions: import path of every mechanism of one's own -> digest of its source.
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

    @property
    def funds(self) -> tuple[str, ...]:
        """Levers in the order of the rows of the ledger: the model's, then those of extensions."""
        return funds(self.levers)

    def appropriations(self, fiscal_years: Iterable[int]) -> npt.NDArray[np.float64]:
        """National JPY M per full fiscal year, float64 (funds, fiscal years)."""
        import numpy as np

        years = list(fiscal_years)
        return np.array([[value_at(self.levers[fund], year) for year in years] for fund in self.funds])

    def with_appropriations(self, fiscal_years: Sequence[int], amounts: npt.NDArray[np.float64]) -> Scenario:
        """The same scenario with other appropriations from the first of the fiscal years on.

        Args:
            fiscal_years: consecutive, ascending.
            amounts: national JPY M per full fiscal year (funds, fiscal years), >= 0.
        """
        levers = {
            fund: path_over(
                self.levers[fund],
                {year: float(amounts[row, column]) for column, year in enumerate(fiscal_years)},
            )
            for row, fund in enumerate(self.funds)
        }
        return self.model_copy(update={"levers": levers})

    def digest(self) -> str:
        """16 hex digits over the resolved content; name, title and how it was written do not count."""
        content = self.model_dump(exclude={"name", "title", "extends"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def overlaid(self, name: str, **sections: Any) -> Scenario:
        """A new scenario laid over this one, in the words of a scenario file.

        ``scenario.overlaid("more", levers={"subsidy": {2019: 500}}, rules={"award": "lottery"})``

        Raises:
            InputError: a section, key or value is wrong.
        """
        document = Document(Path("scenario"), {"name": name, "extends": self.name, **sections}, {})
        return _laid_over(self, document, _validated_over(self, document))


def funds(levers: Iterable[str]) -> tuple[str, ...]:
    """Names of levers in the order of the rows of the ledger: the model's, then those of extensions."""
    built_in = [lever.name for lever in LEVERS]
    return (*built_in, *(name for name in levers if name not in built_in))


def value_at(path: Mapping[int, float], when: int) -> float:
    """Value of a path at a fiscal year or quarter: that of the last entry not after it."""
    return path[max(key for key in path if key <= when)]


def builtin_names() -> list[str]:
    """Names of the built-in scenarios, the bases first."""
    first = ["no_policy", "baseline"]
    return first + sorted(path.stem for path in BUILTIN.glob("*.yaml") if path.stem not in first)


def load_scenario(reference: str | Path, allow_extensions: bool = False) -> Scenario:
    """A built-in scenario by name, or one from a YAML file.

    Args:
        reference: name or path.
        allow_extensions: import the code that the file names under ``extensions``; without leave such a
            file is refused.

    Raises:
        InputError: there is none, or its file is wrong; file, line and column are named.
    """
    if str(reference) in builtin_names():
        return _loaded(BUILTIN / f"{reference}.yaml", allow_extensions)
    path = Path(reference)
    if path.suffix in SUFFIXES or len(path.parts) > 1 or path.exists():
        return _loaded(path, allow_extensions)
    raise InputError(f"{reference}: {_unknown(str(reference))}")


def load_scenarios(references: Sequence[str | Path], allow_extensions: bool = False) -> list[Scenario]:
    """Several scenarios, in the order given; arguments as of ``load_scenario``.

    Raises:
        InputError: one cannot be loaded, or two have the same name.
    """
    scenarios = [load_scenario(reference, allow_extensions) for reference in references]
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name}: is given {names.count(name)} times; name each scenario once")
    return scenarios


def _unknown(name: str) -> str:
    others = f", give a .yaml file or one of {', '.join(builtin_names())}"
    return f"no such scenario{suggestion(name, builtin_names()) or others}"


def _loaded(path: Path, allow_extensions: bool, outer: tuple[Path, ...] = ()) -> Scenario:
    """Scenario of a file; ``outer`` are the files that extend it."""
    document = read_yaml(path)
    base = _base(document, allow_extensions, outer)
    content = _validated_over(base, document)
    if path.resolve().parent != BUILTIN.resolve() and content["name"] in builtin_names():
        raise document.error(("name",), f"{content['name']} is a built-in scenario; choose another name")
    if content["extensions"] and not allow_extensions:
        raise document.error(
            ("extensions",), "names code to be run; if you trust it, allow it with --allow-extensions"
        )
    return _laid_over(base, document, content)


def _base(document: Document, allow_extensions: bool, outer: tuple[Path, ...]) -> Scenario:
    """The scenario that a file extends; the blank one where what it says is no reference at all."""
    extends = document.data.get("extends", "baseline")
    if not isinstance(extends, str):
        return _BLANK
    below = _base_path(document, extends)
    chain = (*outer, document.path.resolve())
    if below.resolve() in chain:
        raise document.error(("extends",), f"{extends} extends this very scenario; extend another")
    return _loaded(below, allow_extensions, chain)


def _validated_over(base: Scenario, document: Document) -> dict[str, Any]:
    """The validated content of a file that may name the levers of its own and of its base's extensions."""
    own = [name for name in base.levers if name not in _BLANK.levers]
    named = document.data.get("extensions", [])
    if isinstance(named, list):
        own += [path.partition(":")[2] for path in named if isinstance(path, str)]
    return validated(document, tuple(own))


def _base_path(document: Document, extends: str) -> Path:
    if extends in builtin_names():
        return BUILTIN / f"{extends}.yaml"
    path = document.path.parent / extends
    if path.suffix not in SUFFIXES:
        raise document.error(("extends",), _unknown(extends))
    if not path.exists():
        raise document.error(("extends",), f"no such file ({path})")
    return path


def _laid_over(base: Scenario, document: Document, content: Mapping[str, Any]) -> Scenario:
    """The base with the validated content of a file laid over it."""
    extensions, own = _imported(document, content["extensions"], base.extensions)
    funds = {**base.levers, **own}
    given = _flat(content.get("levers", {}))
    budgets = {name: path for name, path in given.items() if name in funds}
    settings = {name: value for name, value in given.items() if name in base.settings}
    for name in given:
        if name not in funds and name not in settings:
            raise document.error(("levers", name), f"{name} is an extension, but no lever")
    defaults = {name: {0: record.default} for name, record in declared().items()}
    parameters = {
        name: path
        for name, path in _paths({**defaults, **base.parameters}, content.get("parameters", {})).items()
        if path != defaults[name]
    }
    name, title = content["name"], content["title"]
    return Scenario(
        name=name,
        title=Title(en=title.en or name, ja=title.ja or title.en or name),
        extends=content["extends"],
        levers=_paths(funds, budgets),
        settings={**base.settings, **settings},
        parameters=parameters,
        rules={**base.rules, **content.get("rules", {})},
        modules={**base.modules, **content.get("modules", {})},
        calendar=Calendar(**{**base.calendar.model_dump(), **content.get("calendar", {})}),
        emphasis={**base.emphasis, **content.get("emphasis", {})},
        extensions={**base.extensions, **extensions},
    )


def _imported(
    document: Document, paths: Sequence[str], inherited: Iterable[str]
) -> tuple[dict[str, str], dict[str, dict[int, float]]]:
    """Digests of the sources of extensions by import path; the appropriations of those that are levers."""
    if not paths:
        return {}, {}
    from sim.extensions import checked, import_extension

    digests, own = {}, {}
    together = {path: import_extension(path)[0] for path in inherited}
    for number, path in enumerate(paths):
        try:
            together[path], digests[path] = import_extension(path)
            checked(together.values(), WORDS)
        except InputError as error:
            raise document.error(("extensions", number), str(error).removeprefix("extensions: ")) from None
        if (money := together[path].appropriation) is not None:
            own[together[path].name] = dict(money)
    return digests, own


def _paths(
    base: Mapping[str, dict[int, float]], given: Mapping[str, dict[int, float]]
) -> dict[str, dict[int, float]]:
    return {name: path_over(path, given.get(name, {})) for name, path in base.items()}


def path_over(base: Mapping[int, float], given: Mapping[int, float]) -> dict[int, float]:
    """The base's path before the first entry given, what is given from there on; repeats left out."""
    start = min(given, default=max(base) + 1)
    joined = {when: value for when, value in base.items() if when < start} | dict(given)
    path: dict[int, float] = {}
    for when in sorted(joined):
        if not path or path[max(path)] != joined[when]:
            path[when] = joined[when]
    return path


def _flat(sections: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted names of nested sections; a path, keyed by numbers, stays whole."""
    flat: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


_BLANK = Scenario(
    name="blank",
    levers={lever.name: {FIRST_YEAR: 0.0} for lever in LEVERS},
    settings={setting.name: setting.default for setting in SETTINGS},
    parameters={},
    rules={name: choices[0] for name, choices in RULES.items()},
    modules=dict.fromkeys(MODULES, False),
    calendar=Calendar(),
    emphasis=dict.fromkeys(PILLARS, 1.0),
)
