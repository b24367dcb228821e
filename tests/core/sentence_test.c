/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown: values, bounds and margins in their unit, and the sentences made of them. */
#include "sample.h"

static void assert_said_in(const struct world *w, uint32_t i, struct rehab_text language,
                           const char *wanted)
{
    char found[REHAB_SENTENCE_MAX + 1];
    uint32_t size =
        rehab_sentence(&w->protocol, finding(w, i), language, found, REHAB_SENTENCE_MAX);
    found[size] = '\0';
    assert_string_equal(found, wanted);
}

static void assert_said(const struct world *w, uint32_t i, const char *english, const char *spanish)
{
    assert_said_in(w, i, T("en"), english);
    assert_said_in(w, i, T("es"), spanish);
}

static void assert_required(const struct world *w, uint32_t i, struct rehab_text language,
                            const char *wanted)
{
    char found[REHAB_SENTENCE_MAX + 1];
    uint32_t size = rehab_requirement(&w->protocol, finding(w, i)->criterion, language, found,
                                      REHAB_SENTENCE_MAX);
    found[size] = '\0';
    assert_string_equal(found, wanted);
}

static struct world *all_of(const struct rehab_criterion *c, uint32_t n)
{
    struct rehab_criterion all = group(REHAB_ALL, c, n);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    return w;
}

static void values_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_EQ, 0),      leaf(FORCE, REHAB_GE, 90),
                                  leaf(SWELLING, REHAB_LE, 1),  leaf(SUDDEN, REHAB_EQ, 0),
                                  leaf(BEND, REHAB_BETWEEN, 5), leaf(FORCE, REHAB_GT, 100),
                                  leaf(FORCE, REHAB_NE, 1),     leaf(FORCE, REHAB_LT, 500)};
    c[0].for_days = 2;
    c[1].expression = REHAB_SYMMETRY;
    c[4].upper = number(10);
    struct world *w = all_of(c, 8);
    observe(w, PAIN, 0, 1);
    struct rehab_observation *a = observe(w, FORCE, 179.9, 1), *b = observe(w, FORCE, 200, 1);
    b->side = REHAB_OTHER;
    b->assessment = a->assessment;
    observe(w, SWELLING, 2, 1);
    observe(w, SUDDEN, 1, 1);
    observe(w, BEND, 7.5, 1);
    decide(w, 2);
    assert_said(
        w, 0,
        "Pain is 0, needs 0 on 2 days in a row: not known, not observed often enough in a row.",
        "Dolor: 0; requisito: 0 durante 2 días seguidos; no se sabe si se cumple: faltan "
        "observaciones seguidas.");
    assert_said(
        w, 1, "Force, involved side against the other, is 89.95 %, needs at least 90 %: not met.",
        "Force, lado afectado frente al otro: 89.95 %; requisito: al menos 90 %; no se cumple.");
    assert_said(w, 2, "Swelling is severe, needs at most mild: not met.",
                "Swelling: severe; requisito: como máximo mild; no se cumple.");
    assert_said(w, 3, "Sudden is yes, needs no: not met.",
                "Sudden: sí; requisito: no; no se cumple.");
    assert_said(w, 4, "Bend is 7.5 deg, needs between 5 deg and 10 deg: met.",
                "Bend: 7.5 deg; requisito: entre 5 deg y 10 deg; se cumple.");
    assert_said(w, 5, "Force is 179.9 N, needs more than 100 N: met.",
                "Force: 179.9 N; requisito: más de 100 N; se cumple.");
    assert_said(w, 6, "Force is 179.9 N, needs other than 1 N: met.",
                "Force: 179.9 N; requisito: un valor distinto de 1 N; se cumple.");
    assert_said(w, 7, "Force is 179.9 N, needs less than 500 N: met.",
                "Force: 179.9 N; requisito: menos de 500 N; se cumple.");
    assert_required(w, 0, T("en"), "Pain must be 0 on 2 days in a row.");
    assert_required(w, 0, T("es"), "Dolor, requisito: 0 durante 2 días seguidos.");
    assert_int_equal(rehab_criterion_unit(&w->protocol, finding(w, 1)->criterion).size, 1);
    world_free(w);
}

