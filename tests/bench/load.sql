-- SPDX-License-Identifier: Apache-2.0
-- One clinic with :episodes episodes, each with a patient; the first 1000 have ten assessments of five observations on file.
-- The n-th episode's id ends in 100000000000 + n, in decimal, so that load generators can name it.
BEGIN;
INSERT INTO trust.clinic (clinic_id, name, zone, created_at) VALUES (:'clinic', 'Bench', 'Europe/Berlin', now());

INSERT INTO care.patient (clinic_id, id, birth_date, sex, label, created_at)
SELECT :'clinic', ('01900000-0000-7000-9000-' || 100000000000 + n)::uuid, '1990-01-01', 'unknown', 'Bench ' || n, now()
  FROM generate_series(1, :episodes) n;

INSERT INTO care.episode (clinic_id, id, patient_id, protocol, protocol_version, protocol_etag, side, onset_date, stratum_names,
                          stratum_values, track_ids, track_phases, track_entered, state, started_at, created_at)
SELECT :'clinic', ('01900000-0000-7000-8000-' || 100000000000 + n)::uuid, ('01900000-0000-7000-9000-' || 100000000000 + n)::uuid,
       v.protocol, v.version, v.etag, 'left', current_date - 20, '{grade}', '{2}', '{main}', '{strengthen}',
       ARRAY[now() - interval '10 days'], 'active', now() - interval '19 days', now() - interval '19 days'
  FROM catalogue.protocol_version v, generate_series(1, :episodes) n
 WHERE v.protocol = 'hamstring-strain-staged' AND v.version = 1;

INSERT INTO care.track (clinic_id, episode_id, track, phase)
SELECT clinic_id, id, 'main', 'strengthen' FROM care.episode WHERE clinic_id = :'clinic';

-- how the episodes came to stand where they stand
INSERT INTO care.transition (clinic_id, episode_id, seq, id, kind, track, from_phase, to_phase, occurred_at, recorded_at, actor,
                             actor_role, protocol, protocol_version, decision)
SELECT clinic_id, id, s.seq, ('01900000-0000-7000-a' || lpad(s.seq::text, 3, '0') || '-' || right(id::text, 12))::uuid, 'advance', 'main',
       s.from_phase, s.to_phase, now() - s.ago, now() - s.ago, :'clinic', 'clinician', protocol, protocol_version, '{}'
  FROM care.episode,
       (VALUES (1, 'protect', 'stretch', interval '15 days'), (2, 'stretch', 'strengthen', interval '10 days')) s (seq, from_phase, to_phase, ago)
 WHERE clinic_id = :'clinic';

INSERT INTO care.assessment (clinic_id, id, episode_id, occurred_at, recorded_at, assessor, actor, actor_role)
SELECT :'clinic', ('01900000-0000-7000-b' || lpad(a::text, 3, '0') || '-' || 100000000000 + n)::uuid,
       ('01900000-0000-7000-8000-' || 100000000000 + n)::uuid,
       now() - (10 - a) * interval '1 day' - interval '2 hours', now() - (10 - a) * interval '1 day' - interval '2 hours',
       'pt-7', :'clinic', 'clinician'
  FROM generate_series(1, least(1000, :episodes)) n, generate_series(1, 10) a;

INSERT INTO care.observation (clinic_id, episode_id, occurred_at, assessment_id, place, measure, side, value, unit, value_nano,
                              qualifiers_known, qualifiers_held, recorded_at, assessor, actor_role)
SELECT a.clinic_id, a.episode_id, a.occurred_at, a.id, o.place, o.measure, o.side, o.value, '', o.value::int8 * 1000000000, 1, 0,
       a.recorded_at, a.assessor, a.actor_role
  FROM care.assessment a,
       (VALUES (1, 'pain_rest', 'left', '0'), (2, 'pain_walk', 'left', '0'), (3, 'kf_iso_90', 'left', '190'),
               (4, 'kf_iso_90', 'right', '200'), (5, 'slr_passive', 'left', '70')) o (place, measure, side, value)
 WHERE a.clinic_id = :'clinic';
COMMIT;
VACUUM ANALYZE;
CHECKPOINT;
