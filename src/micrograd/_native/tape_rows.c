/* A tape with a batch axis: what differs between the examples is a row of numbers, one for each. Each
   example's numbers are those of the engine, bit for bit; what all share gets the examples' gradients one
   after the other, operation by operation. */
#include "tape.h"

#include <string.h>

/* One number, or a row of them, of which the next is one step further; a number is 0 steps away. */
typedef struct {
    double *first;
    Py_ssize_t step;
} Lane;

static inline Lane lane(const Tape *self, const double *v, int32_t place, Py_ssize_t row)
{
    int32_t at = self->at[place];
    double *base = (double *)v;
    return at >= 0 ? (Lane){base + at, 0} : (Lane){base + self->plain + (Py_ssize_t)~at * row, 1};
}

/* Give each number a place: leaves before what is computed, plain ones and rows. Return -1 for no memory. */
int tape_rows_make(Tape *self, const uint8_t *batched)
{
    self->plain = self->rows = self->plain_leaves = self->row_leaves = 0;
    self->at = PyMem_Malloc((self->size + 1) * sizeof(int32_t));
    if (self->at == NULL)
        return -1;
    for (Py_ssize_t i = 0; i < self->size; i++) {
        int is_row = 0;
        if (i < self->first)
            is_row = batched[i];
        else if (self->step[i - self->first].op != OP_BATCH_SUM) {
            Py_ssize_t count;
            const int32_t *from = arguments(self, &self->step[i - self->first], &count);
            for (Py_ssize_t k = 0; k < count; k++)
                is_row |= self->at[from[k]] < 0;
        }
        self->at[i] = is_row ? ~(int32_t)self->rows++ : (int32_t)self->plain++;
        if (i + 1 == self->first) {
            self->plain_leaves = self->plain;
            self->row_leaves = self->rows;
        }
    }
    return 0;
}

/* Compute a step of any kind, example by example. Return 0 where an index is none, or a record raises. */
static int compute(const Tape *self, const Step *s, const double *v, Lane out, Py_ssize_t lanes,
                   double *x, Batch batch, double *index)
{
    Py_ssize_t count;
    const int32_t *from = arguments(self, s, &count);
    for (Py_ssize_t i = 0; i < lanes; i++) {
        if (s->op == OP_TAKE) {
            Lane which = lane(self, v, from[0], batch.row);
            *index = which.first[i * which.step];
            if (UNLIKELY(!is_index(*index, count - 1)))
                return 0;
            Lane taken = lane(self, v, from[1 + (int32_t)*index], batch.row);
            out.first[i] = taken.first[i * taken.step];
            continue;
        }
        for (Py_ssize_t k = 0; k < count; k++) {
            Lane argument = lane(self, v, from[k], batch.row);
            x[k] = argument.first[i * argument.step];
        }
        if (step_value(self, s, x, count, &out.first[i]) < 0)
            return 0;
    }
    return 1;
}

static void sum_up(double *out, Lane x, Py_ssize_t batch)
{
    double total = x.first[0];
    for (Py_ssize_t i = 1; i < batch; i++)
        total += x.first[i * x.step];
    *out = total;
}

Py_ssize_t tape_rows_forward(const Tape *self, double *v, double *x, Batch batch, double *index)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        const Step *s = &self->step[i];
        Lane out = lane(self, v, (int32_t)(self->first + i), batch.row), a, b;
        Py_ssize_t lanes = out.step ? batch.size : 1;
        switch (s->op) {
        case OP_ADD:
            a = lane(self, v, s->a, batch.row);
            b = lane(self, v, s->b, batch.row);
            for (Py_ssize_t k = 0; k < lanes; k++)
                out.first[k] = a.first[k * a.step] + b.first[k * b.step];
            break;
        case OP_MUL:
            a = lane(self, v, s->a, batch.row);
            b = lane(self, v, s->b, batch.row);
            for (Py_ssize_t k = 0; k < lanes; k++)
                out.first[k] = a.first[k * a.step] * b.first[k * b.step];
            break;
        case OP_BATCH_SUM:
            sum_up(out.first, lane(self, v, s->a, batch.row), batch.size);
            break;
        default:
            if (!compute(self, s, v, out, lanes, x, batch, index))
                return i;
        }
    }
    return -1;
}

