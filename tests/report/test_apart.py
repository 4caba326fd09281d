"""Figures shared out between two processes: the same files, also where the second dies, hangs or is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.batch import workers
from sim.errors import InputError
from sim.report.figures import Request, draw_figures
from sim.report.words import Names
from sim.text import saying_regions
from tests.report import made
from tests.report.test_figures import made_data

NAMES = ("partnerships", "adoption", "funnel", "left_behind")


def request_() -> Request:
    data = {name: made_data()[name] for name in NAMES}
    return Request(data, Names(dict.fromkeys(made.SCENARIOS, "title"), "en", {}, {}), "baseline", None)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("regions", [False, True])
def test_the_files_are_the_same(tmp_path: Path, regions: bool) -> None:
    with saying_regions(regions):
        here = draw_figures(request_(), tmp_path / "here")
        apart = draw_figures(request_(), tmp_path / "apart", apart=True)
    assert [path.name for path in apart] == [path.name for path in here]
    assert files(tmp_path / "apart") == files(tmp_path / "here")
    assert len(files(tmp_path / "here")) == 2 * len(NAMES)


@pytest.mark.parametrize("error", [InputError("no workers"), OSError("no processes")])
def test_all_are_drawn_here_where_no_process_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refused(_: object) -> None:
        raise error

    monkeypatch.setattr(workers, "_processes", refused)
    assert len(draw_figures(request_(), tmp_path, apart=True)) == len(NAMES)
    assert len(files(tmp_path)) == 2 * len(NAMES)


@pytest.mark.slow
def test_all_are_drawn_where_the_process_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(workers.OwnProcess):
        def submit(self, task: Any, *args: Any) -> Any:
            return super().submit(os._exit, 9)

    monkeypatch.setattr(workers, "OwnProcess", Dying)
    draw_figures(request_(), tmp_path, apart=True)
    assert len(files(tmp_path)) == 2 * len(NAMES)


#: The second process imports the script, so that it draws like the first; {busy} says who takes ten minutes.
SCRIPT = """
import multiprocessing, pathlib, sys, time
from sim.report import figures

draw = figures._draw

def busy(sheet, folder, name, lang):
    print("drawing", flush=True)
    if {busy}:
        time.sleep(600)
    return draw(sheet, folder, name, lang)

figures._draw, figures._PATIENCE = busy, 0.1

if __name__ == "__main__":
    from tests.report.test_apart import request_
    figures.draw_figures(request_(), pathlib.Path(sys.argv[1]), apart=True)
"""


def started(folder: Path, busy: str) -> subprocess.Popen[str]:
    """The script under way, with both processes in a group of their own."""
    script = folder / "script.py"
    script.write_text(SCRIPT.format(busy=busy), encoding="utf-8")
    command = [sys.executable, str(script), str(folder / "figures")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, process_group=0
    )


@pytest.mark.slow
def test_all_are_drawn_where_the_process_hangs(tmp_path: Path) -> None:
    process = started(tmp_path, "multiprocessing.parent_process()")
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    assert said.count("drawing") == len(NAMES) + 1  # the one that hangs is drawn twice
    assert len(files(tmp_path / "figures")) == 2 * len(NAMES)


@pytest.mark.slow
def test_ctrl_c_ends_both(tmp_path: Path) -> None:
    process = started(tmp_path, "True")
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["drawing\n"] * 2
    os.killpg(process.pid, signal.SIGINT)
    _, complaints = process.communicate(timeout=30)  # which ends when nobody has its pipes any more
    assert complaints.count("Traceback") == 1 and complaints.endswith("KeyboardInterrupt\n")
