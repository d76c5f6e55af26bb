/* A compiled function called without a detour through Python. Its arguments are floats, ints, and
   lists, tuples, dicts and arrays of them, of the structure that it was compiled for, and what it
   reads in places outside; Values from outside are read. Stage after stage of it computes, is
   differentiated, and hands numbers on. Its results are numbers in such nests, or stay in memory for
   Python to take; what it changes outside is written when all guards have held. */
#include "direct.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

enum { MANY = 1 << 13 /* numbers */, FEW = 16 /* places */ };

PyTypeObject *direct_call_type;

/* Each of the following returns 1; 0 where the call is for the general way; -1 with an error. */

static int packed(const DirectCall *self, PyObject *const *args, PyObject *const *held, double *v)
{
    for (Py_ssize_t i = 0; i < self->packed; i++) {
        const Argument *a = &self->argument[i];
        Py_ssize_t behind = a->which - self->arguments;
        if (!put_argument(a, &self->types, behind < 0 ? args[a->which] : held[behind], v))
            return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->nests); i++) {
        PyObject *nest = PyTuple_GET_ITEM(self->nests, i);
        Py_ssize_t which = PyLong_AsSsize_t(PyTuple_GET_ITEM(nest, 0));
        Py_ssize_t behind = which - self->arguments;
        if (!put_nest(PyTuple_GET_ITEM(nest, 1), behind < 0 ? args[which] : held[behind], v))
            return 0;
    }
    return 1;
}

static int taken(const DirectCall *self, PyObject *const *args, double *v)
{
    Py_ssize_t count = PyTuple_GET_SIZE(self->places), got = 0;
    PyObject *few[FEW], **held = count <= FEW ? few : PyMem_New(PyObject *, count);
    if (held == NULL)
        return 0;
    while (got < count && (held[got] = place_get(PyTuple_GET_ITEM(self->places, got))) != NULL)
        got++;
    int fits = got == count && packed(self, args, held, v);
    while (got > 0)
        Py_DECREF(held[--got]);
    if (held != few)
        PyMem_Free(held);
    return fits;
}

int nothing_moved(PyObject *look)
{
    if (look == Py_None)
        return 1;
    PyObject *place = PyObject_CallNoArgs(look);
    long moved = place == NULL ? 0 : PyLong_AsLong(place);
    Py_XDECREF(place);
    return PyErr_Occurred() ? -1 : moved < 0;
}

/* Run a stage in memory v; where it is of float32, in another part of it. */
static int run_forward(const Stage *stage, double *v)
{
    const Narrow *narrow = &stage->narrow;
    double *numbers = v + stage->v;
    if (!narrow->numbers)
        return stage->forward(numbers, stage->sizes, stage->scalars, stage->tables);
    float *floats = (float *)(v + narrow->numbers);
    for (Py_ssize_t i = 0; i < narrow->leaves; i++)
        floats[i] = (float)numbers[i];
    int failed = stage->forward((double *)floats, stage->sizes, stage->scalars, stage->tables);
    for (Py_ssize_t i = 0; i < narrow->outputs; i++)
        numbers[narrow->output[i]] = floats[narrow->output[i]];
    return failed;
}

/* Its gradients go to g; `slopes` is where those of float32 are. */
static int run_backward(const Stage *stage, double *v, double *g, double *slopes, const double *seeds)
{
    const Narrow *narrow = &stage->narrow;
    if (!narrow->numbers)
        return stage->backward(v + stage->v, g, stage->sizes, seeds, stage->tables);
    int failed = stage->backward(v + narrow->numbers, slopes, stage->sizes, seeds, stage->tables);
    for (Py_ssize_t i = 0; i < narrow->leaves; i++)
        g[i] = ((float *)slopes)[i];
    return failed;
}

static int ran(const DirectCall *self, double *v)
{
    for (const Stage *stage = self->stage; stage < self->stage + self->stages; stage++) {
        for (const int64_t *c = stage->copied; c < stage->copied + 3 * stage->copies; c += 3)
            memcpy(v + c[1], v + c[0], c[2] * sizeof(double));
        if (run_forward(stage, v))
            return 0;
        for (Py_ssize_t i = 0; i < stage->guards; i++)
            if ((v[stage->guarded[i] >> 1] != 0) != (stage->guarded[i] & 1))
                return 0;
        if (stage->seeds != NULL &&
            run_backward(stage, v, v + stage->g, v + stage->narrow.slopes, stage->seeds))
            return 0;
    }
    return 1;
}

