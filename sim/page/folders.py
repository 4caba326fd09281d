"""Finished results that the page browses: the results folders below one folder, and nothing else."""

from __future__ import annotations

import logging
import math
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.failures import line_of_failure
from sim.page.wire import wrong
from sim.scenarios.yaml_file import exists
from sim.text import say
from sim.text.mistakes import where_known

if TYPE_CHECKING:
    from sim.page.designs import Told
    from sim.page.views import Pairs
    from sim.report.answered import Answered
    from sim.results import Results
    from sim.text import Language

#: Levels of folders that are looked through, how many of any kind, and results folders that are listed.
_DEEPEST, _MOST_LOOKED_AT, _MOST = 4, 10_000, 300
#: Runs of a comparison whose tables are all held, so that every view shows it; larger ones are summed up.
MOST_RUNS = 400
#: Results folders inside of another one: what ``sim frontier`` leaves.
_INSIDE = "frontier"
#: Folders that are held.
_HELD = 2
#: Rows of one table that are read: a small file may claim to hold any number of them.
MOST_ROWS = 20_000_000
_MANIFEST = "manifest.json"
_SEGMENT = re.compile(r"[\w+-][\w.+ -]{0,199}")
_log = logging.getLogger(__name__)


class Folders:
    """The results folders below one folder.

    Args:
        root: that folder, or a single results folder; None = there is none.
    """

    def __init__(self, root: Path | None) -> None:
        root = None if root is None else root.resolve()
        self._only = root.name if root is not None and (root / _MANIFEST).is_file() else None
        self._root = root.parent if root is not None and self._only is not None else root
        self._held: OrderedDict[tuple[str, int], Pairs | Told] = OrderedDict()
        self._lock = threading.Lock()
        self._listed: dict[tuple[Path, Language], tuple[object, dict[str, Any]]] = {}
        self._listing = threading.Lock()
        self._places: list[Path] = []
        self._looked = -math.inf

    def listed(self, language: Language) -> list[dict[str, Any]]:
        """What there is: of each ``id``, name, scenarios, size, answers, and whether views show it."""
        came = time.monotonic()
        with self._listing:
            if came > self._looked:  # else others were looked for after this one came
                self._looked = time.monotonic()
                self._places = sorted(self._found())
                found, kept = set(self._places), self._listed
                self._listed = {key: kept[key] for key in kept if key[0] in found}
            return [self._told_once(path, language) for path in self._places]

    def _told_once(self, path: Path, language: Language) -> dict[str, Any]:
        """What is told of a folder, read anew only where something in it has changed."""
        state = _state(path)
        kept = self._listed.get((path, language))
        if kept is None or kept[0] != state:
            try:
                kept = self._listed[path, language] = (state, self.told(path, language))
            except MemoryError as error:  # for now
                return self._named(path) | {"shown": False, "lines": [line_of_failure(error, language)]}
        return kept[1]

    @contextmanager
    def reading(self, path: Path, language: Language) -> Iterator[None]:
        """Read a folder, which may come from strangers: whatever goes wrong in it is one line.

        Raises:
            InputError: that line, without where the folder lies on this machine.
            MemoryError: the machine is short of something; the folder is not to blame.
        """
        try:
            yield
        except InputError as error:
            raise InputError(*(where_known(text, language) for text in self.bare(error))) from None
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - there is no end to what a folder may hold
            _log.info("%s cannot be read", path, exc_info=True)
            raise InputError(say("page.folders.strange", language, what=type(error).__name__)) from None

    def opened(self, id: str, language: Language) -> Pairs | Told:
        """The runs of a comparison, or what is told of a folder that holds something else.

        Raises:
            InputError: there is no such folder, it is damaged, or nothing is stored in it.
        """
        path = self.path(id, language)
        key = (id, (path / _MANIFEST).stat().st_mtime_ns)
        with self._lock:  # one at a time: reading a folder takes its share of memory
            if key not in self._held:
                with self.reading(path, language):
                    self._held[key] = _read(_opened(path), language)
            self._held.move_to_end(key)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return self._held[key]

    def answers(self, id: str, language: Language) -> Sequence[Answered]:
        """The answers that lie in a folder.

        Raises:
            InputError: there is no such folder, or one of its answers cannot be read.
        """
        from sim.report.answered import stored_answers

        path = self.path(id, language)
        with self.reading(path, language):
            return stored_answers(path)

    def report(self, id: str, language: Language) -> Path:
        """The report of a folder, in that language or the other.

        Raises:
            InputError: there is none.
        """
        found = _reports(self.path(id, language), language)
        if not found:
            raise wrong("no_results", language)
        return found[0]

    def path(self, id: str, language: Language) -> Path:
        """The folder of that id.

        Raises:
            InputError: it is no results folder below the root.
        """
        segments = id.split("/")
        if (
            self._root is None
            or len(segments) > _DEEPEST
            or not all(_SEGMENT.fullmatch(segment) for segment in segments)
        ):
            raise wrong("no_results", language)
        path = self._root.joinpath(*segments)
        if self._only is not None and segments[0] != self._only:
            raise wrong("no_results", language)
        # a link could lead out of the folder, and so could the name of a parent
        if path.resolve() != path or not path.is_relative_to(self._root) or not _is_file(path / _MANIFEST):
            raise wrong("no_results", language)
        return path

    def _found(self) -> Iterator[Path]:
        if self._root is None:
            return
        number = 0
        for looked_at, (folder, inside, files) in enumerate(os.walk(self._root)):
            if number >= _MOST or looked_at >= _MOST_LOOKED_AT:
                return
            path = Path(folder)
            depth = len(path.relative_to(self._root).parts)
            if not depth and self._only is not None:
                inside[:] = [self._only]
            if _MANIFEST in files and depth:
                inside[:] = [name for name in inside if name == _INSIDE]
                number += 1
                yield path
            if depth >= _DEEPEST:
                inside.clear()
            inside[:] = [name for name in inside if _SEGMENT.fullmatch(name)]

    def told(self, path: Path, language: Language) -> dict[str, Any]:
        """What a folder holds, and what to know of it, as of ``path``."""
        told = self._named(path)
        try:
            with self.reading(path, language):
                return told | self._told(path, told["id"], language)
        except InputError as error:
            lines = [say("page.folders.damaged", language, text=text) for text in error.lines]
            return told | {"shown": False, "lines": lines}

    def _named(self, path: Path) -> dict[str, Any]:
        assert self._root is not None
        return {"id": path.relative_to(self._root).as_posix(), "name": path.name}

    def _told(self, path: Path, id: str, language: Language) -> dict[str, Any]:
        results = _opened(path)
        manifest = results.manifest
        titles = {one.name: getattr(one.title, language) for one in results.experiment.scenarios}
        return {
            "scenarios": [{"name": name, "title": titles[name] or name} for name in manifest.scenarios],
            "baseline": manifest.baseline,
            "replicates": manifest.replicates,
            "holds": _holds(results, language),
            "answers": [one.asked[language] for one in self.answers(id, language)],
            "report": bool(_reports(path, language)),
            "shown": True,
            "lines": _doubts(results, language),
        }

    def bare(self, error: InputError) -> list[str]:
        """What is wrong, without where the folder lies on this machine."""
        return [text.replace(f"{self._root}{os.sep}", "") for text in error.lines]


