/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw -> host max -> host default -> {pv,hvm} max -> {pv,hvm} default.
 *
 * Each stage copies the policy it stands on and applies the rows of one rule
 * table in order.  With a trace, every bit that a row changes is reported
 * with that row; without one, nothing is recorded.
 */
#ifndef ARCH_DERIVE_H
#define ARCH_DERIVE_H

#include <arch/cpuid-option.h>
#include <xen/lib/x86/unknown.h>

enum x86_policy_index {
    X86_POLICY_RAW,
    X86_POLICY_HOST_MAX,
    X86_POLICY_HOST_DEFAULT,
    X86_POLICY_PV_MAX,
    X86_POLICY_PV_DEFAULT,
    X86_POLICY_HVM_MAX,
    X86_POLICY_HVM_DEFAULT,
    X86_NR_POLICIES,
};

struct x86_policies {
    struct cpu_policy policy[X86_NR_POLICIES];
};

/* "raw", "host-max" ... as in the command line's contract. */
extern const char *const x86_policy_names[X86_NR_POLICIES];

/* The policy that a stage starts from; RAW starts from itself. */
enum x86_policy_index x86_policy_parent(enum x86_policy_index which);

struct x86_platform {
#define PLATFORM_FACT(name, option, meaning) bool name;
#include <arch/platform-facts.h>
#undef PLATFORM_FACT
    uint32_t microcode;         /* revision; 0: unknown */
    /* The input that a guess lacked; zero where the fact is certain. */
    struct {
#define PLATFORM_FACT(name, option, meaning) x86_input name;
#include <arch/platform-facts.h>
#undef PLATFORM_FACT
    } unknown;
};

struct x86_platform_fact {
    const char *option, *meaning;
    size_t offset;              /* of its bool in struct x86_platform */
    size_t unknown_offset;      /* of the input that its guess lacked */
};
extern const struct x86_platform_fact x86_platform_facts[];
extern const unsigned int x86_nr_platform_facts;

/*
 * What the raw policy suggests for every fact.  `unknown`: what it does not
 * state; NULL: it states everything.
 */
void x86_platform_guess(struct x86_platform *plat,
                        const struct cpu_policy *raw,
                        const struct x86_unknown *unknown);

/*
 * A row of the rule tables: who caused a change, and why.  `reference` names
 * the manual, advisory or erratum behind the reason, or is NULL.
 */
struct x86_rule;
const char *x86_rule_id(const struct x86_rule *r);
const char *x86_rule_reason(const struct x86_rule *r);
const char *x86_rule_reference(const struct x86_rule *r);

/* All rules in order; NULL past the end. */
const struct x86_rule *x86_rule_at(unsigned int i);

/*
 * A change of bits of one word (or MSR) by one rule.  `aux` says of what:
 * the missing prerequisite, the feature named on the command line, the
 * gate's feature; X86_NO_AUX if there is nothing to say.
 */
struct x86_change {
    enum x86_policy_index policy;
    bool is_msr;
    uint16_t index;             /* word, or MSR slot */
    uint16_t aux;
    uint64_t before, after;
    const struct x86_rule *rule;
    /*
     * Whether the rule applies cannot be told without this input, which was
     * not stated: of what it does, this is the part that is safe anyway.
     */
    x86_input unknown;
};

struct x86_trace {
    void (*change)(void *ctx, const struct x86_change *c);
    void *ctx;
};

/*
 * Clean one CPU's registers as read into a raw policy (dynamic bits, a lower
 * hypervisor's leaves, leaves out of range).  Traced if `trace`.
 */
void x86_raw_clean(struct cpu_policy *p, const struct x86_trace *trace);

/* Inputs of a derivation; `trace` and `opt` may be NULL. */
struct x86_derive_input {
    const struct cpu_policy *cpus;      /* cleaned; [0] is the boot CPU */
    unsigned int nr_cpus;               /* at least 1 */
    const struct x86_unknown *unknown;  /* of any of them; NULL: nothing */
    const struct x86_platform *plat;
    const struct x86_cpuid_option *opt;
    const struct x86_trace *trace;
};

/* Derive all policies.  Cannot fail. */
void x86_derive(struct x86_policies *out, const struct x86_derive_input *in);

/*
 * A difference between the boot CPU and another: bits of a word (or MSR)
 * that matter to a policy, dynamic and topology bits left out.
 */
struct x86_cpu_difference {
    unsigned int cpu;
    bool is_msr;
    uint16_t index;
    uint64_t boot, other, mask; /* mask: the bits that differ */
};
void x86_cpu_differences(const struct cpu_policy *boot,
                         const struct cpu_policy *other, unsigned int cpu,
                         void (*report)(void *ctx,
                                        const struct x86_cpu_difference *d),
                         void *ctx);

/* CPUID as a function, so that a policy can be read from anything. */
typedef void x86_cpuid_fn(void *ctx, uint32_t leaf, uint32_t subleaf,
                          struct x86_regs *out);

/*
 * Read every leaf that the tables know, within the CPU's own limits.  MSRs
 * stay zero.  Not cleaned yet.
 */
void x86_policy_read(struct cpu_policy *p, x86_cpuid_fn *cpuid, void *ctx);

/* The CPUID instruction itself, for x86_policy_read(). */
x86_cpuid_fn x86_cpuid_native;

#endif /* ARCH_DERIVE_H */
