from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment, read_experiment
from sim.batch.runner import run_experiment
from sim.batch.sessions import experiment_yaml
from sim.calendar import quarter_label
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import declared
from sim.results import load
from sim.scenarios.scenario import Scenario, builtin_names, load_scenario
from sim.scenarios.yaml_reader import MAX_BYTES

WHOLE = """
name: whole
purpose: {en: Everything that a file may say, ja: 全項目}
world: synthetic:40
quarters: 2020Q1
seed: 5
replicates: 3
baseline: baseline
scenarios: [baseline, own.yaml]
design: {method: grid, levels: 2}
factors:
  subsidy: {kind: lever, low: 0, high: 2_000, from: 2019}
  esg_finance.guarantee_cover: {kind: lever, values: [0.2, 0.8]}
  contagion_neighbours: {kind: uncertainty, low: 0.005, high: 0.15, scale: log, from: 2019Q1}
  award: {kind: rule, values: [scored, lottery]}
  national_target: {kind: event, values: [2019Q1, never]}
  international: {kind: module, values: [true, false]}
record: {tables: [series], outcomes: [deals_signed, adoption_share], quarters: [2019Q1, 2020Q1]}
quick: {world: "synthetic:10", quarters: 3, replicates: 1}
"""
OWN = "name: own\nlevers: {promotion: 300}\n"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_a_file_says_everything(whole: Path) -> None:
    experiment = load_experiment(whole)
    assert experiment.scenario_names == ("baseline", "own")
    assert (experiment.world, experiment.quarters, experiment.seed) == ("synthetic:40", 8, 5)
    assert (experiment.points, experiment.runs) == (64, 64 * 2 * 3)
    assert experiment.record == ("series",)
    assert experiment.series_columns == ("adoption_share", "deals_signed")
    assert experiment.recorded == (3, 7)
    assert experiment.purpose.ja == "全項目"
    scenario = experiment.scenario_at(1, 63)
    assert scenario.levers["subsidy"] == {2018: 0.0, 2019: 2_000.0}
    assert scenario.levers["promotion"] == {2018: 300.0}
    default = declared()["contagion_neighbours"].default
    assert scenario.parameters["contagion_neighbours"] == {0: default, 3: pytest.approx(0.15)}
    assert scenario.calendar.national_target is None


def test_quick_is_what_the_file_says(whole: Path) -> None:
    quick = load_experiment(whole, quick=True)
    assert (quick.name, quick.world, quick.quarters, quick.replicates) == (
        "whole_quick",
        "synthetic:10",
        3,
        1,
    )
    assert quick.recorded == (2,)


def test_the_written_experiment_is_the_same(whole: Path, tmp_path: Path) -> None:
    experiment = load_experiment(whole)
    path = tmp_path / "elsewhere" / "experiment.yaml"
    path.parent.mkdir()
    path.write_text(experiment_yaml(experiment), encoding="utf-8")
    assert replace(load_experiment(path), purpose=experiment.purpose) == experiment
    assert read_experiment(path).digest() == experiment.digest()


