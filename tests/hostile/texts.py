"""What strangers may have written into a results folder: values of any kind, texts meant for other eyes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import shutil
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook, load_workbook
from rich.table import Table

import sim
from sim.cli.output import console_on
from sim.errors import InputError
from sim.page.folders import Folders
from sim.report.answered import Answered, store
from sim.report.report import write_report
from sim.results import load
from sim.text.harmless import csv_of, for_markdown, for_spreadsheet
from tests.hostile.damage import stand
from tests.hostile.trials import SAID, SAME, Said, Trial, one_line, said_by

#: What a terminal, a browser, a spreadsheet or Rich would do something with.
STEERING = (
    "\x1b[2J\x1b]0;owned\x07", "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\", "\x1b]52;c;ZXZpbA==\x07",
    "\u202egnp.exe", "\u2066x\u2069", "[/x]", "[bold]x[/bold][link=http://evil.example]y", ":skull:",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "a\nforged line", "%s%n",
    "<script>alert(1)</script>", "</svg><img src=x onerror=alert(1)>", "](javascript:alert(1))",
    "| a | b |\n|---|", "{0.__class__}", "\ufeff", "\x00", "x" * 100_000, "../../etc/passwd", "\uffff",
)  # fmt: skip
#: Values where others are expected.
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, -(2**70), 10**4000, 1e308, float("nan"), float("inf"), "", [], {}, [[]],
    {"": {}}, *STEERING,
)  # fmt: skip
DEEP = "[" * 100_000


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a value, itself included."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inside for place in places(one, (*at, key)))]


def mutated(value: Any, chance: random.Random) -> str:
    """JSON of a value in which something is lost, of another kind, nested without end, or not JSON at all."""
    *way, last = chance.choice(places(value)) or (None,)
    if last is None:
        return chance.choice([DEEP, "", "{", '{"a":' * 50_000, json.dumps(chance.choice(VALUES))])
    holder = value
    for key in way:
        holder = holder[key]
    if chance.random() < 0.25:
        del holder[last]
    else:
        holder[last] = chance.choice(VALUES)
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    return text.replace('""', chance.choice(['""', DEEP, "1" * 5_000]))


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def _json_of(folder: Path, name: str) -> Callable[[random.Random], str]:
    return partial(mutated, json.loads((folder / name).read_bytes()))


def hostile_file(name: str, chance: random.Random, folder: Path) -> None:
    """A file of JSON in which something is other than it should be."""
    _write(folder / name, _json_of(folder, name)(chance))


def hostile_manifest(chance: random.Random, folder: Path) -> None:
    """The same of a manifest, its checksum right."""
    values = json.loads((folder / "manifest.json").read_bytes())
    del values["checksum"]
    text = mutated(values, chance)
    with suppress(ValueError, TypeError, RecursionError):
        values = json.loads(text)
        text = json.dumps(values | {"checksum": _checksum(values)})
    _write(folder / "manifest.json", text)


def _checksum(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def hostile_answer(chance: random.Random, folder: Path) -> None:
    """An answer in which something is other than it should be."""
    text = {"en": "It is so.", "ja": "そうである。"}
    answered = Answered("ours", 1, text, [text], [text], 10, ["one"], ["one.yaml"], "0" * 16, False)
    place = store(answered, {}, folder)
    _write(place / "answer.json", _json_of(place, "answer.json")(chance))


HOSTILE: dict[str, Callable[[random.Random, Path], None]] = {
    "`manifest.json` of other values, its checksum right": hostile_manifest,
    "`provenance.json` of other values": partial(hostile_file, "provenance.json"),
    "`.checked.json` of other values": partial(hostile_file, ".checked.json"),
    "`answer.json` of other values": hostile_answer,
}


def _steers(text: str) -> bool:
    return any(not sign.isprintable() and sign not in "\n\u3000" for sign in text)


def by_load(folder: Path) -> str:
    """Open the folder and read its tables."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = load(folder)
            _ = results.series, results.design, results.provenance, repr(results)
    except InputError as error:
        return one_line(error)
    return SAME


def _outcome(said: Said, folder: Path) -> str:
    """Whether a command did its work, or refused the folder in a line that names it."""
    lines = said.err.strip().splitlines()
    assert said.code == 0 or (said.code == 2 and len(lines) == 1 and str(folder) in lines[0]), said
    assert not _steers(said.out + said.err), said
    return SAID if lines else SAME


