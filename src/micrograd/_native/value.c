/* The type `Value`: construction, and what else makes it a type. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

#include <structmember.h>

static PyObject *value_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == value_type)
        return (PyObject *)value_alloc_with_header();
    Value *v = (Value *)type->tp_alloc(type, 0);
    if (v != NULL && number_type != NULL && PyType_IsSubtype(type, number_type))
        v->flags |= NUMBER;
    if (v != NULL && type != number_type)
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

/* Whether a text consists of letters that can be shown: most labels do, and models have many. */
static int is_plain(PyObject *text)
{
    if (!PyUnicode_CheckExact(text) || !PyUnicode_IS_ASCII(text))
        return 0;
    const Py_UCS1 *letters = PyUnicode_1BYTE_DATA(text);
    for (Py_ssize_t i = 0, n = PyUnicode_GET_LENGTH(text); i < n; i++)
        if (letters[i] < ' ' || letters[i] > '~')
            return 0;
    return 1;
}

int value_set_label(Value *v, PyObject *label)
{
    int empty = PyUnicode_CheckExact(label) && PyUnicode_GET_LENGTH(label) == 0;
    if (empty && !(v->flags & HAS_EXTRA))
        return 0;
    PyObject *text = NULL;
    if (!empty)
        text = is_plain(label) ? Py_NewRef(label)
                               : PyObject_CallFunction(shared.text, "sO", "label", label);
    Extra *extra = empty || text != NULL ? value_extra(v) : NULL;
    if (extra == NULL) {
        Py_XDECREF(text);
        return -1;
    }
    Py_XSETREF(extra->label, text);
    return 0;
}

/* Ask the function that both engines share what a value made by hand came from: a tuple of its
   parents, its op, and its local gradients. */
static PyObject *origin_of(PyObject *children, PyObject *op)
{
    PyObject *none = PyTuple_New(0), *empty = PyUnicode_New(0, 0), *origin = NULL;
    if (none != NULL && empty != NULL)
        origin = PyObject_CallFunctionObjArgs(shared.origin, children ? children : none,
                                              op ? op : empty, (PyObject *)value_type, NULL);
    Py_XDECREF(none);
    Py_XDECREF(empty);
    return origin;
}

/* Give a leaf this origin; it gets its own references. */
static int take_origin(Value *v, PyObject *origin)
{
    PyObject *parents, *op, *slopes;
    if (!PyArg_ParseTuple(origin, "O!OO", &PyTuple_Type, &parents, &op, &slopes))
        return -1;
    if (take_parents(v, parents) < 0 || (op != Py_None && value_keep_op(v, OP_HANDMADE, op) < 0))
        return -1;
    if (slopes != Py_None) {
        Extra *extra = value_extra(v);
        if (extra == NULL)
            return -1;
        extra->closure = Py_NewRef(slopes);
    }
    return 0;
}

/* Drop what a node was, for __init__ called once more; people's own attributes stay. */
static int start_again(Value *v)
{
    PyObject *attributes = NULL;
    if (v->flags & HAS_EXTRA) {
        attributes = v->extra->attributes;
        v->extra->attributes = NULL;
    }
    value_drop(v);
    v->grad = 0.0;
    Extra *extra = attributes ? value_extra(v) : NULL;
    if (extra != NULL)
        extra->attributes = attributes;
    return attributes != NULL && extra == NULL ? -1 : 0;
}

