/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was found, as JSON for programs.  Keys are stable; all of these return
 * NULL for out of memory, and the caller json_object_put()s the result.
 */
#ifndef CPUPOLICY_REPORT_H
#define CPUPOLICY_REPORT_H

#include "template/verify.h"

struct json_object;

/*
 * {"leaf", "subleaf", "flags", "register"}, {"msr"} or {"id"}: all strings in
 * hexadecimal but flags, a number, and the register's name.
 */
struct json_object *report_key(const struct adjust_key *key);

/*
 * The key's members, and for a register that is there
 * {"template", "configuration": "0b…", "fields": [{"name", "bits",
 * "template", "configuration"}]}, for one that is not {"missing": true}.
 */
struct json_object *report_mismatch(const struct verify_mismatch *m,
                                    uint32_t vendor);

/* An array of report_mismatch(). */
struct json_object *report_verify(const struct verify_report *report,
                                  uint32_t vendor);

/*
 * What differs between two guests, register by register in order, as an array
 * of the key's members with "prev" and "curr" (bitmaps, null where there is
 * none) and "fields": [{"name", "bits"}].
 */
struct json_object *report_difference(const struct cpu_template *prev,
                                      const struct cpu_template *curr);

#endif /* CPUPOLICY_REPORT_H */
