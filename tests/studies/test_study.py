"""The service that runs studies: events, partial results, cancelling, in a folder and in memory."""

from __future__ import annotations

import threading
from pathlib import Path

import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.errors import IncompleteWarning, InputError
from sim.results import load
from sim.scenarios.scenario import load_scenario
from sim.studies import Event, Stage, Study, StudyCancelled

SCENARIOS = (load_scenario("baseline"), load_scenario("balanced"))
TABLES = ("series", "ledger", "deals", "municipalities")


def experiment(replicates: int = 6) -> Experiment:
    return Experiment("study", SCENARIOS, "synthetic:20", 6, 1, replicates, baseline="baseline")


def in_blocks(study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The study in chunks of two replicates, so that there is something to see while it runs."""
    monkeypatch.setattr("sim.batch.chunks._MOST_RUNS", 4)
    return study


@pytest.mark.parametrize("workers", [1, 2])
def test_memory_and_folder_hold_the_same(tmp_path: Path, workers: int) -> None:
    stored = Study(experiment(), tmp_path / "r").run()
    kept = Study(experiment(), in_memory=True, workers=workers).run()
    for table in TABLES:
        pd.testing.assert_frame_equal(kept.table(table), stored.table(table))
    pd.testing.assert_frame_equal(kept.comparison, stored.comparison)
    pd.testing.assert_frame_equal(kept.summary, stored.summary)
    pd.testing.assert_frame_equal(kept.runs(), stored.runs())
    assert kept.stored.missing == 0 and kept.experiment.digest() == stored.experiment.digest()
    assert not list(Path.cwd().glob("*in memory*"))


@pytest.mark.parametrize("in_memory", [False, True])
def test_events_count_up_and_give_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    study = in_blocks(Study(experiment(), tmp_path / "r", in_memory), monkeypatch)
    seen: list[tuple[Stage, int, int]] = []
    sizes = []
    for event in study.events():
        seen.append((event.stage, event.done, event.total))
        if event.stage is Stage.RUNNING and event.done:
            sizes.append((event.done, len(event.results().runs("deals_signed"))))
    assert seen[0] == (Stage.BUILDING, 0, 0)
    assert seen[-1] == (Stage.DONE, 12, 12)
    running = [done for stage, done, _ in seen if stage is Stage.RUNNING]
    assert running == sorted(running) and len(set(running)) > 2
    assert sizes and all(done == rows for done, rows in sizes)


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_cancelled_study_stops_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    study = in_blocks(Study(experiment(20), tmp_path / "r", in_memory), monkeypatch)
    cancel = threading.Event()

    def stop_soon(event: Event) -> None:
        if event.stage is Stage.RUNNING and event.done:
            cancel.set()

    with pytest.raises(StudyCancelled, match="cancelled after") as stopped:
        study.run(stop_soon, cancel)
    done = stopped.value.last.done
    assert 0 < done < 40
    assert len(stopped.value.last.results().runs("meetings")) == done
    if not in_memory:
        with pytest.warns(IncompleteWarning, match=f"{done} of 40 runs are stored"):
            assert len(load(tmp_path / "r").runs("meetings")) == done
        again = study.run()
        assert len(again.runs("meetings")) == 40
        pd.testing.assert_frame_equal(again.series, Study(experiment(20), in_memory=True).run().series)


def test_closing_the_events_cancels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = in_blocks(Study(experiment(200), tmp_path / "r"), monkeypatch)
    before = set(threading.enumerate())
    events = study.events()
    for event in events:
        if event.done:
            break
    events.close()  # type: ignore[attr-defined]  # a generator
    left = set(threading.enumerate()) - before
    with pytest.warns(IncompleteWarning):
        assert len(load(tmp_path / "r").runs("meetings")) < 400
    assert not left


def test_wrong_input_comes_out_of_the_events(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else than results"):
        list(Study(experiment(), tmp_path).events())
    with pytest.raises(InputError, match="no run is done yet"):
        Event(Stage.BUILDING).results()


def test_a_cancel_token_stays_as_it_is_when_a_study_ends_or_is_closed() -> None:
    token = threading.Event()
    assert [event.stage for event in Study(experiment(2), in_memory=True).events(token)][-1] is Stage.DONE
    assert not token.is_set()
    events = Study(experiment(2), in_memory=True).events(token)
    next(events)
    events.close()
    assert not token.is_set()
