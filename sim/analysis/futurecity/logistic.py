"""Logistic regression with an L2 penalty, for many weightings of the same places at once.

The coefficients are those of scikit-learn's ``LogisticRegression(C=1 / penalty)``. Leaving out each of 47
prefectures, in thousands of made-up cohorts, takes a hundred times as long there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from sim.kernel.world import Floats

_STEPS = 50
_LONGEST_STEP = 2.0  # most that a step may move any logit: Newton's method overshoots where few are chosen
_TOLERANCE = 1e-3  # of the last step in any logit, after which the error is of the order of its square


def standardised(columns: Floats) -> Floats:
    """Every column with mean 0 and standard deviation 1; a constant column is 0."""
    spread = columns.std(axis=0)
    scores: Floats = (columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return scores


def fit(columns: Floats, chosen: Floats, weights: Floats, penalty: float) -> Floats:
    """(F, K + 1) constants and slopes that maximise the penalised likelihood under each weighting.

    Args:
        columns: (M, K) standardised.
        chosen: (M,) 1 for the places chosen, else 0.
        weights: (F, M) of the places; 0 leaves a place out.
        penalty: half of it times the sum of squared slopes is taken off the log-likelihood.
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    size = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    ridge = penalty * np.diag(np.arange(size) > 0).astype(np.float64)
    found = np.zeros((len(weights), size))
    share = (weights @ chosen) / weights.sum(axis=1)
    found[:, 0] = np.log(share / (1.0 - share))
    logit = found @ design.T
    for _ in range(_STEPS):
        chance = expit(logit)
        slope = (weights * (chosen - chance)) @ design - found @ ridge
        bend = ((weights * chance * (1.0 - chance)) @ products).reshape(-1, size, size) + ridge
        step = np.linalg.solve(bend, slope[:, :, None])[:, :, 0]
        moved = step @ design.T
        furthest = np.abs(moved).max(axis=1, keepdims=True)
        shorter = _LONGEST_STEP / np.maximum(furthest, _LONGEST_STEP)
        found, logit = found + shorter * step, logit + shorter * moved
        if furthest.max() < _TOLERANCE:
            break
    return found


def chances(columns: Floats, coefficients: Floats, number: float) -> Floats:
    """(F, M) chance of every place by each set of coefficients, ``number`` expected in all."""
    return at_number(coefficients[:, :1] + coefficients[:, 1:] @ columns.T, number)


def at_number(logits: Floats, number: float, counted: Floats | float = 1.0) -> Floats:
    """(F, M) chances with these logits but for a constant of each row, of which ``number`` are expected.

    How many are chosen is known beforehand; leaving a prefecture out must not change it.

    Args:
        logits: (F, M).
        number: chosen in all.
        counted: (M,) chance that a place may still be chosen.
    """
    for _ in range(_STEPS):
        chance = expit(logits)
        expected = (counted * chance).sum(axis=1)
        if np.abs(expected - number).max() < _TOLERANCE * number:
            break
        slope = (counted * chance * (1.0 - chance)).sum(axis=1)
        step = ((number - expected) / slope).clip(-_LONGEST_STEP, _LONGEST_STEP)
        logits = logits + step[:, None]
    return np.asarray(expit(logits))
