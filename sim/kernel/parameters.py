"""Every parameter of the model: default, plausible range, unit, source and meaning.

Parameters are grouped by the submodel that reads them. A group is a named tuple of numbers
that goes into the compiled acts as it is; the annotation of each field is its record.
Names are unique over all groups: scenario files use them without the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, get_type_hints

ASSUMED = "assumed"


@dataclass(frozen=True)
class Parameter:
    """The record of one parameter.

    Attributes:
        default, low, high: value and plausible range, in ``unit``.
        unit: physical or monetary unit; "1" for a pure number. "JPY M" is a million yen.
        source: where the value comes from, or "assumed".
        en, ja: meaning in English and Japanese.
        symbol: the symbol in docs/ODD.md, if any.
        name, group: filled in from the field's place.
    """

    default: float
    low: float
    high: float
    unit: str
    source: str
    en: str
    ja: str
    symbol: str = ""
    name: str = ""
    group: str = ""


def P(  # noqa: N802 - reads as a declaration
    default: float, low: float, high: float, unit: str, source: str, en: str, ja: str, symbol: str = ""
) -> Parameter:
    """Declare a parameter."""
    return Parameter(default, low, high, unit, source, en, ja, symbol)


class Awareness(NamedTuple):
    """P1: awareness rises with contact and fades."""

    awareness_base: Annotated[float, P(0.02, 0.0067, 0.06, "1/quarter", ASSUMED, "Gain that comes without policy (media, schools)", "政策によらない認知の伸び", "κ₀")]
    awareness_promotion: Annotated[float, P(0.02, 0.0067, 0.06, "1/contact", ASSUMED, "Gain per paid contact", "広報接触1回あたりの認知の伸び", "κ_P")]
    awareness_neighbours: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "Gain when all neighbours promote the SDGs", "近隣自治体の取組による認知の伸び", "κ_N")]
    awareness_cases: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "Gain at full exposure to model cases", "モデル事例による認知の伸び", "κ_X")]
    awareness_event: Annotated[float, P(0.02, 0.0, 0.1, "1/event", ASSUMED, "Gain from a dated event of weight one (summit, expo)", "国際行事による認知の伸び", "κ_E")]
    awareness_designation: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "Gain of a designated city, for twelve quarters", "選定都市の認知の伸び", "κ_C")]
    awareness_decay: Annotated[float, P(0.01, 0.0033, 0.03, "1/quarter", ASSUMED, "Share of awareness that fades", "認知の減衰率", "δ_a")]


class Adoption(NamedTuple):
    """P3: a local government begins to promote the SDGs."""

    adoption_own: Annotated[float, P(0.0017, 0.0005, 0.02, "1/quarter", "fitted to the Cabinet Office surveys FY2018-21", "Hazard without any influence", "自発的採用のハザード", "p₀")]
    contagion_neighbours: Annotated[float, P(0.018, 0.005, 0.15, "1/quarter", "fitted to the Cabinet Office surveys FY2018-21", "Hazard when all geographical neighbours have adopted", "近隣からの波及", "q_n")]
    contagion_size: Annotated[float, P(0.018, 0.005, 0.15, "1/quarter", "fitted to the Cabinet Office surveys FY2018-21", "Hazard when all municipalities of like size have adopted", "同規模自治体からの波及", "q_s")]
    contagion_cases: Annotated[float, P(0.02, 0.0, 0.1, "1/quarter", ASSUMED, "Hazard at full exposure to model cases", "モデル事例からの波及", "q_X")]
    national_push: Annotated[float, P(0.113, 0.0, 0.2, "1/quarter", "fitted to the Cabinet Office surveys FY2018-21", "Hazard added by a national target in force, at full awareness 1 / (0.3 + 0.7 a)", "国の目標による後押し", "q_E")]
    adoption_size: Annotated[float, P(1.33, 0.3, 2.5, "1", "fitted to the Cabinet Office surveys FY2018-21", "Log hazard per unit of the size score", "規模の効果", "β_z")]
    size_bandwidth: Annotated[float, P(0.5, 0.25, 1.0, "size score", ASSUMED, "Distance in size at which likeness falls to 1/e", "規模類似度の幅", "h_z")]
    prefecture_own: Annotated[float, P(0.03, 0.01, 0.1, "1/quarter", ASSUMED, "Hazard of a prefecture", "都道府県の採用ハザード", "p_R")]
    prefecture_push: Annotated[float, P(0.3, 0.1, 1.0, "1/quarter", ASSUMED, "Hazard added for a prefecture by a national target", "国の目標による都道府県の後押し", "q_R")]
    adopted_at_start: Annotated[float, P(0.01, 0.0, 0.05, "share", "Cabinet Office survey of October 2017 (1%)", "Municipalities that promote the SDGs before 2018Q2, besides the FY2018 cohort", "開始時の採用割合", "A₀")]


class Membership(NamedTuple):
    """P4: governments, companies and institutions join the national platform."""

    join_company: Annotated[float, P(0.0115, 0.004, 0.03, "1/quarter", "fitted to private membership 2019-21", "Hazard of a company to join", "企業の入会ハザード", "p_M")]
    join_company_peers: Annotated[float, P(0.0, 0.0, 0.4, "1/quarter", "fitted to private membership 2019-21: no contagion is seen", "Hazard when all companies are members", "企業間の波及", "q_M")]
    join_company_push: Annotated[float, P(0.138, 0.0, 0.3, "1/quarter", "fitted to private membership 2019-21", "Hazard added from 2020Q3, when membership surged", "企業への後押し")]
    join_municipality: Annotated[float, P(0.145, 0.04, 0.4, "1/quarter", "fitted to government membership 2019-21", "Hazard of a municipality, times 0.3 + adopted", "市町村の入会ハザード")]
    join_municipality_peers: Annotated[float, P(0.0, 0.0, 0.15, "1/quarter", ASSUMED, "Hazard when all municipalities are members, times 0.3 + adopted", "市町村間の波及")]
    join_municipality_push: Annotated[float, P(0.0, 0.0, 0.1, "1/quarter", ASSUMED, "Hazard added from 2020Q3, times 0.3 + adopted", "市町村への後押し")]
    join_prefecture: Annotated[float, P(0.15, 0.05, 0.4, "1/quarter", ASSUMED, "Hazard of a prefecture to join", "都道府県の入会ハザード")]
    join_institution: Annotated[float, P(0.02, 0.005, 0.06, "1/quarter", ASSUMED, "Hazard of a financial institution to join", "金融機関の入会ハザード")]


class Capacity(NamedTuple):
    """P2: administrative capacity grows with experience and erodes with staff rotation."""

    capacity_success: Annotated[float, P(0.08, 0.027, 0.24, "1/project", ASSUMED, "Learning from a completed project", "完了事業からの学習", "λ_c")]
    capacity_failure: Annotated[float, P(0.03, 0.01, 0.09, "1/project", ASSUMED, "Learning from a failed project", "失敗事業からの学習", "λ_f")]
    capacity_rotation: Annotated[float, P(0.04, 0.013, 0.12, "1/quarter", "from memory: posts rotate about every three years", "Return towards base capacity as staff rotate", "人事異動による減衰", "δ_c")]
    capacity_adviser: Annotated[float, P(0.02, 0.0067, 0.06, "1/quarter", ASSUMED, "Learning where an adviser is sent", "アドバイザーによる学習", "λ_A")]
    capacity_designation: Annotated[float, P(0.25, 0.0, 0.5, "share of the gap", ASSUMED, "Head start of a designated city in capacity", "選定都市の体制上の優位")]


class FutureCity(NamedTuple):
    """P5: yearly selection of SDGs FutureCities and model projects."""

    futurecity_quota: Annotated[float, P(30.0, 10.0, 60.0, "1/year", "Cabinet Office: 29, 31, 33, 31, 30, 28, 24 selections in FY2018-24", "Cities designated each June, nationwide", "SDGs未来都市の選定数", "Q")]
    model_quota: Annotated[float, P(10.0, 0.0, 20.0, "1/year", "Cabinet Office: about ten a year", "Best of them with a model project", "モデル事業の選定数", "Q_m")]
    application_constant: Annotated[float, P(-4.85, -6.35, -3.35, "logit", "set for 55 applicants in 2018 and 77 in 2020", "Constant of the application probability", "応募確率の定数")]
    application_capacity: Annotated[float, P(3.0, 0.0, 6.0, "logit", ASSUMED, "Effect of capacity on applying", "体制の効果")]
    application_awareness: Annotated[float, P(0.8, 0.0, 2.0, "logit", ASSUMED, "Effect of awareness on applying", "認知の効果")]
    application_legacy: Annotated[float, P(2.0, 0.0, 4.0, "logit", ASSUMED, "Effect of an earlier environmental designation", "環境モデル都市等の効果")]
    application_adopted: Annotated[float, P(0.7, 0.0, 2.0, "logit", ASSUMED, "Effect of promoting the SDGs", "SDGs推進の効果")]
    application_prefecture: Annotated[float, P(-2.8, -4.3, -1.3, "logit", "set for two to four prefectures selected a year", "Logit of a prefecture's application, before awareness and adoption", "都道府県の応募")]
    weight_plan: Annotated[float, P(0.35, 0.0, 1.0, "1", "criteria as published, weight assumed", "Weight of the plan in the score", "計画の配点")]
    weight_partnerships: Annotated[float, P(0.25, 0.0, 1.0, "1", "criteria as published, weight assumed", "Weight of partnerships", "連携の配点")]
    weight_balance: Annotated[float, P(0.20, 0.0, 1.0, "1", "criteria as published, weight assumed", "Weight of the balance of economy, society and environment", "三側面の配点")]
    weight_citizens: Annotated[float, P(0.20, 0.0, 1.0, "1", "criteria as published, weight assumed", "Weight of awareness", "認知の配点")]
    plan_legacy: Annotated[float, P(0.2, 0.0, 0.5, "score", ASSUMED, "Bonus of an earlier designation in the plan", "既存選定の加点")]
    plan_land: Annotated[float, P(0.10, 0.0, 0.3, "score", "weights saw the FY2018 cohort", "Effect of ln(area), for environmental themes", "面積の効果")]
    plan_ageing: Annotated[float, P(0.05, 0.0, 0.3, "score", "weights saw the FY2018 cohort", "Effect of ageing, for social themes", "高齢化の効果")]
    plan_prefecture: Annotated[float, P(0.7, 0.3, 1.0, "score", ASSUMED, "Plan of a prefecture", "都道府県の計画")]
    judgement_noise: Annotated[float, P(0.08, 0.0, 0.24, "score", ASSUMED, "Standard deviation of the jury's judgement", "審査の誤差", "σ_J")]
    model_grant_cap: Annotated[float, P(30.0, 10.0, 60.0, "JPY M", "Cabinet Office: 40 in FY2018, 30 from FY2019", "Largest grant to a model project", "モデル事業の補助上限")]
    capacity_advice: Annotated[float, P(0.02, 0.0067, 0.06, "1/quarter", ASSUMED, "Learning of a designated city under advice", "専門家支援による学習")]


class Needs(NamedTuple):
    """P6: a municipality posts a need."""

    posting_rate: Annotated[float, P(0.55, 0.18, 1.65, "1/quarter", ASSUMED, "Posting rate at full capacity and awareness", "課題提示率", "λ₀")]
    own_channel: Annotated[float, P(0.30, 0.0, 1.0, "probability", ASSUMED, "A post is searched through the municipality's own network", "独自ネットワークで探す確率", "u_o")]


class Search(NamedTuple):
    """P7: meetings through the own network and the platform."""

    matching_efficiency: Annotated[float, P(0.40, 0.13, 1.0, "1", ASSUMED, "Efficiency of the platform's matching", "マッチング効率", "μ")]
    matching_elasticity: Annotated[float, P(1.27, 0.8, 4.0, "1", "from memory: den Haan, Ramey and Watson 2000", "Curvature of the matching function", "マッチング関数の曲率", "ι")]
    search_effort: Annotated[float, P(0.05, 0.017, 0.15, "1/quarter", ASSUMED, "Rate at which a free slot of a fully aware member company searches", "企業の探索率")]
    ranking_noise: Annotated[float, P(0.15, 0.0, 0.45, "score", ASSUMED, "Noise of the ranking without a coordinator", "評価の誤差", "σ_s")]
    ranking_noise_supported: Annotated[float, P(0.5, 0.0, 1.0, "factor", ASSUMED, "Factor on the noise when a coordinator helps", "支援時の誤差の倍率")]
    proximity_distance: Annotated[float, P(90.0, 30.0, 270.0, "km", ASSUMED, "Distance at which proximity falls to 1/e", "近接性の距離", "d₀")]
    proximity_national: Annotated[float, P(0.6, 0.3, 0.9, "1", ASSUMED, "Least proximity of a company of national scope", "全国企業の近接性")]


class Conversion(NamedTuple):
    """P8: interfering factors between a meeting and a proposal."""

    friction_capacity: Annotated[float, P(0.8, 0.0, 2.0, "1", ASSUMED, "Loss from a gap in administrative capacity", "行政体制の不足による損失", "ξ_c")]
    friction_awareness: Annotated[float, P(0.8, 0.0, 2.0, "1", ASSUMED, "Loss from a gap in awareness on either side", "認知不足による損失", "ξ_a")]
    friction_distance: Annotated[float, P(0.3, 0.0, 2.0, "1", ASSUMED, "Loss from distance", "距離による損失", "ξ_d")]
    friction_trust: Annotated[float, P(0.5, 0.0, 2.0, "1", ASSUMED, "Relief from trust", "信頼による緩和", "ξ_s")]
    friction_supported: Annotated[float, P(0.5, 0.0, 1.0, "factor", ASSUMED, "Factor on the capacity gap when a coordinator helps", "支援時の体制不足の倍率")]


class Deal(NamedTuple):
    """P9: what a project costs and returns, and when the three parties sign."""

    success_constant: Annotated[float, P(-0.3, -1.3, 0.7, "logit", "set for a success rate of about 0.70", "Constant of the success probability", "成功確率の定数", "b₀")]
    success_match: Annotated[float, P(2.2, 1.1, 3.3, "logit", ASSUMED, "Effect of the match quality", "適合度の効果", "b_q")]
    success_capacity: Annotated[float, P(1.2, 0.6, 1.8, "logit", ASSUMED, "Effect of capacity", "行政体制の効果", "b_c")]
    success_trust: Annotated[float, P(1.0, 0.0, 2.0, "logit", ASSUMED, "Effect of trust", "信頼の効果", "b_T")]
    match_distance: Annotated[float, P(370.0, 120.0, 1100.0, "km", ASSUMED, "Distance at which the match quality falls to 1/e", "適合度の距離", "d₁")]
    match_national: Annotated[float, P(0.85, 0.5, 1.0, "1", ASSUMED, "Distance factor of a company of national scope", "全国企業の距離係数")]
    cost_median: Annotated[float, P(30.0, 10.0, 90.0, "JPY M", ASSUMED, "Cost of a project in a municipality of median size", "事業費の中央値")]
    cost_size: Annotated[float, P(0.35, 0.0, 0.7, "1", ASSUMED, "Log cost per unit of the size score", "事業費の規模弾力性")]
    cost_spread: Annotated[float, P(0.6, 0.0, 1.2, "1", ASSUMED, "Standard deviation of log cost", "事業費のばらつき")]
    equity_share: Annotated[float, P(0.25, 0.1, 0.5, "share of cost", ASSUMED, "Company equity", "企業の自己資金", "η")]
    municipal_share: Annotated[float, P(0.10, 0.0, 0.3, "share of cost", ASSUMED, "Municipal money", "自治体負担", "β")]
    municipal_value: Annotated[float, P(2.2, 1.1, 4.4, "1", ASSUMED, "Value of a success to the municipality per yen of cost and unit of gap", "自治体にとっての価値", "v")]
    gross_return: Annotated[float, P(1.15, 1.0, 1.3, "1", "assumed; subsidy additionality comes out near one half", "Mean gross return of a success per yen of cost", "粗収益率", "G")]
    gross_return_spread: Annotated[float, P(0.35, 0.1, 0.7, "1", "assumed; subsidy additionality comes out near one half", "Standard deviation of the gross return", "粗収益率のばらつき", "σ_G")]
    market_growth: Annotated[float, P(0.005, 0.0, 0.02, "1/year", ASSUMED, "Growth of the gross return of a goal of average SDG market size", "SDGs市場の成長率")]
    salvage: Annotated[float, P(0.5, 0.0, 0.9, "share of return", ASSUMED, "Return of a failed project", "失敗時の回収率", "ς")]
    company_fixed_cost: Annotated[float, P(0.6, 0.1, 1.5, "JPY M", ASSUMED, "Company's cost of negotiating a deal", "企業の固定費", "F_c")]
    municipal_fixed_cost: Annotated[float, P(1.5, 0.5, 4.5, "JPY M", ASSUMED, "Municipality's cost of preparing a deal", "自治体の固定費", "F_m")]
    case_relief: Annotated[float, P(0.2, 0.0, 0.5, "share", ASSUMED, "Cut of the municipality's cost at full exposure to cases of the theme", "モデル事例による準備費の軽減")]
    approval_constant: Annotated[float, P(0.6, -0.5, 2.0, "logit", ASSUMED, "Municipality's approval of the cost at median fiscal strength", "予算承認の定数")]
    approval_fiscal: Annotated[float, P(0.8, 0.0, 2.0, "logit", ASSUMED, "Effect of ln(fiscal strength / 0.45)", "財政力の効果")]
    approval_grant: Annotated[float, P(2.0, 0.0, 4.0, "logit", ASSUMED, "Effect of the grant's share of cost", "補助率の効果")]


class Finance(NamedTuple):
    """P9, P11: how financial institutions appraise, price and bear project loans."""

    funding_rate: Annotated[float, P(0.004, 0.001, 0.015, "1/year", ASSUMED, "Funding cost of a bank", "資金調達金利", "i_f")]
    funding_rate_life: Annotated[float, P(0.002, 0.0, 0.01, "1/year", ASSUMED, "Funding cost of a life insurer", "生保の資金コスト")]
    loss_given_default: Annotated[float, P(0.45, 0.2, 0.7, "share of debt", ASSUMED, "Loss given default", "デフォルト時損失率", "ℓ")]
    default_given_failure: Annotated[float, P(0.10, 0.05, 0.3, "probability", ASSUMED, "A failed project defaults on its loan", "失敗時のデフォルト確率", "δ")]
    pessimism: Annotated[float, P(0.05, 0.0, 0.1, "probability", ASSUMED, "Excess default probability seen by an unskilled lender", "審査能力不足による悲観", "b")]
    surplus_share: Annotated[float, P(0.4, 0.1, 0.9, "share", ASSUMED, "Lender's share of the bargaining range of the rate", "金利交渉の貸し手取り分", "θ")]
    rate_cap: Annotated[float, P(0.05, 0.02, 0.15, "1/year", ASSUMED, "Highest rate that is agreed", "金利上限", "R^cap")]
    screening_cost: Annotated[float, P(0.3, 0.1, 1.5, "JPY M", ASSUMED, "Fixed cost of screening a loan, times 1.5 - skill", "審査固定費", "F_f")]
    esg_premium: Annotated[float, P(0.0, 0.0, 0.015, "per loan", "Du, Harford and Shin: no lower spreads for sustainability-linked loans", "Rate that a lender forgoes inside its ESG mandate", "ESGプレミアム", "φ")]
    lending_share: Annotated[float, P(0.0006, 0.00006, 0.006, "share of capital", ASSUMED, "Capital set aside for regional-revitalization lending", "地方創生融資枠", "s_f")]
    capital_requirement: Annotated[float, P(0.08, 0.04, 0.12, "share of loans", "from memory: Basel minimum capital ratio", "Capital per yen of loans", "自己資本比率", "κ_K")]
    own_money_share: Annotated[float, P(0.2, 0.0, 0.4, "share of cost", ASSUMED, "Residual debt up to this share may be paid by the company when no lender takes it", "企業が代替できる残債")]
    ticket_bank_low: Annotated[float, P(1.0, 0.3, 3.0, "JPY M", ASSUMED, "Smallest loan of a bank", "銀行の最小融資額")]
    ticket_bank_high: Annotated[float, P(500.0, 170.0, 1500.0, "JPY M", ASSUMED, "Largest loan of a bank", "銀行の最大融資額")]
    ticket_trust: Annotated[float, P(50.0, 17.0, 150.0, "JPY M", ASSUMED, "Smallest ticket of a trust bank", "信託銀行の最小額")]
    ticket_securities: Annotated[float, P(150.0, 50.0, 450.0, "JPY M", ASSUMED, "Smallest ticket of a securities firm", "証券会社の最小額")]
    ticket_life: Annotated[float, P(100.0, 33.0, 300.0, "JPY M", ASSUMED, "Smallest ticket of a life insurer", "生命保険会社の最小額")]
    securities_fee: Annotated[float, P(0.01, 0.0, 0.03, "share of debt", ASSUMED, "Underwriting fee of a securities firm", "証券会社の手数料")]
    insurance_cover: Annotated[float, P(0.3, 0.0, 0.6, "share of loss", ASSUMED, "Share of the loss that a casualty insurer covers", "損害保険のカバー率")]
    insurance_loading: Annotated[float, P(1.2, 1.0, 2.0, "1", ASSUMED, "Premium per yen of expected loss", "保険料率の上乗せ")]


class Grants(NamedTuple):
    """P10: the subsidy scheme."""

    grant_rate: Annotated[float, P(0.5, 0.1, 0.65, "share of cost", "Regional Revitalization Promotion Grant: one half", "Grant per yen of cost, at most what company and municipality leave open", "補助率")]
    grant_cap: Annotated[float, P(60.0, 20.0, 180.0, "JPY M", ASSUMED, "Largest grant", "補助上限額")]
    designation_bonus: Annotated[float, P(0.1, 0.0, 0.5, "score", ASSUMED, "Bonus of a designated city in the ranking of applications", "選定都市の加点")]


class Execution(NamedTuple):
    """P11: what happens to a signed project."""

    renewal: Annotated[float, P(0.5, 0.0, 1.0, "probability", ASSUMED, "A completed partnership that pays without a grant goes on once", "継続確率", "ρ")]


class Learning(NamedTuple):
    """P12: trust, reputation and skill."""

    trust_success: Annotated[float, P(0.4, 0.1, 0.8, "share of the gap", ASSUMED, "Trust won by a success", "成功による信頼", "η_s")]
    trust_failure: Annotated[float, P(0.5, 0.1, 0.9, "share", ASSUMED, "Trust lost by a failure", "失敗による信頼低下", "η_f")]
    trust_decay: Annotated[float, P(0.03, 0.01, 0.09, "1/quarter", ASSUMED, "Decay of trust", "信頼の減衰", "δ_T")]
    reputation_success: Annotated[float, P(0.2, 0.05, 0.5, "share of the gap", ASSUMED, "Reputation won by a success", "成功による評判")]
    reputation_failure: Annotated[float, P(0.2, 0.05, 0.5, "share", ASSUMED, "Reputation lost by a failure", "失敗による評判低下")]
    trust_subcommittee: Annotated[float, P(0.05, 0.0167, 0.15, "share of the gap", ASSUMED, "Trust won by meeting in a subcommittee, each quarter", "分科会による信頼", "η_g")]
    skill_study: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "Gain of appraisal skill in a study group", "研究会による審査能力の向上", "λ_e")]
    skill_rotation: Annotated[float, P(0.04, 0.013, 0.12, "1/quarter", "from memory: posts rotate about every three years", "Return towards the initial skill as staff rotate", "審査能力の減衰")]


class Progress(NamedTuple):
    """P13: projects move the goals, and successes become model cases."""

    project_effect: Annotated[float, P(0.10, 0.01, 1.0, "1", ASSUMED, "Share of the gap closed (as a rate) by a project of JPY 30 M in a municipality of median size", "事業の効果", "α_S")]
    effect_reference_cost: Annotated[float, P(30.0, 15.0, 60.0, "JPY M", ASSUMED, "Cost of the project of which project_effect speaks", "効果の基準となる事業費")]
    effect_size: Annotated[float, P(0.35, 0.0, 1.0, "1", ASSUMED, "Elasticity by which a project counts for less in a larger population", "人口規模による希釈")]
    partnership_effect: Annotated[float, P(0.05, 0.005, 0.5, "1/partnership", ASSUMED, "Share of the gap of goal 17 closed (as a rate) per active partnership", "ゴール17の効果")]
    interlinkage_strength: Annotated[float, P(0.15, 0.0, 0.5, "1", ASSUMED, "Strength of spillovers between goals", "ゴール間の波及", "ω")]
    case_promotion: Annotated[float, P(1.0, 0.0, 3.0, "factor", ASSUMED, "How widely success cases are promoted", "成功事例の普及展開の強さ", "prom")]
    case_decay: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "Decay of exposure to model cases", "事例の風化")]
    case_reach: Annotated[float, P(0.1, 0.033, 0.3, "1/case", ASSUMED, "Exposure to a new model case next door and of like size", "事例の到達度")]
    case_size_bandwidth: Annotated[float, P(0.5, 0.25, 1.0, "size score", ASSUMED, "Distance in size at which a case counts 1/e", "事例の規模類似度の幅")]
    case_nationwide: Annotated[float, P(0.3, 0.0, 1.0, "share", ASSUMED, "Part of a case's reach that does not fade with distance", "事例の全国的到達度")]


class International(NamedTuple):
    """P14: the city network, deployment abroad and capital from abroad."""

    network_rate: Annotated[float, P(0.02, 0.0067, 0.06, "1/mission", "set for about 20 governments after ten years (Ministry of the Environment, 2013-22)", "Hazard of joining the city network, per mission and unit of reputation", "都市ネットワーク参加率", "ν_N")]
    overseas_rate: Annotated[float, P(0.2, 0.067, 0.6, "1/quarter", ASSUMED, "Rate of overseas deals per case that a company has in network cities and unit of reputation", "海外展開率", "ν_D")]
    overseas_value: Annotated[float, P(100.0, 30.0, 300.0, "JPY M", ASSUMED, "Value of an overseas deal", "海外案件の規模")]
    concessional_share: Annotated[float, P(0.25, 0.25, 0.5, "share of value", "grant element of at least 25% (OECD convention before 2018)", "Concessional part of an overseas deal", "譲許的要素")]
    overseas_commercial: Annotated[float, P(0.5, 0.0, 1.0, "probability", ASSUMED, "An overseas deal goes ahead without concessional money", "譲許的資金なしでの成立確率")]
    overseas_reputation: Annotated[float, P(0.1, 0.0, 0.3, "share of the gap", ASSUMED, "Reputation won by an overseas deal", "海外案件による評判")]
    overseas_cases: Annotated[float, P(1.0, 0.0, 4.0, "1/quarter", ASSUMED, "Cases from abroad that reach Japan", "海外先行事例の数")]
    overseas_transfer: Annotated[float, P(0.3, 0.0, 1.0, "share", ASSUMED, "Reach of a case from abroad, everywhere alike", "海外事例の移転可能性")]
    inbound_rate: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "Foreign impact capital per yen of pipeline and unit of reputation of network cities", "対内投資率", "ν_I")]
    inbound_decay: Annotated[float, P(0.05, 0.0167, 0.15, "1/quarter", ASSUMED, "Foreign capital that leaves", "対内投資の流出率")]


class Costs(NamedTuple):
    """Unit costs that turn a lever's yen into intensity (docs/levers.md)."""

    coordinator_cost: Annotated[float, P(10.0, 5.0, 20.0, "JPY M/year", ASSUMED, "A matching coordinator", "コーディネーター年間費用")]
    coordinator_consultations: Annotated[float, P(12.0, 6.0, 40.0, "1/year", ASSUMED, "Consultations of one coordinator", "年間相談件数")]
    promotion_contact_cost: Annotated[float, P(0.02, 0.01, 0.04, "JPY M/contact", ASSUMED, "An effective contact", "有効接触単価")]
    study_group_cost: Annotated[float, P(5.0, 2.5, 10.0, "JPY M/year", ASSUMED, "A study group of twenty institutions", "研究会年間費用")]
    subcommittee_cost: Annotated[float, P(1.0, 0.5, 2.0, "JPY M/year", ASSUMED, "A subcommittee", "分科会年間費用")]
    advice_cost: Annotated[float, P(1.0, 0.5, 2.0, "JPY M/year", ASSUMED, "Advice to a designated city", "専門家支援年間費用")]
    adviser_cost: Annotated[float, P(8.0, 4.0, 16.0, "JPY M/year", ASSUMED, "An adviser sent to a municipality", "アドバイザー年間費用")]
    mission_cost: Annotated[float, P(3.0, 1.5, 6.0, "JPY M/mission", ASSUMED, "A mission abroad or a seminar with cities abroad", "派遣1回の費用")]


class Parameters(NamedTuple):
    """All parameters of one quarter, by submodel."""

    awareness: Awareness
    adoption: Adoption
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
