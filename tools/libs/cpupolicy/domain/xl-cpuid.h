/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The `cpuid=` of xl.cfg: libxl's string form and xend's list form. */
#ifndef CPUPOLICY_XL_CPUID_H
#define CPUPOLICY_XL_CPUID_H

#include "policy/policy.h"

/* Where letters of an edit take their bits from. */
struct xl_cpuid_base {
    const struct cpu_policy *type_default;      /* 'x' */
    const struct cpu_policy *host;              /* 'k', and its alias 's' */
};

/*
 * Apply "host,key=value,..." to a policy.  xl reports an element that it
 * does not understand and goes on without; here it is an error, and nothing
 * is applied.  -EINVAL with the element's position in the message.
 */
int xl_cpuid_string(struct cpu_policy *p, const struct xl_cpuid_base *base,
                    const char *text, cpupolicy_error *err);

/* Apply one "leaf[,subleaf]:reg=32 characters[,reg=...]" the same way. */
int xl_cpuid_entry(struct cpu_policy *p, const struct xl_cpuid_base *base,
                   const char *text, cpupolicy_error *err);

#endif /* CPUPOLICY_XL_CPUID_H */
