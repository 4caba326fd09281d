/* hold_meetings (sim/acts/meetings.py) as a straight loop in C over the same columns. */

#include "draws.h"

#define ATTENTION 20
#define DRAWN 8
#define TRUSTED 12
#define TRIES 6
#define INTRODUCED 4

/* Candidates that all posts saw in all calls, for estimates of the work. */
int64_t candidates_seen;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The ids in an order drawn by lot; `lots` has room for n. */
static void lot_order(uint64_t key, const int64_t *ids, int64_t n, Ranked *lots)
{
    for (int64_t v = 0; v < n; v++)
        lots[v] = (Ranked){uniform(key, ids[v]), 0.0, ids[v]};
    sort_ranked(lots, n);
}

/* Which companies search, in the order of their places on the ring. */
static int64_t ring_of(
    const Clock *clock, const Search *parameters, const Companies *companies, const int64_t *free_slots,
    int64_t number,
    Ranked *ring)
{
    uint64_t search_key = stream(clock->key, SEARCHING, clock->quarter);
    uint64_t ring_key = stream(clock->key, RING_COMPANY, clock->quarter);
    int64_t n = 0;
    for (int64_t j = 0; j < number; j++) {
        if (companies->member[j] == 0 || free_slots[j] <= 0)
            continue;
        double u = uniform(search_key, j);
        double rate = parameters->search_effort * companies->awareness[j] * (double)free_slots[j];
        if (u < rate && u < 1.0 - exp(-rate))
            ring[n++] = (Ranked){uniform(ring_key, j), 0.0, j};
    }
    sort_ranked(ring, n);
    return n;
}

static double matches(int64_t form, double efficiency, double elasticity, double posts, double searchers)
{
    if (posts <= 0.0 || searchers <= 0.0)
        return 0.0;
    double fewer = posts < searchers ? posts : searchers, more = posts < searchers ? searchers : posts;
    if (form == COBB_DOUGLAS) {
        double expected = efficiency * sqrt(posts * searchers);
        return expected < fewer ? expected : fewer;
    }
    return efficiency * fewer / pow(1.0 + pow(fewer / more, elasticity), 1.0 / elasticity);
}

static void support(
    const Clock *clock, const Costs *costs, const int64_t *platform, int64_t posts_there, Posts *posts,
    Ledger *ledger, Flows *flows, Ranked *lots)
{
    double unit_cost = costs->coordinator_cost / costs->coordinator_consultations;
    double money = ledger->remaining[MATCHING_SUPPORT] / (double)clock->quarters_left;
    int64_t used = smaller((int64_t)floor(money / unit_cost + 1e-9), posts_there);
    spend(ledger, flows, MATCHING_SUPPORT, clock->year, (double)used * unit_cost);
    lot_order(stream(clock->key, CONSULTATION, clock->quarter), platform, posts_there, lots);
    for (int64_t v = 0; v < used; v++)
        posts->supported[lots[v].id] = 1;
}

/* Write the platform posts that see companies into `served`, supported ones more likely; how many. */
static int64_t serve(
    const Clock *clock, const Search *parameters, const Policy *policy, const int64_t *platform, int64_t posts_there,
    const Posts *posts, int64_t searchers, Ranked *lots, int64_t *served)
{
    if (posts_there == 0 || searchers == 0)
        return 0;
    int64_t supported = 0;
    for (int64_t v = 0; v < posts_there; v++)
        supported += posts->supported[platform[v]];
    double plain = parameters->matching_efficiency;
    double helped = plain + parameters->consultation_efficiency * (1.0 - plain);
    double efficiency = plain + (helped - plain) * (double)supported / (double)posts_there;
    double expected = matches(
        policy->matching, efficiency, parameters->matching_elasticity, (double)posts_there, (double)searchers);
    double whole = floor(expected);
    double lot = uniform(stream(clock->key, MATCH_ROUNDING, clock->quarter), 0);
    int64_t number = smaller((int64_t)whole + (lot < expected - whole ? 1 : 0), posts_there);
    uint64_t key = stream(clock->key, SERVED, clock->quarter);
    double advance = helped > 0.0 ? plain / helped : 1.0;
    for (int64_t v = 0; v < posts_there; v++) {
        double turn = uniform(key, platform[v]) * (posts->supported[platform[v]] == 1 ? advance : 1.0);
        lots[v] = (Ranked){turn, 0.0, platform[v]};
    }
    sort_ranked(lots, posts_there);
    for (int64_t v = 0; v < number; v++)
        served[v] = lots[v].id;
    return number;
}

static int64_t add(int64_t *seen, int64_t n, int64_t j)
{
    for (int64_t slot = 0; slot < n; slot++)
        if (seen[slot] == j)
            return n;
    seen[n] = j;
    return n + 1;
}

/* Companies of the prefecture, each once per slot; how many entries. */
static int64_t local_companies(const Directory *directory, int64_t prefecture, const int32_t **local)
{
    *local = directory->companies + directory->company_start[prefecture];
    return directory->company_start[prefecture + 1] - directory->company_start[prefecture];
}

