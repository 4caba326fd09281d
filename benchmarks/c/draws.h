/* Keyed draws of sim/draws.py, word for word, and what both acts share. */

#ifndef DRAWS_H
#define DRAWS_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "columns.h" /* made by benchmarks/c_code.py from the tuples that the compiled acts are handed */

#define NONE (-1)

static const uint64_t GOLDEN = 0x9E3779B97F4A7C15u;

static inline uint64_t mix(uint64_t h)
{
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

static inline uint64_t absorb(uint64_t h, int64_t word)
{
    return mix(h + GOLDEN * ((uint64_t)word + 1));
}

static inline uint64_t stream(uint64_t key, int64_t process, int64_t quarter)
{
    return absorb(absorb(key, process), quarter);
}

static inline double unit(uint64_t h)
{
    return ((double)(int64_t)(h >> 12) + 0.5) * (1.0 / 4503599627370496.0);
}

static inline double uniform(uint64_t key, int64_t a)
{
    return unit(absorb(key, a));
}

static inline double uniform2(uint64_t key, int64_t a, int64_t b)
{
    return unit(absorb(absorb(key, a), b));
}

static inline double normal(uint64_t key, int64_t a)
{
    uint64_t h = absorb(key, a);
    double radius = sqrt(-2.0 * log(unit(h)));
    return radius * cos(6.283185307179586 * unit(mix(h + GOLDEN)));
}

static inline void normal_pair(uint64_t key, int64_t a, int64_t b, double *first, double *second)
{
    uint64_t h = absorb(absorb(key, a), b);
    double radius = sqrt(-2.0 * log(unit(h)));
    double angle = 6.283185307179586 * unit(mix(h + GOLDEN));
    *first = radius * cos(angle);
    *second = radius * sin(angle);
}

static inline int64_t padded_index(uint64_t key, int64_t a, int64_t attempt, int64_t size)
{
    int64_t padded = 1;
    while (padded < size)
        padded *= 2;
    int64_t index = (int64_t)(absorb(absorb(key, a), attempt) & (uint64_t)(padded - 1));
    return index < size ? index : -1;
}

/* Something with a score by which it is sorted, and a lot that decides between equal scores. */
typedef struct {
    double score, lot;
    int64_t id;
} Ranked;

static inline int before(const Ranked *a, const Ranked *b)
{
    return a->score < b->score || (a->score == b->score && a->lot < b->lot);
}

/* Quicksort with the median of three, and insertion where little is left. */
static void sort_ranked(Ranked *items, int64_t n)
{
    while (n > 16) {
        Ranked pivot = items[n / 2];
        if (before(&items[n - 1], &items[0])) {
            Ranked swapped = items[0];
            items[0] = items[n - 1];
            items[n - 1] = swapped;
        }
        if (before(&pivot, &items[0]))
            pivot = items[0];
        else if (before(&items[n - 1], &pivot))
            pivot = items[n - 1];
        int64_t left = 0, right = n - 1;
        while (left <= right) {
            while (before(&items[left], &pivot))
                left++;
            while (before(&pivot, &items[right]))
                right--;
            if (left <= right) {
                Ranked swapped = items[left];
                items[left++] = items[right];
                items[right--] = swapped;
            }
        }
        sort_ranked(items, right + 1);
        items += left;
        n -= left;
    }
    for (int64_t right = 1; right < n; right++) {
        Ranked item = items[right];
        int64_t left = right - 1;
        for (; left >= 0 && before(&item, &items[left]); left--)
            items[left + 1] = items[left];
        items[left + 1] = item;
    }
}

static inline double distance(double dx, double dy, double dz)
{
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static inline double nearness(double km, double scale, int national, double national_least)
{
    double near = exp(-km / scale);
    return national == 1 && near < national_least ? national_least : near;
}

static inline double trust_between(const Municipalities *municipalities, int64_t i, int64_t j)
{
    const int32_t *partners = municipalities->partners + i * PARTNERS;
    for (int slot = 0; slot < PARTNERS && partners[slot] != NONE; slot++)
        if (partners[slot] == j)
            return municipalities->trust[i * PARTNERS + slot];
    return 0.0;
}

static inline void spend(Ledger *ledger, Flows *flows, int64_t fund, int64_t year, double amount)
{
    ledger->remaining[fund] -= amount;
    ledger->spent[fund * ledger->spent_width + year] += amount;
    flows->now[PUBLIC_SPENDING] += amount;
}

#endif
