"""The levers of policy: what costs public money, and the settings that go with it.

The order of ``LEVERS`` is the order of the rows of the ledger (``sim.kernel.state.Ledger``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.funds import Fund


@dataclass(frozen=True)
class Lever:
    """A lever that spends public money. Its value is an appropriation in JPY M per fiscal year, national.

    Attributes:
        name: dotted name in scenario files.
        fund: row of the ledger.
        acts_on, acts_on_ja: what it changes, in words.
        unit_cost, unit_cost_ja: what a unit costs.
        programme, programme_ja: the real programme that it stands for.
        buys: unit of activity that the money turns into.
        cost_set_by: parameters and settings that set the unit cost.
        budget_line: where its money stands in the national budget, and what is known of it.
        source: of the budget line.
    """

    name: str
    fund: Fund
    acts_on: str
    acts_on_ja: str
    unit_cost: str
    unit_cost_ja: str
    programme: str
    programme_ja: str
    buys: str
    cost_set_by: tuple[str, ...]
    budget_line: str
    source: str


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


_SDGS_PROGRAMME = "Cabinet Office, SDGs promotion for regional revitalization (地方創生に向けたSDGs推進事業)"
_REVIEW = "judgit.net/projects/94 (government programme review)"

LEVERS: tuple[Lever, ...] = (
    Lever(
        "subsidy", Fund.SUBSIDY,
        "grant to a project, up to one half of its cost", "事業費の2分の1以内の補助金",
        "face value", "補助額そのもの",
        "Regional Revitalization Promotion Grant", "地方創生推進交付金",
        "JPY of grant",
        ("grant_rate", "grant_cap"),
        "Cabinet Office, the grant of that name: JPY 100 billion in each of FY2016-18, half of project cost; "
        "what part reached partnerships is not known, so none is counted",
        "Cabinet Office, November 2018 (vdocuments.pub/amp/3011oe-eoeoece-efff-.html)",
    ),
    Lever(
        "matching_support", Fund.MATCHING_SUPPORT,
        "coordinators: more posts served, less noise in the ranking, a smaller capacity gap",
        "コーディネーター：課題の仲介、評価誤差の縮小、行政体制の補完",
        "JPY 10 M per coordinator-year of 12 consultations", "年12件の相談でコーディネーター1人1,000万円",
        "matching assistance of the Public-Private Partnership Platform", "官民連携プラットフォームのマッチング支援",
        "consultation",
        ("coordinator_cost", "coordinator_consultations"),
        f"{_SDGS_PROGRAMME}: part of the JPY 500, 495 and 450 M of FY2018-20; split assumed",
        _REVIEW,
    ),
    Lever(
        "promotion", Fund.PROMOTION,
        "paid contacts that raise awareness", "広報接触による認知向上",
        "JPY 20,000 per effective contact", "有効接触1件2万円",
        "promotional activities of the platform", "プラットフォームの普及促進活動",
        "effective contact",
        ("promotion_contact_cost",),
        f"{_SDGS_PROGRAMME}: promotion at home; split assumed",
        _REVIEW,
    ),
    Lever(
        "esg_finance.study_groups", Fund.STUDY_GROUPS,
        "appraisal skill of the institutions that attend", "参加金融機関の審査能力",
        "JPY 5 M per group-year of 20 institutions", "20機関の研究会1つ年500万円",
        "ESG finance study groups", "地方創生SDGs・ESG金融調査・研究会",
        "group-year",
        ("study_group_cost",),
        f"{_SDGS_PROGRAMME}: SDGs finance; split assumed",
        _REVIEW,
    ),
    Lever(
        "esg_finance.guarantee", Fund.GUARANTEE,
        "public cover of the loss on a default", "デフォルト損失の公的保証",
        "expected calls, set aside when the deal is signed", "契約時に引き当てる期待代位弁済額",
        "credit guarantee for SDGs projects", "SDGs事業の信用保証",
        "JPY of expected calls",
        ("esg_finance.guarantee_cover", "default_given_failure", "loss_given_default"),
        "none: the general guarantees for small firms (80% of the loan as a rule) are no SDGs programme",
        "Credit Guarantee System in Japan 2017, credit guarantee corporations",
    ),
    Lever(
        "esg_finance.interest_subsidy", Fund.INTEREST_SUBSIDY,
        "rate paid for the borrower", "利子補給",
        "rate x debt x tenor, set aside when the deal is signed", "契約時に引き当てる利率×借入額×期間",
        "interest subsidy for regional revitalization", "地域再生支援利子補給金",
        "JPY of interest",
        ("esg_finance.interest_subsidy_rate",),
        "Cabinet Office, the subsidy of that name, within its yearly budget; the amount for partnerships is not known",
        "Board of Audit 2014 (report.jbaudit.go.jp/org/h26/ZUIJI5/2014-h26-Z5063-0.htm)",
    ),
    Lever(
        "subcommittees", Fund.SUBCOMMITTEES,
        "trust between members who meet on a theme", "テーマ別に出会う会員間の信頼",
        "JPY 1 M per group-year", "分科会1つ年100万円",
        "subcommittees of the Public-Private Partnership Platform", "官民連携プラットフォームの分科会",
        "group-year",
        ("subcommittee_cost",),
        f"{_SDGS_PROGRAMME}: the platform; about 50 subcommittees in July 2021, cost of one assumed",
        f"{_REVIEW}; artistics.co.jp (2021/09)",
    ),
    Lever(
        "futurecity.advice", Fund.ADVICE,
        "capacity of cities designated in the last three years", "選定後3年以内の都市の体制",
        "JPY 1 M per city-year", "1都市年100万円",
        "support of SDGs FutureCities by experts", "SDGs未来都市への専門家支援",
        "city-year",
        ("advice_cost",),
        f"{_SDGS_PROGRAMME}: support by the task force of ministries; split assumed",
        _REVIEW,
    ),
    Lever(
        "futurecity.model_grants", Fund.MODEL_GRANTS,
        "grant to the next project of the year's best new FutureCities", "選定上位都市の事業への補助",
        "up to JPY 30 M per SDGs model project", "自治体SDGsモデル事業1件3,000万円以内",
        "SDGs model projects", "自治体SDGsモデル事業",
        "JPY of grant",
        ("model_grant_cap", "model_quota"),
        f"{_SDGS_PROGRAMME}: JPY 20 M fixed and up to 10 M at one half for each of about ten (FY2019-20); "
        "250 M in FY2022-23, 200 M in FY2024; before that derived from the cap",
        f"{_REVIEW}; this.kiji.is/904255774239965184; nordot.app/1170945347961373537",
    ),
    Lever(
        "advisers", Fund.ADVISERS,
        "capacity of the municipalities to which staff are sent", "派遣先自治体の体制",
        "JPY 8 M per adviser-year", "アドバイザー1人年800万円",
        "Regional Revitalization Human Resources Support (dispatch of staff)", "地方創生人材支援制度",
        "adviser-year",
        ("adviser_cost",),
        "Cabinet Office, the scheme of that name (from FY2015, small municipalities first); not in the SDGs programme",
        "nihon-kankou.or.jp/dmo/topics/topics04.html (2016)",
    ),
    Lever(
        "international.missions", Fund.MISSIONS,
        "municipalities that join the global city network", "国際都市ネットワークへの参加",
        "JPY 3 M per mission", "派遣・招聘1回300万円",
        "seminars and exchange with cities abroad", "海外都市との交流・セミナー",
        "mission",
        ("mission_cost",),
        f"{_SDGS_PROGRAMME}: conferences and a knowledge network with cities abroad; split assumed",
        "Cabinet Office, budget of FY2018 (slidesplayer.net/amp/16750677)",
    ),
    Lever(
        "international.concessional", Fund.CONCESSIONAL,
        "concessional part of technology transfer abroad (17.7)", "譲許的条件による技術移転（17.7）",
        "face value of the grant element", "贈与相当額そのもの",
        "city-to-city cooperation with concessional finance", "都市間連携・譲許的資金",
        "JPY of grant element",
        ("concessional_share", "overseas_value"),
        "Ministry of the Environment, city-to-city collaboration (都市間連携事業, from FY2013), and concessional "
        "finance that goes with it; amounts assumed",
        "tenbou.nies.go.jp/news/jnews/detail.php?i=35522 (2023)",
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
