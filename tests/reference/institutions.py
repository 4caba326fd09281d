"""Financial institutions, one Python object each: how they appraise, price and insure loans."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.kernel.draws import Process
from sim.kernel.world import BANK, FOREIGN_FUND, LIFE_INSURER, SECURITIES, TRUST_BANK
from tests.reference.agents import Actor, Municipality

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


class FinancialInstitution(Actor):
    """A financial institution: learns to appraise, prices loans."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.capital: float = traits.capital
        self.skill: float = traits.skill
        self.exposure = 0.0

    @property
    def foreign(self) -> bool:
        """Whether it is foreign impact capital."""
        return bool(self.traits.kind == FOREIGN_FUND)

    def study(self, attends: bool) -> None:
        """Study groups: skill rises with attendance and returns to its start as staff rotate."""
        e = self.skill
        if attends:
            e = 1.0 - (1.0 - e) * math.exp(-self.parameters.skill_study)
        self.skill = e - self.parameters.skill_rotation * (e - self.traits.skill)

    def sits(self, municipality: Municipality, theme: int) -> bool:
        """P9: whether the institution asked comes to the desk."""
        parameters = self.parameters
        base = self.skill if self.model.policy.study_effect else parameters.appraisal_base
        probability = base + parameters.appraisal_mandate * (1.0 - base) * self.traits.mandate[theme]
        return bool(municipality.uniform2(Process.APPRAISAL, self.id) < probability)

    def room(self, capital: float, theme: int) -> float:
        """P9: debt that it may still take on for the theme, at that capital."""
        parameters = self.parameters
        if self.foreign:
            limit = capital if self.traits.mandate[theme] else 0.0
        else:
            limit = parameters.lending_share * capital / parameters.capital_requirement
        return limit - self.exposure

    def ticket_fits(self, debt: float, pooled: float) -> bool:
        """P9: whether the loan is of a size that this kind of institution makes."""
        parameters = self.parameters
        kind = self.traits.kind
        if kind in (BANK, FOREIGN_FUND):
            return bool(parameters.ticket_bank_low <= debt <= parameters.ticket_bank_high)
        least = {
            TRUST_BANK: parameters.ticket_trust,
            SECURITIES: parameters.ticket_securities,
            LIFE_INSURER: parameters.ticket_life,
        }[kind]
        return bool(debt + pooled >= least)

    def funding(self, years: float) -> float:
        """Cost of funds over the life of a loan."""
        parameters = self.parameters
        yearly: float = (
            parameters.funding_rate_life if self.traits.kind == LIFE_INSURER else parameters.funding_rate
        )
        return yearly * years

    def perceived_default(self, default: float) -> float:
        """P9: the default probability that it sees."""
        seen: float = 1.0 - (1.0 - default) * (1.0 - self.parameters.pessimism * (1.0 - self.skill))
        return seen

    def buys_cover(self, default: float) -> bool:
        """P9: whether it insures the loan, if there is an insurer."""
        return bool(self.perceived_default(default) > self.parameters.insurance_loading * default)

    def ordinary_guarantee(self, use: float) -> float:
        """P9: expected share of its loss that credit guarantee associations bear."""
        covered: float = use * self.parameters.ordinary_guarantee_cover
        return covered if self.traits.kind == BANK else 0.0

    def ordinary_fee(self, use: float, years: float) -> float:
        """P9: expected fee of ordinary guarantees per yen of debt, over the life of a loan."""
        fee: float = use * self.parameters.ordinary_guarantee_fee * years
        return fee if self.traits.kind == BANK else 0.0

    def premium_per_yen(self, default: float, ordinary: float, guarantee: float) -> float:
        """P9: premium that it asks as an insurer per yen of debt, beside guarantees."""
        parameters = self.parameters
        premium: float = (
            parameters.insurance_loading
            * default
            * parameters.insurance_cover
            * parameters.loss_given_default
            * (1.0 - ordinary)
        ) * (1.0 - guarantee)
        return premium
