/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sources. */
#ifndef CPUPOLICY_SOURCES_H
#define CPUPOLICY_SOURCES_H

#include "source.h"

/* What a source can do beyond telling policies. */
enum source_can {
    SOURCE_LIVE = 1,            /* tells of what runs here, and is no file */
    SOURCE_KEEPS_DOMAINS = 2,   /* has domains of its own */
    SOURCE_CONFIGURES = 4,      /* makes guests for the asking, by template */
};

struct source_kind {
    const char *name;           /* NULL: whatever no other row has, a file */
    unsigned int can;
    /* Fill all of `src` but dom0's policies; half filled on failure. */
    int (*open)(cpupolicy_source *src, const char *spec,
                const cpupolicy_options *options, cpupolicy_error *err);
};

/* The one that a source's name stands for. */
const struct source_kind *source_kind_find(const char *spec);

/* How each opens: native.c, kvm-source.c, xen-source.c, file.c. */
int native_open(cpupolicy_source *src, const char *spec,
                const cpupolicy_options *options, cpupolicy_error *err);
int kvm_open(cpupolicy_source *src, const char *spec,
             const cpupolicy_options *options, cpupolicy_error *err);
int xen_open(cpupolicy_source *src, const char *spec,
             const cpupolicy_options *options, cpupolicy_error *err);
int file_open(cpupolicy_source *src, const char *spec,
              const cpupolicy_options *options, cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCES_H */
