/* SPDX-License-Identifier: Apache-2.0 */
/* Gates made by chance, what the core says of them, and the same gates as FHIRPath over the same
 * observations as plain data, for an engine of another make to judge (gate.mjs). One JSON line a
 * gate, then one a patient. In FHIRPath `{}` is what is not known, and its and, or and not are
 * Kleene's.
 *
 *   gate COUNT SEED */
#include "../chance.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATIENTS = 24, DEEPEST = 3, KINDS = 9 };

/* ---- leaves ---- */

static const int NUMBERS[] = {PAIN, FORCE, SPRINT, BEND};
static const char *const OPS[] = {[REHAB_LT] = "<",  [REHAB_LE] = "<=", [REHAB_EQ] = "=",
                                  [REHAB_NE] = "!=", [REHAB_GE] = ">=", [REHAB_GT] = ">"};
static const enum rehab_op ORDERS[] = {REHAB_LT, REHAB_LE, REHAB_EQ, REHAB_NE, REHAB_GE, REHAB_GT};

/* The observations of a measure on a side, oldest first. */
static void say_list(FILE *out, const struct rehab_criterion *c, char side)
{
    fprintf(out, "o.where(m='%.*s' and s='%c')", (int)c->measure.size, c->measure.at, side);
}

static void say_newest(FILE *out, const struct rehab_criterion *c)
{
    say_list(out, c, 'i');
    fputs(".last().v", out);
}

/* The other side's value of the assessment that the newest value is from. */
static void say_other(FILE *out, const struct rehab_criterion *c)
{
    say_list(out, c, 'o');
    fputs(".where(a=%patient.", out);
    say_list(out, c, 'i');
    fputs(".last().a).v", out);
}

/* A value before the newest: the first, or the one just before. */
static void say_change(FILE *out, const struct rehab_criterion *c)
{
    fputs("iif(", out);
    say_list(out, c, 'i');
    fputs(".count()>1,(", out);
    say_newest(out, c);
    fputs("-", out);
    say_list(out, c, 'i');
    if (c->from == REHAB_PREVIOUS) {
        fputs(".skip(", out);
        say_list(out, c, 'i');
        fputs(".count()-2)", out);
    }
    fputs(".first().v", out);
    fprintf(out, ")%s%g,{})", OPS[c->is], (double)c->value.nano / (double)REHAB_SCALE);
}

/* involved * 100 against other * bound, turned where less is better; nothing without a reference.
 */
static void say_symmetry(FILE *out, const struct rehab_criterion *c)
{
    bool turned = rehab_text_equal(c->measure, sample_measures[SPRINT].code) ||
                  rehab_text_equal(c->measure, sample_measures[PAIN].code);
    fputs("iif((", out);
    say_other(out, c);
    fputs(">0) and (", out);
    if (turned)
        say_newest(out, c);
    else
        fputs("1", out);
    fputs(">0),(100*", out);
    turned ? say_other(out, c) : say_newest(out, c);
    fprintf(out, ")%s(%g*", OPS[c->is], (double)c->value.nano / (double)REHAB_SCALE);
    turned ? say_newest(out, c) : say_other(out, c);
    fputs("),{})", out);
}

/* The last n all, else nothing when there are fewer and none of them fails. */
static void say_run(FILE *out, const struct rehab_criterion *c)
{
    double bound = (double)c->value.nano / (double)REHAB_SCALE;
    fputs("iif(", out);
    say_list(out, c, 'i');
    fprintf(out, ".count()>=%u,", c->for_observations);
    say_list(out, c, 'i');
    fputs(".skip(", out);
    say_list(out, c, 'i');
    fprintf(out, ".count()-%u).all(v%s%g),iif(", c->for_observations, OPS[c->is], bound);
    say_list(out, c, 'i');
    fprintf(out, ".all(v%s%g),{},false))", OPS[c->is], bound);
}

static void say_leaf(FILE *out, const struct rehab_criterion *c)
{
    double bound = (double)c->value.nano / (double)REHAB_SCALE;
    if (c->for_observations > 0) {
        say_run(out, c);
    } else if (c->expression == REHAB_CHANGE) {
        say_change(out, c);
    } else if (c->expression == REHAB_SYMMETRY) {
        say_symmetry(out, c);
    } else if (c->expression == REHAB_DIFFERENCE) {
        fputs("(", out);
        say_newest(out, c);
        fputs("-", out);
        say_other(out, c);
        fprintf(out, ").abs()%s%g", OPS[c->is], bound);
    } else if (c->is == REHAB_BETWEEN) {
        fputs("(", out);
        say_newest(out, c);
        fprintf(out, ">=%g and ", bound);
        say_newest(out, c);
        fprintf(out, "<=%g)", (double)c->upper.nano / (double)REHAB_SCALE);
    } else {
        say_newest(out, c);
        fprintf(out, "%s%g", OPS[c->is], bound);
    }
}

