from __future__ import annotations

import math
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.batch.design_warnings import about_factors
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.factors import KINDS
from sim.batch.methods import METHODS
from sim.errors import InputError

MONEY = "{kind: lever, low: 0, high: 1_000, from: 2018}"


def experiment(folder: Path, design: str, factors: str, more: str = "", quick: bool = False) -> Experiment:
    path = folder / "a.yaml"
    text = (
        f"name: a\nworld: synthetic:10\nquarters: 4\nreplicates: 1\nscenarios: [baseline]\ndesign: {design}\n"
    )
    path.write_text(f"{text}factors: {factors}\n{more}\n", encoding="utf-8")
    return load_experiment(path, quick)


def refusal(folder: Path, design: str, factors: str, more: str = "") -> str:
    with pytest.raises(InputError) as error:
        experiment(folder, design, factors, more)
    assert str(error.value).startswith(f"{folder / 'a.yaml'}:")
    assert "\n" not in str(error.value)
    return str(error.value).partition("a.yaml:")[2]


def test_a_huge_grid_is_refused_before_it_is_built(tmp_path: Path) -> None:
    factors = (
        f"{{subsidy: {MONEY}, promotion: {MONEY}, posting_rate: {{kind: uncertainty, low: 0.2, high: 1.6}}}}"
    )
    tracemalloc.start()
    line = refusal(tmp_path, "{method: grid, levels: 1000}", factors)
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert line.startswith(
        "6:1: design: 1,000,000,000 points are more than the 10,000,000 that a design may have"
    )


def test_a_latin_hypercube_of_everything_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    line = refusal(tmp_path, "{method: lhs, samples: 10_000_000}", "{'*': {kind: uncertainty}}")
    assert "values, more than the 20,000,000 that a design may have" in line


def test_whole_numbers_become_floats(tmp_path: Path) -> None:
    """Whole numbers of 24 digits fit no integer column, and no bounds let them pass: see ``VALUES``."""
    made = experiment(tmp_path, "{method: grid}", "{society_5_0: {kind: emphasis, values: [1, 0.5, 100]}}")
    assert made.design is not None
    assert made.design.points == ((1.0,), (0.5,), (100.0,))
    assert all(type(value) is float for point in made.design.points for value in point)


VALUES = {
    "[1, 1e23]": "must be from 0 to 100,000,000",
    "[1, 100000000000000000000000]": "must be from 0 to 100,000,000",
    f"[{10**400}]": "must be a finite number, a word, true or false, not ",
    "[.inf]": "must be a finite number",
    "[.nan]": "must be a finite number",
    "[{2019: 5}]": "must be a finite number, a word, true or false, not a mapping",
    "[[1]]": "not a list",
    "[null]": "not nothing",
    "[2019-01-01]": "must be",
    "[1, true]": "must be a number, not true",
    "[1, many]": "must be a number, not 'many'",
    "[1, 1.0]": "1.0 is there twice",
    "[]": "",
}


@pytest.mark.parametrize("values", VALUES)
def test_values_are_plain_numbers_or_words(values: str, tmp_path: Path) -> None:
    line = refusal(tmp_path, "{method: grid}", f"{{subsidy: {{kind: lever, values: {values}}}}}")
    assert line.startswith("7:") and VALUES[values] in line


HELPED = """name: a
world: synthetic:10
quarters: 4
replicates: 1
scenarios:
- baseline
- {name: helped, programmes: {help: {lever: advisers, money: {2019: 5, 2021: 7}}}}
design: {method: grid}
factors:
"""


def with_help(folder: Path, factors: str) -> Experiment:
    path = folder / "a.yaml"
    path.write_text(f"{HELPED}  {factors}\n", encoding="utf-8")
    return load_experiment(path)


