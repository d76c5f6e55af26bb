/* A tape: a program without loops, as columns. tape.c runs it, tape_rows.c where there is a batch axis. */
#ifndef MICROGRAD_TAPE_H
#define MICROGRAD_TAPE_H

#include "value.h"

#include <math.h>

#include "ops.h"

enum {
    OP_PICK = OP_COUNT, /* `where` of objects: what is not picked gets nothing */
    OP_BATCH_SUM,       /* of a row; a row itself it never is */
    OP_OTHERS,          /* the first of those whose records are called: they have no case in C */
};

/* Step i computes number `first + i` of the memory. An op of one or two arguments has their places in
   a and b, a constant power the place of its exponent in `exponents` in b; any other begins at
   `more[a]`, and has b arguments. */
typedef struct {
    int32_t op, a, b;
} Step;

typedef struct {
    PyObject_HEAD
    Py_ssize_t first, count, size; /* leaves; steps; both */
    Py_ssize_t outputs, widest;
    Step *step;
    int32_t *more, *output;
    double *exponents;
    uint8_t *wanted;   /* of each number, whether it has a gradient that somebody wants */
    int32_t **order;   /* of each output, the steps behind it, parents first; NULL: not known yet */
    int32_t *lengths;  /* how many they are; -1: not known yet */
    const void *tables[1]; /* what compiled code has its tables in */
    PyObject *others;      /* a tuple of those records */
    /* Where there is a batch axis, `rows` numbers have one, each a row; `plain` have none, and come
       first. Of both kinds leaves come before what is computed. */
    Py_ssize_t plain, rows, plain_leaves, row_leaves;
    int32_t *at; /* of each number: which of the plain ones, or ~ which row; NULL: there are no rows */
} Tape;

static inline int is_inline(int op)
{
    return op == OP_BATCH_SUM || (op < OP_HANDMADE && op_cases[op].arity && op_cases[op].arity <= 2);
}

/* The places of a step's arguments. */
static inline const int32_t *arguments(const Tape *self, const Step *s, Py_ssize_t *count)
{
    if (is_inline(s->op)) {
        *count = s->op == OP_BATCH_SUM ? 1 : op_cases[s->op].arity;
        return &s->a;
    }
    *count = s->b;
    return self->more + s->a;
}

static inline double exponent(const Tape *self, const Step *s)
{
    return s->op == OP_POWC ? self->exponents[s->b] : 0.0;
}

/* tape.c: the value or the derivatives of a step at x, whoever computes them. Return -1 with an error set
   where a record raises; no lock is needed for it, and none is to be held. */
int step_value(const Tape *self, const Step *s, const double *x, Py_ssize_t count, double *out);
int step_partials(const Tape *self, const Step *s, const double *x, Py_ssize_t count, double out,
                  double *d);

/* Tell whether a run-time index is a whole number in its range. */
static inline int is_index(double x, Py_ssize_t rows)
{
    return x >= 0 && x < (double)rows && x == floor(x);
}

/* Whether an argument gets nothing of an infinite gradient: one that was not picked. */
static inline int is_left_out(const Step *s, double slope)
{
    return slope == 0 && (s->op == OP_MAXIMUM || s->op == OP_MINIMUM);
}

/* Of how many examples a batch is, and how many numbers a row of it takes. */
typedef struct {
    Py_ssize_t size, row;
} Batch;

/* tape_rows.c: as `forward` and `backward` in tape.c, of a batch. */
int tape_rows_make(Tape *self, const uint8_t *batched);
Py_ssize_t tape_rows_forward(const Tape *self, double *v, double *x, Batch batch, double *index);
void tape_rows_backward(const Tape *self, const double *v, double *g, const double *seeds, double *x,
                   Batch batch);

#endif
