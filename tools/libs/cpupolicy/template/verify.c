/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is what a template asks for what a guest got? */
#include <errno.h>

#include "verify.h"

int template_verify(const struct cpu_template *t,
                    const struct cpu_template *config,
                    struct verify_report *out, cpupolicy_error *err)
{
    struct adjustments a = { 0 }, b = { 0 };
    int rc;

    if ( t->arch != config->arch && t->arch && config->arch )
        return cpupolicy_error_set(err, EINVAL, 0,
            "the template and the configuration are of different "
            "architectures");

    rc = template_to_adjustments(t, &a, err) ?:
         template_to_adjustments(config, &b, err) ?:
         adjust_verify(&a, &b, out, err);

    adjustments_dispose(&a);
    adjustments_dispose(&b);

    return rc;
}
