/* Where a run of numbers comes again within itself, and for how long: periods.py of the compiler asks. */
#include "value.h"

#include "rows.h"

/* prefixes(numbers): of 32-bit ints, for each place how many from there on are those from the first on;
   by the algorithm that is called Z: what was compared in one match is not compared again in it. */
PyObject *prefixes(PyObject *module, PyObject *numbers)
{
    Py_buffer b;
    if (PyObject_GetBuffer(numbers, &b, PyBUF_SIMPLE) < 0)
        return NULL;
    const int32_t *x = b.buf;
    Py_ssize_t count = b.len / (Py_ssize_t)sizeof(int32_t), from = 0, to = 0; /* the last match */
    PyObject *made = NULL;
    if (count > INT32_MAX)
        PyErr_SetString(PyExc_ValueError, "too many numbers");
    else
        made = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int32_t));
    int32_t *length = made == NULL ? NULL : (int32_t *)PyBytes_AS_STRING(made);
    for (Py_ssize_t i = 0; length != NULL && i < count; i++) {
        Py_ssize_t same = i > from && i < to ? Py_MIN(to - i, length[i - from]) : 0;
        while (i + same < count && x[same] == x[i + same])
            same++;
        if (i > 0 && i + same > to) {
            from = i;
            to = i + same;
        }
        length[i] = (int32_t)same;
    }
    PyBuffer_Release(&b);
    return made;
}
