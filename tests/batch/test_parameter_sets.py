"""Parameter sets: how a table is read, where its values go, and which tables are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.parameter_sets import POSTERIOR, ParameterSets, read_parameter_sets
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.bounds import bounds_of
from sim.scenarios.scenario import load_scenario

TABLE = """\
# draws for tests, with a comma
# model: 0123456789abcdef
national_push,contagion_size
0.1,0.05

0.2,0.07
"""
NATIONAL_PUSH = declared()["national_push"].default


def written(folder: Path, text: str, name: str = "sets.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> list[str]:
    """What a table is refused for, without the path."""
    path = written(folder, text)
    with pytest.raises(InputError) as raised:
        read_parameter_sets(path)
    return [line.removeprefix(str(path)) for line in raised.value.lines]


def test_a_table_is_read_with_what_stands_above_it(tmp_path: Path) -> None:
    sets = read_parameter_sets(written(tmp_path, TABLE))
    assert (sets.names, len(sets)) == (("national_push", "contagion_size"), 2)
    assert (sets.label, sets.model) == ("sets", "0123456789abcdef")
    assert sets.of(3) == {"national_push": 0.2, "contagion_size": 0.07}


def test_a_copy_is_the_same_table_under_the_same_name(tmp_path: Path) -> None:
    sets = read_parameter_sets(written(tmp_path, TABLE))
    assert read_parameter_sets(written(tmp_path, sets.text(), "copy.csv")) == sets


def test_the_digest_is_of_names_and_values_alone() -> None:
    one = ParameterSets(("national_push",), ((0.1,), (0.2,)), "one")
    assert ParameterSets(["national_push"], [[0.1], [0.2]], "other", ("a",)).digest == one.digest  # type: ignore[arg-type]
    for other in (
        ParameterSets(("contagion_size",), one.values, "one"),
        ParameterSets(one.names, ((0.2,), (0.1,)), "one"),
        ParameterSets(one.names, ((0.1,),), "one"),
    ):
        assert other.digest != one.digest


def test_a_set_takes_the_place_of_defaults_alone() -> None:
    sets = ParameterSets(("national_push", "contagion_size", "push_decay"), ((0.05, 0.06, 0.5),), "sets")
    own = load_scenario("baseline").overlaid(
        "own", parameters={"contagion_size": 0.01, "push_decay": {"2024Q2": 0.1}}
    )
    found = sets.applied(own, 7)
    assert found.parameters["national_push"] == {0: 0.05}
    assert found.parameters["contagion_size"] == {0: 0.01}
    assert found.parameters["push_decay"] == {0: 0.5, 24: 0.1}
    untouched = {name: path for name, path in found.parameters.items() if name not in sets.names}
    assert untouched == load_scenario("baseline").parameters
    assert sets.applied(own, 0).levers == own.levers


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.data())
def test_what_a_scenario_sets_wins_whatever_is_drawn(numbers: list[int], data: st.DataObject) -> None:
    names = ("national_push", "contagion_size", "adoption_size", "posting_rate")
    draws = [st.floats(bounds_of(declared()[name]).low, bounds_of(declared()[name]).high) for name in names]
    sets = ParameterSets(names, tuple(data.draw(st.tuples(*draws)) for _ in range(3)), "drawn")
    scenario = load_scenario("baseline").overlaid("own", parameters={names[n]: 0.123 for n in numbers})
    replicate = data.draw(st.integers(0, 20))
    found = sets.applied(scenario, replicate).parameters
    for number, name in enumerate(names):
        expected = 0.123 if number in numbers else sets.values[replicate % 3][number]
        assert found[name] == {0: expected}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "# above\nnational_pusch,push_floor,push_floor,\n0.1,0.2,0.2,1\n0.1,1.5,x,2\n0.1\n,0.1,nan,inf\n"
    assert refused(tmp_path, text) == [
        ":2: national_pusch: no such parameter, did you mean national_push?",
        ":2: push_floor is there twice; keep one",
        ":2: column 4 has no name",
        ":4:push_floor: 'x' is no number",
        ":5: has 1 values for 4 parameters",
        ":6:national_pusch: is empty; give a number",
        ":6:push_floor: 'nan' is no number",
        ":6: 'inf' is no number",
    ]
    assert refused(tmp_path, "push_floor,push_decay\n1.5,-1\n") == [
        ":2:push_floor: 1.5 must be 0 to 1",
        ":2:push_decay: -1 must be 0 to 1e+06",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no parameter"),
        ("# only words\n", "names no parameter"),
        ("push_floor\n", "has 0 sets"),
        ("push_floor\n" + "0.1\n" * 20_001, "has 20,001 sets below its header; give 1 to 20,000"),
        ("equity_share,municipal_share\n0.9,0.9\n", "together they may be 1 at most"),
        ('push_floor\n"0.1\n', "cannot be read"),
        ("push_floor\n" + "0.1" + "\n" * 32_000_001, "larger than 32 MB"),
    ],
    ids=["nothing", "comments", "header", "too many", "shares", "quotes", "bytes"],
)
def test_a_table_without_use_is_one_clear_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read_parameter_sets(written(tmp_path, text))


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "nowhere.csv", "no such file"),
        (tmp_path, "is no file"),
        (Path("a\0b"), "cannot be read|no such file"),
    ):
        with pytest.raises(InputError, match=words):
            read_parameter_sets(path)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("# caf\u00e9\npush_floor\n0.1\n".encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_parameter_sets(latin)


def test_the_packages_own_posterior_is_there_or_said_not_to_be() -> None:
    import sim.batch.parameter_sets as module

    if Path(module.__file__).with_name(f"{POSTERIOR}.csv").exists():
        assert read_parameter_sets(POSTERIOR).label == POSTERIOR
    else:
        with pytest.raises(InputError, match="has no posterior yet; give a CSV file"):
            read_parameter_sets(POSTERIOR)


def test_a_label_is_one_printable_line(tmp_path: Path) -> None:
    path = tmp_path / "sets.csv"
    path.write_text(f"# label: \x1b[31mred{'x' * 500}\njoin_company\n0.01\n", encoding="utf-8")
    label = read_parameter_sets(path).label
    assert label.startswith(r"\x1b[31mred") and len(label) == 100
