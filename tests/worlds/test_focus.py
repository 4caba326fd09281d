"""A place of a world by name or code, its neighbours and its municipalities."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.worlds import World, load_world
from sim.worlds.focus import Place, find_place, municipalities_in, neighbours_of

NAGANO = 19


@pytest.fixture(scope="module")
def japan() -> World:
    return load_world("japan", 1)


@pytest.fixture(scope="module")
def drawn() -> World:
    return load_world("synthetic:120", 1)


@pytest.mark.parametrize("text", ["20", "Nagano", "長野県", "長野", "ながの", "Nagano-ken", "20000"])
def test_a_prefecture_comes_first(japan: World, text: str) -> None:
    assert find_place(text, japan) == Place(NAGANO)


@pytest.mark.parametrize(
    "text", ["松本市", "松本", "Matsumoto Shi", "matsumoto", "20202", "202029", "長野県松本市"]
)
def test_then_a_municipality(japan: World, text: str) -> None:
    place = find_place(text, japan)
    assert place.prefecture == NAGANO and place.municipality is not None
    assert japan.labels.municipality[place.municipality] == "松本市"


@pytest.mark.parametrize(
    ("text", "message"),
    [("Nagno", "japan has no such place, did you mean Nagano"),
     ("府中市", r"2 municipalities of that name: 13206"),
     ("48", "japan has no prefecture of that number; give 1 to 47"),
     ("99999", "99999: there is no municipality of that code"),
     ("202020", "the last of six digits is the check digit; for 20202 it is 9"),
     ("xyzzy", "give a prefecture .Hokkaido, 北海道 ...., or a municipality")],
)  # fmt: skip
def test_what_is_no_place_is_told(japan: World, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_place(text, japan)


def test_places_of_a_drawn_world(drawn: World) -> None:
    assert find_place("2", drawn) == find_place("Prefecture 2", drawn) == Place(1)
    home = int(drawn.municipalities.prefecture[4])
    assert find_place("00005", drawn) == find_place("Municipality 5", drawn) == Place(home, 4)
    with pytest.raises(InputError, match="synthetic:120 has no such place"):
        find_place("Nagano", drawn)


def test_neighbours_are_mutual_and_lie_near(japan: World) -> None:
    names = japan.labels.prefecture
    near = {p: neighbours_of(p, japan) for p in range(47)}
    assert all(p in near[q] for p in near for q in near[p]) and all(p not in near[p] for p in near)
    assert {"新潟県", "群馬県", "山梨県", "岐阜県", "静岡県", "愛知県", "富山県", "埼玉県"} <= {
        names[p] for p in near[NAGANO]
    }
    assert [names[p] for p in near[0]] == ["青森県"]


def test_municipalities_of_all_prefectures_are_all(japan: World) -> None:
    every = [i for p in range(47) for i in municipalities_in(p, japan)]
    assert every == list(np.arange(1741)) and len(municipalities_in(NAGANO, japan)) == 77
