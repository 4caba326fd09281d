"""What every test shares: one cache of compiled code, Hypothesis profiles, time spent by area."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from pathlib import PurePosixPath

import pytest
from hypothesis import settings

from sim.kernel.compiled import cache_folder

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class TimeByArea:
    """Adds up the seconds of every test file and prints them by folder of tests/ at the end."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: defaultdict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self.seconds[file] += report.duration
        self.tests[file] += report.when == "setup"

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
                f"   slowest: {PurePosixPath(slowest).name} {self.seconds[slowest]:.1f} s"
            )


def area(file: str) -> str:
    """Folder below tests/ that holds the file; `sim` for those at the top."""
    folders = PurePosixPath(file).parts[1:-1]
    return folders[0] if folders else "sim"


def pytest_configure(config: pytest.Config) -> None:
    # a shell starts what runs in the background deaf to Ctrl-C, and so would be commands that tests interrupt
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # tests that change HOME in a child process must not compile again
    os.environ["SIM_CACHE_DIR"] = str(cache_folder().parent)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(TimeByArea())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile once before the workers start: cold workers would all compile the same code."""
    from sim.simulation.warmup import compile_kernel

    compile_kernel(config.get_terminal_writer().line)
