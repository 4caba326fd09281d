"""The model's own chance of being chosen, with the parameters of its selection as they are and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from sim.analysis.patterns.evidence import without_cohort
from sim.calendar import parse_quarter
from sim.kernel.world import Floats, Integers, World
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Simulation
from sim.simulation.shared import run_together, shared_past
from sim.worlds import load_world
from sim.worlds.tables import read_table

SELECTION = "2019Q2"  # the first selection that the model carries out
LAST_YEAR = 2025
#: Selections of FY2025, as the source of ``futurecity_quota`` says; those before are in a table.
_QUOTA_2025 = 9.0
Setting = Mapping[str, float]


def first_chances(
    settings: Mapping[str, Setting], worlds: int, replicates: int, say: Callable[[str], None] = lambda _: None
) -> dict[str, Floats]:
    """(M,) by name of a setting: how often a municipality is chosen where nobody was before.

    Capacities are drawn with the world, so many worlds are drawn; all settings share draws and past.

    Args:
        settings: parameters of the selection that are changed, by name.
        worlds: worlds drawn, with seeds 1, 2, ...
        replicates: runs in each.
        say: told how far it is.
    """
    scenarios = [
        _changed(name, {key: {SELECTION: v} for key, v in s.items()}) for name, s in settings.items()
    ]
    times: dict[str, Integers | int] = dict.fromkeys(settings, 0)
    for seed in range(1, worlds + 1):
        world = without_cohort(load_world("japan", seed))
        for name, when in _runs(world, scenarios, seed, replicates, parse_quarter(SELECTION) + 1):
            times[name] = times[name] + (when >= 0)
        say(f"first selection in world {seed} of {worlds}")
    return {name: np.asarray(count, np.float64) / (worlds * replicates) for name, count in times.items()}


def designated_by_year(
    settings: Mapping[str, Setting], worlds: int, replicates: int, say: Callable[[str], None] = lambda _: None
) -> dict[str, Integers]:
    """(R, M) by name of a setting: fiscal year of the designation, -1 where none to FY2025.

    The cohort of FY2018 is the real one, and as many are chosen each year as really were.

    Args:
        settings: parameters that are changed from the first selection on, by name.
        worlds, replicates, say: as for ``first_chances``.
    """
    quota = {f"{year}Q2": number for year, number in quotas().items()}
    scenarios = [
        _changed(name, {"futurecity_quota": quota, **{key: {SELECTION: v} for key, v in s.items()}})
        for name, s in settings.items()
    ]
    found: dict[str, list[Integers]] = {name: [] for name in settings}
    for seed in range(1, worlds + 1):
        world = load_world("japan", seed)
        for name, when in _runs(world, scenarios, seed, replicates, parse_quarter(f"{LAST_YEAR}Q2") + 1):
            found[name].append(np.where(when >= 0, 2018 + when // 4, -1))
        say(f"selections to FY{LAST_YEAR} in world {seed} of {worlds}")
    return {name: np.array(years) for name, years in found.items()}


def quotas() -> dict[int, float]:
    """Governments selected by fiscal year from FY2019 on."""
    rows = [row for row in read_table("futurecity_counts") if row["programme"] == "SDGs FutureCity"]
    known = {int(row["fiscal_year"]): float(row["selections"]) for row in rows}
    return {year: known.get(year, _QUOTA_2025) for year in range(2019, LAST_YEAR + 1)}


def as_score(chance: Floats, runs: int) -> Floats:
    """Logit of a simulated chance, which is never 0 or 1: half a run is added on both sides."""
    kept = smoothed(chance, runs)
    return np.asarray(np.log(kept / (1.0 - kept)))


def smoothed(chance: Floats, runs: int) -> Floats:
    """A share of runs of which half a run more was chosen and half a run more was not."""
    return np.asarray((chance * runs + 0.5) / (runs + 1.0))


def _changed(name: str, parameters: Mapping[str, Mapping[str, float]]) -> Scenario:
    """The baseline with parameters that take other values from some quarter on."""
    return load_scenario("baseline").overlaid(
        name, parameters={key: dict(by) for key, by in parameters.items()}
    )


def _runs(
    world: World, scenarios: Sequence[Scenario], seed: int, replicates: int, quarters: int
) -> Iterator[tuple[str, Integers]]:
    """Name of a scenario and quarter in which each municipality was designated, run by run."""
    stretches = shared_past(scenarios, world, quarters)
    for replicate in range(replicates):
        start = partial(_start, world, seed, replicate, quarters)
        for number, run in run_together(start, scenarios, stretches):
            yield scenarios[number].name, run.state.municipalities.designated_quarter.copy()


def _start(world: World, seed: int, replicate: int, quarters: int, scenario: Scenario) -> Simulation:
    return Simulation(world, scenario, seed, replicate, quarters)
