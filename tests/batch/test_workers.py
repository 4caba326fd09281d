"""Scripts that start workers, with and without a main guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sim.batch import workers
from sim.results import load
from tests.batch.survival import SETTING

ROOT = Path(__file__).parents[2]
COMPARE = "sim.compare('baseline', 'balanced', world='synthetic:30', {size}, workers=2, out='results')\n"
RUN = """
from pathlib import Path
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.scenarios.scenario import load_scenarios
experiment = Experiment("e", tuple(load_scenarios(["baseline"])), "synthetic:30", 2, 1, 100)
run_experiment(experiment, Path("results"), workers=2)
"""
SIZES = ["replicates=40, quarters=2", "replicates=100, quarters=4"]


def python(folder: Path, script: str, piped: bool) -> subprocess.CompletedProcess[str]:
    """Run a script, from a file or through standard input."""
    (folder / "script.py").write_text(script)
    with (folder / "script.py").open() as file:
        return subprocess.run(
            [sys.executable, "-" if piped else "script.py"],
            stdin=file,
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=120,
            check=False,
        )


@pytest.mark.parametrize(
    ("size", "piped"),
    [
        pytest.param(SIZES[0], False, id="few, file"),
        pytest.param(SIZES[1], True, id="many, stdin"),
        pytest.param(SIZES[0], True, id="few, stdin", marks=pytest.mark.slow),
        pytest.param(SIZES[1], False, id="many, file", marks=pytest.mark.slow),
    ],
)
def test_studies_need_no_main_guard(size: str, piped: bool, tmp_path: Path) -> None:
    done = python(tmp_path, "import sim\n" + COMPARE.format(size=size), piped)
    assert (done.returncode, done.stderr) == (0, "")
    results = load(tmp_path / "results")
    assert results.stored.missing == 0 and results.failures.empty


@pytest.mark.parametrize("piped", [False, True], ids=["file", "stdin"])
def test_processes_without_a_main_guard_are_one_clear_line(piped: bool, tmp_path: Path) -> None:
    done = python(tmp_path, RUN, piped)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert [line for line in lines if 'if __name__ == "__main__"' in line] == lines[-1:]
    assert lines[-1].startswith("sim.errors.InputError: workers: processes import the script")
    assert done.stderr.count("Traceback") == 1  # that of the script itself, which may catch the error
    assert not list((tmp_path / "results").glob("*/*"))


def test_processes_with_a_main_guard_run(tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in RUN.strip().splitlines())
    done = python(tmp_path, f'if __name__ == "__main__":\n{body}', piped=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert load(tmp_path / "results").stored.missing == 0


@pytest.mark.parametrize(
    "pause", [0.5, 1.5, *(pytest.param(late, marks=pytest.mark.slow) for late in (1.0, 2.0))]
)
def test_ctrl_c_while_workers_start_says_no_more_than_ours(pause: float, tmp_path: Path) -> None:
    """It goes to all processes of the terminal: those that load the kernel, too."""
    file = tmp_path / "e.yaml"
    file.write_text("name: e\nworld: synthetic:30\nquarters: 8\nreplicates: 5_000\nscenarios: [baseline]\n")
    words = [
        sys.executable,
        "-m",
        "sim.cli",
        "batch",
        str(file),
        "--out",
        str(tmp_path / "r"),
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 30
        while not (tmp_path / "r/provenance.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    said = SETTING.sub("", said)
    assert process.returncode == 130
    assert len(said.strip().splitlines()) == 1 and said.startswith("interrupted; what was finished is kept")


def test_ctrl_c_while_the_first_answer_is_waited_for_ends_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a pool that nobody ends, its semaphores, is complained of after the command."""
    pools: list[ProcessPoolExecutor] = []

    class Interrupted(ProcessPoolExecutor):
        def submit(self, *_task: Any, **_named: Any) -> Future[Any]:
            pools.append(self)
            raise KeyboardInterrupt

    monkeypatch.setattr(workers, "ProcessPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt), workers.Workers(2) as crew:
        crew.submit(int)
    assert len(pools) == 1
    with pytest.raises(RuntimeError, match="after shutdown"):
        ProcessPoolExecutor.submit(pools[0], int)
