/* A program without loops, as columns that are run one operation after the other: one step takes 12
   bytes and a few nanoseconds, and no compiler is asked. Values, gradients and the order of their
   sums are those of the engine, bit for bit. */
#include "tape.h"

#include <string.h>

enum { FEW = 64, MANY = 1 << 13 /* numbers */ };

static PyTypeObject *tape_type;

/* Call a record's `fn`, or its `partials`, with numbers. */
static PyObject *called(const Tape *self, const Step *s, const char *what, const double *x,
                        Py_ssize_t count)
{
    PyObject *op = PyTuple_GET_ITEM(self->others, s->op - OP_OTHERS), *result = NULL;
    PyObject *function = PyObject_GetAttrString(op, what), *args = PyTuple_New(count);
    int failed = function == NULL || args == NULL;
    for (Py_ssize_t k = 0; !failed && k < count; k++) {
        PyObject *number = PyFloat_FromDouble(x[k]);
        failed = number == NULL;
        if (!failed)
            PyTuple_SET_ITEM(args, k, number);
    }
    if (!failed)
        result = PyObject_CallObject(function, args);
    Py_XDECREF(function);
    Py_XDECREF(args);
    return result;
}

int step_value(const Tape *self, const Step *s, const double *x, Py_ssize_t count, double *out)
{
    if (LIKELY(s->op < OP_OTHERS)) {
        *out = op_value(s->op == OP_PICK ? OP_WHERE : s->op, x, count, exponent(self, s));
        return 0;
    }
    PyGILState_STATE lock = PyGILState_Ensure();
    PyObject *result = called(self, s, "fn", x, count);
    *out = result == NULL ? Py_NAN : PyFloat_AsDouble(result);
    Py_XDECREF(result);
    int failed = PyErr_Occurred() != NULL;
    PyGILState_Release(lock);
    return failed ? -1 : 0;
}

int step_partials(const Tape *self, const Step *s, const double *x, Py_ssize_t count, double out,
                  double *d)
{
    if (LIKELY(s->op < OP_OTHERS)) {
        op_partials(s->op, x, count, out, exponent(self, s), d);
        return 0;
    }
    double all[FEW], *given = count < FEW ? all : PyMem_RawMalloc((count + 1) * sizeof(double));
    PyGILState_STATE lock = PyGILState_Ensure();
    PyObject *slopes = NULL;
    if (given == NULL)
        PyErr_NoMemory();
    else if (!PyErr_Occurred()) { /* of an earlier step */
        memcpy(given, x, count * sizeof(double));
        given[count] = out;
        slopes = called(self, s, "partials", given, count + 1);
    }
    if (slopes != NULL && (!PyTuple_Check(slopes) || PyTuple_GET_SIZE(slopes) != count))
        PyErr_SetString(PyExc_TypeError, "partials of an op are a tuple, one for each argument");
    for (Py_ssize_t k = 0; slopes != NULL && !PyErr_Occurred() && k < count; k++)
        d[k] = PyFloat_AsDouble(PyTuple_GET_ITEM(slopes, k));
    Py_XDECREF(slopes);
    int failed = PyErr_Occurred() != NULL;
    PyGILState_Release(lock);
    if (given != all)
        PyMem_RawFree(given);
    return failed ? -1 : 0;
}

static int compute(const Tape *self, const Step *s, const double *v, double *x, double *out)
{
    Py_ssize_t count;
    const int32_t *from = arguments(self, s, &count);
    for (Py_ssize_t k = 0; k < count; k++)
        x[k] = v[from[k]];
    return step_value(self, s, x, count, out);
}

/* Compute all numbers. Return the step at which an index is none of those that it is of, or at which a
   record raises, with the error set; else -1. */
static Py_ssize_t forward(const Tape *self, double *v, double *x, Batch batch, double *index)
{
    if (self->at != NULL)
        return tape_rows_forward(self, v, x, batch, index);
    double *out = v + self->first;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        const Step *s = &self->step[i];
        switch (s->op) {
        case OP_ADD: out[i] = v[s->a] + v[s->b]; break;
        case OP_MUL: out[i] = v[s->a] * v[s->b]; break;
        case OP_RELU: out[i] = v[s->a] < 0 ? 0.0 : v[s->a]; break;
        case OP_TAKE:
            *index = v[self->more[s->a]];
            if (UNLIKELY(!is_index(*index, s->b - 1)))
                return i;
            out[i] = v[self->more[s->a + 1 + (int32_t)*index]];
            break;
        default:
            if (compute(self, s, v, x, &out[i]) < 0)
                return i;
        }
    }
    return -1;
}

