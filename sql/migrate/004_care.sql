-- SPDX-License-Identifier: Apache-2.0
--
-- Care: patients, episodes, assessments, transitions. The clinic leads every key. What was said stays said: corrections are new rows,
-- and the service has no grant to change or remove assessments, observations, voids and transitions. Clinical facts carry two times,
-- when it was true (occurred_at) and when it was known (recorded_at). Both are given by the writer, so that an answer can be made
-- before the write and kept with it.

SET LOCAL ROLE rehab_owner;

CREATE TABLE care.patient (
    clinic_id  uuid NOT NULL REFERENCES trust.clinic,
    id         uuid NOT NULL,           -- UUIDv7, as all ids here
    birth_date date,
    sex        text NOT NULL CHECK (sex IN ('unknown', 'female', 'male', 'other')),
    label      text,                    -- what the clinic calls the patient, if it wishes to
    version    int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (clinic_id, id)
);

CREATE TABLE care.patient_identifier (
    clinic_id  uuid NOT NULL,
    system     text NOT NULL,
    value      text NOT NULL,
    patient_id uuid NOT NULL,
    place      int4 NOT NULL,           -- order in which they were sent
    PRIMARY KEY (clinic_id, system, value),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES care.patient
);
CREATE INDEX patient_identifier_by_patient ON care.patient_identifier (clinic_id, patient_id);

