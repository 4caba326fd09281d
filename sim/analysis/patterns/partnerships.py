"""Patterns 7 to 16: partnerships, their money, their barriers, their themes, and abroad."""

from __future__ import annotations

import numpy as np
from scipy.stats import poisson, spearmanr

from sim.analysis.patterns.evidence import GRANTS, Evidence
from sim.analysis.patterns.figure import ABOVE_ZERO, Figure, Pattern, Unit, Use, as_floats, near, report
from sim.analysis.patterns.measures import gini, held_by_top
from sim.analysis.patterns.targets import aimed, link, target_of
from sim.calendar import QUARTERS_PER_YEAR, parse_quarter
from sim.kernel.world import BANK, Floats
from sim.worlds.tables import read_table

#: Kinds of institution that lend.
FINANCED = ("bank", "trust_bank", "securities", "life_insurer", "foreign_fund")
_RANK_CORRELATION = 0.56  # ten goals in random order reach it once in twenty
_TOP_GOALS, _NEGLECTED_GOALS = (11, 3, 4), (1, 5, 10)
_GOALS = 17
_TEN_YEARS = parse_quarter("2028Q1")
_COLLABORATION = "https://ab.jcci.or.jp/article/74381"
_CONVERSION = "10,831 contracts from 52,144 consultations of bases for professional talent"
_DONATIONS_2022 = "share of eligible governments that received (at least)"


def company_degree(evidence: Evidence) -> Pattern:
    """Pattern 7."""
    degree = evidence.company_degree
    largest, n = degree.max(axis=1), degree.shape[1]
    by_chance = poisson.ppf(0.5 ** (1.0 / n), degree.mean(axis=1))
    figures = (
        Figure(
            "Largest number of partnerships of a company over that of equal chances",
            "a few companies hold many", largest / by_chance, Unit.NUMBER, low=3.0,
        ),
        report("Largest number of partnerships of a company", "charts only", largest, Unit.COUNT),
        report("Gini of partnerships over companies", "", gini(degree), Unit.NUMBER),
        report("Held by the top 1% of companies", "", held_by_top(degree, 0.01), Unit.SHARE),
        report("Companies without any", "", (degree == 0).mean(axis=1), Unit.SHARE),
        *_most_agreements(evidence),
    )  # fmt: skip
    note = (
        f"Deals ever signed by the {n:,} companies that could join, to 2030Q4, renewals left out. "
        "Convenience chains, insurers, transport and postal firms are seen to hold many agreements each "
        "([publab.jp](https://publab.jp/2021/12/24/3661)), with prefectures and designated cities; counts "
        "of but one company, Japan Post, are published. The slots of companies are drawn from a Pareto "
        "distribution, so the tail is partly an input. Equal chances: the median of the largest of as many "
        "Poisson counts. Agreements are the first rung, projects the second. The rate of agreements was "
        "fitted to the last count, so the counts before it, of the same company, check no more than the "
        "course to it; how agreements are divided among companies is assumed (steeper than Zipf's law), "
        "since no second company is known. Japan Post began later and went faster than the model: in March "
        "2021 it had just over half of all municipalities."
    )
    return Pattern(7, "Heavy-tailed degree of companies", Use.CHECK, note, figures)


def _most_agreements(evidence: Evidence) -> list[Figure]:
    """Municipalities that the company with most agreements has, at the end of the quarter next to a count."""
    counts = {"2021_03": "just over one half", "2021_10": "Japan Post", "2022_04": "Japan Post",
              "2023_02": "Japan Post"}  # fmt: skip
    return [
        aimed(
            evidence, target_of(f"agreements_{month}"),
            f"Most agreements of one company, {month.replace('_', '-')}", said,
        )
        for month, said in counts.items()
    ]  # fmt: skip


def without_project(evidence: Evidence) -> Pattern:
    """Pattern 8."""
    municipalities, companies = evidence.municipal_degree, evidence.company_degree
    without = (municipalities == 0).mean(axis=1)
    figures = (
        report("Municipalities that never sign, by 2030Q4", "many", without, Unit.SHARE),
        report("Gini of partnerships over municipalities", "", gini(municipalities), Unit.NUMBER),
        Figure(
            "Gini over companies less Gini over municipalities", "municipal degree is less skewed",
            gini(companies) - gini(municipalities), Unit.NUMBER, low=ABOVE_ZERO,
        ),
        report(
            "Municipalities without an agreement, 2022Q4", "not counted",
            1.0 - evidence.outcome("municipalities_with_agreement_share")[:, parse_quarter("2022Q4")],
            Unit.SHARE,
        ),
        report(
            "Agreements of a municipality, 2022Q4", "not counted",
            evidence.outcome("agreements_active")[:, parse_quarter("2022Q4")] / municipalities.shape[1],
            Unit.NUMBER,
        ),
        *_donations(evidence),
    )  # fmt: skip
    note = (
        "No count of municipalities without a partnership is at hand. With fewer deals than companies the "
        "Gini over companies is high in any case; pattern 7 compares with chance. What nearly all have is "
        "the first rung: agreements (pattern 7) and corporate hometown-tax donations. The rate of donations "
        "was fitted to FY2021. It is constant but for adoption, while their number grew almost fourfold "
        "from FY2020 to FY2022; the model counts from FY2018, the scheme began in FY2016."
    )
    return Pattern(8, "Municipalities without a project", Use.CHECK, note, figures)


