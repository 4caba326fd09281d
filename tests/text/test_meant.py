from __future__ import annotations

import pickle
import random
import time
from pathlib import Path

import sim
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.yaml_file import Document
from sim.text.meant import Hinted, nearest

PACKAGE = Path(sim.__file__).parent


def test_a_slip_of_the_hand_is_found_among_many() -> None:
    chance, names = random.Random(1), list(declared())
    crowd = [*("".join(chance.choices("abcdefg_", k=20)) for _ in range(2_000)), *names]
    for name in names:
        place = chance.randrange(len(name))
        for slip in (name[:place] + name[place + 1 :], name[:place] + "x" + name[place:]):
            assert nearest(slip, crowd, 0.8) == name
    assert nearest("大坂", [*crowd, "大阪"], 0.5) == "大阪"
    assert nearest("nothing like it", crowd, 0.8) is None
    assert nearest("", [], 0.5) is None


def test_however_many_and_long_the_words_are_it_takes_no_time() -> None:
    chance = random.Random(2)
    known = ["".join(chance.sample("ab" * 100, 200)) for _ in range(20_000)]
    started = time.process_time()
    for _ in range(5):
        nearest("".join(chance.sample("ab" * 100, 200)), known, 0.8)
    assert time.process_time() - started < 5.0


def test_words_are_compared_in_one_place() -> None:
    """Where what is meant is sought in a bounded number of words of bounded length."""
    using = [path.name for path in PACKAGE.rglob("*.py") if "difflib" in path.read_text(encoding="utf-8")]
    assert using == ["meant.py"]


def test_a_hint_is_sought_only_where_it_is_told() -> None:
    asked: list[int] = []

    def hint() -> str:
        asked.append(1)
        return ", did you mean X?"

    document = Document(Path("mine.yaml"), {}, {})
    error = document.error(("a", "b"), Hinted("no such thing", hint))
    assert isinstance(error, InputError) and not asked
    assert error.lines == ("mine.yaml: a.b: no such thing, did you mean X?",)
    again = pickle.loads(pickle.dumps(InputError(Hinted("no such thing", hint))))
    assert str(again) == "no such thing, did you mean X?"
