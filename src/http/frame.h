/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of requests, watched byte by byte before libmicrohttpd sees them. A handler comes too
 * late for it: what folds a line, ends one with a bare line feed or holds a NUL has by then been
 * read as something else. No library: tested on plain bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/text.h"

/* The characters of methods and of the names of headers (RFC 9110, 5.6.2), a bit each. */
static inline bool frame_is_token(unsigned char c)
{
    static const uint64_t token[4] = {0x03ff6cfa00000000, 0x57ffffffc7fffffe, 0, 0};
    return (token[c >> 6] >> (c & 63) & 1) != 0;
}

/* What may stand in the value of a header: all but control characters, and the tab. */
static inline bool frame_is_value(unsigned char c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\t';
}

/* How many bytes from `at` on may stand in one. */
static inline size_t frame_value_run(const char *at, size_t size)
{
    size_t n = text_plain_run(at, size);
    while (n < size && frame_is_value((unsigned char)at[n]))
        n++;
    return n;
}

struct frame {
    uint8_t state;     /* enum in frame.c; 0 is the beginning of a connection */
    uint8_t blanks;    /* in the request line */
    uint8_t name_size; /* of the header under way */
    bool is_length;    /* this header is Content-Length */
    bool length_ended; /* its digits are over */
    bool has_length;
    bool is_coded; /* the request has a Transfer-Encoding: it will be refused, and what follows it
                      is not looked at */
    bool bad;      /* nothing that follows may be believed */
    char name[18]; /* as much as it takes to know the two that matter */
    uint8_t digits;
    uint64_t length; /* of the body, then what is left of it */
    uint64_t heads;  /* requests whose headers have come */
};

/* Looks at the next bytes of a connection. Returns how many of them may be passed on: all, or those
 * before the request in which the framing is broken; f->bad then says so. */
size_t frame_scan(struct frame *f, const char *bytes, size_t size);
