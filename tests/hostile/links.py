"""Links, pipes and folders of somebody's in the place of files of ours: nothing is written through them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from sim.batch.locks import LOCK_NAME
from tests.batch.survival import experiment_file
from tests.hostile.trials import SAID, SAME, Said, Trial, said_by

#: Files that differ from command to command: times, tokens of locks.
VOLATILE = frozenset({"provenance.json", ".checked.json"})
#: Seconds after which a command is taken to hang.
_PATIENCE = 120

_place = tempfile.TemporaryDirectory(prefix="linked-")


class HangingError(Exception):
    """A command did not end."""


@contextmanager
def ending() -> Iterator[None]:
    """End what hangs.

    Raises:
        HangingError: it took too long.
    """

    def give_up(*_: object) -> None:
        raise HangingError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder with its content, or of a link where it leads."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and not _is_volatile(path.name)
    }


def _is_volatile(name: str) -> bool:
    return name in VOLATILE or LOCK_NAME.fullmatch(name) is not None


@cache
def _experiment() -> Path:
    file = experiment_file(Path(_place.name), points=64, replicates=2, size=20)
    text = file.read_text().replace("[ledger, series]", "[deals, ledger, series]")
    file.write_text(text.replace("quarters: 8", "quarters: 16"))
    return file


@cache
def _finished(name: str) -> Path:
    """A folder with the runs of the experiment, in which a command left what it leaves."""
    folder = Path(_place.name) / name.replace(" ", "-")
    if name != _FIRST:
        shutil.copytree(_finished(_FIRST), folder)
    said = said_by(*COMMANDS[name](_experiment(), folder))
    assert said.code == 0, said
    return folder


#: The outcome that varies most in so small a world.
_OF = ("--outcome", "public_spending")

type Command = Callable[[Path, Path], list[str]]

COMMANDS: dict[str, Command] = {
    "sim batch": lambda file, folder: ["batch", str(file), "--out", str(folder), "--workers", "1", "--quiet"],
    "sim verify": lambda _, folder: ["verify", str(folder), "--sample", "1", "--quiet"],
    "sim sensitivity": lambda _, folder: ["sensitivity", str(folder), *_OF, "--quiet"],
    "sim export --network": lambda _, folder: ["export", str(folder), "--network"],
    "sim report": lambda _, folder: ["report", str(folder), "--quiet"],
}
_FIRST = "sim batch"
#: What each reads or writes.
_FILES = {
    "sim batch": ("*", "series/*", "ledger/*", ".lock*"),
    "sim verify": ("*", "series/*"),
    "sim sensitivity": ("sensitivity/*", "sensitivity", "*.json"),
    "sim export --network": ("networks/*", "networks", "*.json"),
    "sim report": ("figures/*", "figures", "tables/*", "tables", "report*", "summary*", "manifest.json"),
}


def link_to_a_file(outside: Path, place: Path) -> None:
    """A link to a file of somebody's."""
    place.symlink_to(outside / "theirs")


def link_to_nothing(outside: Path, place: Path) -> None:
    """A link to where nothing is yet."""
    place.symlink_to(outside / "nothing")


def link_to_a_folder(outside: Path, place: Path) -> None:
    """A link to a folder of somebody's."""
    place.symlink_to(outside / "folder")


def second_name(outside: Path, place: Path) -> None:
    """A second name of a file of somebody's."""
    place.hardlink_to(outside / "theirs")


def pipe(_: Path, place: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(place)


def a_folder(_: Path, place: Path) -> None:
    """A folder."""
    place.mkdir()


PLANTED: dict[str, Callable[[Path, Path], None]] = {
    "a link to a file": link_to_a_file,
    "a link to nothing": link_to_nothing,
    "a link to a folder": link_to_a_folder,
    "a second name of a file": second_name,
    "a pipe": pipe,
    "a folder": a_folder,
}


def _outside(folder: Path) -> Path:
    outside = folder / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "theirs").write_text("not yours")
    (outside / "folder" / "theirs").write_text("not yours, either")
    return outside


def _attempt(name: str, plant: Callable[[Path, Path], None], chance: random.Random, folder: Path) -> str:
    """Put something in the place of a file of a finished folder, and run a command on it."""
    finished = _finished(name)
    results, outside = folder / "results", _outside(folder)
    shutil.copytree(finished, results)
    before = tree(outside)
    pattern = chance.choice(_FILES[name])
    place = chance.choice(sorted(results.glob(pattern)))
    _remove(place)
    plant(outside, place)
    with ending():
        said = said_by(*COMMANDS[name](_experiment(), results))
    assert tree(outside) == before, f"{place}: written through"
    return outcome(said, results, finished, place)


def _remove(place: Path) -> None:
    shutil.rmtree(place) if place.is_dir() else place.unlink()


def outcome(said: Said, results: Path, finished: Path, place: Path) -> str:
    """Done as if nothing had been there, or said in a line that names the folder.

    Raises:
        AssertionError: neither.
    """
    lines = said.err.strip().splitlines()
    if said.code == 2:
        assert len(lines) == 1, said
        assert str(results) in lines[0], said
        return SAID
    assert said.code == 0, said
    gone = place.relative_to(results).as_posix()
    there = tree(results)
    for name, content in tree(finished).items():
        assert name.startswith(gone) or there.get(name) == content, f"{gone}: {name} is other than it was"
    return SAID if lines else SAME


def _trial(name: str, what: str, plant: Callable[[Path, Path], None]) -> Trial:
    few = 0 if name == "sim report" else 1
    return Trial(f"{what} in the place of a file: {name}", few, 20, partial(_attempt, name, plant))


TRIALS = [_trial(name, what, plant) for name in COMMANDS for what, plant in PLANTED.items()]
