"""What may happen to a results folder on disk, and whether whoever reads it sees it."""

from __future__ import annotations

import random
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from sim.batch.digests import SUMS
from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.manifest import read_manifest, write_manifest
from sim.batch.runner import run_experiment
from sim.batch.stored import completeness
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from tests.batch.survival import experiment_file, parts
from tests.hostile.trials import SAID, SAME, Said, Trial, flipped, one_line, said_by


@dataclass(frozen=True)
class Stand:
    """A finished folder, its experiment, and another folder of an experiment that differs by its seed."""

    experiment: Experiment
    folder: Path
    other: Path


_place = tempfile.TemporaryDirectory(prefix="stand-")


@cache
def stand() -> Stand:
    """32 points in 4 chunks, made once for a process."""
    place = Path(_place.name)
    experiment = load_experiment(experiment_file(place, points=32, replicates=1, size=5))
    run_experiment(experiment, place / "results")
    run_experiment(replace(experiment, seed=6), place / "other")
    return Stand(experiment, place / "results", place / "other")


#: Files that hold no runs, and that any of them may be read with.
FILES = ("manifest.json", "experiment.yaml", "design.parquet", SUMS, ".checked.json", "provenance.json")

type Damage = Callable[[random.Random, Path], None]


def _a_part(chance: random.Random, folder: Path) -> Path:
    return chance.choice(sorted(folder.glob("*/part-*.parquet")))


def flip_a_part(chance: random.Random, folder: Path) -> None:
    """One byte of a part, anywhere."""
    part = _a_part(chance, folder)
    part.write_bytes(flipped(part.read_bytes(), chance))


def flip_a_footer(chance: random.Random, folder: Path) -> None:
    """One byte of what has no checksum in Parquet."""
    part = _a_part(chance, folder)
    whole = part.read_bytes()
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    part.write_bytes(flipped(whole, chance, range(len(whole) - footer, len(whole))))


def cut_a_part(chance: random.Random, folder: Path) -> None:
    """A part cut short."""
    part = _a_part(chance, folder)
    whole = part.read_bytes()
    part.write_bytes(whole[: chance.randrange(len(whole))])


def swap_parts(chance: random.Random, folder: Path) -> None:
    """Two parts of a table in each other's place."""
    table = chance.choice(("series", "ledger"))
    one, two = chance.sample(sorted((folder / table).glob("part-*.parquet")), 2)
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)


def take_from_another(chance: random.Random, folder: Path) -> None:
    """A part of another folder."""
    part = _a_part(chance, folder)
    part.write_bytes((stand().other / part.relative_to(folder)).read_bytes())


def take_all_from_another(chance: random.Random, folder: Path) -> None:
    """All parts of a chunk of another folder, with their digests."""
    name = _a_part(chance, folder).name
    for table in ("series", "ledger"):
        shutil.copy(stand().other / table / name, folder / table)
    lines = (stand().other / SUMS).read_text().splitlines(keepends=True)
    with (folder / SUMS).open("a") as sums:
        sums.writelines(line for line in lines if name in line)


def delete_a_part(chance: random.Random, folder: Path) -> None:
    """A part removed."""
    _a_part(chance, folder).unlink()


def double_a_part(chance: random.Random, folder: Path) -> None:
    """A part a second time, under the name of other runs."""
    part = _a_part(chance, folder)
    shutil.copy(
        part, part.with_name(f"part-p0000000-0000{chance.randrange(1, 9)}01-r0000000-0000000.parquet")
    )


def of_another_version(chance: random.Random, folder: Path) -> None:
    """A manifest of another version of the model."""
    write_manifest(folder, replace(read_manifest(folder), model=f"{chance.getrandbits(64):016x}"))


def flip_a_file(name: str, chance: random.Random, folder: Path) -> None:
    """One byte of a file of the folder."""
    path = folder / name
    path.write_bytes(flipped(path.read_bytes(), chance))


DAMAGES: dict[str, Damage] = {
    "one byte of a part turned over": flip_a_part,
    "one byte of a part's footer turned over": flip_a_footer,
    "a part cut short": cut_a_part,
    "two parts of a table in each other's place": swap_parts,
    "a part of another folder": take_from_another,
    "a chunk of another folder, with its digests": take_all_from_another,
    "a part deleted": delete_a_part,
    "a part doubled under another name": double_a_part,
    "a manifest of another version of the model": of_another_version,
    **{f"one byte of `{name}` turned over": partial(flip_a_file, name) for name in FILES},
}


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Warnings of missing runs, as text."""
    heard: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IncompleteWarning)
        yield heard
    heard += [str(one.message) for one in caught if issubclass(one.category, IncompleteWarning)]


def by_load(folder: Path) -> str:
    """Read every table: what is read is what was written, or what lacks is said."""
    with _heard() as heard:
        try:
            results = load(folder)
            frames = {name: getattr(results, name) for name in ("series", "ledger", "design")}
        except InputError as error:
            return one_line(error)
    whole = load(stand().folder)
    for name, frame in frames.items():
        wanted = getattr(whole, name)
        if heard and name != "design":
            keys = frame[["scenario", "point", "replicate"]].drop_duplicates()
            wanted = wanted.merge(keys, on=["scenario", "point", "replicate"])
            frame = frame.astype({"scenario": str})
            wanted = wanted.astype({"scenario": str})
        assert frame.reset_index(drop=True).equals(wanted.reset_index(drop=True)), f"other {name} unsaid"
    return SAID if heard else SAME


def by_verify(folder: Path) -> str:
    """`sim verify` with a small sample."""
    return _outcome(said_by("verify", str(folder), "--sample", "2", "--quiet"), folder)


def _outcome(said: Said, folder: Path) -> str:
    """Whether a command refused the folder, in one line that names it, warned of it, or did its work."""
    lines = said.err.strip().splitlines()
    assert said.code == 0 or (said.code == 2 and len(lines) == 1 and str(folder) in lines[0]), said
    return SAID if lines else SAME


def by_resume(folder: Path) -> str:
    """The same command again: it ends with the same bytes, or is refused in a line and changes nothing."""
    before = parts(folder)
    try:
        run_experiment(stand().experiment, folder)
    except InputError as error:
        assert parts(folder) == before, "refused, and yet changed"
        return one_line(error)
    assert parts(folder) == parts(stand().folder), "other results"
    assert not completeness(folder).faults
    return SAME if before == parts(folder) else "run again to the same bytes"


def by_report(folder: Path) -> str:
    """`sim report`: the report of the whole folder, or what lacks is said."""
    return _outcome(said_by("report", str(folder), "--quiet"), folder)


READERS: dict[str, Callable[[Path], str]] = {
    "load": by_load,
    "sim verify": by_verify,
    "resume": by_resume,
    "sim report": by_report,
}


def _attempt(damage: Damage, read: Callable[[Path], str], chance: random.Random, folder: Path) -> str:
    """Damage a copy of a finished folder, and read it."""
    copy = folder / "results"
    shutil.copytree(stand().folder, copy)
    damage(chance, copy)
    return read(copy)


def _trial(what: str, damage: Damage, reader: str, read: Callable[[Path], str]) -> Trial:
    few, many = (0, 3) if read is by_report else (2, 50 if "byte" in what else 20)
    return Trial(f"{what}: {reader}", few, many, partial(_attempt, damage, read))


TRIALS = [
    _trial(what, damage, reader, read) for what, damage in DAMAGES.items() for reader, read in READERS.items()
]
