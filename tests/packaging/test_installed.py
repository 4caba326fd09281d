"""The wheel alone, installed into an empty environment and used from an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.provenance import model_digest
from tests.packaging.building import ROOT

pytestmark = pytest.mark.slow

type Command = Callable[..., subprocess.CompletedProcess[str]]

SCRIPT = """\
import sim

results = sim.compare("baseline", "matching_first", world="synthetic:60", replicates=2)
count: int = len(results.comparison)
"""
#: The same with mistakes that only types of the package can show.
WRONG = """\
import sim

count: str = sim.load_world("synthetic:60", 1).key
sim.compare("baseline", "matching_first", replicates="two")
"""


def uv() -> str:
    """The uv that made this environment, or that on the PATH."""
    beside = Path(sys.prefix).parent / ".tools" / "bin" / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    assert found, "no uv: make setup"
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and the locked packages."""
    place = tmp_path_factory.mktemp("installed") / "env"
    tool, python = uv(), place / "bin" / "python"
    subprocess.run([tool, "venv", "--quiet", "--python", sys.executable, place], check=True, timeout=120)
    into = [tool, "pip", "install", "--quiet", "--python", python]
    locked = [*into, "--require-hashes", "--requirements", ROOT / "requirements" / "run.txt"]
    if subprocess.run(locked, check=False, timeout=500).returncode:  # without the index: what is here
        (target,) = place.glob("lib/python*/site-packages")
        (target / "here.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    subprocess.run([*into, "--offline", "--no-deps", wheel], check=True, timeout=120)
    return python.parent


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Command:
    """Programs of that environment, in an empty folder and without anything of this one."""
    kept = {name: os.environ[name] for name in ("HOME", "SIM_CACHE_DIR") if name in os.environ}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [installed / arguments[0], *arguments[1:]]
        environment = kept | {"PATH": f"{installed}:/usr/bin:/bin"}
        return subprocess.run(
            program, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=280, check=False
        )

    return call


def test_the_package_is_that_of_the_wheel_with_the_same_model(run: Command, installed: Path) -> None:
    where = run("python", "-c", "import sim; print(sim.__file__)").stdout
    assert Path(where).is_relative_to(installed.parent)
    assert model_digest() in run("sim", "--version").stdout


def test_the_demo_runs(run: Command, tmp_path: Path) -> None:
    done = run("sim", "compare", "baseline", "matching_first", "--equal-spending=200", "--quick",
               "--lang", "ja", "--out", "demo")  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "demo" / "report.ja.html").read_text(encoding="utf-8")
    assert "連携成立" in page and 'src="data:image' in page
    assert any((tmp_path / "demo").glob("tables*/*.csv"))


def test_a_question_is_answered(run: Command, tmp_path: Path) -> None:
    done = run("sim", "answer", "showcases", "--quick", "--out", "answer")
    assert done.returncode == 0, done.stderr
    assert re.search(r"n = \d+", done.stdout)
    assert (tmp_path / "answer" / "answers" / "showcases" / "figure.svg").is_file()


def test_every_question_finds_its_experiments(run: Command) -> None:
    code = (
        "from pathlib import Path\n"
        "from sim.answers.asking import asked\n"
        "from sim.answers.known import experiments_folder, known\n"
        "print(sum(bool(asked(one, experiments_folder(), True).runs) for one in known()))"
    )
    done = run("python", "-c", code)
    assert done.stdout.strip() == "14", done.stderr


def test_the_page_answers(installed: Path, tmp_path: Path) -> None:
    options = ["page", "--port", "0", "--no-open", "--world", "synthetic:40"]
    environment = {"PATH": str(installed), "HOME": os.environ["HOME"]}
    cache = {name: value for name, value in os.environ.items() if name == "SIM_CACHE_DIR"}
    with subprocess.Popen(
        [installed / "sim", *options],
        cwd=tmp_path,
        env=environment | cache,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[-1]
            with urllib.request.urlopen(address, timeout=30) as answer:
                assert answer.status == 200 and b"main.js" in answer.read()
            with urllib.request.urlopen(f"{address}static/main.js", timeout=30) as answer:
                assert answer.status == 200
            ready, until = b"", time.monotonic() + 120
            while b'"ready": true' not in ready and b'"ready":true' not in ready:
                assert time.monotonic() < until
                time.sleep(0.5)
                with urllib.request.urlopen(f"{address}api/health", timeout=30) as answer:
                    ready = answer.read()
        finally:
            server.terminate()


def test_the_doctor_finds_nothing_missing(run: Command) -> None:
    done = run("sim", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_script_of_a_user_has_its_types_checked(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text("[mypy]\n", encoding="utf-8")
    options = ["--python-executable", str(installed / "python"), "--strict", "--follow-imports=silent"]
    mypy = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--no-incremental", *options]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    known = {"cwd": tmp_path, "env": kept, "capture_output": True, "text": True, "timeout": 280}
    right = subprocess.run([*mypy, "script.py"], check=False, **known)  # type: ignore[call-overload]
    assert right.returncode == 0, right.stdout
    wrong = subprocess.run([*mypy, "wrong.py"], check=False, **known)  # type: ignore[call-overload]
    assert wrong.stdout.count("error:") == 2, wrong.stdout