static void expressions_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[8] = {leaf(PAIN, REHAB_LE, -2),  leaf(PAIN, REHAB_LE, 0),
                                   leaf(PAIN, REHAB_LE, 0),   leaf(MORNING, REHAB_LE, 0),
                                   leaf(FORCE, REHAB_LE, 10), leaf(PAIN, REHAB_LE, 3),
                                   leaf(FORCE, REHAB_GE, 3),  leaf(FORCE, REHAB_GE, 3)};
    const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE};
    for (int i = 0; i < 3; i++) {
        c[i].expression = REHAB_CHANGE;
        c[i].from = from[i];
    }
    c[3].expression = REHAB_RISE;
    c[3].over = sample_measures[PAIN].code;
    c[4].expression = REHAB_DIFFERENCE;
    c[5].expression = REHAB_WORST;
    c[6].expression = REHAB_BEST;
    c[7].side = REHAB_OTHER;
    c[7].for_observations = 3;
    struct world *w = all_of(c, 8);
    observe(w, PAIN, 5, 1);
    observe(w, PAIN, 4, 2);
    observe(w, MORNING, 3, 3);
    observe(w, FORCE, 100, 3);
    decide(w, 4);
    assert_said(
        w, 0, "Pain, change since the first value, is -1, needs at most -2: not met.",
        "Dolor, cambio desde el primer valor: -1; requisito: como máximo -2; no se cumple.");
    assert_said(w, 1, "Pain, change since the value before, is -1, needs at most 0: met.",
                "Dolor, cambio desde el valor anterior: -1; requisito: como máximo 0; se cumple.");
    assert_said(w, 2, "Pain, change in this phase, is -1, needs at most 0: met.",
                "Dolor, cambio en esta fase: -1; requisito: como máximo 0; se cumple.");
    assert_said(w, 3, "Morning, rise over pain before, is -1, needs at most 0: met.",
                "Morning, aumento respecto al valor previo de dolor: -1; requisito: como máximo 0; "
                "se cumple.");
    assert_said(w, 4,
                "Force, difference between the sides, needs at most 10 N: not known, the other "
                "side was not measured with it.",
                "Force, diferencia entre los lados: sin dato válido; requisito: como máximo 10 N; "
                "no se sabe "
                "si se cumple: no se midió a la vez el otro lado.");
    assert_said(w, 5, "Worst pain is 5, needs at most 3: not met.",
                "Peor valor de dolor: 5; requisito: como máximo 3; no se cumple.");
    assert_said(w, 6, "Best force is 100 N, needs at least 3 N: met.",
                "Mejor valor de force: 100 N; requisito: al menos 3 N; se cumple.");
    assert_said(w, 7,
                "Force of the other side needs at least 3 N in 3 observations in a row: not known, "
                "it has not been observed.",
                "Force del otro lado: sin dato válido; requisito: al menos 3 N en 3 observaciones "
                "seguidas; no se sabe si se cumple: no se ha observado.");
    world_free(w);
}

static void values_from_before_an_event_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[4];
    for (int i = 0; i < 4; i++) {
        c[i] = leaf(FORCE, REHAB_GE, 50);
        c[i].expression = i < 2 ? REHAB_PERCENT_OF : REHAB_CHANGE;
        c[i].from = i % 2 ? REHAB_PRE_ONSET : REHAB_PRE_SURGERY;
    }
    struct world *w = all_of(c, 4);
    w->evidence.surgery = (struct rehab_event){.known = true, .day = rehab_local_day(hour(24))};
    observe(w, FORCE, 100, 0);
    observe(w, FORCE, 80, 30);
    decide(w, 30);
    assert_said(
        w, 0, "Force, against the last value before surgery, is 80 %, needs at least 50 %: met.",
        "Force, frente al último valor previo a la cirugía: 80 %; requisito: al menos 50 %; se "
        "cumple.");
    assert_said(
        w, 1,
        "Force, against the last value before onset, needs at least 50 %: not known, the "
        "date is not known.",
        "Force, frente al último valor previo al inicio del cuadro: sin dato válido; requisito: al "
        "menos 50 %; no se sabe si se cumple: no se conoce la fecha.");
    assert_said(w, 2,
                "Force, change since the last value before surgery, is -20 N, needs at least "
                "50 N: not met.",
                "Force, cambio desde el último valor previo a la cirugía: -20 N; requisito: al "
                "menos 50 N; no se cumple.");
    assert_required(w, 3, T("en"),
                    "Force, change since the last value before onset, must be at least 50 N.");
    world_free(w);
}

