/* Making nodes: from numbers, from an op and its parents, and under whatever mode the thread is
   in. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

#include <math.h>

Shared shared;
_Thread_local Mode mode = {.grad = 1};
int observers;

/* Convert a float or an int, which needs no Python function; false where it is none, or too
   large. */
static int plain_number(PyObject *o, double *number)
{
    if (!PyLong_Check(o)) {
        if (!PyFloat_Check(o))
            return 0;
        *number = PyFloat_AS_DOUBLE(o);
        return 1;
    }
    *number = PyLong_AsDouble(o);
    if (*number != -1.0 || !PyErr_Occurred())
        return 1;
    PyErr_Clear();
    return 0;
}

/* Convert what is to be a number; the readable engine's own function raises the errors. */
int to_number(PyObject *o, const char *expects, double *number)
{
    if (plain_number(o, number))
        return 0;
    PyObject *x = PyObject_CallFunction(shared.number, "Os", o, expects);
    if (x == NULL)
        return -1;
    *number = PyFloat_AsDouble(x);
    Py_DECREF(x);
    return *number == -1.0 && PyErr_Occurred() ? -1 : 0;
}

/* Convert the other side of an operator. Return 1, or 0 for an array, which goes through its
   elements by operators of its own, or -1. */
int to_operand(const char *symbol, PyObject *o, double *number)
{
    if (plain_number(o, number))
        return 1;
    PyObject *x = PyObject_CallFunction(shared.operand, "sO", symbol, o);
    if (x == NULL)
        return -1;
    int got = x == Py_NotImplemented ? 0 : to_number(x, "Value expects", number) < 0 ? -1 : 1;
    Py_DECREF(x);
    return got;
}

/* Make an operand that is no Value one. Return as to_operand. */
int lifted(const char *symbol, PyObject *o, const Value *beside, Value **out)
{
    double number;
    int got = to_operand(symbol, o, &number);
    if (got <= 0)
        return got;
    *out = value_like(beside, number);
    return *out ? 1 : -1;
}

static int on_tape(Value *v)
{
    return mode.tape == NULL ? 0 : PyList_Append(mode.tape, (PyObject *)v);
}

Value *value_leaf(double data)
{
    Value *v = value_alloc(0);
    if (UNLIKELY(v == NULL))
        return NULL;
    v->data = data;
    if (observed() && on_tape(v) < 0)
        Py_CLEAR(v);
    return v;
}

/* A leaf that is a plain number to its user where x is. */
Value *value_like(const Value *x, double data)
{
    if (LIKELY(!(x->flags & NUMBER)))
        return value_leaf(data);
    Value *v = number_alloc(0);
    if (v == NULL)
        return NULL;
    v->data = data;
    if (observed() && on_tape(v) < 0)
        Py_CLEAR(v);
    return v;
}

/* Memory for the result of a node, or of two: a plain number where they are. */
static inline Value *of_one(const Value *x)
{
    return UNLIKELY(x->flags & NUMBER) ? number_alloc(x->flags & TRACKED)
                                       : value_alloc(x->flags & TRACKED);
}

static inline Value *of_two(const Value *x, const Value *y)
{
    int tracked = (x->flags | y->flags) & TRACKED;
    return UNLIKELY(x->flags & y->flags & NUMBER) ? number_alloc(tracked) : value_alloc(tracked);
}

static Value *of_many(Value *const *parents, Py_ssize_t count)
{
    int any = 0, all = NUMBER;
    for (Py_ssize_t i = 0; i < count; i++) {
        any |= parents[i]->flags;
        all &= parents[i]->flags;
    }
    return all && count ? number_alloc(any & TRACKED) : value_alloc(any & TRACKED);
}

/* Do what the thread's mode asks with a value just computed. */
Value *observe(Value *v)
{
    if (mode.anomaly && !isfinite(v->data)) { /* perhaps the first: then this raises */
        PyObject *seen = PyObject_CallOneArg(shared.observe, (PyObject *)v);
        Py_DECREF(v);
        return (Value *)seen;
    }
    if (on_tape(v) < 0) {
        Py_DECREF(v);
        return NULL;
    }
    if (mode.grad)
        return v;
    if (mode.tape != NULL)
        return v->op == OP_DETACH ? v : value_unary(OP_DETACH, v);
    Value *constant = value_like(v, v->data);
    Py_DECREF(v);
    return constant;
}

/* Whether the thread wants numbers alone: then a node would be made to be replaced at once. */
static inline int numbers_only(void)
{
    return observed() && !mode.grad && mode.tape == NULL && !mode.anomaly;
}