def test_star_is_every_parameter_not_named(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: a\nscenarios: [baseline]\ndesign: {method: morris, trajectories: 2}\n"
        "factors:\n  '*': {kind: uncertainty}\n  posting_rate: {kind: uncertainty, low: 0.2, high: 0.3}\n",
        encoding="utf-8",
    )
    design = load_experiment(path).design
    assert design is not None
    assert {factor.name for factor in design.factors} == set(declared())
    ranges = {factor.name: (factor.low, factor.high) for factor in design.factors}
    assert ranges.pop("posting_rate") == (0.2, 0.3)
    assert ranges == {name: (declared()[name].low, declared()[name].high) for name in ranges}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_of_ones_own(suffix: str, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    table = pa.table({"subsidy": [0.0, 500.0, None], "award": ["scored", "lottery", "lottery"]})
    write = pyarrow.csv.write_csv if suffix == "csv" else pyarrow.parquet.write_table
    write(table, tmp_path / f"points.{suffix}")
    path = tmp_path / "a.yaml"
    path.write_text(
        f"name: a\nworld: synthetic:20\nquarters: 3\nreplicates: 2\nscenarios: [baseline]\n"
        f"design: {{method: table, file: points.{suffix}}}\n"
        "factors:\n  subsidy: {kind: lever, low: 0, high: 1_000}\n"
        "  award: {kind: rule, values: [scored, lottery]}\n",
        encoding="utf-8",
    )
    experiment = load_experiment(path)
    assert experiment.design is not None
    assert experiment.design.points == ((0.0, "scored"), (500.0, "lottery"), (None, "lottery"))
    folder = tmp_path / "results"
    run_experiment(experiment, folder)
    (tmp_path / f"points.{suffix}").unlink()
    again = load_experiment(folder / "experiment.yaml")  # what a folder needs lies in the folder
    assert again.digest() == experiment.digest()
    assert load(folder).design["subsidy"].tolist()[:2] == [0.0, 500.0]


WRONG = {
    "nmae: a": "nmae: unknown key, did you mean name?",
    "scenarios: [basline]": "no such scenario, did you mean baseline",
    "design: {method: sobl, samples: 8}": "must be .*, not sobl, did you mean sobol",
    "design: {method: sobol, samples: 9}": "powers of 2",
    "design: {method: sobol}": "a sobol design needs samples",
    "design: {method: grid, samples: 8}": "a grid design has no samples",
    "design: {method: table, file: no.csv}": r"no\.csv: cannot be read",
    "factors: {subsdy: {kind: lever, low: 0, high: 1}}": "subsdy: unknown key, did you mean subsidy",
    "factors: {subsidy: {kind: levr, low: 0, high: 1}}": "must be .* not levr, did you mean lever",
    "factors: {subsidy: {kind: lever, low: 0}}": "give either low and high, or values",
    "factors: {subsidy: {kind: lever, low: 5, high: 1}}": "low must be below high",
    "factors: {subsidy: {kind: lever, low: 0, high: 1, scale: log}}": "a log scale needs a range above 0",
    "factors: {subsidy: {kind: lever, low: 0, high: -1}}": "low must be below high",
    "factors: {subsidy: {kind: lever, values: [-1]}}": "must be from 0",
    "factors: {award: {kind: rule, low: 0, high: 1}}": "a rule has values, not a range",
    "factors: {award: {kind: rule, values: [scord]}}": "not 'scord', did you mean scored|scord",
    "factors: {national_target: {kind: event, values: [soon]}}": "'soon' is not a quarter",
    "record: {outcomes: [deals]}": "deals: no such outcome",
    "record: {tables: [dals]}": "must be .* not dals, did you mean deals",
    "record: {tables: [series, panel]}": "record.tables.1: panel holds results by place; say by which",
    "record: {by: prefectur}": "must be .* not prefectur, did you mean prefecture",
    "record: {by: prefecture, outcomes: [project_gini]}": "record.outcomes: none can be told by place",
    "record: {by: prefecture, outcomes: [dealssigned]}": "told by place, did you mean deals_signed?",
    "record: {quarters: [2099Q1]}": "record.quarters.0: lies after the last quarter, 2030Q4",
    "replicates: 0": "replicates: must be 1 or more, not 0",
    "replicates: 1e12": "replicates: must be a whole number",
    "replicates: 1_000_000_000_000": "replicates: must be at most 1,000,000, not 1,000,000,000,000",
    "quarters: 201": "quarters: must be at most 200",
    "quick: {quarters: 1_000_000_000}": "quick.quarters: must be at most 200",
    "quick: {replicates: 0}": "quick.replicates: must be 1 or more",
    "quick: {world: jpan}": "quick.world: world 'jpan': unknown world, did you mean japan?",
    "world: synthetic:0": "from 1 to 2,000,000",
    "name: ../../x": r"name: '\.\./\.\./x': use letters",
    "name: 5": "name: must be text, not 5",
    "baseline: nobody": "baseline: 'nobody' is not among the scenarios",
    "scenarios: [baseline, baseline]": "scenarios: 'baseline' is named twice",
    "scenarios: [5]": "scenarios.0: must be a scenario's name, file or content, not 5",
    "scenarios: {a: b}": "scenarios: must be a list",
    "scenarios: [{levers: {}}]": "scenarios.0.name: missing",
    "scenarios: [{name: ../../x}]": "scenarios.0.name: must be 1 to 60 letters",
    "purpose: {en: [1]}": "purpose.en: must be text, not a list",
    "seed: -1": "seed: must be 0 or more, not -1",
    "quarters: soon": "'soon' is not a quarter",
}


@pytest.mark.parametrize("line", WRONG)
def test_mistakes_are_one_clear_line(line: str, tmp_path: Path) -> None:
    lines = {
        "name": "name: a",
        "scenarios": "scenarios: [baseline]",
        "design": "design: {method: grid}",
        "factors": "factors: {subsidy: {kind: lever, low: 0, high: 1}}",
    }
    lines[line.partition(":")[0]] = line
    path = tmp_path / "wrong.yaml"
    path.write_text("\n".join(lines.values()) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=WRONG[line]) as error:
        load_experiment(path)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"{path}:")


