/* SPDX-License-Identifier: Apache-2.0 */
/* The published catalogue as each worker holds it: read whole, sorted, the rules opened, the bodies
 * ready to be sent. It is never changed; when the database says that something is new, another one
 * is made beside it and takes its place. What was handed out of the old one may still be on its way
 * to a caller, so the old one stays for a while. */
#include "inside.h"

#include "../base/digest.h"
#include "../base/gzip.h"
#include "../base/log.h"

#include <stdlib.h>

enum { CHUNK_SIZE = 64 * 1024, GZIP_LEVEL = 9, GZIP_WORTH = 1024, ETAG_DIGITS = 16 };

struct chunk {
    _Alignas(16) struct chunk *next;
};

struct catalogue {
    struct rehab_arena arena; /* first: grow finds the catalogue by it */
    struct chunk *chunks;
    const struct catalogue_render *render;
    struct catalogue *older; /* replaced, and soon to go */
    int64_t replaced_us;
    struct digest digest; /* of all that is in it */

    struct measure *measures;
    struct document *measure_documents;
    struct document measure_list;
    uint32_t measure_count;

    struct exercise *exercises;
    struct document *exercise_documents;
    struct document exercise_list;
    uint32_t exercise_count;

    struct published *versions; /* by protocol, newest first; retired ones too */
    uint32_t version_count;
    struct protocol_version *listed; /* the published ones among them */
    uint32_t listed_count;
    struct document protocol_list;
};

/* ---- memory: chunks of malloc, given back together ---- */

static bool grow(struct rehab_arena *arena, size_t need)
{
    struct catalogue *k = (struct catalogue *)arena;
    size_t size = need + 16 > CHUNK_SIZE ? need + 16 : CHUNK_SIZE;
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL) return false;
    chunk->next = k->chunks;
    k->chunks = chunk;
    arena->at = (unsigned char *)(chunk + 1);
    arena->end = arena->at + size;
    return true;
}

static struct catalogue *open_catalogue(const struct catalogue_render *render)
{
    struct catalogue *k = calloc(1, sizeof *k);
    if (k == NULL) return NULL;
    k->arena.grow = grow;
    k->render = render;
    return k;
}

static void close_catalogue(struct catalogue *k)
{
    for (struct chunk *chunk = k->chunks; chunk != NULL;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(k);
}

static void *take(struct catalogue *k, size_t count, size_t size)
{
    void *at = rehab_alloc(&k->arena, count * size + 1);
    if (at != NULL) memset(at, 0, count * size);
    return at;
}

static void keep(struct catalogue *k, struct text *t)
{
    *t = text_copy(&k->arena, *t);
}

/* ---- order and documents ---- */

static int compare_texts(struct text a, struct text b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.at, b.at, common);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_measures(const void *a, const void *b)
{
    return compare_texts(((const struct measure *)a)->code, ((const struct measure *)b)->code);
}

static int compare_exercises(const void *a, const void *b)
{
    return compare_texts(((const struct exercise *)a)->id, ((const struct exercise *)b)->id);
}

static int compare_versions(const void *a, const void *b)
{
    const struct protocol_version *left = &((const struct published *)a)->version;
    const struct protocol_version *right = &((const struct published *)b)->version;
    int order = compare_texts(left->protocol, right->protocol);
    return order != 0 ? order : (left->version < right->version) - (left->version > right->version);
}

static struct document make_document(struct catalogue *k, struct text body, struct text etag)
{
    struct document d = {.plain = body, .etag = etag};
    if (etag.size == 0) {
        char hex[DIGEST_TEXT_SIZE];
        struct digest digest = digest_of(body);
        digest_write(&digest, hex);
        d.etag = text_copy(&k->arena, (struct text){hex, ETAG_DIGITS});
    }
    if (body.size >= GZIP_WORTH) d.gzip = gzip_copy(&k->arena, body, GZIP_LEVEL);
    if (d.gzip.size >= body.size) d.gzip = (struct text){NULL, 0};
    return d;
}

/* ---- reading it ---- */

static struct result fill_measures(struct call *c, struct catalogue *k)
{
    struct measure *rows = NULL;
    struct text body = {NULL, 0};
    TRY(store_list_measures(c, &rows, &k->measure_count));
    qsort(rows, k->measure_count, sizeof *rows, compare_measures);
    TRY(k->render->measures(c, rows, k->measure_count, &body));
    k->measures = take(k, k->measure_count, sizeof *k->measures);
    k->measure_documents = take(k, k->measure_count, sizeof *k->measure_documents);
    if (k->arena.full) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < k->measure_count; i++) {
        struct measure *m = &k->measures[i];
        *m = rows[i];
        m->labels = take(k, m->label_count, sizeof *m->labels);
        if (m->labels == NULL) return (struct result){NO_MEMORY};
        for (uint32_t l = 0; l < m->label_count; l++)
            m->labels[l] = text_copy(&k->arena, rows[i].labels[l]);
        keep(k, &m->code), keep(k, &m->unit), keep(k, &m->document), keep(k, &m->etag);
        k->measure_documents[i] = make_document(k, m->document, m->etag);
    }
    k->measure_list = make_document(k, text_copy(&k->arena, body), (struct text){NULL, 0});
    return DONE;
}

