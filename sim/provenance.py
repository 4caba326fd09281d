"""Where results come from: versions, commit, machine, command, seeds and digests."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shlex
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.batch.files import write_text
from sim.compiled import PACKAGE, kernel_digest
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment

PROVENANCE = "provenance.json"
PACKAGES = (
    "numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow", "pydantic", "ruamel.yaml",
    "mesa", "networkx", "matplotlib", "typer", "rich",
)  # fmt: skip
MODEL_FILES = ("calendar.py", "extensions.py", "simulation.py", "scenarios/*.py", "worlds/**/*")


@cache
def model_digest() -> str:
    """Version of the model (16 hex digits): the kernel with its compiler, the worlds and their tables."""
    digest = hashlib.sha256(kernel_digest().encode())
    for pattern in MODEL_FILES:
        for path in sorted(PACKAGE.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(PACKAGE).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str | None]:
    """Version of Python and of every core package; None where one is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def commit() -> str | None:
    """Git commit of the package's own checkout, ``-dirty`` added where files differ; None outside of one."""
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    revision = _git("rev-parse", "HEAD")
    return f"{revision}-dirty" if revision and _git("status", "--porcelain", ".") else revision


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(PACKAGE), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def machine() -> dict[str, Any]:
    """Platform and number of processors."""
    return {"platform": platform.platform(), "processor": platform.machine(), "cpu_count": os.cpu_count()}


def open_session(folder: Path, experiment: Experiment, workers: int) -> dict[str, Any]:
    """Write ``experiment.yaml`` and ``provenance.json``; a folder taken up again gains a session.

    Returns:
        The record of this session, its wall time still open.
    """
    session = {
        "id": uuid.uuid4().hex,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": None,
        "command": shlex.join(sys.argv),
        "workers": workers,
        "versions": versions(),
        "commit": commit(),
        "machine": machine(),
    }
    write_text(folder / "experiment.yaml", experiment_yaml(experiment))
    _write(folder, experiment, [*_sessions(folder), session])
    return session


def close_session(folder: Path, experiment: Experiment, session: dict[str, Any], seconds: float) -> None:
    """Add the wall time to the session that ``open_session`` began."""
    closed = session | {"wall_seconds": round(seconds, 3)}
    sessions = [closed if one.get("id") == session["id"] else one for one in _sessions(folder)]
    _write(folder, experiment, sessions)


def _sessions(folder: Path) -> list[dict[str, Any]]:
    path = folder / PROVENANCE
    if not path.exists():
        return []
    try:
        sessions: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["sessions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: damaged ({error}); remove this file and try again") from None
    return sessions


def _write(folder: Path, experiment: Experiment, sessions: list[dict[str, Any]]) -> None:
    content = {
        "experiment": experiment.digest(),
        "model": model_digest(),
        "root_seed": experiment.seed,
        "world": experiment.world,
        "scenarios": {scenario.name: scenario.digest() for scenario in experiment.scenarios},
        "sessions": sessions,
    }
    write_text(folder / PROVENANCE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def experiment_yaml(experiment: Experiment) -> str:
    """The resolved experiment, complete enough to be run again."""
    from ruamel.yaml import YAML

    writer: Any = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False
    writer.allow_unicode = True
    text = io.StringIO()
    writer.dump(experiment.to_mapping(), text)
    return text.getvalue()
