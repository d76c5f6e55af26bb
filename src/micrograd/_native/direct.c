/* A compiled function called without a detour through Python. Its arguments are floats, ints, and
   lists, tuples, dicts and arrays of them, of the structure that it was compiled for; Values from
   outside are read; its results are floats in such nests, or stay in memory for Python to take. */
#include "value.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

typedef int (*Forward)(double *v, const int64_t *sizes, const double *scalars,
                       const int64_t *const *tables);
typedef int (*Backward)(double *v, double *g, const int64_t *sizes, const double *scalars,
                        const int64_t *const *tables);

enum { MOST_DIMS = 4, LINE = 64 /* bytes of cache */, MANY = 1 << 13 /* numbers */ };
enum { NUMBER_FORM, LIST_FORM, ARRAY_FORM, NEST_FORM };
static const int64_t EXACT = (int64_t)1 << 53; /* larger ints are not all floats */

typedef struct { /* of int64, as Python fills it in */
    int64_t form, ints; /* how it is given; whether its numbers are ints */
    int64_t start;      /* where its numbers go; -1: they are not read */
    int64_t outer, row; /* 0; else q·(count / outer) + r goes to r·row + q: examples to columns */
    int64_t count, ndim, dims[MOST_DIMS];
} Argument;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Forward forward;
    Backward backward; /* NULL where no gradients are among the results */
    const int64_t *const *tables;
    PyObject *kept;       /* what owns the code and the tables */
    PyObject *shape;      /* addresses in nests; from size on: gradients */
    PyObject *nests;      /* of each argument of that form: addresses, or -1 - address of an int */
    PyObject *captured;   /* the Values whose data come first in memory */
    PyObject *array_type; /* NumPy's */
    Py_ssize_t size, arguments, fixed, guards;
    double *spare; /* the memory of the last call, or NULL while it is used */
    double *scalars, *seeds, *fixed_numbers;
    int64_t *sizes, *fixed_places, *guarded;
    Argument *argument;
    char storage[];
} DirectCall;

static PyTypeObject *direct_call_type;

/* Arguments. Each function returns 1; 0 where this is none of the structure; never an error. */

static int put_number(PyObject *x, int ints, double *to)
{
    if (!ints) {
        *to = PyFloat_CheckExact(x) ? PyFloat_AS_DOUBLE(x) : 0;
        return PyFloat_CheckExact(x);
    }
    int overflow;
    long long number = PyLong_CheckExact(x) ? PyLong_AsLongLongAndOverflow(x, &overflow) : EXACT;
    *to = (double)number;
    return PyLong_CheckExact(x) && !overflow && -EXACT < number && number < EXACT;
}

static inline double *place_of(const Argument *a, double *v, int64_t i)
{
    int64_t inner = a->outer ? a->count / a->outer : 0;
    return v + a->start + (inner ? i % inner * a->row + i / inner : i);
}

static int put_list(const Argument *a, int depth, PyObject *list, double *v, int64_t *i)
{
    if (!PyList_CheckExact(list) || PyList_GET_SIZE(list) != a->dims[depth])
        return 0;
    double unread;
    for (Py_ssize_t k = 0; k < a->dims[depth]; k++) {
        PyObject *item = PyList_GET_ITEM(list, k);
        if (depth + 1 < a->ndim ? !put_list(a, depth + 1, item, v, i)
                                : !put_number(item, (int)a->ints,
                                              a->start < 0 ? &unread : place_of(a, v, (*i)++)))
            return 0;
    }
    return 1;
}

static int put_array(const Argument *a, PyObject *array, double *v)
{
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return 0;
    }
    int fits = view.ndim == a->ndim && view.itemsize == sizeof(double) &&
               strcmp(view.format, a->ints ? "l" : "d") == 0;
    for (int d = 0; fits && d < view.ndim; d++)
        fits = view.shape[d] == a->dims[d];
    const double *floats = view.buf;
    const int64_t *ints = view.buf;
    if (fits && a->start >= 0 && !a->ints && !a->outer)
        memcpy(v + a->start, floats, a->count * sizeof(double));
    else if (fits && a->start >= 0)
        for (int64_t i = 0; i < a->count; i++)
            *place_of(a, v, i) = a->ints ? (double)ints[i] : floats[i];
    PyBuffer_Release(&view);
    return fits;
}

