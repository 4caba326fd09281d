"""Finished results that the page browses: the results folders below one folder, and nothing else."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.page.wire import wrong

if TYPE_CHECKING:
    from sim.page.views import Pairs
    from sim.results import Results
    from sim.text import Language

#: Levels of folders that are looked through, and results folders that are listed.
_DEEPEST, _MOST = 3, 300
#: Runs of a folder that is shown: all of its tables are held.
MOST_RUNS = 400
#: Folders that are held.
_HELD = 2
_MANIFEST = "manifest.json"
_SEGMENT = re.compile(r"[\w+-][\w.+ -]{0,199}")


class Folders:
    """The results folders below one folder.

    Args:
        root: that folder; None = there is none.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = None if root is None else root.resolve()
        self._held: OrderedDict[tuple[str, int], Pairs] = OrderedDict()
        self._lock = threading.Lock()

    def listed(self, language: Language) -> list[dict[str, Any]]:
        """What there is: of each ``id``, name, scenarios, size, answers, and whether views show it."""
        return [self._told(path, language) for path in sorted(self._found())]

    def pairs(self, id: str, language: Language) -> Pairs:
        """The runs of a folder.

        Raises:
            InputError: there is no such folder, it is damaged, or views cannot show it.
        """
        from sim.page.views import pairs_of

        path = self.path(id, language)
        key = (id, (path / _MANIFEST).stat().st_mtime_ns)
        with self._lock:  # one at a time: reading a folder takes its share of memory
            if key not in self._held:
                try:
                    results = _opened(path)
                    _refuse_large(results, language)
                    self._held[key] = pairs_of(results)
                except InputError as error:
                    raise InputError(*self.bare(error)) from None
            self._held.move_to_end(key)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return self._held[key]

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
            if _MANIFEST in files and depth:
                inside.clear()
                number += 1
                yield path
            if depth >= _DEEPEST or number >= _MOST:
                inside.clear()
            inside[:] = [name for name in inside if _SEGMENT.fullmatch(name)]

    def _told(self, path: Path, language: Language) -> dict[str, Any]:
        assert self._root is not None
        told: dict[str, Any] = {"id": path.relative_to(self._root).as_posix(), "name": path.name}
        try:
            results = _opened(path)
            manifest = results.manifest
            titles = {one.name: getattr(one.title, language) for one in results.experiment.scenarios}
            told |= {
                "scenarios": [{"name": name, "title": titles[name] or name} for name in manifest.scenarios],
                "baseline": manifest.baseline,
                "world": manifest.world,
                "replicates": manifest.replicates,
                "points": manifest.points,
                "quarters": [results.quarters[0], results.quarters[-1]],
                "answers": _answers(path, language),
                "report": bool(_reports(path, language)),
            }
            _refuse_large(results, language)
            return told | {"shown": True, "lines": []}
        except InputError as error:
            return told | {"shown": False, "lines": self.bare(error)}

    def bare(self, error: InputError) -> list[str]:
        """What is wrong, without where the folder lies on this machine."""
        return [text.replace(f"{self._root}{os.sep}", "") for text in error.lines]


def _opened(path: Path) -> Results:
    from sim.results import Results

    return Results(path, warn=False)


def _refuse_large(results: Results, language: Language) -> None:
    manifest = results.manifest
    if manifest.points > 1 or manifest.recorded is not None:
        raise wrong("design", language)
    if manifest.runs > MOST_RUNS:
        raise wrong("many_runs", language, runs=manifest.runs, most=MOST_RUNS)


def _answers(path: Path, language: Language) -> list[dict[str, Any]]:
    from sim.report.answered import stored_answers

    return [
        {
            "asked": one.asked[language],
            "sentences": [sentence[language] for sentence in one.sentences],
            "quick": one.quick,
        }
        for one in stored_answers(path)
    ]


def _reports(path: Path, language: Language) -> list[Path]:
    from sim.report.report import report_path

    other: Language = "en" if language == "ja" else "ja"
    return [found for lang in (language, other) if (found := report_path(path, lang)).is_file()]
