"""Places of Japan by name or code: prefectures, regions and municipalities, as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from sim.errors import InputError
from sim.text.meant import Hinted, nearest
from sim.worlds.tables import read_table

#: Last prefecture of each of Japan's eight regions, in order.
_LAST = {
    "hokkaido": 1, "tohoku": 7, "kanto": 14, "chubu": 23, "kinki": 30, "chugoku": 35, "shikoku": 39,
    "kyushu": 47,
}  # fmt: skip
REGIONS = tuple(_LAST)
_REGION_NAMES = {
    "hokkaido": ("北海道",), "tohoku": ("東北",), "kanto": ("関東",), "chubu": ("中部",),
    "kinki": ("近畿", "kansai", "関西"), "chugoku": ("中国",), "shikoku": ("四国",),
    "kyushu": ("九州", "九州沖縄", "kyushuandokinawa"),
}  # fmt: skip
PREFECTURES = 47
#: Spellings besides the official one.
_SPELLINGS = {
    1: ("hokkaidou",), 10: ("gumma",), 13: ("toukyou", "tokio"), 26: ("kyouto",), 27: ("oosaka",),
    28: ("hyougo",), 39: ("kouchi",), 44: ("ooita", "ohita"),
}  # fmt: skip
_SUFFIXES = ("ken", "fu", "to", "prefecture", "pref")
_MACRONS = {"\u0302", "\u0304"}
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_BETWEEN = re.compile(r"(?<=\w)[\s'‐‑–—_\-・]+(?=\w)")  # between words that some write as one
_CODE = re.compile(r"[0-9]+")
_WEIGHTS = (6, 5, 4, 3, 2)
_CLOSE = 0.6


class Prefecture(NamedTuple):
    """A prefecture of Japan."""

    code: int  # 1 to 47
    name: str  # 長野県
    romaji: str  # Nagano
    kana: str  # ながのけん


@cache
def prefectures() -> tuple[Prefecture, ...]:
    """The 47 prefectures in the order of their codes."""
    return tuple(
        Prefecture(int(row["code"][:2]), row["name_ja"], row["name_romaji"].split()[0], row["name_kana"])
        for row in read_table("prefectures")
    )


def find_prefecture(text: object) -> int:
    """The code (1 to 47) of a prefecture named in kanji, kana or romaji, or by its code.

    ``長野県``, ``長野``, ``ながの``, ``ナガノ``, ``Nagano``, ``nagano-ken``, ``20``, ``20000`` and ``200000``
    are the same; macrons, spaces, hyphens, capitals and the width of letters do not matter.

    Raises:
        InputError: there is no such prefecture; says which may be meant.
    """
    return _found(text, _prefecture_names(), "no prefecture of Japan", "give its name or its code, 1 to 47")


def find_region(text: object) -> str:
    """The id (of ``REGIONS``) of a region named in English or Japanese.

    Raises:
        InputError: there is no such region.
    """
    names = {plain_name(name): region for region in REGIONS for name in (region, *_REGION_NAMES[region])}
    return _found(text, names | {f"{name}地方": region for name, region in names.items()},
                  "no region of Japan", f"give one of {', '.join(REGIONS)}")  # fmt: skip


def region_of(prefecture: int) -> str:
    """The region (of ``REGIONS``) in which a prefecture lies."""
    return next(region for region, last in _LAST.items() if prefecture <= last)


def find_municipality(text: object) -> int:
    """The code of a municipality of Japan by its name or code; ``Nagano/Nagano`` names its prefecture, too.

    Raises:
        InputError: there is none, or there are several of that name, which are told.
    """
    if _digits(text):
        return municipality_code(text)
    names = _municipality_names()
    words = plain_name(text)
    codes = _found(words, names, "no municipality of Japan", "give its name or its code", shown=text)
    if len(codes) > 1:
        told = ", ".join(f"{code:05d} ({prefectures()[code // 1000 - 1].name})" for code in codes)
        raise InputError(
            f"{str(text)[:40]!r}: there are {len(codes)} municipalities of that name: {told}; give the code"
        )
    return codes[0]


def municipality_code(text: object, known: Collection[int] | None = None) -> int:
    """The five-digit code of a municipality as a number, from the code with or without its check digit.

    The leading zero may be lost, as in a spreadsheet: 1100, 01100, 011002 and 11002 are Sapporo. What can be
    read in two ways is the code among the known ones.

    Args:
        text: the code, as text or as a number.
        known: codes that there are; those of Japan's municipalities by default.

    Raises:
        InputError: it is no code of those that there are, or its check digit is wrong.
    """
    digits = _digits(text)
    if not 1 <= len(digits) <= 6:
        raise InputError(
            f"{str(text)[:40]!r} is no code of a municipality; give five digits, or six with the check digit"
        )
    there = _municipal_codes() if known is None else known
    code, checked = int(digits), digits.zfill(6)
    with_check = int(checked[:5])
    sound = with_check_digit(checked[:5]) == checked
    if len(digits) < 6 and code in there:
        return code
    if sound and with_check in there:
        return with_check
    if len(digits) == 6 and with_check in there:
        right = with_check_digit(checked[:5])
        raise InputError(
            f"{text}: the last of six digits is the check digit; for {checked[:5]} it is {right[-1]}"
        )
    raise InputError(f"{text}: there is no municipality of that code")


def with_check_digit(code: str | int) -> str:
    """The six-digit code of local governments (全国地方公共団体コード) from the five digits of JIS X 0402.

    The check digit is the last one of 11 minus the remainder by 11 of the digits weighted by 6, 5, 4, 3, 2.
    """
    digits = f"{int(code):05d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return f"{digits}{(11 - total % 11) % 10}"


def _found[Value](
    text: object, names: dict[str, Value], what: str, advice: str, shown: object | None = None
) -> Value:
    words = plain_name(text)
    if words in names:
        return names[words]

    def hint() -> str:
        near = nearest(words, (name for name in names if not _CODE.fullmatch(name)), _CLOSE)
        return advice if near is None else f"did you mean {near.capitalize()}?"

    raise InputError(Hinted(f"{str(text if shown is None else shown)[:40]!r} is {what}, ", hint))


def plain_name(text: object) -> str:
    """What is written without what does not matter: width, capitals, macrons, kana, spaces and hyphens."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", str(text)).casefold())
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _MACRONS))
    return _BETWEEN.sub("", bare.translate(_KATAKANA).strip().rstrip("."))


