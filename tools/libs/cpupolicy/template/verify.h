/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is what a template asks for what a guest got? */
#ifndef CPUPOLICY_TEMPLATE_VERIFY_H
#define CPUPOLICY_TEMPLATE_VERIFY_H

#include "adjust/verify.h"
#include "template.h"

/*
 * Compare every register that the template names with a configuration.
 * 0 and *out with all that differ (none: the answer is yes); -EINVAL: of
 * different architectures; -ENOMEM.
 */
int template_verify(const struct cpu_template *t,
                    const struct cpu_template *config,
                    struct verify_report *out, cpupolicy_error *err);

#endif /* CPUPOLICY_TEMPLATE_VERIFY_H */
