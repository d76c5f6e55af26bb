/* The rows of a graph, as flatten.py says, in one sweep over its columns: each node that is no part of
   another's chain becomes one, of a class and of a group in it, whose sums have the same lengths. The
   factors of a group lie together then, as a matrix. */
#include "value.h"

#include "rows.h"

#include <string.h>

enum { LEAF_CLASSES = 8, SUM_OF_TERMS = -1 /* the code of all sums and products */ };

typedef struct {
    const Columns *g;
    const uint8_t *state;
    int32_t *class_of, *depth; /* of each node */
    Names types, classes, groups;
    int32_t last_type; /* -1: none yet */
    Ints node, group, factor;          /* of all rows, as they were made */
    Ints slot_of;                      /* of each type, its slot in the row that is looked at, or -1 */
    Ints terms, stack;                 /* of this row: its terms, */
    Ints factors, lengths, slots;      /* their factors, how many each has, which slot it is in; */
    Ints type, counts, sorted, key, at; /* of each slot its type and how many terms */
} Rows;

/* Tell whether a type is that of the term before, as most are. */
static int is_last_type(const Rows *r, const int32_t *type, Py_ssize_t count)
{
    Py_ssize_t length, k = 0;
    if (r->last_type < 0)
        return 0;
    const int32_t *last = named(&r->types, r->last_type, &length);
    while (length == count && k < count && last[k] == type[k])
        k++;
    return length == count && k == count;
}

/* Add a term of `count` factors to the row. Of a sum the factors go by their class, equal ones as they
   are written; `runs` begins a slot where the type changes, `alone` begins one in any case. */
static void add_term(Rows *r, const int32_t *factors, Py_ssize_t count, int by_class, int runs,
                     int alone)
{
    Py_ssize_t from = r->factors.count;
    if (!ints_room(&r->factors, count) || !ints_room(&r->key, count))
        return;
    int32_t *to = r->factors.at + from, *type = r->key.at;
    for (Py_ssize_t k = 0; k < count; k++) {
        int32_t x = factors[k], its = r->class_of[x];
        Py_ssize_t m = k;
        for (; by_class && m > 0 && type[m - 1] > its; m--) {
            type[m] = type[m - 1];
            to[m] = to[m - 1];
        }
        type[m] = its;
        to[m] = x;
    }
    r->factors.count += count;
    int32_t name = is_last_type(r, type, count) ? r->last_type : name_of(&r->types, type, count);
    r->last_type = name;
    while (r->slot_of.count < r->types.count && ints_room(&r->slot_of, 1))
        push(&r->slot_of, -1);
    if (no_memory)
        return;
    Py_ssize_t last = r->type.count - 1;
    int32_t slot = alone ? -1 : !runs ? r->slot_of.at[name]
                   : last >= 0 && r->type.at[last] == name ? (int32_t)last : -1;
    if (slot < 0) {
        slot = (int32_t)r->type.count;
        push(&r->type, name);
        push(&r->counts, 0);
        r->slot_of.at[name] = slot;
    }
    push(&r->lengths, (int32_t)count);
    push(&r->slots, slot);
    if (!no_memory)
        r->counts.at[slot]++;
}

static void add_sum(Rows *r, int32_t i)
{
    const Columns *g = r->g;
    int ordered = (r->state[i] & ORDERED) != 0, in_order = ordered || g->strict;
    Ints few = {0};
    for (Py_ssize_t k = 0; k < r->terms.count; k++) {
        int32_t t = r->terms.at[k];
        if (!(r->state[t] & MERGED)) {
            add_term(r, &t, 1, !in_order, in_order, ordered);
            continue;
        }
        arguments_of(g, r->state, t, &few, &r->stack);
        add_term(r, few.at, few.count, !in_order, in_order, ordered);
    }
    ints_drop(&few);
}

static int of_one_class(const Rows *r)
{
    for (Py_ssize_t k = 1; k < r->terms.count; k++)
        if (r->class_of[r->terms.at[k]] != r->class_of[r->terms.at[0]])
            return 0;
    return 1;
}

