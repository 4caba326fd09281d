"""How large an experiment may be: numbers beyond these are slips of the hand."""

from __future__ import annotations

from sim.calendar import QUARTERS_PER_YEAR

MOST_QUARTERS = 50 * QUARTERS_PER_YEAR
MOST_REPLICATES = 1_000_000
#: Each is checked, resolved and written out in full, at about 10 ms; more of them are points of a design.
MOST_SCENARIOS = 1_000
#: Points times replicates; planning so many takes a byte each.
MOST_CELLS = 100_000_000
#: Numbers by place that a run keeps, 400 MB: quarters times places times outcomes.
MOST_OF_PLACES = 50_000_000
#: Rows times columns of a part, 8 GB where all are read: a chunk of a dozen runs that keep the most by place.
MOST_NUMBERS_OF_A_PART = 1_000_000_000
