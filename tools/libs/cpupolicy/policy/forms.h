/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms in which policies are written: those of formats, and our own. */
#ifndef CPUPOLICY_FORMS_H
#define CPUPOLICY_FORMS_H

#include <stdio.h>

#include "cpupolicy.h"

struct dump_format;

/* A policy to be written, by the name that a heading calls it. */
struct policy_view {
    const char *name;
    const cpupolicy *policy;
};

struct policy_form {
    const char *name;                   /* as `-o` has it */
    const struct dump_format *format;   /* whose writer it is; or */
    void (*write)(FILE *f, const struct policy_view *list, size_t nr);
    const char *loses;                  /* as dump_format.loses */
};

/* NULL: there is none of that name. */
const struct policy_form *policy_form_find(const char *name);

/* Several policies get headings.  -ENOMEM; -EIO: `f` has an error. */
int policy_form_write(const struct policy_form *form, FILE *f,
                      const struct policy_view *list, size_t nr,
                      cpupolicy_error *err);

#endif /* CPUPOLICY_FORMS_H */
