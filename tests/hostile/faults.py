"""Machines that fail under a command: it says so in a line, and the same command ends with the same bytes."""

from __future__ import annotations

import errno
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from sim.batch.parts import parse_part
from tests.batch.survival import until
from tests.hostile import calls
from tests.hostile.kills import STAGES, Undisturbed, begun, nothing_cut, same_files, undisturbed
from tests.hostile.nursery import Child, Ended, nursery
from tests.hostile.trials import SAID, Trial

_RUNS = "runs in one process"
#: A disk that is full, a quota that is used up, a device that fails, a disk that nobody may write to.
_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)
_MEGABYTE = 1 << 20
#: How a process ends whose loader or libraries are given no memory and ask no more.
_DEATHS = (127, -signal.SIGABRT, -signal.SIGSEGV)
_DIED = "ended by a library, then the same bytes"


def line_of(ended: Ended) -> str:
    """The line in which a command said what was wrong.

    Raises:
        AssertionError: it ended otherwise, or said more.
    """
    assert ended.code == 2, ended
    assert "Traceback" not in ended.said, ended
    said = [line for line in ended.said.strip().splitlines() if line != "results"]
    assert said, ended
    return said[-1]


def goes_on(what: str, folder: Path, whole: Undisturbed) -> None:
    """The same command, undisturbed, ends with the same bytes.

    Raises:
        AssertionError: it does not.
    """
    ended = nursery().carried_out(STAGES[what].order(folder))
    assert ended.code == 0, ended
    same_files(folder, whole)


def _disk(what: str, chance: random.Random, _: Path) -> str:
    """Let a change of a file fail, or that one and all after it."""
    stage, whole = STAGES[what], undisturbed(what)
    with begun(stage) as folder:
        number, error = chance.randint(1, whole.changes), chance.choice(_FAULTS)
        lasting = chance.random() < 0.5
        order = replace(stage.order(folder, number), error=error, lasting=lasting)
        ended = nursery().carried_out(order)
        line = line_of(ended) if ended.code else ""
        assert not line or "results" in line or ".run" in line, line
        nothing_cut(folder, whole)
        goes_on(what, folder, whole)
    return SAID if ended.code else "done all the same"


def _without_locks(chance: random.Random, _: Path) -> str:
    """A file system that has no locks is said to have none, and nothing is run."""
    with begun(STAGES[_RUNS]) as folder:
        ended = nursery().carried_out(replace(STAGES[_RUNS].order(folder), no_locks=chance.choice(_NO_LOCKS)))
        assert "results: has no file locks" in line_of(ended), ended
        goes_on(_RUNS, folder, undisturbed(_RUNS))
    return SAID


def _memory(what: str, chance: random.Random, _: Path) -> str:
    """A limit of memory that is hit somewhere: said to be memory, and no run is held to have failed."""
    whole = undisturbed(what)
    with begun(STAGES[what]) as folder:
        order = replace(STAGES[what].order(folder), memory=chance.randint(1, 160) * _MEGABYTE)
        ended = nursery().carried_out(order)
        died = ended.code in _DEATHS
        assert died or ended.code == 0 or "memory" in line_of(ended), ended
        nothing_cut(folder, whole)
        goes_on(what, folder, whole)
    return _DIED if died else SAID if ended.code else "done all the same"


def _at_work(folder: Path, chance: random.Random) -> Child:
    """Runs that have begun to be stored."""
    child = nursery().start(STAGES[_RUNS].order(folder))
    series = folder / "results" / "series"
    assert until(lambda: series.is_dir() and any(parse_part(one.name) for one in series.iterdir()), 60.0)
    time.sleep(chance.uniform(0, 0.1))
    return child


def _moved(chance: random.Random, _: Path) -> str:
    """Move a folder away while runs are stored in it: nothing is made in its old place."""
    whole = undisturbed(_RUNS)
    with begun(STAGES[_RUNS]) as folder:
        child = _at_work(folder, chance)
        (folder / "results").rename(folder / "elsewhere")
        ended = child.ended()
        assert not (folder / "results").exists(), ended
        assert ended.code == 0 or "was moved or removed" in line_of(ended), ended
        (folder / "elsewhere").rename(folder / "results")
        goes_on(_RUNS, folder, whole)
    return SAID if ended.code else "done before it was moved"


def _copied(chance: random.Random, _: Path) -> str:
    """Copy a folder while runs are stored in it: the copy goes on to the same bytes, like what it is of."""
    whole = undisturbed(_RUNS)
    with begun(STAGES[_RUNS]) as folder, begun(STAGES[_RUNS]) as other:
        child = _at_work(folder, chance)
        with suppress(shutil.Error):  # of files that had gone when it came to them
            shutil.copytree(folder / "results", other / "results")
        assert child.ended().code == 0
        same_files(folder, whole)
        goes_on(_RUNS, other, whole)
    return "the same bytes in both"


def _at_once(chance: random.Random, _: Path) -> str:
    """Two commands on a folder: each does its work or is turned away, and nothing is written twice."""
    whole, order = undisturbed(_RUNS), STAGES[_RUNS].order
    with begun(STAGES[_RUNS]) as folder:
        first = nursery().start(order(folder))
        time.sleep(chance.uniform(0, whole.seconds))
        second = nursery().start(order(folder))
        ended = [first.ended(), second.ended()]
        for one in ended:
            assert one.code == 0 or "another command is writing to it" in line_of(one), one
        assert 0 in {one.code for one in ended}, ended
        goes_on(_RUNS, folder, whole)
    return "one turned away" if any(one.code for one in ended) else "one after the other"


def _shards(chance: random.Random, _: Path) -> str:
    """Two shards at once."""
    whole = undisturbed(_RUNS)
    with begun(STAGES[_RUNS]) as folder:
        children = []
        for shard in chance.sample(("1/2", "2/2"), 2):
            order = STAGES[_RUNS].order(folder)
            children.append(nursery().start(replace(order, arguments=(*order.arguments, "--shard", shard))))
            time.sleep(chance.uniform(0, 0.3))
        for child in children:
            ended = child.ended()
            assert ended.code == 0, ended
        goes_on(_RUNS, folder, whole)
    return "the same bytes"


def _trials() -> list[Trial]:
    """Every fault; what needs a supervisor of system calls only where there can be one."""
    attempts: dict[str, tuple[int, int, Callable[[random.Random, Path], str]]] = {
        "a folder moved while runs are stored in it": (1, 20, _moved),
        "a folder copied while runs are stored in it": (1, 20, _copied),
        "two commands on a folder": (1, 20, _at_once),
        "two shards of a folder at once": (1, 20, _shards),
        "memory that is short: runs in one process": (1, 30, partial(_memory, _RUNS)),
        "memory that is short: an analysis": (0, 30, partial(_memory, "an analysis")),
    }
    if calls.POSSIBLE:
        attempts["a file system without locks"] = (1, 9, _without_locks)
        attempts |= {
            f"a change of a file that fails: {stage.what}": (
                stage.few // 2,
                stage.many,
                partial(_disk, stage.what),
            )
            for stage in STAGES.values()
        }
    return [Trial(what, *how) for what, how in attempts.items()]


TRIALS = _trials()
