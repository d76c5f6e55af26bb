/* The floor for the step of gpt_plain.c, by hand: the same model, losses and Adam, in float64.
   Positions lie along the lanes of a vector, x[feature][position], eight with AVX-512 and four with
   AVX2, so that norms, softmaxes and attention go up and down between vectors and never across them,
   and a product with a matrix takes its weights as they lie, each one spread over the lanes: no weight
   is ever transposed. What is summed over positions goes across: the gradients of matrices take the
   inputs of their layer turned over, x[position][feature], and those of keys and values add up the
   lanes of as many vectors as there are lanes at once. Sums of a block stay in registers. Lanes behind
   the document are computed along and given no gradient.
   Build: gcc -O3 -march=native -fno-math-errno gpt_tuned.c -lm */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX512DQ__
enum { L = 8 }; /* lanes */
#else
enum { L = 4 };
#endif
enum { TOKENS = 27, WIDTH = 16, UP = 64, HEADS = 4, BLOCK = 16, MOST = BLOCK / L }; /* vectors of positions */
enum { WTE = 0, WPE = WTE + TOKENS * WIDTH, HEAD = WPE + BLOCK * WIDTH, QKV = HEAD + TOKENS * WIDTH,
       OUT = QKV + 48 * WIDTH, FC1 = OUT + WIDTH * WIDTH, FC2 = FC1 + UP * WIDTH, COUNT = FC2 + WIDTH * UP };
typedef double V __attribute__((vector_size(8 * L), may_alias));
typedef int64_t VI __attribute__((vector_size(8 * L), may_alias));
typedef V Positions[MOST]; /* a feature at all positions */
#define INLINE static inline __attribute__((always_inline))
#define EACH(i, n) _Pragma("GCC unroll 16") for (int i = 0; i < (n); i++)
static double p[COUNT] __attribute__((aligned(64))), g[COUNT] __attribute__((aligned(64)));
static double m1[COUNT] __attribute__((aligned(64))), m2[COUNT] __attribute__((aligned(64)));

INLINE V splat(double x) { return x - (V){0}; }
INLINE V keep(VI mask, V x) { return (V)(mask & (VI)x); }
#ifdef __AVX512DQ__
INLINE V choose(VI mask, V x, V y) { return (V)((mask & (VI)x) | (~mask & (VI)y)); }
INLINE V larger(V x, V y) { return choose(x > y, x, y); }
#else
INLINE V choose(VI mask, V x, V y) { return _mm256_blendv_pd(y, x, (V)mask); }
INLINE V larger(V x, V y) { return _mm256_max_pd(x, y); }
#endif
#define PICK(a, b, ...) __builtin_shuffle(a, b, (VI){__VA_ARGS__})
INLINE V exponential(V x) { /* of what is 0 or less: 2^n e^r by Taylor, |r| <= ln 2 / 2 */
    x = larger(x, splat(-700));
    V t = x * 0x1.71547652b82fep0 + 0x1.8p52;
    VI n = (VI)t - (VI)splat(0x1.8p52);
    t -= 0x1.8p52;
    V r = x - t * 0x1.62e42feep-1 - t * 0x1.a39ef35793c76p-33, r2 = r * r, r4 = r2 * r2;
    V a = 1.0 / 2 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120));
    V b = 1.0 / 720 + r * (1.0 / 5040) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    V c = 1.0 / 3628800 + r * (1.0 / 39916800) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
    return (1 + (r + r2 * (a + r4 * (b + r4 * c)))) * (V)((n + 1023) << 52);
}

