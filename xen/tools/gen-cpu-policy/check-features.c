/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold between the rows of cpufeatureset.h. */
#include <string.h>

#include "model.h"

static void check_value(struct model *m, struct feature *f)
{
    unsigned int word = f->value / 32;

    if ( f->announced < 0 )
        complain(m, &f->claim.at, "%s: no word has been announced",
                 f->claim.name);
    else if ( word >= m->nr_words )
        complain(m, &f->claim.at, "%s: word %u is beyond the last, %u",
                 f->claim.name, word, m->nr_words - 1);
    else if ( word != (unsigned int)f->announced )
        complain(m, &f->claim.at, "%s: word %u, but it stands under word %d "
                 "(line %u)", f->claim.name, word, f->announced,
                 m->words[f->announced].at.line);
    else if ( m->by_value[f->value] )
        complain(m, &f->claim.at, "%s has the value of %s (line %u), "
                 "%u*32+%u", f->claim.name,
                 m->by_value[f->value]->claim.name,
                 m->by_value[f->value]->claim.at.line, word, f->value % 32);
    else
        m->by_value[f->value] = f;
}

static void check_names(struct model *m, const struct feature *a,
                        const struct feature *b)
{
    if ( !strcmp(a->cli, b->cli) )
        complain(m, &b->claim.at, "%s is defined twice; first at line %u",
                 b->claim.name, a->claim.at.line);
    else if ( (!strncmp(a->cli, "no-", 3) && !strcmp(a->cli + 3, b->cli)) ||
              (!strncmp(b->cli, "no-", 3) && !strcmp(b->cli + 3, a->cli)) )
        complain(m, &b->claim.at, "%s and %s (line %u): with both, one's "
                 "name on the command line would negate the other's",
                 b->claim.name, a->claim.name, a->claim.at.line);
}

/* Two words from one register would each claim the other's bits. */
static void check_sources(struct model *m, unsigned int i)
{
    const struct word *w = &m->words[i], *other;

    for ( other = m->words; other < w; other++ )
        if ( w->has_source && other->has_source &&
             w->is_msr == other->is_msr && w->key == other->key &&
             w->subleaf == other->subleaf && w->reg == other->reg )
            complain(m, &w->at, "word %u has the register of word %u "
                     "(line %u)", i, (unsigned int)(other - m->words),
                     other->at.line);
}

void check_features(struct model *m)
{
    struct place top = { m->paths[TABLE_FEATURES], 1 };

    if ( !m->nr_words )
        complain(m, &top, "no featureset words");
    if ( !m->nr_features )
        complain(m, &top, "no features");

    for ( unsigned int i = 0; i < m->nr_words; i++ )
        check_sources(m, i);

    for ( unsigned int i = 0; i < m->nr_features; i++ )
    {
        check_value(m, &m->features[i]);
        for ( unsigned int j = 0; j < i; j++ )
            check_names(m, &m->features[j], &m->features[i]);
    }
}