/* The terms of node i. */
static void add_terms(Rows *r, int32_t i)
{
    const Columns *g = r->g;
    int family = family_of(g, i);
    r->terms.count = r->factors.count = r->lengths.count = r->slots.count = 0;
    r->type.count = r->counts.count = 0;
    if (family == NO_CHAIN) {
        const int32_t *parents = g->parent + g->start[i];
        add_term(r, parents, g->start[i + 1] - g->start[i], 0, 0, 0);
        return;
    }
    arguments_of(g, r->state, i, &r->terms, &r->stack);
    if (family == SUM_CHAIN)
        add_sum(r, i);
    else if (family == PRODUCT_CHAIN)
        add_term(r, r->terms.at, r->terms.count, !g->strict, g->strict, 0);
    else if (of_one_class(r))
        for (Py_ssize_t k = 0; k < r->terms.count; k++)
            add_term(r, &r->terms.at[k], 1, 0, 0, 0);
    else /* a tie goes to the first: keep the order */
        add_term(r, r->terms.at, r->terms.count, 0, 0, 0);
}

/* Types in the order of Python's tuples. */
static int comes_before(const Rows *r, int32_t a, int32_t b)
{
    Py_ssize_t length, other;
    const int32_t *x = named(&r->types, a, &length), *y = named(&r->types, b, &other);
    for (Py_ssize_t k = 0; k < length && k < other; k++)
        if (x[k] != y[k])
            return x[k] < y[k];
    return length < other;
}

/* Say in which order the slots of a row come. */
static void sort_slots(Rows *r, int in_order)
{
    r->sorted.count = 0;
    for (Py_ssize_t k = 0; k < r->type.count; k++) {
        push(&r->sorted, (int32_t)k);
        for (Py_ssize_t m = r->sorted.count - 1; !in_order && m > 0; m--) {
            int32_t *two = r->sorted.at + m - 1;
            if (!comes_before(r, r->type.at[two[1]], r->type.at[two[0]]))
                break;
            int32_t earlier = two[0];
            two[0] = two[1];
            two[1] = earlier;
        }
    }
}

/* The factors of a row, those of a slot together. */
static void push_factors(Rows *r)
{
    Py_ssize_t to = r->factor.count;
    if (!ints_room(&r->factor, r->factors.count) || !ints_room(&r->at, r->type.count))
        return;
    for (Py_ssize_t k = 0; k < r->sorted.count; k++) {
        int32_t slot = r->sorted.at[k];
        Py_ssize_t length;
        named(&r->types, r->type.at[slot], &length);
        r->at.at[slot] = (int32_t)(to - r->factor.count);
        to += r->counts.at[slot] * length;
    }
    const int32_t *from = r->factors.at;
    for (Py_ssize_t t = 0; t < r->slots.count; t++) {
        int32_t slot = r->slots.at[t], count = r->lengths.at[t];
        memcpy(r->factor.at + r->factor.count + r->at.at[slot], from, (size_t)count * sizeof(int32_t));
        r->at.at[slot] += count;
        from += count;
    }
    r->factor.count = to;
}

static void add_row(Rows *r, int32_t i)
{
    const Columns *g = r->g;
    int family = family_of(g, i), deepest = 0;
    int in_order = g->strict || r->state[i] & ORDERED;
    add_terms(r, i);
    if (no_memory)
        return;
    for (Py_ssize_t k = 0; k < r->factors.count; k++)
        deepest = Py_MAX(deepest, r->depth[r->factors.at[k]]);
    r->depth[i] = deepest + 1;
    sort_slots(r, in_order);
    r->key.count = 0;
    push(&r->key, family == SUM_CHAIN || family == PRODUCT_CHAIN ? SUM_OF_TERMS : g->code[i]);
    push(&r->key, deepest + 1);
    push(&r->key, g->batched[i]);
    for (Py_ssize_t k = 0; k < r->sorted.count; k++)
        push(&r->key, r->type.at[r->sorted.at[k]]);
    int32_t name = name_of(&r->classes, r->key.at, r->key.count);
    r->class_of[i] = LEAF_CLASSES + name;
    r->key.count = 0;
    push(&r->key, name);
    for (Py_ssize_t k = 0; k < r->sorted.count; k++)
        push(&r->key, r->counts.at[r->sorted.at[k]]);
    push(&r->group, name_of(&r->groups, r->key.at, r->key.count));
    push(&r->node, i);
    if (no_memory)
        return;
    push_factors(r);
    for (Py_ssize_t k = 0; k < r->type.count; k++)
        r->slot_of.at[r->type.at[k]] = -1;
}

