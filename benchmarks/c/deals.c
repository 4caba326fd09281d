/* test_and_sign (sim/acts/deals.py) as a straight loop in C over the same columns. */

#include "draws.h"

#define ASKED 4
#define REGIONAL 3
#define FOREIGN_SEAT 4
#define SEATS 5
#define TRIES 6

enum { SIGNS, NO_VALUE, NO_LENDER };

typedef struct {
    int64_t goal;
    double cost, success, default_, value, years;
} Project;

typedef struct {
    int verdict;
    double surplus;
    int64_t lender;
    double rate, debt, equity, municipal;
    int insured;
} Offer;

typedef struct {
    int64_t asked[SEATS], kind[SEATS];
    double room[SEATS], skill[SEATS];
    int mandate[SEATS];
    double pooled;
    int64_t insurer;
} Desk;

static double success_of(
    const Deal *rules, const Place *places, const Firm *firms, const Towns *towns, int64_t i, int64_t j, int64_t k)
{
    double km = distance(places->x[i] - firms->x[j], places->y[i] - firms->y[j], places->z[i] - firms->z[j]);
    double near = nearness(km, rules->match_distance, firms->national[j], rules->match_national);
    double capacity = towns->capacity[i];
    double match = firms->capability[j * GOALS + k] * (0.5 + 0.5 * capacity) * near;
    double trust = trust_between(towns, i, j);
    return 1.0 / (1.0 + exp(-(rules->success_constant + rules->success_match * match
        + rules->success_capacity * capacity + rules->success_trust * trust)));
}

static double gap_of(const Towns *towns, const Policy *policy, int64_t i, int64_t k)
{
    return (1.0 - towns->goals[i * GOALS + k]) * policy->gap_scale[k];
}

/* Municipalities with a proposal in the order of award: score, lot and id; pi by municipality in `success`. */
static int64_t in_order_of_award(
    const Clock *clock, const Deal *rules, const Grants *grants, const Policy *policy, const Place *places,
    const Firm *firms, const Towns *towns, const Posts *posts, Ranked *order, double *success)
{
    uint64_t key = stream(clock->key, AWARD, clock->quarter);
    int64_t n = 0;
    for (int64_t i = 0; i < posts->proposed_length; i++) {
        if (!posts->proposed[i])
            continue;
        int64_t k = posts->goal[i];
        success[i] = success_of(rules, places, firms, towns, i, posts->company[i], k);
        double lot = uniform(key, i), score = lot;
        if (policy->award == NEED_WEIGHTED)
            score = success[i] * gap_of(towns, policy, i, k) + grants->designation_bonus * towns->designated[i];
        else if (policy->award != LOTTERY)
            score = success[i] + grants->designation_bonus * towns->designated[i];
        order[n++] = (Ranked){-score, lot, i};
    }
    sort_ranked(order, n);
    return n;
}

static int64_t pick(uint64_t key, int64_t i, int64_t n, const int64_t *listed, int64_t length)
{
    for (int64_t attempt = 0; length > 0 && attempt < TRIES; attempt++) {
        int64_t index = padded_index(key, i, n * 16 + attempt, length);
        if (index >= 0)
            return listed[index];
    }
    return NONE;
}

static int appraises(
    uint64_t key, const Institution *institutions, const Lenders *lenders, int64_t i, int64_t f, int64_t k)
{
    double skill = lenders->skill[f];
    return uniform2(key, i, f) < skill + 0.5 * (1.0 - skill) * institutions->mandate[f * GOALS + k];
}

static void seat(
    const Finance *finance, const Institution *institutions, const Lenders *lenders, double capital, Desk *desk,
    int64_t n, int64_t f, int64_t k)
{
    int mandate = institutions->mandate[f * GOALS + k];
    double limit = finance->lending_share * capital / finance->capital_requirement;
    if (institutions->kind[f] == FOREIGN_FUND)
        limit = mandate == 1 ? capital : 0.0;
    desk->asked[n] = f;
    desk->kind[n] = institutions->kind[f];
    desk->room[n] = limit - lenders->exposure[f];
    desk->skill[n] = lenders->skill[f];
    desk->mandate[n] = mandate;
}

