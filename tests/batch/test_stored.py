from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.batch.store import stored_chunks
from sim.batch.stored import completeness
from sim.batch.verify import verify
from sim.cli import main
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from tests.batch.survival import put_part


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """60 runs in two chunks of 48 and 12."""
    return Path(shutil.copytree(finished, tmp_path / "results"))


def test_a_whole_folder_lacks_nothing(folder: Path) -> None:
    stored = completeness(folder)
    assert (stored.runs, stored.expected, stored.missing, stored.failed) == (60, 60, 0, 0)
    assert stored.faults == () and stored.sentence() == "60 of 60 runs are stored"


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize("how", ["lost", "cut", "empty", "one table lost"])
def test_missing_runs_are_said_by_all(how: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = stored_chunks(folder)[0].part
    part = folder / ("deals" if how == "one table lost" else "series") / first
    content = part.read_bytes()
    part.unlink()
    if how in ("cut", "empty"):
        part.write_bytes(content[: len(content) // 2 if how == "cut" else 0])
    stored = completeness(folder)
    assert (stored.runs, stored.expected, stored.missing) == (12, 60, 48)
    assert stored.sentence().startswith("12 of 60 runs are stored")
    assert len(stored.faults) == (how != "lost")
    with pytest.warns(IncompleteWarning, match="12 of 60 runs are stored"):
        assert load(folder).series["replicate"].nunique() == 6
    capsys.readouterr()
    code = main(["verify", str(folder), "--sample", "1", "--quiet"])
    said = capsys.readouterr()
    if how == "lost":
        assert code == 0 and "1 of 12 stored runs run again" in said.out
        assert f"{folder}: 12 of 60 runs are stored" in said.err
    else:
        assert code == 2 and said.err.startswith(f"{part}: ") and "run again" in said.err
    if how == "lost":
        assert main(["report", str(folder), "--quiet"]) == 0
        assert f"{folder}: 12 of 60 runs are stored" in capsys.readouterr().err


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("how", ["over another", "of another seed"])
def test_parts_from_elsewhere_are_not_taken(
    how: str, noted: bool, experiment: Experiment, folder: Path
) -> None:
    """Not even where their digests were taken along."""
    first, second = (chunk.part for chunk in stored_chunks(folder))
    whole = {path: path.read_bytes() for path in folder.glob("*/part-*")}
    if how == "over another":
        for table in ("series", "ledger", "deals", "municipalities"):
            shutil.copy(folder / table / first, folder / table / second)
        reason = rf"{second}: is of another part \({first}\)"
    else:
        other = replace(experiment, seed=2)
        run_experiment(other, folder.parent / "other")
        shutil.copy(folder.parent / "other/series" / second, folder / "series")
        reason = rf"{second}: comes from another experiment \({other.digest()}\)"
    if noted:
        for table in ("series", "ledger", "deals", "municipalities"):
            put_part(folder / table / second, (folder / table / second).read_bytes())
    else:
        reason = rf"{second}: damaged or from elsewhere \(it differs from its digest in SHA256SUMS\)"
    with pytest.warns(IncompleteWarning, match=rf"48 of 60 runs are stored \(.*{reason}"):
        series = load(folder).series
    assert not series.duplicated(["scenario", "replicate", "quarter"]).any()
    with pytest.raises(InputError, match=reason):
        verify(folder, sample=1)
    assert run_experiment(experiment, folder).stored == 48
    assert {path: path.read_bytes() for path in folder.glob("*/part-*")} == whole


def test_runs_that_two_parts_hold_are_read_once(
    experiment: Experiment, finished: Path, tmp_path: Path
) -> None:
    """Parts of a folder that grew otherwise say truly what they hold, and hold it again."""
    run_experiment(replace(experiment, replicates=5), tmp_path / "grown")
    run_experiment(experiment, tmp_path / "grown")
    first = stored_chunks(finished)[0].part
    for table in ("series", "ledger", "deals", "municipalities"):
        shutil.copy(finished / table / first, tmp_path / "grown" / table)
    with pytest.warns(
        IncompleteWarning, match="60 of 60 runs are stored .*holds runs that another part holds"
    ):
        assert load(tmp_path / "grown").series.equals(load(finished).series)
    run_experiment(experiment, tmp_path / "grown")
    assert completeness(tmp_path / "grown").faults == ()


def test_parts_beyond_the_folder_do_not_make_it_grow(experiment: Experiment, folder: Path) -> None:
    first = stored_chunks(folder)[0]
    far = first._replace(first_replicate=999_000, last_replicate=999_023)
    shutil.copy(folder / "series" / first.part, folder / "series" / far.part)
    assert "beyond the 1 points and 30 replicates" in completeness(folder).faults[0].reason
    assert run_experiment(experiment, folder).replicates == 30
    assert not (folder / "series" / far.part).exists()


def test_a_part_says_what_it_holds(experiment: Experiment, folder: Path) -> None:
    first = stored_chunks(folder)[0].part
    said = pq.read_metadata(folder / "series" / first).metadata[b"sim.part"].decode()
    assert experiment.digest() in said and '"seed": "1"' in said and first in said
