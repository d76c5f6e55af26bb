/* From the columns of a graph to those of a tape: which op, of which places. */
#include "tape.h"

#include <string.h>

#include "rows.h"

enum { KIND_PARAMETER_OR_INPUT = 1, KIND_CONSTANT = 2 };

/* A graph's nodes, and what is known of them. A copy, x times 1, is x to those that read it: `same`. */
typedef struct {
    Columns g;
    const int32_t *number;  /* of each code, the engine's number of its op; -1: it has none */
    const double *exponent; /* of each code, where it is a power */
    uint8_t *kind, *needed;
    int32_t *same, *place;
} Nodes;

/* What is made. */
typedef struct {
    int32_t *steps, *more;
    double *exponents;
    uint8_t *wanted;
    Py_ssize_t made, longer, powers; /* so far */
} Steps;

static Py_ssize_t count_at(const Nodes *nodes, Py_ssize_t i)
{
    return nodes->g.start[i + 1] - nodes->g.start[i];
}

static int32_t number_at(const Nodes *nodes, Py_ssize_t i)
{
    return nodes->number[nodes->g.code[i]];
}

/* The k-th parent of a node. */
static int32_t parent_at(const Nodes *nodes, Py_ssize_t i, Py_ssize_t k)
{
    return nodes->same[nodes->g.parent[nodes->g.start[i] + k]];
}

/* Tell whether columns are such as they may be: leaves have no parents, all others have. */
static int checked(const Nodes *nodes, Py_ssize_t parents, Py_ssize_t codes)
{
    if (!fit_together(&nodes->g, parents, codes))
        return 0;
    for (Py_ssize_t i = 0; i < nodes->g.count; i++)
        if ((nodes->g.code[i] == 0) != (count_at(nodes, i) == 0))
            return 0;
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
         at < PyList_GET_SIZE(list) && (i = index_at(list, at, (nodes)->g.count)) >= 0; at++)

static int is_one(const Nodes *nodes, Py_ssize_t i)
{
    return nodes->kind[i] == KIND_CONSTANT && nodes->g.data[i] == 1.0;
}

/* Find copies, and what the outputs are computed from. */
static int look(Nodes *nodes, PyObject *first, PyObject *outputs)
{
    FOR_NODES(first, nodes, i)
        nodes->kind[i] = KIND_PARAMETER_OR_INPUT;
    for (Py_ssize_t i = 0; i < nodes->g.count; i++) {
        nodes->same[i] = (int32_t)i;
        nodes->place[i] = -1;
        if (nodes->g.code[i] == 0) {
            nodes->kind[i] = nodes->kind[i] ? nodes->kind[i] : KIND_CONSTANT;
            continue;
        }
        if (number_at(nodes, i) != OP_MUL || count_at(nodes, i) != 2)
            continue;
        const int32_t *parents = nodes->g.parent + nodes->g.start[i];
        for (int k = 0; k < 2; k++) {
            int32_t x = parents[k], one = parents[1 - k];
            if (is_one(nodes, one) && nodes->kind[x] != KIND_CONSTANT)
                nodes->same[i] = nodes->same[x];
        }
    }
    FOR_NODES(outputs, nodes, i)
        nodes->needed[i] = 1;
    for (Py_ssize_t i = nodes->g.count; i-- > 0;)
        for (Py_ssize_t k = nodes->needed[i] ? count_at(nodes, i) : 0; k-- > 0;)
            nodes->needed[parent_at(nodes, i, k)] = 1;
    return PyErr_Occurred() ? -1 : 0;
}

static int passes_on(int code)
{
    return code != OP_DETACH && code != OP_LT && code != OP_LE && code != OP_GT && code != OP_GE;
}

/* Give leaves their places: parameters, inputs, constants. Return how many there are, or -1. */
static Py_ssize_t place_leaves(Nodes *nodes, Steps *to, PyObject *first, PyObject *wanted)
{
    int32_t place = 0;
    FOR_NODES(first, nodes, i)
        nodes->place[i] = place++;
    FOR_NODES(wanted, nodes, i)
        if (nodes->place[i] >= 0)
            to->wanted[nodes->place[i]] = 1;
    for (Py_ssize_t i = 0; i < nodes->g.count; i++)
        if (nodes->needed[i] && nodes->kind[i] == KIND_CONSTANT)
            nodes->place[i] = place++;
    return PyErr_Occurred() ? -1 : place;
}

/* The numbers of the constants that are needed, which are the last of so many leaves. */
static PyObject *constants_of(const Nodes *nodes, Py_ssize_t first, Py_ssize_t leaves)
{
    PyObject *constants = PyBytes_FromStringAndSize(NULL, (leaves - first) * sizeof(double));
    char *to = constants == NULL ? NULL : PyBytes_AS_STRING(constants);
    for (Py_ssize_t i = 0; to != NULL && i < nodes->g.count; i++)
        if (nodes->needed[i] && nodes->kind[i] == KIND_CONSTANT)
            to = (char *)memcpy(to, &nodes->g.data[i], sizeof(double)) + sizeof(double);
    return constants;
}

