"""Every question is answered by its command at quick size, and so is one of somebody's own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.answers.known import experiments_folder, known, question_of
from sim.answers.page import PAGE as PAGE_OF_ANSWERS
from sim.answers.page import refuse_elsewhere, section
from sim.answers.question import Words
from sim.answers.questions.complements import strongest
from sim.answers.reading import Estimate, numbers_said, sum_of, told, told_level, told_ratio
from sim.batch.experiment_file import load_experiment
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.report.answered import stored_answers
from sim.statistics.factorial import factorial_of, synergies
from sim.text import LANGUAGES
from tests.examples import commands, example
from tests.hostile.bytecode import plant

PAGE = "docs/howto-answer.md"
NAMES = [question.name for question in known()]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where questions that share an experiment find its runs."""
    return tmp_path_factory.mktemp("answers")


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_answered(
    name: str, results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(results)
    out = ["--out", "of_one's_own"] if name == "drivers" else []
    assert main(["answer", name, "--quick", *out, "--workers", "1"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    question, _ = question_of(name)
    assert question.asked.en in told
    (path,) = (results / out[1] if out else results).glob(f"**/answers/{name}/answer.json")
    stored = json.loads(path.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        said = " ".join(sentence[language] for sentence in stored["sentences"])
        assert "n = " in said, "an answer says n"
        assert "nan" not in said.split()
        assert stored["hangs_on"][0][language]
    assert " ".join(stored["sentences"][0]["en"].split()) in told
    for figure in ("figure.svg", "figure.png", "figure.ja.svg", "figure.ja.png"):
        assert (path.parent / figure).stat().st_size > 5_000
    _every_interval_is_in_a_table(stored, path.parent)
    report = (path.parents[2] / "report.html").read_text(encoding="utf-8")
    assert question.asked.en in report


def _every_interval_is_in_a_table(stored: dict[str, Any], folder: Path) -> None:
    """All that sentences say with an interval is a row of ``numbers.csv``, but for times."""
    numbers = pd.read_csv(folder / "numbers.csv")
    assert len(list(folder.glob("*.csv"))) > 1
    for place, sentence in enumerate(stored["sentences"] + stored["hangs_on"], start=1):
        said = len(re.findall(r"\(95% (?!\d{4}Q|later)", sentence["en"]))
        own = numbers[(numbers["sentence"] == place) & numbers["ci_low"].notna()]
        assert len(own) >= said, sentence["en"]


def test_per_cent_and_less_than_nothing_are_said_as_people_write_them() -> None:
    level = told_level("adoption_share", Estimate(0.014, -0.017, 0.045, 4))
    assert level.en == "1.4% (95% −1.7 to 4.5, n = 4)" and level.ja.startswith("1.4%（95%区間 −1.7〜4.5")
    assert told("adoption_share", Estimate(-0.01, -0.02, 0.0, 4)).en.startswith("−1.0 points (95%")


def test_numbers_that_are_said_are_kept_with_their_unit() -> None:
    share = told("adoption_share", Estimate(0.1, 0.05, 0.15, 9))
    one = Words("{gain} of {tried}, {cost}", "{gain}、{tried}、{cost}").filled(
        gain=share, tried=7, cost=sum_of(5.0)
    )
    table = numbers_said((Words("none", "なし"), one))
    assert list(table["sentence"]) == [2, 2, 2]
    assert list(table["number"]) == ["gain", "tried", "cost"]
    assert table["estimate"].tolist() == pytest.approx([10.0, 7.0, 5.0])
    assert table.iloc[0][["ci_low", "ci_high", "n", "unit"]].tolist() == [pytest.approx(5), 15, 9, "points"]
    assert table.iloc[2]["unit"] == "JPY M"
    assert one == Words(one.en, one.ja)


def test_levers_that_add_up_are_called_neither_complements_nor_substitutes() -> None:
    points = [(a, b, c) for a in (0.0, 1.0) for b in (0.0, 1.0) for c in (0.0, 1.0)]
    design = factorial_of(("subsidy", "promotion", "advisers"), list(zip(*points, strict=True)))
    added = np.array([[10.0 * a + 5.0 * b + c] * 4 for a, b, c in points])
    apart = added + np.array([[8.0 * a * b - 4.0 * b * c] * 4 for a, b, c in points])
    assert strongest(design, synergies(design, added)).en == (
        "No pair is shown to be complements, no pair is shown to be substitutes."
    )
    told = strongest(design, synergies(design, apart)).en
    assert told.startswith("The strongest complements are Subsidy and Promotion (+8.0 deals")
    assert "the strongest substitutes Promotion and Advisers" in told


def test_zero_has_no_sign_and_per_cent_no_gap() -> None:
    nothing = told_ratio(Estimate(0.0, -0.001, 0.02, 3), "{:+.1f}")
    assert nothing.en == "0.0 (95% 0.0 to 0.0, n = 3)"
    assert told_level("adoption_share", Estimate(0.487, 0.484, 0.491, 3)).en.startswith("48.7% (95% 48.4")


def test_the_fourteen_are_there_in_order() -> None:
    assert [question.number for question in known()] == list(range(1, 15))
    for question in known():
        assert all((experiments_folder() / name).is_file() for name in question.experiments)
        assert question_of(f"q{question.number}")[0] is question


def test_questions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for language in LANGUAGES:
        assert main(["answer", "--lang", language]) == 0
        told = capsys.readouterr().out
        assert all(name in told for name in NAMES)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The question of the page on questions of one's own, and its runs in the folder ``late`` beside it."""
    folder = tmp_path_factory.mktemp("late")
    for name in ("late_target.py", "late_target.yaml"):
        (folder / name).write_text(example(PAGE, name), encoding="utf-8")
    run_experiment(load_experiment(folder / "late_target.yaml", quick=True), folder / "late")
    return folder


@pytest.mark.usefixtures("blank_figures", "one_core")
def test_what_the_page_tells_to_type_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    *of_the_package, _ = commands(PAGE)
    for words in of_the_package:
        assert main(words[1:]) == 0, words
    assert "少数精鋭" in capsys.readouterr().out


@pytest.mark.usefixtures("blank_figures")
def test_a_question_of_ones_own_is_one_more_file(
    late: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(late, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    *_, typed = commands(PAGE)
    assert main([*typed[1:], "--out", "late", "--workers", "1"]) == 0
    assert "With the target early promotion changes adoption by" in capsys.readouterr().out
    (answered,) = stored_answers(tmp_path / "late")
    assert (answered.name, answered.number, answered.quick) == ("late_target", None, True)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("promotion=51)", "promotion=52)", "0 points with .* promotion: 51, 5051"),
        ("promotion=51)", "promotions=51)", "no factor promotions; it has national_target, promotion"),
        ("filled(early=early, ", "filled(", r"late_target.py:\d+: fails \(KeyError: 'early'\)"),
        ("return Sheet(title, ", "return Sheet(", r"late_target.py:\d+: fails \(TypeError"),
        ("return Answer(", "return 5, Answer(", "analyse gives tuple, not an Answer"),
    ],
)
def test_what_is_wrong_in_a_question_of_ones_own_is_told_in_a_line(
    right: str,
    wrong: str,
    said: str,
    late: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = example(PAGE, "late_target.py")
    assert right in text
    shutil.copytree(late, tmp_path, dirs_exist_ok=True)
    (tmp_path / "late_target.py").write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["answer", "late_target.py", "--quick", "--out", "late", "--workers", "1"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.search(said, last)
    assert not (tmp_path / "late/answers").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which_leaver", "did you mean which_lever?"),
        ("q99", "no such question"),
        ("nowhere.py", "no such file"),
        ("broken.py", "cannot be imported (ZeroDivisionError"),
        ("empty.py", "holds no QUESTION"),
    ],
)
def test_what_cannot_be_asked_is_told(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said.replace("(", r"\(").replace("?", r"\?")):
        question_of(text)


def test_what_can_be_read_in_a_question_is_run(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(example(PAGE, "late_target.py"), encoding="utf-8")
    plant(file, "1 / 0")
    assert question_of(str(file))[0].name == "late_target"


def test_an_answer_is_written_into_the_page_in_the_place_of_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from sim.answers.page import PAGE as WHERE
    from sim.answers.page import renew
    from sim.report.answered import Answered

    words = {"en": "Yes (n = 3).", "ja": "はい（n = 3）。"}
    one = Answered("showcases", 6, words, [words], [words], 9, ["e"], ["e.yaml"], "abc", False)
    (tmp_path / "experiments").mkdir()
    monkeypatch.chdir(tmp_path)
    renew(one)
    renew(replace(one, name="which_lever", number=1))
    renew(replace(one, runs=10))
    text = WHERE.read_text(encoding="utf-8")
    assert text.count("<!-- answer: showcases -->") == 1
    assert "10 runs" in text
    assert text.index("which_lever") < text.index("showcases")
    assert section(replace(one, runs=10)) in text


@pytest.mark.parametrize(
    ("instead", "of", "said"),
    [
        ('name="late target"', 'name="late_target"', "QUESTION.name must be a word of letters, digits and _"),
        ('asked="Does it?"', "asked=Words(", "QUESTION.asked must be Words(en, ja)"),
        ('experiments="late_target.yaml"', "experiments=(", "QUESTION.experiments must be a tuple"),
        ("experiments=()", "experiments=(", "QUESTION.experiments must be a tuple"),
        ("analyse=None", "analyse=", "QUESTION.analyse must be a function"),
        ("analyse=lambda results: None", "analyse=", "analyse gives NoneType, not an Answer"),
        ("analyse=lambda results: 1 / 0", "analyse=", ": fails (ZeroDivisionError: division by zero)"),
        ("analyse=lambda results: quit(3)", "analyse=", ": fails (SystemExit: 3)"),
        ("return Answer((), (), {}, sheet)", "return Answer(", "sentences of the Answer must be a tuple"),
        ('return Answer((ANSWER,), HANGS_ON, {}, sheet)', "return Answer(", "hangs_on of the Answer must be"),
        ('return Answer((ANSWER,), (), {"../x": table}, sheet)', "return Answer(", "tables of the Answer"),
        ("return Answer((ANSWER,), (), {}, None)", "return Answer(", "sheet of the Answer must be"),
        ("return Answer((ANSWER,), (), {}, lambda _: 3)", "return Answer(", "fails (AttributeError: 'int'"),
        ("            rows.draw(axes)", "            drawing.rows(", ": fails (NameError"),
        ("found.point(promo=551),", "promotion=5_051),", "the design has no factor promo"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_question_of_ones_own_is_a_line_that_names_its_file(
    instead: str, of: str, said: str, late: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(late, tmp_path, dirs_exist_ok=True)
    lines = example(PAGE, "late_target.py").splitlines()
    (number,) = (n for n, line in enumerate(lines) if of in line)
    end = "," if lines[number].rstrip().endswith(",") and not instead.endswith(",") else ""
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    lines[number] = indent + instead.lstrip() + end
    file = tmp_path / "mine.py"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert main(["answer", str(file), "--quick", "--out", str(tmp_path / "late"), "--workers", "1"]) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert not list((tmp_path / "late").glob("answers/*/answer.json"))


def test_another_page_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    PAGE_OF_ANSWERS.parent.mkdir()
    PAGE_OF_ANSWERS.write_text("# Experiments of the laboratory", encoding="utf-8")
    with pytest.raises(InputError, match="is another page"):
        refuse_elsewhere(question_of("q6")[0], quick=False)
    assert PAGE_OF_ANSWERS.read_text(encoding="utf-8") == "# Experiments of the laboratory"


def test_a_question_of_ones_own_has_no_place_in_the_page(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(example(PAGE, "late_target.py").replace("analyse=analyse", "analyse=analyse, number=1"))
    assert question_of(str(file))[0].number is None