/* Data and gradients of the same Values are read at once: each may lie far from the one before. */
static void read_values(const DirectCall *self, double *v)
{
    Py_ssize_t captured = PyTuple_GET_SIZE(self->captured), read = PyTuple_GET_SIZE(self->read);
    double *grad = v + self->read_at;
    Py_ssize_t i = 0;
    for (; i < captured && i < read; i++) {
        Value *value = (Value *)PyTuple_GET_ITEM(self->captured, i);
        if (PyTuple_GET_ITEM(self->read, i) != (PyObject *)value)
            break;
        v[i] = value->data;
        grad[i] = value->grad;
    }
    for (Py_ssize_t k = i; k < captured; k++)
        v[k] = ((Value *)PyTuple_GET_ITEM(self->captured, k))->data;
    for (Py_ssize_t k = i; k < read; k++)
        grad[k] = ((Value *)PyTuple_GET_ITEM(self->read, k))->grad;
}

int direct_computed(const DirectCall *self, PyObject *const *args, Py_ssize_t count, double *v)
{
    if (count != self->arguments || !taken(self, args, v))
        return 0;
    int done = nothing_moved(self->look);
    if (done <= 0)
        return done;
    read_values(self, v);
    for (Py_ssize_t i = 0; i < self->fixed; i++)
        v[self->fixed_places[i]] = self->fixed_numbers[i];
    if (self->size < MANY) /* what is done sooner than the lock is given and taken keeps it */
        return ran(self, v);
    Py_BEGIN_ALLOW_THREADS
    done = ran(self, v);
    Py_END_ALLOW_THREADS
    return done;
}

/* Return the results of what was computed, once all that it changes is written; NULL, with an error
   or for the general way. */
static PyObject *finished(const DirectCall *self, const Computed *call)
{
    PyObject *made = made_of(self->shape, call);
    PyObject *contents = made == NULL ? NULL : prepared(self->writes, call);
    if (contents == NULL || commit(self->writes, contents, call->v) < 0)
        Py_CLEAR(made);
    Py_XDECREF(contents);
    if (made == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_OverflowError))
        PyErr_Clear(); /* an int that no float is */
    return made;
}

/* Return the results; or NotImplemented where this call is for the general way. */
static PyObject *direct_call(PyObject *object, PyObject *const *args, size_t flagged, PyObject *names)
{
    DirectCall *self = (DirectCall *)object;
    if (names != NULL)
        Py_RETURN_NOTIMPLEMENTED;
    double *memory = self->spare;
    self->spare = NULL; /* results may run whatever the collector runs: another call, perhaps */
    if (memory == NULL && (memory = PyMem_Calloc(1, self->size * sizeof(double) + LINE)) == NULL)
        return PyErr_NoMemory();
    double *v = aligned(memory);
    Computed call = {v, args, PyVectorcall_NARGS(flagged)};
    int done = direct_computed(self, args, call.count, v);
    PyObject *made = done > 0 ? finished(self, &call) : NULL;
    if (self->spare == NULL)
        self->spare = memory;
    else
        PyMem_Free(memory);
    return made != NULL || PyErr_Occurred() ? made : Py_NewRef(Py_NotImplemented);
}

int direct_differentiated(const DirectCall *self, double *v, double *g, Py_ssize_t k, double seed)
{
    const Stage *stage = &self->stage[self->stages - 1];
    double *seeds = PyMem_Malloc(stage->numbers * sizeof(double)), *slopes = g + stage->narrow.numbers;
    int failed = seeds == NULL;
    if (!failed && stage->narrow.numbers) {
        memcpy(seeds, stage->scalars, stage->numbers * sizeof(float));
        ((float *)seeds)[k] = (float)seed;
    }
    else if (!failed) {
        memcpy(seeds, stage->scalars, stage->numbers * sizeof(double));
        seeds[k] = seed;
    }
    if (!failed && self->size < MANY)
        failed = run_backward(stage, v, g, slopes, seeds);
    else if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        failed = run_backward(stage, v, g, slopes, seeds);
        Py_END_ALLOW_THREADS
    }
    PyMem_Free(seeds);
    if (failed) { /* not an index: forward would have found it */
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->captured); i++)
        ((Value *)PyTuple_GET_ITEM(self->captured, i))->grad += g[i];
    return 0;
}

