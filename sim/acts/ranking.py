"""P7: which of the companies it sees a post likes best, and how much that company likes the post."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.acts.bounds import nearness_at_most, normal_at_most
from sim.acts.candidates import ATTENTION
from sim.agents.company import appeal_to_company, appeal_to_municipality, distance, nearness
from sim.kernel.compiled import maker, part, rule
from sim.kernel.draws import Process, Word, normal_pair, normal_words, stream
from sim.kernel.parameters import Search
from sim.kernel.state import NONE, Clock, Columns, Companies, Municipalities, Posts
from sim.kernel.world import Floats, Ids, Integers, Traits

_RANKING = Process.RANKING


class Market(NamedTuple):
    """What a ranking looks up, and room for its work."""

    key: Word
    search: Search
    world: Traits
    municipalities: Municipalities
    companies: Companies
    posts: Posts
    log_degree: Floats  # log(1 + deals ever signed), by that number
    trust: Floats  # by company, of the municipality that ranks; 0 between rankings
    at_most: Floats  # (ATTENTION,) bounds of the appeal of the companies seen


@maker
def market_of(clock: Clock, search: Search, world: Traits, state: Columns) -> Market:
    """The market of this quarter. Companies have signed few different numbers of deals: so few logarithms."""
    companies = state.companies
    most = 0
    for j in range(len(companies.signed)):
        most = max(most, companies.signed[j])
    return Market(
        stream(clock.key, _RANKING, clock.quarter), search, world, state.municipalities, companies,
        state.posts, np.log(1.0 + np.arange(most + 1)), np.zeros(len(companies.signed)), np.empty(ATTENTION),
    )  # fmt: skip


@part
def rank_next(market: Market, i: int, seen: Integers, rank: int, liking: Floats) -> None:
    """Put the most appealing of the companies seen from ``rank`` on there, and how much it likes the post.

    The others keep their order; of equal ones the first seen comes first. Only companies that may be the
    most appealing are evaluated, first the one whose appeal has the highest bound.
    """
    _lay_out_trust(market, i, 1.0)
    best = _bound_all(market, i, seen, rank)
    likeliest, (highest, liking[rank]) = best, _appeal(market, i, seen[best])
    for c in range(rank, len(seen)):
        if market.at_most[c] < highest or c == likeliest:
            continue
        appeal, back = _appeal(market, i, seen[c])
        if appeal > highest or (appeal == highest and c < best):
            best, highest, liking[rank] = c, appeal, back
    _lay_out_trust(market, i, 0.0)
    favourite = seen[best]
    for c in range(best, rank, -1):
        seen[c] = seen[c - 1]
    seen[rank] = favourite


@part
def _lay_out_trust(market: Market, i: int, share: float) -> None:
    """Write the trust of ``i`` in each of its partners, times ``share``, where its company is looked up.

    A post looks up twenty companies, and most cities trust as many: one list is not searched for each.
    """
    municipalities = market.municipalities
    for slot in range(municipalities.partners.shape[1]):
        j = municipalities.partners[i, slot]
        if j == NONE:
            break
        market.trust[j] = share * municipalities.trust[i, slot]


@part
def _bound_all(market: Market, i: int, seen: Integers, rank: int) -> int:
    """Bound the appeal of the companies seen from ``rank`` on; which has the highest bound."""
    search, traits, at_most = market.search, market.world.companies, market.at_most
    likeliest = rank
    for c in range(rank, len(seen)):
        j = seen[c]
        km = kilometres(market.world, i, j)
        near = nearness_at_most(km, search.proximity_distance, traits.national[j], search.proximity_national)
        radial, angular = normal_words(market.key, i, j)
        at_most[c] = _appeal_of(market, i, j, near, normal_at_most(radial, angular))
        if at_most[c] > at_most[likeliest]:
            likeliest = c
    return likeliest


@part
def _appeal(market: Market, i: int, j: int) -> tuple[float, float]:
    """How much a post likes a company, and it the post."""
    search, trust = market.search, market.trust[j]
    km = kilometres(market.world, i, j)
    national = market.world.companies.national[j]
    near = nearness(km, search.proximity_distance, national, search.proximity_national)
    error, back_error = normal_pair(market.key, i, j)
    back = appeal_to_company(
        search.appeal_trust, search.appeal_reputation, search.appeal_proximity,
        trust, market.municipalities.reputation[i], near, search.ranking_noise * back_error,
    )  # fmt: skip
    return _appeal_of(market, i, j, near, error), back


@part
def _appeal_of(market: Market, i: int, j: int, near: float, error: float) -> float:
    """How much a post likes a company so near, with that error; rises with both, or stays."""
    search, companies, posts = market.search, market.companies, market.posts
    noise = search.ranking_noise
    if posts.supported[i] == 1:
        noise *= 1.0 - search.consultation_noise
    return appeal_to_municipality(
        search.appeal_capability, search.appeal_trust, search.appeal_reputation,
        search.appeal_proximity, search.appeal_degree,
        market.world.companies.capability[j, posts.goal[i]], market.trust[j], companies.reputation[j], near,
        market.log_degree[companies.signed[j]], noise * error,
    )  # fmt: skip


@part
def kilometres(world: Traits, i: int, j: int) -> float:
    """Distance between municipality ``i`` and the home of company ``j``."""
    one, other = world.municipalities, world.companies
    return distance(one.x[i] - other.x[j], one.y[i] - other.y[j], one.z[i] - other.z[j])


@rule
def trust_between(partners: Ids, trust: Floats, i: int, j: int) -> float:
    """Trust of municipality ``i`` and company ``j``; zero between strangers."""
    for slot in range(partners.shape[1]):
        if partners[i, slot] == j:
            return trust[i, slot]
        if partners[i, slot] == NONE:
            break
    return 0.0
