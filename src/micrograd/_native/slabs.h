/* Slabs: the memory of computed nodes. A graph is made, walked and freed as a whole, and is
   larger than the caches near the processor, so what counts is that its nodes lie in the order
   in which they were made. A slab gives its nodes out in order; once all of them are dead it
   starts again from its first. A free list over all nodes would be shorter, but shuffles them
   more with each graph. */
#ifndef MICROGRAD_SLABS_H
#define MICROGRAD_SLABS_H

#include "value.h"

#ifndef SLAB_NODES
#define SLAB_NODES 4094 /* 256 KB with the head and the alignment */
#define KEPT_SLABS 80   /* 20 MB: the graph of one training step, to be built again */
#endif

typedef struct Slab Slab;

struct Slab {
    Value *free;    /* dead nodes, the latest first */
    int fresh;      /* nodes from this one on have not been given out yet */
    int live;
    int with_holes; /* it is in the list of those */
    Slab *next, *previous;
    void *memory; /* what was allocated; the slab is aligned, so that a node is one cache line */
};

enum { SLAB_HEAD = 64, SLAB_PAGES = 2 * SLAB_HEAD + SLAB_NODES * sizeof(Value) };
_Static_assert(sizeof(Slab) <= SLAB_HEAD && sizeof(Value) == 64, "a node is one cache line");

extern Slab *slab_current; /* where nodes come from; never NULL */

int slab_advance(void);
void slab_lost(Slab *slab);
void slab_retire(void);

static inline Value *slab_node(Slab *slab, int place)
{
    return (Value *)((char *)slab + SLAB_HEAD) + place;
}

/* A node of the exact class, without parents or op; its data is to be set. It is tracked if one
   of the parents that it will have is. */
static inline Value *value_alloc(int tracked)
{
    Slab *slab = slab_current;
    Value *v = slab->free;
    if (UNLIKELY(tracked))
        return value_alloc_slow(tracked);
    if (v != NULL) {
        slab->free = v->next;
        __builtin_prefetch(v->next, 1);
        v->grad = 0.0;
    }
    else if (LIKELY(slab->fresh < SLAB_NODES)) {
        v = slab_node(slab, slab->fresh);
        memset(v, 0, sizeof(Value));
        v->place = (uint16_t)slab->fresh++;
        Py_SET_TYPE((PyObject *)v, value_type);
    }
    else {
        return value_alloc_slow(tracked);
    }
    slab->live++;
    Py_SET_REFCNT((PyObject *)v, 1);
    return v;
}

/* Take a dead node back. */
static inline void slab_free(Value *v)
{
    Slab *slab = (Slab *)((char *)(v - v->place) - SLAB_HEAD);
    v->next = slab->free;
    slab->free = v;
    if (UNLIKELY(--slab->live == 0 || (slab != slab_current && !slab->with_holes)))
        slab_lost(slab);
}

/* Fill a node just allocated with its op and two parents. */
static inline Value *value_filled(Value *v, int op, double data, Value *x, Value *y)
{
    v->data = data;
    v->op = (uint8_t)op;
    v->count = 2;
    v->parents[0] = x;
    v->parents[1] = y;
    return v;
}

#endif
