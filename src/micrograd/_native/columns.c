/* A recording as columns: columns.py says what each function means. */
#include "value.h"

#include "ops.h"
#include "places.h"

#include <string.h>

static int is_list(PyObject *values)
{
    if (PyList_CheckExact(values))
        return 1;
    PyErr_Format(PyExc_TypeError, "a list of Values is needed, got %R", values);
    return 0;
}

/* Value i of a list; NULL where it is none. A walk over all to see that comes as dear as this one. */
static inline Value *value_at(PyObject *values, Py_ssize_t i)
{
    return as_value(PyList_GET_ITEM(values, i), i);
}

/* ---- sets of Values */

typedef struct {
    PyObject_HEAD
    Places places; /* a bit for each Value */
} ValueSet;

static PyTypeObject *set_type;

static inline int contains(ValueSet *self, const Value *v)
{
    uint64_t *bits = places_page(&self->places, v, 0);
    return bits != NULL && (*bits >> line_of(v)) & 1;
}

static inline int include(ValueSet *self, const Value *v)
{
    uint64_t *bits = places_page(&self->places, v, 1);
    if (bits == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *bits |= (uint64_t)1 << line_of(v);
    return 0;
}

static int include_all(ValueSet *self, PyObject *values)
{
    int failed = 0;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        failed = v == NULL ? -1 : include(self, v);
    }
    return failed;
}

