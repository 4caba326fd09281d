"""Reading YAML: what is let in, and where errors are said to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenarios import yaml_reader
from sim.scenarios.yaml_reader import MAX_BYTES, MAX_DEPTH, read_yaml


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_plain_values_and_their_places(tmp_path: Path) -> None:
    text = "a: 1_200\nb:\n  2018Q2: 0.5\n  c: [yes, true]\n2019: 1e3\n"
    document = read_yaml(written(tmp_path, text))
    assert document.data == {"a": 1200, "b": {"2018Q2": 0.5, "c": ["yes", True]}, 2019: 1000.0}
    assert document.place(("b", "2018Q2")) == (3, 3)
    assert document.place(("b", "c", 1)) == (4, 12)
    assert document.place((2019,)) == (5, 1)
    assert document.place(("b", "not there")) == document.place(("b",))


def test_values_are_plain_types(tmp_path: Path) -> None:
    document = read_yaml(written(tmp_path, "a: 1_2\nb: 1.50\nc: 'x'\nd: {e: true}\n"))
    assert [type(value) for value in document.data.values()] == [int, float, str, dict]
    assert type(document.data["d"]["e"]) is bool


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: &x [*x]\n", "2:4", "anchor &x"),
        ("a: *x\n", "1:4", "alias *x"),
        ("a: !!python/object:os.system {}\n", "1:4", "tag !!python/object:os.system"),
        ("a: !!python/object/apply:os.system ['true']\n", "1:4", "tag !!python/object/apply"),
        ("a: !local 1\n", "1:4", "tag !local"),
        ("!!map {a: 1}\n", "1:1", "tag !!map"),
        ("? !!str a\n: 1\n", "1:3", "tag !!str"),
        ("<<: {a: 1}\n", "1:1", "merge key"),
        ("a: 1\nb: 2\na: 3\n", "3:1", 'duplicate key "a"'),
        ("a:\n  b: 1\n  b: 2\n", "3:3", 'duplicate key "b"'),
        ("a: [1, 2\nb: 3\n", "1:4", "no ] ends what this bracket begins"),
        ("a: 'x\n", "1:4", "no quote ends the text"),
        ("a:\n\tb: 1\n", "2:1", "a tab stands here; indent with spaces"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1", "a tab stands here; indent with spaces"),
        ("a:\n b: 1\n  c: 3\n", "3:4", "check the indentation: this line begins in column 3"),
        ("a:\n  b: 1\n c: 3\n", "3:2", "check the indentation: this line begins in column 2"),
        ("a:\n  b: {c: 1}\n   d: 3\n", "3:4", "check the indentation: this line begins in column 4"),
        ("a: 1\n b: 2\n", "2:3", "check the indentation: this line begins in column 2"),
        ("a: 1\nb\nc: 2\n", "2:1", "a key without a colon; write key: value"),
        ("a: {b: 1\nc: 2\n", "1:4", "no } ends what this brace begins"),
        ('a: "x" y\n', "1:8", "YAML syntax"),
        ("a: b: c\n", "1:5", "a colon in a value; put the value in quotes"),
        ("a: {b: 1,000}\n", "1:8", "write 1000 or 1_000"),
        ("a: {b: -12,345.5, c: 1}\n", "1:8", "write 1000 or 1_000"),
        ("a: {b: 1,000,000, c: 2000}\n", "1:8", "write 1000 or 1_000"),
        ("a: {b: {2019: 1,500}}\n", "1:15", "write 1000 or 1_000"),
        ("a: {b: 1,000: {c: 1}}\n", "1:8", "write 1000 or 1_000"),
        ("a: [1,000]\n", "1:7", "write 1000 or 1_000"),
        ("a: 1\n---\nb: 2\n", "2:1", "another document"),
        ("a: \x01\n", "1:4", "characters are not allowed"),
        ("a: " + "9" * 5000 + "\n", "1:4", "cannot be read"),
        ('a: "\\0"\n', "1:4", "no text (\\x00)"),
        ('a: "\\ud800"\n', "1:7", "invalid Unicode character"),
        ('"a\\x07": 1\n', "1:1", "no text (\\x07)"),
        ("a: ! 1\n", "1:4", "tag !"),
        ("? [1, 2]\n: 3\n", "1:3", "a key must be"),
        ("? {a: 1}\n: 3\n", "1:3", "a key must be"),
        ("null: 3\n", "1:1", "a key must be"),
        ("true: 3\n", "1:1", "a key must be"),
        ("a: {2019.5: 3}\n", "1:5", "a key must be"),
        ("", "1:1", "empty"),
        ("# only a comment\n", "1:1", "empty"),
        ("- a\n- b\n", "1:1", "must hold a mapping"),
        ("just words\n", "1:1", "must hold a mapping"),
        ("a: " + "[" * 5000, f"1:{3 + MAX_DEPTH}", "nested deeper"),
        ("a: " + "{b: " * 500 + "1" + "}" * 500, f"1:{4 + 4 * (MAX_DEPTH - 1)}", "nested deeper"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, place: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_yaml(path)
    message = str(error.value)
    assert message.startswith(f"{path}:{place}: ")
    assert words in message
    assert "\n" not in message


def test_lists_and_mappings_that_only_look_like_thousands_are_read(tmp_path: Path) -> None:
    text = "a: [1,100]\nb: {1: 2, 300: 4}\nc: {1: 2, 300: }\n"
    assert read_yaml(written(tmp_path, text)).data == {
        "a": [1, 100],
        "b": {1: 2, 300: 4},
        "c": {1: 2, 300: None},
    }


def test_a_file_of_very_many_values_is_refused_before_they_are_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_reader, "MOST_VALUES", 1_000)
    path = written(tmp_path, f"a: [{'1, ' * 996}1]\n")
    assert len(read_yaml(path).data["a"]) == 997
    path = written(tmp_path, "a: [" + "1, " * 80_000 + "1]\n")
    with pytest.raises(InputError, match=r"file\.yaml:1:2996: holds more than 1,000 values"):
        read_yaml(path)


def test_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"file\.yaml:2:1: is not UTF-8"):
        read_yaml(written(tmp_path, "a: 1\nb: 日本\n".encode("shift_jis")))
    with pytest.raises(InputError, match="is not UTF-8"):
        read_yaml(written(tmp_path, "a: 1\n".encode("utf-16")))


def test_byte_order_mark_and_japanese_are_read(tmp_path: Path) -> None:
    assert read_yaml(written(tmp_path, "a: 日本\n".encode("utf-8-sig"))).data == {"a": "日本"}


def test_size_is_looked_up_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "open", None)  # whoever opens it fails
    with pytest.raises(InputError, match="50,000,000 bytes large; at most 262,144"):
        read_yaml(path)


def test_largest_size_is_read(tmp_path: Path) -> None:
    text = "a: 1\n#"
    assert read_yaml(written(tmp_path, text + "x" * (MAX_BYTES - len(text)))).data == {"a": 1}


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "pipe.yaml", "not a regular file")):
        with pytest.raises(InputError, match=words):
            read_yaml(path)
    for path in (Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(InputError, match="not a regular file"):
            read_yaml(path)
    with pytest.raises(InputError, match="no such file"):
        read_yaml(tmp_path / "nothing.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\n")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(path)
