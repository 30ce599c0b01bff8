/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shape of what xen/tools/gen-cpu-policy generates: counts and slot
 * numbers come from cpu-policy-gen.h, the data from cpu-policy-gen.c.
 *
 * A *slot* is the place of one (leaf, subleaf) in a policy; slots are in
 * ascending order of (leaf, subleaf), which is the order of serialisation.
 * A *word* is one 32-bit register of a slot: slot * 4 + register.
 */
#ifndef XEN_LIB_X86_TABLES_H
#define XEN_LIB_X86_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu-policy-gen.h"

#define X86_NR_WORDS (X86_NR_SLOTS * 4)

/* "No feature", where a feature value may stand. */
#define X86_NO_AUX 0xffffu

/* Registers of a leaf, as indices. */
enum { X86_REG_A, X86_REG_B, X86_REG_C, X86_REG_D };

/* XEN_CPUFEATURE() values: X86_FEATURE_FPU = 0*32+0 ... */
#define XEN_CPUFEATURE(name, value) X86_FEATURE_##name = value,
enum {
#include <public/arch-x86/cpufeatureset.h>
};
#undef XEN_CPUFEATURE

/* Vendors, each a bit so that a set of them can be tested at once. */
#define X86_VENDOR_UNKNOWN  0u
#define X86_VENDOR_INTEL    (1u << 0)
#define X86_VENDOR_AMD      (1u << 1)
#define X86_VENDOR_CENTAUR  (1u << 2)
#define X86_VENDOR_SHANGHAI (1u << 3)
#define X86_VENDOR_HYGON    (1u << 4)

/*
 * Three families of leaf layouts: Intel's (I), AMD's with Hygon (A), and
 * Centaur's with Shanghai (C), which also serves unknown vendors.
 */
enum x86_layout {
    X86_LAYOUT_INTEL, X86_LAYOUT_AMD, X86_LAYOUT_CENTAUR,
    X86_NR_LAYOUTS
};

enum x86_kind {
    X86_KIND_RESERVED,      /* must be zero */
    X86_KIND_FEATURE,       /* subset of the limit */
    X86_KIND_LIMIT,         /* number, at most the limit's */
    X86_KIND_EQUAL,         /* as the limit's */
    X86_KIND_CHOICE,        /* the toolstack's */
    X86_KIND_TOPOLOGY,      /* from the topology object */
    X86_KIND_DERIVED,       /* recomputed from other fields */
    X86_KIND_DYNAMIC,       /* follows a vCPU's live state: zero */
    X86_KIND_HIDDEN,        /* real, but never shown to a guest: zero */
    X86_KIND_OWN,           /* the CPU's own: follows the host */
    X86_NR_KINDS
};

/* How the valid subleaves of a leaf are known (docs/design/tables.md). */
enum x86_stop {
    X86_STOP_PLAIN, X86_STOP_TYPE_A, X86_STOP_TYPE_C, X86_STOP_MAX_A,
    X86_STOP_XSTATE, X86_STOP_BITMAP_A, X86_STOP_ALL,
};

struct x86_leaf_desc {
    uint32_t leaf;
    uint16_t first_slot;
    uint16_t nr_subleaves;      /* 0: plain, one slot */
    uint8_t stop;               /* enum x86_stop */
    const char *title;
};
extern const struct x86_leaf_desc x86_leaf_descs[X86_NR_LEAF_DESCS];

struct x86_slot_desc {
    uint32_t leaf, subleaf;     /* subleaf: 0xffffffff on a plain leaf */
};
extern const struct x86_slot_desc x86_slot_descs[X86_NR_SLOTS];

struct x86_msr_desc {
    uint32_t index;
    uint64_t storage;           /* bits that a policy holds */
    /* It exists on these, with this feature, and with one of these bits. */
    uint8_t layouts;
    uint8_t first_enable, nr_enables;   /* none: no such condition */
    uint16_t gate;              /* a feature, or X86_GATE_NONE */
    const char *name, *title;
};
extern const struct x86_msr_desc x86_msr_descs[X86_NR_MSR_SLOTS];

struct x86_msr_enable {
    uint8_t slot, bit;          /* of the MSR that says so */
};
extern const struct x86_msr_enable x86_msr_enables[X86_NR_MSR_ENABLES];

/*
 * Where a featureset word lives: slot and register, or, for the halves of
 * MSR 0x10a, slot == X86_WORD_IN_MSR, the MSR's slot, and which half.
 */
