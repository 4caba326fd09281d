"""P7: posts meet companies, through the own network, the platform or an intermediary."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.acts.candidates import (
    ATTENTION,
    own_candidate_key,
    ring_of,
    searching_companies,
    see_introduced,
    see_on_ring,
    see_own_network,
)
from sim.acts.ledger import spend
from sim.acts.matching import deferred_acceptance, matches
from sim.acts.ranking import Market, market_of, rank_next
from sim.agents.government import affordable
from sim.kernel.buckets import uniform_order
from sim.kernel.compiled import act, maker
from sim.kernel.draws import Process, in_lot_order, lots, stream, uniform
from sim.kernel.funds import Fund
from sim.kernel.parameters import Costs, Needs, Parameters, Search
from sim.kernel.state import (
    MEETINGS_INTERMEDIARY,
    NONE,
    Clock,
    Columns,
    Flows,
    Ledger,
    Municipalities,
    Policy,
    Posts,
    Programmes,
)
from sim.kernel.world import Integers, Traits

_OWN_CHANNEL = Process.OWN_CHANNEL
_CONSULTATION = Process.CONSULTATION
_SERVED = Process.SERVED
_ROUNDING = Process.MATCH_ROUNDING
_INTERMEDIARY = Process.INTERMEDIARY
_MATCHING = int(Fund.MATCHING_SUPPORT)


@act
def hold_meetings(
    clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Find candidates for every post and match posts with companies by deferred acceptance."""
    municipalities, companies, posts = state.municipalities, state.companies, state.posts
    search = parameters.search
    own, platform, introduced = _split_channels(
        clock, parameters.needs, search, policy, municipalities, posts
    )
    free = world.companies.slots - companies.active
    searching = searching_companies(clock, search, companies, free)
    _support(clock, parameters.costs, policy.programmes, platform, posts, state.ledger, state.flows)
    served = _served_posts(clock, search, policy, platform, posts, len(searching))
    seekers = np.concatenate((own, served, introduced))
    choices, counts = _find_candidates(
        clock, search, world, municipalities, free, searching, own, served, introduced
    )
    company = _meet(market_of(clock, search, world, state), seekers, choices, counts, free)
    for v in range(len(seekers)):
        posts.company[seekers[v]] = company[v]
        if v >= len(own) + len(served) and company[v] != NONE:
            state.flows.now[MEETINGS_INTERMEDIARY] += 1.0


@maker
def _find_candidates(
    clock: Clock, search: Search, world: Traits, municipalities: Municipalities, free: Integers,
    searching: Integers, own: Integers, served: Integers, introduced: Integers,
) -> tuple[Integers, Integers]:  # fmt: skip
    """Companies that each post sees, by channel, and how many of a row are in use."""
    directory, home = world.directory, world.municipalities.prefecture
    number = len(own) + len(served) + len(introduced)
    choices, counts = np.empty((number, ATTENTION), np.int64), np.zeros(number, np.int64)
    key = own_candidate_key(clock)
    for v in range(len(own)):
        i, p = own[v], home[own[v]]
        local = directory.companies[directory.company_start[p] : directory.company_start[p + 1]]
        counts[v] = see_own_network(
            key, i, search.own_prefecture, local, directory.national_companies,
            municipalities.partners[i], free, choices[v],
        )  # fmt: skip
    position, ids = ring_of(clock, searching)
    first = len(own)
    for v in range(len(served)):
        counts[first + v] = see_on_ring(clock, served[v], position, ids, choices[first + v])
    first += len(served)
    for v in range(len(introduced)):
        p = home[introduced[v]]
        local = directory.companies[directory.company_start[p] : directory.company_start[p + 1]]
        counts[first + v] = see_introduced(clock, introduced[v], local, free, choices[first + v])
    return choices, counts


