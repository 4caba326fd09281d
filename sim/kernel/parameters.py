"""Every parameter of the model: default, plausible range, unit and source.

Parameters are grouped by the submodel that reads them. A group is a named tuple of numbers
that goes into the compiled acts as it is; the annotation of each field is its record.
Names are unique over all groups: scenario files use them without the group. What they are
called and mean is said in ``sim.text``: a change of words is no change of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, NamedTuple, get_type_hints

ASSUMED = "assumed"


@dataclass(frozen=True)
class Parameter:
    """The record of one parameter.

    Attributes:
        default, low, high: value and plausible range, in ``unit``.
        unit: physical or monetary unit; "1" for a pure number. "JPY M" is a million yen.
        source: where the value comes from: an id of the section ``sources`` of the catalogue (``sim.text``).
        symbol: the symbol in docs/ODD.md, if any.
        name, group: filled in from the field's place.
    """

    default: float
    low: float
    high: float
    unit: str
    source: str
    symbol: str = ""
    name: str = ""
    group: str = ""


def P(  # noqa: N802 - reads as a declaration
    default: float, low: float, high: float, unit: str, source: str, symbol: str = ""
) -> Parameter:
    """Declare a parameter."""
    return Parameter(default, low, high, unit, source, symbol)


class Awareness(NamedTuple):
    """P1: awareness rises with contact and fades."""

    awareness_at_start: Annotated[float, P(0.10, 0.03, 0.3, "share", ASSUMED, "a₀")]
    awareness_base: Annotated[float, P(0.094, 0.03, 0.28, "1/quarter", "fitted_awareness_governments", "κ₀")]
    awareness_base_company: Annotated[
        float, P(0.0055, 0.0, 0.03, "1/quarter", "fitted_awareness_companies", "κ₀ᶜ")
    ]
    awareness_promotion: Annotated[float, P(0.02, 0.0067, 0.06, "1/contact", ASSUMED, "κ_P")]
    awareness_neighbours: Annotated[float, P(0.03, 0.01, 0.09, "1/quarter", ASSUMED, "κ_N")]
    awareness_cases: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "κ_X")]
    awareness_event: Annotated[float, P(0.02, 0.0, 0.1, "1/event", ASSUMED, "κ_E")]
    awareness_surge: Annotated[float, P(0.067, 0.0, 0.2, "1/quarter", "fitted_awareness_companies", "κ_S")]
    awareness_designation: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "κ_C")]
    awareness_decay: Annotated[float, P(0.04, 0.013, 0.12, "1/quarter", "staff_rotation", "δ_a")]


class Adoption(NamedTuple):
    """P3: a local government begins to promote the SDGs."""

    adoption_own: Annotated[float, P(0.0005, 0.0001, 0.01, "1/quarter", "fitted_surveys", "p₀")]
    contagion_neighbours: Annotated[float, P(0.082, 0.005, 0.15, "1/quarter", "fitted_surveys", "q_n")]
    contagion_size: Annotated[float, P(0.082, 0.005, 0.15, "1/quarter", "fitted_surveys", "q_s")]
    contagion_threshold: Annotated[float, P(0.3, 0.05, 0.6, "share", ASSUMED, "θ_A")]
    contagion_cases: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "q_X")]
    national_push: Annotated[float, P(0.139, 0.0, 0.3, "1/quarter", "fitted_surveys", "q_E")]
    push_decay: Annotated[float, P(0.4, 0.0, 0.8, "1/quarter", "open_push_decay", "δ_E")]
    push_floor: Annotated[float, P(0.3, 0.0, 1.0, "share", ASSUMED)]
    adoption_lapse: Annotated[float, P(0.0, 0.0, 0.02, "1/quarter", "no_lapse_seen", "δ_A")]
    adoption_size: Annotated[float, P(0.87, 0.3, 2.5, "1", "fitted_surveys", "β_z")]
    size_bandwidth: Annotated[float, P(0.5, 0.25, 1.0, "size score", ASSUMED, "h_z")]
    prefecture_own: Annotated[float, P(0.03, 0.01, 0.1, "1/quarter", ASSUMED, "p_R")]
    prefecture_push: Annotated[float, P(0.3, 0.1, 1.0, "1/quarter", ASSUMED, "q_R")]
    adopted_at_start: Annotated[float, P(0.01, 0.0, 0.05, "share", "survey_2017", "A₀")]


class Survey(NamedTuple):
    """P3: what the yearly survey of local governments counts: those that promote and answer."""

    answer_constant: Annotated[float, P(0.37, -0.6, 1.4, "logit", "fitted_answers", "r₀")]
    answer_size: Annotated[float, P(0.3, 0.0, 1.0, "logit", ASSUMED, "r_z")]
    answer_promoting: Annotated[float, P(1.0, 0.0, 3.0, "logit", "open_answers", "r_A")]
    answer_trend: Annotated[float, P(0.157, 0.0, 0.3, "logit/year", "fitted_answers", "r_y")]
    answer_prefecture: Annotated[float, P(0.957, 0.85, 1.0, "probability", "answers_2020", "r_R")]


class Membership(NamedTuple):
    """P4: governments, companies and institutions join the national platform, and may leave it."""

    join_company: Annotated[float, P(0.0114, 0.004, 0.03, "1/quarter", "fitted_private_members", "p_M")]
    join_company_peers: Annotated[float, P(0.0, 0.0, 0.4, "1/quarter", "fitted_private_peers", "q_M")]
    join_company_push: Annotated[float, P(0.207, 0.0, 0.4, "1/quarter", "fitted_private_members")]
    surge_decay: Annotated[float, P(0.3, 0.0, 0.9, "1/quarter", "fitted_private_members", "δ_S")]
    leave_company: Annotated[float, P(0.0, 0.0, 0.02, "1/quarter", "no_leaver_seen", "δ_M")]
    join_municipality: Annotated[float, P(0.115, 0.04, 0.4, "1/quarter", "fitted_government_members")]
    join_not_promoting: Annotated[float, P(0.4, 0.1, 1.0, "share", "fitted_government_members")]
    join_municipality_peers: Annotated[float, P(0.0, 0.0, 0.15, "1/quarter", ASSUMED)]
    join_municipality_push: Annotated[float, P(0.0, 0.0, 0.1, "1/quarter", ASSUMED)]
    leave_municipality: Annotated[float, P(0.0, 0.0, 0.02, "1/quarter", "no_leaver_seen")]
    join_prefecture: Annotated[float, P(0.15, 0.05, 0.4, "1/quarter", ASSUMED)]
    join_institution: Annotated[float, P(0.02, 0.005, 0.06, "1/quarter", ASSUMED)]


class Capacity(NamedTuple):
    """P2: administrative capacity grows with experience and erodes with staff rotation."""

    capacity_success: Annotated[float, P(0.08, 0.027, 0.24, "1/project", ASSUMED, "λ_c")]
    capacity_failure: Annotated[float, P(0.03, 0.01, 0.09, "1/project", ASSUMED, "λ_f")]
    capacity_rotation: Annotated[float, P(0.04, 0.013, 0.12, "1/quarter", "staff_rotation", "δ_c")]
    capacity_adviser: Annotated[float, P(0.02, 0.0067, 0.06, "1/quarter", ASSUMED, "λ_A")]
    joint_population: Annotated[float, P(10000.0, 3000.0, 30000.0, "persons", ASSUMED)]
    joint_probability: Annotated[float, P(0.3, 0.0, 1.0, "probability", ASSUMED)]
    joint_share: Annotated[float, P(0.7, 0.4, 1.0, "share", ASSUMED)]
    capacity_designation: Annotated[float, P(0.25, 0.0, 0.5, "share of the gap", ASSUMED)]


class FutureCity(NamedTuple):
    """P5: yearly selection of SDGs FutureCities and model projects."""

    futurecity_quota: Annotated[float, P(30.0, 10.0, 60.0, "1/year", "futurecity_selections", "Q")]
    model_quota: Annotated[float, P(10.0, 0.0, 20.0, "1/year", "model_selections", "Q_m")]
    application_constant: Annotated[float, P(-5.06, -6.56, -3.56, "logit", "set_applicants")]
    application_capacity: Annotated[float, P(3.0, 0.0, 6.0, "logit", ASSUMED)]
    application_awareness: Annotated[float, P(0.8, 0.0, 2.0, "logit", ASSUMED)]
    application_legacy: Annotated[float, P(2.0, 0.0, 4.0, "logit", ASSUMED)]
    application_adopted: Annotated[float, P(0.7, 0.0, 2.0, "logit", ASSUMED)]
    application_prefecture: Annotated[float, P(-3.0, -4.5, -1.5, "logit", "set_prefectures")]
    weight_plan: Annotated[float, P(0.35, 0.0, 1.0, "1", "published_criteria")]
    weight_partnerships: Annotated[float, P(0.25, 0.0, 1.0, "1", "published_criteria")]
    weight_balance: Annotated[float, P(0.20, 0.0, 1.0, "1", "published_criteria")]
    weight_citizens: Annotated[float, P(0.20, 0.0, 1.0, "1", "published_criteria")]
    plan_legacy: Annotated[float, P(0.2, 0.0, 0.5, "score", ASSUMED)]
    plan_land: Annotated[float, P(0.10, 0.0, 0.3, "score", "fitted_cohort_2018")]
    plan_ageing: Annotated[float, P(0.05, 0.0, 0.3, "score", "fitted_cohort_2018")]
    plan_prefecture: Annotated[float, P(0.7, 0.3, 1.0, "score", ASSUMED)]
    judgement_noise: Annotated[float, P(0.08, 0.0, 0.24, "score", ASSUMED, "σ_J")]
    partnerships_full_marks: Annotated[float, P(3.0, 1.0, 10.0, "partnerships", ASSUMED)]
    model_grant_cap: Annotated[float, P(30.0, 10.0, 60.0, "JPY M", "model_grants")]
    plan_quarters: Annotated[float, P(12.0, 4.0, 20.0, "quarters", "futurecity_plan")]
    capacity_advice: Annotated[float, P(0.02, 0.0067, 0.06, "1/quarter", ASSUMED)]


class Needs(NamedTuple):
    """P6: a municipality posts a need."""

    posting_rate: Annotated[float, P(0.55, 0.18, 1.65, "1/quarter", ASSUMED, "λ₀")]
    posting_adopted: Annotated[float, P(2.0, 0.0, 4.0, "1", ASSUMED)]
    own_channel: Annotated[float, P(0.30, 0.0, 1.0, "probability", ASSUMED, "u_o")]


class Search(NamedTuple):
    """P7: meetings through the own network and the platform."""

    matching_efficiency: Annotated[float, P(0.40, 0.13, 1.0, "1", ASSUMED, "μ")]
    matching_elasticity: Annotated[float, P(1.27, 0.8, 4.0, "1", "den_haan_2000", "ι")]
    search_effort: Annotated[float, P(0.05, 0.017, 0.15, "1/quarter", ASSUMED)]
    own_prefecture: Annotated[float, P(0.7, 0.4, 1.0, "probability", ASSUMED)]
    intermediary_reach: Annotated[float, P(0.3, 0.0, 0.89, "probability", "lenders_collaborate")]
    appeal_capability: Annotated[float, P(0.5, 0.25, 1.0, "1", ASSUMED)]
    appeal_trust: Annotated[float, P(0.25, 0.0, 0.5, "1", ASSUMED)]
    appeal_reputation: Annotated[float, P(0.15, 0.0, 0.3, "1", ASSUMED)]
    appeal_proximity: Annotated[float, P(0.25, 0.0, 0.5, "1", ASSUMED)]
    appeal_degree: Annotated[float, P(0.05, 0.0, 0.1, "1", ASSUMED)]
    ranking_noise: Annotated[float, P(0.15, 0.0, 0.45, "score", ASSUMED, "σ_s")]
    consultation_efficiency: Annotated[float, P(0.5, 0.0, 1.0, "share of the gap", ASSUMED, "ψ_μ")]
    consultation_noise: Annotated[float, P(0.5, 0.0, 1.0, "share", ASSUMED, "ψ_σ")]
    proximity_distance: Annotated[float, P(90.0, 30.0, 270.0, "km", ASSUMED, "d₀")]
    proximity_national: Annotated[float, P(0.6, 0.3, 0.9, "1", ASSUMED)]


class Conversion(NamedTuple):
    """P8: interfering factors between a meeting and a proposal."""

    friction_capacity: Annotated[float, P(0.8, 0.0, 2.0, "1", ASSUMED, "ξ_c")]
    friction_awareness: Annotated[float, P(0.8, 0.0, 2.0, "1", ASSUMED, "ξ_a")]
    friction_distance: Annotated[float, P(0.3, 0.0, 2.0, "1", ASSUMED, "ξ_d")]
    friction_trust: Annotated[float, P(0.5, 0.0, 2.0, "1", ASSUMED, "ξ_s")]
    consultation_capacity: Annotated[float, P(0.5, 0.0, 1.0, "share", ASSUMED, "ψ_c")]


class Deal(NamedTuple):
    """P9: what a project costs and returns, and when the three parties sign."""

    success_constant: Annotated[float, P(-0.3, -1.3, 0.7, "logit", "set_success", "b₀")]
    success_match: Annotated[float, P(2.2, 1.1, 3.3, "logit", ASSUMED, "b_q")]
    success_capacity: Annotated[float, P(1.2, 0.6, 1.8, "logit", ASSUMED, "b_c")]
    success_trust: Annotated[float, P(1.0, 0.0, 2.0, "logit", ASSUMED, "b_T")]
    match_unable: Annotated[float, P(0.5, 0.25, 1.0, "share", ASSUMED)]
    match_distance: Annotated[float, P(370.0, 120.0, 1100.0, "km", ASSUMED, "d₁")]
    match_national: Annotated[float, P(0.85, 0.5, 1.0, "1", ASSUMED)]
    cost_median: Annotated[float, P(30.0, 10.0, 90.0, "JPY M", ASSUMED)]
    cost_size: Annotated[float, P(0.35, 0.0, 0.7, "1", ASSUMED)]
    cost_spread: Annotated[float, P(0.6, 0.0, 1.2, "1", ASSUMED)]
    equity_share: Annotated[float, P(0.25, 0.1, 0.5, "share of cost", ASSUMED, "η")]
    municipal_share: Annotated[float, P(0.10, 0.0, 0.3, "share of cost", ASSUMED, "β")]
    municipal_value: Annotated[float, P(2.2, 1.1, 4.4, "1", ASSUMED, "v")]
    gross_return: Annotated[float, P(1.15, 1.0, 1.3, "1", "assumed_additionality", "G")]
    gross_return_spread: Annotated[float, P(0.35, 0.1, 0.7, "1", "assumed_additionality", "σ_G")]
    market_growth: Annotated[float, P(0.005, 0.0, 0.02, "1/year", ASSUMED)]
    salvage: Annotated[float, P(0.5, 0.0, 0.9, "share of return", ASSUMED, "ς")]
    company_fixed_cost: Annotated[float, P(0.6, 0.1, 1.5, "JPY M", ASSUMED, "F_c")]
    municipal_fixed_cost: Annotated[float, P(1.5, 0.5, 4.5, "JPY M", ASSUMED, "F_m")]
    municipal_cost_able: Annotated[float, P(0.2, 0.0, 0.5, "share", ASSUMED)]
    case_relief: Annotated[float, P(0.2, 0.0, 0.5, "share", ASSUMED)]
    approval_constant: Annotated[float, P(0.6, -0.5, 2.0, "logit", ASSUMED)]
    approval_fiscal: Annotated[float, P(0.8, 0.0, 2.0, "logit", ASSUMED)]
    approval_grant: Annotated[float, P(2.0, 0.0, 4.0, "logit", ASSUMED)]


class Finance(NamedTuple):
    """P9, P11: how financial institutions appraise, price and bear project loans."""

    funding_rate: Annotated[float, P(0.004, 0.001, 0.015, "1/year", ASSUMED, "i_f")]
    funding_rate_life: Annotated[float, P(0.002, 0.0, 0.01, "1/year", ASSUMED)]
    loss_given_default: Annotated[float, P(0.45, 0.2, 0.7, "share of debt", ASSUMED, "ℓ")]
    default_given_failure: Annotated[float, P(0.10, 0.05, 0.3, "probability", ASSUMED, "δ")]
    pessimism: Annotated[float, P(0.05, 0.0, 0.1, "probability", ASSUMED, "b")]
    surplus_share: Annotated[float, P(0.4, 0.1, 0.9, "share", ASSUMED, "θ")]
    rate_cap: Annotated[float, P(0.05, 0.02, 0.15, "1/year", ASSUMED, "R^cap")]
    regional_lenders_asked: Annotated[float, P(3.0, 1.0, 6.0, "lenders", ASSUMED)]
    national_lenders_asked: Annotated[float, P(1.0, 0.0, 3.0, "lenders", ASSUMED)]
    appraisal_base: Annotated[float, P(0.4, 0.2, 0.8, "probability", "esg_finance_survey")]
    appraisal_mandate: Annotated[float, P(0.5, 0.0, 1.0, "share of the gap", ASSUMED)]
    screening_cost: Annotated[float, P(0.3, 0.1, 1.5, "JPY M", ASSUMED, "F_f")]
    screening_unskilled: Annotated[float, P(1.5, 1.0, 2.0, "factor", ASSUMED)]
    esg_premium: Annotated[float, P(0.0, 0.0, 0.015, "per loan", "sustainability_loans", "φ")]
    lending_share: Annotated[float, P(0.005, 0.001, 0.02, "share of loans", "shinkin_sdgs_loans", "s_f")]
    capital_requirement: Annotated[float, P(0.08, 0.04, 0.12, "share of loans", "basel", "κ_K")]
    own_money_share: Annotated[float, P(0.2, 0.0, 0.4, "share of cost", ASSUMED)]
    tenor_factor: Annotated[float, P(1.0, 0.5, 2.0, "factor", ASSUMED)]
    ticket_bank_low: Annotated[float, P(1.0, 0.3, 3.0, "JPY M", "shinkin_sdgs_tickets")]
    ticket_bank_high: Annotated[float, P(300.0, 150.0, 1000.0, "JPY M", "shinkin_sdgs_limit")]
    ticket_trust: Annotated[float, P(50.0, 17.0, 150.0, "JPY M", ASSUMED)]
    ticket_securities: Annotated[float, P(100.0, 50.0, 300.0, "JPY M", ASSUMED)]
    ticket_life: Annotated[float, P(100.0, 33.0, 300.0, "JPY M", ASSUMED)]
    securities_fee: Annotated[float, P(0.01, 0.0, 0.03, "share of debt", ASSUMED)]
    insurance_cover: Annotated[float, P(0.3, 0.0, 0.6, "share of loss", ASSUMED)]
    insurance_loading: Annotated[float, P(1.2, 1.0, 2.0, "1", ASSUMED)]
    ordinary_guarantee_cover: Annotated[float, P(0.8, 0.5, 1.0, "share of loss", "guarantee_sharing")]
    ordinary_guarantee_use: Annotated[float, P(0.2, 0.1, 0.4, "share of loans", "guarantee_use")]
    ordinary_guarantee_fee: Annotated[float, P(0.0115, 0.0045, 0.019, "1/year", "guarantee_fees")]
    interest_subsidy_years: Annotated[float, P(5.0, 3.0, 10.0, "years", "interest_subsidy_scheme")]


class Grants(NamedTuple):
    """P10: grants to municipalities for their projects, and to companies."""

    grant_rate: Annotated[float, P(0.5, 0.1, 0.8, "share of eligible cost", "promotion_grant")]
    grant_eligible_share: Annotated[float, P(0.5, 0.2, 0.75, "share of cost", ASSUMED)]
    grant_cap: Annotated[float, P(100.0, 50.0, 200.0, "JPY M", "grant_caps")]
    grant_cap_leading: Annotated[float, P(400.0, 200.0, 800.0, "JPY M", "grant_caps")]
    promotion_grant: Annotated[float, P(100_000.0, 80_000.0, 120_000.0, "JPY M/fiscal year", "promotion_grant")]
    promotion_grant_share: Annotated[float, P(0.01, 0.0, 0.05, "share of the grant", ASSUMED)]
    company_grant_rate: Annotated[float, P(0.5, 0.1, 0.65, "share of cost", ASSUMED)]
    company_grant_cap: Annotated[float, P(60.0, 20.0, 180.0, "JPY M", ASSUMED)]
    designation_bonus: Annotated[float, P(0.1, 0.0, 0.5, "score", ASSUMED)]


class Execution(NamedTuple):
    """P11: what happens to a signed project."""

    project_quarters: Annotated[float, P(12.0, 8.0, 20.0, "quarters", ASSUMED)]
    renewal: Annotated[float, P(0.5, 0.0, 1.0, "probability", ASSUMED, "ρ")]


class Learning(NamedTuple):
    """P12: trust, reputation and skill."""

    trust_success: Annotated[float, P(0.4, 0.1, 0.8, "share of the gap", ASSUMED, "η_s")]
    trust_failure: Annotated[float, P(0.5, 0.1, 0.9, "share", ASSUMED, "η_f")]
    trust_decay: Annotated[float, P(0.03, 0.01, 0.09, "1/quarter", ASSUMED, "δ_T")]
    reputation_success: Annotated[float, P(0.2, 0.05, 0.5, "share of the gap", ASSUMED)]
    reputation_failure: Annotated[float, P(0.2, 0.05, 0.5, "share", ASSUMED)]
    trust_subcommittee: Annotated[float, P(0.05, 0.0167, 0.15, "share of the gap", ASSUMED, "η_g")]
    skill_study: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "λ_e")]
    skill_rotation: Annotated[float, P(0.04, 0.013, 0.12, "1/quarter", "staff_rotation")]


class Progress(NamedTuple):
    """P13: projects move the goals, and successes become model cases."""

    project_effect: Annotated[float, P(0.10, 0.01, 1.0, "1", ASSUMED, "α_S")]
    effect_reference_cost: Annotated[float, P(30.0, 15.0, 60.0, "JPY M", ASSUMED)]
    effect_size: Annotated[float, P(0.35, 0.0, 1.0, "1", ASSUMED)]
    partnership_effect: Annotated[float, P(0.05, 0.005, 0.5, "1/partnership", ASSUMED)]
    interlinkage_strength: Annotated[float, P(0.15, 0.0, 0.5, "1", ASSUMED, "ω")]
    case_promotion: Annotated[float, P(1.0, 0.0, 3.0, "factor", ASSUMED, "prom")]
    case_decay: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED)]
    case_reach: Annotated[float, P(0.1, 0.033, 0.3, "1/case", ASSUMED)]
    case_size_bandwidth: Annotated[float, P(0.5, 0.25, 1.0, "size score", ASSUMED)]
    case_nationwide: Annotated[float, P(0.3, 0.0, 1.0, "share", ASSUMED)]


class International(NamedTuple):
    """P14: the city network, deployment abroad and capital from abroad."""

    network_rate: Annotated[float, P(0.02, 0.0067, 0.06, "1/mission", "set_network", "ν_N")]
    overseas_rate: Annotated[float, P(0.2, 0.067, 0.6, "1/quarter", ASSUMED, "ν_D")]
    overseas_value: Annotated[float, P(100.0, 30.0, 300.0, "JPY M", ASSUMED)]
    concessional_share: Annotated[float, P(0.25, 0.25, 0.5, "share of value", "oecd_grant_element")]
    overseas_commercial: Annotated[float, P(0.5, 0.0, 1.0, "probability", ASSUMED)]
    overseas_reputation: Annotated[float, P(0.1, 0.0, 0.3, "share of the gap", ASSUMED)]
    overseas_cases: Annotated[float, P(1.0, 0.0, 4.0, "1/quarter", ASSUMED)]
    overseas_transfer: Annotated[float, P(0.3, 0.0, 1.0, "share", ASSUMED)]
    inbound_rate: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "ν_I")]
    inbound_decay: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED)]


class Agreements(NamedTuple):
    """P15: comprehensive agreements with national companies, and donations of companies."""

    agreement_rate: Annotated[float, P(0.426, 0.13, 1.3, "1/quarter", "fitted_japan_post", "λ_g")]
    agreement_adopted: Annotated[float, P(3.0, 0.0, 9.0, "1", ASSUMED)]
    agreement_capacity: Annotated[float, P(0.3, 0.0, 1.0, "share of the rate", ASSUMED)]
    agreement_tail: Annotated[float, P(1.5, 1.0, 2.0, "1", ASSUMED, "ζ")]
    agreement_end: Annotated[float, P(0.01, 0.0, 0.05, "1/quarter", ASSUMED)]
    trust_agreement: Annotated[float, P(0.1, 0.0, 0.3, "share of the gap", ASSUMED, "η_a")]
    donation_rate: Annotated[float, P(0.101, 0.03, 0.4, "1/quarter", "fitted_donations", "λ_d")]


class Costs(NamedTuple):
    """Unit costs that turn a lever's yen into intensity (docs/levers.md)."""

    coordinator_cost: Annotated[float, P(5.6, 4.0, 20.0, "JPY M/year", "talent_base_cost")]
    coordinator_consultations: Annotated[float, P(20.0, 6.0, 60.0, "1/year", "talent_base_load")]
    promotion_contact_cost: Annotated[float, P(0.02, 0.01, 0.04, "JPY M/contact", ASSUMED)]
    study_group_cost: Annotated[float, P(5.0, 2.5, 10.0, "JPY M/year", ASSUMED)]
    study_group_seats: Annotated[float, P(20.0, 10.0, 40.0, "seats", ASSUMED)]
    subcommittee_cost: Annotated[float, P(1.0, 0.5, 2.0, "JPY M/year", ASSUMED)]
    subcommittee_seats: Annotated[float, P(6.0, 3.0, 12.0, "seats", ASSUMED)]
    advice_cost: Annotated[float, P(1.0, 0.5, 2.0, "JPY M/year", ASSUMED)]
    adviser_cost: Annotated[float, P(8.0, 4.0, 16.0, "JPY M/year", ASSUMED)]
    mission_cost: Annotated[float, P(3.0, 1.5, 6.0, "JPY M/mission", ASSUMED)]


