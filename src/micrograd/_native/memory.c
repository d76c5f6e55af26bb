/* Where nodes come from and where they go, freeing without recursion, and what the garbage
   collector is told.

   A graph of parents has no cycles; only `out._backward = f`, where f refers to out, makes one.
   So a computed node has no collector's header before it and costs 64 bytes. A node that is made
   by hand, for a closure to be assigned to, has one, and is tracked once it holds the closure;
   so is each node made from it, which f may come to refer to as well. Where a closure is
   assigned to a computed node, that one cannot be tracked any more, but all nodes get headers
   from then on: a program that does this may lose one graph to a cycle, and no second one. */
#include "value.h"

#include "ops.h"
#include "slabs.h"

PyTypeObject *value_type, *number_type;

static Value *dying; /* dead nodes whose parents are still to be released */
static int draining;

static int always_header;

/* A node with room for what the collector notes, to be tracked when the need arises. */
Value *value_alloc_with_header(void)
{
    Value *v = PyObject_GC_New(Value, value_type);
    if (v != NULL) {
        memset((char *)v + sizeof(PyObject), 0, sizeof(Value) - sizeof(PyObject));
        v->flags = HAS_HEADER;
    }
    return v;
}

/* The same, of the subclass for what is a plain number to its user. */
Value *number_alloc(int tracked)
{
    Value *v = PyObject_GC_New(Value, number_type);
    if (v == NULL)
        return NULL;
    memset((char *)v + sizeof(PyObject), 0, sizeof(Value) - sizeof(PyObject));
    v->flags = HAS_HEADER | NUMBER;
    if (tracked)
        value_track(v);
    return v;
}

Value *value_alloc_slow(int tracked)
{
    if (tracked || always_header) {
        Value *v = value_alloc_with_header();
        if (v != NULL && tracked)
            value_track(v);
        return v;
    }
    return slab_advance() < 0 ? NULL : value_alloc(0);
}

/* Not PyObject_GC_Del, so that Python refuses `v.__class__ = Subclass`: subclasses have headers. */
void value_free(void *v)
{
    if (!value_is_gc(v)) {
        slab_free(v);
        return;
    }
    PyTypeObject *type = Py_TYPE(v);
    PyObject_GC_Del(v);
    Py_DECREF(type); /* nodes in slabs do not count the type, which lives for ever */
}

/* From now on a cycle through this node is to be found. */
void value_track(Value *v)
{
    if (value_is_gc((PyObject *)v)) {
        v->flags |= TRACKED;
        if (!PyObject_GC_IsTracked((PyObject *)v))
            PyObject_GC_Track(v);
        return;
    }
    always_header = 1;
    slab_retire();
}

/* Subclasses are allocated by Python, always with a header. */
int value_is_gc(PyObject *self)
{
    return !Py_IS_TYPE(self, value_type) || ((Value *)self)->flags & HAS_HEADER;
}

/* Make room for what few nodes have: one allocation, to which the parents move. */
static Extra *new_extra(Value *const *parents, Py_ssize_t count)
{
    Extra *extra = PyMem_Malloc(sizeof(Extra) + (size_t)count * sizeof(Value *));
    if (extra == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    memset(extra, 0, sizeof(Extra));
    extra->count = count;
    if (count)
        memcpy(extra->parents, parents, (size_t)count * sizeof(Value *));
    return extra;
}

Extra *value_extra(Value *v)
{
    if (v->flags & HAS_EXTRA)
        return v->extra;
    Extra *extra = new_extra(v->parents, v->count);
    if (extra == NULL)
        return NULL;
    if (v->op == OP_POWC)
        extra->exponent = v->exponent;
    v->extra = extra;
    v->flags |= HAS_EXTRA;
    return extra;
}

/* Give a node without parents these, whose references it takes over, also when it fails. */
int value_set_parents(Value *v, Value *const *parents, Py_ssize_t count)
{
    int tracked = 0;
    if (count > 2) {
        Extra *extra = new_extra(parents, count);
        if (extra == NULL) {
            for (Py_ssize_t i = 0; i < count; i++)
                Py_DECREF(parents[i]);
            return -1;
        }
        v->extra = extra;
        v->flags |= HAS_EXTRA;
    }
    else {
        v->count = (uint8_t)count;
        for (Py_ssize_t i = 0; i < count; i++)
            v->parents[i] = parents[i];
    }
    for (Py_ssize_t i = 0; i < count; i++)
        tracked |= parents[i]->flags & TRACKED;
    if (UNLIKELY(tracked))
        value_track(v);
    return 0;
}

/* Give a leaf, or a node made by hand, another op of its own (NULL: none) and other parents, and
   leave it what else it has. */
int value_rewire(Value *v, PyObject *op, Value *const *parents, Py_ssize_t count)
{
    int tracked = 0;
    Extra *former = value_extra(v), *extra = former ? new_extra(parents, count) : NULL;
    if (extra == NULL)
        return -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_INCREF(parents[i]);
        tracked |= parents[i]->flags & TRACKED;
    }
    extra->label = former->label;
    extra->closure = former->closure;
    extra->attributes = former->attributes;
    extra->op = Py_XNewRef(op);
    v->extra = extra;
    v->op = op ? OP_HANDMADE : OP_LEAF;
    v->count = 0;
    if (tracked)
        value_track(v);
    for (Py_ssize_t i = 0; i < former->count; i++)
        Py_DECREF(former->parents[i]);
    Py_XDECREF(former->op);
    PyMem_Free(former);
    return 0;
}

