from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from sim.batch import store
from sim.batch.chunks import NotFiniteError, blocks_of, checked_run
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.runner import run_experiment
from sim.batch.tables import Key
from sim.errors import InputError
from sim.results import load
from sim.scenarios.scenario import Scenario, load_scenarios
from tests.batch.lethal import LethalScenario

LONG = """
import sys
from pathlib import Path
from sim.batch.runner import run_experiment
from tests.batch.test_runner import long_experiment

if __name__ == "__main__":
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    run_experiment(long_experiment(), folder, workers, lambda *counts: print(*counts, flush=True))
"""


def long_experiment() -> Experiment:
    """Enough small runs to be interrupted: 10 chunks."""
    scenarios = tuple(load_scenarios(["baseline", "subsidy_first"]))
    return Experiment("long", scenarios, world="synthetic:60", quarters=8, replicates=240)


def parts(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("*/part-*.parquet"))
    }


def test_the_number_of_workers_changes_no_byte(
    experiment: Experiment, finished: Path, tmp_path: Path
) -> None:
    run_experiment(experiment, tmp_path / "two", workers=2)
    with ThreadPoolExecutor(2) as threads:
        run_experiment(experiment, tmp_path / "threads", workers=2, executor=threads)
    assert len(parts(finished)) == 8
    assert parts(tmp_path / "two") == parts(finished)
    assert parts(tmp_path / "threads") == parts(finished)


def test_rows_are_sorted_and_complete(finished: Path) -> None:
    for path in sorted((finished / "series").iterdir()):
        rows = pq.read_table(path, columns=["scenario", "point", "replicate", "quarter"]).to_pylist()
        keys = [(row["scenario"], row["point"], row["replicate"], row["quarter"]) for row in rows]
        assert keys == sorted(keys) and len(set(keys)) == len(keys)
    assert len(load(finished).series) == 2 * 30 * 8


def test_more_replicates_leave_what_is_there(
    with_replicates: Callable[[int], Experiment], finished: Path, tmp_path: Path
) -> None:
    run_experiment(with_replicates(5), tmp_path)
    before = {
        path: (content, (tmp_path / path).stat().st_mtime_ns) for path, content in parts(tmp_path).items()
    }
    report = run_experiment(with_replicates(30), tmp_path, workers=2)
    assert (report.stored, report.total, report.replicates) == (10, 60, 30)
    after = parts(tmp_path)
    assert {path: (after[path], (tmp_path / path).stat().st_mtime_ns) for path in before} == before
    assert load(tmp_path).series.equals(load(finished).series)
    assert load(tmp_path).ledger.equals(load(finished).ledger)


def test_fewer_replicates_run_nothing_and_lose_nothing(
    with_replicates: Callable[[int], Experiment], tmp_path: Path
) -> None:
    run_experiment(with_replicates(5), tmp_path)
    before = parts(tmp_path)
    calls: list[tuple[int, int, int]] = []
    report = run_experiment(with_replicates(2), tmp_path, progress=lambda *counts: calls.append(counts))
    assert report.replicates == 5 and report.stored == report.total == 10
    assert calls == [(10, 0, 10)]
    assert parts(tmp_path) == before


def test_what_is_missing_or_broken_is_run_again(
    with_replicates: Callable[[int], Experiment], tmp_path: Path
) -> None:
    run_experiment(with_replicates(30), tmp_path)
    whole = parts(tmp_path)
    first, second = (chunk.part for chunk in store.stored_chunks(tmp_path))
    (tmp_path / "series" / first).unlink()
    (tmp_path / "deals" / second).write_bytes(b"PAR1 half a part")
    (tmp_path / "series" / f".{first}.host-99-1.tmp").write_bytes(b"left behind")
    run_experiment(with_replicates(30), tmp_path)
    assert parts(tmp_path) == whole
    assert not list(tmp_path.glob("*/.*.tmp"))