static void earlier_values_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[8];
    const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE, REHAB_AGO};
    const char *const ago[] = {"P7D", "PT48H", "P1D", "PT1H"};
    for (int i = 0; i < 8; i++) {
        c[i] = leaf(FORCE, REHAB_GE, 50);
        c[i].expression = i < 4 ? REHAB_PERCENT_OF : REHAB_IMPROVEMENT;
        c[i].from = i < 4 ? from[i] : REHAB_AGO;
        if (c[i].from == REHAB_AGO) c[i].ago = duration(i < 4 ? "P2D" : ago[i - 4]);
    }
    struct world *w = all_of(c, 8);
    observe(w, FORCE, 100, 0);
    observe(w, FORCE, 80, 24 * 8);
    decide(w, 24 * 8);
    assert_said(w, 0, "Force, against the first value, is 80 %, needs at least 50 %: met.",
                "Force, frente al primer valor: 80 %; requisito: al menos 50 %; se cumple.");
    assert_said(w, 1, "Force, against the value before, is 80 %, needs at least 50 %: met.",
                "Force, frente al valor anterior: 80 %; requisito: al menos 50 %; se cumple.");
    assert_said(
        w, 2, "Force, against the first value of this phase, is 80 %, needs at least 50 %: met.",
        "Force, frente al primer valor de esta fase: 80 %; requisito: al menos 50 %; se cumple.");
    assert_said(
        w, 3,
        "Force, against the value at least 2 days before, is 80 %, needs at least 50 %: "
        "met.",
        "Force, frente al valor de al menos 2 días antes: 80 %; requisito: al menos 50 %; se "
        "cumple.");
    assert_said(w, 4,
                "Force, improvement over at least 7 days, is -20 N, needs at least 50 N: not met.",
                "Force, mejora en al menos 7 días: -20 N; requisito: al menos 50 N; no se cumple.");
    assert_said(
        w, 5,
        "Force, improvement over at least 48 hours, is -20 N, needs at least 50 N: not "
        "met.",
        "Force, mejora en al menos 48 horas: -20 N; requisito: al menos 50 N; no se cumple.");
    assert_said(w, 6,
                "Force, improvement over at least 1 day, is -20 N, needs at least 50 N: not met.",
                "Force, mejora en al menos 1 día: -20 N; requisito: al menos 50 N; no se cumple.");
    assert_said(w, 7,
                "Force, improvement over at least 1 hour, is -20 N, needs at least 50 N: not met.",
                "Force, mejora en al menos 1 hora: -20 N; requisito: al menos 50 N; no se cumple.");
    world_free(w);
    c[0] = leaf(BEND, REHAB_BETWEEN, 40);
    c[0].upper = number(60);
    c[0].warn_above = true;
    w = all_of(c, 1);
    observe(w, BEND, 70, 1);
    decide(w, 2);
    assert_said(
        w, 0,
        "Bend is 70 deg, needs between 40 deg and 60 deg: not met, it is more than it may "
        "be, take care.",
        "Bend: 70 deg; requisito: entre 40 deg y 60 deg; no se cumple: supera lo permitido, "
        "precaución.");
    world_free(w);
    c[0] = leaf(FORCE, REHAB_LE, 10);
    c[0].expression = REHAB_ASYMMETRY;
    w = all_of(c, 1);
    observe(w, FORCE, 220, 1);
    observe(w, FORCE, 200, 1)->side = REHAB_OTHER;
    w->observations[1].assessment = 0;
    decide(w, 2);
    assert_said(w, 0, "Force, asymmetry of the sides, is 10 %, needs at most 10 %: met.",
                "Force, asimetría entre los lados: 10 %; requisito: como máximo 10 %; se cumple.");
    world_free(w);
}

static void phases_are_told(void **state)
{
    (void)state;
    const struct rehab_wording title[] = {{T("en"), T("Late sprint")}};
    struct rehab_criterion c[2];
    for (int i = 0; i < 2; i++) {
        c[i] = leaf(SUDDEN, REHAB_EQ, 1);
        c[i].expression = REHAB_REACHED;
        c[i].name = T(i == 0 ? "second" : "third");
    }
    for (int tracks = 1; tracks <= 2; tracks++) {
        struct rehab_criterion both = group(REHAB_ALL, c, 2);
        struct world *w = world();
        struct rehab_phase other = {.id = T("only")};
        struct rehab_track two[2] = {w->track,
                                     {.id = T("gym"), .phases = &other, .phase_count = 1}};
        struct rehab_track_state states[2] = {w->state, {3, hour(0), hour(0)}};
        w->phases[2].title = (struct rehab_words){title, 1};
        w->document.tracks = two;
        w->evidence.tracks = states;
        w->document.track_count = w->evidence.track_count = (uint32_t)tracks;
        add_gate(w, REHAB_ADVANCE, &both);
        compile(w);
        decide(w, 1);
        if (tracks == 1)
            assert_said(w, 0, "Having reached second is yes, needs yes: met.",
                        "Haber alcanzado second: sí; requisito: sí; se cumple.");
        if (tracks == 1)
            assert_said(w, 1, "Having reached Late sprint is no, needs yes: not met.",
                        "Haber alcanzado Late sprint: no; requisito: sí; no se cumple.");
        if (tracks == 2)
            assert_said(w, 1, "Having reached Late sprint of main is no, needs yes: not met.",
                        "Haber alcanzado Late sprint de main: no; requisito: sí; no se cumple.");
        world_free(w);
    }
}

