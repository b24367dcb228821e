/* SPDX-License-Identifier: Apache-2.0 */
/* The settings, read once at start: rows of config.def, each from the environment, else from the
 * settings file, else its default. This room is the only one that reads the environment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_TYPE_NUMBER  int64_t
#define CONFIG_TYPE_ADDRESS const char *
#define CONFIG_TYPE_LEVEL   const char *
#define CONFIG_TYPE_ORIGINS const char *
#define CONFIG_TYPE_FOLDER  const char *
#define CONFIG_TYPE_SECRET  const char *

/* Texts are never NULL and live as long as the process. */
struct config {
#define CONFIG(name, type, fallback, min, max, unit, sentence) CONFIG_TYPE_##type name;
#include "config.def"
#undef CONFIG
};

enum { CONFIG_ERROR_SIZE = 512 };

/* Reads all settings. On a fault returns false with one line in `error`: which setting, where it
 * was read, and what would be right. */
bool config_read(struct config *out, char error[static CONFIG_ERROR_SIZE]);

/* One setting as it stands, for people: its name, its value (a secret only says whether it is set),
 * where it was read, and what it is. `i` counts from 0; false after the last. */
struct config_row {
    const char *name;
    const char *value;
    const char *source;
    const char *unit;
    const char *sentence;
};
bool config_show(size_t i, struct config_row *out);

/* Where the setting of this name was read, as config_show has it. */
const char *config_source(const char *name);

/* listen, taken apart: "[::1]:8080" is host "::1", port 8080. */
struct config_address {
    char host[256];
    uint16_t port;
};
bool config_read_address(const char *text, struct config_address *out);

/* The settings a child process is to have besides its own environment: PATH, HOME and such, lent.
 */
const char *config_environment(const char *name);
