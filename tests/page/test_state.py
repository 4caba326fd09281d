"""The state of the page: links hold it, files give it, and whatever else comes is refused in plain words."""

from __future__ import annotations

import base64
import json
import random
import re
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.page.checking import check
from sim.page.entries import Entry, preset, scenario_of
from sim.page.mistakes import MistakesError
from sim.page.state import (
    State,
    entry_of,
    fragment_of,
    json_of,
    remarks_on,
    scenarios_of,
    state_of,
    state_of_fragment,
    state_of_json,
    yaml_of,
)
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import builtin_names, load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.scenarios.section import Title

YEARS = st.integers(2018, 2030).map(str)
MONEY = st.one_of(
    st.integers(0, 5_000),
    st.floats(0, 5_000, allow_nan=False),
    st.dictionaries(YEARS, st.floats(0, 5_000, allow_nan=False), min_size=1, max_size=3),
)
TEXT = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda name: name not in builtin_names()
)
FLAT = [lever.name for lever in LEVERS if "." not in lever.name]
OVERLAYS = st.fixed_dictionaries(
    {},
    optional={
        "extends": st.sampled_from(builtin_names()),
        "levers": st.dictionaries(st.sampled_from(FLAT), MONEY, max_size=4),
        "parameters": st.dictionaries(
            st.just("contagion_neighbours"), st.sampled_from([0.05, {"2024Q2": 0.06}]), max_size=1
        ),
        "rules": st.fixed_dictionaries(
            {}, optional={rule: st.sampled_from(of) for rule, of in RULES.items()}
        ),
        "modules": st.dictionaries(st.sampled_from(MODULES), st.booleans(), max_size=2),
        "calendar": st.just({"national_target": "2022Q1"}) | st.just({"national_target": "never"}),
        "emphasis": st.dictionaries(st.sampled_from(PILLARS), st.floats(0, 3), max_size=2),
        "programmes": st.just(
            {
                "nagano": {
                    "lever": "advisers",
                    "payer": {"prefecture": 20},
                    "for": {"where": "population < 10_000"},
                    "money": {"2021": 40.5},
                }
            }
        ),
    },
)
TITLES = st.fixed_dictionaries({}, optional={"en": TEXT, "ja": TEXT})
ENTRIES = st.builds(
    lambda name, title, overlay: Entry.model_validate({"name": name, "title": title, "overlay": overlay}),
    NAMES,
    TITLES,
    OVERLAYS,
)
STATES = st.builds(
    State,
    baseline=st.sampled_from(builtin_names()),
    scenarios=st.lists(ENTRIES, max_size=3, unique_by=lambda entry: entry.name),
    lang=st.sampled_from(["en", "ja"]),
    view=st.sampled_from(["answer", "map"]),
    year=st.none() | st.integers(2018, 2030),
    place=st.none() | st.sampled_from(["20", "20201", "長野県"]),
    lock=st.none() | st.floats(0, 3_000),
    dates=st.none() | st.lists(st.sampled_from(["2018Q2", "2019Q2", "2030Q4"]), min_size=1, max_size=2),
    groups=st.lists(ENTRIES, max_size=2, unique_by=lambda entry: entry.name),
)


@settings(max_examples=150, deadline=None)
@given(STATES)
def test_a_link_gives_back_the_state(state: State) -> None:
    fragment = fragment_of(state)
    assert re.fullmatch(r"#1\.[A-Za-z0-9_-]+", fragment)
    assert state_of_fragment(fragment) == state
    assert state_of_fragment(fragment.removeprefix("#")) == state
    assert state_of(json.loads(json_of(state))) == state


def test_a_link_from_before_the_map_had_dates_still_opens() -> None:
    packed = (
        "#1.RYwxCoAwEAT_snWKqN19RSzOcEj0TIJBRcS_e1Z2s8ywNw5Q4zByFY1JQD861CCJt5g"
        "rqB8clNNkwcymjiin8crFxiW8gVrfeYeiHL6b1pvQHBZQ2lWfFw"
    )
    state = state_of_fragment(packed)
    assert (state.dates, state.view, state.year, state.place) == (None, "map", 2030, "20")
    assert fragment_of(state) == packed, "and is read where there are no dates yet"


