/* What comes out of the memory of a call: its results, and what it changes in the world outside. */
#include "direct.h"

#include <math.h>
#include <string.h>

/* What is computed for a batch lies side by side. */
static int is_range(const double *addresses, Py_ssize_t count)
{
    int apart = 0;
    for (Py_ssize_t i = 0; i + 1 < count; i++)
        apart |= addresses[i] + 1 != addresses[i + 1];
    return !apart;
}

static void put_floats(double *numbers, Py_ssize_t count, const double *v)
{
    if (count > 1 && is_range(numbers, count)) {
        memcpy(numbers, v + (Py_ssize_t)numbers[0], count * sizeof(double));
        return;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        numbers[i] = v[(Py_ssize_t)numbers[i]];
}

static int put_ints(int64_t *numbers, Py_ssize_t count, const double *v)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        double number = v[numbers[i]];
        if (!(fabs(number) < (double)EXACT)) {
            PyErr_SetNone(PyExc_OverflowError);
            return -1;
        }
        numbers[i] = (int64_t)nearbyint(number);
    }
    return 0;
}

/* Return an array of bools, given their addresses; takes the array of these. */
static PyObject *bools_of(PyObject *addresses, const uint64_t *at, const double *v)
{
    PyObject *made = PyObject_CallMethod(addresses, "astype", "s", "?");
    Py_buffer view;
    if (made != NULL && PyObject_GetBuffer(made, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) == 0) {
        for (Py_ssize_t i = 0; i < view.len; i++)
            ((char *)view.buf)[i] = v[at[i]] != 0;
        PyBuffer_Release(&view);
    } else
        Py_CLEAR(made);
    Py_DECREF(addresses);
    return made;
}

