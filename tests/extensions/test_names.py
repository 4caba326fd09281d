"""Names that extensions may not take: those of anything that is stored, or that a scenario file says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.chunks import Failure, failures_table
from sim.batch.experiment import PANEL, TABLES, Experiment
from sim.batch.tables import TABLE_OF_RUN, Key, panel_table
from sim.errors import InputError
from sim.extensions import Extension, Kind, Now, mechanism, outcome
from sim.extensions.names import KEYS, STORED, taken_names
from sim.kernel.outcomes import BY_PLACE, COLUMN
from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import Calendar, load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES, WORDS
from sim.simulation import simulate
from sim.worlds.groups import GROUPINGS
from tests.examples import python
from tests.identities.cases import world_of

WORLD = world_of("synthetic:60", 1)
BASE = load_scenario("baseline")
EXPERIMENT = Experiment("names", (BASE,), "synthetic:60", 4, 1, 1, TABLES, None)
FAILED = Failure(Key(0, 0, 0), "Error", "message", "details")


@pytest.fixture(scope="module")
def stored() -> dict[str, set[str]]:
    """Columns of every table that a run leaves."""
    run = simulate(WORLD, BASE, quarters=4)
    made = {name: make for name, make in TABLE_OF_RUN.items() if name != PANEL}
    tables = {name: make(run, Key(0, 0, 0), EXPERIMENT) for name, make in made.items()}
    tables["failures"] = failures_table(EXPERIMENT, [FAILED])
    columns = {name: set(table.column_names) for name, table in tables.items()}
    return columns | {PANEL: set().union(*map(panel_columns, GROUPINGS)) - set(BY_PLACE)}


def panel_columns(by: str) -> set[str]:
    run = simulate(WORLD, BASE, quarters=2, by=by)
    return set(panel_table(run, Key(0, 0, 0), replace(EXPERIMENT, quarters=2, by=by)).column_names)


def test_every_stored_column_is_known_by_its_table(stored: dict[str, set[str]]) -> None:
    assert stored.pop("series") - set(KEYS) == set(COLUMN)
    assert {name: columns - set(KEYS) for name, columns in stored.items()} == {
        name: set(columns) for name, columns in STORED.items()
    }


def test_every_stored_column_and_every_word_of_scenarios_is_taken(stored: dict[str, set[str]]) -> None:
    taken = taken_names(WORDS)
    assert set().union(*stored.values()) <= taken.keys()
    said = {*declared(), *RULES, *MODULES, *PILLARS, *Calendar.model_fields}
    for name in [lever.name for lever in LEVERS] + [setting.name for setting in SETTINGS]:
        said |= set(name.split("."))
    assert said <= taken.keys()


def five(now: Now) -> float:
    return 5.0


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("quarter", "a column that tells the rows of results apart"),
        ("Replicate", "a column that tells the rows of results apart"),
        ("spent", "a column of ledger"),
        ("verdict", "a column of deals"),
        ("jis_code", "a column of municipalities"),
        ("scenario_digest", "a column of failures"),
        ("deals_signed", "an outcome"),
        ("futurecity", "a lever"),
        ("advice", "a lever"),
        ("contagion_neighbours", "a parameter"),
        ("award", "a key of scenario files"),
        ("guarantee_cover", "a key of scenario files"),
    ],
)
def test_names_in_use_are_refused_in_python(name: str, holder: str) -> None:
    own = Extension(name, five, "record", "after", measures="x")
    with pytest.raises(InputError, match=rf"the name {name} is taken \({holder}\); choose another"):
        simulate(WORLD, BASE, quarters=1, extensions=[own])


def test_two_extensions_of_one_name_are_refused() -> None:
    twins = [Extension(name, five, "record", "after", measures="x") for name in ("mine", "Mine")]
    with pytest.raises(InputError, match=r"the name Mine is taken \(another extension\)"):
        simulate(WORLD, BASE, quarters=1, extensions=twins)


@pytest.mark.parametrize("name", ["two words", "a/b", "<lambda>", "", "2nd", "class"])
def test_names_that_cannot_be_written_in_code_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be a name"):
        Extension(name, five, "record", "after")


def test_only_functions_are_decorated() -> None:
    with pytest.raises(InputError, match="'<lambda>' cannot be a name"):
        mechanism(after="adopt")(lambda now: None)
    with pytest.raises(InputError, match="decorate a function, not 5"):
        outcome("x")(5)  # type: ignore[arg-type]


def written(folder: Path, kind: str, name: str) -> Path:
    """A scenario file that names an extension, which lies in a module beside it."""
    (folder / f"own_{name}.py").write_text(
        f"from sim.extensions import *\n@{kind}\ndef {name}(now):\n    return 5.0\n"
    )
    path = folder / "own.yaml"
    path.write_text(f"name: own\nextensions: ['own_{name}:{name}']\n")
    return path


@pytest.mark.parametrize("name", KEYS)
def test_scenario_files_may_not_name_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    file = written(tmp_path, "outcome('x')", name)
    with pytest.raises(InputError, match=rf"own.yaml:2:14: extensions.0: the name {name} is taken"):
        load_scenario(file, allow_extensions=f"own_{name}")


def test_check_and_batch_refuse_names_alike(tmp_path: Path) -> None:
    written(tmp_path, "lever(after='adopt')", "point")
    (tmp_path / "exp.yaml").write_text(
        "name: exp\nworld: synthetic:60\nquarters: 2\nreplicates: 2\nscenarios: [baseline, own.yaml]\n"
    )
    for words in (["check", "own.yaml", "exp.yaml"], ["batch", "exp.yaml", "--out", "out"]):
        done = python(tmp_path, "-m", "sim.cli", *words, "--allow-extensions", "own_point")
        assert done.returncode == 2
        problems = done.stderr.strip().splitlines()
        assert len(problems) == len([word for word in words if word.endswith(".yaml")])
        assert all("own.yaml:2:14: extensions.0: the name point is taken" in line for line in problems)
    assert not (tmp_path / "out").exists()


def test_a_name_means_one_thing_in_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for module, unit in (("first_measure", "share"), ("second_measure", "JPY M")):
        (tmp_path / f"{module}.py").write_text(
            f"from sim.extensions import outcome\n@outcome({unit!r})\ndef reach(now):\n    return 1.0\n"
        )
        (tmp_path / f"{module}.yaml").write_text(f"name: {module}\nextensions: ['{module}:reach']\n")
    scenarios = tuple(
        load_scenario(f"{module}.yaml", allow_extensions=module)
        for module in ("first_measure", "second_measure")
    )
    with pytest.raises(InputError, match="second_measure: the extension reach has another unit or kind"):
        Experiment("names", scenarios, "synthetic:60", 4, 1, 1).own_outcomes()


def test_an_outcome_says_how_it_relates_to_time() -> None:
    def made(now: Now) -> float:
        return 1.0

    assert (
        outcome(unit="x", kind="flow")(made).kind is outcome(unit="x", kind=Kind.FLOW)(made).kind is Kind.FLOW
    )
    with pytest.raises(InputError, match="a flow, a stock or cumulative, not 'flows'"):
        outcome(unit="x", kind="flows")
