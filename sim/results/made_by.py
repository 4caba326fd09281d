"""Which model made a results folder, and what a newer one would change in its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.provenance import MODEL_VERSION, MODEL_VERSIONS, model_digest
from sim.text import Language, say

if TYPE_CHECKING:
    from sim.batch.manifest import Manifest


def model_of(manifest: Manifest, language: Language) -> str:
    """Version of the model that made the folder, and digest of its sources, for tables of facts."""
    version = manifest.model_version
    if version is None and manifest.model == model_digest():
        version = MODEL_VERSION
    number = say("made_by.uncounted", language) if version is None else str(version)
    return say("made_by.model", language, number=number, sources=manifest.model)


def may_differ(manifest: Manifest) -> bool:
    """Whether this model may leave other numbers than those of the folder."""
    return manifest.model != model_digest() and manifest.model_version != MODEL_VERSION


def of_another_model(manifest: Manifest, language: Language) -> list[str]:
    """What is to be known where other sources of the model made the folder; nothing where it was these.

    Returns:
        Sentences: that numbers are the same where the version is; of an older version what changed since.
    """
    if manifest.model == model_digest():
        return []
    then, facts = manifest.model_version, {"sources": manifest.model, "now": MODEL_VERSION}
    if then is None:
        return [say("made_by.before_versions", language, **facts)]
    if then == MODEL_VERSION:
        return [say("made_by.same_version", language, **facts)]
    if then > MODEL_VERSION:
        return [say("made_by.newer", language, then=then, **facts)]
    return [say("made_by.older", language, then=then, **facts), *_changes_since(then, language)]


def _changes_since(then: int, language: Language) -> list[str]:
    return [
        say("made_by.change", language, number=one.number, date=one.date, changed=one.changed[language])
        for one in MODEL_VERSIONS
        if one.number > then
    ]
