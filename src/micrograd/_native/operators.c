/* The operators and elementary functions of a Value. The composed ones make the same nodes in
   the same order as engine.py: a - b is a + b * -1, and a / b is a * b ** -1. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

#include <math.h>

static PyObject *refused(int got)
{
    return got < 0 ? NULL : Py_NewRef(Py_NotImplemented);
}

/* The usual case of value_binary, about which there is nothing to ask. */
static inline PyObject *node(int op, double data, Value *x, Value *y)
{
    if (UNLIKELY(observers || (x->flags | y->flags) & (TRACKED | NUMBER)))
        return (PyObject *)value_binary(op, data, x, y);
    Value *v = value_alloc(0);
    if (UNLIKELY(v == NULL)) {
        Py_DECREF(x);
        Py_DECREF(y);
        return NULL;
    }
    return (PyObject *)value_filled(v, op, data, x, y);
}

/* Either operand may be the Value: C has one function for `x + y` and for its reflection. */
static inline PyObject *infix(int op, PyObject *a, PyObject *b)
{
    Value *x, *y;
    double data;
    int got = operand(op_cases[op].symbol, a, b, &x);
    if (UNLIKELY(got <= 0))
        return refused(got);
    got = operand(op_cases[op].symbol, b, a, &y);
    if (UNLIKELY(got <= 0)) {
        Py_DECREF(x);
        return refused(got);
    }
    if (op == OP_ADD)
        data = x->data + y->data;
    else if (op == OP_MUL)
        data = x->data * y->data;
    else
        data = op_value(op, (double[]){x->data, y->data}, 2, 0.0);
    return node(op, data, x, y);
}

static PyObject *value_add(PyObject *a, PyObject *b)
{
    return infix(OP_ADD, a, b);
}

static PyObject *value_multiply(PyObject *a, PyObject *b)
{
    return infix(OP_MUL, a, b);
}

static Value *negated(Value *x)
{
    Value *minus = value_like(x, -1.0);
    return minus ? value_binary(OP_MUL, -x->data, (Value *)Py_NewRef(x), minus) : NULL;
}

/* products(xs, ys): x * y of each pair of two lists. What a product calls may change the lists. */
PyObject *value_products(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    PyObject *xs, *ys;
    if (count != 2 || !PyList_Check(xs = args[0]) || !PyList_Check(ys = args[1])) {
        PyErr_SetString(PyExc_TypeError, "products expects two lists");
        return NULL;
    }
    PyObject *list = PyList_New(PyList_GET_SIZE(xs));
    for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
        if (i >= PyList_GET_SIZE(xs) || PyList_GET_SIZE(xs) != PyList_GET_SIZE(ys)) {
            PyErr_SetString(PyExc_ValueError, "products expects lists of one length");
            Py_CLEAR(list);
            break;
        }
        PyObject *x = Py_NewRef(PyList_GET_ITEM(xs, i)), *y = Py_NewRef(PyList_GET_ITEM(ys, i));
        int plain = Py_IS_TYPE(x, value_type) && Py_IS_TYPE(y, value_type);
        PyObject *product = plain ? infix(OP_MUL, x, y) : PyNumber_Multiply(x, y);
        Py_DECREF(x);
        Py_DECREF(y);
        if (product == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, product);
    }
    return list;
}

static PyObject *value_negative(PyObject *self)
{
    return (PyObject *)negated((Value *)self);
}

/* a - b is a + b * -1, in which a number is negated at once. */
static PyObject *value_subtract(PyObject *a, PyObject *b)
{
    double number;
    int reflected = !is_value(a), got = 1;
    if (reflected || !is_value(b))
        got = to_operand("-", reflected ? a : b, &number);
    if (got <= 0)
        return refused(got);
    Value *y = is_value(b) ? negated((Value *)b) : value_like((Value *)a, -number);
    Value *x = y == NULL ? NULL : reflected ? value_like((Value *)b, number) : (Value *)Py_NewRef(a);
    if (x == NULL) {
        Py_XDECREF(y);
        return NULL;
    }
    return node(OP_ADD, x->data + y->data, x, y);
}

/* a / b is a * b ** -1, in which a number is inverted at once. */
static PyObject *value_divide(PyObject *a, PyObject *b)
{
    double number;
    int reflected = !is_value(a), got = 1;
    if (reflected || !is_value(b))
        got = to_operand("/", reflected ? a : b, &number);
    if (got <= 0)
        return refused(got);
    Value *y = is_value(b) ? value_power((Value *)Py_NewRef(b), -1.0, 1)
                           : value_like((Value *)a, op_value(OP_POWC, &number, 1, -1.0));
    Value *x = y == NULL ? NULL : reflected ? value_like((Value *)b, number) : (Value *)Py_NewRef(a);
    if (x == NULL) {
        Py_XDECREF(y);
        return NULL;
    }
    return node(OP_MUL, x->data * y->data, x, y);
}

