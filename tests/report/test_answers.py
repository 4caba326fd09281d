from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from sim.analysis.futures import Standing
from sim.analysis.futures.stored import Turn, share_of
from sim.report.answers import answer
from sim.report.contents import Difference
from sim.report.findings import Findings
from sim.report.robust import Robustness, robustness_of
from sim.report.units import Small
from sim.report.words import Names
from sim.scenarios.spending import Absorbed, EqualSpending
from sim.text import Language, say, short
from tests.report.made import made_runs, made_series

NOTHING = pd.DataFrame()
TITLES = {"a": "A", "b": "B", "c": "C"}


def findings(**changes: object) -> Findings:
    """Two scenarios against a baseline: b is cheap, c is larger."""
    effects = pd.DataFrame(
        {
            "scenario": ["b", "c"], "outcome": "deals_signed", "effect": [10.0, 40.0], "ci_low": [8.0, 30.0],
            "ci_high": [12.0, 50.0], "replicates": 30, "reading": "more", "disagree": False,
        }
    )  # fmt: skip
    without = effects.assign(
        outcome="municipalities_without_project_share", effect=[-0.05, -0.01], ci_low=[-0.06, -0.03],
        ci_high=[-0.04, 0.01],
    )  # fmt: skip
    effects = pd.concat([effects, without], ignore_index=True)
    costs = pd.DataFrame(
        {
            "scenario": ["b", "c"], "outcome": "deals_signed", "cost_per_unit": [5.0, 20.0],
            "ci_low": [4.0, 15.0], "ci_high": [6.0, 25.0],
        }
    )  # fmt: skip
    money = pd.DataFrame(
        {
            "scenario": ["a", "b", "c"], "lever": "subsidy", "appropriated": [100.0, 1_100.0, 1_000.0],
            "spent": [100.0, 300.0, 1_000.0], "lapsed": [0.0, 800.0, 0.0],
        }
    )  # fmt: skip
    columns = ["first", "second", "difference", "ci_low", "ci_high"]
    cheaper = pd.DataFrame([("b", "c", -15.0, -20.0, -10.0)], columns=columns)
    values: dict[str, object] = {
        "names": Names(TITLES, "en"), "baseline": "a", "quarter": "2030Q4", "effects": effects,
        "costs": costs, "money": money, "equal_budget": False, "cheaper": cheaper,
    }  # fmt: skip
    return Findings(**(values | changes))  # type: ignore[arg-type]


def said(found: Findings, absorbed: pd.DataFrame = NOTHING) -> str:
    return " ".join(answer(found, NOTHING, absorbed))


def test_the_cheapest_comes_first_with_its_interval() -> None:
    sentences = said(findings())
    assert sentences.startswith("With the assumptions as they stand, “B” costs least per deal gained: +10 ")
    assert "(95% interval +8.0 to +12, n = 30 paired replicates)" in sentences
    assert "Next is “C”" in sentences and "the order is clear" in sentences and "about 4 times" in sentences
    assert "“C” adds most deals: +40" in sentences


def test_the_order_is_that_of_the_two_costs_compared_not_of_their_intervals() -> None:
    overlapping = findings().costs.assign(ci_low=[4.0, 5.5])
    assert "the order is clear" in said(findings(costs=overlapping))
    open_ = findings().cheaper.assign(ci_high=[2.0])
    assert "do not settle the order" in said(findings(cheaper=open_))
    assert "do not settle the order" in said(findings(cheaper=open_.iloc[:0]))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_money_saved_gives_no_negative_factor(lang: Language) -> None:
    costs = findings().costs.assign(cost_per_unit=[-5.0, 20.0], ci_low=[-6.0, 15.0], ci_high=[-4.0, 25.0])
    sentences = said(findings(costs=costs, names=Names(TITLES, lang)))
    assert "times" not in sentences and "倍" not in sentences
    if lang == "en":
        assert "spends no more public money" in sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_one_pair_of_runs_has_no_interval(lang: Language) -> None:
    nan = float("nan")
    one = {"ci_low": nan, "ci_high": nan, "replicates": 1, "reading": "unknown"}
    costs = findings().costs.assign(ci_low=nan, ci_high=nan)
    effects = findings().effects.assign(**one)
    sentences = said(findings(effects=effects, costs=costs, names=Names(TITLES, lang)))
    assert "– to –" not in sentences and "–〜–" not in sentences and "nan" not in sentences
    assert ("one pair of runs" if lang == "en" else "1組のみ") in sentences


