"""The numbers that the report's sentences and tables are made from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets
from sim.calendar import QUARTERS_PER_YEAR, fiscal_years
from sim.errors import InputError
from sim.report.contents import BESIDE_MONEY, Difference, differences, levers_beyond
from sim.report.effect_tables import main_effects
from sim.report.robust import Robustness, robustness_of
from sim.report.tables import deadweight
from sim.report.units import Small, below_a_unit
from sim.report.words import Names
from sim.results import Results
from sim.results.money import cost_contrasts, cost_effectiveness, ledger_summary, per_yen
from sim.scenarios.budget import rescalings
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.spending import EqualSpending
from sim.worlds.build import MUNICIPALITIES_OF_JAPAN

_NO_PAIRS = pd.DataFrame(columns=["first", "second", "difference", "ci_low", "ci_high"])


@dataclass(frozen=True)
class Findings:
    """What the sentences are made from.

    Attributes:
        names: titles of the scenarios in the order of the experiment, and the language.
        baseline: scenario compared with; None if none was.
        quarter: last quarter.
        effects: as of ``sim.report.effect_tables.main_effects``.
        costs: as of ``cost_effectiveness``; empty without a ledger.
        cheaper: as of ``cost_contrasts``.
        best: as of ``Results.best_of`` for deals signed; empty with fewer than two scenarios to choose from.
        money: as of ``ledger_summary``; empty without a ledger.
        equal_budget: True if all scenarios but the baseline appropriate the same each fiscal year.
        levers: scenario -> levers on which it spends more than the baseline.
        mixed: paired contrast of the mix with most deals and the best scenario of one lever, if both exist:
            ``mix``, ``single``, ``effect``, ``ci_low``, ``ci_high``.
        deadweight: as of ``sim.report.tables.deadweight``.
        left_out: as of ``sim.report.places.left_behind``; empty without municipalities.
        contents: differences of every scenario from the baseline.
        equal_spending: at which sum the scenarios were made to spend the same; None if they were not.
        small: levers that are given less than a unit for it.
        share_of_japan: part of the nation's money that levers get in the world that is run.
        discount_rate: a year, of ``discounted``.
        discounted: as ``costs``, at that rate; empty without one.
        per_yen: as of ``sim.results.money.per_yen``; empty without a ledger.
        sets: parameter sets that replicates have of their own; None where all have the defaults.
        robustness: what the stored futures say of the scenarios; None where there are none of them.
    """

    names: Names
    baseline: str | None
    quarter: str
    effects: pd.DataFrame
    costs: pd.DataFrame
    money: pd.DataFrame
    equal_budget: bool
    cheaper: pd.DataFrame = field(default_factory=lambda: _NO_PAIRS)
    best: pd.DataFrame = field(default_factory=pd.DataFrame)
    levers: dict[str, set[str]] = field(default_factory=dict)
    mixed: dict[str, object] | None = None
    deadweight: pd.DataFrame = field(default_factory=pd.DataFrame)
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)
    contents: list[Difference] = field(default_factory=list)
    equal_spending: EqualSpending | None = None
    small: list[Small] = field(default_factory=list)
    share_of_japan: float = 1.0
    discount_rate: float = 0.0
    discounted: pd.DataFrame = field(default_factory=pd.DataFrame)
    robustness: Robustness | None = None
    sets: ParameterSets | None = None
    per_yen: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def others(self) -> list[str]:
        """Scenarios that are not the baseline; those with a run to compare, where anything is compared."""
        known = _compared(self.effects) if len(self.effects) else set(self.names.titles)
        return [name for name in self.names.titles if name != self.baseline and name in known]

    def effect(self, scenario: str, outcome: str = "deals_signed") -> pd.Series:
        """The row of ``effects`` of a scenario and outcome."""
        rows = self.effects[self.effects["outcome"] == outcome]
        return rows[rows["scenario"].astype(str) == scenario].iloc[0]

    def cost(self, scenario: str) -> tuple[float, float, float]:
        """Cost per additional deal in JPY M and its interval."""
        rows = self.costs[self.costs["outcome"] == "deals_signed"].set_index("scenario")
        middle, low, high = rows.loc[[scenario], ["cost_per_unit", "ci_low", "ci_high"]].to_numpy(float)[0]
        return middle, low, high

    def beside_money(self, scenario: str) -> list[Difference]:
        """What a scenario changes besides money."""
        return [item for item in self.contents if item.scenario == scenario and item.kind in BESIDE_MONEY]


def find(
    results: Results,
    experiment: Experiment,
    names: Names,
    left_out: pd.DataFrame,
    discount_rate: float = 0.0,
) -> Findings:
    """The findings of a results folder; ``left_out`` is the data of the figure ``left_behind``, or empty."""
    baseline, ledger = experiment.baseline, "ledger" in experiment.record
    effects = main_effects(results)
    compared = len(effects) > 0
    paid = compared and ledger
    levers = _levers(experiment) if compared else {}
    costs = cost_effectiveness(results, str(baseline)) if paid else pd.DataFrame()
    return Findings(
        names=names,
        baseline=baseline,
        quarter=results.quarters[-1],
        effects=effects,
        costs=costs,
        cheaper=cost_contrasts(results, str(baseline)) if paid else _NO_PAIRS,
        best=_best(results, effects),
        money=ledger_summary(results) if ledger else pd.DataFrame(),
        equal_budget=_equal_budget(experiment),
        levers=levers,
        mixed=_mixed(results, effects, levers) if compared else None,
        deadweight=deadweight(results.runs(["deals_subsidised", "deals_additional"])),
        left_out=left_out,
        contents=contents_of(experiment, names),
        equal_spending=experiment.equal_spending,
        small=_small(experiment),
        share_of_japan=experiment.municipalities / MUNICIPALITIES_OF_JAPAN,
        discount_rate=discount_rate,
        discounted=_discounted(results, str(baseline), discount_rate) if paid else pd.DataFrame(),
        robustness=_robustness(experiment, costs) if len(costs) else None,
        sets=experiment.parameters,
        per_yen=per_yen(results, str(baseline)) if paid else pd.DataFrame(),
    )


def _robustness(experiment: Experiment, costs: pd.DataFrame) -> Robustness | None:
    names = list(dict.fromkeys(costs["scenario"].astype(str)))
    equal = experiment.equal_spending
    amount = float(costs["extra_spending"].mean()) * QUARTERS_PER_YEAR / experiment.quarters
    spent = amount if equal is None else equal.sum
    return robustness_of(names, str(experiment.baseline), spent, experiment.world, experiment.quarters)


def _small(experiment: Experiment) -> list[Small]:
    if experiment.equal_spending is None:
        return []
    baseline, share = reference_of(experiment), experiment.municipalities / MUNICIPALITIES_OF_JAPAN
    others = [scenario for scenario in experiment.scenarios if scenario.name != experiment.baseline]
    return list(below_a_unit(others, baseline, experiment.quarters, share))


def _discounted(results: Results, baseline: str, rate: float) -> pd.DataFrame:
    return cost_effectiveness(results, baseline, rate=rate) if rate else pd.DataFrame()


def _compared(effects: pd.DataFrame) -> set[str]:
    """Scenarios with an effect: those of which no run is stored, or all failed, have none."""
    rows = effects[(effects["outcome"] == "deals_signed") & effects["effect"].notna()]
    return set(rows["scenario"].astype(str))


def _best(results: Results, effects: pd.DataFrame) -> pd.DataFrame:
    arms = [name for name in results.scenarios if name in _compared(effects)]
    return results.best_of(arms) if len(arms) > 1 else pd.DataFrame()


def reference_of(experiment: Experiment) -> Scenario:
    """What scenarios are held against: the baseline, or else the built-in one of that name."""
    chosen = [scenario for scenario in experiment.scenarios if scenario.name == experiment.baseline]
    return chosen[0] if chosen else load_scenario("baseline")


def contents_of(experiment: Experiment, names: Names) -> list[Difference]:
    """Differences of every scenario from ``reference_of``."""
    reference = reference_of(experiment)
    return [
        item
        for scenario in experiment.scenarios
        for item in differences(scenario, reference, experiment.quarters, names)
    ]


def _levers(experiment: Experiment) -> dict[str, set[str]]:
    baseline, years = reference_of(experiment), list(fiscal_years(experiment.quarters))
    return {
        scenario.name: levers_beyond(scenario, baseline, years)
        for scenario in experiment.scenarios
        if scenario.name != experiment.baseline
    }


def _equal_budget(experiment: Experiment) -> bool:
    others = [scenario for scenario in experiment.scenarios if scenario.name != experiment.baseline]
    try:
        return len(others) < 2 or not rescalings(others, fiscal_years(experiment.quarters))
    except InputError:  # one of them has no money at all in some year
        return False


def _mixed(results: Results, effects: pd.DataFrame, levers: dict[str, set[str]]) -> dict[str, object] | None:
    """The mix with most deals against the scenario of one lever with most deals, run by run."""
    deals = effects[effects["outcome"] == "deals_signed"].set_index("scenario")["effect"].astype(float)
    single = deals[[name for name in deals.index if len(levers.get(str(name), ())) == 1]]
    mixes = deals[[name for name in deals.index if len(levers.get(str(name), ())) > 1]]
    if single.empty or mixes.empty:
        return None
    mix, best = str(mixes.idxmax()), str(single.idxmax())
    row = results.contrast(mix, best, "deals_signed").iloc[0]
    return {"mix": mix, "single": best, **{name: row[name] for name in ("effect", "ci_low", "ci_high")}}