static void ask_institutions(
    const Clock *clock, const Finance *finance, const Policy *policy, const Directory *directory,
    const Institution *institutions, const Lenders *lenders, const double *capital, int64_t prefecture, int64_t i,
    int64_t k, Desk *desk)
{
    uint64_t ask_key = stream(clock->key, LENDER_ASKED, clock->quarter);
    uint64_t key = stream(clock->key, APPRAISAL, clock->quarter);
    const int64_t *regional = directory->lenders + directory->lender_start[prefecture];
    int64_t regionals = directory->lender_start[prefecture + 1] - directory->lender_start[prefecture];
    for (int n = 0; n < SEATS; n++)
        desk->asked[n] = NONE;
    for (int64_t n = 0; n < ASKED; n++) {
        int64_t f = n < REGIONAL
            ? pick(ask_key, i, n, regional, regionals)
            : pick(ask_key, i, n, directory->national_lenders, directory->national_lenders_length);
        int known = f == NONE;
        for (int seated = 0; seated < n; seated++)
            known |= desk->asked[seated] == f;
        if (!known && appraises(key, institutions, lenders, i, f, k))
            seat(finance, institutions, lenders, capital[f], desk, n, f, k);
    }
    for (int64_t a = 0; policy->international && a < directory->foreign_fund_length; a++) {
        int64_t f = directory->foreign_fund[a];
        if (appraises(key, institutions, lenders, i, f, k))
            seat(finance, institutions, lenders, capital[f], desk, FOREIGN_SEAT, f, k);
    }
    desk->insurer = NONE;
    if (policy->insurance)
        desk->insurer = pick(
            stream(clock->key, INSURER, clock->quarter), i, 0, directory->insurers, directory->insurers_length);
}

static int municipality_agrees(
    const Clock *clock, const Deal *rules, const Policy *policy, const Place *places, const Towns *towns,
    const Regions *regions, int64_t i, const Project *project, double grant)
{
    double approval = 1.0
        / (1.0 + exp(-(rules->approval_constant + rules->approval_fiscal * log(places->fiscal_strength[i] / 0.45)
            + rules->approval_grant * (grant / project->cost))));
    if (uniform(stream(clock->key, APPROVAL, clock->quarter), i) >= approval)
        return 0;
    int64_t cell = places->prefecture[i] * SIZE_CLASSES + places->size_class[i];
    double relief = rules->case_relief * (1.0 - exp(-regions->exposure[cell * GOALS + project->goal]));
    double surplus = project->success * rules->municipal_value * gap_of(towns, policy, i, project->goal) * project->cost
        - rules->municipal_share * project->cost
        - rules->municipal_fixed_cost * (1.2 - towns->capacity[i]) * (1.0 - relief);
    return surplus > 0.0;
}

static double premium_per_yen(const Finance *rules, double default_, double guarantee)
{
    return rules->insurance_loading * default_ * rules->insurance_cover * rules->loss_given_default
        * (1.0 - guarantee);
}

static double funding_rate(const Finance *rules, int64_t kind)
{
    return kind == LIFE_INSURER ? rules->funding_rate_life : rules->funding_rate;
}

static int ticket_fits(const Finance *rules, int64_t kind, double debt, double pooled)
{
    switch (kind) {
    case BANK:
    case FOREIGN_FUND:
        return rules->ticket_bank_low <= debt && debt <= rules->ticket_bank_high;
    case TRUST_BANK:
        return debt + pooled >= rules->ticket_trust;
    case SECURITIES:
        return debt + pooled >= rules->ticket_securities;
    case LIFE_INSURER:
        return debt + pooled >= rules->ticket_life;
    default:
        return 0;
    }
}

