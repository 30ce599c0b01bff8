/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of cpufeatureset.h and cpufeature-deps.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

/*
 * Where a word comes from: "0x00000007:1.ecx", or the halves of an MSR,
 * ".eax" and ".edx", after the word "MSR".  Headers of other origin may say
 * nothing that is understood; only the emitters need it.
 */
static void read_source(struct word *w, const char *text)
{
    const char *hex = strstr(text, "0x");
    unsigned long key, subleaf = 0;
    char *end;

    if ( !hex )
        return;

    key = strtoul(hex, &end, 16);
    if ( *end == ':' && isdigit((unsigned char)end[1]) )
    {
        w->has_subleaf = true;
        subleaf = strtoul(end + 1, &end, 10);
    }
    if ( key > UINT32_MAX || subleaf >= MAX_SUBLEAVES ||
         strncmp(end, ".e", 2) || end[2] < 'a' || end[2] > 'd' ||
         end[3] != 'x' )
        return;

    w->key = key;
    w->subleaf = subleaf;
    w->reg = end[2] - 'a';
    w->is_msr = strstr(text, "MSR") != NULL;
    w->has_source = !w->is_msr || w->reg == 0 || w->reg == 3;
}

void read_announcement(struct model *m, const struct row *row)
{
    unsigned long number = strtoul(strstr(row->comment, "word ") + 5, NULL,
                                   10);
    struct word *w = &m->words[m->nr_words];

    if ( number >= MAX_WORDS )
    {
        complain(m, &row->at, "word %lu, but at most %u words are possible",
                 number, MAX_WORDS);
        return;
    }

    if ( number != m->nr_words )
    {
        if ( m->nr_words )
            complain(m, &row->at, "word %lu announced where word %u is next, "
                     "after line %u", number, m->nr_words, w[-1].at.line);
        else
            complain(m, &row->at, "word %lu announced where word 0 is next",
                     number);
        return;
    }

    w->at = row->at;
    read_source(w, row->comment);
    m->nr_words++;
}

/* "word*32+bit", blanks allowed around the numbers. */
static bool parse_value(const char *text, unsigned int *word,
                        unsigned int *bit)
{
    char digits[2][4];
    int used = 0;

    if ( sscanf(text, "%3[0-9] * 32 + %3[0-9]%n", digits[0], digits[1],
                &used) != 2 || text[used] )
        return false;

    *word = strtoul(digits[0], NULL, 10);
    *bit = strtoul(digits[1], NULL, 10);

    return true;
}

/*
 * The word and bit of a row.  The high half of a 64-bit MSR may be written
 * as bits 32..63 of the word of the low half.
 */
static bool read_value(struct model *m, const struct row *row,
                       unsigned int *value)
{
    const struct word *next = m->words + m->nr_words;
    unsigned int word, bit, max_bit = 31;

    if ( !parse_value(row->args[1].text, &word, &bit) )
    {
        complain(m, &row->at, "%s: '%s' is not word*32+bit",
                 row->args[0].text, row->args[1].text);
        return false;
    }

    if ( m->nr_words && next[-1].is_msr && next[-1].reg == 3 &&
         word + 2 == m->nr_words )
        max_bit = 63;

    if ( bit > max_bit )
    {
        complain(m, &row->at, "%s: bit %u is beyond word %u",
                 row->args[0].text, bit, word);
        return false;
    }
    *value = word * 32 + bit;

    return true;
}

/* Split the comment: attributes up to the first blank, then description. */
static bool read_attributes(struct model *m, const struct row *row,
                            struct feature *f)
{
    char *text = row->comment;
    size_t length;

    if ( !text )
    {
        complain(m, &row->at, "%s: no comment with attributes",
                 f->claim.name);
        return false;
    }

    length = strcspn(text, " \t");
    f->attributes = text;
    f->description = text + length;
    if ( text[length] )
    {
        text[length] = '\0';
        f->description += 1 + strspn(text + length + 1, " \t");
    }

    for ( ; *text; text++ )
    {
        const char *known = strchr(attribute_chars, *text);

        if ( !known )
        {
            complain(m, &row->at, "%s: unknown attribute '%c'",
                     f->claim.name, *text);
            return false;
        }
        f->attrs |= 1u << (known - attribute_chars);
    }

    return true;
}

static void make_cli_name(struct feature *f)
{
    unsigned int i;

    for ( i = 0; f->claim.name[i]; i++ )
        f->cli[i] = f->claim.name[i] == '_' ? '-'
                    : tolower((unsigned char)f->claim.name[i]);
    f->cli[i] = '\0';
}

static void add_feature(struct model *m, const struct row *row)
{
    struct feature *f = &m->features[m->nr_features];

    if ( m->nr_features == MAX_FEATURES )
    {
        complain(m, &row->at, "more than %u features", MAX_FEATURES);
        return;
    }

    *f = (struct feature){
        .claim = { row->at, "feature", "", KIND_FEATURE, ALL_LAYOUTS },
        .announced = (int)m->nr_words - 1,
    };
    if ( !arg_name(m, row, 0, false, &f->claim.name) ||
         !read_value(m, row, &f->value) || !read_attributes(m, row, f) )
        return;

    make_cli_name(f);
    m->nr_features++;
}

static void add_dep(struct model *m, const struct row *row)
{
    m->deps[m->nr_deps++] = (struct dep){
        .at = row->at,
        .prerequisite_name = row->args[0].text,
        .dependent_name = row->args[1].text,
        .reason = row->args[2].text,
    };
}

static void add_kind(struct model *m, const struct row *row)
{
    struct feature *f = feature_find(m, row->args[0].text);
    unsigned int kind;

    if ( !f )
    {
        complain(m, &row->at, "kind of unknown feature '%s'",
                 row->args[0].text);
        return;
    }

    if ( !arg_choice(m, row, 1, kind_names, NR_KINDS, "kind", &kind) )
        return;

    if ( f->kind_reason )
    {
        complain(m, &row->at, "%s has two kinds; the other is at line %u",
                 f->claim.name, f->kind_at.line);
        return;
    }

    if ( kind == KIND_RESERVED )
    {
        complain(m, &row->at, "%s: a feature cannot be RESERVED",
                 f->claim.name);
        return;
    }

    f->claim.kind = kind;
    f->kind_at = row->at;
    f->kind_reason = row->args[2].text;
}

const struct row_type feature_rows[] = {
    { "XEN_CPUFEATURE", 2, "--", add_feature },
    { 0 }
};

const struct row_type dep_rows[] = {
    { "XEN_CPUFEATURE_DEP", 3, "--s", add_dep },
    { "XEN_CPUFEATURE_KIND", 3, "--s", add_kind },
    { 0 }
};
