"""Commands whose output is closed, full, read in part, or without Japanese letters: a clear word at most."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).parents[2]
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
#: It tries all that there is, which takes seconds.
DOCTOR = pytest.param("doctor", marks=pytest.mark.slow)
PRINTING = ("--help", "cite", "check mine.yaml", "list parameters --json", "answer", DOCTOR)
ASCII = {"PYTHONIOENCODING": "ascii"}
_NUMBER = re.compile(r"[0-9.,]+")  # of free memory
#: A locale without letters, as Python sees it where it may not take UTF-8 instead.
PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")


def typed(words: str, redirected: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as a shell runs it, with what it prints redirected and, by default, kept in a buffer."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m sim.cli {words} {redirected}"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", PRINTING)
def test_closed_output_is_no_error(words: str) -> None:
    done = typed(words, ">&-")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", PRINTING)
def test_a_reader_that_goes_away_after_a_line_is_no_error(words: str) -> None:
    done = typed(words, "| head -1")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1


@pytest.mark.parametrize("words", PRINTING)
def test_a_full_disk_is_told_with_what_could_not_be_written(words: str) -> None:
    done = typed(words, "> /dev/full")
    assert (done.returncode, done.stderr) == (2, "standard output: No space left on device\n")


def test_the_same_without_a_buffer() -> None:
    done = typed("list parameters --json", "| head -1", PYTHONUNBUFFERED="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")
    done = typed("list parameters --json", "> /dev/full", PYTHONUNBUFFERED="1")
    assert (done.returncode, done.stderr) == (2, "standard output: No space left on device\n")


def test_what_is_printed_comes_before_the_error_that_ends_it() -> None:
    Path("wrong.yaml").write_text("nme: wrong\n", encoding="utf-8")
    done = typed("check mine.yaml wrong.yaml", "2>&1")
    first, *others = done.stdout.splitlines()
    assert first.startswith("mine.yaml:") and others and all(one.startswith("wrong.yaml:") for one in others)


def test_signs_that_a_stream_has_not_are_written_with_letters_that_it_has() -> None:
    Path("wrong.yaml").write_text("name: mine\n±5: 1\n", encoding="utf-8")
    done = typed("check wrong.yaml", **ASCII)
    assert "+/-5: unknown key" in done.stderr and "\\" not in done.stderr


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_an_error_that_cannot_be_told_still_has_its_code(redirected: str) -> None:
    done = typed("list nonsense", redirected)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("letters", [ASCII, PLAIN_C], ids=["encoding", "locale"])
@pytest.mark.parametrize(
    "words", [DOCTOR, "check mine.yaml", "list worlds", "list outcomes --json", "answer"]
)
def test_without_japanese_letters_it_goes_on_in_english_and_says_so_once(
    words: str, letters: dict[str, str]
) -> None:
    done = typed(f"{words} --lang ja", **letters)
    first, *others = done.stderr.splitlines()
    assert done.returncode == 0 and first.startswith("sim: ") and "cannot show Japanese" in first
    assert "PYTHONUTF8" in first and others == []
    assert _NUMBER.sub("", done.stdout) == _NUMBER.sub("", typed(words, **letters).stdout)


@pytest.mark.parametrize("words", ["run nonsense", "list --nonsense"])
def test_mistakes_are_told_in_english_then(words: str) -> None:
    done = typed(f"{words} --lang ja", **ASCII)
    assert done.returncode == 2 and "cannot show Japanese" in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[1:] == typed(words, **ASCII).stderr.splitlines()


def test_with_japanese_letters_it_speaks_japanese() -> None:
    for encoding in ("utf-8", "euc-jp"):
        done = subprocess.run(
            [sys.executable, "-m", "sim.cli", "list", "worlds", "--lang", "ja"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )
        assert done.stderr == b"" and JAPANESE.search(done.stdout.decode(encoding))


def test_files_are_in_japanese_all_the_same(tmp_path: Path) -> None:
    small = "--world synthetic:30 --quarters 2 --replicates 1 --workers 1 --out out"
    done = typed(f"run baseline {small} --lang ja", **PLAIN_C)
    assert done.returncode == 0 and done.stderr.count("cannot show Japanese") == 1
    assert "report: out/report.ja.html" in done.stdout
    assert JAPANESE.search((tmp_path / "out" / "report.ja.html").read_text(encoding="utf-8"))


def test_variables_of_libraries_that_hold_nonsense_change_nothing() -> None:
    nonsense = dict.fromkeys(("MPLBACKEND", "SOURCE_DATE_EPOCH"), "nonsense")
    done = typed("run baseline --world synthetic:30 --quarters 2 --out out", **nonsense)
    assert done.returncode == 0, done.stderr
    assert "report: out/report.html" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize(("lang", "word"), [("en", "has been removed"), ("ja", "削除されています")])
def test_a_current_folder_that_is_gone_is_one_line(
    lang: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["list", "scenarios", "--lang", lang]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and word in told