@settings(max_examples=150, deadline=None)
@given(ENTRIES)
def test_the_file_of_an_entry_is_the_same_scenario(entry: Entry) -> None:
    scenario = scenario_of(entry)
    again = entry_of(yaml_of(entry))
    assert scenario_of(again).digest() == scenario.digest()
    assert (again.name, scenario_of(again).title) == (entry.name, scenario.title)


@pytest.mark.parametrize("name", builtin_names())
def test_presets_are_the_built_in_scenarios(name: str, tmp_path: Path) -> None:
    """Also as the file that the command line reads."""
    entry, known = preset(name), load_scenario(name)
    file = tmp_path / "mine.yaml"
    file.write_text(yaml_of(entry), encoding="utf-8")
    (_, scenario) = scenarios_of(state_of_fragment(fragment_of(State(scenarios=[entry]))))
    assert scenario.digest() == load_scenario(file).digest() == known.digest()
    assert scenario.title == known.title
    assert entry_of(file.read_text(encoding="utf-8")) == entry


def test_the_baseline_comes_first() -> None:
    state = State(baseline="no_policy", scenarios=[preset("esg_first"), preset("balanced")])
    names = [scenario.name for scenario in scenarios_of(state)]
    assert names == ["no_policy", "esg_first_copy", "balanced_copy"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"v": 2}, "of version 2, and this page reads version 1"),
        ({"v": 0}, "of version 0"),
        ({"v": 10**4_000}, "of version ?"),
        ({}, "does not say which version"),
        ({"v": True}, "does not say which version"),
        ({"v": 1, "vew": "map"}, "vew: is nothing that a link may hold"),
        ({"v": 1, "baseline": "balancd"}, "baseline: is nothing that may be chosen here: 'balancd'"),
        ({"v": 1, "lang": "fr"}, "lang: is nothing that may be chosen"),
        ({"v": 1, "year": 2019.0}, "year: must be a whole number"),
        ({"v": 1, "lock": -1.0}, "lock: is not within"),
        ({"v": 1, "dates": ["2018Q1"]}, "dates.0: is nothing that may be chosen here: '2018Q1'"),
        ({"v": 1, "dates": ["2019Q2"] * 3}, "dates: has more than 2 entries"),
        ({"v": 1, "scenarios": [{"name": f"a{n}"} for n in range(4)]}, "scenarios: has more than 3 entries"),
        ({"v": 1, "scenarios": [{}]}, "scenarios.0.name: is missing"),
        ([], "no state"),
    ],
)
def test_what_is_no_state_says_so(value: Any, said: str) -> None:
    with pytest.raises(MistakesError) as caught:
        state_of(value)
    assert said in str(caught.value)


def test_other_links_say_so() -> None:
    good = fragment_of(State(scenarios=[preset("balanced")]))
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = bomb.compress(b" " * 60_000_000) + bomb.flush()
    for fragment, said in (
        ("#2." + good[3:], "version 2"),
        ("#0." + good[3:], "version 0"),
        (good[:-9], "cut off or changed"),
        (good + "AAAA", "cut off or changed"),
        ("#top", "no link of the page"),
        ("#1." + base64.urlsafe_b64encode(packed).decode().rstrip("="), "more than 65,536 bytes"),
    ):
        with pytest.raises(MistakesError) as caught:
            state_of_fragment(fragment)
        assert said in str(caught.value)


