/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A CPU policy, and everything that can be said of it without asking
 * anybody: conversion, dependencies, xstate, ranges.  Pure functions on
 * caller's storage: no heap, no globals, nothing printed.
 */
#ifndef XEN_LIB_X86_CPU_POLICY_H
#define XEN_LIB_X86_CPU_POLICY_H

#include <public/arch-x86/cpu-policy.h>

#include <xen/lib/x86/errno.h>
#include <xen/lib/x86/nospec.h>
#include <xen/lib/x86/tables.h>

#define __must_check __attribute__((__warn_unused_result__))

#define X86_NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF

/* The ranges of leaves that a policy holds. All in between have a slot. */
#define X86_MAX_BASIC_LEAF 0x24U
#define X86_MAX_EXT_LEAF   0x80000026U
#define X86_HV_LEAF        0x40000000U
#define X86_HV2_LEAF       0x40000100U
#define X86_CENTAUR_LEAF   0xc0000000U

struct x86_regs {
    uint32_t a, b, c, d;
};

/*
 * One value for every (leaf, subleaf) and MSR of the tables.  `vendor` is
 * derived from leaf 0 and never serialised.
 */
struct cpu_policy {
    union {
        struct x86_regs leaf[X86_NR_SLOTS];
        uint32_t word[X86_NR_WORDS];
    };
    uint64_t msr[X86_NR_MSR_SLOTS];
    uint32_t vendor;            /* one X86_VENDOR_* */
    uint32_t pad;               /* zero: policies are compared with memcmp */
};

/* Word index of a register of a leaf without subleaves, or of its first. */
#define X86_WORD(leaf_hex, reg) (X86_SLOT_##leaf_hex * 4 + X86_REG_##reg)

/* ---- identification ------------------------------------------------- */

/* X86_VENDOR_* of the twelve characters in leaf 0's ebx, edx, ecx. */
uint32_t x86_vendor_lookup(uint32_t ebx, uint32_t ecx, uint32_t edx);

/* "Intel", "AMD", ... "Unknown". */
const char *x86_vendor_name(uint32_t vendor);

/* Whose layout of leaves a vendor uses. */
static inline enum x86_layout x86_vendor_layout(uint32_t vendor)
{
    switch ( vendor )
    {
    case X86_VENDOR_INTEL:
        return X86_LAYOUT_INTEL;

    case X86_VENDOR_AMD:
    case X86_VENDOR_HYGON:
        return X86_LAYOUT_AMD;

    default:
        return X86_LAYOUT_CENTAUR;
    }
}

/* Re-derive `vendor` after leaf 0 has changed. */
void x86_policy_recalc_vendor(struct cpu_policy *p);

/* Display family and model from a signature (SDM vol 2, CPUID.1:EAX). */
uint32_t x86_family(uint32_t signature);
uint32_t x86_model(uint32_t signature);

/* ---- fields --------------------------------------------------------- */

/*
 * What is at a bit of a word (slot * 4 + register) or MSR slot: the feature,
 * or X86_NO_AUX; the field in this layout, or NULL.  With neither, the bit is
 * reserved.
 */
uint16_t x86_feature_at(bool is_msr, uint16_t index, unsigned int bit);
const struct x86_field_desc *x86_field_find(enum x86_layout layout,
                                            bool is_msr, uint16_t index,
                                            unsigned int bit);

/* ---- leaves --------------------------------------------------------- */

/*
 * The descriptor of a leaf, or NULL if the tables have no such leaf.
 *
 * Descriptors stand in the order of their leaves without a hole in any of
 * the four ranges, so that the place follows from the number (asserted by
 * the unit tests over all descriptors).  The number may be a guest's.
 */
