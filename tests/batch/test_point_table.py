from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.batch.design import Design
from sim.batch.factors import Factor, Point
from sim.batch.methods import points_of
from sim.batch.point_table import read_table
from sim.errors import InputError
from sim.scenarios.yaml_file import Document
from tests.batch.some_factors import ABROAD, ALL, AWARD, COVER, RATE

PROMOTION = Factor("promotion", "lever", 0.0, 10_000.0, start=2018)
QUOTA = Factor("futurecity_quota", "uncertainty", values=(5.0, 10.0))


def table(folder: Path, content: str | bytes, name: str = "points.csv") -> str:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def read(folder: Path, content: str | bytes, *factors: Factor) -> tuple[Point, ...]:
    name = table(folder, content)
    return read_table(Document(folder / "a.yaml", {}, {}), name, factors or (PROMOTION,))


def refusal(folder: Path, content: str | bytes, *factors: Factor) -> list[str]:
    """What is wrong with a table, a line each, without where it lies."""
    with pytest.raises(InputError) as error:
        read(folder, content, *factors)
    lines = str(error.value).splitlines()
    where = f"{folder / 'a.yaml'}: design.file: {folder / 'points.csv'}"
    assert all(line.startswith(where) for line in lines)
    return [line.removeprefix(where).removeprefix(":").strip() for line in lines]


def test_only_a_blank_means_as_in_the_scenario(tmp_path: Path) -> None:
    text = "promotion,award\n10,lottery\n,scored\n20,\n \u3000,lottery\n"
    points = read(tmp_path, text, PROMOTION, AWARD)
    assert points == ((10.0, "lottery"), (None, "scored"), (20.0, None), (None, "lottery"))


@pytest.mark.parametrize(
    "word", ["#N/A", "NA", "NULL", "nan", "None", "#DIV/0!", "-", "n/a", "inf", "1e999", "0x1"]
)
def test_words_for_nothing_are_refused_with_their_cell(word: str, tmp_path: Path) -> None:
    [number] = refusal(tmp_path, f"note,promotion\nx,0\nx,{word}\n")
    assert number.startswith(
        f"cell B3 (promotion): '{word}' is not what the factor allows (a number from 0 to 10,000)"
    )
    [text] = refusal(tmp_path, f"award\nscored\n{word}\n", AWARD)
    assert text.startswith(
        f"cell A3 (award): '{word}' is not what the factor allows (scored, need_weighted, lottery)"
    )


def test_rows_without_anything_are_passed_over_and_counted(tmp_path: Path) -> None:
    assert read(tmp_path, "promotion\n\n10\n,,\n \n20\n\n") == ((10.0,), (20.0,))
    [line] = refusal(tmp_path, "promotion\n10\n,,\n\nx\n")
    assert line.startswith("cell A5 (promotion): 'x'")


def test_the_table_of_the_issue_is_refused_in_whole(tmp_path: Path) -> None:
    lines = refusal(tmp_path, "promotion\n0\n#N/A\nNULL\n,,\n")
    assert [line.split(":")[0] for line in lines] == ["cell A3 (promotion)", "cell A4 (promotion)"]


def test_more_mistakes_than_anyone_reads_are_counted(tmp_path: Path) -> None:
    lines = refusal(tmp_path, "promotion\n" + "x\n" * 25)
    assert len(lines) == 11 and lines[-1] == "and 15 more mistakes"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("３０", 30.0),
        ("３０．５", 30.5),
        ("1,000", 1000.0),
        (" 7 ", 7.0),
        ("+7", 7.0),
        ("1e3", 1000.0),
        (".5", 0.5),
    ],
)
def test_numbers_are_read_as_spreadsheets_write_them(written: str, number: float, tmp_path: Path) -> None:
    assert read(tmp_path, f'promotion\n1\n"{written}"\n') == ((1.0,), (number,))


@pytest.mark.parametrize(
    "written", ["－１", "−1", "-1", "1,00", "1_000", "10%", "¥10", "e5", "10001", "true"]
)
def test_what_is_no_number_of_the_range_is_refused(written: str, tmp_path: Path) -> None:
    [line] = refusal(tmp_path, f'promotion\n1\n"{written}"\n')
    assert line.startswith(f"cell A3 (promotion): '{written}' is not")


def test_values_to_choose_from_are_read_in_their_kind(tmp_path: Path) -> None:
    text = "international,futurecity_quota\nTRUE,5\nfalse,10.0\nTrue,１０\n"
    assert read(tmp_path, text, ABROAD, QUOTA) == ((True, 5.0), (False, 10.0), (True, 10.0))
    assert len(refusal(tmp_path, "international,futurecity_quota\n1,7\n", ABROAD, QUOTA)) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_what_spreadsheets_in_japan_save_is_read(encoding: str, delimiter: str, tmp_path: Path) -> None:
    text = delimiter.join(["備考", "promotion"]) + "\r\n" + delimiter.join(["案１", "10"]) + "\r\n"
    assert read(tmp_path, text.encode(encoding)) == ((10.0,),)


