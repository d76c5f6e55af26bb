/* The cases of the op table that are compiled. ops.py defines what each means; a test fails when an
   op has no case here, or when a value or a partial differs in one bit. */
#ifndef MICROGRAD_OPS_H
#define MICROGRAD_OPS_H

#include <Python.h>

/* X(case, name in the table, number of arguments or 0 for one or more) */
#define OP_CASES(X)           \
    X(ADD, "add", 2)          \
    X(MUL, "mul", 2)          \
    X(SUM, "sum", 0)          \
    X(PROD, "prod", 0)        \
    X(POW, "pow", 2)          \
    X(POWC, "powc", 1)        \
    X(EXP, "exp", 1)          \
    X(EXPM1, "expm1", 1)      \
    X(LOG, "log", 1)          \
    X(LOG1P, "log1p", 1)      \
    X(SQRT, "sqrt", 1)        \
    X(SIN, "sin", 1)          \
    X(COS, "cos", 1)          \
    X(TANH, "tanh", 1)        \
    X(SIGMOID, "sigmoid", 1)  \
    X(SOFTPLUS, "softplus", 1) \
    X(ERF, "erf", 1)          \
    X(RELU, "relu", 1)        \
    X(ABS, "abs", 1)          \
    X(MAXIMUM, "maximum", 0)  \
    X(MINIMUM, "minimum", 0)  \
    X(LOGSUMEXP, "logsumexp", 0) \
    X(WHERE, "where", 3)      \
    X(TAKE, "take", 0)        \
    X(DETACH, "detach", 1)    \
    X(LT, "lt", 2)            \
    X(LE, "le", 2)            \
    X(GT, "gt", 2)            \
    X(GE, "ge", 2)

enum {
    OP_LEAF,
#define X(case, name, arity) OP_##case,
    OP_CASES(X)
#undef X
    OP_HANDMADE, /* passes no gradient on by itself */
    OP_FOREIGN,  /* an Op that has no case here: its Python functions are called */
    OP_COUNT
};

typedef struct {
    const char *name; /* NULL for the three that are no case of the table */
    int arity;
    PyObject *op;       /* set by connect, as is what `_op` shows: */
    const char *symbol;
} OpCase;
extern OpCase op_cases[OP_COUNT];

/* Return the value of a case at x[0 .. n-1]. TAKE expects op_take_index(x[0], n) to be valid. */
double op_value(int op, const double *x, Py_ssize_t n, double exponent);

/* Return which argument take(index, *rows) selects, or 0 where rows[int(index)] would raise. */
Py_ssize_t op_take_index(double index, Py_ssize_t n);

/* Write the derivatives of a case by x[0 .. n-1] to d[0 .. n-1]. */
void op_partials(int op, const double *x, Py_ssize_t n, double out, double exponent, double *d);

#endif