#ifdef __AVX512DQ__
static const VI LANES = {0, 1, 2, 3, 4, 5, 6, 7};
INLINE V root(V x) { return (V)_mm512_sqrt_pd((__m512d)x); }
INLINE V inverse(V x) { /* guessed to 2^-14, and twice by Newton */
    V y = (V)_mm512_rcp14_pd((__m512d)x);
    y *= 2 - x * y;
    return y * (2 - x * y);
}
INLINE V fast_root(V x) {
    x = (V)_mm512_max_pd((__m512d)x, _mm512_set1_pd(1e-290));
    V y = (V)_mm512_rsqrt14_pd((__m512d)x), half = x * 0.5;
    y *= 1.5 - half * y * y;
    return x * (y * (1.5 - half * y * y));
}
INLINE void turn(V x[L]) { /* a square matrix */
    V y[8], z[8];
    EACH(i, 4) {
        y[2 * i] = PICK(x[2 * i], x[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        y[2 * i + 1] = PICK(x[2 * i], x[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    EACH(i, 2) EACH(k, 2) {
        z[4 * i + k] = PICK(y[4 * i + k], y[4 * i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        z[4 * i + k + 2] = PICK(y[4 * i + k], y[4 * i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    EACH(k, 4) {
        x[k] = PICK(z[k], z[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        x[k + 4] = PICK(z[k], z[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}
INLINE V lane_sums(V x[L]) { /* those of L vectors, side by side */
    V y[4], z[2];
    EACH(i, 4) y[i] = PICK(x[2 * i], x[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14)
                      + PICK(x[2 * i], x[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    EACH(i, 2) z[i] = PICK(y[2 * i], y[2 * i + 1], 0, 1, 8, 9, 4, 5, 12, 13)
                      + PICK(y[2 * i], y[2 * i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    return PICK(z[0], z[1], 0, 1, 2, 3, 8, 9, 10, 11) + PICK(z[0], z[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

#else
static const VI LANES = {0, 1, 2, 3};
INLINE V root(V x) { return _mm256_sqrt_pd(x); }
INLINE V fast_root(V x) { return root(x); } /* by Newton from a float's guess it took longer on a Zen */
INLINE V inverse(V x) { return 1 / x; }
INLINE void turn(V x[L]) {
    V y[4];
    EACH(i, 2) {
        y[2 * i] = PICK(x[2 * i], x[2 * i + 1], 0, 4, 2, 6);
        y[2 * i + 1] = PICK(x[2 * i], x[2 * i + 1], 1, 5, 3, 7);
    }
    EACH(k, 2) {
        x[k] = PICK(y[k], y[k + 2], 0, 1, 4, 5);
        x[k + 2] = PICK(y[k], y[k + 2], 2, 3, 6, 7);
    }
}
INLINE V lane_sums(V x[L]) {
    V y[2];
    EACH(i, 2) y[i] = PICK(x[2 * i], x[2 * i + 1], 0, 4, 2, 6) + PICK(x[2 * i], x[2 * i + 1], 1, 5, 3, 7);
    return PICK(y[0], y[1], 0, 1, 4, 5) + PICK(y[0], y[1], 2, 3, 6, 7);
}
#endif
/* y[o] = sum of w[o * row + i * column] x[i], ``at_once`` of them in registers. */
INLINE void product(int n, int outs, int ins, int at_once, const double *w, int row, int column,
                    const Positions *x, Positions *y) {
    for (int o = 0; o < outs; o += at_once) {
        V sum[16][4] = {0};
        for (int i = 0; i < ins; i++)
            EACH(u, at_once) EACH(b, n) sum[u][b] += w[(o + u) * row + i * column] * x[i][b];
        EACH(u, at_once) EACH(b, n) y[o + u][b] = sum[u][b];
    }
}
/* The same for one to four vectors of positions; ``many`` at once fit for one, of more a part. */
INLINE void products(int n, int outs, int ins, int many, int some, int few, const double *w, int row,
                     int column, const Positions *x, Positions *y) {
    if (n == 1) product(1, outs, ins, many, w, row, column, x, y);
    else if (n == 2) product(2, outs, ins, some, w, row, column, x, y);
    else if (L == 4 && n == 3) product(3, outs, ins, few, w, row, column, x, y);
    else if (L == 4) product(4, outs, ins, few, w, row, column, x, y);
}
/* The gradients of w: dw[o][i] = sum of dy[o] x[i] over positions. */
INLINE void slopes(int length, int outs, int ins, int at_once, const Positions *dy, const double *x,
                   double *dw) {
    for (int i = 0; i < ins; i += 16)
        for (int o = 0; o < outs; o += at_once) {
            V sum[16][16 / L] = {0};
            for (int t = 0; t < length; t++)
                EACH(u, at_once) EACH(b, 16 / L)
                    sum[u][b] += ((const double *)dy[o + u])[t] * *(const V *)(x + t * ins + i + L * b);
            EACH(u, at_once) EACH(b, 16 / L) *(V *)(dw + (o + u) * ins + i + L * b) = sum[u][b];
        }
}
/* A layer, and its way back. At once, in registers: outputs of one vector of positions, of two, of
   more; those of the way back; rows of gradients. */
#define LAYER(name, outs, ins, o1, o2, o3, i1, i2, i3, rows)                                           \
    static __attribute__((noinline)) void name(int n, const double *w, const Positions *x, Positions *y) { \
        products(n, outs, ins, o1, o2, o3, w, ins, 1, x, y);                                           \
    }                                                                                                  \
    static __attribute__((noinline)) void back_##name(int n, int length, const double *w, double *dw,  \
                                                      const double *x, const Positions *dy, Positions *dx) { \
        slopes(length, outs, ins, rows, dy, x, dw);                                                    \
        products(n, ins, outs, i1, i2, i3, w, 1, ins, dy, dx);                                         \
    }
#ifdef __AVX512DQ__ /* 32 registers */
LAYER(head, TOKENS, WIDTH, 9, 9, 0, 8, 8, 0, 9)
LAYER(qkv, 48, WIDTH, 8, 8, 0, 8, 8, 0, 8)
LAYER(out, WIDTH, WIDTH, 8, 8, 0, 8, 8, 0, 8)
LAYER(fc1, UP, WIDTH, 8, 8, 0, 8, 8, 0, 8)
LAYER(fc2, WIDTH, UP, 8, 8, 0, 8, 8, 0, 8)
#else /* 16 */
LAYER(head, TOKENS, WIDTH, 9, 3, 3, 8, 4, 4, 3)
LAYER(qkv, 48, WIDTH, 8, 4, 4, 8, 4, 4, 2)
LAYER(out, WIDTH, WIDTH, 8, 4, 4, 8, 4, 4, 2)
LAYER(fc1, UP, WIDTH, 8, 4, 4, 8, 4, 4, 2)
LAYER(fc2, WIDTH, UP, 8, 4, 4, 8, 4, 4, 2)
#endif

INLINE void turned(int n, int features, const Positions *x, double *to) { /* x[position][feature] */
    for (int b = 0; b < n; b++)
        for (int i = 0; i < features; i += L) {
            V some[L];
            EACH(k, L) some[k] = x[i + k][b];
            turn(some);
            EACH(k, L) *(V *)(to + (L * b + k) * features + i) = some[k];
        }
}
INLINE void norm(int n, const Positions *x, Positions *y, V *scale) {
    for (int b = 0; b < n; b++) {
        V sum = {0};
        EACH(i, WIDTH) sum += x[i][b] * x[i][b];
        scale[b] = 1 / root(sum * (1.0 / WIDTH) + 1e-5);
        EACH(i, WIDTH) y[i][b] = x[i][b] * scale[b];
    }
}
INLINE void norm_back(int n, const Positions *x, const V *scale, const Positions *dy, Positions *dx) {
    for (int b = 0; b < n; b++) { /* added to dx */
        V sum = {0}, r = scale[b];
        EACH(i, WIDTH) sum += dy[i][b] * x[i][b];
        sum *= r * r * r * (1.0 / WIDTH);
        EACH(i, WIDTH) dx[i][b] += dy[i][b] * r - x[i][b] * sum;
    }
}

static double step(const int *row) { /* the loss, and in g the gradients */
    const int length = row[0], *token = row + 1, n = (length + L - 1) / L;
    static Positions x0[WIDTH], x1[WIDTH], x2[WIDTH], q[48], att[WIDTH], x3[WIDTH], x4[WIDTH], h[UP], x5[WIDTH];
    static Positions logits[TOKENS], weights[HEADS][BLOCK], d[WIDTH], dh[UP], dx[WIDTH], dq[48];
    static double t2[BLOCK * WIDTH] __attribute__((aligned(64))), ta[BLOCK * WIDTH] __attribute__((aligned(64)));
    static double t4[BLOCK * WIDTH] __attribute__((aligned(64))), th[BLOCK * UP] __attribute__((aligned(64)));
    static double t5[BLOCK * WIDTH] __attribute__((aligned(64)));
    V r0[MOST], r1[MOST], r3[MOST];
    for (int b = 0; b < n; b++)
        EACH(i, WIDTH / L) {
            V some[L];
            EACH(k, L) {
                int t = L * b + k < length ? L * b + k : length - 1;
                some[k] = *(V *)(p + WTE + token[t] * WIDTH + L * i) + *(V *)(p + WPE + t * WIDTH + L * i);
            }
            turn(some);
            EACH(k, L) x0[L * i + k][b] = some[k];
        }
    norm(n, x0, x1, r0);
    norm(n, x1, x2, r1);
    qkv(n, p + QKV, x2, q);
    for (int a = 0; a < HEADS; a++)
        for (int b = 0; b < n; b++) {
            const int last = length < L * b + L ? length : L * b + L;
            V top = splat(-1e300), total = {0}, of[4], sums[4] = {0}, fits[BLOCK];
            EACH(j, 4) of[j] = q[4 * a + j][b] * 0.5;
            for (int s = 0; s < last; s++) { /* keys; positions before them do not see them */
                V fit = {0};
                EACH(j, 4) fit += of[j] * ((double *)q[16 + 4 * a + j])[s];
                fits[s] = choose(LANES >= s - L * b, fit, splat(-1e300));
                top = larger(top, fits[s]);
            }
            for (int s = 0; s < last; s++) total += fits[s] = exponential(fits[s] - top);
            total = 1 / total;
            for (int s = 0; s < last; s++) {
                V w = weights[a][s][b] = keep(LANES >= s - L * b, fits[s] * total);
                EACH(j, 4) sums[j] += w * ((double *)q[32 + 4 * a + j])[s];
            }
            for (int s = last; s < L * n; s++) weights[a][s][b] = splat(0);
            EACH(j, 4) att[4 * a + j][b] = sums[j];
        }
    out(n, p + OUT, att, x3);
    EACH(i, WIDTH) for (int b = 0; b < n; b++) x3[i][b] += x1[i][b];
    norm(n, x3, x4, r3);
    fc1(n, p + FC1, x4, h);
    for (int i = 0; i < UP; i++) for (int b = 0; b < n; b++) h[i][b] = larger(h[i][b], splat(0));
    fc2(n, p + FC2, h, x5);
    EACH(i, WIDTH) for (int b = 0; b < n; b++) x5[i][b] += x3[i][b];
    head(n, p + HEAD, x5, logits);
    double loss = 0;
    for (int b = 0; b < n; b++) {
        V top = logits[0][b], total = {0};
        for (int o = 1; o < TOKENS; o++) top = larger(top, logits[o][b]);
        const int count = length - L * b < L ? length - L * b : L;
        double product = 1;
        for (int k = 0; k < count; k++) loss += top[k] - ((double *)logits[token[L * b + k + 1]])[L * b + k];
        for (int o = 0; o < TOKENS; o++) total += logits[o][b] = exponential(logits[o][b] - top);
        for (int k = 0; k < count; k++) product *= total[k]; /* each from 1 to 27 */
        loss += log(product);
        total = keep(LANES < count, 1 / (total * length));
        for (int o = 0; o < TOKENS; o++) logits[o][b] *= total;
        for (int k = 0; k < count; k++) ((double *)logits[token[L * b + k + 1]])[L * b + k] -= 1.0 / length;
    }
    turned(n, WIDTH, x5, t5), turned(n, UP, h, th), turned(n, WIDTH, x4, t4);
    turned(n, WIDTH, att, ta), turned(n, WIDTH, x2, t2);
    back_head(n, length, p + HEAD, g + HEAD, t5, logits, d);
    back_fc2(n, length, p + FC2, g + FC2, th, d, dh);
    for (int i = 0; i < UP; i++) for (int b = 0; b < n; b++) dh[i][b] = keep(h[i][b] > 0, dh[i][b]);
    back_fc1(n, length, p + FC1, g + FC1, t4, dh, dx);
    norm_back(n, x3, r3, dx, d);
    back_out(n, length, p + OUT, g + OUT, ta, d, dx);
    for (int a = 0; a < HEADS; a++) {
        V dot[MOST] = {0}, slope[BLOCK][MOST], of[4][MOST] = {0};
        for (int b = 0; b < n; b++) {
            const int last = length < L * b + L ? length : L * b + L;
            for (int s = 0; s < last; s++) {
                V sum = {0};
                EACH(j, 4) sum += dx[4 * a + j][b] * ((double *)q[32 + 4 * a + j])[s];
                slope[s][b] = sum;
                dot[b] += sum * weights[a][s][b];
            }
            for (int s = 0; s < last; s++) {
                V w = slope[s][b] = (slope[s][b] - dot[b]) * weights[a][s][b] * 0.5;
                EACH(j, 4) of[j][b] += w * ((double *)q[16 + 4 * a + j])[s];
            }
            for (int s = last; s < L * n; s++) slope[s][b] = splat(0);
            EACH(j, 4) dq[4 * a + j][b] = of[j][b];
        }
        for (int b = 0; b < n; b++)
            EACH(j, 4) { /* key L b + k is seen from there on */
                V keys[L], values[L];
                EACH(k, L) {
                    keys[k] = slope[L * b + k][b] * q[4 * a + j][b];
                    values[k] = weights[a][L * b + k][b] * dx[4 * a + j][b];
                }
                for (int c = b + 1; c < n; c++)
                    EACH(k, L) {
                        keys[k] += slope[L * b + k][c] * q[4 * a + j][c];
                        values[k] += weights[a][L * b + k][c] * dx[4 * a + j][c];
                    }
                dq[16 + 4 * a + j][b] = lane_sums(keys);
                dq[32 + 4 * a + j][b] = lane_sums(values);
            }
    }
    back_qkv(n, length, p + QKV, g + QKV, t2, dq, dx);
    norm_back(n, x1, r1, dx, d);
    memset(dx, 0, sizeof dx);
    norm_back(n, x0, r0, d, dx);
    memset(g, 0, HEAD * sizeof *g);
    turned(n, WIDTH, dx, t2);
    for (int t = 0; t < length; t++)
        EACH(i, WIDTH / L) {
            V some = *(V *)(t2 + t * WIDTH + L * i);
            *(V *)(g + WPE + t * WIDTH + L * i) = some;
            *(V *)(g + WTE + token[t] * WIDTH + L * i) += some;
        }
    return loss / length;
}
static void adam(double rate, double rest1, double rest2) { /* 1 - beta^steps */
    const double c1 = rate / rest1, c2 = 1 / rest2;
    for (int i = 0; i < COUNT; i += L) {
        V s = *(V *)(g + i), m = 0.85 * *(V *)(m1 + i) + 0.15 * s, v = 0.99 * *(V *)(m2 + i) + 0.01 * s * s;
        *(V *)(m1 + i) = m;
        *(V *)(m2 + i) = v;
        *(V *)(p + i) -= c1 * m * inverse(fast_root(v * c2) + 1e-8);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}
static int order(const void *a, const void *b) {
    double x = *(double *)a, y = *(double *)b;
    return (x > y) - (x < y);
}
int main(int count, char **arguments) {
    static double init[COUNT], losses[1000];
    static int documents[1000][18];
    int runs = count > 1 ? atoi(arguments[1]) : 200;
    FILE *file = fopen("gpt_init.f64", "rb");
    if (!file || fread(init, 8, COUNT, file) != COUNT) return 1;
    file = fopen("gpt_docs.i32", "rb");
    if (!file || fread(documents, 72, 1000, file) != 1000) return 1;
    double *times = malloc(8 * runs);
    for (int run = 0; run < runs; run++) {
        memcpy(p, init, sizeof p), memset(m1, 0, sizeof m1), memset(m2, 0, sizeof m2);
        double b1 = 1, b2 = 1, start = now();
        for (int s = 0; s < 1000; s++) {
            losses[s] = step(documents[s]);
            b1 *= 0.85, b2 *= 0.99;
            adam(0.01 * (1 - s / 1000.0), 1 - b1, 1 - b2);
        }
        times[run] = (now() - start) * 1e3;
    }
    double sum = 0;
    for (int run = 0; run < runs; run++) sum += times[run];
    qsort(times, runs, 8, order);
    printf("us/step min %.2f median %.2f mean %.2f first loss %.17g final loss %.17g\n", times[0],
           times[runs / 2], sum / runs, losses[0], losses[999]);
}
