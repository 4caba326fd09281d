"""Whatever dies, fills up or breaks, an experiment goes on to the same results or says what is wrong."""

from __future__ import annotations

import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from sim.batch import locks, store
from sim.batch.checked import read_checked
from sim.batch.cluster import SILENCE
from sim.batch.digests import SUMS
from sim.batch.experiment_file import load_experiment
from sim.batch.manifest import FORMAT, read_manifest, write_manifest
from sim.batch.parts import Shard
from sim.batch.runner import run_experiment
from sim.batch.verify import verify
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from tests.batch.survival import (
    Batch,
    Cluster,
    Watch,
    batch,
    batch_here,
    content,
    experiment_file,
    mounted,
    parts,
    remount,
    until,
)

#: Chance of being killed while still starting, and the longest time that a command has after a new part.
EARLY, LATEST = 0.25, 0.6


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An experiment of 512 runs, and its results from one process that nothing disturbed."""
    folder = tmp_path_factory.mktemp("small")
    file = experiment_file(folder)
    run_experiment(load_experiment(file), folder / "results")
    return file, folder / "results"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same with 2,048 runs."""
    folder = tmp_path_factory.mktemp("large")
    file = experiment_file(folder, points=512)
    run_experiment(load_experiment(file), folder / "results")
    return file, folder / "results"


@pytest.fixture(scope="module", params=[True, False], ids=["nannies", "no nannies"])
def any_cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), nanny=request.param) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), nanny=True) as cluster:
        yield cluster


def same_everywhere(file: Path, undisturbed: Path, cluster: Cluster, tmp_path: Path) -> None:
    ways = {
        "one": ("--workers", "1"),
        "two": ("--workers", "2"),
        "threads": ("--workers", "2", "--scheduler", "threads"),
        "dask": ("--scheduler", cluster.address),
    }
    for name, options in ways.items():
        assert batch_here(file, tmp_path / name, *options)[0] == 0, name
        assert parts(tmp_path / name) == parts(undisturbed), name
    for number in (2, 3, 1):
        code, said = batch_here(file, tmp_path / "shards", "--shard", f"{number}/3", "--workers", "1")
        assert code == 0, said
    assert parts(tmp_path / "shards") == parts(undisturbed)
    assert content(tmp_path / "shards") == content(undisturbed)


def test_every_way_of_running_gives_the_same(
    small: tuple[Path, Path], cluster: Cluster, tmp_path: Path
) -> None:
    same_everywhere(*small, cluster, tmp_path)


@pytest.mark.slow
def test_2000_runs_are_the_same_everywhere(
    large: tuple[Path, Path], any_cluster: Cluster, tmp_path: Path
) -> None:
    assert sum(len(pq.read_table(part)) for part in (large[1] / "series").iterdir()) == 2_048 * 8
    same_everywhere(*large, any_cluster, tmp_path)


#: Commands that may end before they are killed.
MOST_ENDED = 10


def survive(
    file: Path,
    undisturbed: Path,
    folder: Path,
    deaths: tuple[int, int],
    seed: int,
    cluster: Cluster | None = None,
) -> None:
    """Run with so many commands and workers killed at random moments; then compare with what it should be."""
    chance, watch = random.Random(seed), Watch(folder)
    options = ("--workers", "2") if cluster is None else ("--scheduler", cluster.address)
    commands, workers = deaths
    chunks = len(Watch(undisturbed).finished())
    killed = ended = 0
    while commands:
        share = chunks * (deaths[0] + 1 - commands) // (deaths[0] + 1)
        with Batch(file, folder, *options) as command:
            if commands > 1 and chance.random() < EARLY:
                time.sleep(chance.uniform(0.0, 3.0))
            else:
                command.wait_for_a_part(watch)
                while command.process.poll() is None and killed < workers * (1 - (commands - 1) / deaths[0]):
                    a_moment(watch, share, chance)
                    killed += kill_a_worker(command, cluster, chance)
                a_moment(watch, share, chance)
            crew = command.workers()
            if command.process.poll() is not None:  # too fast to be killed: once more, from the beginning
                ended += 1
                assert ended < MOST_ENDED, f"ended too soon to be killed: {command.said}"
                shutil.rmtree(folder)
                watch = Watch(folder)
                continue
            command.kill()
        commands -= 1
        watch.look()
        assert until(lambda: not any(one.is_running() for one in crew), 5.0)  # noqa: B023
    assert killed == workers
    code, said = batch(file, folder, *options)
    assert code == 0, said
    watch.look()
    assert parts(folder) == parts(undisturbed)
    assert content(folder) == content(undisturbed)
    assert not list(folder.glob("*/.*.tmp"))
    assert re.search(r"\(([\d,]+) were there before, 0 failed", said)


