/* Values and derivatives of the ops on doubles: ops.py and ieee.py, with the same libm calls and
   the same roundings in the same order. */
#include "ops.h"

#include <math.h>

OpCase op_cases[OP_COUNT] = {
#define X(case, name, arity) [OP_##case] = {name, arity, NULL, NULL},
    OP_CASES(X)
#undef X
};

/* Through a pointer, because compilers turn pow(x, -1.0) into 1 / x, which rounds otherwise. */
static double (*volatile const libm_pow)(double, double) = pow;

/* Python's nan has the sign bit clear; that of x86 instructions has it set. */
static double power(double x, double y)
{
    double result = libm_pow(x, y);
    return isnan(result) && !isnan(x) && !isnan(y) ? Py_NAN : result;
}

static double logarithm(double x)
{
    return x > 0 ? log(x) : x == 0 ? -Py_HUGE_VAL : Py_NAN;
}

static double logarithm1p(double x)
{
    return x > -1 ? log1p(x) : x == -1 ? -Py_HUGE_VAL : Py_NAN;
}

static double sigmoid(double x)
{
    if (x < 0) {
        double e = exp(x);
        return e / (1.0 + e);
    }
    return 1.0 / (1.0 + exp(-x));
}

static double softplus(double x)
{
    return x == x ? (x > 0 ? x : 0.0) + log1p(exp(-fabs(x))) : x;
}

static double sum(const double *x, Py_ssize_t n)
{
    double total = x[0];
    for (Py_ssize_t i = 1; i < n; i++)
        total += x[i];
    return total;
}

static double product(const double *x, Py_ssize_t n)
{
    double result = x[0];
    for (Py_ssize_t i = 1; i < n; i++)
        result *= x[i];
    return result;
}

static double maximum(const double *x, Py_ssize_t n)
{
    double best = x[0];
    for (Py_ssize_t i = 1; i < n; i++)
        if (!(best >= x[i] || best != best))
            best = x[i];
    return best;
}

static double minimum(const double *x, Py_ssize_t n)
{
    double best = x[0];
    for (Py_ssize_t i = 1; i < n; i++)
        if (!(best <= x[i] || best != best))
            best = x[i];
    return best;
}

static double logsumexp(const double *x, Py_ssize_t n)
{
    double top = maximum(x, n), rest = 0.0;
    int seen = 0;
    if (!isfinite(top))
        return top;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (x[i] == top && !seen)
            seen = 1;
        else
            rest += exp(x[i] - top);
    }
    return top + log1p(rest);
}

Py_ssize_t op_take_index(double index, Py_ssize_t n)
{
    double rows = (double)(n - 1), whole = trunc(index);
    if (!(-rows <= whole && whole < rows))
        return 0;
    return (Py_ssize_t)(whole < 0 ? whole + rows : whole) + 1;
}

double op_value(int op, const double *x, Py_ssize_t n, double exponent)
{
    switch (op) {
    case OP_ADD: return x[0] + x[1];
    case OP_MUL: return x[0] * x[1];
    case OP_SUM: return sum(x, n);
    case OP_PROD: return product(x, n);
    case OP_POW: return power(x[0], x[1]);
    case OP_POWC: return power(x[0], exponent);
    case OP_EXP: return exp(x[0]);
    case OP_EXPM1: return expm1(x[0]);
    case OP_LOG: return logarithm(x[0]);
    case OP_LOG1P: return logarithm1p(x[0]);
    case OP_SQRT: return x[0] >= 0 ? sqrt(x[0]) : Py_NAN;
    case OP_SIN: return isfinite(x[0]) ? sin(x[0]) : Py_NAN;
    case OP_COS: return isfinite(x[0]) ? cos(x[0]) : Py_NAN;
    case OP_TANH: return tanh(x[0]);
    case OP_SIGMOID: return sigmoid(x[0]);
    case OP_SOFTPLUS: return softplus(x[0]);
    case OP_ERF: return erf(x[0]);
    case OP_RELU: return x[0] < 0 ? 0.0 : x[0];
    case OP_ABS: return fabs(x[0]);
    case OP_MAXIMUM: return maximum(x, n);
    case OP_MINIMUM: return minimum(x, n);
    case OP_LOGSUMEXP: return logsumexp(x, n);
    case OP_WHERE: return x[0] != 0 ? x[1] : x[2];
    case OP_TAKE: return x[op_take_index(x[0], n)];
    case OP_DETACH: return x[0];
    case OP_LT: return x[0] < x[1];
    case OP_LE: return x[0] <= x[1];
    case OP_GT: return x[0] > x[1];
    case OP_GE: return x[0] >= x[1];
    default: return Py_NAN;
    }
}

