"""Who is left behind: by size, region and goal, how unequally projects are spread, and who gets grants."""

from sim.analysis.left_behind.drawing import draw_heat, draw_lorenz
from sim.analysis.left_behind.reading import Reached, read_reached
from sim.analysis.left_behind.tables import (
    MEASURES,
    at_random,
    awards,
    by_goal_and_size,
    inequality,
    least_served,
    lorenz_curves,
)

__all__ = [
    "MEASURES",
    "Reached",
    "at_random",
    "awards",
    "by_goal_and_size",
    "draw_heat",
    "draw_lorenz",
    "inequality",
    "least_served",
    "lorenz_curves",
    "read_reached",
]