static int put_nest(const DirectCall *self, PyObject *nest, PyObject *x, double *v);

static int put_items(const DirectCall *self, PyObject *nest, PyObject *x, double *v)
{
    if (Py_TYPE(nest) != Py_TYPE(x) || PySequence_Fast_GET_SIZE(nest) != PySequence_Fast_GET_SIZE(x))
        return 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
        if (!put_nest(self, PySequence_Fast_GET_ITEM(nest, i), PySequence_Fast_GET_ITEM(x, i), v))
            return 0;
    return 1;
}

static int put_entries(const DirectCall *self, PyObject *nest, PyObject *x, double *v)
{
    PyObject *wanted, *key, *inner, *item;
    Py_ssize_t at = 0, place = 0;
    if (!PyDict_CheckExact(x) || PyDict_GET_SIZE(nest) != PyDict_GET_SIZE(x))
        return 0;
    while (PyDict_Next(nest, &at, &wanted, &inner)) { /* in the same order, as the trace read them */
        if (!PyDict_Next(x, &place, &key, &item) || !PyUnicode_CheckExact(key) ||
            (key != wanted && PyUnicode_Compare(key, wanted) != 0) ||
            !put_nest(self, inner, item, v))
            return 0;
    }
    return 1;
}

static int put_in_array(const DirectCall *self, PyObject *nest, PyObject *x, double *v)
{
    Py_buffer places, numbers;
    if (Py_TYPE(x) != Py_TYPE(nest) || PyObject_GetBuffer(nest, &places, PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return 0;
    }
    int fits = PyObject_GetBuffer(x, &numbers, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) == 0;
    if (fits) {
        fits = strcmp(numbers.format, "d") == 0 && numbers.ndim == places.ndim;
        for (int d = 0; fits && d < places.ndim; d++)
            fits = numbers.shape[d] == places.shape[d];
        const double *place = places.buf, *number = numbers.buf;
        for (Py_ssize_t i = 0; fits && i < places.len / (Py_ssize_t)sizeof(double); i++)
            v[(Py_ssize_t)place[i]] = number[i];
        PyBuffer_Release(&numbers);
    }
    PyErr_Clear();
    PyBuffer_Release(&places);
    return fits;
}

static int put_nest(const DirectCall *self, PyObject *nest, PyObject *x, double *v)
{
    if (PyLong_CheckExact(nest)) {
        Py_ssize_t place = PyLong_AsSsize_t(nest);
        return put_number(x, place < 0, v + (place < 0 ? -1 - place : place));
    }
    if (PyDict_CheckExact(nest))
        return put_entries(self, nest, x, v);
    if (PyList_CheckExact(nest) || PyTuple_CheckExact(nest))
        return put_items(self, nest, x, v);
    return put_in_array(self, nest, x, v);
}

static int put(const DirectCall *self, Py_ssize_t k, PyObject *x, double *v)
{
    const Argument *a = &self->argument[k];
    int64_t i = 0;
    double unread;
    if (a->form == NEST_FORM)
        return put_nest(self, PyTuple_GET_ITEM(self->nests, k), x, v);
    if (a->form == NUMBER_FORM)
        return put_number(x, (int)a->ints, a->start < 0 ? &unread : v + a->start);
    if (a->form == LIST_FORM)
        return put_list(a, 0, x, v, &i);
    return (PyObject *)Py_TYPE(x) == self->array_type && put_array(a, x, v);
}

/* Fill a memory and compute. Return 1; or 0 where this call is for the general way: other arguments,
   a run-time index out of range, a guard that does not hold. */
static int computed(DirectCall *self, PyObject *const *args, Py_ssize_t count, double *v)
{
    if (count != self->arguments)
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->captured); i++)
        v[i] = ((Value *)PyTuple_GET_ITEM(self->captured, i))->data;
    for (Py_ssize_t i = 0; i < self->fixed; i++)
        v[self->fixed_places[i]] = self->fixed_numbers[i];
    for (Py_ssize_t k = 0; k < count; k++)
        if (!put(self, k, args[k], v))
            return 0;
    int failed;
    if (self->size < MANY) /* what is done sooner than the lock is given and taken keeps it */
        failed = self->forward(v, self->sizes, self->scalars, self->tables);
    else {
        Py_BEGIN_ALLOW_THREADS
        failed = self->forward(v, self->sizes, self->scalars, self->tables);
        Py_END_ALLOW_THREADS
    }
    for (Py_ssize_t i = 0; !failed && i < self->guards; i++)
        failed = (v[self->guarded[i] >> 1] != 0) != (self->guarded[i] & 1);
    return !failed;
}

