"""Frames as they come, from a real server: they grow, the newest request counts, and users take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

import sim
from tests.page.served import SMALL, Visitor, served, until, wanted


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[Visitor, Any]]:
    with served() as found:
        yield found


def frames(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["kind"] == "frame"]


def test_frames_come_while_runs_are_under_way_and_grow(page: tuple[Visitor, Any]) -> None:
    lines = list(page[0].lines(wanted(money=4_000.0)))
    shown = [frame["replicates"] for frame in frames(lines)]
    assert lines[-1] == {"kind": "done", "replicates": SMALL.replicates}
    assert len(shown) > 1 and shown[0] <= 2 and shown[-1] == SMALL.replicates
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


def test_the_newest_request_of_a_user_takes_the_place_of_the_older(page: tuple[Visitor, Any]) -> None:
    visitor, house = page
    older = visitor.lines(wanted("dragging", money=1_111.0))
    next(older)
    newer = list(visitor.lines(wanted("dragging", money=1_112.0)))
    rest = list(older)
    assert newer[-1]["kind"] == "done"
    assert rest[-1]["kind"] == "replaced" and "done" not in [line["kind"] for line in rest]
    until(lambda: house.desk.queue == 0)


def test_a_client_that_goes_away_cancels_its_runs(page: tuple[Visitor, Any]) -> None:
    visitor, house = page
    held = len(house.desk.cache)
    with visitor.asked("/api/run", wanted("leaving", money=7_777.0)) as response:
        response.readline()
    until(lambda: house.desk.queue == 0)
    made = len(house.desk.cache) - held
    assert made < SMALL.replicates  # each of its replicates was a run to come


def test_two_users_take_turns_and_are_told_their_place() -> None:
    from dataclasses import replace

    with served(replace(SMALL, workers=1, replicates=30, quarters=40)) as (visitor, house):
        begun = threading.Event()
        told: dict[str, list[dict[str, Any]]] = {"first": [], "second": []}
        order: list[str] = []

        def ask(user: str, money: float) -> None:
            for line in visitor.lines(wanted(user, money=money)):
                told[user].append(line)
                order.append(user)
                begun.set()

        first = threading.Thread(target=ask, args=("first", 1.0))
        second = threading.Thread(target=ask, args=("second", 2.0))
        first.start()
        begun.wait(30)
        second.start()
        first.join(60)
        second.join(60)
        assert [lines[-1]["kind"] for lines in told.values()] == ["done", "done"]
        assert order.index("second") < len(order) - 1 - order[::-1].index(
            "first"
        )  # it did not wait for all of it
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
    from dataclasses import replace

    with served(replace(SMALL, most_bytes=200_000)) as (visitor, house):
        for money in (1.0, 2.0, 3.0):
            assert list(visitor.lines(wanted(money=money)))[-1]["kind"] == "done"
        assert house.desk.cache.bytes <= 200_000
        assert 0 < len(house.desk.cache) < 4 * SMALL.replicates
