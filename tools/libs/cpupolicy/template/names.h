/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the bits of a template are called. */
#ifndef CPUPOLICY_NAMES_H
#define CPUPOLICY_NAMES_H

#include "adjust/adjust.h"
#include "cpupolicy.h"
#include "template.h"

/*
 * Call `fn` for every feature or field of the tables that has bits in `mask`
 * of the register; bits that the tables do not know are "reserved".  Nothing
 * for leaves and MSRs that they do not have.  `vendor` is an X86_VENDOR_*:
 * vendors give some bits different meanings.
 */
void template_key_fields(const struct adjust_key *key, uint32_t vendor,
                         uint64_t mask,
                         void (*fn)(void *ctx, const cpupolicy_field *field),
                         void *ctx);

/*
 * The same as text, "avx512f, model(7:4)", cut at an end with "..." if it
 * does not fit; "" if there are no names.
 */
void template_key_names(const struct adjust_key *key, uint32_t vendor,
                        uint64_t mask, char *text, size_t max);

/* X86_VENDOR_* of the leaf 0 that a template or a dump fixes. */
uint32_t template_vendor(const struct cpu_template *t);

#endif /* CPUPOLICY_NAMES_H */
