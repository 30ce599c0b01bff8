/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../../xen/lib/x86/audit-private.h"
#include "audit-check.h"

static char complaint[256];
static struct x86_audit audit;

static const char *complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static const char *complain(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(complaint, sizeof(complaint), fmt, args);
    va_end(args);

    return complaint;
}

const char *audit_place(bool is_msr, uint16_t index)
{
    static char place[64];

    if ( is_msr )
        snprintf(place, sizeof(place), "MSR %#x", x86_msr_descs[index].index);
    else
        snprintf(place, sizeof(place), "leaf %#x subleaf %d e%cx",
                 x86_slot_descs[index / 4].leaf,
                 (int)x86_slot_descs[index / 4].subleaf, "abcd"[index % 4]);

    return place;
}

static void on_violation(void *ctx, const struct x86_violation *v)
{
    struct audit_report *r = ctx;

    if ( r->nr < AUDIT_MAX_VIOLATIONS )
        r->list[r->nr++] = *v;
}

/* ---- accepted --------------------------------------------------------- */

static const char *check_round_trip(const struct cpu_policy *request)
{
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
    struct cpu_policy back = { 0 };

    if ( x86_policy_to_leaves(request, &x86_abi_full, leaves, &nr_leaves) ||
         x86_policy_to_msrs(request, &x86_abi_full, msrs, &nr_msrs) )
        return complain("accepted, but cannot be serialised");
    if ( x86_policy_from_leaves(&back, &x86_abi_full, leaves, nr_leaves,
                                NULL) ||
         x86_policy_from_msrs(&back, &x86_abi_full, msrs, nr_msrs, NULL) )
        return complain("accepted, but its leaves or MSRs are refused");

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        if ( back.word[i] != request->word[i] )
            return complain("accepted, but %s comes back as %#x, not %#x",
                            audit_place(false, i), back.word[i],
                            request->word[i]);

    return memcmp(&back, request, sizeof(back))
        ? complain("accepted, but an MSR or the vendor comes back otherwise")
        : NULL;
}

static const char *check_accepted(const struct audit_case *c,
                                  const struct audit_report *report)
{
    struct cpu_policy p = c->request;

    if ( report->nr )
        return complain("accepted with a violation of %s",
                        report->list[0].rule);
    x86_policy_repair(&p, &c->limit, &c->kind);
    if ( memcmp(&p, &c->request, sizeof(p)) )
        return complain("accepted, but the repair changes it");

    return check_round_trip(&c->request);
}

/* ---- refused ---------------------------------------------------------- */

static const char *complain_of(const struct x86_violation *v, const char *why)
{
    return complain("%s, %s, bits %#lx, asked %#lx, limit %#lx, feature %#x, "
                    "needs %#x: %s", v->rule, audit_place(v->is_msr, v->index),
                    v->mask, v->asked, v->limit, v->feature, v->needs, why);
}

static bool is_feature(uint16_t feature)
{
    return feature == X86_NO_AUX || x86_feature_find(feature);
}

static const char *check_violation(const struct audit_case *c,
                                   const struct x86_violation *v)
{
    const char *remedy = NULL;

    if ( v->index >= (v->is_msr ? X86_NR_MSR_SLOTS : X86_NR_WORDS) )
        return complain("%s: index %u", v->rule, v->index);
    if ( v->asked != (v->is_msr ? c->request.msr[v->index]
                                : c->request.word[v->index]) )
        return complain_of(v, "that is not what was asked for");
    if ( !v->mask || !((v->asked ^ v->limit) & v->mask) )
        return complain_of(v, "nothing is wrong with these bits");
    if ( !v->is_msr && (v->mask | v->limit) >> 32 )
        return complain_of(v, "a register has 32 bits");
    if ( !x86_audit_rule_text(v->rule, &remedy) || !remedy )
        return complain_of(v, "the rule has no text");
    if ( !is_feature(v->feature) || !is_feature(v->needs) )
        return complain_of(v, "there is no such feature");

    return NULL;
}

static bool is_first(const struct audit_report *report)
{
    struct x86_policy_error e = X86_POLICY_ERROR_INIT;

    for ( unsigned int i = 0; i < report->nr; i++ )
    {
        const struct x86_violation *v = &report->list[i];
        const struct x86_slot_desc *s = &x86_slot_descs[v->index / 4];

        /* Subleaf "none" is the highest number, and alone in its leaf. */
        if ( !v->is_msr && (s->leaf < e.leaf || (s->leaf == e.leaf &&
                                                 s->subleaf < e.subleaf)) )
            e = (struct x86_policy_error){ s->leaf, s->subleaf, ~0u };
        else if ( v->is_msr && e.leaf == ~0u &&
                  x86_msr_descs[v->index].index < e.msr )
            e.msr = x86_msr_descs[v->index].index;
    }

    return !memcmp(&e, &report->first, sizeof(e));
}

