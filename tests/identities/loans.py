"""The lenders' books, kept a second time from the deals table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import Parameters
from sim.kernel.state import NONE, ProjectState, Verdict
from sim.kernel.world import FOREIGN_FUND
from sim.simulation import Run

Floats = npt.NDArray[np.float64]

RELATIVE = 1e-9


def debt_outstanding(run: Run) -> Floats:
    """Debt of the loans that have neither matured nor defaulted, by lender."""
    deals = run.deals()
    open_loans = (deals["institution"] != NONE) & (deals["state"] != ProjectState.DEFAULTED)
    open_loans &= deals["quarter"] + deals["tenor"] > run.quarters - 1
    debt, lender = deals["debt"][open_loans], deals["institution"][open_loans]
    return np.bincount(lender, debt, len(run.world.institutions.kind)).astype(float)


class LoanReplay:
    """Every loan of a run, quarter by quarter.

    What foreign capital comes and goes is taken from the series; that it is not negative when
    there is a pipeline, and nothing without one, is checked.
    """

    def __init__(self, run: Run, parameters: Parameters) -> None:
        self.deals, self.finance, self.rules = run.deals(), parameters.finance, parameters.international
        self.institutions, self.abroad = run.world.institutions, run.scenario.modules["international"]
        self.fund = np.nonzero(self.institutions.kind == FOREIGN_FUND)[0]
        self.inbound = run.series[:, COLUMN["inbound_capital"]]
        self.capital = self.institutions.capital.copy()
        self.exposure = np.zeros_like(self.capital)
        self.losses, self.calls = np.zeros(run.quarters), np.zeros(run.quarters)
        self.loans = np.nonzero(self.deals["institution"] != NONE)[0]

    def run_quarter(self, t: int) -> None:
        self.sign(t)
        for row in self.loans:
            age = t - self.deals["quarter"][row]
            if age < 0 or age > self.deals["tenor"][row]:
                continue
            self.service(t, row, age)
        for f in self.fund:
            self.move_foreign_capital(t, f)

    def sign(self, t: int) -> None:
        """First projects at the capital of the start of the stage, renewals at what the premiums left."""
        new = self.loans[self.deals["quarter"][self.loans] == t]
        before = self.capital.copy()
        for row in new:
            f, debt = self.deals["institution"][row], self.deals["debt"][row]
            renewal = self.deals["verdict"][row] == Verdict.RENEWAL
            self.exposure[f] += debt
            limit = self.limit(f, self.capital[f] if renewal else before[f], self.deals["goal"][row])
            assert self.exposure[f] <= limit * (1.0 + RELATIVE) + RELATIVE, (
                f"lender {f} over its limit in {t}"
            )
            if self.deals["insurer"][row] != NONE:
                self.capital[f] -= self.deals["premium"][row]
                self.capital[self.deals["insurer"][row]] += self.deals["premium"][row]

    def limit(self, f: int, capital: float, goal: int) -> float:
        """Most that a lender may have lent: foreign capital all that it has, on its own themes only."""
        if self.institutions.kind[f] == FOREIGN_FUND:
            assert self.institutions.mandate[f, goal] == 1, f"foreign capital on goal {goal + 1}"
            return capital
        return self.finance.lending_share * capital / self.finance.capital_requirement

    def service(self, t: int, row: int, age: int) -> None:
        f, debt = self.deals["institution"][row], self.deals["debt"][row]
        defaulted = self.deals["state"][row] == ProjectState.DEFAULTED
        if defaulted and self.deals["end_quarter"][row] < t:
            return
        if defaulted and self.deals["end_quarter"][row] == t:
            self.write_off(t, row)
            self.exposure[f] -= debt
            return
        if age > 0:
            self.capital[f] += self.deals["margin"][row]
        if age == self.deals["tenor"][row]:
            self.exposure[f] -= debt

    def write_off(self, t: int, row: int) -> None:
        loss = self.finance.loss_given_default * self.deals["debt"][row]
        loss *= 1.0 - self.deals["ordinary_guarantee"][row]
        called = loss * self.deals["guarantee"][row]
        insured = 0.0
        if self.deals["insurer"][row] != NONE:
            insured = self.finance.insurance_cover * (loss - called)
            self.capital[self.deals["insurer"][row]] -= insured
        self.capital[self.deals["institution"][row]] -= loss - called - insured
        self.calls[t] += called
        self.losses[t] += loss - called - insured

    def move_foreign_capital(self, t: int, f: int) -> None:
        """A share leaves; the most that comes is the rate times the pipeline of the fund's themes."""
        own = self.capital[f]
        stays = own - self.rules.inbound_decay * max(own, 0.0) * self.abroad
        new = self.deals["quarter"] == t
        new &= self.institutions.mandate[f, self.deals["goal"]] == 1
        most = self.rules.inbound_rate * self.deals["cost"][new].sum() * self.abroad
        drawn, rounding = self.inbound[t] - stays, RELATIVE * max(abs(own), most, 1.0)
        assert -rounding <= drawn <= most + rounding, f"foreign capital {drawn} of at most {most} in {t}"
        self.capital[f] = self.inbound[t]
