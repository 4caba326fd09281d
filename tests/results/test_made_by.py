"""Which model made a folder, and what a newer one would change, is said wherever the folder is read."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.batch.manifest import MANIFEST, _checksum, read_manifest, write_manifest
from sim.cli import main
from sim.errors import OtherModelWarning
from sim.page.folders import _doubts
from sim.provenance import MODEL_VERSION, ModelVersion, model_digest
from sim.report.report import write_report
from sim.results import made_by
from sim.results.made_by import may_differ, model_of, of_another_model
from sim.text import LANGUAGES, say

OTHER = "0" * 16
NOW = 4
HISTORY = tuple(
    ModelVersion(number, f"2026-01-0{number}", {"en": f"Change {number}.", "ja": f"変更{number}。"})
    for number in range(1, NOW + 1)
)

type Made = Callable[..., Path]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "results"
    sim.run("baseline", world="synthetic:30", replicates=2, quarters=4, out=folder)
    return folder


@pytest.fixture
def made(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The folder as another model made it, seen by one of version ``NOW``."""
    monkeypatch.setattr(made_by, "MODEL_VERSIONS", HISTORY)
    monkeypatch.setattr(made_by, "MODEL_VERSION", NOW)

    def make(**changes: Any) -> Path:
        folder = tmp_path / "copy"
        shutil.copytree(run, folder)
        write_manifest(folder, replace(read_manifest(folder), **changes))
        return folder

    return make


def test_a_folder_says_which_version_made_it(run: Path) -> None:
    manifest = read_manifest(run)
    assert manifest.model_version == MODEL_VERSION
    assert of_another_model(manifest, "en") == [] and not may_differ(manifest)
    assert model_of(manifest, "en") == f"{MODEL_VERSION} (sources {model_digest()})"


def test_a_folder_of_an_older_version_names_what_changed_since(made: Made) -> None:
    manifest = read_manifest(made(model=OTHER, model_version=2))
    said, *changes = of_another_model(manifest, "en")
    assert "model version 2" in said and OTHER in said and may_differ(manifest)
    assert changes == ["model version 3 (2026-01-03): Change 3.", "model version 4 (2026-01-04): Change 4."]
    assert "変更4。" in of_another_model(manifest, "ja")[-1]


def test_other_sources_of_the_same_version_leave_the_same_numbers(made: Made) -> None:
    folder = made(model=OTHER, model_version=NOW)
    (said,) = of_another_model(read_manifest(folder), "en")
    assert "same model version 4" in said and not may_differ(read_manifest(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.load(folder)


def test_a_newer_version_is_told(made: Made) -> None:
    manifest = read_manifest(made(model=OTHER, model_version=NOW + 1))
    (said,) = of_another_model(manifest, "en")
    assert "newer than this one (4)" in said and may_differ(manifest)


def _uncounted(folder: Path) -> Path:
    """The folder as it was written before versions were counted."""
    path = folder / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["checksum"], values["model_version"]
    path.write_text(json.dumps(values | {"checksum": _checksum(values)}), encoding="utf-8")
    return folder


def test_a_folder_from_before_versions_were_counted_still_opens(made: Made) -> None:
    folder = _uncounted(made(model=OTHER))
    with pytest.warns(OtherModelWarning, match="before versions were counted"):
        results = sim.load(folder)
    assert results.manifest.model_version is None and len(results.series) == 8
    assert say("made_by.uncounted", "ja") in model_of(results.manifest, "ja")


def test_such_a_folder_of_these_very_sources_has_this_version(made: Made) -> None:
    manifest = read_manifest(_uncounted(made()))
    assert not may_differ(manifest) and model_of(manifest, "en").startswith(f"{NOW} ")


def test_loading_an_older_folder_warns_with_the_history(made: Made) -> None:
    with pytest.warns(OtherModelWarning, match=r"model version 3 .*Change 3\. .*Change 4\.") as caught:
        sim.load(made(model=OTHER, model_version=2))
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_verify_page_and_report_name_the_history(
    lang: Any, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(model=OTHER, model_version=2)
    changes = of_another_model(read_manifest(folder), lang)
    assert len(changes) == 3
    assert main(["verify", str(folder), "--sample", "1", "--quiet", "--lang", lang]) == 0
    assert set(changes) <= set(capsys.readouterr().out.splitlines())
    with pytest.warns(OtherModelWarning):
        results = sim.load(folder)
    assert set(changes) < set(_doubts(results, lang))
    with pytest.warns(OtherModelWarning):
        page = write_report(folder, lang).read_text(encoding="utf-8")
    assert all(change in page for change in changes)
