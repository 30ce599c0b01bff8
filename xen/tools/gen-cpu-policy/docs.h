/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the reference share. */
#ifndef GEN_CPU_POLICY_DOCS_H
#define GEN_CPU_POLICY_DOCS_H

#include "model.h"

/* Text with the characters escaped that mean something to Markdown. */
void doc_text(const char *text, FILE *out);

/* Leaves, MSRs, and the fields of each kind. */
void doc_fields(const struct model *m, FILE *out);

#endif /* GEN_CPU_POLICY_DOCS_H */
