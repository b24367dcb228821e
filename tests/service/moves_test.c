/* SPDX-License-Identifier: Apache-2.0 */
/* Every state with every kind of move, written out: the table a clinician can check. */
#include "base/test.h"

#include "service/inside.h"

/* `.` allowed, `S` the state forbids it, `R` a red flag is in the way */
static const struct {
    enum episode_state state;
    const char *moves; /* advance regress hold resume clear complete withdraw restart acknowledge,
                          as in enum move */
} table[] = {
    {EPISODE_ACTIVE, "........."},    {EPISODE_ON_HOLD, "S.S..S..."},
    {EPISODE_STOPPED, "R..R.R.R."},   {EPISODE_COMPLETED, "SSSSSSSS."},
    {EPISODE_WITHDRAWN, "SSSSSSSSS"},
};

static void every_state_and_move(void **state)
{
    (void)state;
    _Static_assert(MOVE_ADVANCE == 0 && MOVE_REGRESS == 1 && MOVE_HOLD == 2 && MOVE_RESUME == 3 &&
                       MOVE_CLEAR_RED_FLAG == 4 && MOVE_COMPLETE == 5 && MOVE_WITHDRAW == 6 &&
                       MOVE_RESTART == 7 && MOVE_ACKNOWLEDGE == 8,
                   "the order of the columns");
    assert_int_equal(sizeof table / sizeof *table, EPISODE_WITHDRAWN + 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int kind = MOVE_ADVANCE; kind <= MOVE_ACKNOWLEDGE; kind++) {
            char said = table[i].moves[kind];
            int expected = said == 'S' ? STATE_FORBIDS : said == 'R' ? RED_FLAG_RAISED : OK;
            assert_int_equal(judge_state(table[i].state, (enum move)kind), expected);
        }
    }
}

static void roles(void **state)
{
    (void)state;
    assert_true(role_is_among(ROLE_PHYSICIAN, REHAB_PHYSICIAN));
    assert_true(role_is_among(ROLE_PHYSICIAN, REHAB_CLINICIAN));
    assert_true(role_is_among(ROLE_CLINICIAN, REHAB_CLINICIAN | REHAB_PHYSICIAN));
    assert_false(role_is_among(ROLE_CLINICIAN, REHAB_PHYSICIAN));
    for (int role = ROLE_NONE; role <= ROLE_ADMIN; role++) {
        if (role == ROLE_CLINICIAN || role == ROLE_PHYSICIAN) continue;
        assert_false(role_is_among((enum role)role, REHAB_CLINICIAN | REHAB_PHYSICIAN));
    }
    assert_false(role_is_among(ROLE_PHYSICIAN, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_state_and_move),
                                       cmocka_unit_test(roles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
