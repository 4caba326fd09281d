"""Scenarios: overlays, resolution, digests and the built-in ones."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import Scenario, builtin_names, load_scenario, load_scenarios
from tests.identities.cases import all_levers

YEARS = range(2018, 2031)


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str) -> Scenario:
    return load_scenario(written(folder, text))


def test_built_in_scenarios_have_titles_and_all_levers() -> None:
    names = builtin_names()
    assert {"no_policy", "baseline", "subsidy_first", "matching_first", "esg_first", "balanced"} <= set(names)
    for scenario in load_scenarios(names):
        assert scenario.title.en
        assert scenario.title.ja
        assert list(scenario.levers) == [lever.name for lever in LEVERS]
        assert list(scenario.settings) == [setting.name for setting in SETTINGS]
        assert all(2018 in path for path in scenario.levers.values())


def test_no_policy_spends_nothing() -> None:
    assert not load_scenario("no_policy").appropriations(YEARS).any()


def test_baseline_without_money_is_no_policy() -> None:
    bare = load_scenario("baseline").overlaid(
        "bare", levers=all_levers(0), parameters={"promotion_grant_share": 0}
    )
    assert bare.digest() == load_scenario("no_policy").digest()


def test_extra_money_is_the_same_in_every_year() -> None:
    baseline = load_scenario("baseline").appropriations(YEARS).sum(axis=0)
    for name in ("subsidy_first", "matching_first", "esg_first", "balanced"):
        extra = load_scenario(name).appropriations(YEARS).sum(axis=0) - baseline
        assert extra[0] == 0
        assert (extra[1:] == 2500).all()


def test_appropriations_are_in_the_order_of_the_ledger(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "name: mine\nlevers: {promotion: {2020: 7}}\n")
    table = scenario.appropriations([2018, 2019, 2020, 2029])
    assert table.shape == (len(LEVERS), 4)
    assert table.dtype == np.float64
    promotion = next(lever for lever in LEVERS if lever.name == "promotion")
    assert table[promotion.fund].tolist() == [18, 51, 7, 7]


def test_a_number_replaces_the_whole_path(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "name: mine\nextends: subsidy_first\nlevers: {subsidy: 400}\n")
    assert scenario.levers["subsidy"] == {2018: 400}


def test_a_mapping_replaces_from_its_first_year_on(tmp_path: Path) -> None:
    written(tmp_path, "name: below\nlevers: {matching_support: {2018: 1, 2020: 2, 2024: 3}}\n", "below.yaml")
    text = "name: mine\nextends: below.yaml\nlevers: {matching_support: {2021: 600, 2022: 1_200}}\n"
    scenario = loaded(tmp_path, text)
    assert scenario.levers["matching_support"] == {2018: 1, 2020: 2, 2021: 600, 2022: 1200}
    assert value_at(scenario.levers["matching_support"], 2030) == 1200


def test_parameters_start_at_quarter_zero(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "name: mine\nparameters: {contagion_neighbours: {2024Q2: 0.06}}\n")
    default = declared()["contagion_neighbours"].default
    assert scenario.parameters["contagion_neighbours"] == {0: default, 24: 0.06}
    others = {name: path for name, path in scenario.parameters.items() if name != "contagion_neighbours"}
    assert others == load_scenario("baseline").parameters


def test_parameter_at_its_default_changes_nothing(tmp_path: Path) -> None:
    default = declared()["own_channel"].default
    scenario = loaded(tmp_path, f"name: mine\nparameters: {{own_channel: {default}}}\n")
    assert scenario.digest() == load_scenario("baseline").digest()


def test_the_file_of_the_design_is_read(tmp_path: Path) -> None:
    text = """
name: mine
title: {en: Matching support first, ja: マッチング支援重視}
extends: baseline
levers:                        # JPY million per fiscal year
  matching_support: {2019: 600, 2022: 1_200}
  subsidy: 400
  esg_finance: {study_groups: 50, guarantee_cover: 0.5}
