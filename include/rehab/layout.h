/* SPDX-License-Identifier: Apache-2.0 */
/* For callers that cannot include a header: a script, a page, another language. The library
 * describes its own structs, as this build lays them out, so that a binding is a page of code and
 * goes on working when a later version puts a member in. rehab.mjs and rehab.py are two, which read
 * the facts of an episode from plain objects and give the decision back as one. */
#ifndef REHAB_LAYOUT_H
#define REHAB_LAYOUT_H

#include "decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One member of a struct. The strings are static, terminated by a zero byte, never NULL; names of
 * structs are without `struct rehab_`.
 * of     the struct: "finding"
 * name   the member: "verdict"; "" tells of the struct itself (type "struct", size sizeof)
 * type   "bool", "u8", "u16", "u32", "i32", "i64", "pointer" (to something not described), the name
 *        of a struct that lies inside, or one of these with a * before it: rows of that, as many as
 *        `count` says. "constant": no member; `at` is the value of an enumerator
 * means  what the number is: "nano" (billionths), "us" (microseconds), "day" (since 1970-01-01); a
 *        table of the protocol, of which it is a row ("gates": rehab_row_name, REHAB_NONE for
 *        none); an enumeration ("verdict": rehab_verdict_name); bits of constants ("role");
 *        "findings", "observations": a place in the decision's or the evidence's list of that name,
 *        and a range of them; "" just a number
 * count  the member that says how many rows the pointer leads to, or ""
 * at     bytes from the start of the struct
 * size   bytes */
struct rehab_field {
    const char *of;
    const char *name;
    const char *type;
    const char *means;
    const char *count;
    uint32_t at;
    uint32_t size;
};

/* The rows from 0 on; false beyond the last, then *out is untouched: the structs of evidence and
 * decision, those they are made of, and the constants they need. A struct's own row comes before
 * its members, which follow in order. */
REHAB_API bool rehab_layout(uint32_t row, struct rehab_field *out);

/* How a row of a table is called: the code of a measure, the id of a gate, a criterion, a phase ...
 * Empty for a table whose rows have no name and for a row that is not there. */
REHAB_API struct rehab_text rehab_row_name(const struct rehab_protocol *p, enum rehab_table table,
                                           uint32_t row);

/* What a measure's values are; REHAB_MEASURE_KIND_COUNT: there is no such measure. And are they
 * observed on a side of the body? */
REHAB_API enum rehab_measure_kind rehab_kind_of(const struct rehab_protocol *p, uint32_t measure);
REHAB_API bool rehab_is_sided(const struct rehab_protocol *p, uint32_t measure);

/* In billionths: its values are multiples of it; 0: any is one, or there is no such measure. */
REHAB_API int64_t rehab_step_of(const struct rehab_protocol *p, uint32_t measure);

/* A value as one writes it: "12.5", "true", "antalgic". False when the measure has no such value,
 * between two steps, too; then *nano is untouched. Its range is not looked at: a value outside does
 * not count when it is judged. */
REHAB_API bool rehab_read_value(const struct rehab_protocol *p, uint32_t measure,
                                struct rehab_text text, int64_t *nano);

#ifdef __cplusplus
}
#endif

#endif
