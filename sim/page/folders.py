"""Finished results that the page browses: the results folders below one folder, and nothing else."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.wire import wrong
from sim.text import say

if TYPE_CHECKING:
    from sim.page.designs import Told
    from sim.page.views import Pairs
    from sim.report.answered import Answered
    from sim.results import Results
    from sim.text import Language

#: Levels of folders that are looked through, and results folders that are listed.
_DEEPEST, _MOST = 4, 300
#: Runs of a comparison whose tables are all held, so that every view shows it; larger ones are summed up.
MOST_RUNS = 400
#: Results folders inside of another one: what ``sim frontier`` leaves.
_INSIDE = "frontier"
#: Folders that are held.
_HELD = 2
_MANIFEST = "manifest.json"
_SEGMENT = re.compile(r"[\w+-][\w.+ -]{0,199}")


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

    def listed(self, language: Language) -> list[dict[str, Any]]:
        """What there is: of each ``id``, name, scenarios, size, answers, and whether views show it."""
        return [self.told(path, language) for path in sorted(self._found())]

    def opened(self, id: str, language: Language) -> Pairs | Told:
        """The runs of a comparison, or what is told of a folder that holds something else.

        Raises:
            InputError: there is no such folder, it is damaged, or nothing is stored in it.
        """
        path = self.path(id, language)
        key = (id, (path / _MANIFEST).stat().st_mtime_ns)
        with self._lock:  # one at a time: reading a folder takes its share of memory
            if key not in self._held:
                try:
                    self._held[key] = _read(_opened(path))
                except InputError as error:
                    raise InputError(*self.bare(error)) from None
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

        try:
            return stored_answers(self.path(id, language))
        except InputError as error:
            raise InputError(*self.bare(error)) from None

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
        if self._root is None or not all(_SEGMENT.fullmatch(segment) for segment in segments):
            raise wrong("no_results", language)
        path = self._root.joinpath(*segments)
        if self._only is not None and segments[0] != self._only:
            raise wrong("no_results", language)
        # a link could lead out of the folder, and so could the name of a parent
        if path.resolve() != path or not path.is_relative_to(self._root) or not (path / _MANIFEST).is_file():
            raise wrong("no_results", language)
        return path

    def _found(self) -> Iterator[Path]:
        if self._root is None:
            return
        number = 0
        for folder, inside, files in os.walk(self._root):
            path = Path(folder)
            depth = len(path.relative_to(self._root).parts)
            if not depth and self._only is not None:
                inside[:] = [self._only]
            if _MANIFEST in files and depth:
                inside[:] = [name for name in inside if name == _INSIDE]
                number += 1
                yield path
            if depth >= _DEEPEST or number >= _MOST:
                inside.clear()
            inside[:] = [name for name in inside if _SEGMENT.fullmatch(name)]

    def told(self, path: Path, language: Language) -> dict[str, Any]:
        """What a folder holds, and what to know of it, as of ``path``."""
        assert self._root is not None
        told: dict[str, Any] = {"id": path.relative_to(self._root).as_posix(), "name": path.name}
        try:
            results = _opened(path)
            manifest = results.manifest
            titles = {one.name: getattr(one.title, language) for one in results.experiment.scenarios}
            return told | {
                "scenarios": [{"name": name, "title": titles[name] or name} for name in manifest.scenarios],
                "baseline": manifest.baseline,
                "replicates": manifest.replicates,
                "holds": _holds(results, language),
                "answers": [one.asked[language] for one in self.answers(told["id"], language)],
                "report": bool(_reports(path, language)),
                "shown": True,
                "lines": _doubts(results, language),
            }
        except InputError as error:
            lines = [say("page.folders.damaged", language, text=text) for text in self.bare(error)]
            return told | {"shown": False, "lines": lines}

    def bare(self, error: InputError) -> list[str]:
        """What is wrong, without where the folder lies on this machine."""
        return [text.replace(f"{self._root}{os.sep}", "") for text in error.lines]


def _opened(path: Path) -> Results:
    from sim.results import Results

    return Results(path, warn=False)


def _read(results: Results) -> Pairs | Told:
    """What views need of a folder: all of its runs, or what the report of a design is made from."""
    from sim.page.designs import told_of
    from sim.page.views import pairs_of

    manifest = results.manifest
    whole = manifest.points == 1 and manifest.recorded is None and manifest.outcomes is None
    return pairs_of(results) if whole and manifest.runs <= MOST_RUNS else told_of(results)


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
    from sim.provenance import model_digest

    stored, found = results.stored, []
    facts = {"runs": stored.runs, "expected": stored.expected, "failed": stored.failed}
    if stored.faults:
        found.append(say("page.folders.faults", language, **facts))
    elif stored.missing:
        found.append(say("page.folders.unfinished", language, **facts))
    if stored.failed:
        found.append(say("page.folders.failed", language, **facts))
    if results.manifest.model != model_digest():
        found.append(say("page.folders.other_model", language))
    return found


def _reports(path: Path, language: Language) -> list[Path]:
    from sim.report.report import report_path

    other: Language = "en" if language == "ja" else "ja"
    return [found for lang in (language, other) if (found := report_path(path, lang)).is_file()]
