/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fingerprints: a guest's CPU configuration together with the versions of
 * everything that can change it, as their files have it.
 */
#ifndef CPUPOLICY_FORMAT_FINGERPRINT_H
#define CPUPOLICY_FORMAT_FINGERPRINT_H

#include "template.h"

/* In the order of the file. */
enum fingerprint_field {
    FINGERPRINT_VMM,            /* ours, and the hypervisor's */
    FINGERPRINT_KERNEL,
    FINGERPRINT_MICROCODE,
    FINGERPRINT_BIOS_VERSION,
    FINGERPRINT_BIOS_REVISION,
    FINGERPRINT_GUEST,          /* the configuration; not a string */
    FINGERPRINT_NR_FIELDS
};

extern const char *const fingerprint_field_names[FINGERPRINT_NR_FIELDS];

struct fingerprint {
    char *strings[FINGERPRINT_GUEST];
    struct cpu_template guest;
};

void fingerprint_dispose(struct fingerprint *f);    /* safe on a zeroed one */

/* -EINVAL with line and column, -E2BIG, -ENOMEM. */
int fingerprint_parse(const char *text, size_t nr, struct fingerprint *out,
                      cpupolicy_error *err);

#endif /* CPUPOLICY_FORMAT_FINGERPRINT_H */