def by_verify(folder: Path) -> str:
    """`sim verify` with a sample of one."""
    return _outcome(said_by("verify", str(folder), "--sample", "1", "--quiet"), folder)


def by_report(folder: Path) -> str:
    """`sim report`."""
    return _outcome(said_by("report", str(folder), "--quiet"), folder)


def by_page(folder: Path) -> str:
    """The list of folders of `sim page`."""
    listed = Folders(folder.parent).listed("en")
    assert not _steers("".join(line for one in listed for line in one["lines"])), listed
    return SAME if all(one["shown"] for one in listed) else SAID


READERS: dict[str, tuple[int, int, Callable[[Path], str]]] = {
    "load": (2, 200, by_load),
    "`sim verify`": (1, 200, by_verify),
    "page": (2, 200, by_page),
    "`sim report`": (0, 3, by_report),
}


def _attempt(
    write: Callable[[random.Random, Path], None],
    read: Callable[[Path], str],
    chance: random.Random,
    folder: Path,
) -> str:
    copy = folder / "results"
    shutil.copytree(stand().folder, copy)
    write(chance, copy)
    return read(copy)


def text_of(chance: random.Random) -> str:
    """Some of what steers, in any order."""
    return "".join(chance.choices(STEERING[:-3], k=chance.randrange(1, 4)))[:2_000]


def _holds_no_formula(path: Path) -> None:
    book = load_workbook(path)
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def shown_everywhere(chance: random.Random, folder: Path) -> str:
    """Texts in a terminal, a CSV file, a workbook and Markdown are words and nothing else."""
    texts = [text_of(chance) for _ in range(3)]
    printed = io.StringIO()
    table = Table(title=texts[0])
    table.add_column(texts[1])
    table.add_row(texts[2])
    console_on(printed).print(table, texts[0])
    assert not _steers(printed.getvalue()), printed.getvalue()
    frame = pd.DataFrame({texts[0]: [texts[1]], "kind": pd.Categorical([texts[2]]), "number": [-1.5]})
    rows = list(csv.reader(io.StringIO(csv_of(frame), newline="")))
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row), rows
    assert rows[-1][-1] == "-1.5"
    book = Workbook()
    for number, text in enumerate(texts, 1):
        if text.isprintable():  # what cannot be seen is refused where it is read
            book.active.cell(1, number, for_spreadsheet(text))
    book.save(folder / "book.xlsx")
    assert not any(
        cell.data_type == "f" for row in load_workbook(folder / "book.xlsx").active for cell in row
    )
    page = for_markdown(texts[0])
    assert "\n" not in page and not re.search(r"(?<!\\)[<|\[]", page), page
    return SAID


_WORLD = "id,name,region,latitude,longitude,population\n"


def through_a_report(chance: random.Random, folder: Path) -> str:
    """Titles and names of places that steer, from a scenario to its report in every format."""
    seen = [text for text in (text_of(chance).replace("\n", " ") for _ in range(40)) if text.isprintable()]
    titles, names = json.dumps(seen[0]), [text.replace('"', "'") for text in seen[1:4]]
    (folder / "s.yaml").write_text(f"name: s\nextends: baseline\ntitle: {{en: {titles}, ja: {titles}}}\n")
    rows = [f'{number},"{name} {number}","{name}",35,13{number},1000\n' for number, name in enumerate(names)]
    (folder / "places.csv").write_text(_WORLD + "".join(rows))
    out = folder / "results"
    try:
        sim.compare(
            "baseline", str(folder / "s.yaml"), world=str(folder / "places.csv"), replicates=1, out=out
        )
        written = write_report(out, formats=("xlsx", "docx"))
    except InputError as error:
        return one_line(error)
    page = written.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page and "<img src=x" not in page
    for path in out.glob("**/*.csv"):
        if "world" not in path.parts:
            cells = (cell for row in csv.reader(path.open(encoding="utf-8-sig", newline="")) for cell in row)
            assert not any(cell.startswith(("=", "+", "@")) for cell in cells), path
    _holds_no_formula(written.with_suffix(".xlsx"))
    return "shown as words"


TRIALS = [
    *(
        Trial(f"{what}: {reader}", few, many, partial(_attempt, write, read))
        for what, write in HOSTILE.items()
        for reader, (few, many, read) in READERS.items()
    ),
    Trial("texts that steer: terminal, CSV, workbook, Markdown", 20, 2_000, shown_everywhere),
    Trial("texts that steer in titles and names: report, its workbook and document", 0, 10, through_a_report),
]
