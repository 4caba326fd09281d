"""The best mixes of levers for a fixed budget: search, fresh draws for what it found, tables."""

from sim.analysis.frontier.frontier import Frontier, find, found_in

__all__ = ["Frontier", "find", "found_in"]