static struct result fill_exercises(struct call *c, struct catalogue *k)
{
    struct exercise *rows = NULL;
    struct text body = {NULL, 0};
    TRY(store_list_exercises(c, &rows, &k->exercise_count));
    qsort(rows, k->exercise_count, sizeof *rows, compare_exercises);
    TRY(k->render->exercises(c, rows, k->exercise_count, &body));
    k->exercises = take(k, k->exercise_count, sizeof *k->exercises);
    k->exercise_documents = take(k, k->exercise_count, sizeof *k->exercise_documents);
    if (k->arena.full) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < k->exercise_count; i++) {
        struct exercise *e = &k->exercises[i];
        *e = rows[i];
        keep(k, &e->id), keep(k, &e->document), keep(k, &e->etag);
        k->exercise_documents[i] = make_document(k, e->document, e->etag);
    }
    k->exercise_list = make_document(k, text_copy(&k->arena, body), (struct text){NULL, 0});
    return DONE;
}

/* By which anybody may see that two decisions rest on the same rules. */
static struct text digest_block(struct catalogue *k, struct text block)
{
    char hex[DIGEST_TEXT_SIZE];
    struct digest digest = digest_of(block);
    digest_write(&digest, hex);
    return text_copy(&k->arena, (struct text){hex, DIGEST_TEXT_SIZE - 1});
}

/* The rules of a version lie in a block that a seeding step has compiled; a block of another
 * release is left out, loudly. */
static bool open_version(struct catalogue *k, const struct protocol_version *row,
                         struct published *out)
{
    struct text block = text_copy(&k->arena, row->compiled);
    out->version = *row;
    out->version.compiled = block;
    if (rehab_open(block.at, block.size, &out->rules) != REHAB_FINE) {
        LOG(ERROR, CATALOGUE_FAULT, .count = row->version);
        return false;
    }
    keep(k, &out->version.protocol), keep(k, &out->version.document), keep(k, &out->version.etag);
    out->version.digest = digest_block(k, block);
    out->document = make_document(k, out->version.document, out->version.etag);
    return true;
}

