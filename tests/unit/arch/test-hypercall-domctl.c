/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain control: building domains through hypercalls, and what goes wrong. */
#include "hypercall-memory.h"

Suite *suite_hypercall_domctl(void);

#define VERSION XEN_CTL_DOMCTL_VERSION_4_17

static struct xen_ctl_domctl op_for(uint32_t cmd, uint16_t domain)
{
    return (struct xen_ctl_domctl){
        .cmd = cmd, .interface_version = VERSION, .domain = domain,
    };
}

static int call(uint32_t cmd, uint16_t domain)
{
    struct xen_ctl_domctl op = op_for(cmd, domain);

    return domctl_call(&op);
}

static struct xen_ctl_domctl create_op(uint32_t flags, uint16_t domain)
{
    struct xen_ctl_domctl op = op_for(XEN_CTL_DOMCTL_CREATE_DOMAIN, domain);

    op.u.create_domain.flags = flags;
    op.u.create_domain.max_vcpus = 1;
    op.u.create_domain.handle[15] = 0xab;

    return op;
}

static struct x86_domain_info info(uint32_t id)
{
    struct x86_domain_info i;

    ck_assert_int_eq(x86_domain_info(&t.store, id, &i), 0);

    return i;
}

/* ---- any command ------------------------------------------------------ */

static const struct {
    const char *name;
    int rc;
    uint32_t cmd, version;
    uint16_t domain;
    bool unprivileged;
} heads[] = {
    { "version 0", -EACCES, 5, 0, 0, false },
    { "4.18's", 0, 5, 0x16, 0, false },
    { "4.19's to 4.21's", 0, 5, 0x17, 0, false },
    { "one too new", -EACCES, 5, 0x19, 0, false },
    { "today's", 0, 5, 0x18, 0, false },
    { "whole policies", 0, 5, XEN_CTL_DOMCTL_VERSION_FULL, 0, false },
    { "unknown command", -ENOSYS, 11, VERSION, 0, false },
    { "retired command", -ENOSYS, 49, VERSION, 0, false },
    { "unknown command for no domain", -ESRCH, 11, VERSION, 9, false },
    { "not privileged", -EPERM, 5, VERSION, 0, true },
    { "version before privilege", -EACCES, 5, 0x14, 0, true },
    { "all right", 0, 5, VERSION, 0, false },
};

START_TEST(domctl_head_is_checked)
{
    struct xen_ctl_domctl op = {
        .cmd = heads[_i].cmd, .interface_version = heads[_i].version,
        .domain = heads[_i].domain,
    }, was = op;
    int rc;

    t.caller.privileged = !heads[_i].unprivileged;
    rc = domctl_call(&op);
    ck_assert_msg(rc == heads[_i].rc, "%s: %d", heads[_i].name, rc);
    if ( rc )
        ck_assert_mem_eq(&op, &was, sizeof(op));
}
END_TEST

START_TEST(domctl_structure_with_a_bad_byte_efault)
{
    for ( t.hole = AT_OP; t.hole < AT_OP + sizeof(struct xen_ctl_domctl);
          t.hole++ )
        ck_assert_int_eq(call(XEN_CTL_DOMCTL_GET_DOMAIN_INFO, 0), -EFAULT);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_GET_DOMAIN_INFO, 0), 0);
}
END_TEST

static const uint32_t of_a_domain[] = {
    XEN_CTL_DOMCTL_DESTROY_DOMAIN, XEN_CTL_DOMCTL_PAUSE_DOMAIN,
    XEN_CTL_DOMCTL_UNPAUSE_DOMAIN, XEN_CTL_DOMCTL_GET_DOMAIN_INFO,
    XEN_CTL_DOMCTL_MAX_VCPUS, XEN_CTL_DOMCTL_GET_ADDRESS_SIZE,
    XEN_CTL_DOMCTL_GET_CPU_POLICY, XEN_CTL_DOMCTL_SET_CPU_POLICY,
    XEN_CTL_DOMCTL_AUDIT_CPU_POLICY,
};

START_TEST(domctl_of_no_domain_esrch)
{
    ck_assert_int_eq(call(of_a_domain[_i], 7), -ESRCH);
    ck_assert_int_eq(call(of_a_domain[_i], 0xffff), -ESRCH);
}
END_TEST

