/* From the scalar graph of a trace, in lists, to the columns of a tape: which op, of which places. */
#include "tape.h"

#include <string.h>

enum { KIND_PARAMETER_OR_INPUT = 1, KIND_CONSTANT = 2 };
enum { KIND_SUM, KIND_PRODUCT }; /* of steps; others have other numbers */

/* What Python has said of each op that was met, by its address: its number, and its exponent. */
typedef struct {
    PyObject *op, *exponent; /* both borrowed, the latter from `said`; NULL: there is none */
    int32_t code;
} Known;

typedef struct {
    PyObject *ask, *said; /* a function of an op; a list of what it has returned */
    Known *slots;
    size_t room, used;
} Codes;

/* A graph's nodes. A copy, x times 1, is x to those that read it: `same`. */
typedef struct {
    PyObject *ops, *parents, *data; /* lists of the same length */
    Py_ssize_t count;
    uint8_t *kind, *needed;
    int32_t *same, *place;
} Nodes;

/* What is made. */
typedef struct {
    int32_t *steps, *more;
    double *exponents;
    uint8_t *wanted;
    Py_ssize_t made, longer, powers; /* so far */
} Columns;

static int codes_grow(Codes *codes)
{
    size_t room = codes->room ? 2 * codes->room : 64;
    Known *slots = PyMem_Calloc(room, sizeof(Known));
    if (slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < codes->room; i++) {
        const Known *old = &codes->slots[i];
        if (old->op == NULL)
            continue;
        size_t at = ((uintptr_t)old->op >> 4) & (room - 1);
        while (slots[at].op != NULL)
            at = (at + 1) & (room - 1);
        slots[at] = *old;
    }
    PyMem_Free(codes->slots);
    codes->slots = slots;
    codes->room = room;
    return 0;
}

/* Return what is known of an op, asking when it is met first. NULL with no error: it has no number. */
static const Known *known(Codes *codes, PyObject *op)
{
    if (2 * codes->used >= codes->room && codes_grow(codes) < 0)
        return NULL;
    size_t at = ((uintptr_t)op >> 4) & (codes->room - 1);
    for (; codes->slots[at].op != NULL; at = (at + 1) & (codes->room - 1))
        if (codes->slots[at].op == op)
            return &codes->slots[at];
    PyObject *told = PyObject_CallOneArg(codes->ask, op);
    if (told == NULL || told == Py_None || PyList_Append(codes->said, told) < 0) {
        Py_XDECREF(told);
        return NULL;
    }
    Py_DECREF(told);
    PyObject *exponent;
    if (!PyArg_ParseTuple(told, "iO", &codes->slots[at].code, &exponent))
        return NULL;
    codes->slots[at].op = op;
    codes->slots[at].exponent = exponent == Py_None ? NULL : exponent;
    codes->used++;
    return &codes->slots[at];
}

static PyObject *op_of(const Nodes *nodes, Py_ssize_t i)
{
    return PyList_GET_ITEM(nodes->ops, i);
}

static Py_ssize_t count_at(const Nodes *nodes, Py_ssize_t i)
{
    return PyTuple_GET_SIZE(PyList_GET_ITEM(nodes->parents, i));
}

/* The k-th parent of a node; both were looked at by `checked`. */
static int32_t parent_at(const Nodes *nodes, Py_ssize_t i, Py_ssize_t k)
{
    PyObject *parents = PyList_GET_ITEM(nodes->parents, i);
    return nodes->same[PyLong_AsLong(PyTuple_GET_ITEM(parents, k))];
}

static int checked(const Nodes *nodes)
{
    Py_ssize_t n = nodes->count;
    if (PyList_GET_SIZE(nodes->parents) != n || PyList_GET_SIZE(nodes->data) != n || n > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "a graph's lists have an item for each node");
        return 0;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *parents = PyList_GET_ITEM(nodes->parents, i);
        Py_ssize_t count = PyTuple_Check(parents) ? PyTuple_GET_SIZE(parents) : -1;
        int good = count >= 0 && (op_of(nodes, i) == Py_None) == (count == 0) &&
                   PyFloat_Check(PyList_GET_ITEM(nodes->data, i));
        for (Py_ssize_t k = 0; good && k < count; k++) {
            PyObject *parent = PyTuple_GET_ITEM(parents, k);
            long p = PyLong_Check(parent) ? PyLong_AsLong(parent) : -1;
            good = p >= 0 && p < i;
        }
        if (!good) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "node %zd of a graph is none", i);
            return 0;
        }
    }
    return 1;
}