def test_an_effect_that_may_be_nothing_and_one_too_small_to_matter_are_said() -> None:
    effects = findings().effects.assign(reading=["open", "small"] * 2)
    sentences = said(findings(effects=effects))
    assert "For “B” no effect on deals signed is told apart from zero" in sentences
    assert "The effect of “C” on the total of deals signed is too small to matter" in sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_interval_that_a_bootstrap_does_not_bear_out_is_said(lang: Language) -> None:
    names = Names(TITLES, lang)
    sentence = say("results.intervals_disagree", lang)
    assert sentence not in said(findings(names=names))
    effects = findings().effects.assign(disagree=[False, True] * 2)
    flagged = say("report.quoted", lang, title="C")
    assert say("report.answers.disagree", lang, names=flagged, sentence=sentence) in said(
        findings(effects=effects, names=names)
    )


def test_unknown_costs_are_said() -> None:
    costs = findings().costs.assign(cost_per_unit=float("nan"))
    assert said(findings(costs=costs)).startswith("No scenario is shown to sign more deals")


def test_budgets_are_said() -> None:
    assert "JPY 1 to 1.1 billion" in said(findings())
    assert "same public budget" in said(findings(equal_budget=True))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_budgets_that_are_shown_alike_are_told_by_what_is_beyond_the_baseline(lang: Language) -> None:
    names, money = Names(TITLES, lang), findings().money.assign(spent=0.0, lapsed=0.0)
    close = said(findings(names=names, money=money.assign(appropriated=[18_352.0, 18_654.0, 18_702.0])))
    assert (
        "(JPY 302 to 350 million beyond" if lang == "en" else "（基準への上乗せは期間合計3.02億〜3.5億円）"
    ) in close
    same = said(findings(names=names, money=money.assign(appropriated=[18_352.0, 18_702.0, 18_702.0])))
    assert ("not the same in each fiscal year" if lang == "en" else "年度ごとには等しくない") in same


def test_what_lapsed_is_of_the_money_given_beyond_the_baseline() -> None:
    assert "Of what was given beyond the baseline, 80% of that of “B” lapsed" in said(findings())


def test_the_best_is_named_with_its_chance_or_left_open() -> None:
    best = pd.DataFrame({"arm": ["c", "b"], "chance": [0.93, 0.07], "may_be_best": [True, True]})
    assert "“C” has a chance of 93%, but “B” may be the best as well" in said(findings(best=best))
    clear = best.assign(chance=[1.0, 0.0], may_be_best=[True, False])
    assert "“C” signs most deals (chance of being the best of them over 99%)" in said(findings(best=clear))


def test_the_best_of_those_that_sign_no_more_than_the_baseline_is_not_named() -> None:
    best = pd.DataFrame({"arm": ["c", "b"], "chance": [1.0, 0.0], "may_be_best": [True, False]})
    fewer = findings().effects.assign(effect=-10.0, ci_low=-12.0, ci_high=-8.0)
    assert "signs most deals" not in said(findings(best=best, effects=fewer))
    unknown = best.assign(chance=float("nan"), may_be_best=True)
    assert "chance" not in said(findings(best=unknown))


