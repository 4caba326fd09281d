"""What is run is what results are filed under: the digest of an extension is that of the code in memory."""

from __future__ import annotations

import importlib
import os
import pickle
import py_compile
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.extensions import import_extension
from sim.extensions.source import _NOTES
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from tests.hostile.bytecode import plant
from tests.identities.cases import world_of

WORLD = world_of("synthetic:60", 1)
MEASURE = """from sim.extensions import outcome
{imports}

@outcome(unit="points")
def measured(now):
    {inside}
    return float(VALUE)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a scenario that names ``measure:measured``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own.yaml").write_text("name: own\nextensions: ['measure:measured']\n")
    before = {*sys.modules}
    yield tmp_path
    for name in {*sys.modules} - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
            _NOTES.pop(name, None)


def write(path: Path, text: str, stamp: int = 0) -> None:
    """Write a file as of a given second: Python's cache of bytecode tells edits apart by seconds and size."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(1_700_000_000_000_000_000 + stamp,) * 2)


def measured() -> tuple[float, str]:
    """What the scenario's outcome gives, and the digest that its results are filed under."""
    scenario = load_scenario("own.yaml", allow_extensions="measure")
    run = simulate(WORLD, scenario, quarters=1)
    return float(run.series[-1, -1]), scenario.digest()


#: Where the value that the outcome gives is written: in the module, or in what it imports, in many ways.
PLACES = {
    "itself": ("measure.py", "", "pass"),
    "beside": ("helper.py", "from helper import VALUE", "pass"),
    "beside, used as a module": ("helper.py", "import helper", "VALUE = helper.VALUE"),
    "beside, imported late": ("helper.py", "", "from helper import VALUE"),
    "in a package": ("parts/helper.py", "from parts.helper import VALUE", "pass"),
    "two steps away": ("far.py", "from near import VALUE", "pass"),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_edit_changes_digest_and_code_together(folder: Path, place: str) -> None:
    file, imports, inside = PLACES[place]
    own = "VALUE = {}\n" if place == "itself" else "{}"
    write(folder / "near.py", "from far import VALUE\n")
    write(folder / "parts" / "__init__.py", "")
    if place != "itself":
        write(folder / "measure.py", MEASURE.format(imports=imports, inside=inside))
    seen = []
    for stamp, value in enumerate((1, 2, 1)):
        if place == "itself":
            write(folder / file, MEASURE.format(imports=own.format(value), inside=inside), stamp)
        else:
            write(folder / file, f"VALUE = {value}\n", stamp)
        seen.append(measured())
    assert [value for value, _ in seen] == [1.0, 2.0, 1.0]
    assert seen[0][1] == seen[2][1] != seen[1][1]


def test_what_was_imported_before_an_edit_is_not_taken_for_the_edited_source(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="VALUE = 1", inside="pass"))
    old = importlib.import_module("measure").measured
    write(folder / "measure.py", MEASURE.format(imports="VALUE = 2", inside="pass"), 1)
    value, _ = measured()
    assert value == 2.0
    assert simulate(WORLD, load_scenario("baseline"), quarters=1, extensions=[old]).series[-1, -1] == 1.0


def test_a_helper_that_two_extensions_share_is_fresh_for_both(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="from helper import VALUE", inside="pass"))
    write(folder / "other.py", MEASURE.format(imports="from helper import VALUE", inside="pass"))
    write(folder / "helper.py", "VALUE = 1\n")
    _, first = import_extension("measure:measured")
    write(folder / "helper.py", "VALUE = 2\n", 1)
    other, _ = import_extension("other:measured")
    assert simulate(WORLD, load_scenario("baseline"), quarters=1, extensions=[other]).series[-1, -1] == 2.0
    assert import_extension("measure:measured")[1] != first


def test_scenarios_made_before_an_edit_are_refused(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="from helper import VALUE", inside="pass"))
    write(folder / "helper.py", "VALUE = 1\n")
    scenario = load_scenario("own.yaml", allow_extensions="measure")
    write(folder / "helper.py", "VALUE = 2\n", 1)
    with pytest.raises(
        InputError, match="source of measure:measured has changed since the scenario was made"
    ):
        simulate(WORLD, scenario, quarters=1)


