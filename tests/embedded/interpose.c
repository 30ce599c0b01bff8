/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * open(), mmap() and ioctl() for a program that is to find a Xen.
 *
 * What it opens is a real file (in memory, with nothing in it), so that
 * close(), dup(), fork() and fcntl() need no care.  Whether a descriptor is
 * one of ours is asked of the kernel: it is if it leads to that file.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xen/sys/privcmd.h>

#include "embedded.h"

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
int openat(int dir, const char *path, int flags, ...);
int openat64(int dir, const char *path, int flags, ...);
int ioctl(int fd, unsigned long request, ...);
void *mmap(void *addr, size_t size, int prot, int flags, int fd,
           off_t offset);
void *mmap64(void *addr, size_t size, int prot, int flags, int fd,
             off64_t offset);

enum device { NO_DEVICE, PRIVCMD, HYPERCALL_BUFFERS, NR_DEVICES };

static const struct {
    const char *path;
    enum device device;
} paths[] = {
    { "/dev/xen/privcmd", PRIVCMD },
    { "/proc/xen/privcmd", PRIVCMD },
    { "/dev/xen/hypercall", HYPERCALL_BUFFERS },
};

/* One file per device; `fd` stays open for as long as the process lives. */
static struct {
    int fd;
    dev_t dev;
    ino_t ino;
} files[NR_DEVICES];

static pthread_once_t files_once = PTHREAD_ONCE_INIT;

static void make_files(void)
{
    for ( int i = PRIVCMD; i < NR_DEVICES; i++ )
    {
        struct stat st;
        int fd = memfd_create("xen-embedded", MFD_CLOEXEC);

        files[i].fd = fd;
        if ( fd < 0 || fstat(fd, &st) )
            continue;
        files[i].dev = st.st_dev;
        files[i].ino = st.st_ino;
    }
}

static enum device device_of_path(const char *path)
{
    for ( size_t i = 0; path && i < sizeof(paths) / sizeof(paths[0]); i++ )
        if ( !strcmp(path, paths[i].path) )
            return paths[i].device;

    return NO_DEVICE;
}

static enum device device_of_fd(int fd)
{
    int error = errno;
    enum device found = NO_DEVICE;
    struct stat st;

    pthread_once(&files_once, make_files);
    if ( fd >= 0 && !fstat(fd, &st) )
        for ( int i = PRIVCMD; i < NR_DEVICES; i++ )
            if ( files[i].ino && files[i].ino == st.st_ino &&
                 files[i].dev == st.st_dev )
                found = i;
    errno = error;

    return found;
}

static int open_device(enum device device, int flags)
{
    if ( !embedded_get() )
    {
        errno = ENODEV;
        return -1;
    }
    pthread_once(&files_once, make_files);

    return fcntl(files[device].fd,
                 flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

static int do_open(int dir, const char *path, int flags, mode_t mode)
{
    enum device device = device_of_path(path);

    return device ? open_device(device, flags)
                  : (int)syscall(SYS_openat, dir, path, flags, mode);
}

/* Only these flags make open() look at a third argument. */
#define OPEN_MODE(flags, last)                              \
    ({                                                      \
        mode_t mode_ = 0;                                   \
        if ( (flags) & (O_CREAT | __O_TMPFILE) )            \
        {                                                   \
            va_list args_;                                  \
                                                            \
            va_start(args_, last);                          \
            mode_ = va_arg(args_, mode_t);                  \
            va_end(args_);                                  \
        }                                                   \
        mode_;                                              \
    })

int open(const char *path, int flags, ...)
{
    return do_open(AT_FDCWD, path, flags, OPEN_MODE(flags, flags));
}

int open64(const char *path, int flags, ...)
{
    return do_open(AT_FDCWD, path, flags, OPEN_MODE(flags, flags));
}

int openat(int dir, const char *path, int flags, ...)
{
    return do_open(dir, path, flags, OPEN_MODE(flags, flags));
}

int openat64(int dir, const char *path, int flags, ...)
{
    return do_open(dir, path, flags, OPEN_MODE(flags, flags));
}

/* Buffers for hypercalls are ordinary memory: nobody else will map them. */
static void *do_mmap(void *addr, size_t size, int prot, int flags, int fd,
                     off64_t offset)
{
    if ( !(flags & MAP_ANONYMOUS) && device_of_fd(fd) == HYPERCALL_BUFFERS )
    {
        flags |= MAP_ANONYMOUS;
        fd = -1;
        offset = 0;
    }

    return (void *)syscall(SYS_mmap, addr, size, prot, flags, fd, offset);
}

void *mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
    return do_mmap(addr, size, prot, flags, fd, offset);
}

void *mmap64(void *addr, size_t size, int prot, int flags, int fd,
             off64_t offset)
{
    return do_mmap(addr, size, prot, flags, fd, offset);
}

/* As the kernel's driver: the hypercall's result is the ioctl's. */
static int privcmd(unsigned long request, uint64_t arg)
{
    privcmd_hypercall_t call;
    uint64_t args[5];
    int64_t rc;

    if ( request != IOCTL_PRIVCMD_HYPERCALL )
        rc = -ENOTTY;
    else
        rc = memory_copy_from(NULL, &call, arg, sizeof(call));

    if ( !rc )
    {
        memcpy(args, call.arg, sizeof(args));
        rc = embedded_hypercall(call.op, args);
    }
    if ( rc >= 0 )
        return rc;

    errno = -rc;

    return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    unsigned long arg;

    va_start(args, request);
    arg = va_arg(args, unsigned long);
    va_end(args);

    /* 'P' is privcmd's letter, and others'; most calls need no asking. */
    if ( _IOC_TYPE(request) == 'P' && device_of_fd(fd) == PRIVCMD )
        return privcmd(request, arg);

    return syscall(SYS_ioctl, fd, request, arg);
}
