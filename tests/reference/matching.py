"""P7: how many posts the platform serves, and who is held by whom in the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

COBB_DOUGLAS = 1


def expected_services(parameters: Any, rule: int, posts: int, searching: int, supported: int) -> float:
    """Posts that the platform is expected to serve."""
    v, j = float(posts), float(searching)
    plain = parameters.matching_efficiency
    efficiency = plain + (helped_efficiency(parameters) - plain) * supported / v
    if rule == COBB_DOUGLAS:
        return float(min(efficiency * math.sqrt(v * j), min(v, j)))
    fewer = min(v, j)
    ratio = fewer / max(v, j)
    power = math.pow(
        1.0 + math.pow(ratio, parameters.matching_elasticity), 1.0 / parameters.matching_elasticity
    )
    return float(efficiency * fewer / power)


def helped_efficiency(parameters: Any) -> float:
    """Efficiency for a post that a coordinator helps."""
    plain = parameters.matching_efficiency
    return float(plain + parameters.consultation_efficiency * (1.0 - plain))


def deferred_acceptance[Company](
    choices: Sequence[Sequence[Company]],
    liking: Sequence[dict[Company, float]],
    room: Callable[[Company], int],
) -> list[Company | None]:
    """Posts propose down their lists; companies hold those that they like best.

    Args:
        choices: companies of every post, the best first; posts in the order in which they enter.
        liking: of every post, how much each of these companies likes it.
        room: posts that a company can hold.

    Returns:
        The company that holds each post at the end, or None.
    """
    held: dict[Company, list[int]] = {}
    ahead = [list(reversed(companies)) for companies in choices]
    for newcomer in range(len(choices)):
        post: int | None = newcomer
        while post is not None and ahead[post]:
            company = ahead[post].pop()
            posts = held.setdefault(company, [])
            post = _propose(post, posts, room(company), [liking[other].get(company, 0.0) for other in posts],
                            liking[post][company])  # fmt: skip
    met: list[Company | None] = [None] * len(choices)
    for company, posts in held.items():
        for post in posts:
            met[post] = company
    return met


def _propose(post: int, held: list[int], room: int, likings: list[float], liking: float) -> int | None:
    """One post proposes to one company; returns who must go on to the next choice, None if nobody."""
    if len(held) < room:
        held.insert(0, post)
        return None
    least = likings.index(min(likings))
    if liking > likings[least]:
        displaced, held[least] = held[least], post
        return displaced
    return post
