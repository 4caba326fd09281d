"""What a run would say of every figure, from a quadratic in the parameters fitted to many runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import KFold, cross_val_predict

from sim.kernel.world import Floats

_FOLDS = 10
_PENALTIES = np.logspace(-4, 2, 13)
#: A quadratic needs so many runs per coefficient; with fewer, a plane is fitted.
_RUNS_PER_COEFFICIENT = 2.0
#: Least share of held-out residuals within two standard deviations; of normal ones it is 95%.
_WITHIN = 0.92

type Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Emulator:
    """A regression of every figure on the parameters, with what it leaves.

    Attributes:
        degree: of the polynomial.
        coefficients: (terms, figures) of its terms.
        constant: (figures,).
        covariance: (figures, figures) of held-out residuals of single runs: what the regression misses, and
            chance within a run.
        residuals: (runs, figures) held out.
    """

    degree: int
    coefficients: Floats
    constant: Floats
    covariance: Floats
    residuals: Floats

    def predicted(self, cube: Floats) -> Floats:
        """(points, figures) what is expected on their scales at points (points, parameters) of the cube."""
        return self.at(Places(cube))

    def at(self, places: Places) -> Floats:
        """``predicted`` at places whose terms may be known already."""
        figures: Floats = places.terms(self.degree) @ self.coefficients + self.constant
        return figures

    def within(self) -> Floats:
        """(figures,) share of the held-out residuals within two standard deviations."""
        deviation = np.sqrt(np.diag(self.covariance))
        share: Floats = (np.abs(self.residuals) <= 2.0 * deviation).mean(axis=0)
        return share

    def trusted(self) -> Marks:
        """(figures,) whether held-out residuals are near enough to normal to rule out by a figure."""
        return self.within() >= _WITHIN


def fitted(cube: Floats, figures: Floats, seed: int) -> Emulator:
    """Fit to runs at points of the unit cube.

    Args:
        cube: (runs, parameters), 0 to 1.
        figures: (runs, figures) on their scales.
        seed: of the folds that are held out in turn.
    """
    runs, parameters = cube.shape
    coefficients = (parameters + 1) * (parameters + 2) / 2
    degree = 2 if runs >= _RUNS_PER_COEFFICIENT * coefficients else 1
    known = terms(cube, degree)
    penalties = RidgeCV(_PENALTIES, alpha_per_target=True).fit(known, figures).alpha_
    model = Ridge(penalties)
    folds = KFold(min(_FOLDS, runs), shuffle=True, random_state=seed)
    residuals: Floats = figures - cross_val_predict(model, known, figures, cv=folds)
    covariance = residuals.T @ residuals / len(residuals)
    model.fit(known, figures)
    return Emulator(degree, model.coef_.T, model.intercept_, covariance, residuals)


class Places:
    """Points of the unit cube, with the terms of every degree worked out once.

    Attributes:
        cube: (points, parameters).
    """

    def __init__(self, cube: Floats) -> None:
        self.cube = cube
        self._terms: dict[int, Floats] = {}

    def terms(self, degree: int) -> Floats:
        """(points, terms) of a polynomial of that degree."""
        if degree not in self._terms:
            self._terms[degree] = terms(self.cube, degree)
        return self._terms[degree]


def terms(cube: Floats, degree: int) -> Floats:
    """(points, terms) of a polynomial without its constant: coordinates, of a quadratic their products."""
    if degree == 1:
        return cube
    first, second = np.triu_indices(cube.shape[1])
    return np.hstack([cube, cube[:, first] * cube[:, second]])
