"""What the built packages hold: all that the simulator needs, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.packaging.building import ROOT, STRAYS, build, names_in, unpacked

#: One file of each kind that code reads, so that a rule that loses a folder is noticed by name.
NEEDED = (
    "sim/py.typed",
    "sim/text/en.yaml",
    "sim/text/ja.yaml",
    "sim/scenarios/baseline.yaml",
    "sim/worlds/data/municipalities.csv",
    "sim/batch/posterior.csv",
    "sim/report/report.html.j2",
    "sim/page/static/index.html",
    "sim/page/static/main.js",
    "sim/page/data/cells.csv",
    "sim/analysis/calibration/targets.csv",
    "sim/answers/experiments/quota_and_case_promotion.yaml",
    "sim/answers/experiments/scenarios/nagano.yaml",
    "sim/answers/experiments/worlds/made_up_isles.csv",
)


def of_the_tree(*folders: str) -> set[str]:
    """Files of folders of the tree that are not hidden and not compiled from others."""
    compiled = {".mo", ".pyc"}
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in compiled
        if not any(part[0] == "." for part in path.parts[1:])
    }


@pytest.mark.parametrize("name", NEEDED)
def test_the_wheel_holds(name: str, wheel: Path) -> None:
    assert name in names_in(wheel)


def test_the_wheel_holds_the_package_with_its_experiments_and_nothing_else(wheel: Path) -> None:
    experiments = {f"sim/answers/{name}" for name in of_the_tree("experiments")}
    found = names_in(wheel)
    described = {name for name in found if name.split("/")[0].endswith(".dist-info")}
    assert found - described == of_the_tree("sim") | experiments
    assert {name.rpartition("/")[2] for name in described} == {
        "METADATA", "RECORD", "WHEEL", "entry_points.txt", "LICENSE",
    }  # fmt: skip


def test_the_sdist_holds_what_a_developer_needs_and_no_stray(sdist: Path) -> None:
    found = names_in(sdist)
    assert found.isdisjoint(STRAYS)
    wanted = of_the_tree("sim", "experiments", "tests", "docs", "benchmarks", "notebooks", "requirements")
    assert (
        wanted
        | {
            "CONTRIBUTING.md",
            "Makefile",
            "pyproject.toml",
            "README.md",
            "README.ja.md",
            "LICENSE",
            "PKG-INFO",
        }
        <= found
    )


def test_the_sdist_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    again = build(unpacked(sdist, tmp_path), "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []
