"""Small files that would take gigabytes or minutes: refused before they do."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

EXPERIMENT = """
name: bomb
world: {world}
quarters: 4
replicates: 1
scenarios: [baseline]
parameters: {sets}
design: {{method: table, file: {points}}}
factors: {{posting_rate: {{kind: uncertainty, low: 0.2, high: 1.6}}}}
"""
FINE = {"world": "synthetic:5", "sets": "sets.csv", "points": "points.csv"}
#: Memory that reading may take, interpreter and libraries included.
MOST_BYTES = 3 << 30


def _one_word(path: Path) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, np.int32)), ["x" * 1_000_000])
    pq.write_table(pa.table({"posting_rate": words}), path)


def _many_rows(path: Path) -> None:
    table = pa.table({"posting_rate": pa.array(np.ones(25_000_000, np.float32))})
    pq.write_table(table, path, compression="zstd")


def _text(text: str, times: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text("posting_rate\n" + text * times)

    return write


@pytest.mark.parametrize(
    ("what", "name", "write", "said"),
    [
        ("world", "w.csv", _text(",", 30_000_000), "line 2 is longer than 1,000,000 characters"),
        ("world", "w.csv", _text("\n", 30_000_000), "has more than 101,000 lines"),
        ("world", "w.csv", _text("," * 499 + "\n", 60_000), "has more than 5,000,000 cells"),
        ("sets", "s.csv", _text("\n", 30_000_000), "has more than 41,000 lines"),
        ("points", "p.csv", _text(",", 60_000_000), "line 2 is longer than 1,000,000 characters"),
        ("points", "p.parquet", _one_word, "has longer words in its column posting_rate"),
        ("points", "p.parquet", _many_rows, "claims 25,000,000 points of 1 columns"),
    ],
)
def test_a_table_that_would_fill_the_memory_is_refused(
    tmp_path: Path, what: str, name: str, write: Callable[[Path], None], said: str
) -> None:
    (tmp_path / "sets.csv").write_text("posting_rate\n0.5\n")
    (tmp_path / "points.csv").write_text("posting_rate\n0.5\n")
    write(tmp_path / name)
    (tmp_path / "bomb.yaml").write_text(EXPERIMENT.format(**FINE | {what: name}))
    found = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", "bomb.yaml"],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES)),
    )  # fmt: skip
    assert found.returncode == 2, found.stderr
    assert said in found.stderr and name in found.stderr
    assert "Traceback" not in found.stderr and len(found.stderr.splitlines()) == 1
