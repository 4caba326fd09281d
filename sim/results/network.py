"""The network of municipalities, companies and lenders of one run at the end of a quarter.

A project that is under way at the end of the quarter ties its municipality to its company (a partnership),
the company to the institution that lends for it (a loan), and to the one that insures it (cover). They come
from the stored table ``deals``.
"""

from __future__ import annotations

import io
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.calendar import parse_quarter
from sim.errors import InputError
from sim.files import write_text
from sim.kernel.world import INSTITUTION_KINDS
from sim.text.harmless import csv_of
from sim.worlds.focus import find_home

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx
    import pandas as pd

    from sim.kernel.world import World
    from sim.results.folder import Folder

KINDS = ("municipality", "company", "lender")
#: What an edge is -> the column of the deals table at its other end, and that of its amount in JPY M.
TIES = {
    "partnership": ("municipality", "company", "cost"),
    "loan": ("company", "institution", "debt"),
    "cover": ("company", "insurer", "premium"),
}
_COLUMNS = (
    "scenario", "point", "replicate", "quarter", "municipality", "company", "institution", "insurer", "goal",
    "cost", "debt", "premium", "state", "end_quarter", "renewed_from",
)  # fmt: skip
_NODE = ("id", "kind", "type", "name", "name_romaji", "prefecture", "prefecture_romaji", "code", "population")


@dataclass(frozen=True)
class Network:
    """Projects under way at the end of a quarter, as nodes and edges.

    Attributes:
        nodes: ``id`` (``m20201``, ``c17``, ``f3``), ``kind`` (of ``KINDS``), ``type`` (what kind of
            institution; national or regional company), ``name``, ``name_romaji``, ``prefecture`` and
            ``prefecture_romaji`` (empty for a national institution), ``code`` and ``population`` (of
            municipalities). Those without any project are left out.
        edges: ``source``, ``target``, ``kind`` (of ``TIES``), ``quarter`` (of signing), ``goal`` (1 to 17),
            ``amount`` (JPY M: cost, debt or premium), ``renewal``, ``project`` (number within the run).
        scenario, point, replicate, quarter: which run, and when.
        prefecture: of whose municipalities the projects are; None for all.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    scenario: str
    point: int
    replicate: int
    quarter: str
    prefecture: str | None = None

    @property
    def partnerships(self) -> pd.DataFrame:
        """The edges between municipalities and companies."""
        return self.edges[self.edges["kind"] == "partnership"]

    @property
    def stem(self) -> str:
        """Name of its files, without ending."""
        parts = [self.scenario, f"p{self.point}" * bool(self.point), f"r{self.replicate}", self.quarter]
        home = self.nodes.loc[self.nodes["prefecture"] == self.prefecture, "prefecture_romaji"]
        parts.append("" if self.prefecture is None else _plain(next(iter(home), self.prefecture)))
        return "-".join(part for part in parts if part)

    def graph(self) -> nx.MultiGraph:
        """As networkx holds it, an edge for each tie of each project."""
        import networkx as nx

        graph = nx.MultiGraph(
            scenario=self.scenario, point=self.point, replicate=self.replicate, quarter=self.quarter
        )
        for row in self.nodes.to_dict("records"):
            graph.add_node(row["id"], **_without_blanks(row))
        for row in self.edges.to_dict("records"):
            graph.add_edge(row["source"], row["target"], **_without_blanks(row))
        return graph


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum()).lower()


def _without_blanks(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Attributes of a node or edge; GraphML has no missing numbers."""
    ends = ("id", "source", "target")
    return {str(key): value for key, value in row.items() if key not in ends and value == value}


def read_network(
    folder: Folder,
    quarter: str | None = None,
    scenario: str | None = None,
    replicate: int = 0,
    point: int = 0,
    prefecture: str | None = None,
) -> Network:
    """The network of one run at the end of a quarter.

    Args:
        folder: a results folder that keeps the table ``deals``.
        quarter: label; the last one of the runs by default.
        scenario: its name; the first by default.
        replicate, point: which run of it.
        prefecture: only projects of its municipalities; by name or number.

    Raises:
        InputError: the folder keeps no deals, or there is no such quarter, run or prefecture.
    """
    last = folder.manifest.quarters - 1
    at = last if quarter is None else parse_quarter(quarter)
    if at > last:
        raise InputError(f"{folder.folder}: its runs end in {_label(last)}, before {quarter}")
    name = folder.scenarios[0] if scenario is None else scenario
    if name not in folder.scenarios:
        raise InputError(f"{folder.folder}: has no scenario {name}; it has {', '.join(folder.scenarios)}")
    deals = _deals_of(folder, name, point, replicate)
    return network_of(deals, _world_of(folder, replicate), at, (name, point, replicate), prefecture)


def network_of(
    deals: pd.DataFrame, world: World, at: int, run: tuple[str, int, int], prefecture: str | None = None
) -> Network:
    """The network of a run at the end of a quarter, from its proposals.

    Args:
        deals: rows of the table ``deals`` of the run; quarters are ordered categories from 2018Q2 on.
        world: of the run.
        at: quarter.
        run: its scenario, point and replicate.
        prefecture: only projects of its municipalities; by name or number.

    Raises:
        InputError: there is no such prefecture.
    """
    deals = deals.assign(project=range(len(deals)))
    home = None if prefecture is None else find_home(prefecture, world)
    active = _active(deals, at)
    if home is not None:
        codes = world.labels.jis_code
        inside = {code for code, p in zip(codes, world.municipalities.prefecture, strict=True) if p == home}
        active = active[active["municipality"].astype(str).isin(inside)]
    edges = _edges(active)
    label = None if home is None else world.labels.prefecture[home]
    return Network(_nodes(edges, world), edges, *run, _label(at), label)


