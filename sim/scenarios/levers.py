"""The levers of policy: what costs public money, and the settings that go with it.

The order of ``LEVERS`` is the order of the rows of the ledger (``sim.state.Ledger``).
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Lever:
    """A lever that spends public money. Its value is an appropriation in JPY M per fiscal year, national.

    Attributes:
        name: dotted name in scenario files.
        fund: row of the ledger.
        acts_on, acts_on_ja: what it changes, in words.
        unit_cost, unit_cost_ja: what a unit costs.
        programme, programme_ja: the real programme that it stands for.
    """

    name: str
    fund: Fund
    acts_on: str
    acts_on_ja: str
    unit_cost: str
    unit_cost_ja: str
    programme: str
    programme_ja: str


@dataclass(frozen=True)
class Setting:
    """A number that goes with a lever and costs nothing by itself."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    meaning_ja: str


LEVERS: tuple[Lever, ...] = (
    Lever(
        "subsidy", Fund.SUBSIDY,
        "grant to a project, up to one half of its cost", "事業費の2分の1以内の補助金",
        "face value", "補助額そのもの",
        "Regional Revitalization Promotion Grant", "地方創生推進交付金",
    ),
    Lever(
        "matching_support", Fund.MATCHING_SUPPORT,
        "coordinators: more posts served, less noise in the ranking, a smaller capacity gap",
        "コーディネーター：課題の仲介、評価誤差の縮小、行政体制の補完",
        "JPY 10 M per coordinator-year of 12 consultations", "年12件の相談でコーディネーター1人1,000万円",
        "matching assistance of the Public-Private Partnership Platform", "官民連携プラットフォームのマッチング支援",
    ),
    Lever(
        "promotion", Fund.PROMOTION,
        "paid contacts that raise awareness", "広報接触による認知向上",
        "JPY 20,000 per effective contact", "有効接触1件2万円",
        "promotional activities of the platform", "プラットフォームの普及促進活動",
    ),
    Lever(
        "esg_finance.study_groups", Fund.STUDY_GROUPS,
        "appraisal skill of the institutions that attend", "参加金融機関の審査能力",
        "JPY 5 M per group-year of 20 institutions", "20機関の研究会1つ年500万円",
        "ESG finance study groups", "地方創生SDGs・ESG金融調査・研究会",
    ),
    Lever(
        "esg_finance.guarantee", Fund.GUARANTEE,
        "public cover of the loss on a default", "デフォルト損失の公的保証",
        "expected calls, set aside when the deal is signed", "契約時に引き当てる期待代位弁済額",
        "credit guarantee for SDGs projects", "SDGs事業の信用保証",
    ),
    Lever(
        "esg_finance.interest_subsidy", Fund.INTEREST_SUBSIDY,
        "rate paid for the borrower", "利子補給",
        "rate x debt x tenor, set aside when the deal is signed", "契約時に引き当てる利率×借入額×期間",
        "regional revitalization interest subsidy", "地方創生利子補給金",
    ),
    Lever(
        "subcommittees", Fund.SUBCOMMITTEES,
        "trust between members who meet on a theme", "テーマ別に出会う会員間の信頼",
        "JPY 1 M per group-year", "分科会1つ年100万円",
        "subcommittees of the Public-Private Partnership Platform", "官民連携プラットフォームの分科会",
    ),
    Lever(
        "futurecity.advice", Fund.ADVICE,
        "capacity of cities designated in the last three years", "選定後3年以内の都市の体制",
        "JPY 1 M per city-year", "1都市年100万円",
        "support of SDGs FutureCities by experts", "SDGs未来都市への専門家支援",
    ),
    Lever(
        "futurecity.model_grants", Fund.MODEL_GRANTS,
        "grant to the next project of the year's best new FutureCities", "選定上位都市の事業への補助",
        "up to JPY 30 M per SDGs model project", "自治体SDGsモデル事業1件3,000万円以内",
        "SDGs model projects", "自治体SDGsモデル事業",
    ),
    Lever(
        "advisers", Fund.ADVISERS,
        "capacity of the municipalities to which staff are sent", "派遣先自治体の体制",
        "JPY 8 M per adviser-year", "アドバイザー1人年800万円",
        "Regional Revitalization Human Resources Support (dispatch of staff)", "地方創生人材支援制度",
    ),
    Lever(
        "international.missions", Fund.MISSIONS,
        "municipalities that join the global city network", "国際都市ネットワークへの参加",
        "JPY 3 M per mission", "派遣・招聘1回300万円",
        "seminars and exchange with cities abroad", "海外都市との交流・セミナー",
    ),
    Lever(
        "international.concessional", Fund.CONCESSIONAL,
        "concessional part of technology transfer abroad (17.7)", "譲許的条件による技術移転（17.7）",
        "face value of the grant element", "贈与相当額そのもの",
        "city-to-city cooperation with concessional finance", "都市間連携・譲許的資金",
    ),
)  # fmt: skip

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "esg_finance.guarantee_cover", 0.5, 0.0, 0.9, "share of loss",
        "share of the loss that a guarantee covers", "保証割合",
    ),
    Setting(
        "esg_finance.interest_subsidy_rate", 0.005, 0.0, 0.02, "1/year",
        "rate that the interest subsidy pays", "利子補給率",
    ),
)  # fmt: skip
