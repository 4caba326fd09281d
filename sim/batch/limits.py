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
#: Bytes of a part: as many as its numbers may take unpacked.
MOST_BYTES_OF_A_PART = 8 * MOST_NUMBERS_OF_A_PART
#: Bytes of a file beside the parts: the experiment, the points, parameter sets, tables of a world.
MOST_BYTES_OF_A_FILE = 256 << 20
#: Bytes of all messages of a part's failed runs, of which each keeps so many characters at most.
MOST_BYTES_OF_MESSAGES = 64 << 20
MOST_OF_A_MESSAGE = 6_000
#: An outcome beyond it is none: products of a few would be infinite.
LARGEST_NUMBER = 1e50
