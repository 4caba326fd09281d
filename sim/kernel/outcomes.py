"""Every outcome of a quarter: kind, unit, denominator and meaning.

The order of ``OUTCOMES`` is the order of the columns that the compiled ``record`` act fills:
``sim.acts.record`` writes column ``COLUMN[name]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an outcome relates to time."""

    FLOW = "flow per quarter"
    STOCK = "stock at the end of the quarter"
    CUMULATIVE = "cumulative since 2018Q2"


@dataclass(frozen=True)
class Outcome:
    """The record of one outcome."""

    name: str
    kind: Kind
    unit: str
    denominator: str
    en: str
    ja: str


_F, _S, _C = Kind.FLOW, Kind.STOCK, Kind.CUMULATIVE
_GOAL_NAMES = (
    ("no poverty", "貧困をなくそう"), ("zero hunger", "飢餓をゼロに"), ("good health", "健康と福祉"),
    ("quality education", "質の高い教育"), ("gender equality", "ジェンダー平等"), ("clean water", "安全な水"),
    ("clean energy", "クリーンエネルギー"), ("decent work", "働きがいと経済成長"), ("industry and innovation", "産業と技術革新"),
    ("reduced inequalities", "不平等の是正"), ("sustainable cities", "住み続けられるまち"), ("responsible consumption", "つくる責任つかう責任"),
    ("climate action", "気候変動対策"), ("life below water", "海の豊かさ"), ("life on land", "陸の豊かさ"),
    ("peace and justice", "平和と公正"), ("partnerships", "パートナーシップ"),
)  # fmt: skip
GOAL_NAMES_EN = tuple(en for en, _ in _GOAL_NAMES)
GOAL_NAMES_JA = tuple(ja for _, ja in _GOAL_NAMES)