static inline const struct x86_leaf_desc *x86_leaf_find(uint32_t leaf)
{
    const unsigned int hv = X86_MAX_BASIC_LEAF + 1, ext = hv + 2;
    const unsigned int centaur = ext + (X86_MAX_EXT_LEAF & 0xffff) + 1;
    unsigned int i;

    if ( leaf <= X86_MAX_BASIC_LEAF )
        i = leaf;
    else if ( leaf - 0x80000000U <= X86_MAX_EXT_LEAF - 0x80000000U )
        i = ext + (leaf & 0xffff);
    else if ( leaf == X86_HV_LEAF || leaf == X86_HV2_LEAF )
        i = hv + (leaf == X86_HV2_LEAF);
    else if ( leaf >= X86_CENTAUR_LEAF &&
              leaf - X86_CENTAUR_LEAF < X86_NR_LEAF_DESCS - centaur )
        i = centaur + (leaf - X86_CENTAUR_LEAF);
    else
        return NULL;

    return &x86_leaf_descs[__builtin_constant_p(i) ? i
                           : x86_index_nospec(i, X86_NR_LEAF_DESCS)];
}

/*
 * The slot of (leaf, subleaf), or -ERANGE.  A leaf without subleaves wants
 * X86_NO_SUBLEAF, one with subleaves a number below its capacity.
 */
int x86_slot_find(uint32_t leaf, uint32_t subleaf) __must_check;

/* The slot of an MSR, or -ERANGE. */
int x86_msr_slot_find(uint32_t index) __must_check;

/* Whether a subleaf of type zero ends the list here: a cache's, a level's. */
static inline bool x86_leaf_ends_list(unsigned int stop,
                                      const struct x86_regs *r)
{
    return (stop == X86_STOP_TYPE_A && !(r->a & 0x1f)) ||
           (stop == X86_STOP_TYPE_C && !(r->c & 0xff00));
}

/*
 * How many subleaves of a leaf are valid in this policy, by the leaf's stop
 * rule, terminating subleaf included; 1 for a plain leaf.
 */
unsigned int x86_leaf_count(const struct cpu_policy *p,
                            const struct x86_leaf_desc *d);

/* A field's number; its mask has a name (cpu-policy-gen.h). */
static inline uint32_t x86_field(uint32_t word, uint32_t mask)
{
    return (word & mask) / (mask & -mask);
}

/* Whether the leaf is within its range's maximum in this policy. */
static inline bool x86_leaf_in_range(const struct cpu_policy *p,
                                     uint32_t leaf)
{
    if ( leaf >= X86_CENTAUR_LEAF )
    {
        uint32_t max = p->leaf[X86_SLOT_C0000000].a;

        return max >= X86_CENTAUR_LEAF && leaf <= max;
    }

    /* The first extended leaf exists on everything a policy is for. */
    if ( leaf >= 0x80000000U )
        return (leaf & 0xffff) <= (p->leaf[X86_SLOT_80000000].a & 0xffff);

    if ( leaf >= X86_HV_LEAF )
        return true;

    return leaf <= p->leaf[X86_SLOT_0].a;
}

/* Whether the policy shows a slot: its leaf, and its subleaf. */
bool x86_slot_in_range(const struct cpu_policy *p, unsigned int slot);

/* Zero what a leaf has beyond its range's maximum or its list's end. */
void x86_leaf_trim(struct cpu_policy *p, const struct x86_leaf_desc *d);

/*
 * Zero whatever lies beyond max leaves and after terminators, so that what
 * is left is what serialisation shows.
 */
void x86_policy_trim(struct cpu_policy *p);

/* ---- featuresets ---------------------------------------------------- */

static inline bool x86_feature_test(const x86_featureset fs, unsigned int f)
{
    return fs[f / 32] & (1u << (f % 32));
}

static inline void x86_feature_set(x86_featureset fs, unsigned int f)
{
    fs[f / 32] |= 1u << (f % 32);
}

static inline void x86_feature_clear(x86_featureset fs, unsigned int f)
{
    fs[f / 32] &= ~(1u << (f % 32));
}

void x86_policy_to_featureset(const struct cpu_policy *p, x86_featureset fs);

/* Replaces all bits of all featureset registers. */
void x86_featureset_to_policy(const x86_featureset fs, struct cpu_policy *p);

