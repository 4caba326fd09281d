"""Run futures: every lever alone, and the mixes, at appropriations that absorb the same by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.futures.draws import BASELINE, SEED, in_future, points
from sim.analysis.futures.stored import FIGURES, OUTCOMES, Futures, fingerprint
from sim.batch.executors import threads
from sim.batch.factors import Point
from sim.calendar import DEFAULT_QUARTERS, fiscal_years
from sim.errors import InputError
from sim.kernel.outcomes import BY_NAME, COLUMN, Kind
from sim.kernel.world import Floats, World
from sim.scenarios.scenario import BASES, Scenario, builtin_names, load_scenario
from sim.scenarios.spending import TOLERANCE, EqualSpending, first_year, scaled, years_from
from sim.simulation import simulate
from sim.studies.spending import with_equal_spending
from sim.worlds.kept import built

#: Sums compared, JPY M a fiscal year: a fifth, two fifths and twice the national programme of JPY 500 M; from
#: FY2019 to the end of 2030 about JPY 1.2, 2.4 and 12 billion. Nearly every lever can spend the first, most
#: of them the second, and the third only those that have no bound below it.
SUMS = (100.0, 200.0, 1_000.0)
SAMPLES = 200
SEARCHED = 4  # replicates on which the appropriations are found
#: A lever that spends less than this share of the sum in a future cannot be used there.
_USED = 0.1


class Setting(NamedTuple):
    """Where futures are run."""

    world: str = "japan"
    quarters: int = DEFAULT_QUARTERS
    seed: int = 1
    workers: int = 2


class Arm(NamedTuple):
    """A scenario at the appropriation for a sum."""

    sum: float
    scenario: Scenario


def arms(names: Sequence[str], sums: Sequence[float], setting: Setting, say: Callable[[str], None]) -> (
    tuple[list[Arm], dict[float, EqualSpending]]
):  # fmt: skip
    """The scenarios at the appropriations at which they absorb each sum with the default parameters."""
    baseline, scenarios = load_scenario(BASELINE), [load_scenario(name) for name in names]
    found, equal = [], {}
    for amount in sums:
        say(
            f"finding what {len(names)} scenarios have to be given to spend JPY {amount:,.0f} M a fiscal year"
        )
        study = (setting.world, SEARCHED, setting.quarters, setting.seed)
        made, equal[amount] = with_equal_spending(baseline, scenarios, *study, amount, setting.workers)
        found += [Arm(amount, scenario) for scenario in made]
    return found, equal


def gather(
    samples: int = SAMPLES,
    sums: Sequence[float] = SUMS,
    names: Sequence[str] | None = None,
    setting: Setting = Setting(),  # noqa: B008 - it does not change
    say: Callable[[str], None] = lambda _: None,
) -> Futures:
    """Draw futures, run them and keep what each scenario costs per unit gained.

    Args:
        samples: futures.
        sums: JPY M a fiscal year.
        names: scenarios; by default all built-in ones that add to the baseline.
        setting: where to run.
        say: told how far it is.
    """
    chosen = [name for name in builtin_names() if name not in BASES] if names is None else list(names)
    compared, equal = arms(chosen, sums, setting, say)
    world, drawn = built(setting.world, setting.seed), points(samples)
    say(f"running {samples:,} futures of {len(compared) + 1} runs each")
    rows = []
    for number, costs in enumerate(costs_in(range(samples), world, _drawn(drawn), compared, equal, setting)):
        rows += [(number, *cost) for cost in costs]
        if (number + 1) % max(samples // 10, 1) == 0:
            say(f"{number + 1:,} of {samples:,} futures")
    return Futures(
        date=datetime.now(UTC).date().isoformat(), model=fingerprint(), world=setting.world,
        quarters=setting.quarters, seed=SEED, samples=samples,
        given={amount: dict(found.scenarios) for amount, found in equal.items()}, costs=_table(rows, chosen),
    )  # fmt: skip


def confirmed(found: Futures, number: int, workers: int, say: Callable[[str], None]) -> Futures:
    """Run some of stored futures again; where they cost the same, they are those of this version, too.

    So a version that gives the same runs, only faster, need not run them all.

    Args:
        found: those stored.
        number: futures to run, spread evenly.
        workers: threads.
        say: told how far it is.

    Raises:
        InputError: a cost is another now.
    """
    setting = Setting(found.world, found.quarters, workers=workers)
    world, (compared, equal) = built(setting.world, setting.seed), stored_arms(found)
    numbers = sorted({int(n) for n in np.linspace(0, found.samples - 1, number)})
    say(f"running {len(numbers):,} of {found.samples:,} futures of {len(compared) + 1} runs each again")
    costs = costs_in(numbers, world, _drawn(points(found.samples)), compared, equal, setting)
    rows = [(future, *cost) for future, own in zip(numbers, costs, strict=True) for cost in own]
    again = _table(rows, found.scenarios).reset_index(drop=True)
    before = found.costs[found.costs["future"].isin(numbers)]
    before = before.sort_values(["future", "sum", "outcome"]).reset_index(drop=True)
    other = int((again[found.scenarios].to_numpy() != before[found.scenarios].to_numpy()).sum())
    if other:
        raise InputError(f"{other:,} of {before[found.scenarios].size:,} costs are others now: run all anew")
    return replace(found, model=fingerprint(), confirmed=len(numbers))


def stored_arms(found: Futures) -> tuple[list[Arm], dict[float, EqualSpending]]:
    """The scenarios at the appropriations found for stored futures: ``arms`` without a search."""
    baseline, years = load_scenario(BASELINE), fiscal_years(found.quarters)
    compared, equal = [], {}
    for amount, given in found.given.items():
        plain = {name: load_scenario(name) for name in given}
        compared += [
            Arm(amount, scaled(plain[name], baseline, own.factor, years)) for name, own in given.items()
        ]
        since = first_year(plain.values(), baseline, years)
        assert since is not None  # they were compared at a sum that they add to the baseline
        equal[amount] = EqualSpending(
            sum=amount, since=since, replicates=SEARCHED, tolerance=TOLERANCE, scenarios=given
        )
    return compared, equal


def _table(rows: Sequence[tuple[int, float, str, str, float]], scenarios: Sequence[str]) -> pd.DataFrame:
    """Costs as they are stored: a row for every future, sum and outcome, a column for every scenario."""
    table = pd.DataFrame(rows, columns=["future", "sum", "outcome", "scenario", "cost"])
    table["cost"] = [float(f"{cost:.{FIGURES}g}") for cost in table["cost"]]
    wide = table.pivot(index=["future", "sum", "outcome"], columns="scenario", values="cost")
    return wide[list(scenarios)].reset_index()


type Cost = tuple[float, str, str, float]
#: A scenario, and the number of a future, to the scenario in it.
type InFuture = Callable[[Scenario, int], Scenario]


def _drawn(drawn: Sequence[Point]) -> InFuture:
    return lambda scenario, number: in_future(scenario, drawn[number])


def costs_in(
    numbers: Iterable[int],
    world: World,
    future_of: InFuture,
    compared: Sequence[Arm],
    equal: dict[float, EqualSpending],
    setting: Setting,
) -> Iterator[list[Cost]]:
    """Costs in some futures in turn: sum, outcome, scenario, cost of one unit more.

    Args:
        numbers: of the futures; each is a replicate of its own.
        world: where they run.
        future_of: puts a scenario into the future of a number.
        compared, equal: scenarios at their appropriations, as ``arms`` or ``stored_arms`` give them.
        setting: seed, horizon and threads.
    """

    def future(number: int) -> list[Cost]:
        def run(scenario: Scenario) -> Floats:
            return _totals(world, future_of(scenario, number), setting, number)

        base = run(load_scenario(BASELINE))
        found = []
        for amount, scenario in compared:
            gained = run(scenario) - base
            span = years_from(equal[amount].since, fiscal_years(setting.quarters), setting.quarters)
            used = gained[-1] / (world.scale * span) >= _USED * equal[amount].scenarios[scenario.name].spent
            for outcome, units in zip(OUTCOMES, gained, strict=False):
                cost = gained[-1] / units if used and units > 0.0 else np.inf
                found.append((amount, outcome, scenario.name, float(cost)))
        return found

    with threads(setting.workers) as pool:
        yield from pool.map(future, numbers)


def _totals(world: World, scenario: Scenario, setting: Setting, replicate: int) -> Floats:
    """Each of ``OUTCOMES`` at the end of a run, a flow as its sum; last, the public money spent."""
    run = simulate(world, scenario, setting.seed, replicate, setting.quarters)
    flows = [BY_NAME[name].kind is Kind.FLOW for name in OUTCOMES]
    columns = run.series[:, [COLUMN[name] for name in OUTCOMES]]
    ends = np.where(flows, columns.sum(axis=0), columns[-1])
    return np.append(ends, run.state.ledger.spent.sum())
