/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands that ask a source of policies have in common. */
#ifndef XL_CPUPOLICY_COMMON_H
#define XL_CPUPOLICY_COMMON_H

#include <stdbool.h>

#include <json-c/json.h>

#include "command.h"
#include "cpupolicy.h"

enum output_form {
    FORM_TEXT, FORM_FEATURES, FORM_LEAVES, FORM_FEATURESET, FORM_JSON,
    FORM_XML,
    NR_FORMS
};

/* How much to say of a source's notes (notes.c). */
enum notes_form {
    NOTES_SHORT,                /* a few lines, cut to a readable length */
    NOTES_ALL, NOTES_NONE,
};

extern const char *const form_names[];

/* What the commands' options and arguments say. */
struct request {
    const char *command;
    const char *from;           /* NULL: the default source */
    cpupolicy_options options;
    enum output_form form;
    enum notes_form notes;
    const char *type;           /* --type, or NULL */
    const char *policy;         /* --policy: which one of a file, or NULL */
    const char *state;          /* --state: the file that keeps domains */
    bool xl_cfg;                /* --xl-cfg: the request is an xl.cfg */
    bool dry_run;               /* --dry-run: change nothing, print it */
    bool changes;               /* them; else they are looked at only */
    cpupolicy_domain_kind kind; /* all but `hvm` */
    const char **args;          /* what is left */
    int nr_args;
};

/* The option table as completion for a shell. */
void complete_bash(void);
void complete_zsh(void);
void complete_fish(void);

/* What was typed as a request; an exit status other than 0 after a message. */
int request_read(struct request *r, const struct args *a);

/*
 * How many policies to show where all are: dom0's are among them where
 * dom0-cpuid= is asked about, else they are shown by name only.
 */
int request_nr_policies(const struct request *r);

/* Is its source the running Xen, which has domains of its own? */
bool request_is_xen(const struct request *r);

/*
 * Check boot options; what is wrong is printed as of `where` ("" or a text
 * that ends in ", "), and added to `errors` unless NULL.  *any, unless NULL:
 * is there an option of CPU policies among them?  0 or -EINVAL.
 */
int boot_options_check(const char *command, const char *where,
                       const char *text, struct json_object *errors,
                       bool *any);

/* Boot options in addition to those of --cmdline.  An exit status. */
int request_add_cmdline(struct request *r, const char *more);

/*
 * Open r's source and print its notes; on failure prints and returns NULL,
 * *status set.
 */
cpupolicy_source *request_open(const struct request *r, int *status);

/* "short", "all", "none", in the order of the enum; NULL. */
const char *notes_name(size_t n);

/* Print the source's notes on stderr, as r->notes wants them. */
void print_notes(const struct request *r, const cpupolicy_source *src);

/* What a policy has in each register. */
struct registers {
    cpupolicy_leaf *leaves;
    cpupolicy_msr *msrs;
    size_t nr_leaves, nr_msrs;
};

/* Of a leaf or MSR that is not there: 0. */
uint64_t register_value(const struct registers *r,
                        const cpupolicy_change *where);

/*
 * A policy to show: one of the source's, or a domain's ("dom:ID"), which a
 * toolstack made out of its type's default policy: which == -1.
 */
struct view {
    char name[24];
    int which;
    int base;                   /* `which`, or a domain's default; -1: none */
    const cpupolicy *policy;
    cpupolicy *owned;           /* a domain's, to be freed */
    struct json_object *more;   /* of a domain: what else JSON says of it */
    struct registers now, was;  /* `was`: of a domain, its default's */
};

/* Is this the name of a policy at all?  If not, prints a usage error. */
bool view_name_ok(const struct request *r, const char *name);

/* Fill in a view; an exit status other than EXIT_YES after a message. */
int view_open(const struct request *r, cpupolicy_source *src,
              const char *name, struct view *out);
void views_close(struct view *views, int nr);

/*
 * Why a field of a domain is not as its type's default has it, as a change
 * from there; false if it is, or if this is no domain.
 */
bool domain_change(const struct view *v, const cpupolicy_change *where,
                   const cpupolicy_field *field, cpupolicy_change *out);

/* "0x.." as JSON string, lower case, no padding. */
struct json_object *json_hex(uint64_t value);

/* {"msr":"0x10a"}, {"leaf":"0x14","subleaf":"0x1"} */
struct json_object *json_unknown(const cpupolicy_unknown *u);

/* A list of them: what was unknown of the CPUs behind a policy. */
struct json_object *json_unknowns(const cpupolicy *p);

/* The same for people, nothing if there is none; NULL is all right. */
void print_unknowns(const cpupolicy *p);

/* Print and release; EXIT_YES, or EXIT_NO_ANSWER if it cannot be built. */
int json_print(struct json_object *o);

/* The forms of one or more policies (print-*.c). */
int print_text(const cpupolicy_source *src, const struct view *v, int nr);
int print_features(const cpupolicy_source *src, const struct view *v, int nr);
int print_leaves(const cpupolicy_source *src, const struct view *v, int nr);
int print_featureset(const cpupolicy_source *src, const struct view *v,
                     int nr);
int print_json(const cpupolicy_source *src, const struct view *v, int nr);
int print_xml(const cpupolicy_source *src, const struct view *v, int nr);

/*
 * What is wrong with a request, as text or JSON; and, with `request`, what
 * the CPU keeps for itself.
 */
int print_violations(const struct request *r, const char *what,
                     const cpupolicy_source *src, const cpupolicy *request,
                     const cpupolicy_violation *list, size_t nr);

/* Leaves and MSRs of a policy, heap-allocated; NULL: out of memory. */
cpupolicy_leaf *policy_leaves(const cpupolicy *p, size_t *nr);
cpupolicy_msr *policy_msrs(const cpupolicy *p, size_t *nr);
bool leaf_is_zero(const cpupolicy_leaf *l);

/* Register names: "eax" ... */
extern const char *const reg_names[4];

/* Print a list of words, wrapped at 79 columns, indented. */
struct wrapper {
    int indent, column;
};
void wrap_word(struct wrapper *w, const char *word);
void wrap_end(struct wrapper *w);

int cmd_audit(const struct args *args);
int cmd_domain(const struct args *args);
int cmd_show(const struct args *args);
int cmd_diff(const struct args *args);
int cmd_explain(const struct args *args);
int cmd_cmdline(const struct args *args);
int cmd_reference(const struct args *args);

#endif /* XL_CPUPOLICY_COMMON_H */
