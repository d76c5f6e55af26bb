/* Arrays whose arithmetic waits until all of it is known: lazy.py says what for. Results are NumPy's,
   bit for bit. */
#include "value.h"

#include <math.h>
#include <string.h>
#include <structmember.h>

enum { ARRAY, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, SQUARE, ROOT };
enum { BLOCK = 128 }; /* so many numbers of each array are computed at once: they stay in the cache */

/* Computes an array of earlier ones; where x or y is -1, the number stands for it. */
typedef struct {
    int kind;
    int32_t x, y;
    double number;
    const double *array; /* of ARRAY */
} Operation;

typedef struct {
    PyObject_HEAD
    Py_ssize_t size; /* of each array */
    int32_t count, room;
    Operation *operations;
    double *numbers;  /* data of the Values, and behind them their gradients: the first two arrays */
    Py_buffer *views; /* those that follow */
    int32_t viewed;
    PyObject *quiet; /* lazy.py's: set where NumPy has taken over */
} Recording;

typedef struct {
    PyObject_HEAD
    Recording *recording;
    int32_t place;   /* of the operation */
    PyObject *array; /* NumPy's, which it is from now on; or NULL */
} Lazy;

static PyTypeObject *recording_type, *lazy_type;

static inline int is_lazy(PyObject *o)
{
    return PyType_IsSubtype(Py_TYPE(o), lazy_type);
}

/* Tell whether an array is still to be computed. */
static inline int waits(PyObject *o)
{
    return is_lazy(o) && ((Lazy *)o)->array == NULL;
}

/* Return what NumPy takes. */
static PyObject *numpy_of(PyObject *o)
{
    return waits(o)     ? PyObject_CallMethod(o, "_evaluated", NULL)
           : is_lazy(o) ? Py_NewRef(((Lazy *)o)->array)
                        : Py_NewRef(o);
}

/* ---- recording */

static PyObject *new_lazy(PyTypeObject *type, Recording *recording, int32_t place)
{
    Lazy *made = (Lazy *)type->tp_alloc(type, 0);
    if (made != NULL) {
        made->recording = (Recording *)Py_NewRef(recording);
        made->place = place;
    }
    return (PyObject *)made;
}

/* Return the place of a new operation, or -1. */
static int32_t record(Recording *self, Operation operation)
{
    if (self->count == self->room) {
        int32_t room = self->room ? 2 * self->room : 32;
        Operation *more = PyMem_Realloc(self->operations, (size_t)room * sizeof(Operation));
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        self->operations = more;
        self->room = room;
    }
    self->operations[self->count] = operation;
    return self->count++;
}

static PyObject *recorded(Lazy *like, Operation operation)
{
    int32_t place = record(like->recording, operation);
    return place < 0 ? NULL : new_lazy(Py_TYPE(like), like->recording, place);
}

/* Take a number that a float64 holds. */
static int is_number(PyObject *o, double *number)
{
    if (PyFloat_Check(o)) {
        *number = PyFloat_AS_DOUBLE(o);
        return 1;
    }
    int overflow = 0;
    long long whole = PyLong_Check(o) ? PyLong_AsLongLongAndOverflow(o, &overflow) : LLONG_MAX;
    *number = (double)whole;
    return !overflow && llabs(whole) <= 1LL << 53;
}

