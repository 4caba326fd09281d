"""Commands, clusters and folders as processes and files, for tests of what happens when they die."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from sim.batch.digests import digest_of_part, note
from sim.batch.parts import parse_part
from sim.cli import main

#: Warnings about the experiment, and world, replicates and horizon: said before anything else.
SETTING = re.compile(r"^warning: .*\n|^.*; n = [\d,]+ replicates?; .* to .*\n", re.MULTILINE)
ROOT = Path(__file__).parents[2]
KEYS = ["scenario", "point", "replicate"]
ORDER = {"series": [*KEYS, "quarter"], "ledger": [*KEYS, "fiscal_year", "lever"]}

EXPERIMENT = """
name: survival
world: synthetic:{size}
quarters: 8
seed: 5
replicates: {replicates}
scenarios: [baseline, matching_first]
design: {{method: grid, levels: {levels}}}
factors:
  subsidy: {{kind: lever, values: [0, 100, 200, 400, 800, 1_600, 3_200, 6_400], from: 2019}}
  posting_rate: {{kind: uncertainty, low: 0.2, high: 1.6, scale: log}}
record: {{tables: [ledger, series]}}
"""


def experiment_file(folder: Path, points: int = 128, replicates: int = 2, size: int = 60) -> Path:
    """Two scenarios at the points of a grid with replicates: 11 chunks of 48 runs by default."""
    file = folder / "survival.yaml"
    file.write_text(EXPERIMENT.format(levels=points // 8, replicates=replicates, size=size), encoding="utf-8")
    return file


def environment(*paths: Path) -> dict[str, str]:
    """The environment of a command that finds the package, the tests and ``paths``."""
    found = os.pathsep.join(str(path) for path in (*paths, ROOT))
    return {**os.environ, "PYTHONPATH": found, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}


class Batch:
    """``sim batch`` as a process of its own; what it says goes to a file beside the results."""

    def __init__(self, file: Path, folder: Path, *options: str, paths: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        words = [sys.executable, "-m", "sim.cli", "batch", str(file), "--out", str(folder), *options]
        self._said = (file.parent / f"said-{time.monotonic_ns()}.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(words, stderr=self._said, stdout=self._said, env=environment(*paths))

    @property
    def said(self) -> str:
        """What it has said so far, on either channel, but for the lines that name what is run."""
        self._said.seek(0)
        return SETTING.sub("", self._said.read())

    def ended(self, within: float = 300.0) -> int:
        """Its exit code."""
        return self.process.wait(within)

    def workers(self) -> list[psutil.Process]:
        """Its worker processes, which are children of its fork server."""
        crew: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            for helper in psutil.Process(self.process.pid).children():
                crew += helper.children()
        return crew

    def wait_for_a_part(self, watch: Watch, within: float = 120.0) -> bool:
        """Wait until there is a part more, or the command has ended."""
        return until(lambda: watch.grown() or self.process.poll() is not None, within)

    def kill(self) -> None:
        """Kill it, as the system does when memory runs out; workers are left to themselves."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._said.close()


def batch(file: Path, folder: Path, *options: str, paths: tuple[Path, ...] = ()) -> tuple[int, str]:
    """Run ``sim batch`` to its end: exit code and what it said."""
    with Batch(file, folder, *options, paths=paths) as command:
        return command.ended(), command.said


def batch_here(file: Path, folder: Path, *options: str) -> tuple[int, str]:
    """The same in this process, which costs no start: exit code and what it said."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main(["batch", str(file), "--out", str(folder), *options])
    return code, SETTING.sub("", said.getvalue())


def until(happened: Callable[[], bool], within: float) -> bool:
    """Whether it happens in time."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Watch:
    """Looks at the parts of a folder: each that has its name is whole, and never changes again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def _parts(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*/part-*.parquet") if parse_part(path.name))

    def finished(self) -> list[Path]:
        """Parts of finished chunks: a chunk is done when its ``series`` is there."""
        return [path for path in self._parts() if (self.folder / "series" / path.name).exists()]

    def grown(self) -> bool:
        """Whether there is a finished part that was not seen yet."""
        return len(self.finished()) > len(self._seen)

    def look(self) -> None:
        """Read all there is; complain of what is half written, and of what was written again."""
        for path in self._parts():
            with suppress(FileNotFoundError):  # of an unfinished chunk, removed as we look
                read(path)
        for path in self.finished():
            facts = path.stat()
            known = self._seen.setdefault(path, (facts.st_ino, facts.st_mtime_ns, facts.st_size))
            assert known == (facts.st_ino, facts.st_mtime_ns, facts.st_size), f"{path} was written again"
        assert all(path.exists() for path in self._seen), "a finished part is gone"


def read(path: Path) -> pa.Table:
    """A part, its pages compared with their checksums."""
    return pq.ParquetFile(path, page_checksum_verification=True).read()


def put_part(path: Path, content: bytes) -> None:
    """Put a part in place with its digest, as a command would."""
    path.write_bytes(content)
    note(path.parents[1], {f"{path.parent.name}/{path.name}": digest_of_part(content)})


def parts(folder: Path) -> dict[str, bytes]:
    """All parts, by table and name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/part-*.parquet")}