/* Labels, strata, clearances, tracks: what else is told by a key. */
static void keys_have_terms(void **state)
{
    (void)state;
#define WORDS(en, es)                                                                              \
    {                                                                                              \
        {T("en"), T(en)},                                                                          \
        {                                                                                          \
            T("es"), T(es)                                                                         \
        }                                                                                          \
    }
    const struct rehab_wording mild[] = WORDS("slight", "leve"), grade[] = WORDS("grade", "grado"),
                               two[] = WORDS("II", "II"), by[] = WORDS("to run", "para correr"),
                               main[] = WORDS("the ladder", "la escalera");
#undef WORDS
    const struct rehab_term terms[] = {{T("mild"), {mild, 2}},
                                       {T("grade"), {grade, 2}},
                                       {T("2"), {two, 2}},
                                       {T("running"), {by, 2}},
                                       {T("main"), {main, 2}}};
    struct rehab_phase other = {.id = T("only")};
    struct rehab_criterion c[] = {leaf(SWELLING, REHAB_LE, 1), leaf(SUDDEN, REHAB_EQ, 1),
                                  leaf(SUDDEN, REHAB_EQ, 1), leaf(SUDDEN, REHAB_EQ, 1)};
    c[1].expression = REHAB_STRATUM;
    c[1].name = T("grade");
    c[1].value = label("2");
    c[2].expression = REHAB_CLEARED;
    c[2].name = T("running");
    c[2].roles = REHAB_CLINICIAN;
    c[3].expression = REHAB_REACHED;
    c[3].name = T("second");
    struct rehab_criterion all = group(REHAB_ALL, c, 4);
    struct world *w = world();
    const struct rehab_track two_tracks[2] = {w->track,
                                              {.id = T("gym"), .phases = &other, .phase_count = 1}};
    const struct rehab_track_state states[2] = {w->state, {3, hour(0), hour(0)}};
    w->document.tracks = two_tracks;
    w->document.track_count = w->evidence.track_count = 2;
    w->evidence.tracks = states;
    w->document.terms = terms;
    w->document.term_count = 5;
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    observe(w, SWELLING, 0, 1);
    decide(w, 2);
    assert_said(w, 0, "Swelling is none, needs at most slight: met.",
                "Swelling: none; requisito: como máximo leve; se cumple.");
    assert_required(w, 1, T("es"), "Grado, requisito: II.");
    assert_required(w, 2, T("en"), "Clearance to run must be yes.");
    assert_required(w, 2, T("es"), "Autorización para correr, requisito: sí.");
    assert_required(w, 3, T("es"), "Haber alcanzado second de la escalera, requisito: sí.");
    world_free(w);
}

