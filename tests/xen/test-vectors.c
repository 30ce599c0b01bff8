/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does our core derive what Xen's own code makes of real machines?  An
 * archive has dumps of bare metal, NAME.dump.txt, and NAME.xen.json, what
 * Xen's derivation makes of the same rows: raw, host, max and default of both
 * types, and what domains of both types are left with.
 *
 * usage: test-vectors [--every-row] ARCHIVE
 *
 * One case per machine and policy, named NAME/POLICY.  --every-row: a row of
 * the table that nothing in the archive needs is a failure too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <json-c/json.h>

#include <arch/domain.h>

#include "difference.h"
#include "source/source.h"

#define MAX_MACHINES 1024
#define MAX_FILE (4u << 20)
#define MAX_ROWS_OF_MASTER 15

struct machine {
    char *name, *dump, *xen;
    size_t nr_dump;
};

static struct machine machines[MAX_MACHINES];
static unsigned int nr_machines;
static unsigned long nr_passed, nr_failed;

static void verdict(const char *name, const char *what, bool ok,
                    const char *reason)
{
    if ( ok )
        nr_passed++;
    else
        nr_failed++;
    printf("%s %s/%s%s%s\n", ok ? "ok" : "not ok", name, what,
           ok ? "" : " # ", ok ? "" : reason);
}

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "test-vectors: %s: %s\n", what, why);
    exit(3);
}

/* ---- the archive ------------------------------------------------------- */

static struct machine *find(const char *name, size_t len)
{
    for ( unsigned int i = 0; i < nr_machines; i++ )
        if ( strlen(machines[i].name) == len &&
             !memcmp(machines[i].name, name, len) )
            return &machines[i];

    if ( nr_machines == MAX_MACHINES )
        give_up(name, "too many machines");
    machines[nr_machines].name = strndup(name, len);

    return &machines[nr_machines++];
}

static char *read_member(struct archive *a, const char *path, size_t *nr)
{
    char *text = calloc(1, MAX_FILE + 1);
    ssize_t got = 0, n;

    if ( !text )
        give_up(path, "out of memory");
    while ( (n = archive_read_data(a, text + got, MAX_FILE - got)) > 0 )
        got += n;
    if ( n < 0 || got == MAX_FILE )
        give_up(path, n ? archive_error_string(a) : "too large");
    *nr = got;

    return realloc(text, got + 1);
}

static void take(struct archive *a, const char *path)
{
    static const char *const ends[] = { ".dump.txt", ".xen.json" };
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

    for ( unsigned int i = 0; i < 2; i++ )
    {
        size_t len = strlen(base), end = strlen(ends[i]), nr;
        struct machine *m;

        if ( len <= end || strcmp(base + len - end, ends[i]) )
            continue;
        m = find(base, len - end);
        if ( i )
            m->xen = read_member(a, path, &nr);
        else
            m->dump = read_member(a, path, &m->nr_dump);
    }
}

static void read_archive(const char *path)
{
    struct archive *a = archive_read_new();
    struct archive_entry *e;
    int rc;

    archive_read_support_filter_all(a);
    archive_read_support_format_tar(a);
    if ( archive_read_open_filename(a, path, 65536) )
        give_up(path, archive_error_string(a));
    while ( (rc = archive_read_next_header(a, &e)) == ARCHIVE_OK )
        take(a, archive_entry_pathname(e));
    if ( rc != ARCHIVE_EOF )
        give_up(path, archive_error_string(a));
    archive_read_free(a);
}

/* ---- Xen's policies ---------------------------------------------------- */

static uint64_t number(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    return json_object_object_get_ex(o, key, &v)
        ? strtoull(json_object_get_string(v), NULL, 0) : 0;
}

/* A leaf that our tables give subleaves is one without in Xen's. */
static bool read_leaf(struct cpu_policy *p, struct json_object *o)
{
    const struct x86_leaf_desc *d = x86_leaf_find(number(o, "leaf"));
    uint32_t subleaf = number(o, "subleaf");

    if ( !d || subleaf >= (d->nr_subleaves ? d->nr_subleaves : 1u) )
        return false;

    p->leaf[d->first_slot + subleaf] = (struct x86_regs){
        number(o, "eax"), number(o, "ebx"), number(o, "ecx"),
        number(o, "edx"),
    };

    return true;
}

/* false: the policy is not there, or has what no policy of ours holds. */
static bool read_policy(struct cpu_policy *p, struct json_object *policies,
                        const char *name)
{
    struct json_object *o, *rows = NULL;

    memset(p, 0, sizeof(*p));
    if ( !json_object_object_get_ex(policies, name, &o) )
        return false;

    json_object_object_get_ex(o, "cpuid", &rows);
    for ( size_t i = 0; rows && i < json_object_array_length(rows); i++ )
        if ( !read_leaf(p, json_object_array_get_idx(rows, i)) )
            return false;

    rows = NULL;
    json_object_object_get_ex(o, "msrs", &rows);
    for ( size_t i = 0; rows && i < json_object_array_length(rows); i++ )
    {
        struct json_object *row = json_object_array_get_idx(rows, i);
        int slot = x86_msr_slot_find(number(row, "index"));

        if ( slot < 0 )
            return false;
        p->msr[slot] = number(row, "value");
    }
    x86_policy_recalc_vendor(p);

    return true;
}

/* ---- ours -------------------------------------------------------------- */

