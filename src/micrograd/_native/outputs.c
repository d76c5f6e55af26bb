/* Calls of compiled functions of which Values come out: these keep the memory of the call until they
   are gone, and pass their gradients on through it. value_calls.py says which calls are done so. */
#include "direct.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

enum { SPARE = 4 /* memories kept for the next call */ };

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    DirectCall *direct;   /* fills a memory */
    PyObject *op;         /* what the Values show as their operation */
    PyObject *leaves;     /* True: a Value comes out; or a tuple or list, of which a float is False */
    PyObject *addresses;  /* of the numbers that come out */
    Py_ssize_t first;     /* which output of the program is the first of them */
    int64_t *inner;       /* where the Values in arguments are in memory */
    Py_ssize_t inners;
    double *spare[SPARE];
    Py_ssize_t spares;
} ValueCall;

typedef struct {
    PyObject_HEAD
    ValueCall *of;
    double *memory;
} Memory;

typedef struct {
    PyObject_HEAD
    Memory *memory;
    Py_ssize_t k; /* of the program's outputs */
} Share;

static PyTypeObject *value_call_type, *memory_type;
PyTypeObject *share_type;

static double *memory_taken(ValueCall *self)
{
    if (self->spares > 0)
        return self->spare[--self->spares];
    double *memory = PyMem_Calloc(1, self->direct->size * sizeof(double) + LINE);
    if (memory == NULL)
        PyErr_NoMemory();
    return memory;
}

static void memory_given_back(ValueCall *self, double *memory)
{
    if (self->spares < SPARE)
        self->spare[self->spares++] = memory;
    else
        PyMem_Free(memory);
}

/* ---- the way back */

int share_pass_on(PyObject *object, Value *out)
{
    Memory *memory = ((Share *)object)->memory;
    ValueCall *self = memory->of;
    Py_ssize_t captured = PyTuple_GET_SIZE(self->direct->captured);
    if (self->inners && count_of(out) != captured + self->inners) {
        PyErr_Format(PyExc_ValueError, "%R has other children than the call had that it is of", out);
        return -1;
    }
    double *gradients = memory_taken(self);
    if (gradients == NULL)
        return -1;
    Py_INCREF(object); /* and so all of the above: other threads may run now, and drop it */
    Py_INCREF(out);
    double *g = aligned(gradients);
    int done = direct_differentiated(self->direct, aligned(memory->memory), g, ((Share *)object)->k,
                                     out->grad);
    for (Py_ssize_t i = 0; done == 0 && i < self->inners && captured + i < count_of(out); i++)
        parents_of(out)[captured + i]->grad += g[self->inner[i]];
    memory_given_back(self, gradients);
    Py_DECREF(out);
    Py_DECREF(object);
    return done;
}

static PyObject *share_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *out;
    if (!PyArg_ParseTuple(args, "O!:_backward", value_type, &out))
        return NULL;
    return share_pass_on(self, (Value *)out) < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- the way there */

static int find_in_array(PyObject *nest, PyObject *x, Value **to, Py_ssize_t room, Py_ssize_t *count)
{
    Py_buffer places, items;
    int kind = array_opened(nest, x, &places, &items), fits = kind != 0;
    if (!fits)
        return 0;
    PyObject **item = items.buf;
    Py_ssize_t values = kind == OF_VALUES ? items.len / (Py_ssize_t)sizeof(PyObject *) : 0;
    for (Py_ssize_t i = 0; fits && i < values; i++) {
        fits = item[i] != NULL && is_value(item[i]) && *count < room;
        if (fits)
            to[(*count)++] = (Value *)item[i];
    }
    PyBuffer_Release(&items);
    PyBuffer_Release(&places);
    return fits;
}

/* Find the Values in an argument, from the first to the last. Return 0 where it is no longer what was
   put into memory. */
