from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.batch.manifest import read_manifest
from sim.batch.stored import completeness
from sim.results import load
from tests.batch.survival import batch, parts

FAILING = """
from sim.extensions import outcome


@outcome(unit="1")
def ratio(now):
    rate = now.parameters.needs.posting_rate
    return (1.0 / (rate - 0.5)) + OFFSET
"""
MENDED = FAILING.replace("(rate - 0.5))", "(rate - 0.5) if rate != 0.5 else 0.0)")
EXPERIMENT = """
name: mended
world: synthetic:20
quarters: 4
replicates: 8
scenarios: [s.yaml]
design: {method: grid}
factors: {posting_rate: {kind: uncertainty, values: VALUES}}
""".replace("VALUES", str([0.5, *(0.6 + 0.01 * n for n in range(29))]))  # two tiles of points
OPTIONS = ("--allow-extensions", "ratio_of", "--workers", "1")


@pytest.fixture(scope="module")
def failed_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where experiment file and folder of the runs lie, which tests take a copy of."""
    place = tmp_path_factory.mktemp("failed")
    made(place)
    return place


@pytest.fixture
def failed(failed_before: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Experiment file and folder of runs some of which failed."""
    shutil.copytree(failed_before, tmp_path / "copy")
    return tmp_path / "copy/e.yaml", tmp_path / "copy/r"


def made(tmp_path: Path) -> None:
    """Experiment file and folder of 240 runs in two chunks; 8 of the first failed."""
    (tmp_path / "ratio_of.py").write_text(FAILING.replace("OFFSET", "0.0"))
    (tmp_path / "s.yaml").write_text(
        "name: s\ntitle: {en: s, ja: s}\nextends: baseline\nextensions: ['ratio_of:ratio']\n"
    )
    file = tmp_path / "e.yaml"
    file.write_text(EXPERIMENT)
    code, said = batch(file, tmp_path / "r", *OPTIONS, paths=(tmp_path,))
    assert code == 3 and "8 of 240 runs failed" in said
    assert "repeat the command with --retry-failed --out" in said


def retried(failed: tuple[Path, Path], source: str, *options: str) -> tuple[int, str]:
    file, folder = failed
    (file.parent / "ratio_of.py").write_text(source)
    return batch(file, folder, *OPTIONS, *options, paths=(file.parent,))


def test_failed_runs_are_run_again_with_the_mended_source(failed: tuple[Path, Path]) -> None:
    before, old = parts(failed[1]), read_manifest(failed[1]).experiment
    code, said = retried(failed, MENDED.replace("OFFSET", "0.0"))
    assert code == 2 and "was made with another source of ratio_of:ratio" in said and "--retry-failed" in said
    assert parts(failed[1]) == before
    code, said = retried(failed, MENDED.replace("OFFSET", "0.0"), "--retry-failed")
    assert code == 0, said
    stored = completeness(failed[1])
    assert (stored.runs, stored.missing, stored.failed) == (240, 0, 0)
    results = load(failed[1])
    assert set(results.series.query("point == 0")["ratio"]) == {0.0}
    assert results.failures.empty
    manifest = read_manifest(failed[1])
    assert manifest.earlier == (old,) and manifest.experiment != old
    kept = {name: content for name, content in parts(failed[1]).items() if content == before.get(name)}
    assert kept  # chunks in which nothing failed
    assert (retried(failed, MENDED.replace("OFFSET", "0.0")))[0] == 0


def test_a_source_that_changes_other_runs_is_refused(failed: tuple[Path, Path]) -> None:
    before = parts(failed[1])
    code, said = retried(failed, MENDED.replace("OFFSET", "1.0"), "--retry-failed")
    assert code == 2 and "a run that did not fail comes out otherwise (s, point" in said
    assert len(said.strip().splitlines()) == 1
    assert parts(failed[1]) == before and completeness(failed[1]).failed == 8


@pytest.mark.slow
def test_the_same_source_fails_again(failed: tuple[Path, Path]) -> None:
    before = parts(failed[1])
    code, said = retried(failed, FAILING.replace("OFFSET", "0.0"), "--retry-failed")
    assert code == 3 and "8 of 240 runs failed" in said
    assert parts(failed[1]).keys() == before.keys()


@pytest.mark.slow
def test_there_must_be_something_to_try_again(failed: tuple[Path, Path]) -> None:
    file, folder = failed
    code, said = batch(file, folder.parent / "new", *OPTIONS, "--retry-failed", paths=(file.parent,))
    assert code == 2 and "holds no runs that could be tried again" in said
    assert not (folder.parent / "new").exists()
