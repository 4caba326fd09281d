"""Setup, checks and files, asked of a real server."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

import sim
from sim.batch import chunks
from sim.page.house import House
from sim.page.runs import experiment
from sim.page.serving import listening
from sim.page.settings import STATIC
from sim.page.state import scenarios_of, state_of
from sim.studies import Study
from tests.page.served import SMALL, Visitor, served, until, wanted

EXAMPLES = Path(__file__).parents[2] / "experiments" / "worlds"


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[Visitor, House]]:
    with served() as found:
        yield found


def test_setup_and_specs_are_there_in_both_languages(page: tuple[Visitor, House]) -> None:
    for lang in ("en", "ja"):
        status, setup = page[0].json(f"/api/setup?lang={lang}")
        assert status == 200 and setup["lang"] == lang and setup["levers"] and setup["words"]
        status, specs = page[0].json(f"/api/specs?lang={lang}")
        assert status == 200 and specs["effects"]["$schema"].endswith("v6.json")


def test_the_page_and_its_parts_are_served(page: tuple[Visitor, House]) -> None:
    status, headers, content = page[0].ask("/")
    assert status == 200 and headers["content-type"].startswith("text/html") and b"<script" in content
    status, headers, _ = page[0].ask("/static/main.js")
    assert status == 200 and headers["content-type"].startswith("text/javascript")


def test_all_modules_of_the_page_are_asked_for_at_once() -> None:
    """Else a browser finds one by reading another, and the page waits four times over."""
    named = set(re.findall(r'"/static/(\w+\.js)"', (STATIC / "index.html").read_text(encoding="utf-8")))
    assert named == {path.name for path in STATIC.glob("*.js")}


def test_answers_are_sent_at_once() -> None:
    """A short answer in two packets waits 40 ms for the first one's receipt where it may not."""
    with closing(listening(SMALL)) as door, ThreadPoolExecutor(1) as thread:
        door.listen()
        with socket.create_connection(door.getsockname()), closing(door.accept()[0]) as accepted:
            # a browser of other tests may have its loop in this thread
            assert thread.submit(lambda: asyncio.run(_is_sent_at_once(accepted))).result()


async def _is_sent_at_once(accepted: socket.socket) -> bool:
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(asyncio.Protocol, accepted)
    found = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    transport.close()
    return bool(found)


def test_a_file_is_checked_with_line_and_column(page: tuple[Visitor, House]) -> None:
    text = "name: mine\nextends: baseline\nlevers:\n  subsdy:\n    2027: 5\n"
    status, found = page[0].json("/api/check", {"yaml": text, "lang": "en"})
    assert status == 200 and not found["ok"]
    assert (found["lines"][0]["line"], "subsidy" in found["lines"][0]["text"]) == (4, True)
    status, found = page[0].json("/api/check", {"yaml": text.replace("subsdy", "subsidy")})
    assert found["ok"] and found["digest"] and found["entry"]["name"] == "mine"


def test_data_have_the_numbers_of_the_command_line(page: tuple[Visitor, House]) -> None:
    body = wanted(money=3_000.0)
    status, headers, content = page[0].ask("/api/download/csv", body)
    assert status == 200 and headers["content-disposition"].startswith("attachment")
    scenario = sim.load_scenario("baseline").overlaid("more", levers={"subsidy": {2018: 3_000.0}})
    study: dict[str, Any] = {"world": SMALL.world, "quarters": SMALL.quarters, "replicates": 8}
    theirs = sim.compare("baseline", scenario, **study, in_memory=True).series
    assert _digest(pd.read_csv(io.BytesIO(content))) == _digest(theirs)


def _digest(series: pd.DataFrame) -> str:
    """Of every number in it, bit by bit, in the order of the runs."""
    names = [name for name in series if name not in ("scenario", "quarter")]
    text = series[["scenario", "quarter"]].astype(str).to_csv(index=False).encode()
    return hashlib.sha256(text + series[names].to_numpy(float).tobytes()).hexdigest()


def test_a_scenario_comes_back_as_a_file(page: tuple[Visitor, House]) -> None:
    visitor, body = page[0], wanted(money=3_000.0)
    _, _, content = visitor.ask("/api/download/yaml", body)
    found = visitor.json("/api/check", {"yaml": content.decode()})[1]
    of_state = visitor.json("/api/check", {"state": body["state"]})[1]
    assert found["digest"] == of_state["digests"]["more"]


