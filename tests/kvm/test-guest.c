/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests made in a real KVM: does a vCPU read what a template asks for, and
 * is what KVM makes of it told truly?
 *
 * Nothing here knows what the CPU can do.  Bits are flipped: whatever a guest
 * reads without a template, it has to read the opposite with one.  Bits that
 * only some kinds of KVM let go (those whose guests cannot be kept from
 * executing CPUID themselves force most of leaves 1 and 7) are not among them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/normalise.h"
#include "lab.h"
#include "source/kvm.h"
#include "template/ask-private.h"
#include "template/verify.h"

static struct kvm_host *host;
static struct cpu_template plain;       /* a guest without template */
static bool is_amd;

/* A guest of nr vCPUs; its configuration as a template. */
static int make(const struct cpu_template *t, unsigned int nr, bool smt,
                struct cpu_template *out, cpupolicy_error *err)
{
    const struct guest_question question = {
        .template = t, .nr_vcpus = nr, .smt = smt,
    };
    struct dump_cpu g = { 0 };
    int rc = ask_kvm_guest(host, &question, &g, err);

    if ( !rc )
    {
        rc = template_from_guest(&g, is_amd, out, err);
        dump_dispose_cpu(&g);
    }

    return rc;
}

static void find_vendor(void)
{
    uint32_t regs[4];

    normalise_native(NULL, 0, 0, regs);
    is_amd = !memcmp(&regs[1], "Auth", 4);
}

/* A template that fixes `mask` of one register of `config` to the opposite. */
static bool flip(const struct cpu_template *config,
                 const struct adjust_key *key, uint64_t mask,
                 struct cpu_template *out)
{
    struct adjustments map = { 0 }, one = { 0 };
    const struct adjustment *found;
    struct adjustment e;
    bool ok;

    if ( template_to_adjustments(config, &map, NULL) )
        return false;

    found = adjustments_find(&map, key);
    if ( !found )
    {
        adjustments_dispose(&map);
        return false;
    }

    e = *found;
    e.bits = (struct adjust_bits){
        { mask, 0 }, { ~found->bits.value[0] & mask, 0 },
    };
    one = (struct adjustments){ &e, 1, 1 };
    ok = !template_from_adjustments(&one, TEMPLATE_X86_64, out, NULL);
    adjustments_dispose(&map);

    return ok;
}

#define CPUID(leaf, subleaf, reg, flags) \
    { ADJUST_CPUID, reg, flags, (uint64_t)(leaf) << 32 | (subleaf) }
#define MSR(index) { ADJUST_MSR, 0, 0, index }

enum { EAX, EBX, ECX, EDX };

/* `taken`: a vCPU reads the flipped bits; else it reads the old ones. */
static const struct {
    const char *name;
    struct adjust_key key;
    uint64_t mask;
    bool taken;
} flips[] = {
    { "max-leaf", CPUID(0, 0, EAX, 0), 1, true },
    { "signature", CPUID(1, 0, EAX, 0), 0xf, true },
    { "leaf-1-ecx", CPUID(1, 0, ECX, 0), 1U << 2 | 1U << 4, true },
    { "leaf-1-edx", CPUID(1, 0, EDX, 0), 1U << 27, true },
    { "extended-edx", CPUID(0x80000001, 0, EDX, 0), 1U << 26, true },
    { "extended-ebx", CPUID(0x80000008, 0, EBX, 0), 1U << 9, true },
    { "kvm-clock-msr", MSR(0x4b564d00), 1, true },
    { "tsc-aux-like-msr", MSR(0x277), 1ULL << 8, true },

    /* Normalisation comes after a template. */
    { "normalised-hypervisor", CPUID(1, 0, ECX, 0), 1U << 31, false },
    { "normalised-clflush", CPUID(1, 0, EBX, 0), 0xff00, false },

    /* KVM keeps these in step with what the vCPU does. */
    { "live-osxsave", CPUID(1, 0, ECX, 0), 1U << 27, false },

    /* Booting sets these. */
    { "boot-lstar", MSR(0xc0000082), 1, false },
    { "boot-misc-enable", MSR(0x1a0), 1, false },
};

#define NR_FLIPS (sizeof(flips) / sizeof(flips[0]))

static void check_flip(size_t i)
{
    struct cpu_template t = { 0 }, config = { 0 };
    struct verify_report report = { 0 };
    cpupolicy_error err = { 0 };
    int rc;

    if ( !flip(&plain, &flips[i].key, flips[i].mask, &t) )
    {
        lab_case(false, flips[i].name, "a guest has no such register");
        return;
    }

    rc = make(&t, 1, false, &config, &err);
    if ( !rc )
        rc = template_verify(&t, &config, &report, &err);

    if ( rc )
        lab_case(false, flips[i].name, "%s", err.message);
    else if ( flips[i].taken )
        lab_case(!report.nr_mismatches, flips[i].name, "not taken");
    else
        lab_case(report.nr_mismatches == 1 &&
                 !adjust_key_compare(&report.mismatches[0].key,
                                     &flips[i].key),
                 flips[i].name, "%zu mismatches", report.nr_mismatches);

    verify_report_dispose(&report);
    template_dispose(&config);
    template_dispose(&t);
}

