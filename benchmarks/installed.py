"""What an installed simulator takes: megabytes by package, and the time of its first words.

``python -m benchmarks.installed [DIR] --out benchmarks/installed.json``: of an environment with the locked
packages of ``requirements/run.txt`` alone, which is made in a temporary folder by uv unless one is given.
With ``--sizes`` the stored times stay as they are, as where the machine is too busy to take any.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from benchmarks.page import Row

ROOT = Path(__file__).parent.parent
LARGEST = 10
SIMULATOR = "sdgs-partnership-sim"
#: What is timed in a fresh process, each so many times.
TIMED = {
    "python -c pass": ["python", "-c", "pass"],
    "import sim": ["python", "-c", "import sim"],
    "sim --help": ["sim", "--help"],
    "sim run baseline --world synthetic:60 --replicates 2": [
        "sim", "run", "baseline", "--world", "synthetic:60", "--replicates", "2", "--workers", "1", "--quiet",
    ],
}  # fmt: skip


@contextmanager
def environment() -> Iterator[Path]:
    """An environment with the wheel and the locked packages, and their bytecode, removed afterwards."""
    beside = Path(sys.prefix).parent / ".tools" / "bin" / "uv"
    uv = str(beside) if beside.is_file() else shutil.which("uv")
    if uv is None:
        raise SystemExit("no uv: make setup")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "env"
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
        into = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", place / "bin" / "python"]
        locked = ROOT / "requirements" / "run.txt"
        subprocess.run([*into, "--require-hashes", "--requirements", locked], check=True)
        subprocess.run([*into, "--no-deps", ROOT], check=True)
        yield place


def sizes(packages: Path) -> list[Row]:
    """Megabytes on disk with bytecode: of the largest packages, all others, all, and those of the core."""
    found = sorted(distributions(path=[str(packages)]), key=_bytes, reverse=True)
    rows = [(one.metadata["Name"], one.version, _bytes(one)) for one in found]
    largest, rest = rows[:LARGEST], rows[LARGEST:]
    core = needed({_name(one.metadata["Name"]): one for one in found})
    of_core = [size for name, _, size in rows if _name(name) in core]
    others = (f"{len(rest)} others", "", sum(size for *_, size in rest))
    total = (
        f"all {len(rows)}, with the page and what builds the package",
        "",
        sum(size for *_, size in rows),
    )
    without = (f"the {len(of_core)} of the core, without the page", "", sum(of_core))
    return [
        {"package": name, "version": version, "MB": round(size / 1e6, 1)}
        for name, version, size in (*largest, others, total, without)
    ]


def needed(there: Mapping[str, Distribution]) -> set[str]:
    """Names of the packages that an installation without extras brings: the simulator and all that it needs.

    Args:
        there: what is installed, by name.
    """
    found: set[tuple[str, str]] = set()
    ahead = [(SIMULATOR, "")]
    while ahead:
        name, extra = one = ahead.pop()
        if one not in found and name in there:
            found.add(one)
            wanted = map(Requirement, there[name].requires or [])
            for below in wanted:
                if below.marker is None or below.marker.evaluate({"extra": extra}):
                    ahead += [(_name(below.name), asked) for asked in ("", *below.extras)]
    return {name for name, _ in found}


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _bytes(package: Distribution) -> int:
    """Bytes of the files of a package, with the bytecode beside them."""
    files = {Path(str(package.locate_file(file))).resolve() for file in package.files or []}
    compiled = {
        code
        for file in files
        if file.suffix == ".py"
        for code in file.parent.glob(f"__pycache__/{file.stem}.*.pyc")
    }
    return sum(file.stat().st_size for file in files | compiled if file.is_file())


def times(place: Path, rounds: int) -> list[Row]:
    """Wall time of fresh processes, tried in turn: how many, the shortest, the median and the longest."""
    found: dict[str, list[float]] = {what: [] for what in TIMED}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):
            for what, (program, *arguments) in TIMED.items():
                started = time.perf_counter()
                subprocess.run(
                    [place / "bin" / program, *arguments], cwd=folder, check=True, capture_output=True,
                    env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                )  # fmt: skip
                if turn:  # the first one compiles the model, and fills the caches of the disk
                    found[what].append(time.perf_counter() - started)
                shutil.rmtree(Path(folder) / "results", ignore_errors=True)
    return [
        {
            "what": what,
            "n": len(taken),
            "shortest, s": round(min(taken), 3),
            "median, s": round(statistics.median(taken), 3),
            "longest, s": round(max(taken), 3),
        }
        for what, taken in found.items()
    ]


def measured(place: Path, rounds: int, before: Path | None) -> dict[str, Any]:
    """What the page of performance takes: sections with their rows.

    Args:
        place: the environment.
        rounds: processes of each kind.
        before: measurements whose times are kept, none being taken.
    """
    (packages,) = place.glob("lib/python*/site-packages")
    size = {"group": "13 size", "extra_info": {"rows": sizes(packages)}}
    if before is None:
        return {"benchmarks": [size, {"group": "13 start", "extra_info": {"rows": times(place, rounds)}}]}
    stored = json.loads(before.read_text(encoding="utf-8"))["benchmarks"]
    return {"benchmarks": [size, *(one for one in stored if one["group"] != "13 size")]}


def _rounds(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 999, not {text}")
    return int(text)


def _environment(text: str) -> Path:
    if not (Path(text) / "bin" / "sim").is_file():
        raise argparse.ArgumentTypeError(f"must be an environment with bin/sim, not {text}")
    return Path(text).absolute()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the size of an installed simulator and the time that it takes to start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.installed", description=main.__doc__)
    parser.add_argument("place", type=_environment, nargs="?", help="environment (one is made)")
    parser.add_argument("--rounds", type=_rounds, default=9, help="processes of each kind (9)")
    parser.add_argument("--sizes", action="store_true", help="measure sizes alone; times stay as they are")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).with_suffix(".json"), help="the measurements"
    )
    chosen = parser.parse_args(arguments)
    before = chosen.out if chosen.sizes else None
    with environment() if chosen.place is None else nullcontext(chosen.place) as place:
        found = measured(place, chosen.rounds, before)
    chosen.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
