"""The levers of policy: what costs public money, and the settings that go with it.

The order of ``LEVERS`` is the order of the rows of the ledger (``sim.kernel.state.Ledger``). What each lever
acts on, costs and stands for is said in ``sim.text``, section ``levers``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.kernel.funds import Fund


@dataclass(frozen=True)
class Lever:
    """A lever that spends public money. Its value is an appropriation in JPY M per fiscal year, national.

    Attributes:
        name: dotted name in scenario files.
        fund: row of the ledger.
        cost_set_by: parameters and settings that set what a unit of it costs.
        transfer: whether its money changes hands, as grants do and what guarantees pay; otherwise it is used
            up, as by staff. To the nation a transfer costs no resources.
    """

    name: str
    fund: Fund
    cost_set_by: tuple[str, ...]
    transfer: bool = False


@dataclass(frozen=True)
class Setting:
    """A number that goes with a lever and costs nothing by itself."""

    name: str
    default: float
    low: float
    high: float
    unit: str


LEVERS: tuple[Lever, ...] = (
    Lever(
        "subsidy",
        Fund.SUBSIDY,
        ("grant_rate", "grant_eligible_share", "grant_cap", "grant_cap_leading"),
        transfer=True,
    ),
    Lever("matching_support", Fund.MATCHING_SUPPORT, ("coordinator_cost", "coordinator_consultations")),
    Lever("promotion", Fund.PROMOTION, ("promotion_contact_cost",)),
    Lever("esg_finance.study_groups", Fund.STUDY_GROUPS, ("study_group_cost", "study_group_seats")),
    Lever(
        "esg_finance.guarantee",
        Fund.GUARANTEE,
        ("esg_finance.guarantee_cover", "default_given_failure", "loss_given_default"),
        transfer=True,
    ),
    Lever(
        "esg_finance.interest_subsidy",
        Fund.INTEREST_SUBSIDY,
        ("esg_finance.interest_subsidy_rate", "interest_subsidy_years"),
        transfer=True,
    ),
    Lever("subcommittees", Fund.SUBCOMMITTEES, ("subcommittee_cost", "subcommittee_seats")),
    Lever("futurecity.advice", Fund.ADVICE, ("advice_cost",)),
    Lever("futurecity.model_grants", Fund.MODEL_GRANTS, ("model_grant_cap", "model_quota"), transfer=True),
    Lever("advisers", Fund.ADVISERS, ("adviser_cost",)),
    Lever("international.missions", Fund.MISSIONS, ("mission_cost",)),
    Lever(
        "international.concessional",
        Fund.CONCESSIONAL,
        ("concessional_share", "overseas_value"),
        transfer=True,
    ),
    Lever("company_grants", Fund.COMPANY_GRANTS, ("company_grant_rate", "company_grant_cap"), transfer=True),
)

SETTINGS: tuple[Setting, ...] = (
    Setting("esg_finance.guarantee_cover", 0.5, 0.0, 0.9, "share of loss"),
    Setting("esg_finance.interest_subsidy_rate", 0.007, 0.0, 0.02, "1/year"),
)

TRANSFERS = frozenset(lever.name for lever in LEVERS if lever.transfer)


def in_order(levers: Iterable[str]) -> tuple[str, ...]:
    """Names of levers in the order of the rows of the ledger: the model's, then those of extensions."""
    built_in = [lever.name for lever in LEVERS]
    return (*built_in, *(name for name in levers if name not in built_in))
