"""Building the package in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What a used tree holds that belongs into no package.
STRAYS = (
    "sim/__pycache__/kernel.cpython-313.pyc",
    "sim/worlds/data/__pycache__/data.nbc",
    "sim/page/.ipynb_checkpoints/page-checkpoint.ipynb",
    "experiments/.ipynb_checkpoints/lever.yaml",
    "results/first/manifest.json",
    ".venv/lib/site.py",
)


def copied(target: Path) -> Path:
    """A copy of what packages are made of, without what git ignores but for strays that are put there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [part.strip("/") for part in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]]
    for part in [*parts, "pyproject.toml", "README.md", "LICENSE", ".gitignore"]:
        source = ROOT / part
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, target / part)
    for stray in STRAYS:
        (target / stray).parent.mkdir(parents=True, exist_ok=True)
        (target / stray).write_bytes(b"stray")
    return target


def build(tree: Path, kind: str) -> Path:
    """Build ``wheel`` or ``sdist`` with what is installed, without the network."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind],
        cwd=tree,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1580601600"},  # the same bytes whenever it is built
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    (built,) = (tree / "dist").glob({"wheel": "*.whl", "sdist": "*.tar.gz"}[kind])
    return built


def names_in(built: Path) -> set[str]:
    """Files of a wheel, or of an sdist without the folder that holds them all."""
    if built.suffix == ".whl":
        with zipfile.ZipFile(built) as wheel:
            return set(wheel.namelist())
    with tarfile.open(built) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


def unpacked(sdist: Path, target: Path) -> Path:
    """The tree in an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(target, filter="data")
    (tree,) = target.iterdir()
    return tree
