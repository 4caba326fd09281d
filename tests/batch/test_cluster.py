"""Dask schedulers that are not there, are encrypted, are out in the open, or have workers of another kind."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sim.batch.addresses import Address
from sim.batch.badges import as_one_of_us, badge
from sim.batch.chunks import Job, run_chunk
from sim.batch.cluster import cluster
from sim.batch.experiment_file import load_experiment
from sim.batch.locks import explained, locked
from sim.batch.parts import Chunk
from sim.cli import main
from sim.errors import InputError
from tests.batch.survival import ROOT, Cluster, batch, batch_here, experiment_file, parts

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

NO_PLACE = ("127.0.0.1:8786", "http://localhost:80", "tcp://[::1", "tcp://localhost:99999", "tcp://a", "")


@pytest.mark.parametrize("address", NO_PLACE)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_no_address_is_refused_before_the_file_is_read(
    address: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "nowhere.yaml", "--scheduler", address, "--lang", language]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    words = "is no place for runs" if language == "en" else "実行する場所の指定ではありません"
    assert line.startswith("--scheduler: ") and words in line


@pytest.mark.parametrize(
    "address", ["tcp://nowhere.invalid:8786", "tcp://127.0.0.1:1", "tls://[::1]:1", f"tcp://{'a' * 70}:80"]
)
def test_where_nobody_listens_is_said_at_once(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    with pytest.raises(InputError, match=r"--scheduler: no Dask scheduler answers at t") as raised:
        Address.parsed(address).reached()
    assert time.monotonic() - started < 8.0
    assert len(raised.value.lines) == 1


def test_what_listens_but_is_no_scheduler_is_told_from_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match="needs certificates"), cluster(f"tls://{address}", print):
            pass
        with pytest.raises(InputError, match=r"\(it keeps silent\)"), cluster(f"tcp://{address}", print):
            pass


def certificates(folder: Path) -> dict[str, str]:
    """A certificate that is its own authority, as the options of Dask's commands name it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=sim"]
    subprocess.run([*words, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return {"ca-file": str(cert), "cert": str(cert), "key": str(key)}


def test_an_encrypted_scheduler_takes_who_has_certificates(tmp_path: Path) -> None:
    made = certificates(tmp_path)
    options = tuple(word for name, path in made.items() for word in (f"--tls-{name}", path))
    tls = "distributed.comm.tls"
    named = {f"{tls}.client.cert": made["cert"], f"{tls}.client.key": made["key"]}
    file = experiment_file(tmp_path, points=16)
    with Cluster(tmp_path, nanny=False, options=("--protocol", "tls", *options)) as encrypted:
        address = encrypted.address
        assert address.startswith("tls://")
        with pytest.raises(InputError, match="needs certificates"), cluster(address, print):
            pass
        with (
            dask.config.set({**named, f"{tls}.ca-file": str(tmp_path / "no.pem")}),
            pytest.raises(
                InputError, match=r"certificates of Dask's configuration cannot be used \(No such f"
            ),
            cluster(address, print),
        ):
            pass
        with dask.config.set({**named, f"{tls}.ca-file": made["ca-file"]}):
            code, said = batch_here(file, tmp_path / "with", "--scheduler", address)
    assert code == 0 and "unencrypted" not in said, said
    assert parts(tmp_path / "with")


def address_of_its_own() -> str:
    """An address of this machine that others may reach."""
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and not one.address.startswith("127."):
                return one.address
    pytest.skip("this machine has no address that others may reach")


def test_an_open_scheduler_is_warned_of_once_and_its_worker_is_told_from_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = experiment_file(tmp_path, points=16)
    with Cluster(tmp_path, nanny=False, host=address_of_its_own()) as out_in_the_open:
        given = [
            "batch",
            str(file),
            "--out",
            str(tmp_path / "results"),
            "--scheduler",
            out_in_the_open.address,
        ]
        assert main(given) == 0
        said = capsys.readouterr().err
        assert main([*given, "--lang", "ja"]) == 0
        with distributed.Client(out_in_the_open.address, set_as_default=False) as client:
            worker = next(iter(client.scheduler_info()["workers"]))
        code, told = batch(file, tmp_path / "none", "--scheduler", worker)
    assert (code, told.count("\n")) == (2, 1), "nor does the process hang with what is no scheduler"
    assert "no Dask scheduler answers" in told
    assert said.count("unencrypted (tcp://)") == 1 and "can run code on the workers" in said
    assert capsys.readouterr().err.count("暗号化されず") == 1


def test_a_worker_of_another_version_of_the_package_runs_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sim", tmp_path / "old" / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "old" / "sim" / "batch" / "chunks.py").open("a", encoding="utf-8") as source:
        source.write("# of another day\n")
    file = experiment_file(tmp_path, points=16)
    with Cluster(tmp_path, nanny=False, paths=(tmp_path / "old",)) as old:
        code, said = batch_here(file, tmp_path / "results", "--scheduler", old.address)
    assert (code, said.count("\n")) == (2, 1), said
    assert f"the worker on {socket.gethostname()} has another version of sim (" in said
    assert not parts(tmp_path / "results")


@pytest.mark.slow
def test_a_cluster_that_lacks_the_package_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "none" / "sim").mkdir(parents=True)
    (tmp_path / "none" / "sim" / "__init__.py").touch()
    file = experiment_file(tmp_path, points=16)
    with Cluster(tmp_path, nanny=False, paths=(tmp_path / "none",)) as bare:
        code, said = batch_here(file, tmp_path / "results", "--scheduler", bare.address)
    assert (code, said.count("\n")) == (2, 1), said
    assert said.startswith("--scheduler: the cluster cannot take over runs ("), said


@pytest.mark.parametrize("name", ["Python", "model", "numpy"])
def test_a_worker_says_in_what_it_is_not_alike(name: str) -> None:
    outcome = as_one_of_us({**badge(), name: "0"}, print)
    assert isinstance(outcome.error, InputError)
    assert f"has another version of {name} ({badge()[name]}, here 0)" in str(outcome.error)


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    experiment = load_experiment(experiment_file(tmp_path, points=16))
    with locked(tmp_path / "here") as claim:
        job = Job(experiment, tmp_path / "not" / "there", claim)
        error = as_one_of_us(badge(), run_chunk, job.of(Chunk(0, 0, 0, 0)), Chunk(0, 0, 0, 0)).error
    assert isinstance(error, OSError)
    with pytest.raises(InputError) as raised, explained(tmp_path / "here", "advice"):
        raise error
    assert f"on the worker {socket.gethostname()}, which has to see this folder" in str(raised.value)
    assert not (tmp_path / "not").exists()


def test_nothing_of_dask_is_imported_where_none_is_asked_for() -> None:
    script = "import sys, sim.batch.executors; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
