/* The type `Value`: construction and attributes. engine.py says what each of them means. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

#include <structmember.h>

static PyObject *value_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == value_type)
        return (PyObject *)value_alloc_with_header();
    Value *v = (Value *)type->tp_alloc(type, 0);
    if (v != NULL)
        value_track(v); /* a subclass may have attributes, through which cycles come about */
    return (PyObject *)v;
}

/* Set a node's parents from a tuple of Values; it gets its own references. */
static int take_parents(Value *v, PyObject *tuple)
{
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    for (Py_ssize_t i = 0; i < count; i++)
        Py_INCREF(PyTuple_GET_ITEM(tuple, i));
    return value_set_parents(v, (Value **)((PyTupleObject *)tuple)->ob_item, count);
}

static PyObject *tuple_of_values(PyObject *children)
{
    PyObject *tuple = PySequence_Tuple(children);
    for (Py_ssize_t i = 0; tuple != NULL && i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *child = PyTuple_GET_ITEM(tuple, i);
        if (!is_value(child)) {
            PyErr_Format(PyExc_TypeError, "a Value's children are Values, got %R", child);
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

static int set_label(Value *v, PyObject *label)
{
    int empty = PyUnicode_CheckExact(label) && PyUnicode_GET_LENGTH(label) == 0;
    if (empty && !(v->flags & HAS_EXTRA))
        return 0;
    Extra *extra = value_extra(v);
    if (extra == NULL)
        return -1;
    Py_XSETREF(extra->label, empty ? NULL : Py_NewRef(label));
    return 0;
}

/* Fill a node from the constructor's arguments; children and symbol may be NULL. */
static int fill(Value *v, PyObject *data, PyObject *children, PyObject *symbol, PyObject *label)
{
    double number;
    PyObject *parents = NULL, *op = NULL;
    int failed = to_number(data, "Value expects", &number) < 0;
    if (!failed && children != NULL)
        failed = (parents = tuple_of_values(children)) == NULL;
    int has_op = !failed && symbol != NULL ? PyObject_IsTrue(symbol) : 0;
    failed |= has_op < 0;
    if (!failed && (has_op || (parents != NULL && PyTuple_GET_SIZE(parents) > 0))) {
        op = symbol == NULL ? PyObject_CallFunction(shared.handmade, "s", "")
                            : PyObject_CallOneArg(shared.handmade, symbol);
        failed = op == NULL;
    }
    if (!failed) {
        value_drop(v);
        v->data = number;
        v->grad = 0.0;
        failed = (parents != NULL && take_parents(v, parents) < 0) ||
                 (op != NULL && value_keep_op(v, OP_HANDMADE, op) < 0) ||
                 (label != NULL && set_label(v, label) < 0) ||
                 (observed() && mode.tape != NULL && PyList_Append(mode.tape, (PyObject *)v) < 0);
    }
    Py_XDECREF(parents);
    Py_XDECREF(op);
    return failed ? -1 : 0;
}

static int value_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "_children", "_op", "label", NULL};
    PyObject *data, *children = NULL, *symbol = NULL, *label = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOO:Value", names, &data, &children, &symbol,
                                     &label))
        return -1;
    return fill((Value *)self, data, children, symbol, label);
}

/* Value(...) without a tuple and a dict for the arguments where they come in order. */
static PyObject *value_vectorcall(PyObject *type, PyObject *const *args, size_t flags,
                                  PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flags), named = names ? PyTuple_GET_SIZE(names) : 0;
    int ordinary = value_type->tp_init == value_init && value_type->tp_new == value_new;
    if (LIKELY(ordinary && named == 0 && count >= 1 && count <= 4)) {
        if (count == 1 && PyFloat_CheckExact(args[0]))
            return (PyObject *)value_leaf(PyFloat_AS_DOUBLE(args[0]));
        Value *v = count == 1 ? value_alloc(0) : value_alloc_with_header();
        if (v != NULL && fill(v, args[0], count > 1 ? args[1] : NULL, count > 2 ? args[2] : NULL,
                              count > 3 ? args[3] : NULL) < 0)
            Py_CLEAR(v);
        return (PyObject *)v;
    }
    PyObject *v = NULL, *kwargs = named ? PyDict_New() : NULL, *ordered = PyTuple_New(count);
    int failed = ordered == NULL || (named && kwargs == NULL);
    for (Py_ssize_t i = 0; !failed && i < count; i++)
        PyTuple_SET_ITEM(ordered, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; !failed && i < named; i++)
        failed = PyDict_SetItem(kwargs, PyTuple_GET_ITEM(names, i), args[count + i]) < 0;
    if (!failed)
        v = value_type->tp_new(value_type, ordered, kwargs);
    if (v != NULL && is_value(v) && Py_TYPE(v)->tp_init(v, ordered, kwargs) < 0)
        Py_CLEAR(v);
    Py_XDECREF(ordered);
    Py_XDECREF(kwargs);
    return v;
}

