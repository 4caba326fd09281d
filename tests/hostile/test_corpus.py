"""Every input that once was a finding stays one that is tried; beside them a few that are fine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.hostile.alone import alone
from tests.hostile.inputs import GONE_ON, READ, READERS
from tests.hostile.trials import SAID

CORPUS = Path(__file__).with_name("corpus")
CASES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("case", CASES)
def test_what_was_found_is_refused_in_clear_lines(case: str, tmp_path: Path) -> None:
    kind, name = case.split("/")
    copy = Path(shutil.copy(CORPUS / case, tmp_path))
    for language in ("en", "ja"):
        said = alone(READERS[kind], copy, "--lang", language)
        assert said in ({READ, GONE_ON} if name.startswith("fine") else {SAID}), said


def test_every_kind_has_one_that_is_fine_and_others() -> None:
    kinds = {case.partition("/")[0] for case in CASES}
    assert kinds == set(READERS)
    for kind in kinds:
        assert sum(case.startswith(f"{kind}/") for case in CASES) >= 2
        assert any(case.startswith(f"{kind}/fine") for case in CASES), kind
