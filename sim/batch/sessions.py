"""Sessions of a results folder: which commands filled it, with which versions, on which machine."""

from __future__ import annotations

import json
import os
import shlex
import sys
import uuid
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypedDict

from pydantic import ConfigDict, TypeAdapter

from sim import provenance
from sim.batch.experiment import Experiment
from sim.files import read_json, write_text
from sim.scenarios.yaml_writer import as_yaml
from sim.text.stored import Text
from sim.worlds.notes import notes_of
from sim.worlds.own import given_by

PROVENANCE = "provenance.json"


class Machine(TypedDict):
    """The machine of a session."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # read by Pydantic
    platform: Text
    processor: Text


class Session(TypedDict):
    """A session as it is stored: what is read of it, and whatever else stands there.

    Keys:
        id: of the session.
        versions: of Python and of every core package; None where one was not installed.
        commit: of the package's checkout, None outside of one.
        machine: platform and processor.
    """

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # read by Pydantic
    id: str
    versions: dict[Text, Text | None]
    commit: Text | None
    machine: Machine


class Provenance(TypedDict):
    """``provenance.json``: the sessions, the first one first, and whatever else stands there."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # read by Pydantic
    sessions: list[Session]


@cache
def _schema() -> TypeAdapter[Provenance]:
    return TypeAdapter(Provenance)


def read_provenance(folder: Path) -> Provenance:
    """Where the runs of a results folder come from.

    Raises:
        InputError: the file is missing, or does not say.
    """
    remedy = "remove it and run again, which writes a new one"
    return read_json(folder / PROVENANCE, _schema(), remedy)


def open_session(folder: Path, experiment: Experiment, workers: int) -> Session:
    """Write ``provenance.json``; a folder taken up again gains a session.

    Returns:
        The record of this session, its wall time still open.
    """
    own: Any = {
        "id": uuid.uuid4().hex,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": None,
        "command": shlex.join(sys.argv),
        "experiment": experiment.digest(),
        "extensions": {path: own for one in experiment.scenarios for path, own in one.extensions.items()},
        "workers": workers,
        "versions": provenance.versions(),
        "commit": provenance.commit(),
        "machine": provenance.machine(),
    }
    session: Session = own
    _write(folder, experiment, [*_sessions_before(folder), session])
    return session


def close_session(folder: Path, experiment: Experiment, session: Session, seconds: float) -> None:
    """Add the wall time to the session that ``open_session`` began."""
    closed: Any = {**session, "wall_seconds": round(seconds, 3)}
    sessions = [closed if one["id"] == session["id"] else one for one in _sessions_before(folder)]
    _write(folder, experiment, sessions)


def _sessions_before(folder: Path) -> list[Session]:
    return read_provenance(folder)["sessions"] if os.path.lexists(folder / PROVENANCE) else []


def _write(folder: Path, experiment: Experiment, sessions: list[Session]) -> None:
    content = {
        "experiment": experiment.digest(),
        "model": provenance.model_digest(),
        "model_version": provenance.MODEL_VERSION,
        "root_seed": experiment.seed,
        "world": experiment.world_label,
        **_tables(experiment),
        **_drawn(experiment),
        "scenarios": {scenario.name: scenario.digest() for scenario in experiment.scenarios},
        "sessions": sessions,
    }
    write_text(folder / PROVENANCE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _tables(experiment: Experiment) -> dict[str, Any]:
    """Which tables a world of one's own is made of, and what they did not give."""
    source = experiment.source
    if source is None:
        return {}
    files = {name: sha256(content).hexdigest() for name, content in source.copies().items()}
    return {"tables": {"sha256": files, "notes": notes_of(given_by(source), "en")}}


def _drawn(experiment: Experiment) -> dict[str, Any]:
    """Which parameter sets the runs take, and in how many worlds they are."""
    sets, many = experiment.parameters, {} if experiment.worlds == "one" else {"worlds": experiment.worlds}
    if sets is None:
        return many
    return {"parameters": {"label": sets.label, "digest": sets.digest, "sets": len(sets)}, **many}


def experiment_yaml(experiment: Experiment) -> str:
    """The resolved experiment, complete enough to be run again."""
    return as_yaml(experiment.to_mapping())