def _donations(evidence: Evidence) -> tuple[Figure, ...]:
    """Local governments that received a donation: within a fiscal year, and ever."""
    rows = {row["indicator"]: row for row in read_table("finance") if row["section"] == "c_hometown_tax"}
    eligible = rows[_DONATIONS_2022]
    received = evidence.by_quarter("donations_received") / len(evidence.world.municipalities.size)
    return (
        aimed(evidence, target_of("donations_2021"), "Received a donation in FY2021"),
        Figure(
            "Received a donation in FY2022", f"three quarters or more of 92.4%, {link(eligible['source'])}",
            _in_fiscal_year(received, 2022), Unit.SHARE, low=0.75 * 0.924,
        ),
        aimed(evidence, target_of("donations_until_2024"), "Ever received a donation, by FY2024"),
    )  # fmt: skip


def _in_fiscal_year(flow: Floats, year: int) -> Floats:
    first = parse_quarter(f"{year}Q2")
    total: Floats = flow[:, first : first + QUARTERS_PER_YEAR].sum(axis=1)
    return total


def project_success(evidence: Evidence) -> Pattern:
    """Pattern 9."""
    done, failed = evidence.total("projects_completed"), evidence.total("projects_failed")
    figure = Figure(
        "Projects completed of those that ended",
        "76% of grant projects met at least one KPI, 47% of single KPIs were met (gizilog.jp, wic-net.com)",
        done / (done + failed), Unit.SHARE, 0.47, 0.76, target=target_of("success"),
    )  # fmt: skip
    note = (
        "Projects of the Regional Revitalization grant are not partnerships, and meeting a KPI is not "
        "completing: the two figures bound what could be called success. The constant of the success "
        "probability was set for .70."
    )
    return Pattern(9, "Success of projects", Use.FITTED, note, (figure,))


def mortality(evidence: Evidence) -> Pattern:
    """Pattern 10."""
    hazard = evidence.failures
    figures = (
        Figure(
            "Partnerships over after one project", "50% or more", evidence.dissolved, Unit.SHARE, 0.5,
            use=Use.INPUT,
        ),
        *(
            report(f"Failing in year {year + 1}, of those still running", "", hazard[:, year], Unit.SHARE)
            for year in range(3)
        ),
        Figure(
            "Hazard of year 2 less the mean of years 1 and 3", "positive: it rises, then falls",
            hazard[:, 1] - (hazard[:, 0] + hazard[:, 2]) / 2.0, Unit.SHARE, low=ABOVE_ZERO,
        ),
    )  # fmt: skip
    note = (
        "Alliances are often quoted at 50% or more, on weak data (taylorfrancis 9781315862361-4); the "
        "hazard of joint ventures rises, then falls (Park and Russo 1996). The model's hazard is constant "
        "within a project, a stated simplification, so the last line can be met by accident alone. Half of "
        "the partnerships that could go on do so, which is assumed."
    )
    return Pattern(10, "Mortality of partnerships", Use.CHECK, note, figures)


def additionality(evidence: Evidence) -> Pattern:
    """Pattern 11."""
    additional = evidence.total("deals_additional", GRANTS) / evidence.total("deals_subsidised", GRANTS)
    extra = evidence.extra("deals_signed") / evidence.extra("deals_subsidised")
    private = evidence.extra("private_investment") / evidence.extra("public_spending")
    figures = (
        Figure(
            "Of deals with a grant, not signed without it",
            "well below 1; the sketch of the model had 23-45%", additional, Unit.SHARE, 0.23, 0.45,
        ),
        Figure(
            "Extra deals per extra deal with a grant", "between 0 and 1", extra, Unit.NUMBER, ABOVE_ZERO, 1.0,
        ),
        report("Extra private money per yen of grants", "research of firms: .075", private, Unit.NUMBER),
        near(
            "Mean subsidy to a municipality in the baseline, JPY million", 27.9,
            "new projects, FY2019, first round (tech.nikkeibp.co.jp/atcl/nxt/column/18/00257/00024)",
            evidence.mean_subsidy, Unit.NUMBER, Use.CHECK,
        ),
    )  # fmt: skip
    note = (
        "Scenario `subsidy_first` (JPY 2,500 million a year of grants) against the baseline with the "
        "same draws. Meta-regressions of subsidies to research reject crowding out and find little "
        "additionality (Dimos and Pugh 2016, doi 10.1016/j.respol.2016.01.002), about 7.5 cents per "
        "dollar (Dimos and others 2022), .17-.25 in an older estimate (World Bank WPS6532). Gross return "
        "and its spread were set for the range of the sketch, which is no observation; the sources do not "
        "say how far below 1. The subsidy is the Promotion Grant: half of the municipality's part of a "
        "project, matched by its own money. Its mean is a check: projects of the scheme cost more than those "
        "here, whose cost is assumed (`cost_median`)."
    )
    return Pattern(11, "Additionality of grants", Use.FITTED, note, figures)


