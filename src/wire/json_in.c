/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies are parsed by jansson, which would turn 90.10 into the double nearest to 90.1 and refuse
 * 1e999. So its input is a copy in which every number is replaced by its place in a list of the
 * texts as sent: 90.10 becomes, say, 3. What jansson sees are small integers, what is kept is the
 * text, and nobody has to trust two readers to walk in the same order. (Considered: pairing scanned
 * numbers with the tree by document order, which holds only as long as jansson keeps the order of
 * members; and a parser of our own, which would make the library pointless.)
 *
 * The copying pass also bounds the depth before jansson recurses. It knows strings, brackets and
 * numbers and nothing else: a token that is no JSON number is copied as it is, so that jansson
 * stays the only judge of what is valid. When jansson objects, its byte offset is led back to the
 * body as sent, for a line, a column and a pointer. */
#include "json_in.h"

#include <assert.h>
#include <stdio.h>

/* The copy, while it is made. */
struct copying {
    struct text body;
    char *out;
    size_t size;
    struct text *numbers;
    uint32_t number_count;
};

/* The index of the first byte after a string whose quote is at `at`. */
static size_t skip_string(struct text t, size_t at)
{
    for (at++; at < t.size && t.at[at] != '"'; at++) {
        if (t.at[at] == '\\') at++;
    }
    return at < t.size ? at + 1 : t.size;
}

static bool is_number_start(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

static size_t skip_number(struct text t, size_t at)
{
    while (at < t.size && (is_number_start(t.at[at]) || strchr("+.eE", t.at[at]) != NULL) &&
           t.at[at] != '\0')
        at++;
    return at;
}

static size_t skip_digits(struct text t, size_t at)
{
    while (at < t.size && t.at[at] >= '0' && t.at[at] <= '9')
        at++;
    return at;
}

/* RFC 8259: no leading zero, digits on both sides of the point, an exponent with digits. */
static bool is_json_number(struct text t)
{
    size_t start = t.at[0] == '-', at = skip_digits(t, start);
    if (at == start || (t.at[start] == '0' && at > start + 1)) return false;
    if (at < t.size && t.at[at] == '.') {
        size_t part = at + 1;
        at = skip_digits(t, part);
        if (at == part) return false;
    }
    if (at < t.size && (t.at[at] == 'e' || t.at[at] == 'E')) {
        size_t part = at + 1;
        if (part < t.size && (t.at[part] == '+' || t.at[part] == '-')) part++;
        at = skip_digits(t, part);
        if (at == part) return false;
    }
    return at == t.size;
}

struct extent {
    size_t numbers;
    size_t depth;
};

/* How many numbers there may be, and how deep the brackets go. */
static struct extent measure_body(struct text t)
{
    struct extent e = {0, 0};
    size_t depth = 0;
    for (size_t i = 0; i < t.size;) {
        char c = t.at[i];
        if (c == '"') {
            i = skip_string(t, i);
        } else if (is_number_start(c)) {
            i = skip_number(t, i);
            e.numbers++;
        } else {
            if (c == '{' || c == '[') depth++;
            if ((c == '}' || c == ']') && depth > 0) depth--;
            if (depth > e.depth) e.depth = depth;
            i++;
        }
    }
    return e;
}

static void copy_span(struct copying *k, size_t from, size_t to)
{
    memcpy(k->out + k->size, k->body.at + from, to - from);
    k->size += to - from;
}

static void copy_index(struct copying *k, uint32_t index)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    memcpy(k->out + k->size, digits + at, sizeof digits - at);
    k->size += sizeof digits - at;
}

static void copy_number(struct copying *k, size_t from, size_t to)
{
    struct text number = {k->body.at + from, to - from};
    if (!is_json_number(number)) {
        copy_span(k, from, to);
        return;
    }
    k->numbers[k->number_count] = number;
    copy_index(k, k->number_count++);
}

static void copy_body(struct copying *k)
{
    struct text t = k->body;
    size_t from = 0;
    for (size_t i = 0; i < t.size;) {
        if (t.at[i] == '"') {
            i = skip_string(t, i);
        } else if (is_number_start(t.at[i])) {
            copy_span(k, from, i);
            from = skip_number(t, i);
            copy_number(k, i, from);
            i = from;
        } else {
            i++;
        }
    }
    copy_span(k, from, t.size);
}

/* Where a byte of the copy stands in the body: the numbers before it had other lengths there. */
static size_t position_in_body(const struct copying *k, size_t position)
{
    size_t grown = 0; /* how much longer the body is than the copy, up to here */
    for (uint32_t i = 0, digits = 1, next = 10; i < k->number_count; i++) {
        if (i == next) digits++, next *= 10;
        size_t end = (size_t)(k->numbers[i].at - k->body.at) + k->numbers[i].size;
        if (end - (grown + k->numbers[i].size - digits) > position) break;
        grown += k->numbers[i].size - digits;
    }
    position += grown;
    return position < k->body.size ? position : k->body.size;
}