static Py_ssize_t index_at(PyObject *list, Py_ssize_t at, Py_ssize_t count)
{
    Py_ssize_t i = PyLong_AsSsize_t(PyList_GET_ITEM(list, at));
    if (i >= 0 && i < count)
        return i;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "there is no node %zd in a graph of %zd", i, count);
    return -1;
}

/* For each node of a list, i, which stands at `at` in it. */
#define FOR_NODES(list, nodes, i)                                                              \
    for (Py_ssize_t at = 0, i;                                                                 \
         at < PyList_GET_SIZE(list) && (i = index_at(list, at, (nodes)->count)) >= 0; at++)

static int is_one(const Nodes *nodes, Py_ssize_t i)
{
    return nodes->kind[i] == KIND_CONSTANT &&
           PyFloat_AS_DOUBLE(PyList_GET_ITEM(nodes->data, i)) == 1.0;
}

/* Find copies, and what the outputs are computed from. */
static int look(Nodes *nodes, PyObject *first, PyObject *outputs)
{
    FOR_NODES(first, nodes, i)
        nodes->kind[i] = KIND_PARAMETER_OR_INPUT;
    for (Py_ssize_t i = 0; i < nodes->count; i++) {
        nodes->same[i] = (int32_t)i;
        nodes->place[i] = -1;
        if (op_of(nodes, i) == Py_None) {
            nodes->kind[i] = nodes->kind[i] ? nodes->kind[i] : KIND_CONSTANT;
            continue;
        }
        if (op_of(nodes, i) != op_cases[OP_MUL].op || count_at(nodes, i) != 2)
            continue;
        PyObject *parents = PyList_GET_ITEM(nodes->parents, i);
        for (int k = 0; k < 2; k++) {
            long x = PyLong_AsLong(PyTuple_GET_ITEM(parents, k));
            long one = PyLong_AsLong(PyTuple_GET_ITEM(parents, 1 - k));
            if (is_one(nodes, one) && nodes->kind[x] != KIND_CONSTANT)
                nodes->same[i] = nodes->same[x];
        }
    }
    FOR_NODES(outputs, nodes, i)
        nodes->needed[i] = 1;
    for (Py_ssize_t i = nodes->count; i-- > 0;)
        for (Py_ssize_t k = nodes->needed[i] ? count_at(nodes, i) : 0; k-- > 0;)
            nodes->needed[parent_at(nodes, i, k)] = 1;
    return PyErr_Occurred() ? -1 : 0;
}

static int passes_on(int code)
{
    return code != OP_DETACH && code != OP_LT && code != OP_LE && code != OP_GT && code != OP_GE;
}

/* Give leaves their places: parameters, inputs, constants. Return how many there are, or -1. */
static Py_ssize_t place_leaves(Nodes *nodes, Columns *to, PyObject *first, PyObject *wanted,
                               PyObject *constants)
{
    int32_t place = 0;
    FOR_NODES(first, nodes, i)
        nodes->place[i] = place++;
    FOR_NODES(wanted, nodes, i)
        if (nodes->place[i] >= 0)
            to->wanted[nodes->place[i]] = 1;
    for (Py_ssize_t i = 0; i < nodes->count && !PyErr_Occurred(); i++)
        if (nodes->needed[i] && nodes->kind[i] == KIND_CONSTANT) {
            nodes->place[i] = place++;
            PyList_Append(constants, PyList_GET_ITEM(nodes->data, i));
        }
    return PyErr_Occurred() ? -1 : place;
}

/* Write the step of node i, which gets the next place. Return 0 where its op has no number, -1 for an
   error. */
