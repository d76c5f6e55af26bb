/* Calls of mapped functions over large batches where one core does all: rows of numbers come in, and
   rows come out in nested tuples and lists. Whatever else is left to mapped_call.py, which makes these:
   what Python does behind a batch finds none of its own memory in the cache, and takes five times as
   long as elsewhere. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* for the cores of a process */
#endif
#include "direct.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>
#ifdef __linux__
#include <sched.h>
#endif

enum { MOST_INPUTS = 16, MOST_ROWS = 64, MOST_SIZES = 8 };

/* What parts.inc defines. */
typedef int (*InParts)(double *v, double **rows, int64_t first, int64_t last, int64_t lanes,
                       int64_t *sizes, int64_t batch, int64_t inputs, const void *in,
                       const double *const *from, int64_t outputs, const void *out,
                       double *const *results, int64_t tests, const int64_t *test,
                       const double *scalars, const int64_t *const *tables);

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *all;       /* the arguments that it was made of: all that is borrowed below */
    PyObject *otherwise; /* takes the calls that are not for this one */
    PyObject *look;      /* says -1 where nothing outside has moved, or None */
    PyObject *make;      /* makes the block of rows that come out */
    PyObject *shape;     /* which of these stands where: ints in nested tuples and lists */
    PyObject *sizes, *in, *out, *tests;
    PyTypeObject *array;
    InParts in_parts;
    const int64_t *const *tables;
    const double *scalars;
    Py_buffer v; /* the memory of a part */
    Py_ssize_t count, inputs, outputs, rows, lanes, batch;
    int busy; /* another thread computes in v */
} MappedCall;

static PyTypeObject *mapped_call_type;

static int has_one_core(void)
{
#ifdef __linux__
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) == 1;
#else
    return 0;
#endif
}

static int opened(PyObject *array, int ndim, Py_ssize_t count, int writable, Py_buffer *view)
{
    int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(array, view, flags) < 0) {
        PyErr_Clear();
        return 0;
    }
    if (view->ndim == ndim && strcmp(view->format, "d") == 0 &&
        view->len == count * (Py_ssize_t)sizeof(double))
        return 1;
    PyBuffer_Release(view);
    return 0;
}

static int computed(MappedCall *self, const Py_buffer *given, double *block)
{
    double *rows[MOST_ROWS], *results[MOST_ROWS];
    const double *from[MOST_INPUTS];
    int64_t sizes[MOST_SIZES];
    for (Py_ssize_t i = 0; i < self->inputs; i++)
        from[i] = given[i].buf;
    for (Py_ssize_t i = 0; i < self->outputs; i++)
        results[i] = block + i * self->count;
    memcpy(sizes, PyBytes_AS_STRING(self->sizes), PyBytes_GET_SIZE(self->sizes));
    int failed;
    self->busy = 1;
    Py_BEGIN_ALLOW_THREADS
    failed = self->in_parts(self->v.buf, rows, 0, self->count, self->lanes, sizes, self->batch,
                            self->inputs, int64s(self->in), from, self->outputs, int64s(self->out),
                            results, addresses_in(self->tests), int64s(self->tests), self->scalars,
                            self->tables);
    Py_END_ALLOW_THREADS
    self->busy = 0;
    return !failed;
}

/* Return rows of a block, in nests. */
static PyObject *shaped(PyObject *shape, const void *block)
{
    if (PyLong_CheckExact(shape))
        return PySequence_GetItem((PyObject *)block, PyLong_AsSsize_t(shape));
    return nest_of(shape, shaped, block);
}

/* Return what comes out; NULL, with an error or for another way. */
static PyObject *made_of_rows(MappedCall *self, const Py_buffer *given)
{
    Py_buffer room;
    PyObject *block = PyObject_CallNoArgs(self->make), *made = NULL;
    if (block == NULL || !opened(block, 2, self->outputs * self->count, 1, &room)) {
        Py_XDECREF(block);
        return NULL;
    }
    int done = !self->busy && computed(self, given, room.buf);
    PyBuffer_Release(&room);
    if (done)
        made = shaped(self->shape, block);
    Py_DECREF(block);
    return made;
}

static PyObject *mapped_call(PyObject *object, PyObject *const *args, size_t flagged, PyObject *names)
{
    MappedCall *self = (MappedCall *)object;
    Py_buffer given[MOST_INPUTS];
    Py_ssize_t count = 0, inputs = self->inputs;
    int fits = names == NULL && PyVectorcall_NARGS(flagged) == inputs && has_one_core();
    while (fits && count < inputs)
        if ((fits = Py_TYPE(args[count]) == self->array &&
                    opened(args[count], 1, self->count, 0, &given[count])))
            count++;
    PyObject *made = fits && nothing_moved(self->look) > 0 ? made_of_rows(self, given) : NULL;
    while (count > 0)
        PyBuffer_Release(&given[--count]);
    if (made != NULL || PyErr_Occurred())
        return made;
    return PyObject_Vectorcall(self->otherwise, args, flagged, names);
}

