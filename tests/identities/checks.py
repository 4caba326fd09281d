"""What must hold in every run, recomputed from its tables alone.

Each check takes a run and raises an AssertionError where the run breaks it. They are shared by the tests of
identities, of properties and of mutations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.acts.deals import TENOR_YEARS
from sim.calendar import fiscal_years
from sim.kernel.funds import FUND_NAMES, Fund
from sim.kernel.outcomes import COLUMN, OUTCOMES, Kind
from sim.kernel.parameters import Parameters
from sim.kernel.state import NEVER, NONE, ProjectState, Verdict
from sim.kernel.world import BANK, CASUALTY_INSURER, INSTITUTION_KINDS, LIFE_INSURER
from sim.scenarios.interlinkages import drift, interlinkage
from sim.simulation import Run
from sim.simulation.policy import appropriated, parameters_at
from tests.identities.loans import RELATIVE, LoanReplay, debt_outstanding
from tests.identities.places import places_add_up

Floats = npt.NDArray[np.float64]

#: Quota and cap of the FutureCity programme, as the Cabinet Office announced them year by year.
CHANGING = ("futurecity_quota", "model_grant_cap")
SIGNED = (Verdict.UNSUBSIDISED, Verdict.INFRAMARGINAL, Verdict.ADDITIONAL)
ENDED = (ProjectState.COMPLETED, ProjectState.FAILED, ProjectState.DEFAULTED)
STATE_SHARES: dict[str, tuple[str, ...]] = {
    "municipalities": (
        "awareness",
        "capacity",
        "capacity_base",
        "reputation",
        "goals",
        "goals_untouched",
        "trust",
        "neighbour_share",
    ),
    "companies": ("awareness", "reputation"),
    "institutions": ("skill",),
    "prefectures": ("familiarity",),
}
STATE_FLAGS: dict[str, tuple[str, ...]] = {
    "municipalities": ("adopted", "member", "designated", "model_project", "network"),
    "companies": ("member",),
    "institutions": ("member",),
    "prefectures": ("adopted", "member", "designated"),
}


def close(found: Any, wanted: Any, scale: Any = 0.0) -> None:
    """Assert equality to 1e-9 of the larger of the two sides (or of ``scale``)."""
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    allowed = RELATIVE * np.maximum(np.maximum(np.abs(found), np.abs(wanted)), scale)
    assert np.all(np.abs(found - wanted) <= allowed), f"{found} is not {wanted}"


def outcome(run: Run, name: str) -> Floats:
    return run.series[:, COLUMN[name]]


def rules_of(run: Run) -> Parameters:
    """The run's parameters; those that built-in scenarios let change are read by no check."""
    paths = {name: path for name, path in run.scenario.parameters.items() if name not in CHANGING}
    assert all(len(path) == 1 for path in paths.values()), "parameters must be constant"
    return parameters_at(run.scenario, 0)


def per_quarter(run: Run, quarters: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None) -> Floats:
    return np.bincount(quarters, weights, run.quarters).astype(float)


# public money


def ledger_balances(run: Run) -> None:
    """In every row and fiscal year: appropriated = spent + lapsed, nothing negative, years cut pro rata."""
    given, spent, lapsed = (run.ledger[name] for name in ("appropriated", "spent", "lapsed"))
    close(spent + lapsed, given)
    close(given, appropriated(run.scenario, run.quarters, run.world.scale))
    assert given.shape[1] == len(fiscal_years(run.quarters))
    assert np.all(spent >= 0.0)
    assert np.all(lapsed >= -RELATIVE * given)
    years = np.arange(run.quarters) // 4
    close(np.bincount(years, outcome(run, "public_spending"), spent.shape[1]), spent.sum(axis=0))