def test_the_mix_is_held_against_the_best_single_lever() -> None:
    levers = {"b": {"subsidy"}, "c": {"subsidy", "promotion"}}
    mixed = {"mix": "c", "single": "b", "effect": 30.0, "ci_low": 20.0, "ci_high": 40.0}
    same = findings(equal_budget=True, levers=levers, mixed=mixed)
    assert "“C” signs 30 deals more than “B”, the best of them (+20 to +40)" in said(same)
    assert "is open" in said(replace(same, mixed=mixed | {"ci_low": -1.0}))
    alone = replace(same, mixed=None, levers={"b": {"subsidy"}, "c": {"promotion"}})
    assert "No mix of these levers was compared" in said(alone)
    assert "a mix" not in said(replace(same, equal_budget=False))
    rule = Difference("c", "rule", "award", "How cities are chosen", "lottery", "scored")
    assert "than “B”, the best of them" not in said(replace(same, contents=[rule]))


def test_what_changes_besides_money_is_said() -> None:
    item = Difference("b", "parameter", "contagion_neighbours", "Contagion", "0.06", "0.018")
    lever = Difference("c", "lever", "subsidy", "Subsidy", "2,500", "0")
    sentences = said(findings(contents=[item, lever]))
    assert "More than money changes under “B” (Contagion); effects come from all of it" in sentences
    assert "under “C” (" not in sentences


def test_deadweight_is_said_of_those_who_fund_grants() -> None:
    deals = pd.DataFrame(
        {"scenario": ["b", "c"], "subsidised": 10.0, "anyway": [4.7, 3.0], "share": [0.47, 0.3]}
    )
    sentences = said(findings(deadweight=deals, levers={"b": {"subsidy"}, "c": {"promotion"}}))
    assert "47% under “B” would have been signed without it" in sentences and "30%" not in sentences
    assert "counts every grant" not in sentences
    both = pd.concat([deals, deals.iloc[:1].assign(scenario="a", anyway=7.0, share=0.7)])
    told = said(findings(deadweight=both, levers={"b": {"subsidy"}}))
    assert "counts every grant, whoever pays it, and so those that “A” has as well" in told
    assert "under which the share is 70%" in told


def test_what_a_lever_absorbs_year_by_year_is_said() -> None:
    rows = [
        (scenario, "subsidy", year, given, spent)
        for scenario, given, factor in (("a", 0.0, 0.0), ("b", 2_500.0, 1.0))
        for year, spent in ((2019, 400.0 * factor), (2029, 2_400.0 * factor))
    ]
    columns = ["scenario", "lever", "fiscal_year", "appropriated", "spent"]
    absorbed = pd.DataFrame(rows, columns=columns).assign(pays_for="subsidy")
    assert "Subsidy JPY 400 million in FY2019 and JPY 2.4 billion in FY2029, of JPY 2.5 billion" in said(
        findings(), absorbed
    )


def left_out() -> pd.DataFrame:
    """Under the baseline the small and the weak are left out; b helps the large."""
    groups = {"size": ("1", "4"), "strength": ("1", "4"), "prefecture": tuple(f"P{i}" for i in range(8))}
    rows = [
        (scenario, grouping, group, 0.9 - 0.1 * place - helped * place, 8_500.0)
        for scenario, helped in (("a", 0.0), ("b", 0.05), ("c", 0.01))
        for grouping, names in groups.items()
        for place, group in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=["scenario", "grouping", "group", "mean", "highest"])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_who_is_left_out_is_said_in_words(lang: Language) -> None:
    sentences = said(findings(left_out=left_out(), names=Names(TITLES, lang)))
    if lang == "en":
        assert "Left out are small municipalities and those of little fiscal strength." in sentences
        assert "(up to 8,500 residents) never sign a project, against 80% of the largest quarter" in sentences
        assert "most are left out in P0 (90%), P1 (80%) and P2 (70%), fewest in P7" in sentences
        assert "“B” leaves out fewest" in sentences and "5 points wider" in sentences
    else:
        assert "8,500人以下" in sentences and "P0（90%）" in sentences


@pytest.mark.parametrize(
    "changed",
    [{"effect": 0.04, "ci_low": 0.03, "ci_high": 0.06}, {"reading": "small"}],
)
def test_a_scenario_that_leaves_out_no_fewer_is_not_praised(
    changed: dict[str, Any],
) -> None:
    sentences = said(findings(left_out=left_out(), effects=findings().effects.assign(**changed)))
    assert "leaves out fewest" not in sentences
    assert "No scenario is shown to leave out so many fewer municipalities than “A”" in sentences


