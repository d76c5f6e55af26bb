/* Walking a graph: the topological order, and the chain rule along it. */
#include "value.h"

#include "ops.h"

/* The topological order, parents before children, grows from the front of `items`; what is still to be
   visited, or to be put into the order, is a stack that grows from the end of them. */
typedef struct {
    Value **items;
    Py_ssize_t size, room, top; /* the order ends before `size`, the stack begins at `top` */
    Py_ssize_t widest;          /* the largest number of parents */
    int calls_python;           /* a closure or an Op without a case may run any code */
} Order;

/* Sorting takes up the list of an earlier call, since fresh pages of memory cost more than the
   sorting. It is taken away while in use, so that a backward within a backward gets its own. */
enum { KEPT_ROOM = 1 << 19 };
static Value **kept_items;
static Py_ssize_t kept_room;

static Order empty_order(void)
{
    Order order = {kept_items, 0, kept_room, kept_room, 2, 0};
    kept_items = NULL;
    kept_room = 0;
    return order;
}

static void give_back(Order *order)
{
    if (order->room <= KEPT_ROOM && order->room > kept_room) {
        PyMem_Free(kept_items);
        kept_items = order->items;
        kept_room = order->room;
    }
    else {
        PyMem_Free(order->items);
    }
}

/* Make room for so many more items between the order and the stack. */
static int widen(Order *order, Py_ssize_t more)
{
    Py_ssize_t waiting = order->room - order->top, room = 2 * order->room + more + 64;
    Value **items = PyMem_Realloc(order->items, (size_t)room * sizeof(Value *));
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memmove(items + room - waiting, items + order->top, (size_t)waiting * sizeof(Value *));
    order->items = items;
    order->room = room;
    order->top = room - waiting;
    return 0;
}

/* A value on the stack whose parents are done already, or are above it. */
static inline Value *opened(Value *v)
{
    return (Value *)((uintptr_t)v | 1);
}

static inline int is_opened(Value *v)
{
    return (uintptr_t)v & 1;
}

static inline Value *plain(Value *v)
{
    return (Value *)((uintptr_t)v & ~(uintptr_t)1);
}

static void unmark(Order *order)
{
    for (Py_ssize_t i = 0; i < order->size; i++)
        order->items[i]->visited = 0;
    for (Py_ssize_t i = order->top; i < order->room; i++)
        plain(order->items[i])->visited = 0;
}

/* Nodes lie in the order in which they were made, so what is visited soon lies before a node. */
enum { AHEAD = 8 };

/* Tell whether a value needs no visit: it had its own, or `backward` has nothing to do with it, as with
   a leaf that is nothing but a number. */
static inline int is_done(const Value *v, int backward)
{
    return v->visited || (backward && (v->count | (v->flags & HAS_EXTRA)) == 0);
}

/* Note what few nodes have: many parents, or Python code of their own. */
static void note_extra(const Value *v, Order *order)
{
    PyObject *slopes = slopes_of(v), *closure = v->extra->closure;
    int fits = slopes != NULL && PyTuple_GET_SIZE(slopes) == v->extra->count; /* else it raises */
    order->calls_python |= (closure != NULL && !fits) || v->op == OP_FOREIGN;
    order->widest = Py_MAX(order->widest, v->extra->count);
}

/* Put root and all it was computed from into an order: depth-first post-order over ordered parents. All
   of them are left marked. For `backward`, plain leaves are left out, and gradients of what is computed
   are cleared while they are in the cache. No Python code runs in between. On failure nothing is
   marked. */
static inline int visit(Value *root, Order *order, int backward)
{
    Value *v = root;
    *order = empty_order();
    while (v != NULL) {
        if (!v->visited) {
            Py_ssize_t count = count_of(v), top = order->top;
            if (UNLIKELY(top - order->size <= count)) {
                if (widen(order, count + 1) < 0) {
                    unmark(order);
                    give_back(order);
                    return -1;
                }
                top = order->top;
            }
            v->visited = 1;
            __builtin_prefetch((void *)((uintptr_t)v - AHEAD * sizeof(Value)), 1);
            if (UNLIKELY(v->flags & HAS_EXTRA))
                note_extra(v, order);
            if (backward && count > 0)
                v->grad = 0.0;
            Value **parents = parents_of(v);
            order->items[--top] = opened(v);
            for (Py_ssize_t i = count - 1; i > 0; i--)
                if (!is_done(parents[i], backward))
                    order->items[--top] = parents[i];
            order->top = top;
            if (count > 0 && !is_done(parents[0], backward)) {
                v = parents[0];
                continue;
            }
        }
        for (v = NULL; order->top < order->room && v == NULL;) {
            Value *first = order->items[order->top++];
            if (is_opened(first))
                order->items[order->size++] = plain(first);
            else
                v = first;
        }
    }
    return 0;
}

