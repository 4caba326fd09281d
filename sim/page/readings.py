"""How a place is read, in hiragana, made of its name in Latin letters: the tables give no kana of towns.

Latin letters do not tell long vowels (Osaka, Kochi), so readings have short ones, and are good for searching
only: what is typed is folded the same way (``folded``).
"""

from __future__ import annotations

import re
import unicodedata

_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの",
    "h": "はひふへほ", "m": "まみむめも", "y": "や ゆ よ", "r": "らりるれろ", "w": "わ   を",
    "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ",
}  # fmt: skip
_VOWELS = "aiueo"
_SMALL = {"a": "ゃ", "u": "ゅ", "o": "ょ"}
_SYLLABLES: dict[str, str] = {
    row + vowel: kana
    for row, kanas in _ROWS.items()
    for vowel, kana in zip(_VOWELS, kanas, strict=True)
    if kana != " "
}
for _row, _kanas in _ROWS.items():
    if _row and _kanas[1] != " ":
        _SYLLABLES |= {f"{_row}y{vowel}": _kanas[1] + small for vowel, small in _SMALL.items()}
_SYLLABLES |= {
    "shi": "し",
    "chi": "ち",
    "tsu": "つ",
    "fu": "ふ",
    "ji": "じ",
    "she": "しぇ",
    "che": "ちぇ",
    "je": "じぇ",
}
for _head, _kana in (("sh", "し"), ("ch", "ち"), ("j", "じ")):
    _SYLLABLES |= {_head + vowel: _kana + small for vowel, small in _SMALL.items()}
#: Words after a name that say what kind of place it is.
_KIND = re.compile(r"[ -](shi|chō|cho|machi|son|mura|ku|ken|fu|to)$", re.IGNORECASE)
_O_ROW, _U_ROW = "おこそとのほもよろをごぞどぼぽょ", "うくすつぬふむゆるぐずづぶぷゅ"


def reading(romaji: str) -> str:
    """A name in hiragana, long vowels short; empty where it is no Japanese in Latin letters."""
    plain = unicodedata.normalize("NFD", _KIND.sub("", romaji)).lower()
    letters = "".join(one for one in plain if one.isascii() and one.isalpha())
    kana, at = "", 0
    while at < len(letters):
        size = next((size for size in (3, 2, 1) if letters[at : at + size] in _SYLLABLES), 0)
        if size:
            kana += _SYLLABLES[letters[at : at + size]]
            at += size
        elif letters[at] in "nm":
            kana, at = f"{kana}ん", at + 1
        elif letters[at : at + 2] == "tc" or letters[at] == letters[at + 1 : at + 2]:
            kana, at = f"{kana}っ", at + 1
        else:
            return ""
    return folded(kana)


def folded(kana: str) -> str:
    """Hiragana without what makes a vowel long: う or お after an o, う after a u."""
    found = ""
    for one in kana:
        before = found[-1:]
        long = bool(before) and ((before in _O_ROW and one in "うお") or (before in _U_ROW and one == "う"))
        found += "" if long else one
    return found
