"""Comprehensive agreements and donations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.agents import Company, Municipality
    from tests.reference.model import ReferenceModel


def sign_agreements(model: ReferenceModel) -> None:
    """P15: one agreement may end, one is signed, and the year's first donation comes in."""
    if not model.policy.agreements:
        return
    for municipality in model.municipalities:
        municipality.end_agreement()
        partner = municipality.sign_agreement(model.national_by_slots)
        if partner is not None:
            _come_to_trust(municipality, partner)
        donor = municipality.receive_donation(model.companies_by_slot)
        if donor is not None:
            _come_to_trust(municipality, donor)


def _come_to_trust(municipality: Municipality, company: Company) -> None:
    gain = municipality.parameters.trust_agreement
    if gain > 0:
        municipality.trust_more(company, gain)