@pytest.mark.parametrize(
    ("replicates", "words"), [(5, "median; 5–95% of n = 5 replicates"), (1, "the one run")]
)
def test_without_a_baseline_levels_are_said(replicates: int, words: str) -> None:
    series = made_series({"a": 1.0, "b": 2.0}, replicates)
    found = findings(baseline=None, names=Names({"a": "A", "b": "B"}, "en"), effects=NOTHING)
    sentences = " ".join(answer(found, made_runs(series), NOTHING))
    assert words in sentences and "“A”" in sentences and "“B”" in sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_equal_spending_is_told_with_what_was_given_for_it(lang: Language) -> None:
    found = {
        "b": Absorbed(factor=0.5, appropriated=900.0, spent=300.0, verdict="equal"),
        "c": Absorbed(factor=2.0, appropriated=400.0, spent=120.0, verdict="at_most"),
    }
    equal = EqualSpending(sum=300.0, since=2019, replicates=8, tolerance=0.01, scenarios=found)
    sentences = said(findings(equal_spending=equal, names=Names(TITLES, lang)))
    if lang == "en":
        assert "beyond “A”, each spends JPY 300 million a fiscal year on average from FY2019" in sentences
        assert "JPY 900 million (“B”) a year; the rest lapses" in sentences
        assert "“C” cannot spend JPY 300 million, whatever it is given" in sentences
        assert "JPY 120 million a year, given JPY 400 million" in sentences
    assert "equal public budgets" not in sentences and "{" not in sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_sum_that_nobody_can_spend_is_no_equal_spending(lang: Language) -> None:
    found = {name: Absorbed(factor=9.0, appropriated=9.0, spent=5.0, verdict="at_most") for name in "bc"}
    equal = EqualSpending(sum=1e9, since=2019, replicates=8, tolerance=0.01, scenarios=found)
    sentences = said(findings(equal_spending=equal, names=Names(TITLES, lang)))
    start = {"en": "No scenario can spend JPY 1,000 trillion", "ja": "「A」を年度当たり"}[lang]
    assert start in sentences and "each spends" not in sentences and "{" not in sentences


def test_a_small_world_is_told_its_part_of_the_sums_of_japan() -> None:
    found = {name: Absorbed(factor=1.0, appropriated=500.0, spent=300.0, verdict="equal") for name in "bc"}
    equal = EqualSpending(sum=300.0, since=2019, replicates=8, tolerance=0.01, scenarios=found)
    told = "These are sums of all Japan, of which this world gets 17%: JPY 51 million of the JPY 300 million."
    assert told in said(findings(equal_spending=equal, share_of_japan=0.17))
    assert "sums of all Japan" not in said(findings(equal_spending=equal))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_lever_of_which_hardly_a_unit_is_bought_is_told(lang: Language) -> None:
    found = {name: Absorbed(factor=1.0, appropriated=2.0, spent=2.0, verdict="equal") for name in "bc"}
    equal = EqualSpending(sum=2.0, since=2019, replicates=8, tolerance=0.01, scenarios=found)
    names, small = Names(TITLES, lang), [Small("c", "advisers", 2.0, 8.0, 2.0)]
    sentences = said(findings(equal_spending=equal, small=small, names=names))
    quoted = say("report.quoted", lang, title="C")
    assert say("report.answers.below_a_unit", lang, name=quoted, **small[0].told(lang)) in sentences
    assert ("a unit of it costs JPY 8 million" if lang == "en" else "1単位の費用は年に800万円") in sentences


