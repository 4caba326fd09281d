"""The report of a design that was run, and of results that keep part of a run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from shutil import rmtree

import pytest

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.report.answered import Answered, store
from sim.report.formats import formats, pdf
from sim.report.formats.pdf import browser
from sim.report.report import write_report
from sim.results import load
from sim.results.money import cost_effectiveness, per_yen
from sim.scenarios.scenario import load_scenarios
from sim.scenarios.section import Title
from sim.text import Language

PURPOSE = Title(en="Subsidy by matching", ja="補助金と支援")


@pytest.fixture(scope="module")
def factorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = (0.0, 20_000.0)
    factors = tuple(Factor(name, "lever", values=values) for name in ("subsidy", "matching_support"))
    design = Design("grid", factors, tuple(product(values, repeat=2)), {})
    scenarios = tuple(load_scenarios(["baseline"]))
    small = Experiment(
        "f",
        scenarios,
        "synthetic:30",
        9,
        replicates=3,
        record=("ledger", "series"),
        design=design,
        purpose=PURPOSE,
    )
    folder = tmp_path_factory.mktemp("designs") / "factorial"
    run_experiment(small, folder)
    return folder


@pytest.fixture(scope="module")
def partly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios of which two outcomes at one quarter are kept."""
    scenarios = tuple(load_scenarios(["baseline", "matching_first"]))
    small = Experiment("p", scenarios, "synthetic:30", 9, replicates=3, baseline="baseline")
    kept = replace(small, record=("ledger", "series"), outcomes=("meetings", "deals_signed"), recorded=(8,))
    folder = tmp_path_factory.mktemp("designs") / "partly"
    run_experiment(kept, folder)
    return folder


def text_of(path: Path) -> str:
    page = re.sub(r"(?s)<style>.*?</style>|data:[^\"]+", " ", path.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_design_has_its_question_answer_matrix_money_and_interactions(factorial: Path) -> None:
    page = text_of(write_report(factorial))
    assert "Subsidy by matching. 4 points of 2 factors (all combinations of their values) were run" in page
    assert page.index("The answer") < page.index("cost-effectiveness curves") < page.index("What money buys")
    for part in ("What each factor changes", "What factors change together", "n = 3", "Single points"):
        assert part in page, part
    assert re.search(r"spends \d+% of JPY [\d.]+ (m|b)illion a fiscal year", page), "money has its unit"
    assert re.search(r"from [^.]*JPY [\d.]+ (m|b)illion", page), "changes of money, too"
    drawn = {file.stem for file in (factorial / "figures").glob("*.svg")}
    assert drawn == {"tornado", "response", "two_way", "curves"}
    assert {file.stem for file in (factorial / "tables").glob("*.csv")} == {
        "changes", "interactions", "points", "budgets"
    }  # fmt: skip
    assert "nan" not in page.replace("finan", "").replace("governan", "")


@pytest.mark.usefixtures("blank_figures")
def test_japanese_has_no_english_left(factorial: Path) -> None:
    page = text_of(write_report(factorial, "ja"))
    assert "補助金と支援。" in page and "費用対効果曲線" in page
    assert not re.findall(r"\b(?:the|and|of|with|from) \w+", page)


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize(("lang", "said"), [
    ("en", "6 pairs of factors 6 cannot be told from others"),
    ("ja", "6組の因子のうち6組は、この一部実施では他の組と区別できない"),
])  # fmt: skip
def test_a_fraction_says_which_pairs_it_cannot_tell_apart(lang: Language, said: str, tmp_path: Path) -> None:
    names = ("subsidy", "matching_support", "promotion", "advisers")
    factors = tuple(Factor(name, "lever", values=(0.0, 20_000.0)) for name in names)
    points = tuple(points_of("fractional", factors, 1, {}))
    design = Design("fractional", factors, points, {})
    small = Experiment("a", tuple(load_scenarios(["baseline"])), "synthetic:20", 6, design=design)
    run_experiment(replace(small, replicates=2, record=("ledger", "series")), tmp_path / "a")
    told = text_of(write_report(tmp_path / "a", lang))
    assert said in told and told.count(" = ") >= 3 and " × " in told


@pytest.mark.usefixtures("blank_figures")
def test_what_keeps_part_of_a_run_is_reported_by_the_outcome_named_first(
    partly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(partly), "--format", "xlsx"]) == 0
    printed = capsys.readouterr().out
    told = " ".join(printed.split())
    assert "not every outcome, quarter or table is kept" in told and "report.xlsx" in printed
    page = text_of(partly / "report.html")
    assert "“Meetings” at 2020Q2 differs by “Matching support first”" in page
    assert (partly / "report.xlsx").is_file()


@pytest.mark.usefixtures("blank_figures")
def test_scenarios_without_a_ledger_are_reported_too(tmp_path: Path) -> None:
    scenarios = tuple(load_scenarios(["baseline", "matching_first"]))
    small = Experiment("s", scenarios, "synthetic:30", 9, replicates=3, baseline="baseline")
    run_experiment(replace(small, record=("series",)), tmp_path / "series")
    assert "differs by “Matching support first”" in text_of(write_report(tmp_path / "series"))


def test_a_place_cannot_be_told_of_in_a_design(factorial: Path) -> None:
    with pytest.raises(InputError, match=r"--focus: .* holds a design"):
        write_report(factorial, place="01")


