/* A compiled function of a few floats, called without a detour through Python: its memory is a copy of
   a template on the stack, its results are floats in the shape that the function returns. */
#include "value.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

typedef int (*Forward)(double *v, const int64_t *sizes, const double *scalars,
                       const int64_t *const *tables);

enum { ON_STACK = 1024 }; /* doubles */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Forward forward;
    const int64_t *const *tables;
    PyObject *kept;  /* what owns the code and the tables */
    PyObject *shape; /* addresses in nested tuples and lists */
    Py_ssize_t inputs, size, scalars, guards;
    double numbers[]; /* the template, then the scalars; the inputs' addresses follow in `places`,
                         then the guards: twice the address, and 1 more where no 0 must be there */
} NumberCall;

static PyTypeObject *number_call_type;

static Py_ssize_t *places_of(NumberCall *self)
{
    return (Py_ssize_t *)(self->numbers + self->size + self->scalars);
}

static int guards_hold(NumberCall *self, const double *v)
{
    const Py_ssize_t *guards = places_of(self) + self->inputs;
    for (Py_ssize_t i = 0; i < self->guards; i++)
        if ((v[guards[i] >> 1] != 0) != (guards[i] & 1))
            return 0;
    return 1;
}

static PyObject *results(PyObject *shape, const double *v)
{
    if (PyLong_CheckExact(shape))
        return PyFloat_FromDouble(v[PyLong_AsSsize_t(shape)]);
    int is_list = PyList_CheckExact(shape);
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

/* Return the results; or None where this call is for the general way: an argument that is no float,
   a run-time index out of range, a guard that does not hold. */
static PyObject *number_call(PyObject *object, PyObject *const *args, size_t flagged, PyObject *names)
{
    NumberCall *self = (NumberCall *)object;
    if (PyVectorcall_NARGS(flagged) != self->inputs || names != NULL)
        Py_RETURN_NONE;
    double stack[ON_STACK], *v = stack;
    if (self->size > ON_STACK && (v = PyMem_Malloc(self->size * sizeof(double))) == NULL)
        return PyErr_NoMemory();
    memcpy(v, self->numbers, self->size * sizeof(double));
    PyObject *made = NULL;
    for (Py_ssize_t i = 0; i < self->inputs; i++) {
        if (!PyFloat_CheckExact(args[i])) {
            made = Py_NewRef(Py_None);
            break;
        }
        v[places_of(self)[i]] = PyFloat_AS_DOUBLE(args[i]);
    }
    if (made == NULL)
        made = self->forward(v, NULL, self->numbers + self->size, self->tables) ||
                       !guards_hold(self, v)
                   ? Py_NewRef(Py_None)
                   : results(self->shape, v);
    if (v != stack)
        PyMem_Free(v);
    return made;
}

static int shape_fits(PyObject *shape, Py_ssize_t size)
{
    if (PyLong_CheckExact(shape)) {
        Py_ssize_t address = PyLong_AsSsize_t(shape);
        return 0 <= address && address < size;
    }
    if (!PyTuple_CheckExact(shape) && !PyList_CheckExact(shape))
        return 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(shape); i++)
        if (!shape_fits(PySequence_Fast_GET_ITEM(shape, i), size))
            return 0;
    return 1;
}

/* Copy a tuple of whole numbers below a bound; -1 where one is not. */
static int copied(Py_ssize_t *to, PyObject *from, Py_ssize_t bound)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(from); i++) {
        to[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(from, i));
        if (to[i] < 0 || to[i] >= bound) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_IndexError, "no place %zd below %zd", to[i], bound);
            return -1;
        }
    }
    return 0;
}