Value *value_unary(int op, Value *x)
{
    Value *v = of_one(x);
    if (UNLIKELY(v == NULL)) {
        Py_DECREF(x);
        return NULL;
    }
    v->data = op_value(op, &x->data, 1, 0.0);
    v->op = (uint8_t)op;
    v->count = 1;
    v->parents[0] = x;
    return finish(v);
}

Value *value_power(Value *x, double exponent, int integral)
{
    Value *v = of_one(x);
    if (UNLIKELY(v == NULL)) {
        Py_DECREF(x);
        return NULL;
    }
    v->data = op_value(OP_POWC, &x->data, 1, exponent);
    v->op = OP_POWC;
    v->count = 1;
    v->flags |= integral ? INTEGRAL : 0;
    v->base = x;
    v->exponent = exponent;
    return finish(v);
}

Value *value_binary(int op, double data, Value *x, Value *y)
{
    if (numbers_only()) {
        Value *constant = value_like(x->flags & NUMBER ? y : x, data);
        Py_DECREF(x);
        Py_DECREF(y);
        return constant;
    }
    Value *v = of_two(x, y);
    if (UNLIKELY(v == NULL)) {
        Py_DECREF(x);
        Py_DECREF(y);
        return NULL;
    }
    return finish(value_filled(v, op, data, x, y));
}

/* Which case an Op object is; exponent and integral are set for a constant power. */
static int case_of(PyObject *op, double *exponent, int *integral)
{
    for (int i = OP_LEAF + 1; i < OP_HANDMADE; i++)
        if (op_cases[i].op == op && i != OP_POWC)
            return i;
    PyObject *name = PyObject_GetAttrString(op, "name"), *detail = NULL;
    int found = OP_FOREIGN;
    if (name == NULL)
        return -1;
    if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "powc") == 0) {
        detail = PyObject_GetAttrString(op, "static");
        if (detail != NULL && (PyFloat_Check(detail) || PyLong_Check(detail))) {
            *exponent = PyFloat_AsDouble(detail);
            *integral = PyLong_Check(detail);
            if (fabs(*exponent) < 9007199254740992.0 || !*integral) /* 2^53: exact as a double */
                found = OP_POWC;
        }
    }
    else {
        detail = PyObject_GetAttrString(op, "partials");
        if (detail == Py_None)
            found = OP_HANDMADE;
    }
    Py_DECREF(name);
    if (detail == NULL || PyErr_Occurred())
        found = -1;
    Py_XDECREF(detail);
    return found;
}

/* Keep an Op object that has no case here with the node. */
int value_keep_op(Value *v, int op, PyObject *object)
{
    Extra *extra = value_extra(v);
    if (extra == NULL)
        return -1;
    extra->op = Py_NewRef(object);
    v->op = (uint8_t)op;
    return 0;
}

/* Make a node with parents, but no op yet, the result of an Op object. */
int value_set_op(Value *v, PyObject *op)
{
    double exponent = 0.0;
    int integral = 0;
    int found = op == Py_None ? OP_LEAF : case_of(op, &exponent, &integral);
    if (found < 0)
        return -1;
    if (found == OP_POWC && count_of(v) != 1)
        found = OP_FOREIGN;
    if (found == OP_POWC) {
        *(v->flags & HAS_EXTRA ? &v->extra->exponent : &v->exponent) = exponent;
        v->flags |= integral ? INTEGRAL : 0;
    }
    if (found == OP_HANDMADE || found == OP_FOREIGN)
        return value_keep_op(v, found, op);
    v->op = (uint8_t)found;
    return 0;
}

PyObject *value_get_op(Value *v)
{
    if (v->op == OP_LEAF)
        Py_RETURN_NONE;
    if (v->op == OP_HANDMADE || v->op == OP_FOREIGN)
        return Py_NewRef(v->extra->op);
    if (v->op != OP_POWC)
        return Py_NewRef(op_cases[v->op].op);
    double exponent = exponent_of(v);
    PyObject *n = v->flags & INTEGRAL ? PyLong_FromDouble(exponent) : PyFloat_FromDouble(exponent);
    PyObject *op = n == NULL ? NULL : PyObject_CallOneArg(shared.power, n);
    Py_XDECREF(n);
    return op;
}

