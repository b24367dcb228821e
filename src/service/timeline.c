/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

struct result service_list_timeline(struct call *c, struct uuid episode, struct page *page,
                                    struct timeline_entry **items, uint32_t *count)
{
    struct place after;
    struct episode e;
    struct text list = list_of(c, "timeline", episode);
    TRY(cursor_open(c, page, list, &after));
    TRY(store_list_timeline(c, episode, after.us, after.id, page->limit + 1, items, count));
    if (*count == 0) return store_load_episode(c, episode, &e); /* the end, or no episode at all? */
    if (*count <= page->limit) return DONE;
    *count = page->limit;
    const struct timeline_entry *last = &(*items)[*count - 1];
    page->next =
        cursor_write(c->arena, list, (struct place){.us = last->occurred_us, .id = last->id});
    return DONE;
}