/* _make(cls, data, grad, op, parents, label): out of its parts, for copies and pickles. */
static PyObject *value_make(PyObject *unused, PyObject *args)
{
    PyObject *type, *op, *parents, *label;
    double data, grad;
    if (!PyArg_ParseTuple(args, "O!ddOO!O", &PyType_Type, &type, &data, &grad, &op, &PyTuple_Type,
                          &parents, &label))
        return NULL;
    PyObject *made = PyObject_CallMethod(type, "__new__", "O", type);
    PyObject *values = made ? tuple_of_values(parents) : NULL;
    Value *v = (Value *)made;
    if (values == NULL || !is_value(made) || take_parents(v, values) < 0 ||
        value_set_op(v, op) < 0 || set_label(v, label) < 0) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "%R makes no Value", type);
        Py_CLEAR(made);
    }
    else {
        v->data = data;
        v->grad = grad;
    }
    Py_XDECREF(values);
    return made;
}

static PyObject *get_data(PyObject *self, void *unused)
{
    if (observed() && mode.tracer != NULL) {
        PyObject *done = PyObject_CallMethod(mode.tracer, "reading", "O", self);
        if (done == NULL)
            return NULL;
        Py_DECREF(done);
    }
    return PyFloat_FromDouble(((Value *)self)->data);
}

static PyObject *get_grad(PyObject *self, void *unused)
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

static int set_data(PyObject *self, PyObject *x, void *unused)
{
    return x ? to_number(x, "data expects", &((Value *)self)->data) : cannot_delete("data");
}

static int set_grad(PyObject *self, PyObject *x, void *unused)
{
    return x ? to_number(x, "grad expects", &((Value *)self)->grad) : cannot_delete("grad");
}

static PyObject *get_label(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    PyObject *label = v->flags & HAS_EXTRA ? v->extra->label : NULL;
    return label ? Py_NewRef(label) : PyUnicode_New(0, 0);
}

