/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What gen-cpu-policy knows after reading the tables.  The meaning of the
 * rows is in docs/design/tables.md, the shape of what is emitted in
 * xen/include/xen/lib/x86/tables.h, the program in docs/design/generator.md.
 *
 * Arrays are as large as the bounds on the input allow, so that nothing has
 * to grow.  Strings point into the files, which stay in memory.
 */
#ifndef GEN_CPU_POLICY_MODEL_H
#define GEN_CPU_POLICY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Bounds on the input: more is an error, never a truncation. */
#define MAX_FILE_BYTES (4u << 20)
#define MAX_LINE       4096u    /* bytes, newline excluded */
#define MAX_ROWS       8192u    /* per file */
#define MAX_NAME       48u      /* characters of a feature or field name */
#define MAX_WORDS      64u      /* of a featureset */
#define MAX_FEATURES   (MAX_WORDS * 32u)
#define MAX_LEAVES     256u
#define MAX_SUBLEAVES  256u
#define MAX_SLOTS      4096u    /* word numbers must fit 16 bits */
#define MAX_MSRS       255u     /* x86_word_desc.msr_slot is 8 bits */
#define MAX_ENABLES    255u     /* x86_msr_desc.first_enable is 8 bits */
#define MAX_ERRORS     100u     /* reported; counting goes on */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The numbering of xen/include/xen/lib/x86/tables.h. */
enum layout { LAYOUT_INTEL, LAYOUT_AMD, LAYOUT_CENTAUR, NR_LAYOUTS };
#define ALL_LAYOUTS ((1u << NR_LAYOUTS) - 1)

enum kind {
    KIND_RESERVED, KIND_FEATURE, KIND_LIMIT, KIND_EQUAL, KIND_CHOICE,
    KIND_TOPOLOGY, KIND_DERIVED, KIND_DYNAMIC, KIND_HIDDEN, KIND_OWN,
    NR_KINDS
};

enum stop {
    STOP_PLAIN, STOP_TYPE_A, STOP_TYPE_C, STOP_MAX_A, STOP_XSTATE,
    STOP_BITMAP_A, STOP_ALL,
    NR_STOPS
};

/* Names as the tables write them, by value: "FEATURE", "TYPE_A", "eax". */
extern const char *const kind_names[NR_KINDS];
extern const char *const stop_names[NR_STOPS];
extern const char *const reg_names[4];
extern const char layout_letters[NR_LAYOUTS + 1];

#define GATE_NONE 0xffffu
#define GATE_VPMU 0xfffeu

/* Attributes, one bit per character of attribute_chars. */
#define ATTR_SPECIAL      (1u << 0)
#define ATTR_ALL          (1u << 1)
#define ATTR_HVM          (1u << 2)
#define ATTR_HAP          (1u << 3)
#define ATTR_OPT_ALL      (1u << 4)
#define ATTR_OPT_HVM      (1u << 5)
#define ATTR_OPT_HAP      (1u << 6)
#define ATTR_ACCUMULATE   (1u << 7)
#define ATTR_EXPERIMENTAL (1u << 8)
extern const char attribute_chars[];

struct place {
    const char *path;
    unsigned int line;
};

/* Whoever owns bits: a feature, a field, or a reserved row. */
struct claim {
    struct place at;
    const char *what;           /* "feature", "field", "reserved" */
    const char *name;           /* "row" for a reserved row */
    enum kind kind;
    unsigned int layouts;       /* bit per enum layout */
};

struct feature {
    struct claim claim;
    unsigned int value;         /* word * 32 + bit */
    int announced;              /* word of the comment above; -1: none */
    const char *attributes, *description;
    unsigned int attrs;         /* ATTR_* */
    char cli[MAX_NAME + 1];     /* lower case, '-' for '_' */
    struct place kind_at;       /* its XEN_CPUFEATURE_KIND row, if any */
    const char *kind_reason;
};

/* A featureset word and the register that its comment says it comes from. */
struct word {
    struct place at;
    bool has_source, is_msr, has_subleaf;
    uint32_t key;               /* leaf or MSR index */
    unsigned int subleaf, reg;  /* reg of an MSR: 0 low half, 3 high half */
    unsigned int slot;          /* of the leaf or the MSR; see layout.c */
};

struct dep {
    struct place at;
    const char *prerequisite_name, *dependent_name, *reason;
    unsigned int prerequisite, dependent;       /* values */
};

struct leaf {
    struct place at;
    uint32_t leaf;
    unsigned int nr_subleaves;  /* 0: plain */
    enum stop stop;
    const char *title;
    unsigned int first_slot;
};

struct msr {
    struct place at;
    uint32_t index;
    unsigned int bits;          /* low bits that a policy holds */
    const char *name, *title;
    unsigned int layouts;       /* it exists on these, */
    const char *gate_name;      /* and with this feature, */
    unsigned int gate;
    unsigned int first_enable, nr_enables;  /* and with one of these */
};

/* A bit of an MSR without which another does not exist. */
struct enable {
    struct place at;
    uint32_t key, control;      /* MSR indices */
    unsigned int bit;
    unsigned int slot, control_slot;
    const char *reason;
};

/* A field or a reserved row, of a leaf or of an MSR. */
struct field {
    struct claim claim;
    bool is_msr;
    uint32_t key;               /* leaf or MSR index */
    unsigned int sub_lo, sub_hi, reg, lo, hi;
    uint64_t mask;
    const char *gate_name, *description;
    unsigned int gate;          /* feature value or GATE_* */
    unsigned int first_slot, nr_slots;  /* nr_slots 0: has no place */
};

struct gate_mask {
    unsigned int gate, word, layouts;
    bool is_msr;
    uint64_t mask;
};

