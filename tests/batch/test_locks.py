from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.locks import locked
from sim.batch.runner import run_experiment
from sim.errors import InputError


def test_two_commands_cannot_write_to_one_folder(experiment: Experiment, tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(InputError, match="another command"):
        run_experiment(experiment, tmp_path)
    with locked(tmp_path):  # free again
        pass


def test_where_there_are_no_file_locks_it_is_one_clear_line(finished: Path, tmp_path: Path) -> None:
    """As on Windows: results can be read there, and are written under Linux, macOS and WSL."""
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from pathlib import Path\n"
        "import sim\n"
        f"print(len(sim.load({str(finished)!r}).series))\n"
        f"sim.run('baseline', world='synthetic:30', out={str(tmp_path / 'r')!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "480"
    assert done.stderr.strip().splitlines()[-1] == (
        "sim.errors.InputError: results cannot be written here: file locks are missing; Linux, macOS and, on "
        "Windows, WSL are supported"
    )


@pytest.mark.parametrize("name", [".lock", ".lock-turn", ".lock-2-of-3"])
def test_a_link_in_the_place_of_a_lock_empties_no_file_of_somebodys(
    name: str, experiment: Experiment, tmp_path: Path
) -> None:
    theirs, folder = tmp_path / "theirs", tmp_path / "results"
    theirs.write_text("not yours")
    folder.mkdir()
    (folder / name).symlink_to(theirs)
    with pytest.raises(InputError, match=rf"{folder / name}: is no file of ours but a link"):
        run_experiment(experiment, folder)
    assert theirs.read_text() == "not yours"
    (folder / name).unlink()
    assert run_experiment(experiment, folder).failed == 0