static void hold(Order *order)
{
    for (Py_ssize_t i = 0; i < order->size; i++)
        Py_INCREF(order->items[i]);
}

static void let_go(Order *order)
{
    for (Py_ssize_t i = 0; i < order->size; i++)
        Py_DECREF(order->items[i]);
}

PyObject *value_toposort(PyObject *module, PyObject *root)
{
    Order order;
    if (!is_value(root))
        return PyErr_Format(PyExc_TypeError, "toposort expects a Value, got %R", root);
    if (visit((Value *)root, &order, 0) < 0)
        return NULL;
    unmark(&order);
    hold(&order); /* a new list may set off a collection, which may run any code */
    PyObject *list = PyList_New(order.size);
    for (Py_ssize_t i = 0; list != NULL && i < order.size; i++)
        PyList_SET_ITEM(list, i, Py_NewRef((PyObject *)order.items[i]));
    let_go(&order);
    give_back(&order);
    return list;
}

/* extent(root, values): what is marked as root's own tells of the others whether they are in it. */
PyObject *value_extent(PyObject *module, PyObject *args)
{
    Order order;
    PyObject *root, *values;
    int has = 0;
    if (!PyArg_ParseTuple(args, "OO!:extent", &root, &PyList_Type, &values))
        return NULL;
    if (!is_value(root))
        return PyErr_Format(PyExc_TypeError, "extent expects a Value, got %R", root);
    if (visit((Value *)root, &order, 0) < 0)
        return NULL;
    for (Py_ssize_t i = 0; !has && i < PyList_GET_SIZE(values); i++) {
        PyObject *v = PyList_GET_ITEM(values, i);
        has = is_value(v) && ((Value *)v)->visited;
    }
    Py_ssize_t size = order.size;
    unmark(&order);
    give_back(&order);
    return Py_BuildValue("nO", size, has ? Py_True : Py_False);
}

/* Ask a foreign Op for its partials at x[0 .. count-1]. */
static int foreign_partials(Value *v, const double *x, Py_ssize_t count, double *d)
{
    PyObject *op = Py_NewRef(v->extra->op), *args = PyTuple_New(count + 1), *given = NULL;
    double out = v->data;
    for (Py_ssize_t i = 0; args != NULL && i <= count; i++) {
        PyObject *number = PyFloat_FromDouble(i < count ? x[i] : out);
        if (number == NULL)
            Py_CLEAR(args);
        else
            PyTuple_SET_ITEM(args, i, number);
    }
    PyObject *rule = args ? PyObject_GetAttrString(op, "partials") : NULL;
    PyObject *made = rule ? PyObject_CallObject(rule, args) : NULL;
    Py_XDECREF(rule);
    Py_XDECREF(args);
    given = made ? PySequence_Tuple(made) : NULL;
    Py_XDECREF(made);
    if (given != NULL && PyTuple_GET_SIZE(given) != count)
        PyErr_Format(PyExc_ValueError, "%R has %zd arguments, but its partials are %R", op, count,
                     given);
    Py_DECREF(op);
    if (given == NULL)
        return -1;
    for (Py_ssize_t i = 0; !PyErr_Occurred() && i < count; i++)
        d[i] = PyFloat_AsDouble(PyTuple_GET_ITEM(given, i));
    Py_DECREF(given);
    return PyErr_Occurred() ? -1 : 0;
}

/* What a value made by hand was given as its partials: 0 where it was given none. */
static int local_gradients(Value *v, Py_ssize_t count, double *d)
{
    PyObject *slopes = count > 0 ? slopes_of(v) : NULL;
    if (slopes != NULL && PyTuple_GET_SIZE(slopes) != count) {
        PyErr_Format(PyExc_ValueError,
                     "%R has %zd children, but %zd local gradients: assign _local_grads, a number "
                     "for each child",
                     v, count, PyTuple_GET_SIZE(slopes));
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        d[i] = slopes ? PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(slopes, i)) : 0.0;
    return 0;
}

/* Write the partials to scratch[0 .. count-1]; scratch has room for twice as many. */
static int partials(Value *v, Value **parents, Py_ssize_t count, double *scratch)
{
    double *x = scratch + count;
    if (v->op == OP_LEAF || v->op == OP_HANDMADE)
        return local_gradients(v, count, scratch);
    for (Py_ssize_t i = 0; i < count; i++)
        x[i] = parents[i]->data;
    if (v->op == OP_FOREIGN)
        return foreign_partials(v, x, count, scratch);
    op_partials(v->op, x, count, v->data, v->op == OP_POWC ? exponent_of(v) : 0.0, scratch);
    return 0;
}

