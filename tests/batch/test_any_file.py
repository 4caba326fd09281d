"""Whatever a file holds, it is read or refused with clear lines: never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sim.batch.experiment_file import load_experiment, read_experiment
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.scenarios.yaml_writer import as_yaml

LOADERS: tuple[Callable[[Path], Any], ...] = (load_scenario, load_experiment, read_experiment)
EXAMPLES = 150

SECTIONS = [
    "name", "title", "extends", "levers", "parameters", "rules", "modules", "calendar", "emphasis",
    "extensions", "settings", "purpose", "world", "quarters", "seed", "replicates", "baseline",
    "scenarios", "design", "factors", "record", "quick",
]  # fmt: skip
INSIDE = [
    "en", "ja", "national_target", "method", "samples", "trajectories", "levels", "file", "kind", "low",
    "high", "scale", "distribution", "values", "from", "tables", "outcomes", "esg_finance", "guarantee",
    "guarantee_cover", "futurecity", "model_grants", *RULES, *MODULES, *PILLARS, *list(declared())[:9],
    *(lever.name for lever in LEVERS),
]  # fmt: skip
WORDS = [
    "baseline", "no_policy", "mine", "own.yaml", "file.yaml", "../../x", "a/b", "grid", "oat", "lhs",
    "sobol", "morris", "saltelli", "fractional", "table", "lever", "uncertainty", "rule", "module",
    "event", "emphasis", "log", "normal", "never", "2019Q1", "2099Q4", "2018Q1", "japan", "synthetic:5",
    "synthetic:0", "series", "deals", "deals_signed", "lottery", "scored", "a:b", "os:_exit", "\u3000x",
    "", "\x00", "\ud800", "~", "1e3", "*", "．", "x" * 300, "x" * 300 + ".yaml", "-", "<<", "=", "{}", "%",
]  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([2017, 2018, 2019, 2031, 10**6, 10**12, 2**63, 10**400, -(10**400)]),
    st.floats(),
    st.floats(0, 1),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.sampled_from(WORDS), st.text(max_size=6))
KEYS = st.one_of(st.sampled_from(INSIDE + SECTIONS + WORDS), st.integers(2016, 2032), st.text(max_size=4))
TREES = st.recursive(
    SCALARS,
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(KEYS, inside, max_size=4)),
    max_leaves=12,
)
GOOD: dict[str, Any] = {
    "name": "mine",
    "extends": "baseline",
    "scenarios": ["baseline", {"name": "more", "levers": {"subsidy": 5}}],
    "design": {"method": "grid", "levels": 2},
    "factors": {"subsidy": {"kind": "lever", "low": 0, "high": 5, "from": 2019}},
}


@st.composite
def files(draw: st.DrawFn) -> dict[Any, Any]:
    """A file that is right here and anything there."""
    file = {key: value for key, value in GOOD.items() if draw(st.booleans())}
    sections = st.dictionaries(st.sampled_from(SECTIONS), TREES, max_size=4)
    file |= draw(sections)
    for key in list(file):
        if isinstance(file[key], dict) and draw(st.booleans()):
            file[key] = {**file[key], **draw(st.dictionaries(KEYS, TREES, max_size=2))}
    return file


def check(content: bytes, name: str = "file.yaml") -> None:
    """Every loader gives something, or an InputError whose lines are lines."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for load in LOADERS:
            for line in lines_of(load, path):
                assert line and "\n" not in line
                line.encode()


def lines_of(load: Callable[[Path], Any], path: Path) -> tuple[str, ...]:
    """What a file is refused with; nothing where it is not."""
    try:
        load(path)
    except InputError as error:
        return error.args
    return ()


TEXT = st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))


@settings(max_examples=EXAMPLES)
@given(content=st.one_of(st.binary(max_size=60), TEXT))
@example(content=b"a: \xff")
@example(content=b"name: 'a\x00b'")
@example(content=b"? [1]\n: 2\n")
@example(content=b"name: !!binary x\nscenarios: *a\n")
@example(content=b'"\\ud800": 1\n"\\U00110000": 2\n')
def test_any_bytes(content: bytes) -> None:
    check(content)


#: Bits of YAML, so that something comes of a few of them.
BITS = [
    "name", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ", ", "? ", "&a ", "*a", "!t ", "'", '"', "|\n",
    ">", "#", "---\n", "...\n", "\t", "levers", "scenarios", "subsidy", "baseline", "1", "2019", "0x",
    "1e9", ".inf", ".nan", "~", "null", "\\x00", "\\ud800", "\u3000", "\u2028", "%YAML 1.1\n", "<<",
    "\u00e9",
]  # fmt: skip


@settings(max_examples=EXAMPLES)
@given(bits=st.lists(st.sampled_from(BITS), max_size=25))
def test_any_bits_of_yaml(bits: list[str]) -> None:
    check("".join(bits).encode())


@settings(max_examples=EXAMPLES)
@given(file=files())
@example(file=GOOD | {"factors": {"subsidy": {"kind": "lever", "values": [{2019: 5}], "from": [1]}}})
@example(
    file=GOOD | {"scenarios": [{"name": "../../x", "settings": 5, "levers": [], "extensions": {"a:b": 5}}]}
)
@example(file=GOOD | {"levers": {"subsidy": 10**400, "esg_finance": 5, "guarantee": {}}})
@example(file=GOOD | {"extensions": ["a:_b", "a:copy", "a:model_config", "a:subsidy"], "levers": {"copy": 1}})
def test_any_tree(file: dict[Any, Any]) -> None:
    assume("\\ud800" not in repr(file))  # which only JSON can write
    check(as_yaml(file).encode("utf-8", "replace"))


@settings(max_examples=EXAMPLES)
@given(file=files())
@example(file=GOOD | {"name": "\x00", "title": {"en": "\ud800"}, "\ud800": 1})
def test_any_tree_as_json(file: dict[Any, Any]) -> None:
    """What JSON says is YAML, with escapes for any character."""
    check(json.dumps(file).encode())


@pytest.mark.parametrize("name", ["file.yaml", "experiment.yaml"])
def test_what_is_right_is_read(name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(json.dumps(GOOD | {"extends": "baseline"}), encoding="utf-8")
        with pytest.raises(InputError, match="extends: unknown key"):
            load_experiment(path)
        path.write_text(json.dumps({key: GOOD[key] for key in GOOD if key != "extends"}), encoding="utf-8")
        assert load_experiment(path).runs == 2 * 2 * 30