static const char *const names[NR_COMPARED] = {
    [X86_POLICY_RAW] = "raw", [X86_POLICY_HOST_DEFAULT] = "host",
    [X86_POLICY_PV_MAX] = "pv-max", [X86_POLICY_PV_DEFAULT] = "pv-default",
    [X86_POLICY_HVM_MAX] = "hvm-max",
    [X86_POLICY_HVM_DEFAULT] = "hvm-default",
    [PV_DOMAIN] = "pv-domain", [HVM_DOMAIN] = "hvm-domain",
};

/* What a domain nobody asked anything of has at its first unpause. */
static void make_domain(struct cpu_policy *out, const cpupolicy_source *src,
                        bool hvm)
{
    static struct x86_policies all;
    static struct x86_domain place[1];
    struct x86_domain_store store;
    const struct x86_domain_config config = {
        .kind = { .hvm = hvm, .hap = hvm && src->platform.hap },
        .max_vcpus = 1,
    };
    int id;

    for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
        all.policy[i] = src->policies[i].policy;
    memset(place, 0, sizeof(place));
    x86_domain_store_init(&store, place, 1, &all);
    id = x86_domain_create(&store, X86_DOMID_ANY, &config, NULL);
    if ( id < 0 || x86_domain_unpause(&store, id) ||
         x86_domain_get(&store, id, out) )
        give_up("a domain", "cannot be made");
}

static void check_policies(const struct machine *m,
                           const cpupolicy_source *src,
                           struct json_object *policies)
{
    struct cpu_policy domain, xens;
    struct comparison c = {
        .raw = &src->policies[X86_POLICY_RAW].policy, .xens = &xens,
        .option = &src->cmdline.cpuid, .release = XEN_MASTER,
        .hvm = src->platform.hvm, .hap = src->platform.hap,
    };

    for ( c.policy = 0; c.policy < NR_COMPARED; c.policy++ )
    {
        char *text = NULL;
        size_t size;
        FILE *out;

        if ( !names[c.policy] )         /* Xen has no host max */
            continue;
        if ( !read_policy(&xens, policies, names[c.policy]) )
        {
            verdict(m->name, names[c.policy], false, "not to be read");
            continue;
        }
        if ( c.policy >= X86_NR_POLICIES )
            make_domain(&domain, src, c.policy == HVM_DOMAIN);
        c.ours = c.policy < X86_NR_POLICIES
            ? &src->policies[c.policy].policy : &domain;

        out = open_memstream(&text, &size);
        if ( !out )
            give_up(m->name, "out of memory");
        difference_compare(&c, out);
        fclose(out);
        verdict(m->name, names[c.policy], !*text, text);
        free(text);
    }
}

/* ---- one machine ------------------------------------------------------- */

static int derive(cpupolicy_source **src, const struct machine *m,
                  cpupolicy_error *err)
{
    char path[] = "/tmp/test-vectors.XXXXXX";
    int fd = mkstemp(path), rc;

    if ( fd < 0 || write(fd, m->dump, m->nr_dump) != (ssize_t)m->nr_dump )
        give_up(path, "cannot be written");
    close(fd);
    rc = cpupolicy_source_open(src, path, NULL, err);
    unlink(path);

    return rc;
}

static void check_machine(const struct machine *m)
{
    struct json_object *xen = NULL, *policies = NULL;
    cpupolicy_source *src = NULL;
    cpupolicy_error err;

    if ( !m->dump || !m->xen || !(xen = json_tokener_parse(m->xen)) ||
         !json_object_object_get_ex(xen, "policies", &policies) )
        verdict(m->name, "files", false, "missing, or no JSON");
    else if ( derive(&src, m, &err) )
        verdict(m->name, "dump", false, err.message);
    else
        check_policies(m, src, policies);
    cpupolicy_source_free(src);
    json_object_put(xen);
}

static void check_rows(void)
{
    unsigned int nr = 0;
    char count[64];

    for ( unsigned int i = 0; i < nr_intended_differences; i++ )
    {
        const struct intended_difference *r = &intended_differences[i];

        if ( !(r->releases & XEN_MASTER) )
            continue;
        nr++;
        verdict("row-is-needed", r->name, difference_hits(i), r->reason);
    }
    snprintf(count, sizeof(count), "%u, more than %u", nr,
             MAX_ROWS_OF_MASTER);
    verdict("rows", "are-few", nr <= MAX_ROWS_OF_MASTER, count);
}

int main(int argc, char **argv)
{
    bool every_row = argc > 1 && !strcmp(argv[1], "--every-row");

    if ( argc != 2 + every_row )
    {
        fprintf(stderr, "usage: test-vectors [--every-row] ARCHIVE\n");
        return 2;
    }

    read_archive(argv[1 + every_row]);
    if ( !nr_machines )
        give_up(argv[1 + every_row], "has no machines");
    for ( unsigned int i = 0; i < nr_machines; i++ )
        check_machine(&machines[i]);
    if ( every_row )
        check_rows();

    printf("# %u machines, %lu bits compared, %lu differ as intended or "
           "not\n", nr_machines, difference_bits(), difference_found());
    printf("%lu passed, %lu failed\n", nr_passed, nr_failed);
    for ( unsigned int i = 0; i < nr_machines; i++ )
    {
        free(machines[i].name);
        free(machines[i].dump);
        free(machines[i].xen);
    }

    return nr_failed ? 1 : 0;
}