/* ---- making one */

static int shape_fits(PyObject *shape, Py_ssize_t rows)
{
    if (PyLong_CheckExact(shape)) {
        Py_ssize_t row = PyLong_AsSsize_t(shape);
        return row >= 0 && row < rows;
    }
    int all = PyTuple_CheckExact(shape) || PyList_CheckExact(shape);
    for (Py_ssize_t i = 0; all && i < PySequence_Fast_GET_SIZE(shape); i++)
        all = shape_fits(PySequence_Fast_GET_ITEM(shape, i), rows);
    return all;
}

/* Columns are triples: see parts.inc. */
static int columns_fit(PyObject *columns, Py_ssize_t rows, Py_ssize_t lanes, Py_ssize_t size)
{
    const int64_t *c = int64s(columns), *end = c + addresses_in(columns);
    if (addresses_in(columns) % 3 != 0)
        return 0;
    for (; c < end; c += 3)
        if (c[0] != 1 || c[1] < 0 || c[1] > size - lanes || c[2] >= rows)
            return 0;
    return 1;
}

static int is_whole(const MappedCall *self)
{
    Py_ssize_t size = self->v.len / (Py_ssize_t)sizeof(double), sizes = addresses_in(self->sizes);
    return self->inputs <= MOST_INPUTS && self->outputs <= MOST_ROWS && self->rows <= MOST_ROWS &&
           sizes <= MOST_SIZES && self->batch >= 0 && self->batch < sizes && self->lanes > 0 &&
           columns_fit(self->in, self->rows, self->lanes, size) &&
           columns_fit(self->out, self->rows, self->lanes, size) &&
           addresses_fit(self->tests, size) && shape_fits(self->shape, self->outputs);
}

/* mapped_call(otherwise, look, make, shape, array_type, kept, function, tables, scalars, v, count,
   rows, lanes, sizes, batch, in, out, tests) */
static PyObject *make_mapped_call(PyObject *module, PyObject *args)
{
    PyObject *otherwise, *look, *make, *shape, *array, *kept, *v, *sizes, *in, *out, *tests;
    unsigned long long function, tables, scalars;
    Py_ssize_t count, rows, lanes, batch;
    if (!PyArg_ParseTuple(args, "OOOOO!OKKKOnnnSnSSS:mapped_call", &otherwise, &look, &make, &shape,
                          &PyType_Type, &array, &kept, &function, &tables, &scalars, &v, &count, &rows,
                          &lanes, &sizes, &batch, &in, &out, &tests))
        return NULL;
    Py_buffer room;
    if (PyObject_GetBuffer(v, &room, PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE) < 0)
        return NULL;
    MappedCall *self = PyObject_GC_New(MappedCall, mapped_call_type);
    if (self == NULL) {
        PyBuffer_Release(&room);
        return NULL;
    }
    memset((char *)self + sizeof(PyObject), 0, sizeof(MappedCall) - sizeof(PyObject));
    self->call = mapped_call;
    self->all = Py_NewRef(args);
    self->otherwise = otherwise, self->look = look, self->make = make, self->shape = shape;
    self->sizes = sizes, self->in = in, self->out = out, self->tests = tests;
    self->array = (PyTypeObject *)array;
    self->in_parts = (InParts)(uintptr_t)function;
    self->tables = (const int64_t *const *)(uintptr_t)tables;
    self->scalars = (const double *)(uintptr_t)scalars;
    self->v = room;
    self->count = count, self->rows = rows, self->lanes = lanes, self->batch = batch;
    self->inputs = addresses_in(in) / 3, self->outputs = addresses_in(out) / 3;
    PyObject_GC_Track(self);
    if (is_whole(self))
        return (PyObject *)self;
    Py_DECREF(self);
    PyErr_SetString(PyExc_ValueError, "a place is outside of the memory");
    return NULL;
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((MappedCall *)object)->all);
    return 0;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    MappedCall *self = (MappedCall *)object;
    PyObject_GC_UnTrack(object);
    PyBuffer_Release(&self->v);
    Py_XDECREF(self->all);
    PyObject_GC_Del(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(MappedCall, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc},
                              {Py_tp_traverse, traverse},
                              {Py_tp_call, PyVectorcall_Call},
                              {Py_tp_members, members},
                              {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.MappedCall",
    .basicsize = sizeof(MappedCall),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int mapped_call_ready(void)
{
    if (mapped_call_type == NULL)
        mapped_call_type = (PyTypeObject *)PyType_FromSpec(&spec);
    return mapped_call_type == NULL ? -1 : 0;
}

PyMethodDef mapped_functions[] = {
    {"mapped_call", make_mapped_call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