/* How many factors a row of a group has. */
static Py_ssize_t width_of(const Rows *r, int32_t group)
{
    Py_ssize_t counts, types, length, width = 0;
    const int32_t *count = named(&r->groups, group, &counts);
    const int32_t *type = named(&r->classes, count[0], &types) + 3;
    for (Py_ssize_t k = 1; k < counts; k++) {
        named(&r->types, type[k - 1], &length);
        width += count[k] * length;
    }
    return width;
}

/* New bytes for so many ints. */
static PyObject *new_ints(Py_ssize_t count, int32_t **at)
{
    PyObject *bytes = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int32_t));
    *at = bytes ? (int32_t *)PyByteArray_AS_STRING(bytes) : NULL;
    return bytes;
}

/* Nodes and factors of all rows, sorted by group; and how many rows and factors each group has. */
static PyObject *by_group(const Rows *r)
{
    Py_ssize_t count = r->groups.count;
    int32_t *node, *factor, *rows, *widths;
    PyObject *parts[] = {new_ints(r->node.count, &node), new_ints(r->factor.count, &factor),
                         new_ints(count, &rows), new_ints(count, &widths)};
    Py_ssize_t *to_row = PyMem_Calloc(2 * (size_t)count + 1, sizeof(Py_ssize_t));
    Py_ssize_t *to_factor = to_row + count, row = 0, from = 0;
    int failed = to_row == NULL;
    for (int k = 0; k < 4; k++)
        failed |= parts[k] == NULL;
    if (!failed) {
        memset(rows, 0, (size_t)count * sizeof(int32_t));
        for (Py_ssize_t k = 0; k < r->group.count; k++)
            rows[r->group.at[k]]++;
        for (int32_t k = 0; k < count; k++) {
            widths[k] = (int32_t)width_of(r, k);
            to_row[k] = row;
            to_factor[k] = from;
            row += rows[k];
            from += (Py_ssize_t)rows[k] * widths[k];
        }
        const int32_t *next = r->factor.at;
        for (Py_ssize_t k = 0; k < r->group.count; k++) {
            int32_t group = r->group.at[k], width = widths[group];
            node[to_row[group]++] = r->node.at[k];
            memcpy(factor + to_factor[group], next, (size_t)width * sizeof(int32_t));
            to_factor[group] += width;
            next += width;
        }
    }
    else if (!PyErr_Occurred())
        PyErr_NoMemory();
    PyMem_Free(to_row);
    if (!failed)
        return Py_BuildValue("NNNN", parts[0], parts[1], parts[2], parts[3]);
    for (int k = 0; k < 4; k++)
        Py_XDECREF(parts[k]);
    return NULL;
}

/* A list of lists of ints. */
static PyObject *listed(const Names *names)
{
    PyObject *all = PyList_New(names->count);
    for (int32_t i = 0; all != NULL && i < names->count; i++) {
        Py_ssize_t length;
        const int32_t *words = named(names, i, &length);
        PyObject *some = PyTuple_New(length);
        for (Py_ssize_t k = 0; some != NULL && k < length; k++) {
            PyObject *word = PyLong_FromLong(words[k]);
            if (word == NULL)
                Py_CLEAR(some);
            else
                PyTuple_SET_ITEM(some, k, word);
        }
        if (some == NULL)
            Py_CLEAR(all);
        else
            PyList_SET_ITEM(all, i, some);
    }
    return all;
}

