"""Everything is compiled before workers start, what runs with extensions need included."""

from __future__ import annotations

import json
import subprocess
import sys

from sim.kernel import compiled
from sim.simulation.warmup import EXTENDED, compile_kernel

#: A fresh process that runs with an extension: how often it found compiled code, and how often it compiled.
PROBE = """
import json
from sim.acts.quarter import some_acts
from sim.extensions import Extension
from sim.simulation.warmup import tiny_run
tiny_run([Extension("nothing", lambda _: None, "adopt", "after")])
stats = some_acts.stats
print(json.dumps({"hits": sum(stats.cache_hits.values()), "misses": sum(stats.cache_misses.values())}))
"""


def test_a_run_with_extensions_finds_its_code_compiled() -> None:
    compile_kernel(extended=True)
    assert compiled.is_compiled(EXTENDED)
    assert not compile_kernel(extended=True)
    program = [sys.executable, "-W", "ignore", "-c", PROBE]
    found = json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
    assert found["hits"] > 0 and found["misses"] == 0