/* Fill a node from the constructor's arguments; all but data may be NULL. */
static int fill(Value *v, PyObject *data, PyObject *children, PyObject *op, PyObject *label,
                PyObject *name)
{
    double number;
    PyObject *origin = NULL, *own_label = NULL;
    int stands_for_it = observed() && mode.tracer != NULL && is_value(data) &&
                        ((Value *)data)->flags & NUMBER; /* for a number, in a trace */
    int failed = 0;
    if (stands_for_it)
        number = ((Value *)data)->data;
    else
        failed = to_number(data, "Value expects", &number) < 0;
    if (!failed && (children != NULL || op != NULL))
        failed = (origin = origin_of(children, op)) == NULL;
    if (!failed && name != NULL) {
        own_label = PyObject_CallFunction(shared.named, label ? "OO" : "sO", label ? (void *)label : "",
                                          name);
        label = own_label;
        failed = label == NULL;
    }
    failed = failed || start_again(v) < 0;
    if (!failed) {
        v->data = number;
        failed = (origin != NULL && take_origin(v, origin) < 0) ||
                 (label != NULL && value_set_label(v, label) < 0) ||
                 (observed() && mode.tape != NULL && PyList_Append(mode.tape, (PyObject *)v) < 0);
    }
    if (!failed && stands_for_it) {
        PyObject *none = PyObject_CallMethod(mode.tracer, "wrapping", "OO", v, data);
        failed = none == NULL;
        Py_XDECREF(none);
    }
    Py_XDECREF(origin);
    Py_XDECREF(own_label);
    return failed ? -1 : 0;
}

static int value_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "_children", "_op", "label", "name", NULL};
    PyObject *data, *children = NULL, *op = NULL, *label = NULL, *name = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOOO:Value", names, &data, &children, &op,
                                     &label, &name))
        return -1;
    return fill((Value *)self, data, children, op, label, name);
}

/* Value(...) without a tuple and a dict for the arguments where they come in order. */
static PyObject *value_vectorcall(PyObject *type, PyObject *const *args, size_t flags,
                                  PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flags), named = names ? PyTuple_GET_SIZE(names) : 0;
    int ordinary = value_type->tp_init == value_init && value_type->tp_new == value_new;
    if (LIKELY(ordinary && named == 0 && count >= 1 && count <= 5)) {
        if (count == 1 && PyFloat_CheckExact(args[0]))
            return (PyObject *)value_leaf(PyFloat_AS_DOUBLE(args[0]));
        Value *v = count == 1 ? value_alloc(0) : value_alloc_with_header();
        if (v != NULL && fill(v, args[0], count > 1 ? args[1] : NULL, count > 2 ? args[2] : NULL,
                              count > 3 ? args[3] : NULL, count > 4 ? args[4] : NULL) < 0)
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
        value_set_op(v, op) < 0 || value_set_label(v, label) < 0) {
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

/* _rewire(op, parents): of a leaf, or of a value made by hand. */
static PyObject *rewire(PyObject *self, PyObject *args)
{
    PyObject *op, *parents, *values = NULL;
    if (PyArg_ParseTuple(args, "OO!", &op, &PyTuple_Type, &parents))
        values = tuple_of_values(parents);
    if (values == NULL)
        return NULL;
    int done = value_rewire((Value *)self, op == Py_None ? NULL : op,
                            (Value **)((PyTupleObject *)values)->ob_item, PyTuple_GET_SIZE(values));
    Py_DECREF(values);
    return done < 0 ? NULL : Py_NewRef(Py_None);
}

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
    {"_rewire", rewire, METH_VARARGS, NULL},
    {"_make", value_make, METH_VARARGS | METH_STATIC, NULL},
    {"__sizeof__", value_sizeof, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(doc,
             "Value(data, _children=(), _op='', label='', name='')\n--\n\n"
             "One number, its gradient, and how it was computed.\n\n"
             "Args:\n"
             "    data: the number.\n"
             "    _children: the parents of a value made by hand, to which ``_backward`` is then "
             "assigned.\n"
             "    _op: what to show as the operation that made it; or, in a tuple or list, the "
             "derivatives by the children, which ``backward`` then uses.\n"
             "    label: a name, for pictures and explanations; ``name`` is the same.\n\n"
             "Any other attribute can be set.\n\n"
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
        {Py_tp_getset, value_attributes},
        {Py_tp_getattro, value_getattro},
        {Py_tp_setattro, value_setattro},
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
    value_type->tp_getattro = PyObject_GenericGetAttr; /* of this type alone: see attributes.c */
    return PyObject_SetAttrString((PyObject *)value_type, "_is_micrograd_value", Py_True);
}
