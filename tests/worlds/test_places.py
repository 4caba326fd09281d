"""Places by name and code: every spelling finds the place, and what is wrong is told."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.worlds.places import (
    PREFECTURES,
    REGIONS,
    find_municipality,
    find_prefecture,
    find_region,
    municipality_code,
    prefectures,
    region_of,
    with_check_digit,
)
from sim.worlds.tables import read_table


@pytest.mark.parametrize(
    "text",
    ["長野県", "長野", "ながの", "ながのけん", "ナガノ", "ﾅｶﾞﾉ", "Nagano", "nagano-ken", "NAGANO KEN",
     "Nagano Prefecture", "Nagano pref.", 20, "20", "２０", "20000", "200000"],
)  # fmt: skip
def test_one_prefecture_has_many_spellings(text: object) -> None:
    assert find_prefecture(text) == 20


@pytest.mark.parametrize(
    ("text", "code"),
    [("Kōchi", 39), ("kouchi", 39), ("Ôita", 44), ("Oita", 44), ("Hyogo", 28), ("Gumma", 10), ("京都", 26),
     ("東京", 13), ("きょうと", 26), ("とうきょう", 13), ("おおさかふ", 27), ("北海道", 1),
     ("ほっかいどう", 1), ("Hokkaidō", 1), ("010006", 1), (10006, 1)],
)  # fmt: skip
def test_prefectures_that_are_written_differently(text: object, code: int) -> None:
    assert find_prefecture(text) == code


def test_every_prefecture_is_found_by_all_its_names() -> None:
    assert [one.code for one in prefectures()] == list(range(1, PREFECTURES + 1))
    for one in prefectures():
        for name in (one.name, one.romaji, one.kana, f"{one.code:02d}", f"{one.romaji}-ken"):
            assert find_prefecture(name) == one.code


@pytest.mark.parametrize(
    ("text", "message"),
    [("Nagno", "'Nagno' is no prefecture of Japan, did you mean Nagano?"),
     (48, "'48' is no prefecture of Japan, give its name or its code, 1 to 47"),
     ("1.0", "no prefecture"), ("-20", "no prefecture"), (True, "no prefecture"),
     (None, "no prefecture"), ("", "no prefecture")],
)  # fmt: skip
def test_what_is_no_prefecture_is_told(text: object, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("?", "[?]")):
        find_prefecture(text)


def test_regions_hold_all_prefectures() -> None:
    regions = [region_of(one.code) for one in prefectures()]
    assert tuple(dict.fromkeys(regions)) == REGIONS
    assert [regions.count(name) for name in REGIONS] == [1, 6, 7, 9, 7, 5, 4, 8]
    assert find_region("九州") == find_region("Kyushu") == find_region("九州地方") == "kyushu"
    with pytest.raises(InputError, match="did you mean Kanto"):
        find_region("knato")


@pytest.mark.parametrize(
    ("five", "six"),
    [("01100", "011002"), ("01202", "012025"), ("13101", "131016"), ("27100", "271004"), ("47382", "473821")],
)
def test_check_digits_are_those_of_the_official_list(five: str, six: str) -> None:
    assert with_check_digit(five) == six


@pytest.mark.parametrize("text", ["01100", "011002", 1100, 11002, "1100", "０１１００２", " 01100 "])
def test_codes_may_have_a_check_digit_and_may_have_lost_a_zero(text: object) -> None:
    assert municipality_code(text) == 1100


def test_every_code_is_read_with_and_without_its_check_digit() -> None:
    for row in read_table("municipalities"):
        code = row["jis_code"]
        for text in (code, with_check_digit(code), int(code)):
            assert municipality_code(text) == int(code)


@pytest.mark.parametrize(
    ("text", "message"),
    [("202010", "202010: the last of six digits is the check digit; for 20201 it is 1"),
     ("99999", "99999: there is no municipality of that code"), (20.5, "is no code"), (True, "is no code"),
     ("2020111", "give five digits"), ("", "give five digits")],
)  # fmt: skip
def test_what_is_no_code_is_told(text: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        municipality_code(text)


def test_codes_of_another_world() -> None:
    assert municipality_code(12, known={12}) == 12
    with pytest.raises(InputError, match="no municipality of that code"):
        municipality_code("20201", known={12})


@pytest.mark.parametrize(
    "text", ["長野市", "長野", "Nagano Shi", "nagano", "長野県長野市", "Nagano/Nagano", 20201, "202011"]
)
def test_municipalities_by_name(text: object) -> None:
    assert find_municipality(text) == 20201


def test_a_name_of_several_municipalities_asks_for_the_code() -> None:
    with pytest.raises(
        InputError, match=r"2 municipalities of that name: 13206 \(東京都\), 34208 \(広島県\)"
    ):
        find_municipality("府中市")
    assert find_municipality("東京都府中市") == 13206
    with pytest.raises(InputError, match="no municipality of Japan"):
        find_municipality("nowhere at all")
