"""Imports of what comes after the runs, made while they are under way: a core idles as workers start."""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib import import_module

#: What draws, analyses and prints; it imports all the rest.
LATER = ("sim.cli.tables", "sim.report.report")


def import_ahead() -> threading.Thread:
    """Import what comes later in a thread. Where that fails, whoever needs it imports it and is told why.

    What runs is imported first, in this thread, so that neither waits for what the other has half imported.
    """
    import_module("sim.batch.runner")
    thread = threading.Thread(target=_import)
    thread.start()
    return thread


def _import() -> None:
    with suppress(Exception):
        for module in LATER:
            import_module(module)
