"""How a page is served."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sim.calendar import DEFAULT_QUARTERS
from sim.page.runs import MOST_BYTES

if TYPE_CHECKING:
    from sim.text import Language

STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True)
class Settings:
    """How a page is served.

    Attributes:
        world: what its runs run in (``japan``, ``synthetic:N`` or a file or folder of places).
        seed: root seed.
        quarters: horizon from 2018Q2.
        replicates: pairs that a frame is refined to.
        workers: threads that run.
        language: of those who did not choose one.
        results: folder below which results folders may be browsed; None = none.
        host, port: where it listens.
        token: what a visitor has to know; None on loopback.
        warm: whether the baseline is run before anybody asks.
        bundle: whether the drawing library is made where it is not there yet.
        most_bytes: of runs that are held.
        rate: requests a second of one address, on average.
        patience: seconds that a request may take once the model is compiled.
    """

    world: str = "japan"
    seed: int = 1
    quarters: int = DEFAULT_QUARTERS
    replicates: int = 30
    workers: int = 2
    language: Language = "en"
    results: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    warm: bool = True
    bundle: bool = True
    most_bytes: int = MOST_BYTES
    rate: float = 200.0
    patience: float = 120.0
    static: Path = STATIC

    @property
    def identity(self) -> str:
        """What is served (16 hex digits); a page that was loaded of something else is to load anew."""
        from sim.provenance import model_digest

        served = (model_digest(), self.world, self.seed, self.quarters, self.replicates)
        return sha256(repr(served).encode()).hexdigest()[:16]
