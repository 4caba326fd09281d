"""The partnerships of a prefecture: who works with whom at the end of a quarter, in one history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.calendar import quarter_label
from sim.page.views.look import Spec, chart, in_language, room
from sim.page.views.pairs import OneRun, Pairs
from sim.page.views.place import asked_place
from sim.page.views.reduced import by_prefecture
from sim.page.views.view import Asked, Row, View, framed, heads, when
from sim.report.municipalities import prefecture_name
from sim.report.words import amount, goal
from sim.results.network import KINDS, Network, network_of
from sim.text import Language, say
from sim.worlds.groups import prefecture_numbers

if TYPE_CHECKING:
    import pandas as pd

NAME = "network"
#: Of municipalities, companies and lenders; seen on a light ground and on a dark one.
COLOURS = ["#0072B2", "#D55E00", "#009E73"]
SHAPES = ["circle", "square", "diamond"]
#: Pixels at the left for names such as Musashimurayama Shi.
ROOM = 112
#: Where the column of each kind stands.
_COLUMN = {KINDS[0]: -0.45, KINDS[1]: 0.35, KINDS[2]: 1.0}
#: Municipalities that have room for their names; of more, only those with several partnerships are named.
_NAMED = 36
_COLUMNS = (
    "quarter", "municipality", "company", "institution", "insurer", "goal", "cost", "debt", "premium",
    "state", "end_quarter", "renewed_from",
)  # fmt: skip


def data(pairs: Pairs, at: Asked) -> Row:
    """Nodes and ties of a prefecture, by default that with most projects; first run of each scenario."""
    lang, quarter = at.lang, pairs.quarter(at.year)
    place = asked_place(pairs, at)
    busy = by_prefecture(pairs, pairs.baseline, "under_way", quarter).mean(axis=0)
    home = int(busy.argmax()) if place is None else place.prefecture
    number = str(prefecture_numbers(pairs.world)[home])
    rows: list[Row] = []
    cells: list[list[Any]] = []
    panels = []
    for order, name in enumerate(pairs.names):
        frame = _frame(pairs.runs[name][0], pairs.quarters)
        network = network_of(frame, pairs.world, quarter, (name, 0, 0), number)
        title = pairs.title(name, lang)
        ties = len(network.partnerships)
        panels.append({"name": name, "title": title, "unit": say("page.views.network.unit", lang, n=ties)})
        rows += [{"panel": name, "scenario": title, "place": order} | row for row in _drawn(network, lang)]
        cells += [[title, *cell] for cell in _cells(network, lang)]
    columns = heads(at, "scenario", "municipality", "company", "goal", "cost", "signed")
    name = prefecture_name(pairs.world, home, lang)
    title = say("page.views.network.title", lang, name=name, quarter=when(pairs, at))
    return framed(pairs, at, title, say("page.views.network.caption", lang), rows, columns, cells, panels) | {
        "prefecture": int(number)
    }


def _frame(run: OneRun, quarters: int) -> pd.DataFrame:
    """The proposals of a run as ``sim.results.network.network_of`` takes them."""

    def make(run: OneRun) -> pd.DataFrame:
        import pandas as pd
        import pyarrow as pa

        nullable = {pa.int64(): pd.Int64Dtype()}
        table = run.tables["deals"].select(list(_COLUMNS))
        frame: pd.DataFrame = table.to_pandas(types_mapper=nullable.get)
        labels = [quarter_label(t) for t in range(quarters)]
        for column in ("quarter", "end_quarter"):
            frame[column] = frame[column].astype("category").cat.set_categories(labels, ordered=True)
        return frame

    return run.keep("deals_frame", make)


def _drawn(network: Network, lang: Language) -> list[Row]:
    """Nodes and ties with where they are drawn."""
    where = _positions(network)
    called = network.nodes.set_index("id")["name" if lang == "ja" else "name_romaji"].to_dict()
    kinds = network.nodes.set_index("id")["kind"].to_dict()
    degree: dict[str, int] = {}
    rows: list[Row] = []
    for source, target, kind, tied in network.edges[["source", "target", "kind", "goal"]].itertuples(
        index=False
    ):
        (x, y), (x2, y2) = where[source], where[target]
        degree[source], degree[target] = degree.get(source, 0) + 1, degree.get(target, 0) + 1
        rows.append(
            {"part": "tie", "tie": kind, "goal": goal(int(tied), lang), "x": x, "y": y, "x2": x2, "y2": y2}
        )
    few = list(kinds.values()).count(KINDS[0]) <= _NAMED
    for node, (x, y) in where.items():
        kind = say(f"page.views.network.{kinds[node]}", lang)
        named = kinds[node] == KINDS[0] and (few or degree.get(node, 0) > 1)
        label = str(called[node]) if named else ""
        rows.append(
            {"part": "node", "kind": kind, "name": str(called[node]), "label": label,
             "ties": degree.get(node, 0), "x": x, "y": y}
        )  # fmt: skip
    return rows


def _positions(network: Network) -> dict[str, tuple[float, float]]:
    """Three columns: municipalities in the order of their codes, then companies, then lenders.

    Companies and lenders stand as high as those they work with, on average, so that few ties cross.
    """
    towns = [str(node) for node in network.nodes.loc[network.nodes["kind"] == KINDS[0], "id"]]
    height = _spread(towns)
    found = {town: (_COLUMN[KINDS[0]], y) for town, y in height.items()}
    for kind in KINDS[1:]:
        near: dict[str, list[float]] = {}
        for source, target in network.edges[["source", "target"]].itertuples(index=False):
            for one, other in ((source, target), (target, source)):
                if other in height and one not in height:
                    near.setdefault(one, []).append(height[other])
        nodes = [str(node) for node in network.nodes.loc[network.nodes["kind"] == kind, "id"]]
        heights = {node: sum(near.get(node, [0.0])) / len(near.get(node, [0.0])) for node in nodes}
        own = _spread(sorted(nodes, key=lambda node, at=heights: (-at[node], node)))  # type: ignore[misc]
        found |= {node: (_COLUMN[kind], y) for node, y in own.items()}
        height |= own
    return found


def _spread(nodes: list[str]) -> dict[str, float]:
    """Heights of a column from 1 down to -1, evenly."""
    count = len(nodes)
    return {node: round(1 - 2 * (i + 0.5) / count, 4) for i, node in enumerate(nodes)}


def _cells(network: Network, lang: Language) -> list[list[Any]]:
    """Partnerships: municipality, company, goal, cost and quarter of signing."""
    called = network.nodes.set_index("id")["name" if lang == "ja" else "name_romaji"].to_dict()
    ties = network.partnerships[["source", "target", "goal", "amount", "quarter"]]
    return [
        [called[source], called[target], goal(int(tied), lang), amount(float(cost)), str(signed)]
        for source, target, tied, cost, signed in ties.itertuples(index=False)
    ]


def spec(lang: Language) -> Spec:
    """Ties as lines, nodes as marks that tell kinds apart by colour and shape."""
    kinds = [say(f"page.views.network.{kind}", lang) for kind in KINDS]
    across = [{"expr": "room"}, {"expr": "width"}]
    x: Spec = {"field": "x", "type": "quantitative", "axis": None,
               "scale": {"domain": [-0.45, 1.05], "range": across}}  # fmt: skip
    y: Spec = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [-1.05, 1.05]}}
    kind: Spec = {"field": "kind", "type": "nominal", "title": None}
    tip = [
        {"field": field, "type": "nominal", "title": say(f"page.views.network.{field}", lang)}
        for field in ("name", "kind", "ties")
    ]
    node: Spec = {"transform": [{"filter": "datum.part === 'node'"}]}
    layers: list[Spec] = [
        {"transform": [{"filter": "datum.part === 'tie'"}], "mark": {"type": "rule", "opacity": 0.35},
         "encoding": {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}}},
        {**node, "mark": {"type": "point", "filled": True, "opacity": 1},
         "encoding": {"x": x, "y": y, "tooltip": tip,
                      "size": {"field": "ties", "type": "quantitative", "legend": None,
                               "scale": {"range": [25, 260]}},
                      "color": {**kind, "scale": {"domain": kinds, "range": COLOURS}},
                      "shape": {**kind, "scale": {"domain": kinds, "range": SHAPES}}}},
        {**node, "mark": {"type": "text", "dx": -8, "align": "right", "fontSize": 10},
         "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}}},
    ]  # fmt: skip
    return in_language(chart(460, layers, params=[room(ROOM)]), lang)


VIEW = View(NAME, data, spec, ("series", "deals"))
