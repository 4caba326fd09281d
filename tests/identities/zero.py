"""Checks of runs in which nothing may happen, and the settings that bring them about."""

from __future__ import annotations

from sim.kernel.funds import Fund
from sim.kernel.parameters import Awareness
from sim.simulation import Run
from tests.identities.checks import outcome

#: A city whose model project has its grant posts a need whatever it knows.
MODEL_GRANTS = "futurecity.model_grants"
#: No stimulus, and what there was is forgotten in the first quarter: a = 0 before the first post.
AWARE_OF_NOTHING = {**dict.fromkeys(Awareness._fields, 0.0), "awareness_decay": 1.0}


def nothing_is_posted(run: Run) -> None:
    assert not outcome(run, "needs_posted").any()
    assert not outcome(run, "meetings").any()
    assert len(run.deals()["quarter"]) == 0


def nothing_is_signed(run: Run) -> None:
    for name in ("deals_signed", "active_partnerships", "renewals", "private_investment", "loan_losses"):
        assert not outcome(run, name).any(), name
    for name in ("sdg_progress", "project_gini", "company_degree_max", "theil_between", "theil_within"):
        assert not outcome(run, name).any(), name
    for fund in (Fund.SUBSIDY, Fund.COMPANY_GRANTS, Fund.GUARANTEE, Fund.INTEREST_SUBSIDY):
        assert not run.ledger["spent"][fund].any(), f"{fund.name} without deals"
