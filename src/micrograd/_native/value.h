/* One number of the graph, as the compiled engine stores it, in 64 bytes: data, gradient, two
   parents and the op lie inline; what few nodes have lies behind one pointer, in the parents'
   place. */
#ifndef MICROGRAD_VALUE_H
#define MICROGRAD_VALUE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#ifdef Py_GIL_DISABLED
#error "the engine in C relies on the global interpreter lock: without it, compute in Python"
#endif

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

typedef struct Value Value;

typedef struct {
    PyObject *label;   /* NULL: the empty string */
    PyObject *closure; /* a hand-set _backward, or a tuple of local gradients, or NULL */
    PyObject *op;      /* the Op of OP_HANDMADE and OP_FOREIGN, else NULL */
    PyObject *attributes; /* a dict of those that people set, or NULL */
    double exponent;   /* of OP_POWC */
    Py_ssize_t count;
    Value *parents[];
} Extra;

enum { /* Value.flags */
    HAS_EXTRA = 1,
    HAS_HEADER = 2, /* of the garbage collector, in 16 bytes before the node; see memory.c */
    TRACKED = 4,    /* known to it, as all made from this node will be */
    INTEGRAL = 8,   /* the exponent was an int: the op reads **2, not **2.0 */
    NUMBER = 16,    /* a plain number to its user: of the subclass in number.py */
};

struct Value {
    PyObject_HEAD
    double data;
    union {
        double grad;
        Value *next; /* of a dead node: in the queue to be freed, or among its slab's free ones */
    };
    union {
        Value *parents[2];
        struct {
            Value *base;
            double exponent; /* of OP_POWC */
        };
        Extra *extra; /* when HAS_EXTRA */
    };
    PyObject *weakrefs;
    uint8_t op;    /* a case of ops.h */
    uint8_t count; /* of inline parents: 0, 1 or 2 */
    uint8_t flags;
    uint8_t visited; /* set only while toposort runs */
    uint16_t place;  /* in its slab; see slabs.h */
};

static inline Value **parents_of(Value *v)
{
    return UNLIKELY(v->flags & HAS_EXTRA) ? v->extra->parents : v->parents;
}

static inline Py_ssize_t count_of(const Value *v)
{
    return UNLIKELY(v->flags & HAS_EXTRA) ? v->extra->count : v->count;
}

/* The local gradients of a value made by hand, or NULL. */
static inline PyObject *slopes_of(const Value *v)
{
    PyObject *closure = v->flags & HAS_EXTRA ? v->extra->closure : NULL;
    return closure != NULL && PyTuple_CheckExact(closure) ? closure : NULL;
}

static inline double exponent_of(const Value *v)
{
    return UNLIKELY(v->flags & HAS_EXTRA) ? v->extra->exponent : v->exponent;
}

extern PyTypeObject *value_type, *number_type; /* number.py gives the latter */

static inline int is_value(PyObject *o)
{
    if (LIKELY(Py_IS_TYPE(o, value_type)))
        return 1;
    return !PyFloat_CheckExact(o) && !PyLong_CheckExact(o) &&
           PyType_IsSubtype(Py_TYPE(o), value_type);
}

/* What stands at i of a list of Values; NULL with an error set where it is none. */
static inline Value *as_value(PyObject *item, Py_ssize_t i)
{
    if (LIKELY(is_value(item)))
        return (Value *)item;
    PyErr_Format(PyExc_TypeError, "Values are needed, got %R at %zd", item, i);
    return NULL;
}

/* memory.c */
Value *value_alloc_slow(int tracked);
Value *value_alloc_with_header(void);
Value *number_alloc(int tracked);
void value_track(Value *v);
int value_is_gc(PyObject *self);
void value_free(void *v);
Extra *value_extra(Value *v);
int value_rewire(Value *v, PyObject *op, Value *const *parents, Py_ssize_t count);
int value_set_parents(Value *v, Value *const *parents, Py_ssize_t count);
void value_drop(Value *v);
void value_dealloc(PyObject *self);
int value_traverse(PyObject *self, visitproc visit, void *arg);
int value_clear(PyObject *self);

/* graph.c */
PyObject *value_toposort(PyObject *module, PyObject *root);
PyObject *value_extent(PyObject *module, PyObject *args);
PyObject *value_backward(PyObject *self, PyObject *unused);
PyObject *value_slopes_by(PyObject *module, PyObject *args);
PyObject *value_pass_on(PyObject *self, PyObject *unused);
PyObject *value_partials(PyObject *self, PyObject *unused);

/* attributes.c */
PyObject *value_getattro(PyObject *self, PyObject *name);
int value_setattro(PyObject *self, PyObject *name, PyObject *x);
extern PyGetSetDef value_attributes[];