static size_t pointer_step(const struct json_path *p, char *end)
{
    char digits[24];
    const char *step = p->key;
    if (step == NULL) {
        int size = snprintf(digits, sizeof digits, "%zu", p->index);
        assert(size > 0 && (size_t)size < sizeof digits);
        step = digits;
    }
    size_t written = 0, size = strlen(step);
    for (size_t i = size; i-- > 0;) {
        bool escaped = step[i] == '~' || step[i] == '/';
        written += escaped ? 2 : 1;
        if (end == NULL) continue;
        char tail = '0';
        if (step[i] == '/') tail = '1';
        *(end - written) = step[i];
        if (!escaped) continue;
        *(end - written) = '~';
        *(end - written + 1) = tail;
    }
    if (end != NULL) *(end - written - 1) = '/';
    return written + 1;
}

/* Written from its end, since the chain leads upwards. */
struct text wire_pointer(struct call *c, const struct json_path *path)
{
    size_t size = 0;
    for (const struct json_path *p = path; p != NULL; p = p->up)
        size += pointer_step(p, NULL);
    char *out = rehab_alloc(c->arena, size + 1);
    if (out == NULL) return (struct text){NULL, 0};
    char *end = out + size;
    *end = '\0';
    for (const struct json_path *p = path; p != NULL; p = p->up)
        end -= pointer_step(p, end);
    return (struct text){out, size};
}

struct result wire_fault_at(struct call *c, enum problem_code code, const struct json_path *path,
                            const char *key, struct text detail)
{
    struct json_path member = {path, key, 0};
    return call_fault(c, code, wire_pointer(c, key != NULL ? &member : path), detail);
}

struct text wire_decode_string(struct call *c, struct text literal)
{
    json_t *decoded =
        literal.size == 0 ? NULL : json_loadb(literal.at, literal.size, JSON_DECODE_ANY, NULL);
    struct text copy = {NULL, 0};
    if (json_is_string(decoded)) copy = text_copy(c->arena, text_of(json_string_value(decoded)));
    json_decref(decoded);
    return copy;
}

static const char *decode_key(struct call *c, struct text literal)
{
    const char *key = wire_decode_string(c, literal).at;
    return key == NULL ? "" : key;
}

/* The containers open at `position`, and the member or item reached in each. Returns how many. */
static size_t trace_levels(struct text t, size_t position, struct text *keys,
                           struct json_path *steps)
{
    size_t depth = 0;
    bool key_next = false;
    for (size_t i = 0; i < position && i < t.size;) {
        char c = t.at[i];
        size_t next = c == '"' ? skip_string(t, i) : i + 1;
        struct json_path *inner = depth > 0 ? &steps[depth - 1] : NULL;
        bool in_object = inner != NULL && inner->key != NULL;
        if (c == '"' && key_next) keys[depth - 1] = (struct text){t.at + i, next - i};
        if (c == '"') key_next = false;
        if (c == ',' && inner != NULL && !in_object) inner->index++;
        if (c == ',') key_next = in_object;
        if ((c == '}' || c == ']') && depth > 0) depth--;
        if ((c == '{' || c == '[') && depth < WIRE_DOCUMENT_DEPTH_MAX) {
            steps[depth] = (struct json_path){NULL, c == '{' ? "" : NULL, 0};
            keys[depth++] = (struct text){NULL, 0};
            key_next = c == '{';
        }
        i = next;
    }
    return depth;
}

static struct result report_duplicate(struct call *c, struct text body, size_t position)
{
    struct text keys[WIRE_DOCUMENT_DEPTH_MAX];
    struct json_path steps[WIRE_DOCUMENT_DEPTH_MAX];
    size_t depth = trace_levels(body, position, keys, steps);
    for (size_t i = 0; i < depth; i++) {
        steps[i].up = i == 0 ? NULL : &steps[i - 1];
        if (steps[i].key != NULL) steps[i].key = decode_key(c, keys[i]);
    }
    return wire_fault_at(c, DUPLICATE_MEMBER, depth == 0 ? NULL : &steps[depth - 1], NULL,
                         (struct text){NULL, 0});
}

static const char *explain_syntax(struct text body, enum json_error_code code, enum json_top top)
{
    if (body.size >= 3 && memcmp(body.at, "\xef\xbb\xbf", 3) == 0)
        return "a byte order mark stands first; write UTF-8 without one";
    switch ((int)code) {
    case json_error_premature_end_of_input:
        return top == TOP_DOCUMENT ? "the document ends too early" : "the body ends too early";
    case json_error_end_of_input_expected: return "something follows the end of the JSON text";
    case json_error_invalid_utf8: return "the bytes are not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "the character U+0000 is not taken";
    default: return "the syntax is wrong";
    }
}

static struct result report_syntax(struct call *c, struct text body, size_t position,
                                   enum json_error_code code, enum json_top top)
{
    size_t line = 1, column = 0;
    for (size_t i = 0; i < position; i++) {
        column += ((unsigned char)body.at[i] & 0xc0) != 0x80;
        if (body.at[i] != '\n' || i + 1 == position) continue;
        line++;
        column = 0;
    }
    c->problem.detail = text_format(c->arena, "At line %zu, column %zu: %s.", line, column,
                                    explain_syntax(body, code, top));
    return (struct result){MALFORMED_JSON};
}