/* The product of all the others: of those before times of those after. */
static void product_partials(const double *x, Py_ssize_t n, double *d)
{
    double before = 1.0, after = 1.0;
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        d[i] = after;
        after = x[i] * after;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        d[i] = before * d[i];
        before = before * x[i];
    }
}

/* y x^(y-1) and x^y log x; where x = 0 and y >= 0, the power does not change with y. */
static void power_partials(double x, double y, double out, double *d)
{
    double slope = y * power(x, y - 1.0), growth = out * logarithm(x);
    d[0] = x > 0 || x < 0 || y > 0 || y < 0 ? slope : 0.0 * y;
    d[1] = x > 0 || x < 0 || y < 0 ? growth : 0.0 * x;
}

/* 1 - out², as 2 (1 + |out|) / (1 + exp(2 |x|)): out itself is 1 where this is still far from 0. */
static double tanh_slope(double x, double out)
{
    double side = x > 0 ? -2.0 : 2.0;
    return sigmoid(side * x) * (2.0 - side * out);
}

/* 1 for the first argument that is the result, 0 for the others. */
static void selected(int op, const double *x, Py_ssize_t n, double out, double *d)
{
    double left = 1.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        d[i] = (op == OP_MAXIMUM ? x[i] >= out : x[i] <= out) ? left : 0.0;
        left = left - d[i];
    }
}

static void variadic_partials(int op, const double *x, Py_ssize_t n, double out, double *d)
{
    switch (op) {
    case OP_PROD: product_partials(x, n, d); return;
    case OP_MAXIMUM:
    case OP_MINIMUM: selected(op, x, n, out, d); return;
    case OP_SUM:
        for (Py_ssize_t i = 0; i < n; i++)
            d[i] = 1.0;
        return;
    case OP_LOGSUMEXP:
        for (Py_ssize_t i = 0; i < n; i++)
            d[i] = exp(x[i] - out);
        return;
    case OP_TAKE:
        d[0] = 0.0;
        for (Py_ssize_t i = 1; i < n; i++)
            d[i] = x[0] == (double)(i - 1) ? 1.0 : 0.0;
        return;
    }
}

void op_partials(int op, const double *xs, Py_ssize_t n, double out, double exponent, double *d)
{
    double x = xs[0];
    switch (op) {
    case OP_ADD: d[0] = d[1] = 1.0; return;
    case OP_MUL: d[0] = xs[1], d[1] = x; return;
    case OP_POW: power_partials(x, xs[1], out, d); return;
    case OP_POWC: d[0] = exponent != 0 ? exponent * power(x, exponent - 1.0) : 0.0; return;
    case OP_EXP: d[0] = out; return;
    case OP_EXPM1: d[0] = exp(x); return;
    case OP_LOG: d[0] = power(x, -1.0); return;
    case OP_LOG1P: d[0] = power(x + 1.0, -1.0); return;
    case OP_SQRT: d[0] = 0.5 * power(out, -1.0); return;
    case OP_SIN: d[0] = isfinite(x) ? cos(x) : Py_NAN; return;
    case OP_COS: d[0] = isfinite(x) ? -1.0 * sin(x) : Py_NAN; return;
    case OP_TANH: d[0] = tanh_slope(x, out); return;
    case OP_SIGMOID: d[0] = out * sigmoid(-1.0 * x); return;
    case OP_SOFTPLUS: d[0] = sigmoid(x); return;
    case OP_ERF: d[0] = 2 / sqrt(Py_MATH_PI) * exp(-1.0 * x * x); return;
    case OP_RELU: d[0] = x > 0 ? 1.0 : 0.0; return;
    case OP_ABS: d[0] = x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; return;
    case OP_WHERE: d[0] = 0.0, d[1] = x != 0, d[2] = x == 0; return;
    case OP_DETACH: d[0] = 0.0; return;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: d[0] = d[1] = 0.0; return;
    default: variadic_partials(op, xs, n, out, d); return;
    }
}
