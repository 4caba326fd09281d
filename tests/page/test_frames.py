"""Frames as they come, from a real server: they grow, the newest request counts, and users take turns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

import sim
from sim.page.runs import experiment
from tests.page.served import SMALL, Visitor, served, until, wanted

#: A page whose runs take a while, one after the other.
SLOW = replace(SMALL, world="synthetic:150", quarters=60, replicates=30, workers=1)


@pytest.fixture(scope="module")
def slow() -> Iterator[tuple[Visitor, Any]]:
    with served(SLOW) as found:
        yield found


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[Visitor, Any]]:
    with served() as found:
        yield found


def frames(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["kind"] == "frame"]


def test_frames_come_while_runs_are_under_way_and_grow(slow: tuple[Visitor, Any]) -> None:
    lines = list(slow[0].lines(wanted(money=4_000.0)))
    shown = [frame["replicates"] for frame in frames(lines)]
    assert lines[-1] == {"kind": "done", "replicates": SLOW.replicates}
    assert len(shown) > 1 and shown[-1] == SLOW.replicates
    assert all(before < after for before, after in pairwise(shown))
    assert all(frame["views"]["answer"]["n"] == frame["replicates"] for frame in frames(lines))


def test_the_last_frame_has_the_numbers_of_the_command_line(page: tuple[Visitor, Any]) -> None:
    *_, last, _ = page[0].lines(wanted(money=3_000.0))
    found = [row for row in last["views"]["answer"]["rows"] if row["place"] == 1]
    scenario = sim.load_scenario("baseline").overlaid("more", levers={"subsidy": {2018: 3_000.0}})
    study = {"world": SMALL.world, "quarters": SMALL.quarters, "replicates": SMALL.replicates}
    results = sim.compare("baseline", scenario, **study, in_memory=True)
    theirs = results.contrast("more", "baseline", [row["outcome"] for row in found])
    for row, (effect, low, high) in zip(found, theirs[["effect", "ci_low", "ci_high"]].values, strict=True):
        assert [row["value"], row["low"], row["high"]] == pytest.approx([effect, low, high])
    assert theirs["ci_low"].lt(theirs["ci_high"]).any()


def test_what_was_run_is_there_at_once(page: tuple[Visitor, Any]) -> None:
    visitor, house = page
    first = list(visitor.lines(wanted(money=2_000.0)))
    held = len(house.desk.cache)
    second = list(visitor.lines(wanted("another", money=2_000.0)))
    assert len(house.desk.cache) == held
    assert [frame["replicates"] for frame in frames(second)] == [SMALL.replicates]
    assert frames(second)[-1]["views"] == frames(first)[-1]["views"]


def test_the_newest_request_of_a_user_takes_the_place_of_the_older(slow: tuple[Visitor, Any]) -> None:
    visitor, house = slow
    older = visitor.lines(wanted("dragging", money=1_111.0))
    next(older)
    newer = list(visitor.lines(wanted("dragging", money=1_112.0)))
    rest = list(older)
    assert newer[-1]["kind"] == "done"
    assert rest[-1]["kind"] == "replaced" and "done" not in [line["kind"] for line in rest]
    until(lambda: house.desk.queue == 0)


def test_a_client_that_goes_away_cancels_its_runs(slow: tuple[Visitor, Any]) -> None:
    visitor, house = slow
    held = len(house.desk.cache)
    with visitor.asked("/api/run", wanted("leaving", money=7_777.0)) as response:
        response.readline()
    until(lambda: house.desk.queue == 0)
    made = len(house.desk.cache) - held
    assert 0 < made < SLOW.replicates  # each of its replicates was a run to come


def test_who_does_not_read_takes_no_place_from_others(page: tuple[Visitor, Any]) -> None:
    """A machine that was shut in the middle of it: its end of the line takes nothing, and says nothing."""
    from sim.page.stream import Frames
    from sim.page.views import Asked

    house = page[1]
    scenarios = [sim.load_scenario(name) for name in ("baseline", "balanced")]
    study = experiment(scenarios, SMALL.world, 1, SMALL.quarters, SMALL.replicates)
    frames_of = Frames(house.desk, house.ready, study, ["answer"], Asked(), 60.0)

    async def first() -> None:
        lines = frames_of.lines(house.desk.take("asleep"))
        assert await anext(lines)
        await asyncio.to_thread(until, lambda: house.desk.queue == 0)  # nobody asks for the next line

    with ThreadPoolExecutor(1) as thread:  # a browser of other tests has a loop of its own in this one
        thread.submit(lambda: asyncio.run(first())).result()


def test_two_users_take_turns(slow: tuple[Visitor, Any]) -> None:
    visitor, house = slow
    begun = threading.Event()
    order: list[tuple[str, str]] = []

    def ask(user: str, money: float) -> None:
        for line in visitor.lines(wanted(user, money=money)):
            order.append((user, line["kind"]))
            begun.set()

    threads = [threading.Thread(target=ask, args=given) for given in (("first", 1.0), ("second", 2.0))]
    threads[0].start()
    begun.wait(30)
    threads[1].start()
    for thread in threads:
        thread.join(60)
    assert order.count(("first", "done")) == order.count(("second", "done")) == 1
    assert order.index(("second", "frame")) < order.index(("first", "done"))  # it did not wait for all of it
    assert house.desk.queue == 0


def test_who_waits_is_told_a_place() -> None:
    """The desk itself, with work that lasts as long as the test wants."""
    from sim.page.desk import Desk
    from sim.page.runs import Cache

    desk, gate = Desk(1, Cache()), threading.Event()
    tickets = [desk.take(user) for user in "abc"]
    for ticket in tickets:
        for _ in range(2):
            desk._submit(ticket, lambda: gate.wait(30))
        until(lambda: tickets[0].begun)
    assert [desk.place(ticket) for ticket in tickets] == [0, 2, 3]  # next is a's other run
    desk.leave(tickets[1])
    assert [desk.place(ticket) for ticket in tickets] == [0, 0, 2]
    gate.set()
    until(lambda: tickets[2].begun)
    desk.close()


def test_what_is_wrong_with_a_scenario_is_told(page: tuple[Visitor, Any]) -> None:
    body = wanted()
    body["state"]["scenarios"][0]["overlay"]["levers"] = {"subsdy": {"2018": 1}}
    for lang, word in (("en", "subsidy"), ("ja", "subsidy")):
        status, found = page[0].json("/api/run", body | {"lang": lang})
        assert status == 400 and "subsdy" in found["lines"][0] and word in found["lines"][0]


def test_one_view_that_cannot_be_shown_leaves_the_others(page: tuple[Visitor, Any]) -> None:
    from sim.page.views import VIEWS

    names = [*VIEWS, "of another version"]
    *_, last, _ = page[0].lines(wanted(views=names, place="no such place"))
    assert set(last["views"]) == set(VIEWS)
    assert last["views"]["answer"]["rows"]


def test_runs_are_forgotten_where_there_are_too_many() -> None:
    with served(replace(SMALL, most_bytes=200_000)) as (visitor, house):
        for money in (1.0, 2.0, 3.0):
            assert list(visitor.lines(wanted(money=money)))[-1]["kind"] == "done"
        assert house.desk.cache.bytes <= 200_000
        assert 0 < len(house.desk.cache) < 4 * SMALL.replicates
