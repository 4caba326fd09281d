"""The cache of compiled code: true to the sources, safe to share, silent about nothing."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from sim.kernel import sources
from sim.kernel.draws import Word
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world, synthetic
from tests.identities.cases import CASES, scenario_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sim"
RULE = Path("agents/municipality.py")
KERNEL_MODULES = tuple(f"sim.{folder}" for folder in sources.KERNEL_FOLDERS)
OLD, NEW = "+ on_adopted * adopted", "- on_adopted * adopted"

#: Compiles one small part of an act, which calls a rule of sim/agents, and says what came out.
PROBE = """
import json, sys
import numpy as np
import sim
from sim.kernel import compiled
from sim.acts.futurecity import score_applicants
from sim.scenarios.scenario import load_scenario
from sim.simulation.policy import appropriated, clock_at, parameters_at, policy_of
from sim.simulation.start import initial_state
from sim.worlds import load_world

said = compiled.is_compiled()
before = sum(1 for _ in compiled.cache_folder().rglob("*.nb?"))
world, scenario = load_world("synthetic:100", 1), load_scenario("no_policy")
key, parameters = np.uint64(1), parameters_at(scenario, 0)
state = initial_state(world, parameters, key, appropriated(scenario, 1, world.scale), 1)
state.municipalities.adopted[:] = 1
clock, policy = clock_at(scenario, parameters, world.scale, key, 0, 1), policy_of(scenario, world)
eager = parameters.futurecity._replace(application_constant=-1.0)
ids, _ = score_applicants(clock, eager, policy, world.municipalities, state.municipalities, state.prefectures)
after = sum(1 for _ in compiled.cache_folder().rglob("*.nb?"))
hits = sum(score_applicants.stats.cache_hits.values())
if sys.argv[1:] == ["mark"]:
    compiled.mark_compiled()
found = {"applicants": ids.tolist(), "said": said, "written": after - before, "hits": hits}
print(json.dumps(found | {"package": sim.__file__, "folder": str(compiled.cache_folder())}))
"""


class Copy:
    """A copy of the package with a cache of its own."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root, self.cache = root, cache
        shutil.copytree(PACKAGE, root / "sim", ignore=shutil.ignore_patterns("__pycache__"))

    def start(self, *arguments: str, program: str = PROBE) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PYTHONPATH": str(self.root),
            "SIM_CACHE_DIR": str(self.cache),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
        return subprocess.Popen(
            command, env=environment, cwd=self.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str) -> dict[str, Any]:
        return answer(self.start(*arguments), self.root)

    def edit(self, file: Path, old: str, new: str) -> None:
        path = self.root / "sim" / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} no longer says {old!r}"
        path.write_text(text.replace(old, new))

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


def answer(process: subprocess.Popen[str], root: Path) -> dict[str, Any]:
    out, problems = process.communicate(timeout=900)
    assert process.returncode == 0, problems
    found: dict[str, Any] = json.loads(out)
    assert found["package"].startswith(str(root)), "another package was imported"
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("package")
    return Copy(folder / "first", folder / "cache")


class Story(NamedTuple):
    """What the probes said, in the order in which they ran."""

    together: list[dict[str, Any]]  # two processes that started at the same time, without a cache
    warm: dict[str, Any]  # a third one, which then marks the kernel as compiled
    untouched: bool  # the package's folder is as it was