static struct rehab_criterion make_leaf(void)
{
    int measure = NUMBERS[roll(4)];
    enum rehab_op op = ORDERS[roll(6)];
    struct rehab_criterion c = leaf(measure, op, (double)roll(11));
    switch (roll(KINDS)) {
    case 0:
        c.is = REHAB_BETWEEN;
        c.upper = number((double)c.value.nano / (double)REHAB_SCALE + roll(4));
        break;
    case 1:
        if (measure == BEND) break; /* neither more nor less is better: it has no symmetry */
        c.expression = REHAB_SYMMETRY;
        c.value = number(50 + 10 * roll(7));
        break;
    case 2: c.expression = REHAB_DIFFERENCE; break;
    case 3:
        c.expression = REHAB_CHANGE;
        c.from = roll(2) ? REHAB_BASELINE : REHAB_PREVIOUS;
        c.value = number((double)roll(9) - 4);
        break;
    case 4: c.for_observations = 2 + roll(3); break;
    default: break;
    }
    return c;
}

/* ---- trees ---- */

/* Every way to choose `least` of the children, or-ed. */
static void say_tree(FILE *out, const struct rehab_criterion *c);

static void say_choice(FILE *out, const struct rehab_criterion *c, uint32_t set, bool *first)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < c->of_count; i++)
        size += set >> i & 1;
    if (size != c->least) return;
    fputs(*first ? "(" : " or (", out);
    *first = false;
    for (uint32_t i = 0, said = 0; i < c->of_count; i++) {
        if ((set >> i & 1) == 0) continue;
        if (said++ > 0) fputs(" and ", out);
        say_tree(out, &c->of[i]);
    }
    fputs(")", out);
}

static void say_tree(FILE *out, const struct rehab_criterion *c)
{
    fputs("(", out);
    if (c->kind == REHAB_LEAF) {
        say_leaf(out, c);
    } else if (c->kind == REHAB_NOT) {
        say_tree(out, c->of);
        fputs(".not()", out);
    } else if (c->kind == REHAB_AT_LEAST) {
        bool first = true;
        for (uint32_t set = 1; set < 1u << c->of_count; set++)
            say_choice(out, c, set, &first);
    } else {
        for (uint32_t i = 0; i < c->of_count; i++) {
            if (i > 0) fputs(c->kind == REHAB_ALL ? " and " : " or ", out);
            say_tree(out, &c->of[i]);
        }
    }
    fputs(")", out);
}

/* ---- patients ---- */

static void make_patient(struct world *w)
{
    w->evidence.observation_count = 0;
    uint32_t n = roll(14);
    for (uint32_t h = 1; h <= n; h++) {
        int measure = NUMBERS[roll(4)];
        bool negative = measure == BEND && roll(4) == 0;
        struct rehab_observation *o =
            observe(w, measure, negative ? -(double)roll(5) : (double)roll(11), h);
        bool both = roll(2) == 0;
        if (both && measure != PAIN) {
            uint32_t assessment = o->assessment;
            o = observe(w, measure, (double)roll(11), h);
            o->assessment = assessment;
            o->side = REHAB_OTHER;
        }
    }
}

static void say_patient(const struct world *w, enum rehab_verdict verdict)
{
    const char *comma = "";
    printf("{\"verdict\":%d,\"o\":[", (int)verdict);
    for (uint32_t i = 0; i < w->evidence.observation_count; i++) {
        const struct rehab_observation *o = &w->observations[i];
        if (o->measure == REHAB_NONE16) continue; /* the gate does not ask for it */
        struct rehab_text code = rehab_text_at(&w->protocol, w->protocol.measures[o->measure].code);
        printf("%s{\"m\":\"%.*s\",\"s\":\"%c\",\"a\":%u,\"v\":%g}", comma, (int)code.size, code.at,
               o->side == REHAB_OTHER ? 'o' : 'i', o->assessment,
               (double)o->value_nano / (double)REHAB_SCALE);
        comma = ",";
    }
    puts("]}");
}

static void play_gate(void)
{
    struct shelf shelf = {.used = 0};
    struct rehab_criterion root = make_tree(&shelf, DEEPEST, make_leaf, true);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &root);
    compile(w);
    fputs("{\"gate\":\"", stdout);
    say_tree(stdout, &root);
    puts("\"}");
    for (uint32_t i = 0; i < PATIENTS; i++) {
        make_patient(w);
        say_patient(w, decide(w, 20));
    }
    world_free(w);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    throw_from(strtoull(argv[2], NULL, 10));
    for (unsigned long n = strtoul(argv[1], NULL, 10); n > 0; n--)
        play_gate();
    return 0;
}
