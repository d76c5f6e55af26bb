/* A recording as columns: columns.py says what each function means. */
#include "value.h"

static int is_list_of_values(PyObject *values)
{
    if (!PyList_CheckExact(values)) {
        PyErr_Format(PyExc_TypeError, "a list of Values is needed, got %R", values);
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++)
        if (!is_value(PyList_GET_ITEM(values, i))) {
            PyErr_Format(PyExc_TypeError, "Values are needed, got %R at %zd",
                         PyList_GET_ITEM(values, i), i);
            return 0;
        }
    return 1;
}

static PyObject *parents_in(PyObject *module, PyObject *values)
{
    PyObject *parents = is_list_of_values(values) ? PyList_New(0) : NULL;
    int failed = parents == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = (Value *)PyList_GET_ITEM(values, i);
        for (Py_ssize_t k = 0; !failed && k < count_of(v); k++) {
            Value *parent = parents_of(v)[k];
            if (parent->visited)
                continue;
            failed = PyList_Append(parents, (PyObject *)parent) < 0;
            parent->visited = !failed;
        }
    }
    for (Py_ssize_t i = 0; parents != NULL && i < PyList_GET_SIZE(parents); i++)
        ((Value *)PyList_GET_ITEM(parents, i))->visited = 0;
    if (failed)
        Py_CLEAR(parents);
    return parents;
}

static PyObject *numbers_of(PyObject *numbers, Value *v)
{
    PyObject *parents = PyTuple_New(count_of(v));
    for (Py_ssize_t k = 0; parents != NULL && k < count_of(v); k++) {
        PyObject *key = PyLong_FromVoidPtr(parents_of(v)[k]);
        PyObject *number = key == NULL ? NULL : PyDict_GetItemWithError(numbers, key);
        if (number != NULL)
            PyTuple_SET_ITEM(parents, k, Py_NewRef(number));
        else {
            if (!PyErr_Occurred())
                PyErr_SetObject(PyExc_KeyError, key);
            Py_CLEAR(parents);
        }
        Py_XDECREF(key);
    }
    return parents;
}

static PyObject *numbered_parents(PyObject *module, PyObject *args)
{
    PyObject *numbers, *values;
    if (!PyArg_ParseTuple(args, "O!O:numbered_parents", &PyDict_Type, &numbers, &values) ||
        !is_list_of_values(values))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(values);
    PyObject *all = PyList_New(count);
    for (Py_ssize_t i = 0; all != NULL && i < count; i++) {
        /* A tuple made may start the collector, and that may run anything: the list may be shorter. */
        PyObject *v = i < PyList_GET_SIZE(values) ? PyList_GET_ITEM(values, i) : NULL;
        PyObject *parents = NULL;
        if (v == NULL || !is_value(v))
            PyErr_SetString(PyExc_RuntimeError, "the list of Values changed meanwhile");
        else {
            Py_INCREF(v);
            parents = numbers_of(numbers, (Value *)v);
            Py_DECREF(v);
        }
        if (parents == NULL)
            Py_CLEAR(all);
        else
            PyList_SET_ITEM(all, i, parents);
    }
    return all;
}

PyMethodDef column_functions[] = {
    {"parents_in", parents_in, METH_O, NULL},
    {"numbered_parents", numbered_parents, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
