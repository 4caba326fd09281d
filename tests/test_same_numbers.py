"""The same numbers as before: reference runs leave, bit for bit, what is stored of this model version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.provenance import MODEL_VERSION, MODEL_VERSIONS
from tests import same_numbers
from tests.same_numbers import CASES, digests, main, raised, stored

CHANGED = (
    "numbers of the case {case!r} are others than in model version {version}. If not meant, find what "
    'changed them; if meant, run: python -m tests.same_numbers --update "what changed" "変更点"'
)
BEFORE = {
    "versions": [{"number": 3, "date": "2026-01-01", "changed": {"en": "a", "ja": "b"}}],
    "reference": {case: {"series": "old"} for case in CASES},
}
SENTENCES = ("It rains.", "雨が降る。")


@pytest.mark.parametrize("case", CASES)
def test_runs_leave_what_they_left_before(case: str) -> None:
    assert digests(case) == stored()["reference"][case], CHANGED.format(case=case, version=MODEL_VERSION)


def test_versions_are_counted_dated_and_explained() -> None:
    assert [one.number for one in MODEL_VERSIONS] == list(range(1, MODEL_VERSION + 1))
    assert list(stored()["reference"]) == list(CASES)
    dates = [one.date for one in MODEL_VERSIONS]
    assert dates == sorted(dates)
    assert all(set(one.changed) == {"en", "ja"} and all(one.changed.values()) for one in MODEL_VERSIONS)


def _new(case: str) -> dict[str, str]:
    return {"series": "new"}


def _old(case: str) -> dict[str, str]:
    return {"series": "old"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "model_versions.json"
    path.write_text(json.dumps(BEFORE), encoding="utf-8")
    monkeypatch.setattr(same_numbers, "VERSIONS_FILE", path)
    return path


def test_numbers_that_changed_raise_the_version(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], _new) == 1 and "japan: differs" in capsys.readouterr().out
    assert json.loads(file.read_text()) == BEFORE, "without --update nothing is written"
    assert main(["--update", *SENTENCES], _new) == 0
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    first, last = written["versions"]
    assert first == BEFORE["versions"][0]
    assert (last["number"], last["changed"]) == (4, {"en": SENTENCES[0], "ja": SENTENCES[1]})
    assert written["reference"] == {case: {"series": "new"} for case in CASES}
    assert main([], _new) == 0


@pytest.mark.parametrize(
    ("asked", "found", "wrong"),
    [
        (["--update", *SENTENCES], _old, "nothing to update"),
        (["--update", "It rains.", " "], _new, "say what changed"),
        (["--update", "It rains."], _new, "expected 2 arguments"),
    ],
)
def test_the_update_is_refused_without_a_change_or_a_reason(
    asked: list[str], found: Any, wrong: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked, found)
    assert ended.value.code == 2 and wrong in capsys.readouterr().err
    assert json.loads(file.read_text()) == BEFORE


def test_one_number_that_changed_is_enough() -> None:
    found = {case: {"series": "old"} for case in CASES} | {"japan": {"series": "new"}}
    assert raised(BEFORE, found, SENTENCES, "2026-02-02")["versions"][-1]["date"] == "2026-02-02"
    with pytest.raises(InputError, match="nothing to update"):
        raised(BEFORE, BEFORE["reference"], SENTENCES, "2026-02-02")