static inline bool x86_policy_has(const struct cpu_policy *p,
                                  unsigned int feature)
{
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];
    uint32_t bit = 1u << (feature % 32);

    if ( w->slot == X86_WORD_IN_MSR )
        return (p->msr[w->msr_slot] >> (w->reg * 32)) & bit;

    return p->word[w->slot * 4 + w->reg] & bit;
}

/* The entry of a feature value, or NULL if the tables do not know it. */
const struct x86_feature_desc *x86_feature_find(unsigned int feature);

/* By command-line name, `len` characters, not NUL-terminated; NULL: none. */
const struct x86_feature_desc *x86_feature_lookup(const char *name,
                                                  size_t len);

/* Levenshtein distance; of names longer than any of ours: X86_NAME_FAR. */
#define X86_NAME_FAR (~0u)
unsigned int x86_name_distance(const char *a, size_t la,
                               const char *b, size_t lb);

/*
 * Up to `nr` names like `name`, nearest first (edit distance, at most a third
 * of the name).  Returns how many.
 */
unsigned int x86_feature_nearest(const char *name, size_t len,
                                 const struct x86_feature_desc **out,
                                 unsigned int nr);

/* ---- dependencies --------------------------------------------------- */

/* Transitive dependents of a feature, or NULL if it has none. */
const uint32_t *x86_deep_deps_lookup(unsigned int feature);

/* Clear every feature of which a prerequisite is missing. */
void x86_featureset_close(x86_featureset fs);

/* Set every feature that the set ones need, transitively. */
void x86_featureset_add_prerequisites(x86_featureset fs);

/*
 * The shortest chain of direct dependencies from `from` to `to`, both
 * included, into `path`.  Returns its length, 0 if there is none, at most
 * X86_MAX_CHAIN.
 */
#define X86_MAX_CHAIN 24
unsigned int x86_dependency_chain(unsigned int from, unsigned int to,
                                  uint16_t path[X86_MAX_CHAIN]);

/* ---- derived fields ------------------------------------------------- */

/* XCR0 and XSS components that the policy's features call for. */
uint64_t x86_xstate_user(const struct cpu_policy *p);
uint64_t x86_xstate_supervisor(const struct cpu_policy *p);

/* The components of leaf 0xd as the policy states them. */
uint64_t x86_xstate_stated(const struct cpu_policy *p);

/*
 * Rebuild leaf 0xd from the policy's features, sizes and offsets from `hw`
 * (raw: the layout is the hardware's).  `hw` may be `p` itself.
 */
void x86_policy_recalc_xstate(struct cpu_policy *p,
                              const struct cpu_policy *hw);

/* Leaf 0xa, made to agree with its version and with the limit's PMU. */
void x86_pmu_settle(struct x86_regs *l, const struct x86_regs *limit);

/*
 * VMX controls that must be one have to be among those that may be, and those
 * that any CPU insists on.  The i-th set of them: bits that must be and may
 * not, as bits of MSR slot *slot; of what is not recomputed anyway.
 */
#define X86_NR_VMX_CONTROLS 4
uint64_t x86_vmx_denied(const struct cpu_policy *p, unsigned int i,
                        unsigned int *slot);
bool x86_vmx_plausible(const struct cpu_policy *p);

/*
 * What a VMX control needs besides being offered (vmx-rules.h).  A need is
 * met where none of the bits is set, too.
 */
struct x86_vmx_need {
    uint64_t mask;
    uint8_t slot, what, other, bit;
    uint16_t feature[2];        /* either of them; X86_NO_AUX: no feature */
};
extern const struct x86_vmx_need x86_vmx_needs[];
extern const unsigned int x86_nr_vmx_needs;
bool x86_vmx_need_met(const struct cpu_policy *p,
                      const struct x86_vmx_need *n);

/* Whether another MSR's bits say that this one exists (XEN_MSR_ENABLE). */
bool x86_msr_is_enabled(const struct cpu_policy *p, unsigned int slot);

