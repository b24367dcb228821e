-- SPDX-License-Identifier: Apache-2.0
--
-- Sessions, trials, tracks that stand for themselves, and two more kinds of move. All of it is added beside what there is: columns that
-- may be left out, and words that no earlier row holds, so that an older program goes on writing as it did.

SET LOCAL ROLE rehab_owner;

-- An assessment may have been made in a session: something was done (or missed) from occurred_at to session_ended_at.
ALTER TABLE care.assessment
    ADD COLUMN session_activity   text,        -- of the protocol; null: no session
    ADD COLUMN session_completed  bool,
    ADD COLUMN session_prescribed bool,
    ADD COLUMN session_ended_at   timestamptz,
    ADD CHECK ((session_activity IS NULL) = (session_completed IS NULL)
               AND (session_activity IS NULL) = (session_prescribed IS NULL)
               AND (session_activity IS NULL) = (session_ended_at IS NULL)),
    ADD CHECK (session_ended_at BETWEEN occurred_at AND recorded_at);

-- A decision reads the sessions of an episode in the order of time; where there is none it looks no further than here.
CREATE INDEX assessment_session ON care.assessment (clinic_id, episode_id, occurred_at, id) WHERE session_activity IS NOT NULL;

-- Values of one measure and side in one assessment, told apart by their number; 0: the only one.
ALTER TABLE care.observation
    ADD COLUMN trial int4 NOT NULL DEFAULT 0 CHECK (trial BETWEEN 0 AND 20);

-- How each track stands; null: as the state of the episode says.
ALTER TABLE care.episode
    ADD COLUMN track_states text[],
    ADD CHECK (cardinality(track_states) = cardinality(track_ids)),
    ADD CHECK (track_states <@ ARRAY['active', 'on_hold', 'completed']);
GRANT UPDATE (track_states) ON care.episode TO rehab_service;

-- restart: every track begins again, on new evidence. acknowledge: somebody has looked at what late evidence says of an earlier move.
ALTER TABLE care.transition
    DROP CONSTRAINT transition_kind_check,
    ADD CONSTRAINT transition_kind_check
        CHECK (kind IN ('advance', 'regress', 'hold', 'resume', 'clear_red_flag', 'complete', 'withdraw', 'restart', 'acknowledge'));

RESET ROLE;
