"""Programmes and their payers go by title and name in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report.contents import differences
from sim.report.programmes import payer_name, payer_names, programme_titles
from sim.report.words import Names, fund
from sim.scenarios.programmes import Payer
from sim.scenarios.scenario import load_scenario
from sim.text import Language
from sim.worlds import load_world

BASE = load_scenario("baseline")
HELP = {"lever": "matching_support", "payer": {"prefecture": 20}, "money": 100}
TITLED = {**HELP, "title": {"en": "Town coordinators", "ja": "町の担当者"}}
ISLES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"


@pytest.mark.parametrize(
    ("world", "payer", "lang", "name"),
    [
        ("japan", Payer(prefecture=20), "ja", "長野県"),
        ("japan", Payer(prefecture=20), "en", "Nagano"),
        ("japan", Payer(municipality="20215"), "ja", "塩尻市"),
        ("japan", Payer(), "ja", "国"),
        ("synthetic:30", Payer(prefecture=20), "ja", "長野県"),
        ("synthetic:30", Payer(municipality="20215"), "en", "a municipality 20215"),
        (str(ISLES), Payer(prefecture="Northmark"), "en", "Northmark"),
        (str(ISLES), Payer(prefecture=2), "en", "Westerlee"),
    ],
)
def test_a_payer_has_the_name_of_its_place(world: str, payer: Payer, lang: Language, name: str) -> None:
    assert payer_name(payer, load_world(world, 1), lang) == name


def test_a_programme_is_told_by_its_title_its_lever_and_its_payer() -> None:
    own = BASE.overlaid("own", programmes={"towns": TITLED, "plain": HELP})
    titles = programme_titles([own], "ja")
    assert titles == {"towns": "町の担当者"}
    names = Names({}, "ja", titles, payer_names([own], load_world("japan", 1), "ja"))
    found = {item.name: item.label for item in differences(own, BASE, 51, names)}
    assert found["towns"] == "町の担当者：マッチング支援（長野県の負担）"
    assert found["plain"] == "plain：マッチング支援（長野県の負担）"
    assert fund("towns", "matching_support", "ja", titles) == "町の担当者（マッチング支援）"


def test_titles_that_two_programmes_share_are_not_used() -> None:
    own = BASE.overlaid("own", programmes={"towns": TITLED, "more": TITLED})
    assert programme_titles([own], "en") == {}
