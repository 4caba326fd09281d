"""What a financial institution decides: to appraise, at which rate, with which cover."""

from __future__ import annotations

from sim.kernel.compiled import rule
from sim.kernel.world import BANK, FOREIGN_FUND, LIFE_INSURER, SECURITIES, TRUST_BANK

#: What study groups move (rule study_effect): how loans are priced, or also whether they are appraised.
PRICING, ACCESS = range(2)


@rule
def appraisal_probability(base: float, on_mandate: float, in_mandate: int) -> float:
    """P9: probability that an institution which is asked appraises the loan at all."""
    return base + on_mandate * (1.0 - base) * in_mandate


@rule
def perceived_default(default: float, pessimism: float, skill: float) -> float:
    """P9: default probability that a lender sees; less skill, more pessimism."""
    return 1.0 - (1.0 - default) * (1.0 - pessimism * (1.0 - skill))


@rule
def ticket_fits(
    kind: int, debt: float, pooled: float,
    bank_low: float, bank_high: float, trust: float, securities: float, life: float,
) -> bool:  # fmt: skip
    """P9: whether a loan suits the institution; large tickets may be reached by pooling a theme's deals."""
    if kind in (BANK, FOREIGN_FUND):
        return bank_low <= debt <= bank_high
    if kind == TRUST_BANK:
        return debt + pooled >= trust
    if kind == SECURITIES:
        return debt + pooled >= securities
    if kind == LIFE_INSURER:
        return debt + pooled >= life
    return False


@rule
def buys_cover(perceived: float, default: float, loading: float) -> bool:
    """P9: cover priced on the true risk pays whoever sees a risk above the loaded one."""
    return perceived > loading * default


@rule
def break_even_rate(
    perceived: float, funding: float, loss: float, guarantee: float, screening: float,
    debt: float, premium: float, fee: float, forgone: float,
) -> float:  # fmt: skip
    """P9: rate R* over the loan's life at which the lender breaks even.

    Args:
        perceived: default probability that the lender sees.
        funding: funding cost over the loan's life, per yen.
        loss: loss given default after ordinary guarantee and insurance, per yen.
        guarantee: share of the loss covered by the public.
        screening: cost of screening (JPY M).
        debt: JPY M.
        premium, fee: insurance premium, and underwriting or guarantee fee, per yen.
        forgone: ESG premium and interest subsidy per yen, over the loan's life.
    """
    kept = 1.0 - loss * (1.0 - guarantee)
    cost = 1.0 + funding - perceived * kept + screening / debt + premium + fee - forgone
    return cost / (1.0 - perceived) - 1.0


@rule
def agreed_rate(break_even: float, highest: float, surplus_share: float) -> float:
    """P9: rate between what the lender needs and what the company can bear."""
    return break_even + surplus_share * (highest - break_even)
