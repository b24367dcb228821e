-- SPDX-License-Identifier: Apache-2.0
--
-- What a decision would else have to look for, in the row that everything begins with: how old the patient is, and whether there are
-- sessions or voided assessments at all. Most episodes have neither, and are not asked for them.

SET LOCAL ROLE rehab_owner;

ALTER TABLE care.episode
    ADD COLUMN birth_date date,                  -- of the patient; whatever changes it there changes it here
    ADD COLUMN sessions   int4 NOT NULL DEFAULT 0, -- assessments that were made in one, voided ones too
    ADD COLUMN voids      int4 NOT NULL DEFAULT 0; -- assessments that were taken back

-- of every clinic: the fence binds the owner too
ALTER TABLE care.episode NO FORCE ROW LEVEL SECURITY;
ALTER TABLE care.patient NO FORCE ROW LEVEL SECURITY;
ALTER TABLE care.assessment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE care.assessment_void NO FORCE ROW LEVEL SECURITY;
UPDATE care.episode e
   SET birth_date = p.birth_date
  FROM care.patient p
 WHERE p.clinic_id = e.clinic_id AND p.id = e.patient_id AND p.birth_date IS NOT NULL;
UPDATE care.episode e
   SET sessions = n.count
  FROM (SELECT clinic_id, episode_id, count(*) FROM care.assessment WHERE session_activity IS NOT NULL GROUP BY 1, 2) n
 WHERE n.clinic_id = e.clinic_id AND n.episode_id = e.id;
UPDATE care.episode e
   SET voids = n.count
  FROM (SELECT clinic_id, episode_id, count(*) FROM care.assessment_void GROUP BY 1, 2) n
 WHERE n.clinic_id = e.clinic_id AND n.episode_id = e.id;
ALTER TABLE care.episode FORCE ROW LEVEL SECURITY;
ALTER TABLE care.patient FORCE ROW LEVEL SECURITY;
ALTER TABLE care.assessment FORCE ROW LEVEL SECURITY;
ALTER TABLE care.assessment_void FORCE ROW LEVEL SECURITY;

GRANT UPDATE (sessions, voids) ON care.episode TO rehab_service;

RESET ROLE;