/* Give each argument of a step its share of the gradient. x has room for two rows of arguments. */
static inline void pass_on(const Tape *self, Py_ssize_t i, const double *v, double *g, double *x)
{
    const Step *s = &self->step[i];
    double out = v[self->first + i], grad = g[self->first + i];
    switch (s->op) {
    case OP_ADD:
        g[s->a] += grad;
        g[s->b] += grad;
        return;
    case OP_MUL: {
        double dx = v[s->b], dy = v[s->a];
        g[s->a] += dx * grad;
        g[s->b] += dy * grad;
        return;
    }
    case OP_PICK:
        g[self->more[s->a + (v[self->more[s->a]] != 0 ? 1 : 2)]] += grad;
        return;
    default:
        break;
    }
    Py_ssize_t count;
    const int32_t *to = arguments(self, s, &count);
    if (s->op == OP_SUM) {
        for (Py_ssize_t k = 0; k < count; k++)
            g[to[k]] += grad;
        return;
    }
    double *d = x + self->widest;
    for (Py_ssize_t k = 0; k < count; k++)
        x[k] = v[to[k]];
    if (step_partials(self, s, x, count, out, d) < 0)
        return;
    for (Py_ssize_t k = 0; k < count; k++)
        if (!is_left_out(s, d[k]))
            g[to[k]] += d[k] * grad;
}

static double *scratch(const Tape *self, double *few)
{
    return 2 * self->widest <= FEW ? few : PyMem_RawMalloc(2 * (size_t)self->widest * sizeof(double));
}

static void drop(double *x, const double *few)
{
    if (x != few)
        PyMem_RawFree(x);
}

/* The order of the engine's backward: depth first, an argument before those that follow it. Steps
   that no wanted gradient is behind are left out. Return how many there are, or -1 for no memory. */
static Py_ssize_t ordered(const Tape *self, Py_ssize_t root, int32_t **order)
{
    size_t arguments_in_all = 0;
    Py_ssize_t top = 0, made = 0, last = root - self->first;
    *order = NULL;
    if (last < 0 || !self->wanted[root])
        return 0; /* a leaf, or a constant */
    for (Py_ssize_t i = 0; i <= last; i++)
        arguments_in_all += is_inline(self->step[i].op) ? 2 : self->step[i].b;
    int32_t *steps = PyMem_RawMalloc(((size_t)last + 1) * sizeof(int32_t));
    int32_t *stack = PyMem_RawMalloc((arguments_in_all + last + 2) * sizeof(int32_t));
    uint8_t *seen = PyMem_RawCalloc(last + 1, 1);
    if (steps != NULL && stack != NULL && seen != NULL)
        stack[top++] = (int32_t)last;
    while (top > 0) {
        int32_t i = stack[--top];
        if (i < 0) {
            steps[made++] = ~i;
            continue;
        }
        if (seen[i])
            continue;
        seen[i] = 1;
        stack[top++] = ~i;
        Py_ssize_t count;
        const int32_t *from = arguments(self, &self->step[i], &count);
        for (Py_ssize_t k = count - 1; k >= 0; k--) {
            Py_ssize_t parent = from[k] - self->first;
            if (parent >= 0 && self->wanted[from[k]] && !seen[parent])
                stack[top++] = (int32_t)parent;
        }
    }
    int failed = steps == NULL || stack == NULL || seen == NULL;
    PyMem_RawFree(stack);
    PyMem_RawFree(seen);
    if (failed)
        PyMem_RawFree(steps);
    else
        *order = steps;
    return failed ? -1 : made;
}

