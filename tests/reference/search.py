"""P7 and P8: posts meet companies, and meetings become proposals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from tests.reference.agents import NONE, Company, Municipality
from tests.reference.matching import deferred_acceptance, expected_services, helped_efficiency

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

RING_CANDIDATES = 20
OWN_DRAWS, PARTNERS_ASKED = 8, 12
INTRODUCED = 4


def hold_meetings(model: ReferenceModel) -> None:
    """P7."""
    own, platform, introduced = channels(model)
    searching = [company for company in model.companies if company.searches()]
    support(model, platform)
    posts = served(model, platform, searching)
    ring = sorted(searching, key=lambda company: company.uniform(Process.RING_COMPANY))
    candidates = [own_network(model, post) for post in own] + [_on_ring(post, ring) for post in posts]
    candidates += [introductions(post) for post in introduced]
    match(own + posts + introduced, candidates)
    count_introductions(model, introduced)


def channels(model: ReferenceModel) -> tuple[list[Municipality], list[Municipality], list[Municipality]]:
    """Posts searched through the own network, through the platform and by intermediaries."""
    own, platform, introduced = [], [], []
    for post in model.municipalities:
        if post.theme == NONE:
            continue
        if post.uniform(Process.OWN_CHANNEL) < model.parameters.own_channel:
            own.append(post)
        elif post.member:
            platform.append(post)
        elif model.policy.intermediaries and _is_reached(post):
            introduced.append(post)
    return own, platform, introduced


def _is_reached(post: Municipality) -> bool:
    """Whether a prefecture or lender takes the post up; they look after those with little capacity."""
    reach = post.parameters.intermediary_reach * (1.0 - post.capacity)
    return post.uniform(Process.INTERMEDIARY) < reach


def introductions(post: Municipality) -> list[Company]:
    """Companies of the prefecture that an intermediary introduces."""
    found: list[Company] = []
    for a in range(INTRODUCED):
        tried = post.pick(Process.INTRODUCTION, 16 * (a + 1) + 1, post.prefecture.companies)
        company = next((company for company in tried if company.free > 0), None)
        if company is not None and company not in found:
            found.append(company)
    return found


def count_introductions(model: ReferenceModel, introduced: list[Municipality]) -> None:
    """Meetings that intermediaries brought about."""
    met = [post for post in introduced if post.company is not None]
    model.flows["meetings_intermediary"] = float(len(met))


def support(model: ReferenceModel, platform: list[Municipality]) -> None:
    """Coordinators help as many platform posts as each programme's money allows, chosen by lot."""
    parameters = model.parameters
    unit_cost = parameters.coordinator_cost / parameters.coordinator_consultations
    queue = sorted(platform, key=lambda post: post.uniform(Process.CONSULTATION))
    for programme in model.programmes[Fund.MATCHING_SUPPORT]:
        helped = [post for post in queue if programme.serves(post) and not post.supported]
        helped = helped[: model.affordable(programme.row, unit_cost)]
        model.spend(programme.row, len(helped) * unit_cost)
        for post in helped:
            post.supported = True


def served(
    model: ReferenceModel, platform: list[Municipality], searching: list[Company]
) -> list[Municipality]:
    """Posts that the platform serves this quarter, in the order of service."""
    if not platform or not searching:
        return []
    supported = len([post for post in platform if post.supported])
    expected = expected_services(
        model.parameters, model.policy.matching, len(platform), len(searching), supported
    )
    whole = math.floor(expected)
    more = model.uniform(Process.MATCH_ROUNDING) < expected - whole
    number = min(whole + (1 if more else 0), len(platform))
    plain, helped = model.parameters.matching_efficiency, helped_efficiency(model.parameters)

    def turn(post: Municipality) -> float:
        lot = post.uniform(Process.SERVED)
        return lot * (plain / helped) if post.supported and helped > 0.0 else lot

    return sorted(platform, key=turn)[:number]