def test_money_of_a_programme_is_a_factor(tmp_path: Path) -> None:
    made = with_help(tmp_path, "programmes.help.money: {kind: lever, values: [0, 40]}")
    assert made.scenario_at(0, 0).digest() == made.scenario_at(0, 1).digest() == made.scenarios[0].digest()
    paths = [made.scenario_at(1, point).programmes["help"].money for point in (0, 1)]
    assert paths == [{2018: 0.0}, {2018: 0.0, 2019: 40.0}]  # from the first year with money
    later = with_help(tmp_path, "programmes.help.money: {kind: lever, low: 1, high: 2, from: 2020}")
    assert later.scenario_at(1, 0).programmes["help"].money == {2018: 0.0, 2019: 5.0, 2020: 1.0}
    assert not list(about_factors(made, "en"))


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (
            "programmes.hlp.money: {kind: lever, values: [1, 2]}",
            "a programme hlp, did you mean help?",
        ),
        ("programmes.help.payer: {kind: lever, values: [1, 2]}", "only money of a programme can be varied"),
        ("programmes.help.money: {kind: uncertainty, values: [1, 2]}", "is a lever, not 'uncertainty'"),
        ("programmes.help.money: {kind: lever, values: [1, -2]}", "must be from 0 to 100,000,000"),
    ],
)
def test_what_is_no_money_of_a_programme_is_refused(tmp_path: Path, factor: str, message: str) -> None:
    with pytest.raises(InputError, match=r"a\.yaml:10:") as caught:
        with_help(tmp_path, factor)
    assert message in str(caught.value)


@pytest.mark.parametrize("low", [f"{10**400}", ".nan", "-.inf", "true", "[1]", "'1'"])
def test_ends_of_ranges_are_finite_numbers(low: str, tmp_path: Path) -> None:
    assert refusal(
        tmp_path, "{method: grid}", f"{{subsidy: {{kind: lever, low: {low}, high: 5}}}}"
    ).startswith("7:")


STARTS = {
    "{subsidy: {kind: lever, values: [1], from: [1]}}": "must be a fiscal year such as 2019 or",
    "{subsidy: {kind: lever, values: [1], from: {2019: 1}}}": "must be a fiscal year such as 2019 or",
    "{subsidy: {kind: lever, values: [1], from: true}}": "must be a fiscal year such as 2019 or",
    "{subsidy: {kind: lever, values: [1], from: 2019Q1}}": "must be a fiscal year such as 2019, not '2019Q1'",
    "{subsidy: {kind: lever, values: [1], from: 1999}}": "fiscal year must be from 2018",
    "{posting_rate: {kind: uncertainty, values: [1], from: 2019}}": "2019 is not a quarter",
    "{esg_finance.guarantee_cover: {kind: lever, values: [0.1], from: 2020}}": "cannot change on the way",
    "{award: {kind: rule, values: [lottery], from: 2020}}": "cannot change on the way; leave from out",
    "{international: {kind: module, values: [true], from: 2020}}": "cannot change on the way",
    "{national_target: {kind: event, values: [never], from: 2020}}": "cannot change on the way",
    "{society_5_0: {kind: emphasis, values: [1, 2], from: 2020}}": "cannot change on the way",
}


@pytest.mark.parametrize("factors", STARTS)
def test_only_what_can_change_on_the_way_has_a_start(factors: str, tmp_path: Path) -> None:
    line = refusal(tmp_path, "{method: grid}", factors)
    assert line.startswith("7:") and STARTS[factors] in line


@pytest.mark.parametrize("name", ["scale: log", "distribution: normal"])
def test_what_only_a_range_has_is_refused_for_values(name: str, tmp_path: Path) -> None:
    line = refusal(tmp_path, "{method: grid}", f"{{subsidy: {{kind: lever, values: [1, 2], {name}}}}}")
    assert "is for a range; values have no" in line


FIVE = "{futurecity_quota: {kind: uncertainty, values: [5, 10, 20, 30, 60]}}"
UNSUITED = {
    ("{method: fractional}", FIVE): "runs two values of a factor, and futurecity_quota has 5",
    ("{method: morris, trajectories: 4}", FIVE): "must be even and divide 4, and futurecity_quota has 5",
    (
        "{method: morris, trajectories: 4, levels: 5}",
        FIVE,
    ): "levels: a morris design has an even number of levels",
    (
        "{method: saltelli, samples: 6}",
        FIVE,
    ): "samples: Sobol' points are balanced in powers of 2 only, not 6",
}