static const struct {
    const char *name, *text;
    int rc;
    const char *message;
} refusals[] = {
    { "unknown-leaf", "{\"cpuid_modifiers\":[{\"leaf\":\"0x1f00\","
      "\"subleaf\":\"0x1\",\"flags\":0,\"modifiers\":[]}]}", -ENOENT,
      "Leaf: 1f00, Subleaf: 1" },
    { "unknown-msr",
      "{\"msr_modifiers\":[{\"addr\":\"0x2\",\"bitmap\":\"x\"}]}", -EIO,
      "msr: 0x2" },
    { "unknown-capability", "{\"kvm_capabilities\":[\"65535\"]}",
      -EOPNOTSUPP, "0xffff" },
    { "foreign-vendor", "{\"cpuid_modifiers\":[{\"leaf\":\"0x0\","
      "\"subleaf\":\"0x0\",\"flags\":0,\"modifiers\":["
      "{\"register\":\"ebx\",\"bitmap\":\"1111111\"}]}]}", -EINVAL,
      "vendor" },
    { "aarch64", "{\"reg_modifiers\":[]}", -EINVAL, "aarch64" },
};

#define NR_REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

static void check_refusal(size_t i)
{
    struct cpu_template t = { 0 }, config = { 0 };
    cpupolicy_error err = { 0 };
    int rc = template_parse(refusals[i].text, strlen(refusals[i].text),
                            TEMPLATE_ANY, &t, &err);

    if ( !rc )
        rc = make(&t, 1, false, &config, &err);
    lab_case(rc == refusals[i].rc && strstr(err.message, refusals[i].message),
             refusals[i].name, "%d: %s", rc, err.message);
    template_dispose(&config);
    template_dispose(&t);
}

/* Dropped from the list, a capability that does not exist is no obstacle. */
static void check_capability_dropped(void)
{
    static const char text[] =
        "{\"kvm_capabilities\":[\"65535\",\"!65535\",\"!56\"]}";
    struct cpu_template t = { 0 }, config = { 0 };
    cpupolicy_error err = { 0 };
    int rc = template_parse(text, strlen(text), TEMPLATE_ANY, &t, &err);

    if ( !rc )
        rc = make(&t, 1, false, &config, &err);
    lab_case(!rc, "capability-dropped", "%s", err.message);
    template_dispose(&config);
    template_dispose(&t);
}

static const struct {
    const char *name;
    unsigned int nr;
    bool smt;
    struct adjust_key key;
    uint64_t mask, value;
} topologies[] = {
    { "package-of-1", 1, false, CPUID(1, 0, EBX, 0), 0xff0000, 1 << 16 },
    { "package-of-4", 4, true, CPUID(1, 0, EBX, 0), 0xff0000, 4 << 16 },
    { "core-level-of-1", 1, true, CPUID(0xb, 1, EBX, 1), ~0U, 1 },
    { "htt-of-4", 4, false, CPUID(1, 0, EDX, 0), 1U << 28, 1U << 28 },
    { "core-level-of-4", 4, true, CPUID(0xb, 1, EBX, 1), ~0U, 4 },
};

#define NR_TOPOLOGIES (sizeof(topologies) / sizeof(topologies[0]))

static void check_topology(size_t i)
{
    struct cpu_template config = { 0 };
    struct adjustments map = { 0 };
    const struct adjustment *e = NULL;
    cpupolicy_error err = { 0 };
    int rc = make(NULL, topologies[i].nr, topologies[i].smt, &config, &err);

    if ( !rc && !template_to_adjustments(&config, &map, &err) )
        e = adjustments_find(&map, &topologies[i].key);
    lab_case(e && (e->bits.value[0] & topologies[i].mask) ==
                  topologies[i].value, topologies[i].name, "%s: %#llx",
             err.message, e ? (unsigned long long)e->bits.value[0] : 0);
    adjustments_dispose(&map);
    template_dispose(&config);
}

static void check_supported(void)
{
    struct dump d = { 0 };
    cpupolicy_error err = { 0 };
    int rc = kvm_host_supported(host, &d, &err);
    const struct dump_cpu *cpu = rc ? NULL : &d.sections[0].cpus[0];

    lab_case(cpu && dump_find_leaf(cpu, 0, DUMP_NO_SUBLEAF) &&
             dump_find_leaf(cpu, 7, 0) && dump_find_leaf(cpu, 0x80000001,
                                                         DUMP_NO_SUBLEAF),
             "supported-leaves", "%s", err.message);
    lab_case(cpu && dump_find_msr(cpu, 0x8b), "supported-msrs", "%s",
             err.message);
    dump_dispose(&d);
}

int main(void)
{
    cpupolicy_error err = { 0 };

    find_vendor();
    if ( kvm_host_open(&host, &err) || make(NULL, 1, false, &plain, &err) )
        lab_give_up("%s", err.message);

    check_supported();
    for ( size_t i = 0; i < NR_FLIPS; i++ )
        check_flip(i);
    for ( size_t i = 0; i < NR_REFUSALS; i++ )
        check_refusal(i);
    check_capability_dropped();
    for ( size_t i = 0; i < NR_TOPOLOGIES; i++ )
        check_topology(i);

    template_dispose(&plain);
    kvm_host_close(host);

    return lab_finish(2 + NR_FLIPS + NR_REFUSALS + 1 + NR_TOPOLOGIES);
}
