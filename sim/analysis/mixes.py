"""Find the best use of money within a mix of levers: ``python -m sim.analysis.mixes esg_first``.

Every split of what the mix adds among its levers, in steps of a quarter, is scaled until it spends the same
sum, and what it gains is compared. About 3 minutes on two cores.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from sim.analysis.command import clock, money, parser_of, told_in_a_line, two_or_more
from sim.analysis.futures.draws import BASELINE
from sim.analysis.futures.runs import SEARCHED, Setting
from sim.batch.executors import threads
from sim.calendar import fiscal_years
from sim.kernel.outcomes import COLUMN
from sim.kernel.world import Floats
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.spending import beyond
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.statistics.contrasts import paired
from sim.studies.spending import with_equal_spending
from sim.worlds.kept import built

STEPS = 4
SUM = 200.0
REPLICATES = 10


class Split(NamedTuple):
    """A split of a mix.

    Attributes:
        shares: of what is added, by lever.
        spent: JPY M a fiscal year, and why there (``sim.scenarios.spending.Absorbed``).
        verdict: likewise.
        deals: additional deals, with the ends of the 95% interval.
        completed: additional completed projects.
    """

    shares: dict[str, float]
    spent: float
    verdict: str
    deals: tuple[float, float, float]
    completed: float


def splits(levers: int, steps: int = STEPS) -> Iterator[tuple[float, ...]]:
    """Every way to share a whole among levers in equal steps."""
    for parts in itertools.product(range(steps + 1), repeat=levers):
        if sum(parts) == steps:
            yield tuple(part / steps for part in parts)


def divided(mix: Scenario, baseline: Scenario, shares: dict[str, float], years: range) -> Scenario:
    """The mix with all that it adds shared out anew among its levers."""
    more = beyond(mix, baseline, years)
    weights = np.array([shares.get(fund, 0.0) for fund in mix.funds])
    amounts = mix.appropriations(years) - more + np.outer(weights, more.sum(axis=0))
    label = "-".join(f"{share * 100:.0f}" for share in shares.values())
    return mix.with_appropriations(years, amounts).model_copy(update={"name": f"{mix.name}-{label}"})


def search(
    name: str,
    amount: float = SUM,
    steps: int = STEPS,
    replicates: int = REPLICATES,
    setting: Setting = Setting(),  # noqa: B008 - it does not change
    say: Callable[[str], None] = lambda _: None,
) -> list[Split]:
    """Every split at equal spending: those that can spend the sum, most additional deals first."""
    baseline, mix, years = load_scenario(BASELINE), load_scenario(name), fiscal_years(setting.quarters)
    more = beyond(mix, baseline, years)
    levers = [fund for fund, row in zip(mix.funds, more, strict=True) if row.any()]
    every = [dict(zip(levers, shares, strict=True)) for shares in splits(len(levers), steps)]
    scenarios = [divided(mix, baseline, shares, years) for shares in every]
    say(f"{len(every)} splits of {name} among {', '.join(levers)}")
    study = (setting.world, SEARCHED, setting.quarters, setting.seed)
    made, equal = with_equal_spending(baseline, scenarios, *study, amount, setting.workers,
                                      lambda split, _: say(f"{split} is found"))  # fmt: skip
    base = _gains(baseline, replicates, setting)
    found = []
    for shares, scenario in zip(every, made, strict=True):
        contrast = paired(_gains(scenario, replicates, setting), base)
        (low, high), at = contrast.interval(), equal.scenarios[scenario.name]
        deals = (float(contrast.effect[0]), float(low[0]), float(high[0]))
        found.append(Split(shares, at.spent, at.verdict, deals, float(contrast.effect[1])))
    return sorted(found, key=lambda split: (split.verdict == "at_most", -split.deals[0]))


def _gains(scenario: Scenario, replicates: int, setting: Setting) -> Floats:
    world = built(setting.world, setting.seed)
    columns = [COLUMN["deals_signed"], COLUMN["projects_completed"]]

    def run(replicate: int) -> Floats:
        series = simulate(world, scenario, setting.seed, replicate, setting.quarters).series
        sums: Floats = series[:, columns].sum(axis=0)
        return sums

    with threads(setting.workers) as pool:
        return np.array(list(pool.map(run, range(replicates))))


def main(arguments: list[str] | None = None) -> None:
    """Compare the splits of a mix at equal spending and print them, most additional deals first."""
    parser = parser_of("mixes", main.__doc__)
    parser.add_argument("scenario", help="built-in mix, such as esg_first")
    parser.add_argument("--sum", type=money, default=SUM, help=f"JPY M a fiscal year ({SUM:g})")
    parser.add_argument("--steps", type=two_or_more, default=STEPS, help=f"parts of the whole ({STEPS})")
    parser.add_argument(
        "--replicates", type=two_or_more, default=REPLICATES, help=f"runs of each ({REPLICATES})"
    )
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        _print_splits(chosen)


def _print_splits(chosen: argparse.Namespace) -> None:
    say = clock()
    compile_kernel(say)
    setting = Setting(chosen.world, chosen.quarters, workers=chosen.workers)
    for split in search(chosen.scenario, chosen.sum, chosen.steps, chosen.replicates, setting, say):
        shares = ", ".join(f"{name} {share:.0%}" for name, share in split.shares.items())
        middle, low, high = split.deals
        print(
            f"{shares}: {middle:+.0f} deals ({low:.0f} to {high:.0f}), {split.completed:+.0f} completed, "
            f"spends {split.spent:.0f} ({split.verdict})"
        )


if __name__ == "__main__":
    main()
