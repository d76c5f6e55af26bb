/* Chains of additions, of multiplications and of maxima, as chains.py says, in four sweeps over the
   columns of a graph: what is used and how often; which signs there are; which nodes become part of the
   chain that uses them. */
#include "rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITSELF = 4, WITHIN = 8, SIGNED = ITSELF | WITHIN, EXACT = 16 }; /* in a node's state as well */
enum { PLUS = 1, MINUS = 2, BOTH = 3 };
enum { MOST_FACTORS = 4, MOST_MIXED = 8 };

int no_memory;

int ints_grow(Ints *v, Py_ssize_t more)
{
    Py_ssize_t room = v->room + v->room / 2 + more + 16;
    int32_t *at = PyMem_RawRealloc(v->at, (size_t)room * sizeof(int32_t));
    if (at == NULL) {
        no_memory = 1;
        return 0;
    }
    v->at = at;
    v->room = room;
    return 1;
}

void ints_drop(Ints *v)
{
    PyMem_RawFree(v->at);
    memset(v, 0, sizeof(Ints));
}

static uint32_t hashed(const int32_t *words, Py_ssize_t length)
{
    uint32_t hash = 2166136261u;
    for (Py_ssize_t i = 0; i < length; i++) {
        hash = (hash ^ (uint32_t)words[i]) * 0x9E3779B1u;
        hash ^= hash >> 15;
    }
    return hash;
}

/* Twice as many slots, a power of two, for the names there are. */
static int more_slots(Names *names)
{
    Py_ssize_t count = names->slots.count ? 2 * names->slots.count : 64;
    if (!ints_room(&names->slots, count - names->slots.count))
        return 0;
    names->slots.count = count;
    memset(names->slots.at, -1, (size_t)count * sizeof(int32_t));
    for (int32_t k = 0; k < names->count; k++) {
        uint32_t at = (uint32_t)names->hashes.at[k] & (count - 1);
        while (names->slots.at[at] >= 0)
            at = (at + 1) & (count - 1);
        names->slots.at[at] = k;
    }
    return 1;
}

/* The slot of a run of ints: the one with its name, or the free one that it would take. */
static uint32_t slot_for(const Names *names, const int32_t *words, Py_ssize_t length, uint32_t hash)
{
    uint32_t mask = (uint32_t)names->slots.count - 1, at = hash & mask;
    for (; names->slots.at[at] >= 0; at = (at + 1) & mask) {
        int32_t k = names->slots.at[at];
        Py_ssize_t its_length;
        if ((uint32_t)names->hashes.at[k] != hash)
            continue;
        const int32_t *its = named(names, k, &its_length);
        if (its_length == length && !memcmp(its, words, (size_t)length * sizeof(int32_t)))
            break;
    }
    return at;
}

int32_t name_of(Names *names, const int32_t *words, Py_ssize_t length)
{
    uint32_t hash = hashed(words, length);
    if (2 * names->count >= names->slots.count && !more_slots(names))
        return -1;
    uint32_t at = slot_for(names, words, length, hash);
    if (names->slots.at[at] >= 0)
        return names->slots.at[at];
    if (names->start.count == 0)
        push(&names->start, 0);
    if (!ints_room(&names->words, length) || !ints_room(&names->start, 1) ||
        !ints_room(&names->hashes, 1))
        return -1;
    memcpy(names->words.at + names->words.count, words, (size_t)length * sizeof(int32_t));
    names->words.count += length;
    push(&names->start, (int32_t)names->words.count);
    push(&names->hashes, (int32_t)hash);
    names->slots.at[at] = names->count;
    return names->count++;
}

/* The name of a run of ints that may have none: -1. */
static int32_t known_name(const Names *names, const int32_t *words, Py_ssize_t length)
{
    if (names->count == 0)
        return -1;
    return names->slots.at[slot_for(names, words, length, hashed(words, length))];
}

void names_drop(Names *names)
{
    ints_drop(&names->words);
    ints_drop(&names->start);
    ints_drop(&names->slots);
    ints_drop(&names->hashes);
}

typedef struct {
    const Columns *g;
    uint8_t *state;
    int by_rounding;
    Ints arguments, inner, factors, absorbed, stack, key; /* for use while one node is looked at */
    Ints signs;     /* of the terms of a sum, in pairs: a term's name and its sign */
    Names terms;    /* their sizes and factors */
    Ints meets;     /* of each term, the signs with which it is in the sum that is looked at */
    Names summed;   /* sums that were looked into, */
    Ints range;     /* where their terms begin and end (-1 where they were looked at once), */
    Ints inside;    /* in these, in pairs as well */
} Chains;

static inline int joins(const Chains *c, int32_t i, int family)
{
    return (c->state[i] & USES) == 1 && family_of(c->g, i) == family;
}

