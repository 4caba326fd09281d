"""What somebody sees who presses a key in Chromium: times taken in the page, from the key to the paint."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
           "--disable-component-update", "--disable-sync")  # fmt: skip
PATIENCE = 60.0

#: Notes when what is watched was changed first after a key, and then painted; ``{}`` name to selector.
WATCH = """
watched => {
    const marks = window.marks = { key: 0 };
    addEventListener("keydown", event => {
        for (const name in marks) marks[name] = 0;
        marks.key = event.timeStamp;
    }, true);
    const painted = name => requestAnimationFrame(() => setTimeout(() => {
        if (marks.key && !marks[name]) marks[name] = performance.now();
    }));
    for (const [name, selector, attribute] of watched) {
        const inside = { subtree: true, childList: true, characterData: true, attributes: true };
        const found = document.querySelector(selector);
        new MutationObserver(() => (!attribute || found.hasAttribute(attribute)) && painted(name))
            .observe(found, attribute ? { attributes: true, attributeFilter: [attribute] } : inside);
    }
}
"""
#: Notes when what is waited for was first there and painted, in seconds since 1970; ``{}`` name to selector.
WATCH_START = """
watched => {
    const painted = window.painted = {};
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const look = () => {
        for (const [name, selector] of Object.entries(watched)) {
            if (name in painted || !document.querySelector(selector)) continue;
            painted[name] = 0;
            requestAnimationFrame(() => setTimeout(() => { painted[name] = now(); }));
        }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}
"""


@dataclass(frozen=True)
class Watched:
    """Something on a page whose change is looked for.

    Attributes:
        name: of the time that is taken.
        selector: of the element; a change of it or inside of it counts.
        attribute: the one of the element that has to be set anew, where not all changes count.
    """

    name: str
    selector: str
    attribute: str | None = None


#: The four numbers, the chart that is open, and the word that all replicates are in.
OF_PAGE = (
    Watched("numbers", "#numbers"),
    Watched("chart", "#view .charts"),
    Watched("all", "body", "data-done"),
)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window.

    Raises:
        RuntimeError: there is none.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise RuntimeError("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


def until[T](page: Any, condition: Callable[[], T]) -> T:
    """What a condition gives, as soon as it is something.

    Raises:
        TimeoutError: it never is.
    """
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        if found := condition():
            return found
        page.wait_for_timeout(20)
    raise TimeoutError(page.inner_text("body")[:500])


def watch(page: Any, *watched: Watched) -> None:
    """Take the times of what is watched, from now on."""
    page.evaluate(WATCH, [[each.name, each.selector, each.attribute] for each in watched])


def watch_start(page: Any, watched: Mapping[str, str]) -> None:
    """Take the times at which a page that is opened next paints what has these selectors, by name."""
    page.add_init_script(f"({WATCH_START})({json.dumps(watched)})")


def all_painted(page: Any, watched: Mapping[str, str]) -> dict[str, float] | None:
    """When each of them was painted, in seconds since 1970; None as long as one is not."""
    painted: dict[str, float] = page.evaluate("window.painted ?? {}")
    return painted if all(painted.get(name) for name in watched) else None


def pressed(page: Any, key: str, awaited: str) -> dict[str, float]:
    """Milliseconds from a key to the paint of each change that is watched, once one of them is there.

    Args:
        page: on which ``watch`` was called.
        key: which is pressed in what has the focus.
        awaited: name of the change that is waited for; others have no time where they are later.
    """
    page.keyboard.press(key)
    marks = until(page, lambda: (found := page.evaluate("window.marks")).get(awaited) and found)
    return {name: at - marks["key"] for name, at in marks.items() if name != "key" and at}


def placed(page: Any, selector: str, position: float) -> None:
    """Put a slider at a position, as a hand would, and give it the focus."""
    page.evaluate(
        "([selector, position]) => { const slider = document.querySelector(selector); slider.focus();"
        "slider.value = position; slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        [selector, position],
    )
