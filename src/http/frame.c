/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9112, sections 2 to 6, as a machine of one byte at a time, which passes in one go over what
 * changes nothing. It knows just enough to find the end of each request: lines end in CR LF and in
 * nothing else, names are tokens right up to their colon, no line begins with a blank, a length is
 * digits and stands once. */

#include "frame.h"

#include <string.h>

enum { START, START_LF, LINE, LINE_LF, HEADER, NAME, VALUE, VALUE_LF, HEAD_LF, BODY, REST };

static bool named(const struct frame *f, const char *name)
{
    return f->name_size == strlen(name) && memcmp(f->name, name, f->name_size) == 0;
}

static void begin_request(struct frame *f)
{
    *f = (struct frame){.state = LINE, .heads = f->heads};
}

/* ---- what goes on ---- */

/* Of the request line: all but its end. More than two blanks are not counted on. */
static size_t skip_line(struct frame *f, const char *at, size_t size)
{
    size_t n = text_plain_run(at, size);
    const char *end = at + n;
    while (f->blanks <= 2 && (at = memchr(at, ' ', (size_t)(end - at))) != NULL) {
        f->blanks++;
        at++;
    }
    if (f->blanks > 2) f->bad = true;
    return n;
}

static size_t skip_name(struct frame *f, const char *at, size_t size)
{
    size_t n = 0;
    for (; n < size && frame_is_token((unsigned char)at[n]); n++) {
        if (f->name_size < sizeof f->name)
            f->name[f->name_size] = (char)(at[n] >= 'A' && at[n] <= 'Z' ? at[n] + 32 : at[n]);
        if (f->name_size < UINT8_MAX) f->name_size++;
    }
    if (n > 0) f->state = NAME;
    return n;
}

/* How many bytes only go on with what has begun. */
static size_t skip(struct frame *f, const char *at, size_t size)
{
    switch (f->state) {
    case LINE: return skip_line(f, at, size);
    case HEADER: f->name_size = 0; return skip_name(f, at, size);
    case NAME: return skip_name(f, at, size);
    case VALUE: return f->is_length ? 0 : frame_value_run(at, size);
    default: return 0;
    }
}

/* ---- what ends it ---- */

static void take_line(struct frame *f, unsigned char c)
{
    if (c == '\r') {
        f->state = LINE_LF;
        f->bad = f->blanks != 2;
    } else if (c < 0x80) {
        f->bad = true;
    }
}

/* A name has stood, or nothing has. */
static void take_name(struct frame *f, unsigned char c)
{
    if (c != ':' || f->state != NAME) {
        f->bad = true;
        return;
    }
    f->state = VALUE;
    f->is_length = named(f, "content-length");
    f->is_coded = f->is_coded || named(f, "transfer-encoding");
    if (f->is_length && f->has_length) f->bad = true;
    f->has_length = f->has_length || f->is_length;
}

/* Blanks, digits, blanks. */
static void take_digit(struct frame *f, unsigned char c)
{
    if (c == ' ' || c == '\t') {
        f->length_ended = f->digits > 0;
        return;
    }
    if (c < '0' || c > '9' || f->length_ended || f->digits == 18) {
        f->bad = true;
        return;
    }
    f->digits++;
    f->length = f->length * 10 + (uint64_t)(c - '0');
}

static void take_value(struct frame *f, unsigned char c)
{
    if (c == '\r') {
        f->state = VALUE_LF;
        if (f->is_length && f->digits == 0) f->bad = true;
    } else if (!frame_is_value(c)) {
        f->bad = true;
    } else if (f->is_length) {
        take_digit(f, c);
    }
}

static void take_header(struct frame *f, unsigned char c)
{
    if (c == '\r')
        f->state = HEAD_LF;
    else
        take_name(f, c);
}

static void end_head(struct frame *f)
{
    f->heads++;
    f->state = f->is_coded ? REST : f->length > 0 ? BODY : START;
}

/* An LF is all that may follow a CR. */
static void take_feed(struct frame *f, unsigned char c)
{
    if (c != '\n')
        f->bad = true;
    else if (f->state == HEAD_LF)
        end_head(f);
    else
        f->state = f->state == START_LF ? START : HEADER;
}

static void take(struct frame *f, unsigned char c)
{
    switch (f->state) {
    case LINE: take_line(f, c); break;
    case HEADER: take_header(f, c); break;
    case NAME: take_name(f, c); break;
    case VALUE: take_value(f, c); break;
    default: take_feed(f, c); break;
    }
}

size_t frame_scan(struct frame *f, const char *bytes, size_t size)
{
    size_t from = 0; /* where the request under way begins in these bytes */
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (f->state == REST) return size;
        if (f->state == BODY) {
            uint64_t taken = f->length < size - i ? f->length : size - i;
            f->length -= taken;
            i += (size_t)taken - 1;
            if (f->length == 0) f->state = START;
            continue;
        }
        if (f->state == START) {
            from = i;
            if (c == '\r') { /* an empty line before a request is allowed */
                f->state = START_LF;
                continue;
            }
            begin_request(f);
        }
        i += skip(f, bytes + i, size - i);
        if (i < size && !f->bad) take(f, (unsigned char)bytes[i]);
        if (f->bad) return from;
    }
    return size;
}
