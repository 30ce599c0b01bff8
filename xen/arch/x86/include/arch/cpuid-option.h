/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The boot options cpuid= and dom0-cpuid=. */
#ifndef ARCH_CPUID_OPTION_H
#define ARCH_CPUID_OPTION_H

#include <xen/lib/x86/cpu-policy.h>

/*
 * What a list says of each feature; a feature is in at most one of the
 * three sets, since its last mention wins.
 */
struct x86_cpuid_option {
    x86_featureset in;          /* "f", "f=1": opted in */
    x86_featureset out;         /* "no-f", "f=0": opted out */
    x86_featureset guest;       /* "f=guest": guests may, Xen does not */
};

enum x86_option_fault {
    X86_OPTION_EMPTY,           /* "a,,b", "" */
    X86_OPTION_UNKNOWN,         /* no such feature */
    X86_OPTION_BAD_VALUE,       /* not a boolean, nor "guest" */
    X86_OPTION_NO_AND_VALUE,    /* "no-f=1" says it twice */
    X86_OPTION_DENIED,          /* "no-cpuid": of the whole option */
};

/* One bad element; `offset`, `len`: where it stands in the value. */
struct x86_option_error {
    enum x86_option_fault fault;
    size_t offset, len;
    size_t name_offset, name_len;       /* for near names; may be empty */
};

struct x86_option_sink {
    void (*bad)(void *ctx, const struct x86_option_error *e);
    void *ctx;
};

/*
 * list    := element { "," element }
 * element := "no-" name | name [ "=" value ]
 * value   := 1 on yes true enable | 0 off no false disable | guest
 *
 * A name is taken whole before "no-" is taken for a prefix, so that no-lmsl
 * asserts NO_LMSL, and no-no-lmsl and no-lmsl=0 deny it.
 *
 * Adds to *opt, so that repeated options accumulate.  Good elements are
 * applied, bad ones reported to `sink` (which may be NULL) and not applied
 * in any part.  0, or -EINVAL if any element was bad.
 */
int x86_cpuid_option_parse(struct x86_cpuid_option *opt, const char *value,
                           size_t len, const struct x86_option_sink *sink)
    __must_check;

#endif /* ARCH_CPUID_OPTION_H */
