/* Data and gradients of many values to and from flat buffers of float64: buffers.py says what each
   function means. */
#include "value.h"

/* Open a buffer of contiguous doubles. */
static int open_buffer(PyObject *object, int writable, Py_buffer *view)
{
    if (PyObject_GetBuffer(object, view, PyBUF_FULL_RO) < 0)
        return -1;
    if (view->format == NULL || strcmp(view->format, "d") != 0 || !PyBuffer_IsContiguous(view, 'C'))
        PyErr_Format(PyExc_TypeError, "a buffer of contiguous float64 is needed, got format '%s'",
                     view->format ? view->format : "B");
    else if (writable && view->readonly)
        PyErr_SetString(PyExc_TypeError, "cannot modify read-only memory");
    else
        return 0;
    PyBuffer_Release(view);
    return -1;
}

static PyObject *open_values(PyObject *values)
{
    PyObject *sequence = PySequence_Fast(values, "a list or tuple of Values is needed");
    for (Py_ssize_t i = 0; sequence != NULL && i < PySequence_Fast_GET_SIZE(sequence); i++)
        if (as_value(PySequence_Fast_GET_ITEM(sequence, i), i) == NULL)
            Py_CLEAR(sequence);
    return sequence;
}

/* Return the values, once both arguments are found to fit; the buffer is open then. The buffer is
   opened first, because that may run Python code, which may change the list. */
static PyObject *open_both(PyObject *const *args, Py_ssize_t count, int writable, Py_ssize_t each,
                           Py_buffer *view)
{
    if (observed() && mode.tracer != NULL)
        return PyErr_Format(PyExc_TypeError, "a buffer of numbers inside jit would be that of one "
                                             "call: use data and grad of each Value");
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "values and a buffer are needed, got %zd arguments",
                            count);
    if (open_buffer(args[1], writable, view) < 0)
        return NULL;
    PyObject *values = open_values(args[0]);
    Py_ssize_t size = values ? PySequence_Fast_GET_SIZE(values) : 0;
    Py_ssize_t room = view->len / (Py_ssize_t)sizeof(double);
    if (values != NULL && each * size != room) {
        if (each == 1)
            PyErr_Format(PyExc_ValueError, "%zd values need a buffer of as many, got %zd", size, room);
        else
            PyErr_Format(PyExc_ValueError, "%zd values need a buffer of %zd, got %zd", size,
                         each * size, room);
        Py_CLEAR(values);
    }
    if (values == NULL)
        PyBuffer_Release(view);
    return values;
}

/* Each function is a loop over `v`, a value, and `x`, its place in the buffer, which has so many for
   `each` value: the second is `size` further on. */
#define TRANSFER(name, writable, each, step)                                          \
    static PyObject *name(PyObject *module, PyObject *const *args, Py_ssize_t count)  \
    {                                                                                 \
        Py_buffer view;                                                               \
        PyObject *values = open_both(args, count, writable, each, &view);             \
        if (values == NULL)                                                           \
            return NULL;                                                              \
        double *x = view.buf;                                                         \
        Py_ssize_t size = PySequence_Fast_GET_SIZE(values);                           \
        for (Py_ssize_t i = 0; i < size; i++, x++) {                                  \
            Value *v = (Value *)PySequence_Fast_GET_ITEM(values, i);                  \
            step;                                                                     \
        }                                                                             \
        PyBuffer_Release(&view);                                                      \
        Py_DECREF(values);                                                            \
        Py_RETURN_NONE;                                                               \
    }
TRANSFER(read_data, 1, 1, *x = v->data)
TRANSFER(write_data, 0, 1, v->data = *x)
TRANSFER(read_grad, 1, 1, *x = v->grad)
TRANSFER(write_grad, 0, 1, v->grad = *x)
TRANSFER(read_both, 1, 2, (x[0] = v->data, x[size] = v->grad))
TRANSFER(write_both, 0, 2, (v->data = x[0], v->grad = x[size]))
TRANSFER(add_grad, 0, 1, v->grad += *x)

static PyObject *zero_grad(PyObject *module, PyObject *values)
{
    PyObject *sequence = open_values(values);
    if (sequence == NULL)
        return NULL;
    int traced = observed() && mode.tracer != NULL, failed = 0;
    for (Py_ssize_t i = 0; !failed && i < PySequence_Fast_GET_SIZE(sequence); i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(sequence, i);
        if (traced) /* it is told */
            failed = PyObject_SetAttrString(item, "grad", Py_None) < 0;
        else
            ((Value *)item)->grad = 0.0;
    }
    Py_DECREF(sequence);
    return failed ? NULL : Py_NewRef(Py_None);
}

static double *open_list(PyObject *const *args, Py_ssize_t count, int writable, Py_buffer *view)
{
    if (count != 2 || !PyList_CheckExact(args[0])) {
        PyErr_SetString(PyExc_TypeError, "a list and a buffer are needed");
        return NULL;
    }
    return open_buffer(args[1], writable, view) < 0 ? NULL : view->buf;
}

static PyObject *read_floats(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    Py_buffer view;
    double *x = open_list(args, count, 1, &view);
    if (x == NULL)
        return NULL;
    Py_ssize_t size = view.len / (Py_ssize_t)sizeof(double);
    int fits = PyList_GET_SIZE(args[0]) == size && take_floats(args[0], x);
    PyBuffer_Release(&view);
    return PyBool_FromLong(fits);
}

static PyObject *write_floats(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    Py_buffer view;
    const double *x = open_list(args, count, 0, &view);
    if (x == NULL)
        return NULL;
    Py_ssize_t size = view.len / (Py_ssize_t)sizeof(double), i = 0;
    while (i < size && i < PyList_GET_SIZE(args[0]) && put_float(args[0], i, x[i]) == 0)
        i++;
    PyBuffer_Release(&view);
    if (i == size && PyList_GET_SIZE(args[0]) == size)
        Py_RETURN_NONE;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%zd floats need a list of as many", size);
    return NULL;
}

#define FAST(name, signature, does)                                                   \
    {                                                                                 \
        #name, (PyCFunction)(void (*)(void))name, METH_FASTCALL,                      \
            #name "(" signature ", /)\n--\n\n" does                           \
    }
PyMethodDef buffer_functions[] = {
    FAST(read_data, "values, out",
         "Store ``value.data`` of each value in the buffer ``out``, one float64 each."),
    FAST(write_data, "values, buffer",
         "Set ``value.data`` of each value from the buffer, one float64 each."),
    FAST(read_grad, "values, out",
         "Store ``value.grad`` of each value in the buffer ``out``, one float64 each."),
    FAST(write_grad, "values, buffer",
         "Set ``value.grad`` of each value from the buffer, one float64 each."),
    FAST(read_both, "values, out",
         "Store the data of all values in the buffer ``out``, and behind them their gradients."),
    FAST(write_both, "values, buffer",
         "Set the data of all values from the buffer, and their gradients from what is behind them."),
    FAST(add_grad, "values, buffer",
         "Add the buffer, one float64 each, to ``value.grad`` of each value, from first to last."),
    FAST(read_floats, "items, out",
         "Store the floats of a list in the buffer; False where it holds others, or not as many."),
    FAST(write_floats, "items, buffer", "Let a list hold the floats of a buffer of its length."),
    {"zero_grad", zero_grad, METH_O,
     "zero_grad(values, /)\n--\n\nSet ``value.grad`` of each value to zero."},
    {NULL, NULL, 0, NULL},
};
