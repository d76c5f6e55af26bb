/* A call of a compiled function: what it takes for granted of the world outside, looked at in one
   walk, and then straight to its loops. */
#include "value.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

/* Tell whether a list or a dict holds these very objects, in this order; `any` stands for all. */
static int holds_these(PyObject *owner, PyObject *expected, PyObject *any)
{
    Py_ssize_t count = PyTuple_GET_SIZE(expected), at = 0;
    if (PyList_Check(owner)) {
        if (PyList_GET_SIZE(owner) != count)
            return 0;
        PyObject **items = ((PyListObject *)owner)->ob_item;
        if (count && memcmp(items, ((PyTupleObject *)expected)->ob_item, count * sizeof *items) == 0)
            return 1; /* parameters are thousands */
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
static PyObject *first_moved(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    if (given != 5 || !PyList_Check(args[0]) || !PyList_Check(args[1]) || !PyList_Check(args[2]))
        return PyErr_Format(PyExc_TypeError, "first_moved expects three lists and two objects");
    PyObject *owners = args[0], *keys = args[1], *expected = args[2];
    Py_ssize_t count = PyList_GET_SIZE(owners);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i >= PyList_GET_SIZE(owners) || i >= PyList_GET_SIZE(keys) ||
            i >= PyList_GET_SIZE(expected))
            break; /* an attribute that is computed has changed the lists */
        if (!holds_this(PyList_GET_ITEM(owners, i), PyList_GET_ITEM(keys, i),
                        PyList_GET_ITEM(expected, i), args[3], args[4])) {
            PyErr_Clear();
            return PyLong_FromSsize_t(i);
        }
    }
    return PyLong_FromLong(-1);
}

/* hold(containers, items): whether each list or dict holds these very objects, in this order, a dict
   its keys and values in turn; False also where one is of another kind. */
static PyObject *hold(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    if (given != 2 || !PyList_Check(args[0]) || !PyList_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "hold expects two lists");
    Py_ssize_t count = PyList_GET_SIZE(args[0]);
    int all = PyList_GET_SIZE(args[1]) == count;
    for (Py_ssize_t i = 0; all && i < count; i++) {
        PyObject *container = PyList_GET_ITEM(args[0], i), *items = PyList_GET_ITEM(args[1], i);
        all = PyTuple_CheckExact(items) &&
              (PyList_CheckExact(container) || PyDict_CheckExact(container)) &&
              holds_these(container, items, NULL);
    }
    return PyBool_FromLong(all);
}

PyMethodDef call_functions[] = {
    {"first_moved", (PyCFunction)(void (*)(void))first_moved, METH_FASTCALL, NULL},
    {"hold", (PyCFunction)(void (*)(void))hold, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

/* What compiled functions are, as quick.py says of the same class in Python. */

typedef struct {
    PyObject_HEAD
    PyObject *quick; /* a tuple of what may take a call, or NULL */
} QuickCall;

/* Return the result; or NotImplemented where this call is for the general way. */
static PyObject *quickly(PyObject *quick, PyObject *args)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(quick); i++) {
        PyObject *result = PyObject_Vectorcall(PyTuple_GET_ITEM(quick, i), &PyTuple_GET_ITEM(args, 0),
                                               PyTuple_GET_SIZE(args), NULL);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *quick_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *quick = ((QuickCall *)self)->quick;
    if (quick != NULL && PyTuple_CheckExact(quick) && !observed() &&
        (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0)) {
        Py_INCREF(quick); /* to look may run Python, which may replace it */
        PyObject *result = quickly(quick, args);
        Py_DECREF(quick);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    PyObject *general = PyObject_GetAttrString(self, "_call");
    PyObject *result = general == NULL ? NULL : PyObject_Call(general, args, kwargs);
    Py_XDECREF(general);
    return result;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((QuickCall *)self)->quick);
    return 0;
}

static int clear(PyObject *self)
{
    Py_CLEAR(((QuickCall *)self)->quick);
    return 0;
}

static void dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"_quick", T_OBJECT, offsetof(QuickCall, quick), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {{Py_tp_call, quick_call}, {Py_tp_traverse, traverse},
                              {Py_tp_clear, clear},     {Py_tp_dealloc, dealloc},
                              {Py_tp_members, members}, {0, NULL}};

static PyType_Spec spec = {
    .name = "micrograd._native.value.QuickCall",
    .basicsize = sizeof(QuickCall),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int quick_call_ready(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    int added = type == NULL ? -1 : PyModule_AddObjectRef(module, "QuickCall", type);
    Py_XDECREF(type);
    return added;
}
