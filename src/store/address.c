/* SPDX-License-Identifier: Apache-2.0 */
/* What of a connection string may be shown. */
#include "store.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) return options->val;
    }
    return NULL;
}

bool store_name_host(const char *database_url, char *out, size_t size)
{
    PQconninfoOption *options = PQconninfoParse(database_url, NULL);
    *out = '\0';
    if (options == NULL) return false;
    const char *host = value_of(options, "host");
    const char *port = value_of(options, "port");
    if (host == NULL) host = value_of(options, "hostaddr");
    snprintf(out, size, "%s%s%s", host == NULL ? "" : host, port == NULL ? "" : ":",
             port == NULL ? "" : port);
    PQconninfoFree(options);
    return true;
}
