"""Files to take home: a scenario, its numbers, a figure, a report, with the numbers of ``sim compare``."""

from __future__ import annotations

import io
import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sim.page.assumptions import under
from sim.page.entries import Entry, scenario_of, yaml_of
from sim.page.mistakes import MistakesError
from sim.page.runs import experiment
from sim.page.state import State, scenarios_of
from sim.scenarios.yaml_file import printable
from sim.text import Language

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.batch.experiment import Experiment
    from sim.page.settings import Settings
    from sim.report.figures import Request
    from sim.results import Results

#: Kind of download -> media type and ending of the file.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "yaml": ("application/yaml; charset=utf-8", "yaml"),
        "csv": ("text/csv; charset=utf-8", "csv"),
        "parquet": ("application/vnd.apache.parquet", "parquet"),
        "report": ("text/html; charset=utf-8", "html"),
        "svg": ("image/svg+xml", "svg"),
        "png": ("image/png", "png"),
    }
)
#: What is drawn where no figure is named.
FIGURE = "effects"
#: Reports and figures are drawn one at a time: matplotlib's settings belong to the whole process.
_DRAWING = threading.Lock()
_NO_NAME = re.compile(r"[^\w-]+")
_LONGEST = 100

#: Runs an experiment, in memory or into a folder.
type Runner = Callable[[Experiment, Path | None], Results]


class Download(NamedTuple):
    """A file to take home."""

    content: bytes
    media_type: str
    file_name: str


def download(
    kind: str,
    state: State,
    settings: Settings,
    *,
    lang: Language | None = None,
    scenario: str | None = None,
    replicates: int | None = None,
    figure: str | None = None,
    run: Runner | None = None,
) -> Download:
    """A file made of a state.

    Args:
        kind: one of ``KINDS``.
        state: what the page shows.
        settings: how the page is served: world, seed, quarters.
        lang: of words in it and of errors; None = that of the state.
        scenario: whose file is made, for ``yaml``: a scenario's or the baseline's name; None = the first.
        replicates: of each scenario; None = as many as the page refines to.
        figure: name of a figure of ``sim.report.figures``, for ``svg`` and ``png``; None = ``effects``, or
            ``partnerships`` where nothing is compared.
        run: runs an experiment, in memory or into a folder; None = on threads of its own.

    Raises:
        InputError: there is no such kind, scenario or figure, or a scenario is wrong.
    """
    lang = lang or state.lang
    if kind not in KINDS:
        raise MistakesError.saying("downloads.kind", lang, kind=printable(kind)[:40], kinds=", ".join(KINDS))
    media_type, ending = KINDS[kind]
    if kind == "yaml":
        entry = _entry(state, scenario, lang)
        return Download(yaml_of(entry).encode(), media_type, f"{entry.name}.yaml")
    wanted = experiment(
        scenarios_of(state, lang),
        settings.world,
        settings.seed,
        settings.quarters,
        replicates or settings.replicates,
    )
    run, stem = run or _running(settings.workers), _stem(wanted)
    if kind == "report":
        return Download(_report(wanted, lang, run), media_type, f"{stem}.{lang}.{ending}")
    results = run(wanted, None)
    if kind in ("svg", "png"):
        name, content = _figure(results, figure, lang, kind)
        return Download(content, media_type, f"{name}-{stem}.{ending}")
    write = {"csv": _csv, "parquet": _parquet}[kind]
    return Download(write(series_of(results)), media_type, f"{stem}.{ending}")


def series_of(results: Results) -> pa.Table:
    """Every outcome of every run and quarter as it is stored, by scenario, replicate and quarter."""
    import numpy as np
    import pyarrow as pa

    table = results.dataset("series").to_table()
    keys = [name for name in ("scenario", "point", "replicate", "quarter") if name in table.column_names]
    order = {name: place for place, name in enumerate(results.experiment.scenario_names)}
    places = [order[str(name)] for name in table["scenario"].to_pylist()]
    columns = [table[name].to_numpy() for name in keys[1:] if not pa.types.is_dictionary(table[name].type)]
    rows = np.lexsort([*reversed(columns), np.array(places)])
    return table.take(pa.array(rows))


def _entry(state: State, scenario: str | None, lang: Language) -> Entry:
    """The scenario that is asked for; the baseline as one that may be changed."""
    by_name = {entry.name: entry for entry in state.scenarios}
    name = scenario or next(iter(by_name), state.baseline)
    if name in by_name:
        entry = under(by_name[name], state.assumed)
        scenario_of(entry, lang)
        return entry
    if name == state.baseline:
        return under(Entry(name=f"{name}_copy", overlay={"extends": name}), state.assumed)
    known = ", ".join([state.baseline, *by_name])
    raise MistakesError.saying("downloads.scenario", lang, name=printable(name)[:60], names=known)


def _stem(wanted: Experiment) -> str:
    """A name for files: scenarios, world and replicates."""
    names = wanted.scenario_names[1:] or wanted.scenario_names
    words = [*names, Path(wanted.world).stem if wanted.world_kind == "own" else wanted.world]
    return f"{_NO_NAME.sub('-', '-'.join(words))[:_LONGEST]}-n{wanted.replicates}"


def _running(workers: int) -> Runner:
    def run(wanted: Experiment, folder: Path | None) -> Results:
        from sim.batch.executors import threads
        from sim.studies import Study

        with threads(workers) as pool:
            return Study(wanted, folder, in_memory=folder is None, workers=workers, executor=pool).run()

    return run


def _csv(table: pa.Table) -> bytes:
    import pyarrow as pa
    from pyarrow import csv

    from sim.report.spreadsheets import BOM
    from sim.text.harmless import table_for_spreadsheet

    safe = table_for_spreadsheet(table.to_pandas())
    buffer = io.BytesIO()
    buffer.write(BOM.encode())
    csv.write_csv(pa.Table.from_pandas(safe, preserve_index=False), buffer)
    return buffer.getvalue()


def _parquet(table: pa.Table) -> bytes:
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _report(wanted: Experiment, lang: Language, run: Runner) -> bytes:
    """The report of a results folder that is made for it and removed again."""
    from sim.report.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        run(wanted, Path(folder) / "results")
        with _DRAWING:
            return write_report(Path(folder) / "results", lang).read_bytes()


def _figure(results: Results, name: str | None, lang: Language, kind: str) -> tuple[str, bytes]:
    """A figure of the report, by name and as a file."""
    from sim.report.figures import sheets
    from sim.report.style import framed, save

    with _DRAWING:
        request = _request(results, lang)
        made = sheets(request)
        name = name or (FIGURE if FIGURE in made else next(iter(made)))
        if name not in made:
            facts = {"name": printable(name)[:60], "names": ", ".join(made)}
            raise MistakesError.saying("downloads.figure", lang, **facts)
        drawn = request.names.lang
        with tempfile.TemporaryDirectory() as folder:
            vector, pixels = save(framed(made[name], drawn), Path(folder), name, drawn)
            return name, (vector if kind == "svg" else pixels).read_bytes()


def _request(results: Results, lang: Language) -> Request:
    """What the figures of the page's runs are drawn from, as for a report."""
    from sim.report.figures import Request, all_data
    from sim.report.report import names_of
    from sim.report.style import usable_language

    drawn: Language = "ja" if usable_language(lang) == "ja" else "en"
    baseline = results.manifest.baseline
    compared = baseline is not None and len(results.experiment.scenarios) > 1
    names = names_of(results.experiment, results.world, drawn)
    return Request(all_data(results), names, str(baseline) if compared else None, best=None)
