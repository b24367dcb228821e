/* SPDX-License-Identifier: Apache-2.0 */
/* The nouns that more than one room speaks of, and no functions: store turns rows into them, wire
 * turns JSON into them, and so the two never meet. Texts are lent from the arena of the call that
 * filled them. Absent optional texts have size 0. Times are microseconds since 1970-01-01T00:00Z
 * (`_us`); dates are days since 1970-01-01 (`_day`), NO_DAY when absent. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define NO_DAY  INT32_MIN
#define NO_TIME INT64_MIN

struct uuid {
    uint8_t byte[16];
};

static inline bool uuid_is_nil(struct uuid id)
{
    static const struct uuid nil;
    return memcmp(&id, &nil, sizeof id) == 0;
}

/* ---- trust: who asks ---- */

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_CLINICIAN, ROLE_PHYSICIAN, ROLE_AUTHOR, ROLE_ADMIN };

/* A set of these stands in a key; one stands beside each route. */
enum scope {
    SCOPE_NONE = 0, /* anonymous: liveness, version, documents */
    CATALOGUE_READ = 1 << 0,
    CARE_READ = 1 << 1,
    CARE_WRITE = 1 << 2,
    CARE_OVERRIDE = 1 << 3,
    TRUST_ADMIN = 1 << 4,
};

struct principal {
    struct uuid clinic;
    struct uuid key;
    enum role role;
    uint32_t scopes;
    char zone[64]; /* IANA name of the clinic's zone, terminated */
};

/* What a repeated request gets again, byte for byte. */
struct answer {
    int status;
    struct text etag;
    struct text location;
    struct text body;
};

/* The record that makes a write happen once. `key` is the caller's, or "request:<id>" when none
 * came. */
struct idempotency {
    struct text key;
    struct text operation;
    uint8_t fingerprint[32]; /* SHA-256 of method, path and body */
    struct answer answer;
};

/* ---- catalogue: what protocols say ---- */

enum measure_kind { MEASURE_NUMBER, MEASURE_BOOLEAN, MEASURE_ORDINAL };

struct measure {
    struct text code;
    enum measure_kind kind;
    struct text unit; /* UCUM */
    int64_t low_nano, high_nano;
    int64_t step_nano; /* 0: any value between */
    bool sided;
    int8_t direction;    /* +1 higher is better, -1 lower is better, 0 neither */
    bool from_vas;       /* may come as a VAS in mm: a tenth of it */
    struct text *labels; /* of an ordinal, lowest first */
    uint32_t label_count;
    struct text document; /* the JSON object as served */
    struct text etag;
};

struct exercise {
    struct text id;
    struct text document;
    struct text etag;
};

enum version_state { VERSION_DRAFT, VERSION_PUBLISHED, VERSION_RETIRED };

struct protocol_version {
    struct text protocol;
    int32_t version;
    enum version_state state;
    struct text document; /* the exact bytes as published */
    struct text compiled; /* the block rehab_compile made of it */
    struct text digest;   /* SHA-256 of the block, 64 digits; not stored */
    struct text etag;
    int64_t published_us;
};

/* ---- care: what happens to a patient ---- */

enum sex { SEX_UNKNOWN, SEX_FEMALE, SEX_MALE, SEX_OTHER };
enum side { SIDE_NONE, SIDE_LEFT, SIDE_RIGHT, SIDE_BOTH };

struct identifier {
    struct text system;
    struct text value;
};

struct patient {
    struct uuid id;
    struct identifier *identifiers;
    uint32_t identifier_count;
    int32_t birth_day;
    enum sex sex;
    struct text label;
    int64_t created_us;
    int64_t version; /* the ETag is "v<version>" */
};

enum episode_state {
    EPISODE_ACTIVE,
    EPISODE_ON_HOLD,
    EPISODE_STOPPED,
    EPISODE_COMPLETED,
    EPISODE_WITHDRAWN
};

enum track_state { TRACK_ACTIVE, TRACK_ON_HOLD, TRACK_COMPLETED };

struct track {
    struct text id;
    struct text phase; /* the last one, when it is completed */
    int64_t entered_us;
    enum track_state state;
};

struct stratum {
    struct text name;
    struct text value;
};

struct episode {
    struct uuid id;
    struct uuid patient;
    struct text protocol;
    int32_t protocol_version;
    struct text protocol_etag;
    enum side side;
    int32_t onset_day;
    int32_t surgery_day;
    int64_t started_us; /* when care under the protocol began: the first phases were entered then;
                           NO_TIME asks for day zero */
    struct stratum *strata;
    uint32_t stratum_count;
    enum episode_state state;
    struct track *tracks;
    uint32_t track_count;
    int64_t
        version; /* the ETag is "v<version>": moved by transitions and by what changes the state */
    int64_t evidence; /* moved by every assessment, void and clearance; guards decisions, is not
                         shown as the ETag */
    int64_t created_us;
    int64_t ended_us; /* NO_TIME while it runs */
};

/* Which episodes a list is of. Nil and empty members do not filter. */
struct episode_filter {
    struct uuid patient;
    bool has_state;
    enum episode_state state;
    struct text protocol;
    struct text phase;
};