static inline int is_signed(const Chains *c, int32_t i, int how)
{
    return c->state[i] & how;
}

static void push_parents(const Columns *g, int32_t i, Ints *stack)
{
    for (int32_t k = g->start[i + 1]; k-- > g->start[i];)
        push(stack, g->parent[k]);
}

static int any_negative(const Chains *c, int32_t i)
{
    for (int32_t k = c->g->start[i]; k < c->g->start[i + 1]; k++)
        if (is_signed(c, c->g->parent[k], ITSELF))
            return 1;
    return 0;
}

/* The arguments of i, those of its single-use parents of the same kind in their place; and which nodes
   are thereby absorbed. None where there are more than `most`, if that is any number. */
static void chain(Chains *c, int32_t i, int most, int differences_alone, Ints *arguments, Ints *inner)
{
    const Columns *g = c->g;
    int family = family_of(g, i);
    Py_ssize_t bottom = c->stack.count;
    arguments->count = inner->count = 0;
    push_parents(g, i, &c->stack);
    while (c->stack.count > bottom) {
        int32_t j = c->stack.at[--c->stack.count];
        int inside = joins(c, j, family) && g->batched[j] == g->batched[i] &&
                     !(differences_alone && any_negative(c, j));
        if (inside && !(g->strict && arguments->count)) { /* a + (b + c) keeps its brackets then */
            push(inner, j);
            push_parents(g, j, &c->stack);
            continue;
        }
        push(arguments, j);
        if (most && arguments->count > most) {
            c->stack.count = bottom;
            arguments->count = inner->count = 0;
        }
    }
}

static void mark(Chains *c, const Ints *nodes, int how)
{
    for (Py_ssize_t k = 0; k < nodes->count; k++)
        c->state[nodes->at[k]] |= how;
}

/* Tell whether an extreme is of so many numbers of more than one kind that each would be a statement of
   its own, with all before it in its gradient. */
static int is_mixed(const Columns *g, const Ints *arguments)
{
    Py_ssize_t k = 1;
    while (k < arguments->count && g->code[arguments->at[k]] == g->code[arguments->at[0]])
        k++;
    return arguments->count > MOST_MIXED && k < arguments->count;
}

/* Tell whether a product has two factors, as most have. */
static int is_pair(const Chains *c, int32_t i)
{
    const int32_t *above = c->g->parent + c->g->start[i];
    return c->g->start[i + 1] - c->g->start[i] == 2 && !joins(c, above[0], PRODUCT_CHAIN) &&
           !joins(c, above[1], PRODUCT_CHAIN);
}

static void push_own(const Columns *g, int32_t i, Ints *to)
{
    for (int32_t k = g->start[i]; k < g->start[i + 1]; k++)
        push(to, g->parent[k]);
}