/* Put every reported bit right; no bit may be touched twice. */
static const char *put_right(struct cpu_policy *p,
                             const struct audit_report *report)
{
    static struct cpu_policy touched;

    memset(&touched, 0, sizeof(touched));
    for ( unsigned int i = 0; i < report->nr; i++ )
    {
        const struct x86_violation *v = &report->list[i];
        uint64_t seen = v->is_msr ? touched.msr[v->index]
                                  : touched.word[v->index];

        if ( seen & v->mask )
            return complain("%s, %s: bits %#lx are reported twice", v->rule,
                            audit_place(v->is_msr, v->index),
                            seen & v->mask);
        if ( v->is_msr )
        {
            touched.msr[v->index] |= v->mask;
            p->msr[v->index] = (p->msr[v->index] & ~v->mask) |
                               (v->limit & v->mask);
        }
        else
        {
            touched.word[v->index] |= v->mask;
            p->word[v->index] = (p->word[v->index] & ~v->mask) |
                                (v->limit & v->mask);
        }
    }
    x86_policy_recalc_vendor(p);

    for ( unsigned int i = 0; i < report->nr; i++ )
        if ( report->list[i].needs != X86_NO_AUX &&
             x86_policy_has(p, report->list[i].needs) )
            return complain("%s: wants feature %u, which is there",
                            report->list[i].rule, report->list[i].needs);

    return NULL;
}

static void keep_last(void *ctx, const struct x86_violation *v)
{
    *(struct x86_violation *)ctx = *v;
}

static const char *complain_incomplete(const struct audit_case *c,
                                       const struct cpu_policy *p)
{
    struct x86_violation last = { .rule = "nothing" };
    const struct x86_audit_sink sink = { keep_last, &last };
    int rc = x86_policy_audit(&audit, p, &c->limit, &c->kind, &sink);

    return complain("all put right, and refused again: %d, %s, %s, bits %#lx,"
                    " asked %#lx, limit %#lx", rc, last.rule,
                    audit_place(last.is_msr, last.index), last.mask,
                    last.asked, last.limit);
}

/* The report, applied, is the repair, and that is accepted. */
static const char *check_repaired(const struct audit_case *c,
                                  const struct cpu_policy *p)
{
    struct cpu_policy fixed = c->request;

    x86_policy_repair(&fixed, &c->limit, &c->kind);
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        if ( fixed.word[i] != p->word[i] )
            return complain("all put right, %s is %#x, but repaired %#x",
                            audit_place(false, i), p->word[i], fixed.word[i]);
    if ( memcmp(&fixed, p, sizeof(fixed)) )
        return complain("all put right, an MSR is not as repaired");

    return audit_accepts(p, &c->limit, &c->kind)
        ? NULL : complain_incomplete(c, p);
}

static const char *check_refused(const struct audit_case *c,
                                 const struct audit_report *report)
{
    struct cpu_policy p = c->request;
    const char *bad;

    if ( report->rc != -EINVAL )
        return complain("rc %d", report->rc);
    if ( !report->nr )
        return complain("refused without a reason");
    if ( report->nr == AUDIT_MAX_VIOLATIONS )
        return complain("more violations than bits");
    for ( unsigned int i = 0; i < report->nr; i++ )
        if ( (bad = check_violation(c, &report->list[i])) )
            return bad;
    if ( !is_first(report) )
        return complain("error fields %#x, %#x, %#x are not the lowest place",
                        report->first.leaf, report->first.subleaf,
                        report->first.msr);

    if ( (bad = put_right(&p, report)) )
        return bad;

    return check_repaired(c, &p);
}

bool audit_accepts(const struct cpu_policy *p, const struct cpu_policy *limit,
                   const struct x86_domain_kind *kind)
{
    return !x86_policy_audit(&audit, p, limit, kind, NULL);
}

const char *audit_check(const struct audit_case *c,
                        struct audit_report *report)
{
    static struct audit_case before;
    const struct x86_audit_sink sink = { on_violation, report };

    before = *c;
    report->nr = 0;
    report->rc = x86_policy_audit(&audit, &c->request, &c->limit, &c->kind,
                                  &sink);
    report->first = audit.first;
    if ( memcmp(&before.request, &c->request, sizeof(c->request)) ||
         memcmp(&before.limit, &c->limit, sizeof(c->limit)) )
        return complain("the request or the limit was modified");

    return report->rc ? check_refused(c, report) : check_accepted(c, report);
}