def test_an_old_version_is_upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a later version will do with this one."""
    upgrade = {0: lambda value: {name: one for name, one in value.items() if name != "old"}}
    monkeypatch.setattr("sim.page.state.UPGRADES", upgrade)
    assert state_of({"v": 0, "old": 3, "view": "map"}) == State(view="map")


def test_what_is_hardly_meant_is_told_of_each_scenario() -> None:
    levers = {"subsidy": {"2031": 5}, "advisers": 2_500_000}
    overlay = {"levers": levers, "parameters": {"contagion_neighbours": 5}}
    odd = Entry(name="odd", title=Title(en="Odd", ja="変"), overlay=overlay)
    presets = [preset(name) for name in ("balanced", "matching_first")]
    state = State(scenarios=[*presets, odd], assumed={"posting_rate": 50})
    found = remarks_on(state, 51, "en")
    assert [line.partition(": ")[0] for line in found] == ["posting_rate", "Odd", "Odd", "Odd"]
    assert "Odd: subsidy: FY2031 comes after the last quarter (2030Q4)" in found[1]
    assert remarks_on(State(groups=[odd]), 51, "ja") == []
    japanese = remarks_on(State(groups=[odd]), 51, "ja", groups=True)
    assert len(japanese) == 3 and all(line.startswith("変：") for line in japanese)


def test_two_scenarios_of_one_name_are_refused() -> None:
    with pytest.raises(MistakesError, match="balanced_copy is the name of 2 scenarios"):
        scenarios_of(State(scenarios=[preset("balanced"), preset("balanced")]))


def _fuzzed(chance: random.Random) -> str:
    """A link of a state that is no longer one, or of what never was."""
    text = json_of(State(scenarios=[preset(chance.choice(builtin_names()))], lang="ja"))
    match chance.randrange(6):
        case 0:
            return "#1." + "".join(chance.choices("AZaz09-_.=%\u3000", k=chance.randrange(300)))
        case 1:
            packed = bytearray(base64.urlsafe_b64decode(fragment_of(State(place="x"))[3:] + "=="))
            packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
            return "#1." + base64.urlsafe_b64encode(bytes(packed)).decode().rstrip("=")
        case 2:
            text = chance.choice(["[" * 30_000, '{"v":1,"a":' * 9_000, "9" * 60_000, '{"v":1e999}', "null"])
        case 3:
            where = chance.randrange(len(text))
            text = (
                text[:where]
                + chance.choice(["", "{", "}", '"', "-1", "1e999", "NaN", "\\ud800", "\0"])
                + text[where + 1 :]
            )
        case 4:
            odd = ["null", "[]", "{}", '""', "true", "1e999", "-3", '"\\ud800"', '"\\u0000"', "1" * 4_000]
            text = re.sub(
                r'(?<=:)("[^"]*"|\d+|\{)',
                lambda found: chance.choice([found[0], *odd]) if found[0] != "{" else "{",
                text,
            )
        case _:
            text = chance.choice(["", "{", text[: chance.randrange(len(text))]])
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    return "#1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def test_2000_fuzzed_links_give_a_state_or_bad_input() -> None:
    chance, states, slowest = random.Random(15), 0, 0.0
    for _ in range(2_000):
        start = time.perf_counter()
        with suppress(InputError):
            scenarios_of(state_of_fragment(_fuzzed(chance)))
            states += 1
        slowest = max(slowest, time.perf_counter() - start)
    assert 50 < states < 1_000
    assert slowest < 2


ODD: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(["v", "name", "overlay", "levers", "for", "2019", "x"]), below, max_size=3
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(
    ODD, ODD, st.sampled_from(["levers", "programmes", "parameters", "extends", "rules", "calendar", "title"])
)
def test_fuzzed_bodies_are_answered(odd: Any, other: Any, section: str) -> None:
    entry = {"name": "a", "overlay": {section: odd, "emphasis": other}}
    bodies: list[Any] = [odd, {"state": odd}, {"yaml": other}, {"state": {"v": 1, "scenarios": [entry, odd]}}]
    bodies.append({"state": {"v": 1, "scenarios": [entry], "lang": other}})
    for body in bodies:
        answer = check(body)
        assert answer["ok"] or all(line["text"] for line in answer["lines"])
        json.dumps(answer)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_fuzzed_text_is_answered(text: str | bytes) -> None:
    with suppress(InputError):
        state_of_json(text)
    if isinstance(text, str):
        assert isinstance(check({"yaml": text})["ok"], bool)