/* value.c, operators.c */
int value_set_label(Value *v, PyObject *label);
int value_type_ready(void);
PyObject *value_products(PyObject *module, PyObject *const *args, Py_ssize_t count);
extern PyType_Slot value_operators[];
extern PyMethodDef value_functions[];

/* buffers.c */
extern PyMethodDef buffer_functions[];

/* columns.c */
int columns_ready(PyObject *module);
PyObject *columns_numbered(PyObject *module, PyObject *args);
extern PyMethodDef column_functions[];

/* rows.c */
extern PyMethodDef row_functions[];

/* copies.c */
extern PyMethodDef copy_functions[];

/* call.c, direct.c, mapped.c */
int direct_call_ready(void);
int mapped_call_ready(void);
int quick_call_ready(PyObject *module);
extern PyMethodDef call_functions[], direct_functions[], mapped_functions[];

/* outputs.c: what a value that came out of a compiled call has as its closure. A share is called with
   the value: it gives the values that the call read their part of its gradient. */
extern PyTypeObject *share_type;
int share_pass_on(PyObject *share, Value *out);
int outputs_ready(void);
extern PyMethodDef output_functions[];

static inline int is_share(PyObject *closure)
{
    return closure != NULL && Py_IS_TYPE(closure, share_type);
}

/* tape.c */
int tape_ready(void);
extern PyMethodDef tape_functions[];

/* lazy.c */
int lazy_ready(PyObject *module);
extern PyMethodDef lazy_functions[];

/* steps.c */
extern PyMethodDef steps_functions[];

/* apply.c: making nodes. Those that take Value pointers steal the references. */
Value *value_leaf(double data);
Value *value_like(const Value *x, double data);
Value *value_unary(int op, Value *x);
Value *value_binary(int op, double data, Value *x, Value *y);
Value *value_power(Value *x, double exponent, int integral);
int lifted(const char *symbol, PyObject *o, const Value *beside, Value **out);
Value *observe(Value *v);
int to_number(PyObject *o, const char *expects, double *number);
int to_operand(const char *symbol, PyObject *o, double *number);
PyObject *value_apply(PyObject *module, PyObject *const *args, Py_ssize_t count);
int value_set_op(Value *v, PyObject *op);
int value_keep_op(Value *v, int op, PyObject *object);
PyObject *value_get_op(Value *v);

/* The Python functions that the slow paths share with the readable engine; see connect in
   module.c. */
typedef struct {
    PyObject *power, *origin, *text, *named, *operand, *number, *integral, *observe, *checked,
        *share;
} Shared;
extern Shared shared;

/* Tell whether a closure is the same of a call that Python has done: see CallShare in handmade.py. */
static inline int is_share_of_python(PyObject *closure)
{
    return closure != NULL && Py_IS_TYPE(closure, (PyTypeObject *)shared.share);
}

/* What this thread does besides computing, as modes.py says. `observers` counts the threads of
   which anything is asked, so that an ordinary run pays for one test of a global. */
typedef struct {
    int on, grad, anomaly;
    PyObject *tracer, *tape;
} Mode;
extern _Thread_local Mode mode;
extern int observers;

/* Lists of Python's floats, as an optimiser written by hand keeps them. Store those of a list; tell
   whether all of its items are floats. */
static inline int take_floats(PyObject *list, double *to)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        if (!PyFloat_CheckExact(PyList_GET_ITEM(list, i)))
            return 0;
        to[i] = PyFloat_AS_DOUBLE(PyList_GET_ITEM(list, i));
    }
    return 1;
}

/* Let a list hold a float. One that the list alone refers to is never seen again: it becomes this. */
static inline int put_float(PyObject *list, Py_ssize_t i, double x)
{
    PyObject *item = PyList_GET_ITEM(list, i);
    if (PyFloat_CheckExact(item) && Py_REFCNT(item) == 1) {
        ((PyFloatObject *)item)->ob_fval = x;
        return 0;
    }
    PyObject *made = PyFloat_FromDouble(x);
    return made == NULL ? -1 : PyList_SetItem(list, i, made);
}

static inline int observed(void)
{
    return UNLIKELY(observers) && mode.on;
}

/* Return a node just computed, or what the thread's mode makes of it. */
static inline Value *finish(Value *v)
{
    return observed() ? observe(v) : v;
}

/* Make an operand a Value like the one beside it. Return 1, or 0 for an array, which has operators of
   its own, or -1. */
static inline int operand(const char *symbol, PyObject *o, PyObject *beside, Value **out)
{
    if (!is_value(o))
        return lifted(symbol, o, (const Value *)beside, out);
    *out = (Value *)Py_NewRef(o);
    return 1;
}

#endif