/* Add a share to the gradient of an argument: `by` is what it is times, a number or a row; NULL: 1. */
static void add_share(Lane to, const Lane *by, Lane grad, Py_ssize_t lanes)
{
    for (Py_ssize_t i = 0; i < lanes; i++) {
        double share = grad.first[i * grad.step];
        to.first[i * to.step] += by == NULL ? share : by->first[i * by->step] * share;
    }
}

/* Give the arguments of a step of any kind their shares, example by example. */
static void pass_on_each(const Tape *self, const Step *s, const double *v, double *g, Lane out,
                         Lane grad, Py_ssize_t lanes, double *x, Batch batch)
{
    Py_ssize_t count;
    const int32_t *from = arguments(self, s, &count);
    double *d = x + self->widest;
    for (Py_ssize_t i = 0; i < lanes; i++) {
        for (Py_ssize_t k = 0; k < count; k++) {
            Lane argument = lane(self, v, from[k], batch.row);
            x[k] = argument.first[i * argument.step];
        }
        if (s->op == OP_PICK) {
            Lane to = lane(self, g, from[x[0] != 0 ? 1 : 2], batch.row);
            to.first[i * to.step] += grad.first[i];
            continue;
        }
        if (step_partials(self, s, x, count, out.first[i], d) < 0)
            return;
        for (Py_ssize_t k = 0; k < count; k++) {
            Lane to = lane(self, g, from[k], batch.row);
            if (!is_left_out(s, d[k]))
                to.first[i * to.step] += d[k] * grad.first[i];
        }
    }
}

static void pass_on(const Tape *self, Py_ssize_t i, const double *v, double *g, double *x, Batch batch)
{
    const Step *s = &self->step[i];
    int32_t place = (int32_t)(self->first + i);
    Lane out = lane(self, v, place, batch.row), grad = lane(self, g, place, batch.row);
    Py_ssize_t lanes = out.step ? batch.size : 1, count;
    const int32_t *to = arguments(self, s, &count);
    Lane a, b;
    switch (s->op) {
    case OP_BATCH_SUM:
        add_share(lane(self, g, s->a, batch.row), NULL, grad, batch.size);
        break;
    case OP_ADD:
    case OP_SUM:
        for (Py_ssize_t k = 0; k < count; k++)
            add_share(lane(self, g, to[k], batch.row), NULL, grad, lanes);
        break;
    case OP_MUL:
        a = lane(self, v, s->a, batch.row);
        b = lane(self, v, s->b, batch.row);
        add_share(lane(self, g, s->a, batch.row), &b, grad, lanes);
        add_share(lane(self, g, s->b, batch.row), &a, grad, lanes);
        break;
    default:
        pass_on_each(self, s, v, g, out, grad, lanes, x, batch);
    }
}

/* Let all that is computed have no gradient, not the leaves. */
static void clear_computed(const Tape *self, double *g, Batch batch)
{
    Py_ssize_t from = self->plain + self->row_leaves * batch.row;
    Py_ssize_t until = self->plain + self->rows * batch.row;
    memset(g + self->plain_leaves, 0, (self->plain - self->plain_leaves) * sizeof(double));
    memset(g + from, 0, (until - from) * sizeof(double));
}

void tape_rows_backward(const Tape *self, const double *v, double *g, const double *seeds, double *x,
                   Batch batch)
{
    memset(g, 0, (self->plain + self->rows * batch.row) * sizeof(double));
    for (Py_ssize_t k = 0, done = 0; k < self->outputs; k++) {
        if (seeds[k] == 0)
            continue;
        if (done++)
            clear_computed(self, g, batch);
        lane(self, g, self->output[k], batch.row).first[0] += seeds[k];
        for (Py_ssize_t i = self->lengths[k]; i-- > 0;)
            pass_on(self, self->order[k][i], v, g, x, batch);
    }
}
