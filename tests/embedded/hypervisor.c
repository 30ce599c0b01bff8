/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hypervisor of this process: made from the environment, and called. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/version.h>

#include "embedded.h"
#include "source/source.h"

static struct embedded the_one;
static bool ready;

void embedded_complain(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fputs("xen-embedded: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}

int embedded_reset(struct embedded *e)
{
    const struct x86_domain_config dom0 = {
        .max_vcpus = e->hypervisor.machine.nr_cpus,
    };
    int rc;

    memset(e->domains, 0, sizeof(e->domains));
    x86_domain_store_init(&e->store, e->domains, EMBEDDED_MAX_DOMAINS,
                          &e->policies);

    rc = x86_domain_create(&e->store, 0, &dom0, &e->dom0);
    if ( !rc )
        rc = x86_domain_add_vcpus(&e->store, 0, dom0.max_vcpus);

    return rc ? rc : x86_domain_unpause(&e->store, 0);
}

/* All policies of the source, in the order of the core. */
static bool take_policies(struct embedded *e, const struct cpupolicy_source *s)
{
    for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
    {
        if ( !s->present[i] )
        {
            embedded_complain("%s: there is no policy %s", s->name,
                              x86_policy_names[i]);
            return false;
        }
        e->policies.policy[i] = s->policies[i].policy;
    }
    e->platform = s->platform;
    e->dom0.cpuid = s->cmdline.dom0_cpuid;

    return true;
}

static bool take_source(struct embedded *e)
{
    const char *spec = getenv("CPUPOLICY_EMBEDDED_SOURCE");
    const cpupolicy_options options = {
        .cmdline = getenv("CPUPOLICY_EMBEDDED_CMDLINE"),
        .platform = getenv("CPUPOLICY_EMBEDDED_PLATFORM"),
    };
    cpupolicy_source *source;
    cpupolicy_error err = { 0 };
    bool ok;

    if ( !spec || !*spec )
        spec = "native";

    /* Asking Xen would be asking ourselves. */
    if ( !strcmp(spec, "xen") || !strcmp(spec, "kvm") )
    {
        embedded_complain("a source is a file or \"native\", not \"%s\"",
                          spec);
        return false;
    }

    if ( cpupolicy_source_open(&source, spec, &options, &err) )
    {
        embedded_complain("%s", err.message);
        return false;
    }

    ok = take_policies(e, source);
    e->hypervisor.machine.nr_cpus = cpupolicy_source_nr_cpus(source);
    cpupolicy_source_free(source);

    return ok;
}

/* For show: how fast this machine says it is. */
static uint32_t cpu_khz(void)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[256];
    double mhz = 0;

    while ( f && !mhz && fgets(line, sizeof(line), f) )
        if ( sscanf(line, "cpu MHz : %lf", &mhz) != 1 )
            mhz = 0;
    if ( f )
        fclose(f);

    return mhz > 0 && mhz < 100000 ? mhz * 1000 : 0;
}

static void describe(struct embedded *e)
{
    struct x86_hypervisor *h = &e->hypervisor;

    h->store = &e->store;
    h->platform = &e->platform;
    if ( !h->machine.nr_cpus )
        h->machine.nr_cpus = 1;
    h->machine.threads_per_core = h->machine.cores_per_socket = 1;
    h->machine.cpu_khz = cpu_khz();
    h->machine.total_pages = sysconf(_SC_PHYS_PAGES);
    h->machine.free_pages = sysconf(_SC_AVPHYS_PAGES);
    h->build = (struct x86_build){
        /* The version whose interface Debian 12's libraries speak. */
        .major = 4, .minor = 17, .extra = ".0-embedded",
        .compiler = "gcc", .date = "", .changeset = "",
        .command_line = getenv("CPUPOLICY_EMBEDDED_CMDLINE"),
    };
}

static void make(void)
{
    struct embedded *e = &the_one;
    int rc;

    if ( !take_source(e) )
        return;

    describe(e);
    e->state = getenv("CPUPOLICY_EMBEDDED_STATE");
    if ( e->state && !*e->state )
        e->state = NULL;

    rc = embedded_reset(e);
    if ( rc )
        embedded_complain("dom0: %s", strerror(-rc));
    else
        ready = true;
}

struct embedded *embedded_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make);

    return ready ? &the_one : NULL;
}

/* ---- calls ------------------------------------------------------------ */

static void trace(uint64_t nr, const uint64_t args[5], int64_t rc)
{
    uint32_t head[2] = { 0 };

    if ( !getenv("CPUPOLICY_EMBEDDED_TRACE") )
        return;

    if ( nr == XEN_CTL_HYPERCALL_VERSION )
        head[0] = args[0];
    else if ( memory_copy_from(NULL, head, args[0], sizeof(head)) )
        head[0] = head[1] = ~0u;
    embedded_complain("hypercall %llu command %u version %#x: %lld",
                      (unsigned long long)nr, head[0], head[1],
                      (long long)rc);
}

static int64_t call(struct embedded *e, uint64_t nr, const uint64_t args[5])
{
    const struct x86_caller dom0 = {
        .copy_from = memory_copy_from, .copy_to = memory_copy_to,
        .privileged = true, .scratch = &e->scratch,
    };

    return x86_hypercall(&e->hypervisor, &dom0, nr, args);
}

/* The store is loaded anew for each call, so one at a time. */
static int64_t call_with_state(struct embedded *e, uint64_t nr,
                               const uint64_t args[5])
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct state *s;
    int64_t rc;
    int saved;

    pthread_mutex_lock(&mutex);
    rc = state_open(e, &s);
    if ( !rc )
    {
        rc = call(e, nr, args);
        saved = state_close(e, s);
        if ( saved )
            rc = saved;
    }
    pthread_mutex_unlock(&mutex);

    return rc;
}

int64_t embedded_hypercall(uint64_t nr, const uint64_t args[5])
{
    struct embedded *e = embedded_get();
    int64_t rc;

    if ( !e )
        return -ENODEV;

    rc = e->state ? call_with_state(e, nr, args) : call(e, nr, args);
    trace(nr, args, rc);

    return rc;
}
