"""What every section of a file keeps to: known keys only, nothing converted, text that can be printed."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from sim.scenarios.yaml_file import NO_TEXT, printable


class Section(BaseModel):
    """A part of the file: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _text(value: str) -> str:
    if bad := NO_TEXT.search(value):
        raise refused(f"holds a character that is no text ({printable(bad[0])}); take it out")
    return value


class Title(Section):
    """Title in English and Japanese; empty where there is none."""

    en: Annotated[str, AfterValidator(_text)] = ""
    ja: Annotated[str, AfterValidator(_text)] = ""


def refused(message: str) -> PydanticCustomError:
    """The error of a validator, in our words."""
    return PydanticCustomError("refused", "{message}", {"message": message})
