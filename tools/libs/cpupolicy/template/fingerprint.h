/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fingerprints: a guest's CPU configuration together with the versions of
 * everything that can change it, so that a change of the one is noticed and
 * can be laid to a change of the others.
 */
#ifndef CPUPOLICY_FINGERPRINT_H
#define CPUPOLICY_FINGERPRINT_H

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

/* As template_to_json(). */
struct json_object *fingerprint_to_json(const struct fingerprint *f);

/*
 * Fill the strings from the running system below `root` (""), `vmm` being
 * the first of them.  What cannot be read becomes "unknown", and *unknown
 * gets a bit per such field; the original gives up there, but virtual
 * machines have no DMI.  -ENOMEM.
 */
int fingerprint_read_host(const char *root, const char *vmm,
                          struct fingerprint *out, unsigned int *unknown,
                          cpupolicy_error *err);

struct compare_options {
    const enum fingerprint_field *fields;   /* in the order to compare */
    size_t nr_fields;
    /*
     * Show what the original shows, even where that is nothing: guests that
     * differ in capabilities, in the order of entries, or in 'x' against '0'.
     */
    bool as_original;
};

/*
 * A JSON array with one object {"name", "prev", "curr"} per field that
 * differs; of guests, the bits in which they differ.  -EINVAL: guests of
 * different architectures; -ENOMEM.  *out is the caller's to
 * json_object_put().
 */
int fingerprint_compare(const struct fingerprint *prev,
                        const struct fingerprint *curr,
                        const struct compare_options *options,
                        struct json_object **out, cpupolicy_error *err);

#endif /* CPUPOLICY_FINGERPRINT_H */
