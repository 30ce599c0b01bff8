/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Features by name, and what depends on what. */

#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

const struct x86_feature_desc *x86_feature_find(unsigned int feature)
{
    unsigned int lo = 0, hi = X86_NR_FEATURES;

    while ( lo < hi )
    {
        unsigned int mid = (lo + hi) / 2;

        if ( x86_feature_descs[mid].value < feature )
            lo = mid + 1;
        else
            hi = mid;
    }

    return lo < X86_NR_FEATURES && x86_feature_descs[lo].value == feature
        ? &x86_feature_descs[lo] : NULL;
}

/* strcmp() of a counted name with a NUL-terminated one. */
static int name_compare(const char *name, size_t len, const char *entry)
{
    for ( size_t i = 0; i < len; i++ )
    {
        unsigned char a = name[i], b = entry[i];

        if ( a != b || !b )
            return a < b || (a == b && !b) ? -1 : 1;
    }

    return entry[len] ? -1 : 0;
}

const struct x86_feature_desc *x86_feature_lookup(const char *name,
                                                  size_t len)
{
    unsigned int lo = 0, hi = X86_NR_FEATURES;

    while ( lo < hi )
    {
        unsigned int mid = (lo + hi) / 2;
        const struct x86_feature_desc *d =
            &x86_feature_descs[x86_feature_by_name[mid]];
        int cmp = name_compare(name, len, d->name);

        if ( !cmp )
            return d;
        if ( cmp > 0 )
            lo = mid + 1;
        else
            hi = mid;
    }

    return NULL;
}

#define MAX_NAME 32u    /* longer is like no feature's name */

unsigned int x86_name_distance(const char *a, size_t la,
                               const char *b, size_t lb)
{
    uint8_t row[MAX_NAME + 1];

    if ( la > MAX_NAME || lb > MAX_NAME )
        return X86_NAME_FAR;

    for ( unsigned int j = 0; j <= lb; j++ )
        row[j] = j;

    for ( unsigned int i = 1; i <= la; i++ )
    {
        unsigned int diagonal = row[0];

        row[0] = i;
        for ( unsigned int j = 1; j <= lb; j++ )
        {
            unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if ( row[j] + 1u < best )
                best = row[j] + 1u;
            if ( row[j - 1] + 1u < best )
                best = row[j - 1] + 1u;
            row[j] = best;
        }
    }

    return row[lb];
}

static size_t length(const char *s)
{
    size_t n = 0;

    while ( s[n] )
        n++;

    return n;
}

unsigned int x86_feature_nearest(const char *name, size_t len,
                                 const struct x86_feature_desc **out,
                                 unsigned int nr)
{
    unsigned int limit = len / 3 + 1, found = 0;

    if ( !len || len > MAX_NAME )
        return 0;

    for ( unsigned int want = 1; want <= limit; want++ )
        for ( unsigned int i = 0; i < X86_NR_FEATURES && found < nr; i++ )
        {
            const struct x86_feature_desc *d =
                &x86_feature_descs[x86_feature_by_name[i]];

            if ( x86_name_distance(name, len, d->name,
                                   length(d->name)) == want )
                out[found++] = d;
        }

    return found;
}

const uint32_t *x86_deep_deps_lookup(unsigned int feature)
{
    unsigned int lo = 0, hi = X86_NR_DEEP_DEPS;

    /* Few features have any. */
    if ( feature >= X86_NR_FEATURE_WORDS * 32 ||
         !x86_feature_test(x86_features_deep, feature) )
        return NULL;

    while ( lo < hi )
    {
        unsigned int mid = (lo + hi) / 2;

        if ( x86_deep_deps[mid].feature < feature )
            lo = mid + 1;
        else
            hi = mid;
    }

    return x86_deep_deps[lo].dependents;
}

void x86_featureset_close(x86_featureset fs)
{
    /* Lists are transitive, so that one pass in any order suffices. */
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        if ( x86_feature_test(fs, x86_deep_deps[i].feature) )
            continue;

        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            fs[w] &= ~x86_deep_deps[i].dependents[w];
    }
}

void x86_featureset_add_prerequisites(x86_featureset fs)
{
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        uint32_t needed = 0;

        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            needed |= fs[w] & x86_deep_deps[i].dependents[w];

        if ( needed )
            x86_feature_set(fs, x86_deep_deps[i].feature);
    }
}

unsigned int x86_dependency_chain(unsigned int from, unsigned int to,
                                  uint16_t path[X86_MAX_CHAIN])
{
    uint16_t queue[X86_NR_FEATURES], parent[X86_NR_FEATURES];
    unsigned int head = 0, tail = 0, nr = 0, i;
    x86_featureset seen = { 0 };

    queue[tail] = from;
    parent[tail++] = 0;
    x86_feature_set(seen, from);

    while ( head < tail && queue[head] != to )
    {
        for ( i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        {
            const struct x86_direct_dep *d = &x86_direct_deps[i];

            if ( d->prerequisite != queue[head] ||
                 x86_feature_test(seen, d->dependent) ||
                 tail == X86_NR_FEATURES )
                continue;

            x86_feature_set(seen, d->dependent);
            queue[tail] = d->dependent;
            parent[tail++] = head;
        }
        head++;
    }

    if ( head == tail )
        return 0;

    /* Breadth first, so that the chain is a shortest one. */
    for ( i = head; ; i = parent[i] )
    {
        if ( nr == X86_MAX_CHAIN )
            return 0;
        path[nr++] = queue[i];
        if ( queue[i] == from )
            break;
    }

    for ( i = 0; i < nr / 2; i++ )
    {
        uint16_t tmp = path[i];

        path[i] = path[nr - 1 - i];
        path[nr - 1 - i] = tmp;
    }

    return nr;
}
