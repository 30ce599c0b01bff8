/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen: write down everything that the derivation of our
 * core can be compared with, for use without Xen afterwards.
 *
 * usage: capture DIRECTORY KIND...     (pv, hvm: domains to make and read)
 *
 *   policies.txt       the six system policies, as xen-cpuid -p writes them
 *                      but with the leaves that are all zero
 *   domains.txt        dom0's and, per KIND, a fresh domain's, likewise
 *   facts.txt          key=value: version, command line, capabilities
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "domain.h"
#include "lab.h"
#include "source/xen.h"

static const char *const titles[XEN_NR_HOST_POLICIES] = {
    "Raw", "Host", "PV Max", "HVM Max", "PV Default", "HVM Default",
};

static struct xen_host *host;
static const char *directory;

static FILE *create(const char *name)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    f = fopen(path, "w");
    if ( !f )
        lab_give_up("cannot create %s", path);
    return f;
}

static void write_policy(FILE *f, const char *title,
                         const struct xen_rows *rows)
{
    uint32_t i;

    fprintf(f, "%s policy: %u leaves, %u MSRs\n CPUID:\n", title,
            rows->nr_leaves, rows->nr_msrs);
    fprintf(f, "  leaf     subleaf  -> eax      ebx      ecx      edx     \n");
    for ( i = 0; i < rows->nr_leaves; i++ )
    {
        const struct xen_cpu_policy_leaf *l = &rows->leaves[i];

        fprintf(f, "  %08x:%08x -> %08x:%08x:%08x:%08x\n", l->leaf,
                l->subleaf, l->a, l->b, l->c, l->d);
    }
    fprintf(f, " MSRs:\n  index    -> value           \n");
    for ( i = 0; i < rows->nr_msrs; i++ )
        fprintf(f, "  %08x -> %016lx\n", rows->msrs[i].index,
                rows->msrs[i].value);
}

/* A file that did not reach the disk is no capture. */
static void finish(FILE *f, bool ok, const char *name)
{
    ok &= !ferror(f);
    ok &= !fclose(f);
    lab_case(ok, name, "not everything could be read and written");
}

static void capture_policies(void)
{
    static struct xen_rows rows;
    FILE *f = create("policies.txt");
    unsigned int i;
    bool ok = true;

    for ( i = 0; i < XEN_NR_HOST_POLICIES; i++ )
        if ( xen_host_policy_get(host, i, &rows, NULL) )
            ok = false;
        else
            write_policy(f, titles[i], &rows);
    finish(f, ok, "policies");
}

static bool write_fresh_domain(FILE *f, struct test_toolstack *t,
                               const char *kind)
{
    static struct xen_rows rows;
    char title[32];
    unsigned int i;
    uint32_t domid;
    bool ok;

    for ( i = 0; i < TEST_NR_DOMAIN_KINDS; i++ )
        if ( !strcmp(kind, test_domain_kinds[i]) )
            break;
    if ( i == TEST_NR_DOMAIN_KINDS || test_domain_create(t, i, &domid) )
        return false;
    ok = !xen_domain_policy_get(host, domid, &rows, NULL);
    snprintf(title, sizeof(title), "Fresh %s domain", kind);
    if ( ok )
        write_policy(f, title, &rows);
    return !test_domain_destroy(t, domid) && ok;
}

static void capture_domains(char **kinds)
{
    static struct xen_rows rows;
    struct test_toolstack *t = test_toolstack_open();
    FILE *f = create("domains.txt");
    bool ok = t && !xen_domain_policy_get(host, 0, &rows, NULL);

    if ( ok )
        write_policy(f, "Dom0", &rows);
    for ( ; ok && *kinds; kinds++ )
        ok = write_fresh_domain(f, t, *kinds);
    if ( t )
        test_toolstack_close(t);
    finish(f, ok, "domains");
}

static void capture_facts(void)
{
    struct xen_host_info info = { 0 };
    FILE *f = create("facts.txt");
    bool ok = !xen_host_info_get(host, &info, NULL);

    fprintf(f, "version=%s\ncommand_line=%s\n", info.version,
            info.command_line);
    fprintf(f, "pv=%d\nhvm=%d\nhap=%d\nshadow=%d\nvpmu=%d\n", info.pv,
            info.hvm, info.hap, info.shadow, info.vpmu);
    fprintf(f, "nr_cpus=%u\nthreads_per_core=%u\ncores_per_socket=%u\n",
            info.nr_cpus, info.threads_per_core, info.cores_per_socket);
    finish(f, ok, "facts");
}

int main(int argc, char **argv)
{
    cpupolicy_error err;

    if ( argc < 3 )
        lab_give_up("usage");
    if ( xen_host_open(&host, &err) )
        lab_give_up("%s", err.message);
    directory = argv[1];
    capture_policies();
    capture_domains(argv + 2);
    capture_facts();
    xen_host_close(host);
    return lab_finish(3);
}
