"""docs/howto-batch.md works as it stands, and so do the experiments that come with the package."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import yaml

from sim.answers.known import known
from sim.batch.experiment_file import load_experiment
from sim.cli import main
from sim.results import load
from tests.batch.survival import Cluster, environment, parts, plain
from tests.examples import ROOT, example, run

PAGE = "docs/howto-batch.md"
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.yaml"))
#: Where the page does not say how many.
WORKERS = ("--workers", "1")
#: Run in small by the tests of answers, too.
ASKED = {name for question in known() for name in question.experiments}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the page, the experiments, and a command ``sim``."""
    folder = tmp_path_factory.mktemp("howto")
    (folder / "experiments").symlink_to(ROOT / "experiments")
    (folder / "sim").write_text(f'#!/bin/sh\nexec {sys.executable} -m sim.cli "$@"\n')
    (folder / "sim").chmod(0o755)
    for name in ("mine.yaml", "array.sh", "dask.sh"):
        (folder / name).write_text(example(PAGE, name), encoding="utf-8")
    return folder


def typed(folder: Path, *words: str, **variables: str) -> str:
    """What a command says when it is typed in the folder."""
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    surroundings = {**environment(), "PATH": path, **variables}
    done = subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def finished_as_told(shell: Path) -> Path:
    """The folder after all lines of shell code of the page, in their order; ``sim`` needs no process here."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in text.split("```sh\n")[1:]]
    assert len(blocks) == 4
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shell)
        for line in "".join(blocks).splitlines():
            words = shlex.split(line)
            if words[0] == "sim":
                assert main([words[1], *(WORKERS if words[1] == "batch" else ()), *words[2:]]) == 0, line
            else:
                typed(shell, "bash", "-euc", line)
    return shell


def test_what_the_page_says_to_type_works(finished_as_told: Path) -> None:
    assert len(load(finished_as_told / "results/mine").series) == 2 * 32 * 4 * 8
    assert not load(finished_as_told / "results/factorial").series.empty


@pytest.mark.parametrize(
    ("name", "said"),
    [("load.py", "posting_rate"), ("arrow.py", "2048"), ("duck.py", "baseline"), ("places.py", "rank_high")],
)
def test_what_reads_results_works(
    name: str,
    said: str,
    finished_as_told: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(finished_as_told)
    run(PAGE, name)
    assert said in capsys.readouterr().out


def test_a_job_array_gives_what_one_command_gives(finished_as_told: Path) -> None:
    for task in ("2", "1"):
        slurm = {"SLURM_ARRAY_TASK_MAX": "2", "SLURM_CPUS_PER_TASK": "1"}
        typed(finished_as_told, "bash", "array.sh", SLURM_ARRAY_TASK_ID=task, **slurm)
    one = ["--out", str(finished_as_told / "one"), "--workers", "1"]
    assert main(["batch", str(finished_as_told / "mine.yaml"), *one]) == 0
    assert parts(finished_as_told / "results/array") == parts(finished_as_told / "one")


def test_the_script_for_dask_reaches_its_scheduler(finished_as_told: Path, tmp_path: Path) -> None:
    with Cluster(tmp_path, nanny=False) as cluster:
        typed(finished_as_told, "bash", "dask.sh", SCHEDULER=cluster.address)
    assert len(load(finished_as_told / "results/dask").series) == 2 * 16 * 2 * 8


def test_the_script_for_dask_on_slurm_can_be_parsed() -> None:
    compile(example(PAGE, "slurm_cluster.py"), "slurm_cluster.py", "exec")


def test_the_cluster_of_kubernetes_can_be_parsed() -> None:
    cluster = yaml.safe_load(example(PAGE, "cluster.yaml"))
    assert cluster["kind"] == "DaskCluster" and {"worker", "scheduler"} == set(cluster["spec"])
    worker = cluster["spec"]["worker"]["spec"]
    mounts = {mount["name"] for mount in worker["containers"][0]["volumeMounts"]}
    assert mounts == {volume["name"] for volume in worker["volumes"]}


@pytest.mark.parametrize("table", ["series", "ledger"])
def test_duckdb_and_arrow_read_what_sim_reads(table: str, finished_as_told: Path) -> None:
    import duckdb

    folder = finished_as_told / "results/mine"
    frame = load(folder).table(table)
    keys = ["scenario", "point", "replicate", *({"quarter", "fiscal_year", "lever"} & set(frame))]
    arrow = plain(ds.dataset(folder / table).to_table())
    duck = duckdb.sql(f"SELECT * FROM '{folder}/{table}/part-*.parquet'").to_arrow_table()
    ours = plain(load(folder).dataset(table).to_table())
    assert ours.num_rows == len(frame)
    order = [(key, "ascending") for key in sorted(keys)]
    expected = ours.sort_by(order)
    for read in (arrow, duck.select(ours.column_names).cast(ours.schema)):
        assert read.sort_by(order).equals(expected)
    numbers = [str(name) for name in frame.columns if frame[name].dtype == "float64"]
    sums = {name: pc.sum(arrow[name]).as_py() for name in numbers}
    assert sums == pytest.approx({name: frame[name].sum() for name in numbers}, rel=1e-12)


@pytest.mark.parametrize(
    "file",
    [file if file.name not in ASKED else pytest.param(file, marks=pytest.mark.slow) for file in EXPERIMENTS],
    ids=lambda file: file.stem,
)
def test_every_experiment_runs_in_small(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "results"
    assert main(["batch", str(file), "--quick", "--out", str(folder), "--workers", "1", "--quiet"]) == 0
    experiment = load_experiment(file, quick=True)
    rows = sum(pq.read_metadata(part).num_rows for part in (folder / "series").iterdir())
    quarters = experiment.quarters if experiment.recorded is None else len(experiment.recorded)
    assert rows == experiment.runs * quarters
    assert experiment.purpose.en and experiment.purpose.ja
    assert capsys.readouterr().out.strip() == str(folder)


@pytest.mark.parametrize("file", EXPERIMENTS, ids=lambda file: file.stem)
def test_the_page_tells_what_sim_check_counts(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file)]) == 0
    runs = capsys.readouterr().out.split(" = ")[1].split(" runs")[0]
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    purpose = load_experiment(file).purpose.en
    assert f"| [`{file.name}`](../experiments/{file.name}) | {purpose} | {runs} |" in text