def test_what_money_buys_is_what_a_unit_costs_the_other_way_round(compared: Path) -> None:
    results = load(compared)
    costs = cost_effectiveness(results, "baseline", ["deals_signed"]).set_index("scenario")
    buys = per_yen(results, "baseline").query("outcome == 'deals_signed'").set_index("scenario")
    known = buys.index[buys["units"].notna()]  # where more is spent for sure
    expected = 100 * costs["extra_units"] / costs["extra_spending"]
    assert len(known) and buys.loc[known, "units"].to_list() == pytest.approx(expected[known].to_list())


@pytest.mark.parametrize(
    ("name", "missing"), [("xlsx", "needs openpyxl"), ("docx", "needs docx"), ("pdf", "needs Chromium")]
)
def test_a_format_that_cannot_be_had_is_refused_in_a_line_before_anything_is_drawn(
    factorial: Path, monkeypatch: pytest.MonkeyPatch, name: str, missing: str
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    monkeypatch.setattr(pdf.trust, "program", lambda _: None)
    before = (factorial / "report.html").exists() and (factorial / "report.html").stat().st_mtime_ns
    with pytest.raises(InputError, match=missing):
        write_report(factorial, formats=[name])  # type: ignore[list-item]
    assert before == ((factorial / "report.html").exists() and (factorial / "report.html").stat().st_mtime_ns)


def test_an_unknown_format_is_refused(factorial: Path) -> None:
    with pytest.raises(InputError, match="--format odt: give html, pdf, xlsx, docx"):
        write_report(factorial, formats=["odt"])  # type: ignore[list-item]


@pytest.mark.usefixtures("blank_figures")
def test_page_word_and_excel_are_the_same_each_time_and_hold_numbers_with_units(factorial: Path) -> None:
    openpyxl, docx = pytest.importorskip("openpyxl"), pytest.importorskip("docx")
    files = [factorial / f"report.{ending}" for ending in ("xlsx", "docx", "html")]
    write_report(factorial, formats=["xlsx", "docx"])
    before = [file.read_bytes() for file in files]
    write_report(factorial, formats=["xlsx", "docx"])
    assert [file.read_bytes() for file in files] == before
    book = openpyxl.load_workbook(files[0])
    assert book.sheetnames == ["The answer", "Factors", "Interactions", "Points", "Budgets"]
    heads = [cell.value for cell in book["Factors"][1]]
    assert "Partnership deals signed (deals): Effect against the baseline" in heads
    column = heads.index("Partnership deals signed (deals): Effect against the baseline")
    assert all(isinstance(row[column].value, int | float) for row in book["Factors"].iter_rows(min_row=2))
    assert any("JPY M" in str(cell.value) for cell in book["Budgets"][1])
    document = docx.Document(files[1])
    assert document.paragraphs[0].text.startswith("Partnerships for the SDGs")
    assert len(document.tables) >= 6 and len(document.inline_shapes) == 4


@pytest.mark.usefixtures("blank_figures")
def test_an_answer_in_the_folder_comes_first(partly: Path) -> None:
    words = {"en": "Is it worth it?", "ja": "価値はあるか"}
    told = {"en": "It is (95% interval 1 to 2, n = 3).", "ja": "ある。"}
    answered = Answered("worth", None, words, [told], [words], 6, ["p"], ["p.yaml"], "model", quick=False)
    store(answered, {}, partly)
    page = text_of(write_report(partly))
    assert page.index("Is it worth it?") < page.index("It is (95%") < page.index("not every outcome, quarter")
    rmtree(partly / "answers")


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize(
    "damage",
    [
        {"sentences": []},
        {"sentences": None},
        {"asked": {"en": "Is it?"}},
        {"hangs_on": ["text"]},
        {"runs": [1]},
    ],
)
def test_a_damaged_answer_is_told_in_a_line(partly: Path, damage: dict[str, object]) -> None:
    told = {"en": "It is.", "ja": "ある。"}
    answered = Answered("worth", None, told, [told], [told], 6, ["p"], ["p.yaml"], "model", quick=False)
    path = store(answered, {}, partly) / "answer.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | damage), encoding="utf-8")
    with pytest.raises(InputError, match=r"answer\.json: damaged .*; remove it"):
        write_report(partly)
    rmtree(partly / "answers")


@pytest.mark.usefixtures("blank_figures")
def test_a_damaged_figure_of_an_answer_is_told_in_a_line(partly: Path) -> None:
    pytest.importorskip("docx")
    told = {"en": "It is.", "ja": "ある。"}
    answered = Answered("worth", None, told, [told], [told], 6, ["p"], ["p.yaml"], "model", quick=False)
    place = store(answered, {}, partly)
    (place / "figure.svg").write_text("<svg/>", encoding="utf-8")
    for damage in (lambda: (place / "figure.png").write_bytes(b"no picture"), (place / "figure.png").unlink):
        damage()
        with pytest.raises(InputError, match=r"figure\.png is damaged or gone; ask again"):
            write_report(partly, formats=["docx"])
    rmtree(partly / "answers")


@pytest.mark.skipif(browser() is None, reason="no Chromium or Chrome on the PATH")
def test_a_pdf_is_printed(partly: Path) -> None:
    write_report(partly, formats=["pdf"])
    content = (partly / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF-") and b"D:20000101000000" in content
