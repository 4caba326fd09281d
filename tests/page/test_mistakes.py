"""What is wrong with a scenario of the page is told all at once, with its place, in the page's language."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from sim.page.checking import check
from sim.page.entries import Entry, scenario_of
from sim.page.mistakes import MistakesError
from sim.page.state import entry_of, scenarios_of, state_of
from sim.text.mistakes import translated
from sim.worlds.kept import built

BROKEN = """\
name: baseline
extends: ../../etc/passwd.yaml
extensions: [my:lever]
levers:
  subsdy: 3
  promotion: {2019: -4, 1999: 3}
  advisers: 1,000
  esg_finance: 3
parameters: {contagion_neighbour: 1, contagion_neighbours: {2024Q9: 0.06}}
rules: {award: need}
programmes: {mine: {lever: subsidi, money: 3, for: {where: popu < 3, municipalities: []}}}
modules: {insurance: 3}
"""
PLACES = {
    "name": (1, 1),
    "extends": (2, 1),
    "extensions": (3, 1),
    "levers.subsdy": (5, 3),
    "levers.promotion.2019": (6, 15),
    "levers.promotion.1999": (6, 25),
    "levers.advisers": (7, 3),
    "levers.esg_finance": (8, 3),
    "parameters.contagion_neighbour": (9, 14),
    "parameters.contagion_neighbours.2024Q9": (9, 61),
    "rules.award": (10, 9),
    "programmes.mine.lever": (11, 21),
    "programmes.mine.for.where": (11, 53),
    "programmes.mine.for.municipalities": (11, 70),
    "modules.insurance": (12, 11),
}
JAPANESE = re.compile(r"[ぁ-んァ-ン一-龯]")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_mistake_of_a_file_is_told_with_its_place(lang: Any) -> None:
    with pytest.raises(MistakesError) as caught:
        entry_of(BROKEN, lang)
    found = {mistake.key: mistake for mistake in caught.value.mistakes}
    assert {key: (one.line, one.column) for key, one in found.items()} == PLACES
    assert all("scenario.yaml" not in one.text and "/tmp" not in one.text for one in found.values())
    assert all(bool(JAPANESE.search(one.text)) == (lang == "ja") for one in found.values())
    answer = check({"yaml": BROKEN}, lang)
    assert [line["line"] for line in answer["lines"]] == [line for line, _ in PLACES.values()]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_mistake_of_a_link_is_told_with_its_scenario(lang: Any) -> None:
    first = {"extends": "baselin", "extensions": ["a:b"], "levers": {"subsdy": 3}, "rules": {"award": "need"}}
    second = {"levers": {"subsidy": {"2015": 1}}}
    value = {"v": 1, "scenarios": [{"name": "one", "overlay": first}, {"name": "two", "overlay": second}]}
    with pytest.raises(MistakesError) as caught:
        scenarios_of(state_of(value), lang)
    keys = [(mistake.scenario, mistake.key) for mistake in caught.value.mistakes]
    assert sorted(keys) == [
        ("one", "extends"),
        ("one", "extensions"),
        ("one", "levers.subsdy"),
        ("one", "rules.award"),
        ("two", "levers.subsidy.2015"),
    ]
    assert all(name in line for (name, _), line in zip(keys, caught.value.lines, strict=True))
    assert all(bool(JAPANESE.search(line)) == (lang == "ja") for line in caught.value.lines)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 3",
        "a: [1\n",
        "\u3000a: 3",
        "\ta: 3",
        "a: 3\na: 4",
        "a: !x 3",
        "a: &b 3",
        "a: *b",
        "<<: 3",
        "a：3",
        "a: b: c",
        "---\na: 3\n---\nb: 3",
        "name: x\nlevers: 3",
        "levers: {subsidy: 1}",
        "a: {b: 3",
        "a: 'b",
        "name: あ",
        "name: a\nscenarios: [baseline]\nlevers: {subsdy: 3}",
        "? {a: 1}\n: 3",
    ],
)
def test_broken_files_are_refused_in_japanese(text: str) -> None:
    answer = check({"yaml": text}, "ja")
    assert not answer["ok"]
    assert all(JAPANESE.search(line["text"]) and line["line"] and line["column"] for line in answer["lines"])


@pytest.mark.parametrize(
    "text",
    [
        "name: a\nlevers: {subsidy: @3}",
        "name: a\nlevers:\n  subsidy: 3\n - 4",
        "a: 3\n...\nb: 4",
        "name: 'a' 3",
        'title: "\\q"',
        "a: [b: : c]",
        "name: \x01",
        "a: - 3",
    ],
)
def test_what_the_reader_of_yaml_says_is_translated_too(text: str) -> None:
    (line,) = check({"yaml": text}, "ja")["lines"]
    assert line["line"] and not re.search(r"[a-z]{3}", line["text"].replace("YAML", "")), line["text"]
    assert "（" in line["text"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_file_that_is_not_utf_8_is_refused_where_it_is_not(lang: Any) -> None:
    read = "name: a\ntitle: {ja: 補助金}\n".encode("cp932").decode("utf-8", "replace")  # as browsers read it
    assert check({"yaml": read}, lang)["lines"] == [
        {"text": told_of_utf_8(lang), "line": 2, "column": read.splitlines()[1].index("\ufffd") + 1}
    ]


def told_of_utf_8(lang: Any) -> str:
    return translated("is not UTF-8 text; save it as UTF-8", lang)


@pytest.mark.parametrize(
    "words",
    [
        "lever: advisers, money: 1, for: {municipalities: [Nowhere]}",
        "lever: advisers, money: 1, for: {municipalities: ['99999']}",
        "lever: advisers, money: 1, for: {municipalities: [202010]}",
        "lever: advisers, money: 1, for: {municipalities: [府中市]}",
        "lever: advisers, money: 1, for: {prefecture: Nagan}",
        "lever: advisers, money: 1, for: {prefecture: 48}",
        "lever: advisers, money: 1, for: {region: Nowhere}",
        "lever: advisers, money: 1, for: {where: population < 0}",
        "lever: advisers, money: 1, for: {size_class: 12}",
        "lever: advisers, money: 1, payer: {prefecture: 20, municipality: '20201'}",
        "lever: advisers, money: 1, payer: somebody",
        "lever: advisers",
    ],
)
def test_places_of_programmes_are_looked_up_in_japan(words: str) -> None:
    text = f"name: mine\nprogrammes:\n  own: {{{words}}}\n"
    (line,) = check({"yaml": text}, "ja", built("japan", 1))["lines"]
    assert JAPANESE.search(line["text"].replace("府中市", "").replace("広島県", "").replace("東京都", ""))
    assert line["line"] == 3
    assert not re.search(r"\b(the|give|must|is|no)\b", line["text"]), line["text"]


def test_code_is_refused_in_plain_words() -> None:
    with pytest.raises(MistakesError, match="names code to be run, which the page never does"):
        entry_of("name: mine\nextensions: ['os:system']\n")
    assert entry_of("name: mine\nextensions: []\n").name == "mine"


def test_files_of_the_server_are_not_read(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("name: secret\nlevers: {subsdy: 3}\n")
    entry = Entry(name="mine", overlay={"extends": str(other)})
    with pytest.raises(MistakesError) as caught:
        scenario_of(entry)
    assert len(caught.value.lines) == 1
    assert "no built-in scenario" in str(caught.value)
    assert "subsdy" not in str(caught.value)


def test_large_uploads_are_refused() -> None:
    start = time.perf_counter()
    for text, said in (
        ("#" * 300_000, "300,000 bytes large"),
        ("name: a\nlevers: {" + ", ".join(f"a{n}: 1" for n in range(9_000)) + "}", "more than 4,000 values"),
        (
            "name: a\nprogrammes: {p: {lever: advisers, money: 1, for: {where: '" + "(" * 2_000 + "'}}}",
            "1,000 ch",
        ),
        (
            "name: a\nprogrammes: {" + ", ".join(f"p{n}: null" for n in range(30)) + "}",
            "more than 20 programmes",
        ),
        ("name: \ud800", "no text"),
    ):
        with pytest.raises(MistakesError) as caught:
            entry_of(text)
        assert said in str(caught.value)
    assert time.perf_counter() - start < 5


def test_what_checks_say_is_translated() -> None:
    assert translated("unknown key, did you mean subsidy?", "ja") == "知らないキーです。subsidyのことですか？"
    within = translated("must be from 0 to 100,000,000 (JPY M a fiscal year), not a mapping", "ja")
    assert within == "0から100,000,000まで（百万円/年度）にしてください（現在は「キー: 値」の形）"
    assert translated("something new", "ja") == "something new"
