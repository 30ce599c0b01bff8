/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firecracker's built-in templates. */
#include <errno.h>
#include <string.h>

#include "static.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { C3 = 1, T2 = 2, T2S = 4, T2CL = 8, T2A = 16 };
#define LIKE_T2 (T2 | T2S | T2CL | T2A)

enum { SKYLAKE = 1, CASCADE_LAKE = 2, ICE_LAKE = 4, MILAN = 8 };

static const struct {
    const char *name;
    unsigned int bit;           /* 0: of aarch64 */
    const char *vendor;
    unsigned int models;
} statics[] = {
    { "C3", C3, "GenuineIntel", SKYLAKE | CASCADE_LAKE | ICE_LAKE },
    { "T2", T2, "GenuineIntel", SKYLAKE | CASCADE_LAKE | ICE_LAKE },
    { "T2S", T2S, "GenuineIntel", SKYLAKE | CASCADE_LAKE },
    { "T2CL", T2CL, "GenuineIntel", CASCADE_LAKE | ICE_LAKE },
    { "T2A", T2A, "AuthenticAMD", MILAN },
    { "V1N1", 0, NULL, 0 },
};

static const struct {
    unsigned int model;
    uint32_t signature;
} models[] = {
    { SKYLAKE, 0x50654 }, { CASCADE_LAKE, 0x50657 }, { ICE_LAKE, 0x606a6 },
    { MILAN, 0xa00f11 },
};

/* Extended family and model, family, model, stepping; not the type. */
#define SIGNATURE_MASK 0x0fff0fffU

enum { EAX, EBX, ECX, EDX };

/* In the order of the files that the original ships. */
static const struct {
    unsigned int templates;
    uint32_t leaf, subleaf, flags;
    uint8_t reg;
    const char *bits;
} leaf_rows[] = {
    /* Haswell's and Ivy Bridge's family, model and stepping. */
    { LIKE_T2, 0x1, 0, 0, EAX, "xxxx000000000011xx00011011110010" },
    { C3, 0x1, 0, 0, EAX, "xxxx000000000011xx00011011100100" },
    { LIKE_T2, 0x1, 0, 0, ECX, "xxxxxxxxxxxxx0xx00xx00x0000000xx" },
    { C3, 0x1, 0, 0, ECX, "xxxxxxxxx0xxxxxx00x000x0xx0000xx" },
    { LIKE_T2, 0x1, 0, 0, EDX, "000x0xxxx00xx0xxxxx1xxxx1xxxxxxx" },
    { C3, 0x1, 0, 0, EDX, "0x0x0xxxx00xx0xxxxx1xxxx1xxxxxxx" },
    /* AVX-512 and all else that came after those CPUs. */
    { LIKE_T2, 0x7, 0, 1, EBX, "00000000000x000000x00x1xxxx0x0xx" },
    { C3, 0x7, 0, 1, EBX, "000000000x0x000000x000x0xx0000xx" },
    { LIKE_T2, 0x7, 0, 1, ECX, "x0xxxxxxx0xxxxx0x0x00000x0x0000x" },
    { C3, 0x7, 0, 1, ECX, "x0xxxxxxx0xxxxx0x0xx0xxxxxx0000x" },
    { LIKE_T2, 0x7, 0, 1, EDX, "xxxxxxxxxxxxxxxxxxxxxxx0xxx000xx" },
    { C3, 0x7, 0, 1, EDX, "xxxxxxxxxxxxxxxxxxxxxxxxxxxx00xx" },
    /* The xstate components of what went above. */
    { LIKE_T2 | C3, 0xd, 0, 1, EAX, "xxxxxxxxxxxxxxxxxxxxxx0x00000xxx" },
    { LIKE_T2 | C3, 0xd, 1, 1, EAX, "xxxxxxxxxxxxxxxxxxxxxxxxxxxx000x" },
    { T2 | T2S, 0x80000001, 0, 0, ECX, "xx0xxxxxxxxxxxxxxxxxxxx0xxxxxxxx" },
    { T2CL, 0x80000001, 0, 0, ECX, "xx0xxxxxxxxxxxxxxxxxxxx000xxxxxx" },
    { T2A, 0x80000001, 0, 0, ECX, "xx0xxxxxxxxxxxxxxxxxxxx000xxx0xx" },
    { C3, 0x80000001, 0, 0, ECX, "xxxxxxxxxxxxxxxxxxxxxxx0xx0xxxxx" },
    { T2 | T2S | C3, 0x80000001, 0, 0, EDX,
      "xxxxx0xxxxxxxxxxxxxxxxxxxxxxxxxx" },
    { T2CL, 0x80000001, 0, 0, EDX, "xxxxx00000xxxxxxxxxxxxxxxxxxxxxx" },
    { T2A, 0x80000001, 0, 0, EDX, "xxxxx00xx0xxxxxxxxxxxxxxxxxxxxxx" },
    { T2 | T2S | T2CL, 0x80000008, 0, 0, EBX,
      "xxxxxxxxxxxxxxxxxxxxxx0xxxxxxxxx" },
    { T2A, 0x80000008, 0, 0, EBX, "xxxxxxxxxxx111xxxxxxxx0xxxxxx1x0" },
};