/* number_call(forward, tables, kept, memory, scalars, places, shape, guards) makes one. */
static PyObject *make_number_call(PyObject *module, PyObject *args)
{
    unsigned long long forward, tables;
    PyObject *kept, *places, *shape, *guards;
    Py_buffer memory, scalars;
    if (!PyArg_ParseTuple(args, "KKOy*y*O!OO!:number_call", &forward, &tables, &kept, &memory,
                          &scalars, &PyTuple_Type, &places, &shape, &PyTuple_Type, &guards))
        return NULL;
    Py_ssize_t size = memory.len / (Py_ssize_t)sizeof(double), inputs = PyTuple_GET_SIZE(places);
    Py_ssize_t guarded = PyTuple_GET_SIZE(guards);
    Py_ssize_t given = scalars.len / (Py_ssize_t)sizeof(double);
    NumberCall *self = NULL;
    if (!shape_fits(shape, size))
        PyErr_SetString(PyExc_ValueError, "the shape holds addresses in nested tuples and lists");
    else
        self = (NumberCall *)PyObject_Malloc(sizeof(NumberCall) + memory.len + scalars.len +
                                             (inputs + guarded) * sizeof(Py_ssize_t));
    if (self != NULL) {
        PyObject_Init((PyObject *)self, number_call_type);
        self->call = number_call;
        self->forward = (Forward)(uintptr_t)forward;
        self->tables = (const int64_t *const *)(uintptr_t)tables;
        self->kept = Py_NewRef(kept);
        self->shape = Py_NewRef(shape);
        self->inputs = inputs;
        self->size = size;
        self->scalars = given;
        self->guards = guarded;
        memcpy(self->numbers, memory.buf, memory.len);
        memcpy(self->numbers + size, scalars.buf, scalars.len);
        if (copied(places_of(self), places, size) < 0 ||
            copied(places_of(self) + inputs, guards, 2 * size) < 0)
            Py_CLEAR(self);
    }
    PyBuffer_Release(&memory);
    PyBuffer_Release(&scalars);
    return (PyObject *)self;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(((NumberCall *)object)->kept);
    Py_XDECREF(((NumberCall *)object)->shape);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(NumberCall, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, dealloc}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_members, members}, {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.NumberCall",
    .basicsize = sizeof(NumberCall),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

int number_call_ready(void)
{
    if (number_call_type == NULL)
        number_call_type = (PyTypeObject *)PyType_FromSpec(&spec);
    return number_call_type == NULL ? -1 : 0;
}

/* Tell whether a list or a dict holds these very objects, in this order; `any` stands for all. */
static int holds_these(PyObject *owner, PyObject *expected, PyObject *any)
{
    Py_ssize_t count = PyTuple_GET_SIZE(expected), at = 0;
    if (PyList_Check(owner)) {
        if (PyList_GET_SIZE(owner) != count)
            return 0;
        for (Py_ssize_t i = 0; i < count; i++) {
            PyObject *item = PyTuple_GET_ITEM(expected, i);
            if (item != any && PyList_GET_ITEM(owner, i) != item)
                return 0;
        }
        return 1;
    }
    PyObject *key, *value;
    if (2 * PyDict_GET_SIZE(owner) != count)
        return 0;
    for (Py_ssize_t i = 0; PyDict_Next(owner, &at, &key, &value); i += 2) {
        PyObject *item = PyTuple_GET_ITEM(expected, i + 1);
        if (PyTuple_GET_ITEM(expected, i) != key || (item != any && item != value))
            return 0;
    }
    return 1;
}

/* Tell whether a thing is of the class that it was, a class has the same bases, a function the same
   code and defaults. */
static int is_of_kind(PyObject *owner, PyObject *kind)
{
    PyObject *first = PyTuple_GET_ITEM(kind, 0);
    if (PyType_Check(owner))
        return ((PyTypeObject *)owner)->tp_mro == first;
    if (!PyFunction_Check(owner))
        return (PyObject *)Py_TYPE(owner) == first;
    PyObject *defaults = PyFunction_GetDefaults(owner), *by_name = PyFunction_GetKwDefaults(owner);
    return PyFunction_GetCode(owner) == first &&
           (defaults == NULL ? Py_None : defaults) == PyTuple_GET_ITEM(kind, 1) &&
           (by_name == NULL ? Py_None : by_name) == PyTuple_GET_ITEM(kind, 2);
}

static int holds_this(PyObject *owner, PyObject *key, PyObject *expected, PyObject *any,
                      PyObject *nothing)
{
    if (expected == any)
        return 1;
    if (key == (PyObject *)&PyType_Type)
        return is_of_kind(owner, expected);
    if (PyCell_Check(owner)) {
        PyObject *held = PyCell_GET(owner);
        return (held == NULL ? nothing : held) == expected;
    }
    if (key == Py_None)
        return PyTuple_Check(expected) && (PyList_Check(owner) || PyDict_Check(owner)) &&
               holds_these(owner, expected, any);
    if (PyDict_Check(owner)) {
        PyObject *held = PyDict_GetItemWithError(owner, key);
        return (held == NULL ? nothing : held) == expected;
    }
    PyObject *held = PyObject_GetAttr(owner, key);
    if (held == NULL)
        PyErr_Clear();
    Py_XDECREF(held);
    return (held == NULL ? nothing : held) == expected;
}

/* first_moved(owners, keys, expected, any, nothing): the first place that holds something else, or
   -1; the key None stands for the whole of a list or dict, `type` for what a thing is. */
static PyObject *first_moved(PyObject *module, PyObject *args)
{
    PyObject *owners, *keys, *expected, *any, *nothing;
    if (!PyArg_ParseTuple(args, "O!O!O!OO:first_moved", &PyList_Type, &owners, &PyList_Type, &keys,
                          &PyList_Type, &expected, &any, &nothing))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(owners);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i >= PyList_GET_SIZE(owners) || i >= PyList_GET_SIZE(keys) ||
            i >= PyList_GET_SIZE(expected))
            break; /* an attribute that is computed has changed the lists */
        if (!holds_this(PyList_GET_ITEM(owners, i), PyList_GET_ITEM(keys, i),
                        PyList_GET_ITEM(expected, i), any, nothing)) {
            PyErr_Clear();
            return PyLong_FromSsize_t(i);
        }
    }
    return PyLong_FromLong(-1);
}

PyMethodDef call_functions[] = {
    {"first_moved", first_moved, METH_VARARGS, NULL},
    {"number_call", make_number_call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