typedef uint32_t featureset[MAX_WORDS];

struct model {
    unsigned int nr_errors;
    const char *paths[4];       /* the files, by enum table */
    char *texts[4];

    struct feature features[MAX_FEATURES];
    unsigned int nr_features;
    struct feature *by_value[MAX_FEATURES];     /* NULL: no such feature */
    struct word words[MAX_WORDS];
    unsigned int nr_words;

    struct dep deps[MAX_ROWS];
    unsigned int nr_deps;
    featureset deep[MAX_FEATURES];      /* dependents, transitively */

    struct leaf leaves[MAX_LEAVES];
    unsigned int nr_leaves, nr_slots;
    struct msr msrs[MAX_MSRS];
    unsigned int nr_msrs;
    struct enable enables[MAX_ENABLES];
    unsigned int nr_enables;
    struct field fields[MAX_ROWS], msr_fields[MAX_ROWS];
    unsigned int nr_fields, nr_msr_fields;      /* reserved rows included */

    /*
     * Who owns a bit: [cell][bit][layout].  A cell is 32 bits: first all
     * registers (slot * 4 + register), then two per MSR, low half first.
     */
    const struct claim *(*owners)[32][NR_LAYOUTS];

    struct gate_mask *gates;
    unsigned int nr_gates;
};

/* names.c */
int index_of(const char *const names[], unsigned int nr, const char *name);
struct feature *feature_find(struct model *m, const char *name);
struct leaf *leaf_find(struct model *m, uint32_t leaf);
struct msr *msr_find(struct model *m, uint32_t index);
const struct leaf *leaf_of_slot(const struct model *m, unsigned int slot);
/* "leaf 0x7 subleaf 1 ecx" or "MSR 0x10a"; into buf, which is returned. */
const char *describe_cell(const struct model *m, unsigned int cell,
                          char *buf, size_t size);
/* "31:5, 3" for a mask; into buf, which is returned. */
const char *describe_bits(uint64_t mask, char *buf, size_t size);

/* calloc that ends the program, with status 2, rather than return NULL. */
void *checked_calloc(size_t nr, size_t size);

/* Print "path:line: message" on stderr and count it. */
void complain(struct model *m, const struct place *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static inline unsigned int msr_cell(const struct model *m, unsigned int slot)
{
    return m->nr_slots * 4 + slot * 2;
}

/* Where featureset word i is. */
static inline unsigned int word_cell(const struct model *m, unsigned int i)
{
    const struct word *w = &m->words[i];

    return w->is_msr ? msr_cell(m, w->slot) + (w->reg != 0)
                     : w->slot * 4 + w->reg;
}

static inline unsigned int nr_cells(const struct model *m)
{
    return msr_cell(m, m->nr_msrs);
}

/*
 * read.c: read one table into the model.  Refusals are counted in nr_errors.
 * -errno if the file cannot be read at all.
 */
enum table { TABLE_FEATURES, TABLE_DEPS, TABLE_FIELDS, TABLE_MSRS };
int read_table(struct model *m, enum table table, const char *path);

/* Checks, each to be called once what it needs is read; errors counted. */
void check_features(struct model *m);   /* check-features.c */
void check_deps(struct model *m);       /* deps.c; also fills ->deep */
void check_layout(struct model *m);     /* layout.c; slots and own_bits() */
void own_bits(struct model *m);         /* owners.c */
void collect_gates(struct model *m);    /* gates.c; after check_layout */

/* Bits of a cell that anyone owns, and that are of a kind for a layout. */
uint32_t cell_owned(const struct model *m, unsigned int cell);
uint32_t cell_of_kind(const struct model *m, unsigned int cell,
                      enum layout layout, enum kind kind);

/* masks.c */
struct mask {
    const char *name;           /* for --masks */
    const char *symbol;         /* x86_features_SYMBOL; NULL: only printed */
    bool of_deps;               /* needs the dependency table */
    bool (*has)(const struct model *m, const struct feature *f);
};
extern const struct mask masks[];
extern const unsigned int nr_masks;
void mask_compute(const struct model *m, const struct mask *mask,
                  featureset set);
void masks_print(const struct model *m, bool with_deps, FILE *out);
uint32_t common_1d(const struct model *m);
/* Whether others depend on it. */
bool feature_is_deep(const struct model *m, const struct feature *f);

/* Emitters: each writes one whole file. */
void emit_header(const struct model *m, FILE *out);
void emit_source(const struct model *m, FILE *out);
void emit_feature_doc(const struct model *m, FILE *out);
void emit_cmdline_doc(const struct model *m, FILE *out);

/* Parts of them. */
void emit_banner(const struct model *m, FILE *out);
void emit_layout_tables(const struct model *m, FILE *out);
/* A gate as C spells it: X86_GATE_NONE, X86_FEATURE_SVM ... */
void emit_gate(const struct model *m, unsigned int gate, FILE *out);

/* emit-audit.c */
void emit_audit_counts(const struct model *m, FILE *out);
void emit_audit_tables(const struct model *m, FILE *out);
void emit_string(const char *text, FILE *out);  /* as a C literal */

/* One line: how much of what is covered. */
void summary_print(const struct model *m, FILE *out);

/* output.c: run emit into path, which is touched only if it changes. */
int output_write(const struct model *m, const char *path,
                 void (*emit)(const struct model *m, FILE *out));

/*
 * coverage.c: compare with x86-cpuid-db's list.  Number of fields that it
 * has, we lack, and nothing excuses; -errno if it cannot be read.
 */
int coverage_report(struct model *m, const char *path, FILE *out);

#endif /* GEN_CPU_POLICY_MODEL_H */
