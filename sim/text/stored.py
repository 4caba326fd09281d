"""Texts of stored files, which anybody may have written, as the schemas of these files name them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from sim.text.harmless import STEERING


def _seen(text: str) -> str:
    if STEERING.search(text):
        raise ValueError("holds a character that is no text")
    return text


#: Text that can be shown: nothing in it steers a terminal, turns the direction of text or is no XML.
type Text = Annotated[str, AfterValidator(_seen)]
