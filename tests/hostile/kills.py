"""Commands killed at a random moment, or at any change of a file: the next one ends with the same bytes."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from sim.batch.stored import completeness
from tests.batch.survival import experiment_file
from tests.hostile.links import tree
from tests.hostile.nursery import Order, calls, nursery
from tests.hostile.served import served_and_killed
from tests.hostile.trials import Trial

#: Files of a results folder that grow with it; the manifest holds digests of them.
GROWING = ("SHA256SUMS", "manifest.json", "design.parquet", "experiment.yaml")
_FRONTIER = """
name: tiny
world: synthetic:20
quarters: 8
seed: 3
scenarios: [baseline]
design: {method: oat}
factors:
  subsidy: {kind: lever, low: 0, high: 20_000, from: 2018}
  matching_support: {kind: lever, low: 0, high: 20_000, from: 2018}
frontier:
  budget: 20_000
  objectives: {deals_signed: max, adoption_share: max}
  evaluations: 16
  population: 8
  replicates: 2
  final_replicates: 3
"""

_place = tempfile.TemporaryDirectory(prefix="killed-")


@dataclass(frozen=True)
class Stage:
    """A command that is killed.

    Attributes:
        what: in words.
        arguments, task: as of ``Order``.
        after: the stage whose folder it begins with.
        few, many: kills in `make test`, and in `make test-all`.
    """

    what: str
    arguments: tuple[str, ...]
    few: int
    many: int
    task: str = "sim.cli:main"
    after: str = ""

    def order(self, folder: Path, number: int = -1) -> Order:
        """The command in a folder."""
        return Order(self.arguments, str(folder), self.task, number)


_COMPARED = ("baseline", "matching_first", "--world", "synthetic:10", "--quarters", "6", "--replicates", "2")
_OUT = ("--out", "results", "--quiet")
_TASKS = "tests.hostile.tasks:"

STAGES = {
    stage.what: stage
    for stage in (
        Stage("runs in one process", ("batch", "../runs.yaml", *_OUT, "--workers", "1"), 7, 250),
        Stage("runs in two processes", ("batch", "../runs.yaml", *_OUT, "--workers", "2"), 1, 100),
        Stage("runs, comparison and report", ("compare", *_COMPARED, *_OUT, "--workers", "1"), 0, 100),
        Stage(
            "figures and report", ("report", "results", "--quiet"), 0, 100,
            after="runs, comparison and report",
        ),
        Stage(
            "an analysis", ("sensitivity", "results", "--outcome", "public_spending", "--quiet"), 3, 100,
            after="runs in one process",
        ),
        Stage("checkpoints", (), 7, 150, _TASKS + "checkpoints"),
        Stage("a calibration", (), 1, 80, _TASKS + "calibration"),
        Stage("the search for best mixes", ("frontier", "../mixes.yaml", *_OUT, "--workers", "1"), 1, 80),
    )
}  # fmt: skip


class Undisturbed(NamedTuple):
    """What a stage leaves that nobody disturbs, where, after so many seconds and changes of files."""

    folder: Path
    files: dict[str, bytes | str]
    seconds: float
    changes: int


def _inputs() -> Path:
    """The folder in which the folders of commands lie, with the files that they read."""
    place = Path(_place.name)
    if not (place / "mixes.yaml").exists():
        experiment_file(place, points=64, replicates=1, size=5).rename(place / "runs.yaml")
        (place / "mixes.yaml").write_text(_FRONTIER)
    return place


@cache
def undisturbed(what: str) -> Undisturbed:
    """A stage carried out once."""
    stage, warm = STAGES[what], nursery()
    folder = _inputs() / f"whole-{list(STAGES).index(what)}"
    _begin(stage, folder)
    started = time.monotonic()
    ended = warm.carried_out(stage.order(folder, 0 if calls.POSSIBLE else -1))
    seconds = time.monotonic() - started
    assert ended.code == 0, ended
    return Undisturbed(folder, tree(folder), seconds, ended.counted)


def _begin(stage: Stage, folder: Path) -> None:
    if not stage.after:
        folder.mkdir()
        return
    shutil.copytree(undisturbed(stage.after).folder, folder)
    if stage.arguments[0] == "report":
        for left in ("figures", "tables"):
            shutil.rmtree(folder / "results" / left)
        (folder / "results" / "report.html").unlink()


@contextlib.contextmanager
def begun(stage: Stage) -> Iterator[Path]:
    """A folder for a stage, with what it begins with."""
    folder = Path(tempfile.mkdtemp(dir=_inputs()))
    folder.rmdir()
    try:
        _begin(stage, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for beside in folder.parent.glob(f"{folder.name}.said*"):
            beside.unlink()


def _attempt(what: str, chance: random.Random, _: Path) -> str:
    """Kill a command once or twice, then let it go on to its end."""
    stage, whole = STAGES[what], undisturbed(what)
    with begun(stage) as folder:
        killed = sum(_killed(stage, folder, whole, chance) for _ in range(chance.choice((1, 1, 2))))
        ended = nursery().carried_out(stage.order(folder))
        assert ended.code == 0, ended
        same_files(folder, whole)
    return "killed, then the same bytes" if killed else "done before the kill"


def _killed(stage: Stage, folder: Path, whole: Undisturbed, chance: random.Random) -> bool:
    """Whether it was still at work."""
    if whole.changes and chance.random() < 0.6:
        child = nursery().start(stage.order(folder, chance.randint(1, whole.changes)))
    else:
        child = nursery().start(stage.order(folder))
        time.sleep(chance.uniform(0, whole.seconds))
        child.kill()
    ended = child.ended()
    assert ended.code in (-9, 0), ended
    nothing_cut(folder, whole)
    return ended.code == -9


def nothing_cut(folder: Path, whole: Undisturbed) -> None:
    """Each file that has its name is as it will be, or grows as it should.

    Raises:
        AssertionError: one is not.
    """
    for name, content in tree(folder).items():
        if not name.endswith((".tmp", *GROWING)):
            assert whole.files.get(name) == content, f"{name}: cut short, or none of the command"
    for manifest in folder.rglob("manifest.json"):
        assert not completeness(manifest.parent).faults, manifest


def same_files(folder: Path, whole: Undisturbed) -> None:
    """The folder is as if nobody had disturbed the command.

    Raises:
        AssertionError: a file is other, lacks or is left over.
    """
    found, wanted = settled(tree(folder)), settled(whole.files)
    odd = [name for name in {*found, *wanted} if found.get(name) != wanted.get(name)]
    assert not odd, f"other, missing or left over: {sorted(odd)}"


def settled(files: dict[str, bytes | str]) -> dict[str, object]:
    """Files with their content; a manifest without what it allows for a command that is killed again."""
    manifests = {name: _present(content) for name, content in files.items() if name.endswith("manifest.json")}
    return {**files, **manifests}


def _present(manifest: bytes | str) -> dict[str, object]:
    told = json.loads(manifest)
    files = {name: digests[0] for name, digests in told["files"].items()}
    return {**told, "files": files, "checksum": None}


def _trial(stage: Stage) -> Trial:
    return Trial(f"`kill -9` during {stage.what}", stage.few, stage.many, partial(_attempt, stage.what))


TRIALS = [
    *(_trial(stage) for stage in STAGES.values()),
    Trial("`kill -9` of a page", 1, 40, served_and_killed),
]