static int find_values(PyObject *nest, PyObject *x, Value **to, Py_ssize_t room, Py_ssize_t *count)
{
    if (PyFloat_CheckExact(nest)) {
        if (!is_value(x) || *count == room)
            return 0;
        to[(*count)++] = (Value *)x;
        return 1;
    }
    if (PyDict_CheckExact(nest)) {
        PyObject *key, *inner, *item;
        Py_ssize_t at = 0, place = 0;
        if (!PyDict_CheckExact(x))
            return 0;
        while (PyDict_Next(nest, &at, &key, &inner))
            if (!PyDict_Next(x, &place, &key, &item) || !find_values(inner, item, to, room, count))
                return 0;
        return 1;
    }
    if (!PyList_CheckExact(nest) && !PyTuple_CheckExact(nest))
        return PyLong_CheckExact(nest) || find_in_array(nest, x, to, room, count);
    if (Py_TYPE(x) != Py_TYPE(nest) || PySequence_Fast_GET_SIZE(x) != PySequence_Fast_GET_SIZE(nest))
        return 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
        if (!find_values(PySequence_Fast_GET_ITEM(nest, i), PySequence_Fast_GET_ITEM(x, i), to, room,
                         count))
            return 0;
    return 1;
}

/* Fill in the Values that a call is of; its arguments may have changed while it looked outside. */
static int find_parents(const ValueCall *self, PyObject *const *args, Value **parents)
{
    PyObject *captured = self->direct->captured, *nests = self->direct->nests;
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(captured); i++)
        *parents++ = (Value *)PyTuple_GET_ITEM(captured, i);
    for (Py_ssize_t i = 0; self->inners && i < PyTuple_GET_SIZE(nests); i++) {
        PyObject *pair = PyTuple_GET_ITEM(nests, i);
        Py_ssize_t which = PyLong_AsSsize_t(PyTuple_GET_ITEM(pair, 0));
        if (which < self->direct->arguments && /* what is read in places outside has no Values in it */
            !find_values(PyTuple_GET_ITEM(pair, 1), args[which], parents, self->inners, &count))
            return 0;
    }
    return count == self->inners;
}

/* A Value, output k of what is in memory. */
static PyObject *value_made(ValueCall *self, Memory *memory, Py_ssize_t k, Value *const *parents,
                            Py_ssize_t count)
{
    Share *share = PyObject_GC_New(Share, share_type);
    Value *v = share == NULL ? NULL : value_alloc_with_header();
    if (share != NULL) {
        share->memory = (Memory *)Py_NewRef(memory);
        share->k = self->first + k;
        PyObject_GC_Track(share);
    }
    if (v != NULL) {
        v->data = aligned(memory->memory)[int64s(self->addresses)[k]];
        for (Py_ssize_t i = 0; i < count; i++)
            Py_INCREF(parents[i]);
        if (value_set_parents(v, parents, count) < 0 || value_set_op(v, self->op) < 0 ||
            value_extra(v) == NULL)
            Py_CLEAR(v);
    }
    if (v == NULL) {
        Py_XDECREF(share);
        return NULL;
    }
    v->extra->closure = (PyObject *)share;
    value_track(v);
    return (PyObject *)v;
}

static PyObject *values_made(ValueCall *self, Memory *memory, Value *const *parents, Py_ssize_t count)
{
    if (self->leaves == Py_True)
        return value_made(self, memory, 0, parents, count);
    Py_ssize_t leaves = PySequence_Fast_GET_SIZE(self->leaves);
    int listed = PyList_CheckExact(self->leaves);
    PyObject *made = listed ? PyList_New(leaves) : PyTuple_New(leaves);
    for (Py_ssize_t k = 0; made != NULL && k < leaves; k++) {
        PyObject *item =
            PySequence_Fast_GET_ITEM(self->leaves, k) == Py_True
                ? value_made(self, memory, k, parents, count)
                : PyFloat_FromDouble(aligned(memory->memory)[int64s(self->addresses)[k]]);
        if (item == NULL)
            Py_CLEAR(made);
        else if (listed)
            PyList_SET_ITEM(made, k, item);
        else
            PyTuple_SET_ITEM(made, k, item);
    }
    return made;
}