static struct result report_parse(struct call *c, const struct copying *k,
                                  const json_error_t *error, enum json_top top)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_out_of_memory) return (struct result){NO_MEMORY};
    size_t position = position_in_body(k, error->position < 0 ? 0 : (size_t)error->position);
    if (code == json_error_duplicate_key) return report_duplicate(c, k->body, position);
    return report_syntax(c, k->body, position, code, top);
}

static struct result check_depth(struct call *c, size_t depth, enum json_top top)
{
    if (depth <= WIRE_DEPTH_MAX || (top == TOP_DOCUMENT && depth <= WIRE_DOCUMENT_DEPTH_MAX))
        return DONE;
    if (top == TOP_DOCUMENT)
        c->problem.detail = text_format(c->arena, "A protocol document may have %d levels.",
                                        WIRE_DOCUMENT_DEPTH_MAX);
    return (struct result){TOO_DEEP};
}

static struct result parse_body(struct call *c, struct text body, enum json_top top,
                                struct json_in *out)
{
    struct extent e = measure_body(body);
    TRY(check_depth(c, e.depth, top));
    struct copying k = {.body = body};
    k.out = rehab_alloc(c->arena, body.size + e.numbers * 9 + 1);
    k.numbers = rehab_alloc(c->arena, (e.numbers + 1) * sizeof *k.numbers);
    if (k.out == NULL || k.numbers == NULL) return (struct result){NO_MEMORY};
    copy_body(&k);
    json_error_t error;
    json_t *root = json_loadb(k.out, k.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (root == NULL) return report_parse(c, &k, &error, top);
    *out = (struct json_in){
        .root = root, .numbers = k.numbers, .number_count = k.number_count, .body = body};
    return DONE;
}

struct result wire_open_json(struct call *c, struct text body, enum json_top top,
                             struct json_in *out)
{
    *out = (struct json_in){.root = NULL};
    if (body.size == 0)
        return call_fail(c, MALFORMED_JSON,
                         top == TOP_DOCUMENT ? "The document is empty." : "The body is empty.");
    TRY(parse_body(c, body, top, out));
    if (top == TOP_ARRAY ? json_is_array(out->root) : json_is_object(out->root)) return DONE;
    wire_close_json(out);
    static const char *const wanted[] = {[TOP_OBJECT] = "the body must be an object",
                                         [TOP_ARRAY] = "the body must be an array",
                                         [TOP_DOCUMENT] = "the document must be an object"};
    return wire_fault_at(c, WRONG_TYPE, NULL, NULL, text_of(wanted[top]));
}

void wire_close_json(struct json_in *in)
{
    json_decref(in->root);
    in->root = NULL;
}

struct text wire_number_text(const struct json_in *in, json_t *number)
{
    json_int_t place = json_integer_value(number);
    assert(json_is_integer(number) && place >= 0 && (uint64_t)place < in->number_count);
    return in->numbers[place];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct text trim(struct text t, size_t from, size_t to)
{
    while (from < to && is_blank(t.at[from]))
        from++;
    while (to > from && is_blank(t.at[to - 1]))
        to--;
    return (struct text){t.at + from, to - from};
}

/* An array that parsed is known to be sound: commas at depth one part its items. */
const struct text *wire_split_items(struct call *c, const struct json_in *in)
{
    size_t wanted = json_array_size(in->root), depth = 0, from = 0, count = 0;
    struct text t = in->body, *items = rehab_alloc(c->arena, (wanted + 1) * sizeof *items);
    for (size_t i = 0, next; items != NULL && i < t.size && count < wanted; i = next) {
        next = t.at[i] == '"' ? skip_string(t, i) : i + 1;
        bool closes = t.at[i] == '}' || t.at[i] == ']';
        if (depth == 1 && (t.at[i] == ',' || closes)) {
            items[count++] = trim(t, from, i);
            from = next;
        }
        if ((t.at[i] == '{' || t.at[i] == '[') && ++depth == 1) from = next;
        depth -= closes;
    }
    return items;
}

/* Each member lies between brackets or commas at depth one, and its name is the first string there.
 */
struct text wire_find_member(struct text object, const char *name)
{
    struct text key = {NULL, 0};
    size_t depth = 0, from = 0, wanted = strlen(name);
    for (size_t i = 0, next; i < object.size; i = next) {
        char c = object.at[i];
        next = c == '"' ? skip_string(object, i) : i + 1;
        bool closes = c == '}' || c == ']';
        if (depth == 1 && c == '"' && key.at == NULL)
            key = (struct text){object.at + i + 1, next - i - 2};
        if (depth == 1 && c == ':') from = next;
        if (depth == 1 && (c == ',' || closes)) {
            if (key.at != NULL && key.size == wanted && memcmp(key.at, name, wanted) == 0)
                return trim(object, from, i);
            key.at = NULL;
        }
        depth += c == '{' || c == '[';
        depth -= closes && depth > 0;
    }
    return (struct text){NULL, 0};
}