static void facts_are_told(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("1"), label("3")};
    struct rehab_value_by by[] = {{T("grade"), T("2"), number(2)}};
    struct rehab_criterion c[9] = {elapsed(REHAB_PHASE, REHAB_GE, "PT24H"),
                                   elapsed(REHAB_EPISODE, REHAB_GE, "P1D"),
                                   elapsed(REHAB_ONSET, REHAB_LE, "P5D"),
                                   elapsed(REHAB_SURGERY, REHAB_GE, "PT1H"),
                                   {.kind = REHAB_LEAF,
                                    .id = T("ok"),
                                    .expression = REHAB_CLEARED,
                                    .name = T("running"),
                                    .roles = REHAB_CLINICIAN,
                                    .is = REHAB_EQ,
                                    .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}},
                                   {.kind = REHAB_LEAF,
                                    .id = T("in"),
                                    .expression = REHAB_STRATUM,
                                    .name = T("grade"),
                                    .is = REHAB_IN,
                                    .values = set,
                                    .value_count = 2},
                                   leaf(PAIN, REHAB_LE, 3),
                                   elapsed(REHAB_PHASE, REHAB_GE, "PT24H"),
                                   leaf(SWELLING, REHAB_EQ, 0)};
    c[6].value_by = by;
    c[6].value_by_count = 1;
    struct world *w = all_of(c, 9);
    w->state.entered = hour(10);
    decide(w, 0.5);
    assert_said(
        w, 0,
        "Time in this phase is 0 hours, needs at least 24 hours: not met, the time has "
        "not passed yet.",
        "Tiempo en esta fase: 0 horas; requisito: al menos 24 horas; no se cumple: todavía no "
        "ha pasado el tiempo.");
    assert_said(
        w, 1,
        "Time since care began is 0 days, needs at least 1 day: not met, the time has not "
        "passed yet.",
        "Tiempo desde el inicio de la atención: 0 días; requisito: al menos 1 día; no se cumple: "
        "todavía no ha pasado el tiempo.");
    assert_said(
        w, 2, "Time since onset needs at most 5 days: not known, the date is not known.",
        "Tiempo desde el inicio del cuadro: sin dato válido; requisito: como máximo 5 días; no se "
        "sabe si se cumple: no se conoce la fecha.");
    assert_said(
        w, 3, "Time since surgery needs at least 1 hour: not known, the date is not known.",
        "Tiempo desde la cirugía: sin dato válido; requisito: al menos 1 hora; no se sabe si se "
        "cumple: no se conoce la fecha.");
    assert_said(
        w, 4, "Clearance running is no, needs yes: not met, nobody who may has cleared it.",
        "Autorización running: no; requisito: sí; no se cumple: nadie con competencia para ello lo "
        "ha autorizado.");
    assert_said(w, 5, "Grade needs 1 or 3: not known, the patient's group is not known.",
                "Grade: sin dato válido; requisito: 1 o 3; no se sabe si se cumple: no se conoce "
                "el grupo del "
                "paciente.");
    assert_said(w, 6,
                "Pain needs a bound that depends on grade: not known, the patient's group is not "
                "known.",
                "Dolor; requisito: un límite que depende de: grade; no se sabe si se cumple: no se "
                "conoce el grupo del paciente.");
    int64_t bound = 0;
    assert_false(rehab_finding_bound(&w->protocol, finding(w, 6), &bound));
    w->stratum = 2;
    decide(w, 34.5);
    assert_said(w, 0, "Time in this phase is 24.5 hours, needs at least 24 hours: met.",
                "Tiempo en esta fase: 24.5 horas; requisito: al menos 24 horas; se cumple.");
    assert_said(w, 5, "Grade is 3, needs 1 or 3: met.", "Grade: 3; requisito: 1 o 3; se cumple.");
    world_free(w);
}

static void margins_point_to_the_good_side(void **state)
{
    (void)state;
    const struct {
        enum rehab_op op;
        double bound, value, margin;
    } rows[] = {{REHAB_LE, 3, 1, 2},      {REHAB_LT, 3, 4, -1},     {REHAB_GE, 3, 1, -2},
                {REHAB_GT, 3, 4, 1},      {REHAB_EQ, 3, 1, -2},     {REHAB_EQ, 3, 5, -2},
                {REHAB_BETWEEN, 3, 5, 2}, {REHAB_BETWEEN, 3, 9, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c = leaf(PAIN, rows[i].op, rows[i].bound);
        c.upper = number(8);
        struct world *w = all_of(&c, 1);
        int64_t margin = 0;
        decide(w, 1);
        assert_false(rehab_finding_margin(&w->protocol, finding(w, 0), &margin));
        observe(w, PAIN, rows[i].value, 1);
        decide(w, 1);
        assert_true(rehab_finding_margin(&w->protocol, finding(w, 0), &margin));
        assert_int_equal(margin, N(rows[i].margin));
        world_free(w);
    }
}

static void some_have_no_margin(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("mild")};
    struct rehab_criterion c[] = {leaf(SWELLING, REHAB_LE, 1), leaf(SUDDEN, REHAB_EQ, 1),
                                  leaf(PAIN, REHAB_NE, 1), leaf(SWELLING, REHAB_IN, 1)};
    c[3].values = set;
    c[3].value_count = 1;
    struct world *w = all_of(c, 4);
    int64_t margin = 0;
    observe(w, SWELLING, 1, 1);
    observe(w, SUDDEN, 1, 1);
    observe(w, PAIN, 1, 1);
    decide(w, 1);
    for (uint32_t i = 0; i < 4; i++)
        assert_false(rehab_finding_margin(&w->protocol, finding(w, i), &margin));
    assert_said(w, 3, "Swelling is mild, needs mild: met.",
                "Swelling: mild; requisito: mild; se cumple.");
    struct rehab_finding huge = *finding(w, 2);
    struct rehab_protocol p = w->protocol;
    struct rehab_criterion_row row = p.criteria[huge.criterion];
    p.criteria = &row;
    huge.criterion = 0;
    row.op = REHAB_GE;
    huge.top = INT64_MAX;
    huge.bound_nano = -5;
    assert_true(rehab_finding_margin(&p, &huge, &margin));
    assert_int_equal(margin, INT64_MAX);
    huge.top = INT64_MIN;
    huge.bound_nano = 5;
    assert_true(rehab_finding_margin(&p, &huge, &margin));
    assert_int_equal(margin, INT64_MIN);
    huge.top = 3;
    for (int bound = -5; bound <= 5; bound += 10) {
        huge.bound_nano = bound;
        assert_true(rehab_finding_margin(&p, &huge, &margin));
        assert_int_equal(margin, 3 - bound);
    }
    world_free(w);
}

