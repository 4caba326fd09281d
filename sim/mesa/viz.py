"""A SolaraViz app: ``solara run sim.mesa.viz``. It needs the extra ``mesa-viz``.

Every browser window has a run of its own. Money set with the sliders is added to what the chosen scenario
appropriates; as everywhere in SolaraViz, what is set takes effect at Reset.
"""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import solara
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from mesa.visualization import Slider, SolaraViz

from sim.calendar import DEFAULT_QUARTERS, FIRST_YEAR, QUARTERS_PER_YEAR, fiscal_years
from sim.kernel.outcomes import COLUMN, OUTCOMES
from sim.kernel.world import World
from sim.mesa.model import PartnershipModel
from sim.report.palette import INK
from sim.report.style import look
from sim.scenarios.scenario import Scenario, builtin_names, load_scenario
from sim.simulation.warmup import compile_kernel
from sim.text import label, meaning

FIRST_ADDED = 2019
#: Argument of ``AdjustableModel`` and the lever that its money goes to.
LEVERS = {
    "subsidy": "subsidy",
    "matching_support": "matching_support",
    "promotion": "promotion",
    "study_groups": "esg_finance.study_groups",
    "guarantee": "esg_finance.guarantee",
}
PLOTTED = ("adoption_share", "platform_members", "deals_signed", "sdg_progress")
COLOURS = {
    "not promoting the SDGs": "#d9d9d9",
    "promoting them": "#56B4E9",
    "with a project signed": "#D55E00",
}


class AdjustableModel(PartnershipModel):
    """A run with one argument for everything that the app can set.

    Args:
        base: built-in scenario that money is added to.
        world, rng, quarters: as of ``PartnershipModel``.
        subsidy, matching_support, promotion, study_groups, guarantee: JPY M a fiscal year, national,
            added to the scenario's from FY2019 on.
    """

    def __init__(
        self,
        base: str = "baseline",
        world: str = "japan",
        rng: int = 1,
        quarters: int = DEFAULT_QUARTERS,
        subsidy: float = 0.0,
        matching_support: float = 0.0,
        promotion: float = 0.0,
        study_groups: float = 0.0,
        guarantee: float = 0.0,
    ) -> None:
        added = {
            "subsidy": subsidy,
            "matching_support": matching_support,
            "promotion": promotion,
            "study_groups": study_groups,
            "guarantee": guarantee,
        }
        scenario = with_added({LEVERS[name]: money for name, money in added.items()}, load_scenario(base))
        super().__init__(scenario, world, rng, quarters=quarters)


def with_added(money: dict[str, float], scenario: Scenario) -> Scenario:
    """The scenario with more money for some levers: JPY M a fiscal year, national, from FY2019 on."""
    years = range(FIRST_ADDED, fiscal_years(DEFAULT_QUARTERS).stop)
    amounts = scenario.appropriations(years)
    for row, fund in enumerate(scenario.funds):
        amounts[row] += money.get(fund, 0.0)
    return scenario.with_appropriations(years, amounts)


def map_of(model: PartnershipModel) -> Figure:
    """Each municipality as a dot: colour by how far it has come, area by deals signed."""
    municipalities, labels = model.simulation.state.municipalities, model.simulation.world.labels
    stage = np.where(municipalities.signed > 0, 2, municipalities.adopted)
    with look("en"):
        figure = Figure(figsize=(6.0, 6.0), layout="constrained")
        axes = figure.subplots()
        for number, (name, colour) in enumerate(COLOURS.items()):
            rows = np.flatnonzero(stage == number)
            axes.scatter(
                labels.longitude[rows], labels.latitude[rows], s=8.0 + 4.0 * municipalities.signed[rows],
                c=colour, edgecolors="#404040", linewidths=0.2, label=f"{name} ({len(rows):,})",
            )  # fmt: skip
        axes.set_aspect(1.0 / _stretch(model.simulation.world))
        axes.set_axis_off()
        axes.legend(loc="upper left", markerscale=1.5)
        axes.set_title(f"Municipalities after {int(model.time)} quarters")
    return figure


def _stretch(world: World) -> float:
    """A degree of longitude against one of latitude in the middle of a world; 1 in the unit square."""
    on_the_globe = world.municipalities.z.any()
    return math.cos(math.radians(float(world.labels.latitude.mean()))) if on_the_globe else 1.0


def series_of(model: PartnershipModel) -> Figure:
    """Outcomes of the quarters run so far."""
    frame = model.datacollector.get_model_vars_dataframe()
    years = FIRST_YEAR + (frame.index.to_numpy(dtype=float) + 1) / QUARTERS_PER_YEAR
    last = FIRST_YEAR + (model.simulation.quarters + 1) / QUARTERS_PER_YEAR
    with look("en"):
        figure = Figure(figsize=(6.0, 6.0), layout="constrained")
        for axes, name in zip(figure.subplots(len(PLOTTED), sharex=True), PLOTTED, strict=True):
            outcome = OUTCOMES[COLUMN[name]]
            axes.plot(years, frame[name], color=INK)
            axes.set_title(textwrap.fill(f"{meaning(name, 'en')} ({outcome.kind})", 70))
            axes.set_xlim(FIRST_YEAR, last)
            axes.set_ylim(bottom=0.0)
            if outcome.unit == "share":
                axes.yaxis.set_major_formatter(PercentFormatter(1.0))
            else:
                axes.set_ylabel(outcome.unit)
    return figure


def show_map(model: PartnershipModel) -> Any:
    """The map, drawn again at every step."""
    return solara.FigureMatplotlib(map_of(model), format="png")


def show_series(model: PartnershipModel) -> Any:
    """The plots of outcomes, drawn again at every step."""
    return solara.FigureMatplotlib(series_of(model), format="png")


def settings() -> dict[str, Any]:
    """What the app lets one set, by argument of ``AdjustableModel``."""
    choices: dict[str, Any] = {
        "base": {"type": "Select", "value": "baseline", "values": builtin_names(), "label": "Scenario"},
        "world": {"type": "Select", "value": "japan", "values": ["japan", "synthetic:300"], "label": "World"},
        "rng": Slider("Seed", 1, 1, 100, 1, dtype=int),
    }
    for name, lever in LEVERS.items():
        choices[name] = Slider(f"+ {label(lever, 'en')}, JPY M", 0, 0, 5_000, 100, dtype=int)
    return choices


def app() -> None:
    """The whole page."""
    SolaraViz(
        solara.use_memo(AdjustableModel, []),
        components=[(show_map, 0), (show_series, 0)],
        model_params=solara.use_memo(settings, []),
        name="Partnerships for regional revitalization and the SDGs",
    )


compile_kernel(print)  # not in the browser's first step
Page = solara.component(app)  # solara run looks for this name
