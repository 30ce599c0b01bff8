/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reduce templates to the bits in which they differ. */
#ifndef CPUPOLICY_STRIP_H
#define CPUPOLICY_STRIP_H

#include "template/template.h"

struct strip_options {
    /* Keep capabilities and vCPU features, which the original drops. */
    bool keep_capabilities;
    /*
     * Take a bit that only one of two files fixes for a difference, also
     * where the other one, left open, would compare as 0.
     */
    bool by_filter;
};

/*
 * in[0 .. nr-1] to out[0 .. nr-1], which the caller provides zeroed.  Nothing
 * is common but what the first file has and all others have too; bits that
 * the first file does not mention stay in all of them.
 *
 * -EINVAL: fewer than two, or x86_64 together with aarch64; -ENOMEM.  On
 * failure every out[] is zero.
 */
int template_strip(const struct cpu_template *in, size_t nr,
                   const struct strip_options *options,
                   struct cpu_template *out, cpupolicy_error *err);

#endif /* CPUPOLICY_STRIP_H */
