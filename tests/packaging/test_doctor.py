"""``sim doctor`` on machines where something is broken: it says what, how to mend it, and never crashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest

from sim.cli import health, main
from sim.text import say
from sim.text.catalogue import texts_of
from tests.packaging.building import ROOT


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages are found but not imported, as that takes seconds."""
    monkeypatch.setattr(health, "_import_error", lambda _: None)


_DOCTOR = "from sim.cli import main\nsys.exit(main(['doctor', '--json', *sys.argv[1:]]))"
_WITHOUT_EXTRAS = """
try:
    from sim.cli.health import CHECKS
    del CHECKS["extras"]
except ImportError:  # of what is broken beforehand
    pass
"""


def told(
    arguments: Sequence[str] = (), before: str = "", extras: bool = False, **variables: str
) -> tuple[int, dict[str, Any]]:
    """Exit code and findings by name of the real command, in a process that is broken beforehand.

    Extras are left out unless asked for: importing them takes seconds.
    """
    code = f"import sys; {before}\n{'' if extras else _WITHOUT_EXTRAS}{_DOCTOR}"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    found: dict[str, Any] = {}
    for one in json.loads(done.stdout or "[]"):
        found.setdefault(one["name"], one)
    return done.returncode, found or {"error": done.stderr}


def test_every_check_and_every_extra_has_its_words() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {f"extra_{name.replace('-', '_')}" for name in project["optional-dependencies"]}
    about = {id.removeprefix("doctor.about.") for id in texts_of("doctor", "en") if ".about." in id}
    assert names | set(health.CHECKS) <= about


def test_all_that_is_needed_is_there() -> None:
    code, found = told(extras=True)
    assert code == 0
    assert {"python", "packages", "cache", "kernel", "experiments", "results", "disk"} <= set(found)
    assert not [one for one in found.values() if one["state"] == "missing"]


@pytest.mark.parametrize("module", ["numba", "pandas"])
def test_a_package_that_cannot_be_imported_is_named_with_the_command(module: str) -> None:
    code, found = told(before=f"sys.modules[{module!r}] = None")
    assert code == 1
    packages = found["packages"]
    assert packages["state"] == "missing" and module in packages["found"]
    assert packages["remedy"].endswith(f"--force-reinstall {module}")


def test_a_package_that_memory_is_too_short_for_is_not_to_be_installed_again() -> None:
    """numba's library is not loaded with so little, and says only that it may not be there."""
    little = "import resource; resource.setrlimit(resource.RLIMIT_AS, (440_000 << 10, 440_000 << 10))"
    code, found = told(before=little)
    assert code == 1
    assert found["packages"]["found"] == "could not be checked: memory is short"
    assert not [one for one in found.values() if "--force-reinstall" in one["remedy"]]


@pytest.mark.parametrize("module", ["yaml", "typer", "packaging"])
def test_where_a_package_is_missing_that_the_doctor_needs_it_is_one_line(module: str) -> None:
    code, found = told(before=f"sys.modules[{module!r}] = None")
    assert code == 1
    assert found["error"].count("\n") == 1 and module in found["error"]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cannot = str(tmp_path / "file" / "cache")
    code, found = told(SIM_CACHE_DIR=cannot)
    assert code == 0 and found["cache"]["state"] == "optional" and "SIM_CACHE_DIR" in found["cache"]["remedy"]
    code, found = told(before=f"import tempfile; tempfile.tempdir = {cannot!r}", SIM_CACHE_DIR=cannot)
    assert code == 0 and {found[name]["state"] for name in ("cache", "kernel")} == {"optional"}
    assert f"{tmp_path / 'file'}: Not a directory" in found["cache"]["found"]


def test_the_cache_may_be_named_from_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    _, found = told(HOME=str(tmp_path / "home"), SIM_CACHE_DIR="~/kept")
    assert found["cache"]["facts"]["folder"] == str(tmp_path / "home" / "kept")
    assert not Path("~").exists()


def test_a_home_that_cannot_be_written_is_told_by_the_doctor_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG"))}
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", "doctor"],
        env=variables | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "file" / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


#: All extras are imported, which takes seconds.
ENDS = pytest.param("raise SystemExit(3)", marks=pytest.mark.slow)