def test_progress_counts_to_the_end(with_replicates: Callable[[int], Experiment], tmp_path: Path) -> None:
    calls: list[tuple[int, int, int]] = []
    run_experiment(with_replicates(30), tmp_path, progress=lambda *counts: calls.append(counts))
    assert calls == [(0, 0, 60), (0, 0, 60), (48, 0, 60), (60, 0, 60)]


def test_chunks_depend_on_the_size_of_a_run(experiment: Experiment) -> None:
    national = replace(experiment, quarters=51)
    assert blocks_of(national, 1741) == (1, 6)
    assert blocks_of(replace(national, replicates=9999), 1741) == (1, 6)
    assert blocks_of(national, 30) == (1, 24)
    assert blocks_of(national, 1_000_000) == (1, 1)
    designed = replace(
        national, design=Design("grid", (Factor("subsidy", "lever", values=(0.0,)),), ((0.0,),))
    )
    assert blocks_of(designed, 1741) == (1, 6)
    assert blocks_of(designed, 30) == (12, 8)


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("exception", "ValueError", "not in tuple"),
        ("nan", "NotFiniteError", "awareness_mean is nan in 2018Q2"),
    ],
)
def test_a_failing_run_is_recorded_and_takes_no_other_with_it(
    how: str,
    error: str,
    message: str,
    with_replicates: Callable[[int], Experiment],
    failing: Callable[[str], Scenario],
    tmp_path: Path,
) -> None:
    sound = with_replicates(3)
    mixed = replace(sound, scenarios=(*sound.scenarios, failing(how)), record=("series", "ledger"))
    report = run_experiment(mixed, tmp_path / "mixed")
    run_experiment(sound, tmp_path / "sound")
    assert (report.failed, report.total) == (3, 9)
    results = load(tmp_path / "mixed")
    failures = results.failures
    assert failures["scenario"].tolist() == [how] * 3 and failures["replicate"].tolist() == [0, 1, 2]
    assert set(failures["error"]) == {error} and message in failures["message"][0]
    assert {"world", "seed", "quarters", "scenario_digest", "details"} <= set(failures)
    rows = results.series.assign(scenario=results.series["scenario"].astype(str))
    expected = load(tmp_path / "sound").series
    assert rows.equals(expected.assign(scenario=expected["scenario"].astype(str)))
    again = run_experiment(mixed, tmp_path / "mixed")
    assert (again.stored, again.failed) == (9, 3)


def test_a_chunk_whose_every_run_fails_is_done(
    with_replicates: Callable[[int], Experiment], failing: Callable[[str], Scenario], tmp_path: Path
) -> None:
    hopeless = replace(with_replicates(2), scenarios=(failing("exception"),), baseline=None)
    assert run_experiment(hopeless, tmp_path).failed == 2
    again = run_experiment(hopeless, tmp_path)
    assert (again.stored, again.failed) == (2, 2)
    assert load(tmp_path).series.empty and load(tmp_path).deals.empty


def test_not_finite_names_outcome_and_quarter(
    experiment: Experiment, failing: Callable[[str], Scenario]
) -> None:
    broken = replace(experiment, scenarios=(failing("nan"),), baseline=None)
    with pytest.raises(NotFiniteError, match="awareness_mean is nan in 2018Q2"):
        checked_run(broken, Key(0, 0, 0))


def test_a_run_that_kills_its_worker_is_given_up_alone(
    with_replicates: Callable[[int], Experiment], tmp_path: Path
) -> None:
    base = with_replicates(3).scenarios[0]
    copies = tuple(base.overlaid(f"copy{number}") for number in range(23))
    sound = Experiment("sound", copies, world="synthetic:30", quarters=2, replicates=3, record=("series",))
    lethal = LethalScenario(**{**base.model_dump(), "name": "lethal"})
    mixed = replace(sound, scenarios=(*copies, lethal))  # two chunks, so that there is a pool
    report = run_experiment(mixed, tmp_path / "mixed", workers=2)
    assert (report.failed, report.total) == (3, 72)
    results = load(tmp_path / "mixed")
    assert set(results.failures["scenario"].astype(str)) == {"lethal"}
    assert "killed" in results.failures["message"][0]
    run_experiment(sound, tmp_path / "sound")
    expected = load(tmp_path / "sound").series
    assert results.series.drop(columns="scenario").equals(expected.drop(columns="scenario"))


