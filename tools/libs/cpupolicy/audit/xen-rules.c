/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See xen-rules.h.  Rows are found and held by tests/xen/test-exact.c. */

#include <errno.h>
#include <string.h>

#include "xen-rules.h"

#define I (1u << X86_LAYOUT_INTEL)
#define A (1u << X86_LAYOUT_AMD)
#define C (1u << X86_LAYOUT_CENTAUR)
#define EVERYBODY (I | A | C)

#define ALL 0xffffffffU

/* Bits that this Xen clears, whatever was asked. */
static const struct row {
    uint32_t layouts;
    uint32_t leaf, first, last; /* subleaves; 0, 0 for a plain leaf */
    uint32_t mask[4];           /* by register */
} rows[] = {
    /* Xen 4.17 has no topology of its own yet: it blanks what it finds. */
    { EVERYBODY, 0xb, 0, 1, { ALL, ALL, ALL, ALL } },
    { A, 0x8000001dU, 0, 0, { ALL, ALL, ALL, ALL } },
    { A, 0x8000001eU, 0, 0, { ALL, ALL, ALL, ALL } },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static bool judge(const struct row *r, const struct cpu_policy *request,
                  const struct x86_audit_sink *sink)
{
    unsigned int slot = x86_leaf_find(r->leaf)->first_slot;
    bool ok = true;

    if ( !x86_leaf_in_range(request, r->leaf) )
        return true;

    for ( unsigned int i = (slot + r->first) * 4;
          i < (slot + r->last + 1) * 4; i++ )
    {
        uint32_t asked = request->word[i], gone = asked & r->mask[i % 4];
        const struct x86_violation v = {
            .rule = "xen-clears", .index = i, .feature = X86_NO_AUX,
            .needs = X86_NO_AUX, .mask = gone, .asked = asked,
            .limit = asked & ~gone,
        };

        if ( !gone )
            continue;
        sink->violation(sink->ctx, &v);
        ok = false;
    }

    return ok;
}

void xen_rules_limit(struct cpu_policy *limit)
{
    enum x86_layout layout = x86_vendor_layout(limit->vendor);
    uint32_t *ext = &limit->leaf[X86_SLOT_80000000].a;
    uint32_t max = layout == X86_LAYOUT_AMD ? 0x80000021U : 0x80000008U;

    if ( *ext > max )
    {
        *ext = max;
        x86_policy_trim(limit);
    }
}

void xen_rules_apply(struct cpu_policy *p)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);

    for ( const struct row *r = rows; r < rows + NR_ROWS; r++ )
    {
        unsigned int slot = x86_leaf_find(r->leaf)->first_slot;

        for ( unsigned int i = (slot + r->first) * 4;
              ((r->layouts >> layout) & 1) && i < (slot + r->last + 1) * 4;
              i++ )
            p->word[i] &= ~r->mask[i % 4];
    }
}

int xen_rules_audit(const struct cpu_policy *request,
                    const struct cpu_policy *limit,
                    const struct x86_audit_sink *sink)
{
    enum x86_layout layout = x86_vendor_layout(limit->vendor);
    bool ok = true;

    for ( size_t i = 0; i < NR_ROWS; i++ )
        if ( (rows[i].layouts >> layout) & 1 )
            ok &= judge(&rows[i], request, sink);

    return ok ? 0 : -EINVAL;
}

static const struct {
    const char *rule, *text, *remedy;
} texts[] = {
    { "xen-clears", "this Xen clears it, whatever is asked", "leave it 0" },
};

const char *xen_rule_text(const char *rule, const char **remedy)
{
    for ( size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++ )
        if ( !strcmp(texts[i].rule, rule) )
        {
            *remedy = texts[i].remedy;
            return texts[i].text;
        }

    return NULL;
}
