/* What is computed twice, in one: without_copies and without_repeats of graph.py over columns. */
#include "value.h"

#include "rows.h"

#include <math.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum { AHEAD = 12 /* nodes: memory is slower than what is done for so many */ };

typedef struct {
    int32_t node; /* -1: none */
    uint32_t hash;
} Slot;

typedef struct {
    const Columns *g;
    int32_t *parent; /* as it comes to be */
    int32_t *same;   /* of each node, what stands for it */
    int32_t *alike;  /* the first node that is equal: of products with a constant, too */
    int32_t sum, product; /* the codes of the ops of two of which either may come first */
    Slot *slots;     /* a table of the first nodes of their kind, by what they are made of */
    uint32_t mask;
} Repeats;

static int64_t bits_of(double x)
{
    int64_t bits;
    x = isnan(x) ? NAN : x; /* all that print alike */
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

/* What stands for the k-th of what a node is made of: of two that are added or multiplied, the earlier
   first. */
static int32_t made_of(const Repeats *r, int32_t i, int32_t k)
{
    const Columns *g = r->g;
    const int32_t *above = r->parent + g->start[i];
    if ((g->code[i] == r->sum || g->code[i] == r->product) && g->start[i + 1] - g->start[i] == 2 &&
        r->alike[above[0]] > r->alike[above[1]])
        k = 1 - k;
    return r->alike[above[k]];
}

static uint32_t hash_of(const Repeats *r, int32_t i)
{
    const Columns *g = r->g;
    uint64_t hash = g->code[i] ? (uint64_t)g->code[i] : (uint64_t)bits_of(g->data[i]);
    for (int32_t k = 0; k < g->start[i + 1] - g->start[i]; k++)
        hash = (hash ^ (uint64_t)made_of(r, i, k)) * 0x9E3779B97F4A7C15u;
    hash *= 0x9E3779B97F4A7C15u;
    return (uint32_t)(hash >> 32);
}

static int is_alike(const Repeats *r, int32_t i, int32_t j)
{
    const Columns *g = r->g;
    int32_t count = g->start[i + 1] - g->start[i];
    if (g->code[i] != g->code[j] || count != g->start[j + 1] - g->start[j])
        return 0;
    if (g->code[i] == 0)
        return bits_of(g->data[i]) == bits_of(g->data[j]);
    for (int32_t k = 0; k < count; k++)
        if (made_of(r, i, k) != made_of(r, j, k))
            return 0;
    return 1;
}

/* The first node that is like this one: itself, where it is new. */
static int32_t first_alike(const Repeats *r, int32_t i)
{
    uint32_t hash = hash_of(r, i), at = hash & r->mask;
    for (; r->slots[at].node >= 0; at = (at + 1) & r->mask)
        if (r->slots[at].hash == hash && is_alike(r, i, r->slots[at].node))
            return r->slots[at].node;
    r->slots[at] = (Slot){i, hash};
    return i;
}

/* Where x · 1 stands for x: that; else i. */
static int32_t copied(const Repeats *r, int32_t i)
{
    const Columns *g = r->g;
    const int32_t *above = g->parent + g->start[i];
    int32_t copy = i;
    for (int k = 0; k < 2 && g->start[i + 1] - g->start[i] == 2; k++)
        if (is_constant(g, above[1 - k]) && g->data[above[1 - k]] == 1.0 && !is_constant(g, above[k]))
            copy = r->same[above[k]];
    return copy;
}

static void join(Repeats *r)
{
    const Columns *g = r->g;
    for (int32_t i = 0; i < g->count; i++)
        r->same[i] = g->code[i] == r->product ? copied(r, i) : i;
    for (int32_t k = 0; k < g->start[g->count]; k++)
        r->parent[k] = r->same[g->parent[k]];
    for (int32_t i = 0; i < g->count; i++)
        r->alike[i] = i;
    for (int32_t i = 0; i < g->count; i++) {
        int with_constant = 0;
        r->same[i] = i;
        if (i + AHEAD < g->count) /* mostly its parents are by now what they come to be */
            __builtin_prefetch(&r->slots[hash_of(r, i + AHEAD) & r->mask], 1);
        for (int32_t k = g->start[i]; k < g->start[i + 1]; k++) {
            r->parent[k] = r->same[r->parent[k]];
            with_constant |= is_constant(g, r->parent[k]);
        }
        if (g->code[i] || is_constant(g, i))
            r->alike[i] = first_alike(r, i);
        if (!(with_constant && g->code[i] == r->product))
            r->same[i] = r->alike[i];
    }
}

/* A table of a hundred megabytes that is read all over is made and looked up 2 MB at a time: in all, equal
   nodes are joined in three quarters of the time. */
static void in_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    const size_t page = (size_t)1 << 21, skipped = (page - (uintptr_t)memory % page) % page;
    if (size >= skipped + page)
        madvise((char *)memory + skipped, (size - skipped) / page * page, MADV_HUGEPAGE);
#else
    (void)memory, (void)size;
#endif
}

/* distinct_parents(code, start, parents, data, leaf, sum, product): the parents of a graph in which
   equal nodes are one; sum and product are the codes of the ops of two. */
PyObject *distinct_parents(PyObject *module, PyObject *args)
{
    Py_buffer b[5];
    int sum, product;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*ii:distinct_parents", &b[0], &b[1], &b[2], &b[3], &b[4],
                          &sum, &product))
        return NULL;
    Columns g = {.count = b[0].len / (Py_ssize_t)sizeof(int32_t), .code = b[0].buf, .start = b[1].buf,
                 .parent = b[2].buf, .data = b[3].buf, .leaf = b[4].buf};
    PyObject *made = NULL;
    if (b[1].len != (g.count + 1) * (Py_ssize_t)sizeof(int32_t) || b[4].len != g.count ||
        b[3].len != g.count * (Py_ssize_t)sizeof(double) ||
        !fit_together(&g, b[2].len / (Py_ssize_t)sizeof(int32_t), INT32_MAX))
        PyErr_SetString(PyExc_ValueError, "the columns of a graph do not fit together");
    else
        made = PyByteArray_FromStringAndSize(NULL, b[2].len);
    if (made != NULL) {
        Repeats r = {&g, (int32_t *)PyByteArray_AS_STRING(made), .sum = sum, .product = product};
        size_t room = 16;
        while (room < 2 * (size_t)g.count)
            room *= 2;
        r.mask = (uint32_t)room - 1;
        r.same = PyMem_RawMalloc(((size_t)g.count + 1) * sizeof(int32_t));
        r.alike = PyMem_RawMalloc(((size_t)g.count + 1) * sizeof(int32_t));
        r.slots = PyMem_RawMalloc(room * sizeof(Slot));
        if (r.same == NULL || r.alike == NULL || r.slots == NULL) {
            PyErr_NoMemory();
            Py_CLEAR(made);
        }
        else {
            in_large_pages(r.slots, room * sizeof(Slot));
            memset(r.slots, -1, room * sizeof(Slot));
            join(&r);
        }
        PyMem_RawFree(r.same);
        PyMem_RawFree(r.alike);
        PyMem_RawFree(r.slots);
    }
    for (int k = 0; k < 5; k++)
        PyBuffer_Release(&b[k]);
    return made;
}