/* A constant exponent is an op of its own, which reads **2 for an int and **2.0 for a float. */
static PyObject *constant_power(Value *x, PyObject *exponent)
{
    double number;
    int got = to_operand("**", exponent, &number);
    int integral = PyLong_Check(exponent);
    if (got > 0 && !integral && !PyFloat_CheckExact(exponent))
        integral = PyObject_IsInstance(exponent, shared.integral);
    if (got <= 0 || integral < 0)
        return refused(integral < 0 ? -1 : got);
    if (!integral || fabs(number) < 9007199254740992.0) /* 2^53: the int is exact as a double */
        return (PyObject *)value_power((Value *)Py_NewRef((PyObject *)x), number, integral);
    PyObject *n = PyNumber_Index(exponent), *op = n ? PyObject_CallOneArg(shared.power, n) : NULL;
    PyObject *out = op ? value_apply(NULL, (PyObject *[]){op, (PyObject *)x}, 2) : NULL;
    Py_XDECREF(n);
    Py_XDECREF(op);
    return out;
}

static PyObject *value_pow(PyObject *a, PyObject *b, PyObject *modulus)
{
    if (modulus != Py_None)
        Py_RETURN_NOTIMPLEMENTED;
    return is_value(a) && !is_value(b) ? constant_power((Value *)a, b) : infix(OP_POW, a, b);
}

static PyObject *value_absolute(PyObject *self)
{
    return (PyObject *)value_unary(OP_ABS, (Value *)Py_NewRef(self));
}

/* Comparisons are of the data; equality and hash are identity, so that sets hold Values. */
static PyObject *value_compare(PyObject *self, PyObject *other, int which)
{
    static const int cases[] = {[Py_LT] = OP_LT, [Py_LE] = OP_LE, [Py_GT] = OP_GT, [Py_GE] = OP_GE};
    if (which == Py_EQ || which == Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    const OpCase *op = &op_cases[cases[which]];
    PyObject *answer;
    Value *y;
    int got = operand(op->symbol, other, self, &y);
    if (got <= 0)
        return refused(got);
    if (observed() && mode.tracer != NULL) {
        answer = PyObject_CallMethod(mode.tracer, "compare", "OOO", op->op, self, y);
    }
    else {
        double x[] = {((Value *)self)->data, y->data};
        answer = PyBool_FromLong(op_value(cases[which], x, 2, 0.0) != 0);
    }
    Py_DECREF(y);
    return answer;
}

static Py_hash_t value_hash(PyObject *self)
{
    uintptr_t address = (uintptr_t)self; /* the low bits of an address are all alike */
    Py_hash_t hash = (Py_hash_t)(address >> 4 | address << (8 * sizeof(address) - 4));
    return hash == -1 ? -2 : hash;
}

PyType_Slot value_operators[] = {
    {Py_nb_add, value_add},
    {Py_nb_subtract, value_subtract},
    {Py_nb_multiply, value_multiply},
    {Py_nb_true_divide, value_divide},
    {Py_nb_power, value_pow},
    {Py_nb_negative, value_negative},
    {Py_nb_absolute, value_absolute},
    {Py_tp_richcompare, value_compare},
    {Py_tp_hash, value_hash},
    {0, NULL},
};

#define UNARY(name, case)                                                   \
    static PyObject *value_##name(PyObject *self, PyObject *unused)         \
    {                                                                       \
        return (PyObject *)value_unary(OP_##case, (Value *)Py_NewRef(self)); \
    }
UNARY(relu, RELU)
UNARY(tanh, TANH)
UNARY(sigmoid, SIGMOID)
UNARY(softplus, SOFTPLUS)
UNARY(exp, EXP)
UNARY(expm1, EXPM1)
UNARY(log, LOG)
UNARY(log1p, LOG1P)
UNARY(sqrt, SQRT)
UNARY(sin, SIN)
UNARY(cos, COS)
UNARY(erf, ERF)
UNARY(abs, ABS)

static PyObject *value_detach(PyObject *self, PyObject *unused)
{
    if (observed() && mode.tracer != NULL)
        return (PyObject *)value_unary(OP_DETACH, (Value *)Py_NewRef(self));
    return (PyObject *)value_like((Value *)self, ((Value *)self)->data);
}

#define METHOD(name)                                        \
    {                                                       \
        #name, value_##name, METH_NOARGS,                   \
            #name "($self, /)\n--\n\nReturn " #name " of this value." \
    }
PyMethodDef value_functions[] = {
    METHOD(relu),
    METHOD(tanh),
    METHOD(sigmoid),
    METHOD(softplus),
    METHOD(exp),
    METHOD(expm1),
    METHOD(log),
    METHOD(log1p),
    METHOD(sqrt),
    METHOD(sin),
    METHOD(cos),
    METHOD(erf),
    METHOD(abs),
    {"detach", value_detach, METH_NOARGS,
     "detach($self, /)\n--\n\n"
     "Return the same number as a constant: no gradient passes through it."},
    {NULL, NULL, 0, NULL},
};
