"""How unequally something is spread over places: Lorenz curve, Gini, and Theil's index split by groups.

Arrays have places along the last axis; every other axis (such as replicates) is treated alike. What is spread
is 0 or more; where nothing is there to spread, all places are equal and every index is 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.statistics.contrasts import Floats


class Theil(NamedTuple):
    """Theil's index in nats: 0 where all are equal, ln(places) where one has all."""

    total: Floats
    #: What would be left if all places of a group had the mean of the group.
    between: Floats
    #: Mean of the groups' own indices, each counting by what it holds of the whole.
    within: Floats


def lorenz(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Lorenz curve of one set of places, from the poorest to the richest.

    Args:
        values: (places,) of what is spread.
        weights: (places,) of whom it is spread over, such as inhabitants; places count alike by default.

    Returns:
        Shares of places (or weights) and of what they hold together, from 0 to 1, places + 1 of each. With
        weights, places stand in the order of what they hold a unit of weight.

    Raises:
        InputError: a value is negative or not a number, or all weights are 0.
    """
    held = _checked(values)
    of = np.ones_like(held) if weights is None else _checked(weights)
    if not of.sum() > 0:
        raise InputError("inequality: the weights are all 0")
    rate = np.divide(held, of, out=np.full_like(held, np.inf), where=of > 0)
    order = np.argsort(rate, kind="stable")
    shares = [np.concatenate([[0.0], np.cumsum(column[order])]) for column in (of, held)]
    total = shares[1][-1]
    return shares[0] / shares[0][-1], shares[1] / total if total > 0 else shares[0] / shares[0][-1]


def gini(values: npt.ArrayLike) -> Floats:
    """Gini coefficient over places that count alike: 0 where all are equal, 1 - 1/places where one has all.

    Args:
        values: (..., places).

    Returns:
        (...) of coefficients.

    Raises:
        InputError: a value is negative or not a number.
    """
    held = np.sort(_checked(values), axis=-1)
    places = held.shape[-1]
    ranks = 2.0 * np.arange(1, places + 1) - places - 1.0
    total = held.sum(axis=-1)
    found: Floats = np.divide(
        (held * ranks).sum(axis=-1), places * total, out=np.zeros_like(total), where=total > 0
    )
    return found


def theil(values: npt.ArrayLike, groups: npt.ArrayLike) -> Theil:
    """Theil's index over places that count alike, split between and within groups (Theil 1967, ch. 4).

    Args:
        values: (..., places).
        groups: (places,) labels.

    Returns:
        Three arrays (...); between and within add up to the total.

    Raises:
        InputError: a value is negative or not a number, or groups are not one for each place.
    """
    held = _checked(values)
    labels, member = np.unique(np.asarray(groups), return_inverse=True)
    if member.shape != held.shape[-1:]:
        raise InputError(f"inequality: {member.size} groups for {held.shape[-1]} places")
    total = held.sum(axis=-1, keepdims=True)
    share = np.divide(held, total, out=np.zeros_like(held), where=total > 0)
    of_groups = share @ np.eye(len(labels))[member]
    size = np.bincount(member) / len(member)
    between = _times_log(of_groups, of_groups / size).sum(axis=-1)
    whole = _times_log(share, share * len(member)).sum(axis=-1)
    return Theil(whole, between, whole - between)


def _times_log(share: Floats, ratio: Floats) -> Floats:
    """Product of a share and ln(ratio), 0 where the share is 0."""
    logarithm = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    product: Floats = share * logarithm
    return product


def _checked(values: npt.ArrayLike) -> Floats:
    found = np.asarray(values, np.float64)
    if not found.shape or not found.shape[-1]:
        raise InputError("inequality: there are no places")
    if np.isnan(found).any() or (found < 0).any():
        raise InputError("inequality: every value must be 0 or more")
    return found
