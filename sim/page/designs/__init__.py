"""Views of a results folder that is no comparison: designs, and results of which some is kept only.

They show what the report of such a folder is made from (``sim.report.designs``), its tables word for word.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.page.designs import bought, changes, response, together
from sim.page.designs.told import DesignView, Told, told_of
from sim.page.designs.whole import LEVELS, POINTS, SCENARIOS
from sim.page.views.look import Spec
from sim.text import Language

__all__ = ["DESIGNS", "DesignView", "Told", "design_specs", "told_of"]

#: In the order of the page; a folder shows those that it has something for.
DESIGNS: Mapping[str, DesignView] = MappingProxyType(
    {
        view.name: view
        for view in (
            SCENARIOS,
            changes.VIEW,
            response.VIEW,
            together.VIEW,
            bought.VIEW,
            POINTS,
            LEVELS,
        )
    }
)


def design_specs(lang: Language) -> dict[str, Spec | None]:
    """Every view's chart in a language; None where it is a table."""
    return {name: view.spec(lang) for name, view in DESIGNS.items()}
