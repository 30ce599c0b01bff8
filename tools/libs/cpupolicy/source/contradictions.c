/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What no machine says of itself.
 *
 * A file of policies has no excuse: what contradicts itself is refused.  Of
 * programs that read hardware, dumps of real machines have shown what can
 * happen (answers to probes of leaves that are not there, a guest's vendor
 * of two minds, leaves that repeat themselves), which is a note.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dump/canonical.h"
#include "source.h"
#include "text/text.h"

struct check {
    const struct dump *d;
    cpupolicy_source *src;      /* for notes */
    cpupolicy_error *err;
    const struct dump_cpu *cpu;
    const struct cpu_policy *p; /* the CPU, as it stands in the dump */
    struct tally echoes, trimmed;
};

/* Refuse a register's content: "leaf 0x7 subleaf 0x1 eax has content". */
static int refuse(const struct check *c, const struct dump_leaf *row,
                  unsigned int reg, const char *why)
{
    char subleaf[24] = "";

    if ( row->subleaf != DUMP_NO_SUBLEAF )
        snprintf(subleaf, sizeof(subleaf), " subleaf 0x%x", row->subleaf);

    return cpupolicy_error_set(c->err, EINVAL, row->line, "leaf 0x%x%s e%cx "
                               "has content%s", row->leaf, subleaf,
                               "abcd"[reg], why);
}

/* The first register that is not zero; 4 if there is none. */
static unsigned int first_reg(const struct dump_leaf *row)
{
    unsigned int reg = 0;

    while ( reg < 4 && !row->reg[reg] )
        reg++;

    return reg;
}

/* ---- vendors ----------------------------------------------------------- */

/* The name is in EBX, EDX, ECX. */
static void vendor_of(const struct dump_leaf *row, char name[13])
{
    memcpy(name, &row->reg[1], 4);
    memcpy(name + 4, &row->reg[3], 4);
    memcpy(name + 8, &row->reg[2], 4);
    name[12] = '\0';
}

static bool is_text(const char name[13])
{
    for ( unsigned int i = 0; i < 12; i++ )
        if ( name[i] < ' ' || name[i] > '~' )
            return false;

    return true;
}

/*
 * Leaf 0x80000000 repeats the vendor on AMD and Hygon (APM vol 3, E.4.1);
 * elsewhere it is reserved.  Guests with Intel's name on an AMD emulation,
 * such as old QEMUs made, are real.
 */
static int check_ext_vendor(struct check *c, const struct dump_leaf *leaf_0)
{
    const struct dump_leaf *row = dump_find_plain_leaf(c->cpu, 0x80000000U);
    static const char text[] = "leaf 0x80000000 does not repeat the vendor";

    if ( !row || !(row->reg[1] | row->reg[2] | row->reg[3]) ||
         !memcmp(&row->reg[1], &leaf_0->reg[1], 3 * sizeof(row->reg[1])) )
        return 0;

    if ( x86_vendor_layout(c->p->vendor) == X86_LAYOUT_AMD )
        return cpupolicy_error_set(c->err, EINVAL, row->line, "%s", text);
    source_note(c->src, "line %u: %s", row->line, text);

    return 0;
}

static int check_vendor(struct check *c, const struct dump_cpu *first)
{
    const struct dump_leaf *row = dump_find_plain_leaf(c->cpu, 0);
    char name[13], boot[13];

    if ( !row )
        return cpupolicy_error_set(c->err, EINVAL, 0, "CPU %u has no leaf 0",
                                   c->cpu->id);

    vendor_of(row, name);
    if ( !is_text(name) )
        return cpupolicy_error_set(c->err, EINVAL, row->line, "CPU %u's "
                                   "vendor is no text: '%s'", c->cpu->id,
                                   text_quote(name, 12).text);

    vendor_of(dump_find_plain_leaf(first, 0), boot);
    if ( strcmp(name, boot) )
        return cpupolicy_error_set(c->err, EINVAL, row->line, "CPU %u is of "
                                   "vendor '%s', and CPU %u of '%s'",
                                   c->cpu->id, name, first->id, boot);

    return check_ext_vendor(c, row);
}

/* ---- rows -------------------------------------------------------------- */