def test_workers_must_be_some(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workers: 0"):
        run_experiment(experiment, tmp_path / "none", workers=0)
    assert not (tmp_path / "none").exists()


def test_workers_load_only_what_they_need() -> None:
    code = (
        "import sys, tempfile; from pathlib import Path\n"
        "from sim.batch.chunks import Job, run_chunk\n"
        "from sim.batch.experiment import Experiment\n"
        "from sim.batch.parts import Chunk\n"
        "from sim.scenarios.scenario import load_scenarios\n"
        "folder = Path(tempfile.mkdtemp())\n"
        "e = Experiment('e', tuple(load_scenarios(['baseline'])), world='synthetic:30', quarters=8)\n"
        "[(folder / table).mkdir() for table in e.record]\n"
        "assert run_chunk(Job(e, folder), Chunk(0, 0, 0, 0)).failed == 0\n"
        "print([name for name in ('pandas', 'mesa', 'matplotlib') if name in sys.modules])\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@contextmanager
def long_run(folder: Path, workers: int) -> Iterator[subprocess.Popen[str]]:
    """The long experiment in a process of its own, seen once its first chunk is done."""
    script = folder.parent / "long.py"
    script.write_text(LONG)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), str(folder), str(workers)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    with process:
        try:
            process.stdout.readline()  # what was there before
            process.stdout.readline()  # all is ready
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def gone(processes: list[psutil.Process], within: float = 10.0) -> bool:
    """Whether all end in time; a zombie has ended, whoever adopted it may just not have noticed."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(process.is_running() and process.status() != "zombie" for process in processes):
            return True
        time.sleep(0.02)
    return False


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid).children(recursive=True)
    return []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "results"
    run_experiment(long_experiment(), folder)
    return parts(folder)


def test_ctrl_c_stops_at_once_and_keeps_what_is_done(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    took, folder = [], tmp_path
    for attempt in range(3):  # a busy machine may take longer now and then
        folder = tmp_path / f"results{attempt}"
        with long_run(folder, 2) as process:
            workers = family(process)
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
            took.append(time.monotonic() - started)
        if took[-1] < 2:
            break
    assert min(took) < 2
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert gone(workers)
    kept = parts(folder)
    assert 4 <= len(kept) < len(undisturbed)
    assert kept.items() <= undisturbed.items() or not store.stored_chunks(folder)
    run_experiment(long_experiment(), folder)
    assert parts(folder) == undisturbed


@pytest.mark.slow
def test_killed_coordinators_leave_no_worker_and_lose_nothing(
    undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    done: set[str] = set()
    for pause in (0.0, 0.13, 0.29):
        with long_run(folder, 2) as process:
            workers = family(process)
            time.sleep(pause)
            process.kill()
        assert gone(workers)
        now = {chunk.part for chunk in store.stored_chunks(folder)}
        assert done < now
        done = now
    run_experiment(long_experiment(), folder)
    assert parts(folder) == undisturbed


@pytest.mark.slow
def test_killed_workers_cost_time_only(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "results"
    killed = 0
    with long_run(folder, 2) as process:
        while process.poll() is None and killed < 3:
            workers = [one for one in family(process) if not one.children() and one.cpu_times().user > 0.1]
            if workers:
                workers[-1].kill()
                killed += 1
            time.sleep(0.4)
        assert process.wait(60) == 0
    assert killed > 1
    assert parts(folder) == undisturbed