/* Return the result, or NotImplemented where this call is for the general way. */
static PyObject *value_call(PyObject *object, PyObject *const *args, size_t flagged, PyObject *names)
{
    ValueCall *self = (ValueCall *)object;
    if (names != NULL)
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t count = PyTuple_GET_SIZE(self->direct->captured) + self->inners;
    Memory *memory = PyObject_GC_New(Memory, memory_type);
    Value **parents = PyMem_New(Value *, count + 1);
    if (memory != NULL) {
        memory->of = (ValueCall *)Py_NewRef(self);
        memory->memory = memory_taken(self);
        PyObject_GC_Track(memory);
    }
    PyObject *made = NULL;
    if (parents == NULL)
        PyErr_NoMemory();
    else if (memory != NULL && memory->memory != NULL) {
        int done = direct_computed(self->direct, args, PyVectorcall_NARGS(flagged),
                                   aligned(memory->memory));
        if (done > 0 && find_parents(self, args, parents)) {
            Py_ssize_t captured = count - self->inners;
            for (Py_ssize_t i = captured; i < count; i++)
                Py_INCREF(parents[i]); /* what is made may run the collector, which may run anything */
            made = values_made(self, memory, parents, count);
            for (Py_ssize_t i = captured; i < count; i++)
                Py_DECREF(parents[i]);
        }
        else if (done >= 0)
            made = Py_NewRef(Py_NotImplemented);
    }
    PyMem_Free(parents);
    Py_XDECREF(memory);
    return made;
}

/* ---- making one */

static Py_ssize_t count_in_array(PyObject *nest, int64_t *to)
{
    Py_buffer places;
    Py_ssize_t count = 0;
    if (PyObject_GetBuffer(nest, &places, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return 0;
    }
    if (strcmp(places.format, "l") == 0) {
        count = places.len / (Py_ssize_t)sizeof(int64_t);
        if (to != NULL)
            memcpy(to, places.buf, places.len);
    }
    PyBuffer_Release(&places);
    return count;
}

/* Count the Values in a nest of addresses; note where they are. */
static Py_ssize_t count_values(PyObject *nest, int64_t *to)
{
    Py_ssize_t count = 0, at = 0;
    PyObject *key, *inner;
    if (PyFloat_CheckExact(nest)) {
        if (to != NULL)
            *to = (int64_t)PyFloat_AS_DOUBLE(nest);
        return 1;
    }
    if (PyDict_CheckExact(nest))
        while (PyDict_Next(nest, &at, &key, &inner))
            count += count_values(inner, to == NULL ? NULL : to + count);
    else if (PyList_CheckExact(nest) || PyTuple_CheckExact(nest))
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
            count += count_values(PySequence_Fast_GET_ITEM(nest, i), to == NULL ? NULL : to + count);
    else if (!PyLong_CheckExact(nest))
        count = count_in_array(nest, to);
    return count;
}

static Py_ssize_t count_all(const DirectCall *direct, int64_t *to)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(direct->nests); i++) {
        PyObject *pair = PyTuple_GET_ITEM(direct->nests, i);
        if (PyLong_AsSsize_t(PyTuple_GET_ITEM(pair, 0)) < direct->arguments)
            count += count_values(PyTuple_GET_ITEM(pair, 1), to == NULL ? NULL : to + count);
    }
    return count;
}

static int fits(const ValueCall *self)
{
    const DirectCall *direct = self->direct;
    PyObject *leaves = self->leaves;
    if (leaves != Py_True && !PyList_CheckExact(leaves) && !PyTuple_CheckExact(leaves))
        return 0;
    Py_ssize_t count = leaves == Py_True ? 1 : PySequence_Fast_GET_SIZE(leaves), values = 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (leaves == Py_True || PySequence_Fast_GET_ITEM(leaves, k) == Py_True)
            values = k + 1;
    return direct->stages == 1 && direct->stage[0].backward != NULL && self->first >= 0 &&
           self->first + values <= direct->stage[0].numbers &&
           addresses_in(self->addresses) == count && addresses_fit(self->addresses, direct->size);
}

