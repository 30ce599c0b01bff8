/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strings that templates hold, inside a JSON text: numbers and bitmaps. */
#ifndef CPUPOLICY_READ_TEXT_H
#define CPUPOLICY_READ_TEXT_H

#include "template.h"

/*
 * All of these consume the value that the reader stands on; -EINVAL with
 * place, -E2BIG, -ENOMEM.
 */

/* "0x1f" or "0b11", at most `max`. */
int template_read_number(struct json_reader *r, uint64_t max, uint64_t *out);
int template_read_number32(struct json_reader *r, uint32_t *out);

/* A JSON integer. */
int template_read_u32(struct json_reader *r, uint32_t *out);

int template_read_bitmap(struct json_reader *r, unsigned int nr_bits,
                         struct adjust_bits *out);

/* "12" or "!12", appended to the template. */
int template_read_capability(struct json_reader *r, void *cpu_template);

/* Give an error without a place that of the token; returns rc. */
int template_read_place(struct json_reader *r, const struct json_token *t,
                        int rc);

#endif /* CPUPOLICY_READ_TEXT_H */
