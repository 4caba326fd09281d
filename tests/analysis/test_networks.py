"""Measures of networks: known answers, and what chance gives beside them."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.analysis import networks
from sim.analysis.networks import MEASURES, degrees, measure, measures_over_runs
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.report.networks import degrees_sheet, network_sheet
from sim.report.style import framed
from sim.results import Results, load
from sim.results.network import Network
from sim.scenarios.scenario import load_scenarios
from tests.examples import commands, example


def network_of(ties: list[tuple[str, str]], homes: dict[str, str]) -> Network:
    """Partnerships as (municipality, company); a lender is tied to every company."""
    ids = [*sorted({end for tie in ties for end in tie}), "f0"]
    kinds = {"m": "municipality", "c": "company", "f": "lender"}
    nodes = pd.DataFrame({"id": ids, "kind": [kinds[id[0]] for id in ids], "population": 1000.0})
    nodes["prefecture"] = nodes["prefecture_romaji"] = [homes.get(id, "") for id in ids]
    nodes["name"] = nodes["name_romaji"] = ids
    loans = [(company, "f0") for company in sorted({company for _, company in ties})]
    edges = pd.DataFrame(ties + loans, columns=["source", "target"])
    edges["kind"] = ["partnership"] * len(ties) + ["loan"] * len(loans)
    return Network(nodes, edges.assign(amount=1.0), "baseline", 0, 0, "2030Q4")


def blocks() -> Network:
    """Two prefectures of six municipalities and three companies each, all tied at home and to nobody else."""
    ties = [(f"m{p}{i}", f"c{p}{j}") for p in range(2) for i in range(6) for j in range(3)]
    return network_of(ties, {end: end[1] for tie in ties for end in tie})


def values(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(table["measure"], table["value"], strict=True))


def test_two_blocks_are_two_communities_and_not_by_chance() -> None:
    table = measure(blocks())
    found = values(table)
    assert list(table["measure"]) == list(MEASURES)
    assert (found["communities"], found["modularity"], found["share_at_home"]) == (2, 0.5, 1.0)
    assert (found["largest_component"], found["lenders"], found["projects"]) == (0.5, 1, 36)
    chance = table.set_index("measure")
    assert chance.loc["modularity", "chance_high"] < 0.5
    assert chance.loc["share_at_home", "chance_low"] < 0.5 < chance.loc["share_at_home", "chance_mean"] + 0.1
    assert chance.loc["share_at_home", "chance_high"] < 1.0


def test_random_networks_lie_within_what_chance_gives() -> None:
    rng, outside = np.random.default_rng(5), 0
    for _ in range(12):
        ties = [(f"m{rng.integers(40)}", f"c{rng.integers(25)}") for _ in range(90)]
        row = measure(network_of(ties, {})).set_index("measure").loc["modularity"]
        assert row["value"] > 0.3  # which would look like communities
        outside += not row["chance_low"] <= row["value"] <= row["chance_high"]
    assert outside <= 3  # 1 of 20 is expected; more than 3 of 12 have a chance of 0.2%


def test_a_star_is_disassortative_and_its_degrees_are_counted() -> None:
    ties = [(f"m{i}", "c0") for i in range(8)] + [("m8", f"c{j}") for j in range(1, 5)]
    network = network_of(ties, {})
    found = values(measure(network))
    assert found["assortativity_degree"] == pytest.approx(-1.0)
    assert (found["most_partners_company"], found["most_partners_municipality"]) == (8, 4)
    table = degrees(network)
    companies = table[table["kind"] == "company"]
    assert companies["degree"].tolist() == [2, 9]  # with their lender
    assert companies["nodes"].tolist() == [4, 1]
    assert companies["share_at_least"].tolist() == [1.0, 0.2]


def test_two_projects_of_a_pair_are_one_partner() -> None:
    found = values(measure(network_of([("m0", "c0"), ("m0", "c0"), ("m1", "c1")], {})))
    assert (found["projects"], found["partners_municipality"]) == (3, 1)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("networks") / "results"
    scenarios = tuple(load_scenarios(["baseline", "balanced"]))
    run_experiment(Experiment("n", scenarios, world="synthetic:60", quarters=20, replicates=3), folder)
    return load(folder)


def test_over_replicates_they_have_intervals(kept: Results) -> None:
    table = measures_over_runs(kept, ["balanced"], "2022Q4")
    row = table.set_index("measure").loc["projects"]
    runs = kept.runs("active_partnerships", at="2022Q4").query("scenario == 'balanced'")
    assert row["mean"] == pytest.approx(runs["active_partnerships"].mean())
    assert row["ci_low"] < row["mean"] < row["ci_high"] and row["n"] == 3


def test_the_command_writes_files_and_figures(
    kept: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["export", str(kept.folder), str(tmp_path), "--network", "--scenario", "balanced"]
    assert main([*order, "--prefecture", "1", "--lang", "ja"]) == 0
    said = capsys.readouterr().out
    assert "モジュラリティ" in said
    assert {path.suffix for path in tmp_path.iterdir()} == {".graphml", ".csv", ".png", ".svg"}
    assert main(["export", str(kept.folder), "--network", "--quarter", "2022Q4"]) == 0
    assert (kept.folder / "networks" / "baseline-r0-2022Q4.graphml").is_file()
    assert main(["verify", str(kept.folder), "--sample", "1"]) == 0  # the folder is as good as before


def test_a_measure_that_says_nothing_is_a_dash(
    kept: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = networks.measure
    monkeypatch.setattr(networks, "measure", lambda network: told(network).assign(value=np.nan))
    assert main(["export", str(kept.folder), str(tmp_path), "--network"]) == 0
    said = capsys.readouterr().out
    assert "nan" not in said and said.count(" – │") >= 10


def test_runs_that_are_gone_are_told_of(
    kept: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copytree(kept.folder, tmp_path / "gone")
    first, *others = sorted((tmp_path / "gone" / "deals").glob("*.parquet"))
    for part in (first, *others):
        part.write_bytes(b"damaged")
        assert main(["export", str(tmp_path / "gone"), "--network"]) in (0, 2)
        assert "of 6 runs are stored" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "gone"), "--network"]) == 2
    assert "no run has been stored yet" in capsys.readouterr().err


def test_wrong_options_are_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "japan", "somewhere", "--quarter", "2020Q1"]) == 2
    assert "--network, which is not given" in capsys.readouterr().err
    assert main(["export", "japan"]) == 2
    assert "give the folder" in capsys.readouterr().err


def test_figures_are_drawn_in_both_languages_unless_there_is_too_much() -> None:
    network = blocks()
    for lang in ("en", "ja"):
        assert isinstance(framed(network_sheet(network, "Title", lang), lang), Figure)
        assert isinstance(framed(degrees_sheet(network, "Title", lang), lang), Figure)
    many = network_of([(f"m{i}", f"c{i}") for i in range(400)], {})
    with pytest.raises(InputError, match="--prefecture"):
        network_sheet(many, "Title", "en")


def test_what_the_page_tells_to_type_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "docs/howto-networks.md"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.report.report.write_report", lambda *_: None)
    for command in commands(page):
        assert main(command[1:]) == 0, command
    assert (tmp_path / "my_networks/balanced-r2-2022Q4-prefecture1-drawing.png").is_file()
    exec(compile(example(page, "measures.py"), page, "exec"), {})
