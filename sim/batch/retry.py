"""Runs that failed because of an extension, tried again with its mended source.

A mended source is another experiment: the runs that did not fail might come out otherwise, too. So a folder
is taken over only where a sample of the runs that it holds, run again with the new source, is identical to
the bit; otherwise it is refused. Runs that are kept go on saying which source made them: each part carries
the digest of its experiment, the manifest lists those that are allowed, and every session in
``provenance.json`` names the sources that it used. ``sim verify`` runs them again with the present one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sim.batch.checked import read_checked
from sim.batch.experiment import Experiment
from sim.batch.manifest import Manifest
from sim.batch.stored import found, origin_of
from sim.batch.verify import SAMPLE, Verdict, run_again
from sim.errors import InputError


def with_new_sources(folder: Path, manifest: Manifest, experiment: Experiment) -> Manifest:
    """The manifest of a folder that the same experiment with other sources of extensions takes over.

    Args:
        folder: results folder.
        manifest: as it is.
        experiment: the same but for the sources of its extensions, with the points of the folder.

    Raises:
        InputError: a stored run comes out otherwise.
    """
    stored = found(folder, manifest, origin_of(folder, manifest), read_checked(folder))
    asked = replace(experiment, record=manifest.record, by=manifest.by)
    for run in run_again(folder, asked, stored, SAMPLE):
        if run.verdict is not Verdict.IDENTICAL:
            raise InputError(
                f"{folder}: with the new source of the extensions a run that did not fail comes out "
                f"otherwise ({run.scenario}, point {run.point}, replicate {run.replicate}: {run.where}); "
                "run the experiment into another folder with --out"
            )
    kept = dict.fromkeys((manifest.experiment, *manifest.earlier))
    return replace(
        manifest,
        experiment=experiment.digest(),
        earlier=tuple(digest for digest in kept if digest != experiment.digest()),
    )
