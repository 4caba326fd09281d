"""Drawings of a network: who is tied to whom in one prefecture, and how many partners the nodes have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from sim.analysis.networks.degrees import degrees_of
from sim.results.network import KINDS, Network
from sim.text import Language, say

COLOURS = {"municipality": "#0072B2", "company": "#D55E00", "lender": "#009E73"}  # Okabe and Ito (2008)
MARKERS = {"municipality": "o", "company": "s", "lender": "^"}
_TIE = "#8a8a8a"
#: Names that are written beside their nodes, those with most partners first.
_NAMED = 14
_SEED = 1
#: Nodes beyond which no drawing can be read.
MOST_NODES = 600


def draw_network(axes: Axes, network: Network, lang: Language) -> None:
    """Nodes by kind, as large as they have partners, and their ties; municipalities with most are named.

    Nodes are placed by springs (Fruchterman and Reingold 1991) with a fixed seed: where they stand means
    nothing but who is near whom.
    """
    import networkx as nx

    axes.set_axis_off()
    if network.nodes.empty:
        axes.text(0.5, 0.5, say("networks.none", lang), ha="center", va="center", transform=axes.transAxes)
        return
    graph = nx.Graph(network.graph())
    places = nx.spring_layout(graph, seed=_SEED, k=2.2 / math.sqrt(len(graph)), iterations=120)
    partners = degrees_of(network)
    _lines(axes, network.edges, places)
    for kind in KINDS:
        nodes = network.nodes[network.nodes["kind"] == kind]
        points = np.array([places[node] for node in nodes["id"]]).reshape(-1, 2)
        sizes = 14.0 + 16.0 * partners[nodes["id"]].to_numpy()
        axes.scatter(
            points[:, 0], points[:, 1], s=sizes, c=COLOURS[kind], marker=MARKERS[kind], edgecolors="white",
            linewidths=0.6, zorder=2,
        )  # fmt: skip
    _names(axes, network, places, partners, lang)


def _lines(axes: Axes, edges: pd.DataFrame, places: dict[str, Any]) -> None:
    styles = {"partnership": ("-", 1.1), "loan": ("--", 0.7), "cover": (":", 0.7)}
    for kind, (style, width) in styles.items():
        for row in edges[edges["kind"] == kind].drop_duplicates(["source", "target"]).itertuples():
            ends = np.array([places[str(row.source)], places[str(row.target)]])
            axes.plot(ends[:, 0], ends[:, 1], style, color=_TIE, lw=width, zorder=1, alpha=0.8)


def _names(axes: Axes, network: Network, places: dict[str, Any], partners: pd.Series, lang: Language) -> None:
    """Write the names of the municipalities with most partners, the larger ones first."""
    own = network.nodes[network.nodes["kind"] == "municipality"].set_index("id")
    spoken = own["name" if lang == "ja" else "name_romaji"]
    order = own.assign(partners=partners[own.index]).sort_values(
        ["partners", "population"], ascending=False, kind="stable"
    )
    for node in map(str, order.index[:_NAMED]):
        axes.annotate(
            spoken[node], places[node], xytext=(0, 6), textcoords="offset points", fontsize=7, ha="center",
            zorder=3, path_effects=[withStroke(linewidth=2.0, foreground="white")],
        )  # fmt: skip


def kind_handles(counts: Mapping[str, int], lang: Language) -> list[Line2D]:
    """What a legend shows for the kinds of nodes, with how many there are of each."""
    return [
        Line2D(
            [], [], linestyle="none", color=COLOURS[kind], marker=MARKERS[kind], markersize=6,
            label=say(f"networks.kinds.{kind}", lang, count=counts[kind]),
        )
        for kind in KINDS
    ]  # fmt: skip


def draw_degrees(axes: Axes, data: pd.DataFrame, lang: Language) -> None:
    """Share of nodes that have so many partners or more, by kind, on logarithmic axes.

    Args:
        axes: drawn into.
        data: as of ``degrees``.
        lang: of the words.
    """
    for kind in KINDS:
        rows = data[data["kind"] == kind]
        axes.plot(
            rows["degree"], rows["share_at_least"], color=COLOURS[kind], marker=MARKERS[kind], markersize=4.5,
            lw=1.0,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.3g}"))
    axes.set_xlabel(say("networks.partners", lang))
    axes.set_ylabel(say("networks.share_at_least", lang))
    axes.grid(visible=True)
