/* What is known of Values, by where they lie: some bytes for each page of memory in which there are
   any. A node takes one cache line or more, so that no two of them begin in the same one. */
#ifndef MICROGRAD_PLACES_H
#define MICROGRAD_PLACES_H

#include <Python.h>
#include <stdint.h>

enum { PAGE_BITS = 12, LINE_BITS = 6, LINES = 1 << (PAGE_BITS - LINE_BITS) };

typedef struct {
    uintptr_t *pages; /* a table; 0 where there is none */
    int32_t *blocks;  /* of each page in it, where its bytes are */
    size_t slots, width;
    int32_t count, room;
    char *bytes;
    uintptr_t last; /* the page that was asked for last, and its block */
    int32_t last_block;
} Places;

void *places_page_slow(Places *places, uintptr_t page, int make);
void places_drop(Places *places);

static inline int line_of(const void *p)
{
    return (int)((uintptr_t)p >> LINE_BITS) & (LINES - 1);
}

/* The bytes for the page that p is in, zero at first; NULL where there are none (`make`: no memory). */
static inline void *places_page(Places *places, const void *p, int make)
{
    uintptr_t page = ((uintptr_t)p >> PAGE_BITS) + 1;
    if (page == places->last)
        return places->bytes + (size_t)places->last_block * places->width;
    return places_page_slow(places, page, make);
}

#endif