/* ---- life ------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t flags;
    bool hvm, hap, vpmu, no_pv, no_hvm;     /* the host has / is without */
    int rc;
} creations[] = {
    { "PV", 0, 1, 1, 1, 0, 0, 0 },
    { "HVM", 1, 1, 1, 1, 0, 0, 0 },
    { "HVM with HAP", 3, 1, 1, 1, 0, 0, 0 },
    { "all that is", 0xff, 1, 1, 1, 0, 0, 0 },
    { "PV with vPMU", 0x80, 1, 1, 1, 0, 0, 0 },
    { "PV without VMX", 0, 0, 0, 0, 0, 1, 0 },
    { "HVM without VMX", 1, 0, 1, 1, 0, 0, -EINVAL },
    { "HVM in a build without", 1, 1, 1, 1, 0, 1, -EINVAL },
    { "PV in a build without", 0, 1, 1, 1, 1, 0, -EINVAL },
    { "HAP without EPT", 3, 1, 0, 1, 0, 0, -EINVAL },
    { "vPMU without", 0x81, 1, 1, 0, 0, 0, -EINVAL },
    { "PV with HAP", 2, 1, 1, 1, 0, 0, -EINVAL },
    { "nested PV", 0x40, 1, 1, 1, 0, 0, -EINVAL },
    { "flag of ARM", 0x100, 1, 1, 1, 0, 0, -EINVAL },
    { "highest flag", 1u << 31, 1, 1, 1, 0, 0, -EINVAL },
};

START_TEST(create_domain_takes_what_the_host_can_run)
{
    struct xen_ctl_domctl op = create_op(creations[_i].flags, 0);
    struct x86_domain_info i;
    int rc;

    t.host.platform.hvm = creations[_i].hvm;
    t.host.platform.hap = creations[_i].hap;
    t.host.platform.vpmu = creations[_i].vpmu;
    t.hv.no_pv = creations[_i].no_pv;
    t.hv.no_hvm = creations[_i].no_hvm;
    rc = domctl_call(&op);
    ck_assert_msg(rc == creations[_i].rc, "%s: %d", creations[_i].name, rc);
    check_read_once();
    if ( rc )
    {
        ck_assert_int_eq(x86_domain_next(&t.store, 1, &i), -ESRCH);
        return;
    }
    ck_assert_uint_eq(op.domain, 1);
    i = info(1);
    ck_assert_uint_eq(i.config.kind.hvm, creations[_i].flags & 1);
    ck_assert_uint_eq(i.config.kind.hap, creations[_i].flags >> 1 & 1);
    ck_assert_uint_eq(i.config.kind.nested, creations[_i].flags >> 6 & 1);
    ck_assert_uint_eq(i.config.kind.vpmu, creations[_i].flags >> 7 & 1);
    ck_assert_uint_eq(i.config.handle[15], 0xab);
}
END_TEST

/*
 * Where the flags stand: their byte offset in struct xen_domctl_createdomain
 * of public/domctl.h (and arch-x86/xen.h) of the releases that have the
 * version, counted there.
 */
static const struct {
    uint32_t version;
    unsigned int emulation_flags, misc_flags;
} layouts[] = {
    { 0x15, 56, 60 }, { 0x16, 56, 60 }, { 0x17, 60, 64 }, { 0x18, 60, 64 },
};

START_TEST(create_domain_reads_the_versions_layout)
{
    struct xen_ctl_domctl op = create_op(1, XEN_CTL_DOMID_ANY);
    uint8_t *bytes = (uint8_t *)&op.u.create_domain;

    op.interface_version = layouts[_i].version;
    memset(op.u.create_domain.tail, 0xee, sizeof(op.u.create_domain.tail));
    memcpy(bytes + layouts[_i].emulation_flags, &(uint32_t){ 0x11 }, 4);
    memcpy(bytes + layouts[_i].misc_flags, &(uint32_t){ 0x22 }, 4);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(info(1).config.emulation_flags, 0x11);
    ck_assert_uint_eq(info(1).config.misc_flags, 0x22);
}
END_TEST

/* Xen 4.22's domid_alloc(): one wildcard, and 0 is dom0. */
static const struct {
    uint32_t version;
    uint16_t id;
    int rc;
    uint16_t got;
} ids[] = {
    { 0x15, 0, 0, 1 }, { 0x15, 0x7ff4, 0, 1 }, { 0x15, 0x7ff5, 0, 1 },
    { 0x16, 0, 0, 1 }, { 0x17, 0, 0, 1 }, { 0x17, 0x7ff4, 0, 1 },
    { 0x18, 0, -EEXIST, 0 }, { 0x18, 0x7ff4, -EEXIST, 0x7ff4 },
    { 0x18, 0xffff, -EEXIST, 0xffff }, { 0x18, 0x7ff0, -EEXIST, 0x7ff0 },
    { 0x18, 0x7ff5, 0, 1 }, { 0x18, 9, 0, 9 },
};

