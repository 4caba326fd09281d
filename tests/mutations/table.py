"""Every mutation of the kernel: what is broken, where, and what it shows if nobody notices."""

from __future__ import annotations

from typing import NamedTuple

SIGN, FACTOR, OFF_BY_ONE = "sign", "factor", "off by one"
SWAPPED, DROPPED, COMPARISON = "swapped column", "dropped term", "comparison"
KINDS = (SIGN, FACTOR, OFF_BY_ONE, SWAPPED, DROPPED, COMPARISON)

#: What is broken outside the acts of a quarter.
START, DRAWS, SCENARIO = "state at the start", "draws", "scenario to kernel"
OUTSIDE = (START, DRAWS, SCENARIO)


class Mutation(NamedTuple):
    """One change of a source file.

    Attributes:
        act: the act of a quarter that it breaks, or one of ``OUTSIDE``.
        kind: one of ``KINDS``.
        file: below ``sim/``; ``old`` stands in it once.
        check: an identity that must notice it besides the twin.
        shared: the reference model takes this from the same place, so the twin has no say.
        survives: why nobody can notice it; empty for a mutation that must be noticed.
    """

    act: str
    kind: str
    file: str
    old: str
    new: str
    check: str = ""
    shared: bool = False
    survives: str = ""


MUTATIONS: dict[str, Mutation] = {
    # open_quarter, close_quarter
    "flows pile up": Mutation("open_quarter", DROPPED, "acts/ledger.py", "state.flows.now[:] = 0.0", "pass"),
    "last year's money again": Mutation(
        "open_quarter",
        OFF_BY_ONE,
        "acts/ledger.py",
        "ledger.appropriated[fund, clock.year]",
        "ledger.appropriated[fund, clock.year - 1]",
    ),
    "debt is pooled over the years": Mutation(
        "open_quarter", DROPPED, "acts/ledger.py", "state.prefectures.pooled_debt[:] = 0.0", "pass"
    ),
    "what is spent is there again": Mutation(
        "open_quarter",
        SIGN,
        "acts/ledger.py",
        "ledger.remaining[fund] -= amount",
        "ledger.remaining[fund] += amount",
    ),
    "lapsed money is not booked": Mutation(
        "close_quarter",
        DROPPED,
        "acts/ledger.py",
        "ledger.lapsed[fund, clock.year] = ledger.remaining[fund]",
        "ledger.lapsed[fund, clock.year] = 0.0",
        "ledger_balances",
    ),
    "the last fund never lapses": Mutation(
        "close_quarter",
        OFF_BY_ONE,
        "acts/ledger.py",
        "if clock.last_of_year:\n        for fund in range(len(ledger.remaining)):",
        "if clock.last_of_year:\n        for fund in range(len(ledger.remaining) - 1):",
    ),
    # weigh_neighbours, spread_awareness
    "members count as adopters": Mutation(
        "weigh_neighbours",
        SWAPPED,
        "acts/awareness.py",
        "* municipalities.adopted[traits.neighbours[i, n]]",
        "* municipalities.member[traits.neighbours[i, n]]",
    ),
    "the last neighbour is forgotten": Mutation(
        "weigh_neighbours",
        OFF_BY_ONE,
        "acts/awareness.py",
        "range(traits.neighbours.shape[1])",
        "range(traits.neighbours.shape[1] - 1)",
    ),
    "stimulus lowers awareness": Mutation(
        "spread_awareness", SIGN, "acts/awareness.py", "math.exp(-stimulus),", "math.exp(stimulus),"
    ),
    "designation inspires a quarter longer": Mutation(
        "spread_awareness",
        COMPARISON,
        "acts/awareness.py",
        "municipalities.designated_quarter[i] < parameters.futurecity.plan_quarters",
        "municipalities.designated_quarter[i] <= parameters.futurecity.plan_quarters",
    ),
    "contacts of the last programme count alone": Mutation(
        "spread_awareness", DROPPED, "acts/awareness.py", "reached[i] += contacts", "reached[i] = contacts"
    ),
    "companies hear what another town hears": Mutation(
        "spread_awareness",
        OFF_BY_ONE,
        "acts/awareness.py",
        "missed[homes[j]]",
        "missed[homes[j] - 1]",
    ),
    "promotion reaches municipalities only": Mutation(
        "spread_awareness",
        DROPPED,
        "acts/awareness.py",
        "audience = end - start + last - first",
        "audience = end - start",
    ),
    "events double": Mutation(
        "spread_awareness",
        FACTOR,
        "acts/awareness.py",
        "awareness.awareness_event * clock.event",
        "2.0 * awareness.awareness_event * clock.event",
    ),
    "companies hear what officials hear": Mutation(
        "spread_awareness",
        SWAPPED,
        "acts/awareness.py",
        "awareness.awareness_base_company",
        "awareness.awareness_base",
    ),
    "the surge passes unheard": Mutation(
        "spread_awareness",
        DROPPED,
        "acts/awareness.py",
        "surge = faded(awareness.awareness_surge, parameters.membership.surge_decay, clock.since_surge)",
        "surge = 0.0",
    ),
    # join_platform
    "adopters are not keener to join": Mutation(
        "join_platform",
        DROPPED,
        "acts/membership.py",
        "1.0 if municipalities.adopted[i] == 1 else membership.join_not_promoting",
        "membership.join_not_promoting",
    ),
    "companies imitate as municipalities do": Mutation(
        "join_platform",
        SWAPPED,
        "acts/membership.py",
        "membership.join_company_peers",
        "membership.join_municipality_peers",
    ),
    "municipalities never leave": Mutation(
        "join_platform", DROPPED, "acts/membership.py", "municipalities.member[i] = 0", "pass"
    ),
    "companies never leave": Mutation(
        "join_platform", DROPPED, "acts/membership.py", "            member[j] = 0", "            pass"
    ),
    "foreign funds join": Mutation(
        "join_platform",
        OFF_BY_ONE,
        "acts/membership.py",
        "institutions.member[:domestic]",
        "institutions.member[: domestic + 1]",
    ),
    "an event of rate 0.7 has probability 0.7": Mutation(
        "join_platform",
        DROPPED,
        "agents/municipality.py",
        "u < rate and u < 1.0 - math.exp(-rate)",
        "u < rate",
    ),
    # adopt
    "the push is stronger where nobody knows": Mutation(
        "adopt",
        SIGN,
        "agents/municipality.py",
        "push * (floor + (1.0 - floor) * awareness)",
        "push * (floor - (1.0 - floor) * awareness)",
    ),
    "contagion always waits for the threshold": Mutation(
        "adopt",
        COMPARISON,
        "acts/adoption.py",
        "policy.contagion == THRESHOLD",
        "policy.contagion >= 0",
    ),
    "what lies above the threshold pulls": Mutation(
        "adopt",
        FACTOR,
        "agents/municipality.py",
        "return share if share >= threshold",
        "return share - threshold if share >= threshold",
    ),
    "peers need no threshold": Mutation(
        "adopt", DROPPED, "acts/adoption.py", "pull(peers[i], threshold)", "peers[i]"
    ),
    "the election is missed by a quarter": Mutation(
        "adopt",
        OFF_BY_ONE,
        "acts/adoption.py",
        "(clock.quarter + phase) % _TERM == 0",
        "(clock.quarter + phase) % _TERM == 1",
    ),
    "peers include oneself": Mutation(
        "adopt", OFF_BY_ONE, "acts/adoption.py", "if step > 0:", "if step >= 0:"
    ),
    "adopters are weighed once more": Mutation(
        "adopt",
        FACTOR,
        "acts/adoption.py",
        "fade * (adopters + adopted[before])",
        "fade * (adopters + 2.0 * adopted[before])",
    ),
    "prefectures adopt without a push": Mutation(
        "adopt",
        DROPPED,
        "acts/adoption.py",
        "rate += faded(adoption.prefecture_push, adoption.push_decay, clock.since_target)",
        "pass",
    ),
    "the push grows": Mutation(
        "adopt", SIGN, "agents/government.py", "-decay * quarters", "decay * quarters"
    ),
    "nobody ceases to promote": Mutation(
        "adopt", DROPPED, "acts/adoption.py", "municipalities.adopted[i] = 0", "pass"
    ),
    "prefectures never cease": Mutation(
        "adopt", DROPPED, "acts/adoption.py", "prefectures.adopted[p] = 0", "pass"
    ),
    "who begins again has never begun before": Mutation(
        "adopt",
        DROPPED,
        "acts/adoption.py",
        "if municipalities.adopted_quarter[i] == NEVER:",
        "if True:",
    ),
    # hold_study_groups
    "institutions attend twice": Mutation(
        "hold_study_groups",
        DROPPED,
        "acts/groups.py",
        "left += int(served[f] == 1 and attends[f] == 0)",
        "left += int(served[f] == 1)",
    ),
    "programmes of subcommittees share their draws": Mutation(
        "hold_subcommittees",
        DROPPED,
        "acts/ledger.py",
        "return stream if code == 0 else absorb(stream, code)",
        "return stream",
    ),
    "advisers go twice to a place": Mutation(
        "send_advice", DROPPED, "acts/groups.py", "waiting[n] = 0", "waiting[n] = 1"
    ),
    "a post is helped by two programmes": Mutation(
        "hold_meetings",
        DROPPED,
        "acts/meetings.py",
        "if used < number and posts.supported[i] == 0 and served[i] == 1:",
        "if used < number and served[i] == 1:",
    ),
    "whoever has money pays": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/ledger.py",
        "if served[target[row], actor] == 1 and amount <= remaining[row]:",
        "if amount <= remaining[row]:",
    ),
    "missions of the last programme count alone": Mutation(
        "go_abroad", DROPPED, "acts/abroad.py", "missions[i] += sent", "missions[i] = sent"
    ),
    "a winner is paid twice": Mutation(
        "select_futurecities",
        DROPPED,
        "acts/futurecity.py",
        "number += int(served[i] == 1 and municipalities.model_fund[i] == NONE)",
        "number += int(served[i] == 1)",
    ),
    "study groups are seldom full": Mutation(
        "hold_study_groups",
        OFF_BY_ONE,
        "acts/groups.py",
        "empty = groups * seats",
        "empty = groups * seats - 1",
    ),
    "study groups cost a year's price": Mutation(
        "hold_study_groups",
        FACTOR,
        "acts/groups.py",
        "cost = parameters.costs.study_group_cost / 4.0",
        "cost = parameters.costs.study_group_cost",
    ),
    "rotation teaches": Mutation(
        "hold_study_groups",
        SIGN,
        "acts/groups.py",
        "skill - learning.skill_rotation",
        "skill + learning.skill_rotation",
    ),
    "a quarter may spend the money of a year": Mutation(
        "hold_study_groups",
        DROPPED,
        "agents/government.py",
        "remaining / quarters_left / unit_cost",
        "remaining / unit_cost",
    ),
    # hold_subcommittees
    "subcommittees of strangers": Mutation(
        "hold_subcommittees",
        DROPPED,
        "acts/groups.py",
        "index >= 0 and member[ids[index]] == 1 and",
        "index >= 0 and",
    ),
    "a seat too few": Mutation(
        "hold_subcommittees",
        OFF_BY_ONE,
        "acts/groups.py",
        "in range(seats)",
        "in range(seats - 1)",
    ),
    "another theme": Mutation(
        "hold_subcommittees", COMPARISON, "acts/groups.py", "u * total < cumulated", "u * total > cumulated"
    ),
    # send_advice
    "advice goes on for good": Mutation(
        "send_advice",
        DROPPED,
        "acts/groups.py",
        " & (clock.quarter - municipalities.designated_quarter < parameters.futurecity.plan_quarters)",
        "",
    ),
    "advice ends a quarter late": Mutation(
        "send_advice",
        COMPARISON,
        "acts/groups.py",
        "municipalities.designated_quarter < parameters.futurecity.plan_quarters",
        "municipalities.designated_quarter <= parameters.futurecity.plan_quarters",
    ),
    "advisers cost what advice costs": Mutation(
        "send_advice", SWAPPED, "acts/groups.py", "costs.adviser_cost", "costs.advice_cost"
    ),
    # select_futurecities
    "the worst are designated": Mutation(
        "select_futurecities", SIGN, "acts/futurecity.py", "np.argsort(-scores,", "np.argsort(scores,"
    ),
    "everybody applies as if a legacy city": Mutation(
        "select_futurecities", SWAPPED, "agents/municipality.py", "on_legacy * legacy", "on_legacy * adopted"
    ),
    "citizens do not count": Mutation(
        "select_futurecities",
        DROPPED,
        "agents/government.py",
        "weight_citizens * awareness",
        "weight_citizens",
    ),
    "three partnerships are not enough": Mutation(
        "select_futurecities",
        OFF_BY_ONE,
        "acts/futurecity.py",
        "/ futurecity.partnerships_full_marks,",
        "/ (futurecity.partnerships_full_marks + 1.0),",
    ),
    "the middle dimension counts as the smallest": Mutation(
        "select_futurecities",
        SWAPPED,
        "acts/futurecity.py",
        "min(shares[0], shares[1], shares[2])",
        "min(shares[0], shares[1])",
    ),
    "the head start is not kept": Mutation(
        "select_futurecities",
        SWAPPED,
        "acts/futurecity.py",
        "municipalities.capacity_base[i] += capacity.capacity_designation",
        "municipalities.capacity[i] += capacity.capacity_designation",
    ),
    "each winner gets all model grants": Mutation(
        "select_futurecities",
        DROPPED,
        "acts/futurecity.py",
        "ledger.remaining[row] / number",
        "ledger.remaining[row]",
    ),
    "model grants are paid in part": Mutation(
        "select_futurecities", DROPPED, "acts/futurecity.py", "number * grant)", "grant)"
    ),
    "a plan's money ends with its first year": Mutation(
        "select_futurecities",
        FACTOR,
        "acts/futurecity.py",
        ">= futurecity.plan_quarters:",
        ">= futurecity.plan_quarters / 3.0:",
    ),
    # sign_agreements
    "adopters sign no more than others": Mutation(
        "sign_agreements", DROPPED, "agents/municipality.py", " * (1.0 + on_adoption * adopted)", ""
    ),
    "capacity is in the way": Mutation(
        "sign_agreements",
        SIGN,
        "agents/municipality.py",
        "1.0 - on_capacity * (1.0",
        "1.0 + on_capacity * (1.0",
    ),
    "the largest company is never met": Mutation(
        "sign_agreements", OFF_BY_ONE, "agents/company.py", "math.log(u)))) - 1", "math.log(u))))"
    ),
    "an agreement is signed again": Mutation(
        "sign_agreements",
        COMPARISON,
        "acts/agreements.py",
        "municipalities.agreement_partners[i, slot] == j",
        "municipalities.agreement_partners[i, slot] > j",
    ),
    "a full list goes on": Mutation(
        "sign_agreements", COMPARISON, "acts/agreements.py", "held >= AGREEMENTS", "held > AGREEMENTS"
    ),
    "an agreement that ends counts twice": Mutation(
        "sign_agreements",
        SIGN,
        "acts/agreements.py",
        "municipalities.agreement_partners[i, slot]] -= 1",
        "municipalities.agreement_partners[i, slot]] += 1",
    ),
    "of many agreements no more end": Mutation(
        "sign_agreements", FACTOR, "acts/agreements.py", "agreement_end * held", "agreement_end"
    ),
    "the first agreement ends": Mutation(
        "sign_agreements",
        DROPPED,
        "acts/agreements.py",
        "min(int(uniform2(key, i, 1) * held), held - 1)",
        "0",
    ),
    "June's donors give again in July": Mutation(
        "sign_agreements", COMPARISON, "acts/agreements.py", "[i] < 4 * clock.year", "[i] <= 4 * clock.year"
    ),
    "donations come like agreements": Mutation(
        "sign_agreements",
        SWAPPED,
        "acts/agreements.py",
        "agreements.donation_rate * ready",
        "agreements.agreement_rate * ready",
    ),
    "agreements build no trust": Mutation(
        "sign_agreements", COMPARISON, "acts/agreements.py", "if share > 0.0:", "if share < 0.0:"
    ),
    # post_needs
    "needs without awareness": Mutation(
        "post_needs",
        DROPPED,
        "agents/municipality.py",
        "return rate * capacity * awareness",
        "return rate * capacity",
        "zero_awareness",
    ),
    "full municipalities post": Mutation(
        "post_needs",
        COMPARISON,
        "acts/posting.py",
        "if municipalities.active[i] >= traits.slots[i]:",
        "if municipalities.active[i] > traits.slots[i]:",
        "slots_are_never_exceeded",
    ),
    "needs grow with the gap, not its square": Mutation(
        "post_needs", FACTOR, "agents/municipality.py", "salience * gap * gap", "salience * gap"
    ),
    "the state of a goal is its gap": Mutation(
        "post_needs",
        SIGN,
        "agents/municipality.py",
        "(1.0 - goal_state) * scale",
        "(1.0 + goal_state) * scale",
    ),
    # hold_meetings
    "members keep to their own network": Mutation(
        "hold_meetings",
        COMPARISON,
        "acts/meetings.py",
        "uniform(key, i) < needs.own_channel",
        "uniform(key, i) > needs.own_channel",
    ),
    "companies look for those who look": Mutation(
        "hold_meetings", FACTOR, "agents/company.py", "effort * awareness * free_slots", "effort * awareness"
    ),
    "one candidate fewer is seen": Mutation(
        "hold_meetings", OFF_BY_ONE, "acts/candidates.py", "ATTENTION = 20", "ATTENTION = 19"
    ),
    "the ring starts one earlier": Mutation(
        "hold_meetings",
        OFF_BY_ONE,
        "acts/candidates.py",
        "ids[start + step]",
        "ids[max(start + step - 1, 0)]",
    ),
    "neighbours and strangers are swapped": Mutation(
        "hold_meetings",
        SWAPPED,
        "acts/candidates.py",
        "local if uniform2(key, i, a) < near else national",
        "national if uniform2(key, i, a) < near else local",
    ),
    "trust repels": Mutation(
        "hold_meetings", SIGN, "agents/company.py", "+ on_trust * trust\n", "- on_trust * trust\n"
    ),
    "companies look at their own reputation": Mutation(
        "hold_meetings",
        SWAPPED,
        "acts/ranking.py",
        "trust, market.municipalities.reputation[i], near",
        "trust, market.companies.reputation[j], near",
    ),
    "a company liked less is asked first": Mutation(
        "hold_meetings", COMPARISON, "acts/ranking.py", "if appeal > highest or", "if appeal < highest or"
    ),
    "the bound of a normal draw lies within its cell": Mutation(
        "hold_meetings",
        COMPARISON,
        "acts/bounds.py",
        "np.maximum(ends[:-1], ends[1:])",
        "np.minimum(ends[:-1], ends[1:])",
    ),
    "nearness is bounded at half": Mutation(
        "hold_meetings", FACTOR, "acts/bounds.py", "/ (1.0 + x * (1.0 +", "/ (2.0 + x * (1.0 +"
    ),
    "companies never leave who asked first": Mutation(
        "hold_meetings",
        COMPARISON,
        "acts/matching.py",
        "liking[v, choice[v]] <= liking[worst, choice[worst]]:",
        "liking[v, choice[v]] >= liking[worst, choice[worst]]:",
    ),
    "a company holds one post more than it can": Mutation(
        "hold_meetings",
        COMPARISON,
        "acts/matching.py",
        "if holds[c] < capacity[c]:",
        "if holds[c] <= capacity[c]:",
    ),
    "fewer and more are swapped": Mutation(
        "hold_meetings",
        SWAPPED,
        "acts/matching.py",
        "math.pow(fewer / more, elasticity)",
        "math.pow(more / fewer, elasticity)",
    ),
    "a consultation closes the whole gap": Mutation(
        "hold_meetings",
        DROPPED,
        "acts/meetings.py",
        "search.consultation_efficiency * (1.0 - plain)",
        "(1.0 - plain)",
    ),
    "support puts a post back": Mutation(
        "hold_meetings",
        SWAPPED,
        "acts/meetings.py",
        "advance = plain / helped if",
        "advance = helped / plain if",
    ),
    # convert_meetings
    "able municipalities fail": Mutation(
        "convert_meetings",
        SIGN,
        "acts/conversion.py",
        "conversion.friction_capacity * (1.0 - capacity)",
        "conversion.friction_capacity * (1.0 + capacity)",
    ),
    "trust is friction": Mutation(
        "convert_meetings",
        SIGN,
        "acts/conversion.py",
        "max(friction - relief, 0.0)",
        "max(friction + relief, 0.0)",
    ),
    "the more aware side counts": Mutation(
        "convert_meetings",
        COMPARISON,
        "acts/conversion.py",
        "min(municipalities.awareness[i], companies.awareness[j])",
        "max(municipalities.awareness[i], companies.awareness[j])",
    ),
    "losses are told of the wrong factor": Mutation(
        "convert_meetings",
        OFF_BY_ONE,
        "acts/conversion.py",
        "+= posts.friction[i, factor] / friction",
        "+= posts.friction[i, factor - 1] / friction",
    ),
    "a consultation widens the gap": Mutation(
        "convert_meetings",
        SIGN,
        "acts/conversion.py",
        "gap *= 1.0 - conversion.consultation_capacity",
        "gap *= 1.0 + conversion.consultation_capacity",
    ),
    "small municipalities keep to their own capacity": Mutation(
        "post_needs",
        DROPPED,
        "acts/posting.py",
        "if policy.joint_projects and",
        "if not policy.joint_projects and",
    ),
    "the able share with the small": Mutation(
        "convert_meetings",
        FACTOR,
        "acts/posting.py",
        "max(own, capacity.joint_share * ablest)",
        "min(own, capacity.joint_share * ablest)",
    ),
    "a consultation blurs the ranking": Mutation(
        "hold_meetings",
        SIGN,
        "acts/ranking.py",
        "noise *= 1.0 - search.consultation_noise",
        "noise *= 1.0 + search.consultation_noise",
    ),
    "intermediaries prefer the able": Mutation(
        "hold_meetings",
        SIGN,
        "acts/meetings.py",
        "search.intermediary_reach * (1.0 - municipalities.capacity[i])",
        "search.intermediary_reach * municipalities.capacity[i]",
    ),
    "an intermediary introduces one company fewer": Mutation(
        "hold_meetings", OFF_BY_ONE, "acts/candidates.py", "_INTRODUCED = 4", "_INTRODUCED = 3"
    ),
    "meetings of the platform count as introductions": Mutation(
        "hold_meetings",
        COMPARISON,
        "acts/meetings.py",
        "if v >= len(own) + len(served) and",
        "if v < len(own) + len(served) and",
    ),
    "goal 17 gains by the projects of others": Mutation(
        "advance_goals", COMPARISON, "acts/progress.py", "if k == _PARTNERSHIPS:", "if k != _PARTNERSHIPS:"
    ),
    # test_and_sign
    "half the grant is booked": Mutation(
        "test_and_sign",
        FACTOR,
        "acts/booking.py",
        "spend(state.ledger, state.flows, paid.fund, clock.year, paid.amount)",
        "spend(state.ledger, state.flows, paid.fund, clock.year, 0.5 * paid.amount)",
        "deals_are_the_ledger",
    ),
    "guarantee reserves are free": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/booking.py",
        "spend(ledger, flows, payer, clock.year, reserve)",
        "spend(ledger, flows, payer, clock.year, 0.0)",
        "deals_are_the_ledger",
    ),
    "interest subsidy is not earned": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/booking.py",
        "* offer.debt + deals.interest_subsidy[row]",
        "* offer.debt",
        "loan_terms_add_up",
    ),
    "lenders are paid the premium": Mutation(
        "test_and_sign",
        SIGN,
        "acts/booking.py",
        "institutions.capital[f] -= premium",
        "institutions.capital[f] += premium",
    ),
    "model grants come again": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/booking.py",
        "municipalities.model_credit[i] -= paid.amount",
        "municipalities.model_credit[i] -= 0.0",
    ),
    "all loans that capital can carry go to partnerships": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/deals.py",
        "limit = finance.lending_share * capital / finance.capital_requirement",
        "limit = capital / finance.capital_requirement",
    ),
    "lenders forget what they have lent": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/deals.py",
        "desk.room[n] = limit - institutions.exposure[f]",
        "desk.room[n] = limit",
        "loan_books_balance",
    ),
    "additional deals are miscounted": Mutation(
        "test_and_sign",
        SWAPPED,
        "acts/deals.py",
        "_INFRAMARGINAL if signs else _ADDITIONAL",
        "_INFRAMARGINAL",
        "no_deal_lost",
    ),
    "guarantee without money": Mutation(
        "test_and_sign", DROPPED, "acts/deals.py", "        cover = 0.0\n", "        pass\n", "zero_levers"
    ),
    "a declined grant kills the deal": Mutation(
        "test_and_sign",
        COMPARISON,
        "acts/deals.py",
        "if not takes and not signs:",
        "if not takes and not (signs and grant.amount == 0.0):",
        "no_deal_lost",
    ),
    "the worst applications come first": Mutation(
        "test_and_sign", SIGN, "acts/deals.py", "score[n] = -award_score(", "score[n] = award_score("
    ),
    "need weighs nothing in need-weighted awards": Mutation(
        "test_and_sign", DROPPED, "agents/government.py", "success * gap + bonus", "success + bonus"
    ),
    "the municipality does not match the subsidy": Mutation(
        "test_and_sign",
        DROPPED,
        "agents/government.py",
        "return max(least, grant * (1.0 - rate) / rate)",
        "return least",
    ),
    "every project is a leading one": Mutation(
        "test_and_sign",
        COMPARISON,
        "acts/deals.py",
        "if designated == 1 else grants.grant_cap",
        "if designated >= 0 else grants.grant_cap",
    ),
    "grants to companies are paid from the subsidy": Mutation(
        "test_and_sign",
        SWAPPED,
        "acts/deals.py",
        "Grant(payer, company, usual, False)",
        "Grant(0, company, usual, False)",
    ),
    "a grant may exceed what is left": Mutation(
        "test_and_sign",
        FACTOR,
        "acts/ledger.py",
        "amount <= remaining[row]",
        "amount <= 2.0 * remaining[row]",
    ),
    "two regional lenders are asked": Mutation(
        "test_and_sign", OFF_BY_ONE, "acts/deals.py", "if n < regional else", "if n < regional - 1 else"
    ),
    "markets shrink": Mutation(
        "test_and_sign",
        SIGN,
        "acts/deals.py",
        "(1.0 + deal.market_growth * market",
        "(1.0 - deal.market_growth * market",
    ),
    "poor municipalities approve": Mutation(
        "test_and_sign",
        SIGN,
        "agents/municipality.py",
        "constant + fiscal_effect *",
        "constant - fiscal_effect *",
    ),
    "model cases make projects dearer": Mutation(
        "test_and_sign", SIGN, "agents/municipality.py", "(1.0 - relief)", "(1.0 + relief)"
    ),
    "companies bear the loss they default on": Mutation(
        "test_and_sign",
        DROPPED,
        "agents/company.py",
        " - default * (1.0 - loss) * debt - equity - fixed_cost\n",
        " - equity - fixed_cost\n",
        "company_breaks_even",
    ),
    "salvage is paid on success": Mutation(
        "test_and_sign", SIGN, "agents/company.py", "(1.0 - success) * salvage", "(1.0 + success) * salvage"
    ),
    "screening needs no skill": Mutation(
        "test_and_sign",
        DROPPED,
        "agents/project.py",
        "(finance.screening_unskilled - desk.skill[n])",
        "finance.screening_unskilled",
    ),
    "ordinary guarantees cover whoever lends": Mutation(
        "test_and_sign",
        COMPARISON,
        "agents/project.py",
        "finance.ordinary_guarantee_cover if kind == BANK else 0.0",
        "finance.ordinary_guarantee_cover if kind >= BANK else 0.0",
    ),
    "ordinary guarantees are free": Mutation(
        "test_and_sign",
        DROPPED,
        "agents/project.py",
        "finance.ordinary_guarantee_fee * project.years if",
        "0.0 * project.years if",
        "loan_terms_add_up",
    ),
    "national companies have ordinary guarantees": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/deals.py",
        "0.0 if world.companies.national[j] == 1 else finance.ordinary_guarantee_use",
        "finance.ordinary_guarantee_use",
        "loan_terms_add_up",
    ),
    "the lever's guarantee pays for ordinary ones": Mutation(
        "test_and_sign",
        DROPPED,
        "acts/booking.py",
        "reserve = most * (1.0 - deals.ordinary_guarantee[row])",
        "reserve = most",
        "loan_terms_add_up",
    ),
    "interest is subsidised for life": Mutation(
        "test_and_sign",
        DROPPED,
        "agents/project.py",
        "rate * min(project.years, finance.interest_subsidy_years)",
        "rate * project.years",
    ),
    "skill always decides who looks": Mutation(
        "test_and_sign",
        COMPARISON,
        "acts/deals.py",
        "policy.study_effect == ACCESS",
        "policy.study_effect >= 0",
    ),
    "the company always decides on grants": Mutation(
        "test_and_sign",
        COMPARISON,
        "acts/deals.py",
        "policy.grant_choice == BY_MUNICIPALITY and",
        "policy.grant_choice < 0 and",
    ),
    "skilled lenders are gloomy": Mutation(
        "test_and_sign",
        SIGN,
        "agents/financial_institution.py",
        "pessimism * (1.0 - skill)",
        "pessimism * (1.0 + skill)",
    ),
    "screening is dear": Mutation(
        "test_and_sign",
        FACTOR,
        "agents/financial_institution.py",
        "screening / debt",
        "1.5 * screening / debt",
    ),
    "a mandate is worth twice as much": Mutation(
        "test_and_sign",
        FACTOR,
        "agents/financial_institution.py",
        "on_mandate * (1.0 - base)",
        "2.0 * on_mandate * (1.0 - base)",
    ),
    "trust banks do not pool": Mutation(
        "test_and_sign", DROPPED, "agents/financial_institution.py", "debt + pooled >= trust", "debt >= trust"
    ),
    "the rate gives all to the company": Mutation(
        "test_and_sign",
        SIGN,
        "agents/financial_institution.py",
        "break_even + surplus_share",
        "break_even - surplus_share",
    ),
    "trust lowers success": Mutation(
        "test_and_sign", SIGN, "agents/project.py", "+ on_trust * trust", "- on_trust * trust"
    ),
    "the dearest lender is chosen": Mutation(
        "test_and_sign",
        COMPARISON,
        "agents/project.py",
        "if rate < lowest:",
        "if rate < lowest or best == NONE or rate > lowest:",
    ),
    "a small loan needs no room": Mutation(
        "test_and_sign",
        COMPARISON,
        "agents/project.py",
        "desk.room[n] < debt",
        "desk.room[n] <= 0.0",
    ),
    "premiums ignore the guarantee": Mutation(
        "test_and_sign", DROPPED, "agents/project.py", "\n        * (1.0 - guarantee)\n", "\n"
    ),
    # run_projects
    "slots are never freed": Mutation(
        "run_projects",
        DROPPED,
        "acts/execution.py",
        "companies.active[j] -= 1",
        "companies.active[j] -= 0",
        "counts_agree",
    ),
    "projects run a quarter longer": Mutation(
        "run_projects",
        OFF_BY_ONE,
        "acts/execution.py",
        "max(round(parameters.execution.project_quarters), 1)",
        "max(round(parameters.execution.project_quarters), 1) + 1",
        "partnerships_flow",
    ),
    "projects complete a quarter late": Mutation(
        "run_projects",
        COMPARISON,
        "acts/execution.py",
        "survives and age < quarters",
        "survives and age <= quarters",
    ),
    "failures without a loan default": Mutation(
        "run_projects",
        DROPPED,
        "acts/execution.py",
        "if deals.institution[row] != NONE and lot <",
        "if lot <",
    ),
    "renewals are renewed": Mutation(
        "run_projects", DROPPED, "acts/execution.py", " and deals.renewed_from[row] == NONE:", ":"
    ),
    "renewals ask the municipality nothing": Mutation(
        "run_projects",
        DROPPED,
        "acts/execution.py",
        "if not municipality_gains(",
        "if False and municipality_gains(",
    ),
    # service_loans
    "repaid loans stay on the book": Mutation(
        "service_loans",
        DROPPED,
        "acts/lending.py",
        "institutions.exposure[f] -= deals.debt[row]",
        "institutions.exposure[f] -= 0.0",
        "loan_books_balance",
    ),
    "lenders bear the insured part too": Mutation(
        "service_loans",
        DROPPED,
        "acts/lending.py",
        "institutions.capital[deals.institution[row]] -= loss - called - insured",
        "institutions.capital[deals.institution[row]] -= loss - called",
        "loan_books_balance",
    ),
    "loans run a quarter longer": Mutation(
        "service_loans",
        COMPARISON,
        "acts/lending.py",
        "age >= deals.tenor[row]",
        "age > deals.tenor[row]",
    ),
    "margins come a quarter early": Mutation(
        "service_loans",
        COMPARISON,
        "acts/lending.py",
        "elif age > 0:",
        "elif age >= 0:",
    ),
    "insurers collect": Mutation(
        "service_loans",
        SIGN,
        "acts/lending.py",
        "institutions.capital[deals.insurer[row]] -= insured",
        "institutions.capital[deals.insurer[row]] += insured",
    ),
    # learn
    "trust runs away": Mutation(
        "learn",
        DROPPED,
        "acts/learning.py",
        "trust[slot] += share * (1.0 - trust[slot])",
        "trust[slot] += share",
        "shares_stay_in_range",
    ),
    "trust grows by itself": Mutation(
        "learn", SIGN, "acts/learning.py", "*= 1.0 - learning.trust_decay", "*= 1.0 + learning.trust_decay"
    ),
    "failures teach like successes": Mutation(
        "learn",
        SWAPPED,
        "acts/learning.py",
        "lessons[i] += capacity.capacity_failure",
        "lessons[i] += capacity.capacity_success",
    ),
    "staff rotation strengthens": Mutation(
        "learn", SIGN, "agents/municipality.py", "learned - rotation *", "learned + rotation *"
    ),
    "companies earn their city's reputation": Mutation(
        "learn",
        SWAPPED,
        "acts/learning.py",
        "(1.0 - companies.reputation[j])",
        "(1.0 - municipalities.reputation[i])",
    ),
    # advance_goals
    "projects move every goal": Mutation(
        "advance_goals",
        DROPPED,
        "acts/progress.py",
        "own = effect if goal == k else 0.0",
        "own = effect",
        "goals_follow_projects",
    ),
    "links run the other way": Mutation(
        "advance_goals",
        SWAPPED,
        "acts/progress.py",
        "policy.interlinkage[goal, k]",
        "policy.interlinkage[k, goal]",
        survives="every preset of interlinkage is symmetric, and a scenario can choose among presets only",
    ),
    "large municipalities move faster": Mutation(
        "advance_goals",
        SIGN,
        "acts/progress.py",
        "math.pow(people, -progress.effect_size)",
        "math.pow(people, progress.effect_size)",
    ),
    "losses are gains": Mutation(
        "advance_goals",
        SIGN,
        "acts/progress.py",
        "state - state * (1.0 - math.exp(effect))",
        "state + state * (1.0 - math.exp(effect))",
    ),
    "partnerships count once ended": Mutation(
        "advance_goals",
        SWAPPED,
        "acts/progress.py",
        "progress.partnership_effect * municipalities.active[i]",
        "progress.partnership_effect * municipalities.signed[i]",
    ),
    # spread_cases
    "cases are never forgotten": Mutation(
        "spread_cases",
        DROPPED,
        "acts/progress.py",
        "_fade(prefectures.exposure, progress.case_decay)",
        "pass",
    ),
    "everybody's success is a model case": Mutation(
        "spread_cases", DROPPED, "acts/progress.py", " or municipalities.designated[i] == 0:", ":"
    ),
    "cases from abroad count twice": Mutation(
        "spread_cases",
        FACTOR,
        "acts/progress.py",
        "reach * parameters.international.overseas_cases",
        "2.0 * reach * parameters.international.overseas_cases",
    ),
    "size classes lie wider apart": Mutation(
        "spread_cases", FACTOR, "acts/progress.py", "_CLASS_WIDTH = 0.5", "_CLASS_WIDTH = 1.0"
    ),
    # go_abroad
    "goal 5 is exported": Mutation(
        "go_abroad",
        OFF_BY_ONE,
        "acts/abroad.py",
        "0, 0, 0, 0, 0, 1, 1, 0,",
        "0, 0, 0, 0, 1, 1, 0, 0,",
    ),
    "cases of all cities travel": Mutation("go_abroad", DROPPED, "acts/abroad.py", "+= travels", "+= 1"),
    "overseas deals hold no slot": Mutation(
        "go_abroad", DROPPED, "acts/abroad.py", "companies.active[j] += 1", "companies.active[j] += 0"
    ),
    "commercial terms are the rule": Mutation(
        "go_abroad",
        COMPARISON,
        "acts/abroad.py",
        "uniform(commercial, j) >= international",
        "uniform(commercial, j) < international",
    ),
    "foreign capital never leaves": Mutation(
        "go_abroad",
        SIGN,
        "acts/abroad.py",
        "drawn - international.inbound_decay",
        "drawn + international.inbound_decay",
    ),
    "the pipeline of all years": Mutation(
        "go_abroad",
        OFF_BY_ONE,
        "acts/abroad.py",
        "range(deals.tally[FIRST], deals.tally[ROWS])",
        "range(deals.tally[FIRST] + 1, deals.tally[ROWS])",
    ),
    # record
    "what is financed is not recorded": Mutation(
        "record",
        DROPPED,
        "acts/record.py",
        "financed[traits.kind[f]] += deals.debt[n]",
        "financed[traits.kind[f]] += 0.0",
        "lending_by_kind_is_all_lending",
    ),
    "a survey counts who does not promote": Mutation(
        "record",
        DROPPED,
        "acts/record.py",
        "promoting += answers * municipalities.adopted[i]",
        "promoting += answers",
    ),
    "large municipalities answer less": Mutation(
        "record", SIGN, "agents/municipality.py", "+ on_size * size", "- on_size * size"
    ),
    "equity is no investment": Mutation(
        "record",
        DROPPED,
        "acts/record.py",
        "invested += deals.equity[n] + deals.debt[n]",
        "invested += deals.debt[n]",
    ),
    "the smallest count for as much as the largest": Mutation(
        "record", DROPPED, "acts/record.py", "weighted += own[i] * traits.population[i]", "weighted += own[i]"
    ),
    "failures are completions": Mutation(
        "record",
        SIGN,
        "acts/record.py",
        "len(ended) - completed",
        "len(ended) + completed",
    ),
    "the awareness of companies is written over capacity": Mutation(
        "record", SWAPPED, "acts/record.py", 'COLUMN["awareness_companies"]', 'COLUMN["capacity_mean"]'
    ),
    "Gini of one more": Mutation("record", OFF_BY_ONE, "acts/record.py", "- (n + 1.0) / n", "- n / n"),
    "all deals of a place are subsidised": Mutation(
        "record",
        COMPARISON,
        "acts/places.py",
        "verdict in (_INFRAMARGINAL, _ADDITIONAL)",
        "verdict >= _UNSUBSIDISED",
        "places_add_up",
    ),
    "proposals are lost by place, too": Mutation(
        "record",
        COMPARISON,
        "acts/places.py",
        "if posts.proposed[i] == 1:\n            rows[g, _PROPOSALS] += 1.0\n            continue",
        "if posts.proposed[i] == 1:\n            rows[g, _PROPOSALS] += 1.0",
        "places_add_up",
    ),
    "awareness of a place is not divided": Mutation(
        "record",
        DROPPED,
        "acts/places.py",
        "rows[g, column] /= members[g]",
        "rows[g, column] /= 1.0",
        "places_add_up",
    ),
    "the last company is the largest": Mutation(
        "record", DROPPED, "acts/record.py", "largest = max(largest, held)", "largest = held"
    ),
    "places fail as often as they complete": Mutation(
        "record", SWAPPED, "acts/places.py", "else _FAILED", "else _COMPLETED", "places_add_up"
    ),
    # the state at the start, draws
    "awareness starts higher": Mutation(
        START, FACTOR, "simulation/start.py", "(0.5 + draws.uniforms", "(0.5 + 2.0 * draws.uniforms"
    ),
    "legacy cities have no head start": Mutation(
        START, DROPPED, "simulation/start.py", " | (traits.legacy == 1)", ""
    ),
    "municipalities and companies are alike at the start": Mutation(
        START,
        SWAPPED,
        "simulation/start.py",
        "awareness=_starting_awareness(parameters, key, n, 1)",
        "awareness=_starting_awareness(parameters, key, n, 0)",
    ),
    "every replicate is the same": Mutation(
        DRAWS,
        DROPPED,
        "kernel/draws.py",
        "return absorb(mix(np.uint64(seed) ^ _GOLDEN), replicate)",
        "return mix(np.uint64(seed) ^ _GOLDEN)",
        "replicates_differ",
    ),
    "every quarter is the same": Mutation(
        DRAWS, DROPPED, "kernel/draws.py", "absorb(absorb(key, process), quarter)", "absorb(key, process)"
    ),
    "sine for cosine": Mutation(
        DRAWS,
        SWAPPED,
        "kernel/draws.py",
        "return radius * math.cos(angle), radius * math.sin(angle)",
        "return radius * math.sin(angle), radius * math.cos(angle)",
    ),
    "draws lie at the lower end": Mutation(
        DRAWS, OFF_BY_ONE, "kernel/draws.py", "+ 0.5) * _UNIT", "+ 1.5) * _UNIT"
    ),
    "lists are as long as their range": Mutation(
        DRAWS, COMPARISON, "kernel/draws.py", "last = max(size, 1) - 1", "last = max(size, 1)"
    ),
    # what the reference model takes from the same place
    "the year closes a quarter early": Mutation(
        SCENARIO,
        OFF_BY_ONE,
        "simulation/policy.py",
        "last_of_year=left == 1",
        "last_of_year=left == 2",
        "promotion_is_spent_evenly",
        shared=True,
    ),
    "a cut year has the money of a whole one": Mutation(
        SCENARIO,
        DROPPED,
        "simulation/policy.py",
        "full * fractions",
        "full",
        check="promotion_is_spent_evenly",
        shared=True,
    ),
    "quotas of the whole country": Mutation(
        SCENARIO,
        DROPPED,
        "simulation/policy.py",
        "futurecity_quota * scale",
        "futurecity_quota",
        check="quotas_are_scaled_to_the_world",
        shared=True,
    ),
    "gaps are seen upside down": Mutation(
        SCENARIO,
        SWAPPED,
        "simulation/policy.py",
        "gaps.mean() / np.where(gaps > 0.0, gaps, 1.0)",
        "gaps / gaps.mean()",
        check="gaps_are_seen_against_the_nation",
        shared=True,
    ),
    "guarantees cover the interest subsidy": Mutation(
        SCENARIO,
        SWAPPED,
        "simulation/policy.py",
        'scenario.settings["esg_finance.guarantee_cover"]',
        'scenario.settings["esg_finance.interest_subsidy_rate"]',
        check="guarantees_cover_what_the_scenario_says",
        shared=True,
    ),
}
