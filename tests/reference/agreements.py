"""Comprehensive agreements and donations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


def sign_agreements(model: ReferenceModel) -> None:
    """P15: one agreement may end, one is signed, and the year's first donation comes in."""
    if not model.policy.agreements:
        return
    for municipality in model.municipalities:
        municipality.end_agreement()
        partner = municipality.sign_agreement(model.national_by_slots)
        if partner is not None and model.parameters.trust_agreement > 0:
            municipality.trust_more(partner, model.parameters.trust_agreement)
        municipality.receive_donation()