def barriers(evidence: Evidence) -> Pattern:
    """Pattern 12."""
    survey = {row["item"]: row for row in read_table("barriers")}
    named = [
        survey[item]
        for item in (
            "cannot get approval because of cost",
            "not enough know-how on issue or measure",
            "want firms to know municipal issues and ways before proposing",
        )
    ]
    stages = ("refused_by_municipality", "lost_to_capacity", "lost_to_awareness")
    lost = np.array([evidence.total(name) for name in stages])
    meetings, proposals = evidence.total("meetings"), evidence.total("proposals")
    reached = np.array([proposals, meetings, meetings])
    titles = ("Approval of the cost, or no benefit", "Gap in capacity", "Gap in awareness")
    figures = [
        report(title, f"{row['value']}%: {row['item']}", losses / arrived, Unit.SHARE)
        for title, row, losses, arrived in zip(titles, named, lost, reached, strict=True)
    ]
    figures += [
        report("Distance", "not asked", evidence.total("lost_to_distance") / meetings, Unit.SHARE),
        report("Company refuses", "not asked", evidence.total("refused_by_company") / proposals, Unit.SHARE),
        report("Lenders refuse", "not asked", evidence.total("refused_by_lenders") / proposals, Unit.SHARE),
        _in_order("Runs in the survey's order, by number of losses", lost),
        _in_order("Runs in the survey's order, by share of what reaches the stage", lost / reached),
    ]
    note = (
        f"Survey of municipal staff, Chihososei Technology Lab 2020, n = 106 ({link(named[0]['source'])}); "
        "which barrier stands for which stage is assumed. Shares: of meetings for the three gaps, of "
        "proposals for refusals. Fewer are left to be lost at the later stage, so the order is held against "
        "both numbers and shares. Staff time (42.6%) belongs to capacity too; internal silos "
        "(41.5%) and offers that do not fit (33.0%) have no stage of their own."
    )
    return Pattern(12, "Order of barriers", Use.CHECK, note, tuple(figures))


def _in_order(what: str, losses: Floats) -> Figure:
    """How often the rows of (stages, R) fall from the first to the last."""
    falling = as_floats((np.diff(losses, axis=0) < 0.0).all(axis=0))
    return Figure(what, "cost, then know-how, then ignorance", falling, Unit.SHARE, low=0.5)


def local_institutions(evidence: Evidence) -> Pattern:
    """Pattern 13."""
    institutions = evidence.world.institutions
    local = (institutions.kind == BANK) & (institutions.prefecture >= 0)
    no_theme = (institutions.mandate[local].sum(axis=1) == 0).mean()
    debt = sum(evidence.total(f"financed_{kind}") for kind in FINANCED)
    rows = read_table("barriers")
    survey = next(row for row in rows if row["item"] == "priority issues or fields not identified (about)")
    figures = (
        near(
            "Regional institutions without priority themes", float(survey["value"]) / 100.0,
            f"about, FY2020, {link(survey['source'])}", no_theme, Unit.SHARE,
        ),
        report(
            "Debt inside the lender's ESG mandate, of all", "lending policies on ESG 7-10%; not comparable",
            evidence.total("esg_lending") / debt, Unit.SHARE,
        ),
        near(
            "Mean loan, JPY million", 83.0,
            "18 loans of a large shinkin, FY2023 (at-s.com/news/article/shizuoka/1465952.html)",
            evidence.mean_loan, Unit.NUMBER, Use.CHECK,
        ),
    )  # fmt: skip
    note = (
        "The first line is an input and is met by construction. Declarations (56%) and lending policies "
        "(7% in FY2018, 10% in FY2020) have no counterpart in the model. The mean loan is a check, on one "
        "institution: it lends to companies for any project of theirs, of which none need be shared with a "
        "municipality."
    )
    return Pattern(13, "Themes of local institutions", Use.INPUT, note, figures)


