"""What a search found as tables, in natural units."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.frontier.frontier import Frontier
from sim.files import own_folder, write_texts
from sim.kernel.world import Floats
from sim.statistics.contrasts import Contrast, paired
from sim.text.harmless import csv_of


def tables(found: Frontier) -> dict[str, pd.DataFrame]:
    """All tables by name."""
    return {
        "mixes": mixes(found),
        "front": front(found),
        "tried": tried(found),
        "hypervolume": hypervolumes(found),
        "progress": found.progress,
    }


def write_tables(found: Frontier, folder: Path) -> None:
    """Write all tables as CSV files."""
    own_folder(folder)
    write_texts({folder / f"{name}.csv": csv_of(table) for name, table in tables(found).items()})


def labels(found: Frontier) -> dict[int, str]:
    """Letters of the mixes that are shown, by their place in ``final``."""
    return dict(zip(map(int, found.shown), string.ascii_uppercase, strict=False))


def mixes(found: Frontier) -> pd.DataFrame:
    """The mixes that are shown: a row for each outcome of each.

    Returns:
        ``mix`` (a letter), ``outcome``, ``mean``, ``low``, ``high`` with fresh draws; ``effect``,
        ``effect_low``, ``effect_high`` against the scenario as it is, paired; ``n``; then JPY M a fiscal year
        of each lever. Intervals are 95%, each for itself.
    """
    rows = []
    for place, letter in labels(found).items():
        own, base = found.fresh[:, 1 + place], found.fresh[:, 0]
        alone, against = paired(own, np.zeros_like(own)), paired(own, base)
        for number, outcome in enumerate(found.problem.section.outcomes):
            row = {"mix": letter, "outcome": outcome, **_interval(alone, number, "mean", "")}
            row |= _interval(against, number, "effect", "effect_") | {"n": alone.n}
            rows.append(row | _amounts(found, found.amounts[found.final[place]]))
    return pd.DataFrame(rows)


def front(found: Frontier) -> pd.DataFrame:
    """Every mix that was run again: a row for each.

    Returns:
        ``mix`` (a letter where it is shown), ``claimed`` (whether the search has it on its front),
        ``stays`` (whether fresh draws do not show it to be dominated or to miss a constraint), ``n``; JPY M a
        year of each lever; of each objective the effect against the scenario as it is: what the search saw
        (``<name>_claimed``), and the mean with fresh draws with its 95% interval.
    """
    letters, stays = labels(found), found.stays
    seen = found.seen.mean(axis=0)
    rows = []
    for place, mix in enumerate(found.final):
        against = paired(found.fresh[:, 1 + place], found.fresh[:, 0])
        row = {
            "mix": letters.get(place, ""), "claimed": place < len(found.claimed),
            "stays": bool(stays[place]), "n": against.n, **_amounts(found, found.amounts[mix]),
        }  # fmt: skip
        for name in found.problem.section.objectives:
            number = found.problem.section.outcomes.index(name)
            row[f"{name}_claimed"] = float(seen[1 + mix, number] - seen[0, number])
            row |= _interval(against, number, name, f"{name}_")
        rows.append(row)
    return pd.DataFrame(rows)


def tried(found: Frontier) -> pd.DataFrame:
    """Every different mix that was tried, in order: its levers, and effects as the search sees them.

    Returns:
        JPY M a year of each lever, the mean effect on each outcome against the scenario as it is over the
        replicates of the search, ``claimed``.
    """
    columns = dict(zip(found.mixes.names, found.amounts.T, strict=True))
    means = found.seen.mean(axis=0)
    columns |= dict(zip(found.problem.section.outcomes, (means[1:] - means[0]).T, strict=True))
    columns["claimed"] = np.isin(np.arange(len(found.amounts)), found.claimed)
    return pd.DataFrame(columns)


def hypervolumes(found: Frontier) -> pd.DataFrame:
    """Hypervolume of the front as the search claims it and with fresh draws, as shares of the same box.

    Returns:
        ``which`` (``claimed``, ``again``), ``hypervolume``, ``low``, ``high``, ``bias`` (what noise adds, by
        bootstrap), ``n`` (replicates), ``mixes``.
    """
    again, count = found.again, len(found.claimed)
    rows = [
        ("claimed", found.claimed_volume, np.nan, np.nan, np.nan, len(found.seen), count),
        ("again", again.volume, again.low, again.high, again.bias, len(found.fresh), count),
    ]
    return pd.DataFrame(rows, columns=["which", "hypervolume", "low", "high", "bias", "n", "mixes"])


def _amounts(found: Frontier, amounts: Floats) -> dict[str, float]:
    return dict(zip(found.mixes.names, map(float, amounts), strict=True))


def _interval(contrast: Contrast, number: int, name: str, ends: str) -> dict[str, float]:
    low, high = contrast.interval()
    return {
        name: float(contrast.effect[number]),
        f"{ends}low": float(low[number]),
        f"{ends}high": float(high[number]),
    }
