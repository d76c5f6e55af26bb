/* A graph as columns, and what rows.c and chains.c share: growing memory, and names for runs of ints. */
#ifndef MICROGRAD_ROWS_H
#define MICROGRAD_ROWS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

enum { NO_CHAIN, SUM_CHAIN, PRODUCT_CHAIN, MAXIMUM_CHAIN, MINIMUM_CHAIN, FAMILY = 7, SHARP = 8 };
enum { CONSTANT_LEAF = 3 }; /* as in flatten.py, of plain and of batched leaves */

/* Node i is made by code[i], 0 of a leaf, of parent[start[i]] up to start[i + 1]. */
typedef struct {
    Py_ssize_t count;
    const int32_t *code, *start, *parent;
    const double *data;
    const uint8_t *batched, *leaf; /* of leaves, their class */
    const uint8_t *kind;           /* of each code, the family of its chains, and whether it is sharp */
    int strict;
} Columns;

static inline int family_of(const Columns *g, int32_t i)
{
    return g->kind[g->code[i]] & FAMILY;
}

static inline int is_constant(const Columns *g, int32_t i)
{
    return g->code[i] == 0 && g->leaf[i] % 4 == CONSTANT_LEAF;
}

/* Ints that grow. Where there is no memory left they stay as they are, and `no_memory` says so. */
typedef struct {
    int32_t *at;
    Py_ssize_t count, room;
} Ints;

extern int no_memory;
int ints_grow(Ints *v, Py_ssize_t more);
void ints_drop(Ints *v);

static inline int ints_room(Ints *v, Py_ssize_t more)
{
    return v->count + more <= v->room || ints_grow(v, more);
}

static inline void push(Ints *v, int32_t x)
{
    if (ints_room(v, 1))
        v->at[v->count++] = x;
}

/* Numbers for runs of ints, equal ones for equal runs; start has one more than there are runs. */
typedef struct {
    Ints words, start, slots, hashes;
    int32_t count;
} Names;

int32_t name_of(Names *names, const int32_t *words, Py_ssize_t length); /* -1: no memory */
void names_drop(Names *names);

static inline const int32_t *named(const Names *names, int32_t name, Py_ssize_t *length)
{
    *length = names->start.at[name + 1] - names->start.at[name];
    return names->words.at + names->start.at[name];
}

enum { /* of a node, after chains_of */
    USES = 3,      /* how often it is used, 3 for more often; an output counts as used twice */
    ABSORBED = 32, /* a part of the chain that uses it */
    MERGED = 64,   /* a product that is a term of a sum */
    ORDERED = 128, /* a sum of which the terms keep their order */
};

int chains_of(const Columns *g, const int32_t *outputs, Py_ssize_t count, uint8_t *state);
int fit_together(const Columns *g, Py_ssize_t parents, Py_ssize_t kinds);
PyObject *distinct_parents(PyObject *module, PyObject *args);
PyObject *prefixes(PyObject *module, PyObject *numbers);
PyObject *alike(PyObject *module, PyObject *args);
void arguments_of(const Columns *g, const uint8_t *state, int32_t i, Ints *arguments, Ints *stack);

#endif
