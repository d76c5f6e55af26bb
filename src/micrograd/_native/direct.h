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

typedef int (*Forward)(double *v, const int64_t *sizes, const double *scalars,
                       const int64_t *const *tables);
typedef int (*Backward)(double *v, double *g, const int64_t *sizes, const double *scalars,
                        const int64_t *const *tables);

typedef struct { /* of a program of float32, whose scalars and seeds are of it, too */
    Py_ssize_t numbers, slopes; /* where these begin, in doubles; no numbers: it is of float64 */
    Py_ssize_t leaves, outputs; /* how many are taken there: the first ones; and come back: these */
    const int64_t *output;
} Narrow;

typedef struct {
    Forward forward;
    Backward backward;
    const int64_t *const *tables;
    Py_ssize_t v, g; /* where its numbers begin, and their gradients */
    Py_ssize_t copies, guards, numbers; /* numbers: of scalars */
    const int64_t *sizes, *copied, *guarded;
    const double *scalars, *seeds; /* no seeds: it is not differentiated in a call */
    Narrow narrow;
} Stage;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *all;        /* the arguments that it was made of: all that is borrowed below */
    PyObject *look;       /* says -1 where nothing outside has moved, or None */
    PyObject *captured;   /* the Values whose data come first in memory */
    PyObject *read;       /* the Values whose gradients are read, to where read_at says */
    PyObject *places;     /* what they hold stands behind the arguments */
    PyObject *nests;      /* pairs of an argument and a nest of addresses */
    PyObject *shape;      /* addresses in nests */
    PyObject *writes;
    Types types;
    Py_ssize_t size, read_at, arguments, packed, fixed, stages;
    const Argument *argument;
    const int64_t *fixed_places;
    const double *fixed_numbers;
    double *spare; /* the memory of the last call, or NULL while it is used */
    Stage stage[];
} DirectCall;

extern PyTypeObject *direct_call_type;

/* Fill a memory with what a call computes: 1, or 0 where it is for the general way, or -1. Then fill
   another with the gradients that output k passes on, and give those from outside theirs: 0 or -1. */
int direct_computed(const DirectCall *self, PyObject *const *args, Py_ssize_t count, double *v);
int direct_differentiated(const DirectCall *self, double *v, double *g, Py_ssize_t k, double seed);

/* Ask what says -1 where nothing outside has moved, or None: 1, 0 where something has, or -1. */
int nothing_moved(PyObject *look);

/* Each puts an argument into memory v and returns 1; 0 where it is none of the structure; never an
   error. A nest is one of addresses: of a float, or -1 - that of an int; as a float, that of a
   Value; in an array, as floats those of floats, as ints those of Values. */
int put_argument(const Argument *a, const Types *types, PyObject *x, double *v);
int put_nest(PyObject *nest, PyObject *x, double *v);

/* Open an array of addresses and one that has as many items: of which kind, or 0 where it has not. */
enum { OF_FLOATS = 1, OF_VALUES };
int array_opened(PyObject *nest, PyObject *x, Py_buffer *places, Py_buffer *items);

/* Places in the world outside, pairs of an owner and a key: the variable of a closure; an item, or
   with the key None all, of a list; what is under a key of a dict; an attribute. */
PyObject *place_get(PyObject *place); /* NULL, without an error, where nothing is there */

typedef struct { /* a call that is computed */
    const double *v;
    PyObject *const *args;
    Py_ssize_t count; /* of these */
} Computed;

/* Return a list or tuple like a shape, whose items are made of those of the shape. */
typedef PyObject *(*Maker)(PyObject *shape, const void *of);
PyObject *nest_of(PyObject *shape, Maker make, const void *of);

/* Results: nests of addresses, with slices of an argument and a tuple of keys for what is there, and
   other objects for themselves. Raises OverflowError where an int is too large for a float to be it. */
PyObject *made_of(PyObject *shape, const Computed *call);

/* What is written, tuples of one of TO_..., what it is written to, and addresses: as bytes of int64,
   or in a nest. `prepared` does all that may fail, and returns what `commit` needs; NULL without an
   error where the general way is to do it. */
PyObject *prepared(PyObject *writes, const Computed *call);
int commit(PyObject *writes, PyObject *contents, const double *v);

/* Whether all addresses lie in a memory of this size. */
int argument_fits(const Argument *a, Py_ssize_t arguments, int64_t size);
int nest_fits(PyObject *nest, PyTypeObject *array_type, Py_ssize_t size, int of_arguments);
int writes_fit(PyObject *writes, PyTypeObject *array_type, Py_ssize_t size);
int addresses_fit(PyObject *bytes, Py_ssize_t size);

enum { LINE = 64 /* bytes of cache */ };

static inline double *aligned(double *memory)
{
    return (double *)(((uintptr_t)memory + LINE - 1) / LINE * LINE);
}

static inline const int64_t *int64s(PyObject *bytes)
{
    return (const int64_t *)PyBytes_AS_STRING(bytes);
}

static inline Py_ssize_t addresses_in(PyObject *bytes)
{
    return PyBytes_GET_SIZE(bytes) / (Py_ssize_t)sizeof(int64_t);
}

#endif
