"""Rows of the ledger: one fund for every lever of the model."""

from __future__ import annotations

from enum import IntEnum


class Fund(IntEnum):
    """Row of the ledger that a lever's money is booked in."""

    SUBSIDY = 0
    MATCHING_SUPPORT = 1
    PROMOTION = 2
    STUDY_GROUPS = 3
    GUARANTEE = 4
    INTEREST_SUBSIDY = 5
    SUBCOMMITTEES = 6
    ADVICE = 7
    MODEL_GRANTS = 8
    ADVISERS = 9
    MISSIONS = 10
    CONCESSIONAL = 11
    COMPANY_GRANTS = 12


#: Name of each fund's lever in scenario files, in the order of the rows.
FUND_NAMES = (
    "subsidy", "matching_support", "promotion",
    "esg_finance.study_groups", "esg_finance.guarantee", "esg_finance.interest_subsidy",
    "subcommittees", "futurecity.advice", "futurecity.model_grants", "advisers",
    "international.missions", "international.concessional", "company_grants",
)  # fmt: skip
