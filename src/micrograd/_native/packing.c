/* Arguments into the memory of a call: floats, ints, lists and arrays of them, and nests. */
#include "direct.h"

#include <string.h>

static int put_number(PyObject *x, int64_t kind, const Types *types, double *to)
{
    if (kind != INTS) {
        int fits = kind == FLOATS ? PyFloat_CheckExact(x) : Py_TYPE(x) == types->number;
        *to = fits ? PyFloat_AS_DOUBLE(x) : 0;
        return fits;
    }
    int overflow;
    long long number = PyLong_CheckExact(x) ? PyLong_AsLongLongAndOverflow(x, &overflow) : EXACT;
    *to = (double)number;
    return PyLong_CheckExact(x) && !overflow && -EXACT < number && number < EXACT;
}

static inline double *place_of(const Argument *a, double *v, int64_t i)
{
    int64_t inner = a->outer ? a->count / a->outer : 0;
    return v + a->start + (inner ? i % inner * a->row + i / inner : i);
}

static int put_list(const Argument *a, const Types *types, int depth, PyObject *list, double *v,
                    int64_t *i)
{
    if (!PyList_CheckExact(list) || PyList_GET_SIZE(list) != a->dims[depth])
        return 0;
    if (a->ndim == 1 && a->kind == FLOATS && !a->outer && a->start >= 0)
        return take_floats(list, v + a->start);
    double unread;
    for (Py_ssize_t k = 0; k < a->dims[depth]; k++) {
        PyObject *item = PyList_GET_ITEM(list, k);
        if (depth + 1 < a->ndim ? !put_list(a, types, depth + 1, item, v, i)
                                : !put_number(item, a->kind, types,
                                              a->start < 0 ? &unread : place_of(a, v, (*i)++)))
            return 0;
    }
    return 1;
}

static inline double number_at(const void *numbers, int64_t kind, int64_t i)
{
    return kind == INTS ? (double)((const int64_t *)numbers)[i]
                        : kind == NARROW ? ((const float *)numbers)[i] : ((const double *)numbers)[i];
}

/* Put numbers in their places: one after the other, or examples as columns. */
static void put_numbers(const Argument *a, const void *numbers, double *to)
{
    int64_t outer = a->outer ? a->outer : 1, inner = a->count / outer, row = a->outer ? a->row : 1;
    if (a->kind == FLOATS && (row == 1 || inner == 1))
        memcpy(to, numbers, a->count * sizeof(double));
    else
        for (int64_t r = 0; r < inner; r++)
            for (int64_t q = 0; q < outer; q++)
                to[r * row + q] = number_at(numbers, a->kind, q * inner + r);
}

static int put_array(const Argument *a, PyObject *array, double *v)
{
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return 0;
    }
    int fits = view.ndim == a->ndim && view.itemsize == (a->kind == NARROW ? 4 : 8) &&
               strcmp(view.format, a->kind == INTS ? "l" : a->kind == NARROW ? "f" : "d") == 0;
    for (int d = 0; fits && d < view.ndim; d++)
        fits = view.shape[d] == a->dims[d];
    if (fits && a->start >= 0)
        put_numbers(a, view.buf, v + a->start);
    PyBuffer_Release(&view);
    return fits;
}

int put_argument(const Argument *a, const Types *types, PyObject *x, double *v)
{
    int64_t i = 0;
    double unread;
    if (a->form == NUMBER_FORM)
        return put_number(x, a->kind, types, a->start < 0 ? &unread : v + a->start);
    if (a->form == LIST_FORM)
        return put_list(a, types, 0, x, v, &i);
    return Py_TYPE(x) == types->array && put_array(a, x, v);
}

static int put_value(PyObject *address, PyObject *x, double *v)
{
    if (!Py_IS_TYPE(x, value_type))
        return 0;
    v[(Py_ssize_t)PyFloat_AS_DOUBLE(address)] = ((Value *)x)->data;
    return 1;
}