static struct result fill_protocols(struct call *c, struct catalogue *k)
{
    struct protocol_version *rows = NULL;
    struct text body = {NULL, 0};
    uint32_t count = 0;
    TRY(store_list_protocol_versions(c, &rows, &count));
    k->versions = take(k, count, sizeof *k->versions);
    k->listed = take(k, count, sizeof *k->listed);
    if (k->arena.full) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < count; i++) {
        k->version_count += open_version(k, &rows[i], &k->versions[k->version_count]);
    }
    qsort(k->versions, k->version_count, sizeof *k->versions, compare_versions);
    for (uint32_t i = 0; i < k->version_count; i++) {
        if (k->versions[i].version.state == VERSION_PUBLISHED)
            k->listed[k->listed_count++] = k->versions[i].version;
    }
    TRY(k->render->protocols(c, k->listed, k->listed_count, &body));
    k->protocol_list = make_document(k, text_copy(&k->arena, body), (struct text){NULL, 0});
    return DONE;
}

/* The lists tell what is in it by etag; a version that was retired is gone from the list of
 * published ones. */
static struct digest digest_lists(const struct catalogue *k)
{
    const struct text parts[] = {k->measure_list.plain, k->exercise_list.plain,
                                 k->protocol_list.plain};
    return digest_of_parts(parts, 3);
}

static struct result read_catalogue(struct call *c, const struct catalogue_render *render,
                                    struct catalogue **out)
{
    struct catalogue *k = open_catalogue(render);
    if (k == NULL) return (struct result){NO_MEMORY};
    struct result r = fill_measures(c, k);
    if (r.code == OK) r = fill_exercises(c, k);
    if (r.code == OK) r = fill_protocols(c, k);
    if (r.code == OK && (k->arena.full || c->arena->full)) r.code = NO_MEMORY;
    if (r.code != OK) {
        close_catalogue(k);
        return r;
    }
    k->digest = digest_lists(k);
    *out = k;
    return DONE;
}

struct result service_start_worker(struct call *c, const struct catalogue_render *render)
{
    TRY(read_catalogue(c, render, &c->worker->catalogue));
    LOG(INFO, CATALOGUE_LOADED, .worker = c->worker->number + 1,
        .count = c->worker->catalogue->version_count);
    return DONE;
}

/* Lets go of what was replaced long enough ago. */
static void drop_older(struct catalogue *k, int64_t now_us)
{
    for (struct catalogue **at = &k->older; *at != NULL;) {
        struct catalogue *old = *at;
        if (now_us - old->replaced_us < CATALOGUE_GRACE_US) {
            at = &old->older;
            continue;
        }
        *at = old->older;
        close_catalogue(old);
    }
}

struct result service_refresh_catalogue(struct call *c)
{
    struct catalogue *fresh = NULL;
    TRY(read_catalogue(c, c->worker->catalogue->render, &fresh));
    struct catalogue *now =
        c->worker->catalogue; /* another fiber may have replaced it while this one read */
    drop_older(now, c->now_us);
    if (digest_equal(&fresh->digest, &now->digest)) {
        close_catalogue(fresh);
        return DONE;
    }
    fresh->older = now;
    now->replaced_us = c->now_us;
    c->worker->catalogue = fresh;
    LOG(INFO, CATALOGUE_LOADED, .worker = c->worker->number + 1, .count = fresh->version_count);
    return DONE;
}

void service_stop_worker(struct worker *w)
{
    for (struct catalogue *k = w->catalogue; k != NULL;) {
        struct catalogue *older = k->older;
        close_catalogue(k);
        k = older;
    }
    w->catalogue = NULL;
    free(w->keys);
    w->keys = NULL;
}

/* ---- single documents ---- */

struct result service_get_measure(struct call *c, struct text code, struct document *out)
{
    const struct catalogue *k = c->worker->catalogue;
    struct measure key = {.code = code};
    const struct measure *found =
        bsearch(&key, k->measures, k->measure_count, sizeof key, compare_measures);
    if (found == NULL) return (struct result){NOT_FOUND};
    *out = k->measure_documents[found - k->measures];
    return DONE;
}

struct result service_get_exercise(struct call *c, struct text id, struct document *out)
{
    const struct catalogue *k = c->worker->catalogue;
    struct exercise key = {.id = id};
    const struct exercise *found =
        bsearch(&key, k->exercises, k->exercise_count, sizeof key, compare_exercises);
    if (found == NULL) return (struct result){NOT_FOUND};
    *out = k->exercise_documents[found - k->exercises];
    return DONE;
}