@pytest.mark.parametrize("fault", ["raise OSError('its library is not there')", ENDS])
def test_a_package_of_an_extra_that_cannot_be_imported_is_named(fault: str, tmp_path: Path) -> None:
    (tmp_path / "openpyxl.py").write_text(f"print('loading')\n{fault}\n", encoding="utf-8")
    code, found = told(before=f"sys.path.insert(0, {str(tmp_path)!r})", extras=True)
    documents = found["extra_documents"]
    assert code == 0 and documents["state"] == "optional" and found["packages"]["state"] == "fine"
    assert "openpyxl" in documents["found"] and documents["remedy"].endswith("--force-reinstall openpyxl")


def test_a_kernel_that_is_not_compiled_is_no_fault(tmp_path: Path) -> None:
    code, found = told(["--lang", "ja"], SIM_CACHE_DIR=str(tmp_path / "new"))
    assert code == 0
    assert found["kernel"]["found"] == say("doctor.said.to_compile", "ja")
    assert str(tmp_path / "new") in found["cache"]["found"]


def test_another_encoding_is_told_in_letters_that_it_has() -> None:
    code, found = told(PYTHONIOENCODING="ascii")
    assert code == 0 and found["terminal"]["state"] == "optional" and "UTF" in found["terminal"]["remedy"]


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--json", *options])
    return code, {one["name"]: one for one in json.loads(capsys.readouterr().out)}


@pytest.mark.usefixtures("quick")
def test_without_a_font_a_browser_or_an_extra_it_only_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.report.style.japanese_font", lambda: None)
    monkeypatch.setattr("sim.report.formats.pdf.browser", lambda: None)
    monkeypatch.setattr(health, "distribution", _without("uvicorn"))
    code, found = printed(capsys)
    assert code == 0
    assert [found[name]["state"] for name in ("fonts", "browser", "extra_page")] == ["optional"] * 3
    assert "matplotlib-fontja" in found["fonts"]["remedy"] and "chromium" in found["browser"]["remedy"]
    assert (
        found["extra_page"]["remedy"].endswith('install "uvicorn"')
        or sys.executable in (found["extra_page"]["remedy"])
    )


def _without(missing: str) -> Any:
    def looked_up(name: str) -> Any:
        if name == missing:
            raise PackageNotFoundError(name)
        return distribution(name)

    return looked_up


@pytest.mark.usefixtures("quick")
def test_a_package_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "distribution", _without("scipy"))
    code, found = printed(capsys)
    assert code == 1
    assert found["packages"]["state"] == "missing" and '"scipy"' in found["packages"]["remedy"]


@pytest.mark.usefixtures("quick")
def test_versions_are_held_against_what_the_package_declares(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platform.python_version", lambda: "3.11.9")
    monkeypatch.setattr(
        health, "_declared", lambda: (health.Requirement("numpy>=99"), health.Requirement("mesa>=3,<5"))
    )
    code, found = printed(capsys)
    assert code == 1
    assert found["python"]["state"] == "missing" and "3.11.9" in found["python"]["found"]
    assert "numpy>=99" in found["packages"]["remedy"] and "mesa" not in found["packages"]["remedy"]


@pytest.mark.usefixtures("quick")
def test_results_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results").touch()
    code, found = printed(capsys)
    assert code == 1 and found["results"]["state"] == "missing" and "--out" in found["results"]["remedy"]


@pytest.mark.usefixtures("quick")
def test_little_room_and_memory_get_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "LITTLE_DISK", 1e9)
    monkeypatch.setattr(health, "LITTLE_MEMORY", 1e9)
    code, found = printed(capsys)
    assert code == 0
    assert found["disk"]["state"] == "optional" and found["disk"]["remedy"]
    assert found["machine"]["state"] == "optional" and found["machine"]["remedy"]


@pytest.mark.usefixtures("quick")
def test_a_check_that_fails_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Iterator[health.Finding]:
        raise RuntimeError("no such bone")
        yield

    monkeypatch.setitem(health.CHECKS, "browser", broken)
    code, found = printed(capsys)
    assert code == 1 and "no such bone" in found["browser"]["found"] and found["browser"]["remedy"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("language", "word"), [("en", "cores and memory"), ("ja", "コアとメモリー")])
def test_it_speaks_both_languages(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--lang", language]) == 0
    out = capsys.readouterr().out
    assert word in out and "doctor." not in out


@pytest.mark.usefixtures("quick")
def test_japanese_says_versions_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results").touch()
    assert main(["doctor", "--lang", "ja"]) == 1
    out = capsys.readouterr().out
    assert "3.12以上が必要\n" in out and ">=" not in out.partition("\n")[0]
    assert "に書き込めません（フォルダーではありません）\n" in out
