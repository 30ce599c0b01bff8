/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the template and fingerprint commands have in common. */
#ifndef XL_CPUPOLICY_TEMPLATE_COMMON_H
#define XL_CPUPOLICY_TEMPLATE_COMMON_H

#include "args.h"
#include "template/ask.h"

struct json_object;

int template_dump(const struct args *args);
int template_strip_files(const struct args *args);
int template_verify_guest(const struct args *args);
int template_generate_file(const struct args *args);
int fingerprint_dump(const struct args *args);
int fingerprint_compare_files(const struct args *args);

/* The n-th part of a fingerprint, and template that is built in; NULL. */
const char *fingerprint_field(size_t n);
const char *guest_static_template(size_t n);

/* The original's exit status for anything that failed while running. */
#define EXIT_FAILED 1

/* Everything that those options say, files read. */
struct guest_request {
    struct guest_question question;     /* borrows from below */
    char subject[64];
    bool has_template;
    struct cpu_template template;
    const char *template_name;          /* for messages; borrowed */
    char *template_path;                /* if the configuration names it */
    char *static_template;              /* a built-in one, by name */
};

/*
 * Read the files that the options name, and check that the virtual machine
 * could be built.  0, or an exit status after a message; `request` has to be
 * disposed of in any case.
 */
int guest_request_read(struct guest_request *r, const struct args *args);
void guest_request_dispose(struct guest_request *r);

/*
 * Ask; with `apply`, with the template.  0, or an exit status after a
 * message.
 */
int guest_request_ask(const struct guest_request *r, bool apply,
                      struct cpu_template *out);

/* Print "xl-cpupolicy: FILE:LINE:COLUMN: message"; EXIT_FAILED. */
int fail_with(const char *file, const cpupolicy_error *err);

/* Write a JSON value's text, as the original lays it out; consumes it. */
int write_json(const char *path, struct json_object *o);

/* Print a report on stdout; consumes it. 0 or EXIT_FAILED. */
int print_report(struct json_object *o);

/* Read and parse a template's file.  0 or an exit status after a message. */
int read_template(const char *path, struct cpu_template *out);

/* "-o json"? */
bool wants_json(const struct args *args, enum option_id option);

#endif /* XL_CPUPOLICY_TEMPLATE_COMMON_H */
