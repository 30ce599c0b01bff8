/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl.cfg, as far as it concerns CPUs. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libxlutil.h>

#include <arch/domain.h>
#include <xen/lib/x86/audit.h>

#include "audit/request.h"
#include "base/loaded.h"
#include "guest-topology.h"
#include "xl-cpuid.h"

#define FUNCTIONS(X) \
    X(xlu_cfg_destroy) X(xlu_cfg_get_list) X(xlu_cfg_get_listitem) \
    X(xlu_cfg_get_long) X(xlu_cfg_get_string) X(xlu_cfg_init) \
    X(xlu_cfg_readfile)

/* Its header is the same in all releases from 4.14 on. */
LOADED_LIBRARY(lib, "libxlutil.so.4.", "reading xl.cfg", FUNCTIONS);

static int wrong(cpupolicy_error *err, const char *key, const char *why)
{
    return cpupolicy_error_set(err, EINVAL, 0, "%s: %s", key, why);
}

/* A string that may be absent: *out is left alone then. */
static int read_string(XLU_Config *cfg, const char *key, const char **out,
                       cpupolicy_error *err)
{
    int rc = lib.xlu_cfg_get_string(cfg, key, out, 1);

    return !rc || rc == ESRCH ? 0 : wrong(err, key, "must be a string");
}

/* As in xl: "type", or "builder", which is older. */
static int read_type(XLU_Config *cfg, cpupolicy_config *out,
                     cpupolicy_error *err)
{
    const char *type = NULL, *builder = "generic";
    int rc = read_string(cfg, "type", &type, err);

    if ( !rc )
        rc = read_string(cfg, "builder", &builder, err);
    if ( rc )
        return rc;

    if ( strcmp(builder, "hvm") && strcmp(builder, "generic") )
        return wrong(err, "builder", "must be generic or hvm");
    if ( !type )
        type = !strcmp(builder, "hvm") ? "hvm" : "pv";

    if ( !strcmp(type, "hvm") || !strcmp(type, "pvh") )
        out->domain.kind.hvm = true;
    else if ( strcmp(type, "pv") )
        return wrong(err, "type", "must be pv, pvh or hvm");

    return 0;
}

/* A boolean that may be absent. */
static int read_bool(XLU_Config *cfg, const char *key, bool *out,
                     cpupolicy_error *err)
{
    long v;
    int rc = lib.xlu_cfg_get_long(cfg, key, &v, 1);

    if ( rc == ESRCH )
        return 0;
    if ( rc || v < 0 || v > 1 )
        return wrong(err, key, "must be 0 or 1");
    *out = v;

    return 0;
}

static int read_vcpus(XLU_Config *cfg, cpupolicy_config *out,
                      cpupolicy_error *err)
{
    static const char *const keys[] = { "vcpus", "maxvcpus" };
    long vcpus;

    out->domain.nr_vcpus = 1;
    for ( unsigned int i = 0; i < 2; i++ )
    {
        long v;
        int rc = lib.xlu_cfg_get_long(cfg, keys[i], &v, 1);

        if ( rc == ESRCH )
            continue;
        if ( rc || v < 1 || v > X86_DOMAIN_MAX_VCPUS )
            return wrong(err, keys[i], "must be a number from 1 to 8192");
        if ( i && !lib.xlu_cfg_get_long(cfg, keys[0], &vcpus, 1) &&
             v < vcpus )
            return wrong(err, keys[i], "is less than vcpus");
        out->domain.nr_vcpus = v;
    }

    return 0;
}