static int put_label(PyObject *self, PyObject *label, void *unused)
{
    return label ? set_label((Value *)self, label) : cannot_delete("label");
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

static PyObject *get_prev(PyObject *self, void *unused)
{
    PyObject *parents = get_parents(self, NULL), *set = parents ? PySet_New(parents) : NULL;
    Py_XDECREF(parents);
    return set;
}

static PyObject *get_op(PyObject *self, void *unused)
{
    return value_get_op((Value *)self);
}

static PyObject *get_symbol(PyObject *self, void *unused)
{
    PyObject *op = value_get_op((Value *)self), *symbol = NULL;
    if (op != NULL)
        symbol = op == Py_None ? PyUnicode_New(0, 0) : PyObject_GetAttrString(op, "symbol");
    Py_XDECREF(op);
    return symbol;
}

static PyObject *get_closure(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    return Py_NewRef(v->flags & HAS_EXTRA && v->extra->closure ? v->extra->closure : Py_None);
}

static PyObject *get_backward(PyObject *self, void *unused)
{
    Value *v = (Value *)self;
    if (v->flags & HAS_EXTRA && v->extra->closure != NULL)
        return Py_NewRef(v->extra->closure);
    return PyObject_GetAttrString(self, "_pass_on");
}

static int set_backward(PyObject *self, PyObject *function, void *unused)
{
    Value *v = (Value *)self;
    if (function == NULL)
        return cannot_delete("_backward");
    if (!PyCallable_Check(function)) {
        PyErr_Format(PyExc_TypeError, "_backward expects a function of no arguments, got %R",
                     function);
        return -1;
    }
    Extra *extra = value_extra(v);
    if (extra == NULL)
        return -1;
    value_track(v); /* the function most often refers to this value */
    Py_XSETREF(extra->closure, Py_NewRef(function));
    return 0;
}

static PyGetSetDef attributes[] = {
    {"data", get_data, set_data,
     "The number. Setting it does not recompute what was computed from it.", NULL},
    {"grad", get_grad, set_grad,
     "The derivative, with respect to this value, of the one ``backward`` was called on.", NULL},
    {"_data", get_raw_data, set_data, NULL, NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"label", get_label, put_label, "A name, for pictures and explanations.", NULL},
    {"name", get_label, put_label, "The label.", NULL},
    {"parents", get_parents, NULL, "What it was computed from: ordered, with duplicates.", NULL},
    {"_children", get_parents, NULL, "The parents.", NULL},
    {"_prev", get_prev, NULL, "The set of the parents.", NULL},
    {"op", get_op, NULL, "The Op that made it, or None.", NULL},
    {"_op", get_symbol, NULL, "The symbol of the op that made it, or ''.", NULL},
    {"_closure", get_closure, NULL, "The function assigned to _backward, or None.", NULL},
    {"_backward", get_backward, set_backward,
     "Add this value's share to its parents' gradients; assign a function to do it your way.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *value_repr(PyObject *self)
{
    Value *v = (Value *)self;
    PyObject *label = v->flags & HAS_EXTRA ? v->extra->label : NULL, *text = NULL;
    int shown = label == NULL ? 0 : PyObject_IsTrue(label);
    char *data = PyOS_double_to_string(v->data, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    char *grad = PyOS_double_to_string(v->grad, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (data == NULL || grad == NULL)
        PyErr_NoMemory();
    else if (shown >= 0)
        text = shown ? PyUnicode_FromFormat("Value(data=%s, grad=%s, label=%R)", data, grad, label)
                     : PyUnicode_FromFormat("Value(data=%s, grad=%s)", data, grad);
    PyMem_Free(data);
    PyMem_Free(grad);
    return text;
}

static PyObject *value_sizeof(PyObject *self, PyObject *unused)
{
    Value *v = (Value *)self;
    Py_ssize_t size = Py_TYPE(self)->tp_basicsize;
    if (!value_is_gc(self))
        size -= 2 * (Py_ssize_t)sizeof(void *); /* sys.getsizeof adds a header, going by the type */
    if (v->flags & HAS_EXTRA)
        size += (Py_ssize_t)(sizeof(Extra) + (size_t)v->extra->count * sizeof(Value *));
    return PyLong_FromSsize_t(size);
}

static PyMethodDef methods[] = {
    {"partials", value_partials, METH_NOARGS,
     "partials($self, /)\n--\n\n"
     "Compute d(self)/d(parent) for each parent, from the parents' present data."},
    {"backward", value_backward, METH_NOARGS,
     "backward($self, /)\n--\n\n"
     "Fill ``grad`` of all that this value was computed from with d(self)/d(that value).\n\n"
     "Leaves accumulate over calls, as in PyTorch; inner values start from zero each time."},
    {"_pass_on", value_pass_on, METH_NOARGS, NULL},
    {"_apply", (PyCFunction)(void (*)(void))value_apply, METH_FASTCALL | METH_STATIC, NULL},
    {"_toposort", value_toposort, METH_O | METH_STATIC, NULL},
    {"_make", value_make, METH_VARARGS | METH_STATIC, NULL},
    {"__sizeof__", value_sizeof, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(doc,
             "Value(data, _children=(), _op='', label='')\n--\n\n"
             "One number, its gradient, and how it was computed.\n\n"
             "Args:\n"
             "    data: the number.\n"
             "    _children: the parents of a value made by hand, to which ``_backward`` is then "
             "assigned.\n"
             "    _op: what to show as the operation that made it.\n"
             "    label: a name, for pictures and explanations.\n\n"
             "Raises:\n"
             "    TypeError: data is not a real number, or a child is not a Value.");

static PyMemberDef members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Value, weakrefs), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static int add_methods(PyTypeObject *type, PyMethodDef *method)
{
    for (; method->ml_name != NULL; method++) {
        PyObject *function = PyDescr_NewMethod(type, method);
        if (function == NULL ||
            PyDict_SetItemString(type->tp_dict, method->ml_name, function) < 0) {
            Py_XDECREF(function);
            return -1;
        }
        Py_DECREF(function);
    }
    return 0;
}

/* Make the type, which lives for ever. */
int value_type_ready(void)
{
    PyType_Slot slots[32] = {
        {Py_tp_doc, (void *)doc},
        {Py_tp_new, value_new},
        {Py_tp_init, value_init},
        {Py_tp_dealloc, value_dealloc},
        {Py_tp_traverse, value_traverse},
        {Py_tp_clear, value_clear},
        {Py_tp_is_gc, value_is_gc},
        {Py_tp_free, value_free},
        {Py_tp_repr, value_repr},
        {Py_tp_methods, methods},
        {Py_tp_getset, attributes},
        {Py_tp_members, members},
    };
    PyType_Slot *slot = slots;
    while (slot->slot != 0)
        slot++;
    for (PyType_Slot *operator = value_operators; operator->slot != 0; operator++)
        *slot++ = *operator;
    PyType_Spec spec = {
        .name = "micrograd.engine.Value",
        .basicsize = sizeof(Value),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
        .slots = slots,
    };
    value_type = (PyTypeObject *)PyType_FromSpec(&spec);
    if (value_type == NULL || add_methods(value_type, value_functions) < 0)
        return -1;
    value_type->tp_vectorcall = value_vectorcall;
    return PyObject_SetAttrString((PyObject *)value_type, "_is_micrograd_value", Py_True);
}