def test_a_table_outside_of_its_factors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("subsidy\n1\n9\n", encoding="utf-8")
    path = tmp_path / "a.yaml"
    text = (
        "name: a\nscenarios: [baseline]\ndesign: {method: table, file: points.csv}\nfactors: {subsidy: %s}\n"
    )
    path.write_text(text % "{kind: lever, low: 0, high: 5}", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"points\.csv: cell A3 \(subsidy\): '9' is not what the factor allows"
    ):
        load_experiment(path)
    path.write_text(
        text.replace("subsidy:", "promotion:") % "{kind: lever, low: 0, high: 5}", encoding="utf-8"
    )
    with pytest.raises(InputError, match="has no column promotion"):
        load_experiment(path)


MANY = """\
name: ../../x
quarters: 500
replicates: 1e12
nmae: x
scenarios: [basline, {name: mine, levers: {subsidi: 5}, rules: {award: {2019: 1}}}, 5]
design: {method: grd, samples: 0}
factors:
  subsidy: {kind: levr, low: 0}
  promotio: {kind: lever, low: 0, high: 1}
  award: {kind: rule, low: 0, high: 1}
record: {quarters: [abc]}
quick: {world: jpan, quarters: 1000000000}
world: synthetic:0
"""


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(MANY, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_experiment(path)
    told = [line.removeprefix(f"{path}:").split(": ")[:2] for line in error.value.lines]
    assert told == [
        ["1:1", "name"],
        ["2:1", "quarters"],
        ["3:1", "replicates"],
        ["4:1", "nmae"],
        ["5:13", "scenarios.0"],
        ["5:44", "scenarios.1.levers.subsidi"],
        ["5:65", "scenarios.1.rules.award"],
        ["5:85", "scenarios.2"],
        ["6:10", "design.method"],
        ["6:23", "design.samples"],
        ["8:13", "factors.subsidy.kind"],
        ["9:27", "factors.promotio.low"],
        ["10:3", "factors.award"],
        ["11:21", "record.quarters.0"],
        ["12:9", "quick.world"],
        ["12:22", "quick.quarters"],
        ["13:1", "world"],
    ]


def test_more_than_twenty_mistakes_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("name: a\nscenarios: [baseline]\n" + "".join(f"k{n}: 1\n" for n in range(50)))
    with pytest.raises(InputError) as error:
        load_experiment(path)
    assert len(error.value.lines) == 21
    assert error.value.lines[-1] == f"{path}: 30 more mistakes"


def test_too_many_scenarios_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(f"name: a\nscenarios: [{', '.join(['baseline'] * 25_000)}]\n", encoding="utf-8")
    begun = time.monotonic()
    with pytest.raises(InputError, match=r"many.yaml:2:1: scenarios: has more than 1,000 entries$"):
        load_experiment(path)
    assert time.monotonic() - begun < 20  # it was six minutes


def test_a_scenario_may_stand_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "inside.yaml"
    path.write_text("name: a\nscenarios: [baseline, {name: more, levers: {subsidy: {2020: 7}}}]\n")
    more = load_experiment(path).scenarios[1]
    assert more.digest() == load_scenario("baseline").overlaid("more", levers={"subsidy": {2020: 7}}).digest()


def stored(tmp_path: Path, *scenarios: Scenario) -> Path:
    """``experiment.yaml`` of a results folder."""
    path = tmp_path / "experiment.yaml"
    path.write_text(experiment_yaml(Experiment("kept", scenarios)), encoding="utf-8")
    return path


EDITS = {
    "money below zero": (
        "promotion:\n      2018: 18.0",
        "promotion:\n      2018: -18.0",
        "levers.promotion.2018",
    ),
    "cover of 50": ("guarantee_cover: 0.5", "guarantee_cover: 50", "levers.esg_finance.guarantee_cover"),
    "name of a folder above": ("name: baseline", "name: ../../x", "name"),
    "unknown lever": ("    promotion:\n", "    promotoin:\n", "levers.promotoin"),
    "unknown parameter": (
        "    futurecity_quota:\n",
        "    futurecity_quoat:\n",
        "parameters.futurecity_quoat",
    ),
    "unknown rule": ("award: scored", "award: scord", "rules.award"),
    "date as text": ("national_target: 7", "national_target: soon", "calendar.national_target"),
    "quarter that is none": ("      4: 31.0", "      -4: 31.0", "parameters.futurecity_quota.-4"),
    "unknown section": ("  emphasis:", "  emphasys:", "emphasys"),
}


@pytest.mark.parametrize("read", [load_experiment, read_experiment], ids=["to run", "to look at"])
@pytest.mark.parametrize("edit", EDITS)
def test_a_scenario_written_out_in_full_is_checked_like_a_scenario_file(
    edit: str, read: Callable[[Path], Experiment], tmp_path: Path
) -> None:
    before, after, where = EDITS[edit]
    path = stored(tmp_path, load_scenario("baseline"))
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")
    line = text[: text.index(before)].count("\n") + 1 + before.strip().count("\n")
    with pytest.raises(InputError) as error:
        read(path)
    assert error.value.lines[0].startswith(f"{path}:{line}:")
    assert f": scenarios.0.{where}: " in error.value.lines[0]


def test_what_is_written_is_read_however_much_it_is(tmp_path: Path) -> None:
    baseline = load_scenario("baseline")
    scenarios = [baseline.overlaid(f"s{n}", levers={"subsidy": {2019: n}}) for n in range(300)]
    path = stored(tmp_path, *scenarios)
    assert path.stat().st_size > MAX_BYTES
    assert read_experiment(path).scenarios == tuple(scenarios)


PARAMETERS = {"awareness_base": 0.05, "posting_rate": 0.9, "success_constant": -0.5, "own_channel": 0.25}


@given(
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,9}", fullmatch=True).filter(
        lambda name: name not in builtin_names()
    ),
    title=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
    money=st.dictionaries(st.integers(2018, 2040), st.floats(0, 1e7), min_size=1, max_size=3),
    quarter=st.integers(0, 90),
    parameter=st.sampled_from(sorted(PARAMETERS)),
    cover=st.floats(0, 1),
    target=st.one_of(st.just("never"), st.integers(0, 90).map(quarter_label)),
)
def test_any_scenario_comes_back_as_it_was_written(
    name: str, title: str, money: dict[int, float], quarter: int, parameter: str, cover: float, target: str
) -> None:
    scenario = load_scenario("balanced").overlaid(
        name,
        title={"en": title},
        levers={"promotion": money, "esg_finance": {"guarantee_cover": cover}},
        parameters={parameter: {quarter_label(quarter): PARAMETERS[parameter]}},
        calendar={"national_target": target},
    )
    with TemporaryDirectory() as folder:
        assert read_experiment(stored(Path(folder), scenario)).scenarios == (scenario,)


