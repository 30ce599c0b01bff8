/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of Firecracker's configuration file of a virtual machine concerns its
 * CPUs.
 */
#ifndef CPUPOLICY_VM_CONFIG_H
#define CPUPOLICY_VM_CONFIG_H

#include "template.h"

#define VM_CONFIG_MAX_FILES 64U

struct vm_config {
    unsigned int nr_vcpus;      /* 1 to 32 */
    bool smt;
    char *static_template;      /* machine-config's cpu_template, or NULL */
    char *template_path;        /* cpu-config, if it names a file */
    bool has_template;          /* cpu-config, if it holds the template */
    struct cpu_template template;
    /* Kernel, initrd, drives: have to exist for the machine to be built. */
    char *files[VM_CONFIG_MAX_FILES];
    unsigned int nr_files;
};

/* The original's defaults: one vCPU, no template, nothing to boot. */
void vm_config_init(struct vm_config *c);
void vm_config_dispose(struct vm_config *c);

/* -EINVAL with line and column, -E2BIG, -ENOMEM; *out is untouched then. */
int vm_config_parse(const char *text, size_t nr, struct vm_config *out,
                    cpupolicy_error *err);

#endif /* CPUPOLICY_VM_CONFIG_H */