@maker
def _split_channels(
    clock: Clock, needs: Needs, search: Search, policy: Policy, municipalities: Municipalities, posts: Posts
) -> tuple[Integers, Integers, Integers]:
    """Municipalities whose post goes through the own network, to the platform, or to an intermediary.

    Intermediaries help those who have little capacity of their own; the posts left are not searched.
    """
    key = stream(clock.key, _OWN_CHANNEL, clock.quarter)
    reach_key = stream(clock.key, _INTERMEDIARY, clock.quarter)
    own, platform = np.empty(len(posts.goal), np.int64), np.empty(len(posts.goal), np.int64)
    introduced = np.empty(len(posts.goal), np.int64)
    n_own, n_platform, n_introduced = 0, 0, 0
    for i in range(len(posts.goal)):
        if posts.goal[i] == NONE:
            continue
        if uniform(key, i) < needs.own_channel:
            own[n_own] = i
            n_own += 1
        elif municipalities.member[i] == 1:
            platform[n_platform] = i
            n_platform += 1
        elif policy.intermediaries:
            reach = search.intermediary_reach * (1.0 - municipalities.capacity[i])
            if uniform(reach_key, i) < reach:
                introduced[n_introduced] = i
                n_introduced += 1
    return own[:n_own], platform[:n_platform], introduced[:n_introduced]


@maker
def _support(
    clock: Clock, costs: Costs, programmes: Programmes, platform: Integers, posts: Posts,
    ledger: Ledger, flows: Flows,
) -> None:  # fmt: skip
    """Give coordinators to as many platform posts as the money buys consultations.

    A programme helps whom it serves and none before it has helped.
    """
    unit = costs.coordinator_cost / costs.coordinator_consultations
    order = in_lot_order(stream(clock.key, _CONSULTATION, clock.quarter), platform)
    for row in programmes.rows[programmes.first[_MATCHING] : programmes.first[_MATCHING + 1]]:
        served = programmes.municipalities[programmes.target[row]]
        number = affordable(ledger.remaining[row], unit, clock.quarters_left)
        used = 0
        for i in order:
            if used < number and posts.supported[i] == 0 and served[i] == 1:
                posts.supported[i] = 1
                used += 1
        spend(ledger, flows, row, clock.year, used * unit)


@maker
def _served_posts(
    clock: Clock, search: Search, policy: Policy, platform: Integers, posts: Posts, searchers: int
) -> Integers:
    """Platform posts that see companies: as many as the matching function says, more of the supported."""
    if len(platform) == 0 or searchers == 0:
        return platform[:0]
    supported = 0
    for i in platform:
        supported += int(posts.supported[i])
    plain = search.matching_efficiency
    helped = plain + search.consultation_efficiency * (1.0 - plain)
    efficiency = plain + (helped - plain) * supported / len(platform)
    expected = matches(
        policy.matching, efficiency, search.matching_elasticity, float(len(platform)), float(searchers)
    )
    whole = math.floor(expected)
    lot = uniform(stream(clock.key, _ROUNDING, clock.quarter), 0)
    number = min(int(whole) + (1 if lot < expected - whole else 0), len(platform))
    advance = plain / helped if helped > 0.0 else 1.0
    return _by_turn(stream(clock.key, _SERVED, clock.quarter), platform, posts, advance)[:number]


@maker
def _by_turn(key: Any, platform: Integers, posts: Posts, advance: float) -> Integers:
    """The posts by lot; that of a supported post is multiplied by ``advance``.

    So each is served with a chance in proportion to its efficiency, and at 1 support changes nobody's turn.
    """
    lot = lots(key, platform)
    for v in range(len(platform)):
        lot[v] *= advance if posts.supported[platform[v]] == 1 else 1.0
    return platform[uniform_order(lot)]


@maker
def _meet(market: Market, seekers: Integers, choices: Integers, counts: Integers, free: Integers) -> Integers:
    """Company that each post meets, or NONE, by deferred acceptance.

    Nearly every post meets its favourite, so a post ranks its next company only when those it has ranked
    have refused it: as long as no post runs out of ranked companies, matching never asks for more.
    """
    liking = np.empty(choices.shape)
    ranked, company = np.zeros(len(seekers), np.int64), np.full(len(seekers), NONE)
    refused = np.nonzero(counts > 0)[0]
    while len(refused) > 0:
        for v in refused:
            rank_next(market, seekers[v], choices[v, : counts[v]], ranked[v], liking[v])
            ranked[v] += 1
        company = deferred_acceptance(choices, ranked, liking, free)
        refused = np.nonzero((company == NONE) & (ranked < counts))[0]
    return company
