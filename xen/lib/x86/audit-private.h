/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit's rules share with what reports them. */
#ifndef X86_AUDIT_PRIVATE_H
#define X86_AUDIT_PRIVATE_H

#include <string.h>

#include <xen/lib/x86/audit.h>
#include <xen/lib/x86/topology.h>

struct x86_audit_step;

struct repair {
    struct cpu_policy *p;       /* being put right */
    const struct cpu_policy *limit;
    const struct x86_domain_kind *kind;
    enum x86_layout layout;
    /* Called after each step, and after each rule of a topology; or NULL. */
    void (*changed)(struct repair *r, const struct x86_audit_step *step);
};

struct x86_audit_step {
    const char *rule;
    void (*fix)(struct repair *r);
    /* Of a bit that it changed: its rule, what it needs; NULL: as above. */
    void (*cause)(const struct repair *r, const struct cpu_policy *before,
                  struct x86_violation *v);
};

/* Take all steps: acceptable is what none of them changes. */
void x86_audit_steps(struct repair *r);

/* Two registers at once. */
static inline uint64_t load64(const uint32_t *word)
{
    uint64_t v;

    memcpy(&v, word, sizeof(v));

    return v;
}

static inline uint64_t value_at(const struct cpu_policy *p, bool is_msr,
                                uint16_t index)
{
    return is_msr ? p->msr[index] : p->word[index];
}

static inline uint64_t field_mask(unsigned int lo, unsigned int hi)
{
    return (~0ULL >> (63 - hi)) & (~0ULL << lo);
}

static inline uint64_t kind_mask(enum x86_layout layout, enum x86_kind kind,
                                 bool is_msr, uint16_t index)
{
    return is_msr ? x86_kind_msrs[layout][kind][index]
                  : x86_kind_words[layout][kind][index];
}

/* The type field of leaves 4 and 0x8000001d, and the last type there is. */
#define CACHE_TYPE_MASK 0x1fu
#define CACHE_TYPE_MAX  3u

#define SIGNATURE_EXT_FAMILY 0x0ff00000u
#define SIGNATURE_FAMILY     (SIGNATURE_EXT_FAMILY | 0x00000f00u)
#define SIGNATURE_MODEL      0x000f00f0u

/* There is a CPU of the limit's vendor with these features and this family. */
bool x86_family_plausible(const struct cpu_policy *p,
                          const struct cpu_policy *limit);

#endif /* X86_AUDIT_PRIVATE_H */
