/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row of `template generate` in the table of cmd-template.c. */
#ifndef XL_CPUPOLICY_TEMPLATE_GENERATE_H
#define XL_CPUPOLICY_TEMPLATE_GENERATE_H

#include "cli.h"

#define NR_GENERATE_OPTIONS 3
extern const struct cli_option generate_options[NR_GENERATE_OPTIONS];
int run_generate(const struct cli_values *values);

#endif /* XL_CPUPOLICY_TEMPLATE_GENERATE_H */
