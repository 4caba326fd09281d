"""What every test shares: one cache of compiled code, Hypothesis profiles, time spent by area."""

from __future__ import annotations

import base64
import os
import signal
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import settings

from sim.kernel.compiled import cache_folder

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


#: Tests named at the end, by the processor time that they took.
COSTLIEST = 15


class ProcessorTime:
    """Notes in every report the processor seconds of a test and of the processes it waited for.

    Unlike the time by the clock it says the same on a busy machine.
    """

    def __init__(self) -> None:
        self.before = sum(os.times()[:4])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = sum(os.times()[:4])
        report.processor = now - self.before  # type: ignore[attr-defined]
        self.before = now
        return report


class TimeByArea:
    """Adds up the seconds of every test file and prints them by folder of tests/ at the end."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.processor: defaultdict[str, float] = defaultdict(float)
        self.tests: defaultdict[str, int] = defaultdict(int)
        self.costs: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        processor = getattr(report, "processor", 0.0)
        self.seconds[file] += report.duration
        self.processor[file] += processor
        self.tests[file] += report.when == "setup"
        self.costs[report.nodeid] += processor

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        areas: defaultdict[str, list[str]] = defaultdict(list)
        for file in self.seconds:
            areas[area(file)].append(file)
        if areas:
            terminalreporter.section("time by area")
        for name, files in sorted(areas.items()):
            slowest = max(files, key=self.seconds.__getitem__)
            terminalreporter.write_line(
                f"{name:<20}{sum(self.tests[file] for file in files):5d} tests"
                f"{sum(self.seconds[file] for file in files):8.1f} s"
                f"{sum(self.processor[file] for file in files):8.1f} s of processors"
                f"   slowest: {PurePosixPath(slowest).name} {self.seconds[slowest]:.1f} s"
            )
        if os.environ.get("COSTLIEST_TESTS"):
            terminalreporter.section("processor seconds, with those of processes that tests waited for")
            for test in sorted(self.costs, key=self.costs.__getitem__, reverse=True)[:COSTLIEST]:
                terminalreporter.write_line(f"{self.costs[test]:8.1f} s  {test}")


#: A transparent pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def blank(_figure: object, folder: Path, name: str, _lang: str = "en") -> list[Path]:
    """Empty files in the place of a figure's."""
    folder.mkdir(parents=True, exist_ok=True)
    vector, pixels = folder / f"{name}.svg", folder / f"{name}.png"
    vector.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    pixels.write_bytes(PIXEL)
    return [vector, pixels]


@pytest.fixture
def blank_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports with all but their figures, which take longer than the rest and have tests of their own."""
    monkeypatch.setattr("sim.report.figures._shared_out", lambda *_: {})
    for module in ("sim.report.figures", "sim.report.designs.page"):
        monkeypatch.setattr(f"{module}.framed", lambda *_: None)
        monkeypatch.setattr(f"{module}.save", blank)


@pytest.fixture
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands see one core, and start no process of their own."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the report."""
    monkeypatch.setattr("sim.report.report.write_report", lambda *_: None)


def area(file: str) -> str:
    """Folder below tests/ that holds the file; `sim` for those at the top."""
    folders = PurePosixPath(file).parts[1:-1]
    return folders[0] if folders else "sim"


def pytest_configure(config: pytest.Config) -> None:
    # a shell starts what runs in the background deaf to Ctrl-C, and so would be commands that tests interrupt
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # tests that change HOME in a child process must not compile again
    folder = cache_folder()
    if folder is not None:
        os.environ["SIM_CACHE_DIR"] = str(folder.parent)
    config.pluginmanager.register(ProcessorTime())
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(TimeByArea())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile once before the workers start: cold workers would all compile the same code."""
    from sim.simulation.warmup import compile_kernel

    compile_kernel(config.get_terminal_writer().line)