/* Making one. */

static int stage_fits(const Stage *stage, Py_ssize_t size)
{
    if (stage->v < 0 || stage->v > size || stage->g < 0 || stage->g > size)
        return 0;
    for (Py_ssize_t i = 0; i < stage->guards; i++)
        if (stage->guarded[i] < 0 || stage->guarded[i] >= 2 * size)
            return 0;
    for (const int64_t *c = stage->copied; c < stage->copied + 3 * stage->copies; c += 3)
        if (c[0] < 0 || c[1] < 0 || c[2] < 0 || c[0] > size - c[2] || c[1] > size - c[2])
            return 0;
    const Narrow *narrow = &stage->narrow;
    for (Py_ssize_t i = 0; i < narrow->outputs; i++)
        if (narrow->output[i] < 0 || narrow->output[i] >= size - stage->v)
            return 0;
    return narrow->numbers >= 0 && narrow->numbers <= size && narrow->slopes >= 0 &&
           narrow->slopes <= size && narrow->leaves >= 0 &&
           narrow->leaves <= size - Py_MAX(stage->v, stage->g);
}

static int fits(const DirectCall *self)
{
    Py_ssize_t places = PyTuple_GET_SIZE(self->places), all = self->arguments + places;
    if (PyTuple_GET_SIZE(self->captured) > self->size ||
        self->read_at < 0 || self->read_at > self->size - PyTuple_GET_SIZE(self->read))
        return 0;
    for (Py_ssize_t i = 0; i < self->stages; i++)
        if (!stage_fits(&self->stage[i], self->size))
            return 0;
    for (Py_ssize_t i = 0; i < self->packed; i++)
        if (!argument_fits(&self->argument[i], all, self->size))
            return 0;
    for (Py_ssize_t i = 0; i < places; i++) {
        PyObject *place = PyTuple_GET_ITEM(self->places, i);
        if (!PyTuple_CheckExact(place) || PyTuple_GET_SIZE(place) != 2)
            return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->nests); i++) {
        PyObject *nest = PyTuple_GET_ITEM(self->nests, i);
        if (!PyTuple_CheckExact(nest) || PyTuple_GET_SIZE(nest) != 2)
            return 0;
        Py_ssize_t which = PyLong_AsSsize_t(PyTuple_GET_ITEM(nest, 0));
        if (which < 0 || which >= all ||
            !nest_fits(PyTuple_GET_ITEM(nest, 1), self->types.array, self->size, 1))
            return 0;
    }
    for (Py_ssize_t i = 0; i < self->fixed; i++)
        if (self->fixed_places[i] < 0 || self->fixed_places[i] >= self->size)
            return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->captured); i++)
        if (!is_value(PyTuple_GET_ITEM(self->captured, i)))
            return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->read); i++)
        if (!is_value(PyTuple_GET_ITEM(self->read, i)))
            return 0;
    return nest_fits(self->shape, self->types.array, self->size, 0) &&
           writes_fit(self->writes, self->types.array, self->size);
}

static int open_narrow(Narrow *narrow, PyObject *of)
{
    PyObject *output;
    *narrow = (Narrow){0};
    if (of == Py_None)
        return 0;
    if (!PyTuple_Check(of) || !PyArg_ParseTuple(of, "nnnS:what is of float32", &narrow->numbers,
                                                &narrow->slopes, &narrow->leaves, &output))
        return -1;
    narrow->output = int64s(output);
    narrow->outputs = addresses_in(output);
    return 0;
}

/* Fill in a stage from a tuple of forward, backward, tables, v, g, and as bytes sizes, scalars, seeds,
   copies (from, to, count) and guards (twice the address, and 1 more where it must not be 0); last,
   what a program of float32 has in addition. Seeds and this may be None. */
