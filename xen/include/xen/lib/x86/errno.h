/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Error numbers of Xen's ABI (public/errno.h), the same values as Linux's.
 * Spelt as libc does, so that code built with libc may include both.
 */
#ifndef XEN_LIB_X86_ERRNO_H
#define XEN_LIB_X86_ERRNO_H

#ifndef EINVAL
#define EPERM       1
#define ENOENT      2
#define ESRCH       3
#define E2BIG       7
#define ENOMEM      12
#define EACCES      13
#define EFAULT      14
#define EBUSY       16
#define EEXIST      17
#define EINVAL      22
#define ENOSPC      28
#define ERANGE      34
#define ENOSYS      38
#define EOVERFLOW   75
#define EOPNOTSUPP  95
#define ENOBUFS     105
#endif

#endif /* XEN_LIB_X86_ERRNO_H */