/* Qualifiers of an observation: known says which were told, held says which of these are true. */
enum qualifier {
    QUALIFIER_ANALGESIC_24H = 1 << 0, /* an analgesic in the last 24 hours */
    QUALIFIER_PAIN_FREE = 1 << 1,     /* obtained without pain */
    QUALIFIER_WARMED_UP = 1 << 2,
    QUALIFIER_POOR_QUALITY = 1 << 3,
};

struct observation {
    struct text measure;
    enum side side;
    struct text value;  /* as sent: `72.40`, `true`, `mild` */
    struct text unit;   /* as sent, or empty */
    int64_t value_nano; /* canonical: billionths of the measure's unit; booleans 0 or 1e9; ordinals
                           1e9 times their place */
    uint32_t qualifiers_known, qualifiers_held;
    int32_t trial; /* 1, 2, 3 ... of several values of one measure and side; 0: the only one */
    const struct measure *of; /* the measure where it is at hand, or NULL: tells a label "4" from
                                 the number, and the unit */
    /* filled on reading back */
    struct uuid assessment;
    struct text assessor;
    enum role actor_role; /* of the key that recorded it */
    int64_t occurred_us, recorded_us;
};

/* An occasion of doing something, or of having missed it: from when its assessment occurred. */
struct care_session {
    struct text activity; /* of the protocol; empty: there was no session */
    bool completed, prescribed;
    int64_t ended_us; /* NO_TIME: when it began */
    /* filled on reading back */
    struct uuid assessment;
    int64_t occurred_us, recorded_us;
};

struct assessment {
    struct uuid id;
    struct uuid episode;
    int64_t occurred_us;
    int64_t recorded_us;
    struct text assessor; /* as sent by the caller: a code of the clinic's own, not a name */
    struct uuid actor;    /* the key that recorded it */
    enum role actor_role;
    struct care_session session; /* in which the observations were made */
    struct observation *observations;
    uint32_t observation_count;
    struct text *red_flags; /* ids of those it raised when it was recorded */
    uint32_t red_flag_count;
    int64_t voided_us; /* NO_TIME while it stands */
    struct text void_reason;
};

/* An assessment that was entered in error. */
struct assessment_void {
    struct uuid assessment;
    struct text reason;
    struct text *red_flags; /* ids of those that were raised by it alone, and fall with it */
    uint32_t red_flag_count;
};

enum move {
    MOVE_ADVANCE,
    MOVE_REGRESS,
    MOVE_HOLD,
    MOVE_RESUME,
    MOVE_CLEAR_RED_FLAG,
    MOVE_COMPLETE,
    MOVE_WITHDRAW,
    MOVE_RESTART,
    MOVE_ACKNOWLEDGE
};

/* Why somebody decides against a gate: a word to count by; the reason itself is told beside it. */
enum override_code {
    OVERRIDE_NONE,
    OVERRIDE_CLINICAL_JUDGEMENT,
    OVERRIDE_EQUIPMENT_UNAVAILABLE,
    OVERRIDE_EXTERNAL_ASSESSMENT,
    OVERRIDE_PATIENT_CIRCUMSTANCES,
    OVERRIDE_OTHER
};

/* The versions of an episode that a caller would act on. */
struct if_match {
    bool any; /* whichever there is */
    const int64_t *versions;
    uint32_t count;
};

/* What a caller asks for. */
struct transition_request {
    enum move kind;
    struct text track;
    struct text to;
    struct text red_flag; /* for clear_red_flag: one flag; empty: all that are raised */
    int64_t occurred_us;  /* NO_TIME: now */
    struct text reason;
    bool has_override;
    enum override_code override_code;
    struct text override_reason;
    struct if_match if_match;
};

/* What stands in the record. */
struct transition {
    struct uuid id;
    struct uuid episode;
    int32_t seq; /* 1, 2, 3 ... within the episode */
    enum move kind;
    struct text track;
    struct text from, to; /* phases; empty when the move leaves the phase alone */
    int64_t occurred_us, recorded_us;
    struct uuid actor;
    enum role actor_role;
    struct text reason;
    enum override_code override_code; /* OVERRIDE_NONE when the gate allowed it */
    struct text override_reason;
    struct text *red_flags; /* ids of those it cleared */
    uint32_t red_flag_count;
    struct text decision; /* the evaluation it rests on, exact JSON as answered */
    int64_t disturbed_us; /* when something it rested on was last voided; NO_TIME: never */
};

/* One line of an episode's story. */
struct timeline_entry {
    int64_t occurred_us, recorded_us;
    struct text kind; /* enrolment, assessment, assessment_voided, transition */
    struct uuid id;
    struct text summary_kind, summary_from, summary_to; /* for transitions: move and phases */
    uint32_t observation_count;                         /* for assessments */
    struct text activity;                               /* for those made in a session */
    bool completed;
    struct text *red_flags; /* raised by an assessment, fallen with it, cleared by a transition */
    uint32_t red_flag_count;
    bool overridden;
};
