"""Where a condition holds: boxes of factors (PRIM), a tree beside them, and what chance alone would find."""

from sim.analysis.discovery.tables import Discovery, discovery_of
from sim.analysis.discovery.words import box_words

__all__ = ["Discovery", "box_words", "discovery_of"]