START_TEST(create_domain_takes_the_versions_wildcards)
{
    struct xen_ctl_domctl op = create_op(0, ids[_i].id);

    op.interface_version = ids[_i].version;
    ck_assert_int_eq(domctl_call(&op), ids[_i].rc);
    ck_assert_uint_eq(op.domain, ids[_i].got);
}
END_TEST

START_TEST(create_domain_with_ids)
{
    static const uint16_t any[] = { 0, 0x7ff0, 0xffff };
    struct xen_ctl_domctl op = create_op(0, 77), was = op;

    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.domain, 77);
    op = was;
    ck_assert_int_eq(domctl_call(&op), -EEXIST);
    ck_assert_mem_eq(&op, &was, sizeof(op));

    op = create_op(0, any[_i]);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.domain, 1);
    op = create_op(0, 0x7fef);
    ck_assert_int_eq(domctl_call(&op), 0);
    op = create_op(0, 0);
    ck_assert_int_eq(domctl_call(&op), -ENOMEM);

    op = create_op(0, 0);
    op.u.create_domain.max_vcpus = 0;
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
}
END_TEST

/* What the caller cannot be told of must not stay behind. */
static int read_only_copy_to(void *ctx, uint64_t to, const void *from,
                             size_t size)
{
    (void)ctx, (void)to, (void)from, (void)size;
    return -EFAULT;
}

START_TEST(create_domain_that_cannot_answer_leaves_no_domain)
{
    struct xen_ctl_domctl op = create_op(0, 0);
    struct x86_domain_info i;

    t.caller.copy_to = read_only_copy_to;
    ck_assert_int_eq(domctl_call(&op), -EFAULT);
    ck_assert_int_eq(x86_domain_next(&t.store, 1, &i), -ESRCH);
}
END_TEST

/* What others do while the hypercall writes its answer. */
static struct {
    uint32_t id;
    int destroyed, created;
} others;

static int others_come_between(void *ctx, uint64_t to, const void *from,
                               size_t size)
{
    const struct x86_domain_config config = { .max_vcpus = 3 };
    const struct xen_ctl_domctl *op = from;

    (void)ctx;
    (void)to;
    ck_assert_uint_eq(size, sizeof(*op));
    others.id = op->domain;
    others.destroyed = x86_domain_destroy(&t.store, others.id);
    others.created = x86_domain_create(&t.store, others.id, &config, NULL);

    return -EFAULT;
}

/* It is not to be found before its id is told, nor is another one there. */
START_TEST(create_domain_that_cannot_answer_leaves_others_alone)
{
    const struct x86_domain_config config = { .max_vcpus = 1 };
    struct xen_ctl_domctl op = create_op(0, 0);
    struct x86_domain_info info;

    t.caller.copy_to = others_come_between;
    ck_assert_int_eq(domctl_call(&op), -EFAULT);
    if ( others.created >= 0 )
    {
        /* Theirs by now, and it stays. */
        ck_assert_int_eq(x86_domain_info(&t.store, others.id, &info), 0);
        ck_assert_uint_eq(info.config.max_vcpus, 3);
        return;
    }

    ck_assert_int_eq(others.destroyed, -ESRCH);
    ck_assert_int_eq(others.created, -EEXIST);
    ck_assert_int_eq(x86_domain_info(&t.store, others.id, &info), -ESRCH);
    /* Neither its id nor its place is lost: three of four are free. */
    ck_assert_int_eq(x86_domain_create(&t.store, others.id, &config, NULL),
                     (int)others.id);
    for ( unsigned int i = 0; i < 2; i++ )
        ck_assert_int_ge(x86_domain_create(&t.store, X86_DOMID_ANY, &config,
                                           NULL), 0);
}
END_TEST