static int open_stage(Stage *stage, PyObject *of)
{
    unsigned long long forward, backward, tables;
    PyObject *sizes, *scalars, *seeds, *copied, *guarded, *narrow;
    if (!PyTuple_Check(of) ||
        !PyArg_ParseTuple(of, "KKKnnSSOSSO:a stage", &forward, &backward, &tables, &stage->v,
                          &stage->g, &sizes, &scalars, &seeds, &copied, &guarded, &narrow) ||
        open_narrow(&stage->narrow, narrow) < 0)
        return -1;
    if (seeds != Py_None && (!PyBytes_CheckExact(seeds) || backward == 0)) {
        PyErr_SetString(PyExc_ValueError, "seeds are bytes, of what can be differentiated");
        return -1;
    }
    stage->forward = (Forward)(uintptr_t)forward;
    stage->backward = (Backward)(uintptr_t)backward;
    stage->tables = (const int64_t *const *)(uintptr_t)tables;
    stage->sizes = int64s(sizes);
    stage->scalars = (const double *)int64s(scalars);
    stage->numbers = PyBytes_GET_SIZE(scalars) /
                     (Py_ssize_t)(stage->narrow.numbers ? sizeof(float) : sizeof(double));
    stage->seeds = seeds == Py_None ? NULL : (const double *)int64s(seeds);
    stage->copied = int64s(copied);
    stage->copies = addresses_in(copied) / 3;
    stage->guarded = int64s(guarded);
    stage->guards = addresses_in(guarded);
    return 0;
}

/* direct_call(stages, size, kept, look, captured, read, read_at, array_type, number_type, places,
   arguments, packed, nests, fixed_places, fixed_numbers, shape, writes); arguments is how many there
   are. */
static PyObject *make_direct_call(PyObject *module, PyObject *args)
{
    PyObject *stages, *kept, *look, *captured, *read, *places, *packed, *nests, *shape, *writes;
    PyObject *array_type, *number_type, *fixed_places, *fixed_numbers;
    Py_ssize_t size, read_at, arguments;
    if (!PyArg_ParseTuple(args, "O!nOOO!O!nO!O!O!nSO!SSOO!:direct_call", &PyTuple_Type, &stages, &size,
                          &kept, &look, &PyTuple_Type, &captured, &PyTuple_Type, &read, &read_at,
                          &PyType_Type, &array_type, &PyType_Type, &number_type, &PyTuple_Type,
                          &places, &arguments, &packed, &PyTuple_Type, &nests, &fixed_places,
                          &fixed_numbers, &shape, &PyTuple_Type, &writes))
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(stages);
    DirectCall *self = PyObject_GC_NewVar(DirectCall, direct_call_type, count);
    if (self == NULL)
        return NULL;
    self->call = direct_call;
    self->all = Py_NewRef(args);
    self->look = look;
    self->captured = captured;
    self->read = read;
    self->places = places;
    self->nests = nests;
    self->shape = shape;
    self->writes = writes;
    self->types = (Types){(PyTypeObject *)array_type, (PyTypeObject *)number_type};
    self->size = size;
    self->read_at = read_at;
    self->arguments = arguments;
    self->packed = PyBytes_GET_SIZE(packed) / (Py_ssize_t)sizeof(Argument);
    self->argument = (const Argument *)int64s(packed);
    self->fixed = addresses_in(fixed_places);
    self->fixed_places = int64s(fixed_places);
    self->fixed_numbers = (const double *)int64s(fixed_numbers);
    self->spare = NULL;
    self->stages = count;
    int opened = 1;
    for (Py_ssize_t i = 0; opened && i < count; i++)
        opened = open_stage(&self->stage[i], PyTuple_GET_ITEM(stages, i)) == 0;
    PyObject_GC_Track(self);
    if (opened && addresses_in(fixed_places) == addresses_in(fixed_numbers) &&
        PyBytes_GET_SIZE(packed) % sizeof(Argument) == 0 && fits(self))
        return (PyObject *)self;
    Py_DECREF(self);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a place is outside of the memory");
    return NULL;
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((DirectCall *)object)->all);
    return 0;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    DirectCall *self = (DirectCall *)object;
    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->all);
    PyMem_Free(self->spare);
    PyObject_GC_Del(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(DirectCall, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc},
                              {Py_tp_traverse, traverse},
                              {Py_tp_call, PyVectorcall_Call},
                              {Py_tp_members, members},
                              {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.DirectCall",
    .basicsize = offsetof(DirectCall, stage),
    .itemsize = sizeof(Stage),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
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
