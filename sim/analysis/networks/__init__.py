"""The network of partnerships: degrees, communities, who ties with whom, and a drawing of one prefecture."""

from sim.analysis.networks.degrees import degrees
from sim.analysis.networks.drawing import draw_degrees, draw_network, kind_handles
from sim.analysis.networks.measures import MEASURES, measure, measures_over_runs

__all__ = [
    "MEASURES",
    "degrees",
    "draw_degrees",
    "draw_network",
    "kind_handles",
    "measure",
    "measures_over_runs",
]
