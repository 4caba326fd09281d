"""Measures of the network of partnerships, each beside what the same numbers of partners give by chance.

Structure is that of municipalities and companies alone: a lender stands behind many projects that have
nothing else in common. By chance means that who is tied to whom is drawn anew, and every municipality and
company keeps its number of projects (the bipartite configuration model); without it no modularity, no share
at home says anything: networks without any order have them, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.networks.degrees import degrees_of
from sim.errors import InputError
from sim.results.network import Network, read_network
from sim.statistics.contrasts import paired
from sim.statistics.inequality import gini

if TYPE_CHECKING:
    import networkx as nx

    from sim.results.folder import Folder

#: What is measured of one network, in order.
MEASURES = (
    "municipalities", "companies", "lenders", "projects", "partners_municipality", "partners_company",
    "most_partners_municipality", "most_partners_company", "gini_company", "largest_component",
    "communities", "modularity", "assortativity_degree", "share_at_home",
)  # fmt: skip
#: Of these, what is held against chance.
AGAINST_CHANCE = ("largest_component", "modularity", "assortativity_degree", "share_at_home")
#: Networks drawn by chance for each network: one that lies outside of all 39 does so by chance in 1 of 20.
NULLS = 39
SEED = 20_180_402

Integers = npt.NDArray[np.int64]


def measure(network: Network, nulls: int = NULLS, seed: int = SEED) -> pd.DataFrame:
    """Measures of one network.

    Args:
        network: of one run at one quarter.
        nulls: networks by chance that it is held against.
        seed: of these, and of the order in which communities are looked for (Louvain: Blondel et al. 2008).

    Returns:
        ``measure`` (of ``MEASURES``), ``value``, and ``chance_mean``, ``chance_low``, ``chance_high``
        (lowest and highest of the networks by chance; missing for what does not hang on who is tied to whom).
    """
    rng = np.random.default_rng(seed)
    ties = _Ties(network)
    values = ties.counts() | ties.structure(ties.companies, rng)
    drawn = [ties.structure(rng.permutation(ties.companies), rng) for _ in range(nulls)]
    # in a single prefecture every project is at home or not whoever is tied to whom
    held = AGAINST_CHANCE if network.prefecture is None else AGAINST_CHANCE[:-1]
    rows = []
    for name in MEASURES:
        chance = [one[name] for one in drawn] if name in held else []
        rows.append({"measure": name, "value": values[name]} | _spread(chance))
    return pd.DataFrame(rows)


def _spread(values: Sequence[float]) -> dict[str, float]:
    known = [value for value in values if not np.isnan(value)]
    if not known:
        return dict.fromkeys(("chance_mean", "chance_low", "chance_high"), np.nan)
    return {"chance_mean": float(np.mean(known)), "chance_low": min(known), "chance_high": max(known)}


class _Ties:
    """The partnerships of a network as arrays, one entry a project under way."""

    def __init__(self, network: Network) -> None:
        self.network = network
        nodes = network.nodes.set_index("id")
        found = network.partnerships
        self.of_municipality, self.municipalities = np.unique(found["source"], return_inverse=True)
        self.of_company, self.companies = np.unique(found["target"], return_inverse=True)
        homes = nodes["prefecture"].to_dict()
        self.home_municipality = np.array([homes[id] for id in self.of_municipality])
        self.home_company = np.array([homes[id] for id in self.of_company])

    def counts(self) -> dict[str, float]:
        """Sizes and numbers of partners."""
        network = self.network
        partners, kinds = degrees_of(network), network.nodes.set_index("id")["kind"]
        ties = network.partnerships[["source", "target"]].drop_duplicates()
        by = {"municipality": ties["source"].value_counts(), "company": ties["target"].value_counts()}
        found = {
            "municipalities": float((kinds == "municipality").sum()),
            "companies": float((kinds == "company").sum()),
            "lenders": float((kinds == "lender").sum()),
            "projects": float(len(self.companies)),
        }
        for kind, number in by.items():
            found[f"partners_{kind}"] = float(number.mean()) if len(number) else np.nan
            found[f"most_partners_{kind}"] = float(number.max()) if len(number) else np.nan
        held = by["company"].to_numpy()
        return found | {"gini_company": float(gini(held)) if len(partners) and len(held) else np.nan}

    def structure(self, companies: Integers, rng: np.random.Generator) -> dict[str, float]:
        """What hangs on who is tied to whom; ``companies`` is that of each project."""
        import networkx as nx

        names = ("largest_component", "communities", "modularity", "assortativity_degree", "share_at_home")
        if not len(companies):
            return dict.fromkeys(names, np.nan)
        graph = self._graph(companies)
        parts = nx.community.louvain_communities(graph, seed=int(rng.integers(2**31)))
        largest = max(nx.connected_components(graph), key=len)
        at_home = self.home_municipality[self.municipalities] == self.home_company[companies]
        found = (
            len(largest) / len(graph),
            float(len(parts)),
            float(nx.community.modularity(graph, parts)),
            self._assortativity(companies),
            float(at_home.mean()),
        )
        return dict(zip(names, found, strict=True))

    def _graph(self, companies: Integers) -> nx.Graph:
        import networkx as nx

        graph = nx.Graph()
        offset = len(self.of_municipality)
        pairs, weights = np.unique(
            np.stack([self.municipalities, companies + offset], axis=1), axis=0, return_counts=True
        )
        graph.add_weighted_edges_from(
            (int(i), int(j), int(weight)) for (i, j), weight in zip(pairs, weights, strict=True)
        )
        return graph

    def _assortativity(self, companies: Integers) -> float:
        """Correlation over projects of how many projects the two ends have (Newman 2002, PRL 89:208701)."""
        ends = np.bincount(self.municipalities)[self.municipalities], np.bincount(companies)[companies]
        if min(map(np.ptp, ends)) == 0:
            return float("nan")
        return float(np.corrcoef(*ends)[0, 1])


def measures_over_runs(
    folder: Folder, scenarios: Sequence[str] | None = None, quarter: str | None = None, point: int = 0
) -> pd.DataFrame:
    """Measures of the networks of all replicates, without those by chance.

    Args:
        folder: a results folder that keeps the table ``deals``.
        scenarios: names; all by default.
        quarter: label; the last one of the runs by default.
        point: of the design.

    Returns:
        ``scenario``, ``quarter``, ``measure``, ``mean``, ``ci_low``, ``ci_high`` (95%, t), ``n``; a row per
        scenario and measure.

    Raises:
        InputError: as of ``read_network``.
    """
    tables = []
    for scenario in scenarios or folder.scenarios:
        found, label = _values(folder, scenario, quarter, point)
        contrast = paired(found, np.zeros_like(found))
        low, high = contrast.interval()
        columns = {"mean": contrast.effect, "ci_low": low, "ci_high": high}
        first = {"scenario": scenario, "quarter": label, "measure": list(MEASURES)}
        tables.append(pd.DataFrame(first | columns | {"n": len(found)}))
    return pd.concat(tables, ignore_index=True)


def _values(
    folder: Folder, scenario: str, quarter: str | None, point: int
) -> tuple[npt.NDArray[np.float64], str]:
    """(replicates, measures) of one arm, and the label of the quarter."""
    rows, label = [], ""
    for replicate in range(folder.manifest.replicates):
        network = read_network(folder, quarter, scenario, replicate, point)
        ties, label = _Ties(network), network.quarter
        found: Mapping[str, float] = ties.counts() | ties.structure(
            ties.companies, np.random.default_rng(SEED)
        )
        rows.append([found[name] for name in MEASURES])
    if not rows:
        raise InputError(f"{folder.folder}: holds no run of {scenario}")
    return np.array(rows, np.float64), label
