"""Public money of runs: appropriated, spent and lapsed by fiscal year and programme."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.page.views.pairs import Floats, OneRun, Pairs

type Of = Literal["appropriated", "spent", "lapsed"]
COLUMNS: tuple[Of, ...] = ("appropriated", "spent", "lapsed")


def of_money(pairs: Pairs, name: str, what: str, until: int | None = None) -> Floats:
    """(replicates,) JPY M of a scenario over the horizon, or over the fiscal years until one."""
    return np.array([_total(run, what, until) for run in pairs.runs[name]])


def _total(run: OneRun, what: str, until: int | None) -> float:
    def make(run: OneRun) -> float:
        values = run.column("ledger", what)
        return float(
            values.sum() if until is None else values[run.column("ledger", "fiscal_year") <= until].sum()
        )

    return run.keep(f"ledger:{what}:{until}", make)