const struct published *catalogue_find(struct call *c, struct text protocol, int32_t version)
{
    const struct catalogue *k = c->worker->catalogue;
    for (uint32_t i = 0; i < k->version_count; i++) {
        const struct protocol_version *v = &k->versions[i].version;
        if (!text_equal(v->protocol, protocol)) continue;
        if (version == 0 ? v->state == VERSION_PUBLISHED : v->version == version)
            return &k->versions[i];
    }
    return NULL;
}

struct result service_get_protocol(struct call *c, struct text id, int32_t version,
                                   struct document *out)
{
    const struct published *found = catalogue_find(c, id, version);
    if (found == NULL) return (struct result){NOT_FOUND};
    *out = found->document;
    return DONE;
}

/* ---- lists: few enough that a place in them is their index ---- */

static struct result cut_page(struct call *c, struct page *page, struct text list, uint32_t total,
                              uint32_t *from, uint32_t *count)
{
    struct place place;
    TRY(cursor_open(c, page, list, &place));
    *from = place.us == NO_TIME ? 0 : place.us > total ? total : (uint32_t)place.us;
    *count = total - *from < page->limit ? total - *from : page->limit;
    if (*from + *count < total)
        page->next = cursor_write(c->arena, list, (struct place){.us = *from + *count});
    return DONE;
}

static struct document whole_list(const struct document *list, uint32_t count, uint32_t total)
{
    return count == total ? *list : (struct document){0};
}

struct result service_list_measures(struct call *c, struct page *page, const struct measure **items,
                                    uint32_t *count, struct document *whole)
{
    const struct catalogue *k = c->worker->catalogue;
    uint32_t from = 0;
    TRY(cut_page(c, page, TEXT("measures"), k->measure_count, &from, count));
    *items = k->measures + from;
    *whole = whole_list(&k->measure_list, *count, k->measure_count);
    return DONE;
}

struct result service_list_exercises(struct call *c, struct page *page,
                                     const struct exercise **items, uint32_t *count,
                                     struct document *whole)
{
    const struct catalogue *k = c->worker->catalogue;
    uint32_t from = 0;
    TRY(cut_page(c, page, TEXT("exercises"), k->exercise_count, &from, count));
    *items = k->exercises + from;
    *whole = whole_list(&k->exercise_list, *count, k->exercise_count);
    return DONE;
}

struct result service_list_protocols(struct call *c, struct page *page,
                                     const struct protocol_version **items, uint32_t *count,
                                     struct document *whole)
{
    const struct catalogue *k = c->worker->catalogue;
    uint32_t from = 0;
    TRY(cut_page(c, page, TEXT("protocols"), k->listed_count, &from, count));
    *items = k->listed + from;
    *whole = whole_list(&k->protocol_list, *count, k->listed_count);
    return DONE;
}

void service_all_measures(struct call *c, const struct measure **items, uint32_t *count)
{
    *items = c->worker->catalogue->measures;
    *count = c->worker->catalogue->measure_count;
}

void catalogue_name_measures(struct call *c, struct observation *items, uint32_t count)
{
    const struct catalogue *k = c->worker->catalogue;
    for (uint32_t i = 0; i < count; i++) {
        struct measure key = {.code = items[i].measure};
        items[i].of = bsearch(&key, k->measures, k->measure_count, sizeof key, compare_measures);
    }
}

void catalogue_exercises(struct call *c, const struct exercise **items, uint32_t *count)
{
    *items = c->worker->catalogue->exercises;
    *count = c->worker->catalogue->exercise_count;
}

bool catalogue_is_empty(struct call *c)
{
    return c->worker->catalogue == NULL || c->worker->catalogue->listed_count == 0;
}
