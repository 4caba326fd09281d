"""Imported by the fork server: a worker forked from it has the kernel loaded already.

Loading compiled code from disk takes longer than a national run; so it is done once, not by
every worker. Where it fails, the workers load the kernel themselves.
"""

from contextlib import suppress

import sim.batch.chunks  # noqa: F401 - all that a worker needs
from sim.simulation.warmup import tiny_run

with suppress(Exception):
    tiny_run()