static const struct {
    unsigned int templates;
    uint32_t index;
    const char *bits;
} msr_rows[] = {
    /* RSBA, SKIP_L1DFL_VMENTRY, IF_PSCHANGE_MC_NO, ... all 64 are fixed. */
    { T2S, 0x10a, "00000000000000000000000000000000"
                  "00001100000010100000110001001100" },
    { T2CL, 0x10a, "00000000000000000000000000000000"
                   "000xxx0x0000x0x0xxx0000xxxxxxxxx" },
};

static const struct template_reg reg_rows[] = {
    /* ID_AA64PFR0_EL1: no DIT, no SVE */
    { 0x603000000013c020, { { 0x000f000f00000000, 0 }, { 0, 0 } } },
    /* ID_AA64ISAR0_EL1: no TS, FHM, SM4, SM3, SHA3, RNDR; SHA1, SHA2 only */
    { 0x603000000013c030, { { 0xf0ff0fff0000f000, 0 }, { 0x1000, 0 } } },
    /* ID_AA64ISAR1_EL1: no I8MM, DGH, BF16, FRINTTS, JSCVT, FCMA */
    { 0x603000000013c031, { { 0x00fff00000fff00f, 0 }, { 0x100001, 0 } } },
    /* ID_AA64MMFR2_EL1: no AT */
    { 0x603000000013c03a, { { 0x0000000f00000000, 0 }, { 0, 0 } } },
};

const char *template_static_name(size_t index)
{
    return index < ARRAY_SIZE(statics) ? statics[index].name : NULL;
}

static int find(const char *name, cpupolicy_error *err)
{
    for ( size_t i = 0; i < ARRAY_SIZE(statics); i++ )
        if ( !strcmp(statics[i].name, name) )
            return i;

    return cpupolicy_error_set(err, ENOENT, 0,
        "no built-in template is called '%s' (there are C3, T2, T2S, T2CL, "
        "T2A and V1N1)", name);
}

static int add_modifier(struct cpu_template *t, size_t row,
                        cpupolicy_error *err)
{
    __typeof__(&leaf_rows[0]) r = &leaf_rows[row];
    const struct template_leaf *last = t->nr_leaves
        ? &t->leaves[t->nr_leaves - 1] : NULL;
    struct template_modifier m = { .reg = r->reg };
    int rc = adjust_bits_parse(r->bits, strlen(r->bits), 32, &m.bits, err);

    if ( !rc && (!last || last->leaf != r->leaf ||
                 last->subleaf != r->subleaf) )
        rc = template_add_leaf(t, r->leaf, r->subleaf, r->flags, err);

    return rc ?: template_add_modifier(t, &m, err);
}

static int add_msr(struct cpu_template *t, size_t row, cpupolicy_error *err)
{
    struct template_msr m = { .index = msr_rows[row].index };

    return adjust_bits_parse(msr_rows[row].bits,
                             strlen(msr_rows[row].bits), 64, &m.bits, err)
           ?: template_add_msr(t, &m, err);
}

int template_static_get(const char *name, struct cpu_template *out,
                        cpupolicy_error *err)
{
    struct cpu_template t = { .arch = TEMPLATE_X86_64 };
    int which = find(name, err), rc = 0;
    unsigned int bit;

    if ( which < 0 )
        return which;

    bit = statics[which].bit;
    if ( !bit )
        t.arch = TEMPLATE_AARCH64;

    for ( size_t i = 0; !rc && i < ARRAY_SIZE(leaf_rows); i++ )
        if ( leaf_rows[i].templates & bit )
            rc = add_modifier(&t, i, err);

    for ( size_t i = 0; !rc && i < ARRAY_SIZE(msr_rows); i++ )
        if ( msr_rows[i].templates & bit )
            rc = add_msr(&t, i, err);

    for ( size_t i = 0; !rc && !bit && i < ARRAY_SIZE(reg_rows); i++ )
        rc = template_add_reg(&t, &reg_rows[i], err);

    if ( rc )
        template_dispose(&t);
    else
        *out = t;

    return rc;
}

int template_static_check(const char *name, const char *vendor,
                          uint32_t signature, cpupolicy_error *err)
{
    int which = find(name, err);

    if ( which < 0 )
        return which;

    if ( !statics[which].bit )
        return 0;

    if ( strcmp(statics[which].vendor, vendor) )
        return cpupolicy_error_set(err, EPERM, 0,
            "the template %s is for %s CPUs, this one is %s: CPU vendor "
            "mismatched", name, statics[which].vendor, vendor);

    for ( size_t i = 0; i < ARRAY_SIZE(models); i++ )
        if ( (statics[which].models & models[i].model) &&
             (signature & SIGNATURE_MASK) == models[i].signature )
            return 0;

    return cpupolicy_error_set(err, EPERM, 0,
        "the template %s is not permitted on this CPU model (signature "
        "0x%x)", name, signature & SIGNATURE_MASK);
}
