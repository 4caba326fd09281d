"""Where the machine is short of something, that is said: no file is called damaged, to be removed."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sim.batch.cluster import cluster
from sim.batch.design import Design
from sim.batch.digests import Sums
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.manifest import digest_of_file, read_manifest
from sim.batch.runner import run_experiment
from sim.batch.stored import read_points
from sim.batch.workers import Workers
from sim.cli import main
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.shortage import FILES, MEMORY, THREADS, ShortageError, blaming_no_file, shortage
from sim.statistics.cart import leaves_of
from sim.statistics.prim import through_workbench
from tests.batch.survival import ROOT, environment
from tests.without_files import no_more_files


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (MemoryError(), MEMORY),
        (pa.ArrowMemoryError("malloc of size 64 failed"), MEMORY),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), MEMORY),
        (OSError(errno.EAGAIN, "Resource temporarily unavailable"), THREADS),
        (RuntimeError("can't start new thread"), THREADS),
        (pa.ArrowException("Unknown error: Failed to launch worker thread: unavailable"), THREADS),
        (OSError(errno.EMFILE, "Too many open files"), FILES),
        (ShortageError(FILES), FILES),
        (OSError("Corrupt snappy compressed data."), None),
        (OSError(errno.EACCES, "Permission denied"), None),
        (pa.ArrowInvalid("Parquet magic bytes not found"), None),
        (ValueError("can't start new thread"), None),
        (SystemError("error return without exception set"), MEMORY),
        (ImportError("libopenblas.so: failed to map segment from shared object"), MEMORY),
        (ImportError("libopenblas.so: cannot open shared object file: No such file or directory"), None),
    ],
)
def test_it_is_told_apart_from_what_is_wrong_with_a_file(error: Exception, what: str | None) -> None:
    assert shortage(error) == what
    with pytest.raises(type(error) if what is None else ShortageError), blaming_no_file():
        raise error


POINTS, YES = np.zeros((2, 1)), np.zeros(2, bool)


def _to_a_cluster() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with cluster(f"tcp://127.0.0.1:{port}", lambda _: None):
            pass


@pytest.mark.parametrize(
    ("package", "wants"),
    [
        ("sklearn", lambda: leaves_of(POINTS, YES, np.arange(2))),
        ("ema_workbench", lambda: through_workbench(POINTS, YES)),
        ("distributed", _to_a_cluster),
    ],
)
def test_a_package_of_an_extra_that_gets_no_memory_is_not_called_missing(
    package: str, wants: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    said = "raise ImportError('its.so: failed to map segment from shared object')"
    (tmp_path / f"{package}.py").write_text(said, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ShortageError, match=MEMORY):
        wants()


DESIGN = Design("table", (Factor("subsidy", "lever", 0, 300),), ((0.0,), (100.0,), (250.0,)))


def test_what_kept_a_package_from_its_library_is_found_behind_its_own_words() -> None:
    error = OSError("Could not find/load shared object file")
    assert shortage(error) is None
    error.__context__ = OSError("libllvmlite.so: failed to map segment from shared object")
    assert shortage(error) == MEMORY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("short") / "results"
    scenarios = (load_scenario("baseline"),)
    run_experiment(
        Experiment("s", scenarios, world="synthetic:40", quarters=4, replicates=2, design=DESIGN), folder
    )
    return folder


@pytest.mark.parametrize(
    "read",
    [
        read_manifest,
        lambda folder: digest_of_file(folder / "experiment.yaml"),
        lambda folder: Sums(folder).noted,
        lambda folder: read_points(folder, DESIGN),
    ],
    ids=["manifest", "experiment", "digests", "points"],
)
def test_a_file_that_cannot_be_opened_for_want_of_handles_is_not_damaged(
    folder: Path, read: Callable[[Path], object]
) -> None:
    read(folder)  # with all that it imports
    with no_more_files(), pytest.raises(ShortageError, match="more files are open"):
        read(folder)


def test_a_part_that_cannot_be_opened_for_want_of_handles_is_not_damaged(folder: Path) -> None:
    expected = load(folder).series
    results = load(folder)
    with no_more_files(), pytest.raises(ShortageError, match="more files are open"):
        _ = results.series
    assert results.series.equals(expected)


@pytest.mark.parametrize("more", [1, 6, 12, 16, 40])
def test_workers_have_the_files_that_they_need_or_it_is_said(more: int, tmp_path: Path) -> None:
    script = f"""
        import os, resource
        from sim.batch.workers import Workers
        from sim.shortage import ShortageError
        if __name__ == "__main__":
            first_free = os.dup(0)
            os.close(first_free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (first_free + {more}, 4096))
            try:
                with Workers(2) as workers:
                    print([workers.submit(int).result() for _ in range(3)])
            except ShortageError as error:
                print(error)
    """
    file = tmp_path / "starts.py"
    file.write_text(textwrap.dedent(script), encoding="utf-8")
    words = [sys.executable, str(file)]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{FILES if more < 18 else [0, 0, 0]}\n", "")


def test_runs_are_not_held_to_be_damaged_where_threads_cannot_be_had(folder: Path) -> None:
    """A thread takes 8 MB of addresses, so that with less Arrow, or its memory, says that there are none."""
    script = f"""
        import resource, psutil
        from sim.results import load
        from sim.shortage import ShortageError
        results = load({str(folder)!r})
        import pyarrow.parquet, pyarrow.dataset, pandas
        most = psutil.Process().memory_info().vms + (4 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        try:
            results.series
        except ShortageError as error:
            print("short:", error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.startswith("short: "), done


def test_no_room_in_the_memory_that_processes_share_is_no_fault_of_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real semaphores need the privilege to mount something full on /dev/shm: the error is theirs."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", full)
    (tmp_path / "e.yaml").write_bytes((folder / "experiment.yaml").read_bytes())
    (tmp_path / "design.parquet").write_bytes((folder / "design.parquet").read_bytes())
    assert main(["batch", str(tmp_path / "e.yaml"), "--workers", "2", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "/dev/shm" in said and "--workers 1" in said and "cannot be written" not in said


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "name one with a shorter path in TMPDIR"), ("ja", "より短いパスのフォルダー")]
)
def test_a_temporary_folder_whose_path_is_too_long_is_no_fault_of_the_results(
    lang: str, words: str, folder: Path, tmp_path: Path
) -> None:
    long = tmp_path / ("t" * 100)
    long.mkdir()
    told = [sys.executable, "-m", "sim.cli", "batch", str(folder / "experiment.yaml"), "--workers", "2"]
    told += ["--out", str(tmp_path / "out"), "--lang", lang, "--quiet"]
    surroundings = environment() | {"TMPDIR": str(long)}
    done = subprocess.run(told, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("--workers: ") and words in line and str(long) in line


def test_processes_that_may_not_be_started_are_told_of_before_any_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is root may start any number: the error is what others get from the system."""

    def none_more(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading._start_joinable_thread", none_more)
    with pytest.raises(ShortageError, match="no thread or process"), Workers(2) as workers:
        workers.submit(int)
