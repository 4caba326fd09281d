"""What it takes to read the runs of a Saltelli design and to estimate its Sobol' indices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measuring import in_a_process
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.methods import points_of
from sim.batch.runner import run_experiment
from sim.kernel.parameters import declared
from sim.scenarios.scenario import load_scenario
from sim.simulation.warmup import compile_kernel

VARIED = (
    "posting_rate", "matching_efficiency", "coordinator_consultations", "friction_capacity",
    "friction_awareness", "success_constant", "gross_return", "approval_constant", "screening_cost",
    "lending_share",
)  # fmt: skip
REPLICATES = 2
ANALYSE = """
import json, pathlib, sys, time
import sim
from sim.analysis.sensitivity import sensitivity_of

def memory(of):
    status = pathlib.Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(of)) / 1024

pathlib.Path("/proc/self/clear_refs").write_text("5")  # the largest size counts from here
before, started = memory("VmRSS"), time.process_time()
results = sim.load(sys.argv[1])
results.runs("deals_signed")
read = time.process_time() - started
found = sensitivity_of(results, "deals_signed")
used, gained = time.process_time() - started, memory("VmHWM") - before
print(json.dumps({"read": read, "seconds": used, "memory": gained, "rows": len(found.indices)}))
"""


@pytest.mark.benchmark(group="11 sensitivity")
@pytest.mark.parametrize("samples", [256, 1024])
def test_sobol(benchmark: Any, tmp_path: Path, samples: int) -> None:
    compile_kernel(print)
    ranges = [declared()[name] for name in VARIED]
    factors = tuple(Factor(one.name, "uncertainty", one.low, one.high) for one in ranges)
    options = {"samples": samples}
    design = Design("saltelli", factors, tuple(points_of("saltelli", factors, 1, options)), options)
    experiment = Experiment(
        "sobol", (load_scenario("balanced"),), "synthetic:10", 8, replicates=REPLICATES, record=("series",),
        outcomes=("deals_signed", "adoption_share"), design=design,
    )  # fmt: skip
    run_experiment(experiment, tmp_path / "runs")

    def analysed() -> dict[str, float]:
        found: dict[str, float] = json.loads(in_a_process(ANALYSE, str(tmp_path / "runs")))
        return found

    found = benchmark.pedantic(analysed, rounds=1)
    assert found["rows"] == len(VARIED)
    benchmark.extra_info["row"] = {
        "runs": experiment.runs,
        "base samples": samples,
        "s to read the runs": found["read"],
        "s to read them and estimate": found["seconds"],
        "MB of memory for both": found["memory"],
    }