/* Results. */

static PyObject *array_of(PyObject *addresses, const double *v)
{
    PyObject *made = PyObject_CallMethod(addresses, "copy", NULL);
    Py_buffer view;
    if (made == NULL || PyObject_GetBuffer(made, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    double *numbers = view.buf;
    for (Py_ssize_t i = 0; i < view.len / (Py_ssize_t)sizeof(double); i++)
        numbers[i] = v[(Py_ssize_t)numbers[i]];
    PyBuffer_Release(&view);
    return made;
}

static PyObject *results(PyObject *shape, const double *v);

static PyObject *dict_of(PyObject *shape, const double *v)
{
    PyObject *made = PyDict_New(), *key, *inner;
    Py_ssize_t at = 0;
    while (made != NULL && PyDict_Next(shape, &at, &key, &inner)) {
        PyObject *item = results(inner, v);
        if (item == NULL || PyDict_SetItem(made, key, item) < 0)
            Py_CLEAR(made);
        Py_XDECREF(item);
    }
    return made;
}

static PyObject *results(PyObject *shape, const double *v)
{
    if (PyLong_CheckExact(shape))
        return PyFloat_FromDouble(v[PyLong_AsSsize_t(shape)]);
    if (PyDict_CheckExact(shape))
        return dict_of(shape, v);
    int is_list = PyList_CheckExact(shape);
    if (!is_list && !PyTuple_CheckExact(shape))
        return array_of(shape, v);
    Py_ssize_t count = PySequence_Fast_GET_SIZE(shape);
    PyObject *made = is_list ? PyList_New(count) : PyTuple_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *item = results(PySequence_Fast_GET_ITEM(shape, i), v);
        if (item == NULL)
            Py_CLEAR(made);
        else if (is_list)
            PyList_SET_ITEM(made, i, item);
        else
            PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static inline double *aligned(double *memory)
{
    return (double *)(((uintptr_t)memory + LINE - 1) / LINE * LINE);
}

/* Return the results; or None where this call is for the general way. */
static PyObject *direct_call(PyObject *object, PyObject *const *args, size_t flagged, PyObject *names)
{
    DirectCall *self = (DirectCall *)object;
    if (names != NULL)
        Py_RETURN_NONE;
    size_t room = self->size * (self->backward ? 2 : 1) * sizeof(double) + LINE;
    double *memory = self->spare;
    self->spare = NULL; /* results may run whatever the collector runs: another call, perhaps */
    if (memory == NULL && (memory = PyMem_Calloc(1, room)) == NULL)
        return PyErr_NoMemory();
    double *v = aligned(memory), *g = v + self->size;
    int done = computed(self, args, PyVectorcall_NARGS(flagged), v) &&
               (self->backward == NULL ||
                !self->backward(v, g, self->sizes, self->seeds, self->tables));
    PyObject *made = done ? results(self->shape, v) : Py_NewRef(Py_None);
    if (self->spare == NULL)
        self->spare = memory;
    else
        PyMem_Free(memory);
    return made;
}

/* fill(memory, arguments): compute in this memory; tell whether this is a call of this structure. */
static PyObject *fill(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    DirectCall *self = (DirectCall *)object;
    Py_buffer view;
    if (count != 2 || !PyTuple_CheckExact(args[1]))
        return PyErr_Format(PyExc_TypeError, "fill expects a memory and a tuple of arguments");
    if (PyObject_GetBuffer(args[0], &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) < 0)
        return NULL;
    PyObject *told = NULL;
    if (view.len < self->size * (Py_ssize_t)sizeof(double))
        PyErr_Format(PyExc_ValueError, "a memory of %zd numbers is needed", self->size);
    else
        told = PyBool_FromLong(computed(self, &PyTuple_GET_ITEM(args[1], 0),
                                        PyTuple_GET_SIZE(args[1]), view.buf));
    PyBuffer_Release(&view);
    return told;
}

/* Making one. */

static int array_fits(PyObject *addresses, Py_ssize_t bound)
{
    Py_buffer view;
    if (PyObject_GetBuffer(addresses, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
        return 0;
    const double *address = view.buf;
    int fits = strcmp(view.format, "d") == 0;
    for (Py_ssize_t i = 0; fits && i < view.len / (Py_ssize_t)sizeof(double); i++)
        fits = 0 <= address[i] && address[i] < bound;
    PyBuffer_Release(&view);
    return fits;
}

/* Tell whether all addresses in a nest are below a bound; of one of arguments, -1 - them as well. */
static int nest_fits(const DirectCall *self, PyObject *nest, Py_ssize_t bound, int of_arguments)
{
    if (PyLong_CheckExact(nest)) {
        Py_ssize_t address = PyLong_AsSsize_t(nest);
        return (0 <= address && address < bound) ||
               (of_arguments && address < 0 && -1 - address < bound && !PyErr_Occurred());
    }
    if ((PyObject *)Py_TYPE(nest) == self->array_type)
        return array_fits(nest, bound);
    if (PyDict_CheckExact(nest)) {
        PyObject *key, *inner;
        Py_ssize_t at = 0;
        while (PyDict_Next(nest, &at, &key, &inner))
            if (!PyUnicode_CheckExact(key) || !nest_fits(self, inner, bound, of_arguments))
                return 0;
        return 1;
    }
    if (!PyTuple_CheckExact(nest) && !PyList_CheckExact(nest))
        return 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
        if (!nest_fits(self, PySequence_Fast_GET_ITEM(nest, i), bound, of_arguments))
            return 0;
    return 1;
}

static int argument_fits(const Argument *a, int64_t size)
{
    int64_t count = 1, inner = a->outer > 0 ? a->count / a->outer : 0;
    if (a->form < NUMBER_FORM || a->form > ARRAY_FORM || a->ndim < 0 || a->ndim > MOST_DIMS)
        return 0;
    if ((a->form == NUMBER_FORM) != (a->ndim == 0) || a->start > size)
        return 0;
    for (int d = 0; d < a->ndim; d++) {
        if (a->dims[d] < 1 || (a->start >= 0 && a->dims[d] > size + 1))
            return 0;
        count *= a->start >= 0 ? a->dims[d] : 1;
    }
    if (a->start < 0) /* it is not used, and may be longer than all that is */
        return a->count > 0;
    if (a->count != count)
        return 0;
    if (a->outer == 0)
        return a->start + count <= size;
    return a->outer > 0 && inner * a->outer == count && a->row >= a->outer &&
           a->start + (inner - 1) * a->row + a->outer <= size;
}

static int fits(const DirectCall *self)
{
    if (PyTuple_GET_SIZE(self->nests) != self->arguments)
        return 0;
    for (Py_ssize_t k = 0; k < self->arguments; k++)
        if (self->argument[k].form == NEST_FORM
                ? !nest_fits(self, PyTuple_GET_ITEM(self->nests, k), self->size, 1)
                : !argument_fits(&self->argument[k], self->size))
            return 0;
    for (Py_ssize_t i = 0; i < self->fixed; i++)
        if (self->fixed_places[i] < 0 || self->fixed_places[i] >= self->size)
            return 0;
    for (Py_ssize_t i = 0; i < self->guards; i++)
        if (self->guarded[i] < 0 || self->guarded[i] >= 2 * self->size)
            return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->captured); i++)
        if (!is_value(PyTuple_GET_ITEM(self->captured, i)))
            return 0;
    return PyTuple_GET_SIZE(self->captured) <= self->size &&
           (self->shape == Py_None ||
            nest_fits(self, self->shape, self->size * (self->backward ? 2 : 1), 0));
}

/* The next part of the storage, filled from a buffer. */
static void *stored(char **at, const Py_buffer *from)
{
    void *part = *at;
    memcpy(part, from->buf, from->len);
    *at += from->len;
    return part;
}

/* direct_call(forward, backward, tables, kept, size, captured, array_type, shape, nests, buffers): of the
   buffers, in this order, sizes, scalars, seeds, fixed places, fixed numbers, guards (twice the
   address of each, and 1 more where what lies there must not be 0), arguments. */
static PyObject *make_direct_call(PyObject *module, PyObject *args)
{
    unsigned long long forward, backward, tables;
    PyObject *kept, *captured, *array_type, *shape, *nests, *made = NULL;
    Py_ssize_t size;
    Py_buffer part[7];
    if (!PyArg_ParseTuple(args, "KKKOnO!OOO!(y*y*y*y*y*y*y*):direct_call", &forward, &backward, &tables,
                          &kept, &size, &PyTuple_Type, &captured, &array_type, &shape,
                          &PyTuple_Type, &nests, &part[0],
                          &part[1], &part[2], &part[3], &part[4], &part[5], &part[6]))
        return NULL;
    size_t all = 0;
    for (int i = 0; i < 7; i++)
        all += part[i].len;
    DirectCall *self = PyObject_Malloc(sizeof(DirectCall) + all);
    if (self == NULL)
        PyErr_NoMemory();
    else {
        PyObject_Init((PyObject *)self, direct_call_type);
        char *at = self->storage;
        self->call = direct_call;
        self->forward = (Forward)(uintptr_t)forward;
        self->backward = (Backward)(uintptr_t)backward;
        self->tables = (const int64_t *const *)(uintptr_t)tables;
        self->kept = Py_NewRef(kept);
        self->shape = Py_NewRef(shape);
        self->nests = Py_NewRef(nests);
        self->captured = Py_NewRef(captured);
        self->array_type = Py_NewRef(array_type);
        self->size = size;
        self->spare = NULL;
        self->sizes = stored(&at, &part[0]);
        self->scalars = stored(&at, &part[1]);
        self->seeds = stored(&at, &part[2]);
        self->fixed_places = stored(&at, &part[3]);
        self->fixed_numbers = stored(&at, &part[4]);
        self->guarded = stored(&at, &part[5]);
        self->argument = stored(&at, &part[6]);
        self->fixed = part[3].len / (Py_ssize_t)sizeof(int64_t);
        self->guards = part[5].len / (Py_ssize_t)sizeof(int64_t);
        self->arguments = part[6].len / (Py_ssize_t)sizeof(Argument);
        made = (PyObject *)self;
        if (part[3].len != part[4].len || part[6].len % sizeof(Argument) || !fits(self)) {
            Py_CLEAR(made);
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a place is outside of the memory");
        }
    }
    for (int i = 0; i < 7; i++)
        PyBuffer_Release(&part[i]);
    return made;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    DirectCall *self = (DirectCall *)object;
    Py_XDECREF(self->kept);
    Py_XDECREF(self->shape);
    Py_XDECREF(self->nests);
    Py_XDECREF(self->captured);
    Py_XDECREF(self->array_type);
    PyMem_Free(self->spare);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(DirectCall, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef methods[] = {
    {"fill", (PyCFunction)(void (*)(void))fill, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc},
                              {Py_tp_call, PyVectorcall_Call},
                              {Py_tp_members, members},
                              {Py_tp_methods, methods},
                              {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.DirectCall",
    .basicsize = sizeof(DirectCall),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int direct_call_ready(void)
{
    if (direct_call_type == NULL)
        direct_call_type = (PyTypeObject *)PyType_FromSpec(&spec);
    return direct_call_type == NULL ? -1 : 0;
}

PyMethodDef direct_functions[] = {
    {"direct_call", make_direct_call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