static void sentences_are_cut_not_overrun(void **state)
{
    (void)state;
    char name[601], buffer[REHAB_SENTENCE_MAX];
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_wording words[] = {{T("en"), {name, 600}}};
    memcpy(own, sample_measures, sizeof own);
    for (int odd = 0; odd < 2; odd++) {
        name[0] = '.';
        for (int i = odd; i < 600; i += 2)
            memcpy(name + i, "\xc3\xa4", 2); /* two bytes a letter */
        own[PAIN].name = (struct rehab_words){words, 1};
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        struct world *w = world();
        w->document.measures = own;
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        decide(w, 1);
        uint32_t whole =
            rehab_sentence(&w->protocol, finding(w, 0), T("en"), buffer, sizeof buffer);
        assert_in_range(whole, 100, 200);
        assert_int_equal(buffer[odd ? 95 : 96], ' '); /* a blank follows a whole letter */
        for (uint32_t size = 0; size < whole; size++) {
            char exact[REHAB_SENTENCE_MAX];
            memset(exact, '~', sizeof exact);
            uint32_t cut = rehab_sentence(&w->protocol, finding(w, 0), T("xx"), exact, size);
            bool halved = size < 96 && size > 0 && (unsigned char)buffer[size - 1] == 0xc3;
            assert_int_equal(cut, size - halved);
            assert_memory_equal(exact, buffer, size);
            assert_int_equal(exact[size], '~');
        }
        buffer[0] = 'a'; /* without room not even its first letter is looked at */
        assert_int_equal(rehab_sentence(&w->protocol, finding(w, 0), T("en"), buffer, 0), 0);
        assert_int_equal(buffer[0], 'a');
        world_free(w);
    }
}

/* What lies behind a name that has just room enough is not looked at. */
static void a_name_with_just_room_enough_is_not_cut(void **state)
{
    (void)state;
    char name[97] = "", said[REHAB_SENTENCE_MAX];
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_wording words[] = {{T("en"), {name, 96}}};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    memset(name, '.', 96);
    memcpy(own, sample_measures, sizeof own);
    own[PAIN].name = (struct rehab_words){words, 1};
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    const struct rehab_protocol *p = &w->protocol;
    struct rehab_text text = rehab_words_at(p, p->measures[0].name, T("en"));
    assert_int_equal(text.size, 96);
    w->block[text.at + 96 - (const char *)w->block] = 0x80; /* as in the middle of a letter */
    seal(w->block, w->size);
    assert_int_equal(rehab_open(w->block, w->size, &w->protocol), REHAB_FINE);
    decide(w, 1);
    assert_true(rehab_sentence(p, finding(w, 0), T("en"), said, sizeof said) > 96);
    assert_memory_equal(said, name, 96);
    world_free(w);
}

/* Whatever begins a sentence, and wherever it is cut: letters stay whole. */
static void letters_stay_whole(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"ángulo", "Ángulo"}, {"÷", "÷"},       {"ÿ", "ÿ"},
                                          {"Índice", "Índice"}, {"zeta", "Zeta"}, {"{x", "{x"},
                                          {"`", "`"},           {"≤ 3", "≤ 3"},   {"😀 a", "😀 a"}};
    struct rehab_measure own[SAMPLE_MEASURES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_wording words[] = {{T("es"), {rows[i][0], (uint32_t)strlen(rows[i][0])}}};
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        struct world *w = world();
        char buffer[REHAB_SENTENCE_MAX];
        memcpy(own, sample_measures, sizeof own);
        own[PAIN].name = (struct rehab_words){words, 1};
        w->document.measures = own;
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        decide(w, 1);
        uint32_t first = (uint32_t)strcspn(rows[i][1], " "); /* bytes of the first letter or word */
        assert_true(rehab_requirement(&w->protocol, 0, T("es-AR"), buffer, sizeof buffer) > first);
        assert_memory_equal(buffer, rows[i][1], first);
        for (uint32_t size = 0; size <= first; size++) {
            bool letter = (rows[i][1][0] & 0x80) != 0 && (rows[i][1][size] & 0xc0) == 0x80;
            uint32_t cut = rehab_requirement(&w->protocol, 0, T("es"), buffer, size);
            if (letter) assert_true(cut < size);
            if (!letter) assert_int_equal(cut, size);
        }
        world_free(w);
    }
}

