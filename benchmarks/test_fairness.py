"""How many replicates a comparison takes: keyed draws, independent seeds, one stream with the same seed.

The same world, levers and replicates for all three. A replicate is a pair of runs, with and without
JPY 500 M a fiscal year more for one lever from FY2019; what is compared is the variance of their
difference. Independent seeds: the sum of both variances, since nothing is shared. One stream: the
model of ``one_stream.py``, both runs with the same seed.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from benchmarks.lever_runs import LEVER_NAMES, OUTCOMES, lever_runs, runs_of, with_more
from benchmarks.one_stream import one_stream_runs
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel
from sim.worlds import load_world

Floats = npt.NDArray[np.float64]

WORLD, EXTRA, REPLICATES = "japan", 500.0, 100
HALF_WIDTH = 0.005  # of the 95% interval wanted, as a share of the outcome under the baseline
RESAMPLES = 2_000
NEGLIGIBLE = 1e-9  # share of the variance that is left at least, for resamples in which no replicate differs
SIZES = (20.0, 100.0, 500.0, 2_500.0)  # JPY M a fiscal year


class Samples(NamedTuple):
    """(1 + levers, replicates, outcomes) with either kind of draws."""

    keyed: Floats
    one_stream: Floats


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """All runs, about ten minutes of them, a third of it compiling the copy."""
    compile_kernel(print)
    folder: Path = tmp_path_factory.mktemp("one_stream")
    keyed = lever_runs(WORLD, EXTRA, REPLICATES)
    return Samples(keyed, one_stream_runs(folder, WORLD, EXTRA, REPLICATES))


def independent_variance(plain: Floats, changed: Floats) -> Any:
    """Variance of the difference between runs that share nothing."""
    return plain.var(axis=-1, ddof=1) + changed.var(axis=-1, ddof=1)


def paired_variance(plain: Floats, changed: Floats) -> Any:
    return (changed - plain).var(axis=-1, ddof=1)


def replicates_needed(variance: float, half_width: float) -> int:
    """Pairs of runs until the 95% interval of the mean difference is no wider than wanted."""
    return max(2, math.ceil(variance * (1.959964 / half_width) ** 2))


def band(plain: Floats, changed: Floats) -> str:
    """95% bootstrap band of how many times smaller the variance is, replicates drawn as pairs."""
    if not paired_variance(plain, changed) > 0.0:
        return "no difference"
    drawn = np.random.default_rng(1).integers(0, len(plain), (RESAMPLES, len(plain)))
    some, others = plain[drawn], changed[drawn]
    independent = independent_variance(some, others)
    paired = np.maximum(paired_variance(some, others), NEGLIGIBLE * independent)
    low, high = np.quantile(independent / paired, [0.025, 0.975])
    return f"{low:.1f} to {high:.1f}" if high < 0.01 / NEGLIGIBLE else f"{low:.1f} or more"


def row(lever: str, keyed: tuple[Floats, Floats], one_stream: tuple[Floats, Floats]) -> dict[str, Any]:
    """One line of the table; keyed and one_stream hold the runs without and with more money."""
    plain, changed = keyed
    level, effect = float(plain.mean()), float((changed - plain).mean())
    variances = {
        "keyed": float(paired_variance(plain, changed)),
        "independent": float(independent_variance(plain, changed)),
        "one stream": float(paired_variance(*one_stream)),
    }
    half_width = HALF_WIDTH * level
    times = {
        name: variances[name] / variances["keyed"] if variances["keyed"] > 0.0 else math.inf
        for name in ("independent", "one stream")
    }
    return {
        "lever": lever,
        "effect": effect,
        "interval wanted, ±": half_width,
        "effect, % of baseline": 100.0 * effect / level,
        **{f"sd {name}": math.sqrt(variance) for name, variance in variances.items()},
        **{f"replicates {name}": replicates_needed(variances[name], half_width) for name in variances},
        "independent / keyed": times["independent"],
        "band": band(plain, changed),
        "one stream / keyed": times["one stream"],
    }


@pytest.mark.benchmark(group="6 same model")
def test_one_stream_is_the_same_model(benchmark: Any, samples: Samples) -> None:
    """Only chance differs: every outcome of every scenario is the same in distribution."""
    pairs = [
        (samples.keyed[scenario, :, number], samples.one_stream[scenario, :, number])
        for scenario in range(len(samples.keyed))
        for number in range(len(OUTCOMES))
    ]
    p_values = benchmark.pedantic(lambda: [stats.ks_2samp(*pair).pvalue for pair in pairs], rounds=1)
    benchmark.extra_info["row"] = {"KS tests": len(pairs), "smallest p value": float(min(p_values))}
    assert not any(np.array_equal(*pair) for pair in pairs), "the copy of the package draws by keys"
    assert min(p_values) > 0.01 / len(pairs)


@pytest.mark.benchmark(group="6 fairness")
@pytest.mark.parametrize("number", range(len(OUTCOMES)), ids=OUTCOMES)
def test_replicates_needed(benchmark: Any, samples: Samples, number: int) -> None:
    """A row per lever; ``benchmark`` times the statistics only, the runs are those of the fixture."""
    keyed, one_stream = samples.keyed[:, :, number], samples.one_stream[:, :, number]

    def rows() -> list[dict[str, Any]]:
        return [
            {"outcome": OUTCOMES[number]}
            | row(lever, (keyed[0], keyed[scenario]), (one_stream[0], one_stream[scenario]))
            for scenario, lever in enumerate(LEVER_NAMES, start=1)
        ]

    found = benchmark.pedantic(rows, rounds=1)
    benchmark.extra_info["rows"] = found
    assert all(line["independent / keyed"] > 1.0 for line in found)


@pytest.mark.benchmark(group="6 size")
def test_large_effects_gain_less(benchmark: Any) -> None:
    """Deals signed with more and more matching support, the lever that changes most."""
    compile_kernel(print)
    world = load_world(WORLD, 1)
    plain = runs_of(world, load_scenario("baseline"), REPLICATES)[:, 0]

    def rows() -> list[dict[str, Any]]:
        found = []
        for extra in SIZES:
            changed = runs_of(world, with_more("matching_support", extra), REPLICATES)[:, 0]
            paired, independent = paired_variance(plain, changed), independent_variance(plain, changed)
            found.append(
                {
                    "more matching support, JPY M a fiscal year": extra,
                    "effect, deals": float((changed - plain).mean()),
                    "effect, % of baseline": 100.0 * float((changed - plain).mean() / plain.mean()),
                    "sd keyed": math.sqrt(paired),
                    "sd independent": math.sqrt(independent),
                    "independent / keyed": float(independent / paired),
                    "band": band(plain, changed),
                }
            )
        return found

    found = benchmark.pedantic(rows, rounds=1)
    benchmark.extra_info["rows"] = found
    times = [line["independent / keyed"] for line in found]
    assert times == sorted(times, reverse=True)
