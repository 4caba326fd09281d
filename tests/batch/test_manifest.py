from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.manifest import read_manifest, write_manifest
from sim.batch.runner import run_experiment
from sim.batch.stored import stored_experiment
from sim.batch.verify import verify
from sim.cli import main
from sim.errors import InputError
from sim.provenance import MODEL_VERSION, model_digest
from sim.results import load


def test_the_manifest_says_what_is_expected(experiment: Experiment, finished: Path) -> None:
    manifest = read_manifest(finished)
    assert manifest.experiment == experiment.digest()
    assert manifest.model == model_digest()
    assert manifest.model_version == MODEL_VERSION
    assert manifest.scenarios == ("baseline", "subsidy_first")
    assert manifest.runs == 60 and manifest.block == 24


EDITS = [
    ("manifest.json", '"subsidy_first"', '"subsidy_last"'),
    ("manifest.json", '"seed": 1', '"seed": 2'),
    ("manifest.json", '"replicates": 2', '"replicates": 1'),
    ("manifest.json", '"baseline": "baseline"', '"baseline": null'),
    ("experiment.yaml", "name: subsidy_first", "name: subsidy_last"),
    ("experiment.yaml", "world: synthetic:30", "world: japan"),
    ("experiment.yaml", "seed: 1", "seed: 2"),
    ("experiment.yaml", "baseline: baseline", "baseline:"),
]


@pytest.fixture
def two(experiment: Experiment, tmp_path: Path) -> tuple[Experiment, Path]:
    """Two replicates of the small experiment, and their folder."""
    asked = replace(experiment, replicates=2)
    run_experiment(asked, tmp_path / "results")
    return asked, tmp_path / "results"


@pytest.mark.parametrize(("name", "before", "after"), EDITS)
def test_files_that_were_edited_are_refused_by_all(
    name: str,
    before: str,
    after: str,
    two: tuple[Experiment, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked, folder = two
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), encoding="utf-8")
    reads: list[Callable[[], object]] = [
        lambda: run_experiment(asked, folder),
        lambda: load(folder),
        lambda: verify(folder, sample=1),
    ]
    for read in reads:
        with pytest.raises(InputError, match="was changed") as error:
            read()
        assert str(folder / name) in str(error.value) and "\n" not in str(error.value)
    assert main(["report", str(folder), "--quiet"]) == 2
    assert "was changed" in capsys.readouterr().err


def test_a_lost_experiment_is_said(two: tuple[Experiment, Path]) -> None:
    (two[1] / "experiment.yaml").unlink()
    with pytest.raises(
        InputError, match=r"experiment.yaml: is missing, though it says what the stored runs are"
    ):
        load(two[1])


def test_an_older_format_is_one_line(two: tuple[Experiment, Path]) -> None:
    path = two[1] / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(
        InputError, match="format 2 is not the format 4 of this version; read it with"
    ) as error:
        load(two[1])
    assert "\n" not in str(error.value)


def test_another_baseline_reaches_manifest_and_experiment(two: tuple[Experiment, Path]) -> None:
    asked, folder = two
    before = sorted((folder / "series").iterdir())
    run_experiment(replace(asked, baseline="subsidy_first", name="turned"), folder)
    assert sorted((folder / "series").iterdir()) == before
    manifest, stored = read_manifest(folder), stored_experiment(folder)
    assert manifest.baseline == stored.baseline == "subsidy_first"
    assert manifest.name == stored.name == "turned"
    assert "baseline: subsidy_first" in (folder / "experiment.yaml").read_text(encoding="utf-8")


def test_a_command_killed_between_manifest_and_experiment_does_no_harm(
    two: tuple[Experiment, Path],
) -> None:
    asked, folder = two
    old = (folder / "experiment.yaml").read_text(encoding="utf-8")
    turned = replace(asked, baseline="subsidy_first")
    run_experiment(turned, folder)
    (folder / "experiment.yaml").write_text(old, encoding="utf-8")  # as if it had been killed before this
    assert load(folder).manifest.baseline == stored_experiment(folder).baseline == "subsidy_first"
    run_experiment(turned, folder)
    assert "baseline: subsidy_first" in (folder / "experiment.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["world/a.csv", "world/shikoku/places.csv", "world/..b/c", "design.parquet"])
def test_files_that_belong_to_a_folder_lie_in_it(name: str, two: tuple[Experiment, Path]) -> None:
    manifest = replace(read_manifest(two[1]), files={name: ("0" * 16,)})
    write_manifest(two[1], manifest)
    with pytest.raises(InputError, match=r"is missing, though|does not hold"):
        read_manifest(two[1])


@pytest.mark.parametrize(
    "name",
    [
        "../../X",
        "/etc/passwd",
        "world/..",
        "world/../x",
        "world/a/..",
        "world/a/b/c",
        "world",
        "series/x",
        "",
    ],
)
def test_no_manifest_names_a_file_elsewhere(name: str, two: tuple[Experiment, Path]) -> None:
    write_manifest(two[1], replace(read_manifest(two[1]), files={name: ("0" * 16,)}))
    with pytest.raises(InputError, match="is no file that belongs to a results folder"):
        read_manifest(two[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"record": ("../../X",)}, "record"),
        ({"block": 0}, "block"),
        ({"replicates": 10**9}, "replicates"),
        ({"points": 10**8, "replicates": 10**6}, "points times replicates"),
        ({"baseline": "nobody"}, "baseline"),
        ({"own_outcomes": {"mine": "no kind"}}, "own_outcomes"),
        ({"recorded": (99,)}, "recorded"),
        ({"scenarios": ()}, "scenarios"),
    ],
)
def test_a_manifest_of_impossible_values_is_one_line(
    change: dict[str, object], words: str, two: tuple[Experiment, Path]
) -> None:
    """Its checksum is right: whoever made it can compute that."""
    write_manifest(two[1], replace(read_manifest(two[1]), **change))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words) as error:
        load(two[1])
    assert str(two[1] / "manifest.json") in str(error.value) and "\n" not in str(error.value)
