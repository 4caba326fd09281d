"""``python -m benchmarks.sim_page benchmarks/sim_page/measured.json``: five minutes; ``make bench-page``.

The file is in the form of pytest-benchmark's, so that ``benchmarks.page`` takes it together with those.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sim_page.browser import (
    OF_PAGE,
    all_painted,
    chromium,
    placed,
    pressed,
    until,
    watch,
    watch_start,
)
from benchmarks.sim_page.server import ROOT, Memory, Server, serving
from benchmarks.sim_page.users import dragging

MOVES, USERS, SECONDS, STARTS = 60, 8, 60.0, 5
#: Every so many moves all replicates are waited for; the others are made as soon as something is seen.
WAITED_FOR = 3
#: Where a slider of JPY M 3,000 starts, so that each step of a key is another sum of money.
FIRST = 70
SOLARA = ROOT / ".venv-viz" / "bin" / "solara"
SOLARA_APP = Path(__file__).with_name("solara_app.py")

#: What is drawn one after the other once the page is opened.
SHOWN = {"levers are drawn": "#lever-subsidy", "the first answer is drawn": "body[data-replicates]"}

type Row = dict[str, Any]


def spread(what: str, milliseconds: Sequence[float]) -> Row:
    """A row of the table of times."""
    middle, most = np.percentile(milliseconds, [50, 95])
    return {"what": what, "tries": len(milliseconds), "p50, ms": float(middle), "p95, ms": float(most)}


def starts(browser: Any) -> list[Row]:
    """From the command to what a browser has painted; the baseline is not there yet."""
    times: dict[str, list[float]] = {}
    for _ in range(STARTS):
        began = time.time()
        with serving() as server:
            times.setdefault("sim page answers", []).append(server.since(server.answers))
            page = browser.new_page()
            watch_start(page, SHOWN)
            page.goto(server.address)
            for what, at in until(page, partial(all_painted, page, SHOWN)).items():
                times.setdefault(what, []).append(at - began)
            page.close()
    return [spread(what, 1e3 * np.asarray(found)) for what, found in times.items()]


def settled(page: Any) -> Callable[[], bool]:
    """Whether all replicates of what the page shows are in."""
    return lambda: bool(page.evaluate("(document.body.dataset.done ?? '').endsWith(' 30')"))


def keys(browser: Any, server: Server) -> list[Row]:
    """From a key on a slider to what is painted; the baseline is there, every sum is new."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.address)
    until(page, settled(page))
    server.since(server.is_idle)
    found: list[dict[str, float]] = []
    whole: list[float] = []
    for lever in ("subsidy", "promotion"):
        placed(page, f"#lever-{lever}", FIRST)
        page.wait_for_timeout(500)
        until(page, settled(page))
        if not found:
            watch(page, *OF_PAGE)
        for number in range(MOVES // 2):
            awaited = "all" if number % WAITED_FOR == 0 else "chart"
            found.append(pressed(page, "ArrowRight", awaited))
            whole += [found[-1]["all"]] if awaited == "all" else []
        until(page, settled(page))
    page.close()
    return [
        spread("key to the four numbers", [move["numbers"] for move in found]),
        spread("key to the chart", [move["chart"] for move in found]),
        spread("key to 30 pairs", whole),
    ]


def solara_keys(browser: Any) -> list[Row]:
    """The same in Solara; no row where it is not installed."""
    if not SOLARA.exists():
        print("Solara is not there, so nothing is compared with it: make .venv-viz/.ready")
        return []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(SOLARA), "run", str(SOLARA_APP), "--no-open", "--no-check-version", "--production"]
    with serving([*command, "--host", "127.0.0.1", "--port", str(port)], port) as server:
        server.since(server.answers)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(server.address)
        until(page, lambda: "30 of 30" in page.inner_text("body"))
        page.focus(".v-slider__thumb-container")
        found = [solara_key(page, waits=number % WAITED_FOR == 0) for number in range(MOVES // 3)]
        page.close()
    return [
        spread("Solara: key to the chart", [move["chart"] for move in found]),
        spread("Solara: key to 30 pairs", [move["all"] for move in found if "all" in move]),
    ]


_SOLARA_KEY = """
() => {
    const marks = window.marks = { text: document.querySelector(".frame").innerText };
    addEventListener("keydown", event => { marks.key = event.timeStamp; }, { capture: true, once: true });
    const look = () => {
        const text = document.querySelector(".frame").innerText;
        const drawn = document.querySelector("img, .solara-figure, svg.mpl")?.src ?? "";
        marks.picture ??= drawn;
        if (marks.key && text.split(":")[0] !== marks.text.split(":")[0] && drawn !== marks.picture) {
            marks.chart ??= performance.now();
            if (text.includes("30 of 30")) marks.all ??= performance.now();
        }
        if (!marks.all) requestAnimationFrame(look);
    };
    look();
}
"""


def solara_key(page: Any, waits: bool) -> dict[str, float]:
    """Milliseconds from a key to what Solara shows of it."""
    page.evaluate(_SOLARA_KEY)
    page.keyboard.press("ArrowRight")
    awaited = "all" if waits else "chart"
    marks = until(page, lambda: (found := page.evaluate("window.marks")).get(awaited) and found)
    return {name: marks[name] - marks["key"] for name in ("chart", "all") if marks.get(name)}


def load(server: Server) -> list[Row]:
    """Eight users who drag at once, and the memory of the server meanwhile."""
    memory = Memory(server.process.pid)
    before, began = memory.processor(), time.perf_counter()
    users = dragging(server.port, USERS, SECONDS)
    share = (memory.processor() - before) / (time.perf_counter() - began)
    memory.stop()
    waits = [1e3 * wait for user in users for wait in user.waits]
    errors = [error for user in users for error in user.errors]
    for error in errors[:5]:
        print(error)
    quarters = np.array_split(memory.sizes, 4)
    return [
        {
            **spread(f"{USERS} users drag for {SECONDS:.0f} s: move to its first frame", waits),
            "errors": len(errors),
            "MB of the server, the most in each quarter of the time": ", ".join(
                f"{max(part):,.0f}" for part in quarters
            ),
            "s from the last move to all of everybody's 30 pairs": max(user.rest or 0.0 for user in users),
            "cores used": share,
        }
    ]


def measured() -> dict[str, Any]:
    """All rows."""
    with chromium() as browser:
        started = starts(browser)
        with serving() as server:
            server.since(lambda: server.health()["ready"])
            pressed_keys = keys(browser, server)
            users = load(server)
        theirs = solara_keys(browser)
    for ours, other in zip(pressed_keys[1:], theirs, strict=False):
        other["times the page's p50"] = other["p50, ms"] / ours["p50, ms"]
    busy = {"what": "load of the machine, one minute", "value": os.getloadavg()[0]}
    groups = {"12 page": started + pressed_keys + theirs, "12 page users": users, "12 page machine": [busy]}
    return {"benchmarks": [{"group": group, "extra_info": {"rows": rows}} for group, rows in groups.items()]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the page and write what was found as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sim_page", description=main.__doc__)
    parser.add_argument("target", type=Path, help="the file that is written")
    target: Path = parser.parse_args(arguments).target
    try:
        found = measured()
    except RuntimeError as error:
        raise SystemExit(f"benchmarks.sim_page: {error}") from None
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