def a_moment(watch: Watch, share: int, chance: random.Random) -> None:
    """Wait a little, or until so many chunks are done: a fast machine must have work left."""
    until(lambda: len(watch.finished()) >= share, chance.uniform(0.0, LATEST))


def kill_a_worker(command: Batch, cluster: Cluster | None, chance: random.Random) -> bool:
    """Whether there was one to kill."""
    crew = command.workers() if cluster is None else cluster.workers()
    if not until(lambda: bool(crew), 0.0):
        return False
    try:
        if cluster is None:
            chance.choice(crew).kill()
        else:
            cluster.kill_worker(chance.randrange(len(crew)))
    except psutil.NoSuchProcess:
        return False
    return True


def test_killed_commands_and_workers_lose_nothing(small: tuple[Path, Path], tmp_path: Path) -> None:
    survive(*small, tmp_path / "results", (2, 1), seed=1)


def test_a_killed_command_on_dask_loses_nothing(
    small: tuple[Path, Path], cluster: Cluster, tmp_path: Path
) -> None:
    survive(*small, tmp_path / "results", (1, 1), seed=2, cluster=cluster)


@pytest.mark.slow
def test_2000_runs_survive_twelve_deaths_of_processes(large: tuple[Path, Path], tmp_path: Path) -> None:
    survive(*large, tmp_path / "results", (8, 4), seed=3)


@pytest.mark.slow
def test_2000_runs_survive_ten_deaths_on_dask(
    large: tuple[Path, Path], any_cluster: Cluster, tmp_path: Path
) -> None:
    survive(*large, tmp_path / "results", (5, 5), seed=4, cluster=any_cluster)


@pytest.mark.parametrize(
    "how",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGSTOP, marks=pytest.mark.slow),
    ],
    ids=["killed", "stopped", "silent"],
)
def test_a_scheduler_that_goes_is_one_clear_line(
    how: signal.Signals, small: tuple[Path, Path], tmp_path: Path
) -> None:
    file, undisturbed = small
    folder = tmp_path / "results"
    with (
        Cluster(tmp_path, nanny=False) as cluster,
        Batch(file, folder, "--scheduler", cluster.address) as command,
    ):
        assert command.wait_for_a_part(Watch(folder))
        cluster.scheduler.send_signal(how)
        code = command.ended(2 * SILENCE)
        cluster.scheduler.send_signal(signal.SIGCONT)  # or it would not end with the cluster
        assert code == 2
        assert command.said.strip().splitlines() == [
            "the Dask scheduler went away; what is done is kept: start it again and repeat the command"
        ]
    assert batch_here(file, folder, "--workers", "1")[0] == 0
    assert parts(folder) == parts(undisturbed)


def ctrl_c(file: Path, folder: Path, *options: str) -> tuple[float, int, str]:
    """Seconds that a command goes on after Ctrl-C, its exit code, and what it said."""
    with Batch(file, folder, *options) as command:
        assert command.wait_for_a_part(Watch(folder))
        started = time.monotonic()
        command.process.send_signal(signal.SIGINT)
        code = command.ended(60)
        return time.monotonic() - started, code, command.said


