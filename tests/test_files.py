from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from sim.errors import InputError
from sim.files import MOST_JSON, read_json, read_regular, write_text, write_whole


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_text(path, "before")
    with pytest.raises(RuntimeError, match="power"):
        write_whole(path, lambda file: (file.write(b"half"), (_ for _ in ()).throw(RuntimeError("power"))))
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.parquet"]
    assert path.read_text(encoding="utf-8") == "before"


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


def test_what_is_no_file_is_never_read_and_always_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    for path in (*tmp_path.iterdir(), tmp_path / "none"):
        with pytest.raises(OSError) as error:  # noqa: PT011 - of any kind
            read_regular(path)
        assert error.value.filename == str(path) or error.value.filename == path