def test_a_mix_is_held_against_a_lever_where_both_spend_the_same() -> None:
    levers = {"b": {"subsidy"}, "c": {"subsidy", "promotion"}}
    mixed = {"mix": "c", "single": "b", "effect": 30.0, "ci_low": 20.0, "ci_high": 40.0}
    for verdict, told in (("equal", True), ("at_most", False)):
        found = {name: Absorbed(factor=1.0, appropriated=1.0, spent=1.0, verdict=verdict) for name in "bc"}  # type: ignore[arg-type]
        equal = EqualSpending(sum=1.0, since=2019, replicates=8, tolerance=0.01, scenarios=found)
        sentences = said(findings(equal_spending=equal, levers=levers, mixed=mixed))
        assert ("a mix does better" in sentences) == told


def in_futures(wins: int, futures: int = 30, p: float = 0.01) -> Robustness:
    """What 30 futures say of b, which wins so many of them, and c, which wins the others."""
    shares = {"b": share_of(wins, futures), "c": share_of(futures - wins, futures)}
    ordered = dict(sorted(shares.items(), key=lambda item: -item[1].wins))
    ends = ("posting_rate", 0.7, 0.3, 0.01), ("grant_rate", 0.4, 0.6, p), ("renewal", 0.5, 0.5, 1.0)
    turns = [Turn(*each) for each in ends]
    return Robustness("2026-11-26", Standing(300.0, ordered, next(iter(ordered)), turns))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("wins", [0, 1, 10, 14, 15, 16, 19, 20, 21, 29, 30])
def test_nobody_is_called_a_winner_who_loses_in_a_third_of_the_futures(wins: int, lang: Language) -> None:
    sentences = said(findings(robustness=in_futures(wins), names=Names(TITLES, lang)))
    claim = {"en": "Per yen spent, “B” gains most", "ja": "執行1円当たりの効果が最も大きいのは"}[lang]
    stated = {"en": "With the assumptions as they stand, “B” costs least", "ja": "現在の仮定の下では"}[lang]
    assert (claim in sentences) == (wins >= 20)
    assert claim in sentences or stated in sentences
    assert f"{wins / 30:.0%}" in sentences


def test_the_two_assumptions_that_turn_the_order_are_named() -> None:
    sentences = said(findings(robustness=in_futures(15)))
    assert "at JPY 300 million of extra spending a fiscal year, it is the cheapest" in sentences
    low, high = (short(name, "en") for name in ("posting_rate", "grant_rate"))
    assert f"where “{low}” is low and where “{high}” is high." in sentences and "Perhaps" not in sentences
    assert short("renewal", "en") not in sentences
    assert "in 50% (95% interval 33% to 67%), “C” in 50%" in sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_assumption_that_chance_may_have_named_is_marked(lang: Language) -> None:
    sentences = said(findings(robustness=in_futures(15, p=0.3), names=Names(TITLES, lang)))
    high = say("report.answers.loses_high", lang, name=short("grant_rate", lang))
    assert say("report.answers.perhaps", lang, turn=high) in sentences
    assert say("report.answers.futures_chance", lang, assumptions=3) in sentences


def test_futures_are_told_of_what_was_run_in_them_alone() -> None:
    """Of other scenarios, sums far away, another baseline, world or horizon they say nothing."""
    given: dict[str, Any] = {
        "names": ["matching_first", "balanced"], "baseline": "baseline", "amount": 180.0, "world": "japan",
        "quarters": 51,
    }  # fmt: skip
    assert robustness_of(**given) is not None
    others = {"names": ["matching_first", "own"], "baseline": "no_policy", "amount": 5.0, "quarters": 30}
    for what, value in (others | {"world": "synthetic:300"}).items():
        assert robustness_of(**given | {what: value}) is None


def test_what_is_not_known_of_other_futures_is_said() -> None:
    assert "has been computed for built-in scenarios" in said(findings())
    assert "stored futures of 2026-11-26 were run with another" in said(
        findings(robustness=Robustness("2026-11-26", None))
    )
    only_c = Standing(300.0, {"c": share_of(5, 5), "d": share_of(0, 5)}, "c", [])
    assert "“B” cannot spend as much" in said(findings(robustness=Robustness("2026-11-26", only_c)))