@pytest.fixture(scope="module")
def story(copy: Copy) -> Iterator[Story]:
    """Probes on a package that cannot be written to."""
    before = copy.files()
    folders = [copy.root / "sim", *(path for path in (copy.root / "sim").rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    together = [copy.start(), copy.start()]
    found = [answer(process, copy.root) for process in together]
    warm = copy.run("mark")
    yield Story(found, warm, copy.files() == before)
    for folder in folders:
        folder.chmod(0o755)


def test_processes_that_start_together_agree(story: Story) -> None:
    first, second = story.together
    assert first["applicants"] == second["applicants"]
    assert len(first["applicants"]) > 3
    assert not first["said"]


#: Compiles the whole kernel and says what a short run left.
WHOLE = """
import hashlib, json
import sim
from sim.kernel.compiled import cache_folder
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel
from sim.simulation import simulate
from sim.worlds import load_world
new = compile_kernel()
series = simulate(load_world("synthetic:100", 1), load_scenario("balanced"), quarters=12).series
digest = hashlib.sha256(series.tobytes()).hexdigest()
print(json.dumps({"package": sim.__file__, "new": new, "digest": digest}))
"""


@pytest.mark.slow
def test_processes_that_compile_the_whole_kernel_together_agree(tmp_path: Path) -> None:
    whole = Copy(tmp_path / "whole", tmp_path / "cache")
    together = [answer(process, whole.root) for process in [whole.start(program=WHOLE) for _ in range(3)]]
    later = answer(whole.start(program=WHOLE), whole.root)
    here = simulate(load_world("synthetic:100", 1), load_scenario("balanced"), quarters=12).series
    assert {found["digest"] for found in [*together, later]} == {hashlib.sha256(here.tobytes()).hexdigest()}
    assert not later["new"]


def test_nothing_is_written_into_the_package(story: Story) -> None:
    assert story.untouched


def test_a_warm_cache_is_used(story: Story) -> None:
    assert story.warm["applicants"] == story.together[0]["applicants"]
    assert story.warm["written"] == 0
    assert story.warm["hits"] == 1


def test_an_edited_rule_changes_the_next_run(copy: Copy, story: Story) -> None:
    """Warm cache included: the act's own file is not the one that changed."""
    copy.edit(RULE, OLD, NEW)
    try:
        edited = copy.run()
    finally:
        copy.edit(RULE, NEW, OLD)
    assert not edited["said"]
    assert edited["folder"] != story.warm["folder"]
    assert 0 < len(edited["applicants"]) < len(story.warm["applicants"])


def test_another_copy_of_the_same_sources_shares_the_compiled_code(
    copy: Copy, story: Story, tmp_path: Path
) -> None:
    elsewhere = Copy(tmp_path / "second", copy.cache).run()
    assert elsewhere["applicants"] == story.warm["applicants"]
    assert elsewhere["said"]
    assert elsewhere["written"] == 0
    assert elsewhere["hits"] == 1


# what the digest covers


def imported_at_the_top(path: Path) -> set[Path]:
    """Files of the package that a file imports whenever it is loaded."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            if name.startswith("sim.") and file.exists():
                found.add(file)
    return found


def test_the_digest_covers_all_that_compiled_code_reads() -> None:
    """A constant frozen into compiled code must not change without a new cache folder."""
    covered = set(sources.kernel_files())
    missing = {
        str(needed.relative_to(ROOT)): str(path.relative_to(ROOT))
        for path in covered
        for needed in imported_at_the_top(path) - covered
    }
    assert not missing, f"read by the kernel, left out of its digest: {missing}"


# parts of acts that do not count references


def kernel_functions() -> list[Any]:
    """Every compiled function of the kernel."""
    modules = [module for name, module in sys.modules.items() if name.startswith("sim.")]
    found = {id(value): value for module in modules for value in vars(module).values()}
    return [value for value in found.values() if isinstance(value, Dispatcher)]


def may_hold_arrays(hint: Any) -> bool:
    """Whether something declared so can hold an array; what says nothing may."""
    if get_origin(hint) is tuple:
        return any(map(may_hold_arrays, get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, tuple):
        return any(map(may_hold_arrays, get_type_hints(hint).values()))
    return hint not in (int, float, bool, type(None), Word)


def test_what_counts_no_references_neither_returns_nor_receives_new_arrays() -> None:
    """Such an array would be freed too early, or never, and numba would not say so."""
    uncounted = [function for function in kernel_functions() if function.targetoptions["_nrt"] is False]
    assert len(uncounted) > 30
    for function in uncounted:
        plain = function.py_func
        called = [plain.__globals__.get(name) for name in plain.__code__.co_names]
        for checked in [function, *(other for other in called if isinstance(other, Dispatcher))]:
            returned = get_type_hints(checked.py_func)["return"]
            assert not may_hold_arrays(returned), f"{checked.__name__}, as used in {function.__name__}"


def test_what_is_imported_from_the_kernel_can_be_called_from_python() -> None:
    """Acts and their parts have no code for calls from Python: such a call would end the process."""
    for path, code in sources_that_import():
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith(KERNEL_MODULES):
                taken = [getattr(import_module(str(node.module)), alias.name) for alias in node.names]
                closed = [function.__name__ for function in taken if is_closed(function)]
                assert not closed, f"{path}: decorate with entry, or do not import {closed}"


def sources_that_import() -> Iterator[tuple[Path, str]]:
    """Code outside the kernel: of the package, the tests, the benchmarks, and the pages."""
    for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks"):
        for path in set(folder.rglob("*.py")) - set(sources.kernel_files()):
            yield path, path.read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield page, block


def is_closed(function: Any) -> bool:
    """Whether only compiled code can call something."""
    options = function.targetoptions if isinstance(function, Dispatcher) else {}
    return bool(options.get("no_cpython_wrapper"))


# compiled code and plain Python


PLAIN = """
import hashlib, sys
from sim.kernel.compiled import act
from sim.simulation import simulate
from sim.worlds import synthetic
from tests.identities.cases import CASES, scenario_of
case = CASES[sys.argv[1]]
world = synthetic.build(int(sys.argv[2]), 1, companies=None if sys.argv[3] == "None" else int(sys.argv[3]))
run = simulate(world, scenario_of(case), 3, 2, int(sys.argv[4]))
assert act.__module__ == "sim.kernel.compiled" and not hasattr(act(lambda: 0), "py_func"), "compiled"
tables = [run.series, *run.deals().values(), run.state.institutions.capital, run.state.municipalities.trust]
print(hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest())
"""


@pytest.mark.parametrize(
    ("case", "municipalities", "companies", "quarters"),
    [("busy", 30, None, 24), ("insured_losses", 20, None, 30), ("busy", 8, 0, 8), ("busy", 8, 600, 20)],
)
def test_compiled_code_equals_plain_python(
    case: str, municipalities: int, companies: int | None, quarters: int
) -> None:
    world = synthetic.build(municipalities, 1, companies=companies)
    run = simulate(world, scenario_of(CASES[case]), 3, 2, quarters)
    assert companies == 0 or run.deals()["state"].max() > 1
    tables = [
        run.series,
        *run.deals().values(),
        run.state.institutions.capital,
        run.state.municipalities.trust,
    ]
    wanted = hashlib.sha256(b"".join(np.ascontiguousarray(table).tobytes() for table in tables)).hexdigest()
    arguments = [case, str(municipalities), str(companies), str(quarters)]
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLAIN, *arguments],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == wanted


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled")
def test_no_process_writes_the_code_of_another() -> None:
    """Numba's index has no lock: with names in common, one process could overwrite what another points to."""
    code = "from sim.agents.municipality import happens; print(happens._cache._cache_file._data_name(1))"
    names = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert names[0] != names[1]
    assert names[0].split(".1.")[0] == names[1].split(".1.")[0]