/* Write the step of node i, which gets the next place. Return 0 where its op has no number. */
static int write_step(Nodes *nodes, Steps *to, Py_ssize_t i, Py_ssize_t leaves)
{
    int32_t number = number_at(nodes, i);
    if (number < 0)
        return 0;
    Py_ssize_t count = count_at(nodes, i);
    int32_t *step = to->steps + 3 * to->made, *places = to->more + to->longer;
    uint8_t wanted = 0;
    for (Py_ssize_t k = 0; k < count; k++) {
        places[k] = nodes->place[parent_at(nodes, i, k)];
        wanted |= to->wanted[places[k]];
    }
    step[0] = number;
    if (is_inline(number)) {
        step[1] = places[0];
        step[2] = number == OP_POWC ? (int32_t)to->powers : places[count - 1];
        if (number == OP_POWC)
            to->exponents[to->powers++] = nodes->exponent[nodes->g.code[i]];
    } else {
        step[1] = (int32_t)to->longer;
        step[2] = (int32_t)count;
        to->longer += count;
    }
    nodes->place[i] = (int32_t)(leaves + to->made++);
    to->wanted[nodes->place[i]] = wanted && passes_on(number);
    return 1;
}

/* Fill the columns. Return what `steps_of` does. */
static PyObject *written(Nodes *nodes, Steps *to, PyObject *first, PyObject *wanted, PyObject *outputs)
{
    int done = look(nodes, first, outputs);
    Py_ssize_t leaves = done < 0 ? -1 : place_leaves(nodes, to, first, wanted);
    done = leaves < 0 ? -1 : 1;
    for (Py_ssize_t i = 0; done > 0 && i < nodes->g.count; i++)
        if (nodes->needed[i] && !nodes->kind[i])
            done = write_step(nodes, to, i, leaves);
    if (done <= 0)
        return done < 0 ? NULL : Py_NewRef(Py_None);
    PyObject *ends = PyBytes_FromStringAndSize(NULL, PyList_GET_SIZE(outputs) * sizeof(int32_t));
    if (ends == NULL)
        return NULL;
    FOR_NODES(outputs, nodes, i)
        memcpy(PyBytes_AS_STRING(ends) + at * sizeof(int32_t), &nodes->place[i], sizeof(int32_t));
    PyObject *constants = constants_of(nodes, PyList_GET_SIZE(first), leaves);
    if (constants == NULL) {
        Py_DECREF(ends);
        return NULL;
    }
    return Py_BuildValue("ny#y#y#Ny#N", leaves, to->steps, 3 * to->made * sizeof(int32_t), to->more,
                         to->longer * sizeof(int32_t), to->exponents, to->powers * sizeof(double),
                         ends, to->wanted, leaves + to->made, constants);
}

static PyObject *steps_of_columns(Nodes *nodes, Py_ssize_t parents, PyObject *first, PyObject *wanted,
                                  PyObject *outputs)
{
    size_t room = nodes->g.count + 1;
    Steps to = {PyMem_Malloc(3 * room * sizeof(int32_t)), PyMem_Malloc((parents + 1) * sizeof(int32_t)),
                PyMem_Malloc(room * sizeof(double)), PyMem_Calloc(room, 1), 0, 0, 0};
    nodes->kind = PyMem_Calloc(room, 1);
    nodes->same = PyMem_Malloc(room * sizeof(int32_t));
    nodes->place = PyMem_Malloc(room * sizeof(int32_t));
    void *owned[] = {to.steps, to.more, to.exponents, to.wanted, nodes->kind, nodes->same, nodes->place};
    int failed = 0;
    PyObject *result = NULL;
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        failed |= owned[i] == NULL;
    if (failed)
        PyErr_NoMemory();
    else
        result = written(nodes, &to, first, wanted, outputs);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        PyMem_Free(owned[i]);
    return result;
}

/* steps_of(codes, starts, parents, data, numbers, exponents, first, wanted, outputs): the columns of a
   graph; of each code the engine's number, -1 where it has none, and an exponent; in lists the nodes
   that are the first leaves, those whose gradients are wanted, and those that come out. Return the
   arguments of `tape`, and the constants as bytes behind them; or None for an op without a number. */
static PyObject *steps_of(PyObject *module, PyObject *args)
{
    Py_buffer b[6];
    PyObject *first, *wanted, *outputs, *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*O!O!O!:steps_of", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
                          &PyList_Type, &first, &PyList_Type, &wanted, &PyList_Type, &outputs))
        return NULL;
    Py_ssize_t count = b[0].len / (Py_ssize_t)sizeof(int32_t), ints = sizeof(int32_t);
    Py_ssize_t parents = b[2].len / ints, codes = b[4].len / ints;
    uint8_t *needed = PyMem_Calloc(count + 1, 1);
    Nodes nodes = {
        .g = {.count = count, .code = b[0].buf, .start = b[1].buf, .parent = b[2].buf, .data = b[3].buf,
              .leaf = needed},
        .number = b[4].buf,
        .exponent = b[5].buf,
        .needed = needed,
    };
    if (needed == NULL)
        PyErr_NoMemory();
    else if (b[1].len != (count + 1) * ints || b[3].len != count * (Py_ssize_t)sizeof(double) ||
             b[5].len != codes * (Py_ssize_t)sizeof(double) || !checked(&nodes, parents, codes))
        PyErr_SetString(PyExc_ValueError, "the columns of a graph do not fit together");
    else
        result = steps_of_columns(&nodes, parents, first, wanted, outputs);
    PyMem_Free(needed);
    for (int k = 0; k < 6; k++)
        PyBuffer_Release(&b[k]);
    return result;
}

PyMethodDef steps_functions[] = {
    {"steps_of", steps_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
