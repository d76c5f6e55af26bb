/* Bytes for pages of memory: an open hash table of those in which there is anything. */
#include "places.h"

#include <string.h>

static size_t slot_of(const Places *places, uintptr_t page)
{
    size_t at = (size_t)(((uint64_t)page * 0x9E3779B97F4A7C15u) >> 32) & (places->slots - 1);
    while (places->pages[at] != 0 && places->pages[at] != page)
        at = (at + 1) & (places->slots - 1);
    return at;
}

static int more_slots(Places *places)
{
    Places old = *places;
    size_t slots = old.slots ? 2 * old.slots : 64;
    uintptr_t *pages = PyMem_RawCalloc(slots, sizeof(uintptr_t));
    int32_t *blocks = PyMem_RawMalloc(slots * sizeof(int32_t));
    if (pages == NULL || blocks == NULL) {
        PyMem_RawFree(pages);
        PyMem_RawFree(blocks);
        return 0;
    }
    places->pages = pages;
    places->blocks = blocks;
    places->slots = slots;
    for (size_t k = 0; k < old.slots; k++)
        if (old.pages[k] != 0) {
            size_t at = slot_of(places, old.pages[k]);
            pages[at] = old.pages[k];
            blocks[at] = old.blocks[k];
        }
    PyMem_RawFree(old.pages);
    PyMem_RawFree(old.blocks);
    return 1;
}

static int more_bytes(Places *places)
{
    int32_t room = places->room + places->room / 2 + 16;
    char *bytes = PyMem_RawRealloc(places->bytes, (size_t)room * places->width);
    if (bytes == NULL)
        return 0;
    places->bytes = bytes;
    places->room = room;
    return 1;
}

void *places_page_slow(Places *places, uintptr_t page, int make)
{
    if (places->slots == 0 && !make)
        return NULL;
    if (make && 2 * (size_t)places->count >= places->slots && !more_slots(places))
        return NULL;
    size_t at = slot_of(places, page);
    if (places->pages[at] == 0) {
        if (!make || (places->count == places->room && !more_bytes(places)))
            return NULL;
        memset(places->bytes + (size_t)places->count * places->width, 0, places->width);
        places->pages[at] = page;
        places->blocks[at] = places->count++;
    }
    places->last = page;
    places->last_block = places->blocks[at];
    return places->bytes + (size_t)places->last_block * places->width;
}

void places_drop(Places *places)
{
    PyMem_RawFree(places->pages);
    PyMem_RawFree(places->blocks);
    PyMem_RawFree(places->bytes);
    memset(places, 0, sizeof(Places));
}