static int64_t best_lender(
    const Finance *rules, const Project *project, const Desk *desk, double debt, double guarantee,
    double interest_subsidy, double *lowest, int *insured)
{
    int64_t best = NONE;
    *lowest = INFINITY;
    *insured = 0;
    for (int n = 0; n < SEATS; n++) {
        if (desk->asked[n] == NONE || desk->room[n] < debt || !ticket_fits(rules, desk->kind[n], debt, desk->pooled))
            continue;
        double seen = 1.0 - (1.0 - project->default_) * (1.0 - rules->pessimism * (1.0 - desk->skill[n]));
        int covered = desk->insurer != NONE && seen > rules->insurance_loading * project->default_;
        double loss = rules->loss_given_default, premium = 0.0;
        if (covered) {
            premium = premium_per_yen(rules, project->default_, guarantee);
            loss *= 1.0 - rules->insurance_cover;
        }
        double fee = desk->kind[n] == SECURITIES ? rules->securities_fee : 0.0;
        double forgone = rules->esg_premium * desk->mandate[n] + interest_subsidy * project->years;
        double funding = funding_rate(rules, desk->kind[n]) * project->years;
        double kept = 1.0 - loss * (1.0 - guarantee);
        double cost = 1.0 + funding - seen * kept + rules->screening_cost * (1.5 - desk->skill[n]) / debt + premium
            + fee - forgone;
        double rate = cost / (1.0 - seen) - 1.0;
        if (rate < *lowest) {
            best = desk->asked[n];
            *lowest = rate;
            *insured = covered;
        }
    }
    return best;
}

static Offer appraise(
    const Finance *rules, const Project *project, const Desk *desk, double grant, double equity_share,
    double municipal_share, double fixed_cost, double guarantee, double interest_subsidy)
{
    double equity = equity_share * project->cost, municipal = municipal_share * project->cost;
    double debt = project->cost - equity - municipal - grant;
    debt = debt > 0.0 ? debt : 0.0;
    double default_ = project->default_;
    if (debt > 0.0) {
        double lowest, loss = rules->loss_given_default;
        int insured;
        int64_t lender = best_lender(rules, project, desk, debt, guarantee, interest_subsidy, &lowest, &insured);
        double bearable = (project->value - default_ * (1.0 - loss) * debt - equity - fixed_cost)
                / ((1.0 - default_) * debt)
            - 1.0;
        double cap = rules->rate_cap * project->years;
        double highest = cap < bearable ? cap : bearable;
        if (lender != NONE && lowest <= highest) {
            double rate = lowest + rules->surplus_share * (highest - lowest);
            double surplus = project->value - (1.0 - default_) * (1.0 + rate) * debt
                - default_ * (1.0 - loss) * debt - equity - fixed_cost;
            return (Offer){SIGNS, surplus, lender, rate, debt, equity, municipal, insured};
        }
        if (bearable < 0.0)
            return (Offer){NO_VALUE, 0.0, NONE, 0.0, debt, equity, municipal, 0};
        if (debt > rules->own_money_share * project->cost)
            return (Offer){NO_LENDER, 0.0, NONE, 0.0, debt, equity, municipal, 0};
    }
    double surplus = project->value - equity - debt - fixed_cost;
    if (surplus <= 0.0)
        return (Offer){debt > 0.0 ? NO_LENDER : NO_VALUE, surplus, NONE, 0.0, debt, equity, municipal, 0};
    return (Offer){SIGNS, surplus, NONE, 0.0, 0.0, equity + debt, municipal, 0};
}

static Offer offer_for(
    const Deal *rules, const Finance *finance, const Policy *policy, const Ledger *ledger, const Project *project,
    const Desk *desk, double grant)
{
    double debt = (1.0 - rules->equity_share - rules->municipal_share) * project->cost - grant;
    double cover = policy->guarantee_cover, subsidy = policy->interest_subsidy_rate;
    if (project->default_ * finance->loss_given_default * cover * debt > ledger->remaining[GUARANTEE])
        cover = 0.0;
    if (subsidy * debt * project->years > ledger->remaining[INTEREST_SUBSIDY])
        subsidy = 0.0;
    return appraise(
        finance, project, desk, grant, rules->equity_share, rules->municipal_share, rules->company_fixed_cost, cover,
        subsidy);
}

