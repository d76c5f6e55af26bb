/* How many operations of a graph are alike: of one kind at one depth, as the compiler's tape.py asks. */
#include "value.h"

#include "rows.h"

#include <string.h>

enum { NO_KIND, SUM_KIND, PRODUCT_KIND };
enum { OUTPUT = 4 }; /* beside how often a node is used */

/* Tell whether what is used once is a part of what uses it, as a sum is of a sum. */
static int is_inside(int kind, int its)
{
    return (kind == SUM_KIND && (its == SUM_KIND || its == PRODUCT_KIND)) ||
           (kind == PRODUCT_KIND && its == PRODUCT_KIND);
}

static void count_alike(const Columns *g, uint8_t *uses, int32_t *depth, Names *levels, Ints *sizes)
{
    for (Py_ssize_t i = g->count; i-- > 0;)
        for (int32_t k = g->start[i]; uses[i] && k < g->start[i + 1]; k++)
            uses[g->parent[k]] += (uses[g->parent[k]] & USES) < USES;
    for (Py_ssize_t i = 0; i < g->count && !no_memory; i++) {
        int kind = g->kind[g->code[i]];
        depth[i] = 0;
        if (!uses[i])
            continue;
        for (int32_t k = g->start[i]; k < g->start[i + 1]; k++) {
            int32_t p = g->parent[k];
            int inside = (uses[p] & USES) == 1 && is_inside(kind, g->kind[g->code[p]]);
            depth[i] = Py_MAX(depth[i], depth[p] - inside);
        }
        if (kind == NO_KIND)
            continue;
        int32_t level[2] = {++depth[i], kind}, known = levels->count, name = name_of(levels, level, 2);
        if (name == known)
            push(sizes, 0);
        if (!no_memory)
            sizes->at[name]++;
    }
}

/* alike(code, start, parents, kind, outputs): tuples of a depth, a kind and how many operations are so;
   kind of each code is 0 of leaves, 1 of sums, 2 of products, and any other for what is alike. */
PyObject *alike(PyObject *module, PyObject *args)
{
    Py_buffer b[5];
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*:alike", &b[0], &b[1], &b[2], &b[3], &b[4]))
        return NULL;
    Py_ssize_t count = b[0].len / (Py_ssize_t)sizeof(int32_t);
    Py_ssize_t outputs = b[4].len / (Py_ssize_t)sizeof(int32_t);
    uint8_t *uses = PyMem_RawCalloc((size_t)count + 1, 1);
    int32_t *depth = PyMem_RawMalloc(((size_t)count + 1) * sizeof(int32_t));
    Columns g = {.count = count, .code = b[0].buf, .start = b[1].buf, .parent = b[2].buf,
                 .kind = b[3].buf, .leaf = uses};
    Names levels = {{0}};
    Ints sizes = {0};
    PyObject *made = NULL;
    no_memory = uses == NULL || depth == NULL;
    int fits = !no_memory && b[1].len == (count + 1) * (Py_ssize_t)sizeof(int32_t) &&
               fit_together(&g, b[2].len / (Py_ssize_t)sizeof(int32_t), b[3].len);
    for (Py_ssize_t k = 0; fits && k < outputs; k++) {
        int32_t output = ((const int32_t *)b[4].buf)[k];
        fits = output >= 0 && output < count;
        if (fits)
            uses[output] = OUTPUT;
    }
    if (fits)
        count_alike(&g, uses, depth, &levels, &sizes);
    if (no_memory)
        PyErr_NoMemory();
    else if (!fits)
        PyErr_SetString(PyExc_ValueError, "the columns of a graph do not fit together");
    else
        made = PyList_New(levels.count);
    for (int32_t k = 0; made != NULL && k < levels.count; k++) {
        Py_ssize_t length;
        const int32_t *level = named(&levels, k, &length);
        PyObject *one = Py_BuildValue("iii", level[0], level[1], sizes.at[k]);
        if (one == NULL)
            Py_CLEAR(made);
        else
            PyList_SET_ITEM(made, k, one);
    }
    names_drop(&levels);
    ints_drop(&sizes);
    PyMem_RawFree(uses);
    PyMem_RawFree(depth);
    for (int k = 0; k < 5; k++)
        PyBuffer_Release(&b[k]);
    return made;
}