static int read_kind(XLU_Config *cfg, cpupolicy_config *out,
                     cpupolicy_error *err)
{
    bool hap = true;
    const char *name = "";
    int rc = read_type(cfg, out, err);

    if ( !rc )
        rc = read_bool(cfg, "nestedhvm", &out->domain.kind.nested, err);
    if ( !rc )
        rc = read_bool(cfg, "hap", &hap, err);
    if ( !rc )
        rc = read_vcpus(cfg, out, err);
    if ( rc )
        return rc;

    if ( !out->domain.kind.hvm && out->domain.kind.nested )
        return wrong(err, "nestedhvm", "is for HVM and PVH guests");
    out->domain.kind.shadow = out->domain.kind.hvm && !hap;

    rc = read_string(cfg, "name", &name, err);
    if ( rc )
        return rc;
    if ( strlen(name) >= sizeof(out->name) )
        return wrong(err, "name", "is too long");
    strcpy(out->name, name);

    return 0;
}

static int apply_cpuid(XLU_Config *cfg, const struct xl_cpuid_base *base,
                       struct cpu_policy *p, cpupolicy_error *err)
{
    XLU_ConfigList *list;
    const char *text, *item;
    int nr, rc = 0;

    if ( !lib.xlu_cfg_get_list(cfg, "cpuid", &list, &nr, 1) )
    {
        for ( int i = 0; !rc && i < nr; i++ )
        {
            item = lib.xlu_cfg_get_listitem(list, i);
            rc = item ? xl_cpuid_entry(p, base, item, err)
                      : wrong(err, "cpuid", "an entry is no string");
        }
        return rc;
    }

    if ( !lib.xlu_cfg_get_string(cfg, "cpuid", &text, 1) )
        rc = xl_cpuid_string(p, base, text, err);

    return rc;
}

static void intersect(struct cpu_policy *p, const struct cpu_policy *limit)
{
    x86_featureset fs, may;

    x86_policy_to_featureset(p, fs);
    x86_policy_to_featureset(limit, may);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= may[i];
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
}

/* Which of the type's policies the guest's one starts from. */
static int read_start(XLU_Config *cfg, const cpupolicy_config *config,
                      enum x86_policy_index *which, cpupolicy_error *err)
{
    const char *text = "default";
    bool hvm = config->domain.kind.hvm;
    int rc;

    if ( (rc = read_string(cfg, "cpu_policy", &text, err)) )
        return rc;
    if ( !strcmp(text, "default") )
        *which = hvm ? X86_POLICY_HVM_DEFAULT : X86_POLICY_PV_DEFAULT;
    else if ( !strcmp(text, "max") )
        *which = hvm ? X86_POLICY_HVM_MAX : X86_POLICY_PV_MAX;
    else
        return wrong(err, "cpu_policy", "must be default or max");

    return 0;
}

/*
 * As far as this domain can have it; VMX, SVM if nested.  A running Xen
 * completes its defaults when a domain gets them, and so does the repair.
 */
static void start_policy(const struct cpu_policy *type,
                         const cpupolicy_domain_kind *kind,
                         const struct cpu_policy *limit,
                         struct cpu_policy *p)
{
    static const uint16_t nested[] = { X86_FEATURE_VMX, X86_FEATURE_SVM };
    const struct x86_domain_kind k = core_kind(kind);

    *p = *type;
    for ( unsigned int i = 0; kind->nested && i < 2; i++ )
    {
        const struct x86_word_desc *w = &x86_word_descs[nested[i] / 32];

        p->word[w->slot * 4 + w->reg] |= 1u << (nested[i] % 32);
    }
    intersect(p, limit);
    x86_policy_follow(p, limit, kind->vpmu);
    x86_policy_repair(p, limit, &k);
}