/* Content beyond the highest leaf.  Formats of hardware have cut it off. */
static int check_max_leaf(struct check *c, const struct dump_leaf *row)
{
    bool is_ext = row->leaf >= 0x80000000U;
    uint32_t max = c->p->leaf[is_ext ? X86_SLOT_80000000 : X86_SLOT_0].a;
    unsigned int reg = first_reg(row);
    char why[48];

    /* Hypervisors and Centaur have ranges of their own. */
    if ( reg == 4 || c->d->records_hardware || row->leaf >= 0xc0000000U ||
         (!is_ext && row->leaf >= 0x40000000U) )
        return 0;

    if ( is_ext && row->leaf != 0x80000000U && max < 0x80000000U )
        return refuse(c, row, reg, ", and there is no highest extended "
                      "leaf");
    if ( row->leaf <= max || row->leaf == 0x80000000U )
        return 0;
    snprintf(why, sizeof(why), ", and 0x%x is the highest leaf", max);

    return refuse(c, row, reg, why);
}

/* The leaf, but for the APIC id, which may be read on another CPU. */
static bool repeats(const struct dump_leaf *row, const struct dump_leaf *leaf)
{
    uint32_t own = row->leaf == 1 ? 0xff000000U : 0;

    return row->reg[0] == leaf->reg[0] && row->reg[2] == leaf->reg[2] &&
           row->reg[3] == leaf->reg[3] &&
           !((row->reg[1] ^ leaf->reg[1]) & ~own);
}

/* A leaf that ignores ECX says the same for each subleaf. */
static int check_plain(struct check *c, const struct dump_leaf *row)
{
    const struct x86_leaf_desc *d = x86_leaf_find(row->leaf);
    const struct dump_leaf *leaf;

    if ( !d || d->stop != X86_STOP_PLAIN || !row->subleaf ||
         row->subleaf == DUMP_NO_SUBLEAF )
        return 0;

    leaf = dump_find_plain_leaf(c->cpu, row->leaf);
    if ( leaf && repeats(row, leaf) )
    {
        tally_add(&c->echoes, row->leaf, row->line);
        return 0;
    }

    return cpupolicy_error_set(c->err, EINVAL, row->line, "leaf 0x%x has no "
                               "subleaves, and subleaf 0x%x of it %s",
                               row->leaf, row->subleaf,
                               leaf ? "is another" : "stands alone");
}

/*
 * Content after the last subleaf.  Levels of topology are not content: there
 * the hardware echoes subleaf and APIC id.
 */
static int check_last_subleaf(struct check *c, const struct dump_leaf *row,
                              const struct cpu_policy *trimmed)
{
    const struct x86_leaf_desc *d = x86_leaf_find(row->leaf);
    enum x86_layout layout = x86_vendor_layout(c->p->vendor);
    int slot = d && d->stop != X86_STOP_PLAIN
               ? x86_slot_find(row->leaf, row->subleaf) : -1;

    for ( unsigned int reg = 0; slot >= 0 && reg < 4; reg++ )
    {
        unsigned int w = slot * 4 + reg;

        if ( !((c->p->word[w] ^ trimmed->word[w]) &
               ~(x86_kind_words[layout][X86_KIND_DYNAMIC][w] |
                 x86_kind_words[layout][X86_KIND_TOPOLOGY][w])) )
            continue;
        if ( !c->d->records_hardware )
            return refuse(c, row, reg, " after the last subleaf");
        tally_add(&c->trimmed, row->leaf, row->line);
        break;
    }

    return 0;
}

static int check_rows(struct check *c)
{
    struct cpu_policy trimmed = *c->p;
    int rc = 0;

    x86_policy_trim(&trimmed);
    for ( size_t i = 0; i < c->cpu->nr_leaves && !rc; i++ )
    {
        const struct dump_leaf *row = &c->cpu->leaves[i];

        rc = check_max_leaf(c, row);
        if ( !rc )
            rc = check_plain(c, row);
        if ( !rc )
            rc = check_last_subleaf(c, row, &trimmed);
    }

    return rc;
}

static void note(struct check *c, const struct tally *t, const char *what)
{
    char text[TALLY_TEXT];

    if ( t->nr )
        source_note(c->src, "%s: %s", what, tally_text(t, text));
}

int source_check_dump(cpupolicy_source *src, const struct dump *d,
                      const struct dump_section *s, cpupolicy_error *err)
{
    struct check c = { .d = d, .src = src, .err = err };
    int rc = 0;

    for ( size_t i = 0; i < s->nr_cpus && !rc; i++ )
    {
        c.cpu = &s->cpus[i];
        c.p = &src->cpus[i];
        rc = check_vendor(&c, &s->cpus[0]);
        if ( !rc )
            rc = check_rows(&c);
    }
    if ( rc )
        return rc;

    note(&c, &c.echoes, "subleaves of leaves without, which repeat the leaf, "
         "dropped");
    note(&c, &c.trimmed, "content after the last subleaf, dropped");

    return 0;
}
