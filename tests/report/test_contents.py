from __future__ import annotations

import pytest

from sim.kernel.parameters import declared
from sim.report.contents import differences, levers_beyond
from sim.report.words import Names
from sim.scenarios.scenario import load_scenario
from sim.text import Language, say

BASE = load_scenario("baseline")


def test_everything_that_differs_is_named_with_both_values() -> None:
    own = BASE.overlaid(
        "own", levers={"matching_support": {2022: 1_200}, "esg_finance": {"guarantee_cover": 0.8}},
        parameters={"contagion_neighbours": {"2024Q2": 0.06}}, rules={"award": "need_weighted"},
        modules={"insurance": not BASE.modules["insurance"]}, calendar={"national_target": "never"},
        emphasis={"society_5_0": 2.0},
    )  # fmt: skip
    found = {item.name: item for item in differences(own, BASE, 51, Names({}, "en"))}
    assert set(found) == {
        "matching_support", "esg_finance.guarantee_cover", "contagion_neighbours", "award", "insurance",
        "national_target", "society_5_0",
    }  # fmt: skip
    assert (found["matching_support"].here, found["matching_support"].there) == (
        "10, from FY2019 30, from FY2022 1,200",
        "10, from FY2019 30",
    )
    default = declared()["contagion_neighbours"].default
    assert found["contagion_neighbours"].here == f"{default:g}, from 2024Q2 0.06"
    assert found["award"].here == "weighted by need"
    assert found["national_target"].here == "never"


def test_what_comes_after_the_horizon_is_no_difference() -> None:
    late = BASE.overlaid(
        "late", levers={"subsidy": {2031: 500}}, parameters={"contagion_neighbours": {"2031Q2": 0.06}}
    )
    assert differences(late, BASE, 51, Names({}, "en")) == []
    assert len(differences(late, BASE, 60, Names({}, "en"))) == 2


def test_the_baseline_does_not_differ_from_itself() -> None:
    assert differences(BASE, BASE, 51, Names({}, "ja")) == []


def test_levers_given_more_than_in_the_baseline() -> None:
    mixed, matching = load_scenario("balanced"), load_scenario("matching_first")
    assert levers_beyond(mixed, BASE, [2018, 2019]) == {"subsidy", "matching_support", "esg_finance"}
    assert levers_beyond(matching, BASE, [2018, 2019]) == {"matching_support"}
    assert levers_beyond(matching, BASE, [2018]) == set()


@pytest.mark.parametrize(("lang", "said"), [("en", "grants"), ("ja", "補助金")])
def test_the_rule_of_award_is_said_to_be_of_grants(lang: Language, said: str) -> None:
    assert said in say("report.rules.award", lang)