START_TEST(domain_lives_from_create_to_destroy)
{
    struct xen_ctl_domctl op = create_op(3, 0);
    const struct xen_ctl_domain_info *d = &op.u.domain_info;

    ck_assert_int_eq(domctl_call(&op), 0);
    op = op_for(XEN_CTL_DOMCTL_MAX_VCPUS, 1);
    op.u.max_vcpus.max = 2;
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
    op.u.max_vcpus.max = 1;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_PAUSE_DOMAIN, 1), 0);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_UNPAUSE_DOMAIN, 1), 0);
    ck_assert(!info(1).finished);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_UNPAUSE_DOMAIN, 1), 0);
    ck_assert(info(1).finished);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_UNPAUSE_DOMAIN, 1), -EINVAL);

    op = op_for(XEN_CTL_DOMCTL_GET_DOMAIN_INFO, 1);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(d->flags, XEN_CTL_INFO_HVM | XEN_CTL_INFO_HAP |
                                XEN_CTL_INFO_RUNNING);
    ck_assert_uint_eq(d->nr_online_vcpus, 1);
    ck_assert_uint_eq(d->max_vcpu_id, 0);

    ck_assert_int_eq(call(XEN_CTL_DOMCTL_DESTROY_DOMAIN, 1), 0);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_DESTROY_DOMAIN, 1), -ESRCH);
}
END_TEST

/* As in Xen: libxenctrl walks the domains so. */
START_TEST(get_domain_info_of_none_is_the_next_ones)
{
    struct xen_ctl_domctl op = create_op(0, 40);

    ck_assert_int_eq(domctl_call(&op), 0);
    op = op_for(XEN_CTL_DOMCTL_GET_DOMAIN_INFO, 1);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.domain, 40);
    ck_assert_uint_eq(op.u.domain_info.domain, 40);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_GET_DOMAIN_INFO, 41), -ESRCH);
}
END_TEST

START_TEST(domain_does_not_pause_or_destroy_itself)
{
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_PAUSE_DOMAIN, 0), -EINVAL);
    ck_assert_int_eq(call(XEN_CTL_DOMCTL_DESTROY_DOMAIN, 0), -EINVAL);
    ck_assert_uint_eq(info(0).nr_pauses, 0);
}
END_TEST

START_TEST(address_size_is_32_or_64_bits)
{
    static const struct {
        uint32_t size;
        int rc;
    } sizes[] = {
        { 0, -EINVAL }, { 16, -EINVAL }, { 32, 0 }, { 32, 0 },
        { 33, -EINVAL }, { 64, 0 }, { ~0u, -EINVAL },
    };
    struct xen_ctl_domctl op = create_op(0, 0);

    ck_assert_int_eq(domctl_call(&op), 0);
    for ( unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++ )
    {
        op = op_for(XEN_CTL_DOMCTL_SET_ADDRESS_SIZE, 1);
        op.u.address_size.size = sizes[i].size;
        ck_assert_int_eq(domctl_call(&op), sizes[i].rc);
        op = op_for(XEN_CTL_DOMCTL_GET_ADDRESS_SIZE, 1);
        ck_assert_int_eq(domctl_call(&op), 0);
        if ( !sizes[i].rc )
            ck_assert_uint_eq(op.u.address_size.size, sizes[i].size);
    }
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof(table[0]))

Suite *suite_hypercall_domctl(void)
{
    Suite *s = suite_create("hypercall_domctl");
    TCase *tc = tcase_create("life");

    tcase_add_checked_fixture(tc, hypercall_setup_intel, NULL);
    tcase_add_loop_test(tc, domctl_head_is_checked, 0, ROWS(heads));
    tcase_add_test(tc, domctl_structure_with_a_bad_byte_efault);
    tcase_add_loop_test(tc, domctl_of_no_domain_esrch, 0, ROWS(of_a_domain));
    tcase_add_loop_test(tc, create_domain_takes_what_the_host_can_run, 0,
                        ROWS(creations));
    tcase_add_loop_test(tc, create_domain_reads_the_versions_layout, 0,
                        ROWS(layouts));
    tcase_add_loop_test(tc, create_domain_takes_the_versions_wildcards, 0,
                        ROWS(ids));
    tcase_add_loop_test(tc, create_domain_with_ids, 0, 3);
    tcase_add_test(tc, create_domain_that_cannot_answer_leaves_no_domain);
    tcase_add_test(tc, create_domain_that_cannot_answer_leaves_others_alone);
    tcase_add_test(tc, domain_lives_from_create_to_destroy);
    tcase_add_test(tc, get_domain_info_of_none_is_the_next_ones);
    tcase_add_test(tc, domain_does_not_pause_or_destroy_itself);
    tcase_add_test(tc, address_size_is_32_or_64_bits);
    suite_add_tcase(s, tc);

    return s;
}
