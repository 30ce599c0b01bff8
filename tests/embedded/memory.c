/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program's memory, which is this process's own.  The kernel does the
 * copying, so that a bad address is an error and not a signal.
 */
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "embedded.h"

static int copied(ssize_t done, size_t size)
{
    return done == (ssize_t)size ? 0 : -EFAULT;
}

int memory_copy_from(void *ctx, void *to, uint64_t from, size_t size)
{
    const struct iovec here = { to, size };
    const struct iovec there = { (void *)(uintptr_t)from, size };

    (void)ctx;

    return copied(process_vm_readv(getpid(), &here, 1, &there, 1, 0), size);
}

int memory_copy_to(void *ctx, uint64_t to, const void *from, size_t size)
{
    const struct iovec here = { (void *)(uintptr_t)from, size };
    const struct iovec there = { (void *)(uintptr_t)to, size };

    (void)ctx;

    return copied(process_vm_writev(getpid(), &here, 1, &there, 1, 0), size);
}
