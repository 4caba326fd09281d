"""What stands above tables."""

from __future__ import annotations

import pytest

from sim.cli.output import plain, setting


@pytest.mark.parametrize(("world", "size"), [("synthetic", "300"), ("synthetic:1_000", "1,000")])
def test_a_made_up_world_is_told_with_its_size(world: str, size: str) -> None:
    assert f"{size} made-up municipalities" in setting(world, 3, 8, "en")
    assert f"{size}" in setting(world, 3, 8, "ja")


def test_words_from_elsewhere_do_not_steer_the_terminal() -> None:
    assert plain("deliberate \x1b[31mred\n  and\twhite\u200b 赤") == "deliberate [31mred and white 赤"
