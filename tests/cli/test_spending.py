"""``--equal-spending`` and the warnings that go with money: what is compared is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.spending import amount_of, sentences
from sim.errors import InputError
from sim.report.units import below_a_unit, unit_cost
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.spending import Absorbed, EqualSpending, scaled
from sim.text import LANGUAGES, Language

BASELINE = load_scenario("baseline")
YEARS = range(2018, 2031)


def given(name: str, share: float) -> Scenario:
    return scaled(load_scenario(name), BASELINE, share, YEARS)


def equal(**verdicts: str) -> EqualSpending:
    found = {
        name: Absorbed(factor=2.0, appropriated=9.0, spent=5.0, verdict=verdict)  # type: ignore[arg-type]
        for name, verdict in verdicts.items()
    }
    return EqualSpending(sum=1e9, since=2019, replicates=8, tolerance=0.01, scenarios=found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sum_that_nobody_can_spend_is_no_equal_spending(lang: Language) -> None:
    words = {"en": "compared at equal spending", "ja": "執行額をそろえて比較します"}[lang]
    nobody, *_ = sentences(equal(a="at_most", b="at_most"), "baseline", lang)
    some, *_ = sentences(equal(a="at_most", b="equal"), "baseline", lang)
    assert words not in nobody and words in some


@pytest.mark.parametrize(
    ("text", "amount"), [("300", 300.0), ("1_000", 1e3), ("1,000", 1e3), ("least", None)]
)
def test_a_sum_is_read(text: str, amount: float | None) -> None:
    assert amount_of(text) == amount


@pytest.mark.parametrize("text", ["0", "-5", "nan", "inf", "", "3 M"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no sum; give JPY million"):
        amount_of(text)


@pytest.mark.parametrize(
    ("name", "amount", "small"),
    [
        ("advisers_first", 7.9, True),
        ("advisers_first", 8.0, False),
        ("missions_first", 2.0, True),
        ("matching_first", 1.0, False),  # consultations are bought one by one
        ("subsidy_first", 1.0, False),
    ],
)
def test_less_than_one_unit_of_a_lever_is_found(name: str, amount: float, small: bool) -> None:
    found = list(below_a_unit([given(name, amount / 2_500.0)], BASELINE, 51, 1.0))
    assert [one.scenario for one in found] == [name] * small
    assert [one.given for one in found] == pytest.approx([amount] * small)


def test_what_the_baseline_buys_with_it_counts() -> None:
    def groups(name: str, money: float) -> Scenario:
        return BASELINE.overlaid(name, levers={"esg_finance": {"study_groups": money}})

    found = below_a_unit([groups("few", 4.0), groups("more", 7.0)], groups("some", 3.0), 51, 1.0)
    assert [(one.scenario, one.given) for one in found] == [("few", 1.0)]


def test_the_unit_costs_what_the_scenario_says_and_a_small_world_has_less_money() -> None:
    scenario = given("advisers_first", 0.01)
    assert unit_cost(scenario, "advisers") == 8.0 and unit_cost(scenario, "subsidy") is None
    dearer = scenario.model_copy(update={"parameters": {"adviser_cost": {4: 40.0}}})
    assert unit_cost(dearer, "advisers") == 40.0
    assert [len(list(below_a_unit([scenario], BASELINE, 51, share))) for share in (1.0, 0.1)] == [0, 1]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_a_small_world_is_given_is_told_in_its_own_money(lang: Language) -> None:
    (small,) = below_a_unit([given("advisers_first", 0.01)], BASELINE, 51, 0.1)
    here, nation = {"en": ("JPY 2.5 million", "JPY 25 million"), "ja": ("250万円", "2,500万円")}[lang]
    assert here in small.told(lang)["given"] and nation in small.told(lang)["given"]
    (whole,) = below_a_unit([given("advisers_first", 0.001)], BASELINE, 51, 1.0)
    assert whole.told(lang)["given"] == here


@pytest.mark.usefixtures("without_figures")
def test_both_are_said_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--world", "synthetic:30", "--quarters", "6", "--replicates", "2", "--workers", "1"]
    command = ["compare", "baseline", "advisers_first", *small, "--out", str(tmp_path / "r")]
    assert main([*command, "--equal-spending=300"]) == 0
    told = capsys.readouterr().err
    assert (
        "a unit of it costs JPY 8 million" in told and "compared at equal spending: JPY 300 million" in told
    )