static int build(XLU_Config *cfg, const cpupolicy_source *src,
                 cpupolicy_config *config, struct cpu_policy *p,
                 cpupolicy_error *err)
{
    const cpupolicy_domain_kind *kind = &config->domain.kind;
    struct cpu_policy type_default, limit;
    const struct xl_cpuid_base base = {
        &type_default,
        &src->policies[X86_POLICY_HOST_DEFAULT].policy,
    };
    struct guest_topology topology = { .src = src, .config = config };
    enum x86_policy_index start = X86_POLICY_RAW;
    int rc = read_kind(cfg, config, err);

    if ( !rc )
        rc = read_start(cfg, config, &start, err);
    if ( rc )
        return rc;

    rc = read_string(cfg, "cpu_topology", &topology.text, err);
    if ( rc )
        return rc;

    source_limit(src, kind, &limit);
    start_policy(&src->policies[start].policy, kind, &limit, p);
    type_default = *p;
    rc = guest_topology_apply(&topology, &limit, p, err);
    if ( !rc )
        rc = apply_cpuid(cfg, &base, p, err);
    if ( rc )
        return rc;
    x86_policy_follow(p, &limit, kind->vpmu);

    /* Only now: what cpuid= says may be of the topology, too. */
    return guest_topology_check(&topology, p, err);
}

/*
 * libxlutil says "PATH:LINE: text" or "PATH: text"; whoever prints an error
 * of this library names the file, and the line has a place of its own.
 */
static int report_error(const char *report, const char *path,
                        cpupolicy_error *err)
{
    size_t len = strlen(path);
    unsigned long line = 0;

    if ( !strncmp(report, path, len) && report[len] == ':' )
    {
        const char *text = report + len + 1;
        char *end;

        line = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
        if ( line && *end == ':' )
            text = end + 1;
        report = text + strspn(text, " ");
    }

    return cpupolicy_error_set(err, EINVAL, line, "%.400s",
                               *report ? report : "is no xl.cfg");
}

/*
 * libxlutil does not tell why a file could not be opened, and its scanner
 * ends the process when it reads a folder.  Not by opening it: the writer of
 * a pipe would be answered by this.
 */
static int check_readable(const char *path, cpupolicy_error *err)
{
    struct stat st;
    int rc = access(path, R_OK) || stat(path, &st) ? errno
           : S_ISDIR(st.st_mode) ? EISDIR : 0;

    return rc ? cpupolicy_error_set(err, rc, 0, "%s", strerror(rc)) : 0;
}

/* libxlutil writes what is wrong with the file to a stream. */
static int read_file(XLU_Config *cfg, const char *path, FILE *messages,
                     char **report, cpupolicy_error *err)
{
    int rc = check_readable(path, err);

    if ( rc )
        return rc;
    rc = lib.xlu_cfg_readfile(cfg, path);
    if ( !rc )
        return 0;

    fflush(messages);
    (*report)[strcspn(*report, "\n")] = '\0';

    return rc == ENOMEM ? cpupolicy_error_set(err, rc, 0, "out of memory")
                        : report_error(*report, path, err);
}

static int load(const cpupolicy_source *src, const char *path,
                cpupolicy_config *config, struct cpu_policy *p,
                cpupolicy_error *err)
{
    char *report = NULL;
    size_t report_len;
    FILE *messages = open_memstream(&report, &report_len);
    XLU_Config *cfg = messages ? lib.xlu_cfg_init(messages, path) : NULL;
    int rc = cfg ? read_file(cfg, path, messages, &report, err)
                 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    if ( !rc )
        rc = build(cfg, src, config, p, err);

    if ( cfg )
        lib.xlu_cfg_destroy(cfg);
    if ( messages )
        fclose(messages);
    free(report);

    return rc;
}

int cpupolicy_config_load(const cpupolicy_source *src, const char *path,
                          cpupolicy_config *out, cpupolicy **policy,
                          cpupolicy_error *err)
{
    cpupolicy_config config = { .name = "" };
    int rc = loaded_get(&lib_library, err);
    cpupolicy *p = rc ? NULL : calloc(1, sizeof(*p));

    if ( !rc && !p )
        rc = cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    if ( !rc )
        rc = load(src, path, &config, &p->policy, err);
    if ( rc )
    {
        free(p);
        return rc;
    }

    *out = config;
    *policy = p;

    return 0;
}