/* Let products be terms of the sum that adds them. */
static void merge_products(Chains *c, const Ints *arguments)
{
    for (Py_ssize_t k = 0; k < arguments->count; k++) {
        int32_t t = arguments->at[k];
        if (!joins(c, t, PRODUCT_CHAIN))
            continue;
        if (!is_pair(c, t)) {
            chain(c, t, MOST_FACTORS, 0, &c->factors, &c->absorbed);
            if (c->factors.count == 0)
                continue;
            mark(c, &c->absorbed, ABSORBED);
        }
        c->state[t] |= MERGED;
    }
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* A term's factors that are no constants, and the size and the sign of those that are: its name, or -1
   where it has none and is to `get` none. `alone` is its one factor where it is nothing else, or -1. */
static int32_t term(Chains *c, int32_t t, int get, int *sign, int32_t *alone)
{
    const Columns *g = c->g;
    double product = 1.0;
    c->factors.count = 0;
    if (family_of(g, t) != PRODUCT_CHAIN)
        push(&c->factors, t);
    else if (is_pair(c, t))
        push_own(g, t, &c->factors);
    else
        chain(c, t, 0, 0, &c->factors, &c->absorbed);
    c->key.count = 0;
    push(&c->key, 0);
    push(&c->key, 0);
    for (Py_ssize_t k = 0; k < c->factors.count; k++) {
        if (is_constant(g, c->factors.at[k]))
            product *= g->data[c->factors.at[k]];
        else
            push(&c->key, c->factors.at[k]);
    }
    double size = fabs(product);
    *sign = signbit(product) ? MINUS : PLUS;
    *alone = size == 1.0 && c->key.count == 3 ? c->key.at[2] : -1;
    if (isnan(size) || c->key.count < 2)
        return -1;
    memcpy(c->key.at, &size, sizeof(double));
    qsort(c->key.at + 2, (size_t)c->key.count - 2, sizeof(int32_t), by_number);
    return get ? name_of(&c->terms, c->key.at, c->key.count)
               : known_name(&c->terms, c->key.at, c->key.count);
}

/* Name terms; return the least of their last factors. */
static int32_t push_signs(Chains *c, const Ints *arguments, Ints *signs)
{
    int32_t least = INT32_MAX;
    for (Py_ssize_t k = 0; k < arguments->count; k++) {
        int sign;
        int32_t alone, name = term(c, arguments->at[k], 1, &sign, &alone);
        if (name >= 0 && ints_room(signs, 2)) {
            push(signs, name);
            push(signs, sign);
        }
        least = Py_MIN(least, c->key.count > 2 ? c->key.at[c->key.count - 1] : -1);
    }
    while (c->meets.count < c->terms.count && ints_room(&c->meets, 1))
        push(&c->meets, 0);
    return least;
}

static void chain_of_sum(Chains *c, int32_t node, Ints *arguments)
{
    chain(c, node, 0, 0, arguments, &c->inner);
    if (arguments->count == 0)
        push_own(c->g, node, arguments);
}

static inline int is_opposite(int meets, int sign, int inside)
{
    return meets && (meets | (sign == PLUS ? inside : BOTH - inside)) == BOTH;
}

/* Whether a sum, added with this sign, holds the negative of a term of which the sign is in `meets`. */
static int meets_in_passing(Chains *c, int32_t node, int sign)
{
    chain_of_sum(c, node, &c->arguments);
    for (Py_ssize_t k = 0; k < c->arguments.count; k++) {
        int inside;
        int32_t alone, name = term(c, c->arguments.at[k], 0, &inside, &alone);
        if (name >= 0 && name < c->meets.count && is_opposite(c->meets.at[name], sign, inside))
            return 1;
    }
    return 0;
}

/* The same of a term that is a sum. What is asked for more than once keeps the names of its terms.
   None is in it unless made before it: `least` is the last factor of the term that is made first. */
static int meets_within(Chains *c, int32_t t, int32_t least)
{
    int sign;
    int32_t alone, known = c->summed.count;
    term(c, t, 0, &sign, &alone);
    if (alone <= least || family_of(c->g, alone) != SUM_CHAIN)
        return 0;
    int32_t k = name_of(&c->summed, &alone, 1);
    if (k == known) {
        push(&c->range, -1);
        push(&c->range, -1);
    }
    if (no_memory || k == known)
        return !no_memory && meets_in_passing(c, alone, sign);
    int32_t *range = c->range.at + 2 * k;
    if (range[0] < 0) {
        range[0] = (int32_t)c->inside.count;
        chain_of_sum(c, alone, &c->arguments);
        push_signs(c, &c->arguments, &c->inside);
        range[1] = (int32_t)c->inside.count;
    }
    for (int32_t at = range[0]; at < range[1] && !no_memory; at += 2)
        if (is_opposite(c->meets.at[c->inside.at[at]], sign, c->inside.at[at + 1]))
            return 1;
    return 0;
}

/* Tell whether a term meets its own negative, or a sum in which that stands. */
static int cancels(Chains *c, const Ints *arguments)
{
    int any = 0, found = 0;
    for (Py_ssize_t k = 0; k < arguments->count && !any; k++)
        any = is_signed(c, arguments->at[k], SIGNED);
    if (!any)
        return 0;
    c->signs.count = 0;
    int32_t least = push_signs(c, arguments, &c->signs);
    if (no_memory)
        return 0;
    for (Py_ssize_t k = 0; k < c->signs.count; k += 2)
        found |= (c->meets.at[c->signs.at[k]] |= c->signs.at[k + 1]) == BOTH;
    for (Py_ssize_t k = 0; k < arguments->count && !found; k++)
        found = meets_within(c, arguments->at[k], least);
    for (Py_ssize_t k = 0; k < c->signs.count; k += 2)
        c->meets.at[c->signs.at[k]] = 0;
    return found;
}

/* The sum that ends at i: as long as it can be, or with its differences left alone. */
static void absorb_sum(Chains *c, int32_t i)
{
    Ints arguments = {0}, inner = {0};
    for (int alone = 0; alone < 2; alone++) {
        chain(c, i, 0, alone, &arguments, &inner);
        if (arguments.count == 0)
            break;
        if (c->g->strict || !cancels(c, &arguments)) {
            mark(c, &inner, ABSORBED);
            merge_products(c, &arguments);
            goto done;
        }
        c->by_rounding = 1;
    }
    arguments.count = 0;
    push_own(c->g, i, &arguments);
    if (arguments.count > 2 && cancels(c, &arguments))
        c->state[i] |= ORDERED;
    merge_products(c, &arguments);
done:
    ints_drop(&arguments);
    ints_drop(&inner);
}

/* Tell whether a product is subtracted in a sum, or subtracted from. */
static int differs(Chains *c, int32_t i)
{
    const Columns *g = c->g;
    int signs = 0, multiplies = 0;
    arguments_of(g, c->state, i, &c->arguments, &c->stack);
    for (Py_ssize_t k = 0; k < c->arguments.count; k++) {
        int32_t t = c->arguments.at[k];
        int negative = 0, others = 0;
        c->factors.count = 0;
        if (c->state[t] & MERGED)
            arguments_of(g, c->state, t, &c->factors, &c->stack);
        else
            push(&c->factors, t);
        for (Py_ssize_t n = 0; n < c->factors.count; n++) {
            int constant = is_constant(g, c->factors.at[n]);
            negative += constant && g->data[c->factors.at[n]] < 0.0;
            others += !constant;
        }
        signs |= negative % 2 ? MINUS : PLUS;
        multiplies |= others > 1;
    }
    return multiplies && signs == BOTH;
}

void arguments_of(const Columns *g, const uint8_t *state, int32_t i, Ints *arguments, Ints *stack)
{
    Py_ssize_t bottom = stack->count;
    arguments->count = 0;
    push_parents(g, i, stack);
    while (stack->count > bottom) {
        int32_t j = stack->at[--stack->count];
        if (state[j] & ABSORBED)
            push_parents(g, j, stack);
        else
            push(arguments, j);
    }
}

static void count_uses(const Columns *g, const int32_t *outputs, Py_ssize_t count, uint8_t *state)
{
    for (Py_ssize_t k = 0; k < count; k++)
        state[outputs[k]] = 2; /* an output keeps its address */
    for (Py_ssize_t i = g->count; i-- > 0;)
        for (int32_t k = g->start[i]; (state[i] & USES) && k < g->start[i + 1]; k++)
            state[g->parent[k]] += (state[g->parent[k]] & USES) < USES;
}

/* Mark negative constants and multiples, and the sums in which such a term stands. */
static void find_signs(const Columns *g, uint8_t *state)
{
    for (int32_t i = 0; i < g->count; i++) {
        int family = family_of(g, i), above = 0, variable = 0;
        if (g->code[i] == 0 && is_constant(g, i) && g->data[i] < 0)
            state[i] |= ITSELF;
        if (!(state[i] & USES) || (family != SUM_CHAIN && family != PRODUCT_CHAIN))
            continue;
        for (int32_t k = g->start[i]; k < g->start[i + 1]; k++) {
            above |= state[g->parent[k]] & SIGNED;
            variable += !is_constant(g, g->parent[k]);
        }
        if (family == SUM_CHAIN)
            state[i] |= above ? WITHIN : 0;
        else if (variable < 2)
            state[i] |= above;
    }
}

static void absorb_from(Chains *c, int32_t i)
{
    const Columns *g = c->g;
    int family = family_of(g, i);
    if ((g->kind[g->code[i]] & SHARP) || (is_signed(c, i, EXACT) && family == PRODUCT_CHAIN))
        for (int32_t k = g->start[i]; k < g->start[i + 1]; k++)
            c->state[g->parent[k]] |= EXACT; /* what a sharp operation is given, or a multiple of it */
    if (family == NO_CHAIN || c->state[i] & (ABSORBED | MERGED))
        return;
    if (family == SUM_CHAIN) {
        absorb_sum(c, i);
        if (is_signed(c, i, EXACT))
            c->by_rounding |= differs(c, i);
        return;
    }
    if (c->state[i] & ORDERED)
        return;
    chain(c, i, family == PRODUCT_CHAIN ? MOST_FACTORS : 0, 0, &c->arguments, &c->inner);
    if (family != PRODUCT_CHAIN && is_mixed(g, &c->arguments))
        mark(c, &c->inner, ORDERED); /* two by two, which is a loop over all */
    else
        mark(c, &c->inner, ABSORBED);
}

/* Fill the state of each node, zero before. Return whether a sum lives by its rounding. */
int chains_of(const Columns *g, const int32_t *outputs, Py_ssize_t count, uint8_t *state)
{
    Chains c = {.g = g, .state = state};
    count_uses(g, outputs, count, state);
    find_signs(g, state);
    for (Py_ssize_t i = g->count; i-- > 0 && !no_memory;)
        if (g->code[i] && (state[i] & USES))
            absorb_from(&c, (int32_t)i);
    Ints *dropped[] = {&c.arguments, &c.inner, &c.factors, &c.absorbed, &c.stack,
                       &c.key,       &c.signs, &c.meets,   &c.range,    &c.inside};
    for (size_t k = 0; k < sizeof(dropped) / sizeof(*dropped); k++)
        ints_drop(dropped[k]);
    names_drop(&c.terms);
    names_drop(&c.summed);
    return c.by_rounding;
}