def test_text_in_no_known_encoding_is_one_clear_line(tmp_path: Path) -> None:
    [line] = refusal(tmp_path, b"promotion\n10\n\x81\x20\n")
    assert line == "is neither UTF-8, UTF-16 nor CP932 (Shift_JIS) text; save it as CSV in UTF-8"


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    [line] = refusal(tmp_path, "promotion,x,promotion\n1,2,3\n")
    assert line == "has 2 columns promotion (A, C); keep one"
    [line] = refusal(tmp_path, f"{'promotion,' * 2_000}x\n1\n")
    assert line == "has 2000 columns promotion (A, B, C, D, E, F, G, H, I, J ...); keep one"
    assert read(tmp_path, "promotion,x,x\n1,2,3\n") == ((1.0,),)


@pytest.mark.parametrize(("row", "cells"), [("1,2,3", 3), ("1", 1)])
def test_a_row_of_another_length_is_refused(row: str, cells: int, tmp_path: Path) -> None:
    [line] = refusal(tmp_path, f"promotion,x\n1,2\n{row}\n")
    assert line == f"row 3 has {cells} cells, and the header has 2"


def test_quoted_lines_count_as_one_row(tmp_path: Path) -> None:
    [line] = refusal(tmp_path, 'note,promotion\n"two\nlines",1\nx,y\n')
    assert line.startswith("cell B3 (promotion): 'y'")
    [line] = refusal(tmp_path, 'promotion\n"1\n')
    assert line.startswith("row 2 cannot be read (")


def test_columns_go_on_behind_z(tmp_path: Path) -> None:
    header = ",".join([*(f"x{n}" for n in range(27)), "promotion"])
    [line] = refusal(tmp_path, f"{header}\n" + "," * 27 + "x\n")
    assert line.startswith("cell AB2 (promotion): 'x'")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "has no column promotion"),
        ("subsidy\n1\n", "has no column promotion"),
        ("promotion\n", "has no rows"),
        ("promotion\n,\n", "has no rows"),
        ("promotion\n" + "1" * 200_000 + "\n", "row 2 cannot be read"),
    ],
)
def test_other_mistakes_are_one_clear_line(content: str, words: str, tmp_path: Path) -> None:
    [line] = refusal(tmp_path, content)
    assert line.startswith(words)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    document = Document(tmp_path / "a.yaml", {}, {})
    os.mkfifo(tmp_path / "pipe.csv")
    for name, words in (
        (".", "is no regular file"),
        ("pipe.csv", "is no regular file"),
        ("no.csv", "No such file"),
    ):
        with pytest.raises(InputError, match=words):
            read_table(document, name, (PROMOTION,))


def test_parquet_goes_by_the_same_rules(tmp_path: Path) -> None:
    document = Document(tmp_path / "a.yaml", {}, {})
    columns = {
        "esg_finance.guarantee_cover": [0.1, None, 0.95],
        "promotion": [1, 2, 3],
        "award": ["x", None, "lottery"],
    }
    pq.write_table(pa.table(columns), tmp_path / "points.parquet")
    with pytest.raises(InputError) as error:
        read_table(document, "points.parquet", (PROMOTION, COVER, AWARD))
    cells = [line.split("cell ")[1].split(":")[0] for line in str(error.value).splitlines()]
    assert cells == ["C2 (award)", "A4 (esg_finance.guarantee_cover)"]
    columns["esg_finance.guarantee_cover"][2], columns["award"][0] = 0.9, "scored"
    pq.write_table(pa.table(columns), tmp_path / "points.parquet")
    points = read_table(document, "points.parquet", (PROMOTION, COVER, AWARD))
    assert points == ((1.0, 0.1, "scored"), (2.0, None, None), (3.0, 0.9, "lottery"))
    (tmp_path / "points.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match="cannot be read"):
        read_table(document, "points.parquet", (PROMOTION,))
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["promotion", "promotion"])
    pq.write_table(twice, tmp_path / "points.parquet")
    with pytest.raises(InputError, match="has 2 columns promotion"):
        read_table(document, "points.parquet", (PROMOTION,))


@given(st.sampled_from(["grid", "oat", "lhs"]), st.integers(0, 2**32))
@settings(max_examples=20)
def test_the_products_own_points_are_a_table_of_ones_own(
    tmp_path_factory: pytest.TempPathFactory, method: str, seed: int
) -> None:
    """Written as CSV by the standard library, blanks for None, and read again to the last bit."""
    factors = (*ALL, Factor("contagion_neighbours", "uncertainty", 0.005, 0.15, scale="log"), RATE)[1:-1]
    options = {"lhs": {"samples": 20}, "grid": {"levels": 2}}.get(method, {})
    design = Design(method, factors, tuple(points_of(method, factors, seed, options)))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([design.table(), *zip(*design.table().values(), strict=True)])
    assert read(tmp_path_factory.mktemp("own"), text.getvalue(), *factors) == design.points


@given(
    st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=3), min_size=1, max_size=6),
    st.binary(max_size=40),
)
@settings(max_examples=60)
def test_any_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], garbage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = io.StringIO()
    csv.writer(text).writerows([["promotion", "award"], *cells])
    for content in (text.getvalue().encode("utf-8", "replace"), b"promotion\n" + garbage, garbage):
        with suppress(InputError):  # one clear line, and no other error
            assert all(PROMOTION.allows(value) for (value,) in read(folder, content, PROMOTION))
