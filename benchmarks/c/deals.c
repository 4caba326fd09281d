/* test_and_sign (sim/acts/deals.py) as a straight loop in C over the same columns, without targeted programmes. */

#include "draws.h"

#define MOST_SEATS 201
#define TRIES 6

enum { SIGNS, NO_VALUE, NO_LENDER };

typedef struct {
    int64_t goal;
    double cost, success, default_, value, years, guarantee_use;
} Project;

typedef struct {
    int64_t fund;
    double amount, municipal;
    int of_model_project;
} Grant;

typedef struct {
    int verdict;
    double surplus;
    int64_t lender;
    double rate, debt, equity, municipal;
    int insured;
} Offer;

typedef struct {
    int64_t seats, asked[MOST_SEATS], kind[MOST_SEATS];
    double room[MOST_SEATS], skill[MOST_SEATS];
    int mandate[MOST_SEATS];
    double pooled;
    int64_t insurer;
} Desk;

static double success_of(
    const Deal *parameters, const MunicipalityTraits *municipality_traits, const CompanyTraits *company_traits,
    const Municipalities *municipalities, int64_t i, int64_t j, int64_t k)
{
    double km = distance(municipality_traits->x[i] - company_traits->x[j],
        municipality_traits->y[i] - company_traits->y[j], municipality_traits->z[i] - company_traits->z[j]);
    double near = nearness(km, parameters->match_distance, company_traits->national[j], parameters->match_national);
    double capacity = municipalities->capacity[i];
    double unable = parameters->match_unable;
    double match = company_traits->capability[j * GOALS + k] * (unable + (1.0 - unable) * capacity) * near;
    double trust = trust_between(municipalities, i, j);
    return 1.0 / (1.0 + exp(-(parameters->success_constant + parameters->success_match * match
        + parameters->success_capacity * capacity + parameters->success_trust * trust)));
}

static double gap_of(const Municipalities *municipalities, const Policy *policy, int64_t i, int64_t k)
{
    return (1.0 - municipalities->goals[i * GOALS + k]) * policy->gap_scale[k];
}

