/* SPDX-License-Identifier: Apache-2.0 */
/* Which moves a state allows, before any rule is asked. Red flags win over everything: what would
 * carry a patient forward is refused as raised, what protects (stepping back, holding) and what
 * ends (clearing, withdrawing) is not. A restart leaves behind what raised the flag, so the flag is
 * cleared first. */
#include "inside.h"

static const enum problem_code by_state[][MOVE_ACKNOWLEDGE + 1] = {
    [EPISODE_ACTIVE] = {OK}, /* a track of it may be on hold */
    [EPISODE_ON_HOLD] = {[MOVE_ADVANCE] = STATE_FORBIDS,
                         [MOVE_HOLD] = STATE_FORBIDS,
                         [MOVE_COMPLETE] = STATE_FORBIDS},
    [EPISODE_STOPPED] = {[MOVE_ADVANCE] = RED_FLAG_RAISED,
                         [MOVE_RESUME] = RED_FLAG_RAISED,
                         [MOVE_COMPLETE] = RED_FLAG_RAISED,
                         [MOVE_RESTART] = RED_FLAG_RAISED},
    [EPISODE_COMPLETED] = {STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS,
                           STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS, OK},
    [EPISODE_WITHDRAWN] = {STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS,
                           STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS, STATE_FORBIDS,
                           STATE_FORBIDS},
};

enum problem_code judge_state(enum episode_state state, enum move kind)
{
    return by_state[state][kind];
}
