"""Files of compiled code that cannot be used end the command in one line; no run is blamed for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.batch import ready
from sim.batch.ready import KernelError, blamed_rightly, make_ready
from sim.cli import main
from sim.kernel.compiled import cache_folder
from sim.simulation.warmup import compile_kernel


@pytest.fixture
def cut_short(tmp_path: Path) -> Path:
    """A cache in which the code of one act was cut short, as where the power failed."""
    compile_kernel()
    root, folder = tmp_path / "cache", cache_folder()
    assert folder is not None
    shutil.copytree(folder, root / folder.name)
    for file in root.rglob("*hold_meetings*.nbc"):
        file.write_bytes(b"")
    return root


def sim(cache: Path, *arguments: str, within: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim.cli", *arguments]
    environment = os.environ | {"SIM_CACHE_DIR": str(cache)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=within)


def test_no_run_is_recorded_as_failed(cut_short: Path, tmp_path: Path) -> None:
    study = ("run", "no_policy", "--world", "synthetic:5", "--quarters", "2", "--replicates")
    out = tmp_path / "out"
    for replicates, workers in (("1", "1"), ("60", "2")):  # in the command's own process, and in others
        found = sim(cut_short, *study, replicates, "--workers", workers, "--out", str(out), "--quiet")
        (line,) = found.stderr.strip().splitlines()
        assert found.returncode == 2
        (folder,) = cut_short.iterdir()
        assert line.startswith(f"{folder}: compiled code cannot be written or read")
        assert not (out / "failures").exists() and not list((out / "series").glob("*.parquet"))


@pytest.mark.usefixtures("without_figures")
def test_sim_verify_tells_it_too(cut_short: Path, tmp_path: Path) -> None:
    out, world = str(tmp_path / "out"), ("--world", "synthetic:5", "--quarters", "2", "--replicates", "1")
    assert main(["run", "no_policy", *world, "--out", out, "--quiet", "--workers", "1"]) == 0
    found = sim(cut_short, "verify", out)
    assert found.returncode == 2
    assert "compiled code cannot be written or read" in found.stderr.strip().splitlines()[-1]


@pytest.mark.slow
def test_workers_run_what_is_compiled_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = tmp_path / "cache"
    refused.mkdir()
    refused.chmod(0o777)
    (tmp_path / f"sdgs-partnership-sim-{os.geteuid()}").symlink_to(refused)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    study = ("run", "no_policy", "--world", "synthetic:5", "--quarters", "2", "--replicates", "60", "--out")
    assert main([*study, str(tmp_path / "kept"), "--quiet", "--workers", "1"]) == 0
    found = sim(refused, *study, str(tmp_path / "passing"), "--workers", "2", within=1200)
    assert found.returncode == 0
    assert found.stderr.count("the model is compiled in memory") == 1 and not list(refused.iterdir())
    kept, passing = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "series").iterdir()}
        for name in ("kept", "passing")
    )
    assert kept == passing


def test_a_full_disk_is_told_with_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ready, "compile_kernel", full)
    with pytest.raises(KernelError, match=r"kernel-.*No space left on device.*SIM_CACHE_DIR"):
        make_ready()


def test_a_run_fails_in_its_own_way_where_others_run() -> None:
    with pytest.raises(EOFError, match="of its own"), blamed_rightly():
        raise EOFError("of its own")
