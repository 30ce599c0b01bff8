/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Are registers what adjustments ask for? */
#ifndef CPUPOLICY_VERIFY_H
#define CPUPOLICY_VERIFY_H

#include "adjust.h"

struct verify_mismatch {
    struct adjust_key key;
    bool missing;               /* the configuration has no such register */
    /* Both within the template's filter; of use unless `missing`. */
    uint64_t wanted[2], found[2];
};

struct verify_report {
    struct verify_mismatch *mismatches; /* CPUID, then MSRs, ascending */
    size_t nr_mismatches;
};

/*
 * Compare every register that is adjusted with a configuration, in which all
 * bits are fixed; both sorted.  0 and *out with all that differ (none: the
 * answer is yes); -ENOMEM.
 */
int adjust_verify(const struct adjustments *t,
                  const struct adjustments *config,
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