static PyObject *binary(int kind, PyObject *x, PyObject *y, binaryfunc numpys)
{
    Lazy *left = waits(x) ? (Lazy *)x : NULL, *right = waits(y) ? (Lazy *)y : NULL;
    double number = 0.0;
    if (left && right ? left->recording == right->recording
                      : (left && is_number(y, &number)) || (right && is_number(x, &number)))
        return recorded(left ? left : right, (Operation){.kind = kind,
                                                         .x = left ? left->place : -1,
                                                         .y = right ? right->place : -1,
                                                         .number = number});
    PyObject *a = numpy_of(x), *b = a ? numpy_of(y) : NULL, *result = b ? numpys(a, b) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

/* Whoever has this array sees it changed, and nobody else: what was computed of it remains. */
static PyObject *in_place(int kind, PyObject *x, PyObject *y, binaryfunc changes)
{
    Lazy *self = (Lazy *)x;
    PyObject *result = binary(kind, x, y, changes);
    if (result != NULL && waits(x))
        self->place = ((Lazy *)result)->place;
    else if (result != NULL)
        Py_XSETREF(self->array, Py_NewRef(result));
    Py_XDECREF(result);
    return result == NULL ? NULL : Py_NewRef(x);
}

#define BINARY(name, kind, numpys, changes)                       \
    static PyObject *lazy_##name(PyObject *x, PyObject *y)        \
    {                                                             \
        return binary(kind, x, y, numpys);                        \
    }                                                             \
    static PyObject *lazy_inplace_##name(PyObject *x, PyObject *y) \
    {                                                             \
        return in_place(kind, x, y, changes);             \
    }
BINARY(add, ADD, PyNumber_Add, PyNumber_InPlaceAdd)
BINARY(subtract, SUBTRACT, PyNumber_Subtract, PyNumber_InPlaceSubtract)
BINARY(multiply, MULTIPLY, PyNumber_Multiply, PyNumber_InPlaceMultiply)
BINARY(divide, DIVIDE, PyNumber_TrueDivide, PyNumber_InPlaceTrueDivide)

static PyObject *lazy_negative(PyObject *x)
{
    if (waits(x))
        return recorded((Lazy *)x, (Operation){.kind = NEGATE, .x = ((Lazy *)x)->place, .y = -1});
    return PyNumber_Negative(((Lazy *)x)->array);
}

/* Squares and roots, which NumPy takes for powers too. */
static PyObject *lazy_power(PyObject *x, PyObject *y, PyObject *modulus)
{
    double exponent = 0.0;
    if (waits(x) && modulus == Py_None && (PyFloat_CheckExact(y) || PyLong_CheckExact(y)) &&
        is_number(y, &exponent) && (exponent == 2 || exponent == 0.5))
        return recorded((Lazy *)x, (Operation){.kind = exponent == 2 ? SQUARE : ROOT,
                                               .x = ((Lazy *)x)->place,
                                               .y = -1});
    PyObject *a = numpy_of(x), *b = a ? numpy_of(y) : NULL;
    PyObject *result = b ? PyNumber_Power(a, b, modulus) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

/* ---- computing */

/* Compute one operation for n numbers: x and y begin at these. */
static void compute(const Operation *o, const double *restrict x, const double *restrict y,
                    double *restrict out, Py_ssize_t n)
{
    double c = o->number;
#define EACH(expression)                   \
    for (Py_ssize_t i = 0; i < n; i++)     \
        out[i] = expression;
#define CASE(kind, sign)                   \
    case kind:                             \
        if (x == NULL)                     \
            EACH(c sign y[i])              \
        else if (y == NULL)                \
            EACH(x[i] sign c)              \
        else                               \
            EACH(x[i] sign y[i])           \
        return;
    switch (o->kind) {
        CASE(ADD, +)
        CASE(SUBTRACT, -)
        CASE(MULTIPLY, *)
        CASE(DIVIDE, /)
    case NEGATE: EACH(-x[i]) return;
    case SQUARE: EACH(x[i] * x[i]) return;
    case ROOT: EACH(sqrt(x[i])) return;
    }
}

/* An array that is wanted: its numbers go to a buffer; where there is none, to the data of Values. */
typedef struct {
    int32_t place;
    double *store;
} Wanted;

static int put(const double *x, Py_ssize_t from, Py_ssize_t n, double *store, PyObject *values)
{
    if (store != NULL)
        memcpy(store + from, x, (size_t)n * sizeof(double));
    for (Py_ssize_t i = 0; store == NULL && i < n; i++) {
        Value *v = as_value(PySequence_Fast_GET_ITEM(values, from + i), from + i);
        if (v == NULL)
            return -1;
        v->data = x[i];
    }
    return 0;
}

/* Compute what is wanted, block by block. */
static int run(const Recording *self, const Wanted *wanted, Py_ssize_t many, PyObject *values)
{
    int32_t count = 0;
    for (Py_ssize_t k = 0; k < many; k++)
        count = Py_MAX(count, wanted[k].place + 1);
    double *rows = PyMem_Malloc(((size_t)count + 1) * BLOCK * sizeof(double));
    const double **at = PyMem_Malloc(((size_t)count + 1) * sizeof(double *));
    int failed = rows == NULL || at == NULL;
    if (failed)
        PyErr_NoMemory();
    for (Py_ssize_t from = 0; !failed && from < self->size; from += BLOCK) {
        Py_ssize_t n = Py_MIN(BLOCK, self->size - from);
        for (int32_t i = 0; i < count; i++) {
            const Operation *o = &self->operations[i];
            double *row = rows + (size_t)i * BLOCK;
            at[i] = o->kind == ARRAY ? o->array + from : row;
            if (o->kind != ARRAY)
                compute(o, o->x < 0 ? NULL : at[o->x], o->y < 0 ? NULL : at[o->y], row, n);
        }
        for (Py_ssize_t k = 0; !failed && k < many; k++)
            failed = put(at[wanted[k].place], from, n, wanted[k].store, values) < 0;
    }
    PyMem_Free(rows);
    PyMem_Free(at);
    return failed ? -1 : 0;
}

/* Open an array of so many float64; tell whether it is one. */
static int opened(PyObject *array, Py_ssize_t size, Py_buffer *view)
{
    if (PyObject_GetBuffer(array, view, PyBUF_FORMAT | PyBUF_STRIDES) < 0) {
        PyErr_Clear();
        return 0;
    }
    if (view->ndim == 1 && strcmp(view->format, "d") == 0 && PyBuffer_IsContiguous(view, 'C') &&
        view->len == size * (Py_ssize_t)sizeof(double))
        return 1;
    PyBuffer_Release(view);
    return 0;
}

/* lazy._become(array): compute the numbers into an array, which it is from now on. */
static PyObject *lazy_become(PyObject *object, PyObject *array)
{
    Lazy *self = (Lazy *)object;
    Py_buffer view;
    if (!opened(array, self->recording->size, &view))
        return PyErr_Format(PyExc_TypeError, "an array of %zd float64 is needed, got %R",
                            self->recording->size, array);
    int failed = run(self->recording, &(Wanted){self->place, view.buf}, 1, NULL);
    PyBuffer_Release(&view);
    if (failed)
        return NULL;
    Py_XSETREF(self->array, Py_NewRef(array));
    Py_RETURN_NONE;
}

/* Whoever asks for the memory gets that of NumPy's array. */
static int lazy_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    PyObject *array = numpy_of(object);
    int failed = array == NULL ? -1 : PyObject_GetBuffer(array, view, flags);
    if (array == NULL)
        view->obj = NULL;
    Py_XDECREF(array);
    return failed;
}

/* ---- a step of an optimiser */

static int read_values(Recording *self, PyObject *sequence)
{
    for (Py_ssize_t i = 0; i < self->size; i++) {
        Value *v = as_value(PySequence_Fast_GET_ITEM(sequence, i), i);
        if (v == NULL)
            return -1;
        self->numbers[i] = v->data;
        self->numbers[self->size + i] = v->grad;
    }
    return 0;
}

static Recording *new_recording(PyObject *values, Py_ssize_t states)
{
    PyObject *sequence = PySequence_Fast(values, "a list or tuple of Values is needed");
    Recording *self = sequence ? (Recording *)recording_type->tp_alloc(recording_type, 0) : NULL;
    if (self != NULL) {
        self->size = PySequence_Fast_GET_SIZE(sequence);
        self->numbers = PyMem_Malloc(((size_t)self->size * 2 + 1) * sizeof(double));
        self->views = PyMem_Malloc(((size_t)states + 1) * sizeof(Py_buffer));
        int has_room = self->numbers != NULL && self->views != NULL;
        if (!has_room)
            PyErr_NoMemory();
        if (!has_room || read_values(self, sequence) < 0)
            Py_CLEAR(self);
    }
    Py_XDECREF(sequence);
    return self;
}

/* Return what stands for an array of the state; the array itself where it is of another kind. */
static PyObject *lazy_state(Recording *self, PyObject *array, PyTypeObject *type,
                            PyTypeObject *numpys)
{
    Py_buffer *view = &self->views[self->viewed];
    if (!Py_IS_TYPE(array, numpys) || !opened(array, self->size, view))
        return Py_NewRef(array);
    self->viewed++;
    int32_t place = record(self, (Operation){.kind = ARRAY, .array = view->buf});
    return place < 0 ? NULL : new_lazy(type, self, place);
}

/* lazy_arrays(values, states, type, ndarray): data, gradients and states of a step, as this type. */
static PyObject *lazy_arrays(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    if (given != 4 || !PyTuple_Check(args[1]) || !PyType_Check(args[2]) || !PyType_Check(args[3]) ||
        !PyType_IsSubtype((PyTypeObject *)args[2], lazy_type))
        return PyErr_Format(PyExc_TypeError, "Values, a tuple and two types are needed");
    PyObject *states = args[1];
    PyTypeObject *type = (PyTypeObject *)args[2], *numpys = (PyTypeObject *)args[3];
    Py_ssize_t count = PyTuple_GET_SIZE(states);
    Recording *self = new_recording(args[0], count);
    PyObject *made = self ? PyTuple_New(count) : NULL, *both[2] = {NULL, NULL};
    int failed = made == NULL;
    for (int32_t k = 0; !failed && k < 2; k++) {
        const double *array = self->numbers + k * self->size;
        failed = record(self, (Operation){.kind = ARRAY, .array = array}) < 0 ||
                 (both[k] = new_lazy(type, self, k)) == NULL;
    }
    for (Py_ssize_t k = 0; !failed && k < count; k++) {
        PyObject *state = lazy_state(self, PyTuple_GET_ITEM(states, k), type, numpys);
        failed = state == NULL;
        if (!failed)
            PyTuple_SET_ITEM(made, k, state);
    }
    PyObject *all = failed ? NULL : PyTuple_Pack(3, both[0], both[1], made);
    Py_XDECREF(both[0]);
    Py_XDECREF(both[1]);
    Py_XDECREF(made);
    Py_XDECREF(self);
    return all;
}

/* Return a state as an array: as it was given, new, or whatever else the rule has returned. Where it is
   new, its numbers are to be computed: `view` is open then. */
static PyObject *state_of(const Recording *self, PyObject *state, PyObject *empty, Py_buffer *view)
{
    view->obj = NULL;
    if (!waits(state) || ((Lazy *)state)->recording != self)
        return numpy_of(state);
    int32_t place = ((Lazy *)state)->place;
    if (place >= 2 && place < 2 + self->viewed)
        return Py_NewRef(self->views[place - 2].obj);
    PyObject *array = PyObject_CallFunction(empty, "n", self->size);
    if (array != NULL && !opened(array, self->size, view)) {
        PyErr_Format(PyExc_TypeError, "an array of float64 is needed, got %R", array);
        Py_CLEAR(array);
    }
    return array;
}

/* Fill a tuple with the states, compute what of them is new, and the Values' data. */
static int store_all(const Recording *self, PyObject *values, int32_t p, PyObject *states,
                     PyObject *made, PyObject *empty, Wanted *wanted, Py_buffer *views)
{
    Py_ssize_t many = 1;
    wanted[0] = (Wanted){.place = p};
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(made); k++) {
        PyObject *state = PyTuple_GET_ITEM(states, k);
        PyObject *array = state_of(self, state, empty, &views[k]);
        if (array == NULL)
            return -1;
        PyTuple_SET_ITEM(made, k, array);
        if (views[k].obj != NULL)
            wanted[many++] = (Wanted){((Lazy *)state)->place, views[k].buf};
    }
    /* Last, because whatever ran until now may have changed the list. */
    PyObject *sequence = PySequence_Fast(values, "a list or tuple of Values is needed");
    Py_ssize_t size = sequence ? PySequence_Fast_GET_SIZE(sequence) : 0;
    if (sequence != NULL && size != self->size)
        PyErr_Format(PyExc_ValueError, "%zd values need an array of as many, got %zd", size,
                     self->size);
    int failed = sequence == NULL || size != self->size || run(self, wanted, many, sequence) < 0;
    Py_XDECREF(sequence);
    return failed ? -1 : 0;
}