/* Compute by the Op's own Python function: what has no case here, and what is to raise. */
static int call_op(PyObject *op, Value **parents, Py_ssize_t count, double *data)
{
    PyObject *fn = PyObject_GetAttrString(op, "fn"), *args = PyTuple_New(count), *result = NULL;
    for (Py_ssize_t i = 0; args != NULL && i < count; i++) {
        PyObject *x = PyFloat_FromDouble(parents[i]->data);
        if (x == NULL)
            Py_CLEAR(args);
        else
            PyTuple_SET_ITEM(args, i, x);
    }
    if (fn != NULL && args != NULL)
        result = PyObject_CallObject(fn, args);
    Py_XDECREF(fn);
    Py_XDECREF(args);
    if (result == NULL)
        return -1;
    *data = PyFloat_AsDouble(result);
    Py_DECREF(result);
    return *data == -1.0 && PyErr_Occurred() ? -1 : 0;
}

static int compute(int op, Value **parents, Py_ssize_t count, double *data)
{
    double few[32], *x = few;
    if (op == OP_SUM) {
        *data = parents[0]->data;
        for (Py_ssize_t i = 1; i < count; i++)
            *data += parents[i]->data;
        return 1;
    }
    if (count > 32 && (x = PyMem_Malloc((size_t)count * sizeof(double))) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        x[i] = parents[i]->data;
    int covered = op != OP_TAKE || op_take_index(x[0], count);
    if (covered)
        *data = op_value(op, x, count, 0.0);
    if (x != few)
        PyMem_Free(x);
    return covered;
}

/* The result of an op of the table or of any Op object; takes over the parents' references. */
static Value *result(int op, PyObject *object, Value **parents, Py_ssize_t count)
{
    double data;
    int done = 0;
    int fits = op > OP_LEAF && op < OP_HANDMADE && op != OP_POWC && count > 0 &&
               (op_cases[op].arity == 0 || op_cases[op].arity == count);
    if (fits)
        done = compute(op, parents, count, &data);
    if (done == 0 && call_op(object, parents, count, &data) == 0)
        done = 1;
    Value *v = done == 1 ? of_many(parents, count) : NULL;
    if (v == NULL) {
        for (Py_ssize_t i = 0; i < count; i++)
            Py_DECREF(parents[i]);
        return NULL;
    }
    v->data = data;
    if (value_set_parents(v, parents, count) < 0)
        Py_CLEAR(v);
    else if (fits)
        v->op = (uint8_t)op;
    else if (value_set_op(v, object) < 0)
        Py_CLEAR(v);
    return v == NULL ? NULL : finish(v);
}

/* One of the Values among arguments that are Numbers, all of them; else NULL. */
static const Value *a_number(PyObject *const *args, Py_ssize_t count)
{
    const Value *seen = NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_value(args[i])) {
            seen = (const Value *)args[i];
            if (LIKELY(!(seen->flags & NUMBER)))
                return NULL;
        }
    return seen;
}

/* Make an argument of an op a Value, a Number beside Numbers. */
static int argument(PyObject *op, PyObject *o, const Value *beside, Value **out)
{
    double number;
    if (LIKELY(is_value(o))) {
        *out = (Value *)Py_NewRef(o);
        return 0;
    }
    if (!plain_number(o, &number)) {
        PyObject *name = PyObject_GetAttrString(op, "name");
        PyObject *expects = name ? PyUnicode_FromFormat("%U expects a Value or", name) : NULL;
        const char *text = expects ? PyUnicode_AsUTF8(expects) : NULL;
        int failed = text == NULL || to_number(o, text, &number) < 0;
        Py_XDECREF(name);
        Py_XDECREF(expects);
        if (failed)
            return -1;
    }
    *out = beside == NULL ? value_leaf(number) : value_like(beside, number);
    return *out ? 0 : -1;
}

/* apply(op, *args): the arguments are Values and numbers. */
PyObject *value_apply(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    Value *few[16], **parents = few, *v = NULL;
    double exponent = 0.0;
    int integral = 0, op;
    Py_ssize_t ready = 0;
    if (count < 1) {
        PyErr_SetString(PyExc_TypeError, "apply expects an op and its arguments");
        return NULL;
    }
    PyObject *object = *args++;
    count--;
    if ((op = case_of(object, &exponent, &integral)) < 0)
        return NULL;
    if (count > 16 && (parents = PyMem_Malloc((size_t)count * sizeof(Value *))) == NULL)
        return PyErr_NoMemory();
    const Value *beside = a_number(args, count);
    while (ready < count && argument(object, args[ready], beside, &parents[ready]) == 0)
        ready++;
    if (ready == count)
        v = result(op, object, parents, count);
    else
        while (ready > 0)
            Py_DECREF(parents[--ready]);
    if (parents != few)
        PyMem_Free(parents);
    return (PyObject *)v;
}
