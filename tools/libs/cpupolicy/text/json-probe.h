/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cheap look at what might be JSON, before anything is known of it. */
#ifndef CPUPOLICY_JSON_PROBE_H
#define CPUPOLICY_JSON_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/input.h"

/* An object with one of these keys, in the object itself? */
bool json_probe(const struct dump_input *in, const char *const *keys,
                size_t nr_keys);

/* An array that begins with these: "[[\"" is one of one of a string. */
bool json_probe_array(const struct dump_input *in, const char *beginning);

#endif /* CPUPOLICY_JSON_PROBE_H */