/* value_call(direct, op, leaves, addresses, first) */
static PyObject *make_value_call(PyObject *module, PyObject *args)
{
    PyObject *direct, *op, *leaves, *addresses;
    Py_ssize_t first;
    if (!PyArg_ParseTuple(args, "O!OOSn:value_call", direct_call_type, &direct, &op, &leaves,
                          &addresses, &first))
        return NULL;
    ValueCall *self = PyObject_GC_New(ValueCall, value_call_type);
    if (self == NULL)
        return NULL;
    memset((char *)self + sizeof(PyObject), 0, sizeof(ValueCall) - sizeof(PyObject));
    self->call = value_call;
    self->direct = (DirectCall *)Py_NewRef(direct);
    self->op = Py_NewRef(op);
    self->leaves = Py_NewRef(leaves);
    self->addresses = Py_NewRef(addresses);
    self->first = first;
    PyObject_GC_Track(self);
    self->inners = count_all(self->direct, NULL);
    self->inner = PyMem_New(int64_t, self->inners + 1);
    if (self->inner != NULL)
        count_all(self->direct, self->inner);
    if (self->inner != NULL && fits(self))
        return (PyObject *)self;
    PyErr_SetString(PyExc_ValueError, "this call has no such outputs");
    Py_DECREF(self);
    return NULL;
}

/* ---- the types */

static int value_call_traverse(PyObject *object, visitproc visit, void *arg)
{
    ValueCall *self = (ValueCall *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->direct);
    Py_VISIT(self->op);
    Py_VISIT(self->leaves);
    return 0;
}

static void value_call_dealloc(PyObject *object)
{
    ValueCall *self = (ValueCall *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->direct);
    Py_XDECREF(self->op);
    Py_XDECREF(self->leaves);
    Py_XDECREF(self->addresses);
    PyMem_Free(self->inner);
    while (self->spares > 0)
        PyMem_Free(self->spare[--self->spares]);
    PyObject_GC_Del(object);
    Py_DECREF(type);
}

static int memory_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Memory *)self)->of);
    return 0;
}

static void memory_dealloc(PyObject *self)
{
    Memory *memory = (Memory *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (memory->memory != NULL)
        memory_given_back(memory->of, memory->memory);
    Py_DECREF(memory->of);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static int share_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Share *)self)->memory);
    return 0;
}

static void share_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Share *)self)->memory);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(ValueCall, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot value_call_slots[] = {{Py_tp_dealloc, value_call_dealloc},
                                         {Py_tp_traverse, value_call_traverse},
                                         {Py_tp_call, PyVectorcall_Call},
                                         {Py_tp_members, members},
                                         {0, NULL}};
static PyType_Slot memory_slots[] = {
    {Py_tp_dealloc, memory_dealloc}, {Py_tp_traverse, memory_traverse}, {0, NULL}};
static PyType_Slot share_slots[] = {{Py_tp_dealloc, share_dealloc},
                                    {Py_tp_traverse, share_traverse},
                                    {Py_tp_call, share_call},
                                    {0, NULL}};

static PyTypeObject *made_type(const char *name, int size, unsigned int more, PyType_Slot *slots)
{
    PyType_Spec spec = {.name = name, .basicsize = size, .slots = slots};
    spec.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | more;
    return (PyTypeObject *)PyType_FromSpec(&spec);
}

int outputs_ready(void)
{
    if (share_type != NULL)
        return 0;
    value_call_type = made_type("micrograd._native.value.ValueCall", sizeof(ValueCall),
                                Py_TPFLAGS_HAVE_VECTORCALL, value_call_slots);
    memory_type = made_type("micrograd._native.value.Memory", sizeof(Memory), 0, memory_slots);
    share_type = made_type("micrograd._native.value.Share", sizeof(Share), 0, share_slots);
    return value_call_type == NULL || memory_type == NULL || share_type == NULL ? -1 : 0;
}

PyMethodDef output_functions[] = {
    {"value_call", make_value_call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
