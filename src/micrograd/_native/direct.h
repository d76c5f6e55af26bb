/* Calls of compiled functions without a detour through Python: direct.c does one, packing.c puts its
   arguments into memory, unpacking.c makes what comes out of it and writes what it changes. */
#ifndef MICROGRAD_DIRECT_H
#define MICROGRAD_DIRECT_H

#include "value.h"

enum { MOST_DIMS = 4 };
enum { NUMBER_FORM, LIST_FORM, ARRAY_FORM };
enum { FLOATS, INTS, NUMPY_FLOATS /* np.float64, a subclass of float */, NARROW /* of float32 */ };
enum { TO_DATA, TO_GRAD, TO_BOTH, TO_FLOATS, TO_PLACE, TO_END, TO_ELEMENTS };

/* Larger ints are not all floats. */
#define EXACT ((int64_t)1 << 53)

typedef struct { /* NumPy's */
    PyTypeObject *array, *number;
} Types;

typedef struct {        /* of int64, as Python fills it in */
    int64_t which;      /* of the arguments, and what stands behind them */
    int64_t form, kind; /* how it is given; of which kind its numbers are */
    int64_t start;      /* where its numbers go; -1: they are not read */
    int64_t outer, row; /* 0; else q·(count / outer) + r goes to r·row + q: examples to columns */
    int64_t count, ndim, dims[MOST_DIMS];
} Argument;

/* Each puts an argument into memory v and returns 1; 0 where it is none of the structure; never an
   error. A nest is one of addresses: of a float, or -1 - that of an int; as a float, that of a
   Value. */
int put_argument(const Argument *a, const Types *types, PyObject *x, double *v);
int put_nest(PyObject *nest, PyObject *x, double *v);

/* Places in the world outside, pairs of an owner and a key: the variable of a closure; an item, or
   with the key None all, of a list; what is under a key of a dict; an attribute. */
PyObject *place_get(PyObject *place); /* NULL, without an error, where nothing is there */

/* Results: nests of addresses, with other objects for themselves. Raises OverflowError where an int is
   too large for a float to be it. */
PyObject *made_of(PyObject *shape, const double *v);

/* What is written, tuples of one of TO_..., what it is written to, and addresses: as bytes of int64,
   or in a nest. `prepared` does all that may fail, and returns what `commit` needs; NULL without an
   error where the general way is to do it. */
PyObject *prepared(PyObject *writes, const double *v);
int commit(PyObject *writes, PyObject *contents, const double *v);

/* Whether all addresses lie in a memory of this size. */
int argument_fits(const Argument *a, Py_ssize_t arguments, int64_t size);
int nest_fits(PyObject *nest, PyTypeObject *array_type, Py_ssize_t size, int of_arguments);
int writes_fit(PyObject *writes, PyTypeObject *array_type, Py_ssize_t size);
int addresses_fit(PyObject *bytes, Py_ssize_t size);

static inline const int64_t *int64s(PyObject *bytes)
{
    return (const int64_t *)PyBytes_AS_STRING(bytes);
}

static inline Py_ssize_t addresses_in(PyObject *bytes)
{
    return PyBytes_GET_SIZE(bytes) / (Py_ssize_t)sizeof(int64_t);
}

#endif
