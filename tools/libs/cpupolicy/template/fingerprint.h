/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done with fingerprints: a change of a guest's configuration is to be
 * noticed, and laid to a change of what stands beside it.
 */
#ifndef CPUPOLICY_FINGERPRINT_H
#define CPUPOLICY_FINGERPRINT_H

#include "format/fingerprint.h"
#include "template.h"

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
