/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Do the tables know every field that x86-cpuid-db (https://x86-cpuid.org,
 * CC0) lists?  Its rows: LEAF, SUBLEAVES, register, bits, name, description;
 * SUBLEAVES and bits are a number or "high:low".
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct known_field {
    uint32_t leaf;
    unsigned int sub_lo, sub_hi, reg, lo, hi;
    const char *name;
};

/* Fields that we lack on purpose. */
static const struct exception {
    uint32_t first, last;
    unsigned int regs;          /* bit per register */
    const char *reason;
} exceptions[] = {
    { 0x40000000, 0x40000000, 1u << 0,
      "a policy holds the low byte of this limit only" },
    { 0x80860000, 0x80860007, 0xf,
      "Transmeta has no long mode, so Xen cannot run there" },
};

static const char *excuse(const struct known_field *k)
{
    for ( const struct exception *e = exceptions;
          e < exceptions + ARRAY_SIZE(exceptions); e++ )
        if ( k->leaf >= e->first && k->leaf <= e->last &&
             ((e->regs >> k->reg) & 1) )
            return e->reason;

    return NULL;
}

static char *trim(char *text)
{
    char *end;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while ( end > text && isspace((unsigned char)end[-1]) )
        end--;
    *end = '\0';

    return text;
}

/* A number up to max, or "high:low". */
static bool parse_range(const char *text, unsigned int max, unsigned int *hi,
                        unsigned int *lo)
{
    char *end;
    unsigned long high, low;

    if ( !isdigit((unsigned char)*text) )
        return false;
    high = low = strtoul(text, &end, 10);
    if ( *end == ':' && isdigit((unsigned char)end[1]) )
        low = strtoul(end + 1, &end, 10);
    if ( *end || high > max || low > high )
        return false;

    *hi = high;
    *lo = low;

    return true;
}

/* Split on the first five commas: descriptions have commas of their own. */
static bool parse_line(char *line, struct known_field *k)
{
    char *parts[6], *next = line, *end;
    unsigned long long leaf;
    int reg;

    for ( unsigned int i = 0; i < 6; i++ )
    {
        char *comma = i < 5 ? strchr(next, ',') : NULL;

        if ( i < 5 && !comma )
            return false;
        if ( comma )
            *comma = '\0';
        parts[i] = trim(next);
        next = comma ? comma + 1 : NULL;
    }

    if ( strncmp(parts[0], "0x", 2) )
        return false;
    leaf = strtoull(parts[0], &end, 16);
    k->leaf = leaf;
    reg = index_of(reg_names, 4, parts[2]);
    k->reg = reg;
    k->name = parts[4];

    return !*end && leaf <= UINT32_MAX && reg >= 0 &&
           parse_range(parts[1], UINT16_MAX, &k->sub_hi, &k->sub_lo) &&
           parse_range(parts[3], 31, &k->hi, &k->lo);
}

/* Bits of a register that a feature or field names, on some vendor. */
static uint32_t named_bits(const struct model *m, unsigned int cell)
{
    uint32_t named = 0;

    for ( unsigned int l = 0; l < NR_LAYOUTS; l++ )
        named |= ~cell_of_kind(m, cell, l, KIND_RESERVED);

    return named;
}

/*
 * NULL if we have the field, else why not.  The list bounds subleaves by
 * what is architecturally possible; those that a policy cannot hold are not
 * asked for, as long as there is one that it can.
 */
static const char *missing(struct model *m, const struct known_field *k)
{
    const struct leaf *l = leaf_find(m, k->leaf);
    uint32_t wanted = (~0u >> (31 - k->hi)) & (~0u << k->lo);
    unsigned int last;

    if ( !l )
        return "no such leaf in the tables";

    last = l->nr_subleaves ? l->nr_subleaves - 1 : 0;
    if ( k->sub_lo > last )
        return "no such subleaf in the tables";
    if ( k->sub_hi < last )
        last = k->sub_hi;

    for ( unsigned int sub = k->sub_lo; sub <= last; sub++ )
        if ( wanted & ~named_bits(m, (l->first_slot + sub) * 4 + k->reg) )
            return "reserved in the tables";

    return NULL;
}

struct tally {
    unsigned int fields, known, excused;
};

static void report_field(struct model *m, const struct known_field *k,
                         struct tally *tally, FILE *out)
{
    const char *why = missing(m, k), *reason = excuse(k);

    tally->fields++;
    if ( !why )
    {
        tally->known++;
        return;
    }

    if ( reason )
        tally->excused++;

    fprintf(out, "%s: leaf 0x%x subleaf %u", reason ? "excused" : "unknown",
            k->leaf, k->sub_lo);
    if ( k->sub_hi != k->sub_lo )
        fprintf(out, "..%u", k->sub_hi);
    fprintf(out, " %s bits %u:%u %s: %s\n", reg_names[k->reg], k->hi, k->lo,
            k->name, reason ? reason : why);
}

/* One line of the list; false, with the complaint made, if malformed. */
static bool report_line(struct model *m, char *line, const struct place *at,
                        struct tally *tally, FILE *out)
{
    struct known_field k;

    line += strspn(line, " \t\n");
    if ( !*line || *line == '#' )
        return true;

    if ( tally->fields == MAX_ROWS )
        complain(m, at, "more than %u rows", MAX_ROWS);
    else if ( parse_line(line, &k) )
    {
        report_field(m, &k, tally, out);
        return true;
    }
    else
        complain(m, at, "not a row LEAF, SUBLEAVES, register, bits, name, "
                 "description");

    return false;
}

int coverage_report(struct model *m, const char *path, FILE *out)
{
    char line[MAX_LINE + 2];
    struct tally tally = { 0 };
    struct place at = { path, 0 };
    FILE *in = fopen(path, "r");
    int rc = 0;

    if ( !in )
        return -errno;

    while ( !rc && fgets(line, sizeof(line), in) )
    {
        at.line++;
        if ( !report_line(m, line, &at, &tally, out) )
            rc = -EINVAL;
    }

    if ( !rc && ferror(in) )
        rc = -EIO;
    fclose(in);
    if ( rc )
        return rc;

    fprintf(out, "%u of %u fields known, %u excused\n", tally.known,
            tally.fields, tally.excused);

    return tally.fields - tally.known - tally.excused;
}
