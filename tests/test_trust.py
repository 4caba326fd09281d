"""A folder is used for what is run only if nobody else can put something there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.trust import kept, made_ours, program, restore, safely_started, searched

#: A user who is neither we nor root.
STRANGER = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")


def given_away(path: Path) -> Path:
    os.chown(path, STRANGER, -1, follow_symlinks=False)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder; all above it is ours, or the system's."""
    tmp_path.chmod(0o755)
    return tmp_path


def test_what_is_made_is_ours_alone(place: Path) -> None:
    before = os.umask(0)
    try:
        assert made_ours(place / "one" / "two") == place / "one" / "two"
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place / "one", place / "one" / "two")} == {0o700}


def test_a_folder_of_ours_is_closed_to_others(place: Path) -> None:
    (place / "mine").mkdir(mode=0o755)
    made_ours(place / "mine")
    assert stat.S_IMODE((place / "mine").stat().st_mode) == 0o700


def test_a_link_of_ours_is_followed(place: Path) -> None:
    (place / "real" / "deep").mkdir(parents=True)
    (place / "absolute").symlink_to(place / "real")
    (place / "real" / "relative").symlink_to("../absolute/deep")
    assert made_ours(place / "absolute" / "relative" / "new") == place / "real" / "deep" / "new"


def test_links_in_a_circle_end(place: Path) -> None:
    (place / "one").symlink_to(place / "two")
    (place / "two").symlink_to(place / "one")
    with pytest.raises(OSError, match="symbolic links"):
        made_ours(place / "one" / "folder")


def test_an_entry_of_a_sticky_folder_is_its_owners(place: Path) -> None:
    (place / "shared").mkdir()
    (place / "shared").chmod(0o1777)
    assert made_ours(place / "shared" / "mine") == place / "shared" / "mine"


def written_by_a_group(place: Path) -> Path:
    (place / "mine").mkdir()
    (place / "mine").chmod(0o775)
    return place / "mine"


def below_what_all_write(place: Path) -> Path:
    (place / "open" / "mine").mkdir(parents=True, mode=0o700)
    (place / "open").chmod(0o777)
    return place / "open"


def below_what_all_write_through_a_link(place: Path) -> Path:
    below_what_all_write(place)
    (place / "link").symlink_to(place / "open" / "mine")
    return place / "open"


def with_a_link_in_it(place: Path) -> Path:
    (place / "mine").mkdir(mode=0o700)
    (place / "mine" / "index.nbi").symlink_to(place / "elsewhere")
    return place / "mine" / "index.nbi"


def of_a_stranger(place: Path) -> Path:
    (place / "mine").mkdir(mode=0o700)
    return given_away(place / "mine")


def below_what_a_stranger_has(place: Path) -> Path:
    (place / "his" / "mine").mkdir(parents=True, mode=0o755)
    return given_away(place / "his")


def link_of_a_stranger(place: Path) -> Path:
    (place / "real").mkdir(mode=0o700)
    (place / "link").symlink_to(place / "real")
    return given_away(place / "link")


def with_a_file_of_a_stranger(place: Path) -> Path:
    (place / "mine" / "kernel").mkdir(parents=True, mode=0o700)
    (place / "mine" / "kernel" / "index.nbi").touch()
    return given_away(place / "mine" / "kernel" / "index.nbi")


#: Ways in which a folder can be another's: each makes one at a place and gives what is refused.
BY_MODE: list[Callable[[Path], Path]] = [
    written_by_a_group, below_what_all_write, below_what_all_write_through_a_link, with_a_link_in_it,
]  # fmt: skip
BY_OWNER: list[Callable[[Path], Path]] = [
    of_a_stranger, below_what_a_stranger_has, link_of_a_stranger, with_a_file_of_a_stranger,
]  # fmt: skip


def folder_in(place: Path) -> Path:
    """The folder that one of these ways has made."""
    known = (place / name for name in ("link", "open/mine", "his/mine", "mine"))
    return next(path for path in known if os.path.lexists(path))


@pytest.mark.parametrize(
    "way",
    [*BY_MODE, *(pytest.param(way, marks=as_root) for way in BY_OWNER)],
    ids=lambda way: way.__name__,
)
def test_what_others_can_change_is_refused(way: Callable[[Path], Path], place: Path) -> None:
    culprit = way(place)
    with pytest.raises(PermissionError) as caught:
        made_ours(folder_in(place))
    assert caught.value.filename == str(culprit)
    assert caught.value.strerror in ("belongs to another user", "others can write in it", "is a link")


#: Says of each folder named whether it is, or can be made, the own folder of another user.
AS_ANOTHER = """
import os, sys
from pathlib import Path
from sim.trust import made_ours
os.setuid(int(sys.argv[1]))
for folder in sys.argv[2:]:
    try:
        print(made_ours(Path(folder)))
    except PermissionError as error:
        print(error.strerror)
"""


@as_root
def test_what_is_above_may_be_the_systems_but_not_the_folder_itself() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as root:  # the folders of tests are closed to others
        Path(root).chmod(0o755)
        mine, systems = Path(root) / "mine", Path(root) / "systems"
        mine.mkdir()
        given_away(mine)
        systems.mkdir(mode=0o755)
        words = [sys.executable, "-c", AS_ANOTHER, str(STRANGER), str(mine / "new"), str(systems)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == [str(mine / "new"), "belongs to another user"], done.stderr


def test_the_temporary_folder_serves_where_the_usual_one_cannot(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").touch()
    monkeypatch.setenv("SIM_CACHE_DIR", str(place / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    found = kept.__wrapped__("code")
    assert found.folder == place / f"sdgs-partnership-sim-{os.geteuid()}" / "code"
    assert found.refused == ((str(place / "file"), "Not a directory"),)


def test_a_temporary_folder_that_was_there_first_is_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    squatted = place / f"sdgs-partnership-sim-{os.geteuid()}"
    squatted.mkdir()
    squatted.chmod(0o777)
    monkeypatch.setenv("SIM_CACHE_DIR", str(squatted))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    found = kept.__wrapped__("code")
    assert found.folder is None
    assert found.refused == ((str(squatted), "others can write in it"),) * 2
    assert not (squatted / "code").exists()


def test_programs_are_not_looked_for_in_the_current_folder(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "bin").mkdir()
    for folder in (place, place / "bin"):
        (folder / "git").write_text("#!/bin/sh\n")
        (folder / "git").chmod(0o755)
    monkeypatch.chdir(place)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(place / "bin")]))
    assert program("git") == str(place / "bin" / "git")
    monkeypatch.setenv("PATH", os.pathsep)
    assert program("git") is None


def test_the_environment_is_as_before_once_a_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "mine")
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    before = searched()
    with safely_started():
        assert os.environ["PYTHONSAFEPATH"] == "1"
        assert os.environ["PYTHONPATH"].split(os.pathsep) == [folder for folder in sys.path if folder]
        meanwhile = searched()
    assert searched() == before == {"PYTHONPATH": "mine", "PYTHONSAFEPATH": None}
    restore(meanwhile)
    assert os.environ["PYTHONSAFEPATH"] == "1"
    restore(before)
    assert "PYTHONSAFEPATH" not in os.environ