def small(tmp_path: Path, values: str, replicates: int = 2, method: str = "grid") -> Experiment:
    path = tmp_path / "small.yaml"
    path.write_text(
        f"name: small\nworld: synthetic:20\nquarters: 4\nreplicates: {replicates}\n"
        f"scenarios: [baseline, no_policy]\ndesign: {{method: {method}}}\n"
        f"factors: {{subsidy: {{kind: lever, values: {values}}}}}\n",
        encoding="utf-8",
    )
    return load_experiment(path)


def test_points_and_replicates_are_added_without_touching_what_is_there(tmp_path: Path) -> None:
    folder, fresh = tmp_path / "grown", tmp_path / "fresh"
    run_experiment(small(tmp_path, "[0, 4_000]"), folder)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/part-*")}
    first = load(folder).series
    report = run_experiment(small(tmp_path, "[0, 4_000, 1_000]", 5), folder)
    assert (report.points, report.replicates, report.total, report.stored) == (3, 5, 30, 8)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    grown = load(folder)
    assert grown.design["subsidy"].tolist() == [0.0, 4_000.0, 1_000.0]
    kept = grown.series.merge(first[["scenario", "point", "replicate", "quarter"]])
    assert kept[first.columns].astype(first.dtypes).equals(first)
    run_experiment(small(tmp_path, "[0, 4_000, 1_000]", 5), fresh)
    assert grown.series.equals(load(fresh).series)
    again = run_experiment(small(tmp_path, "[0, 4_000]"), folder)
    assert (again.points, again.replicates, again.total) == (3, 5, 30)