@pytest.mark.parametrize("where", ["processes", "threads", "dask"])
def test_ctrl_c_stops_within_two_seconds(where: str, cluster: Cluster, tmp_path: Path) -> None:
    file = experiment_file(tmp_path, points=512, size=1_000)  # chunks that take a second
    scheduler = cluster.address if where == "dask" else where
    took = []
    for attempt in range(3):  # a busy machine may take longer now and then
        folder = tmp_path / f"results{attempt}"
        seconds, code, said = ctrl_c(file, folder, "--workers", "2", "--scheduler", scheduler)
        took.append(seconds)
        assert code == 130
        assert said.strip().splitlines() == [
            f"interrupted; what was finished is kept in {folder}, and the same command goes on from there"
        ]
        Watch(folder).look()
        if seconds < 2:
            break
    assert min(took) < 2, took


def test_a_full_disk_is_one_clear_line_and_no_half_part(small: tuple[Path, Path], tmp_path: Path) -> None:
    file, undisturbed = small
    disk = tmp_path / "disk"
    size = sum(len(part) for part in parts(undisturbed).values())
    with mount_or_skip(disk, f"size={size // 2}"):
        for options in (("--workers", "2"), ("--workers", "1"), ("--scheduler", "threads")):
            code, said = batch_here(file, disk / "results", *options)
            assert code == 2
            (line,) = said.strip().splitlines()
            assert line.startswith(f"{disk / 'results'}: cannot be written (No space left on device)")
            assert "what is done is kept, and the same command goes on from there" in line
            Watch(disk / "results").look()
        before = Watch(disk / "results")
        before.look()
        assert before.finished()
        remount(disk, f"size={4 * size}")
        assert batch_here(file, disk / "results", "--workers", "1")[0] == 0
        before.look()
        assert parts(disk / "results") == parts(undisturbed)


def mount_or_skip(folder: Path, options: str) -> ExitStack:
    """A mounted file system; the test is skipped where that is not allowed."""
    held = ExitStack()
    try:
        held.enter_context(mounted(folder, options))
    except PermissionError as error:
        pytest.skip(str(error))
    return held


def test_a_read_only_folder_is_one_clear_line(small: tuple[Path, Path], tmp_path: Path) -> None:
    file, undisturbed = small
    disk = tmp_path / "disk"
    with mount_or_skip(disk, "size=50m"):
        remount(disk, "ro")
        code, said = batch_here(file, disk / "results")
        assert code == 2
        assert said.strip() == (
            f"{disk / 'results'}: cannot be written (Read-only file system); give another folder with --out"
        )
        remount(disk, "rw")
        shutil.copytree(undisturbed, disk / "results")
        next((disk / "results/series").iterdir()).unlink()
        remount(disk, "ro")
        code, said = batch_here(file, disk / "results")
        assert code == 2 and "Read-only file system" in said and len(said.strip().splitlines()) == 1
        assert load(disk / "results").series is not None


def flipped(content: bytes, place: int) -> bytes:
    """The same with one byte turned over."""
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def test_a_flipped_byte_is_never_taken_for_a_result(small: tuple[Path, Path], tmp_path: Path) -> None:
    """At any place of a part: in its pages, its footer and its ends."""
    chunk = store.stored_chunks(small[1], ("ledger", "series"))[0]
    for table in ("ledger", "series"):
        (tmp_path / table).mkdir()
        shutil.copy(small[1] / table / chunk.part, tmp_path / table)
    shutil.copy(small[1] / SUMS, tmp_path)
    assert store.is_whole(tmp_path, chunk, ("ledger", "series"))
    part = tmp_path / "series" / chunk.part
    whole = part.read_bytes()
    chance = random.Random(1)
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    places = [chance.randrange(len(whole)) for _ in range(75)]
    places += [chance.randrange(len(whole) - footer, len(whole)) for _ in range(75)]
    for place in places:
        part.write_bytes(flipped(whole, place))
        assert not store.is_whole(tmp_path, chunk, ("ledger", "series")), place


@pytest.fixture
def damaged(small: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path, Path]:
    """Experiment, a folder of its results, and a part of it with one byte of a page turned over."""
    folder = tmp_path / "results"
    shutil.copytree(small[1], folder)
    part = sorted((folder / "series").iterdir())[3]
    column = pq.read_metadata(part).row_group(0).column(20)
    place = column.data_page_offset + column.total_compressed_size - 5
    part.write_bytes(flipped(part.read_bytes(), place))
    return small[0], folder, part


