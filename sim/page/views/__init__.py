"""Views of the page by name: what is shown of a baseline and scenarios, with a chart and a table each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.page.views import (
    answer,
    effects,
    goals,
    groups,
    left_behind,
    lost,
    map,
    money,
    network,
    over_time,
    place,
)
from sim.page.views.look import Spec
from sim.page.views.pairs import OneRun, Pairs, pairs_of
from sim.page.views.view import Asked, View
from sim.text import Language

__all__ = ["VIEWS", "Asked", "OneRun", "Pairs", "View", "pairs_of", "specs"]

_MODULES = (answer, effects, over_time, goals, lost, left_behind, map, place, network, money, groups)

#: In the order of the page.
VIEWS: Mapping[str, View] = MappingProxyType({module.NAME: module.VIEW for module in _MODULES})


def specs(lang: Language) -> dict[str, Spec | None]:
    """Every view's chart in a language; None where it has none."""
    return {name: view.spec(lang) for name, view in VIEWS.items()}
