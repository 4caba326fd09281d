"""Pages of stored results name the present version of the model: those of another one are to be made anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.provenance import MODEL_VERSION, MODEL_VERSIONS

ROOT = Path(__file__).parent.parent
#: Page -> the command that makes it anew.
PAGES = {
    "docs/findings.md": "sim answer NAME --out DIR/NAME for each; python -m sim.answers.findings DIR",
    "docs/forecast/README.md": "sim validate --forecast --write",
    "docs/futurecity.md": "python -m sim.analysis.futurecity --write docs/futurecity.md",
    "docs/levers_compared.md": "make futures",
    "docs/patterns.md": "sim validate --write",
    "docs/robustness.md": "python -m sim.analysis.robustness",
    "experiments/README.md": "sim answer NAME --write for all questions",
}
_VERSION = re.compile(r"model\s+version\s+(\d+)(?:\s+of\s+(\d{4}-\d\d-\d\d))?", re.IGNORECASE)


@pytest.mark.parametrize(("page", "command"), PAGES.items())
def test_a_page_is_of_the_present_version_of_the_model(page: str, command: str) -> None:
    named = _VERSION.findall((ROOT / page).read_text(encoding="utf-8"))
    there = {str(MODEL_VERSION), ""}, {MODEL_VERSIONS[-1].date, ""}
    assert named, f"{page} names no model version; {command}"
    other = [number for number, date in named if number not in there[0] or date not in there[1]]
    assert not other, f"{page} is of model version {', '.join(other)}, this is {MODEL_VERSION}; {command}"


def test_every_page_that_names_a_version_is_known() -> None:
    texts = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "experiments").glob("*.md")]
    naming = {path.relative_to(ROOT).as_posix() for path in texts if _VERSION.search(path.read_text("utf-8"))}
    assert naming == set(PAGES)