def _digits(text: object) -> str:
    """The digits of a code, or nothing where it is none."""
    if isinstance(text, bool) or not isinstance(text, str | int):
        return ""
    digits = unicodedata.normalize("NFKC", str(text)).strip()
    return digits if _CODE.fullmatch(digits) else ""


@cache
def _prefecture_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for prefecture in prefectures():
        for name in _spellings(prefecture):
            assert names.setdefault(plain_name(name), prefecture.code) == prefecture.code
    return names


def _spellings(prefecture: Prefecture) -> Iterable[str]:
    code, name, romaji, kana = prefecture
    yield from (str(code), f"{code:02d}", f"{code}000", f"{code:02d}000")
    yield from (with_check_digit(1000 * code), with_check_digit(1000 * code).lstrip("0"))
    yield from (name, kana)
    if code > 1:  # the last syllable of Hokkaido belongs to its name
        yield from (name[:-1], kana[: -2 if name.endswith("県") else -1])
    for spelling in (romaji, *_SPELLINGS.get(code, ())):
        yield spelling
        yield from (f"{plain_name(spelling)}{suffix}" for suffix in _SUFFIXES)


@cache
def _municipal_codes() -> frozenset[int]:
    return frozenset(int(row["jis_code"]) for row in read_table("municipalities"))


@cache
def _municipality_names() -> dict[str, list[int]]:
    """Name in Japanese or romaji, alone or behind that of its prefecture -> codes."""
    names: defaultdict[str, list[int]] = defaultdict(list)
    for row in read_table("municipalities"):
        code, romaji = int(row["jis_code"]), row["name_romaji"]
        home = prefectures()[code // 1000 - 1]
        own = {
            plain_name(row["name_ja"]),
            plain_name(row["name_ja"][:-1]),
            plain_name(romaji),
            plain_name(romaji.rpartition(" ")[0]),
        }
        for name in own - {""}:
            names[name].append(code)
        for before in (plain_name(home.name), f"{plain_name(home.romaji)}/", f"{plain_name(home.name)}/"):
            for name in own - {""}:
                names[f"{before}{name}"].append(code)
    return dict(names)