static int64_t book_proposal(const Clock *clock, Deals *deals, const Posts *posts, int64_t i, const Project *project)
{
    int64_t row = deals->tally[ROWS]++;
    deals->quarter[row] = clock->quarter;
    deals->municipality[row] = i;
    deals->company[row] = posts->company[i];
    deals->institution[row] = NONE;
    deals->insurer[row] = NONE;
    deals->goal[row] = project->goal;
    deals->cost[row] = project->cost;
    deals->success_probability[row] = project->success;
    deals->tenor[row] = (int64_t)(4.0 * project->years);
    deals->state[row] = NOT_SIGNED;
    deals->end_quarter[row] = NONE;
    deals->renewed_from[row] = NONE;
    for (int factor = 0; factor < 3; factor++)
        deals->friction[row * 3 + factor] = posts->friction[i * 3 + factor];
    return row;
}

static void set_public_money_aside(
    const Clock *clock, const Finance *finance, const Policy *policy, Deals *deals, Ledger *ledger, Flows *flows,
    int64_t row, const Offer *offer, const Project *project)
{
    double reserve = project->default_ * finance->loss_given_default * policy->guarantee_cover * offer->debt;
    if (0.0 < reserve && reserve <= ledger->remaining[GUARANTEE]) {
        deals->guarantee[row] = policy->guarantee_cover;
        deals->reserve[row] = reserve;
        spend(ledger, flows, GUARANTEE, clock->year, reserve);
    }
    double subsidy = policy->interest_subsidy_rate * offer->debt * project->years;
    if (0.0 < subsidy && subsidy <= ledger->remaining[INTEREST_SUBSIDY]) {
        deals->interest_subsidy[row] = subsidy;
        spend(ledger, flows, INTEREST_SUBSIDY, clock->year, subsidy);
    }
}

static void open_loan(
    const Finance *finance, const Institution *institutions, Lenders *lenders, Deals *deals, int64_t row,
    const Offer *offer, const Project *project, int64_t insurer)
{
    int64_t f = offer->lender;
    lenders->exposure[f] += offer->debt;
    double funding = funding_rate(finance, institutions->kind[f]) * project->years;
    double earned = (offer->rate - funding) * offer->debt + deals->interest_subsidy[row];
    deals->margin[row] = earned / (double)deals->tenor[row];
    if (offer->insured) {
        double premium = premium_per_yen(finance, project->default_, deals->guarantee[row]) * offer->debt;
        deals->insurer[row] = insurer;
        deals->premium[row] = premium;
        lenders->capital[f] -= premium;
        lenders->capital[insurer] += premium;
    }
    deals->loans[deals->tally[LOANS]++] = row;
}

