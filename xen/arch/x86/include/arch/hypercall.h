/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hypercalls about CPU policies (include/public/{sysctl,domctl,version}.h)
 * as functions of a hypervisor and a caller.
 *
 * What a caller passes is copied in once and not looked at again, so that it
 * may change it at any time; what it asks for is counted before it is copied.
 * No lock is held while copying.
 */
#ifndef ARCH_HYPERCALL_H
#define ARCH_HYPERCALL_H

#include <arch/domain.h>

/* What is said of the machine and the build: answers, nothing more. */
struct x86_machine {
    uint32_t nr_cpus, threads_per_core, cores_per_socket, cpu_khz;
    uint64_t total_pages, free_pages;
};

struct x86_build {
    uint16_t major, minor;
    const char *extra;          /* ".7-debian"; NULL: "" */
    const char *compiler, *date, *changeset;    /* NULL: "" */
    const char *command_line;   /* NULL: "" */
};

/* All of it is the embedder's, and stays unchanged but for the store. */
struct x86_hypervisor {
    struct x86_domain_store *store;
    const struct x86_platform *platform;
    struct x86_machine machine;
    struct x86_build build;
    /* Built without these; asking for their policies is EOPNOTSUPP. */
    bool no_pv, no_hvm;
};

/*
 * Room for one hypercall at a time: a CPU's, since 8 KB of stack hold no
 * policies.  Needs no initialisation.
 */
struct x86_hypercall_scratch {
    struct x86_domain_scratch domain;
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
};

/*
 * Who calls, and how to reach its memory.  Both copies return 0 or -EFAULT;
 * where a copy fails in the middle, the part before may have been made.
 */
struct x86_caller {
    int (*copy_from)(void *ctx, void *to, uint64_t from, size_t size);
    int (*copy_to)(void *ctx, uint64_t to, const void *from, size_t size);
    void *ctx;
    uint32_t domid;
    bool privileged;            /* may control other domains and the host */
    struct x86_hypercall_scratch *scratch;
};

/*
 * A hypercall by its number.  The result is what the caller gets: 0 or
 * positive, or a negative error number, -ENOSYS for other hypercalls and for
 * commands that do not exist here.
 *
 * Of the control hypercalls, in this order: -EFAULT, the structure cannot be
 * read; -EACCES, another interface version; -EPERM, not privileged; then
 * what include/public says of the command.
 */
int64_t x86_hypercall(const struct x86_hypervisor *h,
                      const struct x86_caller *caller, uint64_t nr,
                      const uint64_t args[5]) __must_check;

int x86_hypercall_sysctl(const struct x86_hypervisor *h,
                         const struct x86_caller *caller, uint64_t addr)
    __must_check;
int x86_hypercall_domctl(const struct x86_hypervisor *h,
                         const struct x86_caller *caller, uint64_t addr)
    __must_check;
int64_t x86_hypercall_version(const struct x86_hypervisor *h,
                              const struct x86_caller *caller, uint64_t cmd,
                              uint64_t addr) __must_check;

#endif /* ARCH_HYPERCALL_H */
