"""The page of performance, from what the benchmarks measured.

``python -m benchmarks.page .benchmarks/latest.json docs/performance.md``; several files are taken
together, and what none of them measured stays on the page as it was. A benchmark names its section in
``benchmark.group`` and leaves its rows in ``benchmark.extra_info``: a mapping of column to value under
``row``, or a list of them under ``rows``. What stands around the tables is in ``sections.yaml``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

SECTIONS = Path(__file__).with_name("sections.yaml")

type Row = Mapping[str, Any]


def page(measured: Sequence[Mapping[str, Any]], before: str = "") -> str:
    """The page of files that pytest-benchmark wrote.

    Args:
        measured: what they hold.
        before: the page as it was.
    """
    texts, old = yaml.safe_load(SECTIONS.read_text(encoding="utf-8")), before.splitlines()
    benchmarks = [benchmark for file in measured for benchmark in file["benchmarks"]]
    lines = [
        "# Performance",
        "",
        "Made by `make bench` from `benchmarks/`. " + _joined(texts["intro"]),
        "",
        _machine(measured) or next(line for line in old if line.startswith("Python ")),
    ]
    lines += ["", f"## {texts['goals']['title']}", "", _joined(texts["goals"]["before"]), ""]
    known = {line.split(" | ")[0]: line for line in old}
    for line in _table(_goals(benchmarks, texts["goals"]["rows"])):
        lines.append(known.get(line.split(" | ")[0], line) if "not measured" in line else line)
    lines += ["", _joined(texts["goals"]["after"])]
    for key, section in texts["sections"].items():
        rows = _rows(benchmarks, key)
        if rows:
            lines += ["", f"## {section['title']}", "", _joined(section["before"]), "", *_table(rows)]
            lines += ["", _joined(section["after"])] if section.get("after") else []
        else:
            lines += _section(old, f"## {section['title']}")
    return "\n".join(lines) + "\n"


def _machine(measured: Sequence[Mapping[str, Any]]) -> str | None:
    """What was measured on; None where no file says it."""
    for file in measured:
        if machine := file.get("machine_info"):
            system = f"{machine['system']} {machine['machine']}"
            return f"Python {machine['python_version']}, {system}, {machine['cpu'].get('count', '?')} cores."
    return None


def _section(page: Sequence[str], title: str) -> list[str]:
    """Lines of a section of a page, with an empty one before; none where it has no such section."""
    if title not in page:
        return []
    rest = page[page.index(title) + 1 :]
    end = next((number for number, line in enumerate(rest) if line.startswith("## ")), len(rest))
    return ["", title, *"\n".join(rest[:end]).rstrip().splitlines()]


def _joined(text: str) -> str:
    return " ".join(text.split())


def _rows(benchmarks: Sequence[Mapping[str, Any]], key: str) -> list[Row]:
    rows: list[Row] = []
    for benchmark in benchmarks:
        if benchmark["group"] == key:
            info = benchmark["extra_info"]
            rows += info.get("rows", []) + ([info["row"]] if "row" in info else [])
    return rows


def _goals(benchmarks: Sequence[Mapping[str, Any]], goals: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Each goal beside its figure: the number in a column of the row that a text begins."""
    found = []
    for goal in goals:
        rows = [row for row in _rows(benchmarks, goal["section"]) if _is_about(row, goal["row"])]
        value = float(str(rows[0][goal["column"]]).rpartition(" ")[2]) if rows else None
        reached = value is not None and (value <= goal["wanted"]) == (goal["sense"] == "at most")
        verdict = "not measured" if value is None else "yes" if reached else "no"
        wanted = f"{goal['sense']} {goal['wanted']:g}"
        found.append({"goal": goal["goal"], "wanted": wanted, "measured": value, "reached": verdict})
    return found


def _is_about(row: Row, text: str) -> bool:
    return str(next(iter(row.values()))).startswith(text)


def _table(rows: Sequence[Row]) -> list[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    head = f"| {' | '.join(columns)} |"
    rule = "|" + " --- |" * len(columns)
    body = [f"| {' | '.join(_cell(row.get(column)) for column in columns)} |" for row in rows]
    return [head, rule, *body]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def measurements(text: str) -> Mapping[str, Any]:
    """What a file of measurements holds.

    Raises:
        argparse.ArgumentTypeError: there is no such file, or it holds something else.
    """
    try:
        found = json.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or "benchmarks" not in found:
        raise argparse.ArgumentTypeError(f"must be a file that the benchmarks wrote, not {text}")
    return found


def page_to_write(text: str) -> Path:
    """A page, so that no measurements are written over.

    Raises:
        argparse.ArgumentTypeError: it is none, or its folder is not there.
    """
    if not (text.endswith(".md") and Path(text).parent.is_dir()):
        raise argparse.ArgumentTypeError(f"must be a page (.md) in a folder that is there, not {text}")
    return Path(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page of what the benchmarks measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=main.__doc__)
    parser.add_argument("sources", type=measurements, nargs="+", help="files that the benchmarks wrote")
    parser.add_argument("target", type=page_to_write, help="the page")
    chosen = parser.parse_args(arguments)
    before = chosen.target.read_text(encoding="utf-8") if chosen.target.is_file() else ""
    if not before and _machine(chosen.sources) is None:
        parser.error("none of the files says which machine it is of: give that of pytest-benchmark, too")
    chosen.target.write_text(page(chosen.sources, before), encoding="utf-8")


if __name__ == "__main__":
    main()
