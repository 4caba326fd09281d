/* What this machine does in a second, measured with as little as possible around it. */

#include "draws.h"

/* Bytes read: one add per 8 bytes in four independent sums. */
double sum_of(const double *values, int64_t n)
{
    double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
    for (int64_t i = 0; i + 3 < n; i += 4) {
        a += values[i];
        b += values[i + 1];
        c += values[i + 2];
        d += values[i + 3];
    }
    return a + b + c + d;
}

/* Draws that do not wait for one another, as the loops over ids do. */
double draws(int64_t n)
{
    double total = 0.0;
    for (int64_t i = 0; i < n; i++)
        total += uniform(12345, i);
    return total;
}

double exponentials(const double *values, int64_t n)
{
    double total = 0.0;
    for (int64_t i = 0; i < n; i++)
        total += exp(-values[i]);
    return total;
}

double logarithms(const double *values, int64_t n)
{
    double total = 0.0;
    for (int64_t i = 0; i < n; i++)
        total += log(values[i]);
    return total;
}

double waves(const double *values, int64_t n)
{
    double total = 0.0;
    for (int64_t i = 0; i < n; i++)
        total += cos(6.28 * values[i]);
    return total;
}