/* Release what a node refers to; it becomes a leaf. */
void value_drop(Value *v)
{
    Value *inline_parents[2] = {v->parents[0], v->parents[1]};
    Extra *extra = v->flags & HAS_EXTRA ? v->extra : NULL;
    Value **parents = extra ? extra->parents : inline_parents;
    Py_ssize_t count = count_of(v);
    v->count = 0;
    v->op = OP_LEAF;
    v->flags &= TRACKED | HAS_HEADER | NUMBER;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(parents[i]);
    if (extra != NULL) {
        Py_XDECREF(extra->label);
        Py_XDECREF(extra->closure);
        Py_XDECREF(extra->op);
        Py_XDECREF(extra->attributes);
        PyMem_Free(extra);
    }
}

/* Free a dead node that has more than parents. */
static void release(Value *v)
{
    if (v->weakrefs != NULL)
        PyObject_ClearWeakRefs((PyObject *)v);
    value_drop(v);
    value_free(v);
}

/* Drop one reference; tell whether the node died of it and is an ordinary one, as nearly all are: then
   it needs not go by way of the interpreter. */
static inline int dies(Value *v)
{
    if (Py_REFCNT(v) == 1 && Py_IS_TYPE(v, value_type) && !(v->flags & TRACKED)) {
        Py_SET_REFCNT((PyObject *)v, 0);
        return 1;
    }
    Py_DECREF(v);
    return 0;
}

/* Free dead nodes, and those of their parents that die of it. */
static void drain(Value *queue)
{
    while (queue != NULL) {
        Value *v = queue, **parents = v->parents;
        queue = v->next;
        if (UNLIKELY(v->flags & ~INTEGRAL || v->weakrefs != NULL)) {
            release(v);
            continue;
        }
        Value *x = parents[0], *y = parents[1];
        int count = v->count;
        v->op = OP_LEAF;
        v->count = v->flags = 0;
        slab_free(v);
        if (count > 0 && dies(x)) {
            x->next = queue;
            queue = x;
        }
        if (count > 1 && dies(y)) {
            y->next = queue;
            queue = y;
        }
    }
}

/* Dead nodes queue up, so that a graph of any depth, with or without closures, is freed in a
   loop. */
void value_dealloc(PyObject *self)
{
    Value *v = (Value *)self;
    if (UNLIKELY(v->flags & TRACKED) || UNLIKELY(!Py_IS_TYPE(self, value_type)))
        PyObject_GC_UnTrack(self);
    v->next = dying;
    dying = v;
    if (draining)
        return;
    draining = 1;
    while (dying != NULL) {
        v = dying;
        dying = NULL;
        drain(v);
    }
    draining = 0;
}

int value_traverse(PyObject *self, visitproc visit, void *arg)
{
    Value *v = (Value *)self;
    Value **parents = parents_of(v);
    Py_ssize_t count = count_of(v);
    Py_VISIT(Py_TYPE(self));
    for (Py_ssize_t i = 0; i < count; i++)
        Py_VISIT(parents[i]);
    if (v->flags & HAS_EXTRA) {
        Py_VISIT(v->extra->label);
        Py_VISIT(v->extra->closure);
        Py_VISIT(v->extra->op);
        Py_VISIT(v->extra->attributes);
    }
    return 0;
}

int value_clear(PyObject *self)
{
    value_drop((Value *)self);
    return 0;
}