/* The same, kept for the next time. The lock is held, so that one thread alone makes it. */
static int make_order(Tape *self, Py_ssize_t k)
{
    if (self->lengths[k] >= 0)
        return 0;
    int32_t *order;
    Py_ssize_t length = ordered(self, self->output[k], &order);
    if (length < 0)
        return -1;
    self->order[k] = order;
    self->lengths[k] = (int32_t)length;
    return 0;
}

/* As several calls of the engine's backward, one for each seed: what is computed starts anew for each,
   and leaves accumulate. */
static void backward(const Tape *self, const double *v, double *g, const double *seeds, double *x,
                     Batch batch)
{
    if (self->at != NULL) {
        tape_rows_backward(self, v, g, seeds, x, batch);
        return;
    }
    memset(g, 0, self->size * sizeof(double));
    for (Py_ssize_t k = 0, done = 0; k < self->outputs; k++) {
        if (seeds[k] == 0)
            continue;
        if (done++)
            memset(g + self->first, 0, self->count * sizeof(double));
        g[self->output[k]] += seeds[k];
        for (Py_ssize_t i = self->lengths[k]; i-- > 0;)
            pass_on(self, self->order[k][i], v, g, x);
    }
}

static inline Batch batch_of(const Tape *self, const int64_t *sizes)
{
    return self->at == NULL ? (Batch){1, 1} : (Batch){sizes[0], sizes[1]};
}

/* Tell whether a record has raised; whoever does not hold the lock cannot look himself. */
static int raised(void)
{
    PyGILState_STATE lock = PyGILState_Ensure();
    int is_raised = PyErr_Occurred() != NULL;
    PyGILState_Release(lock);
    return is_raised;
}

static void clear_error(void)
{
    PyGILState_STATE lock = PyGILState_Ensure();
    PyErr_Clear();
    PyGILState_Release(lock);
}

/* As compiled code is called; direct.c holds the lock, except where its memory is large. */
static int run_forward(double *v, const int64_t *sizes, const double *scalars,
                       const int64_t *const *tables)
{
    const Tape *self = (const Tape *)tables[0];
    double few[FEW], *x = scratch(self, few), index;
    int failed = x == NULL || forward(self, v, x, batch_of(self, sizes), &index) >= 0;
    drop(x, few);
    if (failed && PyTuple_GET_SIZE(self->others))
        clear_error(); /* the call is done anew, where it can be raised */
    return failed;
}

static int run_backward(double *v, double *g, const int64_t *sizes, const double *seeds,
                        const int64_t *const *tables)
{
    Tape *self = (Tape *)tables[0];
    double few[FEW], *x = scratch(self, few);
    int failed = x == NULL;
    for (Py_ssize_t k = 0; !failed && k < self->outputs; k++)
        failed = seeds[k] != 0 && make_order(self, k) < 0;
    if (!failed)
        backward(self, v, g, seeds, x, batch_of(self, sizes));
    drop(x, few);
    return failed || (PyTuple_GET_SIZE(self->others) && raised());
}

/* Tell whether buffers hold the numbers of a batch of sizes[0] in rows of sizes[1]. */
static int have_room(const Tape *self, const int64_t *sizes, const Py_buffer *v, const Py_buffer *g)
{
    Py_ssize_t room = self->size;
    if (self->at != NULL && (sizes[0] < 1 || sizes[1] < sizes[0] ||
                             sizes[1] > (PY_SSIZE_T_MAX / 16 - self->plain) / (self->rows + 1)))
        PyErr_Format(PyExc_ValueError, "a batch of %lld in rows of %lld", (long long)sizes[0],
                     (long long)sizes[1]);
    else if (self->at != NULL)
        room = self->plain + self->rows * sizes[1];
    room *= (Py_ssize_t)sizeof(double);
    if (!PyErr_Occurred() && (v->len < room || g->len < room))
        PyErr_Format(PyExc_ValueError, "a memory of %zd bytes is needed", room);
    return !PyErr_Occurred();
}

/* tape.forward(v, batch, row): compute all numbers in a memory that holds the leaves. Return None; or the
   index that is none, and of how many it is. */