void test_and_sign(
    const Clock *clock, const Deal *rules, const Finance *finance, const Grants *grants, const Policy *policy,
    const Place *places, const Firm *firms, const Institution *institutions, const Directory *directory,
    Towns *towns, Companies *companies, Lenders *lenders, Regions *regions, const Posts *posts, Deals *deals,
    Ledger *ledger, Flows *flows)
{
    int64_t municipalities = posts->goal_length, funders = lenders->capital_length;
    int64_t themes = regions->pooled_debt_length * GOALS;
    double *capital = malloc(sizeof(double) * (funders + themes + municipalities + 1));
    double *pooled = capital + funders, *success = pooled + themes;
    Ranked *order = malloc(sizeof(Ranked) * (municipalities + 1));
    for (int64_t f = 0; f < funders; f++)
        capital[f] = lenders->capital[f];
    for (int64_t theme = 0; theme < themes; theme++)
        pooled[theme] = regions->pooled_debt[theme];
    int64_t proposals =
        in_order_of_award(clock, rules, grants, policy, places, firms, towns, posts, order, success);
    double fundable = 1.0 - rules->equity_share - rules->municipal_share;
    fundable = fundable > 0.0 ? fundable : 0.0;
    uint64_t cost_key = stream(clock->key, COST, clock->quarter);
    uint64_t return_key = stream(clock->key, RETURN, clock->quarter);

    for (int64_t n = 0; n < proposals; n++) {
        int64_t i = order[n].id, j = posts->company[i], k = posts->goal[i], prefecture = places->prefecture[i];
        double cost = rules->cost_median
            * exp(rules->cost_size * places->size[i] + rules->cost_spread * normal(cost_key, i));
        double gross =
            rules->gross_return * (1.0 + rules->market_growth * policy->market[k] * ((double)clock->quarter / 4.0));
        gross += rules->gross_return_spread * normal(return_key, 2 * i);
        gross = gross > 0.0 ? gross : 0.0;
        double pi = success[i];
        double value = ((pi + (1.0 - pi) * rules->salvage) * gross + pi * firms->social_weight[j]) * cost;
        Project project = {k, cost, pi, (1.0 - pi) * finance->default_given_failure, value, TENOR_YEARS[k]};
        Desk desk;
        desk.pooled = pooled[prefecture * GOALS + k];
        ask_institutions(
            clock, finance, policy, directory, institutions, lenders, capital, prefecture, i, k, &desk);

        double rate = grants->grant_rate < fundable ? grants->grant_rate : fundable;
        double grant = rate * cost < grants->grant_cap ? rate * cost : grants->grant_cap;
        if (grant > ledger->remaining[SUBSIDY])
            grant = 0.0;
        double model = fundable * cost;
        model = towns->model_credit[i] < model ? towns->model_credit[i] : model;
        model = ledger->remaining[MODEL_GRANTS] < model ? ledger->remaining[MODEL_GRANTS] : model;
        int64_t fund = SUBSIDY;
        if (model > grant) {
            fund = MODEL_GRANTS;
            grant = model;
        }

        int agreed = municipality_agrees(clock, rules, policy, places, towns, regions, i, &project, 0.0);
        Offer plain = offer_for(rules, finance, policy, ledger, &project, &desk, 0.0);
        Offer granted = plain;
        int grant_agreed = agreed;
        if (grant > 0.0) {
            granted = offer_for(rules, finance, policy, ledger, &project, &desk, grant);
            grant_agreed = municipality_agrees(clock, rules, policy, places, towns, regions, i, &project, grant);
        }
        int signs = agreed && plain.verdict == SIGNS;
        int signs_with = grant > 0.0 && grant_agreed && granted.verdict == SIGNS;
        int takes = signs_with && (!signs || granted.surplus > plain.surplus);
        int64_t row = book_proposal(clock, deals, posts, i, &project);
        if (!takes && !signs) {
            if (!grant_agreed)
                deals->verdict[row] = REFUSED_BY_MUNICIPALITY;
            else
                deals->verdict[row] = granted.verdict == NO_VALUE ? REFUSED_BY_COMPANY : REFUSED_BY_LENDERS;
            continue;
        }
        const Offer *offer = takes ? &granted : &plain;
        deals->verdict[row] = !takes ? UNSUBSIDISED : signs ? INFRAMARGINAL : ADDITIONAL;
        towns->active[i]++;
        towns->signed_[i]++;
        companies->active[j]++;
        companies->signed_[j]++;
        deals->grant[row] = takes ? grant : 0.0;
        if (takes) {
            deals->grant_fund[row] = fund;
            spend(ledger, flows, fund, clock->year, grant);
            if (fund == MODEL_GRANTS)
                towns->model_credit[i] -= grant;
        }
        deals->state[row] = ACTIVE;
        deals->equity[row] = offer->equity;
        deals->municipal[row] = offer->municipal;
        deals->debt[row] = offer->debt;
        deals->rate[row] = offer->rate;
        deals->institution[row] = offer->lender;
        deals->open_projects[deals->tally[OPEN]++] = row;
        if (offer->lender != NONE) {
            regions->pooled_debt[prefecture * GOALS + k] += offer->debt;
            set_public_money_aside(clock, finance, policy, deals, ledger, flows, row, offer, &project);
            open_loan(finance, institutions, lenders, deals, row, offer, &project, desk.insurer);
        }
    }
    free(capital);
    free(order);
}
