"""What the page makes while it is up already: the compiled model, its world, the baseline's runs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.page.failures import log_failure
from sim.text import say

if TYPE_CHECKING:
    from sim.page.desk import Desk
    from sim.page.settings import Settings

#: The user in whose name the baseline is run before anybody asks.
HOUSE = "\0house"


class Ready:
    """How far the page is.

    Attributes:
        compiling: whether the model is being compiled, which is once per version.
        compiled: whether runs can begin.
        model: version of the model, once runs can begin.
        lines: what went wrong, if it did.
    """

    def __init__(self) -> None:
        self.compiling = False
        self.compiled = False
        self.model: str | None = None
        self.lines: tuple[str, ...] = ()

    def start(self, settings: Settings, desk: Desk) -> None:
        """Make everything, in a thread."""
        threading.Thread(target=self._make, args=(settings, desk), name="ready", daemon=True).start()

    async def wait(self, cancel: threading.Event) -> None:
        """Until runs can begin, or nobody waits for them.

        Raises:
            InputError: they never can.
        """
        while not self.compiled and not cancel.is_set():
            if self.lines:
                raise InputError(*self.lines)
            await asyncio.sleep(0.05)

    def _make(self, settings: Settings, desk: Desk) -> None:
        try:
            self._draw(settings)
            self._compile(settings)
            self.compiled = True
            if settings.warm:
                self._warm(settings, desk)
        except InputError as error:
            self.lines = error.lines
        except Exception as error:  # noqa: BLE001 - whoever asks is told
            log_failure("the page cannot be made ready")
            why = f"{type(error).__name__}: {error}"
            self.lines = (say("page.server.no_model", settings.language, why=why),)
        finally:
            self.compiling = False

    def _draw(self, settings: Settings) -> None:
        """Make what levers are drawn from, before the model takes the processor for itself."""
        from sim.page.setup import setup

        setup(settings.language, settings)

    def _compile(self, settings: Settings) -> None:
        from sim.batch.ready import make_ready
        from sim.provenance import model_digest
        from sim.simulation.warmup import tiny_run
        from sim.worlds.kept import built

        def announce(_: str) -> None:
            self.compiling = True

        make_ready(announce)
        self.compiling = False
        tiny_run()
        built(settings.world, settings.seed)
        self.model = model_digest()

    def _warm(self, settings: Settings, desk: Desk) -> None:
        """Run the baseline, and show every view once, so that all that they import is there."""
        from sim.page.runs import experiment
        from sim.page.views import VIEWS, Asked
        from sim.scenarios.scenario import load_scenario

        base = load_scenario("baseline")
        wanted = experiment([base], settings.world, settings.seed, settings.quarters, settings.replicates)
        ticket = desk.take(HOUSE)
        try:
            for pairs in desk.pairs(ticket, wanted):
                if pairs.replicates <= 2:
                    for view in VIEWS.values():
                        with suppress(Exception):  # whoever asks for it is told
                            view.of(pairs, Asked())
        except CancelledError:
            pass  # the page is closing
        finally:
            desk.leave(ticket)
