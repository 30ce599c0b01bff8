/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains in a file, so that one program can create what the next one looks
 * at.  Loading makes each domain anew and sets its policy, so that the audit
 * stands between a file and the store as it does between a client and it.
 *
 * The file is replaced, never rewritten: a program that is killed leaves the
 * old one or the new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embedded.h"

#define MAGIC 0x31764d4544584558ULL     /* "XEXDEMv1" */

struct header {
    uint64_t magic;
    uint64_t host;              /* hash of the host's policies */
    uint32_t nr_domains, last;
};

enum {
    FLAG_HVM = 1, FLAG_PV32 = 2, FLAG_HAP = 4, FLAG_NESTED = 8,
    FLAG_VPMU = 16, FLAG_FINISHED = 32, FLAG_SET = 64,
    FLAGS_ALL = 127,
};

/* Every slot and MSR, zeros included: a set leaves out nothing. */
struct record {
    uint32_t id, flags, max_vcpus, nr_vcpus, nr_pauses, max_phys_bits;
    uint32_t emulation_flags, misc_flags;
    uint8_t handle[16];
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
};

#define MAX_SIZE (sizeof(struct header) + \
                  EMBEDDED_MAX_DOMAINS * sizeof(struct record))

struct state {
    int fd;
    uint8_t *was;
    size_t nr_was;
};

/* FNV-1a, 64 bits. */
static uint64_t hash(const void *data, size_t nr)
{
    const uint8_t *p = data;
    uint64_t h = 0xcbf29ce484222325ULL;

    while ( nr-- )
        h = (h ^ *p++) * 0x100000001b3ULL;

    return h;
}

/* ---- bytes ------------------------------------------------------------ */

static void write_info(const struct x86_domain_info *info, struct record *out)
{
    const struct x86_domain_config *c = &info->config;

    *out = (struct record){
        .id = info->id,
        .flags = c->kind.hvm * FLAG_HVM | c->kind.pv32 * FLAG_PV32 |
                 c->kind.hap * FLAG_HAP | c->kind.nested * FLAG_NESTED |
                 c->kind.vpmu * FLAG_VPMU | info->finished * FLAG_FINISHED |
                 info->policy_set * FLAG_SET,
        .max_vcpus = c->max_vcpus, .nr_vcpus = info->nr_vcpus,
        .nr_pauses = info->nr_pauses,
        .max_phys_bits = c->kind.max_phys_bits,
        .emulation_flags = c->emulation_flags, .misc_flags = c->misc_flags,
    };
    memcpy(out->handle, c->handle, sizeof(out->handle));
}

static void read_info(const struct record *in, struct x86_domain_info *info)
{
    struct x86_domain_config *c = &info->config;

    *info = (struct x86_domain_info){
        .id = in->id, .nr_vcpus = in->nr_vcpus, .nr_pauses = in->nr_pauses,
        .finished = in->flags & FLAG_FINISHED,
        .policy_set = in->flags & FLAG_SET,
        .config = {
            .kind = {
                .hvm = in->flags & FLAG_HVM, .pv32 = in->flags & FLAG_PV32,
                .hap = in->flags & FLAG_HAP,
                .nested = in->flags & FLAG_NESTED,
                .vpmu = in->flags & FLAG_VPMU,
                .max_phys_bits = in->max_phys_bits,
            },
            .max_vcpus = in->max_vcpus,
            .emulation_flags = in->emulation_flags,
            .misc_flags = in->misc_flags,
        },
    };
    memcpy(c->handle, in->handle, sizeof(c->handle));
}

static int write_domain(struct embedded *e, const struct x86_domain_info *info,
                        struct record *out)
{
    struct cpu_policy p;
    int rc = x86_domain_get(&e->store, info->id, &p);

    if ( rc )
        return rc;

    write_info(info, out);
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        out->leaves[i] = (struct xen_cpu_policy_leaf){
            x86_slot_descs[i].leaf, x86_slot_descs[i].subleaf,
            p.leaf[i].a, p.leaf[i].b, p.leaf[i].c, p.leaf[i].d,
        };
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        out->msrs[i] = (struct xen_cpu_policy_msr){
            x86_msr_descs[i].index, 0, p.msr[i],
        };

    return 0;
}

int state_write(struct embedded *e, uint8_t **out, size_t *nr)
{
    struct header *h = calloc(1, MAX_SIZE);
    struct record *r = (struct record *)(h + 1);
    struct x86_domain_info info;
    int rc = 0;

    if ( !h )
        return -ENOMEM;

    h->magic = MAGIC;
    h->host = hash(&e->policies, sizeof(e->policies));
    h->last = e->store.last;
    for ( uint32_t id = 1; !rc && !x86_domain_next(&e->store, id, &info);
          id = info.id + 1 )
        rc = write_domain(e, &info, &r[h->nr_domains++]);
    if ( rc )
    {
        free(h);
        return rc;
    }

    *out = (uint8_t *)h;
    *nr = sizeof(*h) + h->nr_domains * sizeof(*r);

    return 0;
}

static int restore_pauses(struct embedded *e,
                          const struct x86_domain_info *info)
{
    int rc = 0;

    if ( info->nr_pauses > X86_DOMAIN_MAX_PAUSES ||
         (!info->finished && !info->nr_pauses) )
        return -EINVAL;

    if ( info->finished )
        rc = x86_domain_unpause(&e->store, info->id);
    for ( uint32_t i = !info->finished; !rc && i < info->nr_pauses; i++ )
        rc = x86_domain_pause(&e->store, info->id);

    return rc;
}