static int write_step(Nodes *nodes, Columns *to, Codes *codes, Py_ssize_t i, Py_ssize_t leaves)
{
    const Known *op = known(codes, op_of(nodes, i));
    if (op == NULL)
        return PyErr_Occurred() ? -1 : 0;
    Py_ssize_t count = count_at(nodes, i);
    int32_t *step = to->steps + 3 * to->made, *places = to->more + to->longer;
    uint8_t wanted = 0;
    for (Py_ssize_t k = 0; k < count; k++) {
        places[k] = nodes->place[parent_at(nodes, i, k)];
        wanted |= to->wanted[places[k]];
    }
    step[0] = op->code;
    if (is_inline(op->code)) {
        step[1] = places[0];
        step[2] = op->exponent == NULL ? places[count - 1] : (int32_t)to->powers;
        if (op->exponent != NULL)
            to->exponents[to->powers++] = PyFloat_AsDouble(op->exponent);
    } else {
        step[1] = (int32_t)to->longer;
        step[2] = (int32_t)count;
        to->longer += count;
    }
    nodes->place[i] = (int32_t)(leaves + to->made++);
    to->wanted[nodes->place[i]] = wanted && passes_on(op->code);
    return 1;
}

/* Fill the columns. Return what `steps_of` does. */
static PyObject *written(Nodes *nodes, Columns *to, Codes *codes, PyObject *first, PyObject *wanted,
                         PyObject *outputs, PyObject *constants)
{
    int done = look(nodes, first, outputs);
    Py_ssize_t leaves = done < 0 ? -1 : place_leaves(nodes, to, first, wanted, constants);
    done = leaves < 0 ? -1 : 1;
    for (Py_ssize_t i = 0; done > 0 && i < nodes->count; i++)
        if (nodes->needed[i] && !nodes->kind[i])
            done = write_step(nodes, to, codes, i, leaves);
    if (done <= 0)
        return done < 0 ? NULL : Py_NewRef(Py_None);
    PyObject *ends = PyBytes_FromStringAndSize(NULL, PyList_GET_SIZE(outputs) * sizeof(int32_t));
    if (ends == NULL)
        return NULL;
    FOR_NODES(outputs, nodes, i)
        memcpy(PyBytes_AS_STRING(ends) + at * sizeof(int32_t), &nodes->place[i], sizeof(int32_t));
    return Py_BuildValue("ny#y#y#Ny#O", leaves, to->steps, 3 * to->made * sizeof(int32_t), to->more,
                         to->longer * sizeof(int32_t), to->exponents, to->powers * sizeof(double),
                         ends, to->wanted, leaves + to->made, constants);
}

/* steps_of(ops, parents, data, first, wanted, outputs, code_of): of the nodes of a graph, those that
   are the first leaves, those whose gradients are wanted, and those that come out, in lists;
   code_of(op) returns its number and an exponent or None, or None where the engine has not got it.
   Return the arguments of `tape`, and a list of constants behind them; or None for such an op. */
static PyObject *steps_of(PyObject *module, PyObject *args)
{
    Nodes nodes = {0};
    Codes codes = {0};
    PyObject *first, *wanted, *outputs, *result = NULL, *constants = PyList_New(0);
    codes.said = PyList_New(0);
    if (constants == NULL || codes.said == NULL ||
        !PyArg_ParseTuple(args, "O!O!O!O!O!O!O:steps_of", &PyList_Type, &nodes.ops, &PyList_Type,
                          &nodes.parents, &PyList_Type, &nodes.data, &PyList_Type, &first,
                          &PyList_Type, &wanted, &PyList_Type, &outputs, &codes.ask))
        goto done;
    nodes.count = PyList_GET_SIZE(nodes.ops);
    if (!checked(&nodes))
        goto done;
    size_t room = nodes.count + 1, longer = 1;
    for (Py_ssize_t i = 0; i < nodes.count; i++)
        longer += count_at(&nodes, i);
    Columns to = {PyMem_Malloc(3 * room * sizeof(int32_t)), PyMem_Malloc(longer * sizeof(int32_t)),
                  PyMem_Malloc(room * sizeof(double)), PyMem_Calloc(room, 1), 0, 0, 0};
    nodes.kind = PyMem_Calloc(room, 1);
    nodes.needed = PyMem_Calloc(room, 1);
    nodes.same = PyMem_Malloc(room * sizeof(int32_t));
    nodes.place = PyMem_Malloc(room * sizeof(int32_t));
    if (to.steps == NULL || to.more == NULL || to.exponents == NULL || to.wanted == NULL ||
        nodes.kind == NULL || nodes.needed == NULL || nodes.same == NULL || nodes.place == NULL)
        PyErr_NoMemory();
    else
        result = written(&nodes, &to, &codes, first, wanted, outputs, constants);
    void *owned[] = {to.steps, to.more, to.exponents, to.wanted, nodes.kind, nodes.needed,
                     nodes.same, nodes.place, codes.slots};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        PyMem_Free(owned[i]);
done:
    Py_XDECREF(constants);
    Py_XDECREF(codes.said);
    return result;
}