PyObject *value_partials(PyObject *self, PyObject *unused)
{
    Value *v = (Value *)self;
    Py_ssize_t count = count_of(v);
    double *scratch = PyMem_Malloc(2 * (size_t)(count + 1) * sizeof(double));
    PyObject *tuple = NULL;
    if (scratch == NULL)
        return PyErr_NoMemory();
    if (partials(v, parents_of(v), count, scratch) == 0)
        tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *d = PyFloat_FromDouble(scratch[i]);
        if (d == NULL)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, i, d);
    }
    PyMem_Free(scratch);
    return tuple;
}

/* Give each parent its share of the gradient: the local derivative times this node's own. */
static inline int pass_on(Value *v, double *scratch)
{
    Value **parents = parents_of(v);
    double grad = v->grad;
    switch (v->op) {
    case OP_LEAF:
        return 0;
    case OP_HANDMADE:
        if (slopes_of(v) == NULL)
            return 0;
        break;
    case OP_ADD:
        parents[0]->grad += grad;
        parents[1]->grad += grad;
        return 0;
    case OP_MUL: {
        double dx = parents[1]->data, dy = parents[0]->data;
        parents[0]->grad += dx * grad;
        parents[1]->grad += dy * grad;
        return 0;
    }
    default:
        break;
    }
    if (!(v->flags & HAS_EXTRA) && v->count == 1) {
        double x = parents[0]->data, d;
        op_partials(v->op, &x, 1, v->data, v->exponent, &d);
        parents[0]->grad += d * grad;
        return 0;
    }
    Py_ssize_t count = count_of(v);
    if (v->op == OP_SUM) {
        for (Py_ssize_t i = 0; i < count; i++)
            parents[i]->grad += grad;
        return 0;
    }
    if (partials(v, parents, count, scratch) < 0)
        return -1;
    if (v->op == OP_FOREIGN) { /* its Python code may have changed the graph */
        parents = parents_of(v);
        count = Py_MIN(count, count_of(v));
    }
    for (Py_ssize_t i = 0; i < count; i++)
        parents[i]->grad += scratch[i] * grad;
    return 0;
}

