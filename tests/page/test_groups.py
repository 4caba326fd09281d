"""Groups of a workshop: their links read together, what is wrong with them told at once, their range."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import pytest

from sim.page.checking import check
from sim.page.entries import Entry, preset, yaml_of
from sim.page.groups import Source, joined
from sim.page.mistakes import MistakesError
from sim.page.ranges import PROGRAMMES, ranges
from sim.page.state import State, fragment_of, json_of, scenarios_of, state_of, state_of_fragment
from sim.scenarios.scenario import load_scenario
from sim.scenarios.section import Title
from sim.text import Language
from tests.page.served import SMALL, served

JAPANESE = re.compile(r"[ぁ-んァ-ン一-龯]")


def entry(name: str = "scenario_1", title: str = "Scenario 1", **levers: Any) -> Entry:
    return Entry(name=name, title=Title(en=title), overlay={"extends": "baseline", "levers": levers})


def link(*entries: Entry, before: str = "", **more: Any) -> Source:
    address = f"http://127.0.0.1:8000/{fragment_of(State(scenarios=list(entries), **more))}"
    return Source("", f"{before}{address}")


BANK = entry(matching_support={"2019": 630.0})
TOWN = entry(matching_support={"2019": 330.0}, subsidy={"2019": 300.0})


def test_links_without_groups_stay_as_they_were() -> None:
    """So that old links are read by new pages, and new ones by old pages."""
    old = {"v": 1, "scenarios": [BANK.model_dump()], "view": "map"}
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps(old).encode()) + packer.flush()
    state = state_of_fragment(f"#1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
    assert state.groups == [] and state.view == "map"
    assert "groups" not in json.loads(json_of(state))


def test_links_with_groups_hold_them() -> None:
    state, notes = joined(State(scenarios=[TOWN]), [link(BANK), link(TOWN)], "en")
    assert state_of_fragment(fragment_of(state)) == state_of(json.loads(json_of(state))) == state
    assert not notes and len(scenarios_of(state)) == 2
    names = [scenario.name for scenario in scenarios_of(state, groups=True)]
    assert names == ["baseline", "scenario_1", "group_1", "group_2"]


def test_groups_are_called_by_what_stands_before_the_link_or_by_number() -> None:
    file = Source("ours.yaml", yaml_of(Entry(name="our_plan", overlay={"extends": "balanced"})))
    named = link(entry(title="Fair first"))
    given = [link(BANK, before="Bank: "), link(BANK, before="金融機関　"), link(BANK), named, file]
    state, _ = joined(State(), given, "en")
    assert [one.title.en for one in state.groups] == ["Bank", "金融機関", "Group 3", "Fair first", "our plan"]
    fewer = state.model_copy(update={"groups": state.groups[1:]})
    again, _ = joined(fewer, [link(TOWN)], "en")
    assert sorted(one.name for one in again.groups) == [f"group_{n}" for n in range(1, 6)]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_all_that_is_wrong_is_told_with_its_link(lang: Language) -> None:
    broken = link(BANK).text[:-9]
    wrong = entry(subsdy={"2019": 3}, promotion={"1999": 3})
    sources = [
        link(BANK), Source("", broken), link(wrong), link(), Source("", "#2.abc"), Source("", "hello"),
        Source("ours.yaml", "name: ours\nlevers:\n  subsdy: 3\n"),
    ]  # fmt: skip
    state = {"v": 1, "groups": [TOWN.model_dump()]}
    found = check({"state": state, "sources": [one._asdict() for one in sources]}, lang)
    lines = [line["text"] for line in found["lines"]]
    called = [f"リンク{n}" if lang == "ja" else f"Link {n}" for n in (2, 3, 3, 4, 5, 6)]
    assert not found["ok"] and len(lines) == 7
    assert [line.split(":")[0].split("：")[0] for line in lines] == [*called, "ours.yaml"]
    assert all(bool(JAPANESE.search(line.removeprefix("リンク"))) == (lang == "ja") for line in lines)
    assert "subsidy" in " ".join(lines[1:3]) and "3" in lines[-1]


def test_what_is_taken_otherwise_is_said() -> None:
    odd = link(BANK, entry("scenario_2", "Other"), baseline="no_policy")
    state, notes = joined(State(), [link(TOWN), odd], "en")
    assert len(state.groups) == 2 and state.groups[1].overlay == BANK.overlay
    assert len(notes) == 2 and all(note.startswith("Link 2: ") for note in notes)
    assert "2 scenarios" in notes[0] and "Scenario 1" in notes[0] and "baseline" not in notes[0]
    assert load_scenario("no_policy").title.en in notes[1]


def test_there_are_eight_groups_at_most_and_a_link_is_never_too_large_to_be_read() -> None:
    state, _ = joined(State(), [link(BANK)] * 8, "en")
    with pytest.raises(MistakesError, match="more than 8 groups"):
        joined(state, [link(BANK)], "en")
    own = {"lever": "advisers", "money": 1, "title": {"en": "x" * 900}}
    large = Entry(name="a", overlay={"programmes": {f"p{n}": own for n in range(10)}})
    with pytest.raises(MistakesError, match="65,536 bytes"):
        joined(State(), [link(large)] * 8, "en")
    with pytest.raises(MistakesError, match="groups: has more than 8"):
        state_of({"v": 1, "groups": [{"name": f"g{n}"} for n in range(9)]})


@pytest.mark.parametrize("odd", [None, "x", [3], [{"name": "a"}], [{"name": "a", "text": 3}], {"a": 1}])
def test_odd_sources_are_refused(odd: Any) -> None:
    assert not check({"state": {"v": 1}, "sources": odd})["ok"]


def test_ranges_are_means_of_what_scenarios_appropriate() -> None:
    late = entry(matching_support={"2025": 630.0})
    own = {"one": {"lever": "advisers", "money": {"2019": 120.0}}}
    town = TOWN.model_copy(update={"overlay": {**TOWN.overlay, "programmes": own}})
    state, _ = joined(State(), [link(BANK), link(late), link(town)], "en")
    baseline, *groups = scenarios_of(state, groups=True)
    found = {each.name: each for each in ranges(baseline, groups)}
    support = found["matching_support"]
    assert support.values == pytest.approx((630.0, (6 * 30 + 6 * 630) / 12, 330.0))
    assert (support.low, support.middle, support.high) == pytest.approx((330.0, 330.0, 630.0))
    assert support.more_by_all and not found["subsidy"].more_by_all and not found["promotion"].moved
    assert found[PROGRAMMES].values == pytest.approx((0.0, 0.0, 120.0))
    told = check({"state": json.loads(json_of(state))})["ranges"]
    assert set(told) == {"matching_support", "subsidy", PROGRAMMES}
    assert "JPY 330 to 630 million" in told["matching_support"]["text"]
    assert "most Group 1" in told["matching_support"]["text"]


def test_groups_are_run_through_the_same_frames() -> None:
    state, _ = joined(State(scenarios=[preset("balanced")]), [link(BANK), link(TOWN)], "en")
    body = {"user": "facilitator", "state": json.loads(json_of(state)), "views": ["answer", "groups"]}
    with served() as (visitor, house):
        *_, last, done = visitor.lines(body)
        held = len(house.desk.cache)
        status, found = visitor.json("/api/check", {"state": body["state"], "lang": "ja"})
        alone = list(visitor.lines(body | {"views": ["answer"]}))
    assert done == {"kind": "done", "replicates": SMALL.replicates}
    rows = last["views"]["groups"]["rows"]
    assert {(row["scenario"], row["n"]) for row in rows} == {("Group 1", 8), ("Group 2", 8)}
    assert {row["place"] for row in last["views"]["answer"]["rows"]} == {0, 1}
    assert held == 4 * SMALL.replicates
    assert alone[-2]["views"]["answer"] == last["views"]["answer"]
    assert status == 200 and "グループ" in found["ranges"]["subsidy"]["text"]