/* Whether a step is a part of the one that alone uses it: sums and products of two are as those of many. */
static int is_inside(int32_t kind, int32_t of)
{
    return (of == KIND_SUM && (kind == KIND_SUM || kind == KIND_PRODUCT)) ||
           (of == KIND_PRODUCT && kind == KIND_PRODUCT);
}

/* Write at which depth each node is, and of which kind; -1 of both for what is no step that is needed. */
static int write_depths(Nodes *nodes, Codes *codes, int32_t *uses, int32_t *depths, int32_t *kinds)
{
    for (Py_ssize_t i = 0; i < nodes->count; i++)
        for (Py_ssize_t k = nodes->needed[i] ? count_at(nodes, i) : 0; k-- > 0;)
            uses[parent_at(nodes, i, k)]++;
    for (Py_ssize_t i = 0; i < nodes->count; i++) {
        depths[i] = kinds[i] = -1;
        if (!nodes->needed[i] || op_of(nodes, i) == Py_None)
            continue;
        const Known *op = known(codes, op_of(nodes, i));
        if (op == NULL)
            return -1;
        int32_t deepest = 0;
        for (Py_ssize_t k = count_at(nodes, i); k-- > 0;) {
            int32_t p = parent_at(nodes, i, k);
            int32_t depth = Py_MAX(depths[p], 0) - (uses[p] == 1 && is_inside(kinds[p], op->code));
            deepest = Py_MAX(deepest, depth);
        }
        kinds[i] = op->code;
        depths[i] = deepest + 1;
    }
    return 0;
}

/* depths_of(ops, parents, data, outputs, kind_of): two buffers of an int for each node: its depth, where a
   part of a sum is as deep as the sum, and its kind; -1 for leaves, and what is not needed.
   kind_of(op) returns 0 for sums, 1 for products, other numbers for others, and None. */
static PyObject *depths_of(PyObject *module, PyObject *args)
{
    Nodes nodes = {0};
    Codes codes = {0};
    PyObject *outputs, *first = PyList_New(0), *depths = NULL, *kinds = NULL;
    int32_t *uses = NULL;
    int failed = 1;
    codes.said = PyList_New(0);
    if (first == NULL || codes.said == NULL ||
        !PyArg_ParseTuple(args, "O!O!O!O!O:depths_of", &PyList_Type, &nodes.ops, &PyList_Type,
                          &nodes.parents, &PyList_Type, &nodes.data, &PyList_Type, &outputs,
                          &codes.ask))
        goto done;
    nodes.count = PyList_GET_SIZE(nodes.ops);
    if (!checked(&nodes))
        goto done;
    size_t room = nodes.count + 1;
    nodes.kind = PyMem_Calloc(room, 1);
    nodes.needed = PyMem_Calloc(room, 1);
    nodes.same = PyMem_Malloc(room * sizeof(int32_t));
    nodes.place = PyMem_Malloc(room * sizeof(int32_t));
    uses = PyMem_Calloc(room, sizeof(int32_t));
    depths = PyByteArray_FromStringAndSize(NULL, nodes.count * sizeof(int32_t));
    kinds = PyByteArray_FromStringAndSize(NULL, nodes.count * sizeof(int32_t));
    if (nodes.kind == NULL || nodes.needed == NULL || nodes.same == NULL || nodes.place == NULL ||
        uses == NULL)
        PyErr_NoMemory();
    else if (depths != NULL && kinds != NULL && look(&nodes, first, outputs) == 0)
        failed = write_depths(&nodes, &codes, uses, (int32_t *)PyByteArray_AS_STRING(depths),
                              (int32_t *)PyByteArray_AS_STRING(kinds)) < 0;
    void *owned[] = {nodes.kind, nodes.needed, nodes.same, nodes.place, uses, codes.slots};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        PyMem_Free(owned[i]);
done:
    Py_XDECREF(first);
    Py_XDECREF(codes.said);
    if (failed) {
        Py_CLEAR(depths);
        Py_CLEAR(kinds);
        return NULL;
    }
    return Py_BuildValue("NN", depths, kinds);
}

PyMethodDef steps_functions[] = {
    {"depths_of", depths_of, METH_VARARGS, NULL},
    {"steps_of", steps_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
