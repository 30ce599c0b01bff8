/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is what a template asks for what a guest got? */
#ifndef CPUPOLICY_VERIFY_H
#define CPUPOLICY_VERIFY_H

#include "map.h"

struct verify_mismatch {
    struct template_key key;
    bool missing;               /* the configuration has no such register */
    /* Both within the template's filter; of use unless `missing`. */
    uint64_t wanted[2], found[2];
};

struct verify_report {
    struct verify_mismatch *mismatches; /* CPUID, then MSRs, ascending */
    size_t nr_mismatches;
};

/*
 * Compare every register that the template names with a configuration.
 * 0 and *out with all that differ (none: the answer is yes); -EINVAL: of
 * different architectures; -ENOMEM.
 */
int template_verify(const struct cpu_template *t,
                    const struct cpu_template *config,
                    struct verify_report *out, cpupolicy_error *err);

void verify_report_dispose(struct verify_report *report);

/*
 * The original's words for one mismatch, without newline at the end: one
 * line if the register is missing, else four.
 */
#define VERIFY_TEXT 1024
void verify_mismatch_format(const struct verify_mismatch *m,
                            char text[VERIFY_TEXT]);

#endif /* CPUPOLICY_VERIFY_H */