static int put_items(PyObject *nest, PyObject *x, double *v)
{
    if (Py_TYPE(nest) != Py_TYPE(x) || PySequence_Fast_GET_SIZE(nest) != PySequence_Fast_GET_SIZE(x))
        return 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
        if (!put_nest(PySequence_Fast_GET_ITEM(nest, i), PySequence_Fast_GET_ITEM(x, i), v))
            return 0;
    return 1;
}

static int put_entries(PyObject *nest, PyObject *x, double *v)
{
    PyObject *wanted, *key, *inner, *item;
    Py_ssize_t at = 0, place = 0;
    if (!PyDict_CheckExact(x) || PyDict_GET_SIZE(nest) != PyDict_GET_SIZE(x))
        return 0;
    while (PyDict_Next(nest, &at, &wanted, &inner)) { /* in the same order, as the trace read them */
        if (!PyDict_Next(x, &place, &key, &item) || !PyUnicode_CheckExact(key) ||
            (key != wanted && PyUnicode_Compare(key, wanted) != 0) || !put_nest(inner, item, v))
            return 0;
    }
    return 1;
}

/* Addresses that are floats are those of floats, ints those of Values: these may be in an array of a
   subclass, which makes them when somebody looks. */
int array_opened(PyObject *nest, PyObject *x, Py_buffer *places, Py_buffer *items)
{
    if (!PyObject_TypeCheck(x, Py_TYPE(nest)) ||
        PyObject_GetBuffer(nest, places, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) {
        PyErr_Clear();
        return 0;
    }
    int of_values = strcmp(places->format, "l") == 0;
    if ((of_values || Py_IS_TYPE(x, Py_TYPE(nest))) &&
        PyObject_GetBuffer(x, items, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) == 0) {
        int fits = strcmp(items->format, of_values ? "O" : "d") == 0 && items->ndim == places->ndim;
        for (int d = 0; fits && d < items->ndim; d++)
            fits = items->shape[d] == places->shape[d];
        if (fits)
            return of_values ? OF_VALUES : OF_FLOATS;
        PyBuffer_Release(items);
    }
    PyErr_Clear();
    PyBuffer_Release(places);
    return 0;
}

static int put_in_array(PyObject *nest, PyObject *x, double *v)
{
    Py_buffer places, items;
    int kind = array_opened(nest, x, &places, &items), fits = kind != 0;
    if (!fits)
        return 0;
    const double *place = places.buf, *number = items.buf;
    const int64_t *place_of_value = places.buf;
    PyObject **value = items.buf;
    for (Py_ssize_t i = 0; fits && i < places.len / (Py_ssize_t)sizeof(double); i++) {
        if (kind == OF_FLOATS)
            v[(Py_ssize_t)place[i]] = number[i];
        else if ((fits = value[i] != NULL && Py_IS_TYPE(value[i], value_type)))
            v[place_of_value[i]] = ((Value *)value[i])->data;
    }
    PyBuffer_Release(&items);
    PyBuffer_Release(&places);
    return fits;
}

int put_nest(PyObject *nest, PyObject *x, double *v)
{
    if (PyLong_CheckExact(nest)) {
        Py_ssize_t place = PyLong_AsSsize_t(nest);
        return put_number(x, place < 0 ? INTS : FLOATS, NULL, v + (place < 0 ? -1 - place : place));
    }
    if (PyFloat_CheckExact(nest))
        return put_value(nest, x, v);
    if (PyDict_CheckExact(nest))
        return put_entries(nest, x, v);
    if (PyList_CheckExact(nest) || PyTuple_CheckExact(nest))
        return put_items(nest, x, v);
    return put_in_array(nest, x, v);
}

PyObject *place_get(PyObject *place)
{
    PyObject *owner = PyTuple_GET_ITEM(place, 0), *key = PyTuple_GET_ITEM(place, 1), *held;
    if (PyCell_Check(owner))
        return Py_XNewRef(PyCell_GET(owner));
    if (key == Py_None)
        return Py_NewRef(owner);
    held = PyList_Check(owner) || PyDict_Check(owner) ? PyObject_GetItem(owner, key)
                                                      : PyObject_GetAttr(owner, key);
    if (held == NULL)
        PyErr_Clear();
    return held;
}

/* Whether addresses are inside of a memory. */

int argument_fits(const Argument *a, Py_ssize_t arguments, int64_t size)
{
    int64_t count = 1, inner = a->outer > 0 ? a->count / a->outer : 0;
    if (a->which < 0 || a->which >= arguments)
        return 0;
    if (a->kind < FLOATS || a->kind > NARROW ||
        (a->form == ARRAY_FORM ? a->kind == NUMPY_FLOATS : a->kind == NARROW))
        return 0;
    if (a->form < NUMBER_FORM || a->form > ARRAY_FORM || a->ndim < 0 || a->ndim > MOST_DIMS)
        return 0;
    if ((a->form == NUMBER_FORM) != (a->ndim == 0) || a->start > size)
        return 0;
    for (int d = 0; d < a->ndim; d++) {
        if (a->dims[d] < 1 || (a->start >= 0 && a->dims[d] > size + 1))
            return 0;
        count *= a->start >= 0 ? a->dims[d] : 1;
    }
    if (a->start < 0) /* it is not used, and may be longer than all that is */
        return a->count > 0;
    if (a->count != count)
        return 0;
    if (a->outer == 0)
        return a->start + count <= size;
    return a->outer > 0 && inner * a->outer == count && a->row >= a->outer &&
           a->start + (inner - 1) * a->row + a->outer <= size;
}

static int array_fits(PyObject *addresses, Py_ssize_t size, int of_arguments)
{
    Py_buffer view;
    if (PyObject_GetBuffer(addresses, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
        return 0;
    const double *as_float = view.buf;
    const int64_t *as_int = view.buf;
    int floats = strcmp(view.format, "d") == 0;
    int fits = floats || strchr(of_arguments ? "l" : "lL", *view.format) != NULL;
    for (Py_ssize_t i = 0; fits && i < view.len / (Py_ssize_t)sizeof(double); i++)
        fits = floats ? 0 <= as_float[i] && as_float[i] < size : 0 <= as_int[i] && as_int[i] < size;
    PyBuffer_Release(&view);
    return fits;
}

static int passed_fits(PySliceObject *passed)
{
    Py_ssize_t which = PyLong_CheckExact(passed->start) ? PyLong_AsSsize_t(passed->start) : -1;
    return which >= 0 && PyTuple_CheckExact(passed->stop);
}

/* A nest of arguments has addresses alone; one of results has other objects besides. */
int nest_fits(PyObject *nest, PyTypeObject *array_type, Py_ssize_t size, int of_arguments)
{
    if (PyLong_CheckExact(nest)) {
        Py_ssize_t address = PyLong_AsSsize_t(nest);
        address = address < 0 ? -1 - address : address;
        return !PyErr_Occurred() && 0 <= address && address < size;
    }
    if (of_arguments && PyFloat_CheckExact(nest))
        return 0 <= PyFloat_AS_DOUBLE(nest) && PyFloat_AS_DOUBLE(nest) < size;
    if (Py_TYPE(nest) == array_type)
        return array_fits(nest, size, of_arguments);
    if (PyDict_CheckExact(nest)) {
        PyObject *key, *inner;
        Py_ssize_t at = 0;
        while (PyDict_Next(nest, &at, &key, &inner))
            if (!PyUnicode_CheckExact(key) || !nest_fits(inner, array_type, size, of_arguments))
                return 0;
        return 1;
    }
    if (PySlice_Check(nest))
        return !of_arguments && passed_fits((PySliceObject *)nest);
    if (!PyTuple_CheckExact(nest) && !PyList_CheckExact(nest))
        return !of_arguments;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nest); i++)
        if (!nest_fits(PySequence_Fast_GET_ITEM(nest, i), array_type, size, of_arguments))
            return 0;
    return 1;
}

int addresses_fit(PyObject *bytes, Py_ssize_t size)
{
    if (!PyBytes_CheckExact(bytes) || PyBytes_GET_SIZE(bytes) % sizeof(int64_t))
        return 0;
    for (Py_ssize_t i = 0; i < addresses_in(bytes); i++)
        if (int64s(bytes)[i] < 0 || int64s(bytes)[i] >= size)
            return 0;
    return 1;
}
