"""The page of performance, from what the benchmarks measured.

``python -m benchmarks.page .benchmarks/latest.json docs/performance.md``; several files are taken
together. A benchmark names its section in
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


def page(measured: Sequence[Mapping[str, Any]]) -> str:
    """The page of files that pytest-benchmark wrote."""
    texts = yaml.safe_load(SECTIONS.read_text(encoding="utf-8"))
    machine = next(file["machine_info"] for file in measured if "machine_info" in file)
    benchmarks = [benchmark for file in measured for benchmark in file["benchmarks"]]
    lines = [
        "# Performance",
        "",
        "Made by `make bench` from `benchmarks/`. " + _joined(texts["intro"]),
        "",
        f"Python {machine['python_version']}, {machine['system']} {machine['machine']}, "
        f"{machine['cpu'].get('count', '?')} cores.",
    ]
    lines += ["", f"## {texts['goals']['title']}", "", _joined(texts["goals"]["before"]), ""]
    lines += _table(_goals(benchmarks, texts["goals"]["rows"]))
    lines += ["", _joined(texts["goals"]["after"])]
    for key, section in texts["sections"].items():
        rows = _rows(benchmarks, key)
        if rows:
            lines += ["", f"## {section['title']}", "", _joined(section["before"]), "", *_table(rows)]
            lines += ["", _joined(section["after"])] if section.get("after") else []
    return "\n".join(lines) + "\n"


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
    if not any("machine_info" in file for file in chosen.sources):
        parser.error("none of the files says which machine it is of: give that of pytest-benchmark, too")
    chosen.target.write_text(page(chosen.sources), encoding="utf-8")


if __name__ == "__main__":
    main()
