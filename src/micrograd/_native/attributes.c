/* The attributes of a Value: engine.py and handmade.py say what each of them means. */
#include "value.h"

static PyObject *get_data(PyObject *self, void *unused)
{
    if (observed() && mode.tracer != NULL)
        return PyObject_CallMethod(mode.tracer, "reading", "O", self);
    return PyFloat_FromDouble(((Value *)self)->data);
}

static PyObject *get_grad(PyObject *self, void *unused)
{
    if (observed() && mode.tracer != NULL)
        return PyObject_CallMethod(mode.tracer, "reading_grad", "O", self);
    return PyFloat_FromDouble(((Value *)self)->grad);
}

static PyObject *get_raw_grad(PyObject *self, void *unused)
{
    return PyFloat_FromDouble(((Value *)self)->grad);
}

static PyObject *get_raw_data(PyObject *self, void *unused)
{
    return PyFloat_FromDouble(((Value *)self)->data);
}

static int cannot_delete(const char *name)
{
    PyErr_Format(PyExc_AttributeError, "a Value's %s cannot be deleted", name);
    return -1;
}

static int set_raw_data(PyObject *self, PyObject *x, void *unused)
{
    return x ? to_number(x, "data expects", &((Value *)self)->data) : cannot_delete("data");
}

static int set_raw_grad(PyObject *self, PyObject *x, void *unused)
{
    return x ? to_number(x, "grad expects", &((Value *)self)->grad) : cannot_delete("grad");
}

/* While a trace runs it is told what is assigned, which may be one of its numbers. */
static int assign(PyObject *self, const char *name, PyObject *x, double *to)
{
    PyObject *number = PyObject_CallMethod(mode.tracer, "assigning", "OsO", self, name, x);
    if (number == NULL)
        return -1;
    *to = PyFloat_AsDouble(number);
    Py_DECREF(number);
    return *to == -1.0 && PyErr_Occurred() ? -1 : 0;
}

static int set_data(PyObject *self, PyObject *x, void *unused)
{
    if (x != NULL && observed() && mode.tracer != NULL)
        return assign(self, "data", x, &((Value *)self)->data);
    return set_raw_data(self, x, NULL);
}

static int set_grad(PyObject *self, PyObject *x, void *unused)
{
    if (x == Py_None) { /* as people coming from PyTorch write */
        PyObject *zero = PyFloat_FromDouble(0.0);
        int done = zero ? set_grad(self, zero, NULL) : -1;
        Py_XDECREF(zero);
        return done;
    }
    if (x == NULL)
        return cannot_delete("grad");
    if (observed() && mode.tracer != NULL)
        return assign(self, "grad", x, &((Value *)self)->grad);
    return set_raw_grad(self, x, NULL);
}

static PyObject *get_label(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    PyObject *label = v->flags & HAS_EXTRA ? v->extra->label : NULL;
    return label ? Py_NewRef(label) : PyUnicode_New(0, 0);
}

static int put_label(PyObject *self, PyObject *label, void *unused)
{
    return label ? value_set_label((Value *)self, label) : cannot_delete("label");
}

static PyObject *get_parents(PyObject *self, void *unused)
{
    PyObject *tuple = PyTuple_New(count_of((Value *)self));
    if (tuple == NULL)
        return NULL;
    Value **parents = parents_of((Value *)self);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef((PyObject *)parents[i]));
    return tuple;
}

static PyObject *get_op(PyObject *self, void *unused)
{
    return value_get_op((Value *)self);
}

static PyObject *get_closure(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    return Py_NewRef(v->flags & HAS_EXTRA && v->extra->closure ? v->extra->closure : Py_None);
}

/* Set a function, or a tuple of floats, or None. */
static int set_closure(PyObject *self, PyObject *closure, void *unused)
{
    Value *v = (Value *)self;
    int slopes = closure != NULL && PyTuple_CheckExact(closure);
    if (closure == NULL)
        return cannot_delete("_closure");
    for (Py_ssize_t i = 0; slopes && i < PyTuple_GET_SIZE(closure); i++)
        slopes = PyFloat_CheckExact(PyTuple_GET_ITEM(closure, i));
    if (closure != Py_None && !slopes && !PyCallable_Check(closure)) {
        PyErr_Format(PyExc_TypeError, "_closure is a function or a tuple of floats, got %R",
                     closure);
        return -1;
    }
    if (closure == Py_None && !(v->flags & HAS_EXTRA))
        return 0;
    Extra *extra = value_extra(v);
    if (extra == NULL)
        return -1;
    if (closure != Py_None && !slopes)
        value_track(v); /* the function most often refers to this value */
    Py_XSETREF(extra->closure, closure == Py_None ? NULL : Py_NewRef(closure));
    return 0;
}

