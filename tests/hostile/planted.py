"""Code that somebody else put where the simulator might run it: whether any of it runs."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes

from sim.batch.experiment_file import load_experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.page.entries import entry_of
from sim.page.folders import Folders
from sim.page.mistakes import MistakesError
from sim.report.style import Sheet, framed, save
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.simulation import Simulation
from sim.simulation.resuming import resume
from sim.worlds import load_world
from tests.hostile.bytecode import plant
from tests.hostile.trials import SAID, SAME, Trial, said_by

ROOT = Path(__file__).parents[2]
#: A user who is neither we nor root.
STRANGER = 65534
NOT_RUN = "nothing of it ran"
#: A folder in whose path nobody but us can change anything, for each process.
_place = tempfile.TemporaryDirectory(prefix="planted-", dir="/tmp")


def _script(mark: Path) -> str:
    return f"open({str(mark)!r}, 'a').write(__name__)\n"


def _started(
    words: list[str], folder: Path, within: float = 240, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A process in a folder, which finds the package but nothing in the folder by its environment."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(
        words,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | variables,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )


# compiled code of another user

#: Compiles a rule, or loads its code, and uses it.
_RULE = "from sim.agents.company import nearness; print(nearness(10.0, 100.0, 0, 0.5))"


@cache
def _compiled() -> Path:
    """A folder of compiled code in which that of one rule is kept."""
    folder = Path(_place.name) / "compiled"
    _started([sys.executable, "-c", _RULE], Path(_place.name), SIM_CACHE_DIR=str(folder))
    assert list(folder.rglob("*.nbi"))
    return folder


def _given_away(*paths: Path) -> None:
    for path in paths:
        os.chown(path, STRANGER, -1, follow_symlinks=False)


def _of_another(root: Path) -> None:
    _given_away(root, *root.rglob("*"))


def _files_of_another(root: Path) -> None:
    _given_away(*root.rglob("*.nb?"))


def _written_by_a_group(root: Path) -> None:
    next(root.iterdir()).chmod(0o775)


def _below_what_all_write(root: Path) -> None:
    root.chmod(0o777)


def _link_of_another(root: Path) -> None:
    root.rename(root.with_name("elsewhere"))
    root.symlink_to("elsewhere")
    _given_away(root)


#: What makes a folder one that others could have filled.
_WAYS: dict[str, Callable[[Path], None]] = {
    "written by a group": _written_by_a_group,
    "below one that all can write": _below_what_all_write,
}
if os.geteuid() == 0:
    _WAYS |= {
        "of another user": _of_another,
        "with files of another user": _files_of_another,
        "behind a link of another user": _link_of_another,
    }


def compiled_code(way: Callable[[Path], None], chance: random.Random, folder: Path) -> str:
    """Fill a folder of compiled code with pickles that leave a mark; perhaps the temporary one, too."""
    mark, temporary = folder / "mark", folder / "tmp"
    temporary.mkdir()
    roots = [folder / "cache", temporary / f"sdgs-partnership-sim-{os.geteuid()}"]
    for root in roots[: chance.randrange(1, 3)]:
        shutil.copytree(_compiled(), root)
        for index in root.rglob("*.nbi"):  # a pickle of protocol 0 that calls exec
            index.write_bytes(f"cbuiltins\nexec\n(V{_script(mark).strip()}\ntR.".encode())
        way(root)
    done = _started([sys.executable, "-c", _RULE], folder, SIM_CACHE_DIR=str(roots[0]), TMPDIR=str(temporary))
    assert not mark.exists(), "the code of somebody else ran"
    assert done.returncode == 0 and float(done.stdout) > 0.0, done.stderr
    return NOT_RUN


# modules in the current folder

#: As the command ``sim`` is installed: its own folder is searched, not the current one.
_COMMAND = "import sys\nfrom sim.cli import command\nif __name__ == '__main__':\n    sys.exit(command())\n"
_EXPERIMENT = """
name: e
world: synthetic:20
quarters: 2
replicates: 2
scenarios: [baseline]
design: {method: grid, levels: 60}
factors: {subsidy: {kind: lever, low: 0, high: 800, from: 2018}}
"""
_COMMANDS = [
    "batch e.yaml --workers 2 --out new",
    "run baseline --world synthetic:20 --quarters 2 --replicates 100 --workers 2 --out new",
    "compare baseline balanced --world synthetic:20 --quarters 2 --replicates 60 --workers 2 --out new",
    "check e.yaml",
    "doctor",
    "verify done --sample 2",
    "report done",
    "sensitivity done",
    "export done --network",
    "list scenarios",
]


def _plant_modules(folder: Path, mark: Path) -> None:
    """A module of the name of each that the standard library or an installed package has."""
    beside = [path for place in sys.path if place.endswith("site-packages") for path in Path(place).iterdir()]
    names = {path.name.partition(".")[0] for path in beside} | {"sim", "sitecustomize", "usercustomize"}
    for name in sorted(names | set(sys.stdlib_module_names)):
        if name.isidentifier() and not name.startswith("__"):
            (folder / f"{name}.py").write_text(_script(mark))


def modules(commands: list[str], chance: random.Random, folder: Path) -> str:
    """Run a command in a folder full of modules that leave a mark."""
    here, there = folder / "here", folder / "bin"
    here.mkdir()
    there.mkdir()
    (there / "sim").write_text(_COMMAND)
    (here / "e.yaml").write_text(_EXPERIMENT)
    command = chance.choice(commands)
    sim = [sys.executable, str(there / "sim")]
    if "done" in command:
        made = _started([*sim, *_COMMANDS[0].replace("new", "done").split()], here)
        assert made.returncode == 0, made.stderr
    _plant_modules(here, folder / "mark")
    done = _started([*sim, *command.split()], here)
    assert not (folder / "mark").exists(), (command, (folder / "mark").read_text())
    assert done.returncode in (0, 2) and "Traceback" not in done.stderr, (command, done.stderr)
    return NOT_RUN


# extensions that a file or folder names

_EXTENSION = "from sim.extensions import mechanism\n@mechanism(after='adopt')\ndef quiet(now):\n    pass\n"
_SCENARIO = "name: own\nextensions: ['planted_extension:quiet']\n"


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    """The current folder, in which modules are found as after an extension was allowed."""
    before, path = Path.cwd(), list(sys.path)
    os.chdir(folder)
    sys.path.append(str(folder))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in ("planted_extension", "planted_helper"):
            sys.modules.pop(name, None)


@cache
def _named() -> Path:
    """A results folder, a checkpoint, a scenario and an experiment that name an extension."""
    folder = Path(_place.name) / "named"
    folder.mkdir()
    (folder / "planted_extension.py").write_text(_EXTENSION)
    (folder / "own.yaml").write_text(_SCENARIO)
    experiment = _EXPERIMENT.replace("baseline", "baseline, own.yaml").replace("60", "4")
    (folder / "e.yaml").write_text(experiment)
    with _in_folder(folder):
        run_experiment(load_experiment(Path("e.yaml"), allow_extensions="planted_extension"), Path("results"))
        simulation = Simulation(
            load_world("synthetic:20", 1), load_scenario("own.yaml", "planted_extension"), quarters=2
        )
        simulation.save("run.npz")
    return folder


def _refused(*words: str, says: str = "--allow-extensions") -> str:
    said = said_by(*words)
    assert said.code == 2 and says in said.err, said
    return SAID


def _read(*words: str) -> str:
    said = said_by(*words)
    assert said.code == 0, said
    return NOT_RUN


def _loaded() -> str:
    results = load("results")
    assert len(results.series) and results.experiment.extended
    return NOT_RUN


def _resumed() -> str:
    with pytest.raises(InputError, match="--allow-extensions planted_extension "):
        resume("run.npz")
    return SAID


def _browsed() -> str:
    folders = Folders(Path("results"))
    (one,) = folders.listed("en")
    folders.opened(one["id"], "en")
    return NOT_RUN


def _uploaded() -> str:
    with pytest.raises(MistakesError):
        entry_of(Path("own.yaml").read_text())
    return SAID


_NAMED_BY: dict[str, Callable[[], str]] = {
    "a scenario: sim run": partial(_refused, "run", "own.yaml", "--quick"),
    "a scenario: sim check": partial(_refused, "check", "own.yaml"),
    "a scenario that the page is given": _uploaded,
    "an experiment: sim batch": partial(_refused, "batch", "e.yaml"),
    "an experiment: sim check": partial(_refused, "check", "e.yaml"),
    "a results folder: load": _loaded,
    "a results folder: sim verify": partial(_refused, "verify", "results"),
    "a results folder: sim report": partial(_read, "report", "results", "--quiet"),
    "a results folder that the page browses": _browsed,
    "its experiment: sim batch": partial(_refused, "batch", "results/experiment.yaml", "--out", "again"),
    "a checkpoint: resume": _resumed,
}


def extensions(use: Callable[[], str], _: random.Random, folder: Path) -> str:
    """Use what names an extension, which leaves a mark when it is imported, without leave."""
    here, mark = folder / "here", folder / "mark"
    shutil.copytree(_named(), here)
    (here / "planted_extension.py").write_text(_script(mark) + _EXTENSION)
    with _in_folder(here):
        came_out = use()
        assert "planted_extension" not in sys.modules and not mark.exists(), "the code ran"
    return came_out


# bytecode beside a source that is run

_checked = partial(_read, "check", "own.yaml", "--allow-extensions", "planted_extension")
#: The source, and what runs it.
_BESIDE: dict[str, tuple[str, Callable[[], str]]] = {
    "an extension": ("planted_extension.py", _checked),
    "what an extension imports": ("planted_helper.py", _checked),
    "a question": ("mine.py", partial(_refused, "answer", "mine.py", says="holds no QUESTION")),
}


def bytecode(name: str, use: Callable[[], str], chance: random.Random, folder: Path) -> str:
    """Run code that can be read, beside which lies bytecode that leaves a mark."""
    (folder / "own.yaml").write_text(_SCENARIO)
    (folder / "planted_extension.py").write_text(f"import planted_helper\n{_EXTENSION}")
    for other in ("planted_helper.py", "mine.py"):
        (folder / other).write_text("VALUE = 1\n")
    path, mark = folder / name, folder / "mark"
    plant(path, _script(mark) + path.read_text(), unchecked=chance.random() < 0.5)
    with _in_folder(folder):
        came_out = use()
    assert not mark.exists(), "the bytecode ran"
    return came_out


# programs

#: What the package needs to say which commit it is.
_PROVENANCE = (
    "__init__.py",
    "errors.py",
    "shortage.py",
    "files.py",
    "trust.py",
    "provenance.py",
    "model_versions.json",
)


def repository(_: random.Random, folder: Path) -> str:
    """Install the package inside a repository whose settings name a program, and name it to git as well."""
    package = folder / "lib" / "sim"
    (package / "kernel").mkdir(parents=True)
    for name in (*_PROVENANCE, "kernel/__init__.py", "kernel/sources.py"):
        shutil.copy(ROOT / "sim" / name, package / name)
    program, mark = folder / "program.sh", folder / "mark"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    for words in ("init -q", "add lib", f"config core.fsmonitor {program}"):
        subprocess.run(["git", "-C", str(folder), *words.split()], check=True, capture_output=True)
    code = "from sim import provenance; print(provenance.commit(), provenance.__file__)"
    variables = {"PYTHONPATH": str(folder / "lib"), "GIT_DIR": str(folder / ".git")}
    done = _started([sys.executable, "-P", "-c", code], folder, **variables)
    assert done.stdout.split() == ["None", str(package / "provenance.py")], done
    assert not mark.exists(), "git ran it"
    return NOT_RUN


# settings in the current folder


def compiler_settings(_: random.Random, folder: Path) -> str:
    """Settings for the compiler in the current folder."""
    (folder / ".numba_config.yaml").write_text("disable_jit: 1\n")
    with _in_folder(folder):
        said = said_by("list", "levers")
    assert said.code == 2 and said.err.count("\n") == 1 and ".numba_config.yaml" in said.err, said
    return SAID


def _drawn(folder: Path) -> bytes:
    def panel(axes: Axes) -> None:
        axes.plot([0, 1, 2], [2.0, -1.0, 0.5], marker="o", label="n")
        axes.imshow([[0.0, 1.0]])

    paths = save(framed(Sheet("Title", "What is shown", (panel,), 1.5), "en"), folder, "figure")
    return b"".join(path.read_bytes() for path in paths)


def figure_settings(chance: random.Random, folder: Path) -> str:
    """Settings for figures, as Matplotlib takes them from a ``matplotlibrc`` in the current folder."""
    lines = [
        "axes.prop_cycle: cycler('color', ['red'])", "savefig.bbox: tight", "savefig.dpi: 20",
        "image.cmap: hot",
        "lines.linestyle: --", "axes.grid: True", "xtick.direction: in", "path.sketch: 5, 50, 20",
        "figure.constrained_layout.h_pad: 1", "savefig.transparent: True", "lines.markersize: 20",
    ]  # fmt: skip
    (folder / "matplotlibrc").write_text("\n".join(chance.sample(lines, chance.randint(1, 4))))
    plain = _drawn(folder)
    with mpl.rc_context(fname=folder / "matplotlibrc"):
        assert _drawn(folder) == plain, "another figure"
    return SAME


_MODULES = "modules of every name in the current folder"
TRIALS = [
    *(
        Trial(f"compiled code in a folder {what}", int(number == 0), 20, partial(compiled_code, way))
        for number, (what, way) in enumerate(_WAYS.items())
    ),
    Trial(f"{_MODULES}: `sim batch --workers 2`", 1, 3, partial(modules, _COMMANDS[:1])),
    Trial(f"{_MODULES}: any command", 0, 30, partial(modules, _COMMANDS)),
    *(
        Trial(f"an extension named by {what}", int("report" not in what), 3, partial(extensions, use))
        for what, use in _NAMED_BY.items()
    ),
    *(
        Trial(f"bytecode of another text beside {what}", 2, 50, partial(bytecode, *how))
        for what, how in _BESIDE.items()
    ),
    Trial("a repository around the package whose settings name a program", 1, 10, repository),
    Trial("settings of the compiler in the current folder", 1, 3, compiler_settings),
    Trial("settings of figures in the current folder", 1, 50, figure_settings),
]
