"""The network of a run: what is under way at a quarter, written so that other programs read it."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import Results, load
from sim.results.network import read_network, write_network
from sim.scenarios.scenario import load_scenarios


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("network") / "results"
    scenarios = tuple(load_scenarios(["baseline", "balanced"]))
    run_experiment(Experiment("n", scenarios, world="synthetic:80", quarters=24, replicates=2), folder)
    return load(folder)


@pytest.mark.parametrize("quarter", ["2018Q2", "2021Q1", "2024Q1"])
def test_its_partnerships_are_those_that_the_model_counts(kept: Results, quarter: str) -> None:
    counted = kept.runs("active_partnerships", at=quarter).query("scenario == 'balanced' and replicate == 1")
    network = read_network(kept, quarter, "balanced", replicate=1)
    assert len(network.partnerships) == counted["active_partnerships"].iloc[0]
    assert set(network.edges["source"]) | set(network.edges["target"]) == set(network.nodes["id"])


def test_edges_say_what_the_deals_say(kept: Results) -> None:
    network = read_network(kept, scenario="balanced")
    deals = kept.deals.query("scenario == 'balanced' and replicate == 0").reset_index(drop=True)
    for edge in network.edges.itertuples():
        deal = deals.iloc[edge.project]
        assert deal["state"] == "active" and edge.goal == deal["goal"] and edge.quarter == deal["quarter"]
        amount = {"partnership": "cost", "loan": "debt", "cover": "premium"}[str(edge.kind)]
        assert edge.amount == deal[amount]
        assert edge.renewal == pd.notna(deal["renewed_from"])
    assert set(network.edges["kind"]) == {"partnership", "loan", "cover"}


def test_a_prefecture_has_the_projects_of_its_municipalities(kept: Results) -> None:
    whole = read_network(kept, "2024Q1", "balanced")
    parts = [read_network(kept, "2024Q1", "balanced", prefecture=str(number)) for number in (1, 2)]
    assert sum(len(part.edges) for part in parts) == len(whole.edges)
    for part in parts:
        inside = part.nodes[part.nodes["kind"] == "municipality"]
        assert set(inside["prefecture"]) == {part.prefecture}


def test_other_programs_read_what_is_written(kept: Results, tmp_path: Path) -> None:
    network = read_network(kept, "2023Q4", "balanced", 1)
    paths = write_network(network, tmp_path / "new")
    assert [path.name for path in paths] == [
        f"balanced-r1-2023Q4{end}" for end in (".graphml", "-edges.csv", "-nodes.csv")
    ]
    graph = nx.read_graphml(paths[0], force_multigraph=True)
    assert len(graph) == len(network.nodes) and graph.number_of_edges() == len(network.edges)
    some = network.nodes.iloc[0]
    assert graph.nodes[some["id"]]["name"] == some["name"]
    assert sorted(amount for *_, amount in graph.edges(data="amount")) == sorted(network.edges["amount"])
    edges = pd.read_csv(paths[1])
    assert edges["amount"].tolist() == network.edges["amount"].tolist()
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_network(network, tmp_path / "new")] == before


def test_a_quarter_without_projects_is_an_empty_network(kept: Results, tmp_path: Path) -> None:
    at_once = {read_network(kept, "2018Q2", prefecture=str(p)).edges.empty: str(p) for p in (1, 2)}
    network = read_network(kept, "2018Q2", prefecture=at_once[True])
    assert network.edges.empty and network.nodes.empty
    assert len(nx.read_graphml(write_network(network, tmp_path)[0])) == 0


def test_what_is_not_there_is_said(kept: Results, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="end in 2024Q1, before 2025Q1"):
        read_network(kept, "2025Q1")
    with pytest.raises(InputError, match="no scenario balance; it has baseline, balanced"):
        read_network(kept, scenario="balance")
    with pytest.raises(InputError, match="replicates 0 to 1"):
        read_network(kept, replicate=2)
    with pytest.raises(InputError, match="no such region"):
        read_network(kept, prefecture="Atlantis")
    bare = Experiment("b", kept.experiment.scenarios, "synthetic:5", 4, 1, replicates=1, record=())
    run_experiment(bare, tmp_path / "bare")
    with pytest.raises(InputError, match="without the table deals"):
        read_network(load(tmp_path / "bare"))