/* Add the company that draw `a` brings, if any. */
static int64_t draw_free(
    uint64_t key, int64_t i, int64_t a, const int32_t *listed, int64_t length, const int64_t *free_slots,
    int64_t *seen, int64_t n)
{
    for (int64_t attempt = 1; attempt <= TRIES; attempt++) {
        int64_t index = padded_index(key, i, (a + 1) * 16 + attempt, length);
        if (index >= 0 && free_slots[listed[index]] > 0)
            return add(seen, n, listed[index]);
    }
    return n;
}

static int64_t see_own_network(
    uint64_t key, int64_t i, double own_prefecture, const Directory *directory, int64_t prefecture,
    const int32_t *partners, const int64_t *free_slots, int64_t *seen)
{
    const int32_t *local;
    int64_t locals = local_companies(directory, prefecture, &local);
    int64_t n = 0;
    for (int64_t a = 0; a < DRAWN; a++) {
        int near = uniform2(key, i, a) < own_prefecture;
        const int32_t *listed = near ? local : directory->national_companies;
        int64_t length = near ? locals : directory->national_companies_length;
        n = draw_free(key, i, a, listed, length, free_slots, seen, n);
    }
    int64_t trusted = 0;
    for (int slot = 0; slot < PARTNERS && partners[slot] != NONE && trusted < TRUSTED; slot++)
        if (free_slots[partners[slot]] > 0) {
            trusted++;
            n = add(seen, n, partners[slot]);
        }
    return n;
}

static int64_t see_introduced(
    uint64_t key, int64_t i, const Directory *directory, int64_t prefecture, const int64_t *free_slots,
    int64_t *seen)
{
    const int32_t *local;
    int64_t locals = local_companies(directory, prefecture, &local), n = 0;
    for (int64_t a = 0; a < INTRODUCED; a++)
        n = draw_free(key, i, a, local, locals, free_slots, seen, n);
    return n;
}

static int64_t see_on_ring(double place, const Ranked *ring, int64_t searchers, int64_t *seen)
{
    int64_t start = 0, end = searchers;
    while (start < end) {
        int64_t middle = (start + end) / 2;
        if (ring[middle].score < place)
            start = middle + 1;
        else
            end = middle;
    }
    int64_t n = smaller(searchers, ATTENTION);
    for (int64_t step = 0; step < n; step++) {
        if (start == searchers)
            start = 0;
        seen[step] = ring[start++].id;
    }
    return n;
}

/* Sort a post's candidates by falling appeal, in place, and say how much each of them likes the post. */
static void rank(
    uint64_t key, const Search *parameters, const MunicipalityTraits *municipality_traits,
    const CompanyTraits *company_traits, const Municipalities *municipalities,
    const Companies *companies, const Posts *posts, int64_t i, int64_t n, int64_t *seen, double *liking)
{
    double noise = parameters->ranking_noise;
    if (posts->supported[i] == 1)
        noise *= 1.0 - parameters->consultation_noise;
    candidates_seen += n;
    double appeals[ATTENTION];
    for (int64_t c = 0; c < n; c++) {
        int64_t j = seen[c];
        double km = distance(municipality_traits->x[i] - company_traits->x[j],
            municipality_traits->y[i] - company_traits->y[j], municipality_traits->z[i] - company_traits->z[j]);
        double near = nearness(km, parameters->proximity_distance, company_traits->national[j],
            parameters->proximity_national);
        double trust = trust_between(municipalities, i, j), error, back_error;
        normal_pair(key, i, j, &error, &back_error);
        double appeal = parameters->appeal_capability * company_traits->capability[j * GOALS + posts->goal[i]]
            + parameters->appeal_trust * trust + parameters->appeal_reputation * companies->reputation[j]
            + parameters->appeal_proximity * near
            + parameters->appeal_degree * log(1.0 + (double)companies->signed_[j])
            + noise * error;
        double back = parameters->appeal_trust * trust
            + parameters->appeal_reputation * municipalities->reputation[i]
            + parameters->appeal_proximity * near + parameters->ranking_noise * back_error;
        int64_t left = c - 1;
        for (; left >= 0 && appeals[left] < appeal; left--) {
            appeals[left + 1] = appeals[left];
            seen[left + 1] = seen[left];
            liking[left + 1] = liking[left];
        }
        appeals[left + 1] = appeal;
        seen[left + 1] = j;
        liking[left + 1] = back;
    }
}

