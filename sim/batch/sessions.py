"""Sessions of a results folder: which commands filled it, with which versions, on which machine."""

from __future__ import annotations

import json
import shlex
import sys
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim import provenance
from sim.batch.experiment import Experiment
from sim.errors import InputError
from sim.files import write_text
from sim.scenarios.yaml_writer import as_yaml
from sim.worlds.notes import notes_of
from sim.worlds.own import given_by

PROVENANCE = "provenance.json"


def open_session(folder: Path, experiment: Experiment, workers: int) -> dict[str, Any]:
    """Write ``provenance.json``; a folder taken up again gains a session.

    Returns:
        The record of this session, its wall time still open.
    """
    session = {
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
    _write(folder, experiment, [*_sessions(folder), session])
    return session


def close_session(folder: Path, experiment: Experiment, session: dict[str, Any], seconds: float) -> None:
    """Add the wall time to the session that ``open_session`` began."""
    closed = session | {"wall_seconds": round(seconds, 3)}
    sessions = [closed if one.get("id") == session["id"] else one for one in _sessions(folder)]
    _write(folder, experiment, sessions)


def _sessions(folder: Path) -> list[dict[str, Any]]:
    path = folder / PROVENANCE
    if not path.exists():
        return []
    try:
        sessions: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["sessions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: damaged ({error}); remove this file and try again") from None
    return sessions


def _write(folder: Path, experiment: Experiment, sessions: list[dict[str, Any]]) -> None:
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