def _label(quarter: int) -> str:
    from sim.calendar import quarter_label

    return quarter_label(quarter)


def _world_of(folder: Folder, replicate: int) -> World:
    from sim.batch.chunks import world_of

    return world_of(folder.experiment, replicate)


def _deals_of(folder: Folder, scenario: str, point: int, replicate: int) -> pd.DataFrame:
    """All proposals of one run."""
    import pyarrow.compute as pc

    if "deals" not in folder.manifest.record:
        raise InputError(
            f"{folder.folder}: was made without the table deals, from which networks come; run it with "
            "record: {tables: [deals, series]}"
        )
    if not folder.stored.runs:
        raise InputError(f"{folder.folder}: no run has been stored yet")
    of_run = (pc.field("point") == point) & (pc.field("replicate") == replicate)
    deals = folder.table("deals", _COLUMNS, of_run & (pc.field("scenario") == scenario))
    if deals.empty:
        manifest = folder.manifest
        raise InputError(
            f"{folder.folder}: holds no proposals of {scenario}, point {point}, replicate {replicate}; its "
            f"points are 0 to {manifest.points - 1} and its replicates 0 to {manifest.replicates - 1}"
        )
    return deals


def _active(deals: pd.DataFrame, at: int) -> pd.DataFrame:
    """Projects that were signed by the end of a quarter and had not ended."""
    signed = (deals["state"] != "not_signed") & (deals["quarter"].cat.codes <= at)
    ended = deals["end_quarter"].cat.codes
    return deals[signed & ((ended < 0) | (ended > at))]


def _edges(active: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for kind, (source, target, amount) in TIES.items():
        there = active[active[target].notna()]
        parts.append(
            pd.DataFrame(
                {
                    "source": _ids(there[source], source),
                    "target": _ids(there[target], target),
                    "kind": kind,
                    "quarter": there["quarter"].astype(str),
                    "goal": there["goal"].astype(int),
                    "amount": there[amount].astype(float),
                    "renewal": there["renewed_from"].notna(),
                    "project": there["project"].astype(int),
                }
            )
        )
    return pd.concat(parts).sort_values(["project", "kind"], kind="stable", ignore_index=True)


def _ids(values: pd.Series, column: str) -> pd.Series:
    letter = {"municipality": "m", "company": "c"}.get(column, "f")
    return letter + values.astype(str)


def _nodes(edges: pd.DataFrame, world: World) -> pd.DataFrame:
    import pandas as pd

    places = {code: place for place, code in enumerate(world.labels.jis_code)}
    named = sorted({*edges["source"], *edges["target"]}, key=lambda id: ("mcf".index(id[0]), len(id), id))
    rows = []
    for node in named:
        if node[0] == "m":
            rows.append(_municipality(node, places[node[1:]], world))
        else:
            rows.append((_company if node[0] == "c" else _institution)(node, int(node[1:]), world))
    return pd.DataFrame(rows, columns=list(_NODE))


def _municipality(node: str, i: int, world: World) -> tuple[Any, ...]:
    labels, traits = world.labels, world.municipalities
    names = labels.municipality[i], labels.municipality_romaji[i]
    home = _prefecture(int(traits.prefecture[i]), world)
    return node, KINDS[0], KINDS[0], *names, *home, labels.jis_code[i], float(traits.population[i])


def _company(node: str, j: int, world: World) -> tuple[Any, ...]:
    """Companies are drawn, so they have a number and a home for a name."""
    traits = world.companies
    place = world.labels
    i = int(traits.municipality[j])
    kind = "national" if traits.national[j] else "regional"
    names = f"企業{j}（{place.municipality[i]}）", f"company {j} ({place.municipality_romaji[i]})"
    return node, KINDS[1], kind, *names, *_prefecture(int(traits.prefecture[j]), world), "", float("nan")


def _institution(node: str, f: int, world: World) -> tuple[Any, ...]:
    labels, traits = world.labels, world.institutions
    inside = f < len(labels.institution)
    name = labels.institution[f] if inside else f"institution {f}"
    kind = INSTITUTION_KINDS[int(traits.kind[f])] if inside else INSTITUTION_KINDS[-1]
    home = _prefecture(int(traits.prefecture[f]) if inside else -1, world)
    return node, KINDS[2], kind, name, name, *home, "", float("nan")


def _prefecture(place: int, world: World) -> tuple[str, str]:
    labels = world.labels
    return ("", "") if place < 0 else (labels.prefecture[place], labels.prefecture_romaji[place])


def write_network(network: Network, folder: Path) -> list[Path]:
    """Write a network as GraphML, and its nodes and edges as CSV.

    Args:
        network: what is written.
        folder: made if it is not there; files of the same run, quarter and prefecture are replaced.
    """
    import networkx as nx

    folder.mkdir(parents=True, exist_ok=True)
    graph = io.BytesIO()
    nx.write_graphml_xml(network.graph(), graph)
    texts = {
        ".graphml": graph.getvalue().decode(),
        "-edges.csv": csv_of(network.edges),
        "-nodes.csv": csv_of(network.nodes),
    }
    paths = [folder / f"{network.stem}{ending}" for ending in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        write_text(path, text)
    return paths
