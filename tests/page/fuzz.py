"""What nobody would send by intent: right bodies, links, files and requests with something wrong in them.

Everything is drawn from a ``random.Random``, so that what was found once is found again.
"""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from copy import deepcopy
from typing import Any

from sim.page.entries import preset, yaml_of
from sim.page.views import VIEWS
from sim.scenarios.scenario import builtin_names

#: Values that fit nowhere, or hardly.
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 1e308, -1e308, 5e-324, 10**30, -(2**63), 10**400, "", " ", "\x00", "\ud800",
        "x" * 3_000,
    "x" * 70_000, [], {}, [[]], {"": {}}, "baseline", [None] * 50, {"2018": -5}, {"2018": 1e300},
    {"2019": None},
    {"9" * 40: 1}, {"0": 0}, {"-1": 1}, {"２０２０": 1}, {"__proto__": 1}, "../../etc/passwd", "😀",
        "\u202e", "e\u0301",
    2.5, "no_policy", "2030", "NaN", "$ref", "a.b.c", "=1+1", "'; --", "<script>", "{0}", "%s",
        "{count}", "\n", "13",
    "13101", "東京都", "とうきょう", {"en": 1}, ["advisers"], {"kind": "x"}, "population > 1e400",
    "prefecture == ''", "((((",
)  # fmt: skip
_KEYS = ("more", "extensions", "levers", "v", "", "\ud83d", "name", "extends", "programmes",
    "parameters", "calendar",
         "rules", "modules", "emphasis", "title", "overlay", "__class__", "a" * 300)  # fmt: skip
PATHS = ("/api/run", "/api/check", "/api/download/yaml", "/api/download/csv", "/api/download/parquet",
         "/api/download/report", "/api/download/svg", "/api/download/png", "/api/download/exe")  # fmt: skip
#: Which of them are sought most: a report takes a second.
_WEIGHTS = (40, 40, 8, 4, 2, 0.2, 1, 0.5, 1)
_ADDRESSES = (
    "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static/%00", "/static/main.js/..",
    "/api/results/../../etc/views", "/api/results/%2e%2e%2f%2e%2e/views", "/api/results/%00/views",
    "/api/results//views",
    "/api/results/a/b/c/d/e/f/report", "/api/results/.git/views", "/api/results/con/views",
    "/api/results/~root/report",
    "/api/results/\\\\host\\share/views", "/api/results/" + "a/" * 600 + "views",
    "/api/results/" + "é" * 300 + "/views", "/api/results/" + "a" * 199 + "/b" * 3 + "/views",
    "/api/results/" + "%e6%9d%b1" * 150 + "/report", "/api/results/a/answers/" + "b" * 300 + "/c.csv",
    "/api/setup?lang=" + "x" * 4_000, "/api/setup?lang=en&lang=ja", "/api/specs?lang[]=en",
    "/api/health?%ff=%00", "/?token=%ff",
    "/api/download/..%2fyaml", "/api/download/", "/api/run/", "//evil.example/", "/api/results?views=%F0%9F",
)  # fmt: skip
_FILES = (
    "name: x\nextends: baseline\n", "a: [", "&a x: *a", "!!python/object/apply:os.system [x]", "\x00",
    "- " * 500,
    "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "name: x\nname: y", "? [a]\n: b", "%YAML 9",
    "\ufeffname: x", "{" * 300,
)  # fmt: skip
_SIGNS = ('"', "'", "{", "[", ":", ",", "\n", "\t", "-", "1e999", "\\u0000", "\\ud800", "😀", "#", "&", "*")


