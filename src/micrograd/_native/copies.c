/* Copies of graphs: of nodes that are nothing but their numbers, op and parents. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

/* The copy of an object, borrowed from what is known by identity; NULL where there is none. */
static PyObject *twin_of(PyObject *memo, void *original)
{
    PyObject *key = PyLong_FromVoidPtr(original);
    PyObject *twin = key == NULL ? NULL : PyDict_GetItemWithError(memo, key);
    Py_XDECREF(key);
    return twin;
}

/* Put the copy of a node into memo. Return 0 where it is not for us to make, -1 for an error. */
static int copy_node(Value *v, PyObject *memo)
{
    Value *parents[2], *twin;
    int tracked = 0;
    if (!Py_IS_TYPE((PyObject *)v, value_type) || v->flags & (HAS_EXTRA | NUMBER))
        return 0;
    for (int k = 0; k < v->count; k++) {
        PyObject *parent = twin_of(memo, v->parents[k]);
        if (parent == NULL || !is_value(parent))
            return PyErr_Occurred() ? -1 : 0;
        parents[k] = (Value *)parent;
        tracked |= parents[k]->flags & TRACKED;
    }
    twin = value_alloc(tracked);
    if (twin == NULL)
        return -1;
    twin->data = v->data;
    twin->grad = v->grad;
    twin->op = v->op;
    twin->count = v->count;
    twin->flags |= v->flags & INTEGRAL;
    for (int k = 0; k < v->count; k++)
        twin->parents[k] = (Value *)Py_NewRef(parents[k]);
    if (v->op == OP_POWC)
        twin->exponent = v->exponent;
    PyObject *key = PyLong_FromVoidPtr(v);
    int failed = key == NULL || PyDict_SetItem(memo, key, (PyObject *)twin) < 0;
    Py_XDECREF(key);
    Py_DECREF(twin);
    return failed ? -1 : 1;
}

static PyObject *copy_nodes(PyObject *module, PyObject *args)
{
    PyObject *order, *memo;
    Py_ssize_t start;
    if (!PyArg_ParseTuple(args, "O!nO!:copy_nodes", &PyList_Type, &order, &start, &PyDict_Type, &memo))
        return NULL;
    for (; start >= 0 && start < PyList_GET_SIZE(order); start++) {
        PyObject *v = PyList_GET_ITEM(order, start);
        int done = twin_of(memo, v) != NULL;
        if (!done && !PyErr_Occurred() && is_value(v))
            done = copy_node((Value *)v, memo);
        if (PyErr_Occurred())
            return NULL;
        if (!done)
            break;
    }
    return PyLong_FromSsize_t(start);
}

PyMethodDef copy_functions[] = {
    {"copy_nodes", copy_nodes, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
