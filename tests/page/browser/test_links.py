"""Links that somebody has spoilt, in a real browser: the page shows what they hold, or says why not."""

from __future__ import annotations

import base64
import random
import zlib

import pytest

from tests.page import fuzz
from tests.page.browser.conftest import Open, refined, wait


def link(text: bytes) -> str:
    """A fragment that holds a text."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(text) + packer.flush()
    return f"#1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def test_a_link_that_cannot_be_run_says_why(visit: Open) -> None:
    spoilt = b'{"v":1,"scenarios":[{"name":"x","title":5,"overlay":{"levers":{"subsidi":{"2019":1}}}}]}'
    assert "cannot run" in visit(link(spoilt)).inner_text("#notice")


def test_a_link_that_unpacks_to_very_much_is_refused(visit: Open) -> None:
    huge = b'{"v":1,"scenarios":[],"x":"' + b" " * 60_000_000 + b'"}'
    assert "not whole" in visit(link(huge)).inner_text("#notice")


def test_a_link_that_is_not_shown_does_not_stay_in_the_address(visit: Open) -> None:
    """What is copied from there is what the page shows."""
    page = visit()
    shown = page.evaluate("location.hash")
    page.evaluate("location.hash = '#1.AAAA'")
    wait("the word", lambda: "not whole" in page.inner_text("#notice"))
    wait("the address", lambda: page.evaluate("location.hash") == shown)


SLOW_TO_PACK = """
const Packer = CompressionStream;
globalThis.CompressionStream = function (how) {
  const late = { start: () => new Promise((resolve) => setTimeout(resolve, 2000)) };
  const { readable, writable } = new TransformStream(late);
  return { readable: readable.pipeThrough(new Packer(how)), writable };
};
"""


def test_results_that_are_done_stand_under_their_own_address(visit: Open) -> None:
    """However long it takes a busy machine to write it."""
    page = visit()
    shown = page.evaluate("location.hash")
    page.add_init_script(SLOW_TO_PACK)
    page.evaluate("history.replaceState(null, '', '#')")
    page.reload()
    wait("the first results", lambda: refined(page))
    assert page.evaluate("location.hash") == shown
    page.focus("#lever-subsidy")
    page.keyboard.press("End")
    wait("other results", lambda: "choose a preset" not in page.inner_text("#answer") and refined(page))
    assert page.evaluate("location.hash") != shown


@pytest.mark.slow
def test_spoilt_links_never_break_the_page(visit: Open) -> None:
    """In one page, one after the other; ``visit`` looks for errors in the end."""
    page, chance = visit(), random.Random(11)
    for _ in range(200):
        spoilt = fuzz.fragment(chance)
        page.evaluate("link => { location.hash = link; }", spoilt)
        page.wait_for_timeout(60)
        assert page.locator("#lever-subsidy").count() == 1, spoilt
    page.evaluate("link => { location.hash = link; }", link(b'{"v":1,"scenarios":[],"view":"goals"}'))
    wait("a good link", lambda: refined(page, "goals"))