class Parameters(NamedTuple):
    """All parameters of one quarter, by submodel."""

    awareness: Awareness
    adoption: Adoption
    survey: Survey
    membership: Membership
    capacity: Capacity
    futurecity: FutureCity
    needs: Needs
    search: Search
    conversion: Conversion
    deal: Deal
    finance: Finance
    grants: Grants
    execution: Execution
    learning: Learning
    progress: Progress
    international: International
    agreements: Agreements
    costs: Costs


GROUPS: dict[str, type[Any]] = get_type_hints(Parameters)


@cache
def declared() -> Mapping[str, Parameter]:
    """Every declared parameter by name, in the order of declaration."""
    found: dict[str, Parameter] = {}
    for group, columns in GROUPS.items():
        for name, hint in get_type_hints(columns, include_extras=True).items():
            record: Parameter = hint.__metadata__[0]
            if name in found:
                raise ValueError(f"parameter {name} is declared twice")
            found[name] = Parameter(**{**record.__dict__, "name": name, "group": group})
    return found


@lru_cache(maxsize=64)
def parameters(**values: float) -> Parameters:
    """Parameter set with the defaults, but for the values given by name.

    Raises:
        KeyError: a name is not a parameter.
    """
    unknown = set(values) - set(declared())
    if unknown:
        raise KeyError(f"not a parameter: {', '.join(sorted(unknown))}")
    groups = [
        columns(*(float(values.get(name, declared()[name].default)) for name in columns._fields))
        for columns in GROUPS.values()
    ]
    return Parameters(*groups)