def test_a_design_that_does_not_nest_refuses_to_grow(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    run_experiment(small(tmp_path, "[0, 4_000]", method="oat"), folder)
    with pytest.raises(InputError, match="a oat design cannot grow"):
        run_experiment(small(tmp_path, "[0, 1_000, 4_000]", method="oat"), folder)


def test_flows_kept_at_some_quarters_sum_up_to_all(whole: Path, tmp_path: Path) -> None:
    some = load_experiment(whole)
    assert some.design is not None
    few = replace(some, design=replace(some.design, points=some.design.points[-2:]))
    run_experiment(few, tmp_path / "some")
    run_experiment(replace(few, recorded=None, outcomes=None), tmp_path / "all")
    partly, wholly = load(tmp_path / "some").series, load(tmp_path / "all").series
    assert set(wholly) >= set(COLUMN)
    runs = ["scenario", "point", "replicate"]
    sums = [frame.groupby(runs, observed=True)["deals_signed"].sum() for frame in (partly, wholly)]
    assert sums[0].equals(sums[1]) and sums[0].sum() > 0
    last = wholly[wholly["quarter"].isin(["2019Q1", "2020Q1"])]["adoption_share"]
    assert partly["adoption_share"].tolist() == last.tolist()


def test_a_folder_that_keeps_other_outcomes_is_refused(whole: Path, tmp_path: Path) -> None:
    some = load_experiment(whole, quick=True)
    assert some.design is not None
    few = replace(some, design=replace(some.design, points=some.design.points[:1]))
    run_experiment(few, tmp_path / "results")
    with pytest.raises(InputError, match="keeps other outcomes or quarters"):
        run_experiment(replace(few, outcomes=None), tmp_path / "results")
