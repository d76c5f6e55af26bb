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

/* ---- pickles: a graph as columns */

/* Whether a node is more than its numbers, op and parents; or a leaf that others may know. */
static int is_apart(Value *v)
{
    int has_extra = v->flags & HAS_EXTRA;
    if (!Py_IS_TYPE((PyObject *)v, value_type))
        return 1;
    if (count_of(v) == 0)
        return has_extra || Py_REFCNT(v) > 2; /* of its one child and of the list */
    return has_extra && (v->extra->label || v->extra->closure || v->extra->attributes);
}

static PyObject *places_apart(PyObject *order)
{
    PyObject *places = PyList_New(0);
    for (Py_ssize_t i = 0; places != NULL && i < PyList_GET_SIZE(order); i++) {
        if (!is_apart((Value *)PyList_GET_ITEM(order, i)))
            continue;
        PyObject *place = PyLong_FromSsize_t(i);
        if (place == NULL || PyList_Append(places, place) < 0)
            Py_CLEAR(places);
        Py_XDECREF(place);
    }
    return places;
}

/* An array of the module of this name, which a pickle moves to machines of another byte order. */
static PyObject *array_of(const char *type, PyObject *bytes)
{
    PyObject *module = PyImport_ImportModule("array"), *made = NULL;
    if (module != NULL)
        made = PyObject_CallMethod(module, "array", "sO", type, bytes);
    Py_XDECREF(module);
    return made;
}

/* columns_of(order): None where other values than ours are in it. */
static PyObject *columns_of(PyObject *module, PyObject *order)
{
    if (!PyList_CheckExact(order))
        return PyErr_Format(PyExc_TypeError, "a list of Values is needed, got %R", order);
    Py_ssize_t count = PyList_GET_SIZE(order);
    for (Py_ssize_t i = 0; i < count; i++)
        if (!is_value(PyList_GET_ITEM(order, i)))
            Py_RETURN_NONE;
    PyObject *places = places_apart(order), *args = Py_BuildValue("([]O[])", order);
    PyObject *grads = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(double));
    PyObject *made = NULL, *column[4] = {NULL}, *columns = NULL;
    double *grad = grads ? (double *)PyByteArray_AS_STRING(grads) : NULL;
    for (Py_ssize_t i = 0; grad != NULL && i < count; i++)
        grad[i] = ((Value *)PyList_GET_ITEM(order, i))->grad;
    if (places != NULL && args != NULL && grads != NULL)
        made = columns_numbered(module, args);
    for (int k = 0; made != NULL && k < 4; k++) /* after the codes there is the table */
        column[k] = array_of(k < 3 ? "i" : "d", PyTuple_GET_ITEM(made, k + (k > 0)));
    PyObject *slopes = made ? array_of("d", grads) : NULL;
    if (slopes != NULL && column[0] && column[1] && column[2] && column[3])
        columns = Py_BuildValue("OOOOOOO", PyTuple_GET_ITEM(made, 1), column[0], column[1],
                                column[2], column[3], slopes, places);
    for (int k = 0; k < 4; k++)
        Py_XDECREF(column[k]);
    Py_XDECREF(slopes);
    Py_XDECREF(made);
    Py_XDECREF(grads);
    Py_XDECREF(args);
    Py_XDECREF(places);
    return columns;
}

typedef struct {
    PyObject *table;
    Py_buffer code, start, number, data, grad;
} Columns;

/* Value i of columns, of which all parents are there; NULL where one is of another kind, and with an
   error where the columns do not fit. */
static Value *node_of(Columns *c, PyObject *values, Py_ssize_t i)
{
    const int32_t *starts = c->start.buf, *numbers = c->number.buf;
    int32_t first = starts[i], last = starts[i + 1], code = ((int32_t *)c->code.buf)[i];
    int fits = 0 <= first && first <= last && last <= c->number.len / (Py_ssize_t)sizeof(int32_t) &&
               0 <= code && code < PyList_GET_SIZE(c->table);
    int tracked = 0, few = fits && last - first <= 2;
    for (int32_t k = first; fits && k < last; k++) {
        fits = 0 <= numbers[k] && numbers[k] < i;
        PyObject *parent = fits ? PyList_GET_ITEM(values, numbers[k]) : NULL;
        if (fits && !is_value(parent))
            return NULL;
        tracked |= fits ? ((Value *)parent)->flags & TRACKED : 0;
    }
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the columns of a pickled graph do not fit together");
        return NULL;
    }
    Value *few_parents[2], **parents = few_parents;
    if (!few && (parents = PyMem_New(Value *, last - first)) == NULL)
        return (Value *)PyErr_NoMemory();
    Value *v = value_alloc(tracked);
    for (int32_t k = first; v != NULL && k < last; k++)
        parents[k - first] = (Value *)Py_NewRef(PyList_GET_ITEM(values, numbers[k]));
    if (v != NULL) {
        v->data = ((double *)c->data.buf)[i];
        v->grad = ((double *)c->grad.buf)[i];
        if (value_set_parents(v, parents, last - first) < 0 ||
            value_set_op(v, PyList_GET_ITEM(c->table, code)) < 0)
            Py_CLEAR(v);
    }
    if (!few)
        PyMem_Free(parents);
    return v;
}

/* make_nodes(cls, values, start, table, code, starts, numbers, data, grad) */
static PyObject *make_nodes(PyObject *module, PyObject *args)
{
    Columns c;
    PyObject *cls, *values;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "OO!nO!y*y*y*y*y*:make_nodes", &cls, &PyList_Type, &values, &i,
                          &PyList_Type, &c.table, &c.code, &c.start, &c.number, &c.data, &c.grad))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(values), ints = count * (Py_ssize_t)sizeof(int32_t);
    if (i < 0 || c.code.len != ints || c.start.len != ints + (Py_ssize_t)sizeof(int32_t) ||
        c.data.len != 2 * ints || c.grad.len != 2 * ints)
        PyErr_SetString(PyExc_ValueError, "the columns of a pickled graph do not fit together");
    for (; !PyErr_Occurred() && i < count && i < PyList_GET_SIZE(values); i++) {
        PyObject *there = PyList_GET_ITEM(values, i);
        if (there != Py_None && !PyTuple_Check(there))
            continue;
        int is_ours = there == Py_None && cls == (PyObject *)value_type;
        Value *v = is_ours ? node_of(&c, values, i) : NULL;
        if (v == NULL)
            break;
        PyList_SetItem(values, i, (PyObject *)v);
    }
    Py_buffer *buffers[] = {&c.code, &c.start, &c.number, &c.data, &c.grad};
    for (int k = 0; k < 5; k++)
        PyBuffer_Release(buffers[k]);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(i);
}

PyMethodDef copy_functions[] = {
    {"copy_nodes", copy_nodes, METH_VARARGS, NULL},
    {"columns_of", columns_of, METH_O, NULL},
    {"make_nodes", make_nodes, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
