/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of the library this is: semantic versioning, and a release of another first number
 * has another SONAME. */
#ifndef REHAB_VERSION_H
#define REHAB_VERSION_H

#include "arena.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of these headers: as text, and as a number that grows, for #if: 1'002'003 is 1.2.3. */
#define REHAB_VERSION        "0.1.0"
#define REHAB_VERSION_NUMBER 1000

/* Of the library that was linked or loaded, as REHAB_VERSION; static, terminated by a zero byte. */
REHAB_API const char *rehab_version(void);

#ifdef __cplusplus
}
#endif

#endif