def deals_are_the_ledger(run: Run) -> None:
    """Grants, reserves and interest subsidies of the deals signed in a year = what their rows spent.

    Model grants were paid before, on designation.
    """
    deals = run.deals()
    assert np.array_equal(deals["grant"] > 0.0, deals["grant_fund"] != NONE)
    for column, payer, levers in (
        ("grant", "grant_fund", (Fund.SUBSIDY, Fund.COMPANY_GRANTS)),
        ("reserve", "guarantee_fund", (Fund.GUARANTEE,)),
        ("interest_subsidy", "interest_fund", (Fund.INTEREST_SUBSIDY,)),
    ):
        assert np.all(deals[column] >= 0.0)
        assert np.array_equal(deals[column] > 0.0, deals[payer] != NONE)
        for lever in levers:
            for row in rows_of(run, lever):
                spent = run.ledger["spent"][row]
                paid = deals[column] * (deals[payer] == row)
                close(np.bincount(deals["quarter"] // 4, paid, len(spent)), spent)


def rows_of(run: Run, lever: Fund) -> list[int]:
    """Rows of the ledger that pay for a lever: its own, and those of its programmes."""
    names = {name for name, one in run.scenario.programmes.items() if one.lever == FUND_NAMES[lever]}
    return [row for row, name in enumerate(run.scenario.funds) if name in names | {FUND_NAMES[lever]}]


def grants_keep_to_the_scheme(run: Run) -> None:
    """A grant is the scheme's share of cost up to its cap and to what there is to fund; signed deals only.

    The municipality matches the subsidy. A model project's grant goes to model projects alone, while their
    plan runs, and to each no more than its cap; none is used that was not paid.
    """
    deals, grants, deal = run.deals(), rules_of(run).grants, rules_of(run).deal
    has = deals["grant"] > 0.0
    assert np.array_equal(has, np.isin(deals["verdict"], (Verdict.INFRAMARGINAL, Verdict.ADDITIONAL)))
    fundable = 1.0 - deal.equity_share - deal.municipal_share
    city = np.isin(deals["grant_fund"], rows_of(run, Fund.SUBSIDY))
    company = np.isin(deals["grant_fund"], rows_of(run, Fund.COMPANY_GRANTS))
    share = min(grants.grant_rate * min(grants.grant_eligible_share, 1.0 - deal.equity_share), fundable)
    when = run.state.municipalities.designated_quarter[deals["municipality"]]
    leading = (when != NEVER) & (when <= deals["quarter"])
    cap = np.where(leading, grants.grant_cap_leading, grants.grant_cap)
    close(deals["grant"][city], np.minimum(share * deals["cost"], cap)[city])
    match = deals["grant"] * (1.0 / grants.grant_rate - 1.0) * city
    signed = deals["state"] != ProjectState.NOT_SIGNED
    usual = deal.municipal_share * deals["cost"]
    close(deals["municipal"][signed], np.maximum(usual, match)[signed])
    share = min(grants.company_grant_rate, fundable)
    close(deals["grant"][company], np.minimum(share * deals["cost"][company], grants.company_grant_cap))
    model = np.isin(deals["grant_fund"], rows_of(run, Fund.MODEL_GRANTS))
    assert np.all(deals["grant"][model] <= fundable * deals["cost"][model] * (1.0 + RELATIVE))
    home, plan = deals["municipality"][model], rules_of(run).futurecity.plan_quarters
    assert np.all(run.state.municipalities.model_project[home] == 1)
    assert np.all(deals["quarter"][model] - when[model] < plan), "a grant after the plan"
    used = np.bincount(home, deals["grant"][model], len(run.state.municipalities.model_project))
    for place in np.nonzero(used)[0]:
        start = int(run.state.municipalities.designated_quarter[place])
        cap = parameters_at(run.scenario, start).futurecity.model_grant_cap
        assert used[place] <= cap * (1.0 + RELATIVE), f"municipality {place}: {used[place]} of {cap}"
    assert used.sum() <= run.ledger["spent"][rows_of(run, Fund.MODEL_GRANTS)].sum() * (1.0 + RELATIVE)


def deals_are_funded(run: Run) -> None:
    """Equity, municipal money, grant and debt pay the cost; terms keep to the rate cap; debt has a lender."""
    deals, parameters = run.deals(), rules_of(run)
    signed = deals["state"] != ProjectState.NOT_SIGNED
    assert np.array_equal(signed, deals["verdict"] >= Verdict.UNSUBSIDISED)
    sources = ("equity", "municipal", "grant", "debt")
    close(sum(deals[name][signed] for name in sources), deals["cost"][signed])
    assert np.array_equal(deals["debt"][signed] > 0.0, deals["institution"][signed] != NONE)
    years = loan_years(run, deals["goal"])
    assert np.all(deals["rate"][signed] <= parameters.finance.rate_cap * years[signed] * (1.0 + RELATIVE))
    for name in sources:
        assert np.all(deals[name][signed] >= 0.0), name
        assert name == "debt" or not deals[name][~signed].any(), f"{name} of a deal not signed"


# loan books


def loan_years(run: Run, goal: Any) -> Any:
    """Years for which a loan is priced: the whole quarters in which it is repaid."""
    years = rules_of(run).finance.tenor_factor * TENOR_YEARS[np.asarray(goal)]
    return np.maximum(np.round(4.0 * years), 1.0) / 4.0


def loan_terms_add_up(run: Run) -> None:
    """Margins and premiums follow from rate, funding, subsidy and the true default probability."""
    deals, finance = run.deals(), rules_of(run).finance
    loans = deals["institution"] != NONE
    columns = {name: values[loans] for name, values in deals.items()}
    kind = run.world.institutions.kind[columns["institution"]]
    funding = np.where(kind == LIFE_INSURER, finance.funding_rate_life, finance.funding_rate)
    years = loan_years(run, columns["goal"])
    bank = kind == BANK
    used = bank * ~(run.world.companies.national[columns["company"]] == 1) * finance.ordinary_guarantee_use
    close(columns["ordinary_guarantee"], used * finance.ordinary_guarantee_cover)
    spent = (funding + used * finance.ordinary_guarantee_fee) * years
    earned = (columns["rate"] - spent) * columns["debt"] + columns["interest_subsidy"]
    assert np.array_equal(columns["tenor"], 4.0 * years)
    close(columns["margin"] * columns["tenor"], earned, scale=columns["debt"])
    default = (1.0 - columns["success_probability"]) * finance.default_given_failure
    loss = finance.loss_given_default * columns["debt"] * (1.0 - columns["ordinary_guarantee"])
    premium = (
        finance.insurance_loading * default * finance.insurance_cover * loss * (1.0 - columns["guarantee"])
    )
    close(columns["premium"], np.where(columns["insurer"] != NONE, premium, 0.0), scale=columns["debt"])
    close(columns["reserve"], default * loss * columns["guarantee"], scale=columns["debt"])


def loan_books_balance(run: Run) -> None:
    """Replay every loan from the deals table: exposure, capital and losses are those of the lenders.

    Exposure = debt outstanding; change of capital = margins - losses - premiums (+ premiums for insurers);
    no signature takes a lender over its limit.
    """
    replay = LoanReplay(run, rules_of(run))
    for t in range(run.quarters):
        replay.run_quarter(t)
    institutions = run.state.institutions
    close(institutions.exposure, replay.exposure, scale=1.0)
    close(institutions.exposure, debt_outstanding(run), scale=1.0)
    close(institutions.capital, replay.capital, scale=1e-6)
    close(outcome(run, "loan_losses"), replay.losses, scale=1e-6)
    close(outcome(run, "guarantee_calls"), replay.calls, scale=1e-6)


def lending_by_kind_is_all_lending(run: Run) -> None:
    """What each kind of institution financed sums to the debt signed; cover and mandates are part of it."""
    deals = run.deals()
    loans = (deals["institution"] != NONE) & (deals["verdict"] != Verdict.RENEWAL)
    kind = run.world.institutions.kind[deals["institution"]] if loans.any() else deals["institution"]
    total = np.zeros(run.quarters)
    for code, name in enumerate(INSTITUTION_KINDS):
        debt = per_quarter(run, deals["quarter"], deals["debt"] * (loans & (kind == code)))
        if code == CASUALTY_INSURER:
            assert not debt.any(), "casualty insurers do not lend"
            continue
        close(outcome(run, f"financed_{name}"), debt)
        total += outcome(run, f"financed_{name}")
    close(total, per_quarter(run, deals["quarter"], deals["debt"] * loans))
    insured = loans & (deals["insurer"] != NONE)
    close(outcome(run, "insured_debt"), per_quarter(run, deals["quarter"], deals["debt"] * insured))
    for part in ("insured_debt", "esg_lending"):
        assert np.all(outcome(run, part) <= total * (1.0 + RELATIVE)), part


# ranges and counts


def shares_stay_in_range(run: Run) -> None:
    """Every share and probability lies in [0, 1] in every quarter, numbers are finite, flags 0 or 1."""
    assert np.all(np.isfinite(run.series))
    for column in OUTCOMES:
        highest = {"share": 1.0, "0-1": 1.0, "0-100": 100.0}.get(column.unit, np.inf)
        lowest = -np.inf if column.kind is Kind.CUMULATIVE else 0.0
        values = outcome(run, column.name)
        assert np.all((values >= lowest) & (values <= highest * (1.0 + 1e-12))), column.name
    for group, columns in run.state.groups():
        for name in columns._fields:
            values = getattr(columns, name)
            if values.dtype == np.float64:
                assert np.all(np.isfinite(values)), f"{group}.{name}"
            if name in STATE_SHARES.get(group, ()):
                assert np.all((values >= 0.0) & (values <= 1.0 + 1e-12)), f"{group}.{name}"
            if name in STATE_FLAGS.get(group, ()):
                assert np.all((values == 0) | (values == 1)), f"{group}.{name}"
    deals = run.deals()
    for name in ("success_probability", "guarantee"):
        assert np.all((deals[name] >= 0.0) & (deals[name] <= 1.0)), name


def slots_are_never_exceeded(run: Run) -> None:
    """At every signing and every end of a quarter, projects under way fit the slots of both sides."""
    deals = run.deals()
    signed = deals["state"] != ProjectState.NOT_SIGNED
    ends = np.where(deals["end_quarter"] == NEVER, run.quarters, deals["end_quarter"])
    renewal = deals["verdict"] == Verdict.RENEWAL
    for side, slots in (
        ("municipality", run.world.municipalities.slots),
        ("company", run.world.companies.slots),
    ):
        for t in range(run.quarters):
            at_signing = signed & (deals["quarter"] <= t) & (ends >= t) & ~(renewal & (deals["quarter"] == t))
            at_end = signed & (deals["quarter"] <= t) & (ends > t)
            for under_way in (at_signing, at_end):
                number = np.bincount(deals[side][under_way], minlength=len(slots))
                assert np.all(number <= slots), f"{side}: slots exceeded in quarter {t}"
    assert np.all(run.state.companies.active <= run.world.companies.slots), "slots exceeded by deals abroad"


def counts_agree(run: Run) -> None:
    """What actors and series count is what the deals table holds."""
    deals, municipalities, companies = run.deals(), run.state.municipalities, run.state.companies
    first = np.isin(deals["verdict"], SIGNED)
    for side, columns in (("municipality", municipalities), ("company", companies)):
        number = len(columns.signed)
        active = deals["state"] == ProjectState.ACTIVE
        abroad = companies.abroad if side == "company" else 0
        assert np.array_equal(columns.active, np.bincount(deals[side][active], minlength=number) + abroad)
        assert np.array_equal(columns.signed, np.bincount(deals[side][first], minlength=number))
    completed = deals["state"] == ProjectState.COMPLETED
    failed = np.isin(deals["state"], (ProjectState.FAILED, ProjectState.DEFAULTED))
    home = deals["municipality"]
    assert np.array_equal(
        municipalities.completed, np.bincount(home[completed], minlength=len(municipalities.completed))
    )
    assert np.array_equal(
        municipalities.failed, np.bincount(home[failed], minlength=len(municipalities.failed))
    )
    assert np.array_equal(
        outcome(run, "projects_completed"), per_quarter(run, deals["end_quarter"][completed])
    )
    assert np.array_equal(outcome(run, "projects_failed"), per_quarter(run, deals["end_quarter"][failed]))
    close(outcome(run, "municipalities_without_project_share")[-1], np.mean(municipalities.signed == 0))


def verdicts_agree(run: Run) -> None:
    """The funnel's series are the verdicts of the deals table, and each stage is part of the one before."""
    deals = run.deals()
    by_verdict = {
        "refused_by_municipality": (Verdict.REFUSED_BY_MUNICIPALITY,),
        "refused_by_company": (Verdict.REFUSED_BY_COMPANY,),
        "refused_by_lenders": (Verdict.REFUSED_BY_LENDERS,),
        "deals_signed": SIGNED,
        "deals_subsidised": (Verdict.INFRAMARGINAL, Verdict.ADDITIONAL),
        "deals_additional": (Verdict.ADDITIONAL,),
        "renewals": (Verdict.RENEWAL,),
    }
    for name, verdicts in by_verdict.items():
        number = per_quarter(run, deals["quarter"][np.isin(deals["verdict"], verdicts)])
        assert np.array_equal(outcome(run, name), number), name
    proposals = sum(outcome(run, name) for name in list(by_verdict)[:4])
    assert np.array_equal(outcome(run, "proposals"), proposals)
    lost = sum(outcome(run, f"lost_to_{factor}") for factor in ("capacity", "awareness", "distance"))
    close(outcome(run, "meetings"), outcome(run, "proposals") + lost)
    assert np.all(outcome(run, "needs_posted") >= outcome(run, "meetings"))
    if run.scenario.rules["grant_choice"] == "municipality":
        unneeded = deals["verdict"] == Verdict.INFRAMARGINAL
        usual = rules_of(run).deal.municipal_share * deals["cost"]
        assert np.all(deals["municipal"][unneeded] <= usual[unneeded]), "paid more for an unneeded grant"
    invested = np.isin(deals["verdict"], SIGNED)
    money = deals["equity"][invested] + deals["debt"][invested]
    close(outcome(run, "private_investment"), per_quarter(run, deals["quarter"][invested], money))


def partnerships_flow(run: Run) -> None:
    """Under way = under way before + signed + renewed - completed - failed; none outlives its length."""
    gained = outcome(run, "deals_signed") + outcome(run, "renewals")
    lost = outcome(run, "projects_completed") + outcome(run, "projects_failed")
    assert np.array_equal(outcome(run, "active_partnerships"), np.cumsum(gained - lost))
    deals, quarters = run.deals(), round(rules_of(run).execution.project_quarters)
    age = deals["end_quarter"] - deals["quarter"]
    ended = np.isin(deals["state"], ENDED)
    assert np.array_equal(deals["end_quarter"] != NEVER, ended)
    assert np.all((age[ended] >= 0) & (age[ended] <= quarters))
    assert np.all(age[deals["state"] == ProjectState.COMPLETED] == quarters)
    again = deals["renewed_from"] != NONE
    assert np.array_equal(again, deals["verdict"] == Verdict.RENEWAL)
    origin = deals["renewed_from"][again]
    assert len(set(origin)) == len(origin), "renewed twice"
    for name in ("municipality", "company", "goal", "cost"):
        assert np.array_equal(deals[name][again], deals[name][origin]), name
    assert np.array_equal(deals["quarter"][again], deals["end_quarter"][origin])
    assert not deals["grant"][again].any()


# goals


def goals_follow_projects(run: Run) -> None:
    """Replay the goals: drift, then the projects completed in the quarter with their spillovers.

    Goal 17 follows the partnerships under way and its own projects. Without interlinkage and drift the
    replay is 1 - S = (1 - S0) e^(-sum of effects).
    """
    untouched, goals = replay_goals(run)
    municipalities = run.state.municipalities
    goals[:, 16] = 1.0 - (1.0 - goals[:, 16]) * np.exp(
        -rules_of(run).progress.partnership_effect * municipalities.active
    )
    close(municipalities.goals_untouched, untouched)
    close(municipalities.goals, goals)
    if run.scenario.rules["interlinkage"] != "estimated":
        assert np.all(municipalities.goals >= untouched - 1e-12)
    close(outcome(run, "sdg_index")[-1], 100.0 * goals.mean())
    for k in range(17):
        close(outcome(run, f"sdg_{k + 1:02d}")[-1], 100.0 * goals[:, k].mean())
    before = (1.0 - untouched).sum(axis=1)
    closed = 1e4 * (1.0 - (1.0 - goals).sum(axis=1) / np.where(before > 0.0, before, 1.0))
    close(outcome(run, "sdg_progress")[-1], closed[before > 0.0].sum() / len(before), scale=1e-3)


def replay_goals(run: Run) -> tuple[Floats, Floats]:
    """Goals without and with projects, goal 17 of the latter without the partnerships under way."""
    deals, parameters, traits = run.deals(), rules_of(run).progress, run.world.municipalities
    trend, links = drift(run.scenario.rules["drift"]), interlinkage(run.scenario.rules["interlinkage"])
    done = np.nonzero(deals["state"] == ProjectState.COMPLETED)[0]
    people = np.maximum(traits.population, 200.0) / 23_600.0
    untouched, goals = traits.goals.copy(), traits.goals.copy()
    for t in range(run.quarters):
        if trend.any():
            untouched, goals = after(untouched, trend), after(goals, trend)
        for row in done[deals["end_quarter"][done] == t]:
            i, k = deals["municipality"][row], deals["goal"][row]
            size = people[i] ** -parameters.effect_size
            effect = parameters.project_effect * deals["cost"][row] / parameters.effect_reference_cost * size
            effects = parameters.interlinkage_strength * links[:, k] * effect
            effects[16] = 0.0
            effects[k] += effect
            goals[i] = after(goals[i], effects)
    return untouched, goals


def after(state: Floats, effect: Floats) -> Floats:
    """Goal states after an effect: S + (1 - S)(1 - e^-u) for gains, S e^u for losses."""
    gain = 1.0 - (1.0 - state) * np.exp(-np.maximum(effect, 0.0))
    return np.where(effect >= 0.0, gain, state * np.exp(np.minimum(effect, 0.0)))


IDENTITIES: tuple[Callable[[Run], None], ...] = (
    ledger_balances,
    deals_are_the_ledger,
    grants_keep_to_the_scheme,
    deals_are_funded,
    loan_terms_add_up,
    loan_books_balance,
    lending_by_kind_is_all_lending,
    shares_stay_in_range,
    slots_are_never_exceeded,
    counts_agree,
    verdicts_agree,
    partnerships_flow,
    goals_follow_projects,
    places_add_up,
)