/* An array of addresses has the type of what is there: floats, or ints; unsigned ones are of bools. */
static PyObject *array_of(PyObject *addresses, const double *v)
{
    PyObject *made = PyObject_CallMethod(addresses, "copy", NULL);
    Py_buffer view;
    if (made == NULL ||
        PyObject_GetBuffer(made, &view, PyBUF_WRITABLE | PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    Py_ssize_t count = view.len / (Py_ssize_t)sizeof(double);
    if (strcmp(view.format, "d") == 0)
        put_floats(view.buf, count, v);
    else if (strcmp(view.format, "L") == 0)
        made = bools_of(made, view.buf, v);
    else if (put_ints(view.buf, count, v) < 0)
        Py_CLEAR(made);
    PyBuffer_Release(&view);
    return made;
}

static PyObject *dict_of(PyObject *shape, const Computed *call)
{
    PyObject *made = PyDict_New(), *key, *inner;
    Py_ssize_t at = 0;
    while (made != NULL && PyDict_Next(shape, &at, &key, &inner)) {
        PyObject *item = made_of(inner, call);
        if (item == NULL || PyDict_SetItem(made, key, item) < 0)
            Py_CLEAR(made);
        Py_XDECREF(item);
    }
    return made;
}

static PyObject *number_of(PyObject *shape, const double *v)
{
    Py_ssize_t address = PyLong_AsSsize_t(shape);
    if (address >= 0)
        return PyFloat_FromDouble(v[address]);
    double number = v[-1 - address];
    if (fabs(number) < (double)EXACT)
        return PyLong_FromLongLong((long long)nearbyint(number));
    PyErr_SetNone(PyExc_OverflowError);
    return NULL;
}

/* Return what is in an argument under some keys. */
static PyObject *passed_by(PySliceObject *shape, const Computed *call)
{
    Py_ssize_t which = PyLong_AsSsize_t(shape->start);
    PyObject *found = which < call->count ? Py_NewRef(call->args[which]) : NULL;
    for (Py_ssize_t i = 0; found != NULL && i < PyTuple_GET_SIZE(shape->stop); i++)
        Py_SETREF(found, PyObject_GetItem(found, PyTuple_GET_ITEM(shape->stop, i)));
    return found;
}

/* Return what is no number and no nest. */
static PyObject *thing_of(PyObject *shape, const Computed *call)
{
    if (PySlice_Check(shape))
        return passed_by((PySliceObject *)shape, call);
    return PyObject_CheckBuffer(shape) && !PyBytes_CheckExact(shape) ? array_of(shape, call->v)
                                                                     : Py_NewRef(shape);
}

PyObject *nest_of(PyObject *shape, Maker make, const void *of)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(shape);
    int is_list = PyList_CheckExact(shape);
    PyObject *made = is_list ? PyList_New(count) : PyTuple_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *item = make(PySequence_Fast_GET_ITEM(shape, i), of);
        if (item == NULL)
            Py_CLEAR(made);
        else if (is_list)
            PyList_SET_ITEM(made, i, item);
        else
            PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static PyObject *made_of_call(PyObject *shape, const void *call)
{
    return made_of(shape, call);
}

PyObject *made_of(PyObject *shape, const Computed *call)
{
    if (PyLong_CheckExact(shape))
        return number_of(shape, call->v);
    if (PyDict_CheckExact(shape))
        return dict_of(shape, call);
    if (!PyList_CheckExact(shape) && !PyTuple_CheckExact(shape))
        return thing_of(shape, call);
    return nest_of(shape, made_of_call, call);
}

/* What is written. */

static long kind_of(PyObject *write)
{
    return PyLong_AsLong(PyTuple_GET_ITEM(write, 0));
}

/* Open the elements of an array; -1 where they are not as many floats, or cannot be written. */
static int open_elements(PyObject *array, PyObject *addresses, Py_buffer *view)
{
    if (PyObject_GetBuffer(array, view, PyBUF_WRITABLE | PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return -1;
    }
    if (strcmp(view->format, "d") == 0 && view->len == PyBytes_GET_SIZE(addresses))
        return 0;
    PyBuffer_Release(view);
    return -1;
}

/* Return what is to be put there, or the array of which the elements are written. */
static PyObject *content(PyObject *write, const Computed *call)
{
    PyObject *to = PyTuple_GET_ITEM(write, 1), *from = PyTuple_GET_ITEM(write, 2);
    Py_buffer view;
    switch (kind_of(write)) {
    case TO_FLOATS:
        return PyList_GET_SIZE(to) == addresses_in(from) ? Py_NewRef(Py_None) : NULL;
    case TO_PLACE:
    case TO_END:
        return made_of(from, call);
    case TO_ELEMENTS:;
        PyObject *array = place_get(to);
        if (array == NULL || open_elements(array, from, &view) < 0)
            Py_CLEAR(array);
        else
            PyBuffer_Release(&view);
        return array;
    }
    return Py_NewRef(Py_None);
}

PyObject *prepared(PyObject *writes, const Computed *call)
{
    PyObject *made = PyTuple_New(PyTuple_GET_SIZE(writes));
    for (Py_ssize_t i = 0; made != NULL && i < PyTuple_GET_SIZE(writes); i++) {
        PyObject *item = content(PyTuple_GET_ITEM(writes, i), call);
        if (item == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static int write_list(PyObject *list, PyObject *addresses, const double *v)
{
    const int64_t *from = int64s(addresses);
    for (Py_ssize_t i = 0; i < addresses_in(addresses) && i < PyList_GET_SIZE(list); i++)
        if (put_float(list, i, v[from[i]]) < 0)
            return -1;
    return 0;
}

static int put_in_place(PyObject *place, PyObject *x)
{
    PyObject *owner = PyTuple_GET_ITEM(place, 0), *key = PyTuple_GET_ITEM(place, 1);
    if (PyCell_Check(owner))
        return PyCell_Set(owner, x);
    if (key == Py_None)
        return PyList_SetSlice(owner, 0, PyList_GET_SIZE(owner), x);
    return PyList_Check(owner) || PyDict_Check(owner) ? PyObject_SetItem(owner, key, x)
                                                      : PyObject_SetAttr(owner, key, x);
}

static int write_elements(PyObject *array, PyObject *addresses, const double *v)
{
    Py_buffer view;
    if (open_elements(array, addresses, &view) < 0) {
        PyErr_SetString(PyExc_ValueError, "an array that is written to has another shape by now");
        return -1;
    }
    for (Py_ssize_t i = 0; i < addresses_in(addresses); i++)
        ((double *)view.buf)[i] = v[int64s(addresses)[i]];
    PyBuffer_Release(&view);
    return 0;
}

static int written(PyObject *write, PyObject *content, const double *v)
{
    PyObject *to = PyTuple_GET_ITEM(write, 1), *from = PyTuple_GET_ITEM(write, 2);
    long kind = kind_of(write);
    switch (kind) {
    case TO_FLOATS:
        return write_list(to, from, v);
    case TO_PLACE:
        return put_in_place(to, content);
    case TO_END:
        return PyList_SetSlice(to, PyList_GET_SIZE(to), PyList_GET_SIZE(to), content);
    case TO_ELEMENTS:
        return write_elements(content, from, v);
    }
    Py_ssize_t count = PyTuple_GET_SIZE(to); /* of data, and behind them of gradients */
    const int64_t *data = int64s(from), *grad = kind == TO_BOTH ? data + count : data;
    for (Py_ssize_t i = 0; i < count; i++) {
        Value *value = (Value *)PyTuple_GET_ITEM(to, i);
        if (kind != TO_GRAD)
            value->data = v[data[i]];
        if (kind != TO_DATA)
            value->grad = v[grad[i]];
    }
    return 0;
}

int commit(PyObject *writes, PyObject *contents, const double *v)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(writes); i++)
        if (written(PyTuple_GET_ITEM(writes, i), PyTuple_GET_ITEM(contents, i), v) < 0)
            return -1;
    return 0;
}

static int are_values(PyObject *tuple, PyObject *addresses, int each)
{
    if (!PyTuple_CheckExact(tuple) || each * PyTuple_GET_SIZE(tuple) != addresses_in(addresses))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (!is_value(PyTuple_GET_ITEM(tuple, i)))
            return 0;
    return 1;
}

static int is_place(PyObject *to)
{
    if (!PyTuple_CheckExact(to) || PyTuple_GET_SIZE(to) != 2)
        return 0;
    return PyTuple_GET_ITEM(to, 1) != Py_None || PyCell_Check(PyTuple_GET_ITEM(to, 0)) ||
           PyList_Check(PyTuple_GET_ITEM(to, 0));
}

static int write_fits(PyObject *write, PyTypeObject *array_type, Py_ssize_t size)
{
    if (!PyTuple_CheckExact(write) || PyTuple_GET_SIZE(write) != 3 ||
        !PyLong_CheckExact(PyTuple_GET_ITEM(write, 0)))
        return 0;
    PyObject *to = PyTuple_GET_ITEM(write, 1), *from = PyTuple_GET_ITEM(write, 2);
    switch (kind_of(write)) {
    case TO_DATA:
    case TO_GRAD:
        return addresses_fit(from, size) && are_values(to, from, 1);
    case TO_BOTH:
        return addresses_fit(from, size) && are_values(to, from, 2);
    case TO_FLOATS:
        return addresses_fit(from, size) && PyList_Check(to);
    case TO_PLACE:
        return nest_fits(from, array_type, size, 0) && is_place(to);
    case TO_END:
        return nest_fits(from, array_type, size, 0) && PyList_Check(to) && PyList_Check(from);
    case TO_ELEMENTS:
        return addresses_fit(from, size) && is_place(to);
    }
    return 0;
}

int writes_fit(PyObject *writes, PyTypeObject *array_type, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(writes); i++)
        if (!write_fits(PyTuple_GET_ITEM(writes, i), array_type, size))
            return 0;
    return 1;
}
