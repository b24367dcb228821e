/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9112, sections 2 to 6, as a machine of one byte at a time. It knows just enough to find the
 * end of each request: lines end in CR LF and in nothing else, names are tokens right up to their
 * colon, no line begins with a blank, a length is digits and stands once. */

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

static void take_line(struct frame *f, unsigned char c)
{
    if (c == '\r')
        f->state = LINE_LF;
    else if (c == ' ')
        f->blanks++;
    else if (c < 0x20 || c == 0x7f)
        f->bad = true;
    if (f->blanks > 2 || (f->state == LINE_LF && f->blanks != 2)) f->bad = true;
}

static void take_name(struct frame *f, unsigned char c)
{
    if (frame_is_token(c)) {
        if (f->name_size < sizeof f->name)
            f->name[f->name_size] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if (f->name_size < UINT8_MAX) f->name_size++;
        f->state = NAME;
        return;
    }
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
    f->name_size = 0;
    f->is_length = false;
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
            uint64_t skip = f->length < size - i ? f->length : size - i;
            f->length -= skip;
            i += (size_t)skip - 1;
            if (f->length == 0) f->state = START;
            continue;
        }
        if (f->state == VALUE && !f->is_length) { /* most of what comes: taken in one go */
            while (i < size && frame_is_value((unsigned char)bytes[i]))
                i++;
            if (i == size) return size;
            c = (unsigned char)bytes[i];
        }
        if (f->state == START) {
            from = i;
            if (c == '\r') { /* an empty line before a request is allowed */
                f->state = START_LF;
                continue;
            }
            begin_request(f);
        }
        take(f, c);
        if (f->bad) return from;
    }
    return size;
}
