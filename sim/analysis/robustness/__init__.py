"""Levers by six robustness criteria, over plausible futures and over unit costs halved and doubled.

``python -m sim.analysis.robustness`` writes docs/robustness.md, with the ranking by default parameters.
"""

from sim.analysis.robustness.judged import Judged, judged, of_futures, of_results

__all__ = ["Judged", "judged", "of_futures", "of_results"]
