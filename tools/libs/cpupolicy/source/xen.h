/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to a running Xen: its hypercalls as plain arrays and structures.
 * No policy object and no judgement here, only what Xen says.  One program
 * serves all releases (xen-release.c); a newer one is read if it answers, and
 * never written to.
 *
 * Nothing prints.  Every function returns 0 or -errno and fills the optional
 * error object; outputs are untouched on failure.  A handle is for one thread
 * and does not survive fork() (libxencall's rule).
 */
#ifndef CPUPOLICY_SOURCE_XEN_H
#define CPUPOLICY_SOURCE_XEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <public/arch-x86/cpu-policy.h>

#include "base/error-set.h"

struct xen_host;
struct xen_release;

/* Xen 4.17 has at most 120 and 2; a Xen with more than this is refused. */
#define XEN_HOST_MAX_LEAVES 512U
#define XEN_HOST_MAX_MSRS   64U

/* A policy as it travels. Leaves ascend by (leaf, subleaf). */
struct xen_rows {
    uint32_t nr_leaves, nr_msrs;
    struct xen_cpu_policy_leaf leaves[XEN_HOST_MAX_LEAVES];
    struct xen_cpu_policy_msr msrs[XEN_HOST_MAX_MSRS];
};

/* The system's policies, with Xen's numbers (XEN_SYSCTL_cpu_policy_*). */
enum xen_host_policy {
    XEN_HOST_POLICY_RAW,
    XEN_HOST_POLICY_HOST,
    XEN_HOST_POLICY_PV_MAX,
    XEN_HOST_POLICY_HVM_MAX,
    XEN_HOST_POLICY_PV_DEFAULT,
    XEN_HOST_POLICY_HVM_DEFAULT,
    XEN_NR_HOST_POLICIES,
};

struct xen_host_info {
    uint32_t major, minor;
    char version[32];           /* "4.17.7" */
    bool known;                 /* a row of xen-release.c: may be written */
    char command_line[1024];
    bool command_line_full;     /* 1023 bytes: Xen may have cut it there */
    bool pv, hvm, hap, shadow;  /* what kinds of domain it can run, and how */
    bool vpmu;                  /* virtual PMU available (vpmu=) */
    uint32_t nr_cpus, threads_per_core, cores_per_socket;
    uint32_t cpu_khz;
    uint64_t total_kib, free_kib;
};

/* PVH is what Xen calls HVM without emulated devices but the local APIC. */
enum xen_domain_type { XEN_DOMAIN_PV, XEN_DOMAIN_PVH, XEN_DOMAIN_HVM };

enum xen_domain_state {
    XEN_DOMAIN_PAUSED,          /* by the toolstack: new ones are, too */
    XEN_DOMAIN_RUNNING,         /* or blocked, waiting */
    XEN_DOMAIN_SHUT_DOWN,
    XEN_DOMAIN_DYING,
};

struct xen_domain_info {
    uint32_t domid;
    enum xen_domain_type type;
    bool hap;                   /* PVH, HVM: nested paging, not shadow */
    enum xen_domain_state state;
    /*
     * Has certainly been unpaused.  false is not the opposite: a domain
     * that never used CPU time cannot be told from one that never ran, see
     * xen_domain_policy_is_fixed().
     */
    bool has_run;
    uint32_t nr_vcpus;          /* created so far; 0 in a bare domain */
    uint32_t nr_online_vcpus;
    uint64_t memory_kib, max_memory_kib;
    uint64_t cpu_ns;
    uint8_t handle[16];         /* the toolstack's UUID */
};

/* Where Xen found a set wanting; all ones where it does not say. */
struct xen_set_error {
    uint32_t leaf, subleaf, msr;
};

/**
 * Connect to the Xen under this kernel.
 *
 * -ENODEV: no Xen runs here, or its privcmd driver is not loaded; -EACCES: no
 * permission for privcmd; -EPERM: this domain may not control others (not a
 * dom0, or a security policy); -EPROTO: the Xen that runs answers to no
 * interface version that is known (the message has its version); -E2BIG: its
 * policies exceed struct xen_rows; -ELIBACC: no libxencall; -ENOMEM.
 */
int xen_host_open(struct xen_host **out, cpupolicy_error *err);

/** Safe on NULL. */
void xen_host_close(struct xen_host *h);

/** What is known of this Xen; NULL: it is newer than all that are known. */
const struct xen_release *xen_host_release(const struct xen_host *h);

/** Version, command line and capabilities. -EPERM: a security policy. */
int xen_host_info_get(struct xen_host *h, struct xen_host_info *out,
                      cpupolicy_error *err);

/**
 * One of the system's policies.
 *
 * -EOPNOTSUPP: this Xen is built without that type of guest; -EINVAL: `which`
 * is no policy.
 */
int xen_host_policy_get(struct xen_host *h, enum xen_host_policy which,
                        struct xen_rows *out, cpupolicy_error *err);

/** The policy of a domain in any state. -ESRCH: no such domain. */
int xen_domain_policy_get(struct xen_host *h, uint32_t domid,
                          struct xen_rows *out, cpupolicy_error *err);

/**
 * Merge rows into a domain's policy: what is not mentioned stays.  Xen edits
 * without a word what it does not refuse, so 0 does not mean that the domain
 * has what was asked; read it back.
 *
 * -ESRCH: no such domain; -EEXIST: it has been unpaused already; -EINVAL:
 * refused (`where` says at which leaf or MSR), or the domain is the caller's
 * own; -ERANGE, -EOVERFLOW: a leaf, subleaf or MSR that Xen does not know or
 * whose value it cannot hold; -E2BIG: more rows than a policy has; -EPROTO:
 * a Xen newer than all that are known.
 *
 * @param where may be NULL; set on every failure that Xen itself reports.
 */
int xen_domain_policy_set(struct xen_host *h, uint32_t domid,
                          const struct xen_rows *rows,
                          struct xen_set_error *where, cpupolicy_error *err);

/**
 * Whether a domain's policy can no longer be set: true from its first unpause
 * on.  Xen has no question for this, so this sets nothing (no rows) and looks
 * at the answer; such a set passes over the policy without changing it.
 * -EINVAL: the domain is the caller's own; -ESRCH: no such domain.
 */
int xen_domain_policy_is_fixed(struct xen_host *h, uint32_t domid, bool *out,
                               cpupolicy_error *err);

/** -ESRCH: no such domain. */
int xen_domain_info_get(struct xen_host *h, uint32_t domid,
                        struct xen_domain_info *out, cpupolicy_error *err);

/**
 * Domains with an id of at least `first`, ascending: at most max_out, and at
 * most XEN_DOMAIN_LIST_MAX of them.  To list all, go on from the last id + 1
 * until none come.
 */
#define XEN_DOMAIN_LIST_MAX 64U
int xen_domain_list(struct xen_host *h, uint32_t first,
                    struct xen_domain_info *out, size_t max_out,
                    size_t *nr_out, cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCE_XEN_H */