def theme_skew(evidence: Evidence) -> Pattern:
    """Pattern 14."""
    shares = evidence.themes / evidence.themes.sum(axis=1, keepdims=True)
    rows = [row for row in read_table("sdgs_adoption") if row["indicator"].startswith("priority_goal_")]
    counts = {int(row["indicator"].split("_")[2]): float(row["value"]) for row in rows}
    goals = list(counts)
    survey = [counts[goal] for goal in goals]
    correlation = [float(spearmanr(survey, run[np.array(goals) - 1]).statistic) for run in shares]
    first = np.argsort(-shares, axis=1)[:, : len(_TOP_GOALS)] + 1
    among = np.isin(first, _TOP_GOALS).sum(axis=1)
    neglected = shares[:, np.array(_NEGLECTED_GOALS) - 1].mean(axis=1) * _GOALS
    figures = (
        Figure(
            "Rank correlation of deals and priorities, 10 goals",
            f"the survey's order, FY2023, {link(rows[0]['source'])}", as_floats(correlation),
            Unit.NUMBER, _RANK_CORRELATION,
        ),
        Figure("Of goals 11, 3 and 4, among the first three", "3", as_floats(among), Unit.NUMBER, 3.0),
        Figure(
            "Goals 1, 5 and 10: deals over the mean of goals",
            "below 1: early plans neglect them (iges.or.jp)", neglected, Unit.NUMBER, high=1.0,
        ),
        Figure("Deals on goal 17", "fifth of all goals", evidence.themes[:, 16], Unit.COUNT, low=1.0),
        *(
            report(f"Goal {goal}, of deals", f"{count:.0f} of 1,485", shares[:, goal - 1], Unit.SHARE)
            for goal, count in zip(goals, survey, strict=True)
        ),
    )  # fmt: skip
    note = (
        "The survey's counts are themselves the salience that weighs the needs, so the first line asks "
        "how much of the order is left after gaps, capabilities, returns and loans. Goals 1, 5 and 10 "
        "have an assumed low salience: their neglect is built in. A correlation of .56 is what ten goals in "
        "random order reach once in twenty."
    )
    return Pattern(14, "Skew of themes", Use.INPUT, note, figures)


def funnel(evidence: Evidence) -> Pattern:
    """Pattern 15."""
    names = ("needs_posted", "meetings", "proposals", "deals_signed")
    posted, meetings, proposals, signed = (evidence.total(name) for name in names)
    figures = (
        report("Meetings per need posted", "", meetings / posted, Unit.SHARE),
        report(
            "Meetings that a prefecture or lender brought about, of all",
            f"not counted; 89% of regional lenders work with local governments, {link(_COLLABORATION)}",
            evidence.total("meetings_intermediary") / meetings, Unit.SHARE,
        ),
        report("Proposals per meeting", "sketch: 57%", proposals / meetings, Unit.SHARE),
        report("Deals per proposal", "sketch: 53%", signed / proposals, Unit.SHARE),
        report("Deals per meeting", "sketch 30%", signed / meetings, Unit.SHARE),
        aimed(evidence, target_of("conversion"), "Deals per meeting, to 2020Q4", _CONVERSION),
        report("Deals signed, to 2030Q4", "", signed, Unit.COUNT),
    )  # fmt: skip
    note = (
        "No public rate of partnerships was found. Contracts per consultation of the bases for professional "
        "talent are an analogy, with the wide error that calibration states for it. The sketch is an earlier "
        "prototype of the model, no observation."
    )
    return Pattern(15, "From consultation to project", Use.REPORT, note, figures)


def international(evidence: Evidence) -> Pattern:
    """Pattern 16."""
    network, deals = evidence.outcome("network_members"), evidence.outcome("overseas_deals")
    concessional = evidence.outcome("overseas_concessional")[:, _TEN_YEARS]
    figures = (
        Figure(
            "Governments in the city network, 2028Q1",
            "20 in 2013-22",
            network[:, _TEN_YEARS],
            Unit.COUNT,
            10.0,
            40.0,
        ),
        Figure(
            "Overseas deals, 2018Q2 to 2028Q1",
            "45 partner cities in 2013-22",
            deals[:, _TEN_YEARS],
            Unit.COUNT,
            22.5,
            90.0,
        ),
        report("Of these on concessional terms (17.7)", "", concessional, Unit.COUNT),
        report(
            "Inbound capital, 2030Q4, JPY million", "", evidence.outcome("inbound_capital")[:, -1], Unit.COUNT
        ),
    )
    note = (
        "20 Japanese governments with 45 partner cities in 13 countries (ondankataisaku.env.go.jp, topic "
        "43). A partner city is not a deal of a company, so only the order is compared: a hit is within a "
        "factor of two. The rate of overseas deals was set for it; the nine first members of the network "
        "are assumed."
    )
    return Pattern(16, "International stays rare", Use.FITTED, note, figures)
