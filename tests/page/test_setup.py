"""What the page is given once: every lever and preset, in words of both languages, and all places."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from sim.page.entries import scenario_of
from sim.page.levers import ABSORBED, price_of, reach
from sim.page.readings import folded, reading
from sim.page.settings import Settings
from sim.page.setup import setup
from sim.page.state import Entry, State, scenarios_of
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import builtin_names, load_scenario
from sim.text import LANGUAGES
from sim.worlds.places import prefectures

JAPAN = Settings()


@pytest.fixture(scope="module", params=LANGUAGES)
def given(request: pytest.FixtureRequest) -> dict[str, Any]:
    return setup(request.param, JAPAN)


def test_it_is_json_of_a_bearable_size(given: dict[str, Any]) -> None:
    assert len(json.dumps(given, ensure_ascii=False, allow_nan=False).encode()) < 600_000


def test_every_lever_has_its_words_its_path_and_a_slider(given: dict[str, Any]) -> None:
    assert [lever["name"] for lever in given["levers"]] == [lever.name for lever in LEVERS]
    baseline = load_scenario("baseline")
    for lever in given["levers"]:
        words = ("label", "short", "meaning", "unit", "buys", "unit_cost", "programme", "source", "assumed")
        assert all(lever[word] for word in words), lever["name"]
        path = {int(year): value for year, value in lever["path"].items()}
        assert path == baseline.levers[lever["name"]]
        assert lever["high"] > (lever["absorbed"] or 0)
        assert (lever["price"] is None) == (lever["piece"] is None) == ("{count}" not in lever["bought"])
        assert "{money}" in lever["bought"]
        assert (lever["spent"] or 0) <= (lever["absorbed"] or 0)
    # the baseline gives a subsidy nothing, and yet spends: the revitalization grant is there besides
    nothing = {lever["name"]: lever["nothing"] for lever in given["levers"]}
    assert nothing["subsidy"] not in {told for name, told in nothing.items() if name != "subsidy"}
    assert [one["name"] for one in given["settings"]] == [setting.name for setting in SETTINGS]


def test_sliders_reach_what_the_baseline_and_the_mix_appropriate() -> None:
    """Scenarios that give all to one lever are beyond some ends on purpose: most of that lapses."""
    for name in ("baseline", "balanced"):
        for lever, path in load_scenario(name).levers.items():
            assert max(path.values()) <= reach(lever), (name, lever)
    free = [
        lever.name
        for lever in LEVERS
        if lever.name not in ABSORBED and lever.name != "futurecity.model_grants"
    ]
    for lever in free:
        most = max(value_at(load_scenario(name).levers[lever], 2020) for name in builtin_names())
        assert most <= reach(lever)


def test_what_a_lever_takes_up_is_what_the_comparison_found() -> None:
    """The rows that stand at their most: beyond the baseline, given and spent."""
    with Path("docs/levers_compared.csv").open(encoding="utf-8", newline="") as file:
        most = {
            row["scenario"]: (round(float(row["appropriated"])), round(float(row["spent"])))
            for row in csv.DictReader(file)
            if row["verdict"] == "at_most"
        }
    levers = {f"{lever.rpartition('.')[2].removesuffix('_support')}_first": lever for lever in ABSORBED}
    assert {levers[name]: both for name, both in most.items() if name in levers} == ABSORBED
    assert set(most) - set(levers) == {"esg_first"}  # a mix of three


def test_prices_are_those_of_the_scenario() -> None:
    baseline = load_scenario("baseline")
    assert price_of(baseline, "matching_support") == pytest.approx(5.6 / 20)
    assert price_of(baseline, "advisers") == 8.0
    assert price_of(baseline, "subsidy") is None
    dearer = scenario_of(Entry(name="dearer", overlay={"parameters": {"adviser_cost": 12}}))
    assert price_of(dearer, "advisers") == 12.0


def test_presets_are_entries_with_their_own_digest(given: dict[str, Any]) -> None:
    assert [preset["name"] for preset in given["presets"]] == builtin_names()
    for preset in given["presets"]:
        entry = Entry.model_validate(
            {key: preset[key] for key in ("title", "overlay")} | {"name": preset["copy"]}
        )
        (_, scenario) = scenarios_of(State(scenarios=[entry]))
        assert scenario.digest() == preset["digest"] == load_scenario(preset["name"]).digest()
        assert {
            name: {str(year): value for year, value in path.items()} for name, path in scenario.levers.items()
        } == preset["levers"]


def test_all_places_are_there(given: dict[str, Any]) -> None:
    places = given["places"]
    assert len({place["code"] for place in places}) == len(places) == 1741
    (matsumoto,) = [place for place in places if place["code"] == "20202"]
    assert matsumoto == {
        "code": "20202", "name": "松本市", "romaji": "Matsumoto Shi", "kana": "まつもと", "prefecture": 20,
        "lat": matsumoto["lat"], "lon": matsumoto["lon"], "population": matsumoto["population"],
    }  # fmt: skip
    assert (round(matsumoto["lat"]), round(matsumoto["lon"])) == (36, 138)
    assert sum(not place["kana"] for place in places) < 5
    assert [one["code"] for one in given["prefectures"]] == list(range(1, 48))
    assert given["prefectures"][19]["label"] == ("長野県" if given["lang"] == "ja" else "Nagano")


def test_readings_are_those_of_the_prefectures() -> None:
    """The only names of which the tables give both kana and Latin letters."""
    for prefecture in prefectures():
        kana = folded(prefecture.kana)
        assert kana.startswith(reading(prefecture.romaji)), prefecture
        assert len(kana) - len(reading(prefecture.romaji)) in (0, 1, 2), prefecture
    assert folded("おおさか") == folded("おうさか") == reading("Ōsaka Shi") == "おさか"
    assert reading("Kyōto Shi") == folded("きょうと")
    assert reading("Hatchōbori") == folded("はっちょうぼり")
    assert reading("Place 7") == ""


def test_words_goals_and_limits(given: dict[str, Any]) -> None:
    assert given["words"]["page.name"]
    assert not any(id.startswith("page.mistakes.") for id in given["words"])
    assert [goal["number"] for goal in given["goals"]] == list(range(1, 18))
    assert len({goal["colour"] for goal in given["goals"]}) == 17
    assert given["limits"]["steps"] == [1, 2, 4, 8, 16, 30]
    assert len(given["quarters"]) == 51
    assert given["quarters"][-1]["name"] == "2030Q4"
    assert given["names"]["outcomes"]["deals_signed"]


def test_a_world_that_is_not_japan() -> None:
    given = setup("en", Settings(world="synthetic:60", replicates=4))
    assert len(given["places"]) == 60
    assert given["world"]["japan"] is False
    assert given["limits"]["steps"] == [1, 2, 4]
    json.dumps(given, allow_nan=False)