-- `version` is the ETag: moved by transitions and by every change of state. `evidence` is moved by whatever a decision may rest on.
-- A write names the values it has read, and so cannot rest on what has changed since. Both move often: the row leaves room on its page.
CREATE TABLE care.episode (
    clinic_id        uuid NOT NULL,
    id               uuid NOT NULL,
    patient_id       uuid NOT NULL,
    protocol         text NOT NULL,
    protocol_version int4 NOT NULL,
    protocol_etag    text NOT NULL,     -- the very document the patient was enrolled on
    side             text NOT NULL CHECK (side IN ('none', 'left', 'right', 'both')),
    onset_date       date,
    surgery_date     date,
    stratum_names    text[] NOT NULL,
    stratum_values   text[] NOT NULL,
    track_ids        text[] NOT NULL,   -- where the episode stands, track by track: kept here, in the row that everything begins with
    track_phases     text[] NOT NULL,
    track_entered    timestamptz[] NOT NULL,
    state            text NOT NULL CHECK (state IN ('active', 'on_hold', 'stopped', 'completed', 'withdrawn')),
    version          int8 NOT NULL DEFAULT 1,
    evidence         int8 NOT NULL DEFAULT 1,
    started_at       timestamptz NOT NULL, -- when care under the protocol began, which may be before it was recorded
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    PRIMARY KEY (clinic_id, id),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES care.patient,
    FOREIGN KEY (protocol, protocol_version) REFERENCES catalogue.protocol_version,
    CHECK (cardinality(stratum_names) = cardinality(stratum_values)),
    CHECK (cardinality(track_ids) = cardinality(track_phases) AND cardinality(track_ids) = cardinality(track_entered)),
    CHECK ((state IN ('completed', 'withdrawn')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX episode_by_patient ON care.episode (clinic_id, patient_id, id);
CREATE INDEX episode_by_state ON care.episode (clinic_id, state, id);
CREATE INDEX episode_by_protocol ON care.episode (clinic_id, protocol, id);

-- The same standing once more, one row a track, for nothing but lists by phase. Written by the statements that write the episode.
CREATE TABLE care.track (
    clinic_id  uuid NOT NULL,
    episode_id uuid NOT NULL,
    track      text NOT NULL,
    phase      text NOT NULL,
    PRIMARY KEY (clinic_id, episode_id, track),
    FOREIGN KEY (clinic_id, episode_id) REFERENCES care.episode
) WITH (fillfactor = 80);
CREATE INDEX track_by_phase ON care.track (clinic_id, phase, episode_id);

CREATE TABLE care.assessment (
    clinic_id   uuid NOT NULL,
    id          uuid NOT NULL,
    episode_id  uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    assessor    text NOT NULL,          -- a code of the clinic's own
    actor       uuid NOT NULL,
    actor_role  text NOT NULL,
    red_flags   text[] NOT NULL DEFAULT '{}', -- those it raised, as judged when it was recorded
    PRIMARY KEY (clinic_id, id),
    FOREIGN KEY (clinic_id, episode_id) REFERENCES care.episode,
    CHECK (occurred_at <= recorded_at)
);
CREATE INDEX assessment_by_episode ON care.assessment (clinic_id, episode_id, occurred_at, id);

-- An observation repeats when and by whom its assessment was made: a decision reads all observations of an episode in the order of
-- time, and finds them in one stretch of one index (measured: twice as fast as joining the assessments).
CREATE TABLE care.observation (
    clinic_id     uuid NOT NULL,
    episode_id    uuid NOT NULL,
    occurred_at   timestamptz NOT NULL,
    assessment_id uuid NOT NULL,
    place         int4 NOT NULL,        -- order in which they were sent
    measure       text NOT NULL,
    side          text NOT NULL CHECK (side IN ('none', 'left', 'right', 'both')),
    value_nano    int8 NOT NULL,        -- billionths of the measure's own unit; what decisions are made on
    value         text NOT NULL,        -- as sent
    unit          text NOT NULL,        -- as sent, or empty
    qualifiers_known int4 NOT NULL,     -- bit sets: which were told, and which of these hold
    qualifiers_held  int4 NOT NULL,
    recorded_at   timestamptz NOT NULL,
    assessor      text NOT NULL,
    actor_role    text NOT NULL,
    PRIMARY KEY (clinic_id, episode_id, occurred_at, assessment_id, place),
    FOREIGN KEY (clinic_id, assessment_id) REFERENCES care.assessment,
    CHECK (qualifiers_held & qualifiers_known = qualifiers_held)
);

-- An assessment is corrected by voiding it, once and with a reason, and recording another.
CREATE TABLE care.assessment_void (
    clinic_id     uuid NOT NULL,
    episode_id    uuid NOT NULL,
    assessment_id uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    reason        text NOT NULL,
    actor         uuid NOT NULL,
    actor_role    text NOT NULL,
    red_flags     text[] NOT NULL DEFAULT '{}', -- those that nothing but this assessment had raised
    PRIMARY KEY (clinic_id, episode_id, assessment_id),
    FOREIGN KEY (clinic_id, assessment_id) REFERENCES care.assessment
);

CREATE TABLE care.transition (
    clinic_id        uuid NOT NULL,
    episode_id       uuid NOT NULL,
    seq              int4 NOT NULL CHECK (seq >= 1),
    id               uuid NOT NULL,
    kind             text NOT NULL
                     CHECK (kind IN ('advance', 'regress', 'hold', 'resume', 'clear_red_flag', 'complete', 'withdraw')),
    track            text,
    from_phase       text,
    to_phase         text,
    red_flags        text[],            -- of clear_red_flag: those that were cleared
    occurred_at      timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL,
    actor            uuid NOT NULL,
    actor_role       text NOT NULL,
    reason           text,
    override_code    text
                     CHECK (override_code IN ('clinical_judgement', 'equipment_unavailable', 'external_assessment',
                                              'patient_circumstances', 'other')),
    override_reason  text,
    protocol         text NOT NULL,
    protocol_version int4 NOT NULL,
    decision         bytea NOT NULL,    -- the evaluation it rests on, byte for byte as it was answered
    PRIMARY KEY (clinic_id, episode_id, seq), -- of two that race for one place, one wins
    UNIQUE (clinic_id, id),
    FOREIGN KEY (clinic_id, episode_id) REFERENCES care.episode,
    CHECK (occurred_at <= recorded_at),
    CHECK ((override_code IS NULL) = (override_reason IS NULL)),
    CHECK (kind NOT IN ('advance', 'regress') OR (track IS NOT NULL AND from_phase IS NOT NULL AND to_phase IS NOT NULL)),
    CHECK (kind IN ('advance', 'regress') OR to_phase IS NULL),
    CHECK ((kind = 'clear_red_flag') = (red_flags IS NOT NULL)),
    CHECK (cardinality(red_flags) > 0)
);

CALL trust.fence('care.patient');
CALL trust.fence('care.patient_identifier');
CALL trust.fence('care.episode');
CALL trust.fence('care.track');
CALL trust.fence('care.assessment');
CALL trust.fence('care.observation');
CALL trust.fence('care.assessment_void');
CALL trust.fence('care.transition');

REVOKE ALL ON ALL TABLES IN SCHEMA care FROM PUBLIC;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA care TO rehab_service;
GRANT UPDATE (state, track_phases, track_entered, version, evidence, ended_at) ON care.episode TO rehab_service;
GRANT UPDATE (phase) ON care.track TO rehab_service;

RESET ROLE;