/* store_lazy(values, p, states, empty): set the data from an array that waits; return the states. */
static PyObject *store_lazy(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    if (given != 4 || !waits(args[1]))
        return PyErr_Format(PyExc_TypeError, "Values, an array that waits and states are needed");
    const Lazy *p = (Lazy *)args[1];
    PyObject *states = PySequence_Tuple(args[2]);
    Py_ssize_t count = states ? PyTuple_GET_SIZE(states) : 0;
    PyObject *made = states ? PyTuple_New(count) : NULL;
    Wanted *wanted = made ? PyMem_Malloc(((size_t)count + 1) * sizeof(Wanted)) : NULL;
    Py_buffer *views = wanted ? PyMem_Calloc((size_t)count + 1, sizeof(Py_buffer)) : NULL;
    int failed = views == NULL;
    if (made != NULL && failed)
        PyErr_NoMemory();
    if (!failed)
        failed = store_all(p->recording, args[0], p->place, states, made, args[3], wanted, views) < 0;
    for (Py_ssize_t k = 0; views != NULL && k < count; k++)
        PyBuffer_Release(&views[k]);
    PyMem_Free(wanted);
    PyMem_Free(views);
    Py_XDECREF(states);
    if (failed)
        Py_CLEAR(made);
    return made;
}

