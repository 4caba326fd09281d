"""What stands above tables."""

from __future__ import annotations

import pytest
from rich.table import Table

from sim.batch.experiment import Experiment
from sim.cli import main
from sim.cli.output import plain, setting, standard_output
from sim.scenarios.scenario import load_scenario


@pytest.mark.parametrize(("world", "size"), [("synthetic", "300"), ("synthetic:1_000", "1,000")])
def test_a_made_up_world_is_told_with_its_size(world: str, size: str) -> None:
    experiment = Experiment("e", (load_scenario("no_policy"),), world, quarters=8, replicates=3)
    assert f"{size} made-up municipalities" in setting(experiment, "en")
    assert f"{size}" in setting(experiment, "ja")


def test_words_from_elsewhere_do_not_steer_the_terminal() -> None:
    assert plain("deliberate \x1b[31mred\n  and\twhite\u200b 赤") == "deliberate [31mred and white 赤"


def test_what_looks_like_markup_in_a_table_is_words(capsys: pytest.CaptureFixture[str]) -> None:
    words = "[/x] [bold]a[/bold] :skull: [link=http://x]b"
    table = Table(title=words)
    table.add_column(words)
    table.add_row(f"{words} \x1b[2J\x1b]0;x\x07")
    console = standard_output()
    console.print(table)
    console.print(words)
    out = capsys.readouterr().out
    assert out.count(words) == 4 and r"\x1b[2J\x1b]0;x\x07" in out
    assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize("option", [["--shard", f"1/{'9' * 5_000}"], ["--quarters", "9" * 5_000]])
def test_a_number_of_thousands_of_digits_is_one_clear_line(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["batch", "x.yaml"] if option[0] == "--shard" else ["run", "baseline"]
    assert main([*command, *option]) == 2
    said = capsys.readouterr().err
    assert option[0] in said and said.count("\n") == 1
