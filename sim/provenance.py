"""Where results come from: versions of the model and of packages, commit, machine."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim import trust
from sim.files import parsed_json
from sim.kernel.sources import PACKAGE, kernel_digest, kernel_files

if TYPE_CHECKING:
    from sim.text import Language

RELEASED = "2026-11-25"  #: date of the version, as in CITATION.cff
PACKAGES = (
    "numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow", "pydantic", "pyyaml",
    "mesa", "networkx", "matplotlib", "typer", "rich",
)  # fmt: skip
MODEL_FILES = ("calendar.py", "extensions/*.py", "simulation/*.py", "scenarios/*.py", "worlds/**/*")

#: Versions of the model with what changed, and digests of reference runs of the last one. Written by
#: ``python -m tests.same_numbers --update``, never by hand.
VERSIONS_FILE = PACKAGE / "model_versions.json"


class ModelVersion(NamedTuple):
    """A version of the model: its runs leave other numbers than those of the version before.

    Attributes:
        number: 1, 2, ...
        date: when it came, YYYY-MM-DD.
        changed: what changed with it, a sentence a language.
    """

    number: int
    date: str
    changed: dict[Language, str]


def _versions() -> tuple[ModelVersion, ...]:
    stored = parsed_json(VERSIONS_FILE.read_bytes())
    return tuple(ModelVersion(**one) for one in stored["versions"])


#: All versions of the model, the first one first.
MODEL_VERSIONS = _versions()
#: The present one. It is raised only where numbers change; sources change more often (``model_digest``).
MODEL_VERSION = MODEL_VERSIONS[-1].number


@cache
def model_digest() -> str:
    """Digest of the model's sources (16 hex digits): kernel with its compiler, worlds and their tables."""
    digest = hashlib.sha256(kernel_digest().encode())
    for pattern in MODEL_FILES:
        for path in sorted(PACKAGE.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(PACKAGE).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def source_digest() -> str:
    """16 hex digits over the sources and tables of the model, whatever compiles them."""
    files = {path for pattern in MODEL_FILES for path in PACKAGE.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(files.union(kernel_files())):
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
    """What git says of the package's own checkout.

    Settings of a repository can name programs that git runs, so that no other is ever looked at: neither one
    that the package happens to be installed in, nor one that the environment names.
    """
    checkout, git = PACKAGE.parent, trust.program("git")
    if git is None or not (checkout / ".git").exists():
        return None
    command = [git, "-C", str(PACKAGE), f"--git-dir={checkout / '.git'}", f"--work-tree={checkout}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(
            [*command, "-c", "core.fsmonitor=false", *arguments],
            env=environment | {"GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, Any]:
    """Platform and number of processors."""
    return {"platform": platform.platform(), "processor": platform.machine(), "cpu_count": os.cpu_count()}
