"""How often each lever is cheapest when all that is assumed might be otherwise: draws, runs, what they say.

``python -m sim.analysis.futures`` draws futures, runs them and stores the costs, from which the report and
docs/levers_compared.md take how far a ranking can be trusted.
"""

from sim.analysis.futures.stored import STORED, Futures, Standing, Turn, stored

__all__ = ["STORED", "Futures", "Standing", "Turn", "stored"]
