/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a descriptor in an epoll set: the set's data.ptr is one of these. */
#pragma once

#include <stdint.h>

struct watch {
    void (*ready)(struct watch *watch, uint32_t events);
};
