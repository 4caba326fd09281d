"""Programmes in scenario files: payers and targets as people write them, inheritance, and mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenarios.programmes import COLUMNS, Payer, Target, code_of, comparisons
from sim.scenarios.scenario import Scenario, load_scenario, load_with_overlays
from sim.scenarios.schema import WORDS
from sim.scenarios.yaml_writer import as_yaml
from sim.simulation.targets import misplaced, refuse_empty_targets, served_by
from sim.worlds import load_world

NAGANO = Path(__file__).parents[2] / "experiments" / "scenarios" / "nagano.yaml"


def written(folder: Path, programmes: str, name: str = "mine", extends: str = "baseline") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\nextends: {extends}\nprogrammes:\n{programmes}", encoding="utf-8")
    return path


def one(folder: Path, words: str) -> Scenario:
    """A scenario with one programme of advisers, said in a line of YAML."""
    return load_scenario(written(folder, f"  help: {{lever: advisers, money: 3{words}}}\n"))


def test_the_example_of_the_documentation() -> None:
    scenario = load_scenario(NAGANO)
    programme = scenario.programmes["nagano_coordinators"]
    assert (programme.lever, programme.payer) == ("matching_support", Payer(prefecture=20))
    assert (programme.target, programme.money) == (Target(prefecture=("Nagano",)), {2018: 0.0, 2022: 100.0})
    assert scenario.funds[-1] == "nagano_coordinators"
    assert str(programme.payer) == "prefecture:20"


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("", Target()),
        (", for: everybody", Target()),
        (", for: {prefecture: Nagano}", Target(prefecture=("Nagano",))),
        (", for: {prefecture: '２０'}", Target(prefecture=(20,))),
        (", for: {prefecture: [長野県, North, 1]}", Target(prefecture=("長野県", "North", 1))),
        (", for: {region: [tohoku, 九州]}", Target(region=("tohoku", "九州"))),
        (", for: {municipalities: [202011, 松本市]}", Target(municipalities=("202011", "松本市"))),
        (", for: {size_class: [3, 4], adopters: false}", Target(size_class=(3, 4), adopters=False)),
        (", for: {need: bottom_quartile}", Target(need="bottom_quartile")),
        (", for: {where: population < 10_000}", Target(where="population < 10000")),
        (", for: {where: population ＜ １００００}", Target(where="population < 10000")),
        (", for: {where: '1,000 < population < 10,000'}",
         Target(where="1000 < population and population < 10000")),
        (
            ", for: {where: '1_000 <= population < 5e3 and ageing > -0.5'}",
            Target(where="1000 <= population and population < 5000 and ageing > -0.5"),
        ),
    ],
)  # fmt: skip
def test_whom_a_programme_is_for(tmp_path: Path, words: str, target: Target) -> None:
    assert one(tmp_path, words).programmes["help"].target == target


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (", for: {prefecture: ''}", "must be the name or code of a place"),
        (", for: {prefecture: [null]}", "must be the name or code of a place"),
        (", for: {region: 3}", "must be the name or code of a place"),
        (", for: {prefecture: 48}", "its code, 1 to 47"),
        (", for: {municipalities: [-1]}", "must be the name or code of a place"),
        (f", for: {{municipalities: [{'x' * 101}]}}", "is no name of a place"),
        (
            ", for: {where: populaton < 3}",
            "populaton is no column of the municipal table, did you mean population?",
        ),
        (", for: {where: 人口 < 3}", "人口 is no column of the municipal table, did you mean population?"),
        (", for: {where: population}", "is no condition"),
        (", for: {where: 'population < 10,00'}", "is no condition"),
        (", for: {where: 'population < 3 or slots > 1'}", "is no condition"),
        (", for: {where: 'population < 10 ** 3'}", "is no condition"),
        (", for: {where: \"__import__('os').system('x') < 1\"}", "is no condition"),
        (", for: {where: 'population in (1, 2)'}", "is no condition"),
        (", for: {size_class: 12}", "from 0 to 11"),
        (", for: {need: top}", "must be bottom_quartile"),
        (", for: nobody", "must be everybody or a mapping"),
        (", payer: natonal", "did you mean national?"),
        (", payer: {prefecture: 20, municipality: 20201}", "has two payers"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, words: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        one(tmp_path, words)
    first, *_ = str(caught.value).splitlines()
    assert message in first and "mine.yaml:4:" in first and ": programmes.help." in first


@pytest.mark.parametrize(
    "condition",
    [
        "population < 10,000",
        "population < 1,000,000, adopters: true",
        "population > 1,000 and population < 5_000",
    ],
)
def test_a_comma_that_splits_a_condition_is_told_as_such(tmp_path: Path, condition: str) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml:4:\d+: .*; put the condition in quotes, or write 1000"):
        one(tmp_path, f", for: {{where: {condition}}}")


@pytest.mark.parametrize("words", ["prefecture: []", "municipalities: ", "region: []", "size_class: ~"])
def test_an_emptied_list_does_not_serve_everybody(tmp_path: Path, words: str) -> None:
    with pytest.raises(InputError, match="is empty, which would leave nobody out"):
        one(tmp_path, f", for: {{{words}}}")


def test_a_parent_that_is_not_found_is_told_and_not_what_it_would_have_said(tmp_path: Path) -> None:
    path = written(tmp_path, "  help: {for: {size_class: 3}}\n", extends="basline")
    with pytest.raises(InputError, match="did you mean baseline") as told:
        load_scenario(path)
    assert "help" not in str(told.value)


@pytest.mark.filterwarnings("error")
def test_what_python_warns_of_in_a_condition_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no condition"):
        one(tmp_path, ", for: {where: '1is population'}")


def test_a_title_is_inherited_and_changes_no_digest(tmp_path: Path) -> None:
    plain, titled = one(tmp_path, ""), one(tmp_path, ", title: {en: Advice, ja: 助言}")
    assert titled.programmes["help"].title.ja == "助言" and titled.digest() == plain.digest()
    more = titled.overlaid("more", programmes={"help": {"money": 9}})
    assert more.programmes["help"].title.en == "Advice"


@pytest.mark.parametrize(
    ("programmes", "message"),
    [
        ("  subsidy: {lever: advisers, money: 1}\n", "is a lever"),
        ("  deals_signed: {lever: advisers, money: 1}\n", "is an outcome"),
        ("  rules: {lever: advisers, money: 1}\n", "is a key of scenario files"),
        ("  help: {lever: study_groups, money: 1}\n", "did you mean esg_finance.study_groups?"),
        ("  help: {money: 1}\n", "a programme needs lever"),
        ("  help: {lever: advisers}\n", "a programme needs money"),
        ("  help: null\n", "no such programme to take away"),
        ("  help: {lever: advisers, money: {2017: 1}}\n", "fiscal year must be from 2018"),
    ],
)
def test_a_programme_must_make_sense(tmp_path: Path, programmes: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_scenario(written(tmp_path, programmes))


def test_a_programme_inherits_what_is_not_said_anew(tmp_path: Path) -> None:
    written(
        tmp_path,
        "  a: {lever: advisers, for: {prefecture: 20}, money: {2020: 5}}\n  b: {lever: subsidy, money: 1}\n",
        "below",
    )
    top = load_scenario(
        written(
            tmp_path, "  a: {payer: {prefecture: 20}, money: {2024: 9}}\n  b: null\n", "top", "below.yaml"
        )
    )
    assert list(top.programmes) == ["a"]
    programme = top.programmes["a"]
    assert programme.money == {2018: 0.0, 2020: 5.0, 2024: 9.0}
    assert programme.target == Target(prefecture=(20,)) and programme.payer == Payer(prefecture=20)
    again = top.overlaid("again", programmes={"a": {"money": 3}})
    assert again.programmes["a"].money == {2018: 3.0}
    assert again.digest() != top.digest()


def test_a_scenario_written_out_is_read_back(tmp_path: Path) -> None:
    from sim.scenarios.written import read_inside
    from sim.scenarios.yaml_reader import open_yaml

    scenario = one(tmp_path, ", payer: {prefecture: 20}, for: {region: tohoku, where: 'population < 3_000'}")
    path = tmp_path / "out.yaml"
    path.write_text(as_yaml(scenario.model_dump()), encoding="utf-8")
    document = open_yaml(path)
    found = read_inside(document)
    document.refuse_mistakes()
    assert found is not None and found.scenario.digest() == scenario.digest()
    assert found.scenario.programmes == scenario.programmes


ISLES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (Target(prefecture=("長野県", "ながの", 20)), 20),
        (Target(prefecture=("Kyōto-fu",)), 26),
        (Target(municipalities=("202011", "松本市", "Nagano/Shiojiri")), 20),
    ],
)
def test_places_are_looked_for_in_the_world(target: Target, code: int) -> None:
    world = load_world("japan", 1)
    served = np.flatnonzero(served_by(target, world))
    assert {world.labels.jis_code[i][:2] for i in served} == {str(code)}
    assert len(target.municipalities) in (0, len(served))


def test_places_of_another_world_go_by_its_own_names() -> None:
    world = load_world(str(ISLES), 1)
    north = served_by(Target(prefecture=(1,)), world)
    assert (served_by(Target(prefecture=("northmark",)), world) == north).all() and 0 < north.sum() < 54
    assert (served_by(Target(region=("Northmark",)), world) == north).all()
    assert np.flatnonzero(served_by(Target(municipalities=("101", "Ellhaven")), world)).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("world", "words", "message"),
    [
        ("japan", ", for: {prefecture: Nagno}", r"\.for\.prefecture: 'Nagno': .* did you mean Nagano"),
        ("japan", ", for: {region: knato}", r"\.for\.region: .* did you mean Kanto"),
        ("japan", ", for: {municipalities: [202012]}", "for 20201 it is 1"),
        ("japan", ", for: {municipalities: [99999]}", "there is no municipality of that code"),
        ("japan", ", for: {municipalities: 府中市}", "there are 2 municipalities of that name"),
        ("japan", ", payer: {prefecture: Nagno}", r"\.payer\.prefecture: .* did you mean Nagano"),
        ("japan", ", payer: {municipality: '9'}", r"\.payer\.municipality: 9: there is no municipality"),
        ("japan", ", for: {where: population < 0}", r"\.for: holds no municipality of japan"),
        (str(ISLES), ", for: {prefecture: Nagano}", "has no such region; there are Northmark"),
        ("japan", f", for: {{municipalities: [{', '.join(['Nagno'] * 9_000)}]}}", "has no such municipality"),
        (str(ISLES), ", for: {region: Kanto}", "has no such region; there are Northmark"),
        (str(ISLES), ", for: {region: northmrk}", "did you mean Northmark"),
        (str(ISLES), ", for: {municipalities: [Matsumoto]}", "has no such municipality"),
        (str(ISLES), ", for: {prefecture: 6}", "holds no municipality"),
        ("synthetic:60", ", for: {prefecture: Hokkaido}", "has no such region"),
    ],
)
def test_a_place_that_the_world_has_not_is_told(tmp_path: Path, world: str, words: str, message: str) -> None:
    loaded = load_with_overlays(written(tmp_path, f"  help: {{lever: advisers, money: 3{words}}}\n"))
    (error,) = misplaced([loaded], load_world(world, 1))
    assert re.search(message, str(error)) and "mine.yaml:4:" in str(error)
    with pytest.raises(InputError, match=message):
        refuse_empty_targets(loaded.scenario, load_world(world, 1))


def test_columns_are_those_of_the_municipal_table() -> None:
    world = load_world("synthetic:40", 1)
    for column in COLUMNS:
        assert served_by(Target(where=f"{column} > -1e9"), world).all()
        assert not served_by(Target(where=f"{column} > 1e9"), world).any()
    assert [str(one) for one in comparisons("prefecture == 1")] == ["prefecture == 1"]


def test_names_give_keys_of_their_own() -> None:
    codes = {code_of(f"programme_{n}") for n in range(1_000)}
    assert len(codes) == 1_000 and 0 not in codes
    assert "programmes" in WORDS


@pytest.mark.parametrize("lever", ["マッチング支援", "matching_suport"])
def test_a_lever_by_its_title_is_told_by_its_name(tmp_path: Path, lever: str) -> None:
    with pytest.raises(InputError, match=r"did you mean matching_support\?"):
        load_scenario(written(tmp_path, f"  help: {{lever: {lever}, money: 3}}\n"))