def _opened(path: Path) -> Results:
    from sim.results import Results

    return Results(path, warn=False)


def own(path: Path) -> bool:
    """Whether a file lies there itself: a link could lead out of a folder, of which the path has none."""
    return _is_file(path) and path.resolve() == path


def _is_file(path: Path) -> bool:
    """Whether there is such a file; what no file can be called is none."""
    return exists(path) and path.is_file()


def _state(path: Path) -> object:
    """Names, sizes and times of all that is told of a folder: its own files, runs, answers and reports."""
    found = []
    for place in (path, path / "series", path / "answers", *sorted((path / "answers").glob("*"))):
        try:
            with os.scandir(place) as entries:
                each = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        except OSError:
            continue
        found.append((place, sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in each)))
    return found


def _read(results: Results, language: Language) -> Pairs | Told:
    """What views need of a folder: all of its runs, or what the report of a design is made from."""
    from sim.page.designs import told_of
    from sim.page.views import pairs_of

    manifest = results.manifest
    whole = manifest.points == 1 and manifest.recorded is None and manifest.outcomes is None
    if not whole or manifest.runs > MOST_RUNS:
        return told_of(results)
    if any(results.dataset(name).count_rows() > MOST_ROWS for name in manifest.record):
        raise wrong("rows", language, most=MOST_ROWS)
    return pairs_of(results)


def _holds(results: Results, language: Language) -> str:
    """What a folder holds, in one line."""
    manifest, design = results.manifest, results.experiment.design
    facts = {"scenarios": len(manifest.scenarios), "n": manifest.replicates, "world": manifest.world}
    if design is None:
        kind = "comparison" if len(manifest.scenarios) > 1 else "scenario"
        return say(f"page.folders.{kind}", language, **facts)
    method = say(f"designs.methods.{design.method}", language)
    facts |= {"points": manifest.points, "factors": len(design.factors), "method": method}
    return say("page.folders.design", language, **facts)


def _doubts(results: Results, language: Language) -> list[str]:
    """What to know before its numbers are read: runs that are missing or failed, and another model."""
    from sim.results.made_by import may_differ, of_another_model

    stored, found = results.stored, []
    facts = {"runs": stored.runs, "expected": stored.expected, "failed": stored.failed}
    if stored.faults:
        found.append(say("page.folders.faults", language, **facts))
    elif stored.missing:
        found.append(say("page.folders.unfinished", language, **facts))
    if stored.failed:
        found.append(say("page.folders.failed", language, **facts))
    found += of_another_model(results.manifest, language)
    if may_differ(results.manifest):
        found.append(say("page.folders.other_model", language))
    return found


def _reports(path: Path, language: Language) -> list[Path]:
    from sim.report.report import report_path

    other: Language = "en" if language == "ja" else "ja"
    return [found for lang in (language, other) if own(found := report_path(path, lang))]