OUTCOMES: tuple[Outcome, ...] = (
    Outcome("adoption_share", _S, "share", "municipalities", "Municipalities that promote the SDGs", "SDGsを推進する市町村の割合"),
    Outcome("adoption_share_governments", _S, "share", "municipalities and prefectures", "Local governments that promote the SDGs", "SDGsを推進する自治体（都道府県を含む）の割合"),
    Outcome("awareness_mean", _S, "0-1", "municipalities", "Mean awareness of municipalities", "市町村の平均認知度"),
    Outcome("awareness_companies", _S, "0-1", "companies", "Mean awareness of companies", "企業の平均認知度"),
    Outcome("capacity_mean", _S, "0-1", "municipalities", "Mean administrative capacity", "平均行政体制"),
    Outcome("platform_members", _S, "members", "", "Members of the platform, ministries left out", "プラットフォーム会員数（府省庁を除く）"),
    Outcome("platform_municipalities", _S, "members", "", "Local governments on the platform, prefectures included", "会員自治体数（都道府県を含む）"),
    Outcome("platform_companies", _S, "members", "", "Private members of the platform, institutions included", "民間会員数（金融機関を含む）"),
    Outcome("needs_posted", _F, "posts", "", "Needs posted", "提示された課題数"),
    Outcome("meetings", _F, "meetings", "", "Meetings of a municipality and a company", "面談数"),
    Outcome("proposals", _F, "proposals", "", "Meetings that became a proposal", "提案数"),
    Outcome("lost_to_capacity", _F, "meetings", "", "Meetings lost to the gap in administrative capacity", "行政体制の不足で失われた面談"),
    Outcome("lost_to_awareness", _F, "meetings", "", "Meetings lost to the gap in awareness", "認知不足で失われた面談"),
    Outcome("lost_to_distance", _F, "meetings", "", "Meetings lost to distance", "距離で失われた面談"),
    Outcome("refused_by_municipality", _F, "proposals", "", "Proposals refused by the municipality (approval of the cost, or no benefit)", "自治体が断った提案"),
    Outcome("refused_by_company", _F, "proposals", "", "Proposals that do not pay the company at any rate", "企業が断った提案"),
    Outcome("refused_by_lenders", _F, "proposals", "", "Proposals that no institution funds on acceptable terms", "融資を得られなかった提案"),
    Outcome("deals_signed", _F, "deals", "", "Partnership deals signed, renewals left out", "成約数"),
    Outcome("deals_subsidised", _F, "deals", "", "Deals signed with a grant", "補助を受けた成約数"),
    Outcome("deals_additional", _F, "deals", "", "Deals with a grant that would not have been signed without it", "補助がなければ成立しなかった成約数"),
    Outcome("renewals", _F, "projects", "", "Partnerships renewed without a grant", "継続した連携数"),
    Outcome("active_partnerships", _S, "projects", "", "Projects under way", "進行中の連携数"),
    Outcome("projects_completed", _F, "projects", "", "Projects completed", "完了事業数"),
    Outcome("projects_failed", _F, "projects", "", "Projects failed", "失敗事業数"),
    Outcome("sdg_index", _S, "0-100", "municipalities", "Mean state of the 17 goals", "SDGs指数（17ゴール平均）"),
    Outcome("sdg_progress", _C, "basis points of the gap", "municipalities", "Share of the remaining gap closed, against the same world without projects", "達成ギャップの縮小（事業なしとの差）"),
    Outcome("sdg_progress_weighted", _C, "basis points of the gap", "population", "The same, weighted by population", "同（人口加重）"),
    Outcome("sdg_progress_bottom_quartile", _C, "basis points of the gap", "municipalities in the lowest quarter by the goals' state at the start", "The same, where the goals stood lowest at the start", "同（開始時下位4分の1）"),
    Outcome("municipalities_without_project_share", _S, "share", "municipalities", "Municipalities that never signed a project", "連携事業が一度もない市町村の割合"),
    Outcome("project_gini", _S, "0-1", "municipalities", "Gini coefficient of projects signed", "成約数のジニ係数"),
    Outcome("public_spending", _F, "JPY M", "", "Public money spent", "公的支出"),
    Outcome("private_investment", _F, "JPY M", "", "Company equity and debt of deals signed", "民間投資"),
    Outcome("esg_lending", _F, "JPY M", "", "Debt of deals signed inside the lender's ESG mandate", "ESG融資額"),
    Outcome("loan_losses", _F, "JPY M", "", "Losses of lenders, net of guarantee and insurance", "貸倒損失"),
    Outcome("guarantee_calls", _F, "JPY M", "", "Calls paid by the guarantee fund", "代位弁済額"),
    Outcome("futurecity_applicants", _F, "governments", "", "Applicants of the year's FutureCity selection, in its June quarter", "SDGs未来都市の応募数"),
    Outcome("futurecities", _S, "governments", "", "SDGs FutureCities designated so far, prefectures included", "SDGs未来都市の累計"),
    Outcome("network_members", _S, "municipalities", "", "Municipalities in the global city network", "国際都市ネットワーク参加数"),
    Outcome("overseas_deals", _F, "deals", "", "Deployment deals abroad", "海外展開の成約数"),
    Outcome("overseas_concessional", _F, "deals", "", "Of these with a concessional element (17.7)", "うち譲許的なもの（17.7）"),
    Outcome("inbound_capital", _S, "JPY M", "", "Foreign impact capital at hand", "対内インパクト資本"),
    *(
        Outcome(f"financed_{kind}", _F, "JPY M", "", f"Debt of deals signed with {en}", f"{ja}の融資額")
        for kind, en, ja in (
            ("bank", "banks", "銀行"), ("trust_bank", "trust banks", "信託銀行"), ("securities", "securities firms", "証券会社"),
            ("life_insurer", "life insurers", "生命保険会社"), ("foreign_fund", "foreign impact capital", "対内インパクト資本"),
        )
    ),
    Outcome("insured_debt", _F, "JPY M", "", "Debt of deals signed under a casualty insurer's cover", "損害保険会社がカバーする融資額"),
    Outcome("theil_between", _S, "nat", "municipalities", "Theil index of projects signed, part between prefectures", "成約数のタイル指数（都道府県間）"),
    Outcome("theil_within", _S, "nat", "municipalities", "Theil index of projects signed, part within prefectures", "成約数のタイル指数（都道府県内）"),
    Outcome("trust_mean", _S, "0-1", "pairs that remember a project or a subcommittee", "Mean trust", "平均信頼度"),
    Outcome("company_degree_max", _S, "partnerships", "", "Most partnerships that one company ever signed", "企業当たり最多成約数"),
    *(
        Outcome(f"sdg_{goal + 1:02d}", _S, "0-100", "municipalities", f"Mean state of goal {goal + 1} ({en})", f"ゴール{goal + 1}（{ja}）の平均")
        for goal, (en, ja) in enumerate(_GOAL_NAMES)
    ),
    *(
        Outcome(f"sdg_progress_{goal + 1:02d}", _C, "basis points of the gap", "municipalities", f"Share of the gap of goal {goal + 1} ({en}) closed", f"ゴール{goal + 1}（{ja}）のギャップ縮小")
        for goal, (en, ja) in enumerate(_GOAL_NAMES)
    ),
)  # fmt: skip

COLUMN: dict[str, int] = {outcome.name: index for index, outcome in enumerate(OUTCOMES)}
BY_NAME: dict[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}
