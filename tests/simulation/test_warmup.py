"""Everything is compiled before workers start, and runs with extensions need no more."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Event

import pytest

from sim.errors import InMemoryWarning
from sim.kernel import compiled
from sim.simulation import warmup
from sim.simulation.warmup import QUEUE, compile_kernel
from sim.text.mistakes import told
from sim.trust import Kept, Refused

#: A fresh process that runs with an extension: how often it found compiled code, and how often it compiled.
PROBE = """
import json
from sim.acts.quarter import QUARTER, _run
from sim.extensions import Extension
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.worlds import load_world
extension = Extension("nothing", lambda _: None, "adopt", "after")
simulate(load_world("synthetic:5", 1), load_scenario("no_policy"), quarters=1, extensions=[extension])
stats = [function.stats for function in (*QUARTER, _run)]
found = {name: [sum(getattr(one, name).values()) for one in stats] for name in ("cache_hits", "cache_misses")}
print(json.dumps(found))
"""


def test_a_run_with_extensions_finds_its_code_compiled() -> None:
    compile_kernel()
    assert compiled.is_compiled()
    assert not compile_kernel()
    program = [sys.executable, "-W", "ignore", "-c", PROBE]
    found = json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
    assert set(found["cache_hits"]) == {1} and set(found["cache_misses"]) == {0}


def test_without_a_folder_it_is_compiled_in_memory_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_kernel()  # so that nothing is left to do but to load it
    monkeypatch.setattr(compiled, "_kept", lambda: Kept(None, (Refused("/his", "belongs to another user"),)))
    monkeypatch.setattr(compiled, "_in_memory", Event())
    with pytest.warns(
        InMemoryWarning, match="in memory.*/his: belongs to another user.*SIM_CACHE_DIR"
    ) as said:
        assert compile_kernel()
    assert not compile_kernel()
    assert "（/his：別のユーザーのものです）" in told(str(said[0].message), "ja")


@pytest.mark.parametrize("interpreter", ["/nowhere/python", "/bin/false"], ids=["none", "one that fails"])
def test_without_a_second_interpreter_all_is_compiled_here(
    interpreter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_kernel()  # so that nothing is left to do but to load it
    done: list[str] = []
    compile_alone = warmup.compile_alone

    def noted(act: str, *what: object) -> None:
        done.append(act)
        compile_alone(act, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(warmup, "compile_alone", noted)
    monkeypatch.setattr(sys, "executable", interpreter)
    folder = compiled.cache_folder()
    assert folder is not None
    warmup._compile_together(folder)
    assert done == list(QUEUE)
