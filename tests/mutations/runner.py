"""Judges broken copies of the package, in plain Python: nothing is compiled.

The reference model is run once. Every mutant is then tried in a fork, in which the modules of the
kernel are imported anew, one of them from a source that was broken on purpose.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator, Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType

from tests.mutations import checks  # noqa: F401 - forks share what it imports
from tests.mutations.table import Mutation
from tests.mutations.verdict import Verdict
from tests.reference.comparison import first_difference
from tests.reference.directed import TINY
from tests.reference.model import ReferenceModel

PACKAGE = Path(__file__).parents[2] / "sim"
#: What a fork imports anew; worlds, scenarios and the tables of parameters and outcomes are shared.
KERNEL = (
    "sim.acts",
    "sim.agents",
    "sim.kernel.draws",
    "sim.acts.quarter",
    "sim.simulation",
    "sim.kernel.state",
)
JUDGES = ("tests.identities", "tests.mutations.checks")
PATIENCE = 60  # seconds of processors

FORK = multiprocessing.get_context("fork")


def verdicts(mutations: Mapping[str, Mutation | None]) -> Iterator[tuple[str, Verdict]]:
    """The verdict on every mutant, one after the other; None stands for a kernel that is not broken."""
    models = {name: reference_run(name) for name in TINY}
    for name, mutation in mutations.items():
        receiver, sender = FORK.Pipe(duplex=False)
        fork = FORK.Process(target=judge, args=(mutation, models, sender))
        fork.start()
        sender.close()
        try:
            yield name, Verdict(*receiver.recv())
        except EOFError:
            raise RuntimeError(f"no verdict on {name}") from None
        finally:
            fork.join()


def reference_run(name: str) -> ReferenceModel:
    case = TINY[name]
    model = ReferenceModel(case.world, case.scenario, case.seed, case.replicate, case.quarters, case.by)
    for _ in range(case.quarters):
        model.step()
    return model


def judge(mutation: Mutation | None, models: Mapping[str, ReferenceModel], sender: Connection) -> None:
    """Break the kernel of this process, and send what the twin and the checks say of it."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    forget((*KERNEL, *JUDGES))
    if mutation is not None:
        sys.meta_path.insert(0, BrokenModule(mutation))
    twin = "" if mutation is not None and mutation.shared else difference_from_twin(models)
    wanted = (mutation.check,) if mutation is not None and mutation.check else None
    check = failing_check(wanted) if wanted or not twin else ""
    sender.send((twin, check))


def forget(names: tuple[str, ...]) -> None:
    """Let modules, and those below them, be imported anew."""
    for name in list(sys.modules):
        if any(name == top or name.startswith(f"{top}.") for top in names):
            del sys.modules[name]
            package, _, module = name.rpartition(".")
            vars(sys.modules.get(package, sys)).pop(module, None)


class BrokenModule(MetaPathFinder):
    """Finds the module that a mutation changes, and loads the changed source."""

    def __init__(self, mutation: Mutation) -> None:
        self.path = PACKAGE / mutation.file
        self.module = ".".join(("sim", *Path(mutation.file).with_suffix("").parts))
        self.text = broken_text(mutation)

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        loader = BrokenSource(fullname, str(self.path), self.text)
        return spec_from_file_location(fullname, self.path, loader=loader)


class BrokenSource(SourceFileLoader):
    """Loads another source than the file's."""

    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.text.encode(), self.path)


def broken_text(mutation: Mutation) -> str:
    text = (PACKAGE / mutation.file).read_text()
    assert text.count(mutation.old) == 1, f"{mutation.file} does not say {mutation.old!r} once"
    return text.replace(mutation.old, mutation.new)


def difference_from_twin(models: Mapping[str, ReferenceModel]) -> str:
    """Run and place of the first number that differs from the reference model's."""
    from sim.simulation import simulate

    for name, model in models.items():
        try:
            *arguments, by = TINY[name]
            run = simulate(*arguments, by=by)
        except Exception as error:  # noqa: BLE001 - a broken kernel may break in any way
            return f"`{name}`: {type(error).__name__}"
        difference = first_difference(run, model)
        if difference is not None:
            return f"`{name}`: {difference.where}"
    return ""


def failing_check(wanted: tuple[str, ...] | None) -> str:
    """The first of the wanted checks that fails; of all checks if none is wanted."""
    from tests.mutations.checks import CHECKS

    for name in wanted or CHECKS:
        try:
            CHECKS[name]()
        except AssertionError:
            return name
    return ""
