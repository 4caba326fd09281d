"""A results folder as frames: tables, one tidy table of runs, contrasts, comparison, summary, money."""

from sim.results.arms import Arm
from sim.results.results import Results, load

__all__ = ["Arm", "Results", "load"]