def body(chance: random.Random) -> dict[str, Any]:
    """A body as the page sends it: up to three scenarios, some of them whole built-in ones."""
    names = chance.sample(builtin_names(), chance.randrange(1, 4))
    entries = [preset(name).model_dump() for name in names]
    if chance.random() < 0.6:
        levers = {"subsidy": {"2019": chance.choice((0, 500, 4_000.5))}, "matching_support": {"2022": 700}}
        entries = [{"name": "mine", "title": {"en": "Mine", "ja": "私"}, "overlay": {"levers": levers}}]
    if chance.random() < 0.3:
        entries[0]["overlay"] = {**entries[0]["overlay"], "programmes": {"own": programme(chance)}}
    view = chance.choice(list(VIEWS))
    state = {
        "v": 1, "baseline": "baseline", "scenarios": entries, "lang": chance.choice(("en", "ja")),
        "view": view,
        "year": chance.choice((None, 2018, 2022, 2100)), "place": chance.choice((None, "13", "13101")),
        "lock": None,
    }  # fmt: skip
    if chance.random() < 0.3:
        state["assumed"] = chance.choice(
            ({"matching_efficiency": 0.8}, {"cost_median": 3, "gross_return": 0})
        )
    if chance.random() < 0.3:
        state["dates"] = chance.choice((["2019Q2"], ["2030Q4", "2018Q2"], ["2019Q2"] * 3))
    if chance.random() < 0.3:
        overlay = {"levers": {"promotion": {"2020": chance.choice((0, 90))}}}
        state["groups"] = [
            {"name": f"group_{n}", "overlay": overlay} for n in range(chance.choice((1, 3, 9)))
        ]
    return {
        "user": f"user-{chance.randrange(4)}", "lang": chance.choice(("en", "ja")), "state": state,
        "views": ["answer", view], "year": state["year"], "place": state["place"], "replicates": 1,
        "scenario": chance.choice((None, names[0], "baseline")), "figure": chance.choice((None, view)),
    }  # fmt: skip


def programme(chance: random.Random) -> dict[str, Any]:
    """A programme, right or of another world."""
    served: tuple[Any, ...] = ("everybody", {"prefecture": 1}, {"where": "population < 10_000"},
        {"need": "bottom_quartile", "size_class": [1, 2]}, {"municipalities": ["13101", 3]})  # fmt: skip
    payers = ("national", {"prefecture": 2}, {"municipality": "1"})
    money = chance.choice((100, {"2020": 50}, {"1999": 1}))
    return {"lever": "subsidy", "payer": chance.choice(payers), "for": chance.choice(served), "money": money}


def spoil(value: Any, chance: random.Random) -> None:
    """Put something odd at one place inside of a value."""
    while isinstance(value, dict | list) and value:
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        inside = value[key]
        if isinstance(inside, dict | list) and inside and chance.random() > 0.25:
            value = inside
            continue
        value[key] = deepcopy(chance.choice(ODD))
        if isinstance(value, dict) and chance.random() < 0.2:
            value[chance.choice(_KEYS)] = deepcopy(chance.choice(ODD))
        return


def spoilt(chance: random.Random) -> dict[str, Any]:
    """A body that is right but for a few places; one in ten is right."""
    found = body(chance)
    if chance.random() < 0.3:
        found["yaml"] = file(chance)
    if chance.random() < 0.2:
        found["sources"] = [source(chance) for _ in range(chance.choice((1, 2, 9)))]
    for _ in range(chance.choice((0, 1, 1, 1, 1, 1, 2, 2, 3, 5))):
        spoil(found, chance)
    return found


def source(chance: random.Random) -> dict[str, Any]:
    """What a facilitator hands over of a group: a link with a name before it, or a file."""
    if chance.random() < 0.5:
        return {"name": chance.choice(("a.yaml", "x" * 300, "<b>\u202e")), "text": file(chance)}
    before = chance.choice(("", "Group A: http://127.0.0.1/", "\x00\n", "=1+1"))
    return {"name": "", "text": before + fragment(chance)}


def file(chance: random.Random) -> str:
    """A scenario file with something wrong in it."""
    if chance.random() < 0.2:
        return chance.choice(_FILES)
    return damaged(yaml_of(preset(chance.choice(builtin_names()))), chance)


def damaged(text: str, chance: random.Random) -> str:
    """A text with letters taken out, put in, doubled or cut off."""
    for _ in range(chance.randrange(1, 4)):
        at, length = chance.randrange(len(text) + 1), chance.randrange(1, 12)
        before, after = text[:at], text[at:]
        changed = (before + after[length:], before + chance.choice(_SIGNS) + after, before, text + after)
        text = chance.choice(changed)
    return text


def content(chance: random.Random) -> bytes:
    """A body as bytes: JSON of a spoilt one, most often, or what hardly is JSON."""
    kind = chance.randrange(20)
    if kind == 0:
        return chance.randbytes(chance.randrange(400))
    text = json.dumps(spoilt(chance), ensure_ascii=chance.random() < 0.5)
    if kind <= 4:
        text = damaged(text, chance)
    if kind == 5:
        return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32", "shift-jis")), "replace")
    if kind == 6:
        depth = chance.choice((10, 30, 45, 2_000, 30_000))
        return ('{"state":' * depth + "1" + "}" * depth).encode()
    if kind == 7:
        return text.replace("null", chance.choice(("NaN", "-Infinity", "1" * 5_000, "-0", "1e-999"))).encode(
            "utf-8", "replace"
        )
    return text.encode("utf-8", "surrogatepass")


