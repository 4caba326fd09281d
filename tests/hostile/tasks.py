"""What children do that is no command of its own: checkpoints, a calibration of a small world, a page."""

from __future__ import annotations

from pathlib import Path


def checkpoints(_: list[str]) -> None:
    """Save a run at every quarter, again and again under the same names."""
    from sim.scenarios.scenario import load_scenario
    from sim.simulation import Simulation
    from sim.worlds import load_world

    world, scenario = load_world("synthetic:30", 1), load_scenario("baseline")
    for _ in range(2):
        simulation = Simulation(world, scenario, seed=1, quarters=12)
        for quarter in range(1, 12):
            simulation.run(until=quarter)
            simulation.save(Path(f"{quarter}.run"))


def calibration(_: list[str]) -> None:
    """Calibrate on few runs of a small world."""
    from sim.analysis.calibration.found import found
    from sim.analysis.calibration.waves import Request

    request = Request(world="synthetic:40", runs=60, temperatures=(4.0, 1.0), steps=60, draws=20)
    folder = Path("results")
    found(request, folder, 1, lambda *_, **__: None, lambda _: None).write(folder / "posterior.csv", folder)


def page(_: list[str]) -> None:
    """Serve a small page, and say where."""
    from dataclasses import replace

    from sim.page.serving import listening, server_of
    from tests.page.served import SMALL

    with listening(SMALL) as door:
        port = door.getsockname()[1]
        server = server_of(replace(SMALL, port=port), open_browser=False)
        print(f"port {port}", flush=True)
        server.run([door])