def test_no_such_file_is_a_line(page: tuple[Visitor, House]) -> None:
    for kind, body in (("exe", wanted()), ("csv", wanted(figure=3)), ("csv", {"state": {"v": 1}})):
        status, found = page[0].json(f"/api/download/{kind}", body)
        assert status == 400 and found["lines"]


def test_a_world_of_any_name_has_files(tmp_path: Path) -> None:
    """Headers hold Latin letters only; where the world lies on this machine is nobody's business."""
    world = tmp_path / "離島の世界.csv"
    world.write_bytes((EXAMPLES / "made_up_isles.csv").read_bytes())
    with served(replace(SMALL, world=str(world))) as (visitor, _):
        status, headers, _ = visitor.ask("/api/download/csv", wanted(replicates=1))
        assert status == 200
        name = headers["content-disposition"].removeprefix("attachment; filename*=UTF-8''")
        assert unquote(name) == "more-離島の世界-n1.csv"
        setup = visitor.json("/api/setup")[1]
        assert setup["world"]["name"] == "離島の世界" and str(tmp_path) not in str(setup)


def test_a_full_machine_is_a_line(
    page: tuple[Visitor, House], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    status, found = page[0].json("/api/check", {"yaml": "name: mine\nextends: baseline\n"})
    assert status == 507 and "No space left on device" in found["lines"][0]
    assert not caplog.records


def test_health_tells_a_page_what_it_was_loaded_of(page: tuple[Visitor, House]) -> None:
    setup, health = (page[0].json(f"/api/{what}")[1]["served"] for what in ("setup", "health"))
    assert setup == health == SMALL.identity
    others = (replace(SMALL, world="synthetic:41"), replace(SMALL, seed=2), replace(SMALL, quarters=20))
    assert len({SMALL.identity, *(other.identity for other in others)}) == 4


def test_a_page_that_is_ended_waits_for_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """With frames under way there is no trace of them in the terminal."""
    slow = replace(SMALL, world="synthetic:150", quarters=60, replicates=30, workers=1)
    with served(slow) as (visitor, _):
        lines = visitor.lines(wanted())
        assert next(lines)["kind"] in ("frame", "queued")
    assert list(lines)[-1:] != [{"kind": "done", "replicates": 30}]
    assert not [record for record in caplog.records if "ASGI" in record.message]


def test_a_file_that_nobody_waits_for_is_given_up() -> None:
    with served(replace(SMALL, workers=1, replicates=30, quarters=60)) as (visitor, house):

        def ask() -> None:
            with (
                pytest.raises(OSError, match="timed out"),
                visitor.asked("/api/download/csv", wanted(), timeout=0.3),
            ):
                pass

        thread = threading.Thread(target=ask)
        thread.start()
        until(lambda: house.desk.queue == 1)
        thread.join()
        until(lambda: house.desk.queue == 0)
        assert len(house.desk.cache) < 60


def test_the_drawing_library_is_told_to_be_made(tmp_path: Any) -> None:
    from sim.page.bundle import Bundle

    with served() as (visitor, house):
        object.__setattr__(house, "bundle", Bundle(tmp_path / "vega.js"))
        status, headers, _ = visitor.ask("/vega.js")
        assert status == 503 and headers["retry-after"]
        (tmp_path / "vega.js").write_text("export {}")
        assert visitor.ask("/vega.js")[0] == 200


def test_a_folder_is_written_of_the_runs_that_are_held(
    page: tuple[Visitor, House], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    visitor, house = page
    body = wanted(money=4_000.0)
    *_, last = visitor.lines({**body, "views": ["effects"]})
    assert last["kind"] == "done"

    def run_again(*_: Any) -> None:
        pytest.fail("a run that is held was carried out again")

    monkeypatch.setattr(chunks, "checked_run", run_again)
    monkeypatch.setattr(chunks, "run_together", run_again)
    state = state_of(body["state"])
    held = experiment(scenarios_of(state), SMALL.world, 1, SMALL.quarters, SMALL.replicates)
    results = house.desk.results(house.desk.take("somebody"), held, tmp_path / "written")
    monkeypatch.undo()
    Study(held, tmp_path / "run").run()
    files = sorted(path.relative_to(tmp_path / "run") for path in (tmp_path / "run").rglob("*.parquet"))
    assert len(files) > 3 and results.stored.runs == 16
    for file in files:
        assert (tmp_path / "written" / file).read_bytes() == (tmp_path / "run" / file).read_bytes()