/*
 * What a VMX MSR has to be, going by features and the other VMX MSRs: itself,
 * if it has no DERIVED bits.  `limit` has what the hardware insists on; if it
 * has no VMX MSRs at all, they are not known, and are 0.
 */
uint64_t x86_vmx_derived(const struct cpu_policy *p,
                         const struct cpu_policy *limit, unsigned int slot);

/*
 * Drop what lacks what it needs, and rebuild what is DERIVED, until nothing
 * is left to do.
 */
void x86_policy_recalc_vmx(struct cpu_policy *p,
                           const struct cpu_policy *limit);

/*
 * Fields behind a gate are 0 without the feature that they describe: of one
 * row of x86_gate_masks, returning whether the gate is shut; and of all.
 */
bool x86_gate_shut(struct cpu_policy *p, const struct x86_gate_mask *g,
                   enum x86_layout layout, bool vpmu);
void x86_policy_shut_gates(struct cpu_policy *p, enum x86_layout layout,
                           bool vpmu);

/* Rebuild the other DERIVED fields from the rest of the policy. */
void x86_policy_recalc_derived(struct cpu_policy *p);

/*
 * Bits of kind OWN that the policy shows become the host's.  The audit leaves
 * them alone: they are neither refused nor promised.
 */
void x86_policy_take_own(struct cpu_policy *p, const struct cpu_policy *host);

/*
 * After an edit of features: rebuild what follows from them.  Fields whose
 * gate is shut become 0, those of a gate just opened the limit's; highest
 * leaves rise to what the features need; leaf 0xd and the DERIVED fields are
 * recomputed.  Features themselves stay as they are.
 */
void x86_policy_follow(struct cpu_policy *p, const struct cpu_policy *limit,
                       bool vpmu);

/* ---- serialisation -------------------------------------------------- */

/*
 * Which leaves and MSRs travel.  Xen's ABI stops at 0xd and 0x80000021, has
 * no subleaves above 0x80000000 and knows two MSRs.
 */
struct x86_abi {
    uint32_t max_basic, max_ext;
    bool ext_subleaves;
    bool all_msrs;
    uint32_t max_leaves, max_msrs;      /* what a buffer must hold */
};
extern const struct x86_abi x86_abi_full, x86_abi_xen;

/*
 * Write the policy's leaves in ascending order.  *nr: in the capacity of
 * `out`, on success the number written.  -ENOBUFS: too small, *nr and *out
 * untouched.
 */
int x86_policy_to_leaves(const struct cpu_policy *p, const struct x86_abi *abi,
                         struct xen_cpu_policy_leaf *out, uint32_t *nr)
    __must_check;
int x86_policy_to_msrs(const struct cpu_policy *p, const struct x86_abi *abi,
                       struct xen_cpu_policy_msr *out, uint32_t *nr)
    __must_check;

/* Where a request failed: all ones where unknown (Xen's err_* fields). */
struct x86_policy_error {
    uint32_t leaf, subleaf, msr;
};
#define X86_POLICY_ERROR_INIT { ~0u, ~0u, ~0u }

/*
 * Merge entries into a policy.  Entries not mentioned keep their value; the
 * last of duplicates wins.  All or nothing.  -E2BIG: more entries than the
 * ABI allows; -ERANGE: leaf, subleaf or MSR unknown; -EINVAL: MSR flags not
 * zero; -EOVERFLOW: MSR value wider than its storage.  `err` may be NULL.
 */
int x86_policy_from_leaves(struct cpu_policy *p, const struct x86_abi *abi,
                           const struct xen_cpu_policy_leaf *in, uint32_t nr,
                           struct x86_policy_error *err) __must_check;
int x86_policy_from_msrs(struct cpu_policy *p, const struct x86_abi *abi,
                         const struct xen_cpu_policy_msr *in, uint32_t nr,
                         struct x86_policy_error *err) __must_check;

#endif /* XEN_LIB_X86_CPU_POLICY_H */
