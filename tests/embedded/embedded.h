/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The core as a hypervisor inside of an unmodified program's process.
 *
 *   interpose.c   stands before libc where the program opens Xen's devices
 *   memory.c      reaches the program's memory without trusting its addresses
 *   hypervisor.c  the host's policies, the domains, and the calls
 *   state.c       domains in a file, for programs that run one after another
 *
 * The environment says what it is to be:
 *
 *   CPUPOLICY_EMBEDDED_SOURCE    a file of CPU data, or "native" (default)
 *   CPUPOLICY_EMBEDDED_CMDLINE   boot options: cpuid=... dom0-cpuid=...
 *   CPUPOLICY_EMBEDDED_PLATFORM  platform facts: hap=no,vpmu=yes,...
 *   CPUPOLICY_EMBEDDED_STATE     file for the domains; none: they end with
 *                                the process
 *   CPUPOLICY_EMBEDDED_TRACE     set: every hypercall goes to stderr
 *
 * A dom0 is there from the start, and is who calls.
 */
#ifndef TESTS_EMBEDDED_H
#define TESTS_EMBEDDED_H

#include <arch/hypercall.h>

#define EMBEDDED_MAX_DOMAINS 64

struct embedded {
    struct x86_policies policies;
    struct x86_platform platform;
    struct x86_dom0_options dom0;
    struct x86_domain_store store;
    struct x86_hypercall_scratch scratch;   /* one call at a time */
    struct x86_domain domains[EMBEDDED_MAX_DOMAINS];
    struct x86_hypervisor hypervisor;
    const char *state;          /* file, or NULL */
};

/* The one of this process, made at first use; NULL: cannot, said so. */
struct embedded *embedded_get(void);

/* An empty store with dom0 in it. */
int embedded_reset(struct embedded *e);

/* What privcmd's ioctl would return: the result, or -errno. */
int64_t embedded_hypercall(uint64_t nr, const uint64_t args[5]);

/* This process's memory: 0 or -EFAULT, whatever the address. */
int memory_copy_from(void *ctx, void *to, uint64_t from, size_t size);
int memory_copy_to(void *ctx, uint64_t to, const void *from, size_t size);

/*
 * Take the lock of the state file and load its domains; keep both until
 * state_close(), which writes domains back that have changed.  -EIO: the
 * file is damaged, or of another host.
 */
struct state;
int state_open(struct embedded *e, struct state **out);
int state_close(struct embedded *e, struct state *s);

/* All domains but dom0 as bytes, and back into an empty store. */
int state_write(struct embedded *e, uint8_t **out, size_t *nr);
int state_read(struct embedded *e, const uint8_t *in, size_t nr);

void embedded_complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif /* TESTS_EMBEDDED_H */
