"""Worlds of one's own: tables as officials write them, what is wrong with them, and Japan as such a table."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.kernel.world import World
from sim.simulation.checkpoint import fingerprint
from sim.worlds import columns, export_world, kind_of, load_world, municipalities_of
from sim.worlds.groups import groups_of, prefecture_numbers
from sim.worlds.notes import notes_of
from sim.worlds.own import Source, TableFile, given_by, read_source
from sim.worlds.sheet import MOST_MISTAKES

HEAD = "id,name,region,latitude,longitude,population"
ROWS = ("01,Ash,North,58.1,-11.2,12000", "02,Bram,North,58.4,-11.0,3400", "03,Carn,South,57.2,-11.5,56000")


def text_of(head: str = HEAD, rows: Iterable[str] = ROWS) -> str:
    return "\n".join([head, *rows, ""])


def with_column(name: str, *cells: str) -> str:
    rows = [f"{row},{cell}" for row, cell in zip(ROWS, cells, strict=True)]
    return text_of(f"{HEAD},{name}", rows)


def source_of(text: str | bytes, **others: str) -> Source:
    """A world in memory; further tables make it a folder."""
    content = text if isinstance(text, bytes) else text.encode()
    files = [TableFile("municipalities", "municipalities.csv", content)]
    files += [TableFile(table, f"{table}.csv", more.encode()) for table, more in others.items()]
    return Source("places" if others else "places.csv", "places", bool(others), tuple(files))


def world_of(text: str | bytes, seed: int = 1, **others: str) -> World:
    return load_world(source_of(text, **others), seed)


def mistakes_of(text: str | bytes) -> tuple[str, ...]:
    try:
        given_by(source_of(text))
    except InputError as error:
        return error.lines
    return ()


def refused(text: str | bytes, *messages: str, **others: str) -> None:
    with pytest.raises(InputError) as raised:
        given_by(source_of(text, **others))
    assert raised.value.lines == messages


def assert_same(one: World, other: World) -> None:
    assert fingerprint(one) == fingerprint(other)
    assert one.labels.jis_code == other.labels.jis_code
    assert one.labels.municipality == other.labels.municipality
    assert one.labels.prefecture == other.labels.prefecture
    assert one.labels.institution == other.labels.institution


@pytest.mark.parametrize("seed", [1, 7])
def test_the_exported_tables_of_japan_are_japan(tmp_path: Path, seed: int) -> None:
    export_world("japan", tmp_path / "copy")
    japan, copy = load_world("japan", seed), load_world(str(tmp_path / "copy"), seed)
    assert_same(japan, copy)
    assert japan.labels.municipality_romaji == copy.labels.municipality_romaji
    assert japan.labels.prefecture_romaji == copy.labels.prefecture_romaji
    assert kind_of(str(tmp_path / "copy")) == "own"
    assert municipalities_of(str(tmp_path / "copy")) == 1741


def test_tables_in_cp932_are_the_same_world(tmp_path: Path) -> None:
    export_world("japan", tmp_path / "copy")
    for path in (tmp_path / "copy").iterdir():
        text = path.read_text(encoding="utf-8-sig")
        path.write_bytes(text.encode("cp932", "replace"))  # romaji with macrons
    assert_same(load_world("japan", 3), load_world(str(tmp_path / "copy"), 3))


def test_an_export_is_read_back_as_it_was(tmp_path: Path) -> None:
    rich = with_column("share65plus,goal_07,emp_ict,legacy", "28%,.4,12,1", ",.5,,0", "0.3,,7,")
    others = {
        "regions": "name,name_romaji\nSouth,S\nNorth,N\n",
        "companies": "municipality,count,slots,industry,goals\n1,3,9,fishery,14\n,5,,,\n",
        "institutions": "name,kind,count,region,capital,themes\nBank,bank,2,North,5000,7 11\nFund,,3,,,\n",
    }
    folder = tmp_path / "own"
    folder.mkdir()
    for name, text in {"municipalities": rich, **others}.items():
        (folder / f"{name}.csv").write_text(text)
    export_world(str(folder), tmp_path / "copy")
    assert_same(load_world(str(folder), 5), load_world(str(tmp_path / "copy"), 5))
    with pytest.raises(InputError, match="holds something already"):
        export_world("japan", tmp_path / "copy")
    with pytest.raises(InputError, match="is drawn and has no tables"):
        export_world("synthetic:5", tmp_path / "new")


JAPANESE = "団体コード,市区町村名,都道府県名,緯度,経度,人口（人）"


@settings(max_examples=60, deadline=None)
@given(
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    wide=st.booleans(),
    thousands=st.booleans(),
    japanese=st.booleans(),
    delimiter=st.sampled_from([",", "\t", ";"]),
    blanks=st.integers(0, 3),
    people=st.lists(st.integers(0, 3_000_000), min_size=3, max_size=3).filter(any),
)
def test_however_officials_write_it_it_is_the_same_world(
    encoding: str, ending: str, wide: bool, thousands: bool, japanese: bool, delimiter: str, blanks: int,
    people: list[int],
) -> None:  # fmt: skip
    def cell(value: object) -> str:
        shown = f"{value:,}" if thousands and isinstance(value, int) else str(value)
        shown = "".join(chr(ord(c) + 0xFEE0) if wide and "0" <= c <= "9" else c for c in shown)
        return f'"{shown}"' if delimiter in shown else shown

    rows = [[*row.split(",")[:5], number] for row, number in zip(ROWS, people, strict=True)]
    lines = [delimiter.join(map(cell, row)) for row in rows]
    head = (JAPANESE if japanese else HEAD).replace(",", delimiter)
    text = ending.join([head, *lines, *[delimiter * 5] * blanks, *[""] * blanks])
    plain = text_of(rows=[",".join(map(str, row)) for row in rows])
    assert_same(world_of(text.encode(encoding)), world_of(plain))


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_file_is_a_world_or_a_clear_line(content: bytes) -> None:
    for text in (content, f"{HEAD}\n".encode() + content, text_of().encode() + content):
        lines = mistakes_of(text)
        assert all(line.startswith("places.csv") and "\n" not in line for line in lines)
        assert max(map(len, lines), default=0) < 600


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=6, max_size=6))
def test_any_cells_are_a_world_or_a_clear_line(cells: list[str]) -> None:
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    text = text_of(rows=[*ROWS, row])
    lines = mistakes_of(text)
    assert all(line.startswith("places.csv:") for line in lines)
    if not lines:
        world = world_of(text)
        assert len(world.labels.jis_code) in (3, 4)
        assert np.isfinite(world.municipalities.population).all()


MISTAKES = {
    "no number": (
        text_of(rows=[*ROWS, "04,Dun,South,abc,1,9"]),
        ["places.csv:5:latitude: 'abc' is no number"],
    ),
    "out of range, exchanged": (
        text_of(rows=["04,Dun,South,135.1,34.7,9", "05,Elm,South,1,181,9"]),
        [
            "places.csv:2:latitude: '135.1' must be -90 to 90; are latitude and longitude exchanged?",
            "places.csv:3:longitude: '181' must be -180 to 180",
        ],
    ),
    "negative, not finite": (
        text_of(rows=["04,Dun,South,1,1,▲9", "05,Elm,South,1,1,nan", "06,Fen,South,1,1,1e999"]),
        [
            "places.csv:2:population: '▲9' must be 0 to 1e+09",
            "places.csv:3:population: 'nan' is no number",
            "places.csv:4:population: '1e999' must be 0 to 1e+09",
        ],
    ),
    "blank": (
        text_of(rows=["04,,South,1,1,-", ",Elm,South,1,1,9"]),
        [
            "places.csv:2:name: is blank, but every row needs it",
            "places.csv:2:population: is blank, but every row needs it",
            "places.csv:3:id: is blank, but every row needs it",
        ],
    ),
    "twice": (
        text_of(rows=[*ROWS, "０２,Dun,South,1,1,9"]),
        ["places.csv:5:id: '02' stands in line 3, too; give each its own"],
    ),
    "two ways": (
        text_of(rows=[*ROWS, "04,Dun,south,1,1,9"]),
        ["places.csv:5:region: 'south' is written 'South' in line 4; write it one way"],
    ),
    "too many cells": (
        text_of(rows=["04,Dun,South,1,1,9,8"]),
        ["places.csv:2: has 7 cells, but the first line names 6 columns"],
    ),
    "decimal comma": (
        text_of(rows=['04,Dun,South,"1,5",1,9']),
        ["places.csv:2:latitude: '1,5' is no number"],
    ),
    "nobody": (
        text_of(rows=["04,Dun,South,1,1,0"]),
        ["places.csv:2:population: nobody lives in any municipality"],
    ),
    "no rows": (text_of(rows=[]), ["places.csv: has no municipality; give a row for each"]),
    "nothing": (
        "",
        ["places.csv:1: is empty; the first line names the columns: id, name, region, latitude, longitude, "
         "population"],
    ),
    "missing and nearly": (
        "id,nme,region,latitude,longitude,poplation\n",
        [
            "places.csv:1:nme: no such column, did you mean name?",
            "places.csv:1:poplation: no such column, did you mean population?",
            "places.csv:1: has no column name, population; it needs id, name, region, latitude, longitude, "
            "population",
        ],
    ),
    "again": (
        with_column("人口", "1", "2", "3"),
        ["places.csv:1:人口: names the column population again, after population"],
    ),
    "share": (
        with_column("高齢化率", "29.8", "29.8%", "-1"),
        [
            "places.csv:2:高齢化率: '29.8' must be 0 to 1; write 29.8% or 0.298",
            "places.csv:4:高齢化率: '-1' must be 0 to 1",
        ],
    ),
    "flags": (
        with_column("cohort_2018,model_2018", "1,1", "2,0", "0,1"),
        [
            "places.csv:3:cohort_2018: '2' must be 1 (yes), 0 or blank",
            "places.csv:4:model_2018: is a model project that cohort_2018 does not list as selected",
        ],
    ),
    "whole": (
        with_column("companies", "1.5", "0", ""),
        ["places.csv:2:companies: '1.5' is no whole number"],
    ),
    "area": (with_column("面積(km2)", "0", "1", "2"), ["places.csv:2:面積(km2): '0' must be above 0"]),
    "UTF-16": (text_of().encode("utf-16"), ["places.csv: is in UTF-16; save it as CSV UTF-8"]),
    "no encoding": (
        text_of().encode() + b"04,\xff\xfe\x81,\n",
        ["places.csv:5: is neither UTF-8 nor CP932 (Shift_JIS); save it as CSV UTF-8"],
    ),
    "quote": (text_of(rows=['04,"Dun']), ["places.csv:2: is no CSV (unexpected end of data)"]),
    "control": ("id\0", ["places.csv: holds control characters and is no CSV text; save it as CSV UTF-8"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "messages"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_its_line_and_column(text: str | bytes, messages: list[str]) -> None:
    refused(text, *messages)


def test_many_mistakes_are_counted() -> None:
    rows = [f"{number},Dun,South,x,1,9" for number in range(MOST_MISTAKES + 5)]
    with pytest.raises(InputError) as raised:
        given_by(source_of(text_of(rows=rows)))
    assert len(raised.value.lines) == MOST_MISTAKES + 1
    assert raised.value.lines[-1] == "places.csv: 5 more mistakes"


def test_mistakes_of_further_tables() -> None:
    refused(
        text_of(),
        "places/companies.csv:2:municipality: '9' is not in the table that it refers to",
        "places/companies.csv:3:industry: 'fishry' is not known, did you mean fishery?",
        "places/companies.csv:4:goals: '18' must be numbers of goals from 1 to 17, such as 7 11 13",
        "places/companies.csv:5:slots: '0' must be 1 to 200",
        companies="municipality,industry,goals,slots\n9,,,\n1,fishry,,\n1,,18,\n2,,,0\n",
    )
    refused(
        text_of(),
        "places/institutions.csv:2:kind: 'bak' is not known, did you mean bank?",
        "places/institutions.csv:3:name: 'A' stands in line 2, too; give each its own",
        "places/institutions.csv:3:region: 'Nort' is not in the table that it refers to, did you mean North?",
        "places/institutions.csv:4:scope: is national, but the row names a region; leave one of them blank",
        institutions="name,kind,region,scope\nA,bak,North,\nA,bank,Nort,\nB,bank,North,national\n",
    )
    refused(
        text_of(),
        "places/regions.csv:4:name: 'West' is the region of no municipality",
        regions="name\nNorth\nSouth\nWest\n",
    )
    refused(
        text_of(),
        "places/municipalities.csv:4:region: 'South' is not in the table that it refers to",
        regions="name\nNorth\n",
    )
    refused(
        with_column("companies", "1", "1", "1"),
        "places/municipalities.csv: has a column companies, but places/companies.csv lists them; "
        "keep one of the two",
        companies="count\n5\n",
    )


def test_companies_where_and_what_the_tables_say() -> None:
    world = world_of(with_column("companies", "2", "", "5"))
    assert np.bincount(world.companies.municipality).tolist() == [2, 0, 5]
    rows = "municipality,count,slots,goals\n2,3,9,7 11\n3,1,,\n"
    companies = world_of(text_of(), companies=rows).companies
    assert companies.municipality.tolist() == [1, 1, 1, 2]
    assert companies.slots[:3].tolist() == [9, 9, 9]
    assert companies.national[:3].all()
    assert (companies.capability[:3] > 0).nonzero()[1].tolist() == [6, 10] * 3
    assert len(world_of(text_of(), companies="count\n").companies.slots) == 0
    assert len(world_of(text_of()).companies.slots) == 10


def test_institutions_where_and_what_the_tables_say() -> None:
    rows = (
        "name,kind,count,scope,region,capital,capital_spread,themes,skill\n"
        "North Bank,bank,1,,North,5000,,7 11,.5\nCredit union,bank,3,regional,,900,1,,\n"
        "Insurer,casualty insurer,2,,,,,,\n"
    )
    world = world_of(text_of(), institutions=rows)
    institutions, labels = world.institutions, world.labels
    assert labels.institution == [
        "North Bank", "Credit union 1", "Credit union 2", "Credit union 3", "Insurer 1", "Insurer 2",
        "Foreign impact capital",
    ]  # fmt: skip
    assert institutions.prefecture.tolist() == [0, 0, 1, 1, -1, -1, -1]
    assert institutions.kind.tolist() == [0, 0, 0, 0, 4, 4, 5]
    assert institutions.capital[0] == 5000
    assert institutions.capital[1:4].sum() == pytest.approx(900)
    assert institutions.capital[4:6].min() > 0
    assert institutions.mandate[0].nonzero()[0].tolist() == [6, 10]
    assert institutions.skill[0] == 0.5
    assert len(world_of(text_of(), institutions="name\n").institutions.kind) == 0


def test_regions_stand_in_the_order_of_their_table_or_of_first_mention() -> None:
    assert world_of(text_of()).labels.prefecture == ["North", "South"]
    world = world_of(text_of(), regions="name,name_romaji,cohort_2018\nSouth,Minami,1\nNorth,,\n")
    assert world.labels.prefecture == ["South", "North"]
    assert world.labels.prefecture_romaji == ["Minami", "North"]
    assert world.municipalities.prefecture.tolist() == [1, 1, 0]
    assert world.prefectures.cohort_2018.tolist() == [1, 0]


def test_regions_go_by_their_codes_where_all_are_prefectures_of_japan() -> None:
    japanese = text_of().replace("North", "長野県").replace("South", "Aomori")
    assert prefecture_numbers(world_of(japanese)).tolist() == [20, 2]
    assert groups_of(world_of(japanese), "prefecture").labels == (2, 20)
    assert groups_of(world_of(japanese), "prefecture").of.tolist() == [1, 1, 0]
    assert prefecture_numbers(world_of(text_of().replace("North", "長野県"))).tolist() == [1, 2]
    assert prefecture_numbers(load_world("japan", 1)).tolist() == list(range(1, 48))


def test_columns_are_taken_as_given_and_blank_cells_drawn() -> None:
    full = with_column("fiscal_capability,area_km2,goal_03", "0.5,10,.3", "3,20,.4", "0.01,90,1")
    traits = world_of(full).municipalities
    assert traits.fiscal_strength.tolist() == [0.5, 2.5, 0.05]
    assert traits.goals[:, 2].tolist() == [0.3, 0.4, 0.98]
    assert traits.land.mean() == pytest.approx(0)
    without = world_of(text_of()).municipalities
    part = world_of(with_column("fiscal_capability", "0.5", "-", "…")).municipalities
    assert part.fiscal_strength.tolist() == [0.5, *without.fiscal_strength[1:]]
    assert (part.capacity[1:] == without.capacity[1:]).all()
    assert (traits.goals[:, 3] == without.goals[:, 3]).all()


def test_a_column_may_name_its_year_and_unit() -> None:
    said = text_of("jis_code,name_ja,prefecture,lat,lon,2020年人口（人）")
    assert_same(world_of(said), world_of(text_of()))
    assert_same(world_of(text_of(HEAD.replace("population", "Population_2020"))), world_of(text_of()))


def notes(text: str) -> str:
    return "\n".join(notes_of(given_by(source_of(text)), "en"))


def test_what_is_not_given_is_said() -> None:
    said = notes(text_of())
    assert "drawn with the seed as in synthetic: share65plus, area_km2, fiscal_capability" in said
    assert "as in synthetic: goal_01 - goal_17" in said
    assert "nobody was selected: legacy, cohort_2018, model_2018, network_2018" in said
    assert "10 are drawn, 1,000 for every 300" in said
    assert "3 of 1,741 municipalities, 0.172%" in said
    assert "not read: places.csv: mayor" in notes(with_column("mayor", "A", "B", "C"))
    assert "area_km2: 2 blank cells, drawn likewise" in notes(with_column("area_km2", "5", "", "x"))
    given = with_column(
        "share65plus,area_km2,habitable_area_km2,fiscal_capability,establishments",
        ".3,9,4,.5,100", ".3,8,4,.4,90", ".2,9,2,.4,99",
    )  # fmt: skip
    assert "Japan’s scores of 2018 shifted by the figures of each place: goal_01 - goal_17" in notes(given)


def test_a_mistyped_prefecture_among_others_is_told() -> None:
    told = "no prefectures of Japan, though others are; mistyped? "
    assert told not in notes(text_of())  # none of its regions is one
    mixed = text_of().replace("North", "高知県").replace("South", "高地県")
    assert f"{told}高地県" in notes(mixed)
    assert told not in notes(mixed.replace("高地県", "徳島"))


def test_a_world_hangs_on_seed_and_content_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.CSV"
    one.write_text(text_of())
    other.write_text(text_of())
    assert_same(load_world(str(one), 1), load_world(str(other), 1))
    assert fingerprint(load_world(str(one), 1)) != fingerprint(load_world(str(one), 2))
    assert read_source(str(one)).digest == read_source(str(other)).digest
    other.write_text(text_of().replace("3400", "3401"))
    assert read_source(str(one)).digest != read_source(str(other)).digest


def folder_with(folder: Path, prepare: Callable[[Path], object]) -> str:
    folder.mkdir()
    (folder / "municipalities.csv").write_text(text_of())
    prepare(folder)
    return str(folder)


def test_files_that_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.csv"
    outside.write_text("name\n")
    folders: dict[str, tuple[Callable[[Path], object], str]] = {
        "link": (
            lambda at: (at / "companies.csv").symlink_to(outside),
            "is a link that leads out of the folder",
        ),
        "name": (lambda at: (at / "company.csv").touch(), "no such table, did you mean companies"),
        "pipe": (lambda at: os.mkfifo(at / "companies.csv"), "is no file"),
        "both": (
            lambda at: [(at / name).touch() for name in ("regions.csv", "prefectures.csv")],
            "is the table regions again, after prefectures.csv",
        ),
        "none": (lambda at: (at / "municipalities.csv").unlink(), "is a folder without municipalities.csv"),
    }
    for name, (prepare, message) in folders.items():
        with pytest.raises(InputError, match=message):
            read_source(folder_with(tmp_path / name, prepare))
    path = folder_with(tmp_path / "others", lambda at: (at / "notes.csv").touch())
    assert read_source(path).unread == ("notes.csv",)
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file or folder"):
        read_source(str(tmp_path / "nowhere.csv"))


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(InputError, match="is larger than 64 MB"):
        read_source(str(path))


def test_too_many_rows_columns_and_companies() -> None:
    most = columns.municipalities().most
    rows = "".join(f"{number},A,R,1,1,9\n" for number in range(most + 1))
    with pytest.raises(InputError, match=f"has more than {most:,} rows"):
        given_by(source_of(f"{HEAD}\n{rows}"))
    with pytest.raises(InputError, match="has 606 columns; at most 500 are read"):
        given_by(source_of(text_of(HEAD + ",x" * 600)))
    refused(
        text_of(),
        "places/companies.csv:count: 600,000 in all are more than 500,000, the most that may be",
        companies="count\n300000\n300000\n",
    )


def test_every_column_is_declared_once() -> None:
    for table in columns.tables():
        names = [name for column in table.columns for name in (column.name, *column.also)]
        assert len({unicodedata.normalize("NFKC", name) for name in names}) == len(names), table.name
