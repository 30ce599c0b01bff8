/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hypervisor's command line, as far as CPU policies are concerned. */
#ifndef ARCH_CMDLINE_H
#define ARCH_CMDLINE_H

#include <arch/cpuid-option.h>

struct x86_cmdline {
    struct x86_cpuid_option cpuid, dom0_cpuid;
};

/*
 * What the parser meets besides good elements.  Offsets count from the start
 * of the whole text.  Members may be NULL.
 */
struct x86_cmdline_sink {
    /* A bad element of `option` ("cpuid" or "dom0-cpuid"). */
    void (*bad)(void *ctx, const char *option,
                const struct x86_option_error *e);
    /* A word that is some other option: not looked into. */
    void (*other)(void *ctx, size_t offset, size_t len);
    void *ctx;
};

/*
 * Words are separated by blanks (space, tab, newline); there is no quoting,
 * and no limit on their length.  Repeated options accumulate, the last
 * mention of a feature wins.  "no-cpuid" and a bare "cpuid" are errors:
 * the option needs a list.  0, or -EINVAL if anything was bad.
 */
int x86_cmdline_parse(struct x86_cmdline *c, const char *text, size_t len,
                      const struct x86_cmdline_sink *sink) __must_check;

#endif /* ARCH_CMDLINE_H */