static PyObject *set_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *values = NULL;
    if (!PyArg_ParseTuple(args, "|O:ValueSet", &values) ||
        (values != NULL && !is_list(values)))
        return NULL;
    ValueSet *self = (ValueSet *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->places.width = sizeof(uint64_t);
    if (values != NULL && include_all(self, values) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int set_contains(PyObject *self, PyObject *value)
{
    return is_value(value) && contains((ValueSet *)self, (Value *)value);
}

static PyObject *set_update(PyObject *self, PyObject *values)
{
    if (!is_list(values) || include_all((ValueSet *)self, values) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The place of each is looked at once, so that a model of millions of parameters takes one walk. */
static PyObject *set_added(PyObject *object, PyObject *values)
{
    ValueSet *self = (ValueSet *)object;
    PyObject *new = is_list(values) ? PyList_New(0) : NULL;
    int failed = new == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        failed = v == NULL || (!contains(self, v) && (include(self, v) < 0 ||
                                                      PyList_Append(new, (PyObject *)v) < 0));
    }
    if (failed)
        Py_CLEAR(new);
    return new;
}

static PyObject *set_update_parents(PyObject *self, PyObject *values)
{
    if (!is_list(values))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        for (Py_ssize_t k = 0; v != NULL && k < count_of(v); k++)
            if (include((ValueSet *)self, parents_of(v)[k]) < 0)
                return NULL;
        if (v == NULL)
            return NULL;
    }
    Py_RETURN_NONE;
}

static int is_made_by(const Value *v, PyObject *op)
{
    if (v->op == OP_LEAF || v->op == OP_POWC)
        return 0;
    return (v->op == OP_HANDMADE || v->op == OP_FOREIGN ? v->extra->op : op_cases[v->op].op) == op;
}

/* spread(values, start, op, but) */
static PyObject *set_spread(PyObject *object, PyObject *args)
{
    ValueSet *self = (ValueSet *)object, *but = NULL;
    PyObject *values, *op = Py_None, *without = Py_None;
    Py_ssize_t start = 0;
    if (!PyArg_ParseTuple(args, "O|nOO:spread", &values, &start, &op, &without) ||
        !is_list(values))
        return NULL;
    if (without != Py_None && !Py_IS_TYPE(without, set_type)) {
        PyErr_Format(PyExc_TypeError, "a ValueSet is needed, got %R", without);
        return NULL;
    }
    but = without == Py_None ? NULL : (ValueSet *)without;
    for (Py_ssize_t i = Py_MAX(start, 0); i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        if (v == NULL)
            return NULL;
        Py_ssize_t count = count_of(v), k = 0;
        while (k < count && !contains(self, parents_of(v)[k]))
            k++;
        if (k == count || is_made_by(v, op) || (but != NULL && contains(but, v)))
            continue;
        if (include(self, v) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *set_parents_outside(PyObject *object, PyObject *values)
{
    ValueSet *self = (ValueSet *)object;
    PyObject *outside = is_list(values) ? PyList_New(0) : NULL;
    int failed = outside == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        failed = v == NULL;
        for (Py_ssize_t k = 0; !failed && k < count_of(v); k++) {
            Value *parent = parents_of(v)[k];
            if (parent->visited || contains(self, parent))
                continue;
            failed = PyList_Append(outside, (PyObject *)parent) < 0;
            parent->visited = !failed;
        }
    }
    for (Py_ssize_t i = 0; outside != NULL && i < PyList_GET_SIZE(outside); i++)
        ((Value *)PyList_GET_ITEM(outside, i))->visited = 0;
    if (failed)
        Py_CLEAR(outside);
    return outside;
}

static void set_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    places_drop(&((ValueSet *)self)->places);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef set_methods[] = {
    {"update", set_update, METH_O, NULL},
    {"added", set_added, METH_O, NULL},
    {"update_parents", set_update_parents, METH_O, NULL},
    {"spread", set_spread, METH_VARARGS, NULL},
    {"parents_outside", set_parents_outside, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot set_slots[] = {
    {Py_tp_new, set_new},           {Py_tp_dealloc, set_dealloc}, {Py_tp_methods, set_methods},
    {Py_sq_contains, set_contains}, {0, NULL},
};

static PyType_Spec set_spec = {
    .name = "micrograd._native.value.ValueSet",
    .basicsize = sizeof(ValueSet),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = set_slots,
};

static PyObject *are_leaves(PyObject *module, PyObject *values)
{
    if (!is_list(values))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(values), i = 0;
    for (; i < size; i++) {
        PyObject *v = PyList_GET_ITEM(values, i);
        if (!Py_IS_TYPE(v, value_type) || count_of((Value *)v) > 0)
            break;
    }
    return PyBool_FromLong(size > 0 && i == size);
}

/* ---- what made Values */

static int has_name(PyObject *op, PyObject *names)
{
    PyObject *name = PyObject_GetAttrString(op, "name");
    int has = name == NULL ? -1 : PySequence_Contains(names, name);
    Py_XDECREF(name);
    return has;
}

/* made_by(values, names) */
static PyObject *made_by(PyObject *module, PyObject *args)
{
    PyObject *values, *names;
    int wanted[OP_COUNT] = {0};
    if (!PyArg_ParseTuple(args, "OO!:made_by", &values, &PyTuple_Type, &names) ||
        !is_list(values))
        return NULL;
    for (int op = OP_LEAF + 1; op < OP_HANDMADE; op++) {
        PyObject *name = PyUnicode_FromString(op_cases[op].name);
        wanted[op] = name == NULL ? -1 : PySequence_Contains(names, name);
        Py_XDECREF(name);
        if (wanted[op] < 0)
            return NULL;
    }
    PyObject *made = PyList_New(0);
    int failed = made == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        int is = v == NULL ? -1 : wanted[v->op];
        if (v != NULL && UNLIKELY(v->op == OP_HANDMADE || v->op == OP_FOREIGN))
            is = has_name(v->extra->op, names);
        failed = is < 0 || (is && PyList_Append(made, (PyObject *)v) < 0);
    }
    if (failed)
        Py_CLEAR(made);
    return made;
}

/* ---- the numbers of Values */

typedef struct {
    Places places;                     /* an int for each Value: its number and one */
    PyObject *codes, *table;           /* of ops: a dict and a list */
    int32_t cases[OP_COUNT], exponent; /* codes that are known */
    double last_exponent;
    int last_integral;
    int32_t *code, *start, *parent;
    double *data;
    PyObject *by_hand;
    ValueSet *spared; /* NULL, or the Values that stay as they are while all others are spent */
} Numbering;

static int put_number(Numbering *n, const Value *v, Py_ssize_t number)
{
    int32_t *page = places_page(&n->places, v, 1);
    if (page == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    page[line_of(v)] = (int32_t)number + 1;
    return 0;
}

static inline int32_t number_of(Numbering *n, const Value *v)
{
    int32_t *page = places_page(&n->places, v, 0);
    return page == NULL ? -1 : page[line_of(v)] - 1;
}

/* The code of an op that is none of the table's, or a constant power. */
static int32_t code_of_object(Numbering *n, Value *v)
{
    PyObject *op = value_get_op(v), *known = op ? PyDict_GetItemWithError(n->codes, op) : NULL;
    Py_ssize_t code = known ? PyLong_AsSsize_t(known) : PyList_GET_SIZE(n->table);
    if (op == NULL || (known == NULL && PyErr_Occurred()))
        code = -1;
    else if (known == NULL) {
        PyObject *number = PyLong_FromSsize_t(code);
        if (number == NULL || PyDict_SetItem(n->codes, op, number) < 0 ||
            PyList_Append(n->table, op) < 0)
            code = -1;
        Py_XDECREF(number);
    }
    Py_XDECREF(op);
    return (int32_t)code;
}

static int32_t code_of(Numbering *n, Value *v)
{
    if (LIKELY(v->op < OP_HANDMADE && v->op != OP_POWC)) {
        if (UNLIKELY(n->cases[v->op] < 0))
            n->cases[v->op] = v->op == OP_LEAF ? 0 : code_of_object(n, v);
        return n->cases[v->op];
    }
    if (v->op != OP_POWC)
        return code_of_object(n, v);
    double exponent = exponent_of(v);
    int integral = v->flags & INTEGRAL;
    if (n->exponent < 0 || integral != n->last_integral ||
        memcmp(&exponent, &n->last_exponent, sizeof(double))) {
        n->exponent = code_of_object(n, v);
        n->last_exponent = exponent;
        n->last_integral = integral;
    }
    return n->exponent;
}

/* Fill the columns of node i, whose parents begin at `at`; return where the next one's do, or -1. */
static int32_t fill_node(Numbering *n, int32_t i, int32_t at, Value *v, int is_leaf)
{
    n->start[i] = at;
    n->data[i] = v->data;
    n->code[i] = is_leaf ? 0 : code_of(n, v);
    if (n->code[i] < 0)
        return -1;
    for (Py_ssize_t k = 0; !is_leaf && k < count_of(v); k++) {
        int32_t number = number_of(n, parents_of(v)[k]);
        if (number < 0) {
            PyErr_Format(PyExc_KeyError, "%R has no number", parents_of(v)[k]);
            return -1;
        }
        n->parent[at++] = number;
    }
    if (!is_leaf && v->flags & HAS_EXTRA && v->extra->closure &&
        PyList_Append(n->by_hand, (PyObject *)v) < 0)
        return -1;
    return at;
}

/* Let a value go that has its columns; only what is made of it, and not looked at yet, keeps it. */
static int spend(Numbering *n, PyObject *values, Py_ssize_t k)
{
    Value *v = (Value *)PyList_GET_ITEM(values, k);
    int by_hand = v->op >= OP_HANDMADE || (v->flags & HAS_EXTRA && v->extra->closure != NULL);
    if (n->spared == NULL || by_hand || contains(n->spared, v))
        return 0;
    value_drop(v);
    return PyList_SetItem(values, k, Py_NewRef(Py_None));
}

static PyObject *bytes_for(Py_ssize_t count, size_t width, void *at)
{
    PyObject *bytes = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)width);
    if (bytes != NULL)
        *(char **)at = PyByteArray_AS_STRING(bytes);
    return bytes;
}

/* Give numbers to all; return how many there are, and how many parents, or -1. */
static Py_ssize_t give_numbers(Numbering *n, PyObject *leaves, PyObject *values, Py_ssize_t *parents)
{
    Py_ssize_t count = PyList_GET_SIZE(leaves), first = count;
    for (Py_ssize_t i = 0; i < count; i++)
        if (value_at(leaves, i) == NULL || put_number(n, value_at(leaves, i), i) < 0)
            return -1;
    *parents = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        if (v == NULL)
            return -1;
        int32_t number = number_of(n, v);
        if (number >= 0 && number < first)
            continue;
        *parents += count_of(v);
        if (put_number(n, v, count++) < 0)
            return -1;
    }
    if (count >= INT32_MAX || *parents >= INT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a recording of more than two thousand million values");
        return -1;
    }
    return count;
}

static int fill(Numbering *n, PyObject *leaves, PyObject *values, Py_ssize_t count, Py_ssize_t parents)
{
    Py_ssize_t first = PyList_GET_SIZE(leaves), i = 0;
    int32_t at = 0;
    for (; i < first && at >= 0; i++) {
        Value *v = value_at(leaves, i);
        at = v == NULL ? -1 : fill_node(n, (int32_t)i, at, v, 1);
    }
    for (Py_ssize_t k = 0; at >= 0 && k < PyList_GET_SIZE(values); k++) {
        Value *v = value_at(values, k);
        int32_t number = v == NULL ? -1 : number_of(n, v);
        if (v == NULL)
            return -1;
        if (number >= 0 && number < first)
            continue;
        /* An op made may start the collector, and that may run anything: the list may be another. */
        if (i == count || number < 0 || at + count_of(v) > parents) {
            PyErr_SetString(PyExc_RuntimeError, "the list of Values changed meanwhile");
            return -1;
        }
        Py_INCREF(v);
        at = fill_node(n, (int32_t)i++, at, v, 0);
        if (at >= 0 && k < PyList_GET_SIZE(values) && PyList_GET_ITEM(values, k) == (PyObject *)v &&
            spend(n, values, k) < 0)
            at = -1;
        Py_DECREF(v);
    }
    if (at >= 0 && i < count) {
        PyErr_SetString(PyExc_RuntimeError, "the list of Values changed meanwhile");
        return -1;
    }
    n->start[count] = at;
    return at < 0 ? -1 : 0;
}

static PyObject *numbers_in(Numbering *n, PyObject *values)
{
    PyObject *numbers = PyList_New(PyList_GET_SIZE(values));
    for (Py_ssize_t i = 0; numbers != NULL && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        int32_t number = v == NULL ? -1 : number_of(n, v);
        PyObject *made = number < 0 ? NULL : PyLong_FromLong(number);
        if (v != NULL && number < 0)
            PyErr_Format(PyExc_KeyError, "%R has no number", v);
        if (made == NULL)
            Py_CLEAR(numbers);
        else
            PyList_SET_ITEM(numbers, i, made);
    }
    return numbers;
}

/* numbered(leaves, values, asked, spared=None) */
PyObject *columns_numbered(PyObject *module, PyObject *args)
{
    PyObject *leaves, *values, *asked, *spared = Py_None, *made = NULL, *columns[4] = {NULL};
    if (!PyArg_ParseTuple(args, "OOO|O:numbered", &leaves, &values, &asked, &spared) ||
        !is_list(leaves) || !is_list(values) || !is_list(asked))
        return NULL;
    if (spared != Py_None && !Py_IS_TYPE(spared, set_type))
        return PyErr_Format(PyExc_TypeError, "a ValueSet is needed, got %R", spared);
    Numbering n = {.places = {.width = LINES * sizeof(int32_t)}, .exponent = -1};
    n.spared = spared == Py_None ? NULL : (ValueSet *)spared;
    memset(n.cases, -1, sizeof(n.cases));
    Py_ssize_t parents = 0, count = give_numbers(&n, leaves, values, &parents);
    if (count >= 0) {
        columns[0] = bytes_for(count, sizeof(int32_t), &n.code);
        columns[1] = bytes_for(count + 1, sizeof(int32_t), &n.start);
        columns[2] = bytes_for(parents, sizeof(int32_t), &n.parent);
        columns[3] = bytes_for(count, sizeof(double), &n.data);
        n.codes = PyDict_New();
        n.table = Py_BuildValue("[O]", Py_None);
        n.by_hand = PyList_New(0);
    }
    if (!PyErr_Occurred() && fill(&n, leaves, values, count, parents) == 0) {
        PyObject *numbers = numbers_in(&n, asked);
        if (numbers != NULL)
            made = Py_BuildValue("OOOOOON", columns[0], n.table, columns[1], columns[2], columns[3],
                                 n.by_hand, numbers);
    }
    for (int k = 0; k < 4; k++)
        Py_XDECREF(columns[k]);
    Py_XDECREF(n.codes);
    Py_XDECREF(n.table);
    Py_XDECREF(n.by_hand);
    places_drop(&n.places);
    return made;
}

/* operands(values): pairs of an op and of how many operands it was given. */
static PyObject *operands(PyObject *module, PyObject *values)
{
    if (!is_list(values))
        return NULL;
    Numbering n = {.exponent = -1};
    Py_ssize_t room = 64, *counts = PyMem_Calloc((size_t)room, sizeof(Py_ssize_t));
    memset(n.cases, -1, sizeof(n.cases));
    n.codes = PyDict_New();
    n.table = Py_BuildValue("[O]", Py_None);
    int failed = counts == NULL || n.codes == NULL || n.table == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(values); i++) {
        Value *v = value_at(values, i);
        int32_t code = v == NULL ? -1 : code_of(&n, v);
        if (code >= room) {
            Py_ssize_t *more = PyMem_Realloc(counts, 2 * (size_t)room * sizeof(Py_ssize_t));
            if (more != NULL) {
                memset(more + room, 0, (size_t)room * sizeof(Py_ssize_t));
                counts = more;
                room *= 2;
            }
        }
        failed = code < 0 || code >= room;
        if (!failed)
            counts[code] += count_of(v) ? count_of(v) : 1;
    }
    PyObject *pairs = failed ? NULL : PyList_New(PyList_GET_SIZE(n.table));
    for (Py_ssize_t k = 0; pairs != NULL && k < PyList_GET_SIZE(pairs); k++) {
        PyObject *pair = Py_BuildValue("On", PyList_GET_ITEM(n.table, k), counts[k]);
        if (pair == NULL)
            Py_CLEAR(pairs);
        else
            PyList_SET_ITEM(pairs, k, pair);
    }
    if (pairs == NULL && !PyErr_Occurred())
        PyErr_NoMemory();
    PyMem_Free(counts);
    Py_XDECREF(n.codes);
    Py_XDECREF(n.table);
    return pairs;
}

/* batched(code, start, parents, first, single): which nodes have a batch axis; the first ones say it. */
static PyObject *batched(PyObject *module, PyObject *args)
{
    Py_buffer code, start, parents, first;
    int single;
    if (!PyArg_ParseTuple(args, "y*y*y*y*i:batched", &code, &start, &parents, &first, &single))
        return NULL;
    Py_ssize_t count = code.len / (Py_ssize_t)sizeof(int32_t);
    const int32_t *codes = code.buf, *starts = start.buf, *parent = parents.buf;
    PyObject *made = PyByteArray_FromStringAndSize(NULL, count);
    char *is = made ? PyByteArray_AS_STRING(made) : NULL;
    int fits = start.len == (count + 1) * (Py_ssize_t)sizeof(int32_t) && first.len <= count;
    if (made != NULL && fits)
        memcpy(is, first.buf, (size_t)first.len);
    for (Py_ssize_t i = first.len; made != NULL && fits && i < count; i++) {
        is[i] = 0;
        fits = starts[i] >= 0 && starts[i + 1] <= parents.len / (Py_ssize_t)sizeof(int32_t);
        for (int32_t k = starts[i]; fits && k < starts[i + 1]; k++) {
            fits = parent[k] >= 0 && parent[k] < i;
            is[i] |= fits && codes[i] != single && is[parent[k]];
        }
    }
    if (made != NULL && !fits) {
        PyErr_SetString(PyExc_ValueError, "the columns of a graph do not fit together");
        Py_CLEAR(made);
    }
    PyBuffer_Release(&code);
    PyBuffer_Release(&start);
    PyBuffer_Release(&parents);
    PyBuffer_Release(&first);
    return made;
}

PyMethodDef column_functions[] = {
    {"are_leaves", are_leaves, METH_O, NULL},
    {"made_by", made_by, METH_VARARGS, NULL},
    {"numbered", columns_numbered, METH_VARARGS, NULL},
    {"operands", operands, METH_O, NULL},
    {"batched", batched, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int columns_ready(PyObject *module)
{
    if (set_type == NULL)
        set_type = (PyTypeObject *)PyType_FromSpec(&set_spec);
    return set_type == NULL ? -1 : PyModule_AddObjectRef(module, "ValueSet", (PyObject *)set_type);
}
