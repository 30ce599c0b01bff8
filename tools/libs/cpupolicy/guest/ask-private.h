/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of asking for a guest's configuration. */
#ifndef CPUPOLICY_ASK_PRIVATE_H
#define CPUPOLICY_ASK_PRIVATE_H

#include "ask.h"

/* The answer of a file, as it stands there. */
int ask_file(const struct guest_question *q, struct cpu_template *out,
             cpupolicy_error *err);

/* Write the question's template, if there is one, over an answer. */
int ask_apply(const struct guest_question *q, const char *owner,
              struct guest_config *g, cpupolicy_error *err);

int ask_to_template(const struct guest_config *g, struct cpu_template *out,
                    cpupolicy_error *err);

#endif /* CPUPOLICY_ASK_PRIVATE_H */
