"""A page that is killed while somebody asks it: it leaves nobody behind, and another one gives the same."""

from __future__ import annotations

import http.client
import json
import random
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.batch.survival import until
from tests.hostile.nursery import Child, Order, nursery
from tests.page.served import Visitor, wanted


def _page(folder: Path) -> tuple[Child, Visitor]:
    """A page in a process of its own, as soon as it answers."""
    child = nursery().start(Order((), str(folder), "tests.hostile.tasks:page"))
    assert until(lambda: "port" in child.said, 60.0), child.said
    visitor = Visitor(int(child.said.split("port ")[1].split()[0]))
    assert until(lambda: _answers(visitor), 60.0), child.said
    return child, visitor


def _answers(visitor: Visitor) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return visitor.ask("/")[0] == 200
    return False


def _asked(visitor: Visitor) -> list[Any]:
    """What it says last of a run, whoever asks."""
    *_, last = visitor.lines(wanted())
    return [last]


@cache
def _undisturbed(folder: Path) -> tuple[float, str]:
    child, visitor = _page(folder)
    started = time.monotonic()
    said = json.dumps(_asked(visitor))
    seconds = time.monotonic() - started
    child.kill()
    child.ended()
    return seconds, said


def served_and_killed(chance: random.Random, folder: Path) -> str:
    """Kill a page while it runs what somebody asked for; another one gives what an undisturbed one gives."""
    seconds, said = _undisturbed(Path(folder.parent))
    child, visitor = _page(folder)
    with suppress(OSError, http.client.HTTPException, ValueError):
        for _ in visitor.lines(wanted()):
            if chance.random() < 0.5:
                break
        time.sleep(chance.uniform(0, seconds / 2))
    child.kill()
    assert child.ended().code == -9
    again, visitor = _page(folder)
    assert json.dumps(_asked(visitor)) == said
    again.kill()
    again.ended()
    assert not list(folder.iterdir()) or all(".said" in path.name for path in folder.iterdir())
    return "killed, then the same answer"