@pytest.mark.parametrize(("design", "factors"), UNSUITED)
def test_values_that_would_never_run_are_refused(design: str, factors: str, tmp_path: Path) -> None:
    line = refusal(tmp_path, design, factors)
    assert line.startswith("6:") and UNSUITED[design, factors] in line


QUICK = {
    "{samples: 0}": "must be 1 or more, not 0",
    "{levels: 1}": "must be 2 or more, not 1",
    "{samples: 10_000_001}": "must be at most 10,000,000",
    "{levels: 4}": "a sobol design has no levels",
    "{sampels: 4}": "unknown key",
    "{samples: 6}": "powers of 2",
    "{samples: many}": "",
    "{method: grid}": "",
}


@pytest.mark.parametrize("size", QUICK)
def test_the_size_of_a_quick_design_is_checked_with_the_rest(size: str, tmp_path: Path) -> None:
    line = refusal(
        tmp_path, "{method: sobol, samples: 8}", f"{{subsidy: {MONEY}}}", f"quick: {{design: {size}}}"
    )
    assert line.startswith("8:") and QUICK[size] in line


def test_a_quick_design_has_its_own_size(tmp_path: Path) -> None:
    arguments = ("{method: sobol, samples: 8}", f"{{subsidy: {MONEY}}}", "quick: {design: {samples: 2}}")
    assert experiment(tmp_path, *arguments).points == 8
    assert experiment(tmp_path, *arguments, quick=True).points == 2


plain = st.sampled_from(
    [0, 1, 4, 0.5, 10**30, True, None, "", "scored", "never", "2019Q1", 2019, math.nan, math.inf]
)
junk = (
    plain
    | st.lists(plain, max_size=2)
    | st.dictionaries(plain.filter(lambda key: key == key), plain, max_size=1)
)


def section(**usual: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings of these keys, any of which may be left out or hold something else."""
    return st.fixed_dictionaries(
        {}, optional={key.removesuffix("_"): st.sampled_from(values) | junk for key, values in usual.items()}
    )


usable: list[dict[str, Any]] = [
    {"method": "grid", "levels": 2},
    {"method": "oat"},
    {"method": "fractional"},
    {"method": "sobol", "samples": 4},
    {"method": "morris", "trajectories": 2},
    {"method": "table", "file": "points.csv"},
]
designs = st.sampled_from(usable) | section(
    method=METHODS, samples=(2, 4), trajectories=(2,), levels=(2, 4), file=("points.csv",)
)
anything = section(
    kind=KINDS,
    low=(0, 0.1),
    high=(1, 5),
    scale=("log",),
    distribution=("normal",),
    values=([0, 1], ["scored", "lottery"], [True, False]),
    from_=(2019, "2019Q1"),
)
proper: dict[str, dict[str, Any]] = {
    "subsidy": {"kind": "lever", "low": 0, "high": 5},
    "award": {"kind": "rule", "values": ["scored", "lottery"]},
    "posting_rate": {"kind": "uncertainty", "low": 0.1, "high": 1, "scale": "log"},
    "national_target": {"kind": "event", "values": ["2019Q1", "never"]},
}
names = st.sampled_from([*proper, "international", "society_5_0", "*", "x."])
several = st.builds(
    lambda some, other: {**{name: proper[name] for name in some}, **other},
    st.sets(st.sampled_from(list(proper)), min_size=1),
    st.just({}) | st.dictionaries(names, anything | junk, max_size=1),
)


@given(designs, several, st.booleans())
@settings(max_examples=100)
def test_any_design_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, design: dict[str, Any], factors: dict[str, Any], quick: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "points.csv").write_text("subsidy,award\n1,scored\n", encoding="utf-8")
    written = [
        yaml.safe_dump(part, default_flow_style=True, width=9_999).strip() for part in (design, factors)
    ]
    with suppress(InputError):  # clear lines, and no other error
        made = experiment(folder, *written, quick=quick)
        assert made.design is not None
        assert made.design.unit().shape == (made.points, len(made.design.factors))
        made.scenario_at(0, made.points - 1)
