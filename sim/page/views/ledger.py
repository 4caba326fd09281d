"""Public money of runs: appropriated, spent and lapsed by fiscal year and programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.page.views.pairs import Floats, OneRun, Pairs

COLUMNS = ("appropriated", "spent", "lapsed")


@dataclass(frozen=True, eq=False)
class Fund:
    """Money of a scenario, or of one run of it.

    Attributes:
        names: of levers and programmes, in the order of the ledger.
        levers: what each pays for.
        years: fiscal years.
        sums: (replicates, ``COLUMNS``, names, years) JPY M; without the first axis for one run.
    """

    names: list[str]
    levers: list[str]
    years: list[int]
    sums: Floats


def of_money(pairs: Pairs, name: str, what: str) -> Floats:
    """(replicates,) JPY M of a scenario over the horizon."""
    return np.array([_total(run, what) for run in pairs.runs[name]])


def _total(run: OneRun, what: str) -> float:
    return run.keep(f"ledger:{what}", lambda run: float(run.column("ledger", what).sum()))


def by_fund(pairs: Pairs, name: str) -> Fund:
    """Money of a scenario, run by run; programmes are the same in all of its runs."""
    every = [run.keep("funds", _funds) for run in pairs.runs[name]]
    return Fund(every[0].names, every[0].levers, every[0].years, np.stack([one.sums for one in every]))


def _funds(run: OneRun) -> Fund:
    names, codes = run.words("ledger", "programme"), run.codes("ledger", "programme")
    levers, lever = run.words("ledger", "lever"), run.codes("ledger", "lever")
    years, year = np.unique(run.column("ledger", "fiscal_year"), return_inverse=True)
    sums = np.zeros((len(COLUMNS), len(names), len(years)))
    for i, column in enumerate(COLUMNS):
        np.add.at(sums[i], (codes, year), run.column("ledger", column))
    pays = [""] * len(names)
    for code, paid in dict(zip(codes.tolist(), lever.tolist(), strict=True)).items():
        pays[code] = levers[paid]
    return Fund(names, pays, years.tolist(), sums)