def test_what_is_unchanged_is_not_imported_again(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="VALUE = 1\nprint('run')", inside="pass"))
    (first, digest), (second, again) = (
        import_extension("measure:measured"),
        import_extension("measure:measured"),
    )
    assert first is second
    assert digest == again


def test_a_digest_depends_on_sources_and_not_on_their_place(folder: Path) -> None:
    digests = set()
    for place in ("here", "there"):
        write(
            folder / place / "measure.py", MEASURE.format(imports="from helper import VALUE", inside="pass")
        )
        write(folder / place / "helper.py", "VALUE = 1\n")
        sys.path.insert(0, str(folder / place))
        importlib.invalidate_caches()
        digests.add(import_extension("measure:measured")[1])
        sys.path.remove(str(folder / place))
        for name in ("measure", "helper"):
            del sys.modules[name]
    assert len(digests) == 1


@pytest.mark.parametrize("place", PLACES)
def test_bytecode_of_another_text_is_not_run(folder: Path, place: str) -> None:
    file, imports, inside = PLACES[place]
    write(folder / "near.py", "from far import VALUE\n")
    write(folder / "parts" / "__init__.py", "")
    write(folder / "measure.py", MEASURE.format(imports=imports or "VALUE = 1", inside=inside))
    if place != "itself":
        write(folder / file, "VALUE = 1\n")
    for path in folder.rglob("*.py"):
        plant(path, path.read_text().replace("VALUE = 1", "VALUE = 2") + "\nopen('mark', 'w')\n")
    value, digest = measured()
    assert value == 1.0 and not Path("mark").exists()
    revived = pickle.dumps(import_extension("measure:measured")[0])
    for name in [name for name, module in sys.modules.items() if _lies_in(folder, module)]:
        del sys.modules[name]
    run = simulate(WORLD, load_scenario("baseline"), quarters=1, extensions=[pickle.loads(revived)])
    assert run.series[-1, -1] == 1.0 and not Path("mark").exists()
    assert measured() == (1.0, digest)


def _lies_in(folder: Path, module: object) -> bool:
    return str(getattr(module, "__file__", "")).startswith(str(folder))


def test_a_source_comes_before_a_library_of_its_name(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="from helper import VALUE", inside="pass"))
    write(folder / "helper.py", "VALUE = 1\n")
    (folder / f"helper{EXTENSION_SUFFIXES[0]}").write_bytes(b"not even a library")
    assert measured()[0] == 1.0


def test_compiled_code_without_source_counts_in_the_digest(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="from helper import VALUE", inside="pass"))
    seen = []
    for value in (1, 2):
        write(folder / "text.py", f"VALUE = {value}\n", value)
        py_compile.compile(str(folder / "text.py"), str(folder / "helper.pyc"))
        seen.append(measured())
    assert [value for value, _ in seen] == [1.0, 2.0] and seen[0][1] != seen[1][1]


def test_a_package_around_an_extension_counts_in_its_digest(folder: Path) -> None:
    write(folder / "parts" / "measure.py", MEASURE.format(imports="from parts import VALUE", inside="pass"))
    write(folder / "around" / "measure.py", MEASURE.format(imports="VALUE = 1", inside="pass"))
    digests = set()
    for stamp in (1, 2):
        for package in ("parts", "around"):
            write(folder / package / "__init__.py", f"VALUE = {stamp}\n", stamp)
            digests.add(import_extension(f"{package}.measure:measured")[1])
    assert len(digests) == 4


def test_edits_that_cannot_be_imported_are_named(folder: Path) -> None:
    write(folder / "measure.py", MEASURE.format(imports="VALUE = 1", inside="pass"))
    measured()
    write(folder / "measure.py", "def measured(:\n", 1)
    with pytest.raises(InputError, match=r"own.yaml:2:14: .*cannot be imported \(SyntaxError"):
        measured()