#define X86_WORD_IN_MSR 0xffffu
struct x86_word_desc {
    uint16_t slot;
    uint8_t reg;                /* X86_REG_*; for an MSR 0 low, 1 high half */
    uint8_t msr_slot;
    const char *abbrev;         /* "1d", "7b0", "m10Al": xen-cpuid's names */
};
extern const struct x86_word_desc x86_word_descs[X86_NR_FEATURE_WORDS];

/* One mask per property, indexed by featureset word. */
typedef uint32_t x86_featureset[X86_NR_FEATURE_WORDS];
extern const x86_featureset x86_features_known, x86_features_experimental,
    x86_features_accumulate,    /* OR over CPUs, hosts: `|` */
    x86_features_pv_def, x86_features_pv_max,
    x86_features_hvm_shadow_max,
    x86_features_hvm_hap_def, x86_features_hvm_hap_max,
    x86_features_deep;          /* those that others depend on */

/* Transitive dependents of each feature of x86_features_deep, ascending. */
struct x86_deep_dep {
    uint32_t feature;
    x86_featureset dependents;
};
extern const struct x86_deep_dep x86_deep_deps[X86_NR_DEEP_DEPS];

/* The rows of cpufeature-deps.h, sorted by (prerequisite, dependent). */
struct x86_direct_dep {
    uint16_t prerequisite, dependent;
    const char *reason;
};
extern const struct x86_direct_dep x86_direct_deps[X86_NR_DIRECT_DEPS];

/*
 * All features in ascending order of value, and the same sorted by name
 * (strcmp order) as indices into the first.  Names are the command line's:
 * lower case, '-' for '_'.
 */
struct x86_feature_desc {
    uint16_t value;             /* word * 32 + bit */
    uint8_t kind;               /* X86_KIND_FEATURE unless refined */
    const char *name;           /* "avx512f" */
    const char *attributes;     /* "!A|", without separators */
    const char *description;
};
extern const struct x86_feature_desc x86_feature_descs[X86_NR_FEATURES];
extern const uint16_t x86_feature_by_name[X86_NR_FEATURES];

/*
 * Fields that are not features.  Gates: a feature value, X86_GATE_NONE, or
 * X86_GATE_VPMU.  Rows are sorted by (first_slot, reg, lo); fields of MSRs
 * are in a table of their own, first_slot then being the MSR slot and lo, hi
 * reaching 63.
 */
#define X86_GATE_NONE 0xffffu
#define X86_GATE_VPMU 0xfffeu
struct x86_field_desc {
    uint16_t first_slot, nr_slots;
    uint8_t reg, lo, hi;
    uint8_t kind;
    uint8_t layouts;            /* bit per enum x86_layout */
    uint16_t gate;
    const char *name, *description;
};
extern const struct x86_field_desc x86_fields[X86_NR_FIELDS];
extern const struct x86_field_desc x86_msr_fields[X86_NR_MSR_FIELDS];

/*
 * Per layout and kind, the bits of each word of that kind.  Feature bits of
 * the featureset count under their kind too (FEATURE, DYNAMIC or OWN), so
 * that over all kinds every bit is in exactly one mask; bits that a layout
 * does not define are RESERVED.
 */
extern const uint32_t
    x86_kind_words[X86_NR_LAYOUTS][X86_NR_KINDS][X86_NR_WORDS];
extern const uint64_t
    x86_kind_msrs[X86_NR_LAYOUTS][X86_NR_KINDS][X86_NR_MSR_SLOTS];

/* What falls to zero when a gate's feature is absent, sorted by gate. */
struct x86_gate_mask {
    uint16_t gate;
    uint16_t word;              /* or the MSR slot, if is_msr */
    uint8_t layouts;
    bool is_msr;
    uint64_t mask;
};
extern const struct x86_gate_mask x86_gate_masks[X86_NR_GATE_MASKS];

/*
 * For the audit.  Bits that are zero in every policy (kinds RESERVED, HIDDEN,
 * DYNAMIC); those of kind EQUAL, and fields of kind LIMIT.
 */
extern const uint32_t x86_zero_words[X86_NR_LAYOUTS][X86_NR_WORDS];
extern const uint64_t x86_zero_msrs[X86_NR_LAYOUTS][X86_NR_MSR_SLOTS];

struct x86_equal_mask {
    uint8_t layouts;
    bool is_msr;
    uint16_t index;             /* word, or MSR slot */
    uint64_t mask;
};
extern const struct x86_equal_mask x86_equal_masks[X86_NR_EQUAL_MASKS];

struct x86_limit_field {
    uint8_t layouts;
    bool is_msr;
    uint16_t index;
    uint64_t mask;              /* one field's; compared in place */
};
extern const struct x86_limit_field x86_limit_fields[X86_NR_LIMIT_FIELDS];

#endif /* XEN_LIB_X86_TABLES_H */