static int read_domain(struct embedded *e, const struct record *in)
{
    const struct x86_policy_request all = {
        .abi = &x86_abi_full, .leaves = in->leaves, .msrs = in->msrs,
        .nr_leaves = X86_NR_SLOTS, .nr_msrs = X86_NR_MSR_SLOTS,
    };
    struct x86_domain_info info;
    int rc;

    if ( (in->flags & ~FLAGS_ALL) || in->max_phys_bits > UINT8_MAX ||
         !in->id || in->id >= X86_DOMID_FIRST_RESERVED )
        return -EINVAL;
    read_info(in, &info);

    rc = x86_domain_create(&e->store, info.id, &info.config, NULL);
    if ( rc < 0 )
        return rc;

    rc = 0;
    if ( info.policy_set )
        rc = x86_domain_set(&e->store, info.id, &all, &e->scratch.domain);
    if ( !rc && info.nr_vcpus )
        rc = x86_domain_add_vcpus(&e->store, info.id, info.nr_vcpus);

    return rc ? rc : restore_pauses(e, &info);
}

int state_read(struct embedded *e, const uint8_t *in, size_t nr)
{
    struct record *r = malloc(sizeof(*r));
    struct header h;
    int rc = 0;

    if ( !r )
        return -ENOMEM;

    if ( nr >= sizeof(h) )
        memcpy(&h, in, sizeof(h));
    if ( nr < sizeof(h) || h.magic != MAGIC ||
         h.host != hash(&e->policies, sizeof(e->policies)) ||
         h.last >= X86_DOMID_FIRST_RESERVED ||
         h.nr_domains >= EMBEDDED_MAX_DOMAINS ||
         nr != sizeof(h) + h.nr_domains * sizeof(*r) )
        rc = -EIO;

    for ( uint32_t i = 0; !rc && i < h.nr_domains; i++ )
    {
        memcpy(r, in + sizeof(h) + i * sizeof(*r), sizeof(*r));
        rc = read_domain(e, r);
    }
    if ( !rc )
        e->store.last = h.last;
    free(r);

    return rc ? -EIO : 0;
}

/* ---- the file --------------------------------------------------------- */

/*
 * Whoever had the lock before us may have replaced the file, so that we hold
 * the lock of one that is no longer there.
 */
static int lock_file(const char *path)
{
    struct stat ours, now;
    int fd;

    for ( ;; )
    {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if ( fd < 0 )
            return -errno;
        while ( flock(fd, LOCK_EX) )
            if ( errno != EINTR )
            {
                close(fd);
                return -EIO;
            }
        if ( !fstat(fd, &ours) && !stat(path, &now) &&
             ours.st_ino == now.st_ino && ours.st_dev == now.st_dev )
            return fd;
        close(fd);
    }
}

static int read_file(struct state *s)
{
    ssize_t n;

    s->was = malloc(MAX_SIZE + 1);
    if ( !s->was )
        return -ENOMEM;

    while ( s->nr_was <= MAX_SIZE )
    {
        n = read(s->fd, s->was + s->nr_was, MAX_SIZE + 1 - s->nr_was);
        if ( n < 0 && errno != EINTR )
            return -EIO;
        if ( n == 0 )
            break;
        if ( n > 0 )
            s->nr_was += n;
    }

    return 0;
}

static void state_free(struct state *s)
{
    if ( s->fd >= 0 )
        close(s->fd);           /* and with it the lock */
    free(s->was);
    free(s);
}

int state_open(struct embedded *e, struct state **out)
{
    struct state *s = calloc(1, sizeof(*s));
    int rc;

    if ( !s )
        return -ENOMEM;

    rc = s->fd = lock_file(e->state);
    if ( rc >= 0 )
        rc = read_file(s);
    if ( !rc )
        rc = embedded_reset(e);
    if ( !rc && s->nr_was )
        rc = state_read(e, s->was, s->nr_was);
    if ( rc )
    {
        embedded_complain("%s: %s", e->state, rc == -EIO
                          ? "damaged, or of another host" : strerror(-rc));
        state_free(s);
        return rc;
    }

    *out = s;

    return 0;
}

static int replace_file(const char *path, const uint8_t *data, size_t nr)
{
    char *temp;
    int fd, rc = 0;

    if ( asprintf(&temp, "%s.new", path) < 0 )
        return -ENOMEM;

    /* Under the lock, so that nobody else uses this name. */
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if ( fd < 0 || write(fd, data, nr) != (ssize_t)nr )
        rc = -EIO;
    if ( fd >= 0 && close(fd) )
        rc = -EIO;
    if ( !rc && rename(temp, path) )
        rc = -EIO;
    free(temp);

    return rc;
}

int state_close(struct embedded *e, struct state *s)
{
    uint8_t *now;
    size_t nr;
    int rc = state_write(e, &now, &nr);

    if ( !rc )
    {
        if ( nr != s->nr_was || memcmp(now, s->was, nr) )
            rc = replace_file(e->state, now, nr);
        free(now);
    }
    if ( rc )
        embedded_complain("%s: %s", e->state, strerror(-rc));
    state_free(s);

    return rc;
}
