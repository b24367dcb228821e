/* SPDX-License-Identifier: Apache-2.0 */
/* What it would take to turn a gate, as it can be sent: the observations stand as a new assessment
 * would have them. */
#include "inside.h"
#include "wire.h"
#include "words.h"

/* A value of the measure as what it means: a truth, a label, or a number. */
static void put_measured(struct json_out *o, const struct evaluation *e,
                         const struct rehab_measure_row *m, int64_t nano)
{
    switch ((enum rehab_measure_kind)m->kind) {
    case REHAB_BOOLEAN: wire_put_bool(o, nano != 0); break;
    case REHAB_ORDINAL:
        wire_put_text(
            o,
            wire_ref(e, e->protocol->texts[m->labels.first + (uint32_t)(nano / REHAB_SCALE)].text));
        break;
    case REHAB_NUMBER:
    case REHAB_MEASURE_KIND_COUNT: wire_put_nano(o, nano); break;
    }
}

/* The conditions that some criterion of the gate over this measure asks for. */
static uint32_t asked_of(const struct evaluation *e, const struct rehab_flip *flip,
                         const struct rehab_proposal *proposal)
{
    const struct rehab_rule_row *rule = &e->protocol->rules[e->protocol->gates[flip->gate].rule];
    uint32_t asked = 0;
    for (uint32_t i = 0; i < rule->criteria.count; i++) {
        const struct rehab_criterion_row *row = &e->protocol->criteria[rule->criteria.first + i];
        if (row->measure == proposal->measure || row->over == proposal->measure)
            asked |= row->asked | (uint32_t)row->asked >> 8;
    }
    return asked & UINT8_MAX;
}

static void put_conditions(struct json_out *o, uint32_t asked, uint32_t held)
{
    if (asked == 0) return;
    wire_put_key(o, "qualifiers");
    wire_open_object(o);
    for (uint32_t bit = 0; bit < wire_qualifiers.count; bit++) {
        if ((asked >> bit & 1) == 0) continue;
        wire_put_name(o, wire_word(&wire_qualifiers, bit));
        wire_put_bool(o, (held >> bit & 1) != 0);
    }
    wire_close(o);
}

/* People are numbered by the first observation that they made. */
static void put_assessor(struct json_out *o, const struct evaluation *e, uint32_t assessor)
{
    if (assessor >= e->observation_count) return;
    wire_put_text_if(o, "assessor", e->observations[assessor].assessor);
}

static struct text criterion_id(const struct evaluation *e, uint32_t criterion)
{
    return wire_ref(e, e->protocol->criteria[criterion].id);
}

static void put_proposal(struct json_out *o, const struct evaluation *e,
                         const struct rehab_flip *flip, const struct rehab_proposal *proposal)
{
    const struct rehab_measure_row *m = &e->protocol->measures[proposal->measure];
    wire_open_object(o);
    wire_put_member(o, "measure", text, wire_ref(e, m->code));
    wire_put_side(o, wire_side_of(e, proposal->side));
    wire_put_key(o, "value");
    put_measured(o, e, m, proposal->value_nano);
    wire_put_text_if(o, "unit", wire_ref(e, m->unit));
    put_conditions(o, asked_of(e, flip, proposal), proposal->held);
    put_assessor(o, e, proposal->assessor);
    if (proposal->trials > 1) wire_put_member(o, "trials", whole, proposal->trials);
    wire_put_member(o, "criterion", text, criterion_id(e, proposal->criterion));
    wire_close(o);
}

static void put_hurdle(struct json_out *o, const struct evaluation *e,
                       const struct rehab_hurdle *hurdle)
{
    wire_open_object(o);
    wire_put_member(o, "criterion", text, criterion_id(e, hurdle->criterion));
    wire_put_member(o, "kind", text, wire_of_core(rehab_hurdle_name(hurdle->kind)));
    if (hurdle->occasions > 0) wire_put_member(o, "occasions", whole, hurdle->occasions);
    if (hurdle->activity != REHAB_NONE)
        wire_put_member(o, "activity", text,
                        wire_ref(e, e->protocol->activities[hurdle->activity].id));
    wire_close(o);
}

void wire_put_flip(struct json_out *o, const struct evaluation *e, const struct rehab_flip *flip)
{
    wire_put_key(o, "flip");
    wire_open_object(o);
    wire_put_member(o, "to", text, wire_of_core(rehab_verdict_name(flip->to)));
    wire_put_member(o, "state", text, wire_of_core(rehab_flip_name(flip->state)));
    wire_put_member(o, "exact", bool, flip->exact);
    wire_put_key(o, "observations");
    wire_open_array(o);
    for (uint32_t i = 0; i < flip->proposal_count; i++)
        put_proposal(o, e, flip, &flip->proposals[i]);
    wire_close(o);
    wire_put_key(o, "also");
    wire_open_array(o);
    for (uint32_t i = 0; i < flip->hurdle_count; i++)
        put_hurdle(o, e, &flip->hurdles[i]);
    wire_close(o);
    wire_close(o);
}