/* Match posts with companies by deferred acceptance; the company of each post, or NONE. */
static void deferred_acceptance(
    const int64_t *choices, const int64_t *counts, const double *liking, const int64_t *capacity,
    int64_t proposers, int64_t receivers, int64_t *held_by)
{
    int64_t *choice = calloc(2 * proposers + 2 * receivers + 1, sizeof *choice);
    int64_t *after = choice + proposers, *holds = after + proposers, *first = holds + receivers;
    for (int64_t v = 0; v < proposers; v++)
        after[v] = held_by[v] = NONE;
    for (int64_t c = 0; c < receivers; c++)
        first[c] = NONE;
    for (int64_t newcomer = 0; newcomer < proposers; newcomer++) {
        int64_t v = newcomer;
        while (v != NONE && choice[v] < counts[v]) {
            int64_t c = choices[v * ATTENTION + choice[v]];
            if (holds[c] < capacity[c]) {
                after[v] = first[c];
                first[c] = v;
                holds[c]++;
                held_by[v] = c;
                break;
            }
            int64_t worst = first[c];
            for (int64_t w = first[c]; w != NONE; w = after[w])
                if (liking[w * ATTENTION + choice[w]] < liking[worst * ATTENTION + choice[worst]])
                    worst = w;
            if (worst == NONE
                || liking[v * ATTENTION + choice[v]] <= liking[worst * ATTENTION + choice[worst]]) {
                choice[v]++;
                continue;
            }
            int64_t *link = &first[c];
            while (*link != worst)
                link = &after[*link];
            *link = v;
            after[v] = after[worst];
            after[worst] = NONE;
            held_by[v] = c;
            held_by[worst] = NONE;
            choice[worst]++;
            v = worst;
        }
    }
    free(choice);
}

void hold_meetings(
    const Clock *clock, const Needs *needs, const Search *parameters, const Costs *costs, const Policy *policy,
    const MunicipalityTraits *municipality_traits, const CompanyTraits *company_traits,
    const Directory *directory, const Municipalities *municipalities,
    const Companies *companies, Posts *posts, Ledger *ledger, Flows *flows)
{
    int64_t posting = posts->goal_length, receivers = company_traits->slots_length;
    int64_t *platform = malloc(sizeof(int64_t) * (5 * posting + receivers + 1));
    int64_t *seekers = platform + posting, *counts = seekers + posting;
    int64_t *held_by = counts + posting, *introduced = held_by + posting, *free_slots = introduced + posting;
    Ranked *ring = malloc(sizeof(Ranked) * (posting + receivers + 1)), *lots = ring + receivers;

    uint64_t channel_key = stream(clock->key, OWN_CHANNEL, clock->quarter);
    uint64_t reach_key = stream(clock->key, INTERMEDIARY, clock->quarter);
    int64_t own = 0, posts_there = 0, introductions = 0;
    for (int64_t i = 0; i < posting; i++) {
        if (posts->goal[i] == NONE)
            continue;
        if (uniform(channel_key, i) < needs->own_channel)
            seekers[own++] = i;
        else if (municipalities->member[i] == 1)
            platform[posts_there++] = i;
        else if (policy->intermediaries
            && uniform(reach_key, i) < parameters->intermediary_reach * (1.0 - municipalities->capacity[i]))
            introduced[introductions++] = i;
    }
    for (int64_t j = 0; j < receivers; j++)
        free_slots[j] = company_traits->slots[j] - companies->active[j];
    int64_t searchers = ring_of(clock, parameters, companies, free_slots, receivers, ring);
    support(clock, costs, platform, posts_there, posts, ledger, flows, lots);
    int64_t first =
        own + serve(clock, parameters, policy, platform, posts_there, posts, searchers, lots, seekers + own);
    int64_t number = first + introductions;
    for (int64_t v = first; v < number; v++)
        seekers[v] = introduced[v - first];

    int64_t *choices = malloc(sizeof(int64_t) * (number * ATTENTION + 1));
    double *liking = malloc(sizeof(double) * (number * ATTENTION + 1));
    uint64_t own_key = stream(clock->key, OWN_CANDIDATE, clock->quarter);
    uint64_t post_key = stream(clock->key, RING_POST, clock->quarter);
    uint64_t introduction_key = stream(clock->key, INTRODUCTION, clock->quarter);
    uint64_t ranking_key = stream(clock->key, RANKING, clock->quarter);
    for (int64_t v = 0; v < number; v++) {
        int64_t i = seekers[v], *seen = choices + v * ATTENTION;
        if (v < own)
            counts[v] = see_own_network(
                own_key, i, parameters->own_prefecture, directory, municipality_traits->prefecture[i],
                    municipalities->partners + i * PARTNERS, free_slots, seen);
        else if (v >= first)
            counts[v] = see_introduced(
                introduction_key, i, directory, municipality_traits->prefecture[i], free_slots, seen);
        else
            counts[v] = see_on_ring(uniform(post_key, i), ring, searchers, seen);
        rank(
            ranking_key, parameters, municipality_traits, company_traits, municipalities, companies, posts, i,
                counts[v], seen,
            liking + v * ATTENTION);
    }
    deferred_acceptance(choices, counts, liking, free_slots, number, receivers, held_by);
    for (int64_t v = 0; v < number; v++) {
        posts->company[seekers[v]] = held_by[v];
        if (v >= first && held_by[v] != NONE)
            flows->now[MEETINGS_INTERMEDIARY] += 1.0;
    }
    free(platform);
    free(ring);
    free(choices);
    free(liking);
}
