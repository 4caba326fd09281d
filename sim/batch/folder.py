"""Make a results folder or take it up: what it may be, what it is made of, and what is left over in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.batch.checked import CHECKED, read_checked
from sim.batch.design import POINTS, Design
from sim.batch.digests import SUMS, tidy_sums
from sim.batch.experiment import WORLD_COPY, Experiment
from sim.batch.experiment_file import read_experiment
from sim.batch.locks import LOCK_NAME, explained
from sim.batch.manifest import (
    EXPERIMENT,
    MANIFEST,
    Manifest,
    check_name,
    digest_of,
    digest_of_file,
    read_manifest,
    write_manifest,
)
from sim.batch.parameter_sets import PARAMETERS, ParameterSets
from sim.batch.parts import Chunk, Shard, parse_part
from sim.batch.sessions import PROVENANCE, experiment_yaml
from sim.batch.store import FAILURES, Origin
from sim.batch.stored import Stored, check_alike, found
from sim.errors import InputError
from sim.files import own_folder, write_bytes

#: A row per run, for spreadsheets: written from what is stored, no part of it.
RUNS = "runs.csv"
OWN_FILES = (MANIFEST, EXPERIMENT, POINTS, PARAMETERS, PROVENANCE, CHECKED, SUMS, RUNS)
#: A temporary file: the name that it will have, then the machine, process and thread that write it.
TEMPORARY = re.compile(r"\.(?P<name>.+?\.(?:parquet|json|yaml|csv)|SHA256SUMS)\..*-\d+-\d+\.tmp")


#: Folders of results lie so deep in one at most: those of mixes in `frontier`.
_DEEPEST = 2
_A_LINK = "is a link to another folder, which results are not written to"


class Prepared(NamedTuple):
    """A folder that was taken up.

    Attributes:
        experiment: with the replicates, points and tables of the folder.
        stored: what is there and stays.
    """

    experiment: Experiment
    stored: Stored


def check_folder(
    folder: Path, experiment: Experiment, model: str, retry_failed: bool = False
) -> Manifest | None:
    """The manifest of a folder that may be taken up, or None for a new or empty one. Writes nothing.

    Args:
        folder: results folder.
        experiment: what is asked for.
        model: digest of the model's sources.
        retry_failed: the sources of its extensions may be others than those that made the folder.

    Raises:
        InputError: the folder is something else, belongs to another experiment or version of the model, was
            changed by hand, or keeps something else than is asked for.
    """
    check_name(folder)
    _refuse_links_within_results(folder)
    with explained(folder):
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: is a file; give another folder with --out")
        if not folder.is_dir() or all(_is_left_over(path) for path in folder.iterdir()):
            return None
    if not (folder / MANIFEST).exists():
        raise InputError(
            f"{folder}: holds something else than results; give a new or empty folder with --out"
        )
    there = read_manifest(folder)
    if there.experiment != experiment.digest():
        _refuse_another(folder, there, experiment, retry_failed)
    else:
        check_alike(folder, experiment, there)
    if there.model != model:
        raise InputError(
            f"{folder}: was made by another version of the model ({there.model}, now {model}); "
            "give another folder with --out, or remove this one"
        )
    if (there.outcomes, there.recorded) != (experiment.outcomes, experiment.recorded):
        raise InputError(
            f"{folder}: keeps other outcomes or quarters than are asked for; give another folder with --out"
        )
    lacking = [table for table in experiment.record if table not in there.record]
    if lacking:
        raise InputError(f"{folder}: was made without the table {lacking[0]}; give another folder with --out")
    if experiment.by not in (None, there.by):
        raise InputError(
            f"{folder}: keeps results by {there.by}, not by {experiment.by}; give another folder with --out"
        )
    for path in _tables(folder, there):
        if path.is_symlink():
            raise InputError(f"{path}: {_A_LINK}")
    return there


def _refuse_links_within_results(folder: Path) -> None:
    """Refuse a link that lies in a results folder: one who gave it to the user may have put it there."""
    within = [folder, *folder.parents][:_DEEPEST]
    for place in within:
        if place.is_symlink() and any(
            (above / MANIFEST).exists() for above in list(place.parents)[:_DEEPEST]
        ):
            raise InputError(f"{place}: {_A_LINK}")


def _refuse_another(folder: Path, there: Manifest, experiment: Experiment, retry_failed: bool) -> None:
    stored = read_experiment(folder / EXPERIMENT)
    other = changed_sources(stored, experiment)
    before, now = stored.source, experiment.source
    if before is not None and now is not None and before.label == now.label and before.digest != now.digest:
        raise InputError(
            f"{folder}: was made with other tables of the world {now.label} (digest {before.digest}, now "
            f"{now.digest}); give another folder with --out, or put the tables back as they were"
        )
    if said := _what_differs(stored, experiment):
        raise InputError(f"{folder}: was made {said}; give another folder with --out")
    if not other:
        raise InputError(
            f"{folder}: holds another experiment ({there.name}, {there.experiment}); "
            "give another folder with --out, or remove this one"
        )
    if not retry_failed:
        raise InputError(
            f"{folder}: was made with another source of {', '.join(other)}; give another folder with --out, "
            "or --retry-failed to keep the runs that did not fail, where they come out as before"
        )


def _what_differs(before: Experiment, now: Experiment) -> str:
    """In which parameter sets or worlds a folder was made, where nothing else sets two experiments apart."""
    alike = replace(before, parameters=now.parameters, worlds=now.worlds)
    if alike.digest() != now.digest():
        return ""
    if before.worlds != now.worlds:
        return f"with worlds: {before.worlds}, not {now.worlds}"
    return f"with {_called(before.parameters)}, not with {_called(now.parameters)}"


def _called(sets: ParameterSets | None) -> str:
    if sets is None:
        return "default parameters"
    return f"the parameter sets {sets.label} (digest {sets.digest})"


def changed_sources(before: Experiment, now: Experiment) -> list[str]:
    """Extensions whose source alone sets two experiments apart; none where something else does, too."""
    sources = {path: digest for scenario in now.scenarios for path, digest in scenario.extensions.items()}
    changed = []
    scenarios = []
    for scenario in before.scenarios:
        own = {path: sources.get(path, digest) for path, digest in scenario.extensions.items()}
        changed += [path for path in own if own[path] != scenario.extensions[path]]
        scenarios.append(scenario.model_copy(update={"extensions": own}))
    same = replace(before, scenarios=tuple(scenarios)).digest() == now.digest()
    return sorted(set(changed)) if same else []


def prepare_folder(
    folder: Path,
    manifest: Manifest,
    experiment: Experiment,
    shard: Shard | None = None,
    retry_failed: bool = False,
) -> Prepared:
    """Make the folder or take it up. Call it under the lock and in turn.

    A folder never shrinks: it expects what is asked for or, where there is more, what is stored.
    Temporary files and the parts of unfinished or faulty chunks are removed. A shard looks at its own
    tiles only. The manifest and the files that belong to it are written anew where something changed.

    Args:
        folder: results folder.
        manifest: that of the folder, or of a new one.
        experiment: what is asked for, with the points that the folder holds first.
        shard: look at the tiles of this shard only.
        retry_failed: remove the chunks in which runs failed, so that they are run again.

    Raises:
        InputError: the folder cannot be written.
    """
    most = max(manifest.replicates, experiment.replicates)
    wanted = replace(manifest.asked_for(experiment), replicates=most)
    points = None if experiment.design is None else experiment.design.points_at
    origin = Origin((wanted.experiment, *wanted.earlier), wanted.seed, wanted.layout, points)
    checked = read_checked(folder)
    ours = partial(_is_ours, manifest=wanted, shard=shard)
    stored = found(folder, wanted, origin, checked, ours, numbers=True)
    everybodys = found(folder, wanted, origin, checked, lambda chunk: not ours(chunk), numbers=True)
    reached = max((chunk.last_replicate + 1 for chunk in (*stored.chunks, *everybodys.chunks)), default=0)
    manifest = replace(wanted, replicates=max(experiment.replicates, reached))
    experiment = replace(experiment, replicates=manifest.replicates, record=manifest.record, by=manifest.by)
    kept = {c: failed for c, failed in stored.failures.items() if not (retry_failed and failed)}
    with explained(folder):
        manifest = _write_files(folder, manifest, experiment)
        _remove_left_over(folder, set(kept), manifest, shard)
        tidy_sums(folder)
        checked.write([*kept, *everybodys.chunks])
    return Prepared(experiment, Stored(manifest, kept, ()))


def tidy(folder: Path, manifest: Manifest, shard: Shard | None) -> None:
    """Remove the temporary files that killed workers left behind. Call it under the lock and in turn."""
    for path in _left_over_files(folder, manifest):
        if _is_removable(path, folder, manifest, shard):
            path.unlink(missing_ok=True)


def _write_files(folder: Path, manifest: Manifest, experiment: Experiment) -> Manifest:
    """Write the manifest, then what belongs to it; until all is written the manifest allows old and new."""
    contents = {EXPERIMENT: experiment_yaml(experiment).encode()}
    if experiment.design is not None:
        contents = {POINTS: _encoded(experiment.design)} | contents
    if experiment.parameters is not None:
        contents = {PARAMETERS: experiment.parameters.text().encode()} | contents
    if experiment.source is not None:
        copies = experiment.source.copies()
        contents = {f"{WORLD_COPY}/{name}": content for name, content in copies.items()} | contents
    files, changed = {}, {}
    for name, content in contents.items():
        path = folder / name
        before = [digest_of_file(path)] if path.is_file() else []
        files[name] = tuple(dict.fromkeys([digest_of(content), *before]))
        if files[name] != tuple(before):
            changed[path] = content
    manifest = replace(manifest, files=files)
    if changed or not (folder / MANIFEST).is_file() or read_manifest(folder) != manifest:
        # first, for a folder without it is somebody else's to any command that looks at it by now
        write_manifest(folder, manifest)
    for table in manifest.record:
        own_folder(folder / table)
    for path, content in changed.items():
        for parent in reversed(path.relative_to(folder).parents[:-1]):
            own_folder(folder / parent)
        write_bytes(path, content)
    return manifest


def _encoded(design: Design) -> bytes:
    """The points of a design as a table, a row each; a value left as in the scenario is null."""
    table = BytesIO()
    columns = {name: pa.array(values) for name, values in design.table().items()}
    pq.write_table(pa.table(columns), table, write_page_checksum=True)
    return table.getvalue()


def _tables(folder: Path, manifest: Manifest) -> list[Path]:
    """Folders of the tables, there or not."""
    return [folder / table for table in (*manifest.record, FAILURES)]


def _left_over_files(folder: Path, manifest: Manifest) -> Iterator[Path]:
    """Files of the folder and of its tables; links to other folders are not followed."""
    world = [folder / name for name in manifest.files if name.startswith(f"{WORLD_COPY}/")]
    for place in dict.fromkeys((folder, *_tables(folder, manifest), *(path.parent for path in world))):
        if place.is_dir() and not (place.is_symlink() and place != folder):
            yield from (path for path in place.iterdir() if path.is_symlink() or path.is_file())


def _remove_left_over(folder: Path, done: set[Chunk], manifest: Manifest, shard: Shard | None) -> None:
    tidy(folder, manifest, shard)
    for path in _left_over_files(folder, manifest):
        chunk = parse_part(path.name)
        if (
            path.parent != folder
            and chunk is not None
            and chunk not in done
            and _is_ours(chunk, manifest, shard)
        ):
            path.unlink(missing_ok=True)


def _is_removable(temporary: Path, folder: Path, manifest: Manifest, shard: Shard | None) -> bool:
    """Whether a temporary file is one of ours: of a part of our tiles, or of a file of the whole folder."""
    match = TEMPORARY.fullmatch(temporary.name)
    if match is None:
        return False
    own = (temporary.parent / match["name"]).relative_to(folder).as_posix()
    if temporary.parent == folder or own in manifest.files:
        return shard is None and (own in OWN_FILES or own in manifest.files)
    chunk = parse_part(match["name"])
    return chunk is not None and _is_ours(chunk, manifest, shard)


def _is_left_over(path: Path) -> bool:
    """Whether a command that was stopped at once may have left it in a new folder."""
    match = TEMPORARY.fullmatch(path.name)
    return LOCK_NAME.fullmatch(path.name) is not None or (match is not None and match["name"] in OWN_FILES)


def _is_ours(chunk: Chunk, manifest: Manifest, shard: Shard | None) -> bool:
    """Whether a chunk belongs to the tiles of this shard; another shard may be writing the others."""
    if shard is None:
        return True
    across = -(-manifest.replicates // manifest.block)
    tile = chunk.first_point // manifest.point_block * across + chunk.first_replicate // manifest.block
    return shard.owns(tile)
