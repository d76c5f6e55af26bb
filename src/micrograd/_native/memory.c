/* Where nodes come from and where they go: a free list, freeing without recursion, and what the
   garbage collector is told.

   A node costs the collector nothing until it is given a closure, because a graph of parents has no
   cycles; only `out._backward = f`, where f refers to out, makes one. From then on that node, and
   each node made from it, which f may come to refer to as well, is tracked. */
#include "value.h"

#include "ops.h"

#ifndef FREE_LIST_LIMIT
#define FREE_LIST_LIMIT (1 << 18) /* 20 MB: the graph of one training step, to be built again */
#endif

PyTypeObject *value_type;
Value *free_list;
Py_ssize_t free_count;

static Value *dying; /* dead nodes whose parents are still to be released */
static int draining;

Value *value_alloc_fresh(void)
{
    Value *v = PyObject_GC_New(Value, value_type);
    if (v != NULL)
        memset((char *)v + sizeof(PyObject), 0, sizeof(Value) - sizeof(PyObject));
    return v;
}

void value_track(Value *v)
{
    v->flags |= TRACKED;
    if (!PyObject_GC_IsTracked((PyObject *)v))
        PyObject_GC_Track(v);
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

/* Release what a node refers to; it becomes a leaf. */
void value_drop(Value *v)
{
    Value *inline_parents[2] = {v->parents[0], v->parents[1]};
    Extra *extra = v->flags & HAS_EXTRA ? v->extra : NULL;
    Value **parents = extra ? extra->parents : inline_parents;
    Py_ssize_t count = count_of(v);
    v->count = 0;
    v->op = OP_LEAF;
    v->flags &= TRACKED;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(parents[i]);
    if (extra != NULL) {
        Py_XDECREF(extra->label);
        Py_XDECREF(extra->closure);
        Py_XDECREF(extra->op);
        PyMem_Free(extra);
    }
}

static void release(Value *v)
{
    PyTypeObject *type = Py_TYPE(v);
    Value *x = NULL, *y = NULL;
    if (UNLIKELY(v->weakrefs != NULL))
        PyObject_ClearWeakRefs((PyObject *)v);
    if (UNLIKELY(v->flags & HAS_EXTRA)) {
        value_drop(v);
    }
    else { /* the same for what nearly all are */
        x = v->count > 0 ? v->parents[0] : NULL;
        y = v->count > 1 ? v->parents[1] : NULL;
        v->count = 0;
        v->op = OP_LEAF;
    }
    v->flags = 0;
    if (LIKELY(type == value_type && free_count < FREE_LIST_LIMIT)) {
        v->next = free_list; /* with its reference to the type */
        free_list = v;
        free_count++;
    }
    else {
        type->tp_free(v);
        Py_DECREF(type);
    }
    Py_XDECREF(x);
    Py_XDECREF(y);
}

/* Dead nodes queue up, so that a graph of any depth, with or without closures, is freed in a loop. */
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
        dying = v->next;
        release(v);
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
    }
    return 0;
}

int value_clear(PyObject *self)
{
    value_drop((Value *)self);
    return 0;
}