def content(folder: Path) -> dict[str, pa.Table]:
    """Series and ledger, each sorted by what names a row, without the columns of text that a part codes."""
    tables = {}
    for name, keys in ORDER.items():
        table = pa.concat_tables(plain(read(path)) for path in sorted((folder / name).glob("part-*")))
        tables[name] = table.sort_by([(key, "ascending") for key in keys]).combine_chunks()
    return tables


def plain(table: pa.Table) -> pa.Table:
    """The table with text as text, whatever the codes."""
    coded = {field.name: pa.string() for field in table.schema if pa.types.is_dictionary(field.type)}
    return table.cast(pa.schema([(f.name, coded.get(f.name, f.type)) for f in table.schema]))


def runs_tasks(child: psutil.Process) -> bool:
    """Whether a nanny's child is its worker; it may end as we look."""
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except psutil.NoSuchProcess:
        return False


class Cluster:
    """A Dask scheduler and two workers, as processes, by default on loopback.

    Args:
        folder: where they keep their files.
        nanny: whether each worker is a child of a process that starts it anew.
        paths: where they find modules, before those of this package.
        host: address that they listen at.
        options: more of them for scheduler and workers alike.
    """

    def __init__(
        self,
        folder: Path,
        nanny: bool,
        paths: tuple[Path, ...] = (),
        host: str = "127.0.0.1",
        options: tuple[str, ...] = (),
    ) -> None:
        self._folder, self._nanny, self._paths = folder, nanny, paths
        self._alike = ("--host", host, *options)
        self._file = folder / "scheduler.json"
        self._log = (folder / "dask.txt").open("w", encoding="utf-8")
        self._workers: list[subprocess.Popen[bytes]] = []
        address = (*self._alike, "--port", "0", "--no-dashboard")
        self.scheduler = self._started("scheduler", *address, "--scheduler-file", str(self._file))

    def _started(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "distributed.cli.dask_" + what, *options]
        return subprocess.Popen(
            words, stdout=self._log, stderr=self._log, env=environment(*self._paths), cwd=self._folder
        )

    def add_worker(self) -> None:
        """Start one more worker."""
        nanny = "--nanny" if self._nanny else "--no-nanny"
        place = (*self._alike, "--local-directory", str(self._folder / "dask"))
        options = ("--nthreads", "1", "--no-dashboard", nanny, *place)
        self._workers.append(self._started("worker", "--scheduler-file", str(self._file), *options))

    def _is_told(self) -> bool:
        """Whether the scheduler has written where it listens, to the end."""
        return self._file.exists() and self._file.read_text().rstrip().endswith("}")

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self._file.read_text())["address"])

    def workers(self) -> list[psutil.Process]:
        """The processes that run tasks: those of the command, or where it has a nanny, its children."""
        alive = [psutil.Process(one.pid) for one in self._workers if one.poll() is None]
        if not self._nanny:
            return alive
        return [one for nanny in alive for one in nanny.children() if runs_tasks(one)]

    def kill_nanny(self, number: int) -> None:
        """Kill a command that starts workers; without a nanny that is the worker itself."""
        self._workers[number].kill()

    def processes(self) -> list[psutil.Process]:
        """All that is alive of it, and of what it started."""
        found = []
        for process in (self.scheduler, *self._workers):
            with suppress(psutil.NoSuchProcess):
                one = psutil.Process(process.pid)
                found += [one, *one.children(recursive=True)]
        return found

    def kill_worker(self, number: int) -> None:
        """Kill a worker; without a nanny another one is started in its place."""
        with suppress(psutil.NoSuchProcess, IndexError):
            self.workers()[number].kill()
            if not self._nanny:
                self.add_worker()

    def __enter__(self) -> Cluster:
        assert until(self._is_told, 30.0), "no scheduler"
        for _ in range(2):
            self.add_worker()
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self._workers, self.scheduler):
            with suppress(psutil.NoSuchProcess):
                for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                    with suppress(psutil.NoSuchProcess):
                        one.kill()
            process.wait()
        self._log.close()


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system of its own at ``folder``.

    Raises:
        PermissionError: mounting is not allowed here.
    """
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        raise PermissionError("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Change the options of what is mounted there."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)