static PyObject *get_backward(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    PyObject *closure = v->flags & HAS_EXTRA ? v->extra->closure : NULL;
    if (is_share(closure) || is_share_of_python(closure)) /* which do not refer to this value */
        return PyMethod_New(closure, self);
    if (closure != NULL && slopes_of(v) == NULL)
        return Py_NewRef(closure);
    return PyObject_GetAttrString(self, "_pass_on");
}

static int set_backward(PyObject *self, PyObject *function, void *unused)
{
    if (function == NULL)
        return cannot_delete("_backward");
    if (!PyCallable_Check(function)) {
        PyErr_Format(PyExc_TypeError, "_backward expects a function of no arguments, got %R",
                     function);
        return -1;
    }
    return set_closure(self, function, NULL);
}

/* Attributes of people's own are in a dict behind Extra, so that nodes without one are as small as
   ever. A subclass whose instances have a dict keeps them there, as any class does. Until the first
   value has one of its own, Value looks attributes up as any class without a dict, which the
   interpreter knows how to make fast; see value_type_ready. */
static PyObject *attributes_of(PyObject *self)
{
    Value *v = (Value *)self;
    return v->flags & HAS_EXTRA ? v->extra->attributes : NULL;
}

/* Return the dict, made where there was none; from now on it may hold a cycle through this node. */
static PyObject *made_attributes(PyObject *self, int may_cycle)
{
    Extra *extra = value_extra((Value *)self);
    if (extra == NULL || (extra->attributes == NULL && (extra->attributes = PyDict_New()) == NULL))
        return NULL;
    if (value_type->tp_getattro == PyObject_GenericGetAttr) {
        value_type->tp_getattro = value_getattro;
        PyType_Modified(value_type);
    }
    if (may_cycle)
        value_track((Value *)self);
    return extra->attributes;
}

static PyObject *get_dict(PyObject *self, void *unused)
{
    return Py_XNewRef(made_attributes(self, 1));
}

/* The same for who only looks: a copy of it, or None. */
static PyObject *get_attributes(PyObject *self, void *unused)
{
    PyObject *own = attributes_of(self);
    if (Py_TYPE(self)->tp_dictoffset != 0)
        return PyObject_GetAttrString(self, "__dict__");
    return own != NULL ? PyDict_Copy(own) : Py_NewRef(Py_None);
}

static int has_setter(PyObject *descriptor)
{
    return descriptor != NULL && Py_TYPE(descriptor)->tp_descr_set != NULL;
}

PyObject *value_getattro(PyObject *self, PyObject *name)
{
    PyObject *own = attributes_of(self);
    if (UNLIKELY(own != NULL) && !has_setter(_PyType_Lookup(Py_TYPE(self), name))) {
        PyObject *x = PyDict_GetItemWithError(own, name);
        if (x != NULL || PyErr_Occurred())
            return Py_XNewRef(x);
    }
    return PyObject_GenericGetAttr(self, name);
}

int value_setattro(PyObject *self, PyObject *name, PyObject *x)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *own = attributes_of(self), *descriptor = _PyType_Lookup(type, name);
    if (has_setter(descriptor)) {
        Py_INCREF(descriptor);
        int done = Py_TYPE(descriptor)->tp_descr_set(descriptor, self, x);
        Py_DECREF(descriptor);
        return done;
    }
    if (type->tp_dictoffset != 0)
        return PyObject_GenericSetAttr(self, name, x);
    if (x == NULL) {
        int there = own ? PyDict_Contains(own, name) : 0;
        return there > 0 ? PyDict_DelItem(own, name) : PyObject_GenericSetAttr(self, name, x);
    }
    own = made_attributes(self, PyType_IS_GC(Py_TYPE(x)));
    return own != NULL ? PyDict_SetItem(own, name, x) : -1;
}

PyGetSetDef value_attributes[] = {
    {"data", get_data, set_data,
     "The number. Setting it does not recompute what was computed from it.", NULL},
    {"grad", get_grad, set_grad,
     "The derivative, with respect to this value, of the one ``backward`` was called on.", NULL},
    {"_data", get_raw_data, set_raw_data, NULL, NULL},
    {"_grad", get_raw_grad, set_raw_grad, NULL, NULL},
    {"label", get_label, put_label, "A name, for pictures and explanations.", NULL},
    {"parents", get_parents, NULL, "What it was computed from: ordered, with duplicates.", NULL},
    {"op", get_op, NULL, "The Op that made it, or None.", NULL},
    {"_closure", get_closure, set_closure,
     "The function assigned to _backward, or the local gradients, or None.", NULL},
    {"_backward", get_backward, set_backward,
     "Add this value's share to its parents' gradients; assign a function to do it your way.",
     NULL},
    {"_attributes", get_attributes, NULL, "Attributes that people set: a dict, or None.", NULL},
    {"__dict__", get_dict, NULL, "Attributes that people set.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
