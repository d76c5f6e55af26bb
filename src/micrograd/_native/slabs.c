/* The slabs that are not in use at the moment; slabs.h says what a slab is. */
#include "slabs.h"

#if defined(__linux__) && !defined(SLABS_OF_MALLOC)
#include <sys/mman.h>
#endif

static Slab none = {.fresh = SLAB_NODES, .live = 1};
Slab *slab_current = &none;

static Slab *empty_slabs, *slabs_with_holes;
static int kept, retired;

/* Memory comes by pages from where Python has its own, since malloc keeps what lies below anything
   that is alive: a graph that is gone is to be gone. A sanitizer sees what malloc gives. */
#ifdef SLABS_OF_MALLOC
static void *pages_alloc(void *unused, size_t size)
{
    return PyMem_RawMalloc(size);
}

static void pages_free(void *unused, void *memory, size_t size)
{
    PyMem_RawFree(memory);
}

static PyObjectArenaAllocator pages = {NULL, pages_alloc, pages_free};
#else
static PyObjectArenaAllocator pages;
#endif

static Slab *new_slab(void)
{
    if (pages.alloc == NULL)
        PyObject_GetArenaAllocator(&pages);
    char *memory = pages.alloc(pages.ctx, SLAB_PAGES);
    if (memory == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
#ifdef MADV_POPULATE_WRITE
    madvise(memory, SLAB_PAGES, MADV_POPULATE_WRITE); /* all at once, in two thirds of the time */
#endif
    Slab *slab = (Slab *)(memory + SLAB_HEAD - (uintptr_t)memory % SLAB_HEAD);
    *slab = (Slab){.memory = memory};
    return slab;
}

static void drop_slab(Slab *slab)
{
    pages.free(pages.ctx, slab->memory, SLAB_PAGES);
}

static void list_holes(Slab *slab)
{
    slab->with_holes = 1;
    slab->previous = NULL;
    slab->next = slabs_with_holes;
    if (slab->next != NULL)
        slab->next->previous = slab;
    slabs_with_holes = slab;
}

static void unlist_holes(Slab *slab)
{
    slab->with_holes = 0;
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        slabs_with_holes = slab->next;
}

/* Go on to the next slab: an empty one, else one with holes, else a new one. */
int slab_advance(void)
{
    Slab *slab = empty_slabs;
    if (slab != NULL) {
        empty_slabs = slab->next;
        kept--;
    }
    else if (slabs_with_holes != NULL) {
        slab = slabs_with_holes;
        unlist_holes(slab);
    }
    else if ((slab = new_slab()) == NULL) {
        return -1;
    }
    slab_current = slab;
    return 0;
}

/* A slab lost its last node, or the first since it is not the current one. */
void slab_lost(Slab *slab)
{
    if (slab->live > 0) {
        list_holes(slab);
        return;
    }
    slab->free = NULL;
    slab->fresh = 0;
    if (slab == slab_current)
        return;
    if (slab->with_holes)
        unlist_holes(slab);
    if (kept < KEPT_SLABS && !retired) {
        slab->next = empty_slabs;
        empty_slabs = slab;
        kept++;
    }
    else {
        drop_slab(slab);
    }
}

/* Give out no more nodes: those that are alive keep their memory until they die. */
void slab_retire(void)
{
    Slab *slab = slab_current;
    retired = 1;
    slab_current = &none;
    if (slab != &none && slab->live == 0)
        drop_slab(slab);
    while (empty_slabs != NULL) {
        slab = empty_slabs;
        empty_slabs = slab->next;
        drop_slab(slab);
    }
}