static PyObject *tape_forward(PyObject *object, PyObject *args)
{
    const Tape *self = (Tape *)object;
    Py_buffer v;
    int64_t sizes[2] = {1, 1};
    if (!PyArg_ParseTuple(args, "w*|LL:forward", &v, &sizes[0], &sizes[1]))
        return NULL;
    double few[FEW], *x = scratch(self, few), index = 0;
    Py_ssize_t failed = -1;
    PyObject *told = NULL;
    if (x == NULL)
        PyErr_NoMemory();
    else if (have_room(self, sizes, &v, &v)) {
        Batch batch = batch_of(self, sizes);
        if (self->size < MANY / batch.size)
            failed = forward(self, v.buf, x, batch, &index);
        else {
            Py_BEGIN_ALLOW_THREADS
            failed = forward(self, v.buf, x, batch, &index);
            Py_END_ALLOW_THREADS
        }
        if (!PyErr_Occurred())
            told = failed < 0 ? Py_NewRef(Py_None)
                              : Py_BuildValue("di", index, self->step[failed].b - 1);
    }
    drop(x, few);
    PyBuffer_Release(&v);
    return told;
}

/* tape.backward(v, g, seeds, batch, row): gradients of all that is wanted, from those of the outputs. */
static PyObject *tape_backward(PyObject *object, PyObject *args)
{
    Tape *self = (Tape *)object;
    const void *tables[1] = {self};
    Py_buffer v, g, seeds;
    int64_t sizes[2] = {1, 1};
    if (!PyArg_ParseTuple(args, "y*w*y*|LL:backward", &v, &g, &seeds, &sizes[0], &sizes[1]))
        return NULL;
    if (seeds.len != self->outputs * (Py_ssize_t)sizeof(double))
        PyErr_Format(PyExc_ValueError, "%zd seeds are needed", self->outputs);
    else if (have_room(self, sizes, &v, &g) &&
             run_backward(v.buf, g.buf, sizes, seeds.buf, (const int64_t *const *)tables) &&
             !PyErr_Occurred())
        PyErr_NoMemory();
    PyBuffer_Release(&v);
    PyBuffer_Release(&g);
    PyBuffer_Release(&seeds);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* Making one. */

/* Copy a buffer; one more number than it has, so that none is empty. */
static void *copied(const Py_buffer *from)
{
    void *to = PyMem_Malloc(from->len + sizeof(double));
    if (to == NULL)
        PyErr_NoMemory();
    else
        memcpy(to, from->buf, from->len);
    return to;
}

static int step_fits(const Tape *self, Py_ssize_t i, Py_ssize_t more, Py_ssize_t exponents)
{
    const Step *s = &self->step[i];
    int beside = s->op == OP_PICK || (s->op == OP_BATCH_SUM && self->rows) ||
                 (s->op >= OP_OTHERS && s->op - OP_OTHERS < PyTuple_GET_SIZE(self->others));
    if (s->op <= OP_LEAF || (s->op >= OP_HANDMADE && !beside) || s->a < 0)
        return 0;
    if (s->op == OP_POWC && (s->b < 0 || s->b >= exponents))
        return 0;
    if (!is_inline(s->op)) {
        int arity = s->op == OP_PICK ? 3 : s->op >= OP_OTHERS ? 0 : op_cases[s->op].arity;
        int least = s->op == OP_TAKE ? 2 : 1;
        if (s->b < least || (arity && s->b != arity) || s->a > more - s->b)
            return 0;
    }
    Py_ssize_t count;
    const int32_t *from = arguments(self, s, &count);
    for (Py_ssize_t k = 0; k < count; k++)
        if (from[k] < 0 || from[k] >= self->first + i)
            return 0;
    return 1;
}

/* Tell whether all places are in the memory, each before what is computed from it. */
static int fits(Tape *self, Py_ssize_t more, Py_ssize_t exponents)
{
    self->widest = 2;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        if (!step_fits(self, i, more, exponents))
            return 0;
        if (!is_inline(self->step[i].op))
            self->widest = Py_MAX(self->widest, self->step[i].b);
    }
    for (Py_ssize_t k = 0; k < self->outputs; k++)
        if (self->output[k] < 0 || self->output[k] >= self->size)
            return 0;
    return 1;
}

/* tape(first, steps, more, exponents, outputs, wanted, batched, others): how many leaves there are; buffers of
   three ints for each step, of further arguments' places, of doubles, of places, of a byte for each number,
   and for each leaf, whether it is a row: without any, there is no batch axis; a tuple of records. */