def fragment(chance: random.Random) -> str:
    """A link's fragment: of a spoilt state, most often; else damaged as text, as bytes, or a bomb."""
    found = body(chance)["state"]
    for _ in range(chance.randrange(3)):
        spoil(found, chance)
    plain = json.dumps(found).encode()
    kind = chance.randrange(8)
    if kind == 0:
        plain = damaged(plain.decode(), chance).encode("utf-8", "replace")
    if kind == 1:
        plain = b'{"scenarios":[],"x":"' + b" " * chance.choice((70_000, 5_000_000)) + b'"}'
    packed = zlib.compress(plain, 9, -zlib.MAX_WBITS)
    if kind == 2:
        packed = packed[: chance.randrange(len(packed))] + chance.randbytes(chance.randrange(9))
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    version = chance.choice(("1", "1", "1", "1", "1", "1", "0", "2", "01", "-1", "1" * 30, "", "１"))
    found_fragment = f"#{version}.{text}"
    return damaged(found_fragment, chance) if kind == 3 else found_fragment


def address(chance: random.Random) -> str:
    """A path of HTTP: one that leads nowhere, a hostile one, or letters."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(_ADDRESSES)
    if kind == 1:
        return damaged(chance.choice(_ADDRESSES), chance)
    letters = string.ascii_letters + string.digits + "/.%&=?_-~+:@\\;,"
    start = chance.choice(("", "/static", "/api", "/api/results", "/api/download"))
    return f"{start}/" + "".join(chance.choice(letters) for _ in range(chance.randrange(60)))


def target(chance: random.Random) -> str:
    """Where a body is sent."""
    return chance.choices(PATHS, _WEIGHTS)[0]


_METHODS = (
    "GET", "POST", "POST", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G\x00T",
    "", "A" * 300,
)  # fmt: skip
_PLACES = (
    *PATHS, "/", "/api/setup", "/api/results", "*", "http://evil.example/", "", "/ /", "/\x01",
        "/" + "a" * 70_000,
)  # fmt: skip
_KINDS = (
    "application/json", "application/json", "application/json; charset=utf-16", "text/plain",
    "multipart/form-data",
    "", "a" * 5_000,
)  # fmt: skip
_HOSTS = ("localhost", "localhost", "localhost", "127.0.0.1:0", "evil.example", "", "[::1", "a" * 900)
_HEADERS = (
    ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "gzip, chunked"), ("Content-Encoding", "gzip"),
    ("Host", "b"), ("Content-Length", "5"), ("Expect", "100-continue"), ("Upgrade", "websocket"),
    ("Connection", "upgrade"), ("Range", "bytes=9-1"), ("Range", "bytes=0-,0-,0-,0-"), ("Origin", "null"),
    ("Origin", "http://[::1"), ("Origin", "http://]"), ("Origin", "http://a℀b"),
    ("Cookie", "=;;=\x7f"), ("X" * 70_000, "y"), ("If-Modified-Since", "never"), (" Space", "x"),
    ("Authorization", "Bearer \xff"), ("Accept-Encoding", "*;q=nan"), ("Sec-Fetch-Site", "none"),
)  # fmt: skip


def raw(chance: random.Random) -> bytes:
    """A request, byte for byte: wrong methods, headers, lengths, chunks, cut off anywhere."""
    sent = content(chance)
    size = len(sent)
    lengths = (size, size, size, 0, size + 7, -1, 10**12, "0x10", "+5", "", "1, 1", "٣")
    headers = [("Host", chance.choice(_HOSTS)), ("Content-Type", chance.choice(_KINDS))]
    headers += [("Content-Length", str(chance.choice(lengths)))]
    headers += chance.sample(_HEADERS, chance.choice((0, 0, 1, 1, 2, 4)))
    version = chance.choice(("1.1", "1.1", "1.1", "1.0", "2.0", "0.9", "x"))
    head = f"{chance.choice(_METHODS)} {chance.choice(_PLACES)} HTTP/{version}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
    if ("Transfer-Encoding", "chunked") in headers:
        told = chance.choice((f"{size:x}", f"{size:x}", "-1", "f" * 18, "zz", f"{size:x};a=b"))
        sent = told.encode() + b"\r\n" + sent + chance.choice((b"\r\n0\r\n\r\n", b"", b"\r\n"))
    whole = head.encode("utf-8", "surrogateescape") + sent
    return whole[: chance.randrange(len(whole))] if chance.random() < 0.2 else whole
