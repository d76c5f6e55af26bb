/* What a compiled function takes for granted of the world outside: one walk over all of it. */
#include "value.h"

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
    {NULL, NULL, 0, NULL},
};