/* ---- types */

static void recording_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Recording *self = (Recording *)object;
    for (int32_t k = 0; k < self->viewed; k++)
        PyBuffer_Release(&self->views[k]);
    PyMem_Free(self->operations);
    PyMem_Free(self->numbers);
    PyMem_Free(self->views);
    Py_XDECREF(self->quiet);
    type->tp_free(object);
    Py_DECREF(type);
}

static void lazy_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(((Lazy *)object)->recording);
    Py_XDECREF(((Lazy *)object)->array);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef recording_members[] = {
    {"size", T_PYSSIZET, offsetof(Recording, size), READONLY, NULL},
    {"quiet", T_OBJECT, offsetof(Recording, quiet), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMemberDef lazy_members[] = {
    {"_recording", T_OBJECT, offsetof(Lazy, recording), READONLY, NULL},
    {"_array", T_OBJECT, offsetof(Lazy, array), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef lazy_methods[] = {
    {"_become", lazy_become, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot recording_slots[] = {
    {Py_tp_dealloc, recording_dealloc},
    {Py_tp_members, recording_members},
    {0, NULL},
};

static PyType_Slot lazy_slots[] = {
    {Py_tp_dealloc, lazy_dealloc},
    {Py_tp_members, lazy_members},
    {Py_tp_methods, lazy_methods},
    {Py_bf_getbuffer, lazy_getbuffer},
    {Py_nb_add, lazy_add},
    {Py_nb_subtract, lazy_subtract},
    {Py_nb_multiply, lazy_multiply},
    {Py_nb_true_divide, lazy_divide},
    {Py_nb_inplace_add, lazy_inplace_add},
    {Py_nb_inplace_subtract, lazy_inplace_subtract},
    {Py_nb_inplace_multiply, lazy_inplace_multiply},
    {Py_nb_inplace_true_divide, lazy_inplace_divide},
    {Py_nb_negative, lazy_negative},
    {Py_nb_power, lazy_power},
    {0, NULL},
};

static PyType_Spec recording_spec = {
    .name = "micrograd._native.value.Recording",
    .basicsize = sizeof(Recording),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = recording_slots,
};

static PyType_Spec lazy_spec = {
    .name = "micrograd._native.value.Lazy",
    .basicsize = sizeof(Lazy),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = lazy_slots,
};

PyMethodDef lazy_functions[] = {
    {"lazy_arrays", (PyCFunction)(void (*)(void))lazy_arrays, METH_FASTCALL, NULL},
    {"store_lazy", (PyCFunction)(void (*)(void))store_lazy, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

int lazy_ready(PyObject *module)
{
    if (lazy_type == NULL) {
        recording_type = (PyTypeObject *)PyType_FromSpec(&recording_spec);
        lazy_type = recording_type ? (PyTypeObject *)PyType_FromSpec(&lazy_spec) : NULL;
    }
    return lazy_type == NULL ? -1 : PyModule_AddObjectRef(module, "Lazy", (PyObject *)lazy_type);
}
