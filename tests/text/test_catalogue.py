"""The catalogues: the same keys and values in both languages, every id in use, and no traceback for a gap."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
import yaml

from sim.analysis.views import PILLARS, PRIORITY_AREAS
from sim.batch.verify import Verdict
from sim.calendar import EVENTS
from sim.kernel.outcomes import OUTCOMES, Kind
from sim.kernel.parameters import declared
from sim.report.relevance import Reading
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.yaml_reader import read_yaml
from sim.text import LANGUAGES, Language, label, meaning, paragraphs, say, unit
from sim.text.catalogue import FOLDER, MissingTextWarning, _sections, texts_of
from sim.worlds import WORLDS

PACKAGE = FOLDER.parent
SECTION_NAMES = {
    "parameters": set(declared()),
    "outcomes": {outcome.name for outcome in OUTCOMES} | {"spent", "lapsed"},
    "levers": {lever.name for lever in LEVERS},
    "settings": {setting.name for setting in SETTINGS},
}
SAID_OF_LEVERS = ("buys", "unit_cost", "programme", "budget_line", "source")
SECTIONS = tuple(_sections("en"))


def every_text(language: Language) -> dict[str, str]:
    return {id: text for section in SECTIONS for id, text in texts_of(section, language).items()}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    english, japanese = (list(every_text(language)) for language in LANGUAGES)
    assert english == japanese
    assert len(english) > 350


def test_both_languages_ask_for_the_same_values() -> None:
    japanese = every_text("ja")
    differ = {id: text for id, text in every_text("en").items() if places(text) != places(japanese[id])}
    assert not differ


@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_are_what_a_yaml_reader_sees(language: Language) -> None:
    """Sections are cut out of the file by their heads. A strict reader also refuses a key given twice."""
    source = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    assert list(read_yaml(FOLDER / f"{language}.yaml").data) == list(SECTIONS)
    whole = yaml.load(source, Loader=yaml.BaseLoader)
    assert {section: yaml.load(part, Loader=yaml.BaseLoader)[section] for section, part in
            _sections(language).items()} == whole  # fmt: skip


@pytest.mark.parametrize(
    "banned",
    [
        "市町村",  # 市区町村
        r"(モデル|別)の版",  # バージョン
        r"第\d四半期",  # 4〜6月期
        "ページ",  # 画面 of sim page, 報告書
        r"\}百万円",  # an amount in a sentence is 840万円 or 353億円
        "%ポイント",
    ],
)
def test_japanese_has_one_way_to_say_it(banned: str) -> None:
    assert not {id: text for id, text in every_text("ja").items() if re.search(banned, text)}


def declared_names() -> list[str]:
    return [*declared(), *(item.name for item in (*OUTCOMES, *LEVERS, *SETTINGS))]


def test_a_name_stands_for_one_thing() -> None:
    assert len(set(declared_names())) == len(declared_names())


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_declared_has_its_words(language: Language) -> None:
    texts = every_text(language)
    ids = {f"{section}.{name}.{what}" for section, names in SECTION_NAMES.items() for name in names
           for what in ("label", "meaning")}  # fmt: skip
    ids |= {f"levers.{lever.name}.{what}" for lever in LEVERS for what in SAID_OF_LEVERS}
    ids |= {f"sources.{parameter.source}.label" for parameter in declared().values()}
    ids |= {f"units.{item.unit}" for item in (*declared().values(), *OUTCOMES, *SETTINGS)}
    ids |= {f"denominators.{outcome.denominator}" for outcome in OUTCOMES if outcome.denominator}
    ids |= {f"kinds.{kind.name.lower()}" for kind in Kind}
    ids |= {f"goals.{goal:02d}" for goal in range(1, 18)}
    ids |= {f"views.{view.name}" for view in (*PILLARS, *PRIORITY_AREAS)}
    ids |= {f"worlds.{world}" for world in WORLDS}
    ids |= {f"verdicts.{counted}{verdict.name.lower()}" for verdict in Verdict for counted in ("", "count_")}
    ids |= {f"report.readings.{reading}" for reading in Reading}
    ids |= {f"events.{event}" for events in EVENTS.values() for event in events}
    assert sorted(ids - set(texts)) == []


def test_no_words_are_left_of_names_that_are_gone() -> None:
    for section, names in SECTION_NAMES.items():
        written = {id.removeprefix(f"{section}.").rpartition(".")[0] for id in texts_of(section, "en")}
        assert written == names
    sources = {id.split(".")[1] for id in texts_of("sources", "en")}
    assert sources == {parameter.source for parameter in declared().values()}


def test_fitted_parameters_name_their_reference() -> None:
    texts = texts_of("sources", "en")
    calibrated = {
        id for id in texts if id.split(".")[1].startswith(("fitted", "set_")) and id.endswith("label")
    }
    assert len(calibrated) > 5
    assert not [id for id in calibrated if not texts.get(id.replace("label", "reference"))]


def ids_in_code() -> set[str]:
    """Ids that the package asks for; a part that is filled in counts for all that begin or end like it."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0]
                if isinstance(first, ast.Constant) and len(node.args) == 2:
                    found.add(str(first.value))
    return found


def test_every_id_in_the_code_is_in_the_catalogue() -> None:
    asked = ids_in_code()
    assert len(asked) > 15
    assert not sorted(asked - set(every_text("en")))


def test_english_counts_one_thing_and_several() -> None:
    facts = {"world": "W", "first": "A", "last": "B"}
    assert say("cli.setting", "en", replicates=1, **facts) == "W; n = 1 replicate; A to B"
    assert say("cli.setting", "en", replicates=1_000, **facts) == "W; n = 1,000 replicates; A to B"
    numbers = {"scenarios": 2, "points": 1, "replicates": 30, "runs": 60, "workers": 1}
    said = say(
        "cli.checked_experiment", "en", file="f", name="n", digest="d", time="1:00", disk="1 MB", **numbers
    )
    assert "2 scenarios x 1 point x 30 replicates = 60 runs; about 1:00 on 1 process and" in said


def test_a_missing_text_is_shown_as_its_id_and_warned_of() -> None:
    with pytest.warns(MissingTextWarning, match="no text 'cli.no_such_thing' in ja"):
        assert say("cli.no_such_thing", "ja") == "cli.no_such_thing"
    with pytest.warns(MissingTextWarning, match="cli.failed"):
        assert say("cli.failed", "en", failed=1) == texts_of("cli", "en")["cli.failed"]


def test_words_of_a_name_nobody_declared() -> None:
    assert label("cranes_folded", "ja") == "cranes folded"
    assert meaning("cranes_folded", "en") == ""
    assert unit("cranes/year", "ja") == "cranes/year"
    assert paragraphs("report.no_such_list", "en") == []


def test_names_may_hold_dots() -> None:
    assert label("esg_finance.guarantee", "en") == "ESG finance: guarantee"


def test_the_catalogues_ship_with_the_package() -> None:
    assert {path.name for path in Path(FOLDER).glob("*.yaml")} == {f"{name}.yaml" for name in LANGUAGES}