parameters: {contagion_neighbours: {2018Q2: 0.02, 2024Q2: 0.06}}
rules: {award: need_weighted, matching: cobb_douglas, interlinkage: none}
modules: {election_gate: true, international: false}
calendar: {national_target: 2022Q1}
emphasis: {society_5_0: 1.5}
"""
    scenario = loaded(tmp_path, text)
    assert scenario.title.ja == "マッチング支援重視"
    assert scenario.levers["esg_finance.study_groups"] == {2018: 50}
    assert scenario.settings["esg_finance.guarantee_cover"] == 0.5
    assert scenario.rules == {
        "award": "need_weighted", "matching": "cobb_douglas", "interlinkage": "none",
        "drift": "none", "advisers": "smallest", "study_effect": "pricing", "grant_choice": "company",
        "contagion": "linear",
    }  # fmt: skip
    assert scenario.modules == {
        "insurance": True,
        "election_gate": True,
        "international": False,
        "agreements": True,
        "intermediaries": True,
        "joint_projects": False,
    }
    assert scenario.calendar.national_target == 15
    assert scenario.emphasis["society_5_0"] == 1.5
    assert scenario.emphasis["regional_innovation"] == 1.0


def test_target_may_never_come(tmp_path: Path) -> None:
    assert load_scenario("baseline").calendar.national_target == 7
    never = loaded(tmp_path, "name: mine\ncalendar: {national_target: never}\n")
    assert never.calendar.national_target is None


def test_extends_is_baseline_unless_said_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path, "name: mine\n").digest() == load_scenario("baseline").digest()
    bare = loaded(tmp_path, "name: mine\nextends: null\n")
    assert bare.calendar.national_target is None
    assert not bare.appropriations(YEARS).any()


def test_extends_a_file_next_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    written(folder, "name: below\nlevers: {subsidy: 9}\n", "below.yaml")
    written(folder, "name: mine\nextends: below.yaml\n")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("inner/mine.yaml").levers["subsidy"] == {2018: 9}


def test_a_cycle_is_an_error_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, "name: a\nextends: b.yaml\n", "a.yaml")
    written(tmp_path, "name: b\nextends: a.yaml\n", "b.yaml")
    with pytest.raises(InputError, match=r"b\.yaml:2:1: extends: a\.yaml extends this very scenario"):
        load_scenario(tmp_path / "a.yaml")


def test_digest_is_of_the_content_alone(tmp_path: Path) -> None:
    one = loaded(tmp_path, "name: one\ntitle: {en: One}\nlevers: {subsidy: {2018: 0, 2020: 5, 2021: 5}}\n")
    two = loaded(tmp_path, "name: two\nlevers: {subsidy: {2020: 5}}\n")
    other = loaded(tmp_path, "name: two\nlevers: {subsidy: {2020: 5.000001}}\n")
    assert one.digest() == two.digest()
    assert len(one.digest()) == 16
    assert other.digest() != two.digest()


@pytest.mark.parametrize(
    "sections",
    [
        {"levers": {"subsidy": 1}},
        {"levers": {"esg_finance": {"guarantee_cover": 0.6}}},
        {"parameters": {"own_channel": 0.31}},
        {"rules": {"award": "lottery"}},
        {"modules": {"insurance": False}},
        {"calendar": {"national_target": "never"}},
        {"emphasis": {"society_5_0": 2}},
    ],
)
def test_every_section_enters_the_digest(sections: dict[str, object]) -> None:
    baseline = load_scenario("baseline")
    assert baseline.overlaid("other", **sections).digest() != baseline.digest()


def test_overlaid_names_the_key_that_is_wrong() -> None:
    with pytest.raises(InputError, match=r"^scenario: levers\.subsdy: unknown key, did you mean subsidy\?$"):
        load_scenario("baseline").overlaid("other", levers={"subsdy": 1})


def test_a_scenario_survives_pickle_and_json() -> None:
    scenario = load_scenario("balanced")
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json()).digest() == scenario.digest()


def test_two_scenarios_of_one_name(tmp_path: Path) -> None:
    path = written(tmp_path, "name: mine\n")
    with pytest.raises(InputError, match="mine: is given 2 times"):
        load_scenarios([path, path])


@cache
def baseline() -> Scenario:
    return load_scenario("baseline")


_AMOUNTS = st.floats(0, 1e6)
_PATHS = st.one_of(_AMOUNTS, st.dictionaries(st.integers(2018, 2040), _AMOUNTS, min_size=1, max_size=4))


@given(below=_PATHS, above=_PATHS, year=st.integers(2018, 2045))
def test_overlay_law(below: float | dict[int, float], above: float | dict[int, float], year: int) -> None:
    """From the first year given on the overlay decides, before it the base does."""
    base = baseline().overlaid("base", levers={"subsidy": below})
    top = base.overlaid("top", levers={"subsidy": above})
    value = value_at(top.levers["subsidy"], year)
    given_path = above if isinstance(above, dict) else {2018: above}
    if year < min(given_path):
        assert value == value_at(base.levers["subsidy"], year)
    else:
        assert value == value_at(given_path, year)
    assert top.levers["promotion"] == base.levers["promotion"]
