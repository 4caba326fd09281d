"""What all answers of the page's server need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Self

from sim.page.bundle import Bundle, bundle_path
from sim.page.desk import Desk
from sim.page.folders import Folders
from sim.page.memory import Keeper
from sim.page.ready import Ready
from sim.page.runs import Cache
from sim.page.security import language_in

if TYPE_CHECKING:
    from starlette.requests import Request

    from sim.page.settings import Settings
    from sim.text import Language

#: Files that are made at once.
MOST_DOWNLOADS = 4


@dataclass(frozen=True)
class House:
    """What all answers need.

    Attributes:
        settings: how the page is served.
        desk: where runs are carried out.
        ready: how far the page is.
        bundle: its drawing library.
        folders: results that are browsed.
        memory: gives back what is free.
        downloads: a place for each file that may be made at once.
    """

    settings: Settings
    desk: Desk
    ready: Ready
    bundle: Bundle
    folders: Folders
    memory: Keeper = field(default_factory=Keeper)
    downloads: Semaphore = field(default_factory=lambda: Semaphore(MOST_DOWNLOADS))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The house of a page that is served so; its desk is open, nothing else is begun."""
        desk = Desk(settings.workers, Cache(settings.most_bytes))
        return cls(settings, desk, Ready(), Bundle(bundle_path()), Folders(settings.results))

    def open(self) -> None:
        """Begin to make what the page needs."""
        self.memory.start()
        self.ready.start(self.settings, self.desk)
        if self.settings.bundle:
            self.bundle.start()

    def close(self) -> None:
        """End all that is under way."""
        self.desk.close()
        self.bundle.stop()
        self.memory.close()


def house_of(request: Request) -> House:
    """The house that answers a request."""
    found: House = request.app.state.house
    return found


def language_of(request: Request, body: Mapping[str, Any] | None = None) -> Language:
    """The language that a body asks for, or its state, or its address; else that of the page."""
    state = (body or {}).get("state")
    for given in ((body or {}).get("lang"), state.get("lang") if isinstance(state, dict) else None):
        if isinstance(given, str) and given in ("en", "ja"):
            return "ja" if given == "ja" else "en"
    return language_in(request.scope, house_of(request).settings)
