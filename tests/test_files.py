from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from sim.errors import InputError
from sim.files import (
    MOST_JSON,
    own_file,
    own_folder,
    parsed_json,
    prepared,
    read_json,
    read_regular,
    sha256_of,
    write_text,
    write_texts,
    write_whole,
)
from tests.batch.survival import mounted


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_text(path, "before")
    with pytest.raises(RuntimeError, match="power"):
        write_whole(path, lambda file: (file.write(b"half"), (_ for _ in ()).throw(RuntimeError("power"))))
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.parquet"]
    assert path.read_text(encoding="utf-8") == "before"


def test_files_that_belong_together_are_written_all_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with ExitStack() as held:
        try:
            held.enter_context(mounted(folder, "size=64k"))
        except PermissionError as error:
            pytest.skip(str(error))
        former = {folder / name: f"{name} of before" for name in ("a.csv", "b.csv", "old.csv")}
        write_texts(former)
        with pytest.raises(OSError, match="No space left on device") as told:
            write_texts(
                {folder / "a.csv": "new", folder / "b.csv": "n" * 70_000}, instead_of=[folder / "old.csv"]
            )
        assert told.value.filename == str(folder / "b.csv")
        assert {path: path.read_text(encoding="utf-8") for path in folder.iterdir()} == former
        write_texts({folder / "a.csv": "new"}, instead_of=[folder / "b.csv", folder / "old.csv"])
        assert [path.read_text(encoding="utf-8") for path in folder.iterdir()] == ["new"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "damaged (Invalid JSON: EOF"),
        ("[" * 100_000, "damaged (Invalid JSON: recursion limit"),
        ('{"a": ' + "9" * 5_000 + "}", "damaged (Invalid JSON: number out of range"),
        ('{"a": "b"}', "damaged (a: Input should be a valid integer"),
        ('{"\x1b[2J": "b"}'.replace("\x1b", "\\u001b"), "damaged (?[2J: "),
        (" " * (MOST_JSON + 1), "cannot be read (has 67,108,865 bytes, more than 67,108,864)"),
    ],
)
def test_json_that_is_something_else_is_one_clear_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(InputError) as error:
        read_json(path, TypeAdapter(dict[str, int]), "remove it")
    assert str(error.value).startswith(f"{path}: {said}")
    assert str(error.value).endswith("; remove it") and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 200_000, "NaN", "[-Infinity]", "{", b"\xff\xfe\xff"]
)
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind
        parsed_json(text)


def test_a_file_is_measured_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"abc")
    assert read_regular(path, 3) == b"abc"
    assert sha256_of(path, 3) == hashlib.sha256(b"abc").hexdigest()
    os.truncate(path, 1 << 40)
    for read in (read_regular, sha256_of):
        with pytest.raises(OSError, match="has 1,099,511,627,776 bytes, more than 3"):
            read(path, 3)


def test_what_is_no_file_is_never_read_and_always_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    for path in (*tmp_path.iterdir(), tmp_path / "none"):
        with pytest.raises(OSError) as error:  # noqa: PT011 - of any kind
            read_regular(path, MOST_JSON)
        assert error.value.filename == str(path) or error.value.filename == path


def test_what_a_killed_writer_left_goes_and_what_a_live_one_writes_stays(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from sim.files import write_whole; "
        "write_whole(Path(sys.argv[1]), lambda file: os.kill(os.getpid(), 9))"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "a.svg"], check=False)
    (left,) = tmp_path.iterdir()
    elsewhere = tmp_path / left.name.replace(f".{os.uname().nodename}_", ".elsewhere_")
    elsewhere.touch()
    with prepared(tmp_path / "c.svg", lambda file: file.write(b"half")) as going_on:
        write_text(tmp_path / "b.svg", "whole")
        assert set(tmp_path.iterdir()) == {tmp_path / "b.svg", elsewhere, going_on}


def test_an_error_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no device that is always full")

    def write(_: object) -> None:
        with full.open("wb", buffering=0) as file:
            file.write(b"much")

    with pytest.raises(OSError, match="No space left") as error:
        write_whole(tmp_path / "a.csv", write)
    assert error.value.filename == str(tmp_path / "a.csv")


@pytest.mark.parametrize("what", ["link", "second name", "pipe", "folder"])
def test_only_files_of_ours_are_changed_where_they_are(what: str, tmp_path: Path) -> None:
    theirs, place = tmp_path / "theirs", tmp_path / ".lock"
    theirs.write_text("not yours")
    if what == "link":
        place.symlink_to(theirs)
    elif what == "second name":
        place.hardlink_to(theirs)
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()
    with pytest.raises(InputError, match=rf"{place}: is no file of ours"), own_file(place):
        pass
    assert theirs.read_text() == "not yours"


def test_a_folder_of_ours_is_no_link_and_is_not_made_where_the_one_around_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "figures").symlink_to(tmp_path / "theirs")
    with pytest.raises(InputError, match="figures: is a link to another folder"):
        own_folder(tmp_path / "figures")
    with pytest.raises(FileNotFoundError):
        own_folder(tmp_path / "moved" / "figures")
    assert own_folder(tmp_path / "tables").is_dir()