def own_network(model: ReferenceModel, post: Municipality) -> list[Company]:
    """Companies known in the prefecture or nationwide, then partners; each with a free slot."""
    found: list[Company] = []
    for a in range(OWN_DRAWS):
        company = _acquaintance(model, post, a)
        if company is not None and company not in found:
            found.append(company)
    counted = 0
    for partner in post.partners:
        if counted == PARTNERS_ASKED:
            break
        if partner.company.free > 0:
            counted += 1
            if partner.company not in found:
                found.append(partner.company)
    return found


def _acquaintance(model: ReferenceModel, post: Municipality, a: int) -> Company | None:
    """The company that draw ``a`` of the own network brings, if any."""
    near_by = post.uniform2(Process.OWN_CANDIDATE, a) < model.parameters.own_prefecture
    companies = post.prefecture.companies if near_by else model.national_companies
    tried = post.pick(Process.OWN_CANDIDATE, 16 * (a + 1) + 1, companies)
    return next((company for company in tried if company.free > 0), None)


def _on_ring(post: Municipality, ring: list[Company]) -> list[Company]:
    """The next companies clockwise from the post's place on the ring."""
    place = post.uniform(Process.RING_POST)
    start = 0
    for number, company in enumerate(ring):
        if company.uniform(Process.RING_COMPANY) >= place:
            start = number
            break
    return [ring[(start + step) % len(ring)] for step in range(min(RING_CANDIDATES, len(ring)))]


def match(posts: list[Municipality], candidates: list[list[Company]]) -> None:
    """Both sides rank each other; deferred acceptance says who meets."""
    choices: list[list[Company]] = []
    liking: list[dict[Company, float]] = []
    for post, companies in zip(posts, candidates, strict=True):
        appeals = {company: _appeals(post, company) for company in companies}
        choices.append(sorted(companies, key=lambda company: -appeals[company][0]))
        liking.append({company: appeals[company][1] for company in companies})
    met = deferred_acceptance(choices, liking, _free)
    for post, company in zip(posts, met, strict=True):
        post.company = company


def _free(company: Company) -> int:
    return company.free


def _appeals(post: Municipality, company: Company) -> tuple[float, float]:
    """Appeal of the company to the municipality, and of the municipality to the company."""
    parameters = post.parameters
    near = company.nearness(post, parameters.proximity_distance, parameters.proximity_national)
    trust = post.trust_in(company)
    e1, e2 = post.normal_pair(Process.RANKING, company.id)
    noise = parameters.ranking_noise
    if post.supported:
        noise *= 1.0 - parameters.consultation_noise
    to_municipality = (
        parameters.appeal_capability * company.traits.capability[post.theme]
        + parameters.appeal_trust * trust
        + parameters.appeal_reputation * company.reputation
        + parameters.appeal_proximity * near
        + parameters.appeal_degree * math.log(1.0 + company.signed)
        + noise * e1
    )
    to_company = (
        parameters.appeal_trust * trust
        + parameters.appeal_reputation * post.reputation
        + parameters.appeal_proximity * near
        + parameters.ranking_noise * e2
    )
    return to_municipality, to_company


def convert_meetings(model: ReferenceModel) -> None:
    """P8: interfering factors stand between a meeting and a proposal."""
    for post in model.municipalities:
        if post.company is not None:
            _convert(model, post, post.company)


def _convert(model: ReferenceModel, post: Municipality, company: Company) -> None:
    parameters = model.parameters
    near = company.nearness(post, parameters.proximity_distance, parameters.proximity_national)
    f0 = parameters.friction_capacity * (1.0 - post.acting_capacity)
    if post.supported:
        f0 *= 1.0 - parameters.consultation_capacity
    f1 = parameters.friction_awareness * (1.0 - min(post.awareness, company.awareness))
    f2 = parameters.friction_distance * (1.0 - near)
    friction = f0 + f1 + f2
    relief = parameters.friction_trust * post.trust_in(company)
    post.friction = (f0, f1, f2)
    u = post.uniform2(Process.CONVERSION, company.id)
    post.proposed = u < math.exp(-max(friction - relief, 0.0))
    if not post.proposed:
        model.flows["lost_to_capacity"] += f0 / friction
        model.flows["lost_to_awareness"] += f1 / friction
        model.flows["lost_to_distance"] += f2 / friction
