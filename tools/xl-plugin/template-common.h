/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the template and fingerprint commands have in common. */
#ifndef XL_CPUPOLICY_TEMPLATE_COMMON_H
#define XL_CPUPOLICY_TEMPLATE_COMMON_H

#include "cli.h"
#include "command.h"
#include "template/ask.h"

struct json_object;

extern const struct cli_group template_group, fingerprint_group;
int cmd_template(int argc, char **argv);
int cmd_fingerprint(int argc, char **argv);

/* The original's exit status for anything that failed while running. */
#define EXIT_FAILED 1

/*
 * The options that say which guest: config, template, from, domain, policy,
 * type, in this order, as the first of a command's table.
 */
#define GUEST_OPTIONS                                                      \
    { 'c', "config", CLI_VALUE, "PATH",                                    \
      "Firecracker's configuration of a virtual machine",                  \
      false, false, 0, NULL },                                             \
    { 't', "template", CLI_VALUE, "PATH",                                  \
      "a template's file, or C3, T2, T2S, T2CL, T2A, V1N1",                \
      false, false, 0, NULL },                                             \
    { 0, "from", CLI_VALUE, "SOURCE",                                      \
      "kvm, xen, native, or a file with a dump",                           \
      false, false, 0, NULL },                                             \
    { 0, "domain", CLI_VALUE, "ID",                                        \
      "a domain of the running Xen", false, false, 0, NULL },              \
    { 0, "policy", CLI_VALUE, "NAME",                                      \
      "a policy of the source: hvm-default, pv-max ...",                   \
      false, false, 0, NULL },                                             \
    { 0, "type", CLI_VALUE, "pv|hvm",                                      \
      "the default policy of a type of domain",                            \
      false, false, 0, guest_types }
extern const char *const guest_types[];

enum {
    OPTION_CONFIG, OPTION_TEMPLATE, OPTION_FROM, OPTION_DOMAIN,
    OPTION_POLICY, OPTION_TYPE, NR_GUEST_OPTIONS
};

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
int guest_request_read(struct guest_request *r, const char *command,
                       const struct cli_values *values);
void guest_request_dispose(struct guest_request *r);

/*
 * Ask; with `apply`, with the template.  0, or an exit status after a
 * message.
 */
int guest_request_ask(const struct guest_request *r, bool apply,
                      struct cpu_template *out);

/* The only value of an option, or NULL. */
const char *cli_value(const struct cli_values *values, size_t option);

/* Print "xl-cpupolicy: FILE:LINE:COLUMN: message"; EXIT_FAILED. */
int fail_with(const char *file, const cpupolicy_error *err);

/* Write a JSON value's text, as the original lays it out; consumes it. */
int write_json(const char *path, struct json_object *o);

/* Print a report on stdout; consumes it. 0 or EXIT_FAILED. */
int print_report(struct json_object *o);

/* Read and parse a template's file.  0 or an exit status after a message. */
int read_template(const char *path, struct cpu_template *out);

/* "-o json"? */
extern const char *const report_forms[];
bool wants_json(const struct cli_values *values, size_t option);

#endif /* XL_CPUPOLICY_TEMPLATE_COMMON_H */
