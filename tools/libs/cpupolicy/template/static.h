/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Firecracker's built-in templates, which its configurations name: C3, T2,
 * T2S, T2CL, T2A (x86_64) and V1N1 (aarch64).
 */
#ifndef CPUPOLICY_STATIC_H
#define CPUPOLICY_STATIC_H

#include "template.h"

/* NULL past the end. */
const char *template_static_name(size_t index);

/* -ENOENT: no template of that name; -ENOMEM. */
int template_static_get(const char *name, struct cpu_template *out,
                        cpupolicy_error *err);

/*
 * May the template be used on a CPU of that vendor (twelve characters) and
 * signature (CPUID leaf 1's eax)?  They are written for certain models, and
 * the original refuses all others.  -ENOENT, -EPERM with the reason; 0 for
 * templates of aarch64, which have no such list.
 */
int template_static_check(const char *name, const char *vendor,
                          uint32_t signature, cpupolicy_error *err);

#endif /* CPUPOLICY_STATIC_H */