static PyObject *make_tape(PyObject *module, PyObject *args)
{
    Py_ssize_t first;
    Py_buffer part[6];
    PyObject *others;
    if (!PyArg_ParseTuple(args, "ny*y*y*y*y*y*O!:tape", &first, &part[0], &part[1], &part[2], &part[3],
                          &part[4], &part[5], &PyTuple_Type, &others))
        return NULL;
    Tape *self = PyObject_New(Tape, tape_type);
    if (self != NULL) {
        self->first = first;
        self->count = part[0].len / (Py_ssize_t)sizeof(Step);
        self->size = first + self->count;
        self->outputs = part[3].len / (Py_ssize_t)sizeof(int32_t);
        self->step = copied(&part[0]);
        self->more = copied(&part[1]);
        self->exponents = copied(&part[2]);
        self->output = copied(&part[3]);
        self->wanted = copied(&part[4]);
        self->order = PyMem_Calloc(self->outputs + 1, sizeof(int32_t *));
        self->lengths = PyMem_Malloc((self->outputs + 1) * sizeof(int32_t));
        self->tables[0] = self;
        self->at = NULL;
        self->others = Py_NewRef(others);
        self->rows = part[5].len;
        if (self->order == NULL || self->lengths == NULL)
            PyErr_NoMemory();
        else
            for (Py_ssize_t k = 0; k < self->outputs; k++)
                self->lengths[k] = -1;
        if (!PyErr_Occurred() &&
            (first < 0 || part[4].len != self->size || (part[5].len && part[5].len != first) ||
             !fits(self, part[1].len / (Py_ssize_t)sizeof(int32_t),
                   part[2].len / (Py_ssize_t)sizeof(double))))
            PyErr_SetString(PyExc_ValueError, "a place is outside of the tape's memory");
        if (!PyErr_Occurred() && part[5].len && tape_rows_make(self, part[5].buf) < 0)
            PyErr_NoMemory();
        if (PyErr_Occurred())
            Py_CLEAR(self);
    }
    for (int i = 0; i < 6; i++)
        PyBuffer_Release(&part[i]);
    return (PyObject *)self;
}

/* tape.places(): how many numbers are plain; and of each, in a bytes of ints, which of these it is, or
   ~ which row. */
static PyObject *places(PyObject *object, PyObject *unused)
{
    const Tape *self = (Tape *)object;
    if (self->at == NULL)
        return PyErr_Format(PyExc_ValueError, "a tape without a batch axis has no rows");
    return Py_BuildValue("nny#", self->plain, self->rows, self->at,
                         self->size * (Py_ssize_t)sizeof(int32_t));
}

/* tape.addresses(): of the functions that run it as compiled code is run, and of their tables. */
static PyObject *addresses(PyObject *object, PyObject *unused)
{
    return Py_BuildValue("KKK", (unsigned long long)(uintptr_t)run_forward,
                         (unsigned long long)(uintptr_t)run_backward,
                         (unsigned long long)(uintptr_t)((Tape *)object)->tables);
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Tape *self = (Tape *)object;
    for (Py_ssize_t k = 0; self->order != NULL && k < self->outputs; k++)
        PyMem_RawFree(self->order[k]);
    PyMem_Free(self->step);
    PyMem_Free(self->more);
    PyMem_Free(self->exponents);
    PyMem_Free(self->output);
    PyMem_Free(self->wanted);
    PyMem_Free(self->order);
    PyMem_Free(self->lengths);
    PyMem_Free(self->at);
    Py_DECREF(self->others);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"forward", tape_forward, METH_VARARGS, NULL},
    {"backward", tape_backward, METH_VARARGS, NULL},
    {"places", places, METH_NOARGS, NULL},
    {"addresses", addresses, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_methods, methods}, {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.Tape",
    .basicsize = sizeof(Tape),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int tape_ready(void)
{
    if (tape_type == NULL)
        tape_type = (PyTypeObject *)PyType_FromSpec(&spec);
    return tape_type == NULL ? -1 : 0;
}

PyMethodDef tape_functions[] = {
    {"tape", make_tape, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
