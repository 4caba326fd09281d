from __future__ import annotations

from pathlib import Path

import pytest

from sim.files import write_text, write_whole


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_text(path, "before")
    with pytest.raises(RuntimeError, match="power"):
        write_whole(path, lambda file: (file.write(b"half"), (_ for _ in ()).throw(RuntimeError("power"))))
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.parquet"]
    assert path.read_text(encoding="utf-8") == "before"