def test_a_corrupted_part_is_named(damaged: tuple[Path, Path, Path]) -> None:
    _, folder, part = damaged
    with pytest.warns(IncompleteWarning, match=rf"464 of 512 runs are stored \({part}: damaged"):
        assert load(folder).series["point"].nunique() == 128 - 12
    with pytest.raises(InputError, match=r"damaged .*remove it and run again") as error:
        verify(folder, sample=1)
    assert str(error.value).startswith(f"{part}: ")


def test_a_part_that_rots_unseen_is_found_when_it_is_read(small: tuple[Path, Path], tmp_path: Path) -> None:
    """A disk that returns other bytes changes neither size nor times: what is known of it says whole."""
    folder = tmp_path / "results"
    shutil.copytree(small[1], folder)
    part = sorted((folder / "series").iterdir())[3]
    part.write_bytes(flipped(part.read_bytes(), part.stat().st_size - 40))
    checked, facts = read_checked(folder), part.stat()
    checked.known[part.name]["parts"] = {"series": [facts.st_size, facts.st_ctime_ns]}
    checked.write(store.named_chunks(folder))
    with pytest.raises(InputError, match=r"damaged .*remove it and run again") as error:
        _ = load(folder).series
    assert str(error.value).startswith(f"{part}: ")


@pytest.mark.parametrize("how", ["corrupted", "removed", "truncated", "empty"])
def test_a_broken_part_is_run_again_and_no_other(
    how: str, damaged: tuple[Path, Path, Path], small: tuple[Path, Path]
) -> None:
    file, folder, part = damaged
    if how == "removed":
        part.unlink()
    if how in ("truncated", "empty"):
        part.write_bytes(part.read_bytes()[: part.stat().st_size // 2 if how == "truncated" else 0])
    others = {path: path.stat().st_mtime_ns for path in folder.glob("*/part-*") if path.name != part.name}
    assert run_experiment(load_experiment(file), folder).stored == 512 - 48
    assert parts(folder) == parts(small[1])
    assert {path: path.stat().st_mtime_ns for path in others} == others


def test_a_manifest_of_another_version_is_refused(small: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(small[1], folder)
    manifest = read_manifest(folder)
    before = parts(folder)
    for changed, words in (
        (replace(manifest, model="0" * 16), "was made by another version of the model"),
        (replace(manifest, format=2), f"format 2 is not the format {FORMAT} of this version"),
    ):
        write_manifest(folder, changed)
        code, said = batch_here(small[0], folder)
        assert code == 2 and words in said and len(said.strip().splitlines()) == 1
        assert parts(folder) == before
    with pytest.raises(InputError, match="format 2"):
        load(folder)


def refused(file: Path, folder: Path, attempts: list[tuple[tuple[str, ...], str]]) -> None:
    """Commands that are turned away, each in its own words."""
    for options, words in attempts:
        code, said = batch_here(file, folder, *options)
        assert code == 2
        assert said.strip() == f"{folder}: {words}"


BUSY = "another command is writing to it; wait for it to end"


def test_a_second_command_is_refused_while_the_first_goes_on(tmp_path: Path) -> None:
    file, folder = experiment_file(tmp_path, size=300), tmp_path / "results"
    with Batch(file, folder, "--workers", "1") as first:
        assert first.wait_for_a_part(Watch(folder))
        refused(file, folder, [((), BUSY), (("--shard", "1/2"), BUSY)])
        assert first.process.poll() is None, "ended too soon to be in the way"
        assert first.ended() == 0
    assert verify(folder, sample=6).passed
    assert load(folder).series.shape[0] == 512 * 8


def test_shards_share_a_folder_each_of_them_once(small: tuple[Path, Path], tmp_path: Path) -> None:
    file, folder = small[0], tmp_path / "results"
    again = "another command is writing shard 1 to it; wait for it to end"
    with locks.locked(folder, Shard(1, 3)), ExitStack() as held:
        others = [
            held.enter_context(Batch(file, folder, "--shard", f"{number}/3", "--workers", "1"))
            for number in (2, 3)
        ]
        refused(file, folder, [(("--shard", "1/3"), again), (("--shard", "2/4"), BUSY), ((), BUSY)])
        for command in others:
            assert command.ended() == 0, command.said
    assert batch_here(file, folder, "--shard", "1/3", "--workers", "1")[0] == 0
    assert parts(folder) == parts(small[1])


def test_workers_of_a_command_that_was_replaced_store_nothing(
    small: tuple[Path, Path], tmp_path: Path
) -> None:
    """On a cluster they may live longer than the command that sent them."""
    chunk = store.stored_chunks(small[1], ("ledger", "series"))[0]
    tables = {name: pq.read_table(small[1] / name / chunk.part) for name in ("ledger", "series")}
    for table in tables:
        (tmp_path / table).mkdir()
    with locks.locked(tmp_path) as orphaned:
        pass
    with locks.locked(tmp_path, Shard(1, 2)) as claim:
        with pytest.raises(InputError, match="another command has taken it over"):
            store.store(tmp_path, chunk, tables, orphaned)
        assert parts(tmp_path) == {} and not list(tmp_path.glob("*/.*.tmp"))
        store.store(tmp_path, chunk, tables, claim)
    before = Watch(tmp_path)
    before.look()
    store.store(tmp_path, chunk, tables, None)  # as when a cluster runs a chunk twice
    before.look()
    assert len(parts(tmp_path)) == 2


MISCHIEF = """
import os
import signal

from sim.extensions import outcome


@outcome(unit="1")
def mischief(now):
    rate = now.parameters.needs.posting_rate
    if rate == 0.5:
        raise ZeroDivisionError("made to fail\\nin two lines")
    if rate == 0.9:
        os.kill(os.getpid(), signal.SIGKILL)
    return float("nan") if rate == 0.7 else 0.0
"""

FAILING = """
name: failing
world: synthetic:20
quarters: 4
replicates: 6
scenarios: [mischief.yaml]
design: {method: grid}
factors: {posting_rate: {kind: uncertainty, values: VALUES}}
"""


@pytest.mark.parametrize("where", ["processes", "threads", pytest.param("dask", marks=pytest.mark.slow)])
def test_failing_runs_are_listed_and_take_no_other_with_them(where: str, tmp_path: Path) -> None:
    values = (
        [0.3, 0.5, 0.7] if where == "threads" else [0.3, 0.5, 0.7, 0.9]
    )  # a thread cannot be killed alone
    (tmp_path / "mischief.py").write_text(MISCHIEF)
    (tmp_path / "mischief.yaml").write_text(
        "name: mischief\ntitle: {en: m, ja: m}\nextends: baseline\nextensions: ['mischief:mischief']\n"
    )
    file = tmp_path / "failing.yaml"
    file.write_text(FAILING.replace("VALUES", str(values)))
    with ExitStack() as held:
        scheduler = where
        if where == "dask":
            scheduler = held.enter_context(Cluster(tmp_path, nanny=True, paths=(tmp_path,))).address
        options = ("--allow-extensions", "mischief", "--workers", "2", "--scheduler", scheduler)
        code, said = batch(file, tmp_path / "results", *options, paths=(tmp_path,))
        assert code == 3, said
        again, still = batch(file, tmp_path / "results", *options, paths=(tmp_path,))
    failed = 6 * (len(values) - 1)
    lines = said.strip().splitlines()
    assert f"{failed} of {6 * len(values)} runs failed; {tmp_path}/results/failures lists them:" in lines
    assert "  mischief, point 1, replicate 0: ZeroDivisionError: made to fail in two lines" in lines
    assert f"  and {failed - 10} more" in lines
    assert again == 3 and f"{failed} failed" in still
    results = load(tmp_path / "results")
    errors = results.failures.groupby("point", observed=True)["error"].unique().map(list).to_dict()
    expected = {1: ["ZeroDivisionError"], 2: ["NotFiniteError"], 3: ["ChildProcessError"]}
    assert errors == {point: expected[point] for point in range(1, len(values))}
    assert {"world", "seed", "quarters", "scenario_digest", "details"} <= set(results.failures)
    assert set(results.series["point"]) == {0} and len(results.series) == 6 * 4