static PyObject *rows_of(const Columns *g, const int32_t *outputs, Py_ssize_t count)
{
    Rows r = {.g = g, .last_type = -1};
    Py_ssize_t size = g->count + 1;
    uint8_t *state = PyMem_RawCalloc((size_t)size, 1);
    int by_rounding = 0;
    PyObject *made = NULL;
    r.class_of = PyMem_RawMalloc((size_t)size * sizeof(int32_t));
    r.depth = PyMem_RawMalloc((size_t)size * sizeof(int32_t));
    r.state = state;
    no_memory = state == NULL || r.class_of == NULL || r.depth == NULL;
    if (!no_memory)
        by_rounding = chains_of(g, outputs, count, state);
    for (int32_t i = 0; i < g->count && !no_memory; i++) {
        r.class_of[i] = g->code[i] ? -1 : g->leaf[i];
        r.depth[i] = 0;
        if (g->code[i] && (state[i] & USES) && !(state[i] & (ABSORBED | MERGED)))
            add_row(&r, i);
    }
    for (Py_ssize_t i = 0; i < g->count && !no_memory; i++)
        state[i] = !g->code[i] && (state[i] & USES);
    if (no_memory)
        PyErr_NoMemory();
    else
        made = by_group(&r);
    if (made != NULL)
        made = Py_BuildValue("NNNNNNi", made, listed(&r.groups), listed(&r.classes), listed(&r.types),
                             PyByteArray_FromStringAndSize((char *)state, g->count),
                             PyByteArray_FromStringAndSize((char *)r.class_of,
                                                           g->count * (Py_ssize_t)sizeof(int32_t)),
                             by_rounding);
    Ints *dropped[] = {&r.node,    &r.group, &r.factor, &r.slot_of, &r.terms,  &r.stack, &r.factors,
                       &r.lengths, &r.slots, &r.type,   &r.counts,  &r.sorted, &r.key,   &r.at};
    for (size_t k = 0; k < sizeof(dropped) / sizeof(*dropped); k++)
        ints_drop(dropped[k]);
    names_drop(&r.types);
    names_drop(&r.classes);
    names_drop(&r.groups);
    PyMem_RawFree(state);
    PyMem_RawFree(r.class_of);
    PyMem_RawFree(r.depth);
    return made;
}

/* Tell whether all numbers in columns are such as they may be: none leads out of memory. */
int fit_together(const Columns *g, Py_ssize_t parents, Py_ssize_t kinds)
{
    if (g->start[0] != 0 || g->start[g->count] != parents)
        return 0;
    for (Py_ssize_t i = 0; i < g->count; i++) {
        if (g->code[i] < 0 || g->code[i] >= kinds || g->start[i + 1] < g->start[i])
            return 0;
        if (g->start[i + 1] > parents || (g->code[i] == 0 && g->leaf[i] >= LEAF_CLASSES))
            return 0;
        for (int32_t k = g->start[i]; k < g->start[i + 1]; k++)
            if (g->parent[k] < 0 || g->parent[k] >= i)
                return 0;
    }
    return 1;
}

/* rows(code, start, parents, data, batched, leaf, kind, outputs, strict): sweeps.py says what
   they are, and what comes back. */
static PyObject *rows(PyObject *module, PyObject *args)
{
    Py_buffer b[8];
    int strict;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*p:rows", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
                          &b[6], &b[7], &strict))
        return NULL;
    Columns g = {b[0].len / (Py_ssize_t)sizeof(int32_t), b[0].buf, b[1].buf, b[2].buf, b[3].buf,
                 b[4].buf, b[5].buf, b[6].buf, strict};
    Py_ssize_t count = b[7].len / (Py_ssize_t)sizeof(int32_t), size = g.count;
    const int32_t *outputs = b[7].buf;
    int fits = b[1].len == (size + 1) * (Py_ssize_t)sizeof(int32_t) &&
               b[3].len == size * (Py_ssize_t)sizeof(double) && b[4].len == size && b[5].len == size &&
               fit_together(&g, b[2].len / (Py_ssize_t)sizeof(int32_t), b[6].len);
    for (Py_ssize_t k = 0; fits && k < count; k++)
        fits = outputs[k] >= 0 && outputs[k] < size;
    PyObject *made = NULL;
    if (fits)
        made = rows_of(&g, outputs, count);
    else
        PyErr_SetString(PyExc_ValueError, "the columns of a graph do not fit together");
    for (int k = 0; k < 8; k++)
        PyBuffer_Release(&b[k]);
    return made;
}

PyMethodDef row_functions[] = {
    {"rows", rows, METH_VARARGS, NULL},
    {"distinct_parents", distinct_parents, METH_VARARGS, NULL},
    {"prefixes", prefixes, METH_O, NULL},
    {"alike", alike, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
