"""Experiment: scenarios, a design, a world, a horizon, a root seed and a number of replicates."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any

from sim.batch.design import Design
from sim.batch.limits import MOST_CELLS, MOST_OF_PLACES, MOST_QUARTERS, MOST_REPLICATES, MOST_SCENARIOS
from sim.batch.parameter_sets import PARAMETERS, ParameterSets
from sim.calendar import DEFAULT_QUARTERS, quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import BY_PLACE, COLUMN
from sim.scenarios.scenario import Scenario
from sim.scenarios.section import Title
from sim.scenarios.spending import EqualSpending
from sim.scenarios.yaml_file import printable, suggestion
from sim.worlds import kind_of, municipalities_of
from sim.worlds.groups import GROUPINGS
from sim.worlds.own import Source, given_by, read_source

#: Tables that one run can leave behind, in the order in which the parts of a chunk are written.
TABLES = ("ledger", "deals", "municipalities", "panel", "series")
#: The table of results by place, which needs to be told by what.
PANEL = "panel"
#: The tables of results by place.
TABLES_OF_PLACES = ("deals", "municipalities", PANEL)
#: The tables that an experiment keeps unless it says otherwise.
USUAL_TABLES = tuple(table for table in TABLES if table != PANEL)


NO_TITLE = Title()
#: How many worlds an experiment runs in: that of its seed, or one for every replicate.
WORLDS = ("one", "many")
#: Folder beside ``experiment.yaml`` in which a copy of the tables of a world of one's own lies.
WORLD_COPY = "world"


def checked_name(name: str) -> str:
    """The name, if a folder can be called so.

    Raises:
        InputError: it cannot.
    """
    if re.fullmatch(r"[\w.+-]{1,100}", name) and not name.startswith("."):
        return name
    shown = printable(name) if len(name) <= 100 else f"{printable(name[:97])}..."
    raise InputError(f"name: {shown!r}: use letters, digits, _ + - and . only, at most 100")


def _whole(what: str, number: object) -> int:
    """A whole number as Python's own; NumPy's are whole numbers, too.

    Raises:
        InputError: it is none.
    """
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise InputError(f"{what}: {number!r} is not a whole number")
    return int(number)


@dataclass(frozen=True)
class Experiment:
    """What is run, complete enough to be run again by anyone.

    Attributes:
        name: label of the results folder.
        scenarios: resolved scenarios in the order of the tables; names are unique.
        world: ``japan``, ``synthetic:N``, or the path of a world of one's own.
        quarters: horizon, from 2018Q2.
        seed: root seed of the world and of every draw.
        replicates: runs of each scenario, numbered from 0; one replicate has the same draws in all scenarios.
        record: tables that are kept; ``series`` is always among them, and ``panel`` where ``by`` says so.
        baseline: scenario that the others are compared with, where there is one.
        design: factors and points, laid over every scenario; None = the scenarios alone.
        outcomes: outcomes that ``series`` keeps; None = all.
        recorded: quarters that ``series`` keeps, as numbers; None = all. A flow is then the sum since the
            quarter kept before.
        by: what ``panel`` keeps outcomes by (``sim.worlds.groups.GROUPINGS``); None = there is no panel.
        purpose: what the experiment is for, in English and Japanese.
        source: the tables of a world of one's own, read from ``world`` where they are not handed in; None for
            other worlds. Runs take them from here, whatever becomes of the files.
        equal_spending: at which sum the scenarios were made to spend the same beyond the baseline, and what
            each was given for it; None where they are as their files say.
        parameters: sets of parameters, of which replicate r takes number r in the place of defaults, in all
            scenarios alike; None = defaults for all.
        worlds: ``one``, that of the seed, or ``many``: what of the world is drawn is drawn anew for every
            replicate; replicate 0 has the world of the seed.

    Raises:
        InputError: a value is out of range, or two scenarios share a name.
    """

    name: str
    scenarios: tuple[Scenario, ...]
    world: str = "japan"
    quarters: int = DEFAULT_QUARTERS
    seed: int = 1
    replicates: int = 30
    record: tuple[str, ...] = TABLES
    baseline: str | None = None
    design: Design | None = None
    outcomes: tuple[str, ...] | None = None
    recorded: tuple[int, ...] | None = None
    purpose: Title = NO_TITLE
    source: Source | None = None
    by: str | None = None
    equal_spending: EqualSpending | None = None
    parameters: ParameterSets | None = None
    worlds: str = "one"

    def __post_init__(self) -> None:
        object.__setattr__(self, "scenarios", tuple(self.scenarios))
        kept = {*self.record, "series"} - {PANEL} | ({PANEL} if self.by is not None else set())
        object.__setattr__(self, "record", tuple(table for table in TABLES if table in kept))
        checked_name(self.name)
        for what in ("replicates", "quarters", "seed"):
            object.__setattr__(self, what, _whole(what, getattr(self, what)))
        for what, number, most in (
            ("replicates", self.replicates, MOST_REPLICATES),
            ("quarters", self.quarters, MOST_QUARTERS),
        ):
            if not 1 <= number <= most:
                raise InputError(f"{what}: must be from 1 to {most:,}, not {number:,}")
        if self.points * self.replicates > MOST_CELLS:
            raise InputError(
                f"replicates: {self.points:,} points x {self.replicates:,} replicates are more than "
                f"{MOST_CELLS:,} runs of a scenario; give fewer"
            )
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed: {self.seed} is out of range; give 0 to 2**63 - 1")
        if self.recorded is not None:
            object.__setattr__(self, "recorded", tuple(sorted(set(self.recorded))))
            if not self.recorded or not 0 <= self.recorded[0] <= self.recorded[-1] < self.quarters:
                raise InputError(f"record.quarters: give quarters within the horizon of {self.quarters}")
        self._read_world()
        self._check_worlds()
        self._check_scenarios()
        if self.by is not None:
            self._check_places(self.by)

    def _check_places(self, by: str) -> None:
        if by not in GROUPINGS:
            raise InputError(f"record.by: must be {', '.join(GROUPINGS)}, not {by!r}")
        if not self.panel_columns:
            meant = next(filter(None, (suggestion(name, BY_PLACE) for name in self.outcomes or ())), "")
            hint = meant or f"; those that can: {', '.join(BY_PLACE)}"
            raise InputError(f"record.outcomes: none can be told by place{hint}")
        numbers = self.municipalities * self.quarters * len(BY_PLACE)
        if by == "municipality" and numbers > MOST_OF_PLACES:
            raise InputError(
                f"record.by: {numbers:,} numbers a run are more than {MOST_OF_PLACES:,}; "
                "give prefecture or size_class, or fewer quarters"
            )

    def _read_world(self) -> None:
        if self.source is None or self.source.path != self.world:
            own = kind_of(self.world) == "own"
            object.__setattr__(self, "source", read_source(self.world) if own else None)
        if self.source is not None:
            given_by(self.source)

    def _check_worlds(self) -> None:
        if self.worlds not in WORLDS:
            raise InputError(f"worlds: must be {' or '.join(WORLDS)}, not {self.worlds!r}")
        placed = [table for table in self.record if table in TABLES_OF_PLACES]
        if self.worlds == "many" and self.world_kind == "synthetic" and placed:
            raise InputError(
                f"worlds: the places of {self.world} are drawn, too, so that the table {placed[0]} would mix "
                "different ones; give japan or tables of your own, or keep series and ledger alone"
            )

    def _check_scenarios(self) -> None:
        names = [scenario.name for scenario in self.scenarios]
        if not names:
            raise InputError("scenarios: none given; name at least one")
        if len(names) > MOST_SCENARIOS:
            raise InputError(f"scenarios: {len(names):,} are more than {MOST_SCENARIOS:,}; use a design")
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise InputError(f"scenarios: {twice[0]!r} is named twice; give each a name of its own")
        if self.baseline is not None and self.baseline not in names:
            raise InputError(f"baseline: {self.baseline!r} is not among the scenarios: {', '.join(names)}")
        for name in () if self.equal_spending is None else self.equal_spending.scenarios:
            if name not in names:
                raise InputError(f"equal_spending: {name!r} is not among the scenarios: {', '.join(names)}")
        if self.parameters is not None:
            for scenario in self.scenarios:
                self.parameters.check(scenario)

    @property
    def scenario_names(self) -> tuple[str, ...]:
        """Names in the order of the tables."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def points(self) -> int:
        """Points of the design; 1 without one."""
        return 1 if self.design is None else len(self.design.points)

    @property
    def world_kind(self) -> str:
        """Which of ``sim.worlds.WORLDS`` its world is."""
        return kind_of(self.world) if self.source is None else "own"

    @property
    def world_identity(self) -> str:
        """What sets its world apart from others of the same seed."""
        return self.world if self.source is None else f"tables {self.source.digest}"

    @property
    def world_label(self) -> str:
        """The world's name for people, wherever its tables lie."""
        return self.world if self.source is None else self.source.label

    @property
    def municipalities(self) -> int:
        """Number of municipalities of its world."""
        return municipalities_of(self.source or self.world)

    @property
    def runs(self) -> int:
        """Runs in all."""
        return len(self.scenarios) * self.points * self.replicates

    @property
    def series_columns(self) -> tuple[str, ...]:
        """Outcomes that ``series`` keeps, the model's in their order, then those of extensions."""
        known = (*COLUMN, *self.own_outcomes())
        return known if self.outcomes is None else tuple(name for name in known if name in self.outcomes)

    @property
    def panel_columns(self) -> tuple[str, ...]:
        """Outcomes that ``panel`` keeps: those asked for that can be told by place."""
        return tuple(name for name in BY_PLACE if self.outcomes is None or name in self.outcomes)

    def scenario_at(self, scenario: int, point: int, replicate: int = 0) -> Scenario:
        """Scenario number ``scenario`` with the values of a point, and a replicate's set of parameters."""
        found = self.scenarios[scenario]
        if self.design is not None:
            found = self.design.applied(found, point)
        return found if self.parameters is None else self.parameters.applied(found, replicate)

    def world_seed(self, replicate: int) -> int:
        """Seed of the world of a replicate."""
        if self.worlds == "one" or replicate == 0:
            return self.seed
        keyed = hashlib.sha256(f"world {self.seed} {replicate}".encode()).digest()
        return int.from_bytes(keyed[:8], "big") >> 1

    @property
    def extended(self) -> bool:
        """Whether a scenario names extensions."""
        return any(scenario.extensions for scenario in self.scenarios)

    def common_outcomes(self) -> tuple[str, ...]:
        """Outcomes that ``series`` keeps and every scenario measures: those that can be compared."""
        if not self.extended:
            return self.series_columns
        from sim.extensions import imported

        measured = [
            {extension.name for extension in imported(scenario.extensions) if extension.measures}
            for scenario in self.scenarios
        ]
        return tuple(
            name for name in self.series_columns if name in COLUMN or all(name in own for own in measured)
        )

    def own_outcomes(self) -> dict[str, str]:
        """Outcomes of the scenarios' extensions, with their kind (``sim.kernel.outcomes.Kind``).

        Raises:
            InputError: two scenarios mean different things by the same name.
        """
        if not self.extended:
            return {}
        from sim.extensions import Extension, imported

        found: dict[str, Extension] = {}
        for scenario in self.scenarios:
            for extension in imported(scenario.extensions):
                known = found.setdefault(extension.name, extension)
                if (known.measures, known.kind) != (extension.measures, extension.kind):
                    raise InputError(
                        f"{scenario.name}: the extension {extension.name} has another unit or kind than "
                        "the one of that name in another scenario; rename one"
                    )
        return {name: str(extension.kind) for name, extension in found.items() if extension.measures}

    def digest(self) -> str:
        """Identity of the experiment (16 hex digits).

        Replicates, points, what is kept, the name, the choice of baseline and how appropriations were found
        are left out: they do not change what any single run gives. Whether points may be added is another
        question (``grown_from``).
        """
        identity: dict[str, Any] = {
            "world": self.world_identity,
            "quarters": self.quarters,
            "seed": self.seed,
            "scenarios": [[scenario.name, scenario.digest()] for scenario in self.scenarios],
        }
        if self.design is not None:
            factors = [[factor.name, factor.kind, factor.start] for factor in self.design.factors]
            identity["design"] = [self.design.method, factors]
        if self.parameters is not None:
            identity["parameters"] = self.parameters.digest
        if self.worlds != "one":
            identity["worlds"] = self.worlds
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def folder(self) -> Path:
        """Where results go by default: ``results/<name>-<digest>``."""
        return Path("results") / f"{self.name}-{self.digest()}"

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for ``experiment.yaml``; scenarios are written out in full, tables lie beside it."""
        record: dict[str, Any] = {"tables": list(self.record)}
        if self.outcomes is not None:
            record["outcomes"] = list(self.outcomes)
        if self.by is not None:
            record["by"] = self.by
        if self.recorded is not None:
            record["quarters"] = [quarter_label(t) for t in self.recorded]
        equal = self.equal_spending
        return {
            "name": self.name,
            "purpose": self.purpose.model_dump(),
            "world": self.world if self.source is None else f"{WORLD_COPY}/{self.source.label}",
            "quarters": self.quarters,
            "seed": self.seed,
            "replicates": self.replicates,
            "record": record,
            "baseline": self.baseline,
            "scenarios": [scenario.model_dump() for scenario in self.scenarios],
            **({} if equal is None else {"equal_spending": equal.model_dump()}),
            **({} if self.parameters is None else {"parameters": PARAMETERS}),
            **({} if self.worlds == "one" else {"worlds": self.worlds}),
            **({} if self.design is None else self.design.to_mapping()),
        }