/* Municipalities with a proposal in the order of award: score, lot and id; pi by municipality in `success`. */
static int64_t in_order_of_award(
    const Clock *clock, const Deal *parameters, const Grants *grants, const Policy *policy,
    const MunicipalityTraits *municipality_traits,
    const CompanyTraits *company_traits, const Municipalities *municipalities, const Posts *posts, Ranked *order,
    double *success)
{
    uint64_t key = stream(clock->key, AWARD, clock->quarter);
    int64_t n = 0;
    for (int64_t i = 0; i < posts->proposed_length; i++) {
        if (!posts->proposed[i])
            continue;
        int64_t k = posts->goal[i];
        success[i] = success_of(parameters, municipality_traits, company_traits, municipalities, i,
            posts->company[i], k);
        double lot = uniform(key, i), score = lot;
        if (policy->award == NEED_WEIGHTED)
            score = success[i] * gap_of(municipalities, policy, i,
                k) + grants->designation_bonus * municipalities->designated[i];
        else if (policy->award != LOTTERY)
            score = success[i] + grants->designation_bonus * municipalities->designated[i];
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
    uint64_t key, const Finance *finance, const Policy *policy, const InstitutionTraits *institution_traits,
    const Institutions *institutions, int64_t i, int64_t f, int64_t k)
{
    double base = policy->study_effect == ACCESS ? institutions->skill[f] : finance->appraisal_base;
    return uniform2(key, i, f)
        < base + finance->appraisal_mandate * (1.0 - base) * institution_traits->mandate[f * GOALS + k];
}

static void seat(
    const Finance *finance, const InstitutionTraits *institution_traits, const Institutions *institutions,
    double capital, Desk *desk,
    int64_t n, int64_t f, int64_t k)
{
    int mandate = institution_traits->mandate[f * GOALS + k];
    double limit = finance->lending_share * capital / finance->capital_requirement;
    if (institution_traits->kind[f] == FOREIGN_FUND)
        limit = mandate == 1 ? capital : 0.0;
    desk->asked[n] = f;
    desk->kind[n] = institution_traits->kind[f];
    desk->room[n] = limit - institutions->exposure[f];
    desk->skill[n] = institutions->skill[f];
    desk->mandate[n] = mandate;
}

static void ask_institutions(
    const Clock *clock, const Finance *finance, const Policy *policy, const Directory *directory,
    const InstitutionTraits *institution_traits, const Institutions *institutions, const double *capital,
    int64_t prefecture, int64_t i,
    int64_t k, Desk *desk)
{
    uint64_t ask_key = stream(clock->key, LENDER_ASKED, clock->quarter);
    uint64_t key = stream(clock->key, APPRAISAL, clock->quarter);
    const int64_t *regional = directory->institutions + directory->institution_start[prefecture];
    int64_t regionals = directory->institution_start[prefecture + 1] - directory->institution_start[prefecture];
    int64_t of_region = (int64_t)rint(finance->regional_lenders_asked);
    int64_t foreign_seat = of_region + (int64_t)rint(finance->national_lenders_asked);
    desk->seats = foreign_seat + 1;
    for (int64_t n = 0; n < desk->seats; n++)
        desk->asked[n] = NONE;
    for (int64_t n = 0; n < foreign_seat; n++) {
        int64_t f = n < of_region
            ? pick(ask_key, i, n, regional, regionals)
            : pick(ask_key, i, n, directory->national_institutions, directory->national_institutions_length);
        int known = f == NONE;
        for (int64_t seated = 0; seated < n; seated++)
            known |= desk->asked[seated] == f;
        if (!known && appraises(key, finance, policy, institution_traits, institutions, i, f, k))
            seat(finance, institution_traits, institutions, capital[f], desk, n, f, k);
    }
    for (int64_t a = 0; policy->international && a < directory->foreign_fund_length; a++) {
        int64_t f = directory->foreign_fund[a];
        if (appraises(key, finance, policy, institution_traits, institutions, i, f, k))
            seat(finance, institution_traits, institutions, capital[f], desk, foreign_seat, f, k);
    }
    desk->insurer = NONE;
    if (policy->insurance)
        desk->insurer = pick(
            stream(clock->key, INSURER, clock->quarter), i, 0, directory->insurers, directory->insurers_length);
}

static int municipality_agrees(
    const Clock *clock, const Deal *parameters, const Policy *policy,
    const MunicipalityTraits *municipality_traits, const Municipalities *municipalities,
    const Prefectures *prefectures, int64_t i, const Project *project, const Grant *grant)
{
    double match = grant->municipal - parameters->municipal_share * project->cost;
    double approval = 1.0
        / (1.0 + exp(-(parameters->approval_constant + parameters->approval_fiscal
            * log(municipality_traits->fiscal_strength[i] / 0.45)
            + parameters->approval_grant * ((grant->amount - match) / project->cost))));
    if (uniform(stream(clock->key, APPROVAL, clock->quarter), i) >= approval)
        return 0;
    int64_t cell = municipality_traits->prefecture[i] * SIZE_CLASSES + municipality_traits->size_class[i];
    double relief = parameters->case_relief * (1.0 - exp(-prefectures->exposure[cell * GOALS + project->goal]));
    double surplus = project->success * parameters->municipal_value * gap_of(municipalities, policy, i,
        project->goal) * project->cost
        - grant->municipal
        - parameters->municipal_fixed_cost * (1.0 + parameters->municipal_cost_able - municipalities->capacity[i])
            * (1.0 - relief);
    return surplus > 0.0;
}

static double premium_per_yen(const Finance *parameters, double default_, double ordinary, double guarantee)
{
    return parameters->insurance_loading * default_ * parameters->insurance_cover * parameters->loss_given_default
        * (1.0 - ordinary) * (1.0 - guarantee);
}

static double ordinary_guarantee(const Finance *parameters, const Project *project, int64_t kind)
{
    return kind == BANK ? project->guarantee_use * parameters->ordinary_guarantee_cover : 0.0;
}

static double ordinary_fee(const Finance *parameters, const Project *project, int64_t kind)
{
    return kind == BANK ? project->guarantee_use * parameters->ordinary_guarantee_fee * project->years : 0.0;
}

static double subsidised_interest(const Finance *parameters, const Project *project, double rate)
{
    double most = parameters->interest_subsidy_years;
    return rate * (most < project->years ? most : project->years);
}

static double funding_rate(const Finance *parameters, int64_t kind)
{
    return kind == LIFE_INSURER ? parameters->funding_rate_life : parameters->funding_rate;
}

static int ticket_fits(const Finance *parameters, int64_t kind, double debt, double pooled)
{
    switch (kind) {
    case BANK:
    case FOREIGN_FUND:
        return parameters->ticket_bank_low <= debt && debt <= parameters->ticket_bank_high;
    case TRUST_BANK:
        return debt + pooled >= parameters->ticket_trust;
    case SECURITIES:
        return debt + pooled >= parameters->ticket_securities;
    case LIFE_INSURER:
        return debt + pooled >= parameters->ticket_life;
    default:
        return 0;
    }
}

static int64_t best_lender(
    const Finance *parameters, const Project *project, const Desk *desk, double debt, double guarantee,
    double interest_subsidy, double *lowest, int *insured)
{
    int64_t best = NONE;
    *lowest = INFINITY;
    *insured = 0;
    for (int64_t n = 0; n < desk->seats; n++) {
        if (desk->asked[n] == NONE || desk->room[n] < debt || !ticket_fits(parameters, desk->kind[n], debt,
            desk->pooled))
            continue;
        double seen = 1.0 - (1.0 - project->default_) * (1.0 - parameters->pessimism * (1.0 - desk->skill[n]));
        int covered = desk->insurer != NONE && seen > parameters->insurance_loading * project->default_;
        double ordinary = ordinary_guarantee(parameters, project, desk->kind[n]);
        double loss = parameters->loss_given_default * (1.0 - ordinary), premium = 0.0;
        if (covered) {
            premium = premium_per_yen(parameters, project->default_, ordinary, guarantee);
            loss *= 1.0 - parameters->insurance_cover;
        }
        double fee = ordinary_fee(parameters, project, desk->kind[n]);
        if (desk->kind[n] == SECURITIES)
            fee = parameters->securities_fee;
        double forgone = parameters->esg_premium * desk->mandate[n] + interest_subsidy;
        double funding = funding_rate(parameters, desk->kind[n]) * project->years;
        double kept = 1.0 - loss * (1.0 - guarantee);
        double screening = parameters->screening_cost * (parameters->screening_unskilled - desk->skill[n]);
        double cost = 1.0 + funding - seen * kept + screening / debt
            + premium
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
    const Finance *parameters, const Project *project, const Desk *desk, double grant, double equity,
    double municipal, double fixed_cost, double guarantee, double interest_subsidy)
{
    double debt = project->cost - equity - municipal - grant;
    debt = debt > 0.0 ? debt : 0.0;
    double default_ = project->default_;
    if (debt > 0.0) {
        double lowest, loss = parameters->loss_given_default;
        int insured;
        int64_t lender = best_lender(parameters, project, desk, debt, guarantee, interest_subsidy, &lowest, &insured);
        double bearable = (project->value - default_ * (1.0 - loss) * debt - equity - fixed_cost)
                / ((1.0 - default_) * debt)
            - 1.0;
        double cap = parameters->rate_cap * project->years;
        double highest = cap < bearable ? cap : bearable;
        if (lender != NONE && lowest <= highest) {
            double rate = lowest + parameters->surplus_share * (highest - lowest);
            double surplus = project->value - (1.0 - default_) * (1.0 + rate) * debt
                - default_ * (1.0 - loss) * debt - equity - fixed_cost;
            return (Offer){SIGNS, surplus, lender, rate, debt, equity, municipal, insured};
        }
        if (bearable < 0.0)
            return (Offer){NO_VALUE, 0.0, NONE, 0.0, debt, equity, municipal, 0};
        if (debt > parameters->own_money_share * project->cost)
            return (Offer){NO_LENDER, 0.0, NONE, 0.0, debt, equity, municipal, 0};
    }
    double surplus = project->value - equity - debt - fixed_cost;
    if (surplus <= 0.0)
        return (Offer){debt > 0.0 ? NO_LENDER : NO_VALUE, surplus, NONE, 0.0, debt, equity, municipal, 0};
    return (Offer){SIGNS, surplus, NONE, 0.0, 0.0, equity + debt, municipal, 0};
}

static Offer offer_for(
    const Deal *parameters, const Finance *finance, const Policy *policy, const Ledger *ledger,
    const Project *project,
    const Desk *desk, const Grant *grant)
{
    double equity = parameters->equity_share * project->cost;
    double debt = project->cost - equity - grant->municipal - grant->amount;
    debt = debt > 0.0 ? debt : 0.0;
    double cover = policy->guarantee_cover;
    double subsidy = subsidised_interest(finance, project, policy->interest_subsidy_rate);
    if (project->default_ * finance->loss_given_default * cover * debt > ledger->remaining[GUARANTEE])
        cover = 0.0;
    if (subsidy * debt > ledger->remaining[INTEREST_SUBSIDY])
        subsidy = 0.0;
    return appraise(
        finance, project, desk, grant->amount, equity, grant->municipal, parameters->company_fixed_cost, cover,
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
    int64_t tenor = (int64_t)(4.0 * project->years);
    deals->tenor[row] = tenor > 1 ? tenor : 1;
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
    double most = project->default_ * finance->loss_given_default * policy->guarantee_cover * offer->debt;
    if (0.0 < most && most <= ledger->remaining[GUARANTEE]) {
        double reserve = most * (1.0 - deals->ordinary_guarantee[row]);
        deals->guarantee[row] = policy->guarantee_cover;
        deals->reserve[row] = reserve;
        deals->guarantee_fund[row] = GUARANTEE;
        spend(ledger, flows, GUARANTEE, clock->year, reserve);
    }
    double subsidy = subsidised_interest(finance, project, policy->interest_subsidy_rate) * offer->debt;
    if (0.0 < subsidy && subsidy <= ledger->remaining[INTEREST_SUBSIDY]) {
        deals->interest_subsidy[row] = subsidy;
        deals->interest_fund[row] = INTEREST_SUBSIDY;
        spend(ledger, flows, INTEREST_SUBSIDY, clock->year, subsidy);
    }
}

static void open_loan(
    const Finance *finance, const InstitutionTraits *institution_traits, Institutions *institutions, Deals *deals,
    int64_t row,
    const Offer *offer, const Project *project, int64_t insurer)
{
    int64_t f = offer->lender;
    institutions->exposure[f] += offer->debt;
    int64_t kind = institution_traits->kind[f];
    double spent = funding_rate(finance, kind) * project->years + ordinary_fee(finance, project, kind);
    double earned = (offer->rate - spent) * offer->debt + deals->interest_subsidy[row];
    deals->margin[row] = earned / (double)deals->tenor[row];
    if (offer->insured) {
        double ordinary = deals->ordinary_guarantee[row], guarantee = deals->guarantee[row];
        double premium = premium_per_yen(finance, project->default_, ordinary, guarantee) * offer->debt;
        deals->insurer[row] = insurer;
        deals->premium[row] = premium;
        institutions->capital[f] -= premium;
        institutions->capital[insurer] += premium;
    }
    deals->loans[deals->tally[LOANS]++] = row;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The largest of three, the first of equals: to the city, to the company, a model project's money. */
static Grant best_grant(
    const Deal *parameters, const Grants *grants, const Municipalities *municipalities, const Ledger *ledger,
    int64_t i, double cost)
{
    double usual = parameters->municipal_share * cost, unpaid = 1.0 - parameters->equity_share;
    unpaid = unpaid > 0.0 ? unpaid : 0.0;
    double fundable = 1.0 - parameters->equity_share - parameters->municipal_share;
    fundable = fundable > 0.0 ? fundable : 0.0;
    double rate = smaller(grants->grant_rate * smaller(grants->grant_eligible_share, unpaid), fundable);
    double cap = municipalities->designated[i] == 1 ? grants->grant_cap_leading : grants->grant_cap;
    double amount = smaller(rate * cost, cap);
    if (amount > ledger->remaining[SUBSIDY])
        amount = 0.0;
    double municipal = usual;
    if (amount > 0.0) {
        double match = amount * (1.0 - grants->grant_rate) / grants->grant_rate;
        municipal = match > usual ? match : usual;
    }
    Grant best = {SUBSIDY, amount, municipal, 0};
    double company = smaller(smaller(grants->company_grant_rate, fundable) * cost, grants->company_grant_cap);
    if (company > best.amount && company <= ledger->remaining[COMPANY_GRANTS])
        best = (Grant){COMPANY_GRANTS, company, usual, 0};
    double model = smaller(fundable * cost, municipalities->model_credit[i]);
    if (model > best.amount)
        best = (Grant){municipalities->model_fund[i], model, usual, 1};
    return best;
}

void test_and_sign(
    const Clock *clock, const Deal *parameters, const Finance *finance, const Grants *grants, const Policy *policy,
    const MunicipalityTraits *municipality_traits, const CompanyTraits *company_traits,
    const InstitutionTraits *institution_traits, const Directory *directory,
    Municipalities *municipalities, Companies *companies, Institutions *institutions, Prefectures *prefectures,
    const Posts *posts, Deals *deals,
    Ledger *ledger, Flows *flows)
{
    int64_t posting = posts->goal_length, funders = institutions->capital_length;
    int64_t themes = prefectures->pooled_debt_length * GOALS;
    double *capital = malloc(sizeof(double) * (funders + themes + posting + 1));
    double *pooled = capital + funders, *success = pooled + themes;
    Ranked *order = malloc(sizeof(Ranked) * (posting + 1));
    for (int64_t f = 0; f < funders; f++)
        capital[f] = institutions->capital[f];
    for (int64_t theme = 0; theme < themes; theme++)
        pooled[theme] = prefectures->pooled_debt[theme];
    int64_t proposals =
        in_order_of_award(clock, parameters, grants, policy, municipality_traits, company_traits, municipalities,
            posts, order, success);
    uint64_t cost_key = stream(clock->key, COST, clock->quarter);
    uint64_t return_key = stream(clock->key, RETURN, clock->quarter);

    for (int64_t n = 0; n < proposals; n++) {
        int64_t i = order[n].id, j = posts->company[i], k = posts->goal[i],
            prefecture = municipality_traits->prefecture[i];
        double cost = parameters->cost_median
            * exp(parameters->cost_size * municipality_traits->size[i] + parameters->cost_spread
                * normal(cost_key, i));
        double gross =
            parameters->gross_return * (1.0 + parameters->market_growth * policy->market[k]
                * ((double)clock->quarter / 4.0));
        gross += parameters->gross_return_spread * normal(return_key, 2 * i);
        gross = gross > 0.0 ? gross : 0.0;
        double pi = success[i];
        double value = ((pi + (1.0 - pi) * parameters->salvage) * gross + pi * company_traits->social_weight[j])
            * cost;
        double use = company_traits->national[j] == 1 ? 0.0 : finance->ordinary_guarantee_use;
        Project project = {k, cost, pi, (1.0 - pi) * finance->default_given_failure, value,
            fmax(rint(4.0 * (finance->tenor_factor * TENOR_YEARS[k])), 1.0) / 4.0, use};
        Desk desk;
        desk.pooled = pooled[prefecture * GOALS + k];
        ask_institutions(
            clock, finance, policy, directory, institution_traits, institutions, capital, prefecture, i, k, &desk);

        Grant nothing = {NONE, 0.0, parameters->municipal_share * cost, 0};
        Grant grant = best_grant(parameters, grants, municipalities, ledger, i, cost);

        int agreed = municipality_agrees(clock, parameters, policy, municipality_traits, municipalities,
            prefectures, i, &project, &nothing);
        Offer plain = offer_for(parameters, finance, policy, ledger, &project, &desk, &nothing);
        Offer granted = plain;
        int grant_agreed = agreed;
        if (grant.amount > 0.0) {
            granted = offer_for(parameters, finance, policy, ledger, &project, &desk, &grant);
            grant_agreed = municipality_agrees(clock, parameters, policy, municipality_traits, municipalities,
                prefectures, i, &project, &grant);
        }
        int signs = agreed && plain.verdict == SIGNS;
        int signs_with = grant.amount > 0.0 && grant_agreed && granted.verdict == SIGNS;
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
        municipalities->active[i]++;
        municipalities->signed_[i]++;
        companies->active[j]++;
        companies->signed_[j]++;
        deals->grant[row] = takes ? grant.amount : 0.0;
        if (takes) {
            deals->grant_fund[row] = grant.fund;
            if (grant.of_model_project)
                municipalities->model_credit[i] -= grant.amount;
            else
                spend(ledger, flows, grant.fund, clock->year, grant.amount);
        }
        deals->state[row] = ACTIVE;
        deals->equity[row] = offer->equity;
        deals->municipal[row] = offer->municipal;
        deals->debt[row] = offer->debt;
        deals->rate[row] = offer->rate;
        deals->institution[row] = offer->lender;
        deals->open_projects[deals->tally[OPEN]++] = row;
        if (offer->lender != NONE) {
            prefectures->pooled_debt[prefecture * GOALS + k] += offer->debt;
            deals->ordinary_guarantee[row] =
                ordinary_guarantee(finance, &project, institution_traits->kind[offer->lender]);
            set_public_money_aside(clock, finance, policy, deals, ledger, flows, row, offer, &project);
            open_loan(finance, institution_traits, institutions, deals, row, offer, &project, desk.insurer);
        }
    }
    free(capital);
    free(order);
}