/* One node's own share: what `v._backward()` calls unless a function was assigned. */
PyObject *value_pass_on(PyObject *self, PyObject *unused)
{
    Value *v = (Value *)self;
    double *scratch = PyMem_Malloc(2 * (size_t)(count_of(v) + 1) * sizeof(double));
    if (scratch == NULL)
        return PyErr_NoMemory();
    int done = pass_on(v, scratch);
    PyMem_Free(scratch);
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* One step of the sweep where Python code may run: it may change the graph, so nothing that was
   read from it before may be used again. */
static int step(Value *v, int anomaly)
{
    PyObject *closure = v->flags & HAS_EXTRA ? v->extra->closure : NULL, *done;
    if (anomaly) {
        done = PyObject_CallOneArg(shared.checked, (PyObject *)v);
    }
    else if (is_share(closure)) {
        return share_pass_on(closure, v);
    }
    else if (closure != NULL && !PyTuple_CheckExact(closure)) {
        Py_INCREF(closure);
        done = is_share_of_python(closure) ? PyObject_CallOneArg(closure, (PyObject *)v)
                                           : PyObject_CallNoArgs(closure);
        Py_DECREF(closure);
    }
    else if (count_of(v) == 0) {
        return 0;
    }
    else {
        done = value_pass_on((PyObject *)v, NULL);
    }
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static int sweep_holding(Order *order, int anomaly)
{
    int done = 0;
    hold(order);
    for (Py_ssize_t i = order->size; i-- > 0 && done == 0;)
        done = step(order->items[i], anomaly);
    let_go(order);
    return done;
}

/* All steps where no Python code runs, so that nothing can fail. */
static inline void sweep(Order *order, double *scratch, int unmarks)
{
    for (Py_ssize_t i = order->size; i-- > 0;) {
        if (unmarks)
            order->items[i]->visited = 0;
        pass_on(order->items[i], scratch);
    }
}

/* Tell whether a value came out of a compiled call that read nothing but leaves: then its share is all
   that there is to do. */
static int is_of_leaves(Value *v)
{
    if (!(v->flags & HAS_EXTRA) || !is_share(v->extra->closure))
        return 0;
    for (Py_ssize_t i = 0; i < v->extra->count; i++) {
        Value *parent = v->extra->parents[i];
        if (count_of(parent) > 0 || (parent->flags & HAS_EXTRA && parent->extra->closure != NULL))
            return 0;
    }
    return v->extra->count > 0;
}

PyObject *value_backward(PyObject *self, PyObject *unused)
{
    Order order;
    int done = 0;
    if (observed() && mode.tracer != NULL)
        return PyObject_CallMethod(mode.tracer, "backward", "O", self);
    if (!observed() && is_of_leaves((Value *)self)) {
        ((Value *)self)->grad = 1.0;
        done = share_pass_on(((Value *)self)->extra->closure, (Value *)self);
        return done < 0 ? NULL : Py_NewRef(Py_None);
    }
    if (visit((Value *)self, &order, 1) < 0)
        return NULL;
    double few[32], *scratch = few;
    if (order.widest > 16 &&
        (scratch = PyMem_Malloc(2 * (size_t)order.widest * sizeof(double))) == NULL) {
        unmark(&order);
        give_back(&order);
        return PyErr_NoMemory();
    }
    ((Value *)self)->grad += 1.0;
    int anomaly = observed() && mode.anomaly;
    if (order.calls_python || anomaly) {
        unmark(&order);
        done = sweep_holding(&order, anomaly);
    }
    else {
        sweep(&order, scratch, 1);
    }
    if (scratch != few)
        PyMem_Free(scratch);
    give_back(&order);
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* A gradient that is not 0, of whatever is next in an order. */
typedef struct {
    Py_ssize_t at;
    double grad;
} Gradient;

/* Set all gradients to 0. Return those that were anything else, which few are; on failure NULL, and all
   are as they were. */
static Gradient *take_gradients(Order *order)
{
    const double zero = 0.0;
    Py_ssize_t count = 0, room = 64;
    Gradient *kept = PyMem_Malloc((size_t)room * sizeof(Gradient));
    for (Py_ssize_t i = 0; kept != NULL && i < order->size; i++) {
        double *grad = &order->items[i]->grad;
        if (LIKELY(memcmp(grad, &zero, sizeof zero) == 0))
            continue;
        if (count == room - 1) {
            room *= 2;
            Gradient *more = PyMem_Realloc(kept, (size_t)room * sizeof(Gradient));
            if (more == NULL) {
                while (count-- > 0)
                    order->items[kept[count].at]->grad = kept[count].grad;
                PyMem_Free(kept);
                return NULL;
            }
            kept = more;
        }
        kept[count++] = (Gradient){i, *grad};
        *grad = 0.0;
    }
    if (kept != NULL)
        kept[count].at = order->size;
    return kept;
}

static void put_gradients_back(Order *order, const Gradient *kept)
{
    for (Py_ssize_t i = 0; i < order->size; i++)
        order->items[i]->grad = i == kept->at ? (kept++)->grad : 0.0;
}

/* slopes_by(out, sources): the gradients that backward of out alone would leave in sources, as bytes of
   float64; no gradient is changed. None where Python code has a say in it. */
PyObject *value_slopes_by(PyObject *module, PyObject *args)
{
    PyObject *out, *sources, *made;
    if (!PyArg_ParseTuple(args, "OO!:slopes_by", &out, &PyList_Type, &sources))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(sources);
    int plainly = is_value(out) && !observed();
    for (Py_ssize_t i = 0; plainly && i < count; i++)
        plainly = is_value(PyList_GET_ITEM(sources, i));
    if (!plainly)
        Py_RETURN_NONE;
    made = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(double));
    Order order;
    if (made == NULL || visit((Value *)out, &order, 0) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    double *scratch = PyMem_Malloc(2 * (size_t)order.widest * sizeof(double));
    double *slopes = (double *)PyByteArray_AS_STRING(made);
    Gradient *kept = take_gradients(&order);
    if (scratch != NULL && kept != NULL && !order.calls_python) {
        ((Value *)out)->grad = 1.0;
        sweep(&order, scratch, 0);
        for (Py_ssize_t i = 0; i < count; i++) {
            Value *v = (Value *)PyList_GET_ITEM(sources, i);
            slopes[i] = v->visited ? v->grad : 0.0;
        }
    }
    if (kept != NULL)
        put_gradients_back(&order, kept);
    unmark(&order);
    give_back(&order);
    if (scratch == NULL || kept == NULL)
        PyErr_NoMemory();
    if (scratch == NULL || kept == NULL || order.calls_python)
        Py_CLEAR(made);
    PyMem_Free(kept);
    PyMem_Free(scratch);
    return made == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : made;
}
