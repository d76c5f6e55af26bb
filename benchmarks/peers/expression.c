/* The README expression and its gradient by hand, over 100,000 rows: what one loop of C takes.

   Build: cc -O3 -march=native expression.c
   Prints the first row's value and slopes, and the median time of a row. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COUNT = 100000, ROUNDS = 201 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* From the written expression: c = 4(a + b) + 3 - a, d = 12(ab + b³) + 4 relu(a + b) + relu(b - a). */
__attribute__((noinline)) static void rows(const double *restrict a, const double *restrict b,
                                           double *restrict value, double *restrict by_a,
                                           double *restrict by_b) {
    for (int i = 0; i < COUNT; i++) {
        const double s = a[i] + b[i], t = b[i] - a[i], square = b[i] * b[i];
        const double sum = s > 0 ? 1 : 0, difference = t > 0 ? 1 : 0;
        const double d = 12 * b[i] * (a[i] + square) + 4 * sum * s + difference * t;
        const double e = 4 * s + 3 - a[i] - d, f = e * e, inverse = 1 / f;
        const double slope = 2 * e * (0.5 - 10 * inverse * inverse); /* of the value by e */
        value[i] = 0.5 * f + 10 * inverse;
        by_a[i] = slope * (3 - 12 * b[i] - 4 * sum + difference);
        by_b[i] = slope * (4 - 12 * (a[i] + 3 * square) - 4 * sum - difference);
    }
}

static int ordered(const void *x, const void *y) {
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

int main(void) {
    double *memory = aligned_alloc(64, 5 * COUNT * sizeof(double)), times[ROUNDS];
    if (!memory) return 1;
    double *a = memory, *b = a + COUNT, *value = b + COUNT, *by_a = value + COUNT, *by_b = by_a + COUNT;
    for (int i = 0; i < COUNT; i++) {
        a[i] = -4 - i * 1e-6;
        b[i] = 2 + i * 1e-6;
    }
    for (int k = 0; k < ROUNDS; k++) {
        const double start = now();
        rows(a, b, value, by_a, by_b);
        times[k] = (now() - start) / COUNT * 1e9;
    }
    qsort(times, ROUNDS, sizeof *times, ordered);
    printf("value %.12f by a %.12f by b %.12f median %.4f ns\n", value[0], by_a[0], by_b[0],
           times[ROUNDS / 2]);
    return 0;
}
