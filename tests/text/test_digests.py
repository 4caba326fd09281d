"""Changing a label changes no digest, recompiles nothing and refuses no folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.report import report
from sim.text.catalogue import FOLDER

LABEL, CHANGED = "label: Partnership deals signed", "label: Handshakes"
RUN = ["run", "baseline", "--world", "synthetic:30", "--quarters", "8", "--replicates", "2", "--workers", "1"]
DIGESTS = """
import json
from sim.batch.experiment import Experiment
from sim.kernel.compiled import is_compiled, mark_compiled
from sim.kernel.sources import kernel_digest
from sim.provenance import model_digest
from sim.scenarios.scenario import load_scenario

compiled = is_compiled()
mark_compiled()
baseline = load_scenario("baseline")
size = {"world": "japan", "quarters": 8, "seed": 1, "replicates": 2}
experiment = Experiment(name="e", scenarios=(baseline,), baseline=None, **size)
print(json.dumps([compiled, kernel_digest(), model_digest(), baseline.digest(), experiment.digest()]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results made with the labels as they are."""
    folder = tmp_path_factory.mktemp("results") / "made"
    with pytest.MonkeyPatch.context() as patch:  # the report is drawn once, with the new label
        patch.setattr(report, "write_report", lambda *_: None)
        assert main([*RUN, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(FOLDER.parent, root / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    return root


def process(root: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "SIM_CACHE_DIR": str(root / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def rename(root: Path) -> None:
    catalogue = root / "sim" / "text" / "en.yaml"
    source = catalogue.read_text(encoding="utf-8")
    assert source.count(LABEL) == 1
    catalogue.write_text(source.replace(LABEL, CHANGED), encoding="utf-8")


def test_a_label_changes_no_digest_and_no_folder(copied: Path, folder: Path) -> None:
    before = json.loads(process(copied, "-c", DIGESTS))
    stamps = {path: path.stat().st_mtime_ns for path in folder.rglob("part-*.parquet")}
    rename(copied)

    after = json.loads(process(copied, "-c", DIGESTS))
    assert after[1:] == before[1:]
    assert (before[0], after[0]) == (False, True), "what was compiled before counts as compiled after"

    again = process(copied, "-m", "sim.cli", *RUN, "--out", str(folder))
    assert "Handshakes" in again
    assert "Handshakes" in (folder / "report.html").read_text(encoding="utf-8")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("part-*.parquet")} == stamps
    assert not list((copied / "cache").rglob("*.nbi")), "nothing was compiled"
