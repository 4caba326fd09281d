"""P9: how the three parties share the surplus of a deal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.company import company_surplus, gross_value, highest_rate
from sim.agents.financial_institution import agreed_rate, break_even_rate, perceived_default

shares = st.floats(0.0, 1.0)
probabilities = st.floats(0.0, 0.9)
debts = st.floats(1.0, 500.0)
rates = st.floats(-0.5, 2.0)


def lender_profit(
    default: float, rate: float, debt: float, loss: float, guarantee: float, funding: float, screening: float
) -> float:
    """U_f of a fully skilled lender (JPY M): repayments less loan, funding and half of F_f."""
    repaid = (1.0 - default) * (1.0 + rate) * debt
    recovered = default * (1.0 - loss * (1.0 - guarantee)) * debt
    return repaid + recovered - (1.0 + funding) * debt - 0.5 * screening


@given(
    default=probabilities, loss=shares, guarantee=shares, funding=st.floats(0.0, 0.2),
    screening=st.floats(0.0, 2.0), debt=debts,
)  # fmt: skip
def test_the_lender_breaks_even_at_its_break_even_rate(
    default: float, loss: float, guarantee: float, funding: float, screening: float, debt: float
) -> None:
    seen = perceived_default(default, 0.05, 1.0)
    assert seen == pytest.approx(default, abs=1e-15)
    rate = break_even_rate(seen, funding, loss, guarantee, 0.5 * screening, debt, 0.0, 0.0, 0.0)
    assert lender_profit(default, rate, debt, loss, guarantee, funding, screening) == pytest.approx(
        0.0, abs=1e-9 * debt
    )


@given(
    value=st.floats(0.0, 1e3), default=probabilities, debt=debts, loss=shares, equity=st.floats(0.0, 500.0)
)
def test_the_company_breaks_even_at_its_highest_rate(
    value: float, default: float, debt: float, loss: float, equity: float
) -> None:
    rate = highest_rate(value, default, debt, loss, equity, 0.6)
    assert company_surplus(value, default, rate, debt, loss, equity, 0.6) == pytest.approx(0.0, abs=1e-6)


@given(
    default=probabilities, debt=debts, loss=shares, guarantee=shares, first=rates, second=rates,
)  # fmt: skip
def test_the_rate_only_divides_the_surplus(
    default: float, debt: float, loss: float, guarantee: float, first: float, second: float
) -> None:
    """U_c + U_f + U_gov does not depend on the rate; the public pays the guaranteed part of the loss."""

    def total(rate: float) -> float:
        company = company_surplus(300.0, default, rate, debt, loss, 20.0, 0.6)
        public = -default * loss * guarantee * debt
        return company + lender_profit(default, rate, debt, loss, guarantee, 0.02, 0.3) + public

    assert total(first) == pytest.approx(total(second), abs=1e-9 * (1.0 + debt))


@given(funding=st.floats(0.0, 0.2), loss=shares, skill=shares, debt=debts)
def test_riskless_loans_without_fixed_costs_cost_their_funding(
    funding: float, loss: float, skill: float, debt: float
) -> None:
    seen = perceived_default(0.0, 0.0, skill)
    assert seen == 0.0
    rate = break_even_rate(seen, funding, loss, 0.0, 0.0, debt, 0.0, 0.0, 0.0)
    assert rate == pytest.approx(funding, abs=1e-15)


@given(default=probabilities, pessimism=st.floats(0.0, 0.3), skill=shares)
def test_lenders_err_on_the_dark_side_and_skill_cures_it(
    default: float, pessimism: float, skill: float
) -> None:
    seen = perceived_default(default, pessimism, skill)
    assert default - 1e-15 <= seen <= 1.0
    assert perceived_default(default, pessimism, 1.0) == pytest.approx(default, abs=1e-15)
    assert perceived_default(default, pessimism, 0.0) >= seen - 1e-15


@given(
    default=st.floats(0.0, 0.5), funding=st.floats(0.0, 0.1), loss=shares, debt=debts,
    guarantee=shares, forgone=st.floats(0.0, 0.05),
)  # fmt: skip
def test_guarantee_and_interest_subsidy_never_raise_the_rate(
    default: float, funding: float, loss: float, debt: float, guarantee: float, forgone: float
) -> None:
    def rate(guarantee: float, forgone: float) -> float:
        return float(break_even_rate(default, funding, loss, guarantee, 0.3, debt, 0.0, 0.0, forgone))

    assert rate(guarantee, 0.0) <= rate(0.0, 0.0) + 1e-12
    assert rate(0.0, forgone) <= rate(0.0, 0.0) + 1e-12


@given(low=rates, range_=st.floats(0.0, 1.0), share=shares)
def test_the_agreed_rate_lies_between(low: float, range_: float, share: float) -> None:
    high = low + range_
    assert low - 1e-12 <= agreed_rate(low, high, share) <= high + 1e-12
    assert agreed_rate(low, high, 0.0) == low
    assert agreed_rate(low, high, 1.0) == pytest.approx(high)


def test_gross_value_by_hand() -> None:
    """(pi + (1 - pi) s) G + pi w, times cost."""
    assert gross_value(0.7, 1.15, 0.5, 0.2, 100.0) == pytest.approx(((0.7 + 0.15) * 1.15 + 0.14) * 100.0)