static void a_run_of_one_is_told(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_EQ, 0), leaf(PAIN, REHAB_EQ, 0)};
    c[0].for_days = 1;
    c[1].for_observations = 1;
    struct world *w = all_of(c, 2);
    decide(w, 1);
    assert_required(w, 0, T("en"), "Pain must be 0 on 1 whole day.");
    assert_required(w, 0, T("es"), "Dolor, requisito: 0 durante 1 día entero.");
    assert_required(w, 1, T("en"), "Pain must be 0 in 1 observation.");
    assert_required(w, 1, T("es"), "Dolor, requisito: 0 en 1 observación.");
    world_free(w);
}

/* Both languages of every row: none is empty but what says so, none was left in English. */
static void every_row_has_both_languages(void **state)
{
    (void)state;
    static const struct {
        const char *key, *english, *spanish, *written, *escrito;
    } rows[] = {
#define ROW(key, en, es) {#key, en, es, #en, #es},
#define NOTHING          ""
#define PHRASE           ROW
#define VERDICT          ROW
#define REASON           ROW
#define FAULT            ROW
#define FINDING          ROW
#include "../../src/core/phrase.def"
    };
    static const char *const same[] = {"P_ACTIVITY_END", "P_END", "P_NO", "P_NOTHING",
                                       "REHAB_REASON_NONE"};
    size_t count = sizeof rows / sizeof rows[0], alike = 0;
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(rows[i].written, "\"\"");
        assert_string_not_equal(rows[i].escrito, "\"\"");
        if (strcmp(rows[i].english, rows[i].spanish) != 0) continue;
        assert_true(alike < sizeof same / sizeof same[0]);
        assert_string_equal(rows[i].key, same[alike++]);
    }
    assert_true(count > 100);
}

static void languages_are_found_by_their_first_part(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"es", "es"},    {"es-MX", "es"}, {"ES", "es"}, {"Es-419", "es"}, {"en", "en"},
        {"en-GB", "en"}, {"de", "en"},    {"", "en"},   {"e", "en"},      {"est", "en"},
        {"es_MX", "en"}, {"-", "en"},     {"[s", "en"}, {"@s", "en"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_text tag = {rows[i][0], (uint32_t)strlen(rows[i][0])};
        struct rehab_text found = rehab_language(tag);
        assert_int_equal(found.size, 2);
        assert_memory_equal(found.at, rows[i][1], 2);
    }
    for (int i = 0; i < REHAB_LINT_CODE_COUNT; i++)
        assert_false(rehab_text_equal(rehab_lint_sentence((enum rehab_lint_code)i, T("en")),
                                      rehab_lint_sentence((enum rehab_lint_code)i, T("es"))));
}

static void names_that_are_no_text_do_no_harm(void **state)
{
    (void)state;
    char name[600], buffer[REHAB_SENTENCE_MAX];
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_wording words[] = {{T("en"), {name, sizeof name}}};
    memset(name, 0x80, sizeof name);
    memcpy(own, sample_measures, sizeof own);
    own[PAIN].name = (struct rehab_words){words, 1};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    decide(w, 1);
    uint32_t size = rehab_requirement(&w->protocol, 0, T("en"), buffer, sizeof buffer);
    assert_int_equal(size, strlen(" must be at most 3."));
    world_free(w);
}

