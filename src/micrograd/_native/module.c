/* The module micrograd._native.value, and what it is given by the readable engine. */
#include "value.h"

#include "ops.h"

static int connect_op(OpCase *this, PyObject *ops)
{
    PyObject *op = PyDict_GetItemString(ops, this->name);
    PyObject *symbol = op ? PyObject_GetAttrString(op, "symbol") : NULL;
    if (op == NULL)
        PyErr_Format(PyExc_LookupError, "the op table has no %s", this->name);
    if (symbol == NULL)
        return -1;
    Py_XSETREF(this->op, Py_NewRef(op));
    this->symbol = PyUnicode_AsUTF8(symbol); /* lives as long as the op */
    Py_DECREF(symbol);
    return this->symbol == NULL ? -1 : 0;
}

/* connect(ops, attributes, power=, ...): give the type the attributes that both engines share,
   and the slow paths the Python functions by their names in Shared. */
static PyObject *connect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"ops", "attributes", "power", "origin", "text", "named",
                            "operand", "number", "integral", "observe", "checked", "share", NULL};
    PyObject *ops, *attributes, *name, *value;
    Py_ssize_t place = 0;
    Shared given;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!OOOOOOOOOO!:connect", names, &PyDict_Type, &ops,
                                     &PyDict_Type, &attributes, &given.power, &given.origin,
                                     &given.text, &given.named, &given.operand, &given.number,
                                     &given.integral, &given.observe, &given.checked, &PyType_Type,
                                     &given.share))
        return NULL;
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the engine in C serves the main interpreter alone");
        return NULL; /* its type and its hooks are one in a process */
    }
    for (int i = OP_LEAF + 1; i < OP_HANDMADE; i++)
        if (connect_op(&op_cases[i], ops) < 0)
            return NULL;
    while (PyDict_Next(attributes, &place, &name, &value))
        if (PyObject_SetAttr((PyObject *)value_type, name, value) < 0)
            return NULL;
    PyObject **kept = &given.power;
    for (size_t i = 0; i < sizeof(Shared) / sizeof(PyObject *); i++)
        Py_INCREF(kept[i]); /* for ever, as the type is */
    shared = given;
    Py_RETURN_NONE;
}

/* The subclass of Value in number.py: what it is computed from decides what a result is. */
static PyObject *set_number(PyObject *module, PyObject *type)
{
    if (!PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, value_type) ||
        ((PyTypeObject *)type)->tp_basicsize != sizeof(Value)) {
        PyErr_Format(PyExc_TypeError, "a subclass of Value without slots is needed, got %R", type);
        return NULL;
    }
    number_type = (PyTypeObject *)Py_NewRef(type); /* for ever */
    Py_RETURN_NONE;
}

/* set_mode(on, grad, anomaly, tracer): what modes.py asks of this thread from now on. */
static PyObject *set_mode(PyObject *module, PyObject *args)
{
    int on, grad, anomaly;
    PyObject *tracer, *tape = NULL;
    if (!PyArg_ParseTuple(args, "pppO:set_mode", &on, &grad, &anomaly, &tracer))
        return NULL;
    if (tracer != Py_None) {
        tape = PyObject_GetAttrString(tracer, "tape");
        if (tape != NULL && !PyList_Check(tape))
            PyErr_Format(PyExc_TypeError, "a tracer's tape is a list, got %R", tape);
        if (PyErr_Occurred()) {
            Py_XDECREF(tape);
            return NULL;
        }
    }
    PyObject *former_tracer = mode.tracer, *former_tape = mode.tape;
    observers += on - mode.on;
    mode.on = on;
    mode.grad = grad;
    mode.anomaly = anomaly;
    mode.tracer = tracer == Py_None ? NULL : Py_NewRef(tracer);
    mode.tape = tape;
    Py_XDECREF(former_tracer);
    Py_XDECREF(former_tape);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"connect", (PyCFunction)(void (*)(void))connect, METH_VARARGS | METH_KEYWORDS, NULL},
    {"set_mode", set_mode, METH_VARARGS, NULL},
    {"set_number", set_number, METH_O, NULL},
    {"apply", (PyCFunction)(void (*)(void))value_apply, METH_FASTCALL,
     "Compute ``op`` of Values and numbers; remember the op and the parents."},
    {"products", (PyCFunction)(void (*)(void))value_products, METH_FASTCALL,
     "products(xs, ys, /)\n--\n\nReturn the product of each pair of two lists of one length."},
    {"slopes_by", value_slopes_by, METH_VARARGS, NULL},
    {"toposort", value_toposort, METH_O,
     "toposort(root, /)\n--\n\n"
     "Return all that root was computed from, each value once, parents before children.\n\n"
     "The order is the textbook's depth-first post-order over ordered parents, without recursion."},
    {"extent", value_extent, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "micrograd._native.value",
    .m_doc = "The engine in C: the same Value as in engine.py, and the loops of buffers.py.",
    .m_size = -1, /* the state is one type and one free list in a process */
    .m_methods = functions,
};

static PyObject *names_of_cases(void)
{
    PyObject *names = PyTuple_New(OP_HANDMADE - 1);
    for (int i = OP_LEAF + 1; names != NULL && i < OP_HANDMADE; i++) {
        PyObject *name = PyUnicode_FromString(op_cases[i].name);
        if (name == NULL)
            Py_CLEAR(names);
        else
            PyTuple_SET_ITEM(names, i - 1, name);
    }
    return names;
}

PyMODINIT_FUNC PyInit_value(void)
{
    if (value_type == NULL && value_type_ready() < 0)
        return NULL;
    PyObject *module = PyModule_Create(&definition), *names = names_of_cases();
    if (module == NULL || names == NULL || PyModule_AddFunctions(module, buffer_functions) < 0 ||
        PyModule_AddFunctions(module, column_functions) < 0 || columns_ready(module) < 0 ||
        PyModule_AddFunctions(module, row_functions) < 0 ||
        PyModule_AddFunctions(module, copy_functions) < 0 || direct_call_ready() < 0 ||
        PyModule_AddFunctions(module, direct_functions) < 0 || mapped_call_ready() < 0 ||
        PyModule_AddFunctions(module, mapped_functions) < 0 || outputs_ready() < 0 ||
        PyModule_AddFunctions(module, output_functions) < 0 || quick_call_ready(module) < 0 ||
        PyModule_AddFunctions(module, call_functions) < 0 || tape_ready() < 0 ||
        PyModule_AddFunctions(module, tape_functions) < 0 ||
        PyModule_AddFunctions(module, steps_functions) < 0 || lazy_ready(module) < 0 ||
        PyModule_AddFunctions(module, lazy_functions) < 0 ||
        PyModule_AddObjectRef(module, "Value", (PyObject *)value_type) < 0 ||
        PyModule_AddObjectRef(module, "CASES", names) < 0)
        Py_CLEAR(module);
    Py_XDECREF(names);
    return module;
}
