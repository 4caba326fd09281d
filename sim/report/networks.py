"""Figures of the network of partnerships: one prefecture drawn, and how many partners the nodes have."""

from __future__ import annotations

from functools import partial

from matplotlib.lines import Line2D

from sim.analysis.networks import degrees, draw_degrees, draw_network, kind_handles
from sim.analysis.networks.drawing import MOST_NODES
from sim.errors import InputError
from sim.report.style import Sheet
from sim.report.words import money, quarter
from sim.results.network import KINDS, Network
from sim.text import Language, say


def network_sheet(network: Network, title: str, lang: Language) -> Sheet:
    """Who is tied to whom at the end of a quarter.

    Args:
        network: of one prefecture, or of a small world.
        title: of the scenario.
        lang: of the words.

    Raises:
        InputError: there are too many nodes to be told apart.
    """
    if len(network.nodes) > MOST_NODES:
        raise InputError(
            f"the network has {len(network.nodes):,} nodes, more than the {MOST_NODES} that a drawing can "
            "show; give --prefecture, or open the GraphML file with a program for networks"
        )
    return Sheet(
        title=say(
            "networks.title", lang, place=place_of(network, lang), quarter=quarter(network.quarter, lang)
        ),
        subtitle=_subtitle(network, title, lang),
        panels=[partial(draw_network, network=network, lang=lang)],
        height=6.2,
        handles=_handles(network, lang),
        note=say("networks.note", lang),
    )


def degrees_sheet(network: Network, title: str, lang: Language) -> Sheet:
    """How many partners municipalities, companies and lenders have."""
    return Sheet(
        title=say(
            "networks.degrees_title",
            lang,
            place=place_of(network, lang),
            quarter=quarter(network.quarter, lang),
        ),
        subtitle=_subtitle(network, title, lang),
        panels=[partial(draw_degrees, data=degrees(network), lang=lang)],
        height=3.4,
        handles=_handles(network, lang),
        note=say("networks.degrees_note", lang),
    )


def _handles(network: Network, lang: Language) -> list[Line2D]:
    return kind_handles({kind: int((network.nodes["kind"] == kind).sum()) for kind in KINDS}, lang)


def place_of(network: Network, lang: Language) -> str:
    """Name of the prefecture of a network, or words for all places."""
    if network.prefecture is None:
        return say("networks.whole", lang)
    nodes = network.nodes[network.nodes["prefecture"] == network.prefecture]
    romaji = next(iter(nodes["prefecture_romaji"]), network.prefecture)
    return network.prefecture if lang == "ja" else str(romaji)


def _subtitle(network: Network, title: str, lang: Language) -> str:
    facts = {"scenario": title, "replicate": network.replicate, "projects": len(network.partnerships)}
    return say(
        "networks.subtitle", lang, **facts, amount=money(float(network.partnerships["amount"].sum()), lang)
    )