static void names_are_names(void **state)
{
    (void)state;
    assert_true(rehab_text_equal(rehab_verdict_name(REHAB_UNKNOWN), T("unknown")));
    assert_true(rehab_text_equal(rehab_reason_name(REHAB_REASON_TOO_FEW_DAYS), T("too_few_days")));
    assert_true(rehab_text_equal(rehab_move_name(REHAB_STOP), T("stop")));
    assert_true(rehab_text_equal(rehab_op_name(REHAB_GE), T(">=")));
    assert_true(rehab_text_equal(rehab_level_name(REHAB_LEVEL_URGENT), T("urgent")));
    assert_true(rehab_text_equal(rehab_certainty_name(REHAB_MEMORY), T("memory")));
    assert_true(rehab_text_equal(rehab_side_name(REHAB_OTHER), T("other")));
    assert_true(rehab_text_equal(rehab_pace_name(REHAB_EXCEEDED), T("exceeded")));
    assert_int_equal(rehab_verdict_name(REHAB_VERDICT_COUNT).size, 0);
    for (int i = 0; i < REHAB_FAULT_COUNT; i++) {
        enum rehab_fault_code code = (enum rehab_fault_code)i;
        assert_true(rehab_fault_sentence(code, T("en")).size > 0);
        assert_false(rehab_text_equal(rehab_fault_sentence(code, T("en")),
                                      rehab_fault_sentence(code, T("es"))));
    }
    assert_int_equal(rehab_fault_sentence(REHAB_FAULT_COUNT, T("en")).size, 0);
    for (int i = 1; i < REHAB_REASON_COUNT; i++)
        assert_true(rehab_reason_name((enum rehab_reason)i).size > 0);
}

/* A time not yet come is rounded down as well. */
static void no_hours_before_they_count(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_ONSET, REHAB_GE, "PT5H");
    struct world *w = all_of(&c, 1);
    int64_t nano = 0;
    w->evidence.onset = (struct rehab_event){.known = true, .timed = true, .at = hour(2)};
    decide(w, 2);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == 0);
    assert_int_equal(rehab_criterion_label(&w->protocol, 0, 0).size, 0); /* it has none */
    w->evidence.onset.at.utc_us++;
    decide(w, 2);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == 0);
    decide(w, 1);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == 0);
    w->evidence.onset.at.utc_us = hour(1).utc_us - 1;
    decide(w, 1);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == 0);
    decide(w, 1.5);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == N(0.5));
    world_free(w);
}

/* Of each enumeration: none is empty, no two are the same, and behind the last there is none. */
#define NAMED(name, type, first, count)                                                            \
    do {                                                                                           \
        for (uint32_t i = first; i < (count); i++) {                                               \
            assert_true(name((enum type)i).size > 0);                                              \
            for (uint32_t k = first; k < i; k++)                                                   \
                assert_false(rehab_text_equal(name((enum type)i), name((enum type)k)));            \
        }                                                                                          \
        assert_int_equal(name((enum type)(count)).size, 0);                                        \
    } while (0)

static void every_name_is_its_own(void **state)
{
    (void)state;
    NAMED(rehab_verdict_name, rehab_verdict, 0, REHAB_VERDICT_COUNT);
    NAMED(rehab_reason_name, rehab_reason, 0, REHAB_REASON_COUNT);
    NAMED(rehab_move_name, rehab_move, 0, REHAB_MOVE_COUNT);
    NAMED(rehab_op_name, rehab_op, 0, REHAB_OP_COUNT);
    NAMED(rehab_level_name, rehab_level, 0, REHAB_LEVEL_COUNT);
    NAMED(rehab_certainty_name, rehab_certainty, 1, REHAB_CERTAINTY_COUNT);
    NAMED(rehab_side_name, rehab_side, 0, REHAB_SIDE_COUNT);
    NAMED(rehab_pace_name, rehab_pace, 1, REHAB_PACE_COUNT);
    NAMED(rehab_hurdle_name, rehab_hurdle_kind, 0, REHAB_HURDLE_COUNT);
    NAMED(rehab_flip_name, rehab_flip_state, 0, REHAB_FLIP_STATE_COUNT);
    assert_true(rehab_text_equal(rehab_side_name(REHAB_INVOLVED), T("involved")));
    assert_true(rehab_text_equal(rehab_side_name(REHAB_OTHER), T("other")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told),
        cmocka_unit_test(keys_have_terms),
        cmocka_unit_test(expressions_are_told),
        cmocka_unit_test(values_from_before_an_event_are_told),
        cmocka_unit_test(earlier_values_are_told),
        cmocka_unit_test(phases_are_told),
        cmocka_unit_test(facts_are_told),
        cmocka_unit_test(margins_point_to_the_good_side),
        cmocka_unit_test(some_have_no_margin),
        cmocka_unit_test(sentences_are_cut_not_overrun),
        cmocka_unit_test(a_name_with_just_room_enough_is_not_cut),
        cmocka_unit_test(letters_stay_whole),
        cmocka_unit_test(a_run_of_one_is_told),
        cmocka_unit_test(every_row_has_both_languages),
        cmocka_unit_test(languages_are_found_by_their_first_part),
        cmocka_unit_test(names_that_are_no_text_do_no_harm),
        cmocka_unit_test(names_are_names),
        cmocka_unit_test(no_hours_before_they_count),
        cmocka_unit_test(every_name_is_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
