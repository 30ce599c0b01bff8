/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpuid= and dom0-cpuid=, see arch/cpuid-option.h for the grammar. */

#include <string.h>

#include <arch/cpuid-option.h>

enum state { STATE_IN, STATE_OUT, STATE_GUEST, STATE_BAD };

static const struct {
    const char *word;
    enum state state;
} values[] = {
#define BOOT_VALUE(state, word) { word, STATE_##state },
#include <arch/boot-options.h>
#undef BOOT_VALUE
};

static enum state parse_value(const char *s, size_t len)
{
    for ( unsigned int i = 0; i < sizeof(values) / sizeof(values[0]); i++ )
    {
        size_t n = 0;

        while ( n < len && values[i].word[n] && values[i].word[n] == s[n] )
            n++;

        if ( n == len && !values[i].word[n] )
            return values[i].state;
    }

    return STATE_BAD;
}

static size_t find(const char *s, size_t len, char c)
{
    size_t n = 0;

    while ( n < len && s[n] != c )
        n++;

    return n;
}

static bool has_no_prefix(const char *s, size_t len)
{
    return len > 3 && s[0] == 'n' && s[1] == 'o' && s[2] == '-';
}

static void apply(struct x86_cpuid_option *opt, unsigned int feature,
                  enum state state)
{
    uint32_t *set = state == STATE_IN ? opt->in
                  : state == STATE_OUT ? opt->out : opt->guest;

    x86_feature_clear(opt->in, feature);
    x86_feature_clear(opt->out, feature);
    x86_feature_clear(opt->guest, feature);
    x86_feature_set(set, feature);
}

/* One element, [s, s + len).  Fills the fault on -EINVAL. */
static int parse_element(struct x86_cpuid_option *opt, const char *s,
                         size_t len, struct x86_option_error *e)
{
    size_t name_len = find(s, len, '='), start = 0;
    bool has_value = name_len < len;
    const struct x86_feature_desc *f = x86_feature_lookup(s, name_len);
    enum state state = STATE_IN;

    if ( !f && has_no_prefix(s, name_len) )
    {
        start = 3;
        state = STATE_OUT;
        f = x86_feature_lookup(s + start, name_len - start);
    }

    e->name_offset = e->offset + start;
    e->name_len = name_len - start;

    if ( !len )
        e->fault = X86_OPTION_EMPTY;
    else if ( !f )
        e->fault = X86_OPTION_UNKNOWN;
    else if ( has_value && state == STATE_OUT )
        e->fault = X86_OPTION_NO_AND_VALUE;
    else if ( has_value &&
              (state = parse_value(s + name_len + 1,
                                   len - name_len - 1)) == STATE_BAD )
        e->fault = X86_OPTION_BAD_VALUE;
    else
    {
        apply(opt, f->value, state);
        return 0;
    }

    return -EINVAL;
}

int x86_cpuid_option_parse(struct x86_cpuid_option *opt, const char *value,
                           size_t len, const struct x86_option_sink *sink)
{
    size_t pos = 0;
    int rc = 0;

    for ( ;; )
    {
        size_t n = find(value + pos, len - pos, ',');
        struct x86_option_error e = { .offset = pos, .len = n };

        if ( parse_element(opt, value + pos, n, &e) )
        {
            rc = -EINVAL;
            if ( sink )
                sink->bad(sink->ctx, &e);
        }

        pos += n;
        if ( pos == len )
            return rc;
        pos++;                  /* a trailing comma leaves one empty */
    }
}
